//! Opening: one writer, a few readers, and the conditions without which nothing may be charged.

use crate::chain::hex;
use crate::error::{LedgerError, OpenError};
use domain::{DayRule, Mode};
use sqlx::migrate::{MigrateError, Migrator};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePool, SqlitePoolOptions,
    SqliteSynchronous,
};
use sqlx::{ConnectOptions, Connection, Row};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Mutex;

static LEDGER_MIGRATIONS: Migrator = sqlx::migrate!("./migrations");
pub(crate) static SETTINGS_MIGRATIONS: Migrator = sqlx::migrate!("./settings-migrations");

const READERS: u32 = 4;
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// Older ones can corrupt a WAL file when two connections write and checkpoint together.
const SQLITE_VERSION_MIN: (u32, u32, u32) = (3, 51, 3);

/// An open ledger. Cheap to clone; all clones are the same file.
#[derive(Clone)]
pub struct Ledger {
    pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub(crate) file: File,
    pub(crate) mode: Mode,
    pub(crate) installation_id: String,
    pub(crate) day_rule: DayRule,
}

/// A database file with its one writer and its readers.
pub(crate) struct File {
    pub(crate) writer: Mutex<Option<SqliteConnection>>,
    pub(crate) readers: SqlitePool,
}

impl Ledger {
    /// Opens the ledger at `path`, or begins one there for `mode`, named by `fresh_installation_id`.
    ///
    /// # Errors
    /// [`OpenError`]: then nothing may be charged.
    pub async fn open(
        path: &Path,
        mode: Mode,
        day_rule: DayRule,
        fresh_installation_id: [u8; 16],
        now_ms: i64,
    ) -> Result<Self, OpenError> {
        let file = File::open(path, &LEDGER_MIGRATIONS).await?;
        let (found, installation_id) =
            file.identify(path, mode, &hex(&fresh_installation_id), now_ms).await?;
        if found != mode {
            file.close().await;
            return Err(OpenError::WrongMode { path: path.to_owned(), found, asked: mode });
        }
        Ok(Self { inner: Arc::new(Inner { file, mode, installation_id, day_rule }) })
    }

    /// Training or live.
    #[must_use]
    pub fn mode(&self) -> Mode {
        self.inner.mode
    }

    /// The ledger's own identifier, given when it was begun.
    #[must_use]
    pub fn installation_id(&self) -> &str {
        &self.inner.installation_id
    }

    /// Closes the file. What is called afterwards answers [`LedgerError::Unavailable`].
    pub async fn close(&self) {
        self.inner.file.close().await;
    }
}

impl File {
    pub(crate) async fn open(path: &Path, migrations: &Migrator) -> Result<Self, OpenError> {
        let unavailable = |detail: String| OpenError::Unavailable { path: path.to_owned(), detail };
        begin_owner_only(path).map_err(|error| unavailable(error.to_string()))?;
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(false)
            .foreign_keys(true)
            .busy_timeout(BUSY_TIMEOUT)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .pragma("fullfsync", "ON")
            .pragma("checkpoint_fullfsync", "ON")
            .disable_statement_logging();
        let mut writer = options.connect().await.map_err(|error| unopened(path, error))?;
        assert_whole(path, &mut writer).await?;
        assert_durable(&mut writer).await.map_err(|error| match error {
            Assert::NotDurable(error) => error,
            Assert::Sqlx(error) => unopened(path, error),
        })?;
        migrations.run(&mut writer).await.map_err(|error| unmigrated(path, error))?;
        let readers = SqlitePoolOptions::new()
            .max_connections(READERS)
            .min_connections(0)
            .connect_lazy_with(options.read_only(true).pragma("query_only", "ON"));
        Ok(Self { writer: Mutex::new(Some(writer)), readers })
    }

    async fn identify(
        &self,
        path: &Path,
        mode: Mode,
        fresh_id: &str,
        now_ms: i64,
    ) -> Result<(Mode, String), OpenError> {
        let damaged = |detail: String| OpenError::Damaged { path: path.to_owned(), detail };
        let mut writer = self.writer.lock().await;
        let connection = writer.as_mut().ok_or_else(|| damaged("closed".into()))?;
        sqlx::query(
            "INSERT OR IGNORE INTO till (one, mode, installation_id, created_at_ms) VALUES (1, ?, ?, ?)",
        )
        .bind(mode.as_str())
        .bind(fresh_id)
        .bind(now_ms)
        .execute(&mut *connection)
        .await
        .map_err(|error| unopened(path, error))?;
        let row = sqlx::query("SELECT mode, installation_id FROM till WHERE one = 1")
            .fetch_one(&mut *connection)
            .await
            .map_err(|error| unopened(path, error))?;
        let found: String = row.try_get(0).map_err(|error| damaged(error.to_string()))?;
        let installation_id: String = row.try_get(1).map_err(|error| damaged(error.to_string()))?;
        Ok((found.parse().map_err(|word: domain::UnknownWord| damaged(word.to_string()))?, installation_id))
    }

    pub(crate) async fn close(&self) {
        self.readers.close().await;
        if let Some(writer) = self.writer.lock().await.take()
            && let Err(error) = writer.close().await
        {
            tracing::warn!(%error, "the ledger did not close cleanly; SQLite recovers at the next start");
        }
    }
}

pub(crate) fn closed() -> LedgerError {
    LedgerError::Unavailable("the ledger is closed".to_owned())
}

/// A new file is its owner's alone from its first moment; SQLite gives its side files the same mode.
fn begin_owner_only(path: &Path) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(error),
    }
}

async fn assert_whole(path: &Path, connection: &mut SqliteConnection) -> Result<(), OpenError> {
    let found: String = sqlx::query("PRAGMA quick_check(1)")
        .fetch_one(connection)
        .await
        .and_then(|row| row.try_get(0))
        .map_err(|error| unopened(path, error))?;
    if found == "ok" { Ok(()) } else { Err(OpenError::Damaged { path: path.to_owned(), detail: found }) }
}

enum Assert {
    NotDurable(OpenError),
    Sqlx(sqlx::Error),
}

impl From<sqlx::Error> for Assert {
    fn from(error: sqlx::Error) -> Self {
        Self::Sqlx(error)
    }
}

/// Asks SQLite what it really does, instead of believing what it was told.
async fn assert_durable(connection: &mut SqliteConnection) -> Result<(), Assert> {
    let version: String =
        sqlx::query("SELECT sqlite_version()").fetch_one(&mut *connection).await?.try_get(0)?;
    let mut parts = version.split('.').map(|part| part.parse::<u32>().unwrap_or(0));
    let mut part = || parts.next().unwrap_or(0);
    if (part(), part(), part()) < SQLITE_VERSION_MIN {
        return Err(Assert::NotDurable(OpenError::NotDurable {
            what: "version 3.51.3 or newer",
            found: version,
        }));
    }
    for (pragma, what, expected) in [
        ("PRAGMA journal_mode", "journal_mode = wal", "wal"),
        ("PRAGMA synchronous", "synchronous = FULL", "2"),
        ("PRAGMA foreign_keys", "foreign_keys = ON", "1"),
        ("PRAGMA fullfsync", "fullfsync = ON", "1"),
        ("PRAGMA checkpoint_fullfsync", "checkpoint_fullfsync = ON", "1"),
    ] {
        let row = sqlx::query(pragma).fetch_one(&mut *connection).await?;
        let found = match row.try_get::<i64, _>(0) {
            Ok(number) => number.to_string(),
            Err(_) => row.try_get::<String, _>(0)?,
        };
        if found != expected {
            return Err(Assert::NotDurable(OpenError::NotDurable { what, found }));
        }
    }
    Ok(())
}

fn unopened(path: &Path, error: sqlx::Error) -> OpenError {
    match LedgerError::from(error) {
        LedgerError::Unavailable(detail) => OpenError::Unavailable { path: path.to_owned(), detail },
        other => OpenError::Damaged { path: path.to_owned(), detail: other.to_string() },
    }
}

fn unmigrated(path: &Path, error: MigrateError) -> OpenError {
    match error {
        MigrateError::VersionMissing(_) | MigrateError::VersionTooNew(..) => {
            OpenError::Newer { path: path.to_owned() }
        }
        MigrateError::Execute(error) => unopened(path, error),
        other => OpenError::Damaged { path: path.to_owned(), detail: other.to_string() },
    }
}
