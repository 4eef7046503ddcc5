//! The heads of the chains, and what they descend from.

use crate::shop::{NOON, Shop};
use domain::{DayRule, Mode};
use ledger::Ledger;

#[tokio::test]
async fn the_head_grows_with_every_entry_and_survives_a_restart() {
    let shop = Shop::open().await;
    let beginning = shop.ledger.head().await.unwrap();
    assert_eq!((beginning.count, beginning.hash.len()), (0, 64));
    shop.recorded().await;
    assert_eq!(shop.ledger.head().await.unwrap(), beginning);
    shop.paid().await;
    let head = shop.ledger.head().await.unwrap();
    assert_eq!(head.count, 1);
    assert_ne!(head.hash, beginning.hash);
    let verification = shop.ledger.verify().await.unwrap();
    assert_eq!((&verification.head, verification.entries), (&head, 1));
    assert_eq!(verification.journal_rows, 5);
    assert_eq!(verification.journal_head.count, 5);
    let shop = shop.reopen().await;
    assert_eq!(shop.ledger.head().await.unwrap(), head);
}

#[tokio::test]
async fn ledgers_of_other_tills_or_modes_begin_differently() {
    let folder = tempfile::tempdir().unwrap();
    let mut beginnings = Vec::new();
    for (name, mode, installation) in
        [("a", Mode::Live, [1; 16]), ("b", Mode::Live, [2; 16]), ("c", Mode::Training, [1; 16])]
    {
        let path = folder.path().join(name);
        let ledger = Ledger::open(&path, mode, DayRule::default(), installation, NOON).await.unwrap();
        beginnings.push(ledger.head().await.unwrap().hash);
        ledger.close().await;
    }
    beginnings.sort();
    beginnings.dedup();
    assert_eq!(beginnings.len(), 3);
}

#[tokio::test]
async fn an_entry_belongs_to_the_day_of_the_rule_it_was_written_under() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("live.db");
    let rule = DayRule::new("Africa/Lome", 14).unwrap();
    let ledger = Ledger::open(&path, Mode::Live, rule, [1; 16], NOON).await.unwrap();
    let shop = Shop::around(ledger, folder);
    shop.paid().await;
    let yesterday = "SELECT COUNT(*) FROM ledger_entry WHERE business_day = '2026-11-23'";
    assert_eq!(shop.value(yesterday).await, 1);
    // Another rule later changes nothing about what is written.
    let shop = shop.reopen().await;
    shop.paid().await;
    assert_eq!(shop.value(yesterday).await, 1);
    shop.assert_whole().await;
}
