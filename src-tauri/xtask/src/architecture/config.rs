//! Owns the golden values of tauri.conf.json: what the web view may load, and what it may ask of Tauri.

use super::project::{Project, nothing_to_look_at};
use serde_json::{Value, json};

/// Where Tauri's own messages go; the only address a policy may name.
const IPC: &str = "http://ipc.localhost";

/// Words that would let text become code, or let the world in.
const FORBIDDEN: &[&str] = &[
    "'unsafe-inline'",
    "'unsafe-eval'",
    "'unsafe-hashes'",
    "'wasm-unsafe-eval'",
    "*",
    "data:",
    "blob:",
    "http:",
    "https:",
];

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
            must(csp.get("default-src") == Some(&json!("'none'")), "default-src must be 'none'");
            must(
                csp.get("script-src") == Some(&json!("'self'")),
                "script-src must be 'self' and nothing else",
            );
            for (directive, value) in csp {
                for word in value.as_str().unwrap_or("*").split_whitespace() {
                    let is_remote = word.contains("://") && word != IPC;
                    must(
                        !FORBIDDEN.contains(&word) && !is_remote,
                        &format!("{directive} must not have {word}"),
                    );
                }
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
    match list.as_slice() {
        [one] => {
            if one.get("windows") != Some(&json!(["main"])) {
                found.push("the capability must be for the window main".to_owned());
            }
            let mut permissions: Vec<&str> = one
                .get("permissions")
                .and_then(Value::as_array)
                .map(|all| all.iter().map(|one| one.as_str().unwrap_or("not a name")).collect())
                .unwrap_or_default();
            permissions.sort_unstable();
            if permissions != ["core:event:allow-listen", "core:event:allow-unlisten"] {
                found.push(format!(
                    "the page may only listen and stop listening, not: {}",
                    permissions.join(", ")
                ));
            }
            found.extend(
                ["remote", "webviews"]
                    .iter()
                    .filter(|key| one.get(**key).is_some())
                    .map(|key| format!("the capability must not name {key}")),
            );
        }
        several => found.push(format!("there must be one capability, not {}", several.len())),
    }
    let files = project.files.iter().filter(|file| {
        file.path.starts_with("capabilities/") || file.path.starts_with("src-tauri/capabilities/")
    });
    found.extend(files.map(|file| format!("{}: a capability beside tauri.conf.json", file.path)));
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::architecture::project::TextFile;

    fn good() -> Value {
        json!({"app": {"withGlobalTauri": false, "security": {
            "freezePrototype": true,
            "csp": {"default-src": "'none'", "script-src": "'self'", "connect-src": "ipc: http://ipc.localhost"},
            "capabilities": [{"identifier": "main", "windows": ["main"],
                "permissions": ["core:event:allow-listen", "core:event:allow-unlisten"]}]}}})
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
            (permissions, json!([{"identifier": "fs:default"}, "core:event:allow-listen"])),
            ("/app/security/capabilities/0/windows", json!(["*"])),
            ("/app/security/capabilities/0/remote", json!({"urls": ["https://example.com"]})),
            ("/app/security/capabilities", json!([])),
            ("/app/security/capabilities", json!(["main"])),
        ] {
            let project = if pointer.contains("/0/") {
                let (_, key) = pointer.rsplit_once('/').unwrap();
                let mut conf = good();
                conf.pointer_mut("/app/security/capabilities/0").unwrap()[key] = value.clone();
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
}
