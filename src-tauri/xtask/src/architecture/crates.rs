//! Owns the arrows between crates, and which of them may name which library.

use super::project::{Crate, Kind, Project, nothing_to_look_at};

/// What each of our crates may build on, of ours. Tests may build on the same and no more.
const ARROWS: &[(&str, &[&str])] = &[
    ("encaisse", &["domain", "till"]),
    ("till", &["domain", "ledger", "ligdicash", "documents", "simulator"]),
    ("ledger", &["domain"]),
    ("documents", &["domain"]),
    ("ligdicash", &[]),
    ("simulator", &[]),
    ("domain", &[]),
    // Tools: nothing builds on them.
    ("e2e", &["simulator"]),
    ("floor", &[]),
    ("proof", &["documents", "domain", "ledger", "ligdicash", "simulator", "till"]),
    ("xtask", &[]),
];

/// The rules build on these and on nothing else; each was looked at for clocks, threads and I/O.
const PURE: &[&str] = &["thiserror", "jiff"];

pub fn off_the_arrows(project: &Project) -> Vec<String> {
    each(project, |krate| {
        let Some((_, allowed)) = ARROWS.iter().find(|(name, _)| *name == krate.name) else {
            return vec![format!("{} is not on the map: give it its arrows", krate.name)];
        };
        named(krate, |name, _| ARROWS.iter().any(|(ours, _)| *ours == name) && !allowed.contains(&name))
    })
}

pub fn shell_only(project: &Project) -> Vec<String> {
    let is_shells = |name: &str| {
        name.starts_with("tauri")
            || name.starts_with("keyring")
            || name.ends_with("-keyring-store")
            || matches!(name, "wry" | "tao" | "webkit2gtk" | "secret-service" | "security-framework")
    };
    // The floor is a window and nothing else; nobody builds on it.
    let has_a_window = |krate: &Crate| matches!(krate.name.as_str(), "encaisse" | "floor");
    each(project, |krate| if has_a_window(krate) { vec![] } else { named(krate, |name, _| is_shells(name)) })
}

/// One per system. The kernel's keyring on Linux forgets everything at a restart; plain keyring may choose it.
const STORES: &[&str] =
    &["zbus-secret-service-keyring-store", "apple-native-keyring-store", "windows-native-keyring-store"];

pub fn keychain_stores(project: &Project) -> Vec<String> {
    let Some(shell) = project.crates.iter().find(|krate| krate.name == "encaisse") else {
        return nothing_to_look_at("the shell");
    };
    let is_other_store = |name: &str| {
        let is_store = name == "keyring" || name.ends_with("-keyring-store") || name.contains("keyutils");
        is_store && !STORES.contains(&name)
    };
    let missing = STORES
        .iter()
        .filter(|store| !shell.dependencies.iter().any(|dependency| dependency.name == **store))
        .map(|store| format!("encaisse does not name {store}"));
    named(shell, |name, _| is_other_store(name)).into_iter().chain(missing).collect()
}

pub fn database(project: &Project) -> Vec<String> {
    let is_database = |name: &str| {
        name.starts_with("sqlx")
            || name.starts_with("diesel")
            || matches!(name, "rusqlite" | "libsqlite3-sys" | "sea-orm")
    };
    each(
        project,
        |krate| if krate.name == "ledger" { vec![] } else { named(krate, |name, _| is_database(name)) },
    )
}

pub fn http(project: &Project) -> Vec<String> {
    let is_client =
        |name: &str| name.starts_with("reqwest") || matches!(name, "ureq" | "isahc" | "curl" | "attohttpc");
    each(project, |krate| {
        // The simulator's own tests must ask it something without the client they are the judge of.
        let for_its_tests = |kind| krate.name == "simulator" && kind == Kind::Dev;
        if krate.name == "ligdicash" {
            return vec![];
        }
        named(krate, |name, kind| is_client(name) && !for_its_tests(kind))
    })
}

pub fn pure_rules(project: &Project) -> Vec<String> {
    match project.crates.iter().find(|krate| krate.name == "domain") {
        Some(domain) => named(domain, |name, kind| kind != Kind::Dev && !PURE.contains(&name)),
        None => nothing_to_look_at("the crate domain"),
    }
}

pub fn lints(project: &Project) -> Vec<String> {
    let text =
        |path: &str| project.files.iter().find(|file| file.path == path).map(|file| file.text.as_str());
    let mut found = each(project, |krate| match text(&krate.manifest) {
        Some(manifest) if section(manifest, "[lints]").any(|line| is_setting(line, "workspace", "true")) => {
            vec![]
        }
        Some(_) => vec![format!("{} does not say `workspace = true` under [lints]", krate.manifest)],
        None => vec![format!("{} was not found", krate.manifest)],
    });
    let forbidden = text("Cargo.toml").is_some_and(|root| {
        section(root, "[workspace.lints.rust]").any(|line| is_setting(line, "unsafe_code", "\"forbid\""))
    });
    if !forbidden {
        found.push("Cargo.toml does not forbid unsafe_code under [workspace.lints.rust]".to_owned());
    }
    found
}

/// Faults on purpose may only be switched on by the program that looks for them.
pub fn planted_faults(project: &Project) -> Vec<String> {
    const MAY_NAME_IT: &[&str] = &["domain", "ledger", "till", "proof"];
    each(project, |krate| {
        let manifest = project.files.iter().find(|file| file.path == krate.manifest);
        let names_it = manifest.is_some_and(|manifest| manifest.text.contains("planted"));
        if names_it && !MAY_NAME_IT.contains(&krate.name.as_str()) {
            vec![format!("{} names planted faults", krate.manifest)]
        } else {
            vec![]
        }
    })
}

fn each(project: &Project, find: impl Fn(&Crate) -> Vec<String>) -> Vec<String> {
    if project.crates.is_empty() {
        return nothing_to_look_at("our crates");
    }
    project.crates.iter().flat_map(find).collect()
}

fn named(krate: &Crate, is_wrong: impl Fn(&str, Kind) -> bool) -> Vec<String> {
    let wrong = krate.dependencies.iter().filter(|dependency| is_wrong(&dependency.name, dependency.kind));
    wrong.map(|dependency| format!("{} names {}", krate.name, dependency.name)).collect()
}

fn section<'a>(manifest: &'a str, header: &'a str) -> impl Iterator<Item = &'a str> {
    manifest
        .lines()
        .map(str::trim)
        .skip_while(move |line| *line != header)
        .skip(1)
        .take_while(|line| !line.starts_with('['))
}

fn is_setting(line: &str, name: &str, value: &str) -> bool {
    line.split_once('=').is_some_and(|(left, right)| left.trim() == name && right.trim() == value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::architecture::project::{TextFile, planted::crates};

    #[test]
    fn planted_faults_in_the_shell_are_found() {
        let mut project = crates(&[("encaisse", &["till"]), ("till", &["ledger"])]);
        let manifest = |krate: &Crate| krate.manifest.clone();
        let manifests: Vec<String> = project.crates.iter().map(manifest).collect();
        for path in &manifests {
            project.files.retain(|file| file.path != *path);
            project.files.push(TextFile { path: path.clone(), text: "planted = []".to_owned() });
        }
        let shell = project.crates.iter().find(|krate| krate.name == "encaisse").map(manifest).unwrap();
        assert_eq!(planted_faults(&project), [format!("{shell} names planted faults")]);
    }

    #[test]
    fn an_arrow_that_points_back_or_sideways_is_found_in_tests_too() {
        let project = crates(&[
            ("till", &["ledger", "ligdicash", "simulator", "domain"]),
            ("ledger", &["domain", "sqlx"]),
            ("domain", &["ledger"]),
            ("ligdicash", &["dev:simulator"]),
            ("simulator", &["ligdicash"]),
            ("encaisse", &["ledger"]),
        ]);
        assert_eq!(
            off_the_arrows(&project),
            [
                "domain names ledger",
                "ligdicash names simulator",
                "simulator names ligdicash",
                "encaisse names ledger"
            ]
        );
    }

    #[test]
    fn a_crate_without_arrows_is_found_and_documents_is_expected() {
        let project = crates(&[("documents", &["domain", "csv"]), ("helpers", &[])]);
        assert_eq!(off_the_arrows(&project), ["helpers is not on the map: give it its arrows"]);
    }

    #[test]
    fn tauri_and_keychains_below_the_shell_are_found() {
        let project = crates(&[
            ("encaisse", &["tauri", "build:tauri-build", "keyring-core", "apple-native-keyring-store"]),
            ("till", &["tauri-plugin-log", "dev:keyring-core", "windows-native-keyring-store"]),
        ]);
        assert_eq!(
            shell_only(&project),
            [
                "till names tauri-plugin-log",
                "till names keyring-core",
                "till names windows-native-keyring-store"
            ]
        );
    }

    #[test]
    fn a_keychain_that_forgets_at_a_restart_is_found_and_so_is_a_missing_one() {
        let all = ["keyring-core", STORES[0], STORES[1], STORES[2]];
        assert_eq!(keychain_stores(&crates(&[("encaisse", &all)])), Vec::<String>::new());
        let forgetful =
            crates(&[("encaisse", &["linux-keyutils-keyring-store", "keyring", STORES[1], STORES[2]])]);
        assert_eq!(
            keychain_stores(&forgetful),
            [
                "encaisse names linux-keyutils-keyring-store",
                "encaisse names keyring",
                "encaisse does not name zbus-secret-service-keyring-store"
            ]
        );
    }

    #[test]
    fn a_second_database_or_http_client_is_found() {
        let project = crates(&[
            ("ledger", &["sqlx", "reqwest"]),
            ("ligdicash", &["reqwest"]),
            ("simulator", &["dev:reqwest"]),
            ("till", &["dev:sqlx", "dev:reqwest", "rusqlite"]),
        ]);
        assert_eq!(database(&project), ["till names sqlx", "till names rusqlite"]);
        assert_eq!(http(&project), ["ledger names reqwest", "till names reqwest"]);
        assert_eq!(http(&crates(&[("simulator", &["reqwest"])])), ["simulator names reqwest"]);
    }

    #[test]
    fn the_rules_may_not_gain_a_library_unseen() {
        let project = crates(&[("domain", &["thiserror", "jiff", "tokio", "build:cc", "dev:proptest"])]);
        assert_eq!(pure_rules(&project), ["domain names tokio", "domain names cc"]);
    }

    #[test]
    fn a_crate_that_leaves_the_lints_or_a_root_that_allows_unsafe_is_found() {
        let mut project = crates(&[("good", &[]), ("bad", &[]), ("lost", &[])]);
        let mut add = |path: &str, text: &str| {
            project.files.push(TextFile { path: path.to_owned(), text: text.to_owned() });
        };
        add("good/Cargo.toml", "[package]\nname = \"good\"\n\n[lints]\nworkspace = true\n");
        add("bad/Cargo.toml", "[lints]\n\n[other]\nworkspace = true\n");
        add("Cargo.toml", "[workspace.lints.rust]\nunsafe_code = \"deny\"\n");
        assert_eq!(
            lints(&project),
            [
                "bad/Cargo.toml does not say `workspace = true` under [lints]",
                "lost/Cargo.toml was not found",
                "Cargo.toml does not forbid unsafe_code under [workspace.lints.rust]"
            ]
        );
    }
}
