//! Days, readings, closings and receipts: what they add up to, and that no money is in two closings or in none.

use crate::shop::{NOON, Shop, decision};
use domain::{
    BusinessDay, Class, Closing, DayRule, DecisionKind, EntryRange, FromEarlier, ReceiptClaim, State, Tally,
    Totals, Xof,
};
use ledger::{ClaimVerdict, LedgerError};
use sqlx::AssertSqlSafe;
use std::ops::ControlFlow;

const HOUR: i64 = 3_600_000;
const DAY: i64 = 24 * HOUR;

fn day(text: &str) -> BusinessDay {
    text.parse().unwrap()
}

/// Number, class, amount and the closing that each entry points back to.
fn walked(shop: &Shop, range: EntryRange) -> Vec<(i64, Class, i64, Option<i64>)> {
    let mut rows = Vec::new();
    shop.ledger
        .walk_entries(range, |row| {
            rows.push((row.number, row.class, row.amount.francs(), row.from_closing));
            ControlFlow::Continue(())
        })
        .unwrap();
    assert_eq!(i64::try_from(rows.len()).unwrap(), shop.ledger.count_entries(range).unwrap());
    rows
}

fn net(totals: Totals) -> i64 {
    totals.net().unwrap().francs()
}

async fn seal(shop: &Shop, at_ms: i64) -> Closing {
    let number = shop.ledger.reading(at_ms).await.unwrap().number;
    shop.ledger.seal(number, "Afi", at_ms).await.unwrap()
}

#[tokio::test]
async fn a_closing_takes_what_came_since_the_last_one_and_names_what_is_open() {
    let shop = Shop::open().await;
    shop.paid_at(NOON, 5_000).await;
    let open = shop.pending_at(NOON + HOUR, 700).await;
    let reading = shop.ledger.reading(NOON + 2 * HOUR).await.unwrap();
    assert_eq!(
        (reading.number, reading.net, reading.first_entry, reading.last_entry),
        (1, Xof::new(5_000), 1, 1)
    );
    let first = seal(&shop, NOON + 2 * HOUR).await;
    assert_eq!(first.period, reading);
    assert_eq!(first.period.unresolved.len(), 1);
    assert_eq!(
        (&first.period.unresolved[0].id, first.period.unresolved[0].state),
        (&open.id, State::Pending)
    );

    // The waiting customer approves the next morning: the next closing's, pointing back.
    shop.pays_at(&open, NOON + DAY).await;
    shop.paid_at(NOON + DAY + HOUR, 1_000).await;
    let second = seal(&shop, NOON + DAY + 2 * HOUR).await;
    assert_eq!((second.period.number, second.period.net), (2, Xof::new(1_700)));
    assert_eq!(second.period.grand_total, Xof::new(6_700));
    let back = FromEarlier { closing: 1, tally: Tally { count: 1, amount: Xof::new(700) } };
    assert_eq!((&first.period.from_earlier[..], &second.period.from_earlier[..]), (&[][..], &[back][..]));
    assert_eq!(walked(&shop, EntryRange::Closing(1)), [(1, Class::Verified, 5_000, None)]);
    assert_eq!(
        walked(&shop, EntryRange::Closing(2)),
        [(2, Class::Verified, 700, Some(1)), (3, Class::Verified, 1_000, None)]
    );
    assert!(matches!(shop.ledger.count_entries(EntryRange::Closing(3)), Err(LedgerError::NotFound)));
    assert_eq!(shop.ledger.closings(None, 10).await.unwrap(), [second.clone(), first.clone()]);
    assert_eq!(shop.ledger.closings(Some(2), 10).await.unwrap(), std::slice::from_ref(&first));
    assert_eq!(shop.ledger.closing(1).await.unwrap(), Some(first));
    assert_eq!(shop.ledger.closing(3).await.unwrap(), None);
    shop.assert_whole().await;
    let shop = shop.reopen().await;
    assert_eq!(shop.ledger.closing(2).await.unwrap(), Some(second));
    shop.assert_whole().await;
}

#[tokio::test]
async fn pressed_twice_closes_once() {
    let shop = Shop::open().await;
    shop.paid_at(NOON, 5_000).await;
    shop.ledger.seal(1, "Afi", NOON + HOUR).await.unwrap();
    for number in [1, 3, 0, -1] {
        let again = shop.ledger.seal(number, "Afi", NOON + HOUR).await;
        assert!(matches!(again, Err(LedgerError::ClosingMoved)), "{number}");
    }
    assert_eq!(shop.value("SELECT COUNT(*) FROM closing").await, 1);
    // A day without a sale may be closed too.
    assert_eq!(seal(&shop, NOON + DAY).await.period.net, Xof::ZERO);
    shop.assert_whole().await;
}

/// Days, cut-off hours, late money, acceptances and refunds: whatever way they are added up, the sums are the same.
#[tokio::test]
async fn every_sum_of_the_same_days_is_the_same() {
    for (zone, cut_off) in [("Africa/Lome", 0), ("Africa/Lome", 5), ("Pacific/Auckland", 2)] {
        let shop = Shop::open().await;
        let rule = DayRule::new(zone, cut_off).unwrap();
        shop.ledger.set_day_rule(rule.clone());
        let mut waiting = Vec::new();
        for step in 0..60 {
            let at = NOON + step * 5 * HOUR;
            shop.paid_at(at, 1_000 + step).await;
            waiting.push(shop.pending_at(at, 300 + step).await);
            if step % 7 == 3 {
                let late = waiting.remove(0);
                let said = decision(DecisionKind::SettledOtherwise, at);
                let settled = shop.ledger.decide(&late.id, said).await.unwrap();
                let late = shop.pays_at(&settled, at + HOUR).await;
                let said = decision(DecisionKind::RefundRecorded, at + 2 * HOUR);
                shop.ledger.decide(&late.id, said).await.unwrap();
            }
            if step % 9 == 5 {
                let accepted = waiting.remove(0);
                let said = decision(DecisionKind::AcceptedAsPaid, at);
                let accepted = shop.ledger.decide(&accepted.id, said).await.unwrap();
                if step % 2 == 0 {
                    shop.pays_at(&accepted, at + HOUR).await;
                }
            }
            if step % 11 == 8 {
                let next = waiting.remove(0);
                shop.pays_at(&next, at).await;
                seal(&shop, at + 1).await;
            }
        }
        shop.assert_whole().await;
        let all = EntryRange::Days { from: day("2026-01-01"), to: day("2027-12-31") };
        let mut by_day = std::collections::BTreeMap::<BusinessDay, i64>::new();
        shop.ledger
            .walk_entries(all, |row| {
                assert_eq!(rule.day_of(row.at_ms).unwrap(), row.day);
                *by_day.entry(row.day).or_default() += row.amount.francs();
                ControlFlow::Continue(())
            })
            .unwrap();
        assert!(by_day.len() >= 12, "{by_day:?}");
        for (day, sum) in &by_day {
            assert_eq!(net(shop.ledger.totals(*day, *day).await.unwrap()), *sum, "{zone} {cut_off} {day}");
            let walked: i64 =
                walked(&shop, EntryRange::Days { from: *day, to: *day }).iter().map(|row| row.2).sum();
            assert_eq!(walked, *sum);
        }
        let total: i64 = by_day.values().sum();
        assert_eq!(net(shop.ledger.totals(day("2026-01-01"), day("2027-12-31")).await.unwrap()), total);
        // Closings and the reading after them hold every entry once.
        let closings = shop.ledger.closings(None, 100).await.unwrap();
        let reading = shop.ledger.reading(NOON + 400 * HOUR).await.unwrap();
        let sealed: i64 = closings.iter().map(|closing| closing.period.net.francs()).sum();
        assert_eq!(sealed + reading.net.francs(), total);
        assert_eq!(reading.grand_total.francs(), total);
        for closing in &closings {
            let rows = walked(&shop, EntryRange::Closing(closing.period.number));
            assert_eq!(rows.iter().map(|row| row.2).sum::<i64>(), closing.period.net.francs());
        }
        let back: Vec<_> = walked(&shop, all).into_iter().filter_map(|row| row.3).collect();
        assert!(!back.is_empty() && back.iter().all(|number| *number <= closings.len() as i64));
    }
}

#[tokio::test]
async fn hours_and_outcomes_of_a_day() {
    let shop = Shop::open().await;
    shop.paid_at(NOON, 1_000).await;
    shop.paid_at(NOON + 60_000, 500).await;
    shop.paid_at(NOON + 3 * HOUR, 200).await;
    shop.pending_at(NOON + 3 * HOUR, 200).await;
    shop.paid_at(NOON + DAY, 70).await;
    let today = day("2026-11-24");
    let hours = shop.ledger.hours(today, today).await.unwrap();
    let seen: Vec<_> =
        hours.iter().map(|hour| (hour.hour, hour.totals.entries(), net(hour.totals))).collect();
    assert_eq!(seen, [(12, 2, 1_500), (15, 1, 200)]);
    let outcomes = shop.ledger.outcomes(today).await.unwrap();
    assert_eq!(outcomes.states, [(State::Paid, 3), (State::Pending, 1)]);
    assert_eq!(outcomes.waits_ms, [60_000, 60_000, 60_000]);
}

#[tokio::test]
async fn a_receipt_is_counted_each_time_it_is_handed_out_and_recognised_later() {
    let shop = Shop::open().await;
    let paid = shop.paid_at(NOON, 5_000).await;
    let entry = shop.ledger.receipt_entry(&paid.id).await.unwrap().unwrap();
    assert_eq!((entry.number, entry.amount, entry.issued), (1, Xof::new(5_000), 0));
    assert_eq!(shop.ledger.issue_receipt(&paid.id, "paper", NOON).await.unwrap(), 0);
    assert_eq!(shop.ledger.issue_receipt(&paid.id, "pdf_a4", NOON).await.unwrap(), 1);
    assert_eq!(shop.ledger.receipt_entry(&paid.id).await.unwrap().unwrap().issued, 2);
    assert_eq!(shop.ledger.issue_receipt(&paid.id, "paper", NOON).await.unwrap(), 2);
    shop.ledger.take_back_receipt(&paid.id, "paper", NOON).await.unwrap();
    assert_eq!(shop.ledger.issue_receipt(&paid.id, "paper", NOON).await.unwrap(), 2);
    let pending = shop.pending().await;
    assert_eq!(shop.ledger.receipt_entry(&pending.id).await.unwrap(), None);
    let none = shop.ledger.issue_receipt(&pending.id, "paper", NOON).await;
    assert!(matches!(none, Err(LedgerError::NotFound)));

    let claim = ReceiptClaim {
        reference: paid.id.clone(),
        amount: entry.amount,
        day: entry.day,
        number: entry.number,
        fingerprint: entry.fingerprint,
    };
    let check = async |claim: &ReceiptClaim| shop.ledger.check_claim(claim).await.unwrap();
    assert_eq!(check(&claim).await, ClaimVerdict::Authentic);
    for changed in [
        ReceiptClaim { amount: Xof::new(50_000), ..claim.clone() },
        ReceiptClaim { number: 2, ..claim.clone() },
        ReceiptClaim { day: claim.day.next().unwrap(), ..claim.clone() },
        ReceiptClaim { fingerprint: "0".repeat(16), ..claim.clone() },
    ] {
        assert_eq!(check(&changed).await, ClaimVerdict::Changed, "{changed:?}");
    }
    let unknown = ReceiptClaim { reference: pending.id, ..claim.clone() };
    assert_eq!(check(&unknown).await, ClaimVerdict::Unknown);
    shop.assert_whole().await;
    // A ledger that was changed under a good receipt does not call it authentic.
    let mut behind = shop.behind().await;
    for sql in ["DROP TRIGGER ledger_entry_no_update", "UPDATE ledger_entry SET request_id = 'other'"] {
        sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(&mut behind).await.unwrap();
    }
    assert_eq!(check(&claim).await, ClaimVerdict::Changed);
}

#[tokio::test]
async fn a_sealed_closing_cannot_be_changed_unseen() {
    for (sql, table) in [
        ("UPDATE closing SET who = 'Kossi' WHERE number = 2", "closing"),
        ("UPDATE closing SET at_ms = at_ms + 1 WHERE number = 1", "closing"),
        ("UPDATE closing SET unresolved = '' WHERE number = 1", "closing"),
        (
            "UPDATE closing SET verified_xof = verified_xof - 1, net_xof = net_xof - 1 WHERE number = 2",
            "closing",
        ),
        ("UPDATE closing SET grand_total_xof = 0 WHERE number = 3", "closing"),
        ("UPDATE closing SET entry_hash = 'x' WHERE number = 2", "closing"),
        ("DELETE FROM closing WHERE number = 1", "closing"),
        ("DELETE FROM closing WHERE number = 2", "closing"),
        ("UPDATE hour_total SET amount_xof = amount_xof + 1", "hour_total"),
        ("DELETE FROM hour_total", "hour_total"),
    ] {
        let shop = Shop::open().await;
        let open = shop.pending_at(NOON, 700).await;
        for step in 0..3 {
            shop.paid_at(NOON + step * HOUR, 1_000).await;
            seal(&shop, NOON + step * HOUR + 1).await;
        }
        shop.pays_at(&open, NOON + 9 * HOUR).await;
        shop.assert_whole().await;
        let mut behind = shop.behind().await;
        if table == "closing" {
            let refused = sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(&mut behind).await;
            assert!(refused.is_err(), "{sql}");
        }
        for trigger in ["closing_no_update", "closing_no_delete"] {
            let drop = AssertSqlSafe(format!("DROP TRIGGER {trigger}"));
            sqlx::raw_sql(drop).execute(&mut behind).await.unwrap();
        }
        sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(&mut behind).await.unwrap();
        let bad = shop.ledger.verify().await.unwrap().first_bad;
        assert_eq!(bad.map(|bad| bad.table), Some(table), "{sql}");
    }
}

#[tokio::test]
async fn a_walk_can_be_broken_off_and_sees_one_moment() {
    let shop = Shop::open().await;
    for step in 0..5 {
        shop.paid_at(NOON + step, 1_000).await;
    }
    let all = EntryRange::Days { from: day("2026-11-24"), to: day("2026-11-24") };
    let mut seen = 0;
    let shown = shop
        .ledger
        .walk_entries(all, |_| {
            seen += 1;
            if seen == 2 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        })
        .unwrap();
    assert_eq!((shown, seen), (2, 2));
    let nothing = EntryRange::Days { from: day("2026-11-25"), to: day("2026-11-24") };
    assert_eq!(walked(&shop, nothing), []);
}
