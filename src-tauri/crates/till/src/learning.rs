//! What a counter learned from its own history: how densely to ask, and what to tell a cashier of it. Owns when it is looked
//! up again. One bounded question to the ledger, asked by the watch loop between two others; no charge waits for it.

use domain::State;
use domain::answering::{Answering, LATEST, Request, light, nine_in_ten_s};
use domain::pace::{OUTCOMES_MAX, Outcome, Pace};
use domain::schedule::DAY_MS;
use ledger::{Heard, Ledger, LedgerError};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};

/// Looked up again after so many ends, or after a day.
const ENDS: usize = 50;
/// Attempts that were never accepted stand between the latest that were.
const LOOKED_THROUGH: usize = 4 * LATEST;

/// What a counter knows of its history.
#[derive(Default)]
pub(crate) struct Learning {
    learned: RwLock<Learned>,
    /// How many payments came to their end since.
    ends: AtomicUsize,
}

/// What was learned last.
#[derive(Default)]
struct Learned {
    pace: Arc<Pace>,
    nine_in_ten_s: Option<u32>,
    approvals: u32,
    at_monotonic_ms: Option<i64>,
}

impl Learning {
    fn read(&self) -> RwLockReadGuard<'_, Learned> {
        self.learned.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn pace(&self) -> Arc<Pace> {
        Arc::clone(&self.read().pace)
    }

    /// A payment came to its end.
    pub(crate) fn ended(&self) {
        self.ends.fetch_add(1, Ordering::Relaxed);
    }

    /// Learns again when it is time to.
    pub(crate) async fn keep_up(&self, ledger: &Ledger, monotonic_ms: i64) -> Result<(), LedgerError> {
        let is_recent = self.read().at_monotonic_ms.is_some_and(|at_ms| monotonic_ms - at_ms < DAY_MS);
        if is_recent && self.ends.load(Ordering::Relaxed) < ENDS {
            return Ok(());
        }
        let heard = ledger.heard(u32::try_from(OUTCOMES_MAX).unwrap_or(u32::MAX)).await?;
        let outcomes: Vec<_> = heard.iter().filter_map(outcome).collect();
        let mut approvals: Vec<_> =
            heard.iter().filter(|heard| heard.state == State::Paid).filter_map(asked_after_ms).collect();
        *self.learned.write().unwrap_or_else(PoisonError::into_inner) = Learned {
            pace: Arc::new(Pace::learned(&outcomes)),
            approvals: u32::try_from(approvals.len()).unwrap_or(u32::MAX),
            nine_in_ten_s: nine_in_ten_s(&mut approvals),
            at_monotonic_ms: Some(monotonic_ms),
        };
        self.ends.store(0, Ordering::Relaxed);
        Ok(())
    }

    /// What there is to tell at `now_ms`: what was learned last, and the light as it is now.
    pub(crate) async fn answering(&self, ledger: &Ledger, now_ms: i64) -> Result<Answering, LedgerError> {
        let lately = ledger.heard_lately(u32::try_from(LOOKED_THROUGH).unwrap_or(u32::MAX)).await?;
        let request = |heard: &Heard| Request {
            ago_ms: now_ms.saturating_sub(heard.accepted_at_ms),
            took_ms: asked_after_ms(heard).filter(|_| has_ended(heard.state)),
        };
        let light = light(&lately.iter().map(request).collect::<Vec<_>>());
        let learned = self.read();
        Ok(Answering { nine_in_ten_s: learned.nine_in_ten_s, approvals: learned.approvals, light })
    }
}

/// How old a request was when the last question about it left; none when the clock was set meanwhile.
fn asked_after_ms(heard: &Heard) -> Option<i64> {
    heard
        .last_check_at_ms
        .map(|at_ms| at_ms.saturating_sub(heard.accepted_at_ms))
        .filter(|age_ms| *age_ms > 0)
}

fn outcome(heard: &Heard) -> Option<Outcome> {
    Some(Outcome { age_ms: asked_after_ms(heard)?, came: has_ended(heard.state) })
}

/// LigdiCash said what became of it.
const fn has_ended(state: State) -> bool {
    match state {
        State::Paid | State::Failed | State::Review => true,
        State::Recorded
        | State::Submitting
        | State::Pending
        | State::Rejected
        | State::NotSent
        | State::Uncertain => false,
    }
}
