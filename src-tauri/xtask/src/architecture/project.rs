//! Owns what the checks look at: our crates as cargo sees them, tauri.conf.json, and every text file that git knows or
//! would take.

use super::scan::Scanned;
use crate::{
    failure::{Failure, While},
    workshop::Workshop,
};
use serde_json::Value;
use std::fs;

/// The project, read once.
#[derive(Debug, Default)]
pub struct Project {
    /// Text files of the checkout.
    pub files: Vec<TextFile>,
    /// Our crates.
    pub crates: Vec<Crate>,
    /// tauri.conf.json.
    pub tauri_conf: Value,
    /// Places of this very machine that no file may name: the checkout and the user's home.
    pub private_places: Vec<String>,
}

/// A file and its text.
#[derive(Debug, Clone)]
pub struct TextFile {
    /// From the root, with `/`.
    pub path: String,
    /// Its content.
    pub text: String,
}

/// A workspace member.
#[derive(Debug, Clone, Default)]
pub struct Crate {
    /// Its name.
    pub name: String,
    /// Its Cargo.toml, from the root.
    pub manifest: String,
    /// What it names in its manifest, for any system.
    pub dependencies: Vec<Dependency>,
}

/// One direct dependency.
#[derive(Debug, Clone)]
pub struct Dependency {
    /// The name it is published under, whatever it is renamed to.
    pub name: String,
    /// What for.
    pub kind: Kind,
}

/// What a dependency is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The crate itself.
    Normal,
    /// Its build script.
    Build,
    /// Its tests.
    Dev,
}

impl Project {
    /// Reads the checkout.
    ///
    /// # Errors
    /// When git, cargo's answer or tauri.conf.json cannot be read.
    pub fn read(workshop: &Workshop) -> Result<Self, Failure> {
        let conf = fs::read_to_string(workshop.path("tauri.conf.json")).when("tauri.conf.json")?;
        let home = std::env::var("HOME").or_else(|_| std::env::var("USERPROFILE")).unwrap_or_default();
        let root = workshop.root.to_string_lossy().into_owned();
        Ok(Self {
            files: files(workshop)?,
            crates: crates(&workshop.metadata, &root)?,
            tauri_conf: serde_json::from_str(&conf).when("tauri.conf.json")?,
            private_places: [root, home]
                .into_iter()
                .filter(|place| place.matches(['/', '\\']).count() > 1)
                .collect(),
        })
    }

    /// Rust files that are part of what is delivered, below any of `folders`, taken apart.
    pub fn rust(&self, folders: &[&str]) -> Vec<(&str, Scanned)> {
        self.files
            .iter()
            .filter(|file| file.path.ends_with(".rs") && !is_test_file(&file.path))
            .filter(|file| folders.iter().any(|folder| file.path.starts_with(folder)))
            .map(|file| (file.path.as_str(), Scanned::new(&file.text)))
            .collect()
    }
}

/// Where the code of the till itself is. The simulator and the tools are not the till.
pub const TILL_SOURCES: &[&str] = &[
    "src-tauri/src/",
    "src-tauri/crates/domain/src/",
    "src-tauri/crates/ledger/src/",
    "src-tauri/crates/ligdicash/src/",
    "src-tauri/crates/documents/src/",
    "src-tauri/crates/till/src/",
];

/// What a check says when there was nothing to look at: a moved folder must not make it hold for ever.
pub fn nothing_to_look_at(what: &str) -> Vec<String> {
    vec![format!("nothing to look at: {what} not found")]
}

fn is_test_file(path: &str) -> bool {
    let mut parts = path.rsplit('/');
    let stem = parts.next().unwrap_or_default().trim_end_matches(".rs");
    stem == "tests" || stem.ends_with("_tests") || parts.any(|folder| matches!(folder, "tests" | "benches"))
}

fn files(workshop: &Workshop) -> Result<Vec<TextFile>, Failure> {
    // What is not UTF-8 is a picture; what is not there was just deleted.
    let read = workshop.files(&[])?.into_iter().filter_map(|path| {
        let text = fs::read_to_string(workshop.path(&path)).ok()?;
        Some(TextFile { path, text })
    });
    Ok(read.collect())
}

fn crates(metadata: &Value, root: &str) -> Result<Vec<Crate>, Failure> {
    let packages = metadata
        .get("packages")
        .and_then(Value::as_array)
        .ok_or_else(|| Failure::new("cargo metadata names no packages"))?;
    let text =
        |value: &Value, name: &str| value.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let dependency = |value: &Value| Dependency {
        name: text(value, "name"),
        kind: match text(value, "kind").as_str() {
            "dev" => Kind::Dev,
            "build" => Kind::Build,
            _ => Kind::Normal,
        },
    };
    let read = packages.iter().map(|package| Crate {
        name: text(package, "name"),
        manifest: text(package, "manifest_path")
            .trim_start_matches(root)
            .replace('\\', "/")
            .trim_start_matches('/')
            .to_owned(),
        dependencies: package
            .get("dependencies")
            .and_then(Value::as_array)
            .map(|all| all.iter().map(dependency).collect())
            .unwrap_or_default(),
    });
    Ok(read.collect())
}

#[cfg(test)]
pub mod planted {
    //! Small projects for the tests of the checks.

    use super::*;

    /// A project with these files.
    pub fn files(files: &[(&str, &str)]) -> Project {
        Project {
            files: files
                .iter()
                .map(|&(path, text)| TextFile { path: path.to_owned(), text: text.to_owned() })
                .collect(),
            ..Project::default()
        }
    }

    /// A project with these crates, each with its dependencies as `name`, `dev:name` or `build:name`.
    pub fn crates(crates: &[(&str, &[&str])]) -> Project {
        let dependency = |word: &&str| match word.split_once(':') {
            Some(("dev", name)) => Dependency { name: name.to_owned(), kind: Kind::Dev },
            Some(("build", name)) => Dependency { name: name.to_owned(), kind: Kind::Build },
            Some(_) | None => Dependency { name: (*word).to_owned(), kind: Kind::Normal },
        };
        Project {
            crates: crates
                .iter()
                .map(|(name, dependencies)| Crate {
                    name: (*name).to_owned(),
                    manifest: format!("{name}/Cargo.toml"),
                    dependencies: dependencies.iter().map(dependency).collect(),
                })
                .collect(),
            ..Project::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn crates_are_read_from_cargo_with_what_each_dependency_is_for() {
        let metadata: Value = serde_json::from_str(
            r#"{"packages": [{"name": "till", "manifest_path": "/x/y/src-tauri/crates/till/Cargo.toml", "dependencies": [
                {"name": "domain", "kind": null}, {"name": "tempfile", "kind": "dev"}, {"name": "cc", "kind": "build"}]}]}"#,
        )
        .unwrap();
        let crates = crates(&metadata, "/x/y").unwrap();
        assert_eq!(crates[0].manifest, "src-tauri/crates/till/Cargo.toml");
        let kinds: Vec<_> = crates[0].dependencies.iter().map(|d| (d.name.as_str(), d.kind)).collect();
        assert_eq!(kinds, [("domain", Kind::Normal), ("tempfile", Kind::Dev), ("cc", Kind::Build)]);
    }

    #[test]
    fn test_files_are_not_the_till() {
        let project = planted::files(&[
            ("src-tauri/crates/till/src/charge.rs", ""),
            ("src-tauri/crates/till/src/charge/tests.rs", ""),
            ("src-tauri/crates/till/src/tests/a.rs", ""),
            ("src-tauri/crates/till/tests/b.rs", ""),
            ("src-tauri/crates/simulator/src/lib.rs", ""),
            ("ui/src/a.ts", ""),
        ]);
        let paths: Vec<_> = project.rust(TILL_SOURCES).into_iter().map(|(path, _)| path).collect();
        assert_eq!(paths, ["src-tauri/crates/till/src/charge.rs"]);
    }
}
