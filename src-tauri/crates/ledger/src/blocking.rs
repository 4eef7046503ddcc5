//! Work that waits for the disk, on a thread that may wait.

use crate::error::{LedgerError, Unavailability};

/// Does `work` there. A thread that broke down makes the file unavailable.
pub(crate) async fn blocking<T, E>(work: impl FnOnce() -> Result<T, E> + Send + 'static) -> Result<T, E>
where
    T: Send + 'static,
    E: From<LedgerError> + Send + 'static,
{
    let done = tokio::task::spawn_blocking(work).await;
    done.unwrap_or_else(|error| {
        let kind = Unavailability::Io;
        Err(LedgerError::Unavailable { kind, detail: error.to_string() }.into())
    })
}
