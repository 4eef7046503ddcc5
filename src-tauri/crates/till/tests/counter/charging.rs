//! The way of one payment.

use crate::shop::{Shop, sale};
use simulator::{Answer, ConfirmBehaviour, CreateBehaviour};
use till::domain::{DecisionKind, NotSentCause, ReviewReason, State, UncertainCause};
use till::{Charged, TillError, TillEvent};

#[tokio::test(flavor = "multi_thread")]
async fn an_approved_payment_is_paid_with_the_first_receipt() {
    let shop = Shop::new().await;
    let mut open = shop.live().await;
    let payment = open.charge(sale("a", "5000", "90 12 34 56")).await;
    assert_eq!(payment.state, State::Submitting);
    open.until(State::Pending).await;
    shop.provider.answer(payment.id.as_str(), Answer::Approve).unwrap();
    let paid = open.until(State::Paid).await;
    assert_eq!((paid.receipt_number, paid.operator_name.as_deref()), (Some(1), Some("YAS TOGO")));
    assert_eq!(shop.creates(), 1);
    open.till.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_questions_about_one_token_are_never_closer_than_three_seconds() {
    let shop = Shop::new().await;
    let mut open = shop.live().await;
    let payment = open.charge(sale("a", "5000", "90123456")).await;
    open.until(State::Pending).await;
    for _ in 0..20 {
        open.till.check_now(&payment.id).await.unwrap();
        tokio::time::sleep(std::time::Duration::from_millis(400)).await;
    }
    let asked = shop.confirms();
    assert!(asked.len() >= 2, "{asked:?}");
    assert!(asked.windows(2).all(|pair| pair[1] - pair[0] >= 2_990), "{asked:?}");
    open.till.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_is_final_and_an_unreachable_server_is_not_sent() {
    let shop = Shop::new().await;
    let mut open = shop.live().await;
    shop.provider.script_create(CreateBehaviour::Refuse("07".into()));
    open.charge(sale("a", "5000", "90123456")).await;
    assert_eq!(open.until(State::Rejected).await.refusal.unwrap().code, "07");

    shop.provider.stop().await;
    open.charge(sale("b", "5000", "90123456")).await;
    assert_eq!(open.until(State::NotSent).await.not_sent_cause, Some(NotSentCause::NoConnection));
    open.till.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_way_of_losing_an_answer_is_uncertain_and_one_create() {
    for (behaviour, cause) in [
        (CreateBehaviour::CreateAndGoSilent, UncertainCause::AnswerLost),
        (CreateBehaviour::CreateAndHangUp, UncertainCause::AnswerLost),
        (CreateBehaviour::CreateAndAnswerHtml, UncertainCause::AnswerUnreadable),
        (CreateBehaviour::AcceptWithoutToken, UncertainCause::NoToken),
        (CreateBehaviour::Redirect("http://127.0.0.1:9/".into()), UncertainCause::AnswerUnreadable),
    ] {
        let shop = Shop::new().await;
        let mut open = shop.live().await;
        shop.provider.script_create(behaviour.clone());
        open.charge(sale("a", "5000", "90123456")).await;
        assert_eq!(open.until(State::Uncertain).await.uncertain_cause, Some(cause), "{behaviour:?}");
        assert_eq!(shop.creates(), 1, "{behaviour:?}");
        open.till.close().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_sale_twice_is_one_payment_and_never_another_sale() {
    let shop = Shop::new().await;
    let open = shop.live().await;
    let (one, other) =
        tokio::join!(open.charge(sale("a", "5000", "90123456")), open.charge(sale("a", "5000", "90123456")));
    assert_eq!(one.id, other.id);
    let mismatch = open.till.charge(sale("a", "6000", "90123456")).await;
    assert!(matches!(mismatch, Err(TillError::IntentMismatch)));
    open.till.close().await;
    assert_eq!(shop.creates(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_waiting_number_is_asked_again_only_by_a_person() {
    let shop = Shop::new().await;
    let mut open = shop.live().await;
    let first = open.charge(sale("a", "5000", "90123456")).await;
    open.until(State::Pending).await;
    let Charged::Unresolved(_, shown) = open.till.charge(sale("b", "3000", "90123456")).await.unwrap() else {
        panic!("a second request left without asking");
    };
    assert_eq!((shown.id.clone(), shop.creates()), (first.id.clone(), 1));
    let again = till::Charge { after: Some(first.id.clone()), ..sale("b", "3000", "90123456") };
    let second = open.charge(again).await;
    assert_eq!(second.previous, Some(first.id));
    open.hear(|event| match event {
        TillEvent::PaymentChanged(_, payment) => {
            (payment.id == second.id && payment.state == State::Pending).then_some(())
        }
        _ => None,
    })
    .await;
    assert_eq!(shop.creates(), 2);
    open.till.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_amount_or_another_identifier_is_for_a_person() {
    for (number, reason) in [
        ("90000010", ReviewReason::AmountDiffers),
        ("90000011", ReviewReason::AmountMissing),
        ("90000012", ReviewReason::IdDiffers),
    ] {
        let shop = Shop::new().await;
        let mut open = shop.live().await;
        open.charge(sale("a", "5000", number)).await;
        let review = open.until(State::Review).await;
        assert_eq!((review.review_reason, review.receipt_number), (Some(reason), None));
        open.till.close().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn odd_answers_change_nothing_and_the_truth_comes_after() {
    let shop = Shop::new().await;
    let mut open = shop.live().await;
    shop.provider.script_confirm(ConfirmBehaviour::Status(502));
    let payment = open.charge(sale("a", "5000", "90123456")).await;
    open.until(State::Pending).await;
    shop.provider.answer(payment.id.as_str(), Answer::Approve).unwrap();
    let unmoved = open
        .hear(|event| match event {
            TillEvent::PaymentChanged(_, payment) if payment.check_problem.is_some() => Some(payment.clone()),
            _ => None,
        })
        .await;
    assert_eq!(unmoved.state, State::Pending);
    open.till.check_now(&payment.id).await.unwrap();
    open.until(State::Paid).await;
    open.till.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn money_that_comes_after_another_settlement_is_told_loudly() {
    let shop = Shop::new().await;
    let mut open = shop.live().await;
    let payment = open.charge(sale("a", "5000", "90123456")).await;
    open.until(State::Pending).await;
    let decided = open
        .till
        .decide(&payment.id, DecisionKind::SettledOtherwise, "Afi".into(), "espèces".into(), None)
        .await;
    decided.unwrap();
    shop.provider.answer(payment.id.as_str(), Answer::Approve).unwrap();
    open.till.check_now(&payment.id).await.unwrap();
    let late = open
        .hear(|event| match event {
            TillEvent::LateSuccess(_, payment) => Some(payment.clone()),
            _ => None,
        })
        .await;
    assert!(late.late && late.state == State::Paid);
    open.till.close().await;
}
