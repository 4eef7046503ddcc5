//! The project's commands, started as `cargo xtask …` from any folder of the checkout. `run` opens the till, `test` runs
//! every test there is; the rest serves those who change the code. Refuses to hide a failure: whatever goes wrong is
//! shown in full and ends with status 1.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command line speaks on its standard streams"
)]

mod architecture;
mod bench;
mod bench_window;
mod bindings;
mod builds;
mod commands;
mod count;
mod failure;
mod licences;
mod log;
mod packages;
mod platforms;
mod proofs;
mod release;
mod sbom;
mod setup;
mod standing;
mod step;
mod steps;
mod workshop;

use failure::Failure;
use setup::Purpose;
use std::{env, path::Path, process::ExitCode};
use step::{End, Lane};
use workshop::Workshop;

const USAGE: &str = "\
usage: cargo xtask COMMAND

  run [-- ARGS]    set up what is missing, build, and open the till
  test             set up, then every test and check there is
    --only STEP    only this step, for example --only \"rust tests\" (may be repeated)
    --list         name the steps
  setup            install what the tests need
  lint             formatting, lints, types, documentation, architecture
  e2e              the tests in a real window
  screenshots      the same, its pictures into docs/screenshots
  proof ARGS       one proof, as a failing one asks to be replayed
  prove            the proofs that take hours: a million seeds, hours of hostile input, mutants
    --only, --list as for test
  bench [NAME …]   measure against baselines in the same run: watching, ledger, lived, exports, xlsx, window
    --rows N       payments in the ledger; a million unless said
    --starts N     starts of each window; 15 unless said
  bindings         make the page's TypeScript types again
  icons            draw every size of icons/icon.svg again
  package          build the installable packages
    --appimage     on Linux, an AppImage as well (its bundler loads a program from the internet)
    --check        on Debian: install, start, upgrade, go back, remove and purge what was built
  platforms        write into docs/platforms.md what each system gets
    --check        only compare
  sbom             list what the program and the page are made of (CycloneDX)
  release FOLDER   sign the packages in FOLDER and write their checksums; stops without a key";

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    match dispatch(&arguments) {
        Ok(code) => code,
        Err(failure) => {
            eprintln!("\nxtask: {failure}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch(arguments: &[String]) -> Result<ExitCode, Failure> {
    let Some((command, rest)) = arguments.split_first() else {
        eprintln!("{USAGE}");
        return Ok(ExitCode::from(2));
    };
    if !["run", "test", "proof", "prove", "bench", "package", "platforms", "release"]
        .contains(&command.as_str())
        && !rest.is_empty()
    {
        eprintln!("`{command}` takes no arguments\n\n{USAGE}");
        return Ok(ExitCode::from(2));
    }
    match command.as_str() {
        "run" => {
            let for_the_till = rest.strip_prefix(&["--".to_owned()]).unwrap_or(rest);
            commands::run(&Workshop::find()?, for_the_till)?;
        }
        "test" => return steps_of(steps::ALL, rest),
        "proof" => return proofs::replay(&Workshop::find()?, rest),
        "prove" => return steps_of(proofs::LONG, rest),
        "setup" => commands::make_ready(&Workshop::find()?, Purpose::Test, "setup")?,
        "lint" => return Ok(told(&Workshop::find()?, steps::LINT, &[])),
        "e2e" => return Ok(told(&Workshop::find()?, steps::END_TO_END, &[])),
        "screenshots" => {
            let mut workshop = Workshop::find()?;
            workshop.screenshots = workshop.path("docs/screenshots");
            return Ok(told(&workshop, steps::END_TO_END, &[]));
        }
        "bench" => return bench(rest),
        "bindings" => commands::make_bindings(&Workshop::find()?)?,
        "icons" => commands::icons(&Workshop::find()?)?,
        "package" => return package(rest),
        "platforms" => return platforms(rest),
        "sbom" => sbom::write(&Workshop::find()?)?,
        "release" => return release(rest),
        "help" | "--help" | "-h" => println!("{USAGE}"),
        unknown => {
            eprintln!("there is no command `{unknown}`\n\n{USAGE}");
            return Ok(ExitCode::from(2));
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn package(arguments: &[String]) -> Result<ExitCode, Failure> {
    match arguments {
        [] => packages::build(&Workshop::find()?, false)?,
        [flag] if flag == "--appimage" => packages::build(&Workshop::find()?, true)?,
        [flag] if flag == "--check" => return Ok(told(&Workshop::find()?, packages::CHECK, &[])),
        _ => {
            eprintln!("`package` takes --appimage, --check, or nothing\n\n{USAGE}");
            return Ok(ExitCode::from(2));
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn platforms(arguments: &[String]) -> Result<ExitCode, Failure> {
    let only_compares = match arguments {
        [] => false,
        [flag] if flag == "--check" => true,
        _ => {
            eprintln!("`platforms` takes --check or nothing\n\n{USAGE}");
            return Ok(ExitCode::from(2));
        }
    };
    platforms::table(&Workshop::find()?, only_compares)?;
    Ok(ExitCode::SUCCESS)
}

fn release(arguments: &[String]) -> Result<ExitCode, Failure> {
    let [folder] = arguments else {
        eprintln!("`release` takes the folder of the packages\n\n{USAGE}");
        return Ok(ExitCode::from(2));
    };
    release::sign(&Workshop::find()?, Path::new(folder))?;
    Ok(ExitCode::SUCCESS)
}

fn bench(arguments: &[String]) -> Result<ExitCode, Failure> {
    match bench::read(arguments) {
        Ok((names, size)) => bench::run(&Workshop::find()?, &names, &size)?,
        Err(why) => {
            eprintln!("{why}\n\n{USAGE}");
            return Ok(ExitCode::from(2));
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn steps_of(stages: &[&[Lane]], arguments: &[String]) -> Result<ExitCode, Failure> {
    let names: Vec<&str> =
        stages.iter().copied().flatten().copied().flatten().map(|step| step.name).collect();
    match read_choice(arguments, &names) {
        Choice::List => println!("{}", names.join("\n")),
        Choice::Run(only) => return Ok(told(&Workshop::find()?, stages, &only)),
        Choice::NotUnderstood(why) => {
            eprintln!("{why}\n\n{USAGE}");
            return Ok(ExitCode::from(2));
        }
    }
    Ok(ExitCode::SUCCESS)
}

#[derive(Debug, PartialEq, Eq)]
enum Choice {
    List,
    Run(Vec<String>),
    NotUnderstood(String),
}

/// Reads what follows `test`. An unknown step is refused: running nothing must not look like success.
fn read_choice(arguments: &[String], names: &[&str]) -> Choice {
    let mut only = Vec::new();
    let mut words = arguments.iter();
    while let Some(word) = words.next() {
        match (word.as_str(), word.strip_prefix("--only=")) {
            ("--list", _) => return Choice::List,
            ("--only", _) => only.extend(words.next().cloned().or_else(|| Some(String::new()))),
            (_, Some(step)) => only.push(step.to_owned()),
            (other, None) => return Choice::NotUnderstood(format!("`{other}` is not understood")),
        }
    }
    match only.iter().find(|step| !names.contains(&step.as_str())) {
        Some(unknown) => Choice::NotUnderstood(format!(
            "there is no step `{unknown}`; the steps are: {}",
            names.join(", ")
        )),
        None => Choice::Run(only),
    }
}

/// Runs the stages, prints what came of them, and turns it into an exit status.
fn told(workshop: &Workshop, stages: &[&[Lane]], only: &[String]) -> ExitCode {
    let rows = step::run(workshop, stages, only);
    println!("{}", step::summary(&rows));
    if rows.iter().any(|row| matches!(row.end, End::Failed(_, _))) {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn choice(words: &[&str]) -> Choice {
        let words: Vec<String> = words.iter().map(|&word| word.to_owned()).collect();
        read_choice(&words, &["fmt", "rust tests"])
    }

    #[test]
    fn without_a_choice_every_step_runs() {
        assert_eq!(choice(&[]), Choice::Run(vec![]));
    }

    #[test]
    fn steps_are_chosen_by_name_in_either_spelling() {
        assert_eq!(
            choice(&["--only", "fmt", "--only=rust tests"]),
            Choice::Run(vec!["fmt".to_owned(), "rust tests".to_owned()])
        );
        assert_eq!(choice(&["--list"]), Choice::List);
    }

    #[test]
    fn a_step_that_does_not_exist_is_refused_and_not_skipped() {
        assert!(matches!(choice(&["--only", "fnt"]), Choice::NotUnderstood(_)));
        assert!(matches!(choice(&["--only"]), Choice::NotUnderstood(_)));
        assert!(matches!(choice(&["fmt"]), Choice::NotUnderstood(_)));
    }
}
