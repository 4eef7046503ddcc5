//! Owns how cargo is asked to build for the tests: always for the whole workspace and with the same features, so that no
//! dependency is ever built twice because it once was wanted with a feature more. Of ours, what proofs run is optimised;
//! dependencies are the same for all, and Cargo.toml says which of them are worth optimising.

use crate::workshop::Workshop;
use std::process::Command;

/// The recorder under SQLite needs libclang, and cuts the power on Unix systems alone.
const POWER: &str = if cfg!(unix) { "proof/power" } else { "" };

/// The targets of tests that steps of their own build or run: the real window, and the model of the ledger.
const APART: [&str; 2] = [WINDOW, MODEL];
/// The real window.
pub const WINDOW: &str = "window";
/// Ten thousand random stories.
pub const MODEL: &str = "model";

/// `cargo build` or `cargo test` over the workspace; which targets, the caller says.
pub fn workspace(workshop: &Workshop, subcommand: &str) -> Command {
    let mut cargo = workshop.cargo(&[subcommand, "--workspace", "--locked"]);
    cargo.args(["--features", POWER]);
    cargo
}

/// The same for what proves: with faults on purpose that can be switched on, and our own crates optimised. Every assertion
/// that development has stays in.
pub fn proving(workshop: &Workshop, subcommand: &str) -> Command {
    let mut cargo = workspace(workshop, subcommand);
    cargo.args(["--features", "proof/planted", "--config", "profile.dev.opt-level=2"]);
    cargo
}

/// The targets of tests that `cargo test` runs as they are, by name.
pub fn plain_tests(workshop: &Workshop) -> Vec<String> {
    let targets = |package: &serde_json::Value| package.get("targets").and_then(|t| t.as_array().cloned());
    let mut names: Vec<String> = workshop
        .metadata
        .get("packages")
        .and_then(serde_json::Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(targets)
        .flatten()
        .filter(|target| target.pointer("/kind/0").is_some_and(|kind| kind == "test"))
        .filter_map(|target| target.get("name")?.as_str().map(str::to_owned))
        .filter(|name| !APART.contains(&name.as_str()))
        .collect();
    names.sort();
    names.dedup();
    names
}
