//! The window against the smallest one with the same web view, started in turn in one run: from the start to a keypad that
//! takes input, to pixels, and what the process tree weighs. `cargo xtask bench window` gives it both programs and a ledger.
#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::float_arithmetic,
    clippy::cast_precision_loss,
    clippy::disallowed_methods,
    reason = "a benchmark speaks, divides, looks at the clock, and ends when something is wrong"
)]

mod answers;
mod screen;
mod session;
mod start;

use screen::Screen;
use start::{Program, Start, start};
use std::path::PathBuf;

type Outcome<T = ()> = e2e::Outcome<T>;

/// Sales whose answers are looked at.
const ANSWERS: usize = 20;

fn named(variable: &str) -> Outcome<PathBuf> {
    let path = std::env::var_os(variable).map(PathBuf::from).filter(|path| path.exists());
    path.ok_or_else(|| format!("{variable} names nothing; run `cargo xtask bench window`").into())
}

fn main() -> Outcome {
    let starts: usize = std::env::var("ENCAISSE_BENCH_STARTS").ok().map_or(Ok(15), |text| text.parse())?;
    let sales: usize = std::env::var("ENCAISSE_BENCH_SALES").ok().map_or(Ok(1_000), |text| text.parse())?;
    let folder = tempfile::Builder::new().prefix("encaisse-screen-").tempdir()?;
    let screen = Screen::open(folder.path())?;
    let floor =
        Program { name: "floor", path: named("ENCAISSE_FLOOR_BIN")?, data: None, environment: vec![] };
    let data = std::env::var_os("ENCAISSE_BENCH_DIR").map(PathBuf::from);
    let mut programs =
        vec![floor, Program { name: "till", path: named("ENCAISSE_BIN")?, data, environment: vec![] }];
    // Variables of the environment to try: each is one more program in the round. NAME=VALUE,NAME=VALUE;…
    for tried in std::env::var("ENCAISSE_BENCH_TRIES").unwrap_or_default().split_terminator(';') {
        let pairs = tried.split_terminator(',').filter_map(|pair| pair.split_once('='));
        let environment: Vec<_> = pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        for at in 0..2 {
            let known = &programs[at];
            let (path, data) = (known.path.clone(), known.data.clone());
            let name = Box::leak(format!("{} {tried}", known.name).into_boxed_str());
            programs.push(Program { name, path, data, environment: environment.clone() });
        }
    }
    let mut all: Vec<Vec<Start>> = programs.iter().map(|_| Vec::new()).collect();
    for round in 0..=starts {
        for (program, starts) in programs.iter().zip(&mut all) {
            match start(&screen, program, round == 1 || round == 2) {
                // The first one warms what the system keeps of a file.
                Ok(_) if round == 0 => {}
                Ok(start) => starts.push(start),
                Err(error) => println!("# {} did not start: {error}", program.name),
            }
        }
    }
    for (program, starts) in programs.iter().zip(&all) {
        println!("# {}, {} starts", program.name, starts.len());
        for (mark, of) in MARKS {
            let each: Vec<f64> = starts.iter().map(of).collect();
            println!("{mark}|{}|{}", told(&each), every(&each));
        }
        let digits: Vec<f64> = starts.iter().flat_map(|start| start.digits.iter().copied()).collect();
        let frames: Vec<f64> = starts.iter().flat_map(|start| start.frames.iter().copied()).collect();
        println!("key to digit|p50 {:.1} p95 {:.1}", part(&digits, 50), part(&digits, 95));
        println!("key to frame|p50 {:.1} p95 {:.1}", part(&frames, 50), part(&frames, 95));
        let weights: Vec<f64> =
            starts.iter().filter_map(|start| Some(start.pss_kib? as f64 / 1_024.0)).collect();
        println!("memory MiB|{}", every(&weights));
    }
    if let [floor, till, ..] = all.as_slice()
        && starts > 0
    {
        against(floor, till);
        let delays = answers::delays(&screen, &programs[1], ANSWERS)?;
        println!("# commit of an answer to its frame, each|{}", every(&delays));
        let slow = part(&delays, 95);
        println!(
            "commit of an answer to its frame, p95 ms|{slow:.1}|p50 {:.1}, max {:.1}, {} sales||≤ 50 ms|{}",
            part(&delays, 50),
            part(&delays, 100),
            delays.len(),
            met(slow <= 50.0)
        );
    }
    if sales > 0 {
        // The driver's programs find the screen where every program does.
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        runtime.block_on(session::run(&screen, programs[1].data.as_deref(), sales))?;
    }
    Ok(())
}

/// One number of a start.
type Of = fn(&Start) -> f64;

const MARKS: [(&str, Of); 6] = [
    ("main", |start| start.main),
    ("first script", |start| start.script),
    ("page begun", |start| start.begun),
    ("mounted", |start| start.mounted),
    ("takes input", |start| start.focused),
    ("painted", |start| start.painted),
];

/// The table: medians of the till beside those of the floor, of the same rounds.
fn against(floor: &[Start], till: &[Start]) {
    let middle = |starts: &[Start], of: Of| part(&starts.iter().map(of).collect::<Vec<_>>(), 50);
    let weight = |starts: &[Start]| {
        part(&starts.iter().filter_map(|start| Some(start.pss_kib? as f64 / 1_024.0)).collect::<Vec<_>>(), 50)
    };
    let digits: Vec<f64> = till.iter().flat_map(|start| start.digits.iter().copied()).collect();
    println!("what|ours|the floor's|ratio|target|met");
    for (what, ours, base, most) in [
        (
            "start to a keypad that takes input, ms",
            middle(till, |s| s.focused),
            middle(floor, |s| s.mounted),
            1.25,
        ),
        ("start to pixels, ms", middle(till, |s| s.painted), middle(floor, |s| s.painted), 1.25),
        ("memory of the process tree, idle, MiB", weight(till), weight(floor), 1.2),
    ] {
        let ratio = ours / base;
        println!("{what}|{ours:.0}|{base:.0}|{ratio:.2}|≤ {most} ×|{}", met(ratio <= most));
    }
    let slow = part(&digits, 95);
    println!("key to digit, p95 ms|{slow:.1}|||≤ 16 ms|{}", met(slow <= 16.0));
}

fn met(is_met: bool) -> &'static str {
    if is_met { "yes" } else { "NO" }
}

fn part(all: &[f64], percent: usize) -> f64 {
    let mut sorted = all.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get((sorted.len().max(1) - 1) * percent / 100).copied().unwrap_or(f64::NAN)
}

fn told(all: &[f64]) -> String {
    format!("{:.0} [{:.0}–{:.0}]", part(all, 50), part(all, 0), part(all, 100))
}

fn every(all: &[f64]) -> String {
    all.iter().map(|value| format!("{value:.0}")).collect::<Vec<_>>().join(" ")
}
