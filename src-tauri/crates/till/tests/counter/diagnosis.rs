//! What the till says of itself when asked whether a sale could go through, part by part.

use crate::shop::{KEYS, Open, Shop, sale};
use simulator::CreateBehaviour;
use std::sync::Arc;
use till::domain::State;
use till::{Boxed, Clock, Finding, Found, Part, Ports, PrinterConnection, Settings, SystemClock, Till};
use tokio::sync::mpsc;

async fn found(open: &Open) -> Vec<(Part, Found)> {
    lines(open).await.into_iter().map(|line| (line.part, line.found)).collect()
}

/// Every part once and in its place, nothing left on the disk or in the keychain, and no secret in a detail.
async fn lines(open: &Open) -> Vec<Finding> {
    let lines = open.till.diagnose().await;
    let parts: Vec<Part> = lines.iter().map(|line| line.part).collect();
    assert_eq!(parts, ALL);
    for line in &lines {
        assert!(!line.detail.contains(KEYS.0) && !line.detail.contains(KEYS.1), "{line:?}");
    }
    lines
}

const ALL: [Part; 10] = [
    Part::Keys,
    Part::Network,
    Part::Server,
    Part::Certificate,
    Part::Clock,
    Part::Keychain,
    Part::Printer,
    Part::Disk,
    Part::Ledger,
    Part::Chain,
];

/// What a live shop with a test server on this machine and no printer has, apart from `changed`.
fn as_it_should_be(changed: &[(Part, Found)]) -> Vec<(Part, Found)> {
    let usual = |part| match part {
        Part::Server => Found::OtherServer,
        Part::Certificate => Found::NoCertificate,
        Part::Printer => Found::NoPrinter,
        _ => Found::Good,
    };
    let found = |part| changed.iter().find(|(of, _)| *of == part).map_or(usual(part), |(_, found)| *found);
    ALL.map(|part| (part, found(part))).to_vec()
}

/// What cannot be tried without an answer of LigdiCash.
fn without_an_answer(network: Found) -> Vec<(Part, Found)> {
    let untried =
        [Part::Keys, Part::Server, Part::Certificate, Part::Clock].map(|part| (part, Found::NotTried));
    untried.into_iter().chain([(Part::Network, network)]).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_till_that_serves_says_so_of_every_part_and_leaves_nothing_behind() {
    let shop = Shop::new().await;
    let open = shop.live().await;
    let kept = shop.keychain.kept.lock().unwrap().clone();
    let asked = shop.creates();
    assert_eq!(found(&open).await, as_it_should_be(&[]));
    assert_eq!(*shop.keychain.kept.lock().unwrap(), kept);
    assert!(!shop.folder.path().join("till/diagnosis.probe").exists());
    assert_eq!(shop.creates(), asked, "a test must not ask for money");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_with_keys_and_line_is_told_apart() {
    let shop = Shop::new().await;
    let open = shop.open().await;
    let nothing =
        [(Part::Keys, Found::KeysMissing), (Part::Network, Found::NotTried), (Part::Server, Found::NotTried)];
    let nothing =
        [&nothing[..], &[(Part::Certificate, Found::NotTried), (Part::Clock, Found::NotTried)]].concat();
    let fresh = [&nothing[..], &[(Part::Chain, Found::NotTried)]].concat();
    assert_eq!(found(&open).await, as_it_should_be(&fresh));
    open.till.close().await;
    drop(open);

    let open = shop.live().await;
    open.till.save_keys(KEYS.0, KEYS.1, true, true).await.unwrap();
    assert_eq!(found(&open).await, as_it_should_be(&[(Part::Keys, Found::KeysForSession)]));
    open.till.save_keys("another-key", "another.token", false, true).await.unwrap();
    assert_eq!(found(&open).await, as_it_should_be(&[(Part::Keys, Found::KeysRefused)]));
    shop.provider.stop().await;
    assert_eq!(found(&open).await, as_it_should_be(&without_an_answer(Found::NoConnection)));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_internet_connection_that_ligdicash_refuses_is_told_until_a_sale_goes_through() {
    let shop = Shop::new().await;
    let mut open = shop.live().await;
    for (code, told) in [("03", Found::AddressRefused), ("07", Found::Good)] {
        shop.provider.script_create(CreateBehaviour::Refuse(code.into()));
        open.charge(sale(code, "5000", "90123456")).await;
        open.until(State::Rejected).await;
        assert_eq!(found(&open).await, as_it_should_be(&[(Part::Keys, told)]), "after Code{code}");
    }
}

/// The machine's clock, an hour ahead.
struct Ahead(SystemClock);

impl Clock for Ahead {
    fn now_ms(&self) -> i64 {
        self.0.now_ms() + 3_600_000
    }
    fn monotonic_ms(&self) -> i64 {
        self.0.monotonic_ms()
    }
    fn sleep(&self, wait: std::time::Duration) -> Boxed<'_, ()> {
        self.0.sleep(wait)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_clock_is_told_with_how_much() {
    let shop = Shop::new().await;
    shop.live().await.till.close().await;
    let (told, heard) = mpsc::unbounded_channel();
    let ports = Ports { clock: Arc::new(Ahead(SystemClock::new())), ..shop.ports_telling(told) };
    let open = Open { till: Till::open(shop.options(), ports).await.unwrap(), heard };
    let lines = lines(&open).await;
    let clock = lines.iter().find(|line| line.part == Part::Clock).unwrap();
    assert_eq!(clock.found, Found::ClockWrong);
    // LigdiCash's date has whole seconds.
    assert!(["+3599 s", "+3600 s", "+3601 s"].contains(&&*clock.detail), "{}", clock.detail);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_keychain_that_is_gone_or_forgets_is_told_apart() {
    let shop = Shop::new().await;
    let open = shop.live().await;
    *shop.keychain.forgets.lock().unwrap() = true;
    assert_eq!(found(&open).await, as_it_should_be(&[(Part::Keychain, Found::KeychainForgets)]));
    *shop.keychain.gone.lock().unwrap() = true;
    assert_eq!(found(&open).await, as_it_should_be(&[(Part::Keychain, Found::KeychainUnavailable)]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_printer_is_reached_for_and_sent_nothing() {
    let shop = Shop::new().await;
    let open = shop.live().await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let paper = shop.folder.path().join("paper").to_string_lossy().into_owned();
    let nowhere = shop.folder.path().join("missing/paper").to_string_lossy().into_owned();
    for (printer, told) in [
        (PrinterConnection::Network(address.clone()), Found::Good),
        (PrinterConnection::File(paper.clone()), Found::Good),
        (PrinterConnection::File(nowhere), Found::PrinterUnreachable),
    ] {
        let mut settings = Settings { shop_name: "Chez Afi".into(), ..Settings::default() };
        settings.papers.printer = printer.clone();
        open.till.save_settings(settings).await.unwrap();
        assert_eq!(found(&open).await, as_it_should_be(&[(Part::Printer, told)]), "{printer:?}");
    }
    assert!(!std::path::Path::new(&paper).exists());
    let (mut reached, _) = listener.accept().await.unwrap();
    let mut sent = Vec::new();
    tokio::io::AsyncReadExt::read_to_end(&mut reached, &mut sent).await.unwrap();
    assert_eq!(sent, b"");
    drop(listener);
    let mut settings = open.till.settings();
    settings.papers.printer = PrinterConnection::Network(address);
    open.till.save_settings(settings).await.unwrap();
    assert_eq!(found(&open).await, as_it_should_be(&[(Part::Printer, Found::PrinterUnreachable)]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disk_that_takes_nothing_and_a_ledger_that_was_moved_are_told() {
    let shop = Shop::new().await;
    let open = shop.live().await;
    let till = shop.folder.path().join("till");
    let aside = shop.folder.path().join("aside");
    std::fs::rename(&till, &aside).unwrap();
    let lines = lines(&open).await;
    let told = |part| lines.iter().find(|line| line.part == part).unwrap().found;
    assert_eq!(told(Part::Disk), Found::DiskFails);
    assert_eq!(told(Part::Ledger), Found::LedgerUnreadable);
    assert_eq!(told(Part::Keys), Found::Good, "what is in memory still serves");
    std::fs::rename(&aside, &till).unwrap();
    assert_eq!(found(&open).await, as_it_should_be(&[]));
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_ledger_is_told_and_takes_no_more_sales() {
    let shop = Shop::new().await;
    let mut open = shop.live().await;
    open.charge(sale("a", "5000", "90123456")).await;
    open.until(State::Pending).await;
    open.till.close().await;
    drop(open);
    let options = till::TillOptions { read_first_bytes: 0, ..shop.options() };
    let (told, heard) = mpsc::unbounded_channel();
    let open = Open { till: Till::open(options, shop.ports_telling(told)).await.unwrap(), heard };
    let ledger = shop.folder.path().join("till/live.sqlite3");
    // By another program: whoever closes the file in this one lets go of all its locks.
    let half = std::fs::metadata(&ledger).unwrap().len() / 2;
    let zeros = ["if=/dev/zero", "bs=1", "conv=notrunc", "status=none"].map(str::to_owned);
    let where_to = [format!("of={}", ledger.display()), format!("seek={half}"), format!("count={half}")];
    assert!(std::process::Command::new("dd").args(zeros).args(where_to).status().unwrap().success());
    assert_eq!(found(&open).await, as_it_should_be(&[(Part::Ledger, Found::LedgerDamaged)]));
    assert!(open.till.charge(sale("b", "5000", "91123456")).await.is_err());
}
