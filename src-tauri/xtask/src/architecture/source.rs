//! Owns what the Rust sources may not say: a clock in the rules, SQL outside the ledger, a ledger row rewritten, an event
//! before its commit.

use super::{
    project::{Project, nothing_to_look_at},
    scan::{line_of, occurrences},
};

const DOMAIN: &str = "src-tauri/crates/domain/src/";
const LEDGER: &str = "src-tauri/crates/ledger/";
const TILL: &str = "src-tauri/crates/till/src/";
/// Its checks hold SQL as words to look for.
const XTASK: &str = "src-tauri/xtask/";

/// Names through which time, chance or the world would come in.
const IMPURE: &[&str] = &[
    "SystemTime::now",
    "Instant::now",
    "Zoned::now",
    "Timestamp::now",
    "getrandom",
    "rand",
    "std::fs",
    "std::net",
    "std::env",
    "std::process",
    "std::thread",
    "async",
];

pub fn impure_rules(project: &Project) -> Vec<String> {
    let sources = project.rust(&[DOMAIN]);
    if sources.is_empty() {
        return nothing_to_look_at(DOMAIN);
    }
    let uses = sources.iter().flat_map(|(path, source)| {
        IMPURE.iter().flat_map(move |name| {
            source.uses(name).into_iter().map(move |line| format!("{path}:{line}: {name}"))
        })
    });
    uses.collect()
}

pub fn sql_outside_the_ledger(project: &Project) -> Vec<String> {
    let sources = project.rust(&["src-tauri/"]);
    let mut found = Vec::new();
    let mut looked = false;
    for (path, source) in
        sources.iter().filter(|(path, _)| !path.starts_with(LEDGER) && !path.starts_with(XTASK))
    {
        looked = true;
        let sql = source.strings.iter().filter(|(_, text)| is_sql(text));
        found.extend(sql.map(|(line, text)| format!("{path}:{line}: {}", text.trim())));
    }
    let scripts =
        project.files.iter().filter(|file| file.path.ends_with(".sql") && !file.path.starts_with(LEDGER));
    found.extend(scripts.map(|file| format!("{}: SQL outside the ledger", file.path)));
    if looked { found } else { nothing_to_look_at("Rust sources beside the ledger") }
}

/// Whether a string reads like a statement; a sentence that merely has "select" or "update" in it does not.
fn is_sql(text: &str) -> bool {
    let words: Vec<String> = text.split_whitespace().map(str::to_ascii_lowercase).collect();
    let starts = |phrase: &[&str]| words.windows(phrase.len()).any(|window| window == phrase);
    let follows = |first: &str, second: &str, within: usize| {
        words.iter().enumerate().any(|(at, word)| {
            word == first && words.iter().skip(at + 1).take(within).any(|later| later == second)
        })
    };
    // The first word of a statement is a verb; English puts "select" and "update" there too, so a partner is asked for.
    let verb = words.first().map(String::as_str).unwrap_or_default();
    starts(&["insert", "into"])
        || starts(&["delete", "from"])
        || ["table", "index", "trigger", "view"]
            .iter()
            .any(|kind| starts(&["create", kind]) || starts(&["drop", kind]) || starts(&["alter", kind]))
        || (verb == "select" && follows("select", "from", usize::MAX))
        || follows("update", "set", 3)
        || matches!(verb, "pragma" | "vacuum" | "savepoint")
        || starts(&["begin", "immediate"])
}

/// Tables whose rows, once written, stay as they are. The database's own triggers refuse it as well.
const GROWING: &[&str] = &["ledger_entry", "journal", "decision", "till", "setting_change"];

pub fn ledger_rewrites(project: &Project) -> Vec<String> {
    let sources = project.rust(&["src-tauri/crates/ledger/src/"]);
    if sources.is_empty() {
        return nothing_to_look_at("src-tauri/crates/ledger/src/");
    }
    let mut found = Vec::new();
    for (path, source) in &sources {
        for (line, text) in &source.strings {
            let words: Vec<String> = text.split_whitespace().map(str::to_ascii_lowercase).collect();
            let rewrites = words.windows(2).find_map(|pair| match (pair[0].as_str(), pair[1].as_str()) {
                ("update", table) if GROWING.contains(&table) => Some(table),
                _ => None,
            });
            let removes = words.windows(3).find_map(|three| {
                let is_delete = three[0] == "delete" && three[1] == "from";
                (is_delete && GROWING.contains(&three[2].as_str())).then_some(three[2].as_str())
            });
            let replaces = words.windows(4).find_map(|four| {
                let is_replace =
                    four[0] == "insert" && four[1] == "or" && four[2] == "replace" && four[3] == "into";
                is_replace.then_some("insert or replace")
            });
            found.extend(
                [rewrites, removes, replaces]
                    .into_iter()
                    .flatten()
                    .map(|what| format!("{path}:{line}: {what}")),
            );
        }
    }
    let migrations = project
        .files
        .iter()
        .filter(|file| file.path.starts_with(LEDGER) && file.path.ends_with(".sql"))
        .flat_map(|file| file.text.split_whitespace())
        .flat_map(|word| [word, " "])
        .collect::<String>()
        .to_ascii_lowercase();
    for table in GROWING {
        for act in ["update", "delete"] {
            if !migrations.contains(&format!("create trigger {table}_no_{act} before {act} on {table}")) {
                found.push(format!("no trigger refuses {act} on {table}"));
            }
        }
    }
    found
}

/// The events that tell of a payment.
const OF_A_PAYMENT: &[&str] =
    &["TillEvent::PaymentChanged", "TillEvent::LateSuccess", "TillEvent::Contradiction"];

/// A function that tells of a payment must have got it from the ledger first: it is handed what was `Applied`, or it waited
/// for the ledger on an earlier line.
pub fn events_before_commit(project: &Project) -> Vec<String> {
    let mut found = Vec::new();
    let mut looked = false;
    for (path, source) in project.rust(&[TILL]) {
        for event in OF_A_PAYMENT {
            for at in occurrences(&source.code, event) {
                let is_emitted = source.code[..at].trim_end().ends_with("emit(");
                if !is_emitted {
                    continue;
                }
                looked = true;
                let before = &source.code[enclosing_function(&source.code, at)..at];
                let squeezed: String = before.split_whitespace().collect();
                let has_committed = before.contains("&Applied")
                    || squeezed.find("ledger.").is_some_and(|ledger| squeezed[ledger..].contains(".await"));
                if !has_committed {
                    found.push(format!(
                        "{path}:{}: {event} without a commit before it",
                        line_of(&source.code, at)
                    ));
                }
            }
        }
    }
    if looked { found } else { nothing_to_look_at("an emitted event of a payment") }
}

/// The one file that says whom to trust, and what it must say.
const TRUST: &str = "src-tauri/crates/ligdicash/src/tls.rs";
const THE_SYSTEMS: &str = "rustls_platform_verifier::Verifier::new";

/// Names through which a certificate would be trusted that the system refuses: switches, roots of one's own, a yes without
/// a look.
const TRUSTING: &[&str] = &[
    "danger_accept_invalid_certs",
    "danger_accept_invalid_hostnames",
    "tls_danger_accept_invalid_certs",
    "tls_danger_accept_invalid_hostnames",
    "add_root_certificate",
    "tls_certs_merge",
    "tls_certs_only",
    "new_with_extra_roots",
    "with_root_certificates",
    "with_webpki_verifier",
    "RootCertStore",
    "ServerCertVerified::assertion",
    "HandshakeSignatureValid::assertion",
];

/// Names of a verifier other than rustls' own; there is one, and it asks the system.
const VERIFYING: &[&str] = &["dangerous", "with_custom_certificate_verifier", "set_certificate_verifier"];

pub fn trust_beside_the_system(project: &Project) -> Vec<String> {
    let sources = project.rust(&["src-tauri/"]);
    if !sources.iter().any(|(path, source)| *path == TRUST && !source.uses(THE_SYSTEMS).is_empty()) {
        return nothing_to_look_at(&format!("{THE_SYSTEMS} in {TRUST}"));
    }
    let mut found = Vec::new();
    for (path, source) in &sources {
        let elsewhere = VERIFYING.iter().filter(|_| *path != TRUST);
        for name in TRUSTING.iter().chain(elsewhere) {
            found.extend(source.uses(name).into_iter().map(|line| format!("{path}:{line}: {name}")));
        }
    }
    found
}

fn enclosing_function(code: &str, at: usize) -> usize {
    occurrences(&code[..at], "fn").last().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::architecture::project::planted::files;

    #[test]
    fn a_clock_or_chance_in_the_rules_is_found_and_its_tests_are_left_alone() {
        let project = files(&[(
            "src-tauri/crates/domain/src/day.rs",
            "//! Not SystemTime::now.\nfn a() { std::time::Instant::now(); }\nasync fn b() {}\n#[cfg(test)]\nmod tests { fn c() { getrandom(); } }\n",
        )]);
        assert_eq!(
            impure_rules(&project),
            [
                "src-tauri/crates/domain/src/day.rs:2: Instant::now",
                "src-tauri/crates/domain/src/day.rs:3: async"
            ]
        );
    }

    #[test]
    fn a_statement_is_told_from_a_sentence() {
        for sql in [
            "SELECT id FROM payment",
            "select count(*)\n from x",
            "INSERT INTO a VALUES (1)",
            "UPDATE payment SET state = ?",
            "DELETE FROM a",
            "PRAGMA foreign_keys = on",
            "create table x (y)",
            "BEGIN IMMEDIATE",
        ] {
            assert!(is_sql(sql), "{sql}");
        }
        for sentence in [
            "select a number",
            "the update could not be set up",
            "begin with the amount",
            "what was deleted from the view? no: delete nothing",
            "values",
        ] {
            assert!(!is_sql(sentence), "{sentence}");
        }
    }

    #[test]
    fn sql_beside_the_ledger_is_found_even_in_a_script() {
        let project = files(&[
            ("src-tauri/crates/till/src/a.rs", "fn a() { q(\"SELECT 1 FROM payment\"); }"),
            ("src-tauri/crates/ledger/src/a.rs", "fn a() { q(\"SELECT 1 FROM payment\"); }"),
            ("docs/fix.sql", ""),
        ]);
        assert_eq!(
            sql_outside_the_ledger(&project),
            [
                "src-tauri/crates/till/src/a.rs:1: SELECT 1 FROM payment",
                "docs/fix.sql: SQL outside the ledger"
            ]
        );
    }

    fn triggers(except: &str) -> String {
        let all = GROWING.iter().flat_map(|table| {
            ["UPDATE", "DELETE"].map(|act| {
                let name = act.to_ascii_lowercase();
                format!("CREATE TRIGGER {table}_no_{name} BEFORE {act} ON {table} BEGIN SELECT 1; END;\n")
            })
        });
        all.filter(|trigger| except.is_empty() || !trigger.contains(except)).collect()
    }

    #[test]
    fn a_rewritten_or_removed_row_is_found() {
        let source = "fn a() { q(\"UPDATE ledger_entry SET amount = 1\"); q(\"UPDATE payment SET state = 1\");\n\
            q(\"DELETE FROM journal\"); q(\"INSERT OR REPLACE INTO setting VALUES (1)\"); }";
        let migrations = triggers("");
        let project = files(&[
            ("src-tauri/crates/ledger/src/a.rs", source),
            ("src-tauri/crates/ledger/migrations/1.sql", &migrations),
        ]);
        assert_eq!(
            ledger_rewrites(&project),
            [
                "src-tauri/crates/ledger/src/a.rs:1: ledger_entry",
                "src-tauri/crates/ledger/src/a.rs:2: journal",
                "src-tauri/crates/ledger/src/a.rs:2: insert or replace"
            ]
        );
    }

    #[test]
    fn a_missing_trigger_is_found() {
        let migrations = triggers("journal_no_delete");
        let project = files(&[
            ("src-tauri/crates/ledger/src/a.rs", "fn a() {}"),
            ("src-tauri/crates/ledger/migrations/1.sql", &migrations),
        ]);
        assert_eq!(ledger_rewrites(&project), ["no trigger refuses delete on journal"]);
    }

    #[test]
    fn an_event_that_runs_ahead_of_its_commit_is_found() {
        let good = "fn tell(&self, applied: &Applied) { self.events.emit(TillEvent::PaymentChanged(x)); }\n\
            async fn decide() { let p = self.ledger\n.decide(id).await?; events.emit(TillEvent::LateSuccess(p)); }\n";
        let bad =
            "async fn early() { events.emit(TillEvent::PaymentChanged(p)); self.ledger.apply(p).await?; }\n";
        let path = "src-tauri/crates/till/src/a.rs";
        assert!(events_before_commit(&files(&[(path, good)])).is_empty());
        assert_eq!(
            events_before_commit(&files(&[(path, &format!("{good}{bad}"))])),
            ["src-tauri/crates/till/src/a.rs:4: TillEvent::PaymentChanged without a commit before it"]
        );
    }

    #[test]
    fn a_way_around_the_systems_trust_is_found() {
        let good = "fn a() { b.dangerous().with_custom_certificate_verifier(rustls_platform_verifier::Verifier::new(p)); }\n";
        let other = "src-tauri/crates/till/src/a.rs";
        assert!(trust_beside_the_system(&files(&[(TRUST, good), (other, "fn dangerously() {}")])).is_empty());
        let switch = "fn a() { builder.danger_accept_invalid_certs(true); }";
        let own = "fn a() { config.dangerous(); }";
        let yes = "fn a() { Ok(ServerCertVerified::assertion()) }";
        assert_eq!(
            trust_beside_the_system(&files(&[
                (TRUST, &format!("{good}{yes}")),
                (other, switch),
                ("src-tauri/src/a.rs", own)
            ])),
            [
                "src-tauri/crates/ligdicash/src/tls.rs:2: ServerCertVerified::assertion",
                "src-tauri/crates/till/src/a.rs:1: danger_accept_invalid_certs",
                "src-tauri/src/a.rs:1: dangerous",
            ]
        );
        assert!(
            trust_beside_the_system(&files(&[(TRUST, "fn a() {}")]))[0].starts_with("nothing to look at")
        );
    }
}
