//! Faults that are planted on purpose, to test the tests: each is a mistake somebody could make, and the simulation must
//! find it. Owns their names. Without the feature `planted` there are none, and no release build can have the feature.

use crate::payment::{Event, IllegalMove, State, Step};
use crate::text_enum::text_enum;

text_enum! {
    /// A planted fault.
    Bug, "planted fault" {
        /// The create leaves before it is committed that it will (I1).
        SendBeforeCommit = "send-before-commit",
        /// A create whose answer was lost is sent again (I2).
        RetryCreate = "retry-create",
        /// A lost answer counts as nothing sent (I2).
        UnknownIsNotSent = "unknown-is-not-sent",
        /// A request on its way at a crash counts as not sent (I2).
        SubmittingIsNotSent = "submitting-is-not-sent",
        /// The page is told before the commit (I3).
        TellBeforeCommit = "tell-before-commit",
        /// A token that arrives while the till closes is thrown away (I3).
        DropTokenOnClose = "drop-token-on-close",
        /// A refused payment may still become a paid one (I4).
        FinalChanges = "final-changes",
        /// A restart forgets when to ask next (I5).
        ForgetAfterRestart = "forget-after-restart",
        /// What was set aside is watched no longer (I5).
        ForgetSetAside = "forget-set-aside",
        /// A clock that was set back is not noticed (I5).
        ClockBackUnseen = "clock-back-unseen",
        /// A clock that was set years ahead ends every watch (I5).
        ForgetAfterClockJump = "forget-after-clock-jump",
        /// A clock that differs from LigdiCash's is not told of.
        ClockWrongUnseen = "clock-wrong-unseen",
        /// The notice of a wrong clock stays when the clock is right.
        ClockNoticeStays = "clock-notice-stays",
        /// The business day is UTC's, whatever zone and cut-off the shop has set.
        DayFromUtc = "day-from-utc",
        /// Another amount or another identifier pays as well (I6).
        MismatchPays = "mismatch-pays",
        /// Late money is in no total (I7).
        LateUncounted = "late-uncounted",
        /// A check by hand does not keep the three seconds (I8).
        FloorIgnored = "floor-ignored",
        /// A check by hand does not wait for the question that is out (I8).
        TwoQuestions = "two-questions",
        /// The same sale pressed twice is charged twice.
        IntentIgnored = "intent-ignored",
        /// A number with an unresolved payment is asked again without a word.
        GuardSkipped = "guard-skipped",
    }
}

#[cfg(all(feature = "planted", not(debug_assertions)))]
compile_error!("planted faults are for the proof of the tests; a release build must not have them");

#[cfg(feature = "planted")]
static PLANTED: std::sync::RwLock<Option<Bug>> = std::sync::RwLock::new(None);

/// Plants one fault in this process, or none.
#[cfg(feature = "planted")]
pub fn plant(bug: Option<Bug>) {
    *PLANTED.write().unwrap_or_else(std::sync::PoisonError::into_inner) = bug;
}

/// Whether this fault is planted: never, without the feature.
#[must_use]
#[cfg(feature = "planted")]
pub fn is_planted(bug: Bug) -> bool {
    *PLANTED.read().unwrap_or_else(std::sync::PoisonError::into_inner) == Some(bug)
}

/// Whether this fault is planted: never, without the feature.
#[must_use]
#[cfg(not(feature = "planted"))]
pub const fn is_planted(_: Bug) -> bool {
    false
}

/// [`State::on`], or what it would say with a fault in it.
///
/// # Errors
/// As [`State::on`].
pub fn step(state: State, event: Event) -> Result<Step, IllegalMove> {
    let step = state.on(event)?;
    let wrong = |to, like: Event| State::Pending.on(like).map(|step| Step { to, ..step });
    if is_planted(Bug::SubmittingIsNotSent) && (state, event) == (State::Submitting, Event::Restarted) {
        return Ok(Step { to: State::NotSent, ..step });
    }
    if is_planted(Bug::FinalChanges) && (state, event) == (State::Failed, Event::ConfirmCompleted) {
        return wrong(State::Paid, event);
    }
    if is_planted(Bug::MismatchPays) && (state, event) == (State::Pending, Event::ConfirmMismatch) {
        return wrong(State::Paid, Event::ConfirmCompleted);
    }
    Ok(step)
}
