//! One till, one ledger. Owns the lock file. Refuses a second till: the window's single-instance guard only moves the
//! focus, this is what keeps two processes off one ledger.

use crate::error::{OpenTillError, TillError};
use std::fs::{File, OpenOptions, TryLockError};
use std::path::Path;

/// Held for as long as the till is open; the system lets go of it even when the process is killed.
#[derive(Debug)]
pub(crate) struct TillLock {
    _file: File,
}

impl TillLock {
    pub(crate) fn take(data_dir: &Path) -> Result<Self, OpenTillError> {
        let path = data_dir.join("till.lock");
        let failed = |source| OpenTillError::Till(TillError::File { path: path.clone(), source });
        let file = OpenOptions::new().create(true).truncate(false).write(true).open(&path).map_err(failed)?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: file }),
            Err(TryLockError::WouldBlock) => Err(OpenTillError::AlreadyOpen),
            Err(TryLockError::Error(source)) => Err(failed(source)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_till_is_refused_until_the_first_is_gone() {
        let dir = tempfile::tempdir().unwrap();
        let first = TillLock::take(dir.path()).unwrap();
        assert!(matches!(TillLock::take(dir.path()), Err(OpenTillError::AlreadyOpen)));
        drop(first);
        assert!(TillLock::take(dir.path()).is_ok());
    }
}
