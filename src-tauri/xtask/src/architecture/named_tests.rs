//! Owns the rule that a document which says what holds something names a test that exists: a promise whose test was
//! renamed or removed must not go on being printed.

use super::project::{Project, TextFile, nothing_to_look_at};
use std::collections::BTreeSet;

/// Documents that promise, and name what holds each promise.
const PROMISES: &[&str] = &["SECURITY.md", "docs/reliability.md", "src-tauri/ARCHITECTURE.md"];

/// A claim has at least this many words; what is shorter may be a column, a file or a setting.
const WORDS_MIN: usize = 4;

pub fn missing(project: &Project) -> Vec<String> {
    let functions: BTreeSet<&str> = project
        .files
        .iter()
        .filter(|file| file.path.ends_with(".rs"))
        .flat_map(|file| file.text.split("fn ").skip(1))
        .filter_map(|rest| rest.split_once('(').map(|(name, _)| name))
        .collect();
    // Lints have such names too, and are held where they are set.
    let lints = project.files.iter().find(|file| file.path == "Cargo.toml").map_or("", |file| &file.text);
    let titles: Vec<&TextFile> =
        project.files.iter().filter(|file| file.path.starts_with("ui/tests/")).collect();
    let promises: Vec<&TextFile> =
        project.files.iter().filter(|file| PROMISES.contains(&file.path.as_str())).collect();
    if promises.len() < PROMISES.len() {
        return nothing_to_look_at(&PROMISES.join(", "));
    }
    let mut found = Vec::new();
    for document in promises {
        for named in quoted(&document.text) {
            let exists = if let Some(title) = named.strip_prefix("ui: ") {
                titles.iter().any(|file| file.text.contains(title))
            } else {
                let name = named.rsplit("::").next().unwrap_or(named);
                !is_claim(name) || functions.contains(name) || lints.contains(name)
            };
            if !exists {
                found.push(format!("{}: there is no test `{named}`", document.path));
            }
        }
    }
    found
}

/// What stands between back quotes on one line.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    text.lines().flat_map(|line| line.split('`').skip(1).step_by(2))
}

fn is_claim(name: &str) -> bool {
    name.split('_').count() >= WORDS_MIN
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::architecture::project::planted::files;

    fn project(promise: &str) -> Project {
        files(&[
            ("SECURITY.md", promise),
            ("docs/reliability.md", ""),
            ("src-tauri/ARCHITECTURE.md", "clippy `wildcard_enum_match_arm`"),
            ("Cargo.toml", "wildcard_enum_match_arm = \"warn\""),
            ("src-tauri/crates/till/tests/a.rs", "#[test]\nfn a_lost_answer_is_not_a_failure() {}\n"),
            ("ui/tests/a.test.ts", "it('says what it does not know', …)"),
        ])
    }

    #[test]
    fn a_promise_whose_test_is_gone_is_found() {
        let promise = "held by `till: x`, `charging::a_lost_answer_is_never_a_failure` and `ui: says all`";
        assert_eq!(
            missing(&project(promise)),
            [
                "SECURITY.md: there is no test `charging::a_lost_answer_is_never_a_failure`",
                "SECURITY.md: there is no test `ui: says all`"
            ]
        );
    }

    #[test]
    fn a_promise_that_is_held_and_a_word_that_is_no_test_are_fine() {
        let promise = "`a_lost_answer_is_not_a_failure`, `ui: says what it does not know`, `credentials_file`, `a b_c_d_e`";
        assert!(missing(&project(promise)).is_empty());
    }
}
