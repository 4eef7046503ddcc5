//! How late the till learns what the customer did, and how many questions that takes: our two schedules beside the usual
//! ones, over the same customers: `ENCAISSE_BENCH_CUSTOMERS` of each shop, 200,000 unless said. Prints the inputs, the
//! table, and the targets.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::float_arithmetic,
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    reason = "a benchmark speaks, divides, and ends when something is wrong"
)]

mod counter;

use counter::{Figures, INPUTS, SHOPS, Schedule, history, serve, wrong_histories};
use domain::pace::{OUTCOMES_MAX, Pace};

fn main() {
    let customers: u64 =
        std::env::var("ENCAISSE_BENCH_CUSTOMERS").map_or(200_000, |text| text.parse().unwrap());
    println!("# {customers} payments a shop and schedule; {INPUTS}");
    for shop in &SHOPS {
        println!(
            "# {}: {} ‰ log-normal around {:.1} s (sigma {}), {} ‰ around {:.0} s (sigma {})",
            shop.name,
            1_000 - shop.others_permille,
            shop.most.median_ms / 1_000.0,
            shop.most.sigma,
            shop.others_permille,
            shop.others.median_ms / 1_000.0,
            shop.others.sigma
        );
    }
    println!("schedule|A mean / p95 / requests|B|C");
    let row = |name: &str, of: &dyn Fn(usize) -> Schedule| {
        let figures = [0, 1, 2].map(|at| serve(&SHOPS[at], &of(at), customers, 0).0);
        println!("{name}|{}", figures.map(shown).join("|"));
        figures
    };
    row("fixed 3 s", &|_| Schedule::Fixed(3_000));
    row("fixed 4 s", &|_| Schedule::Fixed(4_000));
    let usual = row("fixed 5 s (the usual)", &|_| Schedule::Fixed(5_000));
    row("back-off 2 s × 1.5, cap 30 s", &|_| Schedule::BackOff);
    let published = row("ours, default", &|_| Schedule::Ours(Pace::PUBLISHED));
    row("ours, learned from 200", &|at| learned(at, 200));
    let own = row("ours, learned from 2,000", &|at| learned(at, OUTCOMES_MAX as u64));

    println!("what|ours|baseline|ratio|target|met");
    // The default must do for every shop, before anything is known of it.
    for (name, ours, why_not) in
        [("default", published, "no: it does not know the shop yet; learned, below"), ("learned", own, "no")]
    {
        let met = |is_met| if is_met { "yes" } else { why_not };
        for (at, shop) in ["A", "B", "C"].into_iter().enumerate() {
            told(
                &format!("{name}: mean in {shop}"),
                ours[at].mean_s,
                usual[at].mean_s,
                "< 1 × fixed 5 s",
                met(ours[at].mean_s < usual[at].mean_s),
            );
        }
        told(
            &format!("{name}: mean in A"),
            ours[0].mean_s,
            usual[0].mean_s,
            "≤ 2.6 s",
            met(ours[0].mean_s <= 2.6),
        );
        told(
            &format!("{name}: requests in A"),
            ours[0].requests,
            usual[0].requests,
            "≤ 9",
            met(ours[0].requests <= 9.0),
        );
    }
    let closest_ms = published.iter().chain(&own).map(|figures| figures.closest_ms).min().unwrap();
    println!(
        "closest two requests about one payment|{closest_ms} ms|||≥ 3000 ms|{}",
        met(closest_ms >= 3_000)
    );
    println!(
        "FIGURE watching, A | {customers} payments | default {}, learned {}, fixed 5 s {}",
        shown(published[0]),
        shown(own[0]),
        shown(usual[0])
    );

    println!("learned from a history that is not true of the shop|A|B|C|below fixed 5 s");
    for (name, wrong) in wrong_histories() {
        let schedule = Schedule::Ours(Pace::learned(&wrong));
        let figures = [0, 1, 2].map(|at| serve(&SHOPS[at], &schedule, customers / 4, 0).0);
        let holds = figures.iter().zip(&usual).all(|(ours, usual)| ours.mean_s < usual.mean_s);
        println!("{name}|{}|{}", figures.map(shown).join("|"), met(holds));
    }
}

fn learned(at: usize, outcomes: u64) -> Schedule {
    Schedule::Ours(Pace::learned(&history(&SHOPS[at], outcomes)))
}

fn shown(figures: Figures) -> String {
    format!("{:.2} / {:.1} / {:.1}", figures.mean_s, figures.p95_s, figures.requests)
}

fn told(what: &str, ours: f64, baseline: f64, target: &str, met: &str) {
    println!("{what}|{ours:.2}|{baseline:.2}|{:.2}|{target}|{met}", ours / baseline);
}

const fn met(is_met: bool) -> &'static str {
    if is_met { "yes" } else { "no" }
}
