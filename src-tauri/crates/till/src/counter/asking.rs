//! Questions about one payment. Owns that one is in flight for all payments together, the floor between two about the same
//! one, and how old a payment is for the schedule.

use super::{Age, Counter};
use crate::backup;
use crate::clock_watch::Moment;
use crate::error::TillError;
use crate::gateway::{CheckOutcome, Expected};
use crate::ports::TillEvent;
use domain::planted::{Bug, is_planted};
use domain::schedule::{self, Asked};
use domain::{CheckProblem, Event, PaymentId, State};
use ledger::{ConfirmFacts, LedgerError, Payment, What};
use std::collections::HashMap;
use std::sync::PoisonError;
use std::sync::atomic::Ordering;
use std::time::Duration;

impl Counter {
    pub(super) fn ages(&self) -> std::sync::MutexGuard<'_, HashMap<PaymentId, Age>> {
        self.ages.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn age_from_now(&self, was_ms: i64) -> Age {
        Age { was_ms, at_monotonic_ms: self.ports.clock.monotonic_ms() }
    }

    /// How old a payment is for the schedule: what it was when this life first had it in hand, and the time that passed
    /// since by the clock that nobody can set. Setting the other one makes no payment older or younger (decision 14).
    pub(super) async fn age_ms(&self, payment: &Payment) -> Result<i64, LedgerError> {
        let accepted_at_ms = payment.accepted_at_ms.unwrap_or(payment.created_at_ms);
        let by_the_clock_ms = self.ports.clock.now_ms().saturating_sub(accepted_at_ms);
        if is_planted(Bug::ForgetAfterClockJump) {
            return Ok(by_the_clock_ms.max(0));
        }
        let known = self.ages().get(&payment.id).copied();
        let age = match known {
            Some(age) => age,
            None => {
                let questions = if by_the_clock_ms < schedule::WATCH_FOR_MS {
                    0
                } else {
                    self.ledger.questions_about(&payment.id).await?
                };
                let age = self.age_from_now(schedule::age_found_ms(by_the_clock_ms, questions));
                self.ages().insert(payment.id.clone(), age);
                age
            }
        };
        Ok(age.was_ms.saturating_add(self.ports.clock.monotonic_ms() - age.at_monotonic_ms))
    }

    /// Asks LigdiCash about one payment now, within the floor, and writes what it says. Returns the payment as it then
    /// stands; a payment that cannot be asked about is returned as it is.
    pub(crate) async fn check(&self, id: &PaymentId) -> Result<Payment, TillError> {
        if is_planted(Bug::TwoQuestions) {
            return self.ask(id, &mut HashMap::new()).await;
        }
        let mut asked = self.asking.lock().await;
        self.ask(id, &mut asked).await
    }

    pub(super) async fn ask(
        &self,
        id: &PaymentId,
        asked: &mut HashMap<PaymentId, i64>,
    ) -> Result<Payment, TillError> {
        let payment = self.ledger.payment(id).await?.ok_or(TillError::NotFound)?;
        if payment.state == State::Pending && !payment.has_token && !self.is_stopping() {
            return Ok(self.handle_lost(id).await?);
        }
        if !can_be_asked(&payment) || self.is_stopping() {
            return Ok(payment);
        }
        let Some(line) = self.line().filter(|line| payment.server.as_deref() == Some(line.server.as_str()))
        else {
            return Ok(payment);
        };
        let Some(token) = self.ledger.token(id).await? else { return Ok(payment) };
        let token = match token.sealed() {
            None => token,
            Some(sealed) => {
                let opened =
                    backup::open_sealed(sealed, self.ledger.installation_id(), id, &self.ports).await;
                let Some(token) = opened else { return Ok(self.handle_lost(id).await?) };
                token
            }
        };
        self.keep_the_floor(asked.get(id).copied()).await;

        let expected = Expected { amount: payment.amount, transaction_id: id.to_string() };
        let sent = Moment::now(&self.ports);
        self.goes_the_way();
        let outcome = line.gateway.confirm(&token, &expected).await;
        let answered = Moment::now(&self.ports);
        asked.insert(id.clone(), schedule::earliest_ms(sent.monotonic_ms, answered.monotonic_ms));
        // It wipes itself: it need not live through the commit.
        drop(token);

        // A person is told of a wrong clock before it gives the money its day.
        self.hear_the_time(sent, answered, outcome.server_ms).await;
        let (jitter, age_ms) = (self.jitter(), self.age_ms(&payment).await?);
        let took_ms = answered.monotonic_ms - sent.monotonic_ms;
        let pace = self.learning.pace();
        let written = self
            .apply(id, |payment| {
                // Read again here: the clock may have been set since the question left.
                let answered_at_ms = self.ports.clock.now_ms();
                let asked_at_ms = answered_at_ms.saturating_sub(took_ms);
                let asked =
                    Asked { at_ms: asked_at_ms, answered_at_ms, failures: failures(payment, &outcome) };
                let next_check_at_ms =
                    schedule::next_check_ms(&pace, asked_at_ms.saturating_sub(age_ms), asked, jitter);
                Some(what_was_said(payment, &outcome, asked, next_check_at_ms))
            })
            .await?;
        if written.as_ref().is_some_and(|payment| payment.state.is_final()) {
            asked.remove(id);
            self.ages().remove(id);
            self.learning.ended();
        }
        let reached = !matches!(outcome.problem, Some(CheckProblem::NoConnection | CheckProblem::Tls));
        self.note_reached(reached, outcome.problem).await;
        self.ledger.payment(id).await?.ok_or(TillError::NotFound)
    }

    /// The payment came with a restored copy, and what to ask with did not: it is no longer watched, and says so, until a
    /// person has looked it up in LigdiCash's dashboard.
    pub(crate) async fn handle_lost(&self, id: &PaymentId) -> Result<Payment, LedgerError> {
        let now_ms = self.ports.clock.now_ms();
        let lost = |payment: &Payment| {
            let what = What::Checked {
                event: Event::ConfirmUnknown,
                facts: ConfirmFacts::default(),
                problem: Some(CheckProblem::HandleLost),
                asked_at_ms: payment.last_check_at_ms.unwrap_or(now_ms),
                answered_at_ms: payment.last_answer_at_ms.unwrap_or(now_ms),
                next_check_at_ms: None,
                failures: payment.check_failures,
            };
            (payment.state == State::Pending && payment.next_check_at_ms.is_some())
                .then_some((what, "its handle did not come with the copy".to_owned()))
        };
        self.apply(id, lost).await?;
        self.ledger.payment(id).await?.ok_or(LedgerError::NotFound)
    }

    /// Waits until another question is allowed, by the clock that never goes back. What was asked before this life began is
    /// not known (a question may have left, and its answer was never written), so the first question waits for three
    /// seconds of this life.
    pub(super) async fn keep_the_floor(&self, allowed_at_monotonic_ms: Option<i64>) {
        if is_planted(Bug::FloorIgnored) {
            return;
        }
        let allowed_ms = allowed_at_monotonic_ms.unwrap_or(self.began.monotonic_ms + schedule::FLOOR_MS);
        if let Ok(wait_ms) = u64::try_from(allowed_ms - self.ports.clock.monotonic_ms())
            && wait_ms > 0
        {
            self.ports.clock.sleep(Duration::from_millis(wait_ms)).await;
        }
    }

    /// Thousandths of the interval, either way. Without chance there is no jitter, and the schedule still holds.
    pub(super) fn jitter(&self) -> i64 {
        let mut bytes = [0u8; 2];
        if self.ports.chance.fill(&mut bytes).is_err() {
            return 0;
        }
        i64::from(u16::from_be_bytes(bytes)) % (2 * schedule::JITTER_PERMILLE + 1) - schedule::JITTER_PERMILLE
    }

    /// Remembers whether LigdiCash answers, and asks again at once about what failed when it does again.
    pub(super) async fn note_reached(&self, online: bool, problem: Option<CheckProblem>) {
        if self.online.swap(online, Ordering::Relaxed) == online {
            return;
        }
        self.ports.events.emit(TillEvent::Connectivity { online, problem });
        if online && let Err(error) = self.hurry(|payment| payment.check_failures > 0).await {
            tracing::warn!(%error, "payments could not be brought forward");
        }
    }
}

/// A payment with a token whose answer could still tell something.
fn can_be_asked(payment: &Payment) -> bool {
    payment.has_token
        && match payment.state {
            State::Pending | State::Review => true,
            State::Failed => is_planted(Bug::FinalChanges),
            State::Recorded
            | State::Submitting
            | State::Paid
            | State::Rejected
            | State::NotSent
            | State::Uncertain => false,
        }
}

/// Questions in a row without a usable answer, this one included.
fn failures(payment: &Payment, outcome: &CheckOutcome) -> u32 {
    if outcome.event == Event::ConfirmUnknown { payment.check_failures.saturating_add(1) } else { 0 }
}

fn what_was_said(
    payment: &Payment,
    outcome: &CheckOutcome,
    asked: Asked,
    next_check_at_ms: Option<i64>,
) -> (What, String) {
    let forgotten = is_planted(Bug::ForgetSetAside) && payment.set_aside;
    let what = What::Checked {
        event: outcome.event,
        facts: outcome.facts.clone(),
        problem: outcome.problem,
        asked_at_ms: asked.at_ms,
        answered_at_ms: asked.answered_at_ms,
        next_check_at_ms: next_check_at_ms.filter(|_| !forgotten),
        failures: asked.failures,
    };
    (what, outcome.note.clone())
}
