//! What the page sees of what nobody has looked at yet.

use super::{PaymentView, UiError};
use serde::Serialize;
use ts_rs::TS;

/// A receipt that should have printed itself, and did not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct UnprintedView {
    /// Of which payment.
    pub payment: PaymentView,
    /// Why.
    pub error: UiError,
}
