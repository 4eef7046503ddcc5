//! Owns how cargo is asked to build for the tests: always for the whole workspace and with the same features, so that no
//! dependency is ever built twice because it once was wanted with a feature more. Of ours, what proofs run is optimised;
//! dependencies are the same for all, and Cargo.toml says which of them are worth optimising.

use crate::workshop::Workshop;
use std::{ffi::OsStr, path::Path, process::Command};

/// The recorder under SQLite needs libclang, and cuts the power on Unix systems alone.
const POWER: &str = if cfg!(unix) { "proof/power" } else { "" };

/// Faults on purpose, which can be switched on.
const PLANTED: &str = "proof/planted";

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

/// The same for what only reads the code, faults on purpose included.
pub fn checking(workshop: &Workshop, subcommand: &str) -> Command {
    let mut cargo = workspace(workshop, subcommand);
    cargo.args(["--features", PLANTED]);
    cargo
}

/// The same for what proves: with faults on purpose that can be switched on, and our own crates optimised. Every assertion
/// that development has stays in.
pub fn proving(workshop: &Workshop, subcommand: &str) -> Command {
    let mut cargo = workspace(workshop, subcommand);
    cargo.args(["--features", PLANTED, "--config", "profile.dev.opt-level=1"]);
    cargo
}

/// What follows runs on a screen without a monitor, with a session bus of its own.
pub fn on_a_screen(workshop: &Workshop) -> Command {
    let mut screen = workshop.command("xvfb-run");
    screen.args(["-a", "-s", "-screen 0 1280x860x24", "dbus-run-session", "--"]);
    screen
}

/// The tests in the real window of `program`, which leave their pictures in a folder; `words` are for the test runner.
pub fn window_tests(
    workshop: &Workshop,
    program: impl AsRef<OsStr>,
    pictures: &Path,
    words: &[&str],
) -> Command {
    let mut cargo = workspace(workshop, "test");
    cargo.args(["--no-fail-fast", "--test", WINDOW, "--"]).args(words);
    let mut window = on_a_screen(workshop);
    window.arg(cargo.get_program()).args(cargo.get_args());
    window
        .env("ENCAISSE_BIN", program)
        .env("ENCAISSE_SCREENSHOTS_DIR", pictures)
        // With either of these WebDriver's screenshots hang for ever.
        .env_remove("WEBKIT_DISABLE_DMABUF_RENDERER")
        .env_remove("WEBKIT_DISABLE_COMPOSITING_MODE");
    window
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
