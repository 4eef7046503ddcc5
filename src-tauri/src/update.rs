//! Tells whether a package is ours before somebody installs it, without a network: its bytes, the signature beside it, and
//! the public key that this program was built with. The till fetches no update and installs none (decision 17); refuses to
//! call anything authentic while it knows no key.

use crate::archive_commands::Said;
use minisign_verify::{PublicKey, Signature};
use std::cmp::Ordering;
use std::path::Path;

const PUBLIC_KEY: &str = include_str!("../packages/update-key.pub");
const THIS_VERSION: &str = env!("CARGO_PKG_VERSION");

/// Holds `file` against the signature in `file.minisig`.
pub(crate) fn verify(file: &Path) -> Said {
    let key = key(PUBLIC_KEY)?;
    let unread = |error: std::io::Error| format!("{file} : {error}", file = file.display());
    let bytes = std::fs::read(file).map_err(unread)?;
    let mut beside = file.as_os_str().to_owned();
    beside.push(".minisig");
    let signature = std::fs::read_to_string(&beside).map_err(|error| {
        format!(
            "la signature manque (the signature is missing) : {beside} : {error}",
            beside = beside.display()
        )
    })?;
    judged(&key, &bytes, &signature, THIS_VERSION)
}

fn key(text: &str) -> Result<PublicKey, String> {
    let line = text.lines().map(str::trim).find(|line| line.starts_with("RW"));
    line.and_then(|line| PublicKey::from_base64(line).ok()).ok_or_else(|| {
        "cette caisse a été construite sans clé publique : elle ne peut reconnaître aucune mise à jour (this till was \
         built without a public key: it can recognise no update)"
            .to_owned()
    })
}

fn judged(key: &PublicKey, bytes: &[u8], signature: &str, this_version: &str) -> Said {
    let not_ours = || {
        "CE FICHIER N’EST PAS D’ENCAISSE, ne l’installez pas (this file is not Encaisse’s: do not install it)"
            .to_owned()
    };
    let signature = Signature::decode(signature).map_err(|_| not_ours())?;
    key.verify(bytes, &signature, false).map_err(|_| not_ours())?;
    // The comment is signed as well: who has an old package and its signature cannot call it new.
    let version = signature.trusted_comment().split('\t').find_map(|part| part.strip_prefix("version:"));
    let version = version.ok_or_else(not_ours)?;
    let which = match numbers(version).cmp(&numbers(this_version)) {
        Ordering::Greater => "plus récente que cette caisse (newer than this till)",
        Ordering::Equal => "la même que cette caisse (the same as this till)",
        Ordering::Less => {
            return Err(format!(
                "authentique, mais {version} est plus ancienne que cette caisse, {this_version} : ne l’installez pas \
                 (authentic, but older than this till: do not install it)"
            ));
        }
    };
    Ok(format!("authentique (authentic) : Encaisse {version}, {which}\n"))
}

fn numbers(version: &str) -> Vec<u64> {
    version.split(['.', '-', '+']).map_while(|part| part.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    // A pair that was made for this test and thrown away; what it signed is "a package\n" as version 9.9.9.
    const PUBLIC: &str = include_str!("../packages/signed-in-tests/key.pub");
    const SIGNATURE: &str = include_str!("../packages/signed-in-tests/a.deb.minisig");

    #[test]
    fn only_what_our_key_signed_is_authentic_and_nothing_older_is_welcome() {
        let key = key(PUBLIC).unwrap();
        let judge = |bytes: &[u8], signature: &str, this: &str| judged(&key, bytes, signature, this);
        assert!(judge(b"a package\n", SIGNATURE, "0.1.0").unwrap().contains("9.9.9, plus récente"));
        assert!(judge(b"a package\n", SIGNATURE, "9.9.9").unwrap().contains("la même"));
        assert!(judge(b"a package\n", SIGNATURE, "9.10.0").unwrap_err().contains("plus ancienne"));
        for (bytes, signature) in [
            (b"a packagE\n".as_slice(), SIGNATURE.to_owned()),
            (b"a package\n", SIGNATURE.replace("version:9.9.9", "version:9.9.8")),
            (b"a package\n", SIGNATURE.replace("RUSiu3", "RUSiu4")),
            (b"a package\n", String::new()),
        ] {
            assert!(judge(bytes, &signature, "0.1.0").unwrap_err().contains("N’EST PAS"), "{signature}");
        }
    }

    #[test]
    fn a_till_without_a_public_key_calls_nothing_authentic() {
        assert!(key("# no key yet\n").unwrap_err().contains("sans clé publique"));
        assert!(key("RWnonsense").is_err());
    }
}
