//! Time that only the simulation moves, and the power switch: every call that the till makes to its surroundings is a
//! point where it may die.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use till::{Boxed, Clock};
use tokio::sync::oneshot;

/// What a thread of the till unwinds with when the power goes.
pub struct PowerCut;

/// 24 November 2026, 09:00 in Lomé.
const BEGIN_MS: i64 = 1_795_510_800_000;

#[derive(Default)]
struct State {
    true_ms: i64,
    set_by_ms: i64,
    /// How long the clock that nobody can set stood still.
    stood_still_ms: i64,
    sleepers: BTreeMap<(i64, u64), oneshot::Sender<()>>,
    ticket: u64,
    calls: u64,
    die_at: Option<u64>,
    dead: bool,
}

/// The machine's clocks and its power.
#[derive(Default)]
pub struct Machine(Mutex<State>);

impl Machine {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Power on; it will go at the `die_at`th call from now.
    pub fn boot(&self, die_at: Option<u64>) {
        let mut state = self.state();
        state.sleepers.clear();
        (state.calls, state.die_at, state.dead) = (0, die_at, false);
    }

    pub fn is_dead(&self) -> bool {
        self.state().dead
    }

    /// A point where the power may go.
    pub fn may_die(&self) {
        let mut state = self.state();
        state.calls += 1;
        if state.die_at == Some(state.calls) {
            state.dead = true;
        }
        if state.dead {
            drop(state);
            std::panic::panic_any(PowerCut);
        }
    }

    /// Milliseconds that really passed.
    pub fn true_ms(&self) -> i64 {
        self.state().true_ms
    }

    /// What the clock on the wall shows.
    pub fn shown_ms(&self) -> i64 {
        let state = self.state();
        BEGIN_MS + state.true_ms + state.set_by_ms
    }

    /// What a clock that is right shows.
    pub fn right_ms(&self) -> i64 {
        BEGIN_MS + self.true_ms()
    }

    /// What the clock that nobody can set shows.
    pub fn steady_ms(&self) -> i64 {
        let state = self.state();
        state.true_ms - state.stood_still_ms
    }

    /// Somebody sets the clock.
    pub fn set_clock(&self, by_ms: i64) {
        self.state().set_by_ms += by_ms;
    }

    /// Somebody sets the clock right.
    pub fn correct_clock(&self) {
        self.state().set_by_ms = 0;
    }

    /// The machine sleeps. Where its steady clock stands still, what waited goes on waiting afterwards.
    pub fn sleep(&self, ms: i64, stands_still: bool) {
        let mut state = self.state();
        state.true_ms += ms;
        if stands_still {
            state.stood_still_ms += ms;
            let waiting = std::mem::take(&mut state.sleepers);
            state.sleepers =
                waiting.into_iter().map(|((at, ticket), who)| ((at + ms, ticket), who)).collect();
        }
    }

    /// Time goes on without anything happening: a restart, or a machine asleep.
    pub fn pass(&self, ms: i64) {
        self.state().true_ms += ms;
    }

    /// When the next sleeper wakes.
    pub fn next_ms(&self) -> Option<i64> {
        self.state().sleepers.keys().next().map(|(at, _)| *at)
    }

    /// Moves time to the next sleeper and wakes it.
    pub fn wake_next(&self) {
        let mut state = self.state();
        if let Some(((at, _), sleeper)) = state.sleepers.pop_first() {
            state.true_ms = state.true_ms.max(at);
            // Nobody listens any more when the sleep was given up.
            let _ = sleeper.send(());
        }
    }

    pub async fn wait(&self, ms: i64) {
        let woken = {
            let mut state = self.state();
            let (sender, woken) = oneshot::channel();
            state.ticket += 1;
            let at = (state.true_ms + ms.max(0), state.ticket);
            state.sleepers.insert(at, sender);
            woken
        };
        if woken.await.is_err() {
            // The power went while it slept.
            std::future::pending::<()>().await;
        }
    }
}

impl Clock for Machine {
    fn now_ms(&self) -> i64 {
        self.may_die();
        self.shown_ms()
    }

    fn monotonic_ms(&self) -> i64 {
        self.may_die();
        self.steady_ms()
    }

    fn sleep(&self, wait: Duration) -> Boxed<'_, ()> {
        self.may_die();
        Box::pin(self.wait(i64::try_from(wait.as_millis()).unwrap_or(i64::MAX)))
    }
}
