//! Owns the "never" sentences of src-tauri/ARCHITECTURE.md as checks that fail. Each check is a pure function from the
//! project to what it found, with tests that plant the fault it is there for. What a compiler, clippy or the database
//! already refuses is not repeated here.

mod config;
mod crates;
mod machine;
mod named_tests;
mod packages;
mod page;
mod project;
mod rights;
mod scan;
mod secrets;
mod source;
mod states;
mod supply;

use crate::{count::Counts, failure::Failure, log::Log, step::End, workshop::Workshop};
use project::Project;

/// One sentence that must hold, and the search for what breaks it.
struct Check {
    claim: &'static str,
    find: fn(&Project) -> Vec<String>,
}

const CHECKS: &[Check] = &[
    Check { claim: "our crates depend on each other only along the arrows", find: crates::off_the_arrows },
    Check { claim: "tauri and the keychain stay in the shell", find: crates::shell_only },
    Check {
        claim: "secrets lie in stores that outlive a restart, one per system",
        find: crates::keychain_stores,
    },
    Check { claim: "only the ledger has a database", find: crates::database },
    Check { claim: "only the LigdiCash client has an HTTP client", find: crates::http },
    Check { claim: "the rules depend on nothing that waits or does I/O", find: crates::pure_rules },
    Check {
        claim: "every crate takes the workspace's lints, and they forbid unsafe code",
        find: crates::lints,
    },
    Check {
        claim: "only the proof switches faults on, and no crate of the till's window does",
        find: crates::planted_faults,
    },
    Check { claim: "the rules have no clock, no randomness, no I/O", find: source::impure_rules },
    Check { claim: "SQL is written in the ledger only", find: source::sql_outside_the_ledger },
    Check {
        claim: "the ledger never changes or removes a row of what only grows",
        find: source::ledger_rewrites,
    },
    Check { claim: "a payment's event is emitted after its commit", find: source::events_before_commit },
    Check {
        claim: "the system decides which certificates are trusted, and nobody else",
        find: source::trust_beside_the_system,
    },
    Check { claim: "no match over payment states has a wildcard arm", find: states::wildcard_arms },
    Check { claim: "no secret stands in a type that prints or serialises it", find: secrets::leaky_types },
    Check { claim: "only ui/src/lib/backend.ts talks to Tauri", find: page::tauri_imports },
    Check { claim: "the page does no arithmetic with money", find: page::money_arithmetic },
    Check { claim: "the page may load and run only what the till brings", find: config::content_policy },
    Check {
        claim: "the page may listen to the till's event, ask for the till's commands, and nothing more",
        find: config::capabilities,
    },
    Check { claim: "program, permission and page have the same commands", find: config::commands },
    Check { claim: "no command reaches the till without naming a right", find: rights::unasked },
    Check {
        claim: "the window has its border: no leaving, no second window, no download",
        find: config::border,
    },
    Check {
        claim: "the page's packages come by hash and run nothing when installed",
        find: supply::page_packages,
    },
    Check {
        claim: "workflows name foreign actions by hash, and only a release's last job may write",
        find: supply::workflows,
    },
    Check { claim: "packages have one version and one identity", find: packages::identity },
    Check { claim: "no private key lies in the checkout", find: packages::private_keys },
    Check { claim: "no file names a place on somebody's machine", find: machine::places },
    Check { claim: "a document names no test that does not exist", find: named_tests::missing },
];

/// Runs every check, each counted as one test.
///
/// # Errors
/// When the checkout cannot be read.
pub fn step(workshop: &Workshop, log: &mut Log) -> Result<End, Failure> {
    let project = Project::read(workshop)?;
    let mut counts = Counts::default();
    for check in CHECKS {
        let found = (check.find)(&project);
        log.line(format!("{} {}", if found.is_empty() { "holds " } else { "BROKEN" }, check.claim))?;
        for finding in &found {
            log.line(format!("         {finding}"))?;
        }
        if found.is_empty() {
            counts.passed += 1;
        } else {
            counts.failed += 1;
        }
    }
    if counts.failed == 0 {
        Ok(End::Passed(counts))
    } else {
        Ok(End::Failed(counts, "a sentence of src-tauri/ARCHITECTURE.md does not hold".to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_check_with_nothing_to_look_at_does_not_hold() {
        for check in CHECKS {
            assert!(!(check.find)(&Project::default()).is_empty(), "{}", check.claim);
        }
    }
}
