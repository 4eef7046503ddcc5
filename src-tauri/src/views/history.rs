//! The history: a window of it, and the story of one payment.

use super::{PaymentView, StateView};
use serde::Serialize;
use ts_rs::TS;

/// One window of the history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct HistoryPage {
    /// Newest first.
    pub rows: Vec<PaymentView>,
    /// Give it back to get the next window; none at the end.
    pub next: Option<String>,
}

/// One line of a payment's timeline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct TimelineEntry {
    /// When.
    #[ts(type = "number")]
    pub at_ms: i64,
    /// A stable word: `recorded`, an event of the payment (`create_accepted`, `confirm_pending`…), a decision's, or
    /// `contradiction`.
    pub kind: String,
    /// The state after it, when it moved.
    pub state: Option<StateView>,
    /// Technical text, secrets and number masked.
    pub detail: String,
}

/// One payment with its whole story.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct PaymentDetail {
    /// As it stands.
    pub payment: PaymentView,
    /// Oldest first.
    pub timeline: Vec<TimelineEntry>,
}
