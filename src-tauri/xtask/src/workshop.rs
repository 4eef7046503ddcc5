//! Owns where things are and which programs are called. Everything starts from the root of the checkout, so that a
//! command does the same from any folder.

use crate::failure::{Failure, While};
use std::{
    env,
    ffi::OsString,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// The checkout, and where cargo builds it.
pub struct Workshop {
    /// Folder of the workspace's Cargo.toml.
    pub root: PathBuf,
    /// Cargo's target folder, wherever the user's configuration puts it.
    pub target: PathBuf,
    /// The cargo that runs us, so that a chosen toolchain stays the chosen one.
    cargo: OsString,
    /// What `cargo metadata` says of our own crates.
    pub metadata: serde_json::Value,
    /// Where the tests in a real window leave their pictures.
    pub screenshots: PathBuf,
}

impl Workshop {
    /// Finds the checkout.
    ///
    /// # Errors
    /// When cargo cannot read the workspace.
    pub fn find() -> Result<Self, Failure> {
        let manifest = env::var_os("CARGO_MANIFEST_DIR")
            .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
        let root = manifest
            .ancestors()
            .nth(2)
            .ok_or_else(|| Failure::new("the checkout's root was not found above src-tauri/xtask"))?
            .to_path_buf();
        let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let output = Command::new(&cargo)
            .args(["metadata", "--no-deps", "--format-version", "1", "--locked"])
            .current_dir(&root)
            .stderr(Stdio::inherit())
            .output()
            .when("cargo metadata")?;
        if !output.status.success() {
            return Err(Failure::new("cargo metadata failed: is Cargo.lock up to date?"));
        }
        let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).when("cargo metadata")?;
        let target = metadata
            .get("target_directory")
            .and_then(serde_json::Value::as_str)
            .map(PathBuf::from)
            .ok_or_else(|| Failure::new("cargo metadata names no target folder"))?;
        let screenshots = env::var_os("ENCAISSE_SCREENSHOTS_DIR")
            .map_or_else(|| target.join("screenshots"), |folder| root.join(PathBuf::from(folder)));
        Ok(Self { root, target, cargo, metadata, screenshots })
    }

    /// A path inside the checkout.
    pub fn path(&self, inside: impl AsRef<Path>) -> PathBuf {
        self.root.join(inside)
    }

    /// The files that git knows or would take, from the root and with `/`; below `folders`, or all.
    ///
    /// # Errors
    /// When this is no checkout of git.
    pub fn files(&self, folders: &[&str]) -> Result<Vec<String>, Failure> {
        let known = ["ls-files", "-z", "--cached", "--others", "--exclude-standard", "--"];
        let output = self.command("git").args(known).args(folders).output().when("git ls-files")?;
        if !output.status.success() {
            return Err(Failure::new("git ls-files failed: this works in a git checkout alone"));
        }
        let names = String::from_utf8_lossy(&output.stdout);
        Ok(names.split('\0').filter(|name| !name.is_empty()).map(str::to_owned).collect())
    }

    /// A program, started at the root, that writes without colours or escape sequences.
    pub fn command(&self, program: impl Into<OsString>) -> Command {
        let mut command = Command::new(program.into());
        command.current_dir(&self.root).env("NO_COLOR", "1").env("CARGO_TERM_COLOR", "never");
        command
    }

    /// Cargo with these arguments.
    pub fn cargo(&self, arguments: &[&str]) -> Command {
        let mut command = self.command(&self.cargo);
        command.args(arguments);
        command
    }

    /// npm in `ui/`, with these arguments.
    pub fn npm(&self, arguments: &[&str]) -> Command {
        let mut command = self.command(if cfg!(windows) { "npm.cmd" } else { "npm" });
        command.current_dir(self.path("ui")).args(arguments);
        command
    }

    /// The Tauri command line that npm installed.
    ///
    /// # Errors
    /// When `ui/node_modules` does not hold it.
    pub fn tauri(&self, arguments: &[&str]) -> Result<Command, Failure> {
        let program =
            self.path("ui/node_modules/.bin").join(if cfg!(windows) { "tauri.cmd" } else { "tauri" });
        if !program.exists() {
            return Err(Failure::new(format!("{} is missing: run `cargo xtask setup`", program.display())));
        }
        let mut command = self.command(program);
        command.args(arguments);
        Ok(command)
    }

    /// The till's program as `cargo build` makes it.
    pub fn till_binary(&self) -> PathBuf {
        self.target.join("debug").join(if cfg!(windows) { "encaisse.exe" } else { "encaisse" })
    }
}

/// Whether a program can be started; its first line of `--version` when it can.
pub fn version_of(command: &mut Command) -> Option<String> {
    let output = command.arg("--version").stderr(Stdio::null()).output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout);
    output.status.success().then(|| text.lines().next().unwrap_or_default().trim().to_owned())
}
