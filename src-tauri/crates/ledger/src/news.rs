//! What nobody has looked at yet: payments that came to their end after a line of the journal, and contradictions that no
//! person has seen. Owns both questions. Who was at the till, and until when, is the till's.

use crate::error::LedgerError;
use crate::journal::{self, NewLine, told};
use crate::open::Ledger;
use crate::payment::{self, Payment};
use domain::PaymentId;
use sqlx::Row;
use sqlx::sqlite::{SqliteConnection, SqliteRow};

// What the IN lists say is in the indexes' own words, so that SQLite sees that they serve.
pub(crate) const ENDED: &str = "SELECT payment_id FROM journal INDEXED BY journal_end \
     WHERE state IN ('paid', 'failed', 'rejected', 'not_sent') AND seq > ? ORDER BY seq DESC LIMIT ?";
pub(crate) const LAST_END: &str = "SELECT seq FROM journal INDEXED BY journal_end \
     WHERE state IN ('paid', 'failed', 'rejected', 'not_sent') ORDER BY seq DESC LIMIT 1";
/// Of each payment that has any, the later of the two words is the one that counts.
pub(crate) const CONTRADICTIONS: &str = "SELECT payment_id FROM journal INDEXED BY journal_contradiction \
     WHERE kind IN ('contradiction', 'contradiction_seen') GROUP BY payment_id \
     HAVING MAX(CASE kind WHEN 'contradiction' THEN seq ELSE 0 END) \
     > MAX(CASE kind WHEN 'contradiction' THEN 0 ELSE seq END)";
pub(crate) const LAST_WORD: &str = "SELECT kind FROM journal INDEXED BY journal_contradiction \
     WHERE kind IN ('contradiction', 'contradiction_seen') AND payment_id = ? ORDER BY seq DESC LIMIT 1";

impl Ledger {
    /// Payments of which a later line than `after_seq` tells an end, the latest first, at most `limit`.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub async fn ended_after(&self, after_seq: i64, limit: u32) -> Result<Vec<Payment>, LedgerError> {
        ended(&mut *self.inner.file.read().await?, after_seq, limit).await
    }

    /// The line that tells of the latest end; 0 where nothing has ended yet.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub async fn last_end(&self) -> Result<i64, LedgerError> {
        let row = sqlx::query(LAST_END).fetch_optional(&mut *self.inner.file.read().await?).await?;
        Ok(row.map(|row| row.try_get(0)).transpose()?.unwrap_or(0))
    }

    /// Payments that LigdiCash contradicted itself about, and that nobody has looked at since.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub async fn contradictions(&self) -> Result<Vec<Payment>, LedgerError> {
        contradictions(&mut *self.inner.file.read().await?).await
    }

    /// Writes down that somebody has seen the contradiction about a payment. Who has seen it before sees nothing new.
    ///
    /// # Errors
    /// [`LedgerError::NotFound`] where there is none.
    pub async fn contradiction_seen(&self, id: &PaymentId, who: &str, at_ms: i64) -> Result<(), LedgerError> {
        let mut writer = self.inner.file.writer().await;
        let mut transaction = writer.begin().await?;
        let row = sqlx::query(LAST_WORD).bind(id.as_str()).fetch_optional(&mut *transaction).await?;
        let last: String = row.ok_or(LedgerError::NotFound)?.try_get(0)?;
        if last == journal::CONTRADICTION_SEEN {
            return Ok(());
        }
        let line = NewLine {
            payment: Some(id),
            at_ms,
            kind: journal::CONTRADICTION_SEEN,
            state: None,
            detail: &told(&[who]),
        };
        journal::append(&mut transaction, &self.inner.identity, line).await?;
        transaction.commit().await?;
        Ok(())
    }
}

pub(crate) async fn ended(
    reader: &mut SqliteConnection,
    after_seq: i64,
    limit: u32,
) -> Result<Vec<Payment>, LedgerError> {
    let rows = sqlx::query(ENDED).bind(after_seq).bind(limit).fetch_all(&mut *reader).await?;
    named(reader, &rows).await
}

pub(crate) async fn contradictions(reader: &mut SqliteConnection) -> Result<Vec<Payment>, LedgerError> {
    let rows = sqlx::query(CONTRADICTIONS).fetch_all(&mut *reader).await?;
    named(reader, &rows).await
}

/// The payments that rows name, each once.
async fn named(reader: &mut SqliteConnection, rows: &[SqliteRow]) -> Result<Vec<Payment>, LedgerError> {
    let mut payments: Vec<Payment> = Vec::with_capacity(rows.len());
    for row in rows {
        let id: PaymentId = row.try_get::<String, _>(0)?.parse()?;
        if payments.iter().any(|known| known.id == id) {
            continue;
        }
        if let Some(payment) = payment::by_id(reader, &id).await? {
            payments.push(payment);
        }
    }
    Ok(payments)
}
