//! What people decide about a payment, beside its state. Owns which decision is possible when, and what makes a success
//! late. Refuses to change a state: what the operator said and what a person decided are two things.

use crate::payment::State;
use crate::text_enum::text_enum;
use thiserror::Error;

text_enum! {
    /// A decision, recorded with who, when and why.
    DecisionKind, "decision" {
        /// The screen moved on; the payment is still watched.
        SetAside = "set_aside",
        /// The customer paid in another way meanwhile; a later success is money to give back.
        SettledOtherwise = "settled_otherwise",
        /// A manager accepted it as paid, with the operator's reference as evidence; counted apart for ever.
        AcceptedAsPaid = "accepted_as_paid",
        /// A manager closed it as not paid; still watched while it has a token.
        WrittenOff = "written_off",
        /// A refund made in LigdiCash's dashboard was written down here.
        RefundRecorded = "refund_recorded",
    }
}

impl DecisionKind {
    /// Whether this decision says what became of the sale, so that the payment needs no more attention.
    #[must_use]
    pub const fn settles(self) -> bool {
        match self {
            Self::SettledOtherwise | Self::AcceptedAsPaid | Self::WrittenOff => true,
            Self::SetAside | Self::RefundRecorded => false,
        }
    }
}

/// Why a decision is not possible.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum DecisionRefused {
    /// Not in this state.
    #[error("a payment that is {state} cannot be {decision}")]
    WrongState {
        /// Where the payment stands.
        state: State,
        /// What was to be decided.
        decision: DecisionKind,
    },
    /// Something else was decided before.
    #[error("already decided: {0}")]
    AlreadyDecided(DecisionKind),
}

/// Whether `decision` may be taken about a payment in `state` after the decisions `before`.
///
/// # Errors
/// [`DecisionRefused`] says why not.
pub fn may_decide(
    state: State,
    before: &[DecisionKind],
    decision: DecisionKind,
) -> Result<(), DecisionRefused> {
    use DecisionKind as D;
    let accepted = before.contains(&D::AcceptedAsPaid);
    let possible = match (state, decision) {
        (State::Pending | State::Uncertain | State::Review, D::RefundRecorded) => accepted,
        (
            State::Pending | State::Uncertain | State::Review,
            D::SetAside | D::SettledOtherwise | D::AcceptedAsPaid | D::WrittenOff,
        ) => true,
        (State::Paid, D::RefundRecorded) => true,
        (State::Paid, D::SetAside | D::SettledOtherwise | D::AcceptedAsPaid | D::WrittenOff)
        | (
            State::Recorded | State::Submitting | State::Failed | State::Rejected | State::NotSent,
            D::SetAside | D::SettledOtherwise | D::AcceptedAsPaid | D::WrittenOff | D::RefundRecorded,
        ) => false,
    };
    if !possible {
        return Err(DecisionRefused::WrongState { state, decision });
    }
    let repeated = before.iter().find(|earlier| match decision {
        // One word on what became of the sale; a mistake is corrected by an entry of its own, not by a second word.
        D::SettledOtherwise | D::AcceptedAsPaid | D::WrittenOff => earlier.settles(),
        D::SetAside => **earlier == D::SetAside || earlier.settles(),
        D::RefundRecorded => **earlier == D::RefundRecorded,
    });
    repeated.map_or(Ok(()), |earlier| Err(DecisionRefused::AlreadyDecided(*earlier)))
}

/// Whether money that arrives after `decisions` is late: the sale was closed in another way, so it may have to go back.
#[must_use]
pub fn late_after(decisions: &[DecisionKind]) -> bool {
    decisions
        .iter()
        .any(|decision| matches!(decision, DecisionKind::SettledOtherwise | DecisionKind::WrittenOff))
}

#[cfg(test)]
mod tests {
    use super::*;
    use DecisionKind as D;

    #[test]
    fn every_state_and_decision_pair_is_as_the_table_says() {
        // Columns as DecisionKind::ALL: set aside, settled otherwise, accepted as paid, written off, refund recorded.
        let table = [
            (State::Recorded, [false, false, false, false, false]),
            (State::Submitting, [false, false, false, false, false]),
            (State::Pending, [true, true, true, true, false]),
            (State::Paid, [false, false, false, false, true]),
            (State::Failed, [false, false, false, false, false]),
            (State::Rejected, [false, false, false, false, false]),
            (State::NotSent, [false, false, false, false, false]),
            (State::Uncertain, [true, true, true, true, false]),
            (State::Review, [true, true, true, true, false]),
        ];
        assert_eq!(table.len(), State::ALL.len());
        for (state, row) in table {
            for (decision, allowed) in D::ALL.iter().zip(row) {
                assert_eq!(may_decide(state, &[], *decision).is_ok(), allowed, "{state} {decision}");
            }
        }
    }

    #[test]
    fn what_became_of_a_sale_is_said_once() {
        for first in [D::SettledOtherwise, D::AcceptedAsPaid, D::WrittenOff] {
            for second in [D::SettledOtherwise, D::AcceptedAsPaid, D::WrittenOff, D::SetAside] {
                assert_eq!(
                    may_decide(State::Uncertain, &[first], second),
                    Err(DecisionRefused::AlreadyDecided(first)),
                    "{first} then {second}"
                );
            }
        }
        assert!(may_decide(State::Pending, &[D::SetAside], D::SettledOtherwise).is_ok());
        assert!(may_decide(State::Uncertain, &[D::AcceptedAsPaid], D::RefundRecorded).is_ok());
        assert!(may_decide(State::Paid, &[D::RefundRecorded], D::RefundRecorded).is_err());
    }

    #[test]
    fn money_is_late_only_after_the_sale_was_closed_in_another_way() {
        assert!(!late_after(&[]));
        assert!(!late_after(&[D::SetAside]));
        assert!(!late_after(&[D::AcceptedAsPaid]));
        assert!(late_after(&[D::SetAside, D::SettledOtherwise]));
        assert!(late_after(&[D::WrittenOff]));
    }
}
