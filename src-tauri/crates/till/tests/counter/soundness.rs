//! When a ledger is read whole: before it opens, or beside the till, which then stops charging into what it found damaged.

use crate::shop::{Open, Shop, sale};
use simulator::Answer;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use till::domain::State;
use till::{Boxed, Clock, OpenError, OpenTillError, SystemClock, Till, TillError, TillEvent};
use tokio::sync::mpsc;

const PAGE: usize = 4_096;

/// The machine's clock, days ahead, whose owner does not wait for the till to have had its start.
struct Ahead {
    clock: SystemClock,
    days: i64,
}

impl Clock for Ahead {
    fn now_ms(&self) -> i64 {
        self.clock.now_ms() + self.days * 24 * 3_600_000
    }
    fn monotonic_ms(&self) -> i64 {
        self.clock.monotonic_ms()
    }
    fn sleep(&self, wait: Duration) -> Boxed<'_, ()> {
        let is_calm = wait == Duration::from_secs(15);
        self.clock.sleep(if is_calm { Duration::from_millis(30) } else { wait })
    }
}

impl Shop {
    /// Opened so many days from now, with every file counting as large.
    async fn opened_in(&self, days: i64) -> Result<Open, OpenTillError> {
        let (told, heard) = mpsc::unbounded_channel();
        let mut ports = self.ports_telling(told);
        ports.clock = Arc::new(Ahead { clock: SystemClock::new(), days });
        let options = till::TillOptions { read_first_bytes: 0, ..self.options() };
        Ok(Open { till: Till::open(options, ports).await?, heard })
    }

    fn till_folder(&self) -> PathBuf {
        self.folder.path().join("till")
    }

    /// A live ledger with a few sales, opened and read whole, and closed.
    async fn with_sales(&self) {
        let mut open = self.live().await;
        for at in 0..4 {
            let payment = open.charge(sale(&format!("sale-{at}"), "5000", &format!("9012345{at}"))).await;
            open.until(State::Pending).await;
            self.provider.answer(payment.id.as_str(), Answer::Approve).unwrap();
            open.till.check_now(&payment.id).await.unwrap();
            open.until(State::Paid).await;
        }
        open.till.close().await;
        drop(open);
        let open = self.opened_in(0).await.unwrap();
        open.till.close().await;
    }
}

fn copy(from: &Path, to: &Path) {
    let _ = std::fs::remove_dir_all(to);
    std::fs::create_dir(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap().flatten().filter(|entry| entry.path().is_file()) {
        std::fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
    }
}

/// Whether there is such a page, and it held anything before.
fn zero(ledger: &Path, page: usize) -> Option<bool> {
    let mut bytes = std::fs::read(ledger).unwrap();
    let hit = bytes.get_mut(page * PAGE..(page + 1) * PAGE)?;
    // What is free was overwritten when it became free.
    let held = hit.iter().any(|byte| *byte != 0);
    hit.fill(0);
    std::fs::write(ledger, bytes).unwrap();
    Some(held)
}

/// The pages that a log holds; each frame begins with the number of its page, counted from 1.
fn logged(log: &Path) -> Vec<usize> {
    let bytes = std::fs::read(log).unwrap();
    assert!(bytes.len() > 32, "a till that was left has written something");
    let number = |frame: &[u8]| u32::from_be_bytes(frame[..4].try_into().unwrap());
    bytes[32..].chunks_exact(24 + PAGE).map(|frame| usize::try_from(number(frame)).unwrap() - 1).collect()
}

fn is_damaged<T>(opened: &Result<T, OpenTillError>) -> bool {
    matches!(opened, Err(OpenTillError::Till(TillError::LedgerOpen(OpenError::Damaged { .. }))))
}

#[tokio::test(flavor = "multi_thread")]
async fn the_daily_copy_of_a_large_ledger_waits_until_the_till_has_had_its_start() {
    let shop = Shop::new().await;
    shop.with_sales().await;
    let open = shop.opened_in(2).await.unwrap();
    let before = open.till.backup_status().files.len();
    tokio::time::sleep(Duration::from_millis(700)).await;
    assert_eq!(open.till.backup_status().files.len(), before, "it competes with the window");
    open.till.close().await;
    drop(open);

    // A small one is copied before anybody notices.
    let (told, _heard) = mpsc::unbounded_channel();
    let mut ports = shop.ports_telling(told);
    ports.clock = Arc::new(Ahead { clock: SystemClock::new(), days: 2 });
    let till = Till::open(shop.options(), ports).await.unwrap();
    while till.backup_status().files.len() == before {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    till.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn damage_found_while_the_till_is_open_stops_charging_is_told_and_keeps_the_next_start_from_opening() {
    let shop = Shop::new().await;
    shop.with_sales().await;
    let (folder, sound) = (shop.till_folder(), shop.folder.path().join("sound"));
    copy(&folder, &sound);
    let (mut found, mut at_opening) = (0, 0);
    for page in 1.. {
        copy(&sound, &folder);
        match zero(&folder.join("live.sqlite3"), page) {
            None => break,
            Some(false) => continue,
            Some(true) => {}
        }
        // Two days later: sound not long ago, so a brief look does, and it is time to read it whole.
        let opened = shop.opened_in(2).await;
        let Ok(mut open) = opened else {
            at_opening += 1;
            let opened = opened.map(|_| ());
            assert!(is_damaged(&opened), "page {page}: {opened:?}");
            continue;
        };
        open.hear(|event| matches!(event, TillEvent::LedgerDamaged).then_some(())).await;
        let charged = open.till.charge(sale("after", "5000", "90123499")).await.map(|_| ()).unwrap_err();
        assert!(matches!(charged, TillError::LedgerOpen(OpenError::Damaged { .. })), "{charged:?}");
        assert!(open.till.snapshot().await.is_err());
        open.till.close().await;
        drop(open);
        assert!(is_damaged(&shop.opened_in(2).await.map(|_| ())), "page {page}: told at the next start");
        found += 1;
    }
    assert!(found > 0 && at_opening > 0, "{found} {at_opening}");
    println!(
        "FIGURE damage while the till is open | {} pages of zeros, one at a time | {at_opening} found at opening, {found} by the \
         reading that follows: charging stopped, told at the next start too",
        found + at_opening
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ledger_that_was_left_open_or_not_read_for_long_is_read_whole_before_it_opens() {
    let shop = Shop::new().await;
    shop.with_sales().await;
    let (folder, sound) = (shop.till_folder(), shop.folder.path().join("sound"));
    copy(&folder, &sound);
    // The pages that a brief look does not see.
    let mut unseen = Vec::new();
    for page in 1.. {
        copy(&sound, &folder);
        match zero(&folder.join("live.sqlite3"), page) {
            None => break,
            Some(false) => continue,
            Some(true) => {}
        }
        if let Ok(open) = shop.opened_in(0).await {
            open.till.close().await;
            unseen.push(page);
        }
    }

    copy(&sound, &folder);
    let mut open = shop.opened_in(0).await.unwrap();
    // What a till leaves behind that is ended while it is open.
    let left = shop.folder.path().join("left");
    open.charge(sale("left", "5000", "90123499")).await;
    open.until(State::Pending).await;
    copy(&folder, &left);
    open.till.close().await;
    drop(open);
    copy(&left, &folder);
    // One whose newest content is not in the log, which would heal it.
    let logged = logged(&folder.join("live.sqlite3-wal"));
    let page = unseen.into_iter().find(|page| !logged.contains(page)).unwrap();
    zero(&folder.join("live.sqlite3"), page);
    assert!(is_damaged(&shop.opened_in(0).await.map(|_| ())), "left open");

    copy(&sound, &folder);
    zero(&folder.join("live.sqlite3"), page);
    assert!(is_damaged(&shop.opened_in(9).await.map(|_| ())), "not read for nine days");

    copy(&sound, &folder);
    let open = shop.opened_in(9).await.unwrap();
    open.till.close().await;
}
