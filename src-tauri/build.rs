//! Lets Tauri read its configuration and the list of our commands, and embed the icon.

use std::error::Error;
use tauri_build::{AppManifest, Attributes};

/// What the page may ask for. Without such a list Tauri would let it ask for every command there is.
const COMMANDS: &str = "src-tauri/permissions/*.toml";

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-changed=src-tauri/permissions");
    let commands = AppManifest::new().permissions_path_pattern(COMMANDS);
    Ok(tauri_build::try_build(Attributes::new().app_manifest(commands))?)
}
