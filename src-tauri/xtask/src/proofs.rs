//! Owns the steps that prove instead of test: each runs one task of the program `proof`, or mutates our code to see that
//! the tests notice. The short ones belong to `cargo xtask test`, the long ones to `cargo xtask prove`.

use crate::{
    builds, count,
    failure::{Failure, While},
    log::Log,
    setup::limited,
    standing::Standing,
    step::{End, Lane, Step},
    steps::{ended, tested, tool},
    workshop::Workshop,
};
use std::{
    env, fs,
    path::{Path, PathBuf},
    process::ExitCode,
};

/// A step that runs one task of `proof` with these arguments.
macro_rules! task {
    ($name:literal, $length:ident, $($argument:literal),+) => {
        Step {
            name: $name,
            needs: &["proof build"],
            run: |workshop, log| $length(workshop, log, &[$($argument),+]),
        }
    };
}

/// One part of all mutants, as `0/20`: a sample, where there is no time for all.
const MUTANTS_SHARD: &str = "ENCAISSE_MUTANTS_SHARD";

const CARGO_MUTANTS: &str = "27.1.0";
/// Ends at the first test that notices: most mutants then cost a moment instead of all tests of a crate.
const CARGO_NEXTEST: &str = "0.9.151";

/// One task within a test run.
const TASK_MAX_S: u32 = 900;
/// One task of the long run.
const LONG_TASK_MAX_S: u32 = 6 * 3_600;
/// Every mutant of four crates, each with the tests of its own.
const MUTANTS_MAX_S: u32 = 20 * 3_600;

/// What `proof` answers when a task could not be tried on this machine; its last line says why.
const TASK_SKIPPED: i32 = 77;

/// What every test run proves, as far as it keeps the processor busy.
pub const WORKING: Lane = &[
    SIMULATION,
    STATE_MODEL,
    PLANTED,
    task!("power cuts", short, "power-cuts", "--images", "4000"),
    task!("bit flips", short, "bit-flips"),
    task!("hostile input", short, "hostile"),
];

/// A fault at each call of one charge.
pub const SYSTEM_CALLS: Step = task!("system calls", short, "syscalls");
/// Whether the last would notice.
pub const PLANTED_CALLS: Step = task!("planted calls", short, "syscalls-planted");
/// A line that is cut at each byte.
pub const WIRE: Step = task!("wire", short, "wire");
/// Disks and locks.
pub const DISK: Step = task!("disk", short, "disk");
/// Ten thousand payments in one life.
pub const SOAK: Step = task!("soak", short, "soak", "--payments", "10000");

/// What takes hours: the same proofs with larger numbers, and mutants.
pub const LONG: &[&[Lane]] = &[&[&[
    BUILD,
    task!("a million seeds", long, "simulate", "--from", "10000", "--seeds", "1000000"),
    task!("hours of hostile input", long, "hostile", "--seconds", "7200"),
    task!("many bit flips", long, "bit-flips", "--flips", "200000"),
    task!("many power cuts", long, "power-cuts", "--images", "60000"),
    task!("long soak", long, "soak", "--payments", "100000"),
    MUTANTS,
]]];

/// The program `proof` and the model.
pub const BUILD: Step = Step {
    name: "proof build",
    needs: &[],
    run: |workshop, log| {
        let mut build = builds::proving(workshop, "build");
        build.args(["--bin", "proof", "--test", builds::MODEL]);
        ended(&log.run(&mut build)?)
    },
};
const SIMULATION: Step = task!("simulation", short, "simulate", "--seeds", "10000");
const PLANTED: Step = task!("planted faults", short, "planted", "--within", "2000");
/// Stories against the real ledger and a model of it.
const STATE_MODEL: Step = Step { name: "state model", needs: &["proof build"], run: state_model };
const MUTANTS: Step = Step { name: "mutants", needs: &[], run: mutants };

/// The program `proof`, as the step "proof build" leaves it.
fn program(workshop: &Workshop) -> PathBuf {
    workshop.target.join("debug").join("proof")
}

/// Builds `proof` and runs it with these arguments, its words going to the terminal.
///
/// # Errors
/// When it cannot be built or started.
pub fn replay(workshop: &Workshop, arguments: &[String]) -> Result<ExitCode, Failure> {
    let mut log = Log::create(&workshop.target.join("xtask-logs"), BUILD.name)?;
    (BUILD.run)(workshop, &mut log).inspect_err(|_| println!("{}", log.text()))?;
    let status = workshop.command(program(workshop)).args(arguments).status().when("proof")?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn short(workshop: &Workshop, log: &mut Log, task: &[&str]) -> Result<End, Failure> {
    prove(workshop, log, task, TASK_MAX_S)
}

fn long(workshop: &Workshop, log: &mut Log, task: &[&str]) -> Result<End, Failure> {
    prove(workshop, log, task, LONG_TASK_MAX_S)
}

/// One task of the program `proof`. Its figures go into the table at the end.
fn prove(workshop: &Workshop, log: &mut Log, task: &[&str], max_s: u32) -> Result<End, Failure> {
    let program = program(workshop);
    Standing::of(&workshop.target, std::slice::from_ref(&program), task)?.or(log, |log| {
        let mut proof = workshop.command(&program);
        proof.args(task);
        let ran = log.run(&mut limited(workshop, max_s, &proof))?;
        if ran.status == Some(TASK_SKIPPED) {
            let why = ran.text.lines().rev().find_map(|line| line.strip_prefix("SKIPPED "));
            return Ok((End::Skipped(why.unwrap_or("it could not be tried here").to_owned()), ran));
        }
        Ok((ended(&ran)?, ran))
    })
}

fn state_model(workshop: &Workshop, log: &mut Log) -> Result<End, Failure> {
    let mut build = builds::proving(workshop, "test");
    let built = log.run(build.args(["--test", builds::MODEL, "--no-run"]))?;
    // Cargo names each program it built: `Executable tests/model/main.rs (target/debug/deps/model-…)`.
    let program = built.text.lines().rev().find_map(|line| {
        line.trim_start().strip_prefix("Executable ")?.split_once('(')?.1.strip_suffix(')').map(str::to_owned)
    });
    let program = workshop.path(program.ok_or_else(|| Failure::new("the model was not built"))?);
    let arguments = ["--show-output"];
    Standing::of(&workshop.target, std::slice::from_ref(&program), &arguments)?.or(log, |log| {
        let mut model = workshop.command(&program);
        model.args(arguments).env("ENCAISSE_MODEL_CASES", "10000");
        if Path::new("/dev/shm").is_dir() {
            // Power cuts are attacked elsewhere; here syncs only cost time.
            model.env("TMPDIR", "/dev/shm");
        }
        let ran = log.run(&mut limited(workshop, TASK_MAX_S, &model))?;
        Ok((tested(&ran, count::cargo(&ran.text)), ran))
    })
}

/// Changes one thing at a time in the crates that handle money, and runs their tests against each change.
fn mutants(workshop: &Workshop, log: &mut Log) -> Result<End, Failure> {
    let program = tool(workshop, log, "cargo-mutants", CARGO_MUTANTS)?;
    let nextest = tool(workshop, log, "cargo-nextest", CARGO_NEXTEST)?;
    let path = env::join_paths(
        nextest
            .parent()
            .map(Path::to_owned)
            .into_iter()
            .chain(env::split_paths(&env::var_os("PATH").unwrap_or_default())),
    )
    .map_err(|error| Failure::new(format!("cargo-nextest cannot be found by cargo: {error}")))?;
    let report = workshop.target.join("mutants");
    fs::create_dir_all(&report).when(report.display())?;
    for krate in ["domain", "ledger", "ligdicash", "till"] {
        let mut mutants = workshop.command(&program);
        mutants.args(["mutants", "-p", krate, "--no-shuffle", "--colors", "never", "--test-tool", "nextest"]);
        // Building one of our crates anew keeps one core busy.
        mutants.args(["--jobs", "2"]);
        mutants.env("PATH", &path);
        if let Some(shard) = env::var_os(MUTANTS_SHARD) {
            mutants.arg("--shard").arg(shard);
        }
        mutants.arg("--cargo-arg=--locked").arg("-o").arg(report.join(krate));
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
