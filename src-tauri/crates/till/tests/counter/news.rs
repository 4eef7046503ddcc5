//! What happened while nobody looked: printed all the same, and told to whoever comes.

use crate::people::{CASHIER_PIN, MINUTE_MS, OWNER_PIN, Turned, opened, try_pin, with_cashier};
use crate::shop::{Open, Shop, sale};
use std::path::{Path, PathBuf};
use std::time::Duration;
use till::domain::{DayRule, DecisionKind, Event, Mode, Right, State};
use till::{Payment, PhoneAnswer, Presence, PrintPolicy, PrinterConnection, Snapshot, TillEvent};

impl Open {
    async fn prints(&self, policy: PrintPolicy, printer: PrinterConnection) {
        let mut settings = self.till.settings();
        (settings.papers.print, settings.papers.printer) = (policy, printer);
        self.till.save_settings(settings).await.unwrap();
    }

    async fn waiting(&mut self, intent: &str, phone: &str) -> Payment {
        let payment = self.charge(sale(intent, "5000", phone)).await;
        self.until(State::Pending).await;
        payment
    }

    async fn approved(&mut self, payment: &Payment) -> Payment {
        self.till.answer_prompt(&payment.id, PhoneAnswer::Approve).unwrap();
        self.till.check_now(&payment.id).await.unwrap();
        self.until(State::Paid).await
    }

    async fn seen(&self) -> Snapshot {
        self.till.admit(Right::Arrive).await.unwrap().snapshot().await.unwrap()
    }
}

fn printer(shop: &Shop) -> (PathBuf, PrinterConnection) {
    let path = shop.folder.path().join("printer.bin");
    (path.clone(), PrinterConnection::File(path.to_string_lossy().into_owned()))
}

fn receipts_on(paper: &Path) -> usize {
    let bytes = std::fs::read(paper).unwrap_or_default();
    bytes.windows(10).filter(|window| window == b"ENCAISSE1/").count()
}

async fn until_printed(paper: &Path, receipts: usize) {
    for _ in 0..200 {
        if receipts_on(paper) == receipts {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("{} receipts instead of {receipts}", receipts_on(paper));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_paid_behind_the_lock_is_printed_once_and_named_to_whoever_comes_until_they_do_something() {
    let shop = Shop::new().await;
    let clock = Turned::new();
    let mut open = opened(&shop, clock.clone()).await;
    with_cashier(&open.till).await;
    let (paper, file) = printer(&shop);
    open.prints(PrintPolicy::Always, file).await;
    let payment = open.waiting("intent-1", "90 12 34 56").await;
    clock.pass(5 * MINUTE_MS);
    assert_eq!(open.till.presence(), Presence::Locked);
    let paid = open.approved(&payment).await;
    until_printed(&paper, 1).await;
    assert!(open.seen().await.ended.is_empty(), "a locked till names nothing");

    try_pin(&open.till, "Kossi", CASHIER_PIN).await.unwrap();
    for _ in 0..2 {
        assert_eq!(open.seen().await.ended, std::slice::from_ref(&paid), "whoever asks twice is told twice");
    }
    // Signed in, and nothing done: a cut now must not make it seen.
    open.till.close().await;
    let open = opened(&shop, Turned::new()).await;
    assert!(open.seen().await.ended.is_empty());
    try_pin(&open.till, "Kossi", CASHIER_PIN).await.unwrap();
    assert_eq!(open.seen().await.ended, std::slice::from_ref(&paid));
    open.till.admit(Right::Charge).await.unwrap();
    assert!(open.seen().await.ended.is_empty());
    open.till.close().await;
    let open = opened(&shop, Turned::new()).await;
    try_pin(&open.till, "Afi", OWNER_PIN).await.unwrap();
    assert!(open.seen().await.ended.is_empty());
    assert_eq!((receipts_on(&paper), open.till.receipt(&paid.id).await.unwrap().duplicate), (1, 1));
    open.till.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_ends_before_somebody_s_eyes_is_no_news_behind_a_lock_by_hand_and_is_behind_one_by_itself() {
    let shop = Shop::new().await;
    let clock = Turned::new();
    let mut open = opened(&shop, clock.clone()).await;
    with_cashier(&open.till).await;
    let first = open.waiting("intent-1", "90 12 34 56").await;
    open.approved(&first).await;
    open.till.lock().await;
    try_pin(&open.till, "Kossi", CASHIER_PIN).await.unwrap();
    assert!(open.seen().await.ended.is_empty());
    let second = open.waiting("intent-2", "91 12 34 56").await;
    open.till.still_here().await;
    let second = open.approved(&second).await;
    clock.pass(5 * MINUTE_MS);
    assert_eq!(open.till.presence(), Presence::Locked);
    try_pin(&open.till, "Kossi", CASHIER_PIN).await.unwrap();
    assert_eq!(open.seen().await.ended, [second]);
    open.till.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receipt_that_does_not_print_itself_is_told_until_it_is_on_paper_and_late_money_prints_nothing() {
    let shop = Shop::new().await;
    let mut open = shop.open().await;
    let nobody = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let off = PrinterConnection::Network(nobody.local_addr().unwrap().to_string());
    drop(nobody);
    open.prints(PrintPolicy::Always, off).await;
    let payment = open.waiting("intent-1", "90 12 34 56").await;
    let paid = open.approved(&payment).await;
    open.hear(|event| matches!(event, TillEvent::SnapshotStale).then_some(())).await;
    let unprinted = open.seen().await.unprinted;
    assert_eq!(unprinted.iter().map(|one| &one.payment.id).collect::<Vec<_>>(), [&paid.id]);
    assert_eq!(open.till.receipt(&paid.id).await.unwrap().duplicate, 0, "what did not print does not count");

    let (paper, file) = printer(&shop);
    open.prints(PrintPolicy::Always, file).await;
    open.till.print_receipt(&paid.id).await.unwrap();
    assert!(open.seen().await.unprinted.is_empty());

    let late = open.waiting("intent-2", "91 12 34 56").await;
    let settled = DecisionKind::SettledOtherwise;
    open.till.decide(&late.id, settled, "Afi".into(), "espèces".into(), None).await.unwrap();
    let late = open.approved(&late).await;
    assert!(late.late);
    let third = open.waiting("intent-3", "92 12 34 56").await;
    open.approved(&third).await;
    until_printed(&paper, 2).await;
    assert_eq!(open.till.receipt(&late.id).await.unwrap().duplicate, 0, "a person looks at it first");
    open.till.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receipt_that_a_cut_kept_from_printing_prints_at_the_next_start_and_one_handed_out_does_not() {
    let shop = Shop::new().await;
    let mut open = shop.open().await;
    for (intent, phone) in [("intent-1", "90 12 34 56"), ("intent-2", "91 12 34 56")] {
        let payment = open.waiting(intent, phone).await;
        open.approved(&payment).await;
    }
    let (paper, file) = printer(&shop);
    let handed_out = open.seen().await.ended.pop().unwrap();
    // The policy comes after the money, as if the program had ended between the two.
    open.prints(PrintPolicy::Always, file).await;
    open.till.print_receipt(&handed_out.id).await.unwrap();
    open.till.close().await;
    drop(open);
    let open = shop.open().await;
    until_printed(&paper, 2).await;
    open.till.close().await;
    drop(open);
    let open = shop.open().await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    open.till.close().await;
    assert_eq!(receipts_on(&paper), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_older_version_left_is_no_news() {
    let shop = Shop::new().await;
    let mut open = shop.open().await;
    let payment = open.waiting("intent-1", "90 12 34 56").await;
    open.approved(&payment).await;
    open.till.close().await;
    drop(open);
    // Without what was kept, as before there was anything to keep.
    std::fs::remove_file(shop.folder.path().join("till/settings.sqlite3")).unwrap();
    for _ in 0..2 {
        let open = shop.open().await;
        assert!(open.seen().await.ended.is_empty());
        open.till.close().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_contradiction_is_told_after_a_restart_until_somebody_has_seen_it() {
    let shop = Shop::new().await;
    let mut open = opened(&shop, Turned::new()).await;
    with_cashier(&open.till).await;
    let payment = open.waiting("intent-1", "90 12 34 56").await;
    let paid = open.approved(&payment).await;
    open.till.close().await;
    contradict(&shop, &paid).await;

    let open = opened(&shop, Turned::new()).await;
    assert!(open.seen().await.contradictions.is_empty(), "a locked till names nothing");
    try_pin(&open.till, "Kossi", CASHIER_PIN).await.unwrap();
    let kossi = open.till.admit(Right::Charge).await.unwrap();
    let told = kossi.snapshot().await.unwrap().contradictions;
    assert_eq!(
        told.iter().map(|(mode, one)| (*mode, &one.id)).collect::<Vec<_>>(),
        [(Mode::Training, &paid.id)]
    );
    kossi.contradiction_seen(&paid.id).await.unwrap();
    assert!(kossi.snapshot().await.unwrap().contradictions.is_empty());
    let (_, _, story) = open.till.detail(&paid.id).await.unwrap();
    let last = story.last().unwrap();
    assert_eq!((last.kind.as_str(), last.detail.as_str()), ("contradiction_seen", "Kossi"));
    open.till.close().await;
}

/// An answer that says otherwise, written while no till is open.
async fn contradict(shop: &Shop, paid: &Payment) {
    let path = shop.folder.path().join("till").join("training.sqlite3");
    let ledger = ledger::Ledger::open_to_read(&path, Mode::Training, DayRule::default()).await.unwrap();
    let what = ledger::What::Checked {
        event: Event::ConfirmNotCompleted,
        facts: ledger::ConfirmFacts::default(),
        problem: None,
        asked_at_ms: paid.created_at_ms,
        answered_at_ms: paid.created_at_ms,
        next_check_at_ms: None,
        failures: 0,
    };
    let now = ledger.payment(&paid.id).await.unwrap().unwrap();
    let at_ms = now.created_at_ms;
    let change = ledger::Change { id: now.id, version: now.version, at_ms, what, note: String::new() };
    ledger.apply(change).await.unwrap();
    ledger.close().await;
}
