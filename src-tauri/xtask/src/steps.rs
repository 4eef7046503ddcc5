//! Owns what each step of `cargo xtask test` does, and their order. A step says in one sentence why it failed; the details
//! are in its log.

use crate::{
    architecture, bindings, builds,
    count::{self, Counts},
    failure::{Failure, While},
    licences::{self, Advisories},
    log::{Log, Ran},
    proofs,
    setup::{self, Purpose, limited},
    standing::Standing,
    step::{End, Lane, Step},
    workshop::{Workshop, version_of},
};
use std::{fs, path::PathBuf, process::Command};

/// The version of cargo-deny that deny.toml was written for.
const CARGO_DENY: &str = "0.20.2";

/// A real window that hangs does not end by itself.
const E2E_MAX_S: u32 = 1_500;
/// All of the workspace's own tests, generously.
const RUST_TESTS_MAX_S: u32 = 2_400;
/// Hundreds of screens.
const BROWSER_MAX_S: u32 = 900;
/// LibreOffice starts slowly the first time.
const READERS_MAX_S: u32 = 900;
/// Fetching the advisories.
const ADVISORIES_MAX_S: u32 = 180;

/// Everything, in an order where cheap and early failures come first. Each inner list is a stage; its lanes run side by
/// side, and wait for what they need of each other. What compiles keeps every core busy by itself, and cargo lets one at a
/// time into the target folder; what runs often waits, and is paired with what does not.
pub const ALL: &[&[Lane]] = &[
    &[COMPILED, &[RUST_TESTS, BINDINGS], PAGE],
    &[proofs::WORKING, WAITING, WAITING_MORE],
    // What is held against a clock on a wall has the machine for itself.
    &[&[E2E, READERS, proofs::WIRE]],
];

/// What a person wants to know before committing.
pub const LINT: &[&[Lane]] =
    &[&[&[UI_INSTALL, UI_BUILD]], &[&[FMT, CLIPPY, DOC, ARCHITECTURE], &[UI_LINT, UI_TYPES]]];

/// The real window alone, with what it stands on.
pub const END_TO_END: &[&[Lane]] = &[&[&[SETUP, UI_INSTALL, UI_BUILD, BUILD, E2E]]];

/// The system's packages come while the page is looked at. Documentation reads what clippy has checked.
const COMPILED: Lane = &[SETUP, CLIPPY, BUILD, DOC, proofs::BUILD];
/// What is there without a compiler, the quickest first.
const PAGE: Lane = &[
    FMT,
    UI_INSTALL,
    UI_BUILD,
    ARCHITECTURE,
    UI_LINT,
    UI_TYPES,
    UI_TESTS,
    NPM_LICENCES,
    NPM_ADVISORIES,
    BROWSER,
    LICENCES,
    ADVISORIES,
];
/// Calls that wait for locks, and sales that wait for customers.
const WAITING: Lane = &[proofs::SYSTEM_CALLS, proofs::SOAK];
/// The same, with next to no work of its own.
const WAITING_MORE: Lane = &[proofs::PLANTED_CALLS, proofs::DISK];

const SETUP: Step = Step {
    name: "setup",
    needs: &[],
    run: |workshop, log| setup::system(workshop, Purpose::Test, log).map(|()| done()),
};
const FMT: Step = Step {
    name: "fmt",
    needs: &[],
    run: |workshop, log| {
        ended(&log.run(&mut workshop.cargo(&["fmt", "--all", "--check", "--", "--color", "never"]))?)
    },
};
const UI_INSTALL: Step = Step {
    name: "ui install",
    needs: &[],
    run: |workshop, log| setup::page_packages(workshop, log).map(|()| done()),
};
const UI_BUILD: Step =
    Step { name: "ui build", needs: &["ui install"], run: |w, log| npm_run(w, log, "build") };
const UI_LINT: Step = Step { name: "ui lint", needs: &["ui install"], run: |w, log| npm_run(w, log, "lint") };
const UI_TYPES: Step =
    Step { name: "ui type check", needs: &["ui install"], run: |w, log| npm_run(w, log, "check") };
const UI_TESTS: Step = Step {
    name: "ui tests",
    needs: &["ui install"],
    run: |workshop, log| {
        let ran = log.run(&mut workshop.npm(&["run", "test"]))?;
        Ok(tested(&ran, count::vitest(&ran.text)))
    },
};
const BROWSER: Step = Step { name: "browser", needs: &["setup", "ui build"], run: browser };

/// Every screen and state of the built page. The same page, tests and packages in the same browser need not be asked again.
fn browser(workshop: &Workshop, log: &mut Log) -> Result<End, Failure> {
    let Some(version) = version_of(&mut Command::new("chromium")) else {
        return Ok(End::Skipped(
            "chromium was not found: no screen was asked about accessibility".to_owned(),
        ));
    };
    let known = workshop.files(&["ui", "tauri.conf.json"])?;
    let files: Vec<_> = known.iter().map(|file| workshop.path(file)).filter(|file| file.exists()).collect();
    Standing::of(&workshop.target, &files, &["browser", &version])?.or(log, |log| {
        let browser = workshop.npm(&["run", "browser"]);
        let ran = log.run(&mut limited(workshop, BROWSER_MAX_S, &browser))?;
        Ok((tested(&ran, count::vitest(&ran.text)), ran))
    })
}

const CLIPPY: Step = Step {
    name: "clippy",
    needs: &["ui build"],
    run: |workshop, log| {
        let mut clippy = builds::checking(workshop, "clippy");
        clippy.args(["--all-targets", "--", "-D", "warnings"]);
        ended(&log.run(&mut clippy)?)
    },
};
const RUST_TESTS: Step = Step { name: "rust tests", needs: &["build"], run: rust_tests };
const DOC: Step = Step {
    name: "doc",
    needs: &["ui build"],
    run: |workshop, log| {
        let mut doc = builds::checking(workshop, "doc");
        // There are no examples; asked for, they have dependencies wanted with what tests want of them too, as clippy has
        // checked them already.
        doc.args(["--no-deps", "--lib", "--bins", "--examples"]).env("RUSTDOCFLAGS", "-D warnings");
        ended(&log.run(&mut doc)?)
    },
};
const BINDINGS: Step = Step {
    name: "bindings",
    needs: &["ui build"],
    run: |workshop, log| {
        let fresh = bindings::generate(workshop, log)?;
        let differences = bindings::differences(&bindings::read(&workshop.path(bindings::KEPT))?, &fresh);
        found(log, &differences, "the page's types are not current: run `cargo xtask bindings`")
    },
};
const ARCHITECTURE: Step = Step { name: "architecture", needs: &[], run: architecture::step };
const LICENCES: Step = Step {
    name: "licences",
    needs: &[],
    run: |workshop, log| {
        let mut deny = workshop.command(cargo_deny(workshop, log)?);
        deny.args(["--locked", "check", "licenses", "bans", "sources"]);
        ended(&log.run(&mut deny)?)
    },
};
const ADVISORIES: Step = Step {
    name: "advisories",
    needs: &[],
    run: |workshop, log| {
        let mut deny = workshop.command(cargo_deny(workshop, log)?);
        deny.args(["--locked", "check", "advisories"]);
        let ran = log.run(&mut limited(workshop, ADVISORIES_MAX_S, &deny))?;
        Ok(advised(
            licences::of_cargo_deny(ran.succeeded, &ran.text),
            "RustSec's database could not be fetched",
        ))
    },
};
const NPM_LICENCES: Step = Step {
    name: "npm licences",
    needs: &[],
    run: |workshop, log| {
        let path = workshop.path("ui/package-lock.json");
        let (read, refused) = licences::of_page_packages(&fs::read_to_string(&path).when(path.display())?)?;
        log.line(format!("{read} packages read"))?;
        found(log, &refused, "packages under a licence that is not on the list")
    },
};
const NPM_ADVISORIES: Step = Step {
    name: "npm advisories",
    needs: &["ui install"],
    run: |workshop, log| {
        let audit = workshop.npm(&["audit", "--json"]);
        let ran = log.run(&mut limited(workshop, ADVISORIES_MAX_S, &audit))?;
        Ok(advised(licences::of_npm_audit(&ran.text), "npm's registry gave no audit report"))
    },
};
/// Everything that tests run, at once: cargo then always has work for every core.
const BUILD: Step = Step {
    name: "build",
    needs: &["ui build"],
    run: |workshop, log| {
        ended(&log.run(builds::workspace(workshop, "build").args(["--tests", "--bin", "encaisse"]))?)
    },
};
const E2E: Step = Step { name: "e2e", needs: &["build"], run: e2e };

const READERS: Step = Step { name: "readers", needs: &["setup"], run: readers };

/// Documents opened by programs that are not ours. They are left out of a plain `cargo test`, which must not need them.
fn readers(workshop: &Workshop, log: &mut Log) -> Result<End, Failure> {
    for program in ["soffice", "pdftotext", "jq", "python3"] {
        if !setup::in_path(program) {
            return Ok(End::Skipped(format!(
                "{program} was not found: documents were read by our own code only"
            )));
        }
    }
    let gallery = workshop.target.join("documents");
    let mut cargo = builds::workspace(workshop, "test");
    cargo.args(["--test", "suite", "--", "--ignored", "readers::"]);
    cargo.env("ENCAISSE_DOCUMENTS_DIR", &gallery);
    let ran = log.run(&mut limited(workshop, READERS_MAX_S, &cargo))?;
    Ok(tested(&ran, count::cargo(&ran.text)))
}

fn rust_tests(workshop: &Workshop, log: &mut Log) -> Result<End, Failure> {
    // The shell's test that writes the page's types runs here too: it must not write into the checkout.
    let scratch = workshop.target.join("xtask-bindings-scratch");
    bindings::empty(&scratch)?;
    let mut cargo = builds::workspace(workshop, "test");
    cargo.args(["--no-fail-fast", "--lib", "--bins"]);
    for target in builds::plain_tests(workshop) {
        cargo.arg("--test").arg(target);
    }
    // Those of the step "readers"; and the output, for the figures that tests print. Most of their time is waiting, so more
    // of them run at once than there are cores.
    cargo.args(["--", "--skip", "readers::", "--show-output", "--test-threads=8"]);
    cargo.env("ENCAISSE_BINDINGS_DIR", &scratch).env("TS_RS_EXPORT_DIR", &scratch);
    let ran = log.run(&mut limited(workshop, RUST_TESTS_MAX_S, &cargo))?;
    Ok(tested(&ran, count::cargo(&ran.text)))
}

fn e2e(workshop: &Workshop, log: &mut Log) -> Result<End, Failure> {
    if !cfg!(target_os = "linux") {
        return Ok(End::Skipped(
            "the tests in a real window need WebKitWebDriver, which only Linux has".to_owned(),
        ));
    }
    for program in ["xvfb-run", "dbus-run-session", "WebKitWebDriver"] {
        if !setup::in_path(program) {
            return Err(Failure::new(format!("{program} was not found: see `cargo xtask setup`")));
        }
    }
    let screenshots = &workshop.screenshots;
    fs::create_dir_all(screenshots).when(screenshots.display())?;
    let window = builds::window_tests(workshop, workshop.till_binary(), screenshots, &["--test-threads=4"]);
    let ran = log.run(&mut limited(workshop, E2E_MAX_S, &window))?;
    Ok(tested(&ran, count::cargo(&ran.text)))
}

/// The program cargo-deny, installed into the target folder the first time.
fn cargo_deny(workshop: &Workshop, log: &mut Log) -> Result<PathBuf, Failure> {
    tool(workshop, log, "cargo-deny", CARGO_DENY)
}

/// A tool written in Rust, of this version: the one that is there, or installed into the target folder the first time.
///
/// # Errors
/// When it cannot be installed.
pub fn tool(workshop: &Workshop, log: &mut Log, name: &str, version: &str) -> Result<PathBuf, Failure> {
    let plain = format!("{name} {version}");
    // Some add when they were built.
    let dated = format!("{plain} ");
    let is_right = |program: &PathBuf| {
        version_of(&mut Command::new(program)).is_some_and(|told| told == plain || told.starts_with(&dated))
    };
    if let Some(there) = [installed(workshop, name), PathBuf::from(name)].into_iter().find(is_right) {
        return Ok(there);
    }
    install(workshop, log, name, version)
}

/// Has cargo install a tool of this version into the target folder; one that is there already is left alone.
///
/// # Errors
/// When it cannot be installed.
pub fn install(workshop: &Workshop, log: &mut Log, name: &str, version: &str) -> Result<PathBuf, Failure> {
    println!("  installing {name} {version} into the target folder, this once (a few minutes)");
    let folder = tools(workshop).to_string_lossy().into_owned();
    // What runs for a second need not be optimised for minutes.
    let arguments = ["install", name, "--version", version, "--locked", "--debug", "--root", &folder];
    if log.run(workshop.cargo(&arguments).env("CARGO_PROFILE_DEV_DEBUG", "0"))?.succeeded {
        return Ok(installed(workshop, name));
    }
    Err(Failure::new(format!("{name} could not be installed")))
}

fn tools(workshop: &Workshop) -> PathBuf {
    workshop.target.join("tools")
}

fn installed(workshop: &Workshop, name: &str) -> PathBuf {
    tools(workshop).join("bin").join(format!("{name}{}", std::env::consts::EXE_SUFFIX))
}

fn npm_run(workshop: &Workshop, log: &mut Log, script: &str) -> Result<End, Failure> {
    ended(&log.run(&mut workshop.npm(&["run", script]))?)
}

/// All of it held, and nothing was counted.
pub fn done() -> End {
    End::Passed(Counts::default())
}

/// The end of a program by its status alone.
///
/// # Errors
/// How it ended, when not well.
pub fn ended(ran: &Ran) -> Result<End, Failure> {
    if ran.succeeded { Ok(done()) } else { Err(Failure(how_it_ended(ran))) }
}

/// The end of a test runner: its status and its count must both say that all is well.
pub fn tested(ran: &Ran, counts: Counts) -> End {
    if !ran.succeeded {
        End::Failed(counts, how_it_ended(ran))
    } else if counts.failed > 0 {
        End::Failed(counts, "tests failed, though the runner ended well".to_owned())
    } else if counts.passed == 0 {
        End::Failed(counts, "no test ran".to_owned())
    } else {
        End::Passed(counts)
    }
}

fn how_it_ended(ran: &Ran) -> String {
    match ran.status {
        // What `timeout` answers when it had to end the program.
        Some(124 | 137) => "it took too long and was ended".to_owned(),
        Some(status) => format!("status {status}"),
        None => "ended by a signal".to_owned(),
    }
}

fn advised(advisories: Advisories, unreachable: &str) -> End {
    match advisories {
        Advisories::None => done(),
        Advisories::Found => End::Failed(Counts::default(), "at least one advisory was found".to_owned()),
        Advisories::NotReachable => End::Skipped(unreachable.to_owned()),
    }
}

fn found(log: &mut Log, findings: &[String], sentence: &str) -> Result<End, Failure> {
    for finding in findings {
        log.line(finding)?;
    }
    if findings.is_empty() { Ok(done()) } else { Err(Failure::new(sentence)) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn ran(succeeded: bool, status: Option<i32>) -> Ran {
        Ran { succeeded, status, text: String::new() }
    }

    #[test]
    fn every_step_of_a_stage_comes_to_its_turn_and_no_two_lanes_wait_for_each_other() {
        let mut done = BTreeSet::new();
        for stage in ALL {
            let mut lanes: Vec<&[Step]> = stage.to_vec();
            loop {
                let before = done.len();
                for lane in &mut lanes {
                    while let [step, rest @ ..] = lane
                        && step.needs.iter().all(|need| done.contains(need))
                    {
                        done.insert(step.name);
                        *lane = rest;
                    }
                }
                if done.len() == before {
                    break;
                }
            }
            let stuck: Vec<_> = lanes.iter().filter_map(|lane| lane.first()).map(|step| step.name).collect();
            assert!(stuck.is_empty(), "{stuck:?} need what never comes");
        }
    }

    #[test]
    fn no_two_steps_share_a_name() {
        let names: Vec<_> =
            ALL.iter().flat_map(|stage| stage.iter()).flat_map(|lane| lane.iter()).map(|s| s.name).collect();
        assert_eq!(names.len(), names.iter().collect::<BTreeSet<_>>().len());
    }

    #[test]
    fn a_runner_that_ran_nothing_has_not_passed() {
        assert_eq!(
            tested(&ran(true, Some(0)), Counts::default()),
            End::Failed(Counts::default(), "no test ran".to_owned())
        );
    }

    #[test]
    fn a_runner_must_say_that_all_is_well_in_its_status_and_in_its_count() {
        let good = Counts { passed: 4, failed: 0, skipped: 0 };
        let bad = Counts { failed: 1, ..good };
        assert_eq!(tested(&ran(true, Some(0)), good), End::Passed(good));
        assert_eq!(tested(&ran(false, Some(101)), good), End::Failed(good, "status 101".to_owned()));
        assert!(matches!(tested(&ran(true, Some(0)), bad), End::Failed(_, _)));
        assert!(how_it_ended(&ran(false, Some(124))).contains("too long"));
    }

    #[test]
    fn advisories_that_nobody_could_be_asked_about_are_skipped_and_not_passed() {
        assert_eq!(advised(Advisories::NotReachable, "x"), End::Skipped("x".to_owned()));
        assert!(matches!(advised(Advisories::Found, "x"), End::Failed(_, _)));
        assert_eq!(advised(Advisories::None, "x"), done());
    }
}
