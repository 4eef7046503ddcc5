//! What nobody has looked at yet.

use crate::shop::{NOON, Shop, checked, checked_with, yas};
use domain::Event;
use ledger::LedgerError;

#[tokio::test]
async fn what_ended_after_a_line_is_named_once_the_latest_first_and_also_by_another_start() {
    let shop = Shop::open().await;
    assert_eq!(shop.ledger.last_end().await.unwrap(), 0);
    let first = shop.paid().await;
    let looked = shop.ledger.last_end().await.unwrap();
    assert!(looked > 0);
    let waiting = shop.pending().await;
    assert!(shop.ledger.ended_after(looked, 20).await.unwrap().is_empty());
    let failed = shop.moved(&waiting, checked(Event::ConfirmNotCompleted)).await;
    let last = shop.paid().await;
    let shop = shop.reopen().await;
    let ended = shop.ledger.ended_after(looked, 20).await.unwrap();
    assert_eq!(ended, [last.clone(), failed.clone()]);
    assert_eq!(shop.ledger.ended_after(looked, 1).await.unwrap(), [last]);
    let everything = shop.ledger.ended_after(0, 20).await.unwrap();
    assert_eq!(everything.last(), Some(&first));
    assert!(shop.ledger.ended_after(shop.ledger.last_end().await.unwrap(), 20).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_contradiction_is_named_until_somebody_has_seen_it_and_a_later_one_is_another() {
    let shop = Shop::open().await;
    let paid = shop.paid().await;
    assert!(shop.ledger.contradictions().await.unwrap().is_empty());
    let nothing = shop.ledger.contradiction_seen(&paid.id, "Afi", NOON).await;
    assert!(matches!(nothing, Err(LedgerError::NotFound)));
    let paid = shop.moved(&paid, checked(Event::ConfirmNotCompleted)).await;
    let shop = shop.reopen().await;
    assert_eq!(shop.ledger.contradictions().await.unwrap(), std::slice::from_ref(&paid));
    for _ in 0..2 {
        shop.ledger.contradiction_seen(&paid.id, "Afi", NOON + 1).await.unwrap();
    }
    assert!(shop.ledger.contradictions().await.unwrap().is_empty());
    let told = shop.ledger.timeline(&paid.id).await.unwrap();
    let seen: Vec<_> = told.iter().filter(|line| line.kind == "contradiction_seen").collect();
    assert_eq!((seen.len(), seen[0].detail.as_str(), seen[0].state), (1, "Afi", None));

    let again = shop.moved(&paid, checked_with(Event::ConfirmNotCompleted, yas())).await;
    assert_eq!(shop.ledger.contradictions().await.unwrap(), [again]);
    shop.assert_whole().await;
}
