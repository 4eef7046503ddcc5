//! A database file: one writer, a few readers, and the conditions without which nothing may be charged.
//!
//! Owns how SQLite is set up and asked what it really does. Refuses a file of another kind, damage, a file that no longer
//! lies where it was opened, and a writer whose transaction was left half way: such a writer is replaced before anybody
//! else uses it.

use crate::error::{LedgerError, OpenError, Unavailability};
use crate::migrations::{Embedded, migrator};
use crate::place::Places;
use sqlx::migrate::MigrateError;
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePool, SqlitePoolOptions,
    SqliteSynchronous,
};
use sqlx::{ConnectOptions, Connection, Row, Sqlite, Transaction};
use std::ops::{Deref, DerefMut};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Mutex, MutexGuard, watch};

const READER_TIMEOUT: Duration = Duration::from_secs(10);
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// Older ones can corrupt a WAL file when two connections write and checkpoint together.
const SQLITE_VERSION_MIN: (u32, u32, u32) = (3, 51, 3);

/// A kind of file: SQLite's mark for it, how many may read it at once, and its migrations.
pub(crate) struct Kind {
    pub(crate) application_id: i64,
    /// Each reads the whole schema when it is opened, which costs more than most questions.
    pub(crate) readers: u32,
    pub(crate) migrations: &'static [Embedded],
}

/// An open file.
pub(crate) struct File {
    writer: Mutex<Writer>,
    readers: SqlitePool,
    places: Arc<Places>,
    users: watch::Sender<usize>,
}

/// Somebody uses the file, or waits to.
struct Use(watch::Sender<usize>);

impl Use {
    fn of(users: &watch::Sender<usize>) -> Self {
        users.send_modify(|users| *users += 1);
        Self(users.clone())
    }
}

impl Drop for Use {
    fn drop(&mut self) {
        self.0.send_modify(|users| *users -= 1);
    }
}

/// A read under way.
pub(crate) struct Reading {
    transaction: Transaction<'static, Sqlite>,
    _in_use: Use,
}

impl Deref for Reading {
    type Target = SqliteConnection;
    fn deref(&self) -> &SqliteConnection {
        &self.transaction
    }
}

impl DerefMut for Reading {
    fn deref_mut(&mut self) -> &mut SqliteConnection {
        &mut self.transaction
    }
}

/// The writer, borrowed.
pub(crate) struct Borrowed<'f> {
    writer: MutexGuard<'f, Writer>,
    _in_use: Use,
}

impl Deref for Borrowed<'_> {
    type Target = Writer;
    fn deref(&self) -> &Writer {
        &self.writer
    }
}

impl DerefMut for Borrowed<'_> {
    fn deref_mut(&mut self) -> &mut Writer {
        &mut self.writer
    }
}

/// The file's only writing connection. Borrow it, begin, commit: whatever is dropped in between is rolled back.
pub(crate) struct Writer {
    options: SqliteConnectOptions,
    places: Arc<Places>,
    connection: Option<SqliteConnection>,
    /// The last transaction did not begin: look closer before the next one.
    suspect: bool,
    closed: bool,
}

/// How much of a file is looked at before it is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Look {
    /// All of it.
    Whole,
    /// Whether it is of this kind and can be written; the rest is somebody else's.
    Brief,
    /// Whether it is of this kind: for reading alone.
    Reading,
}

/// A file that is not yet migrated: what it is may still be looked at and refused.
pub(crate) struct Candidate {
    path: PathBuf,
    places: Places,
    options: SqliteConnectOptions,
    connection: SqliteConnection,
}

impl Candidate {
    /// Opens `path`, or begins an empty file there, and refuses what is no file of this kind and what `look` finds wrong.
    pub(crate) async fn open(path: &Path, kind: &Kind, look: Look) -> Result<Self, OpenError> {
        begin_owner_only(path)?;
        let places = Places::of(path).map_err(|error| unopened(path, &error))?;
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(false)
            .foreign_keys(true)
            .busy_timeout(BUSY_TIMEOUT)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .pragma("fullfsync", "ON")
            .pragma("checkpoint_fullfsync", "ON")
            // What a purge erases is overwritten, not only forgotten.
            .pragma("secure_delete", "ON")
            // REPLACE then asks the delete triggers too.
            .pragma("recursive_triggers", "ON")
            .disable_statement_logging();
        let of = |error: sqlx::Error| OpenError::of(path, error.into());
        let mut connection = options.connect().await.map_err(of)?;
        assert_durable(path, &mut connection).await?;
        assert_kind(path, &mut connection, kind).await?;
        if look != Look::Reading {
            assert_writable(&mut connection).await.map_err(of)?;
        }
        if look == Look::Whole {
            let found: String = one(&mut connection, "PRAGMA quick_check(1)").await.map_err(of)?;
            if found != "ok" {
                return Err(OpenError::Damaged { path: path.to_owned(), detail: found });
            }
        }
        places.opened();
        places.all_hold().map_err(|error| OpenError::of(path, error))?;
        Ok(Self { path: path.to_owned(), places, options, connection })
    }

    pub(crate) fn connection(&mut self) -> &mut SqliteConnection {
        &mut self.connection
    }

    /// Brings the file to this version.
    pub(crate) async fn migrate(mut self, kind: &Kind) -> Result<File, OpenError> {
        // `run` cannot be awaited by a task that moves between threads; sqlx offers this way around it.
        if let Err(error) = migrator(kind.migrations).run_direct(None, &mut self.connection, false).await {
            return Err(unmigrated(&self.path, error));
        }
        let readers = SqlitePoolOptions::new()
            .max_connections(kind.readers)
            .acquire_timeout(READER_TIMEOUT)
            .test_before_acquire(false)
            // A read that SQLite ended by itself would leave the next one in the past: see `replace_if_broken`.
            .after_release(|connection, _| {
                Box::pin(async move {
                    connection.ping().await?;
                    Ok(!connection.is_in_transaction())
                })
            })
            .connect_lazy_with(self.options.clone().read_only(true).pragma("query_only", "ON"));
        let places = Arc::new(self.places);
        let writer = Writer {
            options: self.options,
            places: Arc::clone(&places),
            connection: Some(self.connection),
            suspect: false,
            closed: false,
        };
        Ok(File { writer: Mutex::new(writer), readers, places, users: watch::Sender::default() })
    }
}

impl File {
    /// A file that is only looked at: its writer was never there.
    ///
    /// # Errors
    /// [`LedgerError`] when it is not there.
    pub(crate) fn read_only(path: &Path) -> Result<Self, LedgerError> {
        let places = Arc::new(Places::of(path).map_err(|_| LedgerError::moved(path))?);
        let options = SqliteConnectOptions::new()
            .filename(path)
            .read_only(true)
            .busy_timeout(BUSY_TIMEOUT)
            .disable_statement_logging();
        let readers = SqlitePoolOptions::new()
            .max_connections(1)
            .acquire_timeout(READER_TIMEOUT)
            .connect_lazy_with(options.clone());
        let writer =
            Writer { options, places: Arc::clone(&places), connection: None, suspect: false, closed: true };
        Ok(Self { writer: Mutex::new(writer), readers, places, users: watch::Sender::default() })
    }

    /// Waits for the writer.
    pub(crate) async fn writer(&self) -> Borrowed<'_> {
        let in_use = Use::of(&self.users);
        Borrowed { writer: self.writer.lock().await, _in_use: in_use }
    }

    /// Begins a read: all its questions see the same moment.
    pub(crate) async fn read(&self) -> Result<Reading, LedgerError> {
        let in_use = Use::of(&self.users);
        self.holds()?;
        Ok(Reading { transaction: self.readers.begin().await?, _in_use: in_use })
    }

    /// The file still lies where it was opened. What does not is neither written nor read: nothing of it would be found
    /// again.
    pub(crate) fn holds(&self) -> Result<(), LedgerError> {
        self.places.all_hold()
    }

    /// A reader that remembers nothing. The search index keeps its structure in each connection, and SQLite's own check
    /// does not ask whether another one changed it meanwhile: it would find damage where there is none.
    pub(crate) async fn fresh_reader(&self) -> Result<SqliteConnection, LedgerError> {
        Ok(self.readers.connect_options().connect().await?)
    }

    /// Whether anybody reads, writes, or waits to.
    pub(crate) fn is_busy(&self) -> bool {
        *self.users.borrow() > 0
    }

    /// Returns when nobody reads, writes, or waits to.
    pub(crate) async fn idle(&self) {
        // The sender lives in self, so waiting can only end by the value.
        let _ = self.users.subscribe().wait_for(|users| *users == 0).await;
    }

    pub(crate) async fn close(&self) {
        let _in_use = Use::of(&self.users);
        self.places.closing();
        self.readers.close().await;
        let mut writer = self.writer.lock().await;
        writer.closed = true;
        if let Some(connection) = writer.connection.take()
            && let Err(error) = connection.close().await
        {
            tracing::warn!(%error, "the file did not close cleanly; SQLite recovers at the next start");
        }
    }
}

impl Writer {
    /// Begins a transaction that already holds the file's write lock, so that nothing it reads can change under it.
    pub(crate) async fn begin(&mut self) -> Result<Transaction<'_, Sqlite>, LedgerError> {
        if self.closed {
            return Err(LedgerError::closed());
        }
        // Before a connection is replaced: the new one would open whatever lies there now.
        self.places.main_holds()?;
        self.replace_if_broken().await?;
        self.places.all_hold()?;
        let connection = self.connection.as_mut().ok_or_else(LedgerError::closed)?;
        match connection.begin_with("BEGIN IMMEDIATE").await {
            Ok(transaction) => Ok(transaction),
            Err(error) => {
                self.suspect = true;
                Err(error.into())
            }
        }
    }

    /// A full disk or a failed sync makes SQLite roll back by itself; sqlx then still believes in the transaction and
    /// refuses the next one for ever. A connection in doubt is therefore replaced.
    async fn replace_if_broken(&mut self) -> Result<(), LedgerError> {
        let sound = match &mut self.connection {
            None => false,
            Some(connection) if self.suspect || connection.is_in_transaction() => {
                // The ping comes back after the rollback that a dropped transaction left in the queue.
                connection.ping().await.is_ok() && !connection.is_in_transaction()
            }
            Some(_) => true,
        };
        if !sound {
            if let Some(broken) = self.connection.take() {
                tracing::warn!("the ledger's writer lost its transaction; a new one takes its place");
                // Its close rolls back what is left; an error changes nothing about that.
                let _ = broken.close().await;
            }
            self.connection = Some(self.options.connect().await?);
            self.places.opened();
        }
        self.suspect = false;
        Ok(())
    }
}

/// A new file is its owner's alone from its first moment; SQLite gives its side files the same mode.
fn begin_owner_only(path: &Path) -> Result<(), OpenError> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(unopened(path, &error)),
    }
}

/// What the system says about a file that SQLite was not asked about yet.
fn unopened(path: &Path, error: &std::io::Error) -> OpenError {
    use std::io::ErrorKind as E;
    let kind = if matches!(error.kind(), E::StorageFull | E::QuotaExceeded) {
        Unavailability::DiskFull
    } else if matches!(error.kind(), E::ReadOnlyFilesystem | E::PermissionDenied) {
        Unavailability::ReadOnly
    } else {
        Unavailability::Io
    };
    OpenError::Unavailable { path: path.to_owned(), kind, detail: error.to_string() }
}

/// One value that SQLite answers, as text.
async fn one(connection: &mut SqliteConnection, question: &'static str) -> Result<String, sqlx::Error> {
    let row = sqlx::query(question).fetch_one(connection).await?;
    match row.try_get::<String, _>(0) {
        Ok(text) => Ok(text),
        Err(_) => row.try_get::<i64, _>(0).map(|number| number.to_string()),
    }
}

/// What every writer must answer.
const DURABLE: [(&str, &str, &str); 5] = [
    ("PRAGMA journal_mode", "journal_mode = wal", "wal"),
    ("PRAGMA synchronous", "synchronous = FULL", "2"),
    ("PRAGMA foreign_keys", "foreign_keys = ON", "1"),
    ("PRAGMA fullfsync", "fullfsync = ON", "1"),
    ("PRAGMA checkpoint_fullfsync", "checkpoint_fullfsync = ON", "1"),
];

/// Asks SQLite what it really does, instead of believing what it was told.
async fn assert_durable(path: &Path, connection: &mut SqliteConnection) -> Result<(), OpenError> {
    let of = |error: sqlx::Error| OpenError::of(path, error.into());
    let version = one(connection, "SELECT sqlite_version()").await.map_err(of)?;
    if !is_new_enough(&version) {
        return Err(OpenError::NotDurable { what: "version 3.51.3 or newer", found: version });
    }
    for (question, what, expected) in DURABLE {
        let found = one(connection, question).await.map_err(of)?;
        if found != expected {
            return Err(OpenError::NotDurable { what, found });
        }
    }
    Ok(())
}

/// A file that may only be read opens as well, and begins transactions as well: only a write shows it. This one is taken
/// back.
async fn assert_writable(connection: &mut SqliteConnection) -> Result<(), sqlx::Error> {
    let mut attempt = connection.begin_with("BEGIN IMMEDIATE").await?;
    sqlx::query("PRAGMA user_version = 1").execute(&mut *attempt).await?;
    attempt.rollback().await
}

fn is_new_enough(version: &str) -> bool {
    let mut parts = version.split('.').map(|part| part.parse::<u32>().unwrap_or(0));
    let mut part = || parts.next().unwrap_or(0);
    (part(), part(), part()) >= SQLITE_VERSION_MIN
}

/// A file of another program, or of the other kind, is left alone.
async fn assert_kind(path: &Path, connection: &mut SqliteConnection, kind: &Kind) -> Result<(), OpenError> {
    let of = |error: sqlx::Error| OpenError::of(path, error.into());
    let found = one(connection, "PRAGMA application_id").await.map_err(of)?;
    let objects = one(connection, "SELECT COUNT(*) FROM sqlite_schema").await.map_err(of)?;
    // A crash between the first file and its first migration leaves only sqlx's own table.
    let is_new = found == "0" && (objects == "0" || only_migrations(connection).await.map_err(of)?);
    if is_new || found == kind.application_id.to_string() {
        Ok(())
    } else {
        let detail = format!("it is another kind of file (application id {found})");
        Err(OpenError::Damaged { path: path.to_owned(), detail })
    }
}

async fn only_migrations(connection: &mut SqliteConnection) -> Result<bool, sqlx::Error> {
    let question = "SELECT COUNT(*) FROM sqlite_schema WHERE tbl_name <> '_sqlx_migrations'";
    Ok(one(connection, question).await? == "0")
}

fn unmigrated(path: &Path, error: MigrateError) -> OpenError {
    if matches!(error, MigrateError::VersionMissing(_) | MigrateError::VersionTooNew(..)) {
        return OpenError::Newer { path: path.to_owned() };
    }
    let detail = error.to_string();
    if let MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) = error {
        return OpenError::of(path, error.into());
    }
    OpenError::Damaged { path: path.to_owned(), detail }
}

#[cfg(test)]
mod tests;
