//! What people decide, beside what the operator said.

use crate::shop::{NOON, Shop, checked_with, decision, yas};
use domain::{DecisionKind as D, DecisionRefused, Event, PaymentId, State, Xof};
use ledger::{Decision, LedgerError};

async fn sum(shop: &Shop, kinds: &str) -> i64 {
    shop.value(&format!("SELECT COALESCE(SUM(amount_xof), 0) FROM ledger_entry WHERE kind IN ({kinds})"))
        .await
}

#[tokio::test]
async fn a_decision_stands_beside_the_state_with_who_when_and_why() {
    let shop = Shop::open().await;
    let pending = shop.pending().await;
    let aside = shop.decide(&pending, D::SetAside).await;
    assert_eq!((aside.state, aside.set_aside, aside.settled), (State::Pending, true, None));
    assert_eq!((aside.version, aside.done_at_ms), (pending.version + 1, None));
    assert_eq!(aside.next_check_at_ms, pending.next_check_at_ms);
    assert_eq!(aside.decisions, [decision(D::SetAside, NOON + 70_000)]);
    let settled = shop.decide(&pending, D::SettledOtherwise).await;
    assert_eq!(settled.settled, Some(D::SettledOtherwise));
    assert_eq!((settled.done_at_ms, settled.resolved_at_ms), (Some(NOON + 70_000), None));
    assert_eq!(settled.decisions.len(), 2);

    let shop = shop.reopen().await;
    assert_eq!(shop.ledger.payment(&pending.id).await.unwrap(), Some(settled));
    let line = shop.ledger.timeline(&pending.id).await.unwrap().pop().unwrap();
    assert_eq!((line.kind.as_str(), line.state), ("decision", None));
    assert_eq!(line.detail, "settled_otherwise · Afi · le client a payé en espèces · CI240601.1200.A1");
    assert_eq!(shop.value("SELECT COUNT(*) FROM ledger_entry").await, 0);
    shop.assert_whole().await;
}

#[tokio::test]
async fn an_impossible_decision_is_refused_and_leaves_nothing() {
    let shop = Shop::open().await;
    let (paid, uncertain) = (shop.paid().await, shop.uncertain().await);
    shop.decide(&uncertain, D::WrittenOff).await;
    let before = shop.everything().await;
    assert!(matches!(
        shop.ledger.decide(&paid.id, decision(D::WrittenOff, NOON)).await,
        Err(LedgerError::DecisionRefused(DecisionRefused::WrongState { state: State::Paid, .. }))
    ));
    assert!(matches!(
        shop.ledger.decide(&uncertain.id, decision(D::AcceptedAsPaid, NOON)).await,
        Err(LedgerError::DecisionRefused(DecisionRefused::AlreadyDecided(D::WrittenOff)))
    ));
    let unknown = PaymentId::from_parts(NOON, [9; 10]);
    assert!(matches!(
        shop.ledger.decide(&unknown, decision(D::SetAside, NOON)).await,
        Err(LedgerError::NotFound)
    ));
    assert_eq!(shop.everything().await, before);
}

#[tokio::test]
async fn accepted_as_paid_is_an_entry_without_receipt_and_stays_what_the_operator_said() {
    let shop = Shop::open().await;
    let uncertain = shop.uncertain().await;
    let accepted = shop.decide(&uncertain, D::AcceptedAsPaid).await;
    assert_eq!((accepted.state, accepted.receipt_number), (State::Uncertain, None));
    assert_eq!(sum(&shop, "'accepted'").await, 5_000);
    assert_eq!(sum(&shop, "'verified'").await, 0);
    let said = "SELECT COUNT(*) FROM ledger_entry WHERE who = 'Afi' AND reason LIKE 'le client%' \
                AND reference = 'CI240601.1200.A1' AND receipt_number IS NULL";
    assert_eq!(shop.value(said).await, 1);
    let refunded = shop.decide(&uncertain, D::RefundRecorded).await;
    assert!(refunded.refund_recorded);
    assert_eq!(sum(&shop, "'accepted', 'refund'").await, 0);
    shop.assert_whole().await;
}

#[tokio::test]
async fn accepted_then_paid_is_reversed_once_and_counted_once() {
    let shop = Shop::open().await;
    let pending = shop.pending().await;
    let accepted = shop.decide(&pending, D::AcceptedAsPaid).await;
    let applied = shop.apply(&accepted, checked_with(Event::ConfirmCompleted, yas())).await.unwrap();
    // The sale was always meant to be paid this way: nothing has to go back.
    assert!(!applied.late && !applied.payment.late);
    assert_eq!(applied.payment.receipt_number, Some(1));
    assert_eq!(applied.payment.settled, Some(D::AcceptedAsPaid));
    assert_eq!(sum(&shop, "'accepted', 'reversal'").await, 0);
    assert_eq!(sum(&shop, "'verified'").await, 5_000);
    assert_eq!(sum(&shop, "'accepted', 'reversal', 'verified', 'refund'").await, 5_000);
    assert_eq!(
        shop.value("SELECT reverses FROM ledger_entry WHERE kind = 'reversal' AND reason = 'verified'").await,
        1
    );
    // Asking again changes nothing any more.
    shop.moved(&applied.payment, checked_with(Event::ConfirmCompleted, yas())).await;
    assert_eq!(shop.value("SELECT COUNT(*) FROM ledger_entry").await, 3);
    shop.assert_whole().await;
}

#[tokio::test]
async fn money_for_a_sale_closed_in_another_way_is_late_until_it_is_given_back() {
    let shop = Shop::open().await;
    for kind in [D::SettledOtherwise, D::WrittenOff] {
        let pending = shop.pending().await;
        let settled = shop.decide(&pending, kind).await;
        assert!(shop.ledger.open_payments().await.unwrap().is_empty());
        let applied = shop.apply(&settled, checked_with(Event::ConfirmCompleted, yas())).await.unwrap();
        assert!(applied.late && applied.payment.late);
        assert_eq!(applied.payment.done_at_ms, applied.payment.resolved_at_ms);
        assert_eq!(shop.ledger.open_payments().await.unwrap(), std::slice::from_ref(&applied.payment));

        let again = shop.apply(&applied.payment, checked_with(Event::ConfirmCompleted, yas())).await.unwrap();
        assert!(!again.late && again.payment.late, "told once, remembered for ever");
        let refunded = shop.decide(&again.payment, D::RefundRecorded).await;
        assert!(refunded.late && refunded.refund_recorded);
        assert!(shop.ledger.open_payments().await.unwrap().is_empty());
    }
    assert_eq!(sum(&shop, "'verified'").await, 10_000);
    assert_eq!(sum(&shop, "'refund'").await, -10_000);
    let aside = shop.decide(&shop.pending().await, D::SetAside).await;
    assert!(!shop.apply(&aside, checked_with(Event::ConfirmCompleted, yas())).await.unwrap().late);
    shop.assert_whole().await;
}

#[tokio::test]
async fn words_with_the_separator_in_them_cannot_pass_for_other_words() {
    let shop = Shop::open().await;
    let pending = shop.uncertain().await;
    let tricky = Decision {
        who: "Afi · manager".to_owned(),
        reason: "a \\· b".to_owned(),
        reference: None,
        ..decision(D::AcceptedAsPaid, NOON)
    };
    let after = shop.ledger.decide(&pending.id, tricky.clone()).await.unwrap();
    assert_eq!(after.decisions, [tricky]);
    assert_eq!(after.amount, Xof::new(5_000));
    shop.assert_whole().await;
    let mut behind = shop.behind().await;
    sqlx::query("DROP TRIGGER decision_no_update").execute(&mut behind).await.unwrap();
    sqlx::query("UPDATE decision SET who = 'Afi', reason = 'manager · a \\· b'")
        .execute(&mut behind)
        .await
        .unwrap();
    assert_eq!(shop.ledger.verify().await.unwrap().first_bad.unwrap().table, "decision");
}
