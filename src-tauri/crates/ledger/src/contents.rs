//! What a ledger file holds, read without changing it: for copies, and for choosing between them.
//!
//! Owns two looks: a glance, which believes, and an inspection, which reads the whole file and recomputes its chains.

use crate::backup::{BackupError, has_table};
use crate::blocking::blocking;
use crate::chain::{Chain, ChainHead};
use crate::error::LedgerError;
use crate::identity::Identity;
use crate::migrations::Embedded;
use crate::open::{LEDGER, Ledger};
use crate::verify::Verification;
use domain::Mode;
use rusqlite::{Connection, OpenFlags, OptionalExtension};
use std::path::Path;
use std::time::Duration;

const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// What a ledger file holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contents {
    /// Training or live.
    pub mode: Mode,
    /// Whose it is.
    pub installation_id: String,
    /// How many payments.
    pub payments: i64,
    /// The number of the last receipt.
    pub receipts: i64,
    /// The number of the last closing.
    pub closings: i64,
    /// When the last line was written.
    pub last_at_ms: Option<i64>,
    /// The end of the journal's chain, as it is written.
    pub journal: ChainHead,
    /// The end of the entries' chain, as it is written.
    pub entries: ChainHead,
    /// Written by this version; an older file is brought to it when it is used.
    pub is_current: bool,
}

pub(crate) fn read_only(path: &Path) -> Result<Connection, BackupError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let open = || -> Result<Connection, rusqlite::Error> {
        let connection = Connection::open_with_flags(path, flags)?;
        connection.busy_timeout(BUSY_TIMEOUT)?;
        Ok(connection)
    };
    open().map_err(|error| BackupError::of(path, error.into()))
}

/// What a file says it holds.
///
/// # Errors
/// [`BackupError`]: it is no ledger, of a newer version, or cannot be read.
pub fn glance(path: &Path) -> Result<Contents, BackupError> {
    let connection = read_only(path)?;
    match read(&connection) {
        Ok(Ok(contents)) => Ok(contents),
        Ok(Err(none)) => Err(none.at(path)),
        Err(error) => Err(BackupError::of(path, error)),
    }
}

/// Whether the file at `path` is a ledger that an older version wrote; what cannot be read is none.
#[must_use]
pub fn is_older(path: &Path) -> bool {
    let Ok(connection) = read_only(path) else { return false };
    matches!(whose(&connection), Ok(Ok((_, newest))) if newest < known())
}

/// The last migration that this version has.
fn known() -> i64 {
    LEDGER.migrations.iter().map(Embedded::version).max().unwrap_or_default()
}

/// Whose a ledger is, and the last migration it has seen. As fast with years in it as without.
fn whose(connection: &Connection) -> Result<Result<(Identity, i64), NoLedger>, LedgerError> {
    let other = |detail: &str| Ok(Err(NoLedger::Other(detail.to_owned())));
    let kind: i64 = connection.query_row("PRAGMA application_id", [], |row| row.get(0))?;
    if kind != LEDGER.application_id {
        return other("it is another kind of file");
    }
    let newest: i64 =
        connection.query_row("SELECT MAX(version) FROM _sqlx_migrations", [], |row| row.get(0))?;
    if newest > known() {
        return Ok(Err(NoLedger::Newer));
    }
    let till = connection.query_row("SELECT mode, installation_id FROM till", [], |row| {
        Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?))
    });
    let Some((mode, installation_id)) = till.optional()? else {
        return other("it was never a till's");
    };
    Ok(Ok((Identity { mode: mode.parse()?, installation_id }, newest)))
}

/// The end of a chain as it is written.
fn head(
    connection: &Connection,
    identity: &Identity,
    (chain, table, sql): (Chain, &str, &str),
) -> Result<ChainHead, rusqlite::Error> {
    let last = if has_table(connection, table)? {
        let read = |row: &rusqlite::Row<'_>| Ok(ChainHead { count: row.get(0)?, hash: row.get(1)? });
        connection.query_row(sql, [], read).optional()?
    } else {
        None
    };
    Ok(last.unwrap_or_else(|| ChainHead { count: 0, hash: chain.beginning(identity) }))
}

const JOURNAL_END: (Chain, &str, &str) =
    (Chain::Journal, "journal", "SELECT seq, hash FROM journal ORDER BY seq DESC LIMIT 1");
const ENTRIES_END: (Chain, &str, &str) =
    (Chain::Entries, "ledger_entry", "SELECT seq, hash FROM ledger_entry ORDER BY seq DESC LIMIT 1");

enum NoLedger {
    Newer,
    Other(String),
}

impl NoLedger {
    fn at(self, path: &Path) -> BackupError {
        let path = path.to_owned();
        match self {
            Self::Newer => BackupError::Newer { path },
            Self::Other(detail) => BackupError::Unusable { path, detail },
        }
    }
}

fn read(connection: &Connection) -> Result<Result<Contents, NoLedger>, LedgerError> {
    let (identity, newest) = match whose(connection)? {
        Ok(found) => found,
        Err(none) => return Ok(Err(none)),
    };
    let count = |table: &str, sql: &str| -> Result<i64, rusqlite::Error> {
        if has_table(connection, table)? { connection.query_row(sql, [], |row| row.get(0)) } else { Ok(0) }
    };
    let last_at = "SELECT at_ms FROM journal ORDER BY seq DESC LIMIT 1";
    let last_at_ms = if has_table(connection, "journal")? {
        connection.query_row(last_at, [], |row| row.get(0)).optional()?
    } else {
        None
    };
    Ok(Ok(Contents {
        payments: count("payment", "SELECT COUNT(*) FROM payment")?,
        receipts: count("ledger_entry", "SELECT COALESCE(MAX(receipt_number), 0) FROM ledger_entry")?,
        closings: count("closing", "SELECT COALESCE(MAX(number), 0) FROM closing")?,
        last_at_ms,
        journal: head(connection, &identity, JOURNAL_END)?,
        entries: head(connection, &identity, ENTRIES_END)?,
        mode: identity.mode,
        installation_id: identity.installation_id,
        is_current: newest == known(),
    }))
}

/// What a file holds, after reading all of it: SQLite's own check, and both chains with everything that hangs on them. Of
/// a file that an older version wrote, the chains are recomputed when it is brought to this version.
///
/// # Errors
/// [`BackupError`]: it must not be used.
pub async fn inspect(path: &Path) -> Result<Contents, BackupError> {
    let (sound, verified) = tokio::join!(sound(path), verified(path));
    // What SQLite cannot read is not worth another word.
    let contents = sound?;
    if let Some(verified) = verified? {
        if let Some(bad) = verified.first_bad {
            return Err(BackupError::Changed { path: path.to_owned(), bad });
        }
        if verified.head != contents.entries || verified.journal_head != contents.journal {
            let detail = "its chains do not end where it says".to_owned();
            return Err(BackupError::Unusable { path: path.to_owned(), detail });
        }
    }
    Ok(contents)
}

/// What a file says it holds, when SQLite finds nothing wrong with it.
async fn sound(path: &Path) -> Result<Contents, BackupError> {
    let path = path.to_owned();
    blocking(move || {
        let contents = glance(&path)?;
        let said: String = read_only(&path)?
            .query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))
            .map_err(|error| BackupError::of(&path, error.into()))?;
        if said == "ok" { Ok(contents) } else { Err(BackupError::Unusable { path, detail: said }) }
    })
    .await
}

/// What its chains say; nothing of a file of an older version.
async fn verified(path: &Path) -> Result<Option<Verification>, BackupError> {
    if is_older(path) {
        return Ok(None);
    }
    let of = |error| BackupError::of(path, error);
    let ledger = Ledger::open_as_it_is(path).await.map_err(of)?;
    let verification = ledger.verify_but_the_file().await;
    ledger.close().await;
    verification.map(Some).map_err(of)
}

/// Whether the ledger at `path` goes on from what `earlier` ended with.
///
/// # Errors
/// [`BackupError`] when it cannot be read.
pub fn descends(path: &Path, earlier: &Contents) -> Result<bool, BackupError> {
    goes_on_from(path, (earlier.mode, &earlier.installation_id), &earlier.journal)
}

/// Whether the ledger at `path` goes on from the end of the one at `from`. As fast with years in them as without.
///
/// # Errors
/// [`BackupError`] when one of them cannot be read.
pub fn goes_on(path: &Path, from: &Path) -> Result<bool, BackupError> {
    let (connection, identity) = ledger_at(from)?;
    let journal =
        head(&connection, &identity, JOURNAL_END).map_err(|error| BackupError::of(from, error.into()))?;
    goes_on_from(path, (identity.mode, &identity.installation_id), &journal)
}

fn goes_on_from(path: &Path, whose: (Mode, &str), journal: &ChainHead) -> Result<bool, BackupError> {
    let (connection, found) = ledger_at(path)?;
    if (found.mode, found.installation_id.as_str()) != whose {
        return Ok(false);
    }
    if journal.count == 0 {
        return Ok(true);
    }
    let hash: Option<String> = connection
        .query_row("SELECT hash FROM journal WHERE seq = ?1", [journal.count], |row| row.get(0))
        .optional()
        .map_err(|error| BackupError::of(path, error.into()))?;
    Ok(hash.as_ref() == Some(&journal.hash))
}

fn ledger_at(path: &Path) -> Result<(Connection, Identity), BackupError> {
    let connection = read_only(path)?;
    match whose(&connection) {
        Ok(Ok((identity, _))) => Ok((connection, identity)),
        Ok(Err(none)) => Err(none.at(path)),
        Err(error) => Err(BackupError::of(path, error)),
    }
}
