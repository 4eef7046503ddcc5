//! The proof: both chains recomputed, numbers dense, receipts gapless, heads equal to the fold of the journal, and an
//! entry for every paid payment and none besides.

use crate::chain::{Chain, ChainHead};
use crate::entry::Record;
use crate::error::LedgerError;
use crate::journal;
use crate::open::Ledger;
use domain::State;
use sqlx::Row;
use sqlx::sqlite::{SqliteConnection, SqliteRow};
use std::collections::HashMap;

/// What a verification found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verification {
    /// Ledger entries read.
    pub entries: i64,
    /// Journal rows read.
    pub journal_rows: i64,
    /// The end of the entries' chain.
    pub head: ChainHead,
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

const WINDOW: i64 = 1_000;

impl Ledger {
    /// Reads the whole ledger and recomputes everything that can be.
    ///
    /// # Errors
    /// [`LedgerError`] when it cannot be read; what is wrong *in* it is in the answer.
    pub async fn verify(&self) -> Result<Verification, LedgerError> {
        let mut reader = self.inner.file.readers.acquire().await?;
        sqlx::query("BEGIN").execute(&mut *reader).await?;
        let verified = self.verify_in(&mut reader).await;
        sqlx::query("ROLLBACK").execute(&mut *reader).await?;
        verified
    }

    async fn verify_in(&self, reader: &mut SqliteConnection) -> Result<Verification, LedgerError> {
        let mut journal = self.walk(Chain::Journal);
        let mut states = HashMap::new();
        loop {
            let rows = sqlx::query("SELECT * FROM journal WHERE seq > ? ORDER BY seq LIMIT ?")
                .bind(journal.seq)
                .bind(WINDOW)
                .fetch_all(&mut *reader)
                .await?;
            if rows.is_empty() {
                break;
            }
            for row in &rows {
                journal.take(row, journal_hash(row)?)?;
                if let (Some(id), Some(state)) = (
                    row.try_get::<Option<String>, _>("payment_id")?,
                    row.try_get::<Option<String>, _>("state")?,
                ) {
                    states.insert(id, state);
                }
            }
        }
        let mut entries = self.walk(Chain::Entries);
        let (mut receipts, mut verified) = (0, HashMap::new());
        loop {
            let rows = sqlx::query("SELECT * FROM ledger_entry WHERE seq > ? ORDER BY seq LIMIT ?")
                .bind(entries.seq)
                .bind(WINDOW)
                .fetch_all(&mut *reader)
                .await?;
            if rows.is_empty() {
                break;
            }
            for row in &rows {
                entries.take(row, entry_hash(row)?)?;
                if let Some(receipt) = row.try_get::<Option<i64>, _>("receipt_number")? {
                    receipts += 1;
                    if receipt != receipts {
                        entries.blame(row, "a receipt number is missing or out of order")?;
                    }
                    verified.insert(
                        row.try_get::<String, _>("payment_id")?,
                        row.try_get::<i64, _>("amount_xof")?,
                    );
                }
            }
        }
        let heads = bad_head(reader, &states, &verified).await?;
        Ok(Verification {
            entries: entries.count,
            journal_rows: journal.count,
            head: ChainHead { count: entries.count, hash: entries.hash },
            first_bad: entries.bad.or(journal.bad).or(heads),
        })
    }

    /// The end of the entries' chain as it is written, to print on receipts and closings.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub async fn head(&self) -> Result<ChainHead, LedgerError> {
        let row = sqlx::query("SELECT seq, hash FROM ledger_entry ORDER BY seq DESC LIMIT 1")
            .fetch_optional(&self.inner.file.readers)
            .await?;
        match row {
            Some(row) => Ok(ChainHead { count: row.try_get(0)?, hash: row.try_get(1)? }),
            None => Ok(ChainHead { count: 0, hash: self.walk(Chain::Entries).hash }),
        }
    }

    fn walk(&self, chain: Chain) -> Walk {
        Walk {
            table: match chain {
                Chain::Journal => "journal",
                Chain::Entries => "ledger_entry",
            },
            seq: 0,
            count: 0,
            hash: chain.beginning(self.inner.mode, &self.inner.installation_id),
            bad: None,
        }
    }
}

/// A walk along one chain.
struct Walk {
    table: &'static str,
    seq: i64,
    count: i64,
    hash: String,
    bad: Option<BadRow>,
}

impl Walk {
    fn take(&mut self, row: &SqliteRow, recomputed: String) -> Result<(), LedgerError> {
        let seq: i64 = row.try_get("seq")?;
        if seq != self.seq + 1 {
            self.blame(row, "rows are missing before it")?;
        }
        if row.try_get::<String, _>("prev_hash")? != self.hash {
            self.blame(row, "it does not follow the row before it")?;
        }
        if row.try_get::<String, _>("hash")? != recomputed {
            self.blame(row, "its content is not what was written")?;
        }
        self.seq = seq;
        self.count += 1;
        self.hash = row.try_get("hash")?;
        Ok(())
    }

    fn blame(&mut self, row: &SqliteRow, problem: &'static str) -> Result<(), LedgerError> {
        if self.bad.is_none() {
            let seq: i64 = row.try_get("seq")?;
            self.bad = Some(BadRow { table: self.table, row: seq.to_string(), problem });
        }
        Ok(())
    }
}

fn journal_hash(row: &SqliteRow) -> Result<String, LedgerError> {
    let prev_hash: String = row.try_get("prev_hash")?;
    let payment_id: Option<String> = row.try_get("payment_id")?;
    let kind: String = row.try_get("kind")?;
    let state: Option<String> = row.try_get("state")?;
    let detail: String = row.try_get("detail")?;
    Ok(journal::hash(
        &prev_hash,
        row.try_get("seq")?,
        payment_id.as_deref(),
        row.try_get("at_ms")?,
        &kind,
        state.as_deref(),
        &detail,
    ))
}

fn entry_hash(row: &SqliteRow) -> Result<String, LedgerError> {
    let text = |column: &str| row.try_get::<String, _>(column);
    let maybe = |column: &str| row.try_get::<Option<String>, _>(column);
    let (operator_id, request_id) = (maybe("operator_id")?, maybe("request_id")?);
    let (who, reason, reference) = (maybe("who")?, maybe("reason")?, maybe("reference")?);
    let record = Record {
        seq: row.try_get("seq")?,
        at_ms: row.try_get("at_ms")?,
        business_day: &text("business_day")?,
        kind: &text("kind")?,
        amount_xof: row.try_get("amount_xof")?,
        payment_id: &text("payment_id")?,
        receipt_number: row.try_get("receipt_number")?,
        reverses: row.try_get("reverses")?,
        operator_id: operator_id.as_deref(),
        request_id: request_id.as_deref(),
        phone_commitment: &text("phone_commitment")?,
        who: who.as_deref(),
        reason: reason.as_deref(),
        reference: reference.as_deref(),
    };
    Ok(record.hash(&text("prev_hash")?))
}

/// Heads are not chained, so they are held against what is: the last state in the journal, and the entry of the money.
async fn bad_head(
    reader: &mut SqliteConnection,
    states: &HashMap<String, String>,
    verified: &HashMap<String, i64>,
) -> Result<Option<BadRow>, LedgerError> {
    let mut after = 0;
    let mut paid = 0;
    loop {
        let rows =
            sqlx::query("SELECT seq, id, state, amount_xof FROM payment WHERE seq > ? ORDER BY seq LIMIT ?")
                .bind(after)
                .bind(WINDOW)
                .fetch_all(&mut *reader)
                .await?;
        if rows.is_empty() {
            break;
        }
        for row in &rows {
            after = row.try_get("seq")?;
            let id: String = row.try_get("id")?;
            let state: String = row.try_get("state")?;
            let amount: i64 = row.try_get("amount_xof")?;
            let is_paid = state == State::Paid.as_str();
            paid += usize::from(is_paid);
            let problem = if states.get(&id) != Some(&state) {
                Some("its state is not the last one in the journal")
            } else if is_paid && verified.get(&id) != Some(&amount) {
                Some("it is paid, and no entry has its amount")
            } else {
                None
            };
            if let Some(problem) = problem {
                return Ok(Some(BadRow { table: "payment", row: id, problem }));
            }
        }
    }
    if paid == verified.len() {
        Ok(None)
    } else {
        Ok(Some(BadRow {
            table: "ledger_entry",
            row: String::new(),
            problem: "an entry has no paid payment",
        }))
    }
}
