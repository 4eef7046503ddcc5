//! Rights where no till is open: for the command line, which asks for a name and a PIN as soon as somebody has one. Owns no
//! journal: what is then done has its line from [`crate::Archive`], or from whoever restores.

use super::door::{Door, Key, Member, Tried};
use super::secrets::Pin;
use crate::error::TillError;
use crate::ports::Ports;
use domain::Right;
use ledger::SettingsStore;
use std::path::Path;

/// The people of a data folder.
pub struct Gate {
    door: Door,
    store: SettingsStore,
}

impl Gate {
    /// None where nobody has a PIN, or no till has run.
    ///
    /// # Errors
    /// [`TillError`] when the settings cannot be read.
    pub async fn of(data_dir: &Path, ports: Ports) -> Result<Option<Self>, TillError> {
        let path = data_dir.join("settings.sqlite3");
        if !path.exists() {
            return Ok(None);
        }
        let store = SettingsStore::open(&path).await?;
        let door = Door::open(store.clone(), ports).await?;
        if door.people().is_empty() {
            store.close().await;
            return Ok(None);
        }
        Ok(Some(Self { door, store }))
    }

    /// Who may come.
    #[must_use]
    pub fn people(&self) -> Vec<Member> {
        self.door.people()
    }

    /// How many seconds this person must wait before the PIN is tried.
    #[must_use]
    pub fn must_wait_s(&self, id: &str) -> Option<u32> {
        self.door.must_wait_s(id)
    }

    /// Whether this person, with this PIN, may do this.
    ///
    /// # Errors
    /// [`TillError::PinWrong`], [`TillError::PinWait`], [`TillError::NotAllowed`].
    pub async fn admit(&self, id: &str, pin: &Pin, right: Right) -> Result<Member, TillError> {
        match self.door.prove(id, Key::Pin, pin.into()).await? {
            Tried::Right(member) if member.role.may(right) => Ok(member),
            Tried::Right(_) => Err(TillError::NotAllowed(right)),
            Tried::Wrong { error, .. } => Err(error),
        }
    }

    /// Closes the settings.
    pub async fn close(self) {
        self.store.close().await;
    }
}
