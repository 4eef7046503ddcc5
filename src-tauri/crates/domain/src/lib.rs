//! Pure rules of the till: what an amount, a number, a payment and a day *are*.
//!
//! Owns the vocabulary and every decision that needs no machine: checked money, Togo's numbers, the operators as data,
//! the payment state machine, what people may decide, when to ask again, and which business day a moment belongs to.
//! Refuses I/O, async, the clock and randomness: time and chance come in as arguments, so every rule can be walked as a
//! table.

pub mod answering;
pub mod business_day;
pub mod clock_skew;
pub mod closing;
pub mod decision;
pub mod entry;
pub mod mode;
pub mod money;
pub mod operator;
pub mod pace;
pub mod payment;
pub mod payment_id;
pub mod phone;
pub mod pin;
pub mod planted;
pub mod receipt;
pub mod role;
pub mod schedule;
mod text_enum;
pub mod words;

pub use business_day::{BusinessDay, DayRule, LocalTime};
pub use closing::{Class, Closing, EntryKind, FromEarlier, Period, Tally, Totals, Unresolved};
pub use decision::{DecisionKind, DecisionRefused, late_after, may_decide};
pub use entry::{EntryRange, EntryRow, LedgerEnd};
pub use mode::Mode;
pub use money::{AmountError, AmountLimits, Xof};
pub use operator::{Operator, OperatorHint, ValidationMode};
pub use payment::{
    CheckProblem, Effect, Event, IllegalMove, NotSentCause, ReviewReason, State, Step, UncertainCause,
};
pub use payment_id::PaymentId;
pub use phone::{PhoneError, PhoneNumber};
pub use receipt::{Receipt, ReceiptClaim, ShopIdentity};
pub use role::{Right, Role};
pub use text_enum::UnknownWord;
pub use words::amount_in_words;
