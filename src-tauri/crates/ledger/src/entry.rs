//! Ledger entries: amounts with their cause, chained, only growing. A receipt number is given with the `verified` entry,
//! in the same transaction, so that the numbers have no gap.

use crate::chain::Chain;
use crate::error::LedgerError;
use crate::open::Inner;
use crate::payment::Payment;
use domain::{PaymentId, Xof};
use sqlx::Row;
use sqlx::sqlite::SqliteConnection;

/// Why an amount is in the ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cause<'a> {
    /// Confirm said so.
    Verified { receipt_number: i64 },
    /// A manager accepted it.
    Accepted { who: &'a str, reason: &'a str, reference: Option<&'a str> },
    /// A refund was written down.
    Refund { who: &'a str, reason: &'a str, reference: Option<&'a str> },
    /// Another entry is cancelled.
    Reversal { of: i64, reason: &'a str },
}

impl<'a> Cause<'a> {
    const fn kind(&self) -> &'static str {
        match self {
            Self::Verified { .. } => "verified",
            Self::Accepted { .. } => "accepted",
            Self::Refund { .. } => "refund",
            Self::Reversal { .. } => "reversal",
        }
    }

    /// Who, why, and with which reference.
    const fn said(&self) -> (Option<&'a str>, Option<&'a str>, Option<&'a str>) {
        match self {
            Self::Verified { .. } => (None, None, None),
            Self::Accepted { who, reason, reference } | Self::Refund { who, reason, reference } => {
                (Some(who), Some(reason), *reference)
            }
            Self::Reversal { reason, .. } => (None, Some(reason), None),
        }
    }
}

/// The columns a hash is made of, in their order.
pub(crate) struct Record<'a> {
    pub(crate) seq: i64,
    pub(crate) at_ms: i64,
    pub(crate) business_day: &'a str,
    pub(crate) kind: &'a str,
    pub(crate) amount_xof: i64,
    pub(crate) payment_id: &'a str,
    pub(crate) receipt_number: Option<i64>,
    pub(crate) reverses: Option<i64>,
    pub(crate) operator_id: Option<&'a str>,
    pub(crate) request_id: Option<&'a str>,
    pub(crate) phone_commitment: &'a str,
    pub(crate) who: Option<&'a str>,
    pub(crate) reason: Option<&'a str>,
    pub(crate) reference: Option<&'a str>,
}

impl Record<'_> {
    pub(crate) fn hash(&self, prev_hash: &str) -> String {
        let (seq, at_ms, amount) =
            (self.seq.to_string(), self.at_ms.to_string(), self.amount_xof.to_string());
        let receipt = self.receipt_number.map(|number| number.to_string());
        let reverses = self.reverses.map(|seq| seq.to_string());
        Chain::Entries.link(
            prev_hash,
            &[
                Some(&seq),
                Some(&at_ms),
                Some(self.business_day),
                Some(self.kind),
                Some(&amount),
                Some(self.payment_id),
                receipt.as_deref(),
                reverses.as_deref(),
                self.operator_id,
                self.request_id,
                Some(self.phone_commitment),
                self.who,
                self.reason,
                self.reference,
            ],
        )
    }
}

pub(crate) async fn next_receipt_number(connection: &mut SqliteConnection) -> Result<i64, LedgerError> {
    let row = sqlx::query("SELECT COALESCE(MAX(receipt_number), 0) + 1 FROM ledger_entry")
        .fetch_one(connection)
        .await?;
    Ok(row.try_get(0)?)
}

pub(crate) async fn append(
    connection: &mut SqliteConnection,
    ledger: &Inner,
    payment: &Payment,
    amount: Xof,
    cause: Cause<'_>,
    at_ms: i64,
) -> Result<(), LedgerError> {
    let last = sqlx::query("SELECT seq, hash FROM ledger_entry ORDER BY seq DESC LIMIT 1")
        .fetch_optional(&mut *connection)
        .await?;
    let (seq, prev_hash) = match last {
        Some(row) => (row.try_get::<i64, _>(0)? + 1, row.try_get::<String, _>(1)?),
        None => (1, Chain::Entries.beginning(ledger.mode, &ledger.installation_id)),
    };
    let business_day = ledger.day_rule.day_of(at_ms)?.to_string();
    let (who, reason, reference) = cause.said();
    let (receipt_number, reverses) = match cause {
        Cause::Verified { receipt_number } => (Some(receipt_number), None),
        Cause::Reversal { of, .. } => (None, Some(of)),
        Cause::Accepted { .. } | Cause::Refund { .. } => (None, None),
    };
    let record = Record {
        seq,
        at_ms,
        business_day: &business_day,
        kind: cause.kind(),
        amount_xof: amount.francs(),
        payment_id: payment.id.as_str(),
        receipt_number,
        reverses,
        operator_id: payment.operator_id.as_deref(),
        request_id: payment.request_id.as_deref(),
        phone_commitment: &payment.phone_commitment,
        who,
        reason,
        reference,
    };
    let hash = record.hash(&prev_hash);
    sqlx::query(
        "INSERT INTO ledger_entry (seq, at_ms, business_day, kind, amount_xof, payment_id, receipt_number, reverses, \
         operator_id, request_id, phone_commitment, who, reason, reference, prev_hash, hash) \
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(record.seq)
    .bind(record.at_ms)
    .bind(record.business_day)
    .bind(record.kind)
    .bind(record.amount_xof)
    .bind(record.payment_id)
    .bind(record.receipt_number)
    .bind(record.reverses)
    .bind(record.operator_id)
    .bind(record.request_id)
    .bind(record.phone_commitment)
    .bind(record.who)
    .bind(record.reason)
    .bind(record.reference)
    .bind(prev_hash)
    .bind(hash)
    .execute(connection)
    .await?;
    Ok(())
}

/// The `accepted` entry of a payment that nothing has reversed yet.
pub(crate) async fn standing_acceptance(
    connection: &mut SqliteConnection,
    id: &PaymentId,
) -> Result<Option<(i64, Xof)>, LedgerError> {
    let row = sqlx::query(
        "SELECT seq, amount_xof FROM ledger_entry AS accepted WHERE payment_id = ? AND kind = 'accepted' \
         AND NOT EXISTS (SELECT 1 FROM ledger_entry WHERE reverses = accepted.seq)",
    )
    .bind(id.as_str())
    .fetch_optional(connection)
    .await?;
    row.map(|row| Ok((row.try_get(0)?, Xof::new(row.try_get(1)?)))).transpose()
}
