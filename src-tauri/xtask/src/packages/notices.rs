//! Owns the licences of what the program is linked with: their texts must lie beside it. Read from the very sources that
//! cargo built from; what comes without a text is named with its licence.

use crate::{
    failure::{Failure, While},
    workshop::Workshop,
};
use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    fs,
    path::Path,
};

/// Beginnings of the names of such files.
const NAMES: &[&str] = &["license", "licence", "copying", "notice", "unlicense"];

/// What of the page's packages ends in the built page.
const PAGE: &[&str] = &["@fontsource-variable/figtree", "@tauri-apps/api", "clsx", "esm-env", "svelte"];

/// All notices as one text.
///
/// # Errors
/// When cargo's answer or a licence cannot be read, or a package of the page is not there.
pub fn collect(workshop: &Workshop) -> Result<String, Failure> {
    let host = host(workshop)?;
    let arguments = ["metadata", "--format-version", "1", "--locked", "--filter-platform", &host];
    let output = workshop.cargo(&arguments).output().when("cargo metadata")?;
    let metadata: Value = serde_json::from_slice(&output.stdout).when("cargo metadata")?;
    let mut texts: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut without: BTreeSet<String> = BTreeSet::new();
    for package in linked(&metadata)? {
        let found = texts_of(Path::new(&package.folder))?;
        if found.is_empty() {
            without.insert(package.title.clone());
        }
        for text in found {
            texts.entry(text).or_default().insert(package.title.clone());
        }
    }
    for name in PAGE {
        let folder = workshop.path("ui/node_modules").join(name);
        let found = texts_of(&folder)?;
        if found.is_empty() {
            return Err(Failure(format!("{} has no licence to go with the page", folder.display())));
        }
        for text in found {
            texts.entry(text).or_default().insert(format!("{name} (page)"));
        }
    }
    let fonts = workshop.path("src-tauri/crates/documents/fonts/OFL.txt");
    let text = fs::read_to_string(&fonts).when(fonts.display())?;
    texts.entry(text).or_default().insert("Noto Sans, Noto Sans Mono (fonts)".to_owned());
    Ok(written(&texts, &without))
}

fn host(workshop: &Workshop) -> Result<String, Failure> {
    let output = workshop.command("rustc").arg("-vV").output().when("rustc -vV")?;
    let text = String::from_utf8_lossy(&output.stdout);
    let host = text.lines().find_map(|line| line.strip_prefix("host: "));
    host.map(str::to_owned).ok_or_else(|| Failure::new("rustc does not say what it builds for"))
}

#[derive(Debug, PartialEq, Eq)]
struct Linked {
    title: String,
    folder: String,
}

/// Every crate that the program is built of and that is not ours, from `cargo metadata`. What only builds or tests it is
/// not in it.
fn linked(metadata: &Value) -> Result<Vec<Linked>, Failure> {
    let list = |pointer: &str| {
        metadata
            .pointer(pointer)
            .and_then(Value::as_array)
            .ok_or_else(|| Failure(format!("cargo metadata: no {pointer}")))
    };
    let text =
        |value: &Value, key: &str| value.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    let packages: BTreeMap<String, &Value> =
        list("/packages")?.iter().map(|package| (text(package, "id"), package)).collect();
    let nodes: BTreeMap<String, &Value> =
        list("/resolve/nodes")?.iter().map(|node| (text(node, "id"), node)).collect();
    let program = packages.iter().find(|(_, package)| text(package, "name") == "encaisse");
    let mut open: Vec<String> = program.map(|(id, _)| id.clone()).into_iter().collect();
    let mut seen: BTreeSet<String> = BTreeSet::new();
    while let Some(id) = open.pop() {
        if !seen.insert(id.clone()) {
            continue;
        }
        let dependencies = nodes.get(&id).and_then(|node| node.get("deps")).and_then(Value::as_array);
        for dependency in dependencies.into_iter().flatten() {
            let kinds = dependency.get("dep_kinds").and_then(Value::as_array);
            let is_linked =
                kinds.into_iter().flatten().any(|kind| kind.get("kind").is_none_or(Value::is_null));
            if is_linked {
                open.push(text(dependency, "pkg"));
            }
        }
    }
    let theirs = seen
        .iter()
        .filter_map(|id| packages.get(id))
        .filter(|package| !package.get("source").is_none_or(Value::is_null));
    let found: Vec<Linked> = theirs
        .map(|package| {
            let manifest = text(package, "manifest_path");
            let folder = Path::new(&manifest)
                .parent()
                .map(|folder| folder.to_string_lossy().into_owned())
                .unwrap_or_default();
            let title = format!(
                "{} {} ({})",
                text(package, "name"),
                text(package, "version"),
                text(package, "license")
            );
            Linked { title, folder }
        })
        .collect();
    if found.is_empty() {
        Err(Failure::new("cargo metadata: the program is linked with nothing"))
    } else {
        Ok(found)
    }
}

fn texts_of(folder: &Path) -> Result<BTreeSet<String>, Failure> {
    let mut found = BTreeSet::new();
    for entry in fs::read_dir(folder).when(folder.display())? {
        let path = entry.when(folder.display())?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
        // A text in another encoding is a licence all the same.
        if path.is_file() && NAMES.iter().any(|start| name.starts_with(start)) {
            let bytes = fs::read(&path).when(path.display())?;
            found.insert(String::from_utf8_lossy(&bytes).replace("\r\n", "\n").trim().to_owned());
        }
    }
    Ok(found)
}

fn written(texts: &BTreeMap<String, BTreeSet<String>>, without: &BTreeSet<String>) -> String {
    let mut text = String::from("Encaisse is built with what follows, each under its own licence.\n");
    for (licence, packages) in texts {
        let names: Vec<&str> = packages.iter().map(String::as_str).collect();
        let _ = write!(text, "\n{}\n{}\n\n{licence}\n", "=".repeat(80), names.join("\n"));
    }
    if !without.is_empty() {
        let _ = write!(
            text,
            "\n{}\nWithout a text of their own, under the licence that each names:\n",
            "=".repeat(80)
        );
        for package in without {
            let _ = writeln!(text, "{package}");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_is_linked_is_followed_and_what_only_builds_or_tests_is_not() {
        let package = |name: &str, source: Value| {
            json!({"id": name, "name": name, "version": "1.0.0", "license": "MIT", "source": source,
                "manifest_path": format!("/r/{name}/Cargo.toml")})
        };
        let registry = || json!("registry+x");
        let needs = |on: &str, kind: Value| json!({"pkg": on, "dep_kinds": [{"kind": kind}]});
        let metadata = json!({
            "packages": [package("encaisse", json!(null)), package("domain", json!(null)), package("deep", registry()),
                package("builds", registry()), package("tests", registry()), package("unused", registry())],
            "resolve": {"nodes": [
                {"id": "encaisse", "deps": [needs("domain", json!(null)), needs("builds", json!("build")), needs("tests", json!("dev"))]},
                {"id": "domain", "deps": [needs("deep", json!(null))]},
                {"id": "deep", "deps": []}]},
        });
        let found = linked(&metadata).unwrap();
        assert_eq!(found, [Linked { title: "deep 1.0.0 (MIT)".to_owned(), folder: "/r/deep".to_owned() }]);
        assert!(linked(&json!({"packages": [], "resolve": {"nodes": []}})).is_err());
    }

    #[test]
    fn one_text_names_everything_that_is_under_it() {
        let both = BTreeSet::from(["a 1".to_owned(), "b 2".to_owned()]);
        let text = written(
            &BTreeMap::from([("Do as you like.".to_owned(), both)]),
            &BTreeSet::from(["c 3 (MIT)".to_owned()]),
        );
        assert_eq!(text.matches("Do as you like.").count(), 1);
        assert!(text.contains("a 1\nb 2\n") && text.contains("c 3 (MIT)"), "{text}");
    }
}
