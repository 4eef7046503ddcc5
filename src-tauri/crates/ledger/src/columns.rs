//! Columns of a row, however it was read: single ones come through sqlx, whole tables through rusqlite, which lends each
//! value instead of copying it. Refuses a value of another kind than asked for.

use crate::error::LedgerError;

/// A row whose columns can be borrowed.
pub(crate) trait Columns {
    /// An integer.
    fn integer(&self, column: usize) -> Result<Option<i64>, LedgerError>;

    /// A text.
    fn text(&self, column: usize) -> Result<Option<&str>, LedgerError>;

    /// An integer that must be there.
    fn some_integer(&self, column: usize) -> Result<i64, LedgerError> {
        self.integer(column)?.ok_or_else(|| missing(column))
    }

    /// A text that must be there.
    fn some_text(&self, column: usize) -> Result<&str, LedgerError> {
        self.text(column)?.ok_or_else(|| missing(column))
    }
}

fn missing(column: usize) -> LedgerError {
    LedgerError::Damaged(format!("column {column} is empty"))
}

impl Columns for sqlx::sqlite::SqliteRow {
    fn integer(&self, column: usize) -> Result<Option<i64>, LedgerError> {
        Ok(sqlx::Row::try_get(self, column)?)
    }

    fn text(&self, column: usize) -> Result<Option<&str>, LedgerError> {
        Ok(sqlx::Row::try_get(self, column)?)
    }
}

impl Columns for rusqlite::Row<'_> {
    fn integer(&self, column: usize) -> Result<Option<i64>, LedgerError> {
        Ok(self.get(column)?)
    }

    fn text(&self, column: usize) -> Result<Option<&str>, LedgerError> {
        let value = self.get_ref(column)?;
        value.as_str_or_null().map_err(|error| LedgerError::Damaged(format!("column {column}: {error}")))
    }
}
