//! Whether an open file is still the one that its name stands for. Owns that question.
//!
//! A file that was removed or replaced while it is open can be written for as long as one likes, and nothing of it is ever
//! found again. Looks at names only: opening the file here and closing it again would let go of SQLite's locks.

use crate::error::LedgerError;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{PoisonError, RwLock};

/// What SQLite keeps beside a database; without them a commit is as lost as without the file.
const SIDE_FILES: [&str; 2] = ["-wal", "-shm"];

/// A name, and the file it stood for.
#[derive(Debug, PartialEq, Eq)]
struct Place {
    path: PathBuf,
    mark: (u64, u64),
}

impl Place {
    fn of(path: PathBuf) -> io::Result<Self> {
        Ok(Self { mark: mark(&path)?, path })
    }

    fn holds(&self) -> Result<(), LedgerError> {
        let is_same = mark(&self.path).is_ok_and(|mark| mark == self.mark);
        if is_same { Ok(()) } else { Err(LedgerError::moved(&self.path)) }
    }
}

/// Where an open database lies.
#[derive(Debug)]
pub(crate) struct Places {
    main: Place,
    beside: RwLock<Vec<Place>>,
}

impl Places {
    /// Of a file that is about to be opened.
    pub(crate) fn of(path: &Path) -> io::Result<Self> {
        Ok(Self { main: Place::of(path.to_owned())?, beside: RwLock::default() })
    }

    /// It was opened: SQLite has begun its side files, or found them.
    pub(crate) fn opened(&self) {
        let side_file = |suffix: &str| {
            let mut name = self.main.path.as_os_str().to_owned();
            name.push(suffix);
            Place::of(PathBuf::from(name)).ok()
        };
        let found = SIDE_FILES.into_iter().filter_map(side_file).collect();
        *self.beside.write().unwrap_or_else(PoisonError::into_inner) = found;
    }

    /// It is being closed: SQLite takes its side files away.
    pub(crate) fn closing(&self) {
        self.beside.write().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// The name still stands for the same database.
    pub(crate) fn main_holds(&self) -> Result<(), LedgerError> {
        self.main.holds()
    }

    /// Everything still lies where it was opened.
    pub(crate) fn all_hold(&self) -> Result<(), LedgerError> {
        self.main.holds()?;
        self.beside.read().unwrap_or_else(PoisonError::into_inner).iter().try_for_each(Place::holds)
    }
}

#[cfg(unix)]
fn mark(path: &Path) -> io::Result<(u64, u64)> {
    use std::os::unix::fs::MetadataExt;
    path.metadata().map(|found| (found.dev(), found.ino()))
}

/// Windows refuses to remove or replace what SQLite has open, so that being there is enough.
#[cfg(not(unix))]
fn mark(path: &Path) -> io::Result<(u64, u64)> {
    path.metadata().map(|_| (0, 0))
}
