//! Where the keys rest: sealed in a file of owner-only mode, under a random key that the system's keychain keeps.
//!
//! Owns the envelope. The keychain entry is 32 bytes, because the Windows one holds no more than 2,560; the file is bound
//! to the installation, so that a copy on another machine opens nothing. New keys are written, read back and compared
//! before the old ones are retired. Refuses plain text on disk: without a keychain keys are for the session only.

use crate::error::{KeysProblem, TillError};
use crate::keys::Keys;
use crate::ports::{Chance, Secrets};
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use serde::{Deserialize, Serialize};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use zeroize::Zeroizing;

const FILE_NAME: &str = "credentials.sealed";
const SCHEME: &str = "encaisse-credentials-v1";
const KEY_BYTES: usize = 32;
const NONCE_BYTES: usize = 24;

/// The sealed file, all of it public but the box.
#[derive(Serialize, Deserialize)]
struct Envelope {
    scheme: String,
    key_name: String,
    set_id: String,
    nonce: String,
    sealed: String,
}

/// The place. Its calls block: they may wait for a person to unlock the keychain.
pub(crate) struct Vault {
    path: PathBuf,
    installation: String,
    secrets: Arc<dyn Secrets>,
    chance: Arc<dyn Chance>,
}

impl Vault {
    pub(crate) fn new(
        data_dir: &Path,
        installation: String,
        secrets: Arc<dyn Secrets>,
        chance: Arc<dyn Chance>,
    ) -> Self {
        Self { path: data_dir.join(FILE_NAME), installation, secrets, chance }
    }

    /// Whether sealed keys are there at all; asks no keychain.
    pub(crate) fn exists(&self) -> bool {
        self.path.exists()
    }

    pub(crate) fn load(&self) -> Result<Keys, KeysProblem> {
        let Some(envelope) = self.read_envelope()? else { return Err(KeysProblem::Missing) };
        let key =
            self.secrets.get(&envelope.key_name)?.map(Zeroizing::new).ok_or_else(|| {
                KeysProblem::Unreadable("the keychain has no entry for the sealed keys".into())
            })?;
        self.open(&envelope, &key)
    }

    pub(crate) fn save(&self, keys: &Keys) -> Result<(), TillError> {
        let old_name = self.read_envelope().ok().flatten().map(|envelope| envelope.key_name);
        let mut name_bytes = [0u8; 8];
        self.chance.fill(&mut name_bytes)?;
        let mut key = Zeroizing::new([0u8; KEY_BYTES]);
        self.chance.fill(key.as_mut_slice())?;
        let mut nonce = [0u8; NONCE_BYTES];
        self.chance.fill(&mut nonce)?;
        let key_name = format!("sealing-key-{}", hex(&name_bytes));

        self.secrets.set(&key_name, key.as_slice()).map_err(KeysProblem::from)?;
        let stored = self.write_sealed(keys, &key_name, &key, &nonce);
        // Whichever of the two keys is no longer needed goes; a leftover entry opens nothing, so its removal may fail.
        let retired = if stored.is_ok() { old_name } else { Some(key_name) };
        if let Some(name) = retired
            && let Err(error) = self.secrets.delete(&name)
        {
            tracing::warn!(%error, "a retired sealing key stays in the keychain");
        }
        stored
    }

    pub(crate) fn forget(&self) -> Result<(), TillError> {
        let name = self.read_envelope().ok().flatten().map(|envelope| envelope.key_name);
        match fs::remove_file(&self.path) {
            Ok(()) => {}
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(source) => return Err(TillError::File { path: self.path.clone(), source }),
        }
        if let Some(name) = name {
            self.secrets.delete(&name).map_err(KeysProblem::from)?;
        }
        Ok(())
    }

    fn write_sealed(
        &self,
        keys: &Keys,
        key_name: &str,
        key: &[u8; KEY_BYTES],
        nonce: &[u8; NONCE_BYTES],
    ) -> Result<(), TillError> {
        let kept = self.secrets.get(key_name).map_err(KeysProblem::from)?.map(Zeroizing::new);
        if kept.as_ref().map(|kept| kept.as_slice()) != Some(key.as_slice()) {
            return Err(KeysProblem::KeychainUnavailable(
                "the keychain did not give back what it was given".into(),
            )
            .into());
        }
        let sealed = self.seal(keys, key_name, key, nonce)?;
        let temporary = self.path.with_extension("sealed.new");
        let failed = |path: &Path, source| TillError::File { path: path.to_owned(), source };
        write_owner_only(&temporary, sealed.as_bytes()).map_err(|source| failed(&temporary, source))?;
        let read_back = fs::read_to_string(&temporary).map_err(|source| failed(&temporary, source))?;
        if !self.parse(&read_back).and_then(|envelope| self.open(&envelope, key))?.same_as(keys) {
            return Err(KeysProblem::Unreadable("what was written does not read back".into()).into());
        }
        fs::rename(&temporary, &self.path).map_err(|source| failed(&self.path, source))?;
        sync_folder_of(&self.path).map_err(|source| failed(&self.path, source))
    }

    fn seal(&self, keys: &Keys, key_name: &str, key: &[u8], nonce: &[u8]) -> Result<String, TillError> {
        let text = keys.to_sealed_text();
        let broken = || TillError::from(KeysProblem::Unreadable("the keys cannot be sealed".into()));
        let sealed = cipher(key)
            .zip(XNonce::try_from(nonce).ok())
            .and_then(|(cipher, nonce)| {
                let bound_to = self.bound_to(key_name, keys.set_id());
                cipher.encrypt(&nonce, Payload { msg: text.as_bytes(), aad: bound_to.as_bytes() }).ok()
            })
            .ok_or_else(broken)?;
        let envelope = Envelope {
            scheme: SCHEME.into(),
            key_name: key_name.into(),
            set_id: keys.set_id().into(),
            nonce: hex(nonce),
            sealed: hex(&sealed),
        };
        serde_json::to_string_pretty(&envelope).map_err(|_| broken())
    }

    fn open(&self, envelope: &Envelope, key: &[u8]) -> Result<Keys, KeysProblem> {
        let unreadable = |why: &str| KeysProblem::Unreadable(why.to_owned());
        let sealed = unhex(&envelope.sealed).ok_or_else(|| unreadable("the sealed file is damaged"))?;
        let nonce = unhex(&envelope.nonce)
            .and_then(|bytes| XNonce::try_from(bytes.as_slice()).ok())
            .ok_or_else(|| unreadable("the sealed file is damaged"))?;
        let cipher = cipher(key).ok_or_else(|| unreadable("the keychain's entry has another size"))?;
        let bound = self.bound_to(&envelope.key_name, &envelope.set_id);
        let opened = cipher
            .decrypt(&nonce, Payload { msg: &sealed, aad: bound.as_bytes() })
            .map(Zeroizing::new)
            .map_err(|_| unreadable("the sealed file was changed, or belongs to another installation"))?;
        let text = std::str::from_utf8(&opened).map_err(|_| unreadable("the sealed file is damaged"))?;
        Keys::from_sealed_text(text, envelope.set_id.clone())
            .ok_or_else(|| unreadable("the sealed file is damaged"))
    }

    fn read_envelope(&self) -> Result<Option<Envelope>, KeysProblem> {
        match fs::read_to_string(&self.path) {
            Ok(text) => self.parse(&text).map(Some),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(KeysProblem::Unreadable(error.to_string())),
        }
    }

    fn parse(&self, text: &str) -> Result<Envelope, KeysProblem> {
        let envelope: Envelope = serde_json::from_str(text)
            .map_err(|error| KeysProblem::Unreadable(format!("the sealed file is damaged: {error}")))?;
        if envelope.scheme == SCHEME {
            Ok(envelope)
        } else {
            Err(KeysProblem::Unreadable(format!("the sealed file is of another kind: {:?}", envelope.scheme)))
        }
    }

    fn bound_to(&self, key_name: &str, set_id: &str) -> String {
        format!("{SCHEME}\n{}\n{key_name}\n{set_id}", self.installation)
    }
}

pub(crate) fn cipher(key: &[u8]) -> Option<XChaCha20Poly1305> {
    XChaCha20Poly1305::new_from_slice(key).ok()
}

fn write_owner_only(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    match fs::remove_file(path) {
        Ok(()) => {}
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
        Err(error) => return Err(error),
    }
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// A rename is durable only once its folder is; Windows has no such call and needs none.
fn sync_folder_of(path: &Path) -> std::io::Result<()> {
    #[cfg(unix)]
    if let Some(folder) = path.parent() {
        fs::File::open(folder)?.sync_all()?;
    }
    #[cfg(not(unix))]
    let _ = path;
    Ok(())
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

pub(crate) fn unhex(text: &str) -> Option<Vec<u8>> {
    if !text.len().is_multiple_of(2) || !text.is_ascii() {
        return None;
    }
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(text.get(at..at + 2)?, 16).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ports::SecretsError;
    use crate::system::SystemChance;
    use std::collections::BTreeMap;
    use std::sync::Mutex;

    /// A keychain with the limits of the Windows one.
    #[derive(Default)]
    struct Keychain {
        entries: Mutex<BTreeMap<String, Vec<u8>>>,
        forgets: bool,
    }

    impl Secrets for Keychain {
        fn get(&self, name: &str) -> Result<Option<Vec<u8>>, SecretsError> {
            Ok(self.entries.lock().unwrap().get(name).cloned())
        }
        fn set(&self, name: &str, secret: &[u8]) -> Result<(), SecretsError> {
            assert!(secret.len() <= 2_560, "over the Windows limit");
            if !self.forgets {
                self.entries.lock().unwrap().insert(name.into(), secret.into());
            }
            Ok(())
        }
        fn delete(&self, name: &str) -> Result<(), SecretsError> {
            self.entries.lock().unwrap().remove(name);
            Ok(())
        }
    }

    fn vault(dir: &Path, installation: &str, keychain: &Arc<Keychain>) -> Vault {
        Vault::new(dir, installation.into(), keychain.clone(), Arc::new(SystemChance))
    }

    fn keys(token: &str) -> Keys {
        Keys::parse("canary-key", token, "set-1".into()).unwrap()
    }

    #[test]
    fn keys_of_any_length_are_sealed_and_read_back() {
        let dir = tempfile::tempdir().unwrap();
        let keychain = Arc::new(Keychain::default());
        for length in [1, 1_280, 1_281, 2_560, 2_561, 65_536] {
            let keys = keys(&"t".repeat(length));
            vault(dir.path(), "till-1", &keychain).save(&keys).unwrap();
            let read = vault(dir.path(), "till-1", &keychain).load().unwrap();
            assert!(read.same_as(&keys) && read.set_id() == "set-1", "{length}");
            assert_eq!(keychain.entries.lock().unwrap().len(), 1, "the old sealing key is retired");
        }
    }

    #[test]
    fn the_file_holds_no_plain_key_and_is_for_its_owner_only() {
        let dir = tempfile::tempdir().unwrap();
        let keychain = Arc::new(Keychain::default());
        vault(dir.path(), "till-1", &keychain).save(&keys("canary-token")).unwrap();
        let path = dir.path().join(FILE_NAME);
        assert!(!fs::read_to_string(&path).unwrap().contains("canary"));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        }
    }

    #[test]
    fn another_installation_a_changed_file_or_a_lost_entry_opens_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let keychain = Arc::new(Keychain::default());
        vault(dir.path(), "till-1", &keychain).save(&keys("token")).unwrap();
        assert!(matches!(vault(dir.path(), "till-2", &keychain).load(), Err(KeysProblem::Unreadable(_))));

        let path = dir.path().join(FILE_NAME);
        let whole = fs::read_to_string(&path).unwrap();
        for (from, to) in
            [("set-1", "set-2"), ("\"sealed\": \"", "\"sealed\": \"00"), ("credentials-v1", "credentials-v9")]
        {
            fs::write(&path, whole.replace(from, to)).unwrap();
            assert!(
                matches!(vault(dir.path(), "till-1", &keychain).load(), Err(KeysProblem::Unreadable(_))),
                "{from}"
            );
        }
        fs::write(&path, &whole).unwrap();
        assert!(vault(dir.path(), "till-1", &keychain).load().is_ok());
        keychain.entries.lock().unwrap().clear();
        assert!(matches!(vault(dir.path(), "till-1", &keychain).load(), Err(KeysProblem::Unreadable(_))));
    }

    #[test]
    fn a_damaged_envelope_opens_nothing_and_panics_nowhere() {
        const EXECUTIONS: u32 = 20_000;
        let dir = tempfile::tempdir().unwrap();
        let keychain = Arc::new(Keychain::default());
        let vault = vault(dir.path(), "till-1", &keychain);
        let saved = keys("canary-token");
        vault.save(&saved).unwrap();
        let whole = fs::read(dir.path().join(FILE_NAME)).unwrap();
        let mut roll = 0u64;
        let mut below = |end: usize| {
            roll = roll.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            usize::try_from((roll >> 33) % end as u64).unwrap()
        };
        let mut opened = 0;
        for _ in 0..EXECUTIONS {
            let mut bytes = whole.clone();
            for _ in 0..=below(3) {
                if bytes.is_empty() {
                    break;
                }
                let at = below(bytes.len());
                match below(4) {
                    0 => bytes[at] ^= 1 << below(8),
                    1 => bytes[at] = u8::try_from(below(256)).unwrap(),
                    2 => drop(bytes.drain(at..(at + 1 + below(20)).min(bytes.len()))),
                    _ => drop(bytes.splice(at..at, "é\\u0000\"0x".bytes())),
                }
            }
            let text = String::from_utf8_lossy(&bytes);
            let Ok(envelope) = vault.parse(&text) else { continue };
            let key = keychain.get(&envelope.key_name).unwrap().unwrap_or_else(|| vec![7; 32]);
            // A capital for a small letter in a hexadecimal number is the same number.
            if let Ok(read) = vault.open(&envelope, &key) {
                assert!(read.same_as(&saved) && read.set_id() == "set-1");
                opened += 1;
            }
        }
        println!(
            "FIGURE hostile input, sealed keys | {EXECUTIONS} executions | 0 panics, {opened} the same in other letters"
        );
    }

    #[test]
    fn a_keychain_that_forgets_keeps_the_old_keys() {
        let dir = tempfile::tempdir().unwrap();
        let good = Arc::new(Keychain::default());
        vault(dir.path(), "till-1", &good).save(&keys("first")).unwrap();
        let forgetful =
            Arc::new(Keychain { entries: Mutex::new(good.entries.lock().unwrap().clone()), forgets: true });
        assert!(vault(dir.path(), "till-1", &forgetful).save(&keys("second")).is_err());
        assert!(vault(dir.path(), "till-1", &good).load().unwrap().same_as(&keys("first")));
    }

    #[test]
    fn forgotten_keys_leave_neither_file_nor_entry() {
        let dir = tempfile::tempdir().unwrap();
        let keychain = Arc::new(Keychain::default());
        let vault = vault(dir.path(), "till-1", &keychain);
        vault.save(&keys("token")).unwrap();
        vault.forget().unwrap();
        assert!(!vault.exists() && keychain.entries.lock().unwrap().is_empty());
        assert_eq!(vault.load().unwrap_err(), KeysProblem::Missing);
    }
}
