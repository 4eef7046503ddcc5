//! Owns the golden values of tauri.conf.json: what the web view may load, and what it may ask of Tauri and of the till.

use super::project::{Project, nothing_to_look_at};
use serde_json::{Value, json};

/// The whole policy. A word more or less is a decision, and is made here as well.
const POLICY: &[(&str, &str)] = &[
    ("default-src", "'none'"),
    ("script-src", "'self'"),
    ("style-src", "'self'"),
    ("img-src", "'self'"),
    ("font-src", "'self'"),
    ("media-src", "'self'"),
    // Where Tauri's own messages go.
    ("connect-src", "ipc: http://ipc.localhost"),
    ("base-uri", "'none'"),
    ("form-action", "'none'"),
    ("frame-ancestors", "'none'"),
    ("object-src", "'none'"),
    // Text becomes markup through one door: the framework's own.
    ("require-trusted-types-for", "'script'"),
    ("trusted-types", "svelte-trusted-html"),
];

/// What each window may ask for. The customer's may not even listen: whoever hears one event may hear them all.
const CAPABILITIES: &[(&str, &[&str])] =
    &[("main", &["core:event:allow-listen", "core:event:allow-unlisten", "till"]), ("display", &["display"])];

const COMMAND_LIST: &str = "src-tauri/permissions/till.toml";
const PROGRAM: &str = "src-tauri/src/window.rs";
const BORDER: &str = "src-tauri/src/border.rs";
/// Each permission with the page that asks by it.
const PAGES: &[(&str, &str)] = &[("till", "ui/src/lib/backend.ts"), ("display", "ui/src/display/door.ts")];

pub fn content_policy(project: &Project) -> Vec<String> {
    let Some(app) = project.tauri_conf.get("app") else {
        return nothing_to_look_at("app in tauri.conf.json");
    };
    let security = app.get("security").unwrap_or(&Value::Null);
    let mut found = Vec::new();
    let mut must = |holds: bool, sentence: &str| {
        if !holds {
            found.push(format!("tauri.conf.json: {sentence}"));
        }
    };
    must(app.get("withGlobalTauri") == Some(&json!(false)), "withGlobalTauri must be false");
    must(security.get("freezePrototype") == Some(&json!(true)), "freezePrototype must be true");
    must(security.get("devCsp").is_none(), "devCsp would be a second, weaker policy");
    must(
        matches!(security.get("dangerousDisableAssetCspModification"), None | Some(Value::Bool(false))),
        "the policy must stay Tauri's to complete",
    );
    must(
        security.pointer("/assetProtocol/enable") != Some(&json!(true)),
        "the page must not read files of the disk",
    );
    match security.get("csp").and_then(Value::as_object) {
        None => must(false, "csp must be a list of directives"),
        Some(csp) => {
            for (directive, value) in POLICY {
                must(csp.get(*directive) == Some(&json!(value)), &format!("{directive} must be {value}"));
            }
            for directive in csp.keys() {
                let is_known = POLICY.iter().any(|(known, _)| known == directive);
                must(is_known, &format!("{directive} is not in the golden policy"));
            }
        }
    }
    found
}

pub fn capabilities(project: &Project) -> Vec<String> {
    let Some(list) = project.tauri_conf.pointer("/app/security/capabilities").and_then(Value::as_array)
    else {
        return nothing_to_look_at("capabilities in tauri.conf.json");
    };
    let mut found = Vec::new();
    if list.len() != CAPABILITIES.len() {
        found.push(format!("there must be {} capabilities, not {}", CAPABILITIES.len(), list.len()));
    }
    for (one, (window, golden)) in list.iter().zip(CAPABILITIES) {
        if one.get("windows") != Some(&json!([window])) {
            found.push(format!("the capability must be for the window {window} alone"));
        }
        let mut permissions: Vec<&str> = one
            .get("permissions")
            .and_then(Value::as_array)
            .map(|all| all.iter().map(|one| one.as_str().unwrap_or("not a name")).collect())
            .unwrap_or_default();
        permissions.sort_unstable();
        if permissions != *golden {
            found.push(format!(
                "the window {window} may only {}, not: {}",
                golden.join(", "),
                permissions.join(", ")
            ));
        }
        found.extend(
            ["remote", "webviews"]
                .iter()
                .filter(|key| one.get(**key).is_some())
                .map(|key| format!("the capability of {window} must not name {key}")),
        );
    }
    let files = project.files.iter().filter(|file| {
        file.path.starts_with("capabilities/") || file.path.starts_with("src-tauri/capabilities/")
    });
    found.extend(files.map(|file| format!("{}: a capability beside tauri.conf.json", file.path)));
    found
}

/// The commands of the program, of each permission and of its page are the same: what a page does not need it cannot ask
/// for, what it needs it may, and no two pages share a command.
pub fn commands(project: &Project) -> Vec<String> {
    let text =
        |path: &str| project.files.iter().find(|file| file.path == path).map(|file| file.text.as_str());
    let (Some(program), Some(list)) = (text(PROGRAM), text(COMMAND_LIST)) else {
        return nothing_to_look_at("the commands of program or permission");
    };
    let program = handled(program);
    let mut all_allowed: Vec<String> = Vec::new();
    let mut found: Vec<String> = project
        .files
        .iter()
        .filter(|file| {
            file.path.starts_with("src-tauri/permissions/") || file.path.starts_with("permissions/")
        })
        .filter(|file| file.path != COMMAND_LIST)
        .map(|file| format!("{}: a permission beside {COMMAND_LIST}", file.path))
        .collect();
    if program.is_empty() {
        found.push(format!("{PROGRAM}: no command found"));
    }
    let mut must_have = |place: &str, all: &[String], there: &[String]| {
        let missing = all.iter().filter(|name| !there.contains(name));
        found.extend(missing.map(|name| format!("{place}: {name} is missing")));
    };
    for (permission, page) in PAGES {
        let Some(text) = text(page) else { return nothing_to_look_at(page) };
        let (allowed, asked) = (allowed_by(permission, list), invoked(text));
        must_have(page, &allowed, &asked);
        must_have(COMMAND_LIST, &asked, &allowed);
        all_allowed.extend(allowed);
    }
    must_have(COMMAND_LIST, &program, &all_allowed);
    must_have(PROGRAM, &all_allowed, &program);
    let permissions = list.matches("[[permission]]").count();
    if permissions != PAGES.len() {
        found.push(format!("{COMMAND_LIST}: {permissions} permissions for {} pages", PAGES.len()));
    }
    all_allowed.sort_unstable();
    let twice = all_allowed.windows(2).filter(|pair| pair.first() == pair.last());
    found.extend(twice.flatten().take(1).map(|name| format!("{COMMAND_LIST}: {name} is allowed twice")));
    found
}

/// Names at the ends of the paths in `generate_handler![…]`.
fn handled(program: &str) -> Vec<String> {
    let Some((_, after)) = program.split_once("generate_handler![") else { return Vec::new() };
    let inside = after.split(']').next().unwrap_or_default();
    inside
        .split(',')
        .filter_map(|path| path.trim().rsplit("::").next())
        .filter(|name| !name.is_empty())
        .map(str::to_owned)
        .collect()
}

/// Names in quotation marks in the list `commands.allow` of one permission.
fn allowed_by(permission: &str, list: &str) -> Vec<String> {
    let named = format!("identifier = \"{permission}\"");
    let Some(block) = list.split("[[permission]]").find(|block| block.contains(&named)) else {
        return Vec::new();
    };
    let Some((_, after)) = block.split_once("commands.allow") else { return Vec::new() };
    after.split('"').skip(1).step_by(2).map(str::to_owned).collect()
}

/// Names that a page's one door sends.
fn invoked(page: &str) -> Vec<String> {
    page.split("invoke('").skip(1).filter_map(|rest| rest.split('\'').next()).map(str::to_owned).collect()
}

/// The window is made in one place, which refuses to leave it, and no release brings tools to look into it.
pub fn border(project: &Project) -> Vec<String> {
    let text =
        |path: &str| project.files.iter().find(|file| file.path == path).map(|file| file.text.as_str());
    let windows = project.tauri_conf.pointer("/app/windows").and_then(Value::as_array);
    let (Some(border), Some(manifest), Some(windows)) = (text(BORDER), text("Cargo.toml"), windows) else {
        return nothing_to_look_at("the making of the window");
    };
    let mut found = Vec::new();
    for guard in
        [".on_navigation(", ".on_new_window(|_, _| NewWindowResponse::Deny)", ".on_download(|_, _| false)"]
    {
        if !border.contains(guard) {
            found.push(format!("{BORDER}: the window is made without {guard}"));
        }
    }
    for window in windows {
        if window.get("create") != Some(&json!(false)) {
            found.push("tauri.conf.json: Tauri must not make the window, without its border".to_owned());
        }
        if window.get("dragDropEnabled") == Some(&json!(false)) || window.get("devtools").is_some() {
            found.push(
                "tauri.conf.json: a file that is dropped must not reach the page, and no tools".to_owned(),
            );
        }
    }
    if manifest.contains("\"devtools\"") {
        found.push("Cargo.toml: a release must not have devtools".to_owned());
    }
    let others = project.rust(&["src-tauri/src/"]).into_iter().filter(|(path, _)| *path != BORDER);
    found.extend(
        others
            .filter(|(_, scanned)| scanned.code.contains("WebviewWindowBuilder::"))
            .map(|(path, _)| format!("{path}: a window made beside {BORDER}")),
    );
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::architecture::project::{TextFile, planted};

    fn good() -> Value {
        json!({"app": {"withGlobalTauri": false, "security": {
            "freezePrototype": true,
            "csp": POLICY.iter().map(|(name, value)| ((*name).to_owned(), json!(value))).collect::<serde_json::Map<_, _>>(),
            "capabilities": CAPABILITIES.iter().map(|(window, permissions)|
                json!({"identifier": window, "windows": [window], "permissions": permissions})).collect::<Vec<_>>()},
            "windows": [{"label": "main", "create": false}]}})
    }

    fn with(pointer: &str, value: Value) -> Project {
        let mut conf = good();
        let (parent, key) = pointer.rsplit_once('/').unwrap();
        conf.pointer_mut(parent).unwrap().as_object_mut().unwrap().insert(key.to_owned(), value);
        Project { tauri_conf: conf, ..Project::default() }
    }

    #[test]
    fn the_golden_values_hold() {
        let project = Project { tauri_conf: good(), ..Project::default() };
        assert!(content_policy(&project).is_empty(), "{:?}", content_policy(&project));
        assert!(capabilities(&project).is_empty(), "{:?}", capabilities(&project));
    }

    #[test]
    fn every_weakened_policy_is_found() {
        for (pointer, value) in [
            ("/app/withGlobalTauri", json!(true)),
            ("/app/security/freezePrototype", json!(false)),
            ("/app/security/devCsp", json!({})),
            ("/app/security/dangerousDisableAssetCspModification", json!(true)),
            ("/app/security/assetProtocol", json!({"enable": true})),
            ("/app/security/csp", json!(null)),
            ("/app/security/csp", json!("default-src 'none'")),
            ("/app/security/csp/default-src", json!("'self'")),
            ("/app/security/csp/script-src", json!("'self' blob:")),
            ("/app/security/csp/style-src", json!("'self' 'unsafe-inline'")),
            ("/app/security/csp/img-src", json!("data:")),
            ("/app/security/csp/connect-src", json!("ipc: http://ipc.localhost https://example.com")),
            ("/app/security/csp/font-src", json!(["https:"])),
            ("/app/security/csp/frame-src", json!("'self'")),
            ("/app/security/csp/frame-ancestors", json!("'self'")),
        ] {
            assert!(!content_policy(&with(pointer, value.clone())).is_empty(), "{pointer} = {value}");
        }
    }

    #[test]
    fn every_widened_capability_is_found() {
        let permissions = "/app/security/capabilities/0/permissions";
        for (pointer, value) in [
            (permissions, json!(["core:event:allow-listen", "core:event:allow-unlisten", "core:default"])),
            (permissions, json!(["core:event:allow-listen"])),
            (
                permissions,
                json!(["core:event:allow-listen", "core:event:allow-unlisten", "opener:default", "till"]),
            ),
            (permissions, json!([{"identifier": "fs:default"}, "core:event:allow-listen"])),
            ("/app/security/capabilities/0/windows", json!(["*"])),
            ("/app/security/capabilities/0/windows", json!(["main", "display"])),
            ("/app/security/capabilities/1/windows", json!(["main"])),
            ("/app/security/capabilities/1/permissions", json!(["core:event:allow-listen", "display"])),
            ("/app/security/capabilities/1/permissions", json!(["display", "till"])),
            ("/app/security/capabilities/1/permissions", json!(["till"])),
            ("/app/security/capabilities/1/permissions", json!([])),
            ("/app/security/capabilities/1/webviews", json!(["x"])),
            ("/app/security/capabilities/0/remote", json!({"urls": ["https://example.com"]})),
            ("/app/security/capabilities", json!([])),
            ("/app/security/capabilities", json!(["main"])),
        ] {
            let project = if pointer.contains("/0/") || pointer.contains("/1/") {
                let (capability, key) = pointer.rsplit_once('/').unwrap();
                let mut conf = good();
                conf.pointer_mut(capability).unwrap()[key] = value.clone();
                Project { tauri_conf: conf, ..Project::default() }
            } else {
                with(pointer, value.clone())
            };
            assert!(!capabilities(&project).is_empty(), "{pointer} = {value}");
        }
        let mut beside = Project { tauri_conf: good(), ..Project::default() };
        beside.files.push(TextFile { path: "capabilities/more.json".to_owned(), text: String::new() });
        assert_eq!(capabilities(&beside), ["capabilities/more.json: a capability beside tauri.conf.json"]);
    }

    const GOOD_COMMANDS: &[(&str, &str)] = &[
        (
            PROGRAM,
            "x.invoke_handler(tauri::generate_handler![\n commands::charge::snapshot,\n commands::day::day,\n commands::screen::display,\n])",
        ),
        (
            COMMAND_LIST,
            "# \"not one\"\n[[permission]]\nidentifier = \"till\"\ncommands.allow = [\n \"snapshot\",\n \"day\",\n]\n[[permission]]\nidentifier = \"display\"\ncommands.allow = [\"display\"]",
        ),
        (PAGES[0].1, "snapshot: () => invoke('snapshot'),\n day: (day) => invoke('day', { day }),"),
        (PAGES[1].1, "invoke('display', { changes })"),
    ];

    #[test]
    fn the_three_lists_of_commands_are_one() {
        assert!(
            commands(&planted::files(GOOD_COMMANDS)).is_empty(),
            "{:?}",
            commands(&planted::files(GOOD_COMMANDS))
        );
        for (changed, from, to) in [
            (PROGRAM, "commands::day::day,", ""),
            (PROGRAM, "commands::day::day,", "commands::day::day, commands::day::wipe,"),
            (COMMAND_LIST, "\"day\",", ""),
            (COMMAND_LIST, "\"day\",", "\"day\", \"wipe\","),
            (PAGES[0].1, "invoke('day', { day })", "null"),
            (PAGES[0].1, "invoke('day', { day })", "invoke('day') ?? invoke('wipe')"),
            (PAGES[1].1, "invoke('display', { changes })", "invoke('day')"),
            (PAGES[1].1, "invoke('display', { changes })", "null"),
            (COMMAND_LIST, "[\"display\"]", "[\"display\", \"day\"]"),
            (COMMAND_LIST, "[\"display\"]", "[]"),
            (COMMAND_LIST, "[\"display\"]", "[\"display\"]\n[[permission]]\nidentifier = \"more\""),
        ] {
            let files: Vec<(&str, String)> = GOOD_COMMANDS
                .iter()
                .map(|(path, text)| {
                    (*path, if *path == changed { text.replace(from, to) } else { (*text).to_owned() })
                })
                .collect();
            let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (*path, text.as_str())).collect();
            assert!(!commands(&planted::files(&files)).is_empty(), "{changed}: {from} to {to}");
        }
        let mut beside = GOOD_COMMANDS.to_vec();
        beside.push(("src-tauri/permissions/more.toml", ""));
        assert_eq!(commands(&planted::files(&beside)).len(), 1);
    }

    #[test]
    fn a_window_without_its_border_is_found() {
        let guards =
            ".on_navigation(x).on_new_window(|_, _| NewWindowResponse::Deny).on_download(|_, _| false)";
        let project = |border: &str, manifest: &str, windows: Value| {
            let mut project =
                planted::files(&[(BORDER, border), ("Cargo.toml", manifest), (PROGRAM, "fn run() {}")]);
            project.tauri_conf = json!({"app": {"windows": windows}});
            project
        };
        let good = json!([{"create": false}]);
        assert!(border(&project(guards, "", good.clone())).is_empty());
        for guard in [
            ".on_navigation(x)",
            ".on_new_window(|_, _| NewWindowResponse::Deny)",
            ".on_download(|_, _| false)",
        ] {
            assert_eq!(border(&project(&guards.replace(guard, ""), "", good.clone())).len(), 1, "{guard}");
        }
        assert_eq!(border(&project(guards, "features = [\"devtools\"]", good.clone())).len(), 1);
        for windows in [
            json!([{}]),
            json!([{"create": false, "dragDropEnabled": false}]),
            json!([{"create": false, "devtools": true}]),
        ] {
            assert_eq!(border(&project(guards, "", windows.clone())).len(), 1, "{windows}");
        }
        let mut second = project(guards, "", good);
        second.files.push(TextFile {
            path: "src-tauri/src/other.rs".to_owned(),
            text: "WebviewWindowBuilder::new()".to_owned(),
        });
        assert_eq!(border(&second), ["src-tauri/src/other.rs: a window made beside src-tauri/src/border.rs"]);
    }
}
