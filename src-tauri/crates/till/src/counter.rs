//! One ledger with its way to LigdiCash: the training counter, or the live one. Owns the driver: it performs what the
//! state machine asks for, commits first and tells afterwards. New payments, payments found at start-up and nudges all
//! go through the same code.

use crate::backup;
use crate::clock_watch::{ClockWatch, Moment};
use crate::error::TillError;
use crate::gateway::{CheckOutcome, CreateOutcome, CreateRequest, Expected, Gateway};
use crate::learning::Learning;
use crate::news::Looked;
use crate::ports::{Ports, TillEvent};
use crate::witness::Witness;
use domain::planted::{Bug, is_planted};
use domain::schedule::{self, Asked};
use domain::{CheckProblem, Effect, Event, Mode, NotSentCause, PaymentId, State};
use ledger::{Applied, Change, ConfirmFacts, Ledger, LedgerError, Payment, What};
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;
use tokio::sync::mpsc::UnboundedSender;
use tokio::sync::{Mutex, Notify, watch};

/// Another task moved the payment between our look and our write: look again, at most this often.
const CONFLICT_TRIES_MAX: u32 = 8;
/// A token that cannot be written is kept and tried again at this pace: it is the only handle to the money.
const COMMIT_RETRY_MS: u64 = 1_000;
/// A nudge for all brings so many payments forward, the newest,
const LOOKED_AGAIN_AT: u32 = 20;
/// and none older than a day.
const LOOKED_AGAIN_MS: i64 = schedule::DAY_MS;
/// A way that was gone within this time is warm.
const WARM_MS: i64 = 60_000;
/// How long closing waits for the keychain to take the end of the chain.
const KEEPING_PATIENCE: Duration = Duration::from_secs(2);

/// The way to LigdiCash that is in use, and under which names it stands in the ledger.
#[derive(Clone)]
pub(crate) struct Line {
    pub(crate) gateway: Arc<dyn Gateway>,
    /// The server, as stored with each payment: a token is only ever shown to the server that gave it.
    pub(crate) server: String,
    /// Which pair of keys.
    pub(crate) credential_set: String,
}

/// How old a payment was at a moment of the clock that nobody can set.
#[derive(Debug, Clone, Copy)]
struct Age {
    was_ms: i64,
    at_monotonic_ms: i64,
}

/// A ledger, its line, and the driver.
pub(crate) struct Counter {
    pub(crate) mode: Mode,
    pub(crate) ledger: Ledger,
    pub(crate) ports: Ports,
    pub(crate) began: Moment,
    pub(crate) clock_watch: Arc<ClockWatch>,
    /// Live only.
    pub(crate) witness: Option<Arc<Witness>>,
    line: RwLock<Option<Line>>,
    /// What this counter's history taught.
    pub(crate) learning: Learning,
    /// Until where somebody has looked at it.
    pub(crate) looked: Looked,
    /// Whom to tell of money that was just verified.
    verified: UnboundedSender<PaymentId>,
    /// Wakes the watch loop.
    pub(crate) nudge: Notify,
    /// When the way to LigdiCash was gone last, with or without a request.
    gone_at_ms: std::sync::Mutex<Option<i64>>,
    /// When everything was brought forward last, by the clock that nobody can set.
    looked_again_at_ms: std::sync::Mutex<Option<i64>>,
    /// One confirm in flight for all payments together (invariant I8), and from when on each may be asked about again.
    asking: Mutex<HashMap<PaymentId, i64>>,
    /// Guard and record of one charge at a time.
    pub(crate) charging: Mutex<()>,
    /// Since when this life knows a payment that is watched, and how old it was then.
    ages: std::sync::Mutex<HashMap<PaymentId, Age>>,
    online: AtomicBool,
    stop: watch::Sender<bool>,
    /// Creates on their way.
    submissions: watch::Sender<usize>,
}

impl Counter {
    pub(crate) fn new(
        mode: Mode,
        ledger: Ledger,
        ports: Ports,
        clock_watch: Arc<ClockWatch>,
        witness: Option<Arc<Witness>>,
        verified: UnboundedSender<PaymentId>,
    ) -> Arc<Self> {
        Arc::new(Self {
            mode,
            ledger,
            began: Moment::now(&ports),
            clock_watch,
            ports,
            witness,
            line: RwLock::new(None),
            learning: Learning::default(),
            looked: Looked::default(),
            verified,
            nudge: Notify::new(),
            gone_at_ms: std::sync::Mutex::default(),
            looked_again_at_ms: std::sync::Mutex::default(),
            asking: Mutex::new(HashMap::new()),
            charging: Mutex::new(()),
            ages: std::sync::Mutex::default(),
            online: AtomicBool::new(true),
            stop: watch::Sender::new(false),
            submissions: watch::Sender::new(0),
        })
    }

    pub(crate) fn line(&self) -> Option<Line> {
        self.line.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn set_line(&self, line: Option<Line>) {
        *self.line.write().unwrap_or_else(PoisonError::into_inner) = line;
        self.nudge.notify_one();
    }

    pub(crate) fn is_online(&self) -> bool {
        self.online.load(Ordering::Relaxed)
    }

    pub(crate) fn is_stopping(&self) -> bool {
        *self.stop.borrow()
    }

    pub(crate) async fn stopped(&self) {
        let mut stop = self.stop.subscribe();
        // The sender lives in self, so waiting can only end by the value.
        let _ = stop.wait_for(|stopping| *stopping).await;
    }

    /// Takes no more charges. Refuses while a create is on its way.
    pub(crate) async fn rest(&self) -> Result<(), TillError> {
        let _no_charge_begins = self.charging.lock().await;
        if *self.submissions.borrow() > 0 {
            return Err(TillError::Sending);
        }
        self.stop.send_replace(true);
        Ok(())
    }

    /// Stops asking, waits for creates on their way (an answer that is lost now would be *uncertain* for ever), and
    /// closes the ledger.
    pub(crate) async fn stop(&self, patience: Duration) {
        self.stop.send_replace(true);
        // A charge between its record and its sending ends first; later ones see that the till is closing.
        drop(self.within(patience, self.charging.lock()).await);
        let mut submissions = self.submissions.subscribe();
        let none_left = submissions.wait_for(|left| *left == 0);
        if self.within(patience, none_left).await.is_none() {
            tracing::warn!("closing while a request is on its way; it will be uncertain at the next start");
        }
        // A question in flight changes nothing when it is lost, so it is waited for only as long as it holds the ledger.
        drop(self.within(patience, self.asking.lock()).await);
        // The keychain may be waiting for a person; what is not kept now is kept after the next start.
        if let Some(witness) = &self.witness {
            let _ = self.within(KEEPING_PATIENCE, witness.attend(false)).await;
        }
        self.ledger.close().await;
    }

    /// Entries were committed.
    pub(crate) fn chains_grew(&self) {
        if let Some(witness) = &self.witness {
            witness.chains_grew();
        }
    }

    async fn within<T>(&self, patience: Duration, awaited: impl Future<Output = T>) -> Option<T> {
        tokio::select! {
            done = awaited => Some(done),
            () = self.ports.clock.sleep(patience) => None,
        }
    }

    /// Sends the create of a recorded payment in a task of its own: a page that reloads, or a caller that goes away,
    /// stops nothing.
    pub(crate) fn submit(self: &Arc<Self>, payment: &Payment, request: CreateRequest, line: Line) {
        self.submissions.send_modify(|left| *left += 1);
        let counter = Arc::clone(self);
        let payment = payment.clone();
        tokio::spawn(async move {
            counter.run_submission(&payment, &request, &line).await;
            counter.submissions.send_modify(|left| *left -= 1);
        });
    }

    async fn run_submission(&self, payment: &Payment, request: &CreateRequest, line: &Line) {
        let asked = Moment::now(&self.ports);
        self.goes_the_way();
        let mut outcome = line.gateway.create(request).await;
        if is_planted(Bug::RetryCreate) && matches!(outcome, CreateOutcome::Unknown { .. }) {
            outcome = line.gateway.create(request).await;
        }
        let (answered, server_ms) = (Moment::now(&self.ports), outcome.server_ms());
        let (what, note) = match outcome {
            CreateOutcome::Accepted { token, note, .. } => {
                let next_check_at_ms = schedule::first_check_ms(&self.learning.pace(), answered.wall_ms);
                (What::Accepted { token, next_check_at_ms }, note)
            }
            CreateOutcome::Refused { code, text, note, .. } => (What::Refused { code, text }, note),
            CreateOutcome::NotSent { cause, note } => (What::NotSent { cause }, note),
            CreateOutcome::Unknown { note, .. } if is_planted(Bug::UnknownIsNotSent) => {
                (What::NotSent { cause: NotSentCause::NoConnection }, note)
            }
            CreateOutcome::Unknown { cause, note } => (What::Unknown { cause }, note),
        };
        let reached = !matches!(what, What::NotSent { .. });
        // The token first: nothing else is done with the answer before it is on disk (invariant I3).
        self.commit_at_any_price(&payment.id, what, note).await;
        self.hear_the_time(asked, answered, server_ms).await;
        self.note_reached(reached, None).await;
        self.nudge.notify_one();
    }

    /// Commits an answer, and keeps trying while the disk is full or the file is held: what is in memory is the only
    /// copy. Ends with the till; the payment is then found in `submitting` and becomes uncertain.
    async fn commit_at_any_price(&self, id: &PaymentId, what: What, note: String) {
        loop {
            if is_planted(Bug::DropTokenOnClose) && self.is_stopping() {
                return;
            }
            match self.apply(id, |_| Some((self.planned_now(&what), note.clone()))).await {
                Ok(written) => {
                    if let Some(Payment { state: State::Pending, .. }) = written {
                        self.ages().insert(id.clone(), self.age_from_now(0));
                    }
                    return;
                }
                Err(error @ LedgerError::Unavailable { .. }) => {
                    tracing::error!(%error, "the answer cannot be written yet; trying again");
                    if self.is_stopping() {
                        return;
                    }
                    self.ports.clock.sleep(Duration::from_millis(COMMIT_RETRY_MS)).await;
                }
                Err(error) => {
                    tracing::error!(%error, "the answer cannot be written");
                    return;
                }
            }
        }
    }

    /// The first question counts from the moment of writing: while the disk was full, the clock may have been set.
    fn planned_now(&self, what: &What) -> What {
        match what {
            What::Accepted { token, .. } => What::Accepted {
                token: token.clone(),
                next_check_at_ms: schedule::first_check_ms(&self.learning.pace(), self.ports.clock.now_ms()),
            },
            other @ (What::SubmissionStarted { .. }
            | What::Refused { .. }
            | What::NotSent { .. }
            | What::Unknown { .. }
            | What::Checked { .. }
            | What::Restarted { .. }) => other.clone(),
        }
    }

    fn ages(&self) -> std::sync::MutexGuard<'_, HashMap<PaymentId, Age>> {
        self.ages.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn age_from_now(&self, was_ms: i64) -> Age {
        Age { was_ms, at_monotonic_ms: self.ports.clock.monotonic_ms() }
    }

    /// How old a payment is for the schedule: what it was when this life first had it in hand, and the time that passed
    /// since by the clock that nobody can set. Setting the other one makes no payment older or younger (decision 14).
    async fn age_ms(&self, payment: &Payment) -> Result<i64, LedgerError> {
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

    /// Training's LigdiCash reads this computer's own clock, so only the other one tells anything.
    async fn hear_the_time(&self, asked: Moment, answered: Moment, server_ms: Option<i64>) {
        match self.mode {
            Mode::Training => {}
            Mode::Live => self.clock_watch.hear(asked, answered, server_ms, Some(&self.ledger)).await,
        }
    }

    /// Writes a change on top of the newest version and tells of it after the commit. `what` sees the payment as it is
    /// and may find that there is nothing to do.
    pub(crate) async fn apply(
        &self,
        id: &PaymentId,
        what: impl Fn(&Payment) -> Option<(What, String)> + Send,
    ) -> Result<Option<Payment>, LedgerError> {
        let mut tries = 0;
        loop {
            let payment = self.ledger.payment(id).await?.ok_or(LedgerError::NotFound)?;
            let Some((what, note)) = what(&payment) else { return Ok(None) };
            let change = Change {
                id: id.clone(),
                version: payment.version,
                at_ms: self.ports.clock.now_ms(),
                what,
                note,
            };
            if is_planted(Bug::TellBeforeCommit) {
                let payment = Payment { version: payment.version + 1, ..payment.clone() };
                self.ports.events.emit(TillEvent::PaymentChanged(self.mode, payment));
            }
            match self.ledger.apply(change).await {
                Ok(applied) => {
                    self.tell(&applied);
                    return Ok(Some(applied.payment));
                }
                Err(LedgerError::VersionConflict) if tries < CONFLICT_TRIES_MAX => tries += 1,
                Err(error) => return Err(error),
            }
        }
    }

    fn tell(&self, applied: &Applied) {
        if applied.payment.state.is_final() {
            self.looked.hear();
        }
        if applied.step.effects.contains(&Effect::PostVerified) {
            self.chains_grew();
            // The till hears it for as long as it is open.
            let _ = self.verified.send(applied.payment.id.clone());
        }
        let payment = || applied.payment.clone();
        self.ports.events.emit(TillEvent::PaymentChanged(self.mode, payment()));
        if applied.late {
            self.ports.events.emit(TillEvent::LateSuccess(self.mode, payment()));
        }
        if applied.step.effects.contains(&Effect::RecordContradiction) {
            self.ports.events.emit(TillEvent::Contradiction(self.mode, payment()));
        }
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

    async fn ask(&self, id: &PaymentId, asked: &mut HashMap<PaymentId, i64>) -> Result<Payment, TillError> {
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
    async fn keep_the_floor(&self, allowed_at_monotonic_ms: Option<i64>) {
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
    fn jitter(&self) -> i64 {
        let mut bytes = [0u8; 2];
        if self.ports.chance.fill(&mut bytes).is_err() {
            return 0;
        }
        i64::from(u16::from_be_bytes(bytes)) % (2 * schedule::JITTER_PERMILLE + 1) - schedule::JITTER_PERMILLE
    }

    /// Remembers whether LigdiCash answers, and asks again at once about what failed when it does again.
    async fn note_reached(&self, online: bool, problem: Option<CheckProblem>) {
        if self.online.swap(online, Ordering::Relaxed) == online {
            return;
        }
        self.ports.events.emit(TillEvent::Connectivity { online, problem });
        if online && let Err(error) = self.hurry(|payment| payment.check_failures > 0).await {
            tracing::warn!(%error, "payments could not be brought forward");
        }
    }

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
    fn goes_the_way(&self) {
        let now_ms = self.ports.clock.monotonic_ms();
        *self.gone_at_ms.lock().unwrap_or_else(PoisonError::into_inner) = Some(now_ms);
    }

    fn is_way_cold(&self) -> bool {
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

    async fn bring_the_newest_forward(&self) -> Result<(), LedgerError> {
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
