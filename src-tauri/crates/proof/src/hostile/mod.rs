//! Input from people who mean harm, or from disks and lines that damage: every parser is given valid inputs with bytes
//! turned, lost, repeated and exchanged. No thread may panic, and everything comes to an end. An execution that fails
//! replays by its parser and number.

mod files;
mod mutate;
mod parsers;

use crate::options::Flags;
use crate::simulation::chance::Dice;
use files::Files;
use ligdicash::Credentials;
use parsers::{Parser, Victim, all, planted};
use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

const CHUNK: u64 = 64;
const PLANTED_WITHIN: u64 = 10_000;
/// Shares are of so many.
const WHOLE: u64 = 1_000;

/// Panics anywhere, in the workers of SQLite too.
static PANICS: AtomicU64 = AtomicU64::new(0);

thread_local! {
    static IS_QUIET: Cell<bool> = const { Cell::new(false) };
}

fn count_panics() {
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if !IS_QUIET.get() {
            PANICS.fetch_add(1, Ordering::SeqCst);
            usual(panic);
        }
    }));
}

/// What to run.
pub struct Orders {
    pub executions: u64,
    /// Begins again with other numbers until this time is over.
    pub seconds: Option<u64>,
    /// This parser and this execution alone.
    pub only: Option<(String, u64)>,
}

impl Orders {
    pub fn read(flags: &mut Flags) -> Result<Self, String> {
        let execution = flags.value("execution")?.unwrap_or(0);
        Ok(Self {
            executions: flags.value("executions")?.unwrap_or(400_000),
            seconds: flags.value("seconds")?,
            only: flags.value("parser")?.map(|name| (name, execution)),
        })
    }
}

/// Runs them; prints what panicked, and how to replay it.
pub fn run(orders: &Orders) -> bool {
    let files = Files::make();
    let parsers = all(&files);
    let credentials = Credentials::new("key-canary", "token.canary").unwrap();
    let victim = Victim { credentials, files };
    let found = planted_panic(&victim);
    println!(
        "FIGURE hostile input, planted panic | {PLANTED_WITHIN} executions at most | {}",
        found.map_or("NOT FOUND".to_owned(), |number| format!("found at execution {number}"))
    );
    count_panics();
    let begun = Instant::now();
    let limit = orders.seconds.map(Duration::from_secs);
    let (mut done, mut round) = (0, 0);
    let mut failed = Vec::new();
    loop {
        for parser in &parsers {
            let count = (orders.executions * parser.share / WHOLE).max(1);
            let numbers = match &orders.only {
                None => round * count..(round + 1) * count,
                Some((name, number)) if *name == parser.name => *number..number + 1,
                Some(_) => continue,
            };
            done += numbers.end - numbers.start;
            let began = Instant::now();
            failed.extend(attack(parser, &victim, numbers).map(|number| (parser.name, number)));
            if round == 0 {
                println!("{}: {count} executions in {} ms", parser.name, began.elapsed().as_millis());
            }
        }
        round += 1;
        if orders.only.is_some() || !failed.is_empty() || limit.is_none_or(|limit| begun.elapsed() >= limit) {
            break;
        }
    }
    for (parser, number) in &failed {
        println!("{parser}: execution {number} panics");
        println!("replay: cargo xtask proof hostile --parser {parser:?} --execution {number}");
    }
    let panics = PANICS.load(Ordering::SeqCst);
    println!("FIGURE hostile input | {done} executions, {} parsers | {panics} panics", parsers.len());
    found.is_some() && failed.is_empty() && panics == 0
}

/// Gives a parser its inputs, on every core; returns the lowest number that failed.
fn attack(parser: &Parser, victim: &Victim, numbers: std::ops::Range<u64>) -> Option<u64> {
    let next = AtomicU64::new(numbers.start);
    let failed = Mutex::new(None::<u64>);
    let cores = std::thread::available_parallelism().map_or(1, usize::from).min(8);
    let quiet = IS_QUIET.get();
    std::thread::scope(|scope| {
        for _ in 0..cores {
            scope.spawn(|| {
                IS_QUIET.set(quiet);
                loop {
                    let from = next.fetch_add(CHUNK, Ordering::Relaxed);
                    if from >= numbers.end {
                        break;
                    }
                    for number in from..(from + CHUNK).min(numbers.end) {
                        if panics(parser, victim, number) {
                            let mut failed = failed.lock().unwrap();
                            *failed = Some(failed.map_or(number, |lowest| lowest.min(number)));
                            next.store(numbers.end, Ordering::Relaxed);
                            break;
                        }
                    }
                }
            });
        }
    });
    failed.into_inner().unwrap()
}

fn panics(parser: &Parser, victim: &Victim, number: u64) -> bool {
    let before = PANICS.load(Ordering::SeqCst);
    let mut dice = Dice::new(number);
    let unwound =
        catch_unwind(AssertUnwindSafe(|| (parser.read)(victim, &parser.corpus, &mut dice))).is_err();
    // One in another thread that ran beside this one is counted for both: a replay tells which it was.
    unwound || PANICS.load(Ordering::SeqCst) > before
}

/// This tests the tester.
fn planted_panic(victim: &Victim) -> Option<u64> {
    IS_QUIET.set(true);
    std::panic::set_hook(Box::new(|_| {}));
    let found = attack(&planted(), victim, 0..PLANTED_WITHIN);
    drop(std::panic::take_hook());
    IS_QUIET.set(false);
    found
}
