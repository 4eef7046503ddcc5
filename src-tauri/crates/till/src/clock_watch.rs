//! This computer's clock against LigdiCash's. Owns what the till last knew of it, the journal's line about it, and telling.
//! Blocks nothing: a sale is written at the time that the computer shows, and a person is told when that is wrong.

use crate::ports::{Ports, TillEvent};
use domain::clock_skew::{Exchange, RIGHT_WITHIN_MS, wrong_by_ms};
use domain::planted::{Bug, is_planted};
use ledger::Ledger;
use std::sync::{Mutex, PoisonError};

/// A difference that moved by less is told of no second time.
const WORTH_TELLING_MS: u64 = 60_000;
const FOUND_WRONG: &str = "clock_wrong";
const FOUND_RIGHT: &str = "clock_right";

/// What is known of this computer's clock.
pub(crate) struct ClockWatch {
    ports: Ports,
    wrong: Mutex<Option<Wrong>>,
}

#[derive(Debug, Clone, Copy)]
struct Wrong {
    by_ms: i64,
    seen_at: Moment,
}

/// Both clocks of this computer at one moment.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Moment {
    pub(crate) wall_ms: i64,
    pub(crate) monotonic_ms: i64,
}

impl Moment {
    pub(crate) fn now(ports: &Ports) -> Self {
        Self { wall_ms: ports.clock.now_ms(), monotonic_ms: ports.clock.monotonic_ms() }
    }

    /// How much further the clock on the wall has come since `before` than time has: above zero when it was set ahead or
    /// the machine slept, below zero when it was set back.
    pub(crate) const fn leap_since_ms(self, before: Self) -> i64 {
        (self.wall_ms - before.wall_ms) - (self.monotonic_ms - before.monotonic_ms)
    }
}

impl ClockWatch {
    pub(crate) const fn new(ports: Ports) -> Self {
        Self { ports, wrong: Mutex::new(None) }
    }

    /// How much the clock is ahead of LigdiCash's (behind, below zero); none while nothing says that it is wrong.
    pub(crate) fn wrong_by_ms(&self) -> Option<i64> {
        self.wrong().map(|wrong| wrong.by_ms)
    }

    fn wrong(&self) -> Option<Wrong> {
        *self.wrong.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes what an answer says: asked, answered, and what LigdiCash's clock showed. The journal gets one line when the
    /// clock is found wrong, and one when it is right again.
    pub(crate) async fn hear(
        &self,
        asked: Moment,
        answered: Moment,
        server_ms: Option<i64>,
        ledger: Option<&Ledger>,
    ) {
        let exchange = server_ms.map(|server_ms| Exchange {
            asked_at_ms: asked.wall_ms,
            answered_at_ms: answered.wall_ms,
            took_ms: answered.monotonic_ms - asked.monotonic_ms,
            server_ms,
        });
        let Some(skew_ms) = exchange.and_then(Exchange::skew_ms) else { return };
        if is_planted(Bug::ClockWrongUnseen) {
            return;
        }
        let wrong = wrong_by_ms(self.wrong().is_some(), skew_ms);
        self.take(wrong.map(|by_ms| Wrong { by_ms, seen_at: answered }), ledger).await;
    }

    /// Looks whether a person set a wrong clock right: that is believed until the next answer. Any other leap says nothing,
    /// because a machine that slept leaps too.
    pub(crate) async fn look(&self, now: Moment, ledger: &Ledger) {
        let left_ms = self.wrong().map(|wrong| wrong.by_ms.saturating_add(now.leap_since_ms(wrong.seen_at)));
        if left_ms.is_some_and(|left_ms| left_ms.unsigned_abs() <= RIGHT_WITHIN_MS.unsigned_abs()) {
            self.take(None, Some(ledger)).await;
        }
    }

    async fn take(&self, now: Option<Wrong>, ledger: Option<&Ledger>) {
        if now.is_none() && is_planted(Bug::ClockNoticeStays) {
            return;
        }
        let before = {
            let mut known = self.wrong.lock().unwrap_or_else(PoisonError::into_inner);
            std::mem::replace(&mut *known, now)
        };
        let line = match (before, now) {
            (None, None) => return,
            (Some(before), Some(now)) if before.by_ms.abs_diff(now.by_ms) < WORTH_TELLING_MS => return,
            (Some(_), Some(_)) => None,
            (None, Some(now)) => Some((FOUND_WRONG, format!("{} ms ahead of LigdiCash", now.by_ms))),
            (Some(_), None) => Some((FOUND_RIGHT, String::new())),
        };
        self.ports.events.emit(TillEvent::ClockWrong { by_ms: now.map(|now| now.by_ms) });
        if let (Some((kind, detail)), Some(ledger)) = (line, ledger)
            && let Err(error) = ledger.note(self.ports.clock.now_ms(), kind, &detail).await
        {
            tracing::warn!(%error, kind, "the journal does not have it");
        }
    }
}
