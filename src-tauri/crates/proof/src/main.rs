//! The proofs as one program: each subcommand attacks the till in its own way and prints its figures, one `FIGURE` line
//! each. Ends with status 1 when anything did not hold, and with 77 when it could not be tried on this machine.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    reason = "a tester of its own: it speaks on its standard streams and stops where its own ground gives way"
)]

mod bit_flips;
mod disk;
mod hostile;
// What it promises is held by the power cuts alone.
#[cfg_attr(not(all(unix, feature = "power")), allow(dead_code))]
mod morning;
mod options;
#[cfg(all(unix, feature = "power"))]
mod power_cuts;
mod simulation;
mod soak;
mod stage;
mod syscalls;
mod wire;

use options::{Flags, USAGE};
use std::process::ExitCode;

/// The status of a task that could not be run here; `cargo xtask test` says so loudly.
const SKIPPED: u8 = 77;

/// What a task came to.
enum Verdict {
    /// All of it held.
    Held,
    /// Something did not.
    Broken,
    /// It cannot be run on this machine, and nothing says that it would hold.
    Skipped(String),
}

impl Verdict {
    const fn of(held: bool) -> Self {
        if held { Self::Held } else { Self::Broken }
    }
}

fn main() -> ExitCode {
    match Flags::read().and_then(run) {
        Ok(Verdict::Held) => ExitCode::SUCCESS,
        Ok(Verdict::Broken) => ExitCode::FAILURE,
        Ok(Verdict::Skipped(why)) => {
            println!("SKIPPED {why}");
            ExitCode::from(SKIPPED)
        }
        Err(why) => {
            eprintln!("proof: {why}\n\n{USAGE}");
            ExitCode::from(2)
        }
    }
}

/// Runs the task with the flags it takes; another flag is an error before anything runs.
fn run(mut flags: Flags) -> Result<Verdict, String> {
    match flags.task.as_str() {
        "simulate" => {
            let seed: Option<u64> = flags.value("seed")?;
            let (from, seeds) = (flags.value("from")?, flags.value("seeds")?);
            flags.end()?;
            let (from, seeds) = seed.map_or((from.unwrap_or(0), seeds.unwrap_or(10_000)), |seed| (seed, 1));
            Ok(Verdict::of(simulation::run(from, seeds, seed.is_some())))
        }
        // Not for people: a part of it, on one core.
        "simulate-share" => {
            let (from, seeds) = (flags.value("from")?.unwrap_or(0), flags.value("seeds")?.unwrap_or(0));
            let core = flags.value("core")?.unwrap_or(0);
            flags.end()?;
            Ok(Verdict::of(simulation::shares::live_share(from, seeds, core)))
        }
        "planted" => {
            let (within, only) = (flags.value("within")?.unwrap_or(2_000), flags.value("only")?);
            flags.end()?;
            Ok(Verdict::of(simulation::find_planted(within, only)))
        }
        "wire" => {
            let only: Option<String> = flags.value("only")?;
            flags.end()?;
            Ok(Verdict::of(wire::run(only.as_deref())))
        }
        "power-cuts" => {
            let (images, image) = (flags.value("images")?, flags.value("image")?);
            flags.end()?;
            Ok(power_cuts(images, image))
        }
        "bit-flips" => {
            let (flips, flip) = (flags.value("flips")?.unwrap_or(4_000), flags.value("flip")?);
            flags.end()?;
            Ok(Verdict::of(bit_flips::run(flips, flip)))
        }
        "hostile" => {
            let orders = hostile::Orders::read(&mut flags)?;
            flags.end()?;
            Ok(Verdict::of(hostile::run(&orders)))
        }
        "soak" => {
            let payments = flags.value("payments")?.unwrap_or(10_000);
            flags.end()?;
            Ok(Verdict::of(soak::run(payments)))
        }
        _ => {
            if let Some(ask) = syscalls::read(&mut flags)? {
                flags.end()?;
                return Ok(syscalls::run(ask));
            }
            if let Some(ask) = disk::read(&mut flags)? {
                flags.end()?;
                return Ok(disk::run(ask));
            }
            Err(format!("there is no task {:?}", flags.task))
        }
    }
}

#[cfg(all(unix, feature = "power"))]
fn power_cuts(images: Option<u64>, image: Option<u64>) -> Verdict {
    Verdict::of(power_cuts::run(images, image))
}

#[cfg(not(all(unix, feature = "power")))]
fn power_cuts(_: Option<u64>, _: Option<u64>) -> Verdict {
    Verdict::Skipped(
        "build with --features power, on a Unix system with libclang, to cut the power".to_owned(),
    )
}
