//! An open till with its provider, and a cashier. Remembers everything the page was told.

use crate::stage::{self, FastClock, KEYS, Keychain, Page};
use domain::{Mode, State};
use ledger::{HistoryFilter, Ledger};
use simulator::{Answer, Simulator};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use till::{
    Charge, Charged, Clock, LedgerError, OpenError, OpenTillError, Payment, Ports, SystemClock, Till,
    TillError, TillEvent, Unavailability,
};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

/// How much faster than the machine's the till's clock runs.
const TIMES: u32 = 100;
/// Longer than anything that is going to happen takes.
const PATIENCE: Duration = Duration::from_secs(30);

pub fn ports(keychain: Arc<Keychain>) -> (Ports, UnboundedReceiver<TillEvent>) {
    let (to, heard) = unbounded_channel();
    let clock = FastClock::new(SystemClock::new().now_ms(), TIMES);
    (stage::ports(keychain, clock, Page { says: false, to }), heard)
}

pub struct Counter {
    pub till: Till,
    pub provider: Simulator,
    pub folder: PathBuf,
    keychain: Arc<Keychain>,
    heard: UnboundedReceiver<TillEvent>,
    /// State of each payment as the page was told last.
    shown: Vec<Payment>,
}

/// A till that may be opened again.
pub struct Closed {
    folder: PathBuf,
    keychain: Arc<Keychain>,
    provider: Simulator,
}

impl Closed {
    pub async fn open(&self) -> Result<Till, OpenTillError> {
        let (ports, _) = ports(Arc::clone(&self.keychain));
        Till::open(stage::options(&self.folder, &self.provider.base_url()), ports).await
    }
}

/// What the till said instead of doing it.
pub fn obstacle(error: &TillError) -> Option<Unavailability> {
    if let TillError::Ledger(LedgerError::Unavailable { kind, .. }) = error { Some(*kind) } else { None }
}

/// What a till that did not open said.
pub fn obstacle_at_start(error: &OpenTillError) -> Option<Unavailability> {
    match error {
        OpenTillError::Till(TillError::LedgerOpen(OpenError::Unavailable { kind, .. })) => Some(*kind),
        OpenTillError::Till(TillError::File { source, .. })
            if source.kind() == std::io::ErrorKind::ReadOnlyFilesystem =>
        {
            Some(Unavailability::ReadOnly)
        }
        OpenTillError::Till(other) => obstacle(other),
        OpenTillError::AlreadyOpen | OpenTillError::BaseUrl(_) => None,
    }
}

impl Counter {
    /// A till that is ready to charge, in `folder`.
    pub async fn open(folder: &Path) -> Self {
        let keychain = Arc::new(Keychain::default());
        stage::set_up(folder, Arc::clone(&keychain)).await;
        let options = simulator::Options {
            credentials: Some((KEYS.0.into(), KEYS.1.into())),
            ..simulator::Options::default()
        };
        let provider = Simulator::start(options).await.unwrap();
        let (ports, heard) = ports(Arc::clone(&keychain));
        let till = Till::open(stage::options(folder, &provider.base_url()), ports).await.unwrap();
        Self { till, provider, folder: folder.to_owned(), keychain, heard, shown: Vec::new() }
    }

    /// Closes for the day. Every handle goes, and with them the till's lock.
    pub async fn close(self) -> Closed {
        self.till.close().await;
        Closed { folder: self.folder, keychain: self.keychain, provider: self.provider }
    }

    /// The `number`th sale, to a customer of its own.
    pub async fn charge(&self, number: u32) -> Result<Payment, TillError> {
        let charge = Charge {
            intent_id: format!("sale-{number}"),
            amount: "5000".into(),
            phone: format!("90{:06}", 200_000 + number),
            after: None,
            cashier: String::new(),
        };
        match self.till.charge(charge).await? {
            Charged::Payment(_, payment) | Charged::Unresolved(_, payment) => Ok(payment),
        }
    }

    /// Every customer with an open request approves.
    pub fn approve_all(&self) {
        for prompt in self.provider.prompts() {
            let _ = self.provider.answer(&prompt.transaction_id, Answer::Approve);
        }
    }

    /// Waits until the page was told that this payment came to `state`.
    pub async fn until(&mut self, id: &domain::PaymentId, state: State) -> bool {
        let waiting = async {
            while self.shown(id) != Some(state) {
                let Some(event) = self.heard.recv().await else { return false };
                self.take(event);
            }
            true
        };
        tokio::time::timeout(PATIENCE, waiting).await.unwrap_or(false)
    }

    /// Everything that was told until now.
    pub fn listen(&mut self) {
        while let Ok(event) = self.heard.try_recv() {
            self.take(event);
        }
    }

    fn take(&mut self, event: TillEvent) {
        if let TillEvent::PaymentChanged(_, payment) = event {
            self.shown.retain(|shown| shown.id != payment.id);
            self.shown.push(payment);
        }
    }

    pub fn shown(&self, id: &domain::PaymentId) -> Option<State> {
        self.shown.iter().find(|shown| shown.id == *id).map(|shown| shown.state)
    }

    pub fn shown_paid(&self) -> usize {
        self.shown.iter().filter(|shown| shown.state == State::Paid).count()
    }

    /// Closes, and holds the ledger against the provider's book and against what was shown.
    pub async fn held_against_the_book(&mut self) -> Vec<String> {
        self.listen();
        self.till.close().await;
        let path = self.folder.join("live.sqlite3");
        let ledger = match Ledger::open(&path, Mode::Live, domain::DayRule::default(), [0; 16], 0).await {
            Ok(ledger) => ledger,
            Err(error) => return vec![format!("damaged: {error}")],
        };
        let mut broken = Vec::new();
        match ledger.verify().await {
            Ok(verification) => broken.extend(verification.first_bad.map(|bad| format!("damaged: {bad:?}"))),
            Err(error) => broken.push(format!("damaged: {error}")),
        }
        let payments = ledger.history(&HistoryFilter::default(), None, 1_000).await.unwrap();
        for invoice in self.provider.invoices() {
            let id = &invoice.transaction_id;
            match payments.iter().find(|payment| payment.id.as_str() == id).map(|payment| payment.state) {
                Some(State::Paid | State::Pending | State::Uncertain) => {}
                other => broken.push(format!("lost: LigdiCash has {id}, which is {other:?}")),
            }
        }
        for shown in &self.shown {
            let kept = payments.iter().find(|payment| payment.id == shown.id);
            if kept.is_none_or(|kept| kept.version < shown.version || kept.state != shown.state) {
                broken.push(format!("told wrong: {} was shown as {}", shown.id, shown.state));
            }
        }
        ledger.close().await;
        broken
    }
}
