//! What the command line asks for: a task, and flags with their values. Owns the page that lists them; which flags a task
//! takes is the task's.

use lexopt::{Arg, Parser, ValueExt};
use std::collections::BTreeMap;
use std::fmt::Display;
use std::str::FromStr;

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
    --call NAME --on FILE --nth N
                      this call alone, telling what happens
    --bug NAME        with this fault planted
  syscalls-planted    planted faults, until a call finds them (needs --features planted)
    --only NAME       this fault alone
  wire                a proxy between till and simulator that cuts, drips, floods and lies
    --only NAME       this point alone
  disk                full, read-only, held, removed under the till, fifty starts at once
  power-cuts          images of the disk at every point of a morning (needs --features power)
    --images N        how many, as many as there are points unless said
    --image N         this one alone
  bit-flips           single bits of a ledger's file
    --flips N         how many, 4000 unless said
    --flip N          this one alone
  hostile             damaged input for every parser
    --executions N    how many, 400000 unless said
    --seconds N       again and again, for so long
    --parser NAME     this parser alone, with
    --execution N     this execution alone
  soak                a shop's month through one till
    --payments N      how many, 10000 unless said";

/// A task and its flags.
pub struct Flags {
    pub task: String,
    given: BTreeMap<String, String>,
}

impl Flags {
    /// Reads the command line.
    pub fn read() -> Result<Self, String> {
        parse().map_err(|error| error.to_string())
    }

    /// The value of `--name`, if it was given.
    pub fn value<T: FromStr<Err: Display>>(&mut self, name: &str) -> Result<Option<T>, String> {
        let Some(text) = self.given.remove(name) else { return Ok(None) };
        text.parse().map(Some).map_err(|error| format!("--{name} {text}: {error}"))
    }

    /// Refuses what no task took.
    pub fn end(&self) -> Result<(), String> {
        match self.given.keys().next() {
            None => Ok(()),
            Some(unknown) => Err(format!("{} takes no --{unknown}", self.task)),
        }
    }
}

fn parse() -> Result<Flags, lexopt::Error> {
    let mut parser = Parser::from_env();
    let task = match parser.next()? {
        Some(Arg::Value(task)) => task.string()?,
        _ => return Err("a task is needed".into()),
    };
    let mut given = BTreeMap::new();
    while let Some(argument) = parser.next()? {
        match argument {
            Arg::Long(name) => {
                let name = name.to_owned();
                given.insert(name, parser.value()?.string()?);
            }
            other @ (Arg::Short(_) | Arg::Value(_)) => return Err(other.unexpected()),
        }
    }
    Ok(Flags { task, given })
}
