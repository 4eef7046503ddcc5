//! Every call can be made from a spawned task: its future moves between threads.

use crate::shop::{NOON, Shop, decision, phone, submission};
use domain::DecisionKind;
use ledger::{Change, HistoryFilter, SettingsStore, Wanted};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_call_can_be_made_from_a_spawned_task() {
    let shop = Shop::open().await;
    let new = shop.sale();
    let ledger = shop.ledger.clone();
    let settings = SettingsStore::open(&shop.folder.path().join("settings.db")).await.unwrap();
    let task = tokio::spawn(async move {
        let (id, intent) = (new.id.clone(), new.intent_id.clone());
        ledger.record(new).await.unwrap();
        let change =
            Change { id: id.clone(), version: 1, at_ms: NOON, what: submission(), note: String::new() };
        ledger.apply(change).await.unwrap();
        assert!(ledger.decide(&id, decision(DecisionKind::SetAside, NOON)).await.is_err());
        ledger.nudge(&id, 1).await.unwrap();
        ledger.by_intent(&intent).await.unwrap().unwrap();
        ledger.payment(&id).await.unwrap().unwrap();
        ledger.token(&id).await.unwrap();
        ledger.unfinished().await.unwrap();
        ledger.next_due("x").await.unwrap();
        ledger.open_payments().await.unwrap();
        ledger.recent(1).await.unwrap();
        ledger.history(&HistoryFilter::default(), None, 1).await.unwrap();
        ledger.timeline(&id).await.unwrap();
        ledger.unresolved_for(&phone("90123456")).await.unwrap();
        ledger.known_operator(&phone("90123456")).await.unwrap();
        ledger.counts().await.unwrap();
        ledger.overview(Wanted { recent: 1, ended_after: Some((0, 1)) }).await.unwrap();
        ledger.open_with_other_credentials("x").await.unwrap();
        ledger.note(1, "k", "d").await.unwrap();
        ledger.verify().await.unwrap();
        ledger.head().await.unwrap();
        ledger.purge_numbers_before(1).await.unwrap();
        settings.set(&[("k", "v".to_owned())], 1).await.unwrap();
        settings.all().await.unwrap().len()
    });
    assert_eq!(task.await.unwrap(), 1);
}
