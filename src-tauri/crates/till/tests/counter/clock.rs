//! The computer's clock: wrong, set, leaping; and the zones that have no say.

use crate::shop::{Open, Shop, sale};
use simulator::{Answer, CreateBehaviour};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;
use till::domain::{DayRule, PaymentId, State};
use till::{Boxed, Clock, Ports, SystemClock, Till, TillEvent};
use tokio::sync::mpsc;

const TEN_YEARS_MS: i64 = 10 * 365 * 24 * 3_600_000;

/// The machine's clock, set by hand.
struct SetByHand {
    clock: SystemClock,
    by_ms: AtomicI64,
}

impl SetByHand {
    fn new(by_ms: i64) -> Arc<Self> {
        Arc::new(Self { clock: SystemClock::new(), by_ms: AtomicI64::new(by_ms) })
    }

    fn set(&self, by_ms: i64) {
        self.by_ms.store(by_ms, Ordering::SeqCst);
    }
}

impl Clock for SetByHand {
    fn now_ms(&self) -> i64 {
        self.clock.now_ms() + self.by_ms.load(Ordering::SeqCst)
    }

    fn monotonic_ms(&self) -> i64 {
        self.clock.monotonic_ms()
    }

    fn sleep(&self, wait: Duration) -> Boxed<'_, ()> {
        self.clock.sleep(wait)
    }
}

/// A live shop whose computer has this clock.
async fn live(shop: &Shop, clock: Arc<SetByHand>) -> Open {
    let open = shop.live().await;
    open.till.close().await;
    drop(open);
    let (told, heard) = mpsc::unbounded_channel();
    let ports = Ports { clock, ..shop.ports_telling(told) };
    Open { till: Till::open(shop.options(), ports).await.unwrap(), heard }
}

async fn told_of_the_clock(open: &mut Open) -> Option<i64> {
    open.hear(|event| match event {
        TillEvent::ClockWrong { by_ms } => Some(*by_ms),
        _ => None,
    })
    .await
}

async fn confirms_reach(shop: &Shop, count: usize) {
    let more = async {
        while shop.confirms().len() < count {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), more).await.expect("the payment is asked about no more");
}

fn never_under_the_floor(shop: &Shop) {
    let confirms = shop.confirms();
    assert!(confirms.windows(2).all(|pair| pair[1] - pair[0] >= 2_990), "{confirms:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_clock_is_told_by_the_first_usable_answer_and_the_notice_goes_when_it_is_set_right() {
    let shop = Shop::new().await;
    let clock = SetByHand::new(-600_000);
    let mut open = live(&shop, Arc::clone(&clock)).await;
    assert_eq!(open.till.snapshot().await.unwrap().clock_wrong_by_ms, None);

    // An error page has a date too, and is not LigdiCash's.
    shop.provider.script_create(CreateBehaviour::CreateAndAnswerHtml);
    open.charge(sale("a", "5000", "90123456")).await;
    open.until(State::Uncertain).await;
    assert_eq!(open.till.snapshot().await.unwrap().clock_wrong_by_ms, None);

    // A refusal is LigdiCash's.
    shop.provider.script_create(CreateBehaviour::Refuse("07".into()));
    open.charge(sale("b", "5000", "91123456")).await;
    let by_ms = told_of_the_clock(&mut open).await.unwrap();
    assert!((by_ms + 600_000).abs() < 5_000, "{by_ms}");
    assert_eq!(open.till.snapshot().await.unwrap().clock_wrong_by_ms, Some(by_ms));

    // It stops no sale.
    let payment = open.charge(sale("c", "5000", "92123456")).await;
    open.until(State::Pending).await;
    shop.provider.answer(payment.id.as_str(), Answer::Approve).unwrap();
    open.until(State::Paid).await;

    clock.set(0);
    assert_eq!(told_of_the_clock(&mut open).await, None);
    assert_eq!(open.till.snapshot().await.unwrap().clock_wrong_by_ms, None);
    open.till.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_test_of_the_keys_tells_of_a_wrong_clock_and_a_right_one_is_not_told_of() {
    let shop = Shop::new().await;
    let clock = SetByHand::new(0);
    let mut open = live(&shop, Arc::clone(&clock)).await;
    open.till.test_connection().await.unwrap();
    assert_eq!(open.till.snapshot().await.unwrap().clock_wrong_by_ms, None);
    clock.set(TEN_YEARS_MS);
    open.till.test_connection().await.unwrap();
    assert!(told_of_the_clock(&mut open).await.is_some_and(|by_ms| (by_ms - TEN_YEARS_MS).abs() < 5_000));
    open.till.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_set_ten_years_ahead_and_back_ends_no_watch_and_brings_no_two_questions_close() {
    let shop = Shop::new().await;
    let clock = SetByHand::new(0);
    let mut open = live(&shop, Arc::clone(&clock)).await;
    let payment = open.charge(sale("a", "5000", "90123456")).await;
    open.until(State::Pending).await;
    for by_ms in [TEN_YEARS_MS, -TEN_YEARS_MS, 0] {
        let asked = shop.confirms().len();
        clock.set(by_ms);
        confirms_reach(&shop, asked + 2).await;
    }
    shop.provider.answer(payment.id.as_str(), Answer::Approve).unwrap();
    open.until(State::Paid).await;
    never_under_the_floor(&shop);
    open.till.close().await;
}

/// The battery is empty: the computer believes to be ten years back, sells, and is set right while the till is closed.
#[tokio::test(flavor = "multi_thread")]
async fn a_payment_that_looks_ten_years_old_at_start_is_still_watched() {
    let shop = Shop::new().await;
    let clock = SetByHand::new(-TEN_YEARS_MS);
    let mut open = live(&shop, clock).await;
    let payment = open.charge(sale("a", "5000", "90123456")).await;
    open.until(State::Pending).await;
    open.till.close().await;
    drop(open);

    let open = shop.open().await;
    let asked = shop.confirms().len();
    confirms_reach(&shop, asked + 1).await;
    let planned = async {
        loop {
            let (_, payment, _) = open.till.detail(&payment.id).await.unwrap();
            if payment.last_check_at_ms.is_some_and(|at| at > payment.created_at_ms + TEN_YEARS_MS / 2) {
                return payment.next_check_at_ms;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    let planned = tokio::time::timeout(Duration::from_secs(20), planned).await.unwrap();
    assert!(planned.is_some(), "nobody will ask about it again");
    open.till.close().await;
}

#[test]
fn days_are_the_shops_own() {
    for (zone, hour, at_ms, day) in [
        ("Africa/Lome", 0, 1_795_564_799_999, "2026-11-24"),
        ("Africa/Lome", 0, 1_795_564_800_000, "2026-11-25"),
        ("Africa/Lome", 4, 1_795_579_199_999, "2026-11-24"),
        ("Pacific/Kiritimati", 0, 1_795_514_400_000, "2026-11-25"),
        ("Africa/Lome", 0, 1_798_761_599_999, "2026-12-31"),
        ("Africa/Lome", 0, 1_798_761_600_000, "2027-01-01"),
    ] {
        let rule = DayRule::new(zone, hour).unwrap();
        assert_eq!(rule.day_of(at_ms).unwrap().to_string(), day, "{zone} {hour} {at_ms}");
    }
    // The identifier carries the moment; no zone moves it.
    assert!(PaymentId::from_parts(1_795_564_800_000, [0; 10]).as_str().starts_with("01a2"));
}

/// The zone of the system is another program's affair: the same days come out under each.
#[test]
fn the_zone_of_the_system_has_no_say() {
    for zone in ["UTC", "Pacific/Kiritimati", "America/New_York", "Asia/Kolkata", "no zone"] {
        let run = std::process::Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "clock::days_are_the_shops_own"])
            .env("TZ", zone)
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&run.stdout);
        assert!(run.status.success() && said.contains("1 passed"), "TZ={zone}: {said}");
    }
}
