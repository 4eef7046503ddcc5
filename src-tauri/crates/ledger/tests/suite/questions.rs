//! What screens and the watch loop ask.

use crate::shop::{KEYS, NOON, SERVER, Shop, accepted, checked, checked_with, phone, yas};
use domain::{DecisionKind, Event, NotSentCause, PaymentId};
use ledger::{
    ConfirmFacts, Counts, Due, HistoryFilter, LedgerError, NewPayment, Overview, Payment, Wanted, What,
};

fn ids(payments: &[Payment]) -> Vec<&PaymentId> {
    payments.iter().map(|payment| &payment.id).collect()
}

#[tokio::test]
async fn the_next_question_is_the_earliest_of_the_server_that_gave_the_token() {
    let shop = Shop::open().await;
    assert_eq!(shop.ledger.next_due(SERVER).await.unwrap(), None);
    let mut pending = Vec::new();
    for (server, due) in [(SERVER, 30), (SERVER, 10), (SERVER, 20), ("http://127.0.0.1:1", 1)] {
        let started = What::SubmissionStarted { server: server.into(), credential_set: KEYS.into() };
        let submitting = shop.moved(&shop.recorded().await, started).await;
        pending.push(shop.moved(&submitting, accepted("t", NOON + due)).await);
    }
    let due = |payment: &Payment, at| Some(Due { id: payment.id.clone(), due_at_ms: NOON + at });
    assert_eq!(shop.ledger.next_due(SERVER).await.unwrap(), due(&pending[1], 10));
    assert_eq!(shop.ledger.next_due("http://127.0.0.1:1").await.unwrap(), due(&pending[3], 1));
    shop.moved(&pending[1], checked_with(Event::ConfirmCompleted, yas())).await;
    assert_eq!(shop.ledger.next_due(SERVER).await.unwrap(), due(&pending[2], 20));
    shop.ledger.nudge(&pending[0].id, NOON + 5).await.unwrap();
    assert_eq!(shop.ledger.next_due(SERVER).await.unwrap(), due(&pending[0], 5));
    // Putting a payment away stops nothing.
    let aside = shop.decide(&pending[0], DecisionKind::SetAside).await;
    assert_eq!(shop.ledger.next_due(SERVER).await.unwrap(), due(&aside, 5));
}

#[tokio::test]
async fn questions_are_counted_by_their_answers_and_nothing_else() {
    let shop = Shop::open().await;
    let mut payment = shop.pending().await;
    let other = shop.pending().await;
    assert_eq!(shop.ledger.questions_about(&payment.id).await.unwrap(), 0);
    for event in [Event::ConfirmPending, Event::ConfirmUnknown, Event::ConfirmPending] {
        payment = shop.moved(&payment, checked(event)).await;
    }
    shop.decide(&payment, DecisionKind::SetAside).await;
    shop.ledger.nudge(&payment.id, NOON).await.unwrap();
    shop.moved(&other, checked(Event::ConfirmNotCompleted)).await;
    assert_eq!(shop.ledger.questions_about(&payment.id).await.unwrap(), 3);
    assert_eq!(shop.ledger.questions_about(&other.id).await.unwrap(), 1);
}

#[tokio::test]
async fn open_ones_are_those_that_want_an_eye_newest_first() {
    let shop = Shop::open().await;
    let recorded = shop.recorded().await;
    let uncertain = shop.uncertain().await;
    let pending = shop.pending().await;
    shop.paid().await;
    let aside = shop.decide(&shop.pending().await, DecisionKind::SetAside).await;
    let settled = shop.decide(&shop.pending().await, DecisionKind::SettledOtherwise).await;
    let open = shop.ledger.open_payments().await.unwrap();
    assert_eq!(ids(&open), [&pending.id, &uncertain.id, &recorded.id]);
    assert_eq!(shop.ledger.counts().await.unwrap(), Counts { open: 3, watched_aside: 2 });

    let late = shop.moved(&settled, checked_with(Event::ConfirmCompleted, yas())).await;
    let open = shop.ledger.open_payments().await.unwrap();
    assert_eq!(ids(&open), [&late.id, &pending.id, &uncertain.id, &recorded.id]);
    assert_eq!(open[0].decisions.len(), 1);
    assert_eq!(shop.ledger.counts().await.unwrap(), Counts { open: 4, watched_aside: 1 });
    shop.moved(&aside, checked(Event::ConfirmNotCompleted)).await;
    assert_eq!(shop.ledger.counts().await.unwrap(), Counts { open: 4, watched_aside: 0 });
    assert_eq!(ids(&shop.ledger.unfinished().await.unwrap()), [&recorded.id, &pending.id]);
}

#[tokio::test]
async fn open_ones_are_listed_up_to_two_hundred_and_all_counted() {
    let shop = Shop::open().await;
    let mut newest = None;
    for _ in 0..205 {
        newest = Some(shop.recorded().await.id);
    }
    let open = shop.ledger.open_payments().await.unwrap();
    assert_eq!((open.len(), Some(&open[0].id)), (200, newest.as_ref()));
    assert_eq!(shop.ledger.counts().await.unwrap().open, 205);
}

#[tokio::test]
async fn recent_results_are_ordered_by_when_they_were_known() {
    let shop = Shop::open().await;
    let (first, second, third) = (shop.pending().await, shop.pending().await, shop.uncertain().await);
    shop.recorded().await;
    let third = shop.decide(&third, DecisionKind::WrittenOff).await; // at +70 s
    let second = shop.moved(&second, checked(Event::ConfirmNotCompleted)).await; // at +60 s
    let first = shop.moved(&first, checked(Event::ConfirmNotCompleted)).await; // at +60 s
    let recent = shop.ledger.recent(10).await.unwrap();
    assert_eq!(ids(&recent), [&third.id, &second.id, &first.id]);
    assert_eq!(shop.ledger.recent(1).await.unwrap(), [third]);
}

#[tokio::test]
async fn an_overview_says_what_each_question_says_alone() {
    let shop = Shop::open().await;
    let contradicted = shop.paid().await;
    let looked = shop.ledger.last_end().await.unwrap();
    let failed = shop.pending().await;
    shop.moved(&failed, checked(Event::ConfirmNotCompleted)).await;
    shop.moved(&contradicted, checked(Event::ConfirmNotCompleted)).await;
    shop.uncertain().await;
    shop.recorded().await;
    let wanted = Wanted { recent: 2, ended_after: Some((looked, 20)) };
    let overview = shop.ledger.overview(wanted).await.unwrap();
    let alone = Overview {
        counts: shop.ledger.counts().await.unwrap(),
        open: shop.ledger.open_payments().await.unwrap(),
        recent: shop.ledger.recent(2).await.unwrap(),
        ended: shop.ledger.ended_after(looked, 20).await.unwrap(),
        contradictions: shop.ledger.contradictions().await.unwrap(),
    };
    assert_eq!(overview, alone);
    // What contradicts an end tells of it once more.
    let sizes = (overview.open.len(), overview.recent.len(), overview.ended.len());
    assert_eq!((sizes, overview.contradictions.len()), ((2, 2, 2), 1));
    let nothing_new = Wanted { ended_after: None, ..wanted };
    assert!(shop.ledger.overview(nothing_new).await.unwrap().ended.is_empty());
}

#[tokio::test]
async fn the_history_comes_in_windows_without_gap_or_repeat() {
    let shop = Shop::open().await;
    let mut all = Vec::new();
    for _ in 0..25 {
        all.insert(0, shop.recorded().await.id);
    }
    let (mut seen, mut before) = (Vec::new(), None);
    loop {
        let window = shop.ledger.history(&HistoryFilter::default(), before, 10).await.unwrap();
        let Some(last) = window.last() else { break };
        before = Some(last.seq);
        seen.extend(window.into_iter().map(|payment| payment.id));
    }
    assert_eq!(seen, all);
}

#[tokio::test]
async fn unresolved_ones_of_a_number_are_found_put_away_or_not_but_not_settled() {
    let shop = Shop::open().await;
    let pending = shop.pending().await;
    let aside = shop.decide(&shop.pending().await, DecisionKind::SetAside).await;
    let uncertain = shop.uncertain().await;
    shop.decide(&shop.uncertain().await, DecisionKind::WrittenOff).await;
    shop.paid().await;
    shop.record(NewPayment { phone: phone("91000000"), ..shop.sale() }).await;
    let unresolved = shop.ledger.unresolved_for(&phone("90123456")).await.unwrap();
    assert_eq!(ids(&unresolved), [&uncertain.id, &aside.id, &pending.id]);
    assert_eq!(shop.ledger.unresolved_for(&phone("91000000")).await.unwrap().len(), 1);
    assert!(shop.ledger.unresolved_for(&phone("92000000")).await.unwrap().is_empty());
}

#[tokio::test]
async fn the_operator_of_a_number_is_the_one_that_confirm_reported_last() {
    let shop = Shop::open().await;
    let number = phone("90123456");
    assert_eq!(shop.ledger.known_operator(&number).await.unwrap(), None);
    shop.pending().await;
    assert_eq!(shop.ledger.known_operator(&number).await.unwrap(), None);
    shop.paid().await;
    let yas_togo = Some(("3".to_owned(), "YAS TOGO".to_owned()));
    assert_eq!(shop.ledger.known_operator(&number).await.unwrap(), yas_togo);
    let ported = ConfirmFacts {
        operator_id: Some("9".to_owned()),
        operator_name: Some("MOOV TOGO".to_owned()),
        ..ConfirmFacts::default()
    };
    shop.moved(&shop.pending().await, checked_with(Event::ConfirmNotCompleted, ported)).await;
    shop.pending().await;
    let moov = Some(("9".to_owned(), "MOOV TOGO".to_owned()));
    assert_eq!(shop.ledger.known_operator(&number).await.unwrap(), moov);
    assert_eq!(shop.ledger.known_operator(&phone("91000000")).await.unwrap(), None);
}

#[tokio::test]
async fn payments_that_only_other_keys_can_ask_about_are_counted() {
    let shop = Shop::open().await;
    let pending = shop.pending().await;
    shop.submitting().await;
    shop.paid().await;
    assert_eq!(shop.ledger.open_with_other_credentials(KEYS).await.unwrap(), 0);
    assert_eq!(shop.ledger.open_with_other_credentials("keys-2").await.unwrap(), 1);
    shop.moved(&pending, checked(Event::ConfirmNotCompleted)).await;
    assert_eq!(shop.ledger.open_with_other_credentials("keys-2").await.unwrap(), 0);
}

#[tokio::test]
async fn what_does_not_exist_is_none_or_empty() {
    let shop = Shop::open().await;
    let unknown = PaymentId::from_parts(NOON, [9; 10]);
    assert_eq!(shop.ledger.payment(&unknown).await.unwrap(), None);
    assert_eq!(shop.ledger.by_intent("no sale").await.unwrap(), None);
    assert!(shop.ledger.token(&unknown).await.unwrap().is_none());
    assert!(shop.ledger.token(&shop.recorded().await.id).await.unwrap().is_none());
    assert!(shop.ledger.timeline(&unknown).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_note_is_a_chained_line_of_no_payment() {
    let shop = Shop::open().await;
    shop.ledger.note(NOON, "settings_changed", "cut_off_hour").await.unwrap();
    let line =
        "SELECT COUNT(*) FROM journal WHERE kind = 'settings_changed' AND payment_id IS NULL AND seq = 1";
    assert_eq!(shop.value(line).await, 1);
    let verification = shop.ledger.verify().await.unwrap();
    assert_eq!((verification.journal_rows, verification.first_bad), (1, None));
}

#[tokio::test]
async fn a_stored_word_that_is_not_known_is_damage_never_a_default() {
    let shop = Shop::open().await;
    let what = What::NotSent { cause: NotSentCause::NoConnection };
    let payment = shop.moved(&shop.recorded().await, what).await;
    let mut behind = shop.behind().await;
    for sql in [
        "PRAGMA ignore_check_constraints = ON",
        "DROP TRIGGER payment_version",
        "DROP TRIGGER payment_final",
        "DROP TRIGGER payment_fixed",
    ] {
        sqlx::query(sqlx::AssertSqlSafe(sql.to_owned())).execute(&mut behind).await.unwrap();
    }
    for (column, sound) in [
        ("state", "'not_sent'"),
        ("check_problem", "NULL"),
        ("review_reason", "NULL"),
        ("uncertain_cause", "NULL"),
        ("not_sent_cause", "'no_connection'"),
        ("settled", "NULL"),
        ("previous_payment_id", "NULL"),
        ("phone", "'90123456'"),
    ] {
        let set = |value: &str| sqlx::AssertSqlSafe(format!("UPDATE payment SET {column} = {value}"));
        sqlx::query(set("'9012345678901'")).execute(&mut behind).await.unwrap();
        match shop.ledger.payment(&payment.id).await {
            Err(LedgerError::Damaged(text)) => assert!(column != "phone" || !text.contains("901"), "{text}"),
            other => panic!("{column}: {other:?}"),
        }
        sqlx::query(set(sound)).execute(&mut behind).await.unwrap();
        assert_eq!(shop.ledger.payment(&payment.id).await.unwrap().as_ref(), Some(&payment), "{column}");
    }
}
