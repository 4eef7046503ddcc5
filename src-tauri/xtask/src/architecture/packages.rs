//! Owns what packages say of themselves and must never say differently by accident: one version, one identity for
//! installers to recognise, no way back in silence, and no private key in the checkout.

use super::project::{Project, nothing_to_look_at};
use serde_json::{Value, json};

const DESCRIPTION: &str = "src-tauri/packages/tg.encaisse.till.metainfo.xml";
const PAGE: &str = "ui/package.json";
/// By these, installers know an Encaisse that is already there. Changed, every shop would have two.
const IDENTITY: &[(&str, &str)] = &[
    ("/identifier", "tg.encaisse.till"),
    ("/productName", "Encaisse"),
    ("/mainBinaryName", "encaisse"),
    ("/bundle/windows/wix/upgradeCode", "be9e7513-b0f7-54a9-a6e2-9a25e03450c1"),
];

pub fn identity(project: &Project) -> Vec<String> {
    let text =
        |path: &str| project.files.iter().find(|file| file.path == path).map(|file| file.text.as_str());
    let (Some(manifest), Some(page), Some(description)) = (text("Cargo.toml"), text(PAGE), text(DESCRIPTION))
    else {
        return nothing_to_look_at("what the packages say");
    };
    let conf = &project.tauri_conf;
    let version = conf.get("version").and_then(Value::as_str).unwrap_or("none");
    let mut found = Vec::new();
    let mut must = |holds: bool, sentence: String| {
        if !holds {
            found.push(sentence);
        }
    };
    let workspace = manifest.split_once("[workspace.package]").map_or("", |(_, after)| after);
    let page: Value = serde_json::from_str(page).unwrap_or_default();
    must(
        workspace.starts_with(&format!("\nversion = \"{version}\"\n")),
        format!("Cargo.toml: not version {version}"),
    );
    must(page.get("version") == Some(&json!(version)), format!("{PAGE}: not version {version}"));
    let newest = description.split_once("<release version=\"").and_then(|(_, after)| after.split('"').next());
    must(newest == Some(version), format!("{DESCRIPTION}: its first release is not {version}"));
    for (pointer, value) in IDENTITY {
        must(
            conf.pointer(pointer) == Some(&json!(value)),
            format!("tauri.conf.json: {pointer} must stay {value}"),
        );
    }
    must(
        conf.pointer("/bundle/windows/allowDowngrades") == Some(&json!(false)),
        "tauri.conf.json: an older till must not install itself over a newer one".to_owned(),
    );
    found
}

/// A private key that was committed once is everybody's.
pub fn private_keys(project: &Project) -> Vec<String> {
    if project.files.is_empty() {
        return nothing_to_look_at("files");
    }
    // Put together here, so that this file does not hold them.
    let plain = ["encrypted", "secret key"].join(" ");
    let wrapped = ["dW50cnVzdGVkIGNvbW1lbnQ6IHJzaWdu", "IGVuY3J5cHRlZCBzZWNyZXQga2V5"].concat();
    let pem = ["PRIVATE", "KEY-----"].join(" ");
    let holds = |text: &str| text.contains(&plain) || text.contains(&wrapped) || text.contains(&pem);
    let holding = project.files.iter().filter(|file| holds(&file.text));
    holding.map(|file| format!("{}: holds a private key", file.path)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::architecture::project::planted;

    const GOOD: &[(&str, &str)] = &[
        ("Cargo.toml", "[workspace.package]\nversion = \"1.2.3\"\nedition = \"2024\"\n"),
        (PAGE, "{\"version\": \"1.2.3\"}"),
        (DESCRIPTION, "<releases><release version=\"1.2.3\" /><release version=\"1.2.2\" /></releases>"),
    ];

    fn project(files: &[(&str, &str)]) -> Project {
        let mut project = planted::files(files);
        project.tauri_conf = json!({"version": "1.2.3", "identifier": IDENTITY[0].1, "productName": IDENTITY[1].1,
            "mainBinaryName": IDENTITY[2].1,
            "bundle": {"windows": {"allowDowngrades": false, "wix": {"upgradeCode": IDENTITY[3].1}}}});
        project
    }

    #[test]
    fn one_version_and_one_identity() {
        assert!(identity(&project(GOOD)).is_empty(), "{:?}", identity(&project(GOOD)));
        for at in 0..GOOD.len() {
            let text = GOOD[at].1.replacen("1.2.3", "1.2.4", 1);
            let mut files = GOOD.to_vec();
            files[at].1 = &text;
            assert_eq!(identity(&project(&files)).len(), 1, "{}", GOOD[at].0);
        }
        for (pointer, _) in IDENTITY.iter().chain(&[("/bundle/windows/allowDowngrades", "")]) {
            let mut changed = project(GOOD);
            *changed.tauri_conf.pointer_mut(pointer).unwrap() = json!("another");
            assert_eq!(identity(&changed).len(), 1, "{pointer}");
        }
    }

    #[test]
    fn a_private_key_is_found_however_it_is_written() {
        let public = "untrusted comment: minisign public key: 56CD3497CC7FBBA2";
        assert!(private_keys(&planted::files(&[("a", public)])).is_empty());
        for key in [
            format!("untrusted comment: rsign {} key\nRWRTY0Iy", "encrypted secret"),
            format!("x = \"{}{}\"", "dW50cnVzdGVkIGNvbW1lbnQ6IHJzaWdu", "IGVuY3J5cHRlZCBzZWNyZXQga2V5CQ=="),
            format!("-----BEGIN {} KEY-----", "PRIVATE"),
        ] {
            assert_eq!(private_keys(&planted::files(&[("a", &key)])).len(), 1, "{key}");
        }
    }
}
