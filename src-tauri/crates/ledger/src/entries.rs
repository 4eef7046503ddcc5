//! The entries on their way out, one after the other: for exports, reports and accounts.
//!
//! Owns a reading connection of its own, through rusqlite: it lends each row as it lies in SQLite's page, where sqlx copies
//! every value through a channel and takes three times as long. Both use one SQLite. Blocks; never writes.

use crate::chain::Chain;
use crate::entry::from_closing_column;
use crate::error::LedgerError;
use crate::open::Ledger;
use domain::{BusinessDay, Class, EntryKind, EntryRange, EntryRow, LedgerEnd, Xof};
use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags, Row, Statement};
use std::ops::ControlFlow;
use std::time::Duration;

const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

const ROWS: &str = concat!(
    "SELECT entry.seq, entry.at_ms, entry.business_day, entry.kind, entry.amount_xof, entry.payment_id, \
     entry.receipt_number, entry.reverses, entry.operator_id, entry.request_id, entry.who, entry.reason, \
     entry.reference, entry.hash, payment.late, payment.phone, payment.operator_name, payment.cashier, ",
    from_closing_column!(),
    " FROM ledger_entry AS entry JOIN payment ON payment.id = entry.payment_id "
);

/// Day by day, as the index on days has them: nothing is sorted, and a day stays together even when a clock was set back.
const ORDER: &str = "entry.business_day, entry.seq";

impl Ledger {
    /// How many entries a range has.
    ///
    /// # Errors
    /// [`LedgerError::NotFound`] for a closing that does not exist.
    pub fn count_entries(&self, range: EntryRange) -> Result<i64, LedgerError> {
        let connection = self.lend()?;
        let (condition, from, to) = bounds(&connection, range)?;
        let sql = format!("SELECT COUNT(*) FROM ledger_entry AS entry {condition}");
        Ok(connection.query_row(&sql, [from, to], |row| row.get(0))?)
    }

    /// The end of the ledger as it is written, to print on what is exported.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub fn end(&self) -> Result<LedgerEnd, LedgerError> {
        let question = "SELECT seq, hash FROM ledger_entry ORDER BY seq DESC LIMIT 1";
        let found = self
            .lend()?
            .query_row(question, [], |row| Ok(LedgerEnd { entries: row.get(0)?, hash: row.get(1)? }));
        match found {
            Err(rusqlite::Error::QueryReturnedNoRows) => {
                Ok(LedgerEnd { entries: 0, hash: Chain::Entries.beginning(&self.inner.identity) })
            }
            found => Ok(found?),
        }
    }

    /// Shows every entry of a range, day by day and oldest first, until `each` breaks off. Returns how many were shown. Sees the ledger as
    /// it is at one moment; the till may go on writing.
    ///
    /// # Errors
    /// [`LedgerError::NotFound`] for a closing that does not exist, [`LedgerError::Damaged`] for a row that cannot be read.
    pub fn walk_entries(
        &self,
        range: EntryRange,
        mut each: impl FnMut(&EntryRow<'_>) -> ControlFlow<()>,
    ) -> Result<i64, LedgerError> {
        let connection = self.lend()?;
        let (condition, from, to) = bounds(&connection, range)?;
        let mut statement: Statement<'_> =
            connection.prepare(&format!("{ROWS}{condition} ORDER BY {ORDER}"))?;
        let mut rows = statement.query([from, to])?;
        let mut shown = 0;
        let mut days = Days::default();
        while let Some(row) = rows.next()? {
            shown += 1;
            if each(&read(row, &mut days)?).is_break() {
                break;
            }
        }
        Ok(shown)
    }

    /// A connection of its own that only reads and lends what it reads.
    pub(crate) fn lend(&self) -> Result<Connection, LedgerError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(self.path(), flags)?;
        self.inner.file.holds()?;
        connection.busy_timeout(BUSY_TIMEOUT)?;
        connection.pragma_update(None, "query_only", true)?;
        connection.pragma_update(None, "foreign_keys", true)?;
        Ok(connection)
    }
}

fn bounds(
    connection: &Connection,
    range: EntryRange,
) -> Result<(&'static str, rusqlite::types::Value, rusqlite::types::Value), LedgerError> {
    match range {
        EntryRange::Days { from, to } => Ok((
            "WHERE entry.business_day BETWEEN ? AND ?",
            rusqlite::types::Value::Text(from.to_string()),
            rusqlite::types::Value::Text(to.to_string()),
        )),
        EntryRange::Closing(number) => {
            let question = "SELECT first_entry, last_entry FROM closing WHERE number = ?";
            let found = connection.query_row(question, [number], |row| Ok((row.get(0)?, row.get(1)?)));
            let (first, last): (i64, i64) = match found {
                Err(rusqlite::Error::QueryReturnedNoRows) => return Err(LedgerError::NotFound),
                found => found?,
            };
            let integer = rusqlite::types::Value::Integer;
            Ok(("WHERE entry.seq BETWEEN ? AND ?", integer(first), integer(last)))
        }
    }
}

fn text<'r>(row: &'r Row<'_>, column: usize) -> Result<Option<&'r str>, LedgerError> {
    match row.get_ref(column)? {
        ValueRef::Null => Ok(None),
        ValueRef::Text(bytes) => std::str::from_utf8(bytes)
            .map(Some)
            .map_err(|_| LedgerError::Damaged("a text of an entry cannot be read".to_owned())),
        ValueRef::Integer(_) | ValueRef::Real(_) | ValueRef::Blob(_) => {
            Err(LedgerError::Damaged("a text of an entry is none".to_owned()))
        }
    }
}

fn word<'r>(row: &'r Row<'_>, column: usize) -> Result<&'r str, LedgerError> {
    text(row, column)?.ok_or_else(|| LedgerError::Damaged("a text of an entry is missing".to_owned()))
}

/// The day last read: thousands of entries in a row have the same one.
#[derive(Default)]
struct Days(Option<(String, BusinessDay)>);

impl Days {
    fn read(&mut self, text: &str) -> Result<BusinessDay, LedgerError> {
        if let Some((known, day)) = &self.0
            && known == text
        {
            return Ok(*day);
        }
        let day = text.parse()?;
        self.0 = Some((text.to_owned(), day));
        Ok(day)
    }
}

fn read<'r>(row: &'r Row<'_>, days: &mut Days) -> Result<EntryRow<'r>, LedgerError> {
    let kind: EntryKind = word(row, 3)?.parse()?;
    let late: bool = row.get(14)?;
    let class: Class = kind.class(late);
    Ok(EntryRow {
        number: row.get(0)?,
        at_ms: row.get(1)?,
        day: days.read(word(row, 2)?)?,
        kind,
        class,
        amount: Xof::new(row.get(4)?),
        payment: word(row, 5)?,
        receipt_number: row.get(6)?,
        reverses: row.get(7)?,
        from_closing: row.get(18)?,
        phone: text(row, 15)?,
        operator: text(row, 16)?.or(text(row, 8)?),
        request_id: text(row, 9)?,
        cashier: word(row, 17)?,
        who: text(row, 10)?,
        reason: text(row, 11)?,
        reference: text(row, 12)?,
        hash: word(row, 13)?,
    })
}

#[cfg(test)]
mod tests {
    use crate::open::Ledger;
    use domain::{DayRule, Mode};

    #[tokio::test]
    async fn the_lending_connection_is_as_guarded_as_the_other_readers() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("live.db");
        let ledger = Ledger::open(&path, Mode::Live, DayRule::default(), [7; 16], 0).await.unwrap();
        // One SQLite for both libraries, and not older than the writer was asked to be.
        assert!(rusqlite::version_number() >= 3_051_003, "{}", rusqlite::version());
        let lent = ledger.lend().unwrap();
        for (pragma, expected) in
            [("query_only", "1"), ("foreign_keys", "1"), ("busy_timeout", "5000"), ("journal_mode", "wal")]
        {
            let found = lent.pragma_query_value(None, pragma, |row| {
                row.get::<_, String>(0).or_else(|_| row.get::<_, i64>(0).map(|number| number.to_string()))
            });
            assert_eq!(found.unwrap(), expected, "{pragma}");
        }
        assert!(lent.execute("DELETE FROM journal", []).is_err());
    }
}
