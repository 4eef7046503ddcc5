//! Ledger entries: amounts with their cause, chained, only growing. A receipt number is given with the `verified` entry,
//! in the same transaction, so that the numbers have no gap.

use crate::chain::Chain;
use crate::columns::Columns;
use crate::decision::Decision;
use crate::error::LedgerError;
use crate::hour_total;
use crate::identity::Identity;
use crate::open::Inner;
use crate::payment::Payment;
use domain::planted::{Bug, is_planted};
use domain::{Class, DayRule, EntryKind, PaymentId, Xof};
use sqlx::Row;
use sqlx::sqlite::SqliteConnection;

/// SQL: the class of `entry`, joined to its `payment`.
macro_rules! class_column {
    () => {
        "CASE WHEN entry.kind = 'verified' AND payment.late = 1 THEN 'late' ELSE entry.kind END"
    };
}
pub(crate) use class_column;

/// SQL: the closing that held a sale's day before its `entry` came: the first one after the `payment` was recorded, if that
/// one had already taken the entries before this one.
macro_rules! from_closing_column {
    () => {
        "(SELECT CASE WHEN last_entry < entry.seq THEN number END FROM closing \
         WHERE closing.at_ms > payment.created_at_ms ORDER BY closing.at_ms LIMIT 1)"
    };
}
pub(crate) use from_closing_column;

/// A row as it is hashed.
pub(crate) struct Record<'a> {
    seq: i64,
    at_ms: i64,
    business_day: &'a str,
    kind: &'a str,
    amount_xof: i64,
    payment_id: &'a str,
    receipt_number: Option<i64>,
    reverses: Option<i64>,
    operator_id: Option<&'a str>,
    request_id: Option<&'a str>,
    phone_commitment: &'a str,
    who: Option<&'a str>,
    reason: Option<&'a str>,
    reference: Option<&'a str>,
}

impl Record<'_> {
    fn hash(&self, prev_hash: &str) -> String {
        let (seq, at_ms) = (self.seq.to_string(), self.at_ms.to_string());
        let amount = self.amount_xof.to_string();
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

/// Rows after the one bound first, as many as bound second, for [`rehash`].
pub(crate) const WINDOW: &str = "SELECT seq, prev_hash, hash, at_ms, business_day, kind, amount_xof, payment_id, \
     receipt_number, reverses, operator_id, request_id, phone_commitment, who, reason, reference FROM ledger_entry \
     WHERE seq > ? ORDER BY seq LIMIT ?";

/// Where [`WINDOW`] has the receipt number.
pub(crate) const WINDOW_RECEIPT: usize = 8;

/// The hash that a row of [`WINDOW`] should have.
pub(crate) fn rehash(row: &impl Columns) -> Result<String, LedgerError> {
    let record = Record {
        seq: row.some_integer(0)?,
        at_ms: row.some_integer(3)?,
        business_day: row.some_text(4)?,
        kind: row.some_text(5)?,
        amount_xof: row.some_integer(6)?,
        payment_id: row.some_text(7)?,
        receipt_number: row.integer(WINDOW_RECEIPT)?,
        reverses: row.integer(9)?,
        operator_id: row.text(10)?,
        request_id: row.text(11)?,
        phone_commitment: row.some_text(12)?,
        who: row.text(13)?,
        reason: row.text(14)?,
        reference: row.text(15)?,
    };
    Ok(record.hash(row.some_text(1)?))
}

pub(crate) async fn next_receipt_number(connection: &mut SqliteConnection) -> Result<i64, LedgerError> {
    let row = sqlx::query("SELECT COALESCE(MAX(receipt_number), 0) + 1 FROM ledger_entry")
        .fetch_one(connection)
        .await?;
    Ok(row.try_get(0)?)
}

/// The stored hash of an entry.
pub(crate) async fn hash_of(
    connection: &mut SqliteConnection,
    seq: i64,
) -> Result<Option<String>, LedgerError> {
    let row = sqlx::query("SELECT hash FROM ledger_entry WHERE seq = ?")
        .bind(seq)
        .fetch_optional(connection)
        .await?;
    Ok(row.map(|row| row.try_get(0)).transpose()?)
}

/// Whether the verified entry of a payment has the hash of its content.
pub(crate) async fn is_as_written(
    connection: &mut SqliteConnection,
    id: &PaymentId,
) -> Result<bool, LedgerError> {
    let seq = sqlx::query("SELECT seq FROM ledger_entry WHERE payment_id = ? AND kind = 'verified'")
        .bind(id.as_str())
        .fetch_optional(&mut *connection)
        .await?;
    let Some(seq) = seq else { return Ok(false) };
    let row = sqlx::query(WINDOW).bind(seq.try_get::<i64, _>(0)? - 1).bind(1).fetch_one(connection).await?;
    Ok(rehash(&row)? == row.try_get::<String, _>(2)?)
}

/// Number and hash of the row that the next one follows.
pub(crate) async fn last(
    connection: &mut SqliteConnection,
    identity: &Identity,
) -> Result<(i64, String), LedgerError> {
    let row = sqlx::query("SELECT seq, hash FROM ledger_entry ORDER BY seq DESC LIMIT 1")
        .fetch_optional(connection)
        .await?;
    match row {
        Some(row) => Ok((row.try_get(0)?, row.try_get(1)?)),
        None => Ok((0, Chain::Entries.beginning(identity))),
    }
}

/// Writes the entries of one payment, inside the caller's transaction.
pub(crate) struct Writer<'a> {
    connection: &'a mut SqliteConnection,
    ledger: &'a Inner,
    payment: &'a Payment,
    at_ms: i64,
}

/// What sets one entry apart from another of the same payment.
struct Cause<'a> {
    kind: EntryKind,
    amount: Xof,
    receipt_number: Option<i64>,
    reverses: Option<i64>,
    who: Option<&'a str>,
    reason: Option<&'a str>,
    reference: Option<&'a str>,
}

impl<'a> Writer<'a> {
    pub(crate) const fn new(
        connection: &'a mut SqliteConnection,
        ledger: &'a Inner,
        payment: &'a Payment,
        at_ms: i64,
    ) -> Self {
        Self { connection, ledger, payment, at_ms }
    }

    /// Confirm said so.
    pub(crate) async fn verified(&mut self, receipt_number: i64) -> Result<(), LedgerError> {
        let amount = self.payment.amount;
        let receipt_number = Some(receipt_number);
        self.append(Cause { receipt_number, ..Cause::of(EntryKind::Verified, amount) }).await
    }

    /// A manager accepted it.
    pub(crate) async fn accepted(&mut self, decision: &Decision) -> Result<(), LedgerError> {
        self.append(said(EntryKind::Accepted, self.payment.amount, decision)).await
    }

    /// A refund was written down.
    pub(crate) async fn refund(&mut self, decision: &Decision) -> Result<(), LedgerError> {
        let amount = opposite(self.payment.amount)?;
        self.append(said(EntryKind::Refund, amount, decision)).await
    }

    /// Cancels what a manager accepted, if that still stands.
    pub(crate) async fn reverse_acceptance(&mut self, reason: &'static str) -> Result<(), LedgerError> {
        let row = sqlx::query(
            "SELECT seq, amount_xof FROM ledger_entry AS accepted WHERE payment_id = ? AND kind = 'accepted' \
             AND NOT EXISTS (SELECT 1 FROM ledger_entry WHERE reverses = accepted.seq)",
        )
        .bind(self.payment.id.as_str())
        .fetch_optional(&mut *self.connection)
        .await?;
        let Some(row) = row else { return Ok(()) };
        let amount = opposite(Xof::new(row.try_get(1)?))?;
        let (reverses, reason) = (Some(row.try_get(0)?), Some(reason));
        self.append(Cause { reverses, reason, ..Cause::of(EntryKind::Reversal, amount) }).await
    }

    async fn append(&mut self, cause: Cause<'_>) -> Result<(), LedgerError> {
        let (last_seq, prev_hash) = last(self.connection, &self.ledger.identity).await?;
        let rule = if is_planted(Bug::DayFromUtc) { DayRule::default() } else { self.ledger.day_rule() };
        let business_day = rule.day_of(self.at_ms)?.to_string();
        let record = Record {
            seq: last_seq + 1,
            at_ms: self.at_ms,
            business_day: &business_day,
            kind: cause.kind.as_str(),
            amount_xof: cause.amount.francs(),
            payment_id: self.payment.id.as_str(),
            receipt_number: cause.receipt_number,
            reverses: cause.reverses,
            operator_id: self.payment.operator_id.as_deref(),
            request_id: self.payment.request_id.as_deref(),
            phone_commitment: &self.payment.phone_commitment,
            who: cause.who,
            reason: cause.reason,
            reference: cause.reference,
        };
        let hash = record.hash(&prev_hash);
        insert(self.connection, &record, &prev_hash, &hash).await?;
        let class = cause.kind.class(self.payment.late);
        let hour = rule.local(self.at_ms)?.hour();
        if is_planted(Bug::LateUncounted) && class == Class::Late {
            return Ok(());
        }
        hour_total::add(self.connection, &business_day, hour, class, cause.amount).await
    }
}

impl Cause<'_> {
    const fn of(kind: EntryKind, amount: Xof) -> Self {
        Self { kind, amount, receipt_number: None, reverses: None, who: None, reason: None, reference: None }
    }
}

fn said(kind: EntryKind, amount: Xof, decision: &Decision) -> Cause<'_> {
    Cause {
        who: Some(&decision.who),
        reason: Some(&decision.reason),
        reference: decision.reference.as_deref(),
        ..Cause::of(kind, amount)
    }
}

fn opposite(amount: Xof) -> Result<Xof, LedgerError> {
    amount.checked_neg().ok_or_else(|| LedgerError::Damaged("an amount that has no opposite".to_owned()))
}

async fn insert(
    connection: &mut SqliteConnection,
    record: &Record<'_>,
    prev_hash: &str,
    hash: &str,
) -> Result<(), LedgerError> {
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
