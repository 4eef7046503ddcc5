//! Owns the rule that a match over payment states names every state. clippy's `wildcard_enum_match_arm` sees a bare enum
//! but not a tuple of two, and a binding swallows as well as `_` does; this sees both.

use super::{
    project::{Project, TILL_SOURCES, nothing_to_look_at},
    scan::{closing, is_name, line_of, occurrences},
};

/// Enums whose next variant must not be swallowed anywhere.
const STATES: &[&str] =
    &["State", "Event", "StateView", "DecisionKind", "PaymentStatus", "Verdict", "UncertainCause"];

pub fn wildcard_arms(project: &Project) -> Vec<String> {
    let mut found = Vec::new();
    let mut looked = false;
    for (path, source) in project.rust(TILL_SOURCES) {
        let names = with_aliases(&source.code);
        for at in occurrences(&source.code, "match") {
            let arms = arms(&source.code, at);
            let columns = arms.iter().map(|arm| arm.columns.len()).max().unwrap_or(0);
            for column in 0..columns {
                let of_states =
                    arms.iter().any(|arm| arm.columns.get(column).is_some_and(|p| names_one(p, &names)));
                looked |= of_states;
                let swallowing = arms.iter().filter(|arm| of_states && arm.swallows(column));
                found.extend(swallowing.map(|arm| {
                    format!(
                        "{path}:{}: `{}` swallows a state",
                        line_of(&source.code, arm.at),
                        arm.columns.join(", ")
                    )
                }));
            }
        }
    }
    if looked { found } else { nothing_to_look_at("a match over payment states") }
}

struct Arm {
    at: usize,
    /// The pattern, a tuple taken apart; alternatives stay together.
    columns: Vec<String>,
    has_guard: bool,
}

impl Arm {
    /// Whether this arm takes whatever stands in `column`.
    fn swallows(&self, column: usize) -> bool {
        if self.has_guard {
            return false;
        }
        // `_` for a whole tuple swallows each of its columns.
        let pattern = if self.columns.len() == 1 { self.columns.first() } else { self.columns.get(column) };
        pattern.is_some_and(|pattern| split(pattern, b'|').iter().any(|one| is_catch_all(one)))
    }
}

fn is_catch_all(pattern: &str) -> bool {
    let pattern = unwrapped(pattern);
    let binding = pattern.trim_start_matches("ref ").trim_start_matches("mut ").trim();
    pattern == ".."
        || (binding.starts_with(|c: char| c.is_ascii_lowercase() || c == '_')
            && binding.chars().all(is_name)
            && !matches!(binding, "true" | "false"))
}

/// A pattern without what merely stands around an enum: `&`, `Some(…)`, `Ok(…)`.
fn unwrapped(pattern: &str) -> &str {
    let mut pattern = pattern.trim();
    loop {
        let inner = pattern.strip_prefix('&').or_else(|| {
            ["Some(", "Ok("].iter().find_map(|wrapper| pattern.strip_prefix(wrapper)?.strip_suffix(')'))
        });
        match inner {
            Some(inner) => pattern = inner.trim(),
            None => return pattern,
        }
    }
}

fn names_one(pattern: &str, names: &[String]) -> bool {
    names.iter().any(|name| {
        occurrences(pattern, name).any(|at| pattern[at + name.len()..].trim_start().starts_with("::"))
    })
}

/// The names themselves, and what a file calls them with `as`.
fn with_aliases(code: &str) -> Vec<String> {
    let aliases = STATES.iter().flat_map(|name| {
        occurrences(code, name).filter_map(|at| {
            let alias = code[at + name.len()..].trim_start().strip_prefix("as ")?;
            let alias: String = alias.trim_start().chars().take_while(|c| is_name(*c)).collect();
            (!alias.is_empty() && alias != "_").then_some(alias)
        })
    });
    STATES.iter().map(|name| (*name).to_owned()).chain(aliases).collect()
}

/// The arms of the match whose keyword is at `at`.
fn arms(code: &str, at: usize) -> Vec<Arm> {
    let bytes = code.as_bytes();
    let mut open = at;
    while open < bytes.len() && bytes[open] != b'{' {
        open = if matches!(bytes[open], b'(' | b'[') { closing(code, open) } else { open + 1 };
    }
    let end = closing(code, open).saturating_sub(1);
    let mut arms = Vec::new();
    let mut next = open + 1;
    while next < end {
        let Some(arrow) = top_level(code, next, end, b"=>") else { break };
        let pattern = &code[next..arrow];
        let start = next + pattern.len() - pattern.trim_start().len();
        arms.push(arm(start, pattern));
        let body = arrow + 2 + code[arrow + 2..end].len() - code[arrow + 2..end].trim_start().len();
        next = if bytes.get(body) == Some(&b'{') {
            let after = closing(code, body);
            after + code[after..end.max(after)].chars().take_while(|c| c.is_whitespace() || *c == ',').count()
        } else {
            top_level(code, body, end, b",").map_or(end, |comma| comma + 1)
        };
    }
    arms
}

fn arm(at: usize, pattern: &str) -> Arm {
    let mut pattern = pattern.trim();
    while pattern.starts_with("#[") {
        pattern = pattern[closing(pattern, 1)..].trim_start();
    }
    let pattern = pattern.trim_start_matches('|');
    let guard = top_level(pattern, 0, pattern.len(), b" if ");
    let whole = pattern[..guard.unwrap_or(pattern.len())].trim();
    let alternatives = split(whole, b'|');
    let is_tuple = |one: &String| one.starts_with('(') && closing(one, 0) == one.len();
    let columns = if !alternatives.is_empty() && alternatives.iter().all(is_tuple) {
        let mut columns: Vec<String> = Vec::new();
        for alternative in &alternatives {
            for (column, part) in split(&alternative[1..alternative.len() - 1], b',').into_iter().enumerate()
            {
                match columns.get_mut(column) {
                    Some(known) => *known = format!("{known} | {part}"),
                    None => columns.push(part),
                }
            }
        }
        columns
    } else {
        vec![whole.to_owned()]
    };
    Arm { at, columns, has_guard: guard.is_some() }
}

/// The parts of `text` between separators outside brackets, trimmed, empty ones left out.
fn split(text: &str, separator: u8) -> Vec<String> {
    let mut parts = Vec::new();
    let mut start = 0;
    while let Some(at) = top_level(text, start, text.len(), &[separator]) {
        parts.push(text[start..at].trim().to_owned());
        start = at + 1;
    }
    parts.push(text[start..].trim().to_owned());
    parts.retain(|part| !part.is_empty());
    parts
}

fn top_level(code: &str, from: usize, to: usize, wanted: &[u8]) -> Option<usize> {
    let bytes = code.as_bytes();
    let mut at = from;
    while at < to {
        if bytes[at..to].starts_with(wanted) {
            return Some(at);
        }
        at = if matches!(bytes[at], b'(' | b'[' | b'{') { closing(code, at) } else { at + 1 };
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::architecture::project::planted::files;

    fn found(code: &str) -> Vec<String> {
        wildcard_arms(&files(&[("src-tauri/crates/domain/src/payment.rs", code)]))
    }

    #[test]
    fn a_match_that_names_every_state_holds() {
        let code = "use State as S; fn a() { match (self, event) {
            (S::Paid, E::A | E::B) => { x(|a, b| match a { _ => 1 }) }
            (S::Pending | S::Review, E::A) | (S::Failed, E::B) if true => 1,
            (S::Recorded, E::B) => Err(Illegal { a, b }),
        } }
        fn b(text: &str) { match text { \"a\" => 1, _ => 2 } }
        fn c() { match state { Some(State::Paid) => Vec::<A>::new(), Some(State::Failed) | None => x } }";
        assert_eq!(found(code), Vec::<String>::new());
    }

    #[test]
    fn an_underscore_a_binding_and_a_wrapped_one_swallow() {
        for arm in ["_", "other", "State::Failed | _", "Some(_)", "&rest", "mut any"] {
            let code = format!("fn a() {{ match s {{ State::Paid => 1, {arm} => 2 }} }}");
            assert_eq!(found(&code).len(), 1, "{arm}");
        }
    }

    #[test]
    fn one_column_of_a_tuple_swallows_under_an_alias_too() {
        let code = "use {Event as E, State as S}; fn a() { match (s, e) {\n (S::Paid, _) => 1,\n (S::Failed, E::A) => 2 } }";
        assert_eq!(found(code), ["src-tauri/crates/domain/src/payment.rs:2: `S::Paid, _` swallows a state"]);
        let whole = "fn a() { match (s, e) { (State::Paid, Event::A) => 1, _ => 2 } }";
        assert_eq!(found(whole).len(), 2, "both columns are swallowed");
    }

    #[test]
    fn a_column_of_something_else_may_have_a_wildcard() {
        assert!(
            found("fn a() { match (s, text) { (State::Paid, \"a\") => 1, (State::Failed, _) => 2 } }")
                .is_empty()
        );
    }
}
