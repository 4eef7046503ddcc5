//! What can go wrong, by what a caller can do about it. No text carries a token or a phone number.

use domain::business_day::DayError;
use domain::{DecisionRefused, IllegalMove, Mode, UnknownWord};
use std::path::PathBuf;
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
    /// A move that does not exist.
    #[error(transparent)]
    Illegal(#[from] IllegalMove),
    /// A decision that is not possible.
    #[error(transparent)]
    DecisionRefused(#[from] DecisionRefused),
    /// The file cannot be read or written now: full disk, read-only, held by another program.
    #[error("the ledger cannot be used now: {0}")]
    Unavailable(String),
    /// The file holds something this version cannot read, or refuses something it should take.
    #[error("the ledger is damaged: {0}")]
    Damaged(String),
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

/// SQLite's primary result codes (sqlite.org/rescode.html) that speak of the surroundings and may pass.
const PASSING: [i32; 9] = [
    3,  // PERM
    5,  // BUSY
    6,  // LOCKED
    7,  // NOMEM
    8,  // READONLY
    10, // IOERR
    13, // FULL
    14, // CANTOPEN
    15, // PROTOCOL
];

impl From<sqlx::Error> for LedgerError {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::Database(database) => {
                let primary =
                    database.code().and_then(|code| code.parse::<i32>().ok()).map(|code| code & 0xff);
                let text = database.message().to_owned();
                if primary.is_some_and(|code| PASSING.contains(&code)) {
                    Self::Unavailable(text)
                } else {
                    Self::Damaged(text)
                }
            }
            sqlx::Error::Io(_)
            | sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed
            | sqlx::Error::WorkerCrashed => Self::Unavailable(error.to_string()),
            _ => Self::Damaged(error.to_string()),
        }
    }
}

/// A file that did not open. Nothing was changed.
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
    #[error("{path} cannot be opened: {detail}", path = path.display())]
    Unavailable {
        /// The file.
        path: PathBuf,
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
