//! People: PINs and their limits, the lock, what is narrowed for a cashier, and whose name stands in the journal.

use crate::shop::{Open, Shop, sale};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;
use till::domain::{DayRule, DecisionKind, EntryRange, Mode, Right, Role, State};
use till::{
    Boxed, Clock, ExportRequest, Format, HistoryFilter, Member, PersonChange, PhoneAnswer, Pin, Ports,
    Presence, RecoveryCode, Settings, SystemClock, Till, TillError, TillEvent,
};
use tokio::sync::mpsc;

pub const OWNER_PIN: &str = "904117";
pub const CASHIER_PIN: &str = "2580";
pub const MINUTE_MS: i64 = 60_000;

/// Both times turned by hand, each on its own.
pub struct Turned {
    clock: SystemClock,
    monotonic_by_ms: AtomicI64,
    pub wall_by_ms: AtomicI64,
}

impl Turned {
    pub fn new() -> Arc<Self> {
        let zero = AtomicI64::default;
        Arc::new(Self { clock: SystemClock::new(), monotonic_by_ms: zero(), wall_by_ms: zero() })
    }

    /// Time goes by.
    pub fn pass(&self, ms: i64) {
        self.monotonic_by_ms.fetch_add(ms, Ordering::SeqCst);
        self.wall_by_ms.fetch_add(ms, Ordering::SeqCst);
    }
}

impl Clock for Turned {
    fn now_ms(&self) -> i64 {
        self.clock.now_ms() + self.wall_by_ms.load(Ordering::SeqCst)
    }
    fn monotonic_ms(&self) -> i64 {
        self.clock.monotonic_ms() + self.monotonic_by_ms.load(Ordering::SeqCst)
    }
    fn sleep(&self, wait: Duration) -> Boxed<'_, ()> {
        self.clock.sleep(wait)
    }
}

pub async fn opened(shop: &Shop, clock: Arc<Turned>) -> Open {
    let (told, heard) = mpsc::unbounded_channel();
    let ports = Ports { clock, ..shop.ports_telling(told) };
    Open { till: Till::open(shop.options(), ports).await.unwrap(), heard }
}

fn change(name: &str, role: Role, pin: &str) -> PersonChange {
    PersonChange { id: None, name: name.into(), role, pin: Some(Pin::chosen(pin).unwrap()) }
}

/// The owner comes first, and is signed in.
pub async fn with_owner(till: &Till) -> RecoveryCode {
    let admitted = till.admit(Right::People).await.unwrap();
    admitted.save_person(change("Afi", Role::Owner, OWNER_PIN)).await.unwrap().unwrap()
}

pub async fn with_cashier(till: &Till) -> RecoveryCode {
    let code = with_owner(till).await;
    let admitted = till.admit(Right::People).await.unwrap();
    assert!(admitted.save_person(change("Kossi", Role::Cashier, CASHIER_PIN)).await.unwrap().is_none());
    code
}

pub fn of(till: &Till, name: &str) -> Member {
    till.staff().people.into_iter().find(|member| member.name == name).unwrap()
}

pub async fn try_pin(till: &Till, name: &str, pin: &str) -> Result<(), TillError> {
    till.sign_in(&of(till, name).id, &Pin::typed(pin).unwrap()).await
}

fn must_wait(result: Result<(), TillError>) -> u32 {
    match result {
        Err(TillError::PinWait { seconds }) => seconds,
        other => panic!("{other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_owner_alone_needs_no_pin_and_with_one_the_till_starts_locked() {
    let shop = Shop::new().await;
    let open = opened(&shop, Turned::new()).await;
    for right in Right::ALL {
        assert!(open.till.admit(*right).await.is_ok(), "{right}");
    }
    with_owner(&open.till).await;
    assert!(matches!(open.till.presence(), Presence::Here(member) if member.role == Role::Owner));
    open.till.close().await;

    let open = opened(&shop, Turned::new()).await;
    assert_eq!(open.till.presence(), Presence::Locked);
    for right in Right::ALL {
        let answer = open.till.admit(*right).await.map(|_| ());
        match right {
            Right::Arrive => assert!(answer.is_ok()),
            _ => assert!(matches!(answer, Err(TillError::Locked)), "{right}"),
        }
    }
    try_pin(&open.till, "Afi", OWNER_PIN).await.unwrap();
    assert!(open.till.admit(Right::People).await.is_ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_pins_must_wait_longer_and_longer_and_neither_a_restart_nor_a_set_clock_helps() {
    let shop = Shop::new().await;
    let clock = Turned::new();
    let open = opened(&shop, clock.clone()).await;
    with_owner(&open.till).await;
    open.till.lock().await;
    for left in [4, 3, 2, 1] {
        let wrong = try_pin(&open.till, "Afi", "1379").await;
        assert!(matches!(wrong, Err(TillError::PinWrong { left: found }) if found == left), "{wrong:?}");
    }
    assert_eq!(must_wait(try_pin(&open.till, "Afi", "1379").await), 30);
    // The right one waits too, so that it cannot be told from a wrong one.
    assert!(must_wait(try_pin(&open.till, "Afi", OWNER_PIN).await) > 25);
    // Another date, either way, is no other time.
    for by_ms in [-86_400_000, 86_400_000] {
        clock.wall_by_ms.store(by_ms, Ordering::SeqCst);
        must_wait(try_pin(&open.till, "Afi", OWNER_PIN).await);
    }
    clock.wall_by_ms.store(0, Ordering::SeqCst);
    clock.pass(31_000);
    assert_eq!(must_wait(try_pin(&open.till, "Afi", "1379").await), 60);
    open.till.close().await;

    let clock = Turned::new();
    let open = opened(&shop, clock.clone()).await;
    assert!(must_wait(try_pin(&open.till, "Afi", OWNER_PIN).await) > 55);
    clock.pass(61_000);
    try_pin(&open.till, "Afi", OWNER_PIN).await.unwrap();
    open.till.lock().await;
    // The right one begins the count anew.
    assert!(matches!(try_pin(&open.till, "Afi", "1379").await, Err(TillError::PinWrong { left: 4 })));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_till_left_alone_locks_by_itself_and_its_waiting_payments_are_watched_on() {
    let shop = Shop::new().await;
    let clock = Turned::new();
    let mut open = opened(&shop, clock.clone()).await;
    with_cashier(&open.till).await;
    let payment = open.charge(sale("intent-1", "5000", "90 12 34 56")).await;
    open.until(State::Pending).await;
    clock.pass(4 * MINUTE_MS);
    open.till.still_here().await;
    clock.pass(4 * MINUTE_MS);
    assert!(matches!(open.till.presence(), Presence::Here(_)));
    // What the page asks for by itself is no sign of anybody.
    open.till.admit(Right::SeeToday).await.unwrap();
    clock.pass(MINUTE_MS);
    assert_eq!(open.till.presence(), Presence::Locked);
    assert!(matches!(open.till.admit(Right::Charge).await.map(|_| ()), Err(TillError::Locked)));

    let covered = open.till.admit(Right::Arrive).await.unwrap().snapshot().await.unwrap();
    assert!(covered.open.is_empty() && covered.recent.is_empty() && covered.prompts.is_empty());
    open.till.answer_prompt(&payment.id, PhoneAnswer::Approve).unwrap();
    open.until(State::Paid).await;

    try_pin(&open.till, "Afi", OWNER_PIN).await.unwrap();
    open.till.admit(Right::People).await.unwrap().set_lock_after(0).await.unwrap();
    clock.pass(600 * MINUTE_MS);
    assert!(matches!(open.till.presence(), Presence::Here(_)), "never is never");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_till_locks_although_nobody_asks_it_anything() {
    let shop = Shop::new().await;
    let clock = Turned::new();
    let mut open = opened(&shop, clock.clone()).await;
    with_owner(&open.till).await;
    let owner = open.till.admit(Right::People).await.unwrap();
    clock.pass(5 * MINUTE_MS - 400);
    // A new setting makes the till look at the clock again.
    owner.set_lock_after(5).await.unwrap();
    while open.heard.try_recv().is_ok() {}
    open.hear(|event| matches!(event, TillEvent::SnapshotStale).then_some(())).await;
    open.till.close().await;
    let lines = notes(&shop.folder.path().join("till")).await;
    assert!(lines.contains(&("locked_by_itself".into(), "Afi".into())), "{lines:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_owner_stays_and_who_is_retired_does_not_come_back() {
    let shop = Shop::new().await;
    let open = opened(&shop, Turned::new()).await;
    with_cashier(&open.till).await;
    let owner = of(&open.till, "Afi");
    let kossi = of(&open.till, "Kossi");
    let admitted = open.till.admit(Right::People).await.unwrap();
    assert!(matches!(admitted.retire_person(&owner.id).await, Err(TillError::LastOwner)));
    let demoted =
        PersonChange { id: Some(owner.id.clone()), name: "Afi".into(), role: Role::Manager, pin: None };
    assert!(matches!(admitted.save_person(demoted).await, Err(TillError::LastOwner)));
    let same = admitted.save_person(change("kossi", Role::Auditor, "7531")).await;
    assert!(matches!(same, Err(TillError::NameTaken)));

    admitted.retire_person(&kossi.id).await.unwrap();
    let back = open.till.sign_in(&kossi.id, &Pin::typed(CASHIER_PIN).unwrap()).await;
    assert!(matches!(back, Err(TillError::NotFound)), "{back:?}");
    // The name is free again for somebody else, who is another person.
    admitted.save_person(change("Kossi", Role::Auditor, "7531")).await.unwrap();
    assert_ne!(of(&open.till, "Kossi").id, kossi.id);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forgotten_owners_pin_is_set_anew_by_its_code_once() {
    let shop = Shop::new().await;
    let open = opened(&shop, Turned::new()).await;
    let code = with_cashier(&open.till).await;
    open.till.lock().await;
    let (afi, kossi) = (of(&open.till, "Afi").id, of(&open.till, "Kossi").id);
    let pin = Pin::chosen("6408").unwrap();
    let wrong = RecoveryCode::typed("0000-1111-2222-3333-4444").unwrap();
    assert!(matches!(open.till.recover(&afi, &wrong, &pin).await, Err(TillError::PinWrong { left: 4 })));
    assert!(matches!(open.till.recover(&kossi, &code, &pin).await, Err(TillError::NotFound)));
    let next = open.till.recover(&afi, &code, &pin).await.unwrap();
    assert!(matches!(open.till.presence(), Presence::Here(_)));
    assert!(open.till.recover(&afi, &code, &pin).await.is_err(), "a code is used up");
    assert!(try_pin(&open.till, "Afi", OWNER_PIN).await.is_err());
    try_pin(&open.till, "Afi", "6408").await.unwrap();
    assert_ne!(*next.grouped(), *code.grouped());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cashier_sees_today_and_what_still_waits_and_nothing_else() {
    let shop = Shop::new().await;
    let clock = Turned::new();
    let mut open = opened(&shop, clock.clone()).await;
    with_cashier(&open.till).await;
    let old = open.charge(sale("intent-1", "5000", "90 12 34 56")).await;
    open.until(State::Pending).await;
    open.till.answer_prompt(&old.id, PhoneAnswer::Approve).unwrap();
    open.until(State::Paid).await;
    let waits = open.charge(sale("intent-2", "700", "91 12 34 56")).await;
    open.until(State::Pending).await;

    clock.wall_by_ms.store(25 * 3_600_000, Ordering::SeqCst);
    try_pin(&open.till, "Kossi", CASHIER_PIN).await.unwrap();
    let kossi = open.till.admit(Right::SeeToday).await.unwrap();
    assert!(matches!(kossi.detail(&old.id).await, Err(TillError::NotAllowed(Right::SeeAll))));
    assert!(kossi.detail(&waits.id).await.is_ok(), "what waits is the cashier's to look after");
    let filter = HistoryFilter { day: None, ..HistoryFilter::default() };
    assert!(kossi.history(&filter, None, 50).await.unwrap().payments.is_empty());
    let seen = kossi.snapshot().await.unwrap();
    assert_eq!((seen.open.len(), seen.recent.len()), (1, 0));

    try_pin(&open.till, "Afi", OWNER_PIN).await.unwrap();
    let afi = open.till.admit(Right::SeeAll).await.unwrap();
    assert_eq!(afi.history(&filter, None, 50).await.unwrap().payments.len(), 2);
    assert!(afi.detail(&old.id).await.is_ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn every_act_stands_in_the_journal_under_the_name_of_who_did_it_and_nobody_writes_anothers() {
    let shop = Shop::new().await;
    let mut open = opened(&shop, Turned::new()).await;
    with_cashier(&open.till).await;
    let shop_name = Settings { shop_name: "Chez Afi".into(), ..Settings::default() };
    open.till.admit(Right::Settings).await.unwrap().save_settings(shop_name).await.unwrap();
    try_pin(&open.till, "Kossi", CASHIER_PIN).await.unwrap();
    let kossi = open.till.admit(Right::Charge).await.unwrap();
    let typed = till::Charge { cashier: "Afi".into(), ..sale("intent-1", "5000", "90 12 34 56") };
    kossi.charge(typed).await.unwrap();
    let pending = open.until(State::Pending).await;
    assert_eq!(pending.cashier, "Kossi");
    let settled = kossi
        .decide(&pending.id, DecisionKind::SettledOtherwise, "Afi".into(), "espèces".into(), None)
        .await
        .unwrap();
    assert_eq!(settled.1.decisions[0].who, "Kossi");
    let accepts = kossi
        .decide(&pending.id, DecisionKind::AcceptedAsPaid, "Afi".into(), "sms".into(), Some("P1".into()))
        .await;
    assert!(matches!(accepts, Err(TillError::NotAllowed(Right::Decide))), "{accepts:?}");
    open.till.answer_prompt(&pending.id, PhoneAnswer::Approve).unwrap();
    open.until(State::Paid).await;

    try_pin(&open.till, "Afi", OWNER_PIN).await.unwrap();
    let afi = open.till.admit(Right::Close).await.unwrap();
    let day = afi.day(None).await.unwrap();
    let request = ExportRequest {
        range: EntryRange::Days { from: day.day, to: day.day },
        format: Format::CsvFrench,
        whole_numbers: false,
    };
    afi.export(request).await.unwrap();
    let closing = afi.close_day(1, "Kossi").await.unwrap();
    assert_eq!(closing.who, "Afi");
    open.till.lock().await;
    for _ in 0..5 {
        let _ = try_pin(&open.till, "Kossi", "1379").await;
    }
    open.till.close().await;

    let lines = notes(&shop.folder.path().join("till")).await;
    let found: Vec<String> = lines.iter().map(|(kind, detail)| format!("{kind}: {detail}")).collect();
    for wanted in [
        "person_added: Afi · Afi · owner",
        "signed_in: Afi",
        "person_added: Afi · Kossi · cashier",
        "settings_changed: Afi · shop_name",
        "signed_out: Afi",
        "signed_in: Kossi",
        "signed_out: Kossi",
        "exported: Afi · csv-fr · ",
        "pin_refused: Kossi · 5",
    ] {
        assert!(found.iter().any(|line| line.starts_with(wanted)), "{wanted} is not in {found:#?}");
    }
}

pub async fn notes(data_dir: &Path) -> Vec<(String, String)> {
    let rule = DayRule::default();
    let path = data_dir.join("training.sqlite3");
    let ledger = ledger::Ledger::open_to_read(&path, Mode::Training, rule).await.unwrap();
    let notes = ledger.notes().await.unwrap();
    ledger.close().await;
    notes.into_iter().map(|line| (line.kind, line.detail)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn no_file_holds_a_pin_or_a_recovery_code() {
    let shop = Shop::new().await;
    let open = opened(&shop, Turned::new()).await;
    let code = with_cashier(&open.till).await;
    open.till.lock().await;
    let _ = try_pin(&open.till, "Afi", "731946").await;
    try_pin(&open.till, "Afi", OWNER_PIN).await.unwrap();
    open.till.admit(Right::Backups).await.unwrap().backup_now().await.unwrap();
    open.till.close().await;
    let grouped = code.grouped();
    let secrets = [OWNER_PIN.to_owned(), "731946".to_owned(), grouped.to_string(), grouped.replace('-', "")];
    let mut looked = 0;
    let mut folders = vec![shop.folder.path().to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            looked += 1;
            let bytes = std::fs::read(&path).unwrap();
            for secret in &secrets {
                let found = bytes.windows(secret.len()).any(|window| window == secret.as_bytes());
                assert!(!found, "{secret} stands in {}", path.display());
            }
        }
    }
    assert!(looked > 3, "{looked} files");
}
