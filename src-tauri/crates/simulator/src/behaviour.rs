//! How a request is answered, and how a customer behaves. Owns the words scenarios are made of.

use std::time::Duration;

/// What happens to a create that passed every check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CreateBehaviour {
    /// Accepted.
    Accept,
    /// Refused with this sub-code; nothing is created.
    Refuse(String),
    /// Created, and never answered.
    CreateAndGoSilent,
    /// Created, and the connection closed without an answer.
    CreateAndHangUp,
    /// Created, and answered by a gateway's error page.
    CreateAndAnswerHtml,
    /// "00" without a token.
    AcceptWithoutToken,
    /// Accepted after a while.
    AcceptAfter(Duration),
    /// Sent elsewhere.
    Redirect(String),
}

/// What happens to a confirm that passed every check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ConfirmBehaviour {
    /// The truth.
    Honest,
    /// The query fails with this sub-code.
    Fail(String),
    /// This HTTP status and a page that is no JSON.
    Status(u16),
    /// The truth, after a while.
    HonestAfter(Duration),
    /// The connection is closed without an answer.
    HangUp,
    /// Exactly this body.
    Body(String),
}

/// What the customer does with the phone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phone {
    /// Waits for whoever plays the customer.
    ByHand,
    /// Approves by itself.
    ApprovesAfter(Duration),
    /// Refuses by itself.
    RefusesAfter(Duration),
    /// Lies in a drawer.
    Ignored,
}

/// How a confirm answer departs from the documented form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// As documented.
    Documented,
    /// `nocompleted` instead of `notcompleted`.
    NoCompleted,
    /// Amounts as text, the operator's number as a number.
    Strings,
    /// `custom_data` is `[]`.
    CustomDataEmptyList,
    /// `custom_data` is `""`.
    CustomDataEmptyText,
    /// `custom_data` is a plain object.
    CustomDataObject,
    /// `custom_data` is JSON in a text.
    CustomDataText,
    /// Capitals and spaces around the status.
    OddStatus,
    /// A status word that nobody documented, for ever.
    UnknownStatus,
    /// Completed with one franc less.
    WrongAmount,
    /// Completed without any amount.
    NoAmount,
    /// Completed with somebody else's identifier.
    OtherId,
    /// Completed by another operator than the prefix suggests.
    OtherOperator,
}
