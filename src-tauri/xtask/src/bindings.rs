//! Owns the page's generated types: made by a test of the shell from `views` and `events.rs`, kept in the checkout,
//! and compared byte for byte so that no stale one survives.

use crate::{
    builds,
    failure::{Failure, While},
    log::Log,
    workshop::Workshop,
};
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

/// Where the page expects them.
pub const KEPT: &str = "ui/src/lib/bindings";

/// File names with their content.
pub type Files = BTreeMap<PathBuf, Vec<u8>>;

/// Has the shell write its types, and returns them.
///
/// # Errors
/// When the shell cannot be built, or wrote nothing.
pub fn generate(workshop: &Workshop, log: &mut Log) -> Result<Files, Failure> {
    let folder = workshop.target.join("xtask-bindings");
    empty(&folder)?;
    let ran = log.run(
        builds::workspace(workshop, "test")
            .args(["--lib", "export_bindings"])
            .env("ENCAISSE_BINDINGS_DIR", &folder)
            .env("TS_RS_EXPORT_DIR", &folder),
    )?;
    if !ran.succeeded {
        return Err(Failure::new("the shell's test `export_bindings` failed"));
    }
    let files = read(&folder)?;
    if files.is_empty() {
        return Err(Failure::new("the shell has no test `export_bindings`, or it wrote nothing"));
    }
    Ok(files)
}

/// Makes the kept types equal to `fresh`, and says what changed.
///
/// # Errors
/// When a file cannot be written.
pub fn keep(workshop: &Workshop, fresh: &Files) -> Result<Vec<String>, Failure> {
    let folder = workshop.path(KEPT);
    fs::create_dir_all(&folder).when(KEPT)?;
    let kept = read(&folder)?;
    for (name, content) in fresh.iter().filter(|(name, content)| kept.get(*name) != Some(content)) {
        let path = folder.join(name);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).when(parent.display())?;
        }
        fs::write(&path, content).when(path.display())?;
    }
    for name in kept.keys().filter(|name| !fresh.contains_key(*name)) {
        let path = folder.join(name);
        fs::remove_file(&path).when(path.display())?;
    }
    Ok(differences(&kept, fresh))
}

/// What is not the same, in words.
pub fn differences(kept: &Files, fresh: &Files) -> Vec<String> {
    let new = fresh.iter().filter_map(|(name, content)| match kept.get(name) {
        None => Some(format!("{} is missing", name.display())),
        Some(old) if old != content => Some(format!("{} is stale", name.display())),
        Some(_) => None,
    });
    let gone = kept.keys().filter(|name| !fresh.contains_key(*name));
    new.chain(gone.map(|name| format!("{} has no type behind it", name.display()))).collect()
}

/// Every file below `folder`.
///
/// # Errors
/// When it cannot be read.
pub fn read(folder: &Path) -> Result<Files, Failure> {
    let mut files = Files::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(&next).when(next.display())? {
            let path = entry.when(next.display())?.path();
            if path.is_dir() {
                folders.push(path);
            } else if let Ok(name) = path.strip_prefix(folder) {
                files.insert(name.to_path_buf(), fs::read(&path).when(path.display())?);
            }
        }
    }
    Ok(files)
}

/// Makes `folder` exist and hold nothing.
///
/// # Errors
/// When it cannot be emptied.
pub fn empty(folder: &Path) -> Result<(), Failure> {
    if folder.exists() {
        fs::remove_dir_all(folder).when(folder.display())?;
    }
    fs::create_dir_all(folder).when(folder.display())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(files: &[(&str, &str)]) -> Files {
        files.iter().map(|(name, content)| (PathBuf::from(name), content.as_bytes().to_vec())).collect()
    }

    #[test]
    fn one_byte_a_missing_file_and_an_orphan_are_all_seen() {
        let fresh = files(&[("A.ts", "a"), ("B.ts", "b"), ("C.ts", "c")]);
        let kept = files(&[("A.ts", "a"), ("B.ts", "b\n"), ("D.ts", "d")]);
        assert_eq!(
            differences(&kept, &fresh),
            ["B.ts is stale", "C.ts is missing", "D.ts has no type behind it"]
        );
        assert!(differences(&fresh, &fresh).is_empty());
    }
}
