//! Writing an attempt down, before anything of it may leave.

use crate::shop::{NOON, Shop};
use domain::{PaymentId, State, Xof};
use ledger::{LedgerError, NewPayment, RecordOutcome};

#[tokio::test]
async fn a_recorded_attempt_is_on_disk_with_all_that_was_told() {
    let shop = Shop::open().await;
    let first = shop.recorded().await;
    let new = NewPayment { previous: Some(first.id.clone()), ..shop.sale() };
    let payment = shop.record(new.clone()).await;
    assert_eq!(payment.id, new.id);
    assert_eq!(payment.intent_id, new.intent_id);
    assert_eq!((payment.version, payment.state), (1, State::Recorded));
    assert_eq!(payment.amount, Xof::new(5_000));
    assert_eq!(payment.phone, Some(new.phone));
    assert_eq!((payment.cashier.as_str(), payment.previous.as_ref()), ("Kossi", Some(&first.id)));
    assert_eq!((payment.created_at_ms, payment.submitted_at_ms), (new.at_ms, None));
    assert!(!payment.has_token && !payment.late && !payment.set_aside && payment.decisions.is_empty());

    let shop = shop.reopen().await;
    assert_eq!(shop.ledger.payment(&new.id).await.unwrap(), Some(payment.clone()));
    assert_eq!(shop.ledger.by_intent(&new.intent_id).await.unwrap(), Some(payment));
    assert_eq!(shop.ledger.timeline(&new.id).await.unwrap()[0].state, Some(State::Recorded));
    shop.assert_whole().await;
}

#[tokio::test]
async fn the_same_sale_twice_is_one_attempt_whatever_else_it_says() {
    let shop = Shop::open().await;
    let new = shop.sale();
    let first = shop.record(new.clone()).await;
    let again = NewPayment { intent_id: new.intent_id, amount: Xof::new(9_000), ..shop.sale() };
    match shop.ledger.record(again).await.unwrap() {
        RecordOutcome::Existing(existing) => assert_eq!(existing, first),
        RecordOutcome::New(payment) => panic!("recorded twice: {payment:?}"),
    }
    assert_eq!(shop.value("SELECT COUNT(*) FROM payment").await, 1);
    assert_eq!(shop.value("SELECT COUNT(*) FROM journal").await, 1);
}

#[tokio::test]
async fn one_sale_sent_fifty_times_at_once_is_recorded_once() {
    let shop = Shop::open().await;
    let intent_id = "one-sale".to_owned();
    let tasks: Vec<_> = (0..50)
        .map(|_| {
            let (ledger, new) =
                (shop.ledger.clone(), NewPayment { intent_id: intent_id.clone(), ..shop.sale() });
            tokio::spawn(async move { ledger.record(new).await.unwrap() })
        })
        .collect();
    let mut new = 0;
    for task in tasks {
        new += i32::from(matches!(task.await.unwrap(), RecordOutcome::New(_)));
    }
    assert_eq!(new, 1);
    assert_eq!(shop.value("SELECT COUNT(*) FROM payment").await, 1);
}

#[tokio::test]
async fn an_attempt_that_follows_nothing_is_refused_and_leaves_nothing() {
    let shop = Shop::open().await;
    let before = shop.everything().await;
    let new = NewPayment { previous: Some(PaymentId::from_parts(NOON, [9; 10])), ..shop.sale() };
    assert!(matches!(shop.ledger.record(new).await, Err(LedgerError::NotFound)));
    let nothing = NewPayment { amount: Xof::ZERO, ..shop.sale() };
    assert!(matches!(shop.ledger.record(nothing).await, Err(LedgerError::Damaged(_))));
    assert_eq!(shop.everything().await, before);
}

#[tokio::test]
async fn neither_debug_nor_the_journal_shows_the_number() {
    let shop = Shop::open().await;
    let payment = shop.paid().await;
    let timeline = shop.ledger.timeline(&payment.id).await.unwrap();
    for text in [format!("{payment:?}"), format!("{timeline:?}"), format!("{:?}", shop.sale())] {
        assert!(!text.contains("90123456") && !text.contains("12 34"), "{text}");
        assert!(!text.contains("secret-token"), "{text}");
    }
}
