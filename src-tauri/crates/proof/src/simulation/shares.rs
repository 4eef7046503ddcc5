//! Many seeds, shared among processes of one core each. A life passes its work from thread to thread all the time, and
//! SQLite counts its memory for the whole process: two cores in one process cost twice the work of one.

use super::life::Clocks;
use super::{Tally, live_all as live_here};
use std::process::{Command, Stdio};

/// Fewer seeds than this are lived sooner than a process starts.
pub const WORTH_IT: u64 = 200;
/// The line of a share in which nothing failed.
const LIVED: &str = "lived ";

/// Lives the seeds in a process for each core. What a failing one says is said here.
pub(super) fn live_all(from: u64, seeds: u64) -> Option<Tally> {
    let cores = std::thread::available_parallelism().map_or(1, |cores| cores.get() as u64);
    let program = std::env::current_exe().unwrap();
    let shares: Vec<_> = (0..cores)
        .map(|core| {
            let (begin, end) = (seeds * core / cores, seeds * (core + 1) / cores);
            Command::new(&program)
                .args(["simulate-share", "--from", &(from + begin).to_string()])
                .args(["--seeds", &(end - begin).to_string(), "--core", &core.to_string()])
                .stdout(Stdio::piped())
                .spawn()
                .unwrap()
        })
        .collect();
    let mut whole = Some(Tally::default());
    for share in shares {
        let output = share.wait_with_output().unwrap();
        let text = String::from_utf8_lossy(&output.stdout);
        let lived =
            text.lines().find_map(|line| line.strip_prefix(LIVED)).filter(|_| output.status.success());
        match lived {
            Some(lived) => whole = whole.map(|whole| plus(whole, lived)),
            None => {
                print!("{text}");
                whole = None;
            }
        }
    }
    whole
}

/// One share, on its core; its numbers are for the process that asked.
pub fn live_share(from: u64, seeds: u64, core: usize) -> bool {
    stay_on(core);
    let Some(Tally { creates, crashes, clocks }) = live_here(from, seeds, false) else { return false };
    let Clocks { leaps, sleeps, zones, days } = clocks;
    println!("{LIVED}{creates} {crashes} {leaps} {sleeps} {zones} {days}");
    true
}

fn plus(whole: Tally, lived: &str) -> Tally {
    let mut numbers = lived.split(' ').map(|number| number.parse::<u64>().unwrap());
    let mut next = || numbers.next().unwrap();
    let (creates, crashes) = (whole.creates + next(), whole.crashes + next());
    let mut clocks = whole.clocks;
    clocks.add(Clocks { leaps: next(), sleeps: next(), zones: next(), days: next() });
    Tally { creates, crashes, clocks }
}

/// Everything that this thread starts from now on stays on one core.
#[cfg(target_os = "linux")]
fn stay_on(nth: usize) {
    use nix::sched::{CpuSet, sched_getaffinity, sched_setaffinity};
    let this_thread = nix::unistd::Pid::from_raw(0);
    let Ok(allowed) = sched_getaffinity(this_thread) else { return };
    let cores: Vec<usize> = (0..CpuSet::count()).filter(|core| allowed.is_set(*core) == Ok(true)).collect();
    let mut one = CpuSet::new();
    if let Some(core) = cores.get(nth % cores.len().max(1))
        && one.set(*core).is_ok()
    {
        // Where it is refused, it is only slower.
        let _ = sched_setaffinity(this_thread, &one);
    }
}

#[cfg(not(target_os = "linux"))]
fn stay_on(_: usize) {}
