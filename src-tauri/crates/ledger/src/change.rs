//! The one way a payment moves: state, journal line and, when it is paid, receipt number and ledger entry, in one
//! transaction under the version guard. Which move is legal is asked of the state machine, inside the transaction.

use crate::entry::{self, Cause};
use crate::error::LedgerError;
use crate::journal::{self, NewLine};
use crate::open::{Inner, Ledger, closed};
use crate::payment::{self, Payment, Token};
use domain::{
    CheckProblem, Effect, Event, IllegalMove, NotSentCause, PaymentId, ReviewReason, State, Step,
    UncertainCause, Xof, late_after,
};
use sqlx::Connection;
use sqlx::sqlite::SqliteConnection;

/// What confirm told besides the status. What it did not tell leaves what is known.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ConfirmFacts {
    /// `3` for YAS Togo.
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
        /// Which of the confirm events.
        event: Event,
        /// What it told.
        facts: ConfirmFacts,
        /// What went wrong.
        problem: Option<CheckProblem>,
        /// When it was asked.
        asked_at_ms: i64,
        /// When the answer, or its failure, was in.
        answered_at_ms: i64,
        /// When to ask next.
        next_check_at_ms: Option<i64>,
        /// Failures in a row.
        failures: u32,
    },
    /// The till started and found the payment.
    Restarted {
        /// When to ask next.
        next_check_at_ms: Option<i64>,
    },
}

impl What {
    const fn event(&self) -> Event {
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

    /// The word in the journal.
    const fn kind(&self) -> &'static str {
        match self {
            Self::SubmissionStarted { .. } => "submission_started",
            Self::Accepted { .. } => "create_accepted",
            Self::Refused { .. } => "create_refused",
            Self::NotSent { .. } => "create_not_sent",
            Self::Unknown { .. } => "create_unknown",
            Self::Checked { event, .. } => event.as_str(),
            Self::Restarted { .. } => "restarted",
        }
    }

    const fn next_check_at_ms(&self) -> Option<i64> {
        match self {
            Self::Accepted { next_check_at_ms, .. } => Some(*next_check_at_ms),
            Self::Checked { next_check_at_ms, .. } | Self::Restarted { next_check_at_ms } => {
                *next_check_at_ms
            }
            Self::SubmissionStarted { .. }
            | Self::Refused { .. }
            | Self::NotSent { .. }
            | Self::Unknown { .. } => None,
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
    /// When.
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

impl Ledger {
    /// Writes a change, whole or not at all.
    ///
    /// # Errors
    /// [`LedgerError::VersionConflict`] when the payment moved since, [`LedgerError::Illegal`] for a move that does not
    /// exist; then nothing was written.
    pub async fn apply(&self, change: Change) -> Result<Applied, LedgerError> {
        let mut writer = self.inner.file.writer.lock().await;
        let mut transaction = writer.as_mut().ok_or_else(closed)?.begin_with("BEGIN IMMEDIATE").await?;
        let before = payment::by_id(&mut transaction, &change.id).await?.ok_or(LedgerError::NotFound)?;
        if before.version != change.version {
            return Err(LedgerError::VersionConflict);
        }
        let event = change.what.event();
        let step = match (&change.what, is_confirm(event)) {
            (What::Checked { .. }, false) => return Err(IllegalMove { state: before.state, event }.into()),
            (What::Checked { .. }, true)
            | (
                What::SubmissionStarted { .. }
                | What::Accepted { .. }
                | What::Refused { .. }
                | What::NotSent { .. }
                | What::Unknown { .. }
                | What::Restarted { .. },
                _,
            ) => before.state.on(event)?,
        };
        let late = step.to == State::Paid && before.state != State::Paid && late_after(&before.decided());
        let receipt_number = if step.effects.contains(&Effect::PostVerified) {
            Some(entry::next_receipt_number(&mut transaction).await?)
        } else {
            None
        };
        move_head(&mut transaction, &before, &change, step, receipt_number, late).await?;
        journal_move(&mut transaction, &self.inner, &before, &change, step).await?;
        let after = payment::by_id(&mut transaction, &change.id).await?.ok_or(LedgerError::NotFound)?;
        if let Some(receipt_number) = receipt_number {
            post(&mut transaction, &self.inner, &after, receipt_number, change.at_ms).await?;
        }
        transaction.commit().await?;
        Ok(Applied { payment: after, step, late })
    }

    /// Brings the next question about a pending payment forward to `due_at_ms`; never back.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub async fn nudge(&self, id: &PaymentId, due_at_ms: i64) -> Result<Payment, LedgerError> {
        let mut writer = self.inner.file.writer.lock().await;
        let mut transaction = writer.as_mut().ok_or_else(closed)?.begin_with("BEGIN IMMEDIATE").await?;
        sqlx::query(
            "UPDATE payment SET version = version + 1, next_check_at_ms = ? \
             WHERE id = ? AND state = 'pending' AND (next_check_at_ms IS NULL OR next_check_at_ms > ?)",
        )
        .bind(due_at_ms)
        .bind(id.as_str())
        .bind(due_at_ms)
        .execute(&mut *transaction)
        .await?;
        let payment = payment::by_id(&mut transaction, id).await?.ok_or(LedgerError::NotFound)?;
        transaction.commit().await?;
        Ok(payment)
    }
}

const fn is_confirm(event: Event) -> bool {
    match event {
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
    }
}

/// The new head. What an event does not tell keeps its value.
async fn move_head(
    connection: &mut SqliteConnection,
    before: &Payment,
    change: &Change,
    step: Step,
    receipt_number: Option<i64>,
    late: bool,
) -> Result<(), LedgerError> {
    let moved = step.to != before.state;
    let became = |state: State| moved && step.to == state;
    let resolved_at_ms = (moved && step.to.is_final()).then_some(change.at_ms);
    let next_check_at_ms = if step.to == State::Pending { change.what.next_check_at_ms() } else { None };
    let interrupted = matches!(change.what, What::Restarted { .. });
    let (server, credential_set) = match &change.what {
        What::SubmissionStarted { server, credential_set } => {
            (Some(server.as_str()), Some(credential_set.as_str()))
        }
        _ => (None, None),
    };
    let token = match &change.what {
        What::Accepted { token, .. } => Some(token.expose()),
        _ => None,
    };
    let (refusal_code, refusal_text) = match &change.what {
        What::Refused { code, text } => (Some(code.as_str()), Some(text.as_str())),
        _ => (None, None),
    };
    let not_sent_cause = match &change.what {
        What::NotSent { cause } => Some(cause.as_str()),
        _ if became(State::NotSent) && interrupted => Some(NotSentCause::Interrupted.as_str()),
        _ => None,
    };
    let uncertain_cause = match &change.what {
        What::Unknown { cause } => Some(cause.as_str()),
        _ if became(State::Uncertain) && interrupted => Some(UncertainCause::Interrupted.as_str()),
        _ => None,
    };
    let (checked, facts) = match &change.what {
        What::Checked { facts, problem, asked_at_ms, answered_at_ms, failures, .. } => (
            Some((*asked_at_ms, *answered_at_ms, *failures, problem.map(CheckProblem::as_str))),
            facts.clone(),
        ),
        _ => (None, ConfirmFacts::default()),
    };
    let review_reason =
        if became(State::Review) { facts.review_reason.map(ReviewReason::as_str) } else { None };
    let changed = sqlx::query(
        "UPDATE payment SET version = version + 1, state = ?, \
         submitted_at_ms = COALESCE(submitted_at_ms, ?), accepted_at_ms = COALESCE(accepted_at_ms, ?), \
         resolved_at_ms = COALESCE(resolved_at_ms, ?), done_at_ms = COALESCE(?, done_at_ms), \
         token = COALESCE(token, ?), server = COALESCE(?, server), credential_set = COALESCE(?, credential_set), \
         last_check_at_ms = COALESCE(?, last_check_at_ms), last_answer_at_ms = COALESCE(?, last_answer_at_ms), \
         next_check_at_ms = ?, check_failures = COALESCE(?, check_failures), \
         check_problem = CASE WHEN ? THEN ? ELSE check_problem END, \
         operator_id = COALESCE(?, operator_id), operator_name = COALESCE(?, operator_name), \
         request_id = COALESCE(?, request_id), oreference = COALESCE(?, oreference), \
         confirmed_amount_xof = COALESCE(?, confirmed_amount_xof), review_reason = COALESCE(?, review_reason), \
         uncertain_cause = COALESCE(?, uncertain_cause), not_sent_cause = COALESCE(?, not_sent_cause), \
         refusal_code = COALESCE(?, refusal_code), refusal_text = COALESCE(?, refusal_text), \
         receipt_number = COALESCE(receipt_number, ?), late = late OR ? \
         WHERE id = ? AND version = ?",
    )
    .bind(step.to.as_str())
    .bind(became(State::Submitting).then_some(change.at_ms))
    .bind(became(State::Pending).then_some(change.at_ms))
    .bind(resolved_at_ms)
    .bind(resolved_at_ms)
    .bind(token)
    .bind(server)
    .bind(credential_set)
    .bind(checked.map(|(asked, ..)| asked))
    .bind(checked.map(|(_, answered, ..)| answered))
    .bind(next_check_at_ms)
    .bind(checked.map(|(_, _, failures, _)| failures))
    .bind(checked.is_some())
    .bind(checked.and_then(|(.., problem)| problem))
    .bind(facts.operator_id)
    .bind(facts.operator_name)
    .bind(facts.request_id)
    .bind(facts.oreference)
    .bind(facts.confirmed_amount.map(Xof::francs))
    .bind(review_reason)
    .bind(uncertain_cause)
    .bind(not_sent_cause)
    .bind(refusal_code)
    .bind(refusal_text)
    .bind(receipt_number)
    .bind(late)
    .bind(before.id.as_str())
    .bind(before.version)
    .execute(connection)
    .await?;
    if changed.rows_affected() == 1 { Ok(()) } else { Err(LedgerError::VersionConflict) }
}

async fn journal_move(
    connection: &mut SqliteConnection,
    ledger: &Inner,
    before: &Payment,
    change: &Change,
    step: Step,
) -> Result<(), LedgerError> {
    let line = |kind, detail| NewLine {
        payment: Some(&change.id),
        at_ms: change.at_ms,
        kind,
        state: Some(step.to),
        detail,
    };
    journal::append(connection, ledger, line(change.what.kind(), &change.note)).await?;
    if step.effects.contains(&Effect::RecordContradiction) {
        let detail = format!("{} stays, against {}", before.state, change.what.kind());
        journal::append(connection, ledger, line("contradiction", &detail)).await?;
    }
    Ok(())
}

/// The money, in the same transaction as the move. What a manager had accepted before is reversed first, so that it is
/// not counted twice.
async fn post(
    connection: &mut SqliteConnection,
    ledger: &Inner,
    payment: &Payment,
    receipt_number: i64,
    at_ms: i64,
) -> Result<(), LedgerError> {
    if let Some((accepted, amount)) = entry::standing_acceptance(connection, &payment.id).await? {
        let back = amount
            .checked_neg()
            .ok_or_else(|| LedgerError::Damaged("an entry that has no opposite".into()))?;
        let cause = Cause::Reversal { of: accepted, reason: "verified" };
        entry::append(connection, ledger, payment, back, cause, at_ms).await?;
    }
    entry::append(connection, ledger, payment, payment.amount, Cause::Verified { receipt_number }, at_ms)
        .await
}
