//! Owns the lists of what the program and the page are made of, in CycloneDX: made by the tools that cargo's and npm's own
//! people keep, so that whoever reads them finds what they expect.

use crate::{
    failure::{Failure, While},
    log::Log,
    setup,
    steps::install,
    workshop::Workshop,
};
use serde_json::Value;
use std::fs;

/// The version of cargo-cyclonedx that is asked.
const CYCLONEDX: &str = "0.5.9";
/// What it writes beside each Cargo.toml.
const WRITTEN: &str = "encaisse-sbom";
/// What CycloneDX is written in.
const FORMAT: &str = "1.5";

/// Writes both lists into `target/release/sbom`.
///
/// # Errors
/// When a tool fails, or a list names nothing.
pub fn write(workshop: &Workshop) -> Result<(), Failure> {
    let mut log = Log::create(&workshop.target.join("xtask-logs"), "sbom")?;
    setup::page_packages(workshop, &mut log)?;
    let folder = workshop.target.join("release/sbom");
    fs::create_dir_all(&folder).when(folder.display())?;
    let program = folder.join("encaisse-program.cdx.json");
    fs::write(&program, of_program(workshop, &mut log)?).when(program.display())?;
    let page = folder.join("encaisse-page.cdx.json");
    fs::write(&page, of_page(workshop)?).when(page.display())?;
    for list in [program, page] {
        let text = fs::read_to_string(&list).when(list.display())?;
        println!("FIGURE sbom | {} | {} components", list.display(), components(&text)?);
    }
    Ok(())
}

/// The crates of the program for this system. The tool writes one list beside each of our Cargo.toml; ours are gathered
/// and the checkout is left as it was.
fn of_program(workshop: &Workshop, log: &mut Log) -> Result<String, Failure> {
    // It calls itself by another name than its own, so that only cargo can tell whether it is there.
    let mut tool = workshop.command(install(workshop, log, "cargo-cyclonedx", CYCLONEDX)?);
    tool.args(["cyclonedx", "--format", "json", "--spec-version", FORMAT, "--override-filename", WRITTEN]);
    let ran = log.run(&mut tool)?;
    let name = format!("{WRITTEN}.json");
    let text = fs::read_to_string(workshop.path(&name)).when(&name);
    let members = workshop.metadata.get("packages").and_then(Value::as_array);
    let manifests = members
        .into_iter()
        .flatten()
        .filter_map(|member| member.get("manifest_path").and_then(Value::as_str));
    for beside in manifests.map(|manifest| std::path::Path::new(manifest).with_file_name(&name)) {
        if beside.exists() {
            fs::remove_file(&beside).when(beside.display())?;
        }
    }
    if ran.succeeded { text } else { Err(Failure::new(ran.text)) }
}

/// The packages that the page is built of and with: for npm, Svelte is a tool, and it is in the page.
fn of_page(workshop: &Workshop) -> Result<Vec<u8>, Failure> {
    let mut npm = workshop.npm(&["sbom", "--sbom-format", "cyclonedx", "--package-lock-only"]);
    let output = npm.output().when("npm sbom")?;
    if output.status.success() {
        Ok(output.stdout)
    } else {
        Err(Failure::new(String::from_utf8_lossy(&output.stderr)))
    }
}

/// How many components a list names.
fn components(list: &str) -> Result<usize, Failure> {
    let list: Value = serde_json::from_str(list).when("a list of components")?;
    let is_one = list.get("bomFormat").and_then(Value::as_str) == Some("CycloneDX");
    match list.get("components").and_then(Value::as_array).map(Vec::len) {
        Some(count) if is_one && count > 0 => Ok(count),
        _ => Err(Failure::new("the list of components is empty, or is not CycloneDX")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_that_names_nothing_is_no_list() {
        assert_eq!(components(r#"{"bomFormat": "CycloneDX", "components": [{}, {}]}"#), Ok(2));
        for nothing in
            [r#"{"bomFormat": "CycloneDX", "components": []}"#, r#"{"components": [{}]}"#, "{}", ""]
        {
            assert!(components(nothing).is_err(), "{nothing}");
        }
    }
}
