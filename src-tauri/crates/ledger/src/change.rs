//! What can happen to a payment, with the data that travels beside the event. Owns the words; moves nothing.

use crate::payment::Payment;
use crate::token::Token;
use domain::{CheckProblem, Event, NotSentCause, PaymentId, ReviewReason, Step, UncertainCause, Xof};

/// What confirm told besides the status (API reference, section 7). What it did not tell leaves what is known, and so
/// does what it tells about a payment that has already ended: its receipt may be printed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ConfirmFacts {
    /// `3` for YAS Togo (API reference, section 13).
    pub operator_id: Option<String>,
    /// `YAS TOGO`.
    pub operator_name: Option<String>,
    /// `P…`.
    pub request_id: Option<String>,
    /// The operator's reference.
    pub oreference: Option<String>,
    /// The amount it told.
    pub confirmed_amount: Option<Xof>,
    /// Why a person must look.
    pub review_reason: Option<ReviewReason>,
}

/// What happened to a payment.
#[derive(Debug, Clone)]
pub enum What {
    /// The create is about to leave.
    SubmissionStarted {
        /// To which server.
        server: String,
        /// With which pair of keys.
        credential_set: String,
    },
    /// Create was accepted.
    Accepted {
        /// The handle.
        token: Token,
        /// When to ask first.
        next_check_at_ms: i64,
    },
    /// Create was refused.
    Refused {
        /// Sub-code, or empty.
        code: String,
        /// LigdiCash's text.
        text: String,
    },
    /// Nothing left.
    NotSent {
        /// Why.
        cause: NotSentCause,
    },
    /// The create may have arrived.
    Unknown {
        /// Why that is not known.
        cause: UncertainCause,
    },
    /// A confirm was asked.
    Checked {
        /// Which of the confirm events; another one is an illegal move.
        event: Event,
        /// What it told.
        facts: ConfirmFacts,
        /// What went wrong.
        problem: Option<CheckProblem>,
        /// When it was asked.
        asked_at_ms: i64,
        /// When the answer, or its failure, was in.
        answered_at_ms: i64,
        /// When to ask next; none leaves it to a person.
        next_check_at_ms: Option<i64>,
        /// Failures in a row.
        failures: u32,
    },
    /// The till started and found the payment.
    Restarted {
        /// When to ask next; none leaves it to a person.
        next_check_at_ms: Option<i64>,
    },
}

impl What {
    /// The event of the state machine. Its word is also the kind of the journal line.
    pub(crate) const fn event(&self) -> Event {
        match self {
            Self::SubmissionStarted { .. } => Event::SubmissionStarted,
            Self::Accepted { .. } => Event::CreateAccepted,
            Self::Refused { .. } => Event::CreateRefused,
            Self::NotSent { .. } => Event::CreateNotSent,
            Self::Unknown { .. } => Event::CreateUnknown,
            Self::Checked { event, .. } => *event,
            Self::Restarted { .. } => Event::Restarted,
        }
    }

    /// Whether the event is one that this kind of change can carry: what a create answers is not learnt by a confirm.
    pub(crate) const fn is_coherent(&self) -> bool {
        match self {
            Self::Checked { event, .. } => match event {
                Event::ConfirmPending
                | Event::ConfirmCompleted
                | Event::ConfirmMismatch
                | Event::ConfirmNotCompleted
                | Event::ConfirmUnknown => true,
                Event::SubmissionStarted
                | Event::CreateAccepted
                | Event::CreateRefused
                | Event::CreateNotSent
                | Event::CreateUnknown
                | Event::Restarted => false,
            },
            Self::SubmissionStarted { .. }
            | Self::Accepted { .. }
            | Self::Refused { .. }
            | Self::NotSent { .. }
            | Self::Unknown { .. }
            | Self::Restarted { .. } => true,
        }
    }

    /// The token that this change brings.
    pub(crate) const fn token(&self) -> Option<&Token> {
        match self {
            Self::Accepted { token, .. } => Some(token),
            Self::SubmissionStarted { .. }
            | Self::Refused { .. }
            | Self::NotSent { .. }
            | Self::Unknown { .. }
            | Self::Checked { .. }
            | Self::Restarted { .. } => None,
        }
    }
}

/// A change about to be written.
#[derive(Debug, Clone)]
pub struct Change {
    /// The payment.
    pub id: PaymentId,
    /// The version it was decided on.
    pub version: i64,
    /// When, in milliseconds since 1970, UTC.
    pub at_ms: i64,
    /// What.
    pub what: What,
    /// For the journal: the answer, masked; may be empty.
    pub note: String,
}

/// A change that was written.
#[derive(Debug, Clone)]
pub struct Applied {
    /// The payment as it now stands.
    pub payment: Payment,
    /// The move.
    pub step: Step,
    /// This change brought money for a sale that had been closed in another way.
    pub late: bool,
}
