//! Database files as somebody hands them over, to be opened, restored or verified. Whatever is in them, the answer comes:
//! within a time limit, and without a panic in any thread.

use crate::stage::{runtime, workplace};
use domain::{
    DayRule, DecisionKind, EntryRange, Event, Mode, PaymentId, PhoneNumber, State, UncertainCause, Xof,
};
use ledger::{
    Change, ConfirmFacts, Decision, HistoryFilter, Ledger, NewPayment, RecordOutcome, SettingsStore, Token,
    What,
};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

const NOON_MS: i64 = 1_795_521_600_000;
/// A file of some hundred kilobytes takes milliseconds.
const END_S: u64 = 30;

pub struct Files {
    place: tempfile::TempDir,
    serial: AtomicU64,
    pub ledgers: Vec<Vec<u8>>,
    pub settings: Vec<Vec<u8>>,
}

async fn open(path: &Path) -> Result<Ledger, ledger::OpenError> {
    Ledger::open(path, Mode::Live, DayRule::default(), [7; 16], NOON_MS).await
}

impl Files {
    /// Makes the valid ones.
    pub fn make() -> Self {
        let place = workplace();
        let (ledger, settings) = (place.path().join("sound.sqlite3"), place.path().join("settings.sqlite3"));
        runtime().block_on(async {
            small_ledger(&ledger).await;
            let store = SettingsStore::open(&settings).await.unwrap();
            let words = [("shop_name", "Chez Afi".to_owned()), ("mode", "live".to_owned())];
            store.set(&words, NOON_MS).await.unwrap();
            store.close().await;
        });
        let read = |path: &PathBuf| vec![std::fs::read(path).unwrap()];
        Self { ledgers: read(&ledger), settings: read(&settings), serial: AtomicU64::new(0), place }
    }

    fn written(&self, content: &[u8]) -> PathBuf {
        let folder = self.place.path().join(self.serial.fetch_add(1, Ordering::Relaxed).to_string());
        std::fs::create_dir(&folder).unwrap();
        let path = folder.join("given.sqlite3");
        std::fs::write(&path, content).unwrap();
        path
    }

    fn within_the_limit(&self, content: &[u8], read: impl AsyncFnOnce(PathBuf)) {
        let path = self.written(content);
        let runtime = runtime();
        let ended = runtime
            .block_on(async { tokio::time::timeout(Duration::from_secs(END_S), read(path.clone())).await });
        assert!(ended.is_ok(), "reading it does not come to an end");
        if let Some(folder) = path.parent() {
            let _ = std::fs::remove_dir_all(folder);
        }
    }

    pub fn open_settings(&self, content: &[u8]) {
        self.within_the_limit(content, async |path| {
            if let Ok(store) = SettingsStore::open(&path).await {
                let _ = store.all().await;
                let _ = store.set(&[("shop_name", "x".to_owned())], 1).await;
                store.close().await;
            }
        });
    }

    /// Opens it in both ways, and asks everything that a screen or the command line asks.
    pub fn open_ledger(&self, content: &[u8]) {
        self.within_the_limit(content, async |path| {
            // Without a check first, as the command line does.
            if let Ok(ledger) = Ledger::open_to_read(&path, Mode::Live, DayRule::default()).await {
                ask(&ledger).await;
                ledger.close().await;
            }
            if let Ok(ledger) = open(&path).await {
                ask(&ledger).await;
                let _ = ledger.record(sale(9)).await;
                ledger.close().await;
            }
        });
    }
}

async fn ask(ledger: &Ledger) {
    let _ = ledger.verify().await;
    let _ = ledger.head().await;
    let _ = ledger.counts().await;
    let _ = ledger.open_payments().await;
    let _ = ledger.recent(9).await;
    let _ = ledger.unfinished().await;
    let _ = ledger.closings(None, 9).await;
    let _ = ledger.reading(NOON_MS).await;
    for payment in ledger.history(&HistoryFilter::default(), None, 20).await.unwrap_or_default() {
        let _ = ledger.timeline(&payment.id).await;
        let _ = ledger.token(&payment.id).await;
        let _ = ledger.receipt_entry(&payment.id).await;
    }
    if let Ok(day) = DayRule::default().day_of(NOON_MS) {
        let _ = ledger.totals(day, day).await;
        let _ = ledger.outcomes(day).await;
        let walking = ledger.clone();
        let _ = tokio::task::spawn_blocking(move || {
            let _ =
                walking.walk_entries(EntryRange::Days { from: day, to: day }, |_| ControlFlow::Continue(()));
            walking.walk_entries(EntryRange::Closing(1), |_| ControlFlow::Continue(()))
        })
        .await
        .unwrap();
    }
}

fn sale(number: u8) -> NewPayment {
    NewPayment {
        id: PaymentId::from_parts(NOON_MS, [number; 10]),
        intent_id: format!("sale-{number}"),
        amount: Xof::new(5_000),
        phone: PhoneNumber::parse("90123456").unwrap(),
        phone_salt: [number; 16],
        cashier: "Afi".to_owned(),
        previous: None,
        at_ms: NOON_MS,
    }
}

/// Paid, pending, accepted by hand; one closing.
async fn small_ledger(path: &Path) {
    let ledger = open(path).await.unwrap();
    for number in 0..3 {
        let RecordOutcome::New(mut payment) = ledger.record(sale(number)).await.unwrap() else { continue };
        let submission = What::SubmissionStarted {
            server: "https://app.ligdicash.com".to_owned(),
            credential_set: "k".to_owned(),
        };
        let accepted =
            What::Accepted { token: Token::new("token".to_owned()), next_check_at_ms: NOON_MS + 5_000 };
        let next = match number {
            0 | 1 => accepted,
            _ => What::Unknown { cause: UncertainCause::AnswerLost },
        };
        let completed = What::Checked {
            event: Event::ConfirmCompleted,
            facts: ConfirmFacts { operator_id: Some("3".to_owned()), ..ConfirmFacts::default() },
            problem: None,
            asked_at_ms: NOON_MS,
            answered_at_ms: NOON_MS,
            next_check_at_ms: None,
            failures: 0,
        };
        let mut steps = vec![submission, next];
        if number == 0 {
            steps.push(completed);
        }
        for what in steps {
            let (id, version) = (payment.id.clone(), payment.version);
            let change = Change { id, version, at_ms: NOON_MS, what, note: "00".to_owned() };
            payment = ledger.apply(change).await.unwrap().payment;
        }
        if payment.state == State::Uncertain {
            let decision = Decision {
                at_ms: NOON_MS,
                kind: DecisionKind::AcceptedAsPaid,
                who: "Afi".to_owned(),
                reason: "preuve".to_owned(),
                reference: None,
            };
            ledger.decide(&payment.id, decision).await.unwrap();
        }
    }
    ledger.seal(1, "Afi", NOON_MS).await.unwrap();
    ledger.close().await;
}
