//! Where commands find the till. Owns the wait for it to open: the page may ask before it has. Refuses to serve a till
//! that did not open whole; then every command tells why.

use crate::error::opening;
use crate::views::UiError;
use till::{OpenTillError, Till};
use tokio::sync::watch;

/// The till, once it is open.
pub(crate) struct Desk {
    state: watch::Sender<Option<Result<Till, UiError>>>,
}

impl Default for Desk {
    fn default() -> Self {
        Self { state: watch::Sender::new(None) }
    }
}

impl Desk {
    pub(crate) fn opened(&self, result: Result<Till, OpenTillError>) {
        self.state.send_replace(Some(result.map_err(|error| opening(&error))));
    }

    /// The till; waits while it opens.
    ///
    /// # Errors
    /// Why it did not open.
    pub(crate) async fn till(&self) -> Result<Till, UiError> {
        let mut state = self.state.subscribe();
        let opened = state.wait_for(Option::is_some).await;
        match opened.as_deref() {
            Ok(Some(Ok(till))) => Ok(till.clone()),
            Ok(Some(Err(error))) => Err(error.clone()),
            // The sender lives as long as the desk.
            Ok(None) | Err(_) => Err(UiError::internal("the desk is gone")),
        }
    }

    /// Closes the till, if it is open.
    pub(crate) async fn close(&self) {
        let open = self.state.borrow().clone();
        if let Some(Ok(till)) = open {
            till.close().await;
        }
    }
}
