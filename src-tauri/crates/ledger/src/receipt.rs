//! Receipts of verified money: what stands on one, how often it was handed out, and whether a printed one is ours.

use crate::entry;
use crate::error::LedgerError;
use crate::journal::{self, NewLine, told};
use crate::open::Ledger;
use domain::receipt::FINGERPRINT_DIGITS;
use domain::{BusinessDay, PaymentId, ReceiptClaim, Xof};
use sqlx::Row;

/// The entry that a receipt is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceiptEntry {
    /// When the money was verified, in milliseconds since 1970, UTC.
    pub at_ms: i64,
    /// The business day it counts for.
    pub day: BusinessDay,
    /// Whole XOF.
    pub amount: Xof,
    /// Gapless number.
    pub number: i64,
    /// The entry's number.
    pub entry: i64,
    /// First digits of the entry's hash.
    pub fingerprint: String,
    /// How many times it was handed out.
    pub issued: u32,
}

/// What the ledger says about a printed receipt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClaimVerdict {
    /// Ours, as it was written.
    Authentic,
    /// The payment is ours, but the receipt, or the ledger, says something else than what was written.
    Changed,
    /// No such verified payment here.
    Unknown,
}

pub(crate) const ENTRY: &str = "SELECT at_ms, business_day, amount_xof, receipt_number, hash, \
     (SELECT COALESCE(SUM(CASE kind WHEN 'receipt_issued' THEN 1 WHEN 'receipt_taken_back' THEN -1 ELSE 0 END), 0) \
      FROM journal WHERE journal.payment_id = ledger_entry.payment_id), seq \
     FROM ledger_entry WHERE payment_id = ? AND kind = 'verified'";

impl Ledger {
    /// What stands on the receipt of a payment; none unless its money was verified.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub async fn receipt_entry(&self, id: &PaymentId) -> Result<Option<ReceiptEntry>, LedgerError> {
        let row =
            sqlx::query(ENTRY).bind(id.as_str()).fetch_optional(&mut *self.inner.file.read().await?).await?;
        row.map(|row| {
            let hash: String = row.try_get(4)?;
            Ok(ReceiptEntry {
                at_ms: row.try_get(0)?,
                day: row.try_get::<String, _>(1)?.parse()?,
                amount: Xof::new(row.try_get(2)?),
                number: row.try_get(3)?,
                entry: row.try_get(6)?,
                fingerprint: hash.chars().take(FINGERPRINT_DIGITS).collect(),
                issued: u32::try_from(row.try_get::<i64, _>(5)?).unwrap_or(0),
            })
        })
        .transpose()
    }

    /// Writes down that a receipt is handed out, before it is, and tells how many times it was before. `how` is a word:
    /// `paper`, `pdf_a4`…
    ///
    /// # Errors
    /// [`LedgerError::NotFound`] unless its money was verified.
    pub async fn issue_receipt(&self, id: &PaymentId, how: &str, at_ms: i64) -> Result<u32, LedgerError> {
        self.tell_receipt(id, journal::RECEIPT_ISSUED, how, at_ms).await
    }

    /// Writes down that it could not be handed out after all: the printer took nothing, the file could not be written.
    ///
    /// # Errors
    /// As [`Ledger::issue_receipt`].
    pub async fn take_back_receipt(&self, id: &PaymentId, how: &str, at_ms: i64) -> Result<(), LedgerError> {
        self.tell_receipt(id, journal::RECEIPT_TAKEN_BACK, how, at_ms).await.map(|_| ())
    }

    async fn tell_receipt(
        &self,
        id: &PaymentId,
        kind: &str,
        how: &str,
        at_ms: i64,
    ) -> Result<u32, LedgerError> {
        let mut writer = self.inner.file.writer().await;
        let mut transaction = writer.begin().await?;
        let row = sqlx::query(ENTRY).bind(id.as_str()).fetch_optional(&mut *transaction).await?;
        let row = row.ok_or(LedgerError::NotFound)?;
        let before = u32::try_from(row.try_get::<i64, _>(5)?).unwrap_or(0);
        let detail = told(&[how, &before.to_string()]);
        let line = NewLine { payment: Some(id), at_ms, kind, state: None, detail: &detail };
        journal::append(&mut transaction, &self.inner.identity, line).await?;
        transaction.commit().await?;
        Ok(before)
    }

    /// Holds a printed receipt against the ledger. Asks nobody else.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub async fn check_claim(&self, claim: &ReceiptClaim) -> Result<ClaimVerdict, LedgerError> {
        let found = self.receipt_entry(&claim.reference).await?;
        let Some(found) = found else { return Ok(ClaimVerdict::Unknown) };
        let mut reader = self.inner.file.read().await?;
        let is_sound = entry::is_as_written(&mut reader, &claim.reference).await?;
        let says_so = found.amount == claim.amount
            && found.day == claim.day
            && found.number == claim.number
            && found.fingerprint == claim.fingerprint;
        Ok(if is_sound && says_so { ClaimVerdict::Authentic } else { ClaimVerdict::Changed })
    }
}
