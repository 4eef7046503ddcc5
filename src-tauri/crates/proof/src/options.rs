//! What the command line asks for.

use crate::{disk, syscalls};
use domain::planted::Bug;
use lexopt::{Arg, Parser, ValueExt};

pub const USAGE: &str = "\
usage: proof TASK

  simulate            seeded lives of a till: time, network, LigdiCash and crashes
    --seeds N         how many, 10000 unless said
    --from N          the first one, 0 unless said
    --seed N          this one alone, telling what happens
  planted             each planted fault, until a seed finds it (needs --features planted)
    --within N        at most so many seeds, 2000 unless said
    --only NAME       this fault alone
  syscalls            one charge, killed or refused at every system call
    --fault WORD      kill, eio, enospc or stays-full alone
    --at N            this call alone, telling what happens
    --bug NAME        with this fault planted
  syscalls-planted    planted faults, until a call finds them (needs --features planted)
    --only NAME       this fault alone
  soak                a shop's month through one till
    --payments N      how many, 10000 unless said
  disk                full, read-only, held, removed under the till, fifty starts at once
  wire                a proxy between till and simulator that cuts, drips, floods and lies
    --only NAME       this point alone";

/// One run.
pub enum Task {
    Simulate { from: u64, seeds: u64, trace: bool },
    Planted { within: u64, only: Option<Bug> },
    Syscalls(syscalls::Ask),
    Soak { payments: u32 },
    Disk(disk::Ask),
    Wire { only: Option<String> },
}

pub fn read() -> Result<Task, String> {
    parse().map_err(|error| error.to_string())
}

fn parse() -> Result<Task, lexopt::Error> {
    let mut parser = Parser::from_env();
    let task = match parser.next()? {
        Some(Arg::Value(task)) => task.string()?,
        _ => return Err("a task is needed".into()),
    };
    if let Some(ask) = syscalls::read(&task, &mut parser)? {
        return Ok(Task::Syscalls(ask));
    }
    if let Some(ask) = disk::read(&task, &mut parser)? {
        return Ok(Task::Disk(ask));
    }
    let mut payments = 10_000;
    let (mut from, mut seeds, mut trace, mut within) = (0, 10_000, false, 2_000);
    let mut only: Option<String> = None;
    while let Some(argument) = parser.next()? {
        match argument {
            Arg::Long("seeds") => seeds = parser.value()?.parse()?,
            Arg::Long("from") => from = parser.value()?.parse()?,
            Arg::Long("seed") => (from, seeds, trace) = (parser.value()?.parse()?, 1, true),
            Arg::Long("within") => within = parser.value()?.parse()?,
            Arg::Long("payments") => payments = parser.value()?.parse()?,
            Arg::Long("only") => only = Some(parser.value()?.string()?),
            other @ (Arg::Long(_) | Arg::Short(_) | Arg::Value(_)) => return Err(other.unexpected()),
        }
    }
    match task.as_str() {
        "simulate" => Ok(Task::Simulate { from, seeds, trace }),
        "soak" => Ok(Task::Soak { payments }),
        "planted" => {
            let only = only.map(|name| name.parse::<Bug>()).transpose().map_err(|error| error.to_string())?;
            Ok(Task::Planted { within, only })
        }
        "wire" => Ok(Task::Wire { only }),
        other => Err(format!("there is no task {other:?}").into()),
    }
}
