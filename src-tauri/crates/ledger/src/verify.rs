//! The proof that nothing was changed: both chains recomputed, numbers dense, receipts gapless, every head held against
//! what is chained and against its seal, and the file itself found sound. Names the first bad row.
//!
//! Refuses to promise what a chain cannot show: a tail that was cut off together with everything that speaks of it. For
//! that the heads are returned, to be compared with those printed on receipts and closings.

use crate::blocking::blocking;
use crate::chain::{Chain, ChainHead};
use crate::columns::Columns;
use crate::connection::File;
use crate::error::LedgerError;
use crate::identity::Identity;
use crate::open::Ledger;
use crate::{closing, entry, heads, hour_total, journal};
use rusqlite::{Connection, OptionalExtension, Row};

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

/// Whether SQLite is asked about the file as well.
#[derive(Clone, Copy, PartialEq, Eq)]
enum FileToo {
    Yes,
    No,
}

impl Ledger {
    /// Reads the whole ledger, as it is at one moment, and recomputes everything that can be.
    ///
    /// # Errors
    /// [`LedgerError`] when it cannot be read; what is wrong *in* it is in the answer.
    pub async fn verify(&self) -> Result<Verification, LedgerError> {
        self.verify_all(FileToo::Yes).await
    }

    /// As [`Ledger::verify`], for who asks SQLite about the file itself.
    pub(crate) async fn verify_but_the_file(&self) -> Result<Verification, LedgerError> {
        self.verify_all(FileToo::No).await
    }

    async fn verify_all(&self, file_too: FileToo) -> Result<Verification, LedgerError> {
        // Each of the two reads what it compares at one moment of its own.
        let (chains, rest) = tokio::join!(self.verify_chains(), self.beside_the_chains(file_too));
        let chains = chains?;
        if chains.first_bad.is_some() {
            return Ok(chains);
        }
        Ok(Verification { first_bad: rest?, ..chains })
    }

    /// Recomputes both chains alone, as they are at one moment.
    ///
    /// # Errors
    /// As [`Ledger::verify`].
    pub async fn verify_chains(&self) -> Result<Verification, LedgerError> {
        let ledger = self.clone();
        let (entries, journal) = blocking(move || {
            let mut connection = ledger.lend()?;
            let moment = connection.transaction()?;
            let identity = &ledger.inner.identity;
            Ok::<_, LedgerError>((walk(&moment, &ENTRIES, identity)?, walk(&moment, &JOURNAL, identity)?))
        })
        .await?;
        Ok(Verification {
            entries: entries.head.count,
            journal_rows: journal.head.count,
            head: entries.head,
            journal_head: journal.head,
            first_bad: entries.bad.or(journal.bad),
        })
    }

    async fn beside_the_chains(&self, file_too: FileToo) -> Result<Option<BadRow>, LedgerError> {
        let mut reader = self.inner.file.read().await?;
        let mut first_bad = heads::first_bad(&mut reader).await?;
        if first_bad.is_none() {
            first_bad = closing::first_bad(&mut reader, &self.inner.identity).await?;
        }
        if first_bad.is_none() {
            first_bad = hour_total::first_bad(&mut reader).await?;
        }
        if first_bad.is_none() && file_too == FileToo::Yes {
            first_bad = unsound(&self.inner.file).await?;
        }
        Ok(first_bad)
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
    let found: String =
        sqlx::query("PRAGMA integrity_check(1)").fetch_one(&mut reader).await?.some_text(0)?.to_owned();
    sqlx::Connection::close(reader).await?;
    Ok((found != "ok").then(|| BadRow::new("database", found, "SQLite finds it damaged")))
}

/// A chained table, and how its rows are read. Closings are few and held against their entries: see [`closing`].
struct Chained {
    chain: Chain,
    table: &'static str,
    window: &'static str,
    rehash: fn(&Row<'_>) -> Result<String, LedgerError>,
    receipt_column: Option<usize>,
}

const JOURNAL: Chained = Chained {
    chain: Chain::Journal,
    table: "journal",
    window: journal::WINDOW,
    rehash: |row| journal::rehash(row),
    receipt_column: None,
};
const ENTRIES: Chained = Chained {
    chain: Chain::Entries,
    table: "ledger_entry",
    window: entry::WINDOW,
    rehash: |row| entry::rehash(row),
    receipt_column: Some(entry::WINDOW_RECEIPT),
};

/// What a walk along a chain has seen.
struct Walk {
    of: &'static Chained,
    /// The row it is at.
    seq: i64,
    /// How many were given; none when the walk did not begin at the first one.
    receipts: Option<i64>,
    head: ChainHead,
    bad: Option<BadRow>,
}

/// The first bad row among the last ones of both chains, each held against its content and against the row before it.
pub(crate) async fn first_bad_of_the_last(ledger: &Ledger, rows: i64) -> Result<Option<BadRow>, LedgerError> {
    let ledger = ledger.clone();
    blocking(move || {
        let mut connection = ledger.lend()?;
        let moment = connection.transaction()?;
        for of in [&ENTRIES, &JOURNAL] {
            if let Some(bad) = bad_at_the_end(&moment, of, rows)? {
                return Ok(Some(bad));
            }
        }
        Ok(None)
    })
    .await
}

fn bad_at_the_end(
    reader: &Connection,
    of: &'static Chained,
    rows: i64,
) -> Result<Option<BadRow>, LedgerError> {
    let question = format!("SELECT seq FROM {} ORDER BY seq DESC LIMIT 1", of.table);
    let last: i64 = reader.query_row(&question, [], |row| row.get(0)).optional()?.unwrap_or(0);
    let after = last.saturating_sub(rows).max(0);
    let mut statement = reader.prepare(of.window)?;
    let mut window = statement.query((after, rows))?;
    let mut walk = None;
    while let Some(row) = window.next()? {
        if walk.is_none() {
            // Receipts are counted from the beginning, so not here.
            let head = ChainHead { count: after, hash: row.some_text(1)?.to_owned() };
            walk = Some(Walk { of, seq: after, receipts: None, head, bad: None });
        }
        walk.iter_mut().for_each(|walk| walk.take(row));
    }
    let Some(mut walk) = walk else { return Ok(None) };
    if walk.seq != last {
        walk.blame(last, "it stands out of order");
    }
    Ok(walk.bad)
}

fn walk(reader: &Connection, of: &'static Chained, identity: &Identity) -> Result<Walk, LedgerError> {
    // Below the smallest number that SQLite has: a row slipped in before the first one is seen too.
    let mut after = i64::MIN;
    let head = ChainHead { count: 0, hash: of.chain.beginning(identity) };
    let mut walk = Walk { of, seq: 0, receipts: Some(0), head, bad: None };
    let mut statement = reader.prepare(of.window)?;
    loop {
        let mut rows = statement.query((after, WINDOW))?;
        let (mut read, mut reached) = (0, after);
        while let Some(row) = rows.next()? {
            reached = row.some_integer(0)?;
            walk.take(row);
            read += 1;
        }
        if read == 0 {
            return Ok(walk);
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
    fn take(&mut self, row: &Row<'_>) {
        if self.follow(row).is_err() {
            self.blame(self.seq, "it cannot be read");
        }
        self.head.count += 1;
    }

    fn follow(&mut self, row: &Row<'_>) -> Result<(), LedgerError> {
        let expected = self.seq.saturating_add(1);
        self.seq = row.some_integer(0)?;
        if self.seq > expected {
            self.blame(expected, "it is missing");
        } else if self.seq < expected {
            self.blame(self.seq, "it stands before the first row");
        }
        if row.some_text(1)? != self.head.hash {
            self.blame(self.seq, "it does not follow the row before it");
        }
        if let Some(column) = self.of.receipt_column {
            self.count_receipt(row, column)?;
        }
        let recomputed = (self.of.rehash)(row)?;
        let stored = row.some_text(2)?;
        if stored != recomputed {
            self.blame(self.seq, "its content is not what was written");
        }
        stored.clone_into(&mut self.head.hash);
        Ok(())
    }

    fn count_receipt(&mut self, row: &Row<'_>, column: usize) -> Result<(), LedgerError> {
        if let Some(receipt) = row.integer(column)? {
            let Some(receipts) = &mut self.receipts else { return Ok(()) };
            *receipts += 1;
            if receipt != *receipts {
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
