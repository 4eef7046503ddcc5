//! One ledger with its way to LigdiCash: the training counter, or the live one. Owns the driver: it performs what the
//! state machine asks for, commits first and tells afterwards. New payments, payments found at start-up and nudges all
//! go through the same code. What is asked stands in `asking`, and what brings a question forward in `hurrying`.

mod asking;
mod hurrying;

use crate::clock_watch::{ClockWatch, Moment};
use crate::error::TillError;
use crate::gateway::{CreateOutcome, CreateRequest, Gateway};
use crate::learning::Learning;
use crate::news::Looked;
use crate::ports::{Ports, TillEvent};
use crate::witness::Witness;
use domain::planted::{Bug, is_planted};
use domain::schedule;
use domain::{Effect, Mode, NotSentCause, PaymentId, State};
use ledger::{Applied, Change, Ledger, LedgerError, Payment, What};
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
}
