//! Owns what the page's sources may not do: talk to Tauri beside its doors, or calculate with money.

use super::{
    project::{Project, TextFile, nothing_to_look_at},
    scan::{is_name, line_of},
};

/// The till's, and the customer's screen's.
const DOORS: [&str; 2] = ["ui/src/lib/backend.ts", "ui/src/display/door.ts"];

pub fn tauri_imports(project: &Project) -> Vec<String> {
    let talks = |file: &&TextFile| {
        ["@tauri-apps", "__TAURI"].iter().any(|name| without_comments(&file.text).contains(name))
    };
    for door in DOORS {
        if !sources(project).any(|file| file.path == door) {
            return nothing_to_look_at(door);
        }
    }
    let beside = sources(project).filter(|file| !DOORS.contains(&file.path.as_str())).filter(talks);
    beside.map(|file| format!("{} talks to Tauri", file.path)).collect()
}

/// Amounts are named `…_xof`. Comparing and showing them is fine; `+ - * / %` and `Math` are the core's.
pub fn money_arithmetic(project: &Project) -> Vec<String> {
    let mut found = Vec::new();
    let mut looked = false;
    for file in sources(project) {
        let code = without_comments(&file.text);
        for (at, name) in amounts(&code) {
            looked = true;
            if operator_after(&code[at + name.len()..]) || operator_before(&code[..at]) {
                found.push(format!("{}:{}: arithmetic with {name}", file.path, line_of(&code, at)));
            }
        }
    }
    if looked { found } else { nothing_to_look_at("an amount in ui/src") }
}

fn sources(project: &Project) -> impl Iterator<Item = &TextFile> {
    project.files.iter().filter(|file| {
        let is_source = [".ts", ".svelte", ".js"].iter().any(|ending| file.path.ends_with(ending));
        let is_test =
            file.path.contains(".test.") || file.path.split('/').any(|part| matches!(part, "test" | "tests"));
        file.path.starts_with("ui/src/") && is_source && !is_test
    })
}

fn amounts(code: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    let mut rest = 0;
    while let Some(start) = code[rest..].find(is_name).map(|at| rest + at) {
        let end = code[start..].find(|c| !is_name(c)).map_or(code.len(), |length| start + length);
        let name = &code[start..end];
        if name.ends_with("_xof") || name.ends_with("Xof") {
            found.push((start, name));
        }
        rest = end;
    }
    found
}

fn operator_after(after: &str) -> bool {
    let skip = |c: char| c.is_whitespace() || matches!(c, ')' | ']' | '!');
    let mut after = after.trim_start_matches(skip);
    if let Some(fallback) = after.strip_prefix("??") {
        after = fallback.trim_start().trim_start_matches(is_name).trim_start_matches(skip);
    }
    after.starts_with(['+', '-', '*', '%']) || (after.starts_with('/') && !after.starts_with("/>"))
}

fn operator_before(before: &str) -> bool {
    let path = |c: char| is_name(c) || matches!(c, '.' | '$' | '?' | '!' | ']' | '[');
    let before = before.trim_end_matches(path).trim_end_matches(|c: char| c.is_whitespace() || c == '(');
    // In markup a slash closes a tag and a dash may be text; what stands in braces begins with `{`.
    before.ends_with(['+', '-', '*', '%'])
        || (before.ends_with('/') && !before.ends_with("</"))
        || before.trim_end_matches(is_name).ends_with("Math.")
}

/// The text with comments and one-line strings blank; templates stay, because code stands in them.
fn without_comments(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let end = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            rest.find("*/").map_or(rest.len(), |at| at + 2)
        } else if rest.starts_with("<!--") {
            rest.find("-->").map_or(rest.len(), |at| at + 3)
        } else {
            out.push(first);
            rest = &rest[first.len_utf8()..];
            continue;
        };
        out.extend(rest[..end].chars().map(|c| if c == '\n' { '\n' } else { ' ' }));
        rest = &rest[end..];
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::architecture::project::planted::files;

    #[test]
    fn a_second_door_to_tauri_is_found() {
        let project = files(&[
            (DOORS[1], "import { invoke, Channel } from \"@tauri-apps/api/core\";"),
            (DOORS[0], "import { invoke } from \"@tauri-apps/api/core\";"),
            ("ui/src/views/Till.svelte", "import x from '@tauri-apps/api';"),
            ("ui/src/lib/other.ts", "window.__TAURI_INTERNALS__.invoke(); "),
            ("ui/src/lib/fine.ts", "// not @tauri-apps here"),
            ("ui/src/lib/backend.test.ts", "import x from '@tauri-apps/api/mocks';"),
        ]);
        assert_eq!(
            tauri_imports(&project),
            ["ui/src/views/Till.svelte talks to Tauri", "ui/src/lib/other.ts talks to Tauri"]
        );
    }

    fn sums(code: &str) -> usize {
        money_arithmetic(&files(&[("ui/src/a.svelte", code)])).len()
    }

    #[test]
    fn every_kind_of_sum_is_found() {
        for code in [
            "list.reduce((sum, p) => sum + p.amount_xof, 0)",
            "const change = given - amount_xof;",
            "total_xof += p.x;",
            "return (payment?.amount_xof ?? 0) * 2;",
            "{payment.amount_xof / 100}",
            "Math.round(p.amount_xof)",
            "{-amountXof}",
            "`${p.amount_xof! % 5}`",
        ] {
            assert_eq!(sums(code), 1, "{code}");
        }
    }

    #[test]
    fn showing_comparing_and_naming_an_amount_is_no_sum() {
        for code in [
            "<Amount xof={p.amount_xof} />",
            "<p>{label} - {francs(p.amount_xof)}</p>",
            "if (p.amount_xof >= settings.review_above_xof) ask();",
            "const { amount_xof } = payment; // amount_xof + 1",
            "interface A { amount_xof: number | null, other: string }",
            "/* amount_xof * 2 */ charge({ amount_xof: typed })",
        ] {
            assert_eq!(sums(&format!("{code}\nshow(amount_xof)")), 0, "{code}");
        }
    }
}
