//! Seals: a hash over every column of a row that is not chained, renewed with each change in the same transaction. Heads of
//! payments and sums of hours change with what happens, so no chain can cover them; without a seal, a flipped bit in a token
//! or in the plan of questions would be believed.
//!
//! Refuses to promise more than a chain does: whoever recomputes a seal is not found by it. Leaves out the number and its
//! salt, which a purge erases and the commitment covers, and what SQLite computes from the rest.

use crate::chain;
use crate::error::LedgerError;
use domain::{Class, PaymentId};
use sqlx::Row;
use sqlx::sqlite::SqliteConnection;

/// SQL: a payment's row as one text, in which every value shows its kind.
macro_rules! sealed_payment {
    () => {
        "concat_ws(',', quote(seq), quote(id), quote(intent_id), quote(version), quote(state), quote(amount_xof), \
         quote(phone_commitment), quote(operator_key), quote(cashier), quote(previous_payment_id), \
         quote(created_at_ms), quote(submitted_at_ms), quote(accepted_at_ms), quote(resolved_at_ms), \
         quote(done_at_ms), quote(token), quote(server), quote(credential_set), quote(last_check_at_ms), \
         quote(last_answer_at_ms), quote(next_check_at_ms), quote(check_failures), quote(check_problem), \
         quote(operator_id), quote(operator_name), quote(request_id), quote(oreference), \
         quote(confirmed_amount_xof), quote(review_reason), quote(uncertain_cause), quote(not_sent_cause), \
         quote(refusal_code), quote(refusal_text), quote(receipt_number), quote(set_aside), quote(settled), \
         quote(late), quote(refund_recorded))"
    };
}
pub(crate) use sealed_payment;

/// SQL: the seal that a payment's row has.
macro_rules! seal_of_payment {
    () => {
        "(SELECT hash FROM seal WHERE of = 'payment ' || seq)"
    };
}
pub(crate) use seal_of_payment;

const BY_ID: &str = concat!("SELECT seq, ", sealed_payment!(), " FROM payment WHERE id = ?");
const AFTER: &str =
    concat!("SELECT seq, ", sealed_payment!(), " FROM payment WHERE seq > ? ORDER BY seq LIMIT ?");
const WITH_HANDLES: &str =
    concat!("SELECT seq, ", sealed_payment!(), " FROM payment WHERE token IS NOT NULL");
/// With the name of the hour, what it holds, and the seal it has.
pub(crate) const HOURS: &str = "SELECT 'hour ' || business_day || ' ' || hour || ' ' || class AS of, \
     concat_ws(',', quote(business_day), quote(hour), quote(class), quote(count), quote(amount_xof)), business_day, \
     (SELECT hash FROM seal WHERE of = 'hour ' || business_day || ' ' || hour || ' ' || class) \
     FROM hour_total";
const HOUR: &str = "SELECT 'hour ' || business_day || ' ' || hour || ' ' || class AS of, \
     concat_ws(',', quote(business_day), quote(hour), quote(class), quote(count), quote(amount_xof)) \
     FROM hour_total WHERE business_day = ? AND hour = ? AND class = ?";

/// The seal of a row that reads like this.
pub(crate) fn of(row: &str) -> String {
    chain::seal(row)
}

async fn write(connection: &mut SqliteConnection, of_what: &str, row: &str) -> Result<(), LedgerError> {
    sqlx::query(
        "INSERT INTO seal (of, hash) VALUES (?, ?) ON CONFLICT (of) DO UPDATE SET hash = excluded.hash",
    )
    .bind(of_what)
    .bind(of(row))
    .execute(connection)
    .await?;
    Ok(())
}

/// Seals a payment as it stands now.
pub(crate) async fn payment(connection: &mut SqliteConnection, id: &PaymentId) -> Result<(), LedgerError> {
    let row = sqlx::query(BY_ID).bind(id.as_str()).fetch_one(&mut *connection).await?;
    let of_what = format!("payment {}", row.try_get::<i64, _>(0)?);
    write(connection, &of_what, row.try_get(1)?).await
}

/// Seals an hour's sum as it stands now.
pub(crate) async fn hour(
    connection: &mut SqliteConnection,
    day: &str,
    hour: u8,
    class: Class,
) -> Result<(), LedgerError> {
    let row = sqlx::query(HOUR).bind(day).bind(hour).bind(class.as_str()).fetch_one(&mut *connection).await?;
    write(connection, row.try_get(0)?, row.try_get(1)?).await
}

/// Seals anew every payment of a copy that has, or had, a handle: what stands in for the handle is sealed with the rest.
pub(crate) fn renew_handles(copy: &rusqlite::Connection) -> Result<(), LedgerError> {
    let mut changed = copy.prepare(WITH_HANDLES)?;
    let mut put = copy.prepare("UPDATE seal SET hash = ?2 WHERE of = 'payment ' || ?1")?;
    let mut rows = changed.query([])?;
    while let Some(row) = rows.next()? {
        put.execute((row.get::<_, i64>(0)?, of(&row.get::<_, String>(1)?)))?;
    }
    Ok(())
}

/// Seals everything in a file from before there were seals.
pub(crate) async fn begin(connection: &mut SqliteConnection) -> Result<(), LedgerError> {
    const WINDOW: i64 = 400;
    let begun = sqlx::query("SELECT EXISTS (SELECT 1 FROM seal) OR NOT EXISTS (SELECT 1 FROM payment)");
    if begun.fetch_one(&mut *connection).await?.try_get(0)? {
        return Ok(());
    }
    let mut after = i64::MIN;
    loop {
        let rows = sqlx::query(AFTER).bind(after).bind(WINDOW).fetch_all(&mut *connection).await?;
        let Some(last) = rows.last() else { break };
        let reached: i64 = last.try_get(0)?;
        if reached <= after {
            return Err(LedgerError::Damaged("payments stand out of order".to_owned()));
        }
        after = reached;
        for row in &rows {
            let of_what = format!("payment {}", row.try_get::<i64, _>(0)?);
            write(connection, &of_what, row.try_get(1)?).await?;
        }
    }
    for row in sqlx::query(HOURS).fetch_all(&mut *connection).await? {
        write(connection, row.try_get(0)?, row.try_get(1)?).await?;
    }
    Ok(())
}

/// The day of an hour that is not as it was sealed.
pub(crate) async fn first_bad_hour(reader: &mut SqliteConnection) -> Result<Option<String>, LedgerError> {
    for row in sqlx::query(HOURS).fetch_all(reader).await? {
        if row.try_get::<Option<&str>, _>(3)? != Some(&of(row.try_get(1)?)) {
            return Ok(Some(row.try_get(2)?));
        }
    }
    Ok(None)
}
