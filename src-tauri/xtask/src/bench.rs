//! Owns the benchmarks, each by its name: what it runs, and what it needs. Each measures against a baseline in the same run and
//! prints its inputs and its table; a target that was missed stands in the table, and is no error: machines differ.

use crate::{
    bench_window,
    commands::{make_ready, show},
    failure::{Failure, While},
    setup::Purpose,
    workshop::Workshop,
};
use std::fs;

/// How large a run is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Size {
    /// Payments in the ledger.
    pub rows: u64,
    /// How often each program is started.
    pub starts: u64,
}

impl Default for Size {
    fn default() -> Self {
        Self { rows: 1_000_000, starts: 15 }
    }
}

/// Where a benchmark's code is: a package, and its target.
struct Bench {
    name: &'static str,
    package: &'static str,
    target: &'static str,
}

const ALL: [Bench; 5] = [
    Bench { name: "watching", package: "domain", target: "watching" },
    Bench { name: "ledger", package: "ledger", target: "million" },
    Bench { name: "lived", package: "ledger", target: "lived" },
    // Exports what the ledger's left in the folder.
    Bench { name: "exports", package: "till", target: "exports" },
    Bench { name: "xlsx", package: "documents", target: "xlsx" },
];

/// The one that starts programs instead of being one.
const WINDOW: &str = "window";

/// What follows `bench`: names of benchmarks, all when there is none, and how large.
///
/// # Errors
/// What is not understood, in words.
pub fn read(arguments: &[String]) -> Result<(Vec<&'static str>, Size), String> {
    let (mut names, mut size) = (Vec::new(), Size::default());
    let mut words = arguments.iter();
    while let Some(word) = words.next() {
        let number = match word.as_str() {
            "--rows" => Some(&mut size.rows),
            "--starts" => Some(&mut size.starts),
            _ => None,
        };
        if let Some(number) = number {
            let given = words.next().and_then(|given| given.parse().ok()).filter(|given| *given > 0);
            *number = given.ok_or_else(|| format!("`{word}` takes a number"))?;
            continue;
        }
        let known = ALL.iter().map(|bench| bench.name).chain([WINDOW]);
        match known.clone().find(|name| name == word) {
            Some(name) => names.push(name),
            None => {
                let known: Vec<_> = known.collect();
                return Err(format!("there is no benchmark `{word}`; there are: {}", known.join(", ")));
            }
        }
    }
    Ok((names, size))
}

/// Runs the benchmarks of these names, in their own order. What they write lies in the target folder and is removed.
///
/// # Errors
/// When one does not end well.
pub fn run(workshop: &Workshop, names: &[&str], size: &Size) -> Result<(), Failure> {
    make_ready(workshop, Purpose::Test, "bench")?;
    let folder = workshop.target.join("bench");
    for bench in ALL.iter().filter(|bench| is_asked(bench.name, names)) {
        let mut cargo = workshop.cargo(&["bench", "--locked", "-p", bench.package, "--bench", bench.target]);
        cargo.env("ENCAISSE_BENCH_DIR", &folder).env("ENCAISSE_BENCH_ROWS", size.rows.to_string());
        show(&mut cargo)?;
    }
    if is_asked(WINDOW, names) {
        bench_window::run(workshop, size)?;
    }
    if folder.exists() {
        fs::remove_dir_all(&folder).when(folder.display())?;
    }
    Ok(())
}

/// Whether it was asked for, or is needed by one that was.
fn is_asked(name: &str, names: &[&str]) -> bool {
    names.is_empty() || names.contains(&name) || (name == "ledger" && names.contains(&"exports"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(words: &[&str]) -> Result<(Vec<&'static str>, Size), String> {
        read(&words.iter().map(|&word| word.to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn benchmarks_are_asked_for_by_name_and_all_without_one() {
        assert_eq!(asked(&[]), Ok((vec![], Size::default())));
        let small = Size { rows: 1_000, starts: 3 };
        assert_eq!(asked(&["window", "--rows", "1000", "--starts", "3"]), Ok((vec!["window"], small)));
        assert!(is_asked("xlsx", &[]) && !is_asked("xlsx", &["lived"]));
        assert!(is_asked("ledger", &["exports"]), "there must be something to export");
    }

    #[test]
    fn a_name_or_number_that_means_nothing_is_refused() {
        for words in [&["leger"][..], &["--rows"], &["--rows", "0"], &["--rows", "many"]] {
            assert!(asked(words).is_err(), "{words:?}");
        }
    }
}
