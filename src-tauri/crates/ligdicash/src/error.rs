//! What can go wrong, by what it means for the money. None of these texts carries an address, a token or a key.

use crate::codes::CreateCode;
use thiserror::Error;

/// A create that was not accepted. There is no fourth kind.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum CreateError {
    /// LigdiCash answered `01`: nothing was created.
    #[error("refused: {}", .0.code)]
    Refused(Box<Refusal>),
    /// Provably nothing left this machine: trying again is safe.
    #[error("not sent: {cause}: {detail}")]
    NotSent {
        /// Why.
        cause: NotSent,
        /// For support.
        detail: String,
    },
    /// It may have arrived. Never send it again without a person's word.
    #[error("outcome unknown: {cause}")]
    Unknown {
        /// Why.
        cause: NoUsableAnswer,
        /// What came, fit for a log; or the technical reason.
        raw: String,
    },
}

/// LigdiCash's no.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The sub-code.
    pub code: CreateCode,
    /// `response_text`.
    pub text: String,
    /// `description`; sometimes the real explanation.
    pub description: String,
    /// `response_text_details`: log it, never show it.
    pub details: String,
    /// The answer, fit for a log.
    pub raw: String,
    /// The server's `Date` header.
    pub server_date: Option<String>,
}

/// Why nothing left.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum NotSent {
    /// No route, no name, nobody listening, or no connection in time.
    #[error("no connection")]
    NoConnection,
    /// The secure connection could not be made: certificate, proxy, or a clock that is wrong.
    #[error("no secure connection")]
    Tls,
}

/// Why there is no usable answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum NoUsableAnswer {
    /// None in time.
    #[error("no answer in time")]
    Timeout,
    /// The connection broke.
    #[error("the connection broke")]
    Broken,
    /// A redirect, which is never followed.
    #[error("redirected ({0})")]
    Redirect(u16),
    /// An HTTP status other than 200. LigdiCash answers refusals with 200, so this is not one.
    #[error("HTTP status {0}")]
    Status(u16),
    /// More bytes than any answer has.
    #[error("an answer that is too large")]
    TooLarge,
    /// Not a JSON object.
    #[error("not JSON")]
    NotJson,
    /// JSON, but not LigdiCash's.
    #[error("not an answer of LigdiCash")]
    Unrecognised,
    /// Accepted, without a token.
    #[error("accepted without a token")]
    NoToken,
}

/// A confirm that brought nothing. Says nothing about the payment.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ConfirmError {
    /// The question did not leave.
    #[error("not asked: {cause}: {detail}")]
    NotSent {
        /// Why.
        cause: NotSent,
        /// For support.
        detail: String,
    },
    /// No usable answer.
    #[error("no usable answer: {cause}")]
    NoUsableAnswer {
        /// Why.
        cause: NoUsableAnswer,
        /// What came, fit for a log; or the technical reason.
        raw: String,
    },
}

/// No client could be made.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("the HTTP client cannot be set up: {0}")]
pub struct SetupError(pub(crate) String);
