//! What survives: ends, starts, outages, keychains that go away, two tills on one ledger.

use crate::shop::{KEYS, Shop, provider, sale};
use simulator::{Answer, CreateBehaviour};
use std::time::Duration;
use till::domain::{Mode, State};
use till::{KeysProblem, KeysStatus, OpenTillError, TillError};

#[tokio::test(flavor = "multi_thread")]
async fn a_waiting_payment_is_watched_again_after_a_start() {
    let shop = Shop::new().await;
    let mut open = shop.live().await;
    let payment = open.charge(sale("a", "5000", "90123456")).await;
    open.until(State::Pending).await;
    open.till.close().await;
    drop(open);
    shop.provider.answer(payment.id.as_str(), Answer::Approve).unwrap();

    let mut open = shop.open().await;
    assert_eq!(open.till.snapshot().await.unwrap().recovery.watched, 1);
    open.until(State::Paid).await;
    open.till.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn closing_waits_for_an_answer_on_its_way() {
    let shop = Shop::new().await;
    let open = shop.live().await;
    shop.provider.script_create(CreateBehaviour::AcceptAfter(Duration::from_secs(1)));
    let payment = open.charge(sale("a", "5000", "90123456")).await;
    open.till.close().await;
    drop(open);
    let open = shop.open().await;
    let (_, payment, _) = open.till.detail(&payment.id).await.unwrap();
    assert_eq!(payment.state, State::Pending);
    open.till.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_outage_is_told_and_the_wait_goes_on_when_it_ends() {
    let shop = Shop::new().await;
    let mut open = shop.live().await;
    let payment = open.charge(sale("a", "5000", "90123456")).await;
    open.until(State::Pending).await;
    let port = shop.provider.base_url().rsplit(':').next().unwrap().parse().unwrap();
    shop.provider.stop().await;
    open.till.check_now(&payment.id).await.unwrap();
    open.hear(|event| matches!(event, till::TillEvent::Connectivity { online: false, .. }).then_some(()))
        .await;
    assert!(!open.till.snapshot().await.unwrap().online);

    let back = provider(port, &shop.folder.path().join("provider.json")).await;
    back.answer(payment.id.as_str(), Answer::Approve).unwrap();
    open.till.check_now(&payment.id).await.unwrap();
    open.until(State::Paid).await;
    open.till.close().await;
    back.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_come_back_from_the_keychain_and_a_missing_one_is_told() {
    let shop = Shop::new().await;
    let open = shop.live().await;
    open.till.close().await;
    drop(open);
    let sealed = std::fs::read(shop.folder.path().join("till/credentials.sealed")).unwrap();
    for secret in [KEYS.0, KEYS.1] {
        assert!(!sealed.windows(secret.len()).any(|part| part == secret.as_bytes()));
    }

    *shop.keychain.gone.lock().unwrap() = true;
    let open = shop.open().await;
    let keys = open.till.snapshot().await.unwrap().keys;
    assert!(matches!(keys, KeysStatus::Problem(KeysProblem::KeychainUnavailable(_))), "{keys:?}");
    let refused = open.till.charge(sale("a", "5000", "90123456")).await;
    assert!(matches!(refused, Err(TillError::Keys(KeysProblem::KeychainUnavailable(_)))));
    assert_eq!(shop.creates(), 0);

    *shop.keychain.gone.lock().unwrap() = false;
    open.till.retry_keychain().await.unwrap();
    assert_eq!(open.till.snapshot().await.unwrap().keys, KeysStatus::Stored);
    open.charge(sale("a", "5000", "90123456")).await;
    open.till.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn training_and_live_share_nothing_and_live_is_watched_from_training() {
    let shop = Shop::new().await;
    let mut open = shop.live().await;
    let live = open.charge(sale("a", "5000", "90123456")).await;
    open.until(State::Pending).await;
    open.till.set_mode(Mode::Training).await.unwrap();
    let snapshot = open.till.snapshot().await.unwrap();
    assert_eq!((snapshot.open.len(), snapshot.live_open), (0, 1));
    open.charge(sale("b", "700", "90000000")).await;
    assert_eq!(shop.creates(), 1);
    shop.provider.answer(live.id.as_str(), Answer::Approve).unwrap();
    open.until(State::Paid).await;
    open.till.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_till_on_the_same_ledger_does_not_open() {
    let shop = Shop::new().await;
    let open = shop.live().await;
    let options = shop.options();
    let ports = shop.ports();
    assert!(matches!(till::Till::open(options, ports).await, Err(OpenTillError::AlreadyOpen)));
    open.till.close().await;
}
