//! Seeded lives of a real till on a real file: time, line, LigdiCash and power are the simulation's. After every step the
//! invariants I1 to I8 are held against the simulated provider's own history. A seed that fails replays by its number.

pub mod chance;
mod check;
mod life;
mod provider;
pub mod shares;
mod story;
mod template;
mod time;

use crate::stage::workplace;
use domain::planted::Bug;
use life::{Clocks, Outcome};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Instant;
use template::Template;
use time::PowerCut;

/// A power cut unwinds through the till; only other panics are news.
fn quiet_power_cuts() {
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if !panic.payload().is::<PowerCut>() {
            usual(panic);
        }
    }));
}

/// Lives the seeds; prints the first that fails, and how to replay it. Many seeds are shared among the cores.
pub fn run(from: u64, seeds: u64, trace: bool) -> bool {
    let begun = Instant::now();
    let lived =
        if seeds < shares::WORTH_IT { live_all(from, seeds, trace) } else { shares::live_all(from, seeds) };
    let seconds = begun.elapsed().as_secs().max(1);
    let Some(Tally { creates, crashes, clocks }) = lived else { return false };
    println!(
        "FIGURE simulation | {seeds} seeds, {creates} creates, {crashes} power cuts, {} seeds/s | 0 violations",
        seeds / seconds
    );
    println!(
        "FIGURE clock | {seeds} seeds, {} leaps of up to 10 years, {} sleeps, {} changes of zone or cut-off | 0 forgotten, 0 under 3 s, 0 wrong of {} days",
        clocks.leaps, clocks.sleeps, clocks.zones, clocks.days
    );
    true
}

/// What was lived through.
#[derive(Default)]
struct Tally {
    creates: u64,
    crashes: u64,
    clocks: Clocks,
}

/// Lives the seeds in this process; none, when one fails, which is then told.
fn live_all(from: u64, seeds: u64, trace: bool) -> Option<Tally> {
    quiet_power_cuts();
    let mut tally = Tally::default();
    let failed = first_failing(from, seeds, |outcome| {
        tally.creates += u64::from(outcome.creates);
        tally.crashes += u64::from(outcome.crashes);
        tally.clocks.add(outcome.clocks);
        if trace {
            println!("{}", outcome.trace.join("\n"));
        }
    });
    let Some((seed, outcome)) = failed else { return Some(tally) };
    println!("seed {seed} fails:\n  {}", outcome.violations.join("\n  "));
    println!("replay: cargo xtask proof simulate --seed {seed}");
    println!("FIGURE simulation | seed {seed} of {seeds} | {} violations", outcome.violations.len());
    None
}

/// Runs seeds on every core; returns the lowest that failed.
fn first_failing(from: u64, seeds: u64, mut each: impl FnMut(&Outcome) + Send) -> Option<(u64, Outcome)> {
    let place = workplace();
    let template = Template::make(&place.path().join("template"));
    let next = AtomicU64::new(from);
    let stop = AtomicBool::new(false);
    let cores = std::thread::available_parallelism().map_or(1, usize::from).min(8) * 3;
    let shared = std::sync::Mutex::new((&mut each, None::<(u64, Outcome)>));
    std::thread::scope(|scope| {
        for core in 0..cores {
            let folder = place.path().join(format!("{core}"));
            let (template, next, stop, shared) = (&template, &next, &stop, &shared);
            scope.spawn(move || {
                while !stop.load(Ordering::Relaxed) {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= from + seeds {
                        break;
                    }
                    let outcome = life::live(seed, template, &folder.join(seed.to_string()));
                    let _ = std::fs::remove_dir_all(folder.join(seed.to_string()));
                    let mut shared = shared.lock().unwrap();
                    (shared.0)(&outcome);
                    if !outcome.violations.is_empty() {
                        stop.store(true, Ordering::Relaxed);
                        if shared.1.as_ref().is_none_or(|(lowest, _)| seed < *lowest) {
                            shared.1 = Some((seed, outcome));
                        }
                    }
                }
            });
        }
    });
    shared.into_inner().unwrap().1
}

/// Plants each fault in turn and looks for it. This tests the tester.
#[cfg(feature = "planted")]
pub fn find_planted(within: u64, only: Option<Bug>) -> bool {
    quiet_power_cuts();
    let (mut found, mut missed) = (Vec::new(), Vec::new());
    for bug in Bug::ALL.iter().copied().filter(|bug| only.is_none_or(|only| only == *bug)) {
        domain::planted::plant(Some(bug));
        match first_failing(0, within, |_| {}) {
            Some((seed, outcome)) => {
                println!("{bug}: seed {seed}: {}", outcome.violations.first().map_or("", |first| first));
                found.push(seed);
            }
            None => {
                println!("{bug}: NOT FOUND in {within} seeds");
                missed.push(bug);
            }
        }
    }
    domain::planted::plant(None);
    println!(
        "FIGURE planted faults | {} planted | {} found, the last at seed {} of {within}",
        found.len() + missed.len(),
        found.len(),
        found.iter().max().copied().unwrap_or(0)
    );
    missed.is_empty()
}

/// Without the feature there is nothing to find.
#[cfg(not(feature = "planted"))]
pub fn find_planted(_: u64, _: Option<Bug>) -> bool {
    eprintln!("build with --features planted to have faults to find");
    false
}
