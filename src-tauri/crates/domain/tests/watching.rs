//! The targets of the watching schedule, over fewer customers than the benchmark serves.
#![allow(
    clippy::print_stdout,
    clippy::float_arithmetic,
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    missing_docs,
    dead_code,
    reason = "a test speaks and divides"
)]

#[path = "../benches/watching/counter.rs"]
mod counter;

use counter::{Figures, SHOPS, Schedule, history, serve, wrong_histories};
use domain::pace::Pace;

const CUSTOMERS: u64 = 20_000;
const FIXED: Schedule = Schedule::Fixed(5_000);

fn served(at: usize, schedule: &Schedule) -> Figures {
    serve(&SHOPS[at], schedule, CUSTOMERS, 0).0
}

#[test]
fn both_schedules_are_sooner_than_every_five_seconds_in_every_shop_and_never_under_the_floor() {
    for at in [0, 1, 2] {
        let usual = served(at, &FIXED);
        for ours in [Pace::PUBLISHED, Pace::learned(&history(&SHOPS[at], 2_000))] {
            let ours = served(at, &Schedule::Ours(ours));
            assert!(ours.mean_s < usual.mean_s, "{}: {ours:?} {usual:?}", SHOPS[at].name);
            assert!(ours.closest_ms >= 3_000, "{}: {ours:?}", SHOPS[at].name);
        }
    }
}

#[test]
fn the_learned_schedule_meets_its_targets_in_a_shop_as_usual() {
    let learned = served(0, &Schedule::Ours(Pace::learned(&history(&SHOPS[0], 2_000))));
    let default = served(0, &Schedule::Ours(Pace::PUBLISHED));
    // Within a hundredth of what 200,000 customers show.
    assert!(learned.mean_s <= 2.6 * 1.01 && learned.requests <= 9.0 * 1.01, "{learned:?}");
    assert!(
        learned.mean_s < default.mean_s && learned.requests < default.requests,
        "{learned:?} {default:?}"
    );
    println!(
        "FIGURE watching | {CUSTOMERS} payments of a shop as usual | learned {:.2} s and {:.1} questions, default {:.2} s and {:.1}",
        learned.mean_s, learned.requests, default.mean_s, default.requests
    );
}

#[test]
fn a_history_that_is_not_true_of_the_shop_is_still_sooner_than_every_five_seconds() {
    let usual = [0, 1, 2].map(|at| served(at, &FIXED));
    let histories = wrong_histories();
    for (name, wrong) in &histories {
        let schedule = Schedule::Ours(Pace::learned(wrong));
        for (at, usual) in usual.iter().enumerate() {
            let ours = served(at, &schedule);
            assert!(ours.mean_s < usual.mean_s, "{name}, {}: {ours:?} {usual:?}", SHOPS[at].name);
        }
    }
    println!(
        "FIGURE watching, learned wrongly | {} histories, 3 shops | none later than every 5 s",
        histories.len()
    );
}
