//! Owns the steps that prove instead of test: each runs one task of the program `proof`, or mutates our code to see that
//! the tests notice. The short ones belong to `cargo xtask test`, the long ones to `cargo xtask prove`.

use crate::{
    failure::{Failure, While},
    log::Log,
    setup::limited,
    step::{End, Lane, Step},
    steps::{ended, tool},
    workshop::Workshop,
};
use std::fs;

const CARGO_MUTANTS: &str = "27.1.0";

/// One task within a test run.
const TASK_MAX_S: u32 = 900;
/// One task of the long run.
const LONG_TASK_MAX_S: u32 = 6 * 3_600;
/// Every mutant of four crates, each with the tests of its own.
const MUTANTS_MAX_S: u32 = 20 * 3_600;

/// What every test run proves.
pub const SHORT: Lane = &[BUILD, SIMULATION, PLANTED, SOAK];

/// What takes hours: the same proofs with larger numbers, and mutants.
pub const LONG: &[&[Lane]] = &[&[&[BUILD, MILLION, MUTANTS]]];

const BUILD: Step = Step {
    name: "proof build",
    needs: &[],
    run: |workshop, log| {
        let arguments = ["build", "-p", "proof", "--profile", "proof", "--features", "planted", "--locked"];
        ended(&log.run(&mut workshop.cargo(&arguments))?)
    },
};
const SIMULATION: Step = Step {
    name: "simulation",
    needs: &["proof build"],
    run: |workshop, log| short(workshop, log, &["simulate", "--seeds", "10000"]),
};
const PLANTED: Step = Step {
    name: "planted faults",
    needs: &["proof build"],
    run: |workshop, log| short(workshop, log, &["planted", "--within", "2000"]),
};
const SOAK: Step = Step {
    name: "soak",
    needs: &["proof build"],
    run: |workshop, log| short(workshop, log, &["soak", "--payments", "10000"]),
};
const MILLION: Step = Step {
    name: "a million seeds",
    needs: &["proof build"],
    run: |workshop, log| long(workshop, log, &["simulate", "--from", "10000", "--seeds", "1000000"]),
};
const MUTANTS: Step = Step { name: "mutants", needs: &[], run: mutants };

fn short(workshop: &Workshop, log: &mut Log, task: &[&str]) -> Result<End, Failure> {
    prove(workshop, log, task, TASK_MAX_S)
}

fn long(workshop: &Workshop, log: &mut Log, task: &[&str]) -> Result<End, Failure> {
    prove(workshop, log, task, LONG_TASK_MAX_S)
}

/// One task of the program `proof`. Its figures go into the table at the end.
fn prove(workshop: &Workshop, log: &mut Log, task: &[&str], max_s: u32) -> Result<End, Failure> {
    let mut proof = workshop.command(workshop.target.join("proof").join("proof"));
    proof.args(task);
    ended(&log.run(&mut limited(workshop, max_s, &proof))?)
}

/// Changes one thing at a time in the crates that handle money, and runs their tests against each change.
fn mutants(workshop: &Workshop, log: &mut Log) -> Result<End, Failure> {
    let program = tool(workshop, log, "cargo-mutants", CARGO_MUTANTS)?;
    let report = workshop.target.join("mutants");
    fs::create_dir_all(&report).when(report.display())?;
    for krate in ["domain", "ledger", "ligdicash", "till"] {
        let mut mutants = workshop.command(&program);
        mutants.args([
            "mutants",
            "-p",
            krate,
            "--no-shuffle",
            "--colors",
            "never",
            "--cargo-arg=--locked",
            "-o",
        ]);
        mutants.arg(report.join(krate));
        let ran = log.run(&mut limited(workshop, MUTANTS_MAX_S, &mutants))?;
        let told = ran.text.lines().rev().find(|line| line.contains("mutants tested"));
        log.line(format!(
            "FIGURE mutants in {krate} | {} | report in {}",
            told.unwrap_or("none tested"),
            report.join(krate).display()
        ))?;
        // 2 and 3: some were missed, or never came to an end. Both are findings to read, not a failure of the run.
        if !ran.succeeded && !matches!(ran.status, Some(2 | 3)) {
            return ended(&ran);
        }
    }
    Ok(crate::steps::done())
}
