//! Owns where the packages of this version lie, and the one of an older version that they are installed over.

use crate::{
    failure::{Failure, While},
    log::Log,
    workshop::Workshop,
};
use serde_json::Value;
use std::{
    env, fs,
    path::{Path, PathBuf},
};

/// An older package to upgrade over, in place of one that is made from this program under a lower number.
const OLDER_DEB: &str = "ENCAISSE_OLDER_DEB";
/// Lower than any version that was or will be given out.
const OLDER: &str = "0.0.1";

/// Where Tauri leaves packages.
pub fn folder(workshop: &Workshop) -> PathBuf {
    workshop.target.join("release/bundle")
}

/// The version of the packages: the one of tauri.conf.json.
///
/// # Errors
/// When it states none.
pub fn version(workshop: &Workshop) -> Result<String, Failure> {
    let text = fs::read_to_string(workshop.path("tauri.conf.json")).when("tauri.conf.json")?;
    let conf: Value = serde_json::from_str(&text).when("tauri.conf.json")?;
    let version = conf.get("version").and_then(Value::as_str);
    version.map(str::to_owned).ok_or_else(|| Failure::new("tauri.conf.json states no version"))
}

/// The package of `kind` ("deb", "rpm") and `version`.
///
/// # Errors
/// When there is none, or more than one: then nobody knows which one is given out.
pub fn package(workshop: &Workshop, kind: &str, version: &str) -> Result<PathBuf, Failure> {
    let folder = folder(workshop).join(kind);
    let found: Vec<PathBuf> = fs::read_dir(&folder)
        .into_iter()
        .flatten()
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| is_of(path, kind, version))
        .collect();
    match found.as_slice() {
        [one] => Ok(one.clone()),
        [] => Err(Failure(format!(
            "no .{kind} of version {version} lies in {}: run `cargo xtask package` first",
            folder.display()
        ))),
        several => Err(Failure(format!(
            "{} packages of version {version} lie in {}",
            several.len(),
            folder.display()
        ))),
    }
}

fn is_of(path: &Path, kind: &str, version: &str) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    path.extension().is_some_and(|extension| extension == kind)
        && name.split(['_', '-']).any(|part| part == version)
}

/// A package older than this version: the one that `ENCAISSE_OLDER_DEB` names, or this program packed under a lower number.
/// Says which, for people.
///
/// # Errors
/// When it cannot be made.
pub fn older(workshop: &Workshop, kind: &str, log: &mut Log) -> Result<(PathBuf, String), Failure> {
    if let Some(named) = env::var_os(OLDER_DEB).filter(|_| kind == "deb") {
        let path = workshop.path(PathBuf::from(named));
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        return Ok((path, name));
    }
    let number = format!("{{\"version\":\"{OLDER}\"}}");
    // A package of that number may lie here from another day.
    if let Ok(stale) = package(workshop, kind, OLDER) {
        fs::remove_file(&stale).when(stale.display())?;
    }
    let ran = log.run(&mut workshop.tauri(&["bundle", "--ci", "--bundles", kind, "--config", &number])?)?;
    if !ran.succeeded {
        return Err(Failure(format!("no .{kind} could be made under the number {OLDER}")));
    }
    Ok((package(workshop, kind, OLDER)?, format!("{OLDER}, the same program under an older number")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_is_known_by_its_kind_and_its_whole_version() {
        for (name, kind, version) in
            [("Encaisse_0.1.0_amd64.deb", "deb", "0.1.0"), ("Encaisse-0.1.0-1.x86_64.rpm", "rpm", "0.1.0")]
        {
            assert!(is_of(Path::new(name), kind, version), "{name}");
            assert!(!is_of(Path::new(name), kind, "0.1"), "{name}");
            assert!(!is_of(Path::new(name), "msi", version), "{name}");
        }
    }
}
