//! Owns the rule that keys and tokens stand only in types that neither print nor serialise them.

use super::{
    project::{Project, TILL_SOURCES, nothing_to_look_at},
    scan::{Scanned, closing, is_name, line_of, occurrences},
};

/// Endings of the names of types that are secrets themselves.
const SECRET_TYPES: &[&str] = &[
    "Token",
    "Credentials",
    "CredentialsInput",
    "SealingKey",
    "ApiKey",
    "Secret",
    "Pin",
    "PinInput",
    "RecoveryCode",
];

/// Names of fields that hold a secret.
const SECRET_FIELDS: &[&str] =
    &["api_key", "api_token", "token", "invoice_token", "sealing_key", "secret", "pin", "password"];

/// Types that show what is in them. `Zeroizing` wipes, but prints.
const OPEN_TYPES: &[&str] = &["String", "str", "u8", "Zeroizing", "Value"];

pub fn leaky_types(project: &Project) -> Vec<String> {
    let mut found = Vec::new();
    let mut looked = false;
    for (path, source) in project.rust(TILL_SOURCES) {
        for item in items(&source) {
            let holds = item.holds_secret();
            looked |= holds;
            let leaks = ["Debug", "Serialize", "Display"].iter().filter(|derive| item.derives(derive));
            let line = line_of(&source.code, item.at);
            if holds {
                found.extend(leaks.map(|derive| format!("{path}:{line}: {} derives {derive}", item.name)));
            }
        }
        for way in ["Serialize", "Display", "LowerHex"] {
            for at in occurrences(&source.code, way) {
                let after = source.code[at + way.len()..].trim_start();
                let name: String = after
                    .strip_prefix("for ")
                    .unwrap_or_default()
                    .trim_start()
                    .chars()
                    .take_while(|c| is_name(*c))
                    .collect();
                if is_secret(&name) {
                    found.push(format!("{path}:{}: {name} implements {way}", line_of(&source.code, at)));
                }
            }
        }
    }
    if looked { found } else { nothing_to_look_at("a type that holds a secret") }
}

struct Item<'a> {
    at: usize,
    name: String,
    attributes: &'a str,
    body: &'a str,
}

impl Item<'_> {
    fn derives(&self, name: &str) -> bool {
        self.attributes.match_indices("derive(").any(|(at, _)| {
            let list = &self.attributes[at + 6..closing(self.attributes, at + 6)];
            occurrences(list, name).next().is_some()
        })
    }

    fn holds_secret(&self) -> bool {
        let is_open = |text: &str| OPEN_TYPES.iter().any(|open| occurrences(text, open).next().is_some());
        let in_a_field = SECRET_FIELDS.iter().any(|field| {
            occurrences(self.body, field).any(|at| {
                let after = self.body[at + field.len()..].trim_start();
                let type_of = after.strip_prefix(':').filter(|rest| !rest.starts_with(':'));
                type_of.is_some_and(|text| is_open(text.split([',', '}', '\n']).next().unwrap_or_default()))
            })
        });
        in_a_field || (is_secret(&self.name) && is_open(self.body))
    }
}

fn is_secret(name: &str) -> bool {
    SECRET_TYPES.iter().any(|ending| name.ends_with(ending))
}

/// Structures and enums of a file, with their attributes.
fn items(source: &Scanned) -> Vec<Item<'_>> {
    let code = &source.code;
    let mut items = Vec::new();
    for keyword in ["struct", "enum"] {
        for at in occurrences(code, keyword) {
            let rest = &code[at + keyword.len()..];
            let name: String = rest.trim_start().chars().take_while(|c| is_name(*c)).collect();
            let Some(open) = rest.find(['{', '(', ';']) else { continue };
            let open = at + keyword.len() + open;
            let body = if code.as_bytes()[open] == b';' { "" } else { &code[open..closing(code, open)] };
            let start = code[..at].rfind([';', '}']).map_or(0, |end| end + 1);
            items.push(Item { at, name, attributes: &code[start..at], body });
        }
    }
    items
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::architecture::project::planted::files;

    fn found(code: &str) -> Vec<String> {
        leaky_types(&files(&[("src-tauri/src/views.rs", code)]))
            .into_iter()
            .map(|finding| finding.replace("src-tauri/src/views.rs:", ""))
            .collect()
    }

    #[test]
    fn a_secret_that_only_comes_in_and_never_prints_holds() {
        let code = "#[derive(Deserialize)] pub struct CredentialsInput { pub api_key: String }
            #[derive(Clone)] pub struct InvoiceToken(Zeroizing<String>);
            #[derive(Debug, Serialize)] pub enum CredentialsStatus { Missing, Stored }
            #[derive(Debug)] pub enum What { Accepted { token: InvoiceToken } }
            #[derive(Debug)] pub struct Payment { has_token: bool, state: String }
            impl fmt::Debug for InvoiceToken {}";
        assert!(found(code).is_empty(), "{:?}", found(code));
    }

    #[test]
    fn a_printed_or_serialised_secret_is_found() {
        assert_eq!(
            found("#[derive(Clone, Debug)]\nstruct A { api_key: Zeroizing<String> }"),
            ["2: A derives Debug"]
        );
        assert_eq!(
            found("#[derive(Serialize)] struct InvoiceToken(String);"),
            ["1: InvoiceToken derives Serialize"]
        );
        assert_eq!(
            found("#[derive(Debug)] enum B { Pending { token: Option<String> } }"),
            ["1: B derives Debug"]
        );
    }

    #[test]
    fn a_hand_written_way_out_is_found() {
        let code = "struct Credentials { api_key: String }\nimpl fmt::Display for Credentials {}\nimpl Serialize for InvoiceToken {}";
        assert_eq!(
            found(code),
            ["3: InvoiceToken implements Serialize", "2: Credentials implements Display"]
        );
    }
}
