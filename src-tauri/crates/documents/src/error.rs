//! What can go wrong while a document is made. None of it concerns money: the ledger is only read.

use rust_xlsxwriter::XlsxError;
use thiserror::Error;

/// A document that was not made.
#[derive(Debug, Error)]
pub enum DocumentError {
    /// Its file cannot be written.
    #[error(transparent)]
    Io(#[from] std::io::Error),
    /// More rows than this kind of document can hold: choose fewer days, or another format.
    #[error("{rows} rows, and this format holds {max}")]
    TooManyRows {
        /// How many there are.
        rows: i64,
        /// How many it holds.
        max: i64,
    },
    /// A sum that does not fit, or a moment that no calendar reaches: the ledger is damaged.
    #[error("the ledger holds a value that cannot be written down: {0}")]
    Value(String),
    /// The library that makes this format refused.
    #[error("the document could not be made: {0}")]
    Format(String),
}

impl From<csv::Error> for DocumentError {
    fn from(error: csv::Error) -> Self {
        if error.is_io_error() { Self::Io(error.into()) } else { Self::Format(error.to_string()) }
    }
}

impl From<serde_json::Error> for DocumentError {
    fn from(error: serde_json::Error) -> Self {
        Self::Io(error.into())
    }
}

impl From<XlsxError> for DocumentError {
    fn from(error: XlsxError) -> Self {
        if let XlsxError::IoError(error) = error {
            return Self::Io(error);
        }
        // What fails while the sheets are packed is the file.
        if let XlsxError::ZipError(error) = error {
            return Self::Io(error.into());
        }
        Self::Format(error.to_string())
    }
}

impl From<domain::business_day::DayError> for DocumentError {
    fn from(error: domain::business_day::DayError) -> Self {
        Self::Value(error.to_string())
    }
}
