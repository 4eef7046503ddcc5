//! What a ledger holds that a copy of it does not: told to a person before the copy takes its place.
//!
//! Owns the comparison, payment by payment, also of a ledger that SQLite refuses to open: then whatever can still be read
//! of a copy of it, from the front and from the back. The damaged file itself is never written to.

use crate::backup::{BackupError, Scratch, has_table, with_side_files};
use crate::contents::read_only;
use domain::{PaymentId, PhoneNumber, State, Xof};
use rusqlite::{Connection, Row};
use std::fs;
use std::path::Path;

/// More than a person reads; the count goes on.
const LISTED_MAX: usize = 200;

/// A payment that is not in the copy as it stands here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewerPayment {
    /// Its reference.
    pub id: PaymentId,
    /// Whole XOF.
    pub amount: Xof,
    /// The customer's number; none once erased.
    pub phone: Option<PhoneNumber>,
    /// When it was recorded.
    pub created_at_ms: i64,
    /// Where it stands here.
    pub state: State,
    /// Where it stands in the copy; none when the copy does not have it.
    pub in_copy: Option<State>,
    /// Its receipt.
    pub receipt_number: Option<i64>,
}

/// What would no longer be there.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Newer {
    /// The newest ones, newest first.
    pub payments: Vec<NewerPayment>,
    /// How many there are, listed or not.
    pub count: u64,
    /// How many closings.
    pub closings: i64,
    /// Everything could be read; otherwise there may be more.
    pub is_whole: bool,
    /// Something could be read at all.
    pub is_readable: bool,
}

/// What the ledger at `path`, which opens, holds beyond the copy at `copy`.
///
/// # Errors
/// [`BackupError`].
pub fn beyond(path: &Path, copy: &Path) -> Result<Newer, BackupError> {
    let connection = read_only(path)?;
    compare(&connection, copy).map_err(|error| BackupError::of(path, error.into()))
}

/// What can still be read of the damaged ledger at `path`, which nobody has open, beyond the copy at `copy`. Reads a copy of
/// its bytes in `folder`, so that SQLite may mend what it can without touching the evidence.
#[must_use]
pub fn salvage(path: &Path, copy: &Path, folder: &Path) -> Newer {
    let look = || -> Option<Newer> {
        let scratch = Scratch::at(folder.join(format!("{}.staging", std::process::id())));
        // The index of the log is made anew from the log.
        for (from, to) in with_side_files(path).iter().zip(with_side_files(&scratch.path)) {
            if from.exists() && !from.to_string_lossy().ends_with("-shm") {
                fs::copy(from, to).ok()?;
            }
        }
        let connection = Connection::open(&scratch.path).ok()?;
        // SQLite then looks into a file that is shorter than it should be.
        connection.pragma_update(None, "writable_schema", "ON").ok()?;
        if !has_table(&connection, "payment").ok()? {
            return None;
        }
        compare(&connection, copy).ok()
    };
    look().unwrap_or_default()
}

const COLUMNS: &str = "SELECT here.seq, here.id, here.amount_xof, here.phone, here.created_at_ms, here.state, \
     here.receipt_number, kept.state, kept.state IS NOT here.state OR kept.settled IS NOT here.settled \
     OR kept.set_aside IS NOT here.set_aside OR kept.refund_recorded IS NOT here.refund_recorded \
     FROM payment AS here LEFT JOIN copy.payment AS kept ON kept.id = here.id ";

fn compare(connection: &Connection, copy: &Path) -> Result<Newer, rusqlite::Error> {
    connection.execute("ATTACH ?1 AS copy", [copy.to_string_lossy()])?;
    let mut found =
        Found { newer: Newer { is_readable: true, ..Newer::default() }, newest_first: Vec::new() };
    // From the back, because what is newest matters most; what damage hides there is then met from the front.
    let (last, is_whole) = found.walk(connection, "WHERE here.seq > ?1 ORDER BY here.seq DESC", i64::MIN);
    found.newer.is_whole = is_whole;
    if !is_whole {
        let until = last.unwrap_or(i64::MAX);
        let from_the_back = std::mem::take(&mut found.newest_first);
        found.walk(connection, "WHERE here.seq < ?1 ORDER BY here.seq", until);
        let mut from_the_front = std::mem::replace(&mut found.newest_first, from_the_back);
        from_the_front.reverse();
        found.newest_first.append(&mut from_the_front);
    }
    let mut newer = found.newer;
    newer.count = found.newest_first.len() as u64;
    found.newest_first.truncate(LISTED_MAX);
    newer.payments = found.newest_first;
    newer.closings = connection
        .query_row(
            "SELECT (SELECT COALESCE(MAX(number), 0) FROM closing) - (SELECT COALESCE(MAX(number), 0) FROM copy.closing)",
            [],
            |row| row.get(0),
        )
        .map_or(0, |closings: i64| closings.max(0));
    // A ledger of which no payment at all can be read tells nothing.
    newer.is_readable = is_whole || last.is_some() || newer.count > 0;
    Ok(newer)
}

struct Found {
    newer: Newer,
    newest_first: Vec<NewerPayment>,
}

impl Found {
    /// Reads on until the end or the damage. Returns the last payment it got to, and whether that was the end.
    fn walk(&mut self, connection: &Connection, condition: &str, bound: i64) -> (Option<i64>, bool) {
        let mut last = None;
        let mut go = || -> Result<(), rusqlite::Error> {
            let mut statement = connection.prepare(&format!("{COLUMNS}{condition}"))?;
            let mut rows = statement.query([bound])?;
            while let Some(row) = rows.next()? {
                last = Some(row.get(0)?);
                // What a person decided since is as gone as money that came.
                let is_newer: bool = row.get(8)?;
                if let Some(payment) = read(row).filter(|_| is_newer) {
                    self.newest_first.push(payment);
                }
            }
            Ok(())
        };
        let is_whole = go().is_ok();
        (last, is_whole)
    }
}

/// A row as a payment; none when it cannot be read as one.
fn read(row: &Row<'_>) -> Option<NewerPayment> {
    let text = |column| row.get::<_, Option<String>>(column).ok();
    Some(NewerPayment {
        id: text(1)??.parse().ok()?,
        amount: Xof::new(row.get(2).ok()?),
        phone: text(3)?.as_deref().and_then(|phone| PhoneNumber::parse(phone).ok()),
        created_at_ms: row.get(4).ok()?,
        state: text(5)??.parse().ok()?,
        receipt_number: row.get(6).ok()?,
        in_copy: text(7)?.and_then(|state| state.parse().ok()),
    })
}
