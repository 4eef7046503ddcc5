//! One payment, as the page shows it.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Which ledger the screen works on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ModeView {
    /// Simulated LigdiCash and phone inside the app.
    Training,
    /// Real money, or a test server named on screen.
    Live,
}

/// State of a payment, as `data-state` carries it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum StateView {
    /// On disk, nothing sent.
    Recorded,
    /// The request may have left.
    Submitting,
    /// Token stored, the customer is to approve.
    Pending,
    /// Verified by confirm.
    Paid,
    /// Confirm said that it did not complete.
    Failed,
    /// LigdiCash refused the request; nothing was created.
    Rejected,
    /// Nothing left the machine.
    NotSent,
    /// The request may have reached LigdiCash; no token came back.
    Uncertain,
    /// Completed at LigdiCash, but the amount or the identifier differs.
    Review,
}

/// What the prefix of a number suggests; numbers can be ported, so it never decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum OperatorHintView {
    /// 70–72, 90–93.
    Yas,
    /// 73.
    ProbablyYas,
    /// 78, 79, 96–99.
    Moov,
    /// 76, 77.
    PerhapsMoov,
    /// Anything else.
    Unknown,
}

/// Why nothing left the machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum NotSentCauseView {
    /// The server could not be reached: no internet, no name resolution, connection refused.
    NoConnection,
    /// The secure connection could not be made (certificate, proxy, wrong clock).
    Tls,
    /// The till was closed before the request was sent.
    Interrupted,
}

/// Why the answer to a create is not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum UncertainCauseView {
    /// No answer in time, or the connection broke after sending.
    AnswerLost,
    /// An answer came that could not be read as one.
    AnswerUnreadable,
    /// Accepted, but without a token.
    NoToken,
    /// The till stopped while the request was on its way.
    Interrupted,
}

/// Why a completed payment was not counted as paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ReviewReasonView {
    /// The confirmed amount is not the amount that was asked.
    AmountDiffers,
    /// The confirmation carried no readable amount.
    AmountMissing,
    /// The confirmation carried another till's or sale's identifier.
    IdDiffers,
    /// Completed, under a response code that is not "00".
    CodeContradicts,
}

/// What went wrong with the last check; the payment itself is unchanged by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum CheckProblemView {
    /// LigdiCash could not be reached.
    NoConnection,
    /// The secure connection could not be made.
    Tls,
    /// The keys were refused: a manager must act.
    KeysRefused,
    /// LigdiCash does not find this payment with these keys.
    NotFound,
    /// The answer could not be read, or said that the query failed.
    NoUsableAnswer,
    /// No keys are available to ask with.
    NoKeys,
    /// What to ask with did not come with a restored copy: the payment is no longer watched.
    HandleLost,
}

/// A refusal of create: the small code and what it means.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct RefusalView {
    /// As LigdiCash wrote it, "07" or "03a"; empty when the text had none.
    pub code: String,
    /// LigdiCash's own short text, for the support line only.
    pub text: String,
}

/// What a person decided about a payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum DecisionKindView {
    /// The screen moved on; still watched.
    SetAside,
    /// The customer paid in another way meanwhile.
    SettledOtherwise,
    /// A manager accepted it with the operator's reference as evidence.
    AcceptedAsPaid,
    /// A manager closed it as not paid.
    WrittenOff,
    /// A refund done in LigdiCash's dashboard was recorded.
    RefundRecorded,
}

/// One decision, with who, when and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct DecisionView {
    /// What was decided.
    pub kind: DecisionKindView,
    /// Who decided.
    pub who: String,
    /// Why.
    pub reason: String,
    /// The operator's reference, when one was given.
    pub reference: Option<String>,
    /// When.
    #[ts(type = "number")]
    pub at_ms: i64,
}

/// One payment as the page shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct PaymentView {
    /// Our reference, also LigdiCash's `transaction_id`.
    pub id: String,
    /// Grows with every change: an older view never replaces a newer one.
    #[ts(type = "number")]
    pub version: i64,
    /// Which ledger it lives in.
    pub mode: ModeView,
    /// Where it stands.
    pub state: StateView,
    /// Whole XOF.
    #[ts(type = "number")]
    pub amount_xof: i64,
    /// Masked: `90 12 •• 56`; empty once purged.
    pub phone: String,
    /// What the prefix suggests.
    pub operator_hint: OperatorHintView,
    /// What confirm reported.
    pub operator_name: Option<String>,
    /// When the attempt was recorded.
    #[ts(type = "number")]
    pub created_at_ms: i64,
    /// When the request was accepted (the wait is counted from here, or from `created_at_ms` before).
    #[ts(type = "number | null")]
    pub accepted_at_ms: Option<i64>,
    /// When it reached a final state.
    #[ts(type = "number | null")]
    pub resolved_at_ms: Option<i64>,
    /// When LigdiCash was last asked.
    #[ts(type = "number | null")]
    pub last_check_at_ms: Option<i64>,
    /// When LigdiCash will be asked next.
    #[ts(type = "number | null")]
    pub next_check_at_ms: Option<i64>,
    /// What went wrong with the last check, if anything.
    pub check_problem: Option<CheckProblemView>,
    /// Receipt number, once paid.
    #[ts(type = "number | null")]
    pub receipt_number: Option<i64>,
    /// LigdiCash's own reference (`P…`).
    pub request_id: Option<String>,
    /// For `rejected`.
    pub refusal: Option<RefusalView>,
    /// For `not_sent`.
    pub not_sent_cause: Option<NotSentCauseView>,
    /// For `uncertain`.
    pub uncertain_cause: Option<UncertainCauseView>,
    /// For `review`.
    pub review_reason: Option<ReviewReasonView>,
    /// What LigdiCash said the amount was, for `review`.
    #[ts(type = "number | null")]
    pub confirmed_amount_xof: Option<i64>,
    /// What people decided, oldest first.
    pub decisions: Vec<DecisionView>,
    /// Set aside: no card, still watched.
    pub set_aside: bool,
    /// Paid after a person had settled it otherwise or written it off: money to give back.
    pub late: bool,
    /// The attempt this one follows, when a person decided to ask again.
    pub previous_payment_id: Option<String>,
}
