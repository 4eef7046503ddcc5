//! Owns the rule that no command reaches the till without naming a right.

use super::{
    project::{Project, nothing_to_look_at},
    scan::{closing, line_of, occurrences},
};

const COMMANDS: &str = "src-tauri/src/commands/";
const SHELL: &str = "src-tauri/src/";
const DESK: &str = "src-tauri/src/desk.rs";
/// What a command names a right with; a ledger that does not open has no till to ask.
const ASKED: &[&str] = &["till_for(Right::", "rescue(&desk)"];
/// Ways to the till, or to a ledger, that ask nobody. `Door` and `Gate` are the till's own; the rest stands in the desk.
const AROUND: &[&str] = &["desk.state", "Till::open("];
/// Where the shell itself opens a till: not for a command.
const OPENS: &[&str] = &["src-tauri/src/window.rs", "src-tauri/src/rights.rs"];

pub fn unasked(project: &Project) -> Vec<String> {
    let mut found = Vec::new();
    let mut looked = false;
    for (path, source) in project.rust(&[COMMANDS]) {
        for at in occurrences(&source.code, "tauri::command") {
            looked = true;
            let Some(brace) = source.code[at..].find('{').map(|found| at + found) else { continue };
            let body = &source.code[brace..closing(&source.code, brace)];
            if !ASKED.iter().any(|way| body.contains(way)) {
                found.push(format!("{path}:{}: a command that names no right", line_of(&source.code, at)));
            }
        }
    }
    for (path, source) in project.rust(&[SHELL]) {
        if path == DESK || OPENS.contains(&path) {
            continue;
        }
        for way in AROUND {
            for (at, _) in source.code.match_indices(way) {
                found.push(format!("{path}:{}: {way} goes round the rights", line_of(&source.code, at)));
            }
        }
    }
    let desk = project.rust(&[DESK]);
    let opens_wide = desk.iter().any(|(_, source)| {
        source
            .code
            .lines()
            .any(|line| line.contains("pub") && line.contains("fn ") && line.contains("-> Result<Till"))
    });
    if opens_wide {
        found.push(format!("{DESK}: the till is given away without a right"));
    }
    if looked { found } else { nothing_to_look_at(COMMANDS) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::architecture::project::planted::files;

    const GOOD: &str =
        "#[tauri::command]\npub async fn day(desk: D) { desk.till_for(Right::SeeAll).await?.day() }\n";

    #[test]
    fn a_command_that_names_no_right_is_found() {
        let path = "src-tauri/src/commands/day.rs";
        assert!(unasked(&files(&[(path, GOOD)])).is_empty());
        let bad = "#[tauri::command]\npub async fn folder() { choose().await }\n";
        assert_eq!(
            unasked(&files(&[(path, &format!("{GOOD}{bad}"))])),
            ["src-tauri/src/commands/day.rs:3: a command that names no right"]
        );
    }

    #[test]
    fn a_way_round_the_desk_is_found() {
        let path = "src-tauri/src/commands/day.rs";
        let around = format!("{GOOD}fn a() {{ Till::open(options) }}");
        let wide = "impl Desk { pub(crate) async fn till(&self) -> Result<Till, UiError> { x } }";
        assert_eq!(
            unasked(&files(&[(path, &around), (DESK, wide)])),
            [
                "src-tauri/src/commands/day.rs:3: Till::open( goes round the rights",
                "src-tauri/src/desk.rs: the till is given away without a right",
            ]
        );
    }
}
