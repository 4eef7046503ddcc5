//! What a confirm answer means: the decision table of API reference section 7.5, row by row. `status` first, because the
//! documentation contradicts itself on failures; paid only when the amount and the identifier are the ones asked.

use crate::amount::ConfirmedAmount;
use crate::answer::{Confirmation, PaymentStatus};
use crate::codes::ConfirmCode;

/// What was asked, to hold the answer against.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expected {
    /// Whole XOF.
    pub amount_xof: u32,
    /// Your identifier of the attempt.
    pub transaction_id: String,
}

/// What an answer means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Completed, and the amount and the identifier match (or no identifier came). The one proof of payment.
    Paid,
    /// Completed, but something differs: a person must look.
    Review(ReviewReason),
    /// Not completed. Final.
    NotCompleted,
    /// Not yet. Has no end: ask again.
    Pending,
    /// The query itself brought nothing. Says nothing about the payment: ask again.
    Unknown(UnknownReason),
}

/// Why a completed payment needs a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReviewReason {
    /// Another amount.
    AmountDiffers,
    /// No readable amount, or two that disagree.
    AmountMissing,
    /// Another identifier.
    IdDiffers,
    /// Completed, under a response code that is not `00`.
    CodeContradicts,
}

/// Why a query brought nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UnknownReason {
    /// The keys or the project were refused (codes 00 and 01): raise an alarm, nothing can be asked until it is mended.
    Configuration(ConfirmCode),
    /// Another sub-code.
    Query(ConfirmCode),
    /// Neither `00` nor `01`.
    ResponseCode,
}

impl Confirmation {
    /// Holds this answer against what was asked.
    #[must_use]
    pub fn verdict(&self, expected: &Expected) -> Verdict {
        let worked = self.response_code.as_deref() == Some("00");
        match (&self.status, worked) {
            (PaymentStatus::Completed, true) => self.completed(expected),
            (PaymentStatus::Completed, false) => Verdict::Review(ReviewReason::CodeContradicts),
            (PaymentStatus::NotCompleted, true | false) => Verdict::NotCompleted,
            (PaymentStatus::Pending | PaymentStatus::Missing | PaymentStatus::Other(_), true) => {
                Verdict::Pending
            }
            (PaymentStatus::Pending | PaymentStatus::Missing | PaymentStatus::Other(_), false) => {
                Verdict::Unknown(self.unknown())
            }
        }
    }

    fn completed(&self, expected: &Expected) -> Verdict {
        if self.transaction_id.as_ref().is_some_and(|id| *id != expected.transaction_id) {
            return Verdict::Review(ReviewReason::IdDiffers);
        }
        match self.amount {
            ConfirmedAmount::Whole(francs) if francs == i64::from(expected.amount_xof) => Verdict::Paid,
            ConfirmedAmount::Whole(_) => Verdict::Review(ReviewReason::AmountDiffers),
            ConfirmedAmount::Missing | ConfirmedAmount::Unreadable => {
                Verdict::Review(ReviewReason::AmountMissing)
            }
        }
    }

    fn unknown(&self) -> UnknownReason {
        match &self.sub_code {
            Some(code @ (ConfirmCode::Authentication | ConfirmCode::PayinNotActivated)) => {
                UnknownReason::Configuration(code.clone())
            }
            Some(
                code @ (ConfirmCode::InvoiceNotFound
                | ConfirmCode::Processing
                | ConfirmCode::DataInput
                | ConfirmCode::Other(_)),
            ) => UnknownReason::Query(code.clone()),
            None => UnknownReason::ResponseCode,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn verdict(body: &Value) -> Verdict {
        let read = Confirmation::read(body.to_string().as_bytes(), String::new(), None).unwrap();
        read.verdict(&Expected { amount_xof: 3750, transaction_id: "pos-1".into() })
    }

    const PAID: Verdict = Verdict::Paid;

    #[test]
    fn every_row_of_the_decision_table() {
        use ReviewReason::{AmountDiffers, AmountMissing, CodeContradicts, IdDiffers};
        let ours = json!([{ "keyof_customdata": "transaction_id", "valueof_customdata": "pos-1" }]);
        for (body, expected) in [
            // completed, 00, everything matches or the identifier is absent
            (
                json!({ "response_code": "00", "status": "completed", "amount": 3750, "montant": 3750, "custom_data": ours }),
                PAID,
            ),
            (
                json!({ "response_code": "00", "status": " Completed\n", "montant": "3750", "custom_data": [] }),
                PAID,
            ),
            (json!({ "response_code": 0, "status": "completed", "amount": 3750, "custom_data": "" }), PAID),
            (json!({ "response_code": "00", "status": "completed", "amount": 3750 }), PAID),
            // completed, 00, something differs
            (json!({ "response_code": "00", "status": "completed" }), Verdict::Review(AmountMissing)),
            (
                json!({ "response_code": "00", "status": "completed", "amount": "?" }),
                Verdict::Review(AmountMissing),
            ),
            (
                json!({ "response_code": "00", "status": "completed", "amount": 3750, "montant": 3700 }),
                Verdict::Review(AmountMissing),
            ),
            (
                json!({ "response_code": "00", "status": "completed", "amount": 3749 }),
                Verdict::Review(AmountDiffers),
            ),
            (
                json!({ "response_code": "00", "status": "completed", "amount": 3750, "custom_data": { "transaction_id": "pos-2" } }),
                Verdict::Review(IdDiffers),
            ),
            // completed, not 00
            (
                json!({ "response_code": "01", "status": "completed", "amount": 3750 }),
                Verdict::Review(CodeContradicts),
            ),
            (json!({ "status": "completed", "amount": 3750 }), Verdict::Review(CodeContradicts)),
            // not completed, any code, both spellings
            (json!({ "response_code": "00", "status": "notcompleted" }), Verdict::NotCompleted),
            (json!({ "response_code": "01", "status": "NoCompleted" }), Verdict::NotCompleted),
            // pending, empty, missing or an unknown word, 00
            (json!({ "response_code": "00", "status": "pending", "amount": 3750 }), Verdict::Pending),
            (json!({ "response_code": "00", "status": "" }), Verdict::Pending),
            (json!({ "response_code": "00" }), Verdict::Pending),
            (json!({ "response_code": "00", "status": null }), Verdict::Pending),
            (json!({ "response_code": "00", "status": "failed" }), Verdict::Pending),
            (json!({ "response_code": "00", "status": "cancelled" }), Verdict::Pending),
            (json!({ "response_code": "00", "status": 7 }), Verdict::Pending),
            // missing or unknown, 01
            (
                json!({ "response_code": "01", "response_text": "Echec (Code00)" }),
                Verdict::Unknown(UnknownReason::Configuration(ConfirmCode::Authentication)),
            ),
            (
                json!({ "response_code": "01", "response_text": "Echec (Code01)" }),
                Verdict::Unknown(UnknownReason::Configuration(ConfirmCode::PayinNotActivated)),
            ),
            (
                json!({ "response_code": 1, "response_text": "Echec (Code02)" }),
                Verdict::Unknown(UnknownReason::Query(ConfirmCode::InvoiceNotFound)),
            ),
            (
                json!({ "response_code": "01", "response_text": "Echec (Code03)", "status": "pending" }),
                Verdict::Unknown(UnknownReason::Query(ConfirmCode::Processing)),
            ),
            (
                json!({ "response_code": "99", "status": "pending" }),
                Verdict::Unknown(UnknownReason::ResponseCode),
            ),
        ] {
            assert_eq!(verdict(&body), expected, "{body}");
        }
    }
}
