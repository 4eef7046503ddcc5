//! One budget for all payments: a thousand old ones and the customers at the counter, on a clock that runs a hundred times
//! as fast, before a LigdiCash that notes who is asked about and when.

use crate::shop::{Keychain, Shop, sale};
use ledger::{Change, ConfirmFacts, Ledger, NewPayment, RecordOutcome, Token, What};
use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use till::domain::schedule::{FIRST_CHECK_MS, FLOOR_MS};
use till::domain::{DayRule, Event, Mode, PaymentId, PhoneNumber, State, Xof};
use till::{
    BaseUrl, Boxed, CheckOutcome, Clock, ConnectionReport, ConnectionVerdict, CreateOutcome, CreateRequest,
    Expected, Gateway, GatewayError, Gateways, Keys, Ports, SystemChance, SystemClock, Till, TillEvent,
};
use tokio::sync::mpsc;

const OPEN: usize = 1_000;
const TIMES: u32 = 100;
/// Questions of others between two about a customer at the counter, at most.
const TURNS_MAX: usize = 16;
const MINUTE_MS: i64 = 60_000;
const HOUR_MS: i64 = 60 * MINUTE_MS;

/// Runs ahead of the machine's clock, and counts who sleeps.
struct Fast {
    real: SystemClock,
    began_ms: i64,
    steady_began_ms: i64,
    sleeps: AtomicUsize,
}

impl Fast {
    fn new() -> Arc<Self> {
        let real = SystemClock::new();
        let (began_ms, steady_began_ms) = (real.now_ms(), real.monotonic_ms());
        Arc::new(Self { real, began_ms, steady_began_ms, sleeps: AtomicUsize::new(0) })
    }
}

impl Clock for Fast {
    fn now_ms(&self) -> i64 {
        self.began_ms + self.monotonic_ms()
    }
    fn monotonic_ms(&self) -> i64 {
        (self.real.monotonic_ms() - self.steady_began_ms) * i64::from(TIMES)
    }
    fn sleep(&self, wait: Duration) -> Boxed<'_, ()> {
        self.sleeps.fetch_add(1, Ordering::SeqCst);
        self.real.sleep(wait / TIMES)
    }
}

/// LigdiCash: takes everything, and lets those approve who were told to.
#[derive(Default)]
struct Book {
    asked: Mutex<Vec<(i64, String)>>,
    approve: Mutex<HashMap<String, i64>>,
    warmed_up: AtomicUsize,
}

#[derive(Clone)]
struct Line {
    book: Arc<Book>,
    clock: Arc<Fast>,
}

impl Gateways for Line {
    fn connect(&self, _: &BaseUrl, _: &Keys) -> Result<Arc<dyn Gateway>, GatewayError> {
        Ok(Arc::new(self.clone()))
    }
}

impl Gateway for Line {
    fn create<'a>(&'a self, request: &'a CreateRequest) -> Boxed<'a, CreateOutcome> {
        let token = Token::new(format!("token-of-{}", request.transaction_id));
        Box::pin(std::future::ready(CreateOutcome::Accepted { token, note: String::new(), server_ms: None }))
    }

    fn confirm<'a>(&'a self, _: &'a Token, expected: &'a Expected) -> Boxed<'a, CheckOutcome> {
        let now_ms = self.clock.monotonic_ms();
        let id = expected.transaction_id.clone();
        let is_paid = self.book.approve.lock().unwrap().get(&id).is_some_and(|at_ms| *at_ms <= now_ms);
        self.book.asked.lock().unwrap().push((now_ms, id));
        let facts = ConfirmFacts { confirmed_amount: Some(expected.amount), ..ConfirmFacts::default() };
        let outcome = CheckOutcome {
            event: if is_paid { Event::ConfirmCompleted } else { Event::ConfirmPending },
            facts,
            problem: None,
            note: String::new(),
            server_ms: None,
        };
        Box::pin(std::future::ready(outcome))
    }

    fn warm_up(&self) -> Boxed<'_, ()> {
        self.book.warmed_up.fetch_add(1, Ordering::SeqCst);
        Box::pin(std::future::ready(()))
    }

    fn test(&self) -> Boxed<'_, ConnectionReport> {
        Box::pin(std::future::ready(ConnectionReport {
            verdict: ConnectionVerdict::KeysAccepted,
            code: None,
            server: String::new(),
            detail: String::new(),
            server_ms: None,
        }))
    }
}

/// A live till on a fast clock, with ears.
struct Stage {
    shop: Shop,
    line: Line,
}

impl Stage {
    async fn new() -> Self {
        let shop = Shop::new().await;
        let line = Line { book: Arc::default(), clock: Fast::new() };
        let stage = Self { shop, line };
        let (till, _) = stage.open().await;
        let settings = till::Settings { shop_name: "Chez Afi".into(), ..till::Settings::default() };
        till.save_settings(settings).await.unwrap();
        till.save_keys("key-canary", "token.canary", false, false).await.unwrap();
        till.set_mode(Mode::Live).await.unwrap();
        till.close().await;
        stage
    }

    async fn open(&self) -> (Till, mpsc::UnboundedReceiver<TillEvent>) {
        let (told, heard) = mpsc::unbounded_channel();
        let keychain: Arc<Keychain> = Arc::clone(&self.shop.keychain);
        let ports = Ports {
            clock: self.line.clock.clone(),
            chance: Arc::new(SystemChance),
            secrets: keychain,
            gateways: Arc::new(self.line.clone()),
            ..self.shop.ports_telling(told)
        };
        let options = till::TillOptions { keeps_backups: false, ..self.shop.options() };
        (Till::open(options, ports).await.unwrap(), heard)
    }

    fn ledger_path(&self) -> std::path::PathBuf {
        self.shop.folder.path().join("till").join("live.sqlite3")
    }

    fn asked(&self) -> Vec<(i64, String)> {
        self.line.book.asked.lock().unwrap().clone()
    }

    fn now_ms(&self) -> i64 {
        self.line.clock.monotonic_ms()
    }

    async fn pass(&self, ms: u64) {
        tokio::time::sleep(Duration::from_millis(ms / u64::from(TIMES))).await;
    }
}

/// Payments that LigdiCash took so long ago, put into the ledger as a till writes them; paid after so long, if at all.
async fn accepted_ago(
    path: &Path,
    server: &str,
    now_ms: i64,
    ago_ms: i64,
    count: usize,
    paid_after_ms: Option<i64>,
) {
    let ledger = Ledger::open(path, Mode::Live, DayRule::default(), [7; 16], now_ms).await.unwrap();
    for number in 0..count {
        let at_ms = now_ms - ago_ms;
        let mut random = [9; 10];
        random[8..].copy_from_slice(&u16::try_from(number).unwrap().to_be_bytes());
        let id = PaymentId::from_parts(at_ms, random);
        let new = NewPayment {
            id: id.clone(),
            intent_id: format!("old-{number}"),
            amount: Xof::new(1_000),
            phone: PhoneNumber::parse(&format!("91{number:06}")).unwrap(),
            phone_salt: [1; 16],
            cashier: String::new(),
            previous: None,
            at_ms,
        };
        let RecordOutcome::New(payment) = ledger.record(new).await.unwrap() else { panic!("{id} twice") };
        let change = |version, what| Change { id: id.clone(), version, at_ms, what, note: String::new() };
        let sent = What::SubmissionStarted { server: server.to_owned(), credential_set: "old".into() };
        let sent = ledger.apply(change(payment.version, sent)).await.unwrap().payment;
        let token = Token::new(format!("token-of-{id}"));
        let accepted = What::Accepted { token, next_check_at_ms: at_ms + FIRST_CHECK_MS };
        let accepted = ledger.apply(change(sent.version, accepted)).await.unwrap().payment;
        if let Some(after_ms) = paid_after_ms {
            let paid = What::Checked {
                event: Event::ConfirmCompleted,
                facts: ConfirmFacts { confirmed_amount: Some(Xof::new(1_000)), ..ConfirmFacts::default() },
                problem: None,
                asked_at_ms: at_ms + after_ms,
                answered_at_ms: at_ms + after_ms,
                next_check_at_ms: None,
                failures: 0,
            };
            ledger.apply(change(accepted.version, paid)).await.unwrap();
        }
    }
    ledger.close().await;
}

/// The most questions within any second.
fn busiest_second(asked: &[(i64, String)]) -> usize {
    let within = |from: usize| asked[from..].iter().take_while(|(at, _)| at - asked[from].0 < 1_000).count();
    (0..asked.len()).map(within).max().unwrap_or(0)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_open_payments_are_no_burst_and_starve_nobody_at_the_counter() {
    let stage = Stage::new().await;
    let server = stage.shop.provider.base_url();
    let server = BaseUrl::parse(&server).unwrap().as_str().to_owned();
    accepted_ago(&stage.ledger_path(), &server, stage.line.clock.now_ms(), 2 * HOUR_MS, OPEN, None).await;
    let (till, mut heard) = stage.open().await;
    let begun_ms = stage.now_ms();

    // Five customers, one after the other, each approving after twenty seconds.
    let mut fresh = BTreeMap::new();
    for number in 0..5 {
        stage.pass(20_000).await;
        let charged =
            till.charge(sale(&format!("new-{number}"), "5000", &format!("9200000{number}"))).await.unwrap();
        let till::Charged::Payment(_, payment) = charged else { panic!("{charged:?}") };
        let now_ms = stage.now_ms();
        stage.line.book.approve.lock().unwrap().insert(payment.id.to_string(), now_ms + 20_000);
        fresh.insert(payment.id.to_string(), now_ms);
    }
    let mut paid = 0;
    let all_paid = async {
        while paid < fresh.len() {
            if let TillEvent::PaymentChanged(_, payment) = heard.recv().await.unwrap()
                && payment.state == State::Paid
            {
                paid += 1;
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(60), all_paid).await.expect("a customer at the counter starves");
    let old = |asked: &[(i64, String)]| {
        let mut counts: HashMap<String, Vec<i64>> = HashMap::new();
        for (at_ms, id) in asked.iter().filter(|(_, id)| !fresh.contains_key(id)) {
            counts.entry(id.clone()).or_default().push(*at_ms);
        }
        counts
    };
    let every_one = async {
        while old(&stage.asked()).len() < OPEN {
            stage.pass(5_000).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), every_one).await.expect("an old payment starves");
    let asked = stage.asked();

    let busiest = busiest_second(&asked);
    assert!(busiest <= 4, "{busiest} questions in one second");
    let old = old(&asked);
    let last_ms = old.values().map(|times| times[0]).max().unwrap() - begun_ms;
    // Nobody a second time before everybody once, but for those whose quarter of an hour is over.
    for times in old.values() {
        assert!(times.windows(2).all(|pair| pair[1] - pair[0] >= 13 * MINUTE_MS), "{times:?}");
    }
    // Counted in turns of others: the clock runs a hundredfold, and a machine with other work stops it for nobody.
    let (mut slowest_ms, mut most_turns) = (0, 0);
    for (id, charged_ms) in &fresh {
        let times: Vec<i64> = asked.iter().filter(|(_, asked)| asked == id).map(|(at, _)| *at).collect();
        assert!(times.windows(2).all(|pair| pair[1] - pair[0] >= FLOOR_MS), "{times:?}");
        let before: Vec<i64> = std::iter::once(*charged_ms).chain(times.iter().copied()).collect();
        for pair in before.windows(2) {
            slowest_ms = slowest_ms.max(pair[1] - pair[0]);
            let turns = asked.iter().filter(|(at, other)| other != id && (pair[0]..pair[1]).contains(at));
            most_turns = most_turns.max(turns.count());
        }
    }
    // Its own interval at a question a second, and the turn it waits for. Who starves waits for the thousand.
    assert!(most_turns <= TURNS_MAX, "a customer at the counter waited for {most_turns} questions of others");

    println!(
        "FIGURE one budget | {OPEN} open, 5 at the counter | at most {busiest} questions in a second, every open one asked \
         within {} s, one at the counter after {most_turns} of others and {:.1} s at most",
        last_ms / 1_000,
        slowest_ms as f64 / 1_000.0
    );

    // Everybody was asked; until the next quarter of an hour the loop only looks whether the machine slept.
    let quiet_since = stage.asked().len();
    let (sleeps, from_ms) = (stage.line.clock.sleeps.load(Ordering::SeqCst), stage.now_ms());
    stage.pass(120_000).await;
    let (slept, minutes) = (
        stage.line.clock.sleeps.load(Ordering::SeqCst) - sleeps,
        (stage.now_ms() - from_ms) as f64 / MINUTE_MS as f64,
    );
    let questions = stage.asked().len() - quiet_since;
    let naps = slept.saturating_sub(questions * 2);
    assert!(
        (naps as f64) <= minutes * 4.0 + 2.0,
        "{naps} wakes in {minutes:.1} minutes beside {questions} questions"
    );
    println!(
        "FIGURE idle between checks | {OPEN} open, {minutes:.1} minutes with {questions} questions | {:.1} wakes a minute \
         beside them",
        naps as f64 / minutes
    );
    till.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_comes_back_makes_the_till_ask_at_once_and_within_the_floor() {
    let stage = Stage::new().await;
    let server = BaseUrl::parse(&stage.shop.provider.base_url()).unwrap().as_str().to_owned();
    accepted_ago(&stage.ledger_path(), &server, stage.line.clock.now_ms(), 2 * HOUR_MS, 3, None).await;
    let (till, _heard) = stage.open().await;
    let until_asked = async |count: usize| {
        let more = async {
            while stage.asked().len() < count {
                stage.pass(1_000).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(20), more).await.is_ok()
    };
    assert!(until_asked(3).await, "nobody is asked about after the start");
    stage.pass(20_000).await;
    let before_ms = stage.now_ms();
    for _ in 0..50 {
        till.look_again().await;
    }
    assert!(until_asked(6).await, "whoever comes back is not told");
    let asked = stage.asked();
    // By themselves they would be asked about in a quarter of an hour; the clock runs on while a busy machine waits.
    assert!(asked[5].0 - before_ms <= 60_000, "{} ms", asked[5].0 - before_ms);
    stage.pass(20_000).await;
    assert_eq!(stage.asked().len(), 6, "fifty looks are one");
    for (_, id) in &asked[..3] {
        let times: Vec<i64> = asked.iter().filter(|(_, other)| other == id).map(|(at, _)| *at).collect();
        assert!(times.windows(2).all(|pair| pair[1] - pair[0] >= FLOOR_MS), "{times:?}");
    }
    till.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn typing_warms_the_way_once_a_minute_and_never_in_training() {
    let stage = Stage::new().await;
    let (till, _heard) = stage.open().await;
    let warmed_up = || stage.line.book.warmed_up.load(Ordering::SeqCst);
    for _ in 0..100 {
        till.warm_up().await;
    }
    assert_eq!(warmed_up(), 1);
    stage.pass(70_000).await;
    till.warm_up().await;
    assert_eq!(warmed_up(), 2);
    till.set_mode(Mode::Training).await.unwrap();
    stage.pass(70_000).await;
    till.warm_up().await;
    assert_eq!(warmed_up(), 2);
    till.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_shops_own_history_is_told_with_its_number_and_the_light_follows_the_last_ten() {
    use till::domain::answering::{Answering, Light};
    let stage = Stage::new().await;
    let (till, mut heard) = stage.open().await;
    assert_eq!(till.answering().await.unwrap(), Answering::default());
    for number in 0..20 {
        let charged = till
            .charge(sale(&format!("sale-{number}"), "5000", &format!("920000{number:02}")))
            .await
            .unwrap();
        let till::Charged::Payment(_, payment) = charged else { panic!("{charged:?}") };
        stage.line.book.approve.lock().unwrap().insert(payment.id.to_string(), 0);
    }
    let mut paid = 0;
    let all_paid = async {
        while paid < 20 {
            if let TillEvent::PaymentChanged(_, payment) = heard.recv().await.unwrap()
                && payment.state == State::Paid
            {
                paid += 1;
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(60), all_paid).await.unwrap();
    assert_eq!(till.answering().await.unwrap().light, Light::Good);
    till.close().await;
    drop(till);

    // What was learned is looked up at a start.
    let (till, _heard) = stage.open().await;
    stage.pass(5_000).await;
    let answering = till.answering().await.unwrap();
    assert_eq!(answering.approvals, 20);
    // From the floor on; above it only stalls of a busy machine, a hundredfold.
    assert!(answering.nine_in_ten_s.is_some_and(|seconds| (3..900).contains(&seconds)), "{answering:?}");
    till.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_outcomes_of_this_shop_change_when_it_is_asked_first() {
    let stage = Stage::new().await;
    let server = BaseUrl::parse(&stage.shop.provider.base_url()).unwrap().as_str().to_owned();
    let (till, mut heard) = stage.open().await;
    let before_ms = first_wait_ms(&till, &mut heard, "before", "92000001").await;
    till.close().await;
    drop((till, heard));
    accepted_ago(&stage.ledger_path(), &server, stage.line.clock.now_ms(), 2 * HOUR_MS, 200, Some(2_500))
        .await;
    let (till, mut heard) = stage.open().await;
    // The loop learns when it first turns.
    stage.pass(10_000).await;
    let after_ms = first_wait_ms(&till, &mut heard, "after", "92000002").await;
    assert_eq!((before_ms, after_ms), (FIRST_CHECK_MS, FLOOR_MS));
    till.close().await;
}

/// How long after its acceptance a sale is first asked about, as planned.
async fn first_wait_ms(
    till: &Till,
    heard: &mut mpsc::UnboundedReceiver<TillEvent>,
    intent: &str,
    phone: &str,
) -> i64 {
    till.charge(sale(intent, "5000", phone)).await.unwrap();
    let planned = async {
        loop {
            if let TillEvent::PaymentChanged(_, payment) = heard.recv().await.unwrap()
                && payment.intent_id == intent
                && payment.state == State::Pending
            {
                return payment.next_check_at_ms.unwrap() - payment.accepted_at_ms.unwrap();
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(20), planned).await.unwrap() / 100 * 100
}
