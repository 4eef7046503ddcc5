//! The proof that nothing was changed: both chains recomputed, numbers dense, receipts gapless, every head held against
//! what is chained and against its seal, and the file itself found sound. Names the first bad row.
//!
//! Refuses to promise what a chain cannot show: a tail that was cut off together with everything that speaks of it. For
//! that the heads are returned, to be compared with those printed on receipts and closings.

use crate::chain::{Chain, ChainHead};
use crate::connection::File;
use crate::error::LedgerError;
use crate::identity::Identity;
use crate::open::Ledger;
use crate::{closing, entry, heads, hour_total, journal};
use sqlx::sqlite::{SqliteConnection, SqliteRow};
use sqlx::{Connection, Row};

/// What a verification found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verification {
    /// Ledger entries read.
    pub entries: i64,
    /// Journal rows read.
    pub journal_rows: i64,
    /// The end of the entries' chain.
    pub head: ChainHead,
    /// The end of the journal's chain.
    pub journal_head: ChainHead,
    /// The first row that is not as it was written; none when all is well.
    pub first_bad: Option<BadRow>,
}

/// A row that is not as it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadRow {
    /// Which table.
    pub table: &'static str,
    /// Which row: its number, or the payment's identifier.
    pub row: String,
    /// What is wrong.
    pub problem: &'static str,
}

impl BadRow {
    pub(crate) fn new(table: &'static str, row: impl ToString, problem: &'static str) -> Self {
        Self { table, row: row.to_string(), problem }
    }
}

/// Rows read at once: enough to be fast, few enough to stay small.
pub(crate) const WINDOW: i64 = 400;

impl Ledger {
    /// Reads the whole ledger, as it is at one moment, and recomputes everything that can be.
    ///
    /// # Errors
    /// [`LedgerError`] when it cannot be read; what is wrong *in* it is in the answer.
    pub async fn verify(&self) -> Result<Verification, LedgerError> {
        let mut reader = self.inner.file.read().await?;
        let identity = &self.inner.identity;
        let entries = walk(&mut reader, &ENTRIES, identity).await?;
        let journal = walk(&mut reader, &JOURNAL, identity).await?;
        let mut first_bad = entries.bad.or(journal.bad);
        if first_bad.is_none() {
            first_bad = heads::first_bad(&mut reader).await?;
        }
        if first_bad.is_none() {
            first_bad = closing::first_bad(&mut reader, identity).await?;
        }
        if first_bad.is_none() {
            first_bad = hour_total::first_bad(&mut reader).await?;
        }
        if first_bad.is_none() {
            first_bad = unsound(&self.inner.file).await?;
        }
        Ok(Verification {
            entries: entries.head.count,
            journal_rows: journal.head.count,
            head: entries.head,
            journal_head: journal.head,
            first_bad,
        })
    }

    /// The end of the entries' chain as it is written, to print on receipts and closings.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub async fn head(&self) -> Result<ChainHead, LedgerError> {
        let (count, hash) = entry::last(&mut *self.inner.file.read().await?, &self.inner.identity).await?;
        Ok(ChainHead { count, hash })
    }
}

/// What SQLite itself finds wrong, indexes against their tables included: an index is what most questions are answered from.
async fn unsound(file: &File) -> Result<Option<BadRow>, LedgerError> {
    let mut reader = file.fresh_reader().await?;
    let found: String = sqlx::query("PRAGMA integrity_check(1)").fetch_one(&mut reader).await?.try_get(0)?;
    reader.close().await?;
    Ok((found != "ok").then(|| BadRow::new("database", found, "SQLite finds it damaged")))
}

/// A chained table, and how its rows are read. Closings are few and held against their entries: see [`closing`].
struct Chained {
    chain: Chain,
    table: &'static str,
    window: &'static str,
    rehash: fn(&SqliteRow) -> Result<String, sqlx::Error>,
    receipt_column: Option<usize>,
}

const JOURNAL: Chained = Chained {
    chain: Chain::Journal,
    table: "journal",
    window: journal::WINDOW,
    rehash: journal::rehash,
    receipt_column: None,
};
const ENTRIES: Chained = Chained {
    chain: Chain::Entries,
    table: "ledger_entry",
    window: entry::WINDOW,
    rehash: entry::rehash,
    receipt_column: Some(entry::WINDOW_RECEIPT),
};

/// What a walk along a chain has seen.
struct Walk {
    of: &'static Chained,
    /// The row it is at.
    seq: i64,
    receipts: i64,
    head: ChainHead,
    bad: Option<BadRow>,
}

async fn walk(
    reader: &mut SqliteConnection,
    of: &'static Chained,
    identity: &Identity,
) -> Result<Walk, LedgerError> {
    // Below the smallest number that SQLite has: a row slipped in before the first one is seen too.
    let mut after = i64::MIN;
    let head = ChainHead { count: 0, hash: of.chain.beginning(identity) };
    let mut walk = Walk { of, seq: 0, receipts: 0, head, bad: None };
    loop {
        let rows = sqlx::query(of.window).bind(after).bind(WINDOW).fetch_all(&mut *reader).await?;
        let Some(last) = rows.last() else { return Ok(walk) };
        let reached: i64 = last.try_get(0)?;
        for row in &rows {
            walk.take(row);
        }
        if reached <= after {
            // A damaged table gives rows that were not asked for, and would do so for ever.
            walk.blame(reached, "it stands out of order");
            return Ok(walk);
        }
        after = reached;
    }
}

impl Walk {
    /// One row on. A row that cannot be read is as bad as one that was changed.
    fn take(&mut self, row: &SqliteRow) {
        if self.follow(row).is_err() {
            self.blame(self.seq, "it cannot be read");
        }
        self.head.count += 1;
    }

    fn follow(&mut self, row: &SqliteRow) -> Result<(), sqlx::Error> {
        let expected = self.seq.saturating_add(1);
        self.seq = row.try_get(0)?;
        if self.seq > expected {
            self.blame(expected, "it is missing");
        } else if self.seq < expected {
            self.blame(self.seq, "it stands before the first row");
        }
        if row.try_get::<&str, _>(1)? != self.head.hash {
            self.blame(self.seq, "it does not follow the row before it");
        }
        if let Some(column) = self.of.receipt_column {
            self.count_receipt(row, column)?;
        }
        let recomputed = (self.of.rehash)(row)?;
        let stored: String = row.try_get(2)?;
        if stored != recomputed {
            self.blame(self.seq, "its content is not what was written");
        }
        self.head.hash = stored;
        Ok(())
    }

    fn count_receipt(&mut self, row: &SqliteRow, column: usize) -> Result<(), sqlx::Error> {
        if let Some(receipt) = row.try_get::<Option<i64>, _>(column)? {
            self.receipts += 1;
            if receipt != self.receipts {
                self.blame(self.seq, "its receipt number does not follow the one before it");
            }
        }
        Ok(())
    }

    fn blame(&mut self, seq: i64, problem: &'static str) {
        if self.bad.is_none() {
            self.bad = Some(BadRow::new(self.of.table, seq, problem));
        }
    }
}
