//! Questions brought forward, and a way made warm: when somebody is back, the network is, or a sale begins to be typed. Owns
//! how many, and how often.

use super::Counter;
use domain::State;
use domain::schedule;
use ledger::{LedgerError, Payment};
use std::sync::PoisonError;

/// A nudge for all brings so many payments forward, the newest,
const LOOKED_AGAIN_AT: u32 = 20;
/// and none older than a day.
const LOOKED_AGAIN_MS: i64 = schedule::DAY_MS;
/// A way that was gone within this time is warm.
const WARM_MS: i64 = 60_000;

impl Counter {
    /// Brings the next question of the chosen pending payments forward to now; the loop keeps the floor and the order.
    pub(crate) async fn hurry(&self, which: impl Fn(&Payment) -> bool) -> Result<(), LedgerError> {
        for payment in self.ledger.unfinished().await? {
            if payment.state == State::Pending && which(&payment) {
                self.bring_forward(&payment).await?;
            }
        }
        self.nudge.notify_one();
        Ok(())
    }

    /// Goes the way to LigdiCash once, unless anything went there within the last minute: typing cannot flood it.
    pub(crate) async fn warm_up(&self) {
        let Some(line) = self.line() else { return };
        if !self.is_stopping() && self.is_way_cold() {
            self.goes_the_way();
            line.gateway.warm_up().await;
        }
    }

    /// Something goes the way to LigdiCash now.
    pub(super) fn goes_the_way(&self) {
        let now_ms = self.ports.clock.monotonic_ms();
        *self.gone_at_ms.lock().unwrap_or_else(PoisonError::into_inner) = Some(now_ms);
    }

    pub(super) fn is_way_cold(&self) -> bool {
        let gone_at_ms = *self.gone_at_ms.lock().unwrap_or_else(PoisonError::into_inner);
        gone_at_ms.is_none_or(|gone_ms| self.ports.clock.monotonic_ms() - gone_ms >= WARM_MS)
    }

    /// Somebody is back, or something is: the newest payments are asked about as soon as each may be. Twice within three
    /// seconds is once.
    pub(crate) async fn look_again(&self) {
        let monotonic_ms = self.ports.clock.monotonic_ms();
        {
            let mut before = self.looked_again_at_ms.lock().unwrap_or_else(PoisonError::into_inner);
            if before.is_some_and(|before_ms| monotonic_ms - before_ms < schedule::FLOOR_MS) {
                return;
            }
            *before = Some(monotonic_ms);
        }
        if let Err(error) = self.bring_the_newest_forward().await {
            tracing::warn!(%error, "payments could not be brought forward");
        }
    }

    pub(super) async fn bring_the_newest_forward(&self) -> Result<(), LedgerError> {
        let now_ms = self.ports.clock.now_ms();
        let since_ms = now_ms - LOOKED_AGAIN_MS;
        for id in self.ledger.waiting_since(since_ms, now_ms, LOOKED_AGAIN_AT).await? {
            if let Some(payment) = self.ledger.payment(&id).await? {
                self.bring_forward(&payment).await?;
            }
        }
        self.nudge.notify_one();
        Ok(())
    }

    /// Plans the next question for the first moment it is allowed at, so that the loop meets nobody it must wait for. A
    /// clock that was set cannot make that later than the floor from now.
    pub(crate) async fn bring_forward(&self, payment: &Payment) -> Result<Payment, LedgerError> {
        let now_ms = self.ports.clock.now_ms();
        let asked = payment.last_check_at_ms.zip(payment.last_answer_at_ms);
        let allowed_ms =
            asked.map_or(now_ms, |(at_ms, answered_ms)| schedule::earliest_ms(at_ms, answered_ms));
        let due_at_ms = allowed_ms.clamp(now_ms, now_ms + schedule::FLOOR_MS);
        self.ledger.nudge(&payment.id, due_at_ms).await
    }
}
