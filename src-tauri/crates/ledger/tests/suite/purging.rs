//! Erasing numbers without breaking a hash.

use crate::shop::{NOON, Shop, checked, checked_with, phone, yas};
use domain::{DecisionKind, Event};
use ledger::NewPayment;

const LATER: i64 = NOON + 3_600_000;

#[tokio::test]
async fn a_purge_erases_number_and_salt_and_every_hash_stays_valid() {
    let shop = Shop::open().await;
    let paid = shop.paid().await;
    let failed = shop.moved(&shop.pending().await, checked(Event::ConfirmNotCompleted)).await;
    let written_off = shop.decide(&shop.uncertain().await, DecisionKind::WrittenOff).await;
    let before = shop.ledger.verify().await.unwrap();

    // Two were done a minute after noon, the third ten seconds later.
    assert_eq!(shop.ledger.purge_numbers_before(NOON + 60_000).await.unwrap(), 0);
    assert_eq!(shop.ledger.purge_numbers_before(NOON + 60_001).await.unwrap(), 2);
    assert_eq!(shop.ledger.purge_numbers_before(LATER).await.unwrap(), 1);
    assert_eq!(shop.ledger.purge_numbers_before(LATER).await.unwrap(), 0);
    for payment in [&paid, &failed, &written_off] {
        let purged = shop.ledger.payment(&payment.id).await.unwrap().unwrap();
        assert_eq!((purged.phone, purged.version), (None, payment.version + 1));
        assert_eq!(purged.phone_commitment, payment.phone_commitment);
    }
    assert_eq!(shop.value("SELECT COUNT(*) FROM payment WHERE phone_salt IS NOT NULL").await, 0);
    assert_eq!(shop.ledger.verify().await.unwrap(), before);
    shop.assert_whole().await;
}

#[tokio::test]
async fn a_purge_spares_whoever_may_still_have_to_be_called() {
    let shop = Shop::open().await;
    let (pending, uncertain) = (shop.pending().await, shop.uncertain().await);
    let watched = shop.decide(&shop.pending().await, DecisionKind::SettledOtherwise).await;
    let settled = shop.decide(&shop.pending().await, DecisionKind::WrittenOff).await;
    let late = shop.moved(&settled, checked_with(Event::ConfirmCompleted, yas())).await;
    assert_eq!(shop.ledger.purge_numbers_before(LATER).await.unwrap(), 0);
    for payment in [pending, uncertain, watched, late.clone()] {
        let kept = shop.ledger.payment(&payment.id).await.unwrap().unwrap();
        assert!(kept.phone.is_some(), "{kept:?}");
    }
    shop.decide(&late, DecisionKind::RefundRecorded).await;
    assert_eq!(shop.ledger.purge_numbers_before(LATER).await.unwrap(), 1);
    shop.assert_whole().await;
}

#[tokio::test]
async fn nothing_of_an_erased_number_stays_in_the_file() {
    let shop = Shop::open().await;
    let number = "99887766";
    for _ in 0..20 {
        let sale = NewPayment { phone: phone(number), ..shop.sale() };
        let payment = shop.record(sale).await;
        shop.moved(&payment, ledger::What::NotSent { cause: domain::NotSentCause::NoConnection }).await;
    }
    let holds = |bytes: Vec<u8>| bytes.windows(number.len()).any(|window| window == number.as_bytes());
    let shop = shop.reopen().await;
    assert!(holds(std::fs::read(shop.path()).unwrap()), "or this test would prove nothing");
    assert_eq!(shop.ledger.purge_numbers_before(LATER).await.unwrap(), 20);
    shop.ledger.close().await;
    assert!(!holds(std::fs::read(shop.path()).unwrap()));
}
