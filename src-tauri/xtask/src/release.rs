//! Owns what is done to packages before they are given out: signing, checking each signature against the public key that
//! the till carries, checksums. Refuses to go on without both keys, or with two keys that are not one pair: a release that
//! nobody can verify is worse than none. Never holds the private key itself: the program that signs reads it from the
//! environment.

use crate::{
    failure::{Failure, While},
    log::Log,
    packages, setup,
    workshop::Workshop,
};
use minisign_verify::{PublicKey, Signature};
use std::{
    env, fs,
    path::{Path, PathBuf},
};

/// Where the public key is kept, as minisign writes it.
const PUBLIC_KEY: &str = "src-tauri/packages/update-key.pub";
/// Where the private key comes from.
const PRIVATE_KEY: &str = "TAURI_SIGNING_PRIVATE_KEY";
/// Endings of what a merchant installs.
const PACKAGES: &[&str] = &["deb", "rpm", "AppImage", "exe", "msi", "dmg"];
/// What stands in the folder beside them, and is summed too.
const BESIDE: &[&str] = &["minisig", "json"];

/// Signs every package in `folder`, checks what was signed, and writes `SHA256SUMS`.
///
/// # Errors
/// When a key is missing, the keys are not a pair, or there is nothing to sign.
pub fn sign(workshop: &Workshop, folder: &Path) -> Result<(), Failure> {
    // The tools are started elsewhere.
    let folder = &folder.canonicalize().when(folder.display())?;
    let text = fs::read_to_string(workshop.path(PUBLIC_KEY)).when(PUBLIC_KEY)?;
    let public = keys(&text, env::var(PRIVATE_KEY).ok().as_deref())?;
    let version = packages::version(workshop)?;
    let mut log = Log::create(&workshop.target.join("xtask-logs"), "release")?;
    setup::page_packages(workshop, &mut log)?;
    let found = files(folder, PACKAGES)?;
    if found.is_empty() {
        return Err(Failure(format!("no package lies in {}", folder.display())));
    }
    for package in &found {
        let name = package.to_string_lossy().into_owned();
        let ran = log.run(&mut workshop.tauri(&["signer", "sign", "--app-version", &version, &name])?)?;
        if !ran.succeeded {
            return Err(Failure(format!(
                "{name} could not be signed: is {PRIVATE_KEY} a key, and its password right?"
            )));
        }
        let wrapped = PathBuf::from(format!("{name}.sig"));
        let mut unwrap = workshop.command("base64");
        let unwrapped = unwrap.arg("-d").arg(&wrapped).output().when("base64")?;
        // As minisign writes it, so that its own program reads it, too.
        let signature = String::from_utf8(unwrapped.stdout).when(wrapped.display())?;
        holds(&public, &fs::read(package).when(&name)?, &signature, &version).when(&name)?;
        fs::remove_file(&wrapped).when(wrapped.display())?;
        fs::write(format!("{name}.minisig"), signature).when(&name)?;
        println!("signed: {name}");
    }
    let all = files(folder, &[PACKAGES, BESIDE].concat())?;
    let names = all.iter().filter_map(|path| path.strip_prefix(folder).ok());
    let mut sums = workshop.command("sha256sum");
    let summed = sums.arg("--").args(names).current_dir(folder).output().when("sha256sum")?;
    if !summed.status.success() {
        return Err(Failure::new(String::from_utf8_lossy(&summed.stderr)));
    }
    fs::write(folder.join("SHA256SUMS"), &summed.stdout).when("SHA256SUMS")?;
    println!(
        "FIGURE signed packages | version {version} | {} of {}, each verified",
        found.len(),
        found.len()
    );
    Ok(())
}

/// The public key, when both are there.
fn keys(public: &str, private: Option<&str>) -> Result<PublicKey, Failure> {
    let key = public.lines().map(str::trim).find(|line| line.starts_with("RW"));
    let Some(key) = key else {
        return Err(Failure(format!(
            "{PUBLIC_KEY} holds no key, so no till could tell our packages from anybody's.\n{MAKE}"
        )));
    };
    let key = PublicKey::from_base64(key).when(PUBLIC_KEY)?;
    if private.is_none_or(|private| private.trim().is_empty()) {
        return Err(Failure(format!(
            "{PRIVATE_KEY} is not set: nothing is signed, and nothing may be given out.\n{MAKE}"
        )));
    }
    Ok(key)
}

const MAKE: &str = "Once, on a machine that is not the workflow's:
  ui/node_modules/.bin/tauri signer generate -w encaisse.key
Keep encaisse.key and its password where only the people who release can read them, and twice: whoever loses them cannot
update a till again. Give them to the environment `release` of the repository as TAURI_SIGNING_PRIVATE_KEY (what is in the
file) and TAURI_SIGNING_PRIVATE_KEY_PASSWORD. Put what `base64 -d encaisse.key.pub` says into src-tauri/packages/update-key.pub.";

/// The signature is the key's, of these bytes, for this version.
fn holds(key: &PublicKey, bytes: &[u8], signature: &str, version: &str) -> Result<(), Failure> {
    let signature = Signature::decode(signature).when("no signature")?;
    key.verify(bytes, &signature, false).when("the private key and the public key are not one pair")?;
    let comment = signature.trusted_comment();
    if comment.split('\t').any(|part| part.strip_prefix("version:") == Some(version)) {
        Ok(())
    } else {
        Err(Failure(format!("signed for another version: {comment}")))
    }
}

/// Files with one of `endings` anywhere in `folder`, in the order of their names.
fn files(folder: &Path, endings: &[&str]) -> Result<Vec<PathBuf>, Failure> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).when(folder.display())? {
        let path = entry.when(folder.display())?.path();
        if path.is_dir() {
            found.extend(files(&path, endings)?);
        } else if path.extension().is_some_and(|ending| endings.iter().any(|one| ending == *one)) {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    // A pair that was made for this test and thrown away; what it signed is "a package\n" as version 9.9.9.
    const PUBLIC: &str = include_str!("../../packages/signed-in-tests/key.pub");
    const SIGNATURE: &str = include_str!("../../packages/signed-in-tests/a.deb.minisig");

    #[test]
    fn a_missing_key_is_a_clear_stop_that_says_what_to_do() {
        for (public, private, named) in [
            ("# no key yet\n", Some("key"), PUBLIC_KEY),
            ("", Some("key"), PUBLIC_KEY),
            (PUBLIC, None, PRIVATE_KEY),
            (PUBLIC, Some(" "), PRIVATE_KEY),
        ] {
            let failure = keys(public, private).err().unwrap();
            assert!(failure.0.contains(named) && failure.0.contains("signer generate"), "{failure}");
        }
        assert!(keys(PUBLIC, Some("key")).is_ok());
    }

    #[test]
    fn a_signature_is_of_these_bytes_by_this_key_for_this_version() {
        let key = keys(PUBLIC, Some("key")).unwrap();
        assert_eq!(holds(&key, b"a package\n", SIGNATURE, "9.9.9"), Ok(()));
        assert!(holds(&key, b"a Package\n", SIGNATURE, "9.9.9").is_err(), "other bytes");
        assert!(holds(&key, b"a package\n", SIGNATURE, "9.9.8").is_err(), "another version");
        let moved = SIGNATURE.replace("version:9.9.9", "version:9.9.8");
        assert!(holds(&key, b"a package\n", &moved, "9.9.8").is_err(), "a comment that was not signed");
        let other =
            PublicKey::from_base64("RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3").unwrap();
        assert!(holds(&other, b"a package\n", SIGNATURE, "9.9.9").is_err(), "another key");
        assert!(holds(&key, b"a package\n", "", "9.9.9").is_err(), "no signature");
    }
}
