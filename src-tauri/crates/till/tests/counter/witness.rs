//! What the keychain knows of the chains' ends: told when the ledger lacks it, and never in the way.

use crate::shop::{Open, Shop, sale};
use ledger::Ledger;
use simulator::{Answer, CreateBehaviour};
use std::path::PathBuf;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};
use till::domain::{DayRule, DecisionKind, Mode, State};
use till::{ChainKeeping, ChainLoss, Field, KeysProblem, OpenTillError, Rescue, TillError, TillEvent};

const HEAD: &str = "chain-head-";

fn path(shop: &Shop) -> PathBuf {
    shop.folder.path().join("till/live.sqlite3")
}

/// An entry without waiting for a customer: the answer is lost, and a manager has the proof.
async fn accepted(shop: &Shop, open: &mut Open, intent: &str, phone: &str) {
    shop.provider.script_create(CreateBehaviour::CreateAndHangUp);
    let payment = open.charge(sale(intent, "5000", phone)).await;
    open.hear(|event| match event {
        TillEvent::PaymentChanged(_, now) if now.id == payment.id && now.state == State::Uncertain => {
            Some(())
        }
        _ => None,
    })
    .await;
    let decided = open.till.decide(
        &payment.id,
        DecisionKind::AcceptedAsPaid,
        "Afi".into(),
        "SMS".into(),
        Some("CI1".into()),
    );
    decided.await.unwrap();
}

async fn keeping(open: &Open) -> ChainKeeping {
    open.till.idle().await;
    open.till.snapshot().await.unwrap().chain
}

fn lost(keeping: ChainKeeping) -> ChainLoss {
    match keeping {
        ChainKeeping::Lost(loss) => loss,
        other => panic!("nothing is told: {other:?}"),
    }
}

/// Kinds and details of the journal's lines that speak of the chain.
async fn lines(shop: &Shop) -> Vec<(String, String)> {
    let ledger = Ledger::open_to_read(&path(shop), Mode::Live, DayRule::default()).await.unwrap();
    let lines = ledger.notes().await.unwrap();
    assert_eq!(ledger.verify().await.unwrap().first_bad, None);
    ledger.close().await;
    let of_chain = lines.into_iter().filter(|line| line.kind.starts_with("chain_"));
    of_chain.map(|line| (line.kind, line.detail)).collect()
}

/// The closed ledger after each of some sales, oldest first; the first copy is empty.
async fn sold(shop: &Shop, sales: usize) -> Vec<Vec<u8>> {
    let mut open = shop.live().await;
    open.till.close().await;
    let mut copies = vec![std::fs::read(path(shop)).unwrap()];
    for n in 0..sales {
        drop(open);
        open = shop.open().await;
        assert_eq!(keeping(&open).await, ChainKeeping::Kept);
        accepted(shop, &mut open, &format!("s{n}"), &format!("9012345{n}")).await;
        open.till.close().await;
        copies.push(std::fs::read(path(shop)).unwrap());
    }
    copies
}

/// Whoever puts an older ledger in place takes the till's own copies away too: they would tell of it as well.
fn forget_copies(shop: &Shop) {
    // There may be none.
    let _ = std::fs::remove_dir_all(path(shop).with_file_name("backups"));
}

#[tokio::test(flavor = "multi_thread")]
async fn every_older_copy_put_back_is_told_at_every_start_and_once_in_the_journal() {
    let shop = Shop::new().await;
    let copies = sold(&shop, 6).await;
    let (newest, older) = copies.split_last().unwrap();
    let kept = shop.keychain.entry(HEAD).unwrap();
    let mut told = 0;
    for (n, copy) in older.iter().enumerate() {
        forget_copies(&shop);
        std::fs::write(path(&shop), copy).unwrap();
        for start in 0..2 {
            let mut open = shop.open().await;
            let loss = lost(keeping(&open).await);
            assert_eq!(
                (loss.kept.entries.count, loss.found.entries.count),
                (6, i64::try_from(n + start).unwrap())
            );
            // Charging goes on, and what it writes does not paint over what is known.
            accepted(&shop, &mut open, &format!("again-{n}-{told}"), &format!("9112{n}{told:03}")).await;
            lost(keeping(&open).await);
            open.till.close_day(1, "Afi").await.ok();
            open.till.retry_keychain().await.unwrap();
            lost(keeping(&open).await);
            open.till.close().await;
            told += 1;
        }
        assert_eq!(shop.keychain.entry(HEAD).unwrap(), kept);
        let lines = lines(&shop).await;
        assert_eq!(lines.len(), 1, "{lines:?}");
        assert!(lines[0].0 == "chain_head_lost" && lines[0].1.contains(" 6 "), "{lines:?}");
    }
    forget_copies(&shop);
    std::fs::write(path(&shop), newest).unwrap();
    let open = shop.open().await;
    assert_eq!(keeping(&open).await, ChainKeeping::Kept, "the newest copy has everything");
    open.till.close().await;
    println!(
        "FIGURE older copies put back | {} copies, {} starts | {told} told at start",
        older.len(),
        2 * older.len()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ledger_begun_anew_is_told_until_a_person_has_said_why() {
    let shop = Shop::new().await;
    sold(&shop, 1).await;
    forget_copies(&shop);
    std::fs::remove_file(path(&shop)).unwrap();
    let open = shop.open().await;
    assert_eq!(lost(keeping(&open).await).found.entries.count, 0);
    for (who, reason, field) in [(" ", "x", Field::Who), ("Afi", "", Field::Reason)] {
        let refused = open.till.acknowledge_chain_loss(who, reason).await;
        assert!(matches!(refused, Err(TillError::Required(found)) if found == field));
    }
    // A keychain that does not take the new end leaves everything as it is.
    *shop.keychain.gone.lock().unwrap() = true;
    let refused = open.till.acknowledge_chain_loss("Afi", "disque changé").await;
    assert!(matches!(refused, Err(TillError::Keys(KeysProblem::KeychainUnavailable(_)))));
    lost(keeping(&open).await);
    *shop.keychain.gone.lock().unwrap() = false;

    open.till.acknowledge_chain_loss(" Afi ", "disque changé").await.unwrap();
    assert_eq!(keeping(&open).await, ChainKeeping::Kept);
    let again = open.till.acknowledge_chain_loss("Afi", "disque changé").await;
    assert!(matches!(again, Err(TillError::NotFound)));
    open.till.close().await;
    drop(open);
    let open = shop.open().await;
    assert_eq!(keeping(&open).await, ChainKeeping::Kept);
    open.till.close().await;
    let lines = lines(&shop).await;
    let last = ("chain_loss_acknowledged".to_owned(), "Afi · disque changé".to_owned());
    assert_eq!(lines.last(), Some(&last));
    assert_eq!(lines[0].0, "chain_head_lost");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restore_is_a_named_act_and_no_loss() {
    let shop = Shop::new().await;
    let copies = sold(&shop, 2).await;
    let copy = shop.folder.path().join("24-11.sqlite3");
    std::fs::write(&copy, &copies[1]).unwrap();
    let dir = shop.folder.path().join("till");
    let rescue = Rescue::open(&dir, shop.ports()).await.unwrap();
    rescue.restore(Mode::Live, &copy, "Afi").await.unwrap();
    drop(rescue);
    let mut open = shop.open().await;
    assert!(matches!(Rescue::open(&dir, shop.ports()).await, Err(OpenTillError::AlreadyOpen)));
    assert_eq!(keeping(&open).await, ChainKeeping::Kept);
    accepted(&shop, &mut open, "after", "90123459").await;
    open.till.chain_head_replaced("Kossi", "essai").await.unwrap();
    assert_eq!(keeping(&open).await, ChainKeeping::Kept);
    open.till.close().await;
    let told = lines(&shop).await;
    let replaced: Vec<&str> = told
        .iter()
        .filter(|(kind, _)| kind == "chain_head_replaced")
        .map(|(_, detail)| detail.as_str())
        .collect();
    assert!(replaced[0].starts_with("Afi · ") && replaced[0].contains("24-11.sqlite3"), "{told:?}");
    assert_eq!(replaced[1..], ["Kossi · essai"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_head_that_is_behind_is_no_loss_and_is_brought_up() {
    let shop = Shop::new().await;
    sold(&shop, 1).await;
    let (name, behind) = shop.keychain.entry(HEAD).unwrap();
    let mut open = shop.open().await;
    let payment = open.charge(sale("paid", "5000", "90123456")).await;
    open.until(State::Pending).await;
    shop.provider.answer(payment.id.as_str(), Answer::Approve).unwrap();
    open.until(State::Paid).await;
    open.till.idle().await;
    let at_once = shop.keychain.entry(HEAD).unwrap().1;
    assert_ne!(at_once, behind, "kept when the money was written, not only at the end");
    open.till.close().await;
    drop(open);
    // Power went between the commit and the keychain.
    shop.keychain.kept.lock().unwrap().insert(name, behind.clone());
    let open = shop.open().await;
    assert_eq!(keeping(&open).await, ChainKeeping::Kept);
    assert_ne!(shop.keychain.entry(HEAD).unwrap().1, behind);
    open.till.close().await;
    assert_eq!(lines(&shop).await, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_keychain_it_is_said_and_charging_goes_on() {
    let shop = Shop::new().await;
    sold(&shop, 1).await;
    *shop.keychain.gone.lock().unwrap() = true;
    let before = shop.keychain.asked.load(Ordering::Relaxed);
    let mut open = shop.open().await;
    assert!(matches!(keeping(&open).await, ChainKeeping::Unkept(KeysProblem::KeychainUnavailable(_))));
    assert_eq!(shop.keychain.asked.load(Ordering::Relaxed), before + 1, "it was asked once");
    open.till.save_keys(crate::shop::KEYS.0, crate::shop::KEYS.1, true, true).await.unwrap();
    for n in 0..3 {
        accepted(&shop, &mut open, &format!("x{n}"), &format!("9212345{n}")).await;
    }
    assert!(matches!(keeping(&open).await, ChainKeeping::Unkept(_)));
    assert_eq!(shop.keychain.asked.load(Ordering::Relaxed), before + 1, "no sale asks it again");
    open.till.close_day(1, "Afi").await.unwrap();
    open.till.idle().await;
    // Once for the ledger's end, and once for the copy that is made beside it.
    let asked = shop.keychain.asked.load(Ordering::Relaxed) - before;
    assert!((2..=3).contains(&asked), "a closing asks once more, not {asked} times in all");

    *shop.keychain.gone.lock().unwrap() = false;
    open.till.retry_keychain().await.unwrap();
    assert_eq!(keeping(&open).await, ChainKeeping::Kept);
    open.till.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_keychain_that_forgets_is_told_of_for_one_start() {
    let shop = Shop::new().await;
    sold(&shop, 1).await;
    for garbage in [None, Some(b"garbage".to_vec()), Some(vec![0xff, 0xfe])] {
        let (name, _) = shop.keychain.entry(HEAD).unwrap();
        match garbage {
            None => shop.keychain.kept.lock().unwrap().remove(&name),
            Some(garbage) => shop.keychain.kept.lock().unwrap().insert(name, garbage),
        };
        for expected in [ChainKeeping::Forgotten, ChainKeeping::Kept] {
            let open = shop.open().await;
            assert_eq!(keeping(&open).await, expected);
            open.till.close().await;
        }
    }
    assert_eq!(lines(&shop).await, vec![("chain_head_forgotten".to_owned(), String::new()); 3]);

    // It takes what it is given and has nothing afterwards.
    *shop.keychain.forgets.lock().unwrap() = true;
    let mut open = shop.open().await;
    accepted(&shop, &mut open, "f", "90123499").await;
    assert!(matches!(keeping(&open).await, ChainKeeping::Unkept(KeysProblem::KeychainUnavailable(_))));
    open.till.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_keychain_that_waits_for_a_person_holds_nothing_up() {
    let shop = Shop::new().await;
    sold(&shop, 1).await;
    shop.keychain.wait_for_a_person(true);
    let begun = Instant::now();
    let mut open = shop.open().await;
    assert!(begun.elapsed() < Duration::from_secs(4), "{:?}", begun.elapsed());
    assert_eq!(open.till.snapshot().await.unwrap().chain, ChainKeeping::Unasked);
    open.till.save_keys(crate::shop::KEYS.0, crate::shop::KEYS.1, true, true).await.unwrap();
    accepted(&shop, &mut open, "w", "90123498").await;
    shop.keychain.wait_for_a_person(false);
    assert_eq!(keeping(&open).await, ChainKeeping::Kept);
    shop.keychain.wait_for_a_person(true);
    accepted(&shop, &mut open, "v", "90123497").await;
    let begun = Instant::now();
    open.till.close().await;
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
    shop.keychain.wait_for_a_person(false);
}

#[tokio::test(flavor = "multi_thread")]
async fn training_asks_no_keychain() {
    let shop = Shop::new().await;
    let open = shop.open().await;
    open.charge(sale("a", "700", "90000000")).await;
    assert_eq!(keeping(&open).await, ChainKeeping::Unasked);
    open.till.close_day(1, "Afi").await.unwrap();
    open.till.close().await;
    assert_eq!(shop.keychain.asked.load(Ordering::Relaxed), 0);
}
