//! What nobody has looked at yet, from what the till knows to what the page may see.

use crate::views::{ErrorCode, UiError, UnprintedView};
use till::{PrinterError, TillError, Unprinted};

pub(crate) fn unprinted(unprinted: &Unprinted) -> UnprintedView {
    let payment = super::payment(unprinted.mode, &unprinted.payment);
    UnprintedView { payment, error: why(&unprinted.error) }
}

fn why(error: &TillError) -> UiError {
    let TillError::Printer(error) = error else { return UiError::internal(error) };
    match error {
        PrinterError::None => UiError::told(ErrorCode::PrinterMissing, error),
        PrinterError::Unreachable { .. } => UiError::told(ErrorCode::PrinterUnreachable, error),
    }
}
