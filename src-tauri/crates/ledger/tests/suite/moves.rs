//! How a payment moves: whole or not at all.

use crate::shop::{
    KEYS, NOON, SERVER, Shop, accepted, checked, checked_with, decision, open, submission, yas,
};
use domain::{
    CheckProblem, DecisionKind, Effect, Event, Mode, NotSentCause, PaymentId, ReviewReason, State,
    UncertainCause, Xof,
};
use ledger::{Change, ConfirmFacts, LedgerError, StoredRefusal, What};

#[tokio::test]
async fn the_way_to_paid_keeps_every_fact_and_writes_receipt_and_entry_with_it() {
    let shop = Shop::open().await;
    let submitting = shop.submitting().await;
    assert_eq!((submitting.state, submitting.version), (State::Submitting, 2));
    assert_eq!(submitting.submitted_at_ms, Some(NOON + 60_000));
    assert_eq!(submitting.server.as_deref(), Some(SERVER));
    assert_eq!(submitting.credential_set.as_deref(), Some(KEYS));

    let pending = shop.moved(&submitting, accepted("secret-token", NOON + 65_000)).await;
    assert_eq!((pending.state, pending.has_token), (State::Pending, true));
    assert_eq!(pending.accepted_at_ms, Some(NOON + 60_000));
    assert_eq!(pending.next_check_at_ms, Some(NOON + 65_000));
    assert_eq!(shop.ledger.token(&pending.id).await.unwrap().unwrap().expose(), "secret-token");

    let waiting = What::Checked {
        event: Event::ConfirmUnknown,
        facts: ConfirmFacts::default(),
        problem: Some(CheckProblem::NoConnection),
        asked_at_ms: NOON + 65_000,
        answered_at_ms: NOON + 66_000,
        next_check_at_ms: Some(NOON + 69_000),
        failures: 3,
    };
    let waiting = shop.moved(&pending, waiting).await;
    assert_eq!(waiting.state, State::Pending);
    assert_eq!((waiting.check_failures, waiting.check_problem), (3, Some(CheckProblem::NoConnection)));
    assert_eq!(waiting.last_check_at_ms, Some(NOON + 65_000));
    assert_eq!(waiting.last_answer_at_ms, Some(NOON + 66_000));
    assert_eq!(waiting.next_check_at_ms, Some(NOON + 69_000));

    let applied = shop.apply(&waiting, checked_with(Event::ConfirmCompleted, yas())).await.unwrap();
    let paid = applied.payment;
    assert_eq!((applied.step.to, applied.late), (State::Paid, false));
    assert_eq!(paid.receipt_number, Some(1));
    assert_eq!((paid.resolved_at_ms, paid.done_at_ms), (Some(NOON + 60_000), Some(NOON + 60_000)));
    assert_eq!((paid.next_check_at_ms, paid.check_failures, paid.check_problem), (None, 0, None));
    assert_eq!(paid.operator_name.as_deref(), Some("YAS TOGO"));
    assert_eq!(paid.confirmed_amount, Some(Xof::new(5_000)));
    assert_eq!(shop.ledger.payment(&paid.id).await.unwrap(), Some(paid.clone()));

    let kinds: Vec<_> =
        shop.ledger.timeline(&paid.id).await.unwrap().into_iter().map(|line| line.kind).collect();
    assert_eq!(
        kinds,
        ["recorded", "submission_started", "create_accepted", "confirm_unknown", "confirm_completed"]
    );
    assert_eq!(shop.value("SELECT SUM(amount_xof) FROM ledger_entry WHERE kind = 'verified'").await, 5_000);
    assert_eq!(
        shop.value(
            "SELECT COUNT(*) FROM ledger_entry WHERE business_day = '2026-11-24' AND operator_id = '3'"
        )
        .await,
        1
    );
    shop.assert_whole().await;
}

#[tokio::test]
async fn every_other_end_keeps_its_reason() {
    let shop = Shop::open().await;
    let refused = What::Refused { code: "07".to_owned(), text: "Echec (Code07)".to_owned() };
    let rejected = shop.moved(&shop.submitting().await, refused).await;
    assert_eq!(rejected.state, State::Rejected);
    assert_eq!(rejected.refusal, Some(StoredRefusal { code: "07".into(), text: "Echec (Code07)".into() }));

    let not_sent = shop.moved(&shop.submitting().await, What::NotSent { cause: NotSentCause::Tls }).await;
    assert_eq!((not_sent.state, not_sent.not_sent_cause), (State::NotSent, Some(NotSentCause::Tls)));

    let uncertain = shop.uncertain().await;
    assert_eq!((uncertain.state, uncertain.resolved_at_ms), (State::Uncertain, None));
    assert_eq!(uncertain.uncertain_cause, Some(UncertainCause::AnswerLost));

    let failed = shop.moved(&shop.pending().await, checked(Event::ConfirmNotCompleted)).await;
    assert_eq!((failed.state, failed.receipt_number), (State::Failed, None));

    let facts = ConfirmFacts {
        confirmed_amount: Some(Xof::new(4_000)),
        review_reason: Some(ReviewReason::AmountDiffers),
        ..yas()
    };
    let review = shop.moved(&shop.pending().await, checked_with(Event::ConfirmMismatch, facts)).await;
    assert_eq!((review.state, review.review_reason), (State::Review, Some(ReviewReason::AmountDiffers)));
    assert_eq!((review.confirmed_amount, review.next_check_at_ms), (Some(Xof::new(4_000)), None));
    assert_eq!(shop.value("SELECT COUNT(*) FROM ledger_entry").await, 0);

    let settled = shop.moved(&review, checked_with(Event::ConfirmCompleted, yas())).await;
    assert_eq!((settled.state, settled.receipt_number), (State::Paid, Some(1)));
    assert_eq!(settled.confirmed_amount, Some(Xof::new(5_000)));
    shop.assert_whole().await;
}

#[tokio::test]
async fn a_restart_tells_what_was_interrupted_and_forgets_no_pending_payment() {
    let shop = Shop::open().await;
    let restarted = || What::Restarted { next_check_at_ms: Some(NOON + 90_000) };
    let not_sent = shop.moved(&shop.recorded().await, restarted()).await;
    assert_eq!((not_sent.state, not_sent.not_sent_cause), (State::NotSent, Some(NotSentCause::Interrupted)));
    assert_eq!(not_sent.next_check_at_ms, None);
    let uncertain = shop.moved(&shop.submitting().await, restarted()).await;
    assert_eq!(uncertain.uncertain_cause, Some(UncertainCause::Interrupted));
    assert_eq!((uncertain.state, uncertain.next_check_at_ms), (State::Uncertain, None));
    let pending = shop.moved(&shop.pending().await, restarted()).await;
    assert_eq!((pending.state, pending.next_check_at_ms), (State::Pending, Some(NOON + 90_000)));
    let again = shop.moved(&uncertain, restarted()).await;
    assert_eq!((again.state, again.uncertain_cause), (State::Uncertain, Some(UncertainCause::Interrupted)));
}

#[tokio::test]
async fn of_two_changes_on_one_version_the_second_conflicts_and_leaves_nothing() {
    let shop = Shop::open().await;
    let pending = shop.pending().await;
    shop.moved(&pending, checked(Event::ConfirmPending)).await;
    let before = shop.everything().await;
    let second = shop.apply(&pending, checked(Event::ConfirmCompleted)).await;
    assert!(matches!(second, Err(LedgerError::VersionConflict)));
    assert_eq!(shop.everything().await, before);

    let unknown = Change {
        id: PaymentId::from_parts(NOON, [9; 10]),
        version: 1,
        at_ms: NOON,
        what: submission(),
        note: String::new(),
    };
    assert!(matches!(shop.ledger.apply(unknown).await, Err(LedgerError::NotFound)));
}

#[tokio::test]
async fn an_illegal_move_is_refused_and_leaves_nothing() {
    let shop = Shop::open().await;
    let (recorded, pending, paid) = (shop.recorded().await, shop.pending().await, shop.paid().await);
    let uncertain = shop.uncertain().await;
    let before = shop.everything().await;
    for (payment, what) in [
        (&recorded, accepted("t", NOON)),
        (&recorded, checked(Event::ConfirmCompleted)),
        (&pending, submission()),
        (&pending, accepted("other", NOON)),
        (&paid, submission()),
        (&uncertain, checked(Event::ConfirmCompleted)),
        // Not a thing that a confirm can tell, though the state machine knows the move.
        (&recorded, checked(Event::CreateNotSent)),
        (&pending, checked(Event::Restarted)),
    ] {
        let (state, told) = (payment.state, format!("{what:?}"));
        match shop.apply(payment, what).await {
            Err(LedgerError::Illegal(illegal)) => assert_eq!(illegal.state, state),
            other => panic!("{state} {told}: {other:?}"),
        }
    }
    assert_eq!(shop.everything().await, before);
}

#[tokio::test]
async fn what_contradicts_an_end_changes_nothing_but_is_written_down() {
    let shop = Shop::open().await;
    let paid = shop.paid().await;
    let facts = ConfirmFacts {
        request_id: Some("another".to_owned()),
        confirmed_amount: Some(Xof::new(1)),
        review_reason: Some(ReviewReason::AmountDiffers),
        ..ConfirmFacts::default()
    };
    let applied = shop.apply(&paid, checked_with(Event::ConfirmMismatch, facts)).await.unwrap();
    assert_eq!(applied.step.effects, [Effect::RecordContradiction]);
    let after = applied.payment;
    assert_eq!((after.state, after.receipt_number, after.review_reason), (State::Paid, Some(1), None));
    // A duplicate of the receipt must read like the first.
    assert_eq!((&after.request_id, after.confirmed_amount), (&paid.request_id, paid.confirmed_amount));
    assert_eq!(after.resolved_at_ms, paid.resolved_at_ms);
    let timeline = shop.ledger.timeline(&paid.id).await.unwrap();
    let last = timeline.last().unwrap();
    assert_eq!((last.kind.as_str(), last.state), ("contradiction", Some(State::Paid)));
    assert_eq!(last.detail, "paid stays, against confirm_mismatch");

    let failed = shop.moved(&shop.pending().await, checked(Event::ConfirmNotCompleted)).await;
    let still = shop.moved(&failed, checked_with(Event::ConfirmCompleted, yas())).await;
    assert_eq!((still.state, still.receipt_number), (State::Failed, None));
    assert_eq!(shop.value("SELECT COUNT(*) FROM ledger_entry").await, 1);
    shop.assert_whole().await;
}

#[tokio::test]
async fn fifty_payments_at_once_have_gapless_receipts_and_a_dense_chain() {
    let shop = Shop::open().await;
    let mut pending = Vec::new();
    for _ in 0..50 {
        pending.push(shop.pending().await);
    }
    let tasks: Vec<_> = pending
        .into_iter()
        .enumerate()
        .map(|(index, payment)| {
            let ledger = shop.ledger.clone();
            tokio::spawn(async move {
                // Each is raced by a change on a stale version, which must give its receipt number back.
                let change = |version| Change {
                    id: payment.id.clone(),
                    version,
                    at_ms: NOON + i64::try_from(index).unwrap(),
                    what: checked_with(Event::ConfirmCompleted, yas()),
                    note: String::new(),
                };
                assert!(ledger.apply(change(payment.version - 1)).await.is_err());
                ledger.apply(change(payment.version)).await.unwrap().payment.receipt_number.unwrap()
            })
        })
        .collect();
    let mut receipts = Vec::new();
    for task in tasks {
        receipts.push(task.await.unwrap());
    }
    receipts.sort_unstable();
    assert_eq!(receipts, (1..=50).collect::<Vec<i64>>());
    assert_eq!(shop.ledger.verify().await.unwrap().entries, 50);
    shop.assert_whole().await;
}

#[tokio::test]
async fn paid_is_state_journal_entry_and_receipt_or_nothing_of_them() {
    // Whichever of its writes fails, the payment stays as it was, and the receipt number is given to the next one.
    for (table, operation) in [("ledger_entry", "INSERT"), ("journal", "INSERT"), ("payment", "UPDATE")] {
        let shop = Shop::open().await;
        let pending = shop.pending().await;
        let mut behind = shop.behind().await;
        let plant = format!(
            "CREATE TRIGGER planted BEFORE {operation} ON {table} BEGIN SELECT RAISE(ABORT, 'planted'); END"
        );
        sqlx::query(sqlx::AssertSqlSafe(plant)).execute(&mut behind).await.unwrap();
        let before = shop.everything().await;
        let failed = shop.apply(&pending, checked_with(Event::ConfirmCompleted, yas())).await;
        assert!(matches!(&failed, Err(LedgerError::Damaged(text)) if text.contains("planted")), "{failed:?}");
        assert_eq!(shop.everything().await, before, "{table}");
        sqlx::query("DROP TRIGGER planted").execute(&mut behind).await.unwrap();
        let paid = shop.moved(&pending, checked_with(Event::ConfirmCompleted, yas())).await;
        assert_eq!(paid.receipt_number, Some(1));
        shop.assert_whole().await;
    }
}

#[tokio::test]
async fn a_decision_is_row_journal_entry_and_mark_or_nothing_of_them() {
    for (table, operation) in
        [("ledger_entry", "INSERT"), ("journal", "INSERT"), ("decision", "INSERT"), ("payment", "UPDATE")]
    {
        let shop = Shop::open().await;
        let uncertain = shop.uncertain().await;
        let mut behind = shop.behind().await;
        let plant = format!(
            "CREATE TRIGGER planted BEFORE {operation} ON {table} BEGIN SELECT RAISE(ABORT, 'planted'); END"
        );
        sqlx::query(sqlx::AssertSqlSafe(plant)).execute(&mut behind).await.unwrap();
        let before = shop.everything().await;
        let accepted = decision(DecisionKind::AcceptedAsPaid, NOON);
        assert!(shop.ledger.decide(&uncertain.id, accepted).await.is_err(), "{table}");
        assert_eq!(shop.everything().await, before, "{table}");
    }
}

#[tokio::test]
async fn a_nudge_brings_a_question_forward_never_back_and_only_while_pending() {
    let shop = Shop::open().await;
    let pending = shop.pending().await;
    assert_eq!(pending.next_check_at_ms, Some(NOON + 5_000));
    let nudged = shop.ledger.nudge(&pending.id, NOON + 1_000).await.unwrap();
    assert_eq!((nudged.next_check_at_ms, nudged.version), (Some(NOON + 1_000), pending.version + 1));
    for not_sooner in [1_000, 2_000] {
        assert_eq!(shop.ledger.nudge(&pending.id, NOON + not_sooner).await.unwrap(), nudged);
    }

    let given_up = What::Checked {
        event: Event::ConfirmPending,
        facts: ConfirmFacts::default(),
        problem: None,
        asked_at_ms: NOON,
        answered_at_ms: NOON,
        next_check_at_ms: None,
        failures: 0,
    };
    let by_hand = shop.moved(&nudged, given_up).await;
    assert_eq!(by_hand.next_check_at_ms, None);
    let nudged = shop.ledger.nudge(&pending.id, NOON + 9_000).await.unwrap();
    assert_eq!(nudged.next_check_at_ms, Some(NOON + 9_000));
    assert_eq!(shop.ledger.payment(&pending.id).await.unwrap(), Some(nudged));

    for payment in [shop.recorded().await, shop.uncertain().await, shop.paid().await] {
        assert_eq!(shop.ledger.nudge(&payment.id, NOON).await.unwrap(), payment);
    }
    let unknown = PaymentId::from_parts(NOON, [9; 10]);
    assert!(matches!(shop.ledger.nudge(&unknown, NOON).await, Err(LedgerError::NotFound)));
}

#[tokio::test]
async fn after_closing_every_call_says_that_it_is_closed() {
    let shop = Shop::open().await;
    let pending = shop.pending().await;
    shop.ledger.close().await;
    let is_closed = |error: LedgerError| {
        matches!(error, LedgerError::Unavailable { kind: ledger::Unavailability::Closed, .. })
    };
    assert!(is_closed(shop.apply(&pending, checked(Event::ConfirmPending)).await.unwrap_err()));
    assert!(is_closed(shop.ledger.payment(&pending.id).await.unwrap_err()));
    assert!(is_closed(shop.ledger.record(shop.sale()).await.unwrap_err()));
    shop.ledger.close().await;
    // Closing writes everything back and leaves one file.
    assert!(!shop.folder.path().join("live.db-wal").exists());
    let again = open(&shop.path(), Mode::Live).await.unwrap();
    assert_eq!(again.payment(&pending.id).await.unwrap(), Some(pending));
}
