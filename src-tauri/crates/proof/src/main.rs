//! The proofs as one program: each subcommand attacks the till in its own way and prints its figures, one `FIGURE` line
//! each. Ends with status 1 when anything did not hold.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    reason = "a tester of its own: it speaks on its standard streams and stops where its own ground gives way"
)]

mod options;
mod simulation;

use options::Task;
use std::process::ExitCode;

fn main() -> ExitCode {
    let task = match options::read() {
        Ok(task) => task,
        Err(why) => {
            eprintln!("proof: {why}\n\n{}", options::USAGE);
            return ExitCode::from(2);
        }
    };
    let held = match task {
        Task::Simulate { from, seeds, trace } => simulation::run(from, seeds, trace),
        Task::Planted { within, only } => simulation::find_planted(within, only),
    };
    if held { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
