//! The next version of a payment, as a pure function of the present one and what happened. Owns which column an event
//! touches. Refuses I/O; which move is legal was asked before.

use crate::change::{Change, ConfirmFacts, What};
use crate::payment::{Payment, StoredRefusal};
use domain::{Effect, NotSentCause, State, Step, UncertainCause, late_after};

/// `before` after `change`, which the state machine answered with `step`. `receipt_number` is the next one, used only
/// when the move posts.
pub(crate) fn advance(before: &Payment, change: &Change, step: Step, receipt_number: Option<i64>) -> Payment {
    let mut next = before.clone();
    next.version = before.version + 1;
    next.state = step.to;
    next.next_check_at_ms = None;
    let mut next_check_at_ms = None;
    match &change.what {
        What::SubmissionStarted { server, credential_set } => {
            next.submitted_at_ms = Some(change.at_ms);
            next.server = Some(server.clone());
            next.credential_set = Some(credential_set.clone());
        }
        What::Accepted { token: _, next_check_at_ms: first } => {
            next.accepted_at_ms = Some(change.at_ms);
            next.has_token = true;
            next_check_at_ms = Some(*first);
        }
        What::Refused { code, text } => {
            next.refusal = Some(StoredRefusal { code: code.clone(), text: text.clone() });
        }
        What::NotSent { cause } => next.not_sent_cause = Some(*cause),
        What::Unknown { cause } => next.uncertain_cause = Some(*cause),
        What::Checked {
            event: _,
            facts,
            problem,
            asked_at_ms,
            answered_at_ms,
            next_check_at_ms: following,
            failures,
        } => {
            next.last_check_at_ms = Some(*asked_at_ms);
            next.last_answer_at_ms = Some(*answered_at_ms);
            next.check_failures = *failures;
            next.check_problem = *problem;
            next_check_at_ms = *following;
            learn(&mut next, facts, before.state);
        }
        What::Restarted { next_check_at_ms: following } => {
            next_check_at_ms = *following;
            interrupted(&mut next, before.state);
        }
    }
    if step.to == State::Pending {
        next.next_check_at_ms = next_check_at_ms;
    }
    if step.to != before.state && step.to.is_final() {
        next.resolved_at_ms = Some(change.at_ms);
        next.done_at_ms = Some(change.at_ms);
    }
    if step.effects.contains(&Effect::PostVerified) {
        next.receipt_number = receipt_number;
        next.late = late_after(&before.decided());
    }
    next
}

/// What a confirm tells. Once a payment has ended, what is known stays, because its receipt was printed with it; what a
/// later answer says against it is in the journal.
fn learn(next: &mut Payment, facts: &ConfirmFacts, before: State) {
    fn keep<T: Clone>(known: &mut Option<T>, told: Option<&T>, ended: bool) {
        if let Some(told) = told
            && (known.is_none() || !ended)
        {
            *known = Some(told.clone());
        }
    }
    let ended = before.is_final();
    keep(&mut next.operator_id, facts.operator_id.as_ref(), ended);
    keep(&mut next.operator_name, facts.operator_name.as_ref(), ended);
    keep(&mut next.request_id, facts.request_id.as_ref(), ended);
    keep(&mut next.oreference, facts.oreference.as_ref(), ended);
    keep(&mut next.confirmed_amount, facts.confirmed_amount.as_ref(), ended);
    if next.state == State::Review {
        keep(&mut next.review_reason, facts.review_reason.as_ref(), ended);
    }
}

/// What a start that finds the payment half way knows about why.
fn interrupted(next: &mut Payment, before: State) {
    match before {
        State::Recorded => next.not_sent_cause = Some(NotSentCause::Interrupted),
        State::Submitting => next.uncertain_cause = Some(UncertainCause::Interrupted),
        State::Pending
        | State::Paid
        | State::Failed
        | State::Rejected
        | State::NotSent
        | State::Uncertain
        | State::Review => {}
    }
}
