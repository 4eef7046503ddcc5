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

mod disk;
mod options;
mod simulation;
mod soak;
mod stage;
mod syscalls;
mod wire;

use options::Task;
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
    let task = match options::read() {
        Ok(task) => task,
        Err(why) => {
            eprintln!("proof: {why}\n\n{}", options::USAGE);
            return ExitCode::from(2);
        }
    };
    let verdict = match task {
        Task::Simulate { from, seeds, trace } => Verdict::of(simulation::run(from, seeds, trace)),
        Task::Planted { within, only } => Verdict::of(simulation::find_planted(within, only)),
        Task::Soak { payments } => Verdict::of(soak::run(payments)),
        Task::Syscalls(ask) => syscalls::run(ask),
        Task::Disk(ask) => disk::run(ask),
        Task::Wire { only } => Verdict::of(wire::run(only.as_deref())),
    };
    match verdict {
        Verdict::Held => ExitCode::SUCCESS,
        Verdict::Broken => ExitCode::FAILURE,
        Verdict::Skipped(why) => {
            println!("SKIPPED {why}");
            ExitCode::from(SKIPPED)
        }
    }
}
