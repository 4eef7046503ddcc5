//! Where commands find the till. Owns the wait for it to open: the page may ask before it has. Refuses to serve a till
//! that did not open whole; then every command tells why.

use crate::error::opening;
use crate::views::UiError;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, OnceLock, PoisonError};
use till::domain::Right;
use till::{Admitted, OpenTillError, Presence, Till};
use tokio::sync::watch;

/// The till, once it is open.
pub(crate) struct Desk {
    state: watch::Sender<Option<Result<Till, UiError>>>,
    data_dir: OnceLock<PathBuf>,
    /// The copy that the person last chose in the system's dialog.
    chosen: Mutex<Option<PathBuf>>,
}

impl Default for Desk {
    fn default() -> Self {
        Self { state: watch::Sender::new(None), data_dir: OnceLock::new(), chosen: Mutex::new(None) }
    }
}

impl Desk {
    /// Where the till lies, told once, before it opens.
    pub(crate) fn lies_in(&self, data_dir: PathBuf) {
        let _ = self.data_dir.set(data_dir);
    }

    pub(crate) fn data_dir(&self) -> Option<PathBuf> {
        self.data_dir.get().cloned()
    }

    pub(crate) fn chose(&self, path: Option<PathBuf>) {
        *self.chosen.lock().unwrap_or_else(PoisonError::into_inner) = path;
    }

    pub(crate) fn has_chosen(&self, path: &Path) -> bool {
        self.chosen.lock().unwrap_or_else(PoisonError::into_inner).as_deref() == Some(path)
    }

    /// The till opens, perhaps not for the first time: whoever asks for it waits.
    pub(crate) fn opening(&self) {
        self.state.send_replace(None);
    }

    pub(crate) fn opened(&self, result: Result<Till, OpenTillError>) {
        self.state.send_replace(Some(result.map_err(|error| opening(&error))));
    }

    /// The till, for somebody who may do this; waits while it opens. There is no other way to it for a command.
    ///
    /// # Errors
    /// Why it did not open, or why this may not be done.
    pub(crate) async fn till_for(&self, right: Right) -> Result<Admitted, UiError> {
        Ok(self.till().await?.admit(right).await?)
    }

    /// Whether there is a till; waits while it opens.
    pub(crate) async fn is_open(&self) -> bool {
        self.till().await.is_ok()
    }

    async fn till(&self) -> Result<Till, UiError> {
        let mut state = self.state.subscribe();
        let opened = state.wait_for(Option::is_some).await;
        match opened.as_deref() {
            Ok(Some(Ok(till))) => Ok(till.clone()),
            Ok(Some(Err(error))) => Err(error.clone()),
            // The sender lives as long as the desk.
            Ok(None) | Err(_) => Err(UiError::internal("the desk is gone")),
        }
    }

    /// Closes the till, if it is open. Whoever closes it has seen what is on it, unless it is locked.
    pub(crate) async fn close(&self) {
        let open = self.state.borrow().clone();
        if let Some(Ok(till)) = open {
            if till.presence() != Presence::Locked {
                till.somebody_looks().await;
            }
            till.close().await;
        }
    }
}
