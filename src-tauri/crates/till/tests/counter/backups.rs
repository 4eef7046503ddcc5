//! The drill: copies of real ledgers, damage, and a till that opens again with every payment of the copy.

use crate::shop::{KEYS, Open, Shop, sale};
use simulator::Answer;
use std::path::{Path, PathBuf};
use till::domain::{CheckProblem, Mode, State};
use till::{
    Archive, BackupError, BackupProblem, BackupReason, Damage, OpenError, OpenTillError, Payment, Rescue,
    Settings, Till, TillError,
};

impl Shop {
    fn data(&self) -> PathBuf {
        self.folder.path().join("till")
    }

    fn ledger(&self) -> PathBuf {
        self.data().join("live.sqlite3")
    }

    async fn pays(&self, open: &mut Open, intent: &str, phone: &str) -> Payment {
        let payment = open.charge(sale(intent, "5000", phone)).await;
        open.until(State::Pending).await;
        self.provider.answer(payment.id.as_str(), Answer::Approve).unwrap();
        open.till.check_now(&payment.id).await.unwrap();
        open.until(State::Paid).await
    }

    async fn rescue(&self) -> Rescue {
        Rescue::open(&self.data(), self.ports()).await.unwrap()
    }

    async fn damage(&self) -> Damage {
        let refused = Till::open(self.options(), self.ports()).await.map(|_| ());
        assert!(
            matches!(refused, Err(OpenTillError::Till(TillError::LedgerOpen(OpenError::Damaged { .. })))),
            "{refused:?}"
        );
        self.rescue().await.look().await.unwrap().unwrap()
    }
}

fn write(path: &Path, change: impl FnOnce(&mut Vec<u8>)) {
    let mut bytes = std::fs::read(path).unwrap();
    change(&mut bytes);
    std::fs::write(path, bytes).unwrap();
}

fn beside(path: &Path, ending: &str) -> PathBuf {
    PathBuf::from(format!("{}{ending}", path.display()))
}

/// Ways in which a ledger's files can be found. Whether the payments after the copy can still be read is up to the damage.
type Damaging = (&'static str, fn(&Path), bool);
const DAMAGE: &[Damaging] = &[
    ("header overwritten", |path| write(path, |bytes| bytes[..100].fill(0)), false),
    ("another program's file", |path| std::fs::write(path, "PNG".repeat(9_000)).unwrap(), false),
    ("zero length", |path| std::fs::write(path, "").unwrap(), false),
    ("gone", |path| std::fs::remove_file(path).unwrap(), false),
    ("cut at half", |path| write(path, |bytes| bytes.truncate(bytes.len() / 2)), false),
    ("a page short", |path| write(path, |bytes| bytes.truncate(bytes.len() - 4_096)), true),
    ("schema overwritten", |path| write(path, |bytes| bytes[100..4_000].fill(0xff)), false),
    (
        "every fourth page overwritten",
        |path| {
            write(path, |bytes| {
                for page in bytes.chunks_mut(4_096).skip(3).step_by(4) {
                    page.fill(0x5a);
                }
            });
        },
        false,
    ),
    (
        "an older file in its place",
        |path| {
            let older = path.with_extension("older");
            std::fs::rename(older, path).unwrap();
        },
        true,
    ),
    (
        "log overwritten",
        |path| {
            // As after a power cut: what came since the last checkpoint is in the log alone, and the log is lost.
            std::fs::rename(path.with_extension("older"), path).unwrap();
            std::fs::write(beside(path, "-wal"), vec![0xee; 40_000]).unwrap();
        },
        true,
    ),
];

/// Whether the payment after the copy could still be named.
async fn drilled(what: &'static str, damage: fn(&Path), can_read: bool) -> bool {
    let shop = Shop::new().await;
    let mut open = shop.live().await;
    let mut kept = vec![shop.pays(&mut open, "a", "90123456").await];
    open.till.close().await;
    drop(open);
    std::fs::copy(shop.ledger(), shop.ledger().with_extension("older")).unwrap();
    let mut open = shop.open().await;
    kept.push(shop.pays(&mut open, "b", "91123456").await);
    let waiting = open.charge(sale("c", "1200", "92123456")).await;
    open.until(State::Pending).await;
    open.till.backup_now().await.unwrap();
    let newer = shop.pays(&mut open, "d", "93123456").await;
    open.till.close().await;
    drop(open);
    damage(&shop.ledger());
    let evidence = std::fs::read(shop.ledger()).ok();

    let found = shop.damage().await;
    assert_eq!((found.mode, &found.path), (Mode::Live, &shop.ledger()), "{what}");
    assert_eq!(std::fs::read(shop.ledger()).ok(), evidence, "{what}: the evidence is as it was");
    let copy = found.copy.unwrap_or_else(|| panic!("{what}: no copy is offered"));
    assert_eq!(copy.contents.payments, 3, "{what}: the newest good one");
    if copy.newer.is_readable && copy.newer.is_whole && what == "a page short" {
        assert_eq!(copy.newer.payments[0].id, newer.id, "{what}");
    }
    assert!(copy.newer.is_readable || !can_read, "{what}: {:?}", copy.newer);

    let is_named = copy.newer.payments.iter().any(|payment| payment.id == newer.id);
    // What is not named is never claimed not to be there.
    assert!(is_named || !copy.newer.is_whole || !copy.is_same_line, "{what}: {copy:?}");
    let rescue = shop.rescue().await;
    let aside = rescue.restore(Mode::Live, &copy.path, "Afi").await.unwrap();
    drop(rescue);
    assert_eq!(aside.map(|aside| std::fs::read(aside).unwrap()), evidence, "{what}: kept");

    shop.provider.answer(waiting.id.as_str(), Answer::Approve).unwrap();
    let mut open = shop.open().await;
    for payment in &kept {
        let (_, found, _) = open.till.detail(&payment.id).await.unwrap();
        assert_eq!((found.state, found.receipt_number), (State::Paid, payment.receipt_number), "{what}");
    }
    // Its handle came with the copy, sealed, so it is followed to its end.
    open.till.check_now(&waiting.id).await.unwrap();
    assert_eq!(open.until(State::Paid).await.id, waiting.id, "{what}");
    open.till.close().await;
    drop(open);
    let sound = Archive::open(&shop.data()).await.unwrap().verify().await.unwrap();
    assert!(sound.iter().all(|(_, found)| found.first_bad.is_none()), "{what}: {sound:?}");
    let open = shop.open().await;
    open.till.close().await;
    is_named
}

#[tokio::test(flavor = "multi_thread")]
async fn after_any_damage_the_till_says_so_offers_the_newest_good_copy_and_opens_with_all_of_it() {
    // Each machine by itself, all at once: what takes time is the three seconds between two questions.
    let mut machines = tokio::task::JoinSet::new();
    for (what, damage, can_read) in DAMAGE {
        machines.spawn(drilled(what, *damage, *can_read));
    }
    let named = machines.join_all().await;
    let restored = named.len();
    let named = named.into_iter().filter(|named| *named).count();
    println!(
        "FIGURE backup drill | {} kinds of damage | {restored} restored, 0 payments of the backup lost; newer ones \
         named in {named}, said to be unknown in {}",
        DAMAGE.len(),
        restored - named
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_is_made_at_the_first_opening_on_each_closing_and_when_asked_and_holds_no_secret() {
    let shop = Shop::new().await;
    let mut open = shop.live().await;
    shop.pays(&mut open, "a", "90123456").await;
    open.charge(sale("b", "1200", "92123456")).await;
    let waiting = open.until(State::Pending).await;
    open.till.backup_now().await.unwrap();
    open.till.close_day(1, "Afi").await.unwrap();
    open.till.close().await;
    drop(open);
    let open = shop.open().await;
    let status = open.till.backup_status();
    let reasons: Vec<_> = status.files.iter().map(|file| file.reason).collect();
    assert_eq!(&reasons[..2], [BackupReason::Closing, BackupReason::Asked], "{reasons:?}");
    assert!(!status.needs_attention && status.age_ms.is_some_and(|age| age < 60_000), "{status:?}");
    let tokens = shop.provider.requests();
    assert!(!tokens.is_empty());
    let token = token_of(&shop, &waiting);
    for file in &status.files {
        let bytes = std::fs::read(&file.path).unwrap();
        for secret in [KEYS.0, KEYS.1, token.as_str()] {
            assert!(
                !bytes.windows(secret.len()).any(|part| part == secret.as_bytes()),
                "{}",
                file.path.display()
            );
        }
    }
    open.till.close().await;
}

/// What LigdiCash gave for a payment, from the provider's own memory.
fn token_of(shop: &Shop, payment: &Payment) -> String {
    let known = std::fs::read_to_string(shop.folder.path().join("provider.json")).unwrap();
    let known: serde_json::Value = serde_json::from_str(&known).unwrap();
    let mut found = Vec::new();
    fn walk(value: &serde_json::Value, id: &str, found: &mut Vec<String>) {
        match value {
            serde_json::Value::Object(fields) => {
                let of_it = fields.values().any(|value| value.as_str() == Some(id));
                if let (true, Some(token)) = (of_it, fields.get("token").and_then(|token| token.as_str())) {
                    found.push(token.to_owned());
                }
                fields.values().for_each(|value| walk(value, id, found));
            }
            serde_json::Value::Array(items) => items.iter().for_each(|item| walk(item, id, found)),
            _ => {}
        }
    }
    walk(&known, payment.id.as_str(), &mut found);
    found.pop().expect("the provider knows its token")
}

#[tokio::test(flavor = "multi_thread")]
async fn thirty_copies_of_each_counter_stay_and_a_failure_is_told_and_costs_none() {
    let shop = Shop::new().await;
    let open = shop.live().await;
    for _ in 0..32 {
        open.till.backup_now().await.unwrap();
    }
    let status = open.till.backup_status();
    assert_eq!(status.files.len(), 30);
    assert!(status.files.windows(2).all(|two| two[0].at_ms > two[1].at_ms));

    std::fs::rename(&status.folder, shop.folder.path().join("moved")).unwrap();
    std::fs::write(&status.folder, "in the way").unwrap();
    let refused = open.till.backup_now().await;
    assert!(matches!(refused, Err(TillError::Backup(BackupError::Folder { .. }))), "{refused:?}");
    let told = open.till.backup_status();
    assert_eq!((told.problem, told.needs_attention), (Some(BackupProblem::Folder), true));
    open.charge(sale("a", "5000", "90123456")).await;

    std::fs::remove_file(&status.folder).unwrap();
    std::fs::rename(shop.folder.path().join("moved"), &status.folder).unwrap();
    open.till.backup_now().await.unwrap();
    assert_eq!(open.till.backup_status().problem, None);
    open.till.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_open_till_restores_names_what_is_newer_and_goes_on() {
    let shop = Shop::new().await;
    let mut open = shop.live().await;
    let kept = shop.pays(&mut open, "a", "90123456").await;
    let copy = open.till.backup_now().await.unwrap();
    let newer = shop.pays(&mut open, "b", "91123456").await;
    let asked = open.till.look_at_backup(&copy.path).await.unwrap();
    assert!(asked.is_same_line && asked.newer.is_whole);
    let named: Vec<_> = asked.newer.payments.iter().map(|newer| newer.id.clone()).collect();
    assert_eq!(named, std::slice::from_ref(&newer.id));

    let aside = open.till.restore_backup(&copy.path, "Afi").await.unwrap().unwrap();
    assert!(aside.exists());
    assert!(matches!(open.till.detail(&newer.id).await, Err(TillError::NotFound)));
    assert_eq!(open.till.detail(&kept.id).await.unwrap().1.state, State::Paid);
    shop.pays(&mut open, "c", "92123456").await;
    open.till.close().await;
    drop(open);
    // A second start finds nothing to complain of, although copies of what was replaced are there.
    let open = shop.open().await;
    assert_eq!(open.till.backup_status().files[0].reason, BackupReason::Restored);
    open.till.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn while_a_request_is_on_its_way_nothing_is_replaced() {
    let shop = Shop::new().await;
    let mut open = shop.live().await;
    let copy = open.till.backup_now().await.unwrap();
    let behaviour = simulator::CreateBehaviour::AcceptAfter(std::time::Duration::from_secs(3));
    shop.provider.script_create(behaviour);
    let payment = open.charge(sale("a", "5000", "90123456")).await;
    let refused = open.till.restore_backup(&copy.path, "Afi").await;
    assert!(matches!(refused, Err(TillError::Sending)), "{refused:?}");
    assert_eq!(open.until(State::Pending).await.id, payment.id);
    shop.pays(&mut open, "b", "91123456").await;
    open.till.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn on_another_machine_open_payments_say_that_they_cannot_be_followed() {
    let shop = Shop::new().await;
    let mut open = shop.live().await;
    open.charge(sale("a", "5000", "90123456")).await;
    let waiting = open.until(State::Pending).await;
    let copy = open.till.backup_now().await.unwrap();
    let folder = shop.folder.path().join("stick");
    let carried = open.till.backup_to(&folder).await;
    assert!(matches!(carried, Err(TillError::Backup(BackupError::Folder { .. }))), "no folder is made up");
    std::fs::create_dir(&folder).unwrap();
    let carried = open.till.backup_to(&folder).await.unwrap();
    assert!(carried.starts_with(&folder) && copy.path != carried);
    open.till.close().await;
    drop(open);

    let Shop { provider, folder: _first_machine, .. } = shop;
    let other = Shop { folder: tempfile::tempdir().unwrap(), keychain: std::sync::Arc::default(), provider };
    let rescue = other.rescue().await;
    rescue.restore(Mode::Live, &carried, "Kofi").await.unwrap();
    drop(rescue);
    let mut open = other.open().await;
    open.till.save_settings(Settings { shop_name: "Chez Afi".into(), ..Settings::default() }).await.unwrap();
    open.till.save_keys(KEYS.0, KEYS.1, false, true).await.unwrap();
    open.till.set_mode(Mode::Live).await.unwrap();
    let found = open.until(State::Pending).await;
    let found = if found.check_problem.is_some() { found } else { open.until(State::Pending).await };
    assert_eq!((&found.id, found.check_problem), (&waiting.id, Some(CheckProblem::HandleLost)));
    assert_eq!(found.next_check_at_ms, None, "nothing claims to watch it");
    assert!(open.till.snapshot().await.unwrap().open.iter().any(|open| open.id == waiting.id));
    open.till.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_tills_never_work_on_one_ledger_while_a_copy_is_put_back() {
    let shop = Shop::new().await;
    let open = shop.live().await;
    let refused = Rescue::open(&shop.data(), shop.ports()).await.map(|_| ());
    assert!(matches!(refused, Err(OpenTillError::AlreadyOpen)), "{refused:?}");
    open.till.close().await;
}
