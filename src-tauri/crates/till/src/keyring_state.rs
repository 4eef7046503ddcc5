//! Which keys are in use, and why none are. Owns the walk between the vault, the session and memory. The vault blocks,
//! so it is asked on a thread of its own.

use crate::error::{KeysProblem, TillError};
use crate::keys::Keys;
use crate::vault::Vault;
use std::sync::{Arc, PoisonError, RwLock};

/// Where the keys stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeysStatus {
    /// Sealed on disk.
    Stored,
    /// In memory until the till closes.
    SessionOnly,
    /// Not usable.
    Problem(KeysProblem),
}

#[derive(Clone)]
enum Held {
    Stored(Keys),
    Session(Keys),
    None(KeysProblem),
}

/// The keys of this till.
pub(crate) struct Keyring {
    vault: Arc<Vault>,
    held: RwLock<Held>,
}

impl Keyring {
    pub(crate) fn new(vault: Vault) -> Self {
        let held = if vault.exists() {
            Held::None(KeysProblem::KeychainLocked("the keychain has not answered yet".into()))
        } else {
            Held::None(KeysProblem::Missing)
        };
        Self { vault: Arc::new(vault), held: RwLock::new(held) }
    }

    pub(crate) fn keys(&self) -> Result<Keys, KeysProblem> {
        match self.held() {
            Held::Stored(keys) | Held::Session(keys) => Ok(keys),
            Held::None(problem) => Err(problem),
        }
    }

    pub(crate) fn status(&self) -> KeysStatus {
        match self.held() {
            Held::Stored(_) => KeysStatus::Stored,
            Held::Session(_) => KeysStatus::SessionOnly,
            Held::None(problem) => KeysStatus::Problem(problem),
        }
    }

    /// Asks the vault, and the keychain behind it, which may wait for a person.
    pub(crate) async fn load(&self) -> Result<(), TillError> {
        if !self.vault.exists() {
            return Ok(());
        }
        let vault = Arc::clone(&self.vault);
        let loaded = blocking(move || vault.load()).await?;
        self.hold(match loaded {
            Ok(keys) => Held::Stored(keys),
            Err(problem) => Held::None(problem),
        });
        Ok(())
    }

    pub(crate) async fn store(&self, keys: Keys) -> Result<(), TillError> {
        let vault = Arc::clone(&self.vault);
        let sealed = keys.clone();
        blocking(move || vault.save(&sealed)).await??;
        self.hold(Held::Stored(keys));
        Ok(())
    }

    pub(crate) fn keep_for_session(&self, keys: Keys) {
        self.hold(Held::Session(keys));
    }

    pub(crate) async fn forget(&self) -> Result<(), TillError> {
        let vault = Arc::clone(&self.vault);
        blocking(move || vault.forget()).await??;
        self.hold(Held::None(KeysProblem::Missing));
        Ok(())
    }

    fn held(&self) -> Held {
        self.held.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn hold(&self, held: Held) {
        *self.held.write().unwrap_or_else(PoisonError::into_inner) = held;
    }
}

pub(crate) async fn blocking<T: Send + 'static>(
    call: impl FnOnce() -> T + Send + 'static,
) -> Result<T, TillError> {
    tokio::task::spawn_blocking(call).await.map_err(|error| TillError::Task(error.to_string()))
}
