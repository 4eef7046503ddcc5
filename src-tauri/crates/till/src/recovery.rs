//! What is found unfinished at start. Owns the report. Every unfinished payment is put back under watch or into the
//! state that is true after a restart (invariant I5); none is forgotten.

use crate::counter::Counter;
use domain::State;
use domain::planted::{Bug, is_planted};
use domain::schedule::FLOOR_MS;
use ledger::{LedgerError, What};

/// What was found, by what became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RecoveryReport {
    /// Still waiting for the customer: watched again.
    pub watched: u32,
    /// The request was on its way: uncertain now.
    pub uncertain: u32,
    /// Had not left: not sent.
    pub not_sent: u32,
    /// Waiting, and what to ask with did not come with a restored copy: not watched.
    pub handle_lost: u32,
}

impl RecoveryReport {
    /// Nothing was unfinished.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.watched == 0 && self.uncertain == 0 && self.not_sent == 0 && self.handle_lost == 0
    }

    /// Both reports in one.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self {
            watched: self.watched + other.watched,
            uncertain: self.uncertain + other.uncertain,
            not_sent: self.not_sent + other.not_sent,
            handle_lost: self.handle_lost + other.handle_lost,
        }
    }
}

pub(crate) async fn recover(counter: &Counter) -> Result<RecoveryReport, LedgerError> {
    let mut report = RecoveryReport::default();
    for found in counter.ledger.unfinished().await? {
        if found.state == State::Pending && !found.has_token {
            counter.handle_lost(&found.id).await?;
            report.handle_lost += 1;
            continue;
        }
        let now_ms = counter.ports.clock.now_ms();
        let recovered = counter
            .apply(&found.id, |_| {
                // Not sooner than the floor: a question may have left just before the end, its answer never written.
                let next_check_at_ms = now_ms + FLOOR_MS;
                let next_check_at_ms =
                    Some(next_check_at_ms).filter(|_| !is_planted(Bug::ForgetAfterRestart));
                Some((What::Restarted { next_check_at_ms }, String::new()))
            })
            .await?;
        match recovered.map(|payment| payment.state) {
            Some(State::Pending) => report.watched += 1,
            Some(State::Uncertain) => report.uncertain += 1,
            Some(State::NotSent) => report.not_sent += 1,
            Some(
                State::Recorded
                | State::Submitting
                | State::Paid
                | State::Failed
                | State::Rejected
                | State::Review,
            )
            | None => {}
        }
    }
    Ok(report)
}
