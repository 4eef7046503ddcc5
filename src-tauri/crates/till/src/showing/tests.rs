//! The choice by table: what is heard, one after the other, and what the customer then sees.

use super::*;
use domain::{DecisionKind, PaymentId};

const START_MS: i64 = 1_800_000_000_000;

fn at(second: i64) -> Instant {
    Instant { wall_ms: START_MS + second * 1000, steady_ms: second * 1000 }
}

/// Sale `seq` was charged at second `seq`, for as many thousands, by the number that ends in it.
fn sale(seq: i64, version: i64, state: State) -> Payment {
    Payment {
        seq,
        id: PaymentId::from_parts(1, [u8::try_from(seq).unwrap_or_default(); 10]),
        intent_id: String::new(),
        version,
        state,
        amount: Xof::new(seq * 1000),
        phone: PhoneNumber::parse(&format!("901234{seq:02}")).ok(),
        phone_commitment: String::new(),
        cashier: String::new(),
        previous: None,
        created_at_ms: START_MS + seq * 1000,
        submitted_at_ms: None,
        accepted_at_ms: None,
        resolved_at_ms: Some(START_MS + seq * 1000 + 7),
        done_at_ms: None,
        has_token: true,
        server: None,
        credential_set: None,
        last_check_at_ms: None,
        last_answer_at_ms: None,
        next_check_at_ms: None,
        check_failures: 0,
        check_problem: None,
        operator_id: None,
        operator_name: None,
        request_id: None,
        oreference: None,
        confirmed_amount: None,
        review_reason: None,
        uncertain_cause: None,
        not_sent_cause: None,
        refusal: None,
        receipt_number: None,
        set_aside: false,
        settled: None,
        late: false,
        refund_recorded: false,
        decisions: Vec::new(),
    }
}

fn waiting(seq: i64) -> Shown {
    Shown::Waiting { amount: Xof::new(seq * 1000), phone: format!("90 12 •• {seq:02}") }
}

fn paid(seq: i64) -> Shown {
    Shown::Paid { amount: Xof::new(seq * 1000), at_ms: START_MS + seq * 1000 + 7 }
}

fn after(heard: &[(i64, Mode, Payment)], look_at: i64, mode: Mode) -> Shown {
    let mut showing = Showing::default();
    for (second, mode, payment) in heard {
        showing.hear(*mode, payment, at(*second));
    }
    showing.at(mode, look_at * 1000)
}

#[test]
fn each_state_has_its_screen_and_its_time() {
    use State::{Failed, NotSent, Paid, Pending, Recorded, Rejected, Review, Submitting, Uncertain};
    let amount = Xof::new(1000);
    for (state, shown, lasts_s) in [
        (Recorded, waiting(1), 600),
        (Submitting, waiting(1), 600),
        (Pending, waiting(1), 600),
        (Paid, paid(1), 20),
        (Failed, Shown::NotCompleted { amount }, 20),
        (Rejected, Shown::NotCompleted { amount }, 20),
        (NotSent, Shown::NotCompleted { amount }, 20),
        (Uncertain, Shown::Checking { amount }, 120),
        (Review, Shown::Checking { amount }, 120),
    ] {
        let heard = [(1, Mode::Live, sale(1, 1, state))];
        assert_eq!(after(&heard, 1, Mode::Live), shown, "{state:?}");
        assert_eq!(after(&heard, lasts_s, Mode::Live), shown, "{state:?} until its time");
        assert_eq!(after(&heard, 1 + lasts_s, Mode::Live), Shown::Idle, "{state:?} after its time");
    }
}

#[test]
fn the_newest_sale_is_shown_and_never_another_customers() {
    let live = |second, payment| (second, Mode::Live, payment);
    use State::{Paid, Pending};
    let two = || [live(1, sale(1, 1, Pending)), live(2, sale(2, 1, Pending))];
    let with = |more: Payment| [two().as_slice(), &[live(3, more)]].concat();
    for (case, heard, shown) in [
        ("the newer one", two().to_vec(), waiting(2)),
        ("the older one is paid meanwhile", with(sale(1, 2, Paid)), waiting(2)),
        ("the newer one is paid", with(sale(2, 2, Paid)), paid(2)),
        ("an older version comes late", with(sale(2, 0, Paid)), waiting(2)),
        (
            "the next sale takes the place of a result",
            { [with(sale(2, 2, Paid)).as_slice(), &[live(4, sale(3, 1, Pending))]].concat() },
            waiting(3),
        ),
    ] {
        assert_eq!(after(&heard, 5, Mode::Live), shown, "{case}");
    }
    // And when the newer one is over, the older one does not come back.
    let over = [with(sale(2, 2, Paid)).as_slice(), &[live(40, sale(1, 2, Paid))]].concat();
    assert_eq!(after(&over, 41, Mode::Live), Shown::Idle);
}

#[test]
fn what_is_late_put_aside_decided_old_or_of_the_other_counter_is_never_shown() {
    let change = |edit: fn(&mut Payment)| {
        let mut payment = sale(1, 2, State::Paid);
        edit(&mut payment);
        payment
    };
    for (case, payment) in [
        ("late", change(|p| p.late = true)),
        ("put aside", change(|p| p.set_aside = true)),
        ("settled in another way", change(|p| p.settled = Some(DecisionKind::SettledOtherwise))),
        ("accepted by a person", change(|p| p.settled = Some(DecisionKind::AcceptedAsPaid))),
        ("given back", change(|p| p.refund_recorded = true)),
    ] {
        let waited = (1, Mode::Live, sale(1, 1, State::Pending));
        let heard = [waited, (2, Mode::Live, payment.clone()), (3, Mode::Live, sale(1, 3, State::Paid))];
        assert_eq!(after(&heard[..2], 3, Mode::Live), Shown::Idle, "{case}");
        assert_eq!(after(&heard, 4, Mode::Live), Shown::Idle, "{case}, and paid after all");
        assert_eq!(after(&[(2, Mode::Live, payment)], 3, Mode::Live), Shown::Idle, "{case}, first heard of");
    }
    let old = [(200, Mode::Live, sale(1, 9, State::Paid))];
    assert_eq!(after(&old, 201, Mode::Live), Shown::Idle, "yesterday's money");
    let live = [(1, Mode::Live, sale(1, 1, State::Pending))];
    assert_eq!(after(&live, 2, Mode::Training), Shown::Idle, "real money on a training screen");
    let mut lost = sale(1, 1, State::Pending);
    lost.check_problem = Some(CheckProblem::HandleLost);
    assert_eq!(
        after(&[(1, Mode::Live, lost)], 2, Mode::Live),
        Shown::Checking { amount: Xof::new(1000) },
        "nothing can be asked any more"
    );
}

#[test]
fn a_question_in_between_does_not_lengthen_a_wait_and_an_answer_after_it_is_for_nobody_there() {
    let mut showing = Showing::default();
    showing.hear(Mode::Live, &sale(1, 1, State::Pending), at(1));
    showing.hear(Mode::Live, &sale(1, 2, State::Pending), at(500));
    assert_eq!(showing.changes_in_ms(Mode::Live, 500_000), Some(101_000));
    assert_eq!(showing.at(Mode::Live, 601_000), Shown::Idle);
    assert_eq!(showing.changes_in_ms(Mode::Live, 601_000), None);
    showing.hear(Mode::Live, &sale(1, 3, State::Paid), at(700));
    assert_eq!(showing.at(Mode::Live, 701_000), Shown::Idle, "the next customer stands there");
}

#[test]
fn a_restored_ledger_gives_numbers_again_and_training_takes_nothing_from_the_live_counter() {
    let mut showing = Showing::default();
    showing.hear(Mode::Live, &sale(9, 1, State::Paid), at(9));
    let again = Payment { created_at_ms: START_MS + 60_000, ..sale(4, 1, State::Pending) };
    showing.hear(Mode::Live, &again, at(60));
    assert_eq!(showing.at(Mode::Live, 61_000), waiting(4));
    let training = Payment { created_at_ms: START_MS + 61_000, ..sale(7, 1, State::Pending) };
    showing.hear(Mode::Training, &training, at(61));
    assert_eq!(showing.at(Mode::Live, 62_000), waiting(4));
    assert_eq!(showing.at(Mode::Training, 62_000), waiting(7));
}
