//! LigdiCash as the till sees it: one create, one question, one test of the keys. Owns the words of
//! these three exchanges. Refuses to decide a state: that is the state machine's part.

use crate::ports::Boxed;
use domain::{CheckProblem, Event, NotSentCause, UncertainCause, Xof};
use ledger::{ConfirmFacts, Token};
use thiserror::Error;

/// What a create carries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreateRequest {
    /// Whole XOF.
    pub amount: Xof,
    /// `228…`.
    pub customer: String,
    /// Our identifier.
    pub transaction_id: String,
    /// Shown to the customer; short and ASCII.
    pub description: String,
    /// Shown to the customer.
    pub shop_name: String,
    /// The shop's website; may be empty.
    pub website_url: String,
    /// Where LigdiCash may push; may be empty.
    pub callback_url: String,
}

/// What became of a create. `note` is for the journal: secrets and number masked.
#[derive(Debug)]
pub enum CreateOutcome {
    /// Accepted: queued, not paid.
    Accepted {
        /// The handle to ask with.
        token: Token,
        /// For the journal.
        note: String,
        /// What LigdiCash's clock showed, in milliseconds since 1970, UTC; whole seconds.
        server_ms: Option<i64>,
    },
    /// LigdiCash said no; nothing was created.
    Refused {
        /// Sub-code, `07` or `03a`; empty when there was none.
        code: String,
        /// LigdiCash's text.
        text: String,
        /// For the journal.
        note: String,
        /// As for an accepted one.
        server_ms: Option<i64>,
    },
    /// Provably nothing left the machine.
    NotSent {
        /// Why.
        cause: NotSentCause,
        /// For the journal.
        note: String,
    },
    /// Anything else: it may have arrived.
    Unknown {
        /// Why.
        cause: UncertainCause,
        /// For the journal.
        note: String,
    },
}

impl CreateOutcome {
    /// What LigdiCash's clock showed, when it was LigdiCash that answered.
    #[must_use]
    pub const fn server_ms(&self) -> Option<i64> {
        match self {
            Self::Accepted { server_ms, .. } | Self::Refused { server_ms, .. } => *server_ms,
            Self::NotSent { .. } | Self::Unknown { .. } => None,
        }
    }
}

/// What a confirm must match to pay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expected {
    /// The amount that was asked.
    pub amount: Xof,
    /// Our identifier.
    pub transaction_id: String,
}

/// What a confirm said.
#[derive(Debug)]
pub struct CheckOutcome {
    /// One of the confirm events.
    pub event: Event,
    /// What it told besides.
    pub facts: ConfirmFacts,
    /// What went wrong, if anything.
    pub problem: Option<CheckProblem>,
    /// For the journal.
    pub note: String,
    /// What LigdiCash's clock showed, when it was LigdiCash that answered: a hotspot's page tells no time.
    pub server_ms: Option<i64>,
}

/// What a test of the keys found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConnectionReport {
    /// The finding.
    pub verdict: ConnectionVerdict,
    /// LigdiCash's code, when one came.
    pub code: Option<String>,
    /// Host asked.
    pub server: String,
    /// For support.
    pub detail: String,
    /// As in [`CheckOutcome`].
    pub server_ms: Option<i64>,
}

/// What a test of the keys can find.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConnectionVerdict {
    /// LigdiCash knows the keys.
    KeysAccepted,
    /// Refused.
    KeysRefused,
    /// Known, but payin is not activated.
    PayinNotActivated,
    /// The server could not be reached.
    NoConnection,
    /// The secure connection could not be made.
    Tls,
    /// Something answered, but not as LigdiCash does.
    NoUsableAnswer,
}

/// A way to one server with one pair of keys.
pub trait Gateway: Send + Sync {
    /// Sends one create, once.
    fn create<'a>(&'a self, request: &'a CreateRequest) -> Boxed<'a, CreateOutcome>;
    /// Asks about one token.
    fn confirm<'a>(&'a self, token: &'a Token, expected: &'a Expected) -> Boxed<'a, CheckOutcome>;
    /// Goes the way once, without a request, so that the next create finds it short. Nothing needs it.
    fn warm_up(&self) -> Boxed<'_, ()> {
        Box::pin(std::future::ready(()))
    }
    /// Tests the keys without moving money.
    fn test(&self) -> Boxed<'_, ConnectionReport>;
}

/// Why no gateway can be made.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("no client for LigdiCash: {0}")]
pub struct GatewayError(pub String);
