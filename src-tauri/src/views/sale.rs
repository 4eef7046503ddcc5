//! The till screen: what is typed, what becomes of it, and the simulated phone.

use super::{DecisionKindView, ErrorCode, OperatorHintView, PaymentView};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// One request on the simulated phone (training only).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct PhonePromptView {
    /// The payment it belongs to.
    pub payment_id: String,
    /// Masked number.
    pub phone: String,
    /// Whole XOF.
    #[ts(type = "number")]
    pub amount_xof: i64,
    /// The shop's name as the customer reads it.
    pub shop_name: String,
    /// The customer put the phone down: the request stays open without an answer.
    pub ignored: bool,
}

/// The customer's act on the simulated phone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum PhoneAnswerView {
    /// Types the PIN: completed.
    Approve,
    /// Presses cancel: notcompleted.
    Refuse,
    /// Puts the phone down: pending without end.
    Ignore,
    /// Approves a minute and a half later.
    ApproveLate,
}

/// How YAS answers now, by the ten newest requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum LightView {
    /// Too few of the last three hours to tell.
    Unknown,
    /// At least eight in ten within a minute.
    Good,
    /// At least five in ten.
    Slow,
    /// Fewer.
    Poor,
}

/// How quickly this shop's customers answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
pub struct AnsweringView {
    /// Nine in ten approved within so many seconds; none while too few approved at all.
    pub nine_in_ten_s: Option<u32>,
    /// How many approvals that stands on.
    pub approvals: u32,
    /// How YAS answers now.
    pub light: LightView,
}

/// A sale as typed.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
pub struct ChargeRequest {
    /// Random, made once per sale by the page: the same one twice gives the same payment.
    pub intent_id: String,
    /// As typed: `5000`, `5 000`, `5 000 F`.
    pub amount: String,
    /// As typed: `90000000`, `+228 90 00 00 00`.
    pub phone: String,
    /// Set when the person was shown an unresolved payment and asks again all the same: that payment's id.
    pub after_payment_id: Option<String>,
}

/// What became of a charge.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ChargeOutcome {
    /// Recorded and on its way (or already ended: look at the state).
    Charged {
        /// The payment.
        payment: PaymentView,
    },
    /// The same number has a payment that is not resolved, just checked: ask in words before asking the customer again.
    Unresolved {
        /// As it stands after the check. It may just have become paid.
        existing: PaymentView,
    },
}

/// How a number reads while it is typed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct PhoneInspection {
    /// Complete and chargeable.
    pub valid: bool,
    /// Grouped as far as typed: `90 12 3`.
    pub formatted: String,
    /// What the prefix suggests.
    pub hint: OperatorHintView,
    /// The operator that confirm reported for this number before; beats the prefix.
    pub known_operator: Option<String>,
    /// What is wrong, when something already is (not merely incomplete).
    pub problem: Option<ErrorCode>,
}

/// A decision as typed.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
pub struct DecisionInput {
    /// The payment.
    pub payment_id: String,
    /// What.
    pub kind: DecisionKindView,
    /// Who decides.
    pub who: String,
    /// Why.
    pub reason: String,
    /// The operator's reference; required to accept as paid.
    pub reference: Option<String>,
}
