//! What can go wrong, by what a caller can do about it. No text carries a token or a phone number.

use domain::business_day::DayError;
use domain::{DecisionRefused, IllegalMove, Mode, UnknownWord};
use std::fmt;
use std::path::{Path, PathBuf};
use thiserror::Error;

/// A read or a write that did not happen. Nothing was changed.
#[derive(Debug, Error)]
pub enum LedgerError {
    /// No such payment.
    #[error("no such payment")]
    NotFound,
    /// The payment moved since it was looked at: look again.
    #[error("the payment moved meanwhile")]
    VersionConflict,
    /// That closing was made meanwhile: look again.
    #[error("that closing was made meanwhile")]
    ClosingMoved,
    /// A move that does not exist.
    #[error(transparent)]
    Illegal(#[from] IllegalMove),
    /// A decision that is not possible.
    #[error(transparent)]
    DecisionRefused(#[from] DecisionRefused),
    /// The file cannot be read or written now; it may pass, so trying again makes sense.
    #[error("the ledger cannot be used now: {kind} ({detail})")]
    Unavailable {
        /// What stands in the way.
        kind: Unavailability,
        /// What SQLite says; never a stored value.
        detail: String,
    },
    /// The file holds something this version cannot read, or refuses something it should take.
    #[error("the ledger is damaged: {0}")]
    Damaged(String),
}

/// What stands in the way of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unavailability {
    /// No room left.
    DiskFull,
    /// It may be read, not written.
    ReadOnly,
    /// Another program holds it.
    Busy,
    /// It was moved, removed or replaced while it is open.
    Moved,
    /// It was closed by us.
    Closed,
    /// Anything else the system says about a file or its folder.
    Io,
}

impl fmt::Display for Unavailability {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::DiskFull => "the disk is full",
            Self::ReadOnly => "it is read-only",
            Self::Busy => "another program holds it",
            Self::Moved => "it was moved, removed or replaced while it is open",
            Self::Closed => "it is closed",
            Self::Io => "the system refuses",
        })
    }
}

impl LedgerError {
    pub(crate) fn closed() -> Self {
        Self::Unavailable { kind: Unavailability::Closed, detail: "after close".to_owned() }
    }

    pub(crate) fn moved(path: &Path) -> Self {
        Self::Unavailable { kind: Unavailability::Moved, detail: path.display().to_string() }
    }
}

impl From<UnknownWord> for LedgerError {
    fn from(word: UnknownWord) -> Self {
        Self::Damaged(word.to_string())
    }
}

impl From<DayError> for LedgerError {
    fn from(error: DayError) -> Self {
        Self::Damaged(error.to_string())
    }
}

/// What SQLite's result code (sqlite.org/rescode.html) says about the surroundings; none for damage and refusals.
const fn passing(result_code: i32) -> Option<Unavailability> {
    match result_code & 0xff {
        // PERM, NOMEM, IOERR, CANTOPEN, PROTOCOL
        3 | 7 | 10 | 14 | 15 => Some(Unavailability::Io),
        // BUSY, LOCKED
        5 | 6 => Some(Unavailability::Busy),
        // READONLY
        8 => Some(Unavailability::ReadOnly),
        // FULL
        13 => Some(Unavailability::DiskFull),
        _ => None,
    }
}

fn unavailability(error: &sqlx::Error) -> Option<Unavailability> {
    if let sqlx::Error::Database(database) = error {
        return database.code().and_then(|code| code.parse().ok()).and_then(passing);
    }
    if matches!(error, sqlx::Error::PoolClosed) {
        return Some(Unavailability::Closed);
    }
    // The last three are a connection that lost its worker or its transaction: the next call gets another one.
    let passes = matches!(
        error,
        sqlx::Error::Io(_)
            | sqlx::Error::PoolTimedOut
            | sqlx::Error::WorkerCrashed
            | sqlx::Error::InvalidSavePointStatement
            | sqlx::Error::BeginFailed
    );
    passes.then_some(Unavailability::Io)
}

impl From<sqlx::Error> for LedgerError {
    fn from(error: sqlx::Error) -> Self {
        // Only SQLite's own words: they name tables and columns, never values.
        let detail =
            error.as_database_error().map_or_else(|| error.to_string(), |said| said.message().to_owned());
        match unavailability(&error) {
            Some(kind) => Self::Unavailable { kind, detail },
            None => Self::Damaged(detail),
        }
    }
}

impl From<rusqlite::Error> for LedgerError {
    fn from(error: rusqlite::Error) -> Self {
        let detail = error.to_string();
        let kind = error.sqlite_error().and_then(|said| passing(said.extended_code));
        match kind {
            Some(kind) => Self::Unavailable { kind, detail },
            None => Self::Damaged(detail),
        }
    }
}

/// A file that did not open.
#[derive(Debug, Error)]
pub enum OpenError {
    /// Another kind of ledger: training money must never count as live, nor the other way round.
    #[error("{path} is a {found} ledger, not a {asked} one", path = path.display())]
    WrongMode {
        /// The file.
        path: PathBuf,
        /// What it is.
        found: Mode,
        /// What was asked.
        asked: Mode,
    },
    /// Written by a newer version.
    #[error("{path} was written by a newer version of this program", path = path.display())]
    Newer {
        /// The file.
        path: PathBuf,
    },
    /// SQLite finds damage, or the file is something else.
    #[error("{path} is damaged: {detail}", path = path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What SQLite says.
        detail: String,
    },
    /// It cannot be opened or written here.
    #[error("{path} cannot be opened: {kind} ({detail})", path = path.display())]
    Unavailable {
        /// The file.
        path: PathBuf,
        /// What stands in the way.
        kind: Unavailability,
        /// What the system says.
        detail: String,
    },
    /// SQLite does not keep what the till needs to survive a power cut: better no ledger than a forgetful one.
    #[error("SQLite does not give {what}: {found:?}")]
    NotDurable {
        /// What was asked.
        what: &'static str,
        /// What it gives.
        found: String,
    },
}

impl OpenError {
    /// What a question that failed while the file at `path` was being opened means.
    #[must_use]
    pub fn of(path: &Path, error: LedgerError) -> Self {
        let path = path.to_owned();
        match error {
            LedgerError::Unavailable { kind, detail } => Self::Unavailable { path, kind, detail },
            LedgerError::NotFound
            | LedgerError::VersionConflict
            | LedgerError::ClosingMoved
            | LedgerError::Illegal(_)
            | LedgerError::DecisionRefused(_)
            | LedgerError::Damaged(_) => Self::Damaged { path, detail: error.to_string() },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn result_codes_are_sorted_by_whether_they_may_pass_extended_ones_too() {
        for (code, kind) in [
            (5, Some(Unavailability::Busy)),
            (8, Some(Unavailability::ReadOnly)),
            (1_544, Some(Unavailability::ReadOnly)), // READONLY_DIRECTORY
            (13, Some(Unavailability::DiskFull)),
            (4_106, Some(Unavailability::Io)), // IOERR_FSYNC is 1034, IOERR_CLOSE 4106
            (14, Some(Unavailability::Io)),
            (1, None),     // ERROR
            (11, None),    // CORRUPT
            (19, None),    // CONSTRAINT
            (1_811, None), // CONSTRAINT_TRIGGER
            (26, None),    // NOTADB
        ] {
            assert_eq!(passing(code), kind, "{code}");
        }
    }
}
