//! What the page may ask, one thin file per screen. Owns the reading of arguments. Refuses rules and words.

pub(crate) mod backup;
pub(crate) mod charge;
pub(crate) mod day;
pub(crate) mod diagnosis;
pub(crate) mod history;
pub(crate) mod people;
pub(crate) mod screen;
pub(crate) mod settings;

use crate::views::{ErrorCode, UiError};
use domain::PaymentId;

/// A payment's identifier as the page sends it back.
fn payment_id(text: &str) -> Result<PaymentId, UiError> {
    text.parse().map_err(|_| UiError::of(ErrorCode::NotFound))
}
