//! Readings (X) and closings (Z). Owns what a closing takes: every entry since the one before it, so that each entry is in
//! exactly one. Money that comes for a closed day is in the next one, and [`domain::EntryRow::from_closing`] points back.

use crate::chain::Chain;
use crate::entry::{self, class_column, from_closing_column};
use crate::error::LedgerError;
use crate::hour_total::{counted_in, too_large};
use crate::identity::Identity;
use crate::journal::{self, NewLine, told};
use crate::open::Ledger;
use crate::verify::BadRow;
use domain::{Class, Closing, FromEarlier, Period, State, Tally, Totals, Unresolved, Xof};
use sqlx::Row;
use sqlx::sqlite::{SqliteConnection, SqliteRow};

/// How many unresolved payments a closing names; more than that is a fault to be looked into, not a list to be read.
const NAMED_MAX: i64 = 500;

macro_rules! closing_columns {
    () => {
        "number, at_ms, business_day, who, first_entry, last_entry, entry_hash, verified_count, verified_xof, \
         late_count, late_xof, accepted_count, accepted_xof, refund_count, refund_xof, reversal_count, reversal_xof, \
         net_xof, grand_total_xof, unresolved, prev_hash, hash"
    };
}
pub(crate) const LIST: &str =
    concat!("SELECT ", closing_columns!(), " FROM closing WHERE number < ? ORDER BY number DESC LIMIT ?");
const ALL: &str = concat!("SELECT ", closing_columns!(), " FROM closing ORDER BY number");
const SUMS: &str = concat!(
    "SELECT ",
    class_column!(),
    " AS class, COUNT(*), SUM(entry.amount_xof) FROM ledger_entry AS entry \
     JOIN payment ON payment.id = entry.payment_id WHERE entry.seq BETWEEN ? AND ? GROUP BY 1"
);
const EARLIER: &str = concat!(
    "SELECT back, COUNT(*), SUM(amount_xof) FROM (SELECT entry.amount_xof, ",
    from_closing_column!(),
    " AS back FROM ledger_entry AS entry JOIN payment ON payment.id = entry.payment_id \
     WHERE entry.seq BETWEEN ? AND ?) WHERE back IS NOT NULL GROUP BY back"
);
pub(crate) const UNRESOLVED: &str = "SELECT id, state, amount_xof, created_at_ms FROM payment INDEXED BY payment_unresolved \
     WHERE state IN ('recorded', 'submitting', 'pending', 'uncertain', 'review') AND settled IS NULL \
     ORDER BY seq LIMIT ?";

/// A row with its place in the chain.
struct Stored {
    closing: Closing,
    entry_hash: String,
    prev_hash: String,
}

impl Stored {
    fn read(row: &SqliteRow) -> Result<Self, LedgerError> {
        let mut totals = Totals::default();
        for (index, class) in Class::ALL.iter().enumerate() {
            let tally =
                Tally { count: row.try_get(7 + 2 * index)?, amount: Xof::new(row.try_get(8 + 2 * index)?) };
            totals = totals.checked_with(*class, tally).ok_or_else(too_large)?;
        }
        let unresolved: String = row.try_get(19)?;
        let period = Period {
            number: row.try_get(0)?,
            at_ms: row.try_get(1)?,
            day: row.try_get::<String, _>(2)?.parse()?,
            first_entry: row.try_get(4)?,
            last_entry: row.try_get(5)?,
            last_hash: row.try_get(6)?,
            totals,
            net: Xof::new(row.try_get(17)?),
            grand_total: Xof::new(row.try_get(18)?),
            from_earlier: Vec::new(),
            unresolved: unresolved.lines().map(named).collect::<Result<_, _>>()?,
        };
        Ok(Self {
            closing: Closing { period, who: row.try_get(3)?, hash: row.try_get(21)? },
            entry_hash: row.try_get(6)?,
            prev_hash: row.try_get(20)?,
        })
    }

    /// The hash it should have.
    fn rehash(&self) -> String {
        let Closing { period, who, .. } = &self.closing;
        let mut numbers = vec![period.number, period.at_ms, period.first_entry, period.last_entry];
        for class in Class::ALL {
            let tally = period.totals.of(*class);
            numbers.extend([tally.count, tally.amount.francs()]);
        }
        numbers.extend([period.net.francs(), period.grand_total.francs()]);
        let numbers: Vec<String> = numbers.iter().map(ToString::to_string).collect();
        let (day, unresolved) = (period.day.to_string(), naming(&period.unresolved));
        let mut fields: Vec<Option<&str>> = numbers.iter().map(|number| Some(number.as_str())).collect();
        fields.extend([Some(day.as_str()), Some(who), Some(&self.entry_hash), Some(&unresolved)]);
        Chain::Closings.link(&self.prev_hash, &fields)
    }
}

fn naming(unresolved: &[Unresolved]) -> String {
    let line =
        |one: &Unresolved| format!("{} {} {} {}", one.id, one.state, one.amount.francs(), one.created_at_ms);
    unresolved.iter().map(line).collect::<Vec<_>>().join("\n")
}

fn named(line: &str) -> Result<Unresolved, LedgerError> {
    let unreadable = || LedgerError::Damaged("a closing names a payment that cannot be read".to_owned());
    let [id, state, amount, created] = line.split(' ').collect::<Vec<_>>()[..] else {
        return Err(unreadable());
    };
    Ok(Unresolved {
        id: id.parse().map_err(|_| unreadable())?,
        state: state.parse()?,
        amount: Xof::new(amount.parse().map_err(|_| unreadable())?),
        created_at_ms: created.parse().map_err(|_| unreadable())?,
    })
}

async fn totals_of(connection: &mut SqliteConnection, first: i64, last: i64) -> Result<Totals, LedgerError> {
    let rows = sqlx::query(SUMS).bind(first).bind(last).fetch_all(connection).await?;
    rows.iter().try_fold(Totals::default(), |totals, row| counted_in(totals, row, 0))
}

/// Entries whose sale an earlier closing had named as open: see [`domain::EntryRow::from_closing`].
async fn from_earlier(
    connection: &mut SqliteConnection,
    first: i64,
    last: i64,
) -> Result<Vec<FromEarlier>, LedgerError> {
    let rows = sqlx::query(EARLIER).bind(first).bind(last).fetch_all(connection).await?;
    rows.iter()
        .map(|row| {
            let tally = Tally { count: row.try_get(1)?, amount: Xof::new(row.try_get(2)?) };
            Ok(FromEarlier { closing: row.try_get(0)?, tally })
        })
        .collect()
}

async fn unresolved(connection: &mut SqliteConnection) -> Result<Vec<Unresolved>, LedgerError> {
    let rows = sqlx::query(UNRESOLVED).bind(NAMED_MAX).fetch_all(connection).await?;
    rows.iter()
        .map(|row| {
            let state: State = row.try_get::<String, _>(1)?.parse()?;
            Ok(Unresolved {
                id: row.try_get::<String, _>(0)?.parse()?,
                state,
                amount: Xof::new(row.try_get(2)?),
                created_at_ms: row.try_get(3)?,
            })
        })
        .collect()
}

/// The last closing; none before the first.
async fn last(connection: &mut SqliteConnection) -> Result<Option<Stored>, LedgerError> {
    let row = sqlx::query(LIST).bind(i64::MAX).bind(1).fetch_optional(connection).await?;
    row.as_ref().map(Stored::read).transpose()
}

/// The end of the closings' chain.
fn end_of(last: Option<&Stored>, identity: &Identity) -> String {
    last.map_or_else(|| Chain::Closings.beginning(identity), |stored| stored.closing.hash.clone())
}

/// The first closing that is not as it was sealed, or does not add up.
pub(crate) async fn first_bad(
    reader: &mut SqliteConnection,
    identity: &Identity,
) -> Result<Option<BadRow>, LedgerError> {
    let bad = |number: i64, problem| Ok(Some(BadRow::new("closing", number, problem)));
    let rows = sqlx::query(ALL).fetch_all(&mut *reader).await?;
    let (mut prev_hash, mut next_entry, mut grand_total) =
        (Chain::Closings.beginning(identity), 1, Xof::ZERO);
    for (number, row) in (1i64..).zip(&rows) {
        let Ok(stored) = Stored::read(row) else { return bad(number, "it cannot be read") };
        let Closing { period, hash, .. } = &stored.closing;
        if period.number != number {
            return bad(number, "it is missing");
        }
        if stored.prev_hash != prev_hash || *hash != stored.rehash() {
            return bad(number, "its content is not what was sealed");
        }
        let of_entries = totals_of(reader, period.first_entry, period.last_entry).await?;
        let sum = grand_total.checked_add(period.net);
        let is_last_hash = period.last_entry == 0
            || entry::hash_of(reader, period.last_entry).await?.as_deref() == Some(&stored.entry_hash);
        if period.first_entry != next_entry
            || period.totals != of_entries
            || of_entries.net() != Some(period.net)
            || sum != Some(period.grand_total)
            || !is_last_hash
        {
            return bad(number, "it does not agree with its entries");
        }
        prev_hash.clone_from(hash);
        next_entry = period.last_entry + 1;
        grand_total = period.grand_total;
    }
    Ok(None)
}

impl Ledger {
    /// The period since the last closing, as it stands (X).
    ///
    /// # Errors
    /// [`LedgerError`].
    pub async fn reading(&self, at_ms: i64) -> Result<Period, LedgerError> {
        let mut reader = self.inner.file.read().await?;
        let before = last(&mut reader).await?;
        self.period(&mut reader, before.as_ref(), at_ms).await
    }

    async fn period(
        &self,
        connection: &mut SqliteConnection,
        before: Option<&Stored>,
        at_ms: i64,
    ) -> Result<Period, LedgerError> {
        let before = before.map(|stored| &stored.closing.period);
        let first_entry = before.map_or(0, |period| period.last_entry) + 1;
        let (last_entry, last_hash) = entry::last(connection, &self.inner.identity).await?;
        let totals = totals_of(connection, first_entry, last_entry).await?;
        let net = totals.net().ok_or_else(too_large)?;
        let grand_total =
            before.map_or(Xof::ZERO, |period| period.grand_total).checked_add(net).ok_or_else(too_large)?;
        Ok(Period {
            number: before.map_or(0, |period| period.number) + 1,
            day: self.day_rule().day_of(at_ms)?,
            at_ms,
            first_entry,
            last_entry,
            last_hash,
            totals,
            net,
            grand_total,
            from_earlier: from_earlier(connection, first_entry, last_entry).await?,
            unresolved: unresolved(connection).await?,
        })
    }

    /// Seals the period since the last closing (Z). `number` is the one that the person saw on the reading: a second
    /// press, or a second window, closes nothing more.
    ///
    /// # Errors
    /// [`LedgerError::ClosingMoved`] when that number is taken already; then nothing was written.
    pub async fn seal(&self, number: i64, who: &str, at_ms: i64) -> Result<Closing, LedgerError> {
        let mut writer = self.inner.file.writer().await;
        let mut transaction = writer.begin().await?;
        let before = last(&mut transaction).await?;
        let period = self.period(&mut transaction, before.as_ref(), at_ms).await?;
        if period.number != number {
            return Err(LedgerError::ClosingMoved);
        }
        let entry_hash = period.last_hash.clone();
        let mut stored = Stored {
            closing: Closing { period, who: who.to_owned(), hash: String::new() },
            entry_hash,
            prev_hash: end_of(before.as_ref(), &self.inner.identity),
        };
        stored.closing.hash = stored.rehash();
        insert(&mut transaction, &stored).await?;
        let net = stored.closing.period.net.francs().to_string();
        let line = NewLine {
            payment: None,
            at_ms,
            kind: journal::CLOSING,
            state: None,
            detail: &told(&[&number.to_string(), who, &net, &stored.closing.hash]),
        };
        journal::append(&mut transaction, &self.inner.identity, line).await?;
        transaction.commit().await?;
        Ok(stored.closing)
    }

    /// Closings, newest first, before number `before`.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub async fn closings(&self, before: Option<i64>, limit: u32) -> Result<Vec<Closing>, LedgerError> {
        let mut reader = self.inner.file.read().await?;
        let rows =
            sqlx::query(LIST).bind(before.unwrap_or(i64::MAX)).bind(limit).fetch_all(&mut *reader).await?;
        let mut closings = Vec::with_capacity(rows.len());
        for row in &rows {
            let mut closing = Stored::read(row)?.closing;
            let Period { first_entry, last_entry, .. } = closing.period;
            closing.period.from_earlier = from_earlier(&mut reader, first_entry, last_entry).await?;
            closings.push(closing);
        }
        Ok(closings)
    }

    /// One closing.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub async fn closing(&self, number: i64) -> Result<Option<Closing>, LedgerError> {
        let found = self.closings(number.checked_add(1), 1).await?;
        Ok(found.into_iter().find(|closing| closing.period.number == number))
    }
}

async fn insert(connection: &mut SqliteConnection, stored: &Stored) -> Result<(), LedgerError> {
    let Closing { period, who, hash } = &stored.closing;
    let mut query = sqlx::query(concat!(
        "INSERT INTO closing (",
        closing_columns!(),
        ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
    ))
    .bind(period.number)
    .bind(period.at_ms)
    .bind(period.day.to_string())
    .bind(who)
    .bind(period.first_entry)
    .bind(period.last_entry)
    .bind(&stored.entry_hash);
    for class in Class::ALL {
        let tally = period.totals.of(*class);
        query = query.bind(tally.count).bind(tally.amount.francs());
    }
    query
        .bind(period.net.francs())
        .bind(period.grand_total.francs())
        .bind(naming(&period.unresolved))
        .bind(&stored.prev_hash)
        .bind(hash)
        .execute(connection)
        .await?;
    Ok(())
}
