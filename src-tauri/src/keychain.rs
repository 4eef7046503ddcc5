//! The system's keychain: Secret Service on Linux, Keychain on macOS, Credential Manager on Windows. Owns the names under
//! which secrets lie there. Opens the store anew after a failure: a keychain that was missing at start can come up later.

use keyring_core::{CredentialStore, Entry, Error};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use till::{Secrets, SecretsError};

const SERVICE: &str = "tg.encaisse.till";

/// The keychain of the person who is logged in. Its calls block; the till makes them on a blocking thread.
#[derive(Default)]
pub(crate) struct Keychain {
    store: Mutex<Option<Arc<CredentialStore>>>,
}

impl Keychain {
    fn entry(&self, name: &str) -> Result<Entry, SecretsError> {
        let mut kept = self.store.lock().unwrap_or_else(PoisonError::into_inner);
        let store = match kept.as_ref() {
            Some(store) => Arc::clone(store),
            None => Arc::clone(
                kept.insert(open_store().map_err(|error| SecretsError::Unavailable(told(&error)))?),
            ),
        };
        drop(kept);
        store.build(SERVICE, name, modifiers().as_ref()).map_err(|error| self.failed(&error))
    }

    /// Forgets the store, so that the next call connects again.
    fn failed(&self, error: &Error) -> SecretsError {
        *self.store.lock().unwrap_or_else(PoisonError::into_inner) = None;
        if matches!(error, Error::NoStorageAccess(_)) {
            SecretsError::Locked(told(error))
        } else {
            SecretsError::Unavailable(told(error))
        }
    }
}

/// What may be told of an error: never the stored bytes that two of its variants carry.
fn told(error: &Error) -> String {
    if matches!(error, Error::BadEncoding(_) | Error::BadDataFormat(..)) {
        "the keychain gave back something unreadable".to_owned()
    } else if matches!(error, Error::Ambiguous(_)) {
        "the keychain holds this entry more than once".to_owned()
    } else {
        error.to_string()
    }
}

impl Secrets for Keychain {
    fn get(&self, name: &str) -> Result<Option<Vec<u8>>, SecretsError> {
        match self.entry(name)?.get_secret() {
            Ok(secret) => Ok(Some(secret)),
            Err(Error::NoEntry) => Ok(None),
            Err(error) => Err(self.failed(&error)),
        }
    }

    fn set(&self, name: &str, secret: &[u8]) -> Result<(), SecretsError> {
        self.entry(name)?.set_secret(secret).map_err(|error| self.failed(&error))
    }

    fn delete(&self, name: &str) -> Result<(), SecretsError> {
        match self.entry(name)?.delete_credential() {
            Ok(()) | Err(Error::NoEntry) => Ok(()),
            Err(error) => Err(self.failed(&error)),
        }
    }
}

/// On Windows an entry would else follow its person to every computer of a domain, and the sealed keys stay behind.
fn modifiers() -> Option<HashMap<&'static str, &'static str>> {
    cfg!(windows).then(|| HashMap::from([("persistence", "local")]))
}

#[cfg(target_os = "linux")]
fn open_store() -> keyring_core::Result<Arc<CredentialStore>> {
    Ok(zbus_secret_service_keyring_store::Store::new()?)
}

#[cfg(target_os = "macos")]
fn open_store() -> keyring_core::Result<Arc<CredentialStore>> {
    Ok(apple_native_keyring_store::keychain::Store::new()?)
}

#[cfg(target_os = "windows")]
fn open_store() -> keyring_core::Result<Arc<CredentialStore>> {
    Ok(windows_native_keyring_store::Store::new()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_error_tells_never_holds_the_secret() {
        let canary = b"canary-secret".to_vec();
        for error in [
            Error::BadEncoding(canary.clone()),
            Error::BadDataFormat(canary, "canary-secret".into()),
            Error::Ambiguous(Vec::new()),
        ] {
            assert!(!told(&error).contains("canary"));
        }
    }

    #[test]
    fn a_locked_keychain_is_told_apart_from_a_missing_one() {
        let keychain = Keychain::default();
        let locked = keychain.failed(&Error::NoStorageAccess("prompt dismissed".into()));
        assert!(matches!(locked, SecretsError::Locked(_)));
        let missing = keychain.failed(&Error::PlatformFailure("no bus".into()));
        assert!(matches!(missing, SecretsError::Unavailable(_)));
    }
}
