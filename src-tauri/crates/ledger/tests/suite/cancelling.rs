//! Callers that go away: a dropped future rolls back, or had committed; the next one finds a clean writer.

use crate::shop::{NOON, Shop, checked_with, decision, yas};
use domain::{DecisionKind, Event, State};
use ledger::{Change, HistoryFilter, Payment, RecordOutcome};
use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;

/// Runs `future` until it has been looked at `polls` times without an answer, then drops it.
async fn dropped_after<T>(polls: u32, future: impl Future<Output = T>) -> Option<T> {
    let mut future = pin!(future);
    let mut left = polls;
    poll_fn(move |context| match future.as_mut().poll(context) {
        Poll::Ready(done) => Poll::Ready(Some(done)),
        Poll::Pending => {
            left -= 1;
            if left == 0 { Poll::Ready(None) } else { Poll::Pending }
        }
    })
    .await
}

fn completion(payment: &Payment) -> Change {
    Change {
        id: payment.id.clone(),
        version: payment.version,
        at_ms: NOON,
        what: checked_with(Event::ConfirmCompleted, yas()),
        note: String::new(),
    }
}

#[tokio::test]
async fn a_change_dropped_at_any_point_is_whole_or_absent_and_hinders_nobody() {
    let shop = Shop::open().await;
    let (mut dropped, mut committed) = (0, 0);
    for polls in 1..200 {
        let pending = shop.pending().await;
        let entries = shop.ledger.head().await.unwrap().count;
        let finished = dropped_after(polls, shop.ledger.apply(completion(&pending))).await;
        // The next user of the writer waits for no one and sees no half.
        let next = shop.recorded().await;
        assert_eq!(next.state, State::Recorded);
        let after = shop.ledger.payment(&pending.id).await.unwrap().unwrap();
        let entries_after = shop.ledger.head().await.unwrap().count;
        match after.state {
            State::Paid => {
                assert_eq!((after.receipt_number, entries_after), (Some(entries_after), entries + 1));
                committed += 1;
            }
            State::Pending => {
                assert_eq!((&after, entries_after), (&pending, entries));
                dropped += 1;
            }
            State::Recorded
            | State::Submitting
            | State::Failed
            | State::Rejected
            | State::NotSent
            | State::Uncertain
            | State::Review => panic!("{} after {polls} polls", after.state),
        }
        if let Some(applied) = finished {
            assert_eq!(applied.unwrap().payment, after);
            break;
        }
    }
    assert!(dropped >= 3, "only {dropped} futures were dropped before their commit");
    assert!(committed >= 1);
    shop.assert_whole().await;
}

#[tokio::test]
async fn a_record_and_a_decision_dropped_at_any_point_are_whole_or_absent() {
    let shop = Shop::open().await;
    let mut dropped = 0;
    for polls in 1..200 {
        let new = shop.sale();
        let recorded = dropped_after(polls, shop.ledger.record(new.clone())).await.is_some();
        let uncertain = shop.uncertain().await;
        let word = decision(DecisionKind::AcceptedAsPaid, NOON);
        let decided = dropped_after(polls, shop.ledger.decide(&uncertain.id, word)).await.is_some();
        shop.assert_whole().await;
        // What was told as recorded is there; what was not told can be sent again under the same sale.
        let again = shop.ledger.record(new).await.unwrap();
        assert!(!recorded || matches!(again, RecordOutcome::Existing(_)));
        dropped += u32::from(!recorded) + u32::from(!decided);
        if recorded && decided {
            break;
        }
    }
    assert!(dropped >= 6, "only {dropped} futures were dropped");
    shop.assert_whole().await;
}

#[tokio::test]
async fn reads_dropped_at_any_point_leave_no_reader_in_the_past() {
    let shop = Shop::open().await;
    let (mut dropped, mut finished) = (0, 0);
    for polls in 1..30 {
        let pending = shop.pending().await;
        dropped += u32::from(dropped_after(polls, shop.ledger.verify()).await.is_none());
        finished += u32::from(
            dropped_after(polls, shop.ledger.history(&HistoryFilter::default(), None, 10)).await.is_some(),
        );
        let newest = shop.moved(&pending, checked_with(Event::ConfirmCompleted, yas())).await;
        // More looks than there are readers: none of them may still see the moment of a dropped one.
        for _ in 0..8 {
            assert_eq!(shop.ledger.payment(&pending.id).await.unwrap().as_ref(), Some(&newest));
        }
    }
    assert!(dropped >= 10 && finished >= 1, "{dropped} reads dropped, {finished} came to their end");
}
