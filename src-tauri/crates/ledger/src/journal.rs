//! The journal: everything that happened, chained, only growing. Details are masked before they come here.

use crate::chain::Chain;
use crate::columns::Columns;
use crate::error::LedgerError;
use crate::identity::Identity;
use crate::open::Ledger;
use domain::{Event, PaymentId, State};
use sqlx::Row;
use sqlx::sqlite::{SqliteConnection, SqliteRow};

/// Kinds besides the words of the events.
pub(crate) const RECORDED: &str = "recorded";
pub(crate) const CONTRADICTION: &str = "contradiction";
pub(crate) const CONTRADICTION_SEEN: &str = "contradiction_seen";
pub(crate) const DECISION: &str = "decision";
pub(crate) const RECEIPT_ISSUED: &str = "receipt_issued";
pub(crate) const RECEIPT_TAKEN_BACK: &str = "receipt_taken_back";
pub(crate) const CLOSING: &str = "closing";

/// One line of the story.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JournalLine {
    /// When, in milliseconds since 1970, UTC.
    pub at_ms: i64,
    /// A stable word: `recorded`, the word of an event, `contradiction`, `decision`, or what a note was called.
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

/// Several facts as one detail: escaped, so that no two lists of facts read the same.
#[must_use]
pub fn told(facts: &[&str]) -> String {
    let escaped: Vec<_> = facts.iter().map(|fact| fact.replace('\\', r"\\").replace('·', r"\·")).collect();
    escaped.join(" · ")
}

/// A row as it is hashed.
pub(crate) struct Record<'a> {
    pub(crate) seq: i64,
    pub(crate) payment_id: Option<&'a str>,
    pub(crate) at_ms: i64,
    pub(crate) kind: &'a str,
    pub(crate) state: Option<&'a str>,
    pub(crate) detail: &'a str,
}

impl Record<'_> {
    pub(crate) fn hash(&self, prev_hash: &str) -> String {
        let (seq, at_ms) = (self.seq.to_string(), self.at_ms.to_string());
        let fields = [
            Some(seq.as_str()),
            self.payment_id,
            Some(&at_ms),
            Some(self.kind),
            self.state,
            Some(self.detail),
        ];
        Chain::Journal.link(prev_hash, &fields)
    }
}

pub(crate) const TIMELINE: &str =
    "SELECT at_ms, kind, state, detail FROM journal WHERE payment_id = ? ORDER BY seq";
const NOTES: &str = "SELECT at_ms, kind, state, detail FROM journal WHERE payment_id IS NULL ORDER BY seq";

/// Reads the whole journal when there is none: asked only when something is wrong.
const KNOWN_NOTE: &str = "SELECT 1 FROM journal WHERE payment_id IS NULL AND kind = ? AND detail = ? LIMIT 1";

/// Rows after the one bound first, as many as bound second, for [`rehash`].
pub(crate) const WINDOW: &str = "SELECT seq, prev_hash, hash, payment_id, at_ms, kind, state, detail FROM journal \
     WHERE seq > ? ORDER BY seq LIMIT ?";

/// The hash that a row of [`WINDOW`] should have.
pub(crate) fn rehash(row: &impl Columns) -> Result<String, LedgerError> {
    let record = Record {
        seq: row.some_integer(0)?,
        payment_id: row.text(3)?,
        at_ms: row.some_integer(4)?,
        kind: row.some_text(5)?,
        state: row.text(6)?,
        detail: row.some_text(7)?,
    };
    Ok(record.hash(row.some_text(1)?))
}

/// Number and hash of the row that the next one follows.
pub(crate) async fn last(
    connection: &mut SqliteConnection,
    identity: &Identity,
) -> Result<(i64, String), LedgerError> {
    let row = sqlx::query("SELECT seq, hash FROM journal ORDER BY seq DESC LIMIT 1")
        .fetch_optional(connection)
        .await?;
    match row {
        Some(row) => Ok((row.try_get(0)?, row.try_get(1)?)),
        None => Ok((0, Chain::Journal.beginning(identity))),
    }
}

pub(crate) async fn append(
    connection: &mut SqliteConnection,
    identity: &Identity,
    line: NewLine<'_>,
) -> Result<(), LedgerError> {
    let (last_seq, prev_hash) = last(connection, identity).await?;
    let record = Record {
        seq: last_seq + 1,
        payment_id: line.payment.map(PaymentId::as_str),
        at_ms: line.at_ms,
        kind: line.kind,
        state: line.state.map(State::as_str),
        detail: line.detail,
    };
    let hash = record.hash(&prev_hash);
    sqlx::query(
        "INSERT INTO journal (seq, payment_id, at_ms, kind, state, detail, prev_hash, hash) \
         VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(record.seq)
    .bind(record.payment_id)
    .bind(record.at_ms)
    .bind(record.kind)
    .bind(record.state)
    .bind(record.detail)
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
        let mut writer = self.inner.file.writer().await;
        let mut transaction = writer.begin().await?;
        let line = NewLine { payment: None, at_ms, kind, state: None, detail };
        append(&mut transaction, &self.inner.identity, line).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// How many answers to questions about a payment the journal has.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub async fn questions_about(&self, id: &PaymentId) -> Result<usize, LedgerError> {
        let asked = [
            Event::ConfirmPending,
            Event::ConfirmUnknown,
            Event::ConfirmCompleted,
            Event::ConfirmNotCompleted,
            Event::ConfirmMismatch,
        ];
        let lines = self.timeline(id).await?;
        Ok(lines.iter().filter(|line| asked.iter().any(|event| event.as_str() == line.kind)).count())
    }

    /// Writes a line that belongs to no payment, unless the very same one was written before, whenever that was.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub async fn note_once(&self, at_ms: i64, kind: &str, detail: &str) -> Result<(), LedgerError> {
        let known = sqlx::query(KNOWN_NOTE)
            .bind(kind)
            .bind(detail)
            .fetch_optional(&mut *self.inner.file.read().await?)
            .await?;
        if known.is_some() { Ok(()) } else { self.note(at_ms, kind, detail).await }
    }

    /// A payment's story, oldest first; empty for a payment that does not exist.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub async fn timeline(&self, id: &PaymentId) -> Result<Vec<JournalLine>, LedgerError> {
        let mut reader = self.inner.file.read().await?;
        let rows = sqlx::query(TIMELINE).bind(id.as_str()).fetch_all(&mut *reader).await?;
        rows.iter().map(line).collect()
    }

    /// The lines that belong to no payment, oldest first. Reads the whole journal.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub async fn notes(&self) -> Result<Vec<JournalLine>, LedgerError> {
        let mut reader = self.inner.file.read().await?;
        let rows = sqlx::query(NOTES).fetch_all(&mut *reader).await?;
        rows.iter().map(line).collect()
    }
}

/// A row of [`TIMELINE`] or [`NOTES`].
fn line(row: &SqliteRow) -> Result<JournalLine, LedgerError> {
    let state: Option<String> = row.try_get(2)?;
    Ok(JournalLine {
        at_ms: row.try_get(0)?,
        kind: row.try_get(1)?,
        state: state.as_deref().map(str::parse).transpose()?,
        detail: row.try_get(3)?,
    })
}

#[cfg(test)]
mod tests {
    use super::told;

    #[test]
    fn different_facts_never_read_the_same() {
        let mut lines = [
            told(&["a", "b", "c"]),
            told(&["a · b", "c"]),
            told(&["a", "b · c"]),
            told(&["a", "b", "c", ""]),
            told(&["a \\", "b", "c"]),
            told(&["a \\· b", "c"]),
            told(&["a \\\\", "b", "c"]),
        ];
        let count = lines.len();
        lines.sort();
        let mut seen = lines.to_vec();
        seen.dedup();
        assert_eq!(seen.len(), count, "{lines:?}");
        assert_eq!(told(&["Afi", "fermé à 18 h"]), "Afi · fermé à 18 h");
    }
}
