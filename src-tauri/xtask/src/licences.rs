//! Owns the licences of the page's packages, read from npm's lock file without a network, and telling "an advisory was
//! found" from "nobody could be asked". Crates are cargo-deny's business (deny.toml).

use crate::failure::{Failure, While};
use serde_json::Value;

/// Each lets a merchant run, copy and change the till, and asks for no more than its text beside the program; the last
/// few belong to tools and data that never reach the built page.
const ALLOWED: &[&str] = &[
    "MIT",
    "MIT-0",
    "ISC",
    "0BSD",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "Apache-2.0",
    "MPL-2.0",
    "BlueOak-1.0.0",
    // The typeface: free to ship inside a program, not to be sold alone. Its text lies beside the page.
    "OFL-1.1",
    "Unlicense",
    "CC0-1.0",
    "CC-BY-4.0",
    "Python-2.0",
];

/// Names every package of `lock` whose licence is not allowed or not stated, and counts those it read.
///
/// # Errors
/// When the lock file is not one of npm's with a list of packages.
pub fn of_page_packages(lock: &str) -> Result<(usize, Vec<String>), Failure> {
    let lock: Value = serde_json::from_str(lock).when("package-lock.json")?;
    let packages = lock
        .get("packages")
        .and_then(Value::as_object)
        .ok_or_else(|| Failure::new("package-lock.json has no list of packages"))?;
    let theirs: Vec<_> = packages
        .iter()
        .filter(|(path, package)| !path.is_empty() && package.get("link") != Some(&Value::Bool(true)))
        .collect();
    let refused =
        theirs.iter().filter_map(|(path, package)| match package.get("license").and_then(Value::as_str) {
            Some(licence) if is_allowed(licence) => None,
            Some(licence) => Some(format!("{path}: {licence}")),
            None => Some(format!("{path}: no licence stated")),
        });
    Ok((theirs.len(), refused.collect()))
}

/// Whether an SPDX expression leaves us a way to use the package. `AND` binds closer than `OR`; what cannot be read is
/// refused.
fn is_allowed(expression: &str) -> bool {
    let spaced = expression.replace('(', " ( ").replace(')', " ) ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut reader = Reader { words: &words };
    reader.any_of() == Some(true) && reader.words.is_empty()
}

struct Reader<'a> {
    words: &'a [&'a str],
}

impl<'a> Reader<'a> {
    fn next(&mut self) -> Option<&'a str> {
        let (first, rest) = self.words.split_first()?;
        self.words = rest;
        Some(first)
    }

    fn take(&mut self, word: &str) -> bool {
        let is_next = self.words.first() == Some(&word);
        if is_next {
            self.words = &self.words[1..];
        }
        is_next
    }

    fn any_of(&mut self) -> Option<bool> {
        let mut allowed = self.all_of()?;
        while self.take("OR") {
            allowed |= self.all_of()?;
        }
        Some(allowed)
    }

    fn all_of(&mut self) -> Option<bool> {
        let mut allowed = self.one()?;
        while self.take("AND") {
            allowed &= self.one()?;
        }
        Some(allowed)
    }

    fn one(&mut self) -> Option<bool> {
        if self.take("(") {
            let inner = self.any_of()?;
            return self.take(")").then_some(inner);
        }
        Some(ALLOWED.contains(&self.next()?))
    }
}

/// What a search for known weaknesses came to.
#[derive(Debug, PartialEq, Eq)]
pub enum Advisories {
    /// Asked, and there is none.
    None,
    /// Asked, and there is at least one; or the tool failed in a way that does not look like a missing network.
    Found,
    /// Nobody could be asked.
    NotReachable,
}

/// Reads cargo-deny's end. Only its own words about the database excuse a failure.
pub fn of_cargo_deny(succeeded: bool, text: &str) -> Advisories {
    if succeeded {
        Advisories::None
    } else if text.contains("failed to fetch advisory database") {
        Advisories::NotReachable
    } else {
        Advisories::Found
    }
}

/// Reads the end of `npm audit --json`: a report has `metadata.vulnerabilities`; anything else is no answer at all.
pub fn of_npm_audit(text: &str) -> Advisories {
    let report: Option<Value> = text
        .find('{')
        .and_then(|start| serde_json::Deserializer::from_str(&text[start..]).into_iter::<Value>().next())
        .and_then(Result::ok);
    match report
        .as_ref()
        .and_then(|report| report.pointer("/metadata/vulnerabilities/total"))
        .map(Value::as_u64)
    {
        Some(Some(0)) => Advisories::None,
        Some(_) => Advisories::Found,
        None => Advisories::NotReachable,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_licence_that_is_not_on_the_list_is_named_with_its_package() {
        let lock = r#"{"lockfileVersion": 3, "packages": {
            "": {"license": "whatever we say"},
            "node_modules/good": {"license": "MIT"},
            "node_modules/ours": {"link": true},
            "node_modules/bad": {"license": "GPL-3.0-only", "dev": true},
            "node_modules/silent": {"version": "1.0.0"}}}"#;
        assert_eq!(
            of_page_packages(lock),
            Ok((
                3,
                vec![
                    "node_modules/bad: GPL-3.0-only".to_owned(),
                    "node_modules/silent: no licence stated".to_owned()
                ]
            ))
        );
    }

    #[test]
    fn a_lock_file_without_packages_is_refused() {
        assert!(of_page_packages(r#"{"lockfileVersion": 1}"#).is_err());
        assert!(of_page_packages("not json").is_err());
    }

    #[test]
    fn expressions_are_read_as_spdx_means_them() {
        for good in
            ["MIT", "(MIT OR GPL-3.0)", "MIT AND ISC", "(MIT AND CC-BY-4.0)", "GPL-2.0 OR (MIT AND ISC)"]
        {
            assert!(is_allowed(good), "{good}");
        }
        for bad in
            ["GPL-3.0", "MIT AND GPL-3.0", "MIT OR", "(MIT", "", "MIT ISC", "SEE LICENSE IN x", "UNLICENSED"]
        {
            assert!(!is_allowed(bad), "{bad}");
        }
    }

    #[test]
    fn only_a_database_that_cannot_be_fetched_excuses_cargo_deny() {
        assert_eq!(of_cargo_deny(true, "advisories ok"), Advisories::None);
        assert_eq!(
            of_cargo_deny(false, "[ERROR] failed to fetch advisory database x"),
            Advisories::NotReachable
        );
        assert_eq!(of_cargo_deny(false, "error[vulnerability]: bad"), Advisories::Found);
        assert_eq!(of_cargo_deny(false, ""), Advisories::Found);
    }

    #[test]
    fn an_audit_without_a_report_is_no_answer() {
        assert_eq!(
            of_npm_audit("$ npm audit\n{\"metadata\":{\"vulnerabilities\":{\"total\":0}}}\n"),
            Advisories::None
        );
        assert_eq!(of_npm_audit("{\"metadata\":{\"vulnerabilities\":{\"total\":2}}}"), Advisories::Found);
        assert_eq!(of_npm_audit("{\"error\":{\"code\":\"ENOTFOUND\"}}"), Advisories::NotReachable);
        assert_eq!(of_npm_audit("npm error network"), Advisories::NotReachable);
    }
}
