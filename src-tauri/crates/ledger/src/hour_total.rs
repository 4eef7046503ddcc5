//! What each hour brought, by class, kept beside the entries. Owns their addition and the questions about days; verified
//! against the entries like everything else.

use crate::entry::class_column;
use crate::error::LedgerError;
use crate::open::Ledger;
use crate::seal;
use crate::verify::BadRow;
use domain::{BusinessDay, Class, State, Tally, Totals, Xof};
use sqlx::Row;
use sqlx::sqlite::{SqliteConnection, SqliteRow};

/// One hour of one business day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HourTotal {
    /// The business day.
    pub day: BusinessDay,
    /// 0 to 23, on the shop's clock; after midnight and before the cut-off it belongs to the day before.
    pub hour: u8,
    /// What it brought.
    pub totals: Totals,
}

/// How the payments of a day ended, and how long their customers took.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Outcomes {
    /// How many were recorded, by state.
    pub states: Vec<(State, i64)>,
    /// Milliseconds from acceptance to confirmation, of the paid ones, shortest first.
    pub waits_ms: Vec<i64>,
}

/// Adds one entry, inside its transaction.
pub(crate) async fn add(
    connection: &mut SqliteConnection,
    day: &str,
    hour: u8,
    class: Class,
    amount: Xof,
) -> Result<(), LedgerError> {
    sqlx::query(
        "INSERT INTO hour_total (business_day, hour, class, count, amount_xof) VALUES (?, ?, ?, 1, ?) \
         ON CONFLICT DO UPDATE SET count = count + 1, amount_xof = amount_xof + excluded.amount_xof",
    )
    .bind(day)
    .bind(hour)
    .bind(class.as_str())
    .bind(amount.francs())
    .execute(&mut *connection)
    .await?;
    seal::hour(connection, day, hour, class).await
}

/// Class, how many, how much, from the columns that begin at `at`.
pub(crate) fn counted_in(totals: Totals, row: &SqliteRow, at: usize) -> Result<Totals, LedgerError> {
    let class: Class = row.try_get::<String, _>(at)?.parse()?;
    let tally = Tally { count: row.try_get(at + 1)?, amount: Xof::new(row.try_get(at + 2)?) };
    totals.checked_with(class, tally).ok_or_else(too_large)
}

pub(crate) fn too_large() -> LedgerError {
    LedgerError::Damaged("a sum that does not fit".to_owned())
}

pub(crate) const HOURS: &str = "SELECT business_day, hour, class, count, amount_xof FROM hour_total \
     WHERE business_day BETWEEN ? AND ? ORDER BY business_day, hour";
pub(crate) const STATES: &str = "SELECT state, COUNT(*) FROM payment INDEXED BY payment_created WHERE created_at_ms >= ? AND created_at_ms < ? \
     GROUP BY state ORDER BY state";
pub(crate) const WAITS: &str = "SELECT resolved_at_ms - accepted_at_ms AS wait FROM payment INDEXED BY payment_created \
     WHERE created_at_ms >= ? AND created_at_ms < ? AND state = 'paid' AND resolved_at_ms IS NOT NULL \
     AND accepted_at_ms IS NOT NULL ORDER BY wait";

/// A day and class whose kept sum is not that of its entries.
pub(crate) async fn first_bad(reader: &mut SqliteConnection) -> Result<Option<BadRow>, LedgerError> {
    let row = sqlx::query(concat!(
        "WITH counted AS (SELECT entry.business_day AS day, ",
        class_column!(),
        " AS class, \
           COUNT(*) AS count, SUM(entry.amount_xof) AS amount \
           FROM ledger_entry AS entry JOIN payment ON payment.id = entry.payment_id GROUP BY 1, 2), \
         kept AS (SELECT business_day AS day, class, SUM(count) AS count, SUM(amount_xof) AS amount \
           FROM hour_total GROUP BY 1, 2) \
         SELECT COALESCE(counted.day, kept.day) FROM counted FULL JOIN kept USING (day, class) \
         WHERE counted.count IS NOT kept.count OR counted.amount IS NOT kept.amount LIMIT 1"
    ))
    .fetch_optional(&mut *reader)
    .await?;
    let day: Option<String> = row.map(|row| row.try_get(0)).transpose()?;
    if let Some(day) = day {
        return Ok(Some(BadRow::new("hour_total", day, "it is not the sum of its entries")));
    }
    let day = seal::first_bad_hour(reader).await?;
    Ok(day.map(|day| BadRow::new("hour_total", day, "it is not as it was sealed")))
}

impl Ledger {
    /// What the hours of some business days brought, both ends included, earliest first. Hours without an entry are left
    /// out.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub async fn hours(&self, from: BusinessDay, to: BusinessDay) -> Result<Vec<HourTotal>, LedgerError> {
        let rows = sqlx::query(HOURS)
            .bind(from.to_string())
            .bind(to.to_string())
            .fetch_all(&mut *self.inner.file.read().await?)
            .await?;
        let mut hours: Vec<HourTotal> = Vec::new();
        for row in &rows {
            let day: BusinessDay = row.try_get::<String, _>(0)?.parse()?;
            let hour = u8::try_from(row.try_get::<i64, _>(1)?)
                .map_err(|_| LedgerError::Damaged("an hour that no clock has".to_owned()))?;
            let same = hours.last().is_some_and(|last| last.day == day && last.hour == hour);
            if !same {
                hours.push(HourTotal { day, hour, totals: Totals::default() });
            }
            if let Some(last) = hours.last_mut() {
                last.totals = counted_in(last.totals, row, 2)?;
            }
        }
        Ok(hours)
    }

    /// What some business days brought, both ends included.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub async fn totals(&self, from: BusinessDay, to: BusinessDay) -> Result<Totals, LedgerError> {
        let hours = self.hours(from, to).await?;
        hours
            .iter()
            .try_fold(Totals::default(), |sum, hour| sum.checked_plus(hour.totals))
            .ok_or_else(too_large)
    }

    /// How the payments recorded on a business day ended.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub async fn outcomes(&self, day: BusinessDay) -> Result<Outcomes, LedgerError> {
        let (from_ms, until_ms) = self.day_rule().moments_of(day)?;
        let mut reader = self.inner.file.read().await?;
        let states = sqlx::query(STATES).bind(from_ms).bind(until_ms).fetch_all(&mut *reader).await?;
        let waits = sqlx::query(WAITS).bind(from_ms).bind(until_ms).fetch_all(&mut *reader).await?;
        Ok(Outcomes {
            states: states
                .iter()
                .map(|row| Ok((row.try_get::<String, _>(0)?.parse()?, row.try_get(1)?)))
                .collect::<Result<_, LedgerError>>()?,
            waits_ms: waits.iter().map(|row| row.try_get(0)).collect::<Result<_, _>>()?,
        })
    }
}
