//! Random stories on a real file, held against a plain model in memory after every step. A target of its own: the test
//! command builds it for speed and tells ten thousand of them.
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests, which fail by panicking")]

#[allow(dead_code, reason = "the suite uses the rest of it")]
#[path = "../suite/shop.rs"]
mod shop;

use crate::shop::{NOON, Shop, accepted, checked, decision, open, submission};
use domain::{DecisionKind as D, Event, Mode, NotSentCause, PaymentId, State, UncertainCause};
use ledger::{Change, HistoryFilter, LedgerError, What};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestCaseResult, TestRunner};
use sqlx::sqlite::SqliteConnection;
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicI64, AtomicU32, Ordering};

/// In a plain test run, which is not optimised; `ENCAISSE_MODEL_CASES` asks for another number.
const CASES: u32 = 500;
/// On one file, as a till has; a file of years would be opened more slowly at each restart.
const BATCH: u32 = 250;
const AMOUNT: i64 = 5_000;

#[derive(Debug, Clone, Copy)]
enum Deed {
    /// The usual next step towards paid.
    Onward,
    Apply(Event),
    /// On a version that is not the newest.
    Stale(Event),
    Decide(D),
    Nudge(i64),
    Restart,
}

/// What the model knows about one payment. Money as `(kind, amount)` in the order of the entries.
#[derive(Debug)]
struct Known {
    id: PaymentId,
    version: i64,
    state: State,
    token: bool,
    decisions: Vec<D>,
    receipt: Option<i64>,
    late: bool,
    next_check: Option<i64>,
    lines: usize,
    money: Vec<(&'static str, i64)>,
}

/// The moves, written out again and not asked of the state machine.
fn moved(state: State, event: Event) -> Option<State> {
    use {Event as E, State as S};
    let to = match (state, event) {
        (S::Recorded, E::SubmissionStarted) => S::Submitting,
        (S::Recorded, E::CreateNotSent | E::Restarted) => S::NotSent,
        (S::Submitting, E::CreateAccepted) => S::Pending,
        (S::Submitting, E::CreateRefused) => S::Rejected,
        (S::Submitting, E::CreateNotSent) => S::NotSent,
        (S::Submitting, E::CreateUnknown | E::Restarted) => S::Uncertain,
        (S::Pending | S::Review, E::ConfirmCompleted) => S::Paid,
        (S::Pending, E::ConfirmMismatch) => S::Review,
        (S::Pending, E::ConfirmNotCompleted) => S::Failed,
        (
            S::Pending | S::Review | S::Paid | S::Failed,
            E::ConfirmPending
            | E::ConfirmUnknown
            | E::ConfirmCompleted
            | E::ConfirmMismatch
            | E::ConfirmNotCompleted,
        ) => state,
        (_, E::Restarted) => state,
        _ => return None,
    };
    Some(to)
}

/// Whether the answer speaks against what is known.
fn contradicts(state: State, event: Event) -> bool {
    use {Event as E, State as S};
    matches!(
        (state, event),
        (S::Review, E::ConfirmPending | E::ConfirmNotCompleted)
            | (S::Paid, E::ConfirmPending | E::ConfirmMismatch | E::ConfirmNotCompleted)
            | (S::Failed, E::ConfirmPending | E::ConfirmCompleted | E::ConfirmMismatch)
    )
}

fn may(known: &Known, kind: D) -> bool {
    let is_settled = known.decisions.iter().any(|kind| kind.settles());
    let is_open = matches!(known.state, State::Pending | State::Uncertain | State::Review);
    match kind {
        D::SetAside => is_open && !is_settled && !known.decisions.contains(&D::SetAside),
        D::SettledOtherwise | D::AcceptedAsPaid | D::WrittenOff => is_open && !is_settled,
        D::RefundRecorded => {
            !known.decisions.contains(&D::RefundRecorded)
                && (known.state == State::Paid || is_open && known.decisions.contains(&D::AcceptedAsPaid))
        }
    }
}

fn what(event: Event) -> What {
    match event {
        Event::SubmissionStarted => submission(),
        Event::CreateAccepted => accepted("model-token", NOON + 5_000),
        Event::CreateRefused => What::Refused { code: "07".to_owned(), text: String::new() },
        Event::CreateNotSent => What::NotSent { cause: NotSentCause::NoConnection },
        Event::CreateUnknown => What::Unknown { cause: UncertainCause::AnswerLost },
        Event::Restarted => What::Restarted { next_check_at_ms: Some(NOON + 7_000) },
        Event::ConfirmPending
        | Event::ConfirmCompleted
        | Event::ConfirmMismatch
        | Event::ConfirmNotCompleted
        | Event::ConfirmUnknown => checked(event),
    }
}

const fn onward(state: State) -> Event {
    match state {
        State::Recorded => Event::SubmissionStarted,
        State::Submitting => Event::CreateAccepted,
        State::Pending | State::Review | State::Paid | State::Failed => Event::ConfirmCompleted,
        State::Rejected | State::NotSent | State::Uncertain => Event::Restarted,
    }
}

fn planned(event: Event) -> Option<i64> {
    match event {
        Event::CreateAccepted => Some(NOON + 5_000),
        Event::Restarted => Some(NOON + 7_000),
        Event::ConfirmPending | Event::ConfirmUnknown => Some(NOON + 8_400),
        Event::SubmissionStarted
        | Event::CreateRefused
        | Event::CreateNotSent
        | Event::CreateUnknown
        | Event::ConfirmCompleted
        | Event::ConfirmMismatch
        | Event::ConfirmNotCompleted => None,
    }
}

impl Known {
    fn new(id: PaymentId) -> Self {
        Self {
            id,
            version: 1,
            state: State::Recorded,
            token: false,
            decisions: Vec::new(),
            receipt: None,
            late: false,
            next_check: None,
            lines: 1,
            money: Vec::new(),
        }
    }

    fn apply(&mut self, event: Event, receipts: &mut i64) -> bool {
        let before = self.state;
        let Some(to) = moved(before, event) else { return false };
        self.lines += 1 + usize::from(contradicts(before, event));
        self.version += 1;
        self.state = to;
        self.token |= event == Event::CreateAccepted;
        self.next_check = if to == State::Pending { planned(event) } else { None };
        if to == State::Paid && before != State::Paid {
            *receipts += 1;
            self.receipt = Some(*receipts);
            self.late =
                self.decisions.contains(&D::SettledOtherwise) || self.decisions.contains(&D::WrittenOff);
            if self.decisions.contains(&D::AcceptedAsPaid) {
                self.money.push(("reversal", -AMOUNT));
            }
            self.money.push(("verified", AMOUNT));
        }
        true
    }

    fn decide(&mut self, kind: D) -> bool {
        if !may(self, kind) {
            return false;
        }
        self.lines += 1;
        self.version += 1;
        self.decisions.push(kind);
        match kind {
            D::AcceptedAsPaid => self.money.push(("accepted", AMOUNT)),
            D::RefundRecorded => self.money.push(("refund", -AMOUNT)),
            D::SetAside | D::SettledOtherwise | D::WrittenOff => {}
        }
        true
    }

    fn nudge(&mut self, due: i64) {
        if self.state == State::Pending && self.next_check.is_none_or(|planned| planned > due) {
            self.next_check = Some(due);
            self.version += 1;
        }
    }
}

fn deeds() -> impl Strategy<Value = Vec<(usize, Deed)>> {
    let event = prop::sample::select(Event::ALL);
    let deed = prop_oneof![
        8 => Just(Deed::Onward),
        8 => event.clone().prop_map(Deed::Apply),
        1 => event.prop_map(Deed::Stale),
        4 => prop::sample::select(D::ALL).prop_map(Deed::Decide),
        1 => (0..20_000i64).prop_map(|ms| Deed::Nudge(NOON + ms)),
        1 => Just(Deed::Restart),
    ];
    prop::collection::vec((0..2usize, deed), 1..28)
}

/// One file for all stories, as a till has, and a second look at it that is not the ledger's.
struct World {
    shop: Shop,
    behind: SqliteConnection,
}

impl World {
    async fn story(&mut self, deeds: Vec<(usize, Deed)>) -> TestCaseResult {
        let mut receipts = self.shop.value("SELECT COUNT(receipt_number) FROM ledger_entry").await;
        let mut known = Vec::new();
        for _ in 0..2 {
            let id = self.shop.recorded().await.id;
            known.push(Known::new(id));
        }
        for (which, deed) in deeds {
            self.step(&mut known[which], deed, &mut receipts).await?;
            self.compare(&known[which]).await?;
        }
        // What happens to one payment never touches another.
        for known in &known {
            self.compare(known).await?;
        }
        Ok(())
    }

    async fn step(&mut self, known: &mut Known, deed: Deed, receipts: &mut i64) -> TestCaseResult {
        let id = known.id.clone();
        let change = |version, event| Change {
            id: id.clone(),
            version,
            at_ms: NOON,
            what: what(event),
            note: String::new(),
        };
        let deed = if matches!(deed, Deed::Onward) { Deed::Apply(onward(known.state)) } else { deed };
        match deed {
            Deed::Onward => {}
            Deed::Apply(event) => {
                let answer = self.shop.ledger.apply(change(known.version, event)).await;
                if known.apply(event, receipts) {
                    prop_assert!(answer.is_ok(), "{:?}", answer);
                } else {
                    prop_assert!(matches!(answer, Err(LedgerError::Illegal(_))), "{:?}", answer);
                }
            }
            Deed::Stale(event) => {
                let answer = self.shop.ledger.apply(change(known.version + 1, event)).await;
                prop_assert!(matches!(answer, Err(LedgerError::VersionConflict)), "{:?}", answer);
            }
            Deed::Decide(kind) => {
                let answer = self.shop.ledger.decide(&id, decision(kind, NOON)).await;
                prop_assert_eq!(answer.is_ok(), known.decide(kind), "{:?}", answer);
            }
            Deed::Nudge(due) => {
                known.nudge(due);
                prop_assert!(self.shop.ledger.nudge(&id, due).await.is_ok());
            }
            Deed::Restart => {
                self.shop.ledger.close().await;
                self.shop.ledger = open(&self.shop.path(), Mode::Live).await.unwrap();
            }
        }
        Ok(())
    }

    async fn compare(&mut self, known: &Known) -> TestCaseResult {
        let payment = self.shop.ledger.payment(&known.id).await.unwrap().unwrap();
        prop_assert_eq!(payment.state, known.state);
        prop_assert_eq!(payment.version, known.version);
        prop_assert_eq!(payment.has_token, known.token);
        prop_assert_eq!(payment.receipt_number, known.receipt);
        prop_assert_eq!(payment.late, known.late);
        prop_assert_eq!(payment.next_check_at_ms, known.next_check);
        let kinds: Vec<_> = payment.decisions.iter().map(|decision| decision.kind).collect();
        prop_assert_eq!(&kinds, &known.decisions);
        prop_assert_eq!(payment.set_aside, kinds.contains(&D::SetAside));
        prop_assert_eq!(payment.settled, kinds.iter().copied().find(|kind| kind.settles()));
        prop_assert_eq!(payment.refund_recorded, kinds.contains(&D::RefundRecorded));
        let is_final =
            matches!(payment.state, State::Paid | State::Failed | State::Rejected | State::NotSent);
        prop_assert_eq!(payment.resolved_at_ms.is_some(), is_final);
        prop_assert_eq!(payment.done_at_ms.is_some(), is_final || payment.settled.is_some());

        let timeline = self.shop.ledger.timeline(&known.id).await.unwrap();
        prop_assert_eq!(timeline.len(), known.lines);
        prop_assert_eq!(timeline.iter().rev().find_map(|line| line.state), Some(known.state));

        let money: Vec<(String, i64)> =
            sqlx::query_as("SELECT kind, amount_xof FROM ledger_entry WHERE payment_id = ? ORDER BY seq")
                .bind(known.id.as_str())
                .fetch_all(&mut self.behind)
                .await
                .unwrap();
        let expected: Vec<_> =
            known.money.iter().map(|(kind, amount)| ((*kind).to_owned(), *amount)).collect();
        prop_assert_eq!(money, expected);
        Ok(())
    }
}

#[test]
fn any_story_leaves_what_the_model_says_and_a_ledger_that_verifies() {
    let cases = std::env::var("ENCAISSE_MODEL_CASES").map_or(CASES, |cases| cases.parse().unwrap());
    let batches = cases.div_ceil(BATCH);
    let next = AtomicU32::new(0);
    let rows = AtomicI64::new(0);
    let reached = Mutex::new(BTreeSet::new());
    let cores = std::thread::available_parallelism().map_or(1, usize::from).min(8);
    std::thread::scope(|scope| {
        for _ in 0..cores {
            scope.spawn(|| {
                while next.fetch_add(1, Ordering::Relaxed) < batches {
                    rows.fetch_add(batch(&reached), Ordering::Relaxed);
                }
            });
        }
    });
    // Of all stories together: a single file's may well never lead to one of them.
    let reached = reached.into_inner().unwrap();
    assert_eq!(reached.len(), State::ALL.len(), "states reached: {reached:?}");
    println!(
        "FIGURE state model | {} random stories, {} journal rows, on {batches} real files | 0 failures",
        batches * BATCH,
        rows.into_inner()
    );
}

/// So many stories on one file, and the states they led to; returns how many lines its journal has.
fn batch(reached: &Mutex<BTreeSet<&'static str>>) -> i64 {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let world = runtime.block_on(async {
        let shop = Shop::open().await;
        World { behind: shop.behind().await, shop }
    });
    let world = RefCell::new(world);
    let config = Config { cases: BATCH, failure_persistence: None, ..Config::default() };
    let told = TestRunner::new(config).run(&deeds(), |deeds| {
        let mut world = world.borrow_mut();
        runtime.block_on(async {
            world.story(deeds).await?;
            let newest = world.shop.ledger.history(&HistoryFilter::default(), None, 2).await.unwrap();
            reached.lock().unwrap().extend(newest.iter().map(|payment| payment.state.as_str()));
            Ok(())
        })
    });
    told.unwrap();

    let world = world.into_inner();
    runtime.block_on(async {
        let verification = world.shop.ledger.verify().await.unwrap();
        assert_eq!(verification.first_bad, None);
        assert!(verification.entries > 80, "{} entries", verification.entries);
        // A day's sum is the sum of what the payments are: each that is paid once, less what went back.
        let paid = "SELECT COALESCE(SUM(amount_xof), 0) FROM payment WHERE state = 'paid'";
        let verified = "SELECT COALESCE(SUM(amount_xof), 0) FROM ledger_entry WHERE kind = 'verified'";
        assert_eq!(world.shop.value(paid).await, world.shop.value(verified).await);
        verification.journal_rows
    })
}
