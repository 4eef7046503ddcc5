//! Owns the tables of docs/platforms.md: which crates each system gets, and which lines of ours are compiled on one system
//! and not on another. They are made from what cargo resolves and from the sources, so that they stay true; what was run
//! where is written by hand around them.

use crate::{
    failure::{Failure, While},
    workshop::Workshop,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    fs,
    path::Path,
};

const DOCUMENT: &str = "docs/platforms.md";
const BEGIN: &str = "<!-- made by `cargo xtask platforms` -->\n";
const END: &str = "<!-- end of what is made -->\n";

/// The systems the till is built for.
const TARGETS: &[(&str, &str)] = &[
    ("Linux", "x86_64-unknown-linux-gnu"),
    ("Linux", "aarch64-unknown-linux-gnu"),
    ("Windows", "x86_64-pc-windows-msvc"),
    ("macOS", "x86_64-apple-darwin"),
    ("macOS", "aarch64-apple-darwin"),
];

/// Where the sources of the till are; the tools run on the machine of whoever changes it.
const SOURCES: &[&str] = &["src-tauri/src", "src-tauri/crates"];
/// Crates that are tools.
const TOOLS: &[&str] = &["src-tauri/crates/e2e", "src-tauri/crates/floor", "src-tauri/crates/proof"];

/// Makes the tables and puts them into the document, or compares them with what stands there.
///
/// # Errors
/// When cargo cannot resolve a system, the document has no place for them, or it says something else.
pub fn table(workshop: &Workshop, only_compares: bool) -> Result<(), Failure> {
    let path = workshop.path(DOCUMENT);
    let stands = fs::read_to_string(&path).when(DOCUMENT)?;
    let made = put(&stands, &format!("{}\n{}", crates(workshop)?, parts(workshop)?))?;
    if made == stands {
        println!("{DOCUMENT} says what each system gets");
        return Ok(());
    }
    if only_compares {
        return Err(Failure(format!("{DOCUMENT} is not current: run `cargo xtask platforms`")));
    }
    fs::write(&path, made).when(DOCUMENT)?;
    println!("{DOCUMENT} was renewed");
    Ok(())
}

fn put(document: &str, tables: &str) -> Result<String, Failure> {
    let place = || Failure(format!("{DOCUMENT} has no place for the tables"));
    let (before, rest) = document.split_once(BEGIN).ok_or_else(place)?;
    let (_, after) = rest.split_once(END).ok_or_else(place)?;
    Ok(format!("{before}{BEGIN}\n{tables}\n{END}{after}"))
}

type Resolved = Vec<(&'static str, &'static str, BTreeSet<String>)>;

fn crates(workshop: &Workshop) -> Result<String, Failure> {
    let mut resolved = Vec::new();
    for (system, target) in TARGETS {
        let arguments =
            ["tree", "--locked", "-p", "encaisse", "--target", target, "-e", "normal", "--prefix", "none"];
        let output = workshop.cargo(&arguments).output().when("cargo tree")?;
        if !output.status.success() {
            return Err(Failure::new(String::from_utf8_lossy(&output.stderr)));
        }
        resolved.push((*system, *target, names(&String::from_utf8_lossy(&output.stdout))));
    }
    Ok(told(&resolved))
}

/// Names and versions of `cargo tree` without its lines; what it saw before it marks with `(*)`.
fn names(tree: &str) -> BTreeSet<String> {
    let name = |line: &str| {
        let mut words = line.split(' ');
        Some(format!("{} {}", words.next()?, words.next()?.trim_start_matches('v')))
    };
    tree.lines().filter(|line| !line.is_empty()).filter_map(name).collect()
}

fn told(resolved: &Resolved) -> String {
    let everywhere = resolved
        .iter()
        .map(|(_, _, crates)| crates.clone())
        .reduce(|all, one| &all & &one)
        .unwrap_or_default();
    let mut text =
        String::from("| system | target | crates | not on every system |\n| --- | --- | --- | --- |\n");
    for (system, target, crates) in resolved {
        let _ = writeln!(
            text,
            "| {system} | `{target}` | {} | {} |",
            crates.len(),
            crates.len() - everywhere.len()
        );
    }
    let mut systems: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for (system, _, crates) in resolved {
        systems.entry(system).or_default().extend(crates.iter().cloned());
    }
    let _ = writeln!(
        text,
        "\n{} crates are the same on all of them. On one system alone, by name:\n",
        everywhere.len()
    );
    for (system, crates) in &systems {
        let elsewhere: BTreeSet<&String> =
            systems.iter().filter(|(other, _)| *other != system).flat_map(|(_, crates)| crates).collect();
        let alone: BTreeSet<&str> = crates
            .iter()
            .filter(|one| !elsewhere.contains(one))
            .map(|one| one.split(' ').next().unwrap_or_default())
            .collect();
        let alone: Vec<&str> = alone.into_iter().collect();
        let _ = writeln!(text, "- **{system}** ({}): {}", alone.len(), alone.join(", "));
    }
    text
}

fn parts(workshop: &Workshop) -> Result<String, Failure> {
    let mut found = Vec::new();
    for folder in SOURCES {
        walk(&workshop.path(folder), &workshop.root, &mut found)?;
    }
    found.sort();
    if found.is_empty() {
        return Err(Failure::new("no part of the code is for one system alone: were the sources moved?"));
    }
    let mut text = String::from("| file | compiled where | lines |\n| --- | --- | --- |\n");
    let mut lines = 0;
    for (file, condition, count) in &found {
        let _ = writeln!(text, "| `{file}` | `{condition}` | {count} |");
        lines += count;
    }
    let _ = write!(text, "\n{} parts, {lines} lines in all.", found.len());
    text.push('\n');
    Ok(text)
}

type Part = (String, String, usize);

fn walk(folder: &Path, root: &Path, found: &mut Vec<Part>) -> Result<(), Failure> {
    for entry in fs::read_dir(folder).when(folder.display())? {
        let path = entry.when(folder.display())?.path();
        let inside = path.strip_prefix(root).unwrap_or(&path).to_string_lossy().replace('\\', "/");
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if path.is_dir() {
            if !TOOLS.contains(&inside.as_str()) && !matches!(name.as_ref(), "tests" | "benches") {
                walk(&path, root, found)?;
            }
        } else if path.extension().is_some_and(|extension| extension == "rs") && name != "tests.rs" {
            let text = fs::read_to_string(&path).when(path.display())?;
            found.extend(
                parts_of(&text).into_iter().map(|(condition, lines)| (inside.clone(), condition, lines)),
            );
        }
    }
    Ok(())
}

/// Items that are compiled on some systems only, with their lines, in code that is formatted: an item ends at the first
/// line that is no deeper than its attribute and closes it. What stands behind the tests' module is not the till.
fn parts_of(text: &str) -> Vec<(String, usize)> {
    let lines: Vec<&str> = text.lines().take_while(|line| *line != "#[cfg(test)]").collect();
    let mut found = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        let code = line.trim_start();
        let depth = line.len() - code.len();
        if let Some(condition) = code.strip_prefix("#![cfg_attr(").or_else(|| code.strip_prefix("#![cfg(")) {
            found.extend(
                is_of_a_system(condition).then(|| (condition.trim_end_matches([']', ')']).to_owned(), 1)),
            );
        } else if let Some(condition) = code.strip_prefix("#[cfg(").map(|rest| rest.trim_end_matches(")]")) {
            let ends = |line: &&str| {
                let inner = line.trim_start();
                line.len() - inner.len() <= depth && (inner.ends_with([';', '}', ',']))
            };
            let length = lines.iter().skip(at + 1).position(ends).map_or(1, |length| length + 1);
            found.extend(is_of_a_system(condition).then(|| (condition.to_owned(), length)));
        } else if let Some((_, rest)) = code.split_once("cfg!(") {
            let condition = rest.split(')').next().unwrap_or_default();
            found.extend(
                (!code.starts_with("//") && is_of_a_system(condition)).then(|| (condition.to_owned(), 1)),
            );
        }
    }
    found
}

fn is_of_a_system(condition: &str) -> bool {
    ["windows", "unix", "target_os", "target_family", "target_arch"]
        .iter()
        .any(|word| condition.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_on_one_system_alone_is_named() {
        let set = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect::<BTreeSet<_>>();
        let told = told(&vec![
            ("Linux", "l", set(&["serde 1", "gtk 0.18", "both 1"])),
            ("Windows", "w", set(&["serde 1", "windows 0.6", "both 1"])),
            ("macOS", "m", set(&["serde 1", "objc2 0.6"])),
        ]);
        assert!(told.contains("| Linux | `l` | 3 | 2 |"), "{told}");
        assert!(
            told.contains("1 crates are the same") && told.contains("- **Windows** (1): windows\n"),
            "{told}"
        );
    }

    #[test]
    fn a_tree_is_read_without_its_marks_and_repeats() {
        assert_eq!(names("a v1.0.0 (/x)\n\nb v2.0.0\nb v2.0.0 (*)\n").len(), 2);
    }

    #[test]
    fn an_item_of_one_system_is_measured_to_its_end_and_the_tests_are_left_out() {
        let code = "#[cfg(unix)]\nfn one() {\n    two();\n}\n\nfn x() {\n    #[cfg(not(unix))]\n    let _ = path;\n    if cfg!(windows) {}\n}\n\
                    #[cfg(feature = \"x\")]\nfn y() {}\n#[cfg(test)]\nmod tests {\n    #[cfg(unix)]\n    fn z() {}\n}\n";
        let found = parts_of(code);
        assert_eq!(found, [("unix".to_owned(), 3), ("not(unix)".to_owned(), 1), ("windows".to_owned(), 1)]);
    }

    #[test]
    fn a_document_without_a_place_for_the_tables_is_refused() {
        let document = format!("before\n{BEGIN}old\n{END}after\n");
        assert_eq!(put(&document, "new"), Ok(format!("before\n{BEGIN}\nnew\n{END}after\n")));
        assert!(put("before\nafter\n", "new").is_err());
    }
}
