//! Owns what may come into a build from outside: the page's packages by hash and from the registry only, no package that
//! runs something while it is installed, and a workflow whose foreign parts are named by what they are, not by a word
//! that somebody can move. Crates are deny.toml's.

use super::project::{Project, nothing_to_look_at};
use serde_json::Value;

const LOCK: &str = "ui/package-lock.json";
const SETTINGS: &str = "ui/.npmrc";
const WORKFLOWS: &str = ".github/workflows/";
/// The one workflow that may sign and write.
const RELEASE: &str = ".github/workflows/release.yml";
/// What makes a job run what we, or those whose code we use, wrote.
const RUNS_OURS: &[&str] = &["actions/checkout@", "cargo ", "npm ", ".ci/"];
const HASH_DIGITS: usize = 40;

pub fn page_packages(project: &Project) -> Vec<String> {
    let text =
        |path: &str| project.files.iter().find(|file| file.path == path).map(|file| file.text.as_str());
    let lock = text(LOCK).and_then(|lock| serde_json::from_str::<Value>(lock).ok());
    let Some(packages) = lock.as_ref().and_then(|lock| lock.get("packages")).and_then(Value::as_object)
    else {
        return nothing_to_look_at("the packages of ui/package-lock.json");
    };
    let mut found = Vec::new();
    let settings = text(SETTINGS).unwrap_or_default();
    if !settings.lines().any(|line| line.trim() == "ignore-scripts=true") {
        found
            .push(format!("{SETTINGS}: ignore-scripts=true is missing: a package could run at installation"));
    }
    for (name, package) in packages.iter().filter(|(name, _)| !name.is_empty()) {
        let mut must = |holds: bool, sentence: &str| {
            if !holds {
                found.push(format!("{LOCK}: {name} {sentence}"));
            }
        };
        let hash = package.get("integrity").and_then(Value::as_str).unwrap_or_default();
        must(hash.starts_with("sha512-"), "has no sha512");
        must(package.get("resolved").is_none(), "names a place: it comes from whatever registry is set");
        must(package.get("link").is_none(), "is a link");
        must(package.get("hasInstallScript").is_none(), "wants to run at installation");
        must(name.starts_with("node_modules/"), "lies elsewhere");
        let version = package.get("version").and_then(Value::as_str).unwrap_or_default();
        must(version.starts_with(|c: char| c.is_ascii_digit()), "has no plain version");
    }
    found
}

pub fn workflows(project: &Project) -> Vec<String> {
    let files: Vec<_> = project.files.iter().filter(|file| file.path.starts_with(WORKFLOWS)).collect();
    if files.is_empty() {
        return nothing_to_look_at("workflows");
    }
    let mut found = Vec::new();
    for file in files {
        let mut must = |holds: bool, sentence: &str| {
            if !holds {
                found.push(format!("{}: {sentence}", file.path));
            }
        };
        let lines: Vec<&str> =
            file.text.lines().map(str::trim).filter(|line| !line.starts_with('#')).collect();
        for line in &lines {
            let line = line.trim_start_matches("- ");
            if let Some(action) = line.strip_prefix("uses:") {
                must(is_pinned(action), &format!("{} is not named by its hash", action.trim()));
            }
        }
        must(
            file.text.contains("\npermissions:\n  contents: read\n"),
            "its permissions must be to read contents",
        );
        must(!file.text.contains("write-all"), "it may write nothing");
        must(!file.text.contains("pull_request_target"), "foreign changes must not run with our rights");
        if file.path == RELEASE {
            must(file.text.contains("\non:\n  push:\n    tags:"), "only a tag may begin a release");
            for (name, job) in jobs(&file.text) {
                let (writes, knows) = (writes(job), job.contains("${{ secrets."));
                let runs_ours = RUNS_OURS.iter().any(|word| job.contains(word));
                must(!(writes && runs_ours), &format!("{name} may write, so it must run no code of ours"));
                must(!(writes && knows), &format!("{name} may write, so it must know no secret"));
                must(!knows || is_careful(job), &format!("{name} knows a secret where something is built"));
            }
        } else {
            must(!writes(&file.text), "it may write nothing");
            must(!file.text.contains("${{ secrets."), "it needs no secret");
        }
        let checkouts = lines.iter().filter(|line| line.contains("uses: actions/checkout@")).count();
        let kept = lines.iter().filter(|line| **line == "persist-credentials: false").count();
        must(checkouts == kept, "a checkout must not leave its key behind");
    }
    found
}

fn writes(text: &str) -> bool {
    text.lines().map(str::trim).any(|line| !line.starts_with('#') && line.ends_with(": write"))
}

/// The jobs of a workflow, by name.
fn jobs(workflow: &str) -> Vec<(&str, &str)> {
    let Some((_, jobs)) = workflow.split_once("\njobs:\n") else { return Vec::new() };
    let is_name =
        |line: &str| line.starts_with("  ") && !line.starts_with("   ") && line.trim_end().ends_with(':');
    let mut found = Vec::new();
    let mut rest = jobs;
    while let Some(line) = rest.lines().next() {
        let after = &rest[line.len()..];
        let next = after
            .match_indices('\n')
            .map(|(at, _)| at + 1)
            .find(|at| is_name(after[*at..].lines().next().unwrap_or_default()));
        let (body, following) = after.split_at(next.unwrap_or(after.len()));
        found.push((line.trim().trim_end_matches(':'), body));
        rest = following;
    }
    found
}

/// A person is asked first, secrets are named in one step alone, and that step builds and installs nothing.
fn is_careful(job: &str) -> bool {
    let knowing: Vec<&str> = job.split("\n      - ").filter(|step| step.contains("${{ secrets.")).collect();
    let [step] = knowing.as_slice() else { return false };
    job.contains("\n    environment: release\n")
        && step.contains("\n        run: cargo xtask release ")
        && !step.contains("run: |")
        && job
            .find("cargo build --locked -p xtask")
            .is_some_and(|built| job.find(step).is_some_and(|at| built < at))
}

/// `owner/name@` and forty hexadecimal digits, with a word for people behind it.
fn is_pinned(action: &str) -> bool {
    let name = action.split('#').next().unwrap_or_default().trim();
    let hash = name.rsplit_once('@').map(|(_, hash)| hash).unwrap_or_default();
    hash.len() == HASH_DIGITS && hash.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::architecture::project::planted;

    const SHA: &str = "11bd71901bbe5b1630ceea73d27597364c9af683";

    fn lock(package: &str) -> String {
        format!("{{\"packages\": {{\"\": {{}}, {package}}}}}")
    }

    #[test]
    fn every_loose_package_is_found() {
        let good = lock("\"node_modules/a\": {\"version\": \"1.0.0\", \"integrity\": \"sha512-x\"}");
        let look = |lock: &str, settings: &str| {
            page_packages(&planted::files(&[(LOCK, lock), (SETTINGS, settings)]))
        };
        assert!(look(&good, "# why\nignore-scripts=true\n").is_empty());
        assert_eq!(look(&good, "ignore-scripts=false").len(), 1);
        for package in [
            "\"node_modules/a\": {\"version\": \"1.0.0\"}",
            "\"node_modules/a\": {\"version\": \"1.0.0\", \"integrity\": \"sha1-x\"}",
            "\"node_modules/a\": {\"version\": \"git+ssh://x\", \"integrity\": \"sha512-x\"}",
            "\"node_modules/a\": {\"version\": \"1.0.0\", \"integrity\": \"sha512-x\", \"resolved\": \"http://x/a.tgz\"}",
            "\"node_modules/a\": {\"version\": \"1.0.0\", \"integrity\": \"sha512-x\", \"link\": true}",
            "\"node_modules/a\": {\"version\": \"1.0.0\", \"integrity\": \"sha512-x\", \"hasInstallScript\": true}",
            "\"../a\": {\"version\": \"1.0.0\", \"integrity\": \"sha512-x\"}",
        ] {
            assert_eq!(look(&lock(package), "ignore-scripts=true").len(), 1, "{package}");
        }
    }

    #[test]
    fn every_loose_workflow_is_found() {
        let good = format!(
            "on: push\npermissions:\n  contents: read\njobs:\n  - uses: actions/checkout@{SHA} # v4\n    with:\n      persist-credentials: false\n"
        );
        let look = |text: &str| workflows(&planted::files(&[(".github/workflows/x.yml", text)]));
        assert!(look(&good).is_empty(), "{:?}", look(&good));
        for (from, to) in [
            (SHA, "v4"),
            (SHA, "11bd719"),
            ("contents: read", "contents: write"),
            ("permissions:\n  contents: read\n", ""),
            ("on: push", "on: pull_request_target"),
            ("on: push", "on: push\nenv:\n  X: ${{ secrets.X }}"),
            ("      persist-credentials: false\n", ""),
        ] {
            assert!(!look(&good.replace(from, to)).is_empty(), "{from} to {to}");
        }
    }

    const GOOD_RELEASE: &str = "
on:
  push:
    tags: [\"v*\"]

permissions:
  contents: read

jobs:
  build:
    steps:
      - uses: actions/checkout@SHA # v4
        with:
          persist-credentials: false
      - run: cargo xtask package
  sign:
    environment: release
    steps:
      - run: cargo build --locked -p xtask
      - name: sign
        env:
          KEY: ${{ secrets.KEY }}
        run: cargo xtask release out
  publish:
    permissions:
      contents: write
    steps:
      - run: gh release create
";

    #[test]
    fn a_release_keeps_building_signing_and_writing_apart() {
        let good = GOOD_RELEASE.replace("SHA", SHA);
        let look = |text: &str| workflows(&planted::files(&[(RELEASE, text)]));
        assert!(look(&good).is_empty(), "{:?}", look(&good));
        for (from, to) in [
            ("    tags: [\"v*\"]", "    branches: [main]"),
            ("      - run: gh release create", "      - run: cargo xtask package && gh release create"),
            ("      - run: gh release create", "      - run: gh release create ${{ secrets.KEY }}"),
            ("    environment: release\n", ""),
            ("        run: cargo xtask release out", "        run: npm ci && cargo xtask release out"),
            ("      - run: cargo build --locked -p xtask\n", ""),
            ("      - run: cargo xtask package", "      - run: cargo xtask package ${{ secrets.KEY }}"),
            ("  sign:\n", "  sign:\n    permissions:\n      contents: write\n"),
            ("permissions:\n  contents: read\n", "permissions:\n  contents: write\n"),
        ] {
            assert!(good.contains(from), "{from}");
            assert!(!look(&good.replacen(from, to, 1)).is_empty(), "{from} to {to}");
        }
        assert!(!workflows(&planted::files(&[(".github/workflows/x.yml", good.as_str())])).is_empty());
    }
}
