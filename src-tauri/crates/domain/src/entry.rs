//! A ledger entry as it leaves the till: in exports, reports and accounts. Owns its shape. Borrows everything, so that a
//! million of them pass by without being copied.

use crate::business_day::BusinessDay;
use crate::closing::{Class, EntryKind};
use crate::money::Xof;

/// One entry with what is known about its payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EntryRow<'a> {
    /// Its number in the ledger, from 1 without gap.
    pub number: i64,
    /// When it was written, in milliseconds since 1970, UTC.
    pub at_ms: i64,
    /// The business day, computed when it was written.
    pub day: BusinessDay,
    /// Why it exists.
    pub kind: EntryKind,
    /// How it is counted.
    pub class: Class,
    /// Whole XOF; negative for refunds and reversals.
    pub amount: Xof,
    /// Our reference.
    pub payment: &'a str,
    /// Only for verified money.
    pub receipt_number: Option<i64>,
    /// The entry that this one cancels.
    pub reverses: Option<i64>,
    /// The closing that already held this sale's day when the entry came; none when it came in time.
    pub from_closing: Option<i64>,
    /// National digits, until purged. Whoever writes it down decides whether to mask it.
    pub phone: Option<&'a str>,
    /// As confirm reported.
    pub operator: Option<&'a str>,
    /// LigdiCash's reference.
    pub request_id: Option<&'a str>,
    /// Who charged; may be empty.
    pub cashier: &'a str,
    /// Who decided, for what people decide.
    pub who: Option<&'a str>,
    /// Why.
    pub reason: Option<&'a str>,
    /// The operator's or LigdiCash's reference for the decision.
    pub reference: Option<&'a str>,
    /// Hash of the entry, 64 hexadecimal digits.
    pub hash: &'a str,
}

/// The end of the ledger at one moment, to print on everything that leaves it: a chain alone does not show that its tail
/// was cut off, paper does.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LedgerEnd {
    /// How many entries.
    pub entries: i64,
    /// Hash of the last one, or of the beginning when there is none.
    pub hash: String,
}

/// Which entries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EntryRange {
    /// Business days, both included.
    Days {
        /// First.
        from: BusinessDay,
        /// Last.
        to: BusinessDay,
    },
    /// What a closing took.
    Closing(i64),
}
