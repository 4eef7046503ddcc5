//! What a cashier does with a payment: charge, look, decide, find again. Owns which counter it goes to, and what must be
//! typed; everything about one payment is that counter's.

use super::Till;
use crate::charge::{self, Charge, Charged};
use crate::error::{Field, KeysProblem, TillError};
use crate::ports::TillEvent;
use crate::shop::TRAINING_SHOP_NAME;
use crate::training::{PhoneAnswer, Prompt};
use domain::answering::Answering;
use domain::planted::{Bug, is_planted};
use domain::{DecisionKind, Mode, PaymentId, PhoneNumber, State};
use ledger::{Decision, HistoryFilter, JournalLine, Payment};

/// The largest window of the history.
const HISTORY_WINDOW_MAX: u32 = 100;

/// A window of the history.
#[derive(Debug, Clone)]
pub struct HistoryWindow {
    /// Which counter's.
    pub mode: Mode,
    /// Newest first.
    pub payments: Vec<Payment>,
    /// Where the next window begins; none at the end.
    pub next_before_seq: Option<i64>,
}

impl Till {
    /// Charges. Returns as soon as the attempt is on disk and on its way; what becomes of it is told as events.
    ///
    /// # Errors
    /// [`TillError`]: nothing was recorded or sent.
    pub async fn charge(&self, charge: Charge) -> Result<Charged, TillError> {
        // A task of its own, so that a caller that goes away cannot stop a charge between its record and its sending.
        let till = self.clone();
        tokio::spawn(async move { till.charge_now(charge).await })
            .await
            .map_err(|error| TillError::Task(error.to_string()))?
    }

    pub(super) async fn charge_now(self, charge: Charge) -> Result<Charged, TillError> {
        self.is_sound()?;
        let settings = self.settings();
        // What was typed wrong is said before anything about keys or connections.
        charge::limits(&settings).parse(&charge.amount)?;
        PhoneNumber::parse(&charge.phone)?;
        let counter = self.counter().await?;
        let shop_name = match counter.mode {
            Mode::Training if settings.shop_name.is_empty() => TRAINING_SHOP_NAME.to_owned(),
            Mode::Live if settings.shop_name.is_empty() => return Err(TillError::ShopNameMissing),
            Mode::Training | Mode::Live => settings.shop_name.clone(),
        };
        let line = match counter.line() {
            Some(line) => line,
            None => return Err(self.inner.keyring.keys().err().unwrap_or(KeysProblem::Missing).into()),
        };
        charge::charge(counter, line, settings, shop_name, charge).await
    }

    /// The operator that confirm reported for a number before, by name.
    ///
    /// # Errors
    /// The ledger's.
    pub async fn known_operator(&self, phone: &PhoneNumber) -> Result<Option<String>, TillError> {
        Ok(self.counter().await?.ledger.known_operator(phone).await?.map(|(_, name)| name))
    }

    /// Asks LigdiCash about a payment as soon as the floor allows. The answer comes as an event.
    ///
    /// # Errors
    /// [`TillError::NotFound`], or the ledger's.
    pub async fn check_now(&self, id: &PaymentId) -> Result<(Mode, Payment), TillError> {
        let (counter, payment) = self.find(id).await?;
        let payment = match payment.state {
            State::Pending => {
                let hurried = counter.bring_forward(&payment).await?;
                counter.nudge.notify_one();
                hurried
            }
            State::Review => counter.check(id).await?,
            State::Failed if is_planted(Bug::FinalChanges) => counter.check(id).await?,
            State::Recorded
            | State::Submitting
            | State::Paid
            | State::Failed
            | State::Rejected
            | State::NotSent
            | State::Uncertain => payment,
        };
        Ok((counter.mode, payment))
    }

    /// Somebody is back at the till, or the network is: what waits is asked about at once, within the floor and the budget.
    pub async fn look_again(&self) {
        for counter in self.open_counters() {
            counter.look_again().await;
        }
    }

    /// How quickly this shop's customers answer, and how YAS answers now.
    ///
    /// # Errors
    /// The ledger's.
    pub async fn answering(&self) -> Result<Answering, TillError> {
        let counter = self.counter().await?;
        Ok(counter.learning.answering(&counter.ledger, counter.ports.clock.now_ms()).await?)
    }

    /// Somebody begins to type a sale: the way to LigdiCash is made warm, at most once a minute. Training needs none.
    pub async fn warm_up(&self) {
        if self.mode() == Mode::Live
            && let Some(live) = self.inner.live.get()
        {
            live.warm_up().await;
        }
    }

    /// Writes down what a person decided about a payment.
    ///
    /// # Errors
    /// [`TillError::Required`] for a missing name, reason or reference; [`TillError::Decision`] when it is not possible.
    pub async fn decide(
        &self,
        id: &PaymentId,
        kind: DecisionKind,
        who: String,
        reason: String,
        reference: Option<String>,
    ) -> Result<(Mode, Payment), TillError> {
        let blank = |text: &str| text.trim().is_empty();
        if kind != DecisionKind::SetAside {
            if blank(&who) {
                return Err(TillError::Required(Field::Who));
            }
            if blank(&reason) {
                return Err(TillError::Required(Field::Reason));
            }
        }
        if kind == DecisionKind::AcceptedAsPaid && reference.as_deref().is_none_or(blank) {
            return Err(TillError::Required(Field::Reference));
        }
        let (counter, _) = self.find(id).await?;
        let at_ms = counter.ports.clock.now_ms();
        let payment = counter.ledger.decide(id, Decision { at_ms, kind, who, reason, reference }).await?;
        match kind {
            DecisionKind::AcceptedAsPaid | DecisionKind::RefundRecorded => counter.chains_grew(),
            DecisionKind::SetAside | DecisionKind::SettledOtherwise | DecisionKind::WrittenOff => {}
        }
        counter.ports.events.emit(TillEvent::PaymentChanged(counter.mode, payment.clone()));
        Ok((counter.mode, payment))
    }

    /// Moves the screen on from a payment, which is still watched.
    ///
    /// # Errors
    /// As [`Till::decide`].
    pub async fn set_aside(&self, id: &PaymentId, who: String) -> Result<(Mode, Payment), TillError> {
        self.decide(id, DecisionKind::SetAside, who, String::new(), None).await
    }

    /// A window of the history, newest first, before `before_seq`.
    ///
    /// # Errors
    /// The ledger's.
    pub async fn history(
        &self,
        filter: &HistoryFilter,
        before_seq: Option<i64>,
        limit: u32,
    ) -> Result<HistoryWindow, TillError> {
        let limit = limit.clamp(1, HISTORY_WINDOW_MAX);
        let counter = self.counter().await?;
        // One more than asked tells whether there is anything after.
        let mut payments = counter.ledger.history(filter, before_seq, limit + 1).await?;
        let more = payments.len() > limit as usize;
        payments.truncate(limit as usize);
        let next_before_seq = payments.last().filter(|_| more).map(|payment| payment.seq);
        Ok(HistoryWindow { mode: counter.mode, payments, next_before_seq })
    }

    /// A payment with its whole story.
    ///
    /// # Errors
    /// [`TillError::NotFound`], or the ledger's.
    pub async fn detail(&self, id: &PaymentId) -> Result<(Mode, Payment, Vec<JournalLine>), TillError> {
        let (counter, payment) = self.find(id).await?;
        Ok((counter.mode, payment, counter.ledger.timeline(id).await?))
    }

    /// Operators and cashiers to filter the history by.
    ///
    /// # Errors
    /// The ledger's.
    pub async fn filter_words(&self) -> Result<(Vec<String>, Vec<String>), TillError> {
        Ok(self.counter().await?.ledger.filter_words().await?)
    }

    /// Requests on the simulated phone; none in live mode.
    #[must_use]
    pub fn prompts(&self) -> Vec<Prompt> {
        match (self.mode(), self.inner.training.get()) {
            (Mode::Training, Some((_, training))) => training.prompts(),
            (Mode::Training, None) | (Mode::Live, _) => Vec::new(),
        }
    }

    /// The customer's act on the simulated phone.
    ///
    /// # Errors
    /// [`TillError::NotFound`] when there is no such request.
    pub fn answer_prompt(&self, id: &PaymentId, answer: PhoneAnswer) -> Result<(), TillError> {
        match self.inner.training.get() {
            Some((_, training)) => training.answer(id, answer),
            None => Err(TillError::NotFound),
        }
    }
}
