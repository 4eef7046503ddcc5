//! The payment state machine: one total function from a state and an event to the next state and what to do.
//!
//! Owns which moves exist. Refuses I/O and people: it returns effects for a driver to perform, and what a person decided
//! stands beside the state ([`crate::decision`]), never in it.
//!
//! ```text
//!            ┌──────────▶ not_sent            ┌─▶ paid
//! recorded ──┴▶ submitting ──▶ pending ───────┼─▶ failed
//!                   ├──▶ rejected             └─▶ review ──▶ paid
//!                   ├──▶ not_sent
//!                   └──▶ uncertain
//! ```

use crate::text_enum::text_enum;
use thiserror::Error;

text_enum! {
    /// Where a payment stands. One payment is one create attempt, with at most one token.
    State, "payment state" {
        /// On disk, nothing sent.
        Recorded = "recorded",
        /// The request may have left.
        Submitting = "submitting",
        /// Token stored, the customer is to approve. Has no end at LigdiCash (API reference, section 1, fact 4).
        Pending = "pending",
        /// Confirm said completed, and amount and identifier are ours. Final.
        Paid = "paid",
        /// Confirm said that it did not complete. Final.
        Failed = "failed",
        /// Create was refused: nothing was created. Final.
        Rejected = "rejected",
        /// Nothing left the machine. Final.
        NotSent = "not_sent",
        /// Create may have reached LigdiCash and no token came back: only people can resolve it.
        Uncertain = "uncertain",
        /// Completed at LigdiCash, but the amount or the identifier differs.
        Review = "review",
    }
}

impl State {
    /// Whether the state never changes any more (invariant I4).
    #[must_use]
    pub const fn is_final(self) -> bool {
        match self {
            Self::Paid | Self::Failed | Self::Rejected | Self::NotSent => true,
            Self::Recorded | Self::Submitting | Self::Pending | Self::Uncertain | Self::Review => false,
        }
    }

    /// Whether the money may still move, so that asking the same customer again needs a person's word.
    #[must_use]
    pub const fn is_unresolved(self) -> bool {
        !self.is_final()
    }
}

text_enum! {
    /// What can happen to a payment. The data of an event (token, code, operator…) travels beside it.
    Event, "payment event" {
        /// The driver is about to send the create.
        SubmissionStarted = "submission_started",
        /// Create answered `00` with a token.
        CreateAccepted = "create_accepted",
        /// Create answered `01`.
        CreateRefused = "create_refused",
        /// The create provably never left the machine.
        CreateNotSent = "create_not_sent",
        /// Anything else: the create may have arrived.
        CreateUnknown = "create_unknown",
        /// Confirm says that the customer has not acted yet.
        ConfirmPending = "confirm_pending",
        /// Confirm says completed, and amount and identifier are ours.
        ConfirmCompleted = "confirm_completed",
        /// Confirm says completed, but something differs.
        ConfirmMismatch = "confirm_mismatch",
        /// Confirm says that it did not complete.
        ConfirmNotCompleted = "confirm_not_completed",
        /// Confirm brought no usable answer.
        ConfirmUnknown = "confirm_unknown",
        /// The till started and found the payment as it is.
        Restarted = "restarted",
    }
}

text_enum! {
    /// What the driver has to do after a move.
    Effect, "payment effect" {
        /// Send the create, once.
        SendCreate = "send_create",
        /// Ask LigdiCash again when the schedule says so.
        Watch = "watch",
        /// Ask no more by itself.
        StopWatching = "stop_watching",
        /// Give the receipt number and write the ledger entry, in the transaction of this move.
        PostVerified = "post_verified",
        /// Write the contradiction down and alert: the state stays (invariant I4).
        RecordContradiction = "record_contradiction",
    }
}

/// A legal move.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    /// The next state, which may be the same.
    pub to: State,
    /// What to do, in order.
    pub effects: &'static [Effect],
}

/// A move that does not exist. A bug if it happens: refused loudly, never ignored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("no move from {state} on {event}")]
pub struct IllegalMove {
    /// Where the payment stands.
    pub state: State,
    /// What was to happen.
    pub event: Event,
}

impl State {
    /// The move from this state on `event`.
    ///
    /// # Errors
    /// [`IllegalMove`] for a pair that cannot happen to a payment.
    pub const fn on(self, event: Event) -> Result<Step, IllegalMove> {
        use {Effect as Do, Event as E, State as S};
        let (to, effects): (S, &'static [Do]) = match (self, event) {
            (S::Recorded, E::SubmissionStarted) => (S::Submitting, &[Do::SendCreate]),
            (S::Recorded, E::CreateNotSent | E::Restarted) => (S::NotSent, &[]),

            (S::Submitting, E::CreateAccepted) => (S::Pending, &[Do::Watch]),
            (S::Submitting, E::CreateRefused) => (S::Rejected, &[]),
            (S::Submitting, E::CreateNotSent) => (S::NotSent, &[]),
            // The money may move: never "failed", whatever the cause (invariant I2).
            (S::Submitting, E::CreateUnknown | E::Restarted) => (S::Uncertain, &[]),

            (S::Pending, E::ConfirmPending | E::ConfirmUnknown | E::Restarted) => (S::Pending, &[Do::Watch]),
            (S::Pending, E::ConfirmCompleted) => (S::Paid, &[Do::PostVerified, Do::StopWatching]),
            (S::Pending, E::ConfirmMismatch) => (S::Review, &[Do::StopWatching]),
            (S::Pending, E::ConfirmNotCompleted) => (S::Failed, &[Do::StopWatching]),

            // A later, whole confirmation settles what an incomplete one left open.
            (S::Review, E::ConfirmCompleted) => (S::Paid, &[Do::PostVerified]),
            (S::Review, E::ConfirmMismatch | E::ConfirmUnknown | E::Restarted) => (S::Review, &[]),
            (S::Review, E::ConfirmPending | E::ConfirmNotCompleted) => {
                (S::Review, &[Do::RecordContradiction])
            }

            (S::Paid, E::ConfirmCompleted | E::ConfirmUnknown | E::Restarted) => (S::Paid, &[]),
            (S::Paid, E::ConfirmPending | E::ConfirmMismatch | E::ConfirmNotCompleted) => {
                (S::Paid, &[Do::RecordContradiction])
            }
            (S::Failed, E::ConfirmNotCompleted | E::ConfirmUnknown | E::Restarted) => (S::Failed, &[]),
            (S::Failed, E::ConfirmPending | E::ConfirmCompleted | E::ConfirmMismatch) => {
                (S::Failed, &[Do::RecordContradiction])
            }

            // Without a token there is nothing to ask, so nothing but a restart can reach these.
            (S::Rejected, E::Restarted) => (S::Rejected, &[]),
            (S::NotSent, E::Restarted) => (S::NotSent, &[]),
            (S::Uncertain, E::Restarted) => (S::Uncertain, &[]),

            (
                S::Recorded,
                E::CreateAccepted
                | E::CreateRefused
                | E::CreateUnknown
                | E::ConfirmPending
                | E::ConfirmCompleted
                | E::ConfirmMismatch
                | E::ConfirmNotCompleted
                | E::ConfirmUnknown,
            )
            | (
                S::Submitting,
                E::SubmissionStarted
                | E::ConfirmPending
                | E::ConfirmCompleted
                | E::ConfirmMismatch
                | E::ConfirmNotCompleted
                | E::ConfirmUnknown,
            )
            | (
                S::Pending | S::Review | S::Paid | S::Failed,
                E::SubmissionStarted
                | E::CreateAccepted
                | E::CreateRefused
                | E::CreateNotSent
                | E::CreateUnknown,
            )
            | (
                S::Rejected | S::NotSent | S::Uncertain,
                E::SubmissionStarted
                | E::CreateAccepted
                | E::CreateRefused
                | E::CreateNotSent
                | E::CreateUnknown
                | E::ConfirmPending
                | E::ConfirmCompleted
                | E::ConfirmMismatch
                | E::ConfirmNotCompleted
                | E::ConfirmUnknown,
            ) => return Err(IllegalMove { state: self, event }),
        };
        Ok(Step { to, effects })
    }
}

text_enum! {
    /// Why nothing left the machine.
    NotSentCause, "not-sent cause" {
        /// The server could not be reached.
        NoConnection = "no_connection",
        /// The secure connection could not be made.
        Tls = "tls",
        /// The till stopped before sending.
        Interrupted = "interrupted",
    }
}

text_enum! {
    /// Why the answer to a create is not known.
    UncertainCause, "uncertain cause" {
        /// No answer in time, or the connection broke.
        AnswerLost = "answer_lost",
        /// An answer that could not be read as one.
        AnswerUnreadable = "answer_unreadable",
        /// Accepted, but without a token.
        NoToken = "no_token",
        /// The till stopped while the request was on its way.
        Interrupted = "interrupted",
    }
}

text_enum! {
    /// Why a completed payment is not counted as paid (API reference, section 7.5).
    ReviewReason, "review reason" {
        /// Another amount was confirmed.
        AmountDiffers = "amount_differs",
        /// No readable amount was confirmed.
        AmountMissing = "amount_missing",
        /// Another identifier was confirmed.
        IdDiffers = "id_differs",
        /// Completed, under a response code that is not `00`.
        CodeContradicts = "code_contradicts",
    }
}

text_enum! {
    /// What went wrong with a question; it changes nothing about the payment.
    CheckProblem, "check problem" {
        /// The server could not be reached.
        NoConnection = "no_connection",
        /// The secure connection could not be made.
        Tls = "tls",
        /// The keys were refused: a manager must act.
        KeysRefused = "keys_refused",
        /// LigdiCash does not find the payment with these keys.
        NotFound = "not_found",
        /// No usable answer.
        NoUsableAnswer = "no_usable_answer",
        /// There are no keys to ask with.
        NoKeys = "no_keys",
        /// The handle did not come with a restored copy: the till cannot ask any more.
        HandleLost = "handle_lost",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The whole table, written out: rows are states, columns are events in the order of [`Event::ALL`].
    /// `-` is a refused pair; a trailing `!` records a contradiction, `w` watches, `s` stops, `p` posts, `c` creates.
    const TABLE: &str = "
        state       started      accepted   refused    not_sent   unknown    c_pending  c_completed  c_mismatch  c_notcompl  c_unknown  restarted
        recorded    submitting/c -          -          not_sent   -          -          -            -           -           -          not_sent
        submitting  -            pending/w  rejected   not_sent   uncertain  -          -            -           -           -          uncertain
        pending     -            -          -          -          -          pending/w  paid/ps      review/s    failed/s    pending/w  pending/w
        paid        -            -          -          -          -          paid/!     paid         paid/!      paid/!      paid       paid
        failed      -            -          -          -          -          failed/!   failed/!     failed/!    failed      failed     failed
        rejected    -            -          -          -          -          -          -            -           -           -          rejected
        not_sent    -            -          -          -          -          -          -            -           -           -          not_sent
        uncertain   -            -          -          -          -          -          -            -           -           -          uncertain
        review      -            -          -          -          -          review/!   paid/p       review      review/!    review     review
    ";

    fn letter(effect: Effect) -> char {
        match effect {
            Effect::SendCreate => 'c',
            Effect::Watch => 'w',
            Effect::StopWatching => 's',
            Effect::PostVerified => 'p',
            Effect::RecordContradiction => '!',
        }
    }

    fn shown(result: Result<Step, IllegalMove>) -> String {
        match result {
            Err(_) => "-".to_owned(),
            Ok(step) if step.effects.is_empty() => step.to.to_string(),
            Ok(step) => {
                format!("{}/{}", step.to, step.effects.iter().copied().map(letter).collect::<String>())
            }
        }
    }

    #[test]
    fn every_state_and_event_pair_is_as_the_table_says() {
        let rows: Vec<Vec<&str>> = TABLE
            .lines()
            .map(|line| line.split_whitespace().collect::<Vec<_>>())
            .filter(|row| !row.is_empty())
            .collect();
        assert_eq!(rows.len(), State::ALL.len() + 1);
        for (row, state) in rows[1..].iter().zip(State::ALL) {
            assert_eq!(row[0], state.as_str());
            assert_eq!(row.len(), Event::ALL.len() + 1);
            for (cell, event) in row[1..].iter().zip(Event::ALL) {
                assert_eq!(shown(state.on(*event)), *cell, "{state} on {event}");
            }
        }
        let (states, events) = (State::ALL.len(), Event::ALL.len());
        println!(
            "FIGURE state table | {states} states, {events} events | all {} pairs as written",
            states * events
        );
    }

    #[test]
    fn only_a_matching_confirmation_pays() {
        for state in State::ALL {
            for event in Event::ALL {
                if let Ok(step) = state.on(*event)
                    && step.to == State::Paid
                    && *state != State::Paid
                {
                    assert_eq!(*event, Event::ConfirmCompleted);
                    assert_eq!(step.effects[0], Effect::PostVerified);
                }
            }
        }
    }

    #[test]
    fn final_states_never_change() {
        for state in State::ALL.iter().filter(|state| state.is_final()) {
            for event in Event::ALL {
                if let Ok(step) = state.on(*event) {
                    assert_eq!(step.to, *state, "{state} on {event}");
                }
            }
        }
    }

    proptest! {
        #[test]
        fn along_any_story_one_create_is_sent_and_one_entry_posted_at_most(events in proptest::collection::vec(0..Event::ALL.len(), 0..60)) {
            let (mut state, mut creates, mut posts) = (State::Recorded, 0, 0);
            for event in events.into_iter().map(|index| Event::ALL[index]) {
                let before = state;
                if let Ok(step) = state.on(event) {
                    creates += step.effects.iter().filter(|effect| **effect == Effect::SendCreate).count();
                    posts += step.effects.iter().filter(|effect| **effect == Effect::PostVerified).count();
                    state = step.to;
                }
                prop_assert!(!before.is_final() || before == state);
            }
            prop_assert!(creates <= 1 && posts <= 1);
            prop_assert_eq!(posts == 1, state == State::Paid);
        }
    }
}
