//! The watch loop: one task a counter, asleep until the earliest due payment or a nudge. Owns when a question is asked;
//! what is asked and written is the driver's ([`crate::counter`]).

use crate::clock_watch::Moment;
use crate::counter::Counter;
use domain::Mode;
use domain::planted::{Bug, is_planted};
use std::sync::Arc;
use std::time::Duration;

/// The longest sleep. A machine that slept, or a clock that was set, is noticed within this time.
const NAP_MAX_MS: i64 = 15_000;
/// The pause after the ledger did not answer, so that a full disk does not make the processor hot.
const LEDGER_PAUSE_MS: u64 = 5_000;
/// Between two questions about different payments, so that a thousand open ones are no burst.
const GAP_MS: u64 = 250;
/// A clock that goes back by more than this makes every due moment doubtful.
const CLOCK_SLACK_MS: i64 = 5_000;

/// Starts the loop. Stopping drops it wherever it is: a question whose answer is lost changes nothing, and an unfinished
/// transaction rolls back.
pub(crate) fn start(counter: Arc<Counter>) -> tokio::task::JoinHandle<()> {
    tokio::spawn(async move {
        tokio::select! {
            () = run(&counter) => {}
            () = counter.stopped() => {}
        }
    })
}

async fn run(counter: &Counter) {
    let mut clock = ClockGuard { seen: counter.began, is_doubtful: false };
    while !counter.is_stopping() {
        let now = Moment::now(&counter.ports);
        clock.look(now);
        if counter.mode == Mode::Live {
            counter.clock_watch.look(now, &counter.ledger).await;
        }
        if clock.is_doubtful {
            match counter.hurry(|_| true).await {
                Ok(()) => clock.is_doubtful = false,
                Err(error) => {
                    tracing::warn!(%error, "the clock went back and payments could not be brought forward yet");
                }
            }
        }
        let wait_ms = match wait_or_ask(counter).await {
            Ok(Some(wait_ms)) => wait_ms,
            Ok(None) => GAP_MS,
            Err(error) => {
                tracing::error!(%error, "the watch loop cannot go on yet");
                LEDGER_PAUSE_MS
            }
        };
        tokio::select! {
            () = counter.ports.clock.sleep(Duration::from_millis(wait_ms)) => {}
            () = counter.nudge.notified() => {}
        }
    }
}

/// Asks about the earliest payment if it is due; otherwise says how long to sleep.
async fn wait_or_ask(counter: &Counter) -> Result<Option<u64>, crate::error::TillError> {
    let Some(line) = counter.line() else { return Ok(Some(nap(NAP_MAX_MS))) };
    let Some(due) = counter.ledger.next_due(&line.server).await? else { return Ok(Some(nap(NAP_MAX_MS))) };
    let wait_ms = due.due_at_ms.saturating_sub(counter.ports.clock.now_ms());
    if wait_ms > 0 {
        return Ok(Some(nap(wait_ms)));
    }
    counter.check(&due.id).await?;
    Ok(None)
}

fn nap(wait_ms: i64) -> u64 {
    u64::try_from(wait_ms.clamp(1, NAP_MAX_MS)).unwrap_or(1)
}

/// Compares the two clocks from turn to turn, from the moment the counter was opened.
struct ClockGuard {
    seen: Moment,
    /// The clock went back, and what is planned by it was not brought forward yet.
    is_doubtful: bool,
}

impl ClockGuard {
    fn look(&mut self, now: Moment) {
        let leap_ms = now.leap_since_ms(self.seen);
        self.seen = now;
        self.is_doubtful |= leap_ms < -CLOCK_SLACK_MS && !is_planted(Bug::ClockBackUnseen);
    }
}
