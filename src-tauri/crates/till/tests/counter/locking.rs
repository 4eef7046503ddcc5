//! The lock under a sleeping computer, many sign-ins, and many who try at once.

use crate::people::{MINUTE_MS, OWNER_PIN, Turned, of, opened, try_pin, with_cashier, with_owner};
use crate::shop::{Open, Shop};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use till::domain::Right;
use till::{Boxed, Clock, Gate, Pin, Ports, Presence, SystemClock, Till, TillError, TillEvent};
use tokio::sync::mpsc;

#[tokio::test(flavor = "multi_thread")]
async fn a_till_that_slept_through_its_time_locks_soon_after_it_wakes_although_nobody_touches_it() {
    let shop = Shop::new().await;
    let clock = Turned::new();
    let mut open = opened(&shop, clock.clone()).await;
    with_owner(&open.till).await;
    while open.heard.try_recv().is_ok() {}
    // Asleep, the clock that nobody can set stands still.
    clock.wall_by_ms.fetch_add(6 * MINUTE_MS, Ordering::SeqCst);
    let locked = open.hear(|event| matches!(event, TillEvent::SnapshotStale).then_some(()));
    tokio::time::timeout(Duration::from_secs(15), locked).await.expect("it waits for a touch");
    clock.wall_by_ms.store(0, Ordering::SeqCst);
    assert_eq!(open.till.presence(), Presence::Locked, "whoever was there has left");
    open.till.close().await;
}

/// Counts who sleeps.
struct Sleepers {
    clock: SystemClock,
    asleep: Arc<AtomicUsize>,
}

impl Clock for Sleepers {
    fn now_ms(&self) -> i64 {
        self.clock.now_ms()
    }
    fn monotonic_ms(&self) -> i64 {
        self.clock.monotonic_ms()
    }
    fn sleep(&self, wait: Duration) -> Boxed<'_, ()> {
        struct Asleep(Arc<AtomicUsize>);
        impl Drop for Asleep {
            fn drop(&mut self) {
                self.0.fetch_sub(1, Ordering::SeqCst);
            }
        }
        self.asleep.fetch_add(1, Ordering::SeqCst);
        let asleep = Asleep(Arc::clone(&self.asleep));
        Box::pin(async move {
            self.clock.sleep(wait).await;
            drop(asleep);
        })
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn however_often_somebody_signs_in_one_task_watches_whether_the_till_is_idle() {
    let shop = Shop::new().await;
    let asleep = Arc::new(AtomicUsize::default());
    let clock = Arc::new(Sleepers { clock: SystemClock::new(), asleep: Arc::clone(&asleep) });
    let (told, heard) = mpsc::unbounded_channel();
    let ports = Ports { clock, ..shop.ports_telling(told) };
    let open = Open { till: Till::open(shop.options(), ports).await.unwrap(), heard };
    with_cashier(&open.till).await;
    tokio::time::sleep(Duration::from_millis(500)).await;
    let before = asleep.load(Ordering::SeqCst);
    for _ in 0..6 {
        try_pin(&open.till, "Afi", OWNER_PIN).await.unwrap();
    }
    let mut now = usize::MAX;
    for _ in 0..40 {
        tokio::time::sleep(Duration::from_millis(200)).await;
        now = now.min(asleep.load(Ordering::SeqCst));
    }
    assert!(now <= before, "{before} before, {now} after");
    assert!(open.till.admit(Right::People).await.is_ok());
    open.till.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn many_command_lines_at_once_try_no_more_pins_than_one_may() {
    const AT_ONCE: usize = 16;
    let shop = Shop::new().await;
    let open = opened(&shop, Turned::new()).await;
    with_owner(&open.till).await;
    let afi = of(&open.till, "Afi").id;
    let data_dir = shop.folder.path().join("till");
    let mut gates = Vec::new();
    for _ in 0..AT_ONCE {
        gates.push(Gate::of(&data_dir, shop.ports()).await.unwrap().unwrap());
    }
    let mut trying = tokio::task::JoinSet::new();
    for gate in gates {
        let afi = afi.clone();
        trying.spawn(async move {
            let answer = gate.admit(&afi, &Pin::typed("1379").unwrap(), Right::Export).await;
            gate.close().await;
            answer.map(|_| ())
        });
    }
    let answers = trying.join_all().await;
    let tried = answers.iter().filter(|answer| matches!(answer, Err(TillError::PinWrong { .. }))).count();
    let waits = answers.iter().filter(|answer| matches!(answer, Err(TillError::PinWait { .. }))).count();
    assert_eq!((tried, tried + waits), (4, AT_ONCE), "{answers:?}");
    // What the others counted, the open till waits for too, and so does the right PIN.
    open.till.lock().await;
    assert!(matches!(try_pin(&open.till, "Afi", OWNER_PIN).await, Err(TillError::PinWait { .. })));
    let gate = Gate::of(&data_dir, shop.ports()).await.unwrap().unwrap();
    assert!(gate.must_wait_s(&afi).is_some_and(|seconds| seconds >= 30));
    gate.close().await;
    open.till.close().await;
}
