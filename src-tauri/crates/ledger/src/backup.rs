//! A copy of a ledger that can be trusted: made through SQLite, without a secret, opened again and verified before it has
//! its name.
//!
//! Owns the way from a ledger to a file beside it, never half-written. Refuses to copy what cannot be verified, so that a
//! damaged ledger never takes the place of a good copy, and to replace a file that is there.

use crate::blocking::blocking;
use crate::contents::{Contents, descends, glance, inspect, read_only};
use crate::error::{LedgerError, Unavailability};
use crate::seal;
use crate::token::{Token, WITHHELD};
use crate::verify::BadRow;
use domain::{Mode, PaymentId};
use rusqlite::Connection;
use rusqlite::config::DbConfig;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use thiserror::Error;

/// What stands in a copy for the handle of a payment that can still be asked about: sealed, or nothing.
pub type Keep = Box<dyn Fn(&PaymentId, &Token) -> Option<Token> + Send>;

/// Why there is no copy, or why one cannot be used. What was there before is as it was.
#[derive(Debug, Error)]
pub enum BackupError {
    /// Damaged, or no ledger.
    #[error("{path} cannot be used: {detail}", path = path.display())]
    Unusable {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        detail: String,
    },
    /// SQLite reads it, and the chain does not hold.
    #[error("{path} was changed: {table} {row}: {problem}", path = path.display(), table = bad.table, row = bad.row, problem = bad.problem)]
    Changed {
        /// The file.
        path: PathBuf,
        /// The first row that is not as it was written.
        bad: BadRow,
    },
    /// Of the other counter.
    #[error("{path} is a {found} ledger, not a {asked} one", path = path.display())]
    WrongMode {
        /// The file.
        path: PathBuf,
        /// What it is.
        found: Mode,
        /// What was asked.
        asked: Mode,
    },
    /// Written by a newer version.
    #[error("{path} was written by a newer version of this program", path = path.display())]
    Newer {
        /// The file.
        path: PathBuf,
    },
    /// A file of that name is there.
    #[error("{path} is there already", path = path.display())]
    Exists {
        /// The file.
        path: PathBuf,
    },
    /// No room left.
    #[error("no room left for {path}", path = path.display())]
    DiskFull {
        /// The file.
        path: PathBuf,
    },
    /// The file or its folder cannot be used.
    #[error("{path} cannot be read or written: {detail}", path = path.display())]
    Folder {
        /// Which.
        path: PathBuf,
        /// What the system says.
        detail: String,
    },
    /// The ledger.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
}

impl BackupError {
    pub(crate) fn of(path: &Path, error: LedgerError) -> Self {
        let path = path.to_owned();
        match error {
            LedgerError::Damaged(detail) => Self::Unusable { path, detail },
            LedgerError::Unavailable { kind: Unavailability::DiskFull, .. } => Self::DiskFull { path },
            LedgerError::Unavailable { kind: Unavailability::ReadOnly | Unavailability::Io, detail } => {
                Self::Folder { path, detail }
            }
            error @ (LedgerError::Unavailable { .. }
            | LedgerError::NotFound
            | LedgerError::VersionConflict
            | LedgerError::ClosingMoved
            | LedgerError::Illegal(_)
            | LedgerError::DecisionRefused(_)) => Self::Ledger(error),
        }
    }

    pub(crate) fn io(path: &Path, error: &std::io::Error) -> Self {
        let path = path.to_owned();
        if matches!(error.kind(), ErrorKind::StorageFull | ErrorKind::QuotaExceeded) {
            Self::DiskFull { path }
        } else {
            Self::Folder { path, detail: error.to_string() }
        }
    }
}

/// Copies the ledger at `source`, which may be in use, to `to`, which must not be there. `keep` says what stands for the
/// handle of a payment that can still be asked about; every other handle stays behind.
///
/// # Errors
/// [`BackupError`]; then nothing is left at `to`.
pub async fn write(source: &Path, to: &Path, keep: Keep) -> Result<Contents, BackupError> {
    if to.exists() {
        return Err(BackupError::Exists { path: to.to_owned() });
    }
    let folder = to.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    // The first copy still has the handles in it, so it stays where the ledger is; only the second leaves.
    let staging = Scratch::at(source.with_extension(serial("staging")));
    let part = Scratch::at(folder.join(format!(".encaisse-{}", serial("part"))));
    let copied = {
        let (source, staging, part) = (source.to_owned(), staging.path.clone(), part.path.clone());
        blocking(move || copy(&source, &staging, &part, &keep)).await?
    };
    drop(staging);
    let found = inspect(&part.path).await?;
    let is_the_same = found == copied && {
        let source = source.to_owned();
        let found = found.clone();
        blocking(move || descends(&source, &found)).await?
    };
    if !is_the_same {
        let detail = "what was written is not what was read".to_owned();
        return Err(BackupError::Unusable { path: to.to_owned(), detail });
    }
    take_place(&part.path, to)?;
    Ok(found)
}

fn copy(source: &Path, staging: &Path, part: &Path, keep: &Keep) -> Result<Contents, BackupError> {
    vacuum_into(&read_only(source)?, staging).map_err(|error| blamed(source, error))?;
    {
        let staged = Connection::open(staging).map_err(|error| BackupError::of(staging, error.into()))?;
        withhold_handles(&staged, keep).map_err(|error| BackupError::of(staging, error))?;
        vacuum_into(&staged, part)?;
    }
    glance(part)
}

/// A copy that cannot be made because of what is read is the source's fault.
fn blamed(source: &Path, error: BackupError) -> BackupError {
    match error {
        BackupError::Unusable { detail, .. } => BackupError::Unusable { path: source.to_owned(), detail },
        error @ (BackupError::Changed { .. }
        | BackupError::WrongMode { .. }
        | BackupError::Newer { .. }
        | BackupError::Exists { .. }
        | BackupError::DiskFull { .. }
        | BackupError::Folder { .. }
        | BackupError::Ledger(_)) => error,
    }
}

/// Takes the handles out of a copy that has no name yet. Its triggers rest meanwhile: they keep a ledger from what is done
/// here to a copy.
fn withhold_handles(copy: &Connection, keep: &Keep) -> Result<(), LedgerError> {
    if !has_table(copy, "payment")? {
        return Ok(());
    }
    copy.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, false)?;
    // A copy that is broken off is thrown away, so nothing need bring it back.
    copy.pragma_update(None, "journal_mode", "OFF")?;
    copy.pragma_update(None, "synchronous", "OFF")?;
    copy.pragma_update(None, "secure_delete", "ON")?;
    let asked: Vec<(String, String)> = copy
        .prepare("SELECT id, token FROM payment WHERE token IS NOT NULL AND state IN ('pending', 'review')")?
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<Result<_, _>>()?;
    copy.execute("UPDATE payment SET token = ?1 WHERE token IS NOT NULL", [WITHHELD])?;
    for (id, stored) in asked {
        let stored = Token::new(stored);
        let id_read: PaymentId =
            id.parse().map_err(|_| LedgerError::Damaged("a payment's name cannot be read".to_owned()))?;
        let kept = if stored.sealed().is_some() { Some(stored) } else { keep(&id_read, &stored) };
        if let Some(kept) = kept.filter(|kept| kept.sealed().is_some()) {
            copy.execute("UPDATE payment SET token = ?1 WHERE id = ?2", [kept.expose(), &id])?;
        }
    }
    // A file of an older version has no seals yet.
    if has_table(copy, "seal")? { seal::renew_handles(copy) } else { Ok(()) }
}

pub(crate) fn has_table(connection: &Connection, name: &str) -> Result<bool, rusqlite::Error> {
    let question = "SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?1)";
    connection.query_row(question, [name], |row| row.get(0))
}

/// A file of its own, for its owner alone, with what `from` holds at this moment.
pub(crate) fn vacuum_into(from: &Connection, to: &Path) -> Result<(), BackupError> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(to).map_err(|error| BackupError::io(to, &error))?;
    let name = to.to_str().ok_or_else(|| BackupError::Folder {
        path: to.to_owned(),
        detail: "its name cannot be given to SQLite".to_owned(),
    })?;
    from.execute("VACUUM INTO ?1", [name]).map_err(|error| BackupError::of(to, error.into()))?;
    Ok(())
}

/// On disk first, then in its place. SQLite syncs no file that it vacuums into.
pub(crate) fn take_place(part: &Path, to: &Path) -> Result<(), BackupError> {
    sync(part).and_then(|()| fs::rename(part, to)).map_err(|error| BackupError::io(to, &error))?;
    sync_folder_of(to).map_err(|error| BackupError::io(to, &error))
}

fn sync(path: &Path) -> std::io::Result<()> {
    fs::OpenOptions::new().write(true).open(path)?.sync_all()
}

/// A rename is durable only once its folder is; Windows has no such call and needs none.
pub(crate) fn sync_folder_of(path: &Path) -> std::io::Result<()> {
    #[cfg(unix)]
    {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        fs::File::open(folder.unwrap_or(Path::new(".")))?.sync_all()?;
    }
    #[cfg(not(unix))]
    let _ = path;
    Ok(())
}

/// The side files that SQLite may leave beside a file, and the file.
pub(crate) fn with_side_files(path: &Path) -> [PathBuf; 4] {
    ["", "-wal", "-shm", "-journal"].map(|ending| {
        let mut name = path.as_os_str().to_owned();
        name.push(ending);
        PathBuf::from(name)
    })
}

fn serial(word: &str) -> String {
    static SERIAL: AtomicU32 = AtomicU32::new(0);
    format!("{}-{}.{word}", std::process::id(), SERIAL.fetch_add(1, Ordering::Relaxed))
}

/// Whether a file of this name is the rest of a copy that was broken off.
pub(crate) fn is_scratch(name: &str) -> bool {
    let name = name.trim_end_matches("-wal").trim_end_matches("-shm").trim_end_matches("-journal");
    name.ends_with(".staging") || (name.starts_with(".encaisse-") && name.ends_with(".part"))
}

/// A file that is gone, with its side files, when its maker is done with it.
pub(crate) struct Scratch {
    pub(crate) path: PathBuf,
}

impl Scratch {
    pub(crate) const fn at(path: PathBuf) -> Self {
        Self { path }
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        remove(&self.path);
    }
}

/// What cannot be removed is removed at the next start.
pub(crate) fn remove(path: &Path) {
    for file in with_side_files(path) {
        let _ = fs::remove_file(file);
    }
}
