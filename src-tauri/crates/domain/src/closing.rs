//! Money by class, and what a reading (X) and a closing (Z) add up to.
//!
//! Owns which class an entry belongs to and checked totals. Refuses to choose which entries: the ledger knows what the
//! last closing took.

use crate::business_day::BusinessDay;
use crate::money::Xof;
use crate::payment::State;
use crate::payment_id::PaymentId;
use crate::text_enum::text_enum;

text_enum! {
    /// Why a ledger entry exists.
    EntryKind, "entry kind" {
        /// Confirm said so.
        Verified = "verified",
        /// A manager accepted it without a confirmation.
        Accepted = "accepted",
        /// A refund made in LigdiCash's dashboard was written down.
        Refund = "refund",
        /// Cancels an earlier entry.
        Reversal = "reversal",
    }
}

text_enum! {
    /// How an entry is counted: apart from every other class, for ever.
    Class, "money class" {
        /// Confirmed by LigdiCash.
        Verified = "verified",
        /// Confirmed after the sale had been closed in another way: perhaps to give back.
        Late = "late",
        /// Accepted by a manager, on the operator's reference.
        Accepted = "accepted",
        /// Refunds written down; negative.
        Refund = "refund",
        /// Acceptances cancelled because the same money was confirmed after all; negative.
        Reversal = "reversal",
    }
}

impl EntryKind {
    /// The class of an entry of this kind; `late` as its payment says.
    #[must_use]
    pub const fn class(self, late: bool) -> Class {
        match self {
            Self::Verified if late => Class::Late,
            Self::Verified => Class::Verified,
            Self::Accepted => Class::Accepted,
            Self::Refund => Class::Refund,
            Self::Reversal => Class::Reversal,
        }
    }
}

/// How many, and how much.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    /// Entries.
    pub count: i64,
    /// Their sum; negative for refunds and reversals.
    pub amount: Xof,
}

/// One tally per class.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Totals {
    tallies: [Tally; Class::ALL.len()],
}

impl Totals {
    /// Nothing of any class.
    #[must_use]
    pub const fn empty() -> Self {
        Self { tallies: [Tally { count: 0, amount: Xof::ZERO }; Class::ALL.len()] }
    }

    /// Counts `tally` in; none when a sum would not fit.
    #[must_use]
    pub fn checked_with(mut self, class: Class, tally: Tally) -> Option<Self> {
        let slot = self.tallies.get_mut(class as usize)?;
        slot.count = slot.count.checked_add(tally.count)?;
        slot.amount = slot.amount.checked_add(tally.amount)?;
        Some(self)
    }

    /// Both together; none when a sum would not fit.
    #[must_use]
    pub fn checked_plus(self, other: Self) -> Option<Self> {
        Class::ALL.iter().try_fold(self, |sum, class| sum.checked_with(*class, other.of(*class)))
    }

    /// One class.
    #[must_use]
    pub fn of(&self, class: Class) -> Tally {
        self.tallies.get(class as usize).copied().unwrap_or_default()
    }

    /// Everything together: what the day brought. None when it would not fit.
    #[must_use]
    pub fn net(&self) -> Option<Xof> {
        Xof::checked_sum(self.tallies.iter().map(|tally| tally.amount))
    }

    /// Payments that brought money: verified, late and accepted, less acceptances cancelled by a later confirmation.
    #[must_use]
    pub fn sales(&self) -> i64 {
        self.of(Class::Verified).count + self.of(Class::Late).count + self.of(Class::Accepted).count
            - self.of(Class::Reversal).count
    }

    /// All entries.
    #[must_use]
    pub fn entries(&self) -> i64 {
        self.tallies.iter().map(|tally| tally.count).sum()
    }
}

/// A payment that is not resolved, as a reading or closing names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unresolved {
    /// Our reference.
    pub id: PaymentId,
    /// Where it stands.
    pub state: State,
    /// Whole XOF.
    pub amount: Xof,
    /// When it was recorded, in milliseconds since 1970, UTC.
    pub created_at_ms: i64,
}

/// The part of the ledger between two closings, added up: a reading while it is open, a closing once it is sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Period {
    /// The number that its closing has or will have, from 1 without gap.
    pub number: i64,
    /// The business day of the reading or closing.
    pub day: BusinessDay,
    /// When, in milliseconds since 1970, UTC.
    pub at_ms: i64,
    /// First entry, by number.
    pub first_entry: i64,
    /// Last entry, by number; one less than the first when there is none.
    pub last_entry: i64,
    /// Hash of the last entry, or of the ledger's beginning when there is none.
    pub last_hash: String,
    /// Per class.
    pub totals: Totals,
    /// Its own sum.
    pub net: Xof,
    /// Sum of everything since the ledger began; never reset.
    pub grand_total: Xof,
    /// What came for sales that an earlier closing had named as open, by that closing; part of the totals.
    pub from_earlier: Vec<FromEarlier>,
    /// Unfinished and uncertain payments, oldest first.
    pub unresolved: Vec<Unresolved>,
}

/// Money, or a refund, that belongs to a sale of a closed period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FromEarlier {
    /// The closing that held the sale's period.
    pub closing: i64,
    /// How many entries, and how much.
    pub tally: Tally,
}

/// A sealed period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Closing {
    /// What it closed.
    pub period: Period,
    /// Who closed; may be empty.
    pub who: String,
    /// Hash of this closing, 64 hexadecimal digits: printed, so that a cut tail can be seen later.
    pub hash: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn tally(count: i64, francs: i64) -> Tally {
        Tally { count, amount: Xof::new(francs) }
    }

    #[test]
    fn late_money_is_a_class_of_its_own() {
        assert_eq!(EntryKind::Verified.class(true), Class::Late);
        assert_eq!(EntryKind::Verified.class(false), Class::Verified);
        for kind in [EntryKind::Accepted, EntryKind::Refund, EntryKind::Reversal] {
            assert_eq!(kind.class(true), kind.class(false));
        }
    }

    #[test]
    fn totals_keep_classes_apart_and_never_wrap() {
        let totals = [
            (Class::Verified, tally(2, 7_000)),
            (Class::Late, tally(1, 500)),
            (Class::Accepted, tally(1, 1_000)),
            (Class::Refund, tally(1, -500)),
            (Class::Reversal, tally(1, -1_000)),
        ]
        .into_iter()
        .try_fold(Totals::default(), |sum, (class, tally)| sum.checked_with(class, tally))
        .unwrap();
        assert_eq!(totals.net(), Some(Xof::new(7_000)));
        assert_eq!((totals.sales(), totals.entries()), (3, 6));
        let twice = totals.checked_plus(totals).unwrap();
        assert_eq!(twice.of(Class::Verified), tally(4, 14_000));
        assert_eq!(totals.checked_with(Class::Late, tally(1, i64::MAX)), None);
    }
}
