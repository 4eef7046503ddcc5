//! The watch loop: one task a counter, asleep until the earliest due payment or a nudge. Owns when a question is asked, and
//! whose turn it is; what is asked and written is the driver's ([`crate::counter`]).

use crate::clock_watch::Moment;
use crate::counter::Counter;
use crate::error::TillError;
use domain::planted::{Bug, is_planted};
use domain::{Mode, PaymentId};
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
/// No turn of the loop takes as long: the machine slept.
const SLEPT_MS: i64 = 60_000;
/// The customer of a younger payment may stand at the counter.
const FRESH_MS: i64 = 180_000;
/// Of so many questions in a row one goes to whoever waited longest, fresh or not.
const FOR_THE_LONGEST_EVERY: u32 = 4;

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
    let mut clock = ClockGuard { seen: counter.began, is_doubtful: false, slept: false };
    let mut turn = 0;
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
        if std::mem::take(&mut clock.slept) {
            counter.look_again().await;
        }
        if let Err(error) = counter.learning.keep_up(&counter.ledger, now.monotonic_ms).await {
            tracing::warn!(%error, "nothing was learned from the history");
        }
        let wait_ms = match wait_or_ask(counter, &mut turn).await {
            Ok(Some(wait_ms)) => wait_ms,
            Ok(None) => {
                // Not to be cut short: it is the budget of all payments together.
                counter.ports.clock.sleep(Duration::from_millis(GAP_MS)).await;
                continue;
            }
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

/// Asks about a payment if one is due; otherwise says how long to sleep.
async fn wait_or_ask(counter: &Counter, turn: &mut u32) -> Result<Option<u64>, TillError> {
    let Some(line) = counter.line() else { return Ok(Some(nap(NAP_MAX_MS))) };
    let Some(due) = counter.ledger.next_due(&line.server).await? else { return Ok(Some(nap(NAP_MAX_MS))) };
    let now_ms = counter.ports.clock.now_ms();
    let wait_ms = due.due_at_ms.saturating_sub(now_ms);
    if wait_ms > 0 {
        return Ok(Some(nap(wait_ms)));
    }
    let id = whose_turn(counter, &line.server, now_ms, due.id, turn).await?;
    counter.check(&id).await?;
    Ok(None)
}

/// A customer at the counter goes before a payment of this morning, and a payment of this morning is asked about all the
/// same, however many customers there are.
async fn whose_turn(
    counter: &Counter,
    server: &str,
    now_ms: i64,
    longest: PaymentId,
    turn: &mut u32,
) -> Result<PaymentId, TillError> {
    *turn = turn.wrapping_add(1);
    if turn.is_multiple_of(FOR_THE_LONGEST_EVERY) {
        return Ok(longest);
    }
    Ok(counter.ledger.next_due_fresh(server, now_ms, now_ms - FRESH_MS).await?.unwrap_or(longest))
}

fn nap(wait_ms: i64) -> u64 {
    u64::try_from(wait_ms.clamp(1, NAP_MAX_MS)).unwrap_or(1)
}

/// Compares the two clocks from turn to turn, from the moment the counter was opened.
struct ClockGuard {
    seen: Moment,
    /// The clock went back, and what is planned by it was not brought forward yet.
    is_doubtful: bool,
    /// Much more time went by than a turn takes.
    slept: bool,
}

impl ClockGuard {
    fn look(&mut self, now: Moment) {
        let leap_ms = now.leap_since_ms(self.seen);
        self.slept |= now.wall_ms - self.seen.wall_ms > SLEPT_MS;
        self.seen = now;
        self.is_doubtful |= leap_ms < -CLOCK_SLACK_MS && !is_planted(Bug::ClockBackUnseen);
    }
}
