//! The journal: everything that happened to a payment, chained, only growing. Details are masked before they come here.

use crate::chain::Chain;
use crate::error::LedgerError;
use crate::open::{Inner, Ledger, closed};
use domain::{PaymentId, State};
use sqlx::sqlite::SqliteConnection;
use sqlx::{Connection, Row};

/// One line of a payment's story.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JournalLine {
    /// When.
    pub at_ms: i64,
    /// A stable word.
    pub kind: String,
    /// The state it led to, when it is a move.
    pub state: Option<State>,
    /// Technical text, masked.
    pub detail: String,
}

pub(crate) struct NewLine<'a> {
    pub(crate) payment: Option<&'a PaymentId>,
    pub(crate) at_ms: i64,
    pub(crate) kind: &'a str,
    pub(crate) state: Option<State>,
    pub(crate) detail: &'a str,
}

/// The hash of a journal row, from its columns.
pub(crate) fn hash(
    prev_hash: &str,
    seq: i64,
    payment_id: Option<&str>,
    at_ms: i64,
    kind: &str,
    state: Option<&str>,
    detail: &str,
) -> String {
    let (seq, at_ms) = (seq.to_string(), at_ms.to_string());
    Chain::Journal.link(prev_hash, &[Some(&seq), payment_id, Some(&at_ms), Some(kind), state, Some(detail)])
}

pub(crate) async fn append(
    connection: &mut SqliteConnection,
    ledger: &Inner,
    line: NewLine<'_>,
) -> Result<(), LedgerError> {
    let last = sqlx::query("SELECT seq, hash FROM journal ORDER BY seq DESC LIMIT 1")
        .fetch_optional(&mut *connection)
        .await?;
    let (seq, prev_hash) = match last {
        Some(row) => (row.try_get::<i64, _>(0)? + 1, row.try_get::<String, _>(1)?),
        None => (1, Chain::Journal.beginning(ledger.mode, &ledger.installation_id)),
    };
    let payment_id = line.payment.map(PaymentId::as_str);
    let state = line.state.map(State::as_str);
    let hash = hash(&prev_hash, seq, payment_id, line.at_ms, line.kind, state, line.detail);
    sqlx::query(
        "INSERT INTO journal (seq, payment_id, at_ms, kind, state, detail, prev_hash, hash) \
         VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(seq)
    .bind(payment_id)
    .bind(line.at_ms)
    .bind(line.kind)
    .bind(state)
    .bind(line.detail)
    .bind(prev_hash)
    .bind(hash)
    .execute(connection)
    .await?;
    Ok(())
}

impl Ledger {
    /// Writes a line that belongs to no payment.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub async fn note(&self, at_ms: i64, kind: &str, detail: &str) -> Result<(), LedgerError> {
        let mut writer = self.inner.file.writer.lock().await;
        let mut transaction = writer.as_mut().ok_or_else(closed)?.begin_with("BEGIN IMMEDIATE").await?;
        append(&mut transaction, &self.inner, NewLine { payment: None, at_ms, kind, state: None, detail })
            .await?;
        transaction.commit().await?;
        Ok(())
    }

    /// A payment's story, oldest first.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub async fn timeline(&self, id: &PaymentId) -> Result<Vec<JournalLine>, LedgerError> {
        let rows =
            sqlx::query("SELECT at_ms, kind, state, detail FROM journal WHERE payment_id = ? ORDER BY seq")
                .bind(id.as_str())
                .fetch_all(&self.inner.file.readers)
                .await?;
        rows.into_iter()
            .map(|row| {
                let state: Option<String> = row.try_get(2)?;
                Ok(JournalLine {
                    at_ms: row.try_get(0)?,
                    kind: row.try_get(1)?,
                    state: state.as_deref().map(str::parse).transpose()?,
                    detail: row.try_get(3)?,
                })
            })
            .collect()
    }
}
