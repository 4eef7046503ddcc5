//! Copies of the ledgers: when they are made, where they lie, and which go. Owns the folder of copies and what is told
//! about it.
//!
//! A copy is made on the first opening of a day, every day that the till stays open, before a migration, on each closing,
//! and when a person asks. A failure never stands in the way of a charge; it is told. The newest good copy is never
//! removed: a copy only has a name once it is verified, and old ones go only after a new one came.

mod names;
mod restore;
mod seal;

pub use names::{BackupFile, BackupReason};
pub(crate) use restore::open_ledger;
pub use restore::{Beyond, Damage, Rescue};
pub(crate) use seal::{open_sealed, sealing};

use crate::error::TillError;
use crate::ports::{Ports, TillEvent};
use crate::till::{Till, file_name};
use domain::Mode;
use domain::schedule::DAY_MS;
use ledger::{BackupError, Contents, write_backup};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::task::JoinSet;

/// How many copies of each counter stay.
const KEPT: usize = 30;
/// A copy that is older is no longer of today.
/// How often the till looks whether a day has passed. A machine that slept is noticed within this time.
const LOOK_EVERY: Duration = Duration::from_mins(10);
/// How long a copy of a large ledger waits for the till to have had its start.
const AFTER_THE_START: Duration = Duration::from_mins(1);
/// How long ago the last good copy may be before a person should act.
pub const STALE_AFTER_MS: i64 = 36 * 3_600_000;

/// How the copies of a counter stand.
#[derive(Debug, Clone)]
pub struct BackupStatus {
    /// Whose.
    pub mode: Mode,
    /// The folder.
    pub folder: PathBuf,
    /// Newest first.
    pub files: Vec<BackupFile>,
    /// Since when the newest good one is; none when there is none.
    pub age_ms: Option<i64>,
    /// The newest is too old, or there is none, or the last attempt failed.
    pub needs_attention: bool,
    /// Why the last attempt failed.
    pub problem: Option<BackupProblem>,
}

/// Why the last attempt failed, by what a person can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BackupProblem {
    /// Free some room.
    DiskFull,
    /// The folder cannot be written.
    Folder,
    /// The ledger itself does not verify.
    Ledger,
}

impl BackupProblem {
    const fn of(error: &BackupError) -> Self {
        match error {
            BackupError::DiskFull { .. } => Self::DiskFull,
            BackupError::Folder { .. } | BackupError::Exists { .. } => Self::Folder,
            BackupError::Unusable { .. }
            | BackupError::Changed { .. }
            | BackupError::WrongMode { .. }
            | BackupError::Newer { .. }
            | BackupError::Ledger(_) => Self::Ledger,
        }
    }
}

/// What the till knows of its last attempts.
#[derive(Default)]
pub(crate) struct Keeping {
    training: Mutex<Option<BackupProblem>>,
    live: Mutex<Option<BackupProblem>>,
    /// One copy at a time.
    turn: tokio::sync::Mutex<()>,
    /// What goes on beside the till; ends with it.
    tasks: Mutex<JoinSet<()>>,
}

impl Keeping {
    /// A good copy of one counter says nothing about the other.
    const fn of(&self, mode: Mode) -> &Mutex<Option<BackupProblem>> {
        match mode {
            Mode::Training => &self.training,
            Mode::Live => &self.live,
        }
    }

    fn problem(&self, mode: Mode) -> Option<BackupProblem> {
        *self.of(mode).lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn note(&self, mode: Mode, problem: Option<BackupProblem>) {
        *self.of(mode).lock().unwrap_or_else(PoisonError::into_inner) = problem;
    }

    pub(crate) fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        self.tasks.lock().unwrap_or_else(PoisonError::into_inner).spawn(task);
    }

    /// Waits for a copy that is being made, and gives it up when that takes too long: it has no name yet.
    pub(crate) async fn end(&self, patience: impl Future<Output = ()>) {
        let mut tasks = std::mem::take(&mut *self.tasks.lock().unwrap_or_else(PoisonError::into_inner));
        tokio::select! {
            () = async { while tasks.join_next().await.is_some() {} } => {}
            () = patience => {}
        }
        tasks.shutdown().await;
    }
}

/// Whether a counter was ever used here.
pub(crate) fn was_ever(data_dir: &Path, mode: Mode) -> bool {
    data_dir.join(file_name(mode)).exists() || !names::list(&folder(data_dir), mode).is_empty()
}

/// Where the copies of a data folder lie.
#[must_use]
pub fn folder(data_dir: &Path) -> PathBuf {
    data_dir.join("backups")
}

/// Makes a copy in the folder of copies, and lets the oldest go.
pub(crate) async fn keep(
    data_dir: &Path,
    mode: Mode,
    reason: BackupReason,
    ports: &Ports,
) -> Result<(BackupFile, Contents), BackupError> {
    let folder = folder(data_dir);
    crate::till::create_owner_only(&folder)
        .map_err(|error| BackupError::Folder { path: folder.clone(), detail: error.to_string() })?;
    // A clock that was set back must not hide the newest copy behind older ones.
    let newest_ms = names::list(&folder, mode).first().map_or(i64::MIN, |newest| newest.at_ms);
    let at_ms = ports.clock.now_ms().max(newest_ms.saturating_add(1_000));
    let file = BackupFile::named(&folder, mode, at_ms, reason);
    let source = data_dir.join(file_name(mode));
    let contents = keep_as(&source, &file.path, mode, ports).await?;
    for old in names::list(&folder, mode).into_iter().skip(KEPT).filter(|old| old.path != file.path) {
        if let Err(error) = std::fs::remove_file(&old.path) {
            tracing::warn!(%error, "an old copy stays");
        }
    }
    tracing::info!(%mode, reason = reason.as_str(), payments = contents.payments, "a copy was made and verified");
    Ok((file.measured(), contents))
}

pub(crate) async fn keep_as(
    source: &Path,
    to: &Path,
    mode: Mode,
    ports: &Ports,
) -> Result<Contents, BackupError> {
    let installation = ledger::glance(source)?.installation_id;
    write_backup(source, to, sealing(mode, installation, ports).await).await
}

impl Till {
    /// Copies the ledger of the counter on screen now.
    ///
    /// # Errors
    /// [`TillError::Backup`]; then there is no new copy.
    pub async fn backup_now(&self) -> Result<BackupFile, TillError> {
        Ok(self.backed_up(self.mode(), BackupReason::Asked).await?)
    }

    /// Copies the ledger of the counter on screen into a file of a folder that a person chose.
    ///
    /// # Errors
    /// [`TillError::Backup`]; then there is no new file.
    pub async fn backup_to(&self, folder: &Path) -> Result<PathBuf, TillError> {
        let mode = self.mode();
        let at_ms = self.ports().clock.now_ms();
        let file = BackupFile::named(folder, mode, at_ms, BackupReason::Asked);
        keep_as(&self.data_dir().join(file_name(mode)), &file.path, mode, self.ports()).await?;
        Ok(file.path)
    }

    /// How the copies of the counter on screen stand.
    #[must_use]
    pub fn backup_status(&self) -> BackupStatus {
        let mode = self.mode();
        let folder = folder(self.data_dir());
        let files = names::list(&folder, mode);
        let now_ms = self.ports().clock.now_ms();
        let age_ms = files.first().map(|newest| now_ms.saturating_sub(newest.at_ms).max(0));
        let problem = self.keeping().problem(mode);
        let needs_attention = problem.is_some() || age_ms.is_none_or(|age| age > STALE_AFTER_MS);
        BackupStatus { mode, folder, files, age_ms, needs_attention, problem }
    }

    pub(crate) async fn backed_up(
        &self,
        mode: Mode,
        reason: BackupReason,
    ) -> Result<BackupFile, BackupError> {
        let _turn = self.keeping().turn.lock().await;
        let made = keep(self.data_dir(), mode, reason, self.ports()).await;
        let problem = made.as_ref().err().map(BackupProblem::of);
        if let Err(error) = &made {
            tracing::error!(%error, "no copy could be made");
        }
        self.keeping().note(mode, problem);
        self.ports().events.emit(TillEvent::SnapshotStale);
        made.map(|(file, _)| file)
    }

    /// A copy beside everything else that goes on; nobody waits for it.
    pub(crate) fn back_up_aside(&self, mode: Mode, reason: BackupReason) {
        if !self.keeps_backups() {
            return;
        }
        let till = self.clone();
        self.keeping().spawn(async move {
            // What went wrong is told by the status.
            let _ = till.backed_up(mode, reason).await;
        });
    }

    /// Copies every open ledger whose newest copy is not of the last day, now or when a large one has had its start, and as long as the till is open.
    pub(crate) fn start_backups(&self) {
        if !self.keeps_backups() {
            return;
        }
        names::remove_scratch(&folder(self.data_dir()));
        let till = self.clone();
        self.keeping().spawn(async move {
            // With years to copy it is work for minutes, and would be the window's first competitor.
            if till.has_a_large_ledger() {
                tokio::select! {
                    () = till.ports().clock.sleep(AFTER_THE_START) => {}
                    () = till.closing() => return,
                }
            }
            loop {
                till.back_up_what_is_due().await;
                tokio::select! {
                    () = till.ports().clock.sleep(LOOK_EVERY) => {}
                    () = till.closing() => return,
                }
            }
        });
    }

    async fn back_up_what_is_due(&self) {
        for counter in self.open_counters() {
            let newest = names::list(&folder(self.data_dir()), counter.mode).into_iter().next();
            let now_ms = self.ports().clock.now_ms();
            // A copy from the future says nothing about today.
            let is_due = newest.is_none_or(|newest| (now_ms - newest.at_ms).abs() >= DAY_MS);
            if is_due && !self.is_closing() {
                let _ = self.backed_up(counter.mode, BackupReason::Daily).await;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_failed_for_one_counter_is_not_mended_by_a_copy_of_the_other() {
        let keeping = Keeping::default();
        keeping.note(Mode::Live, Some(BackupProblem::DiskFull));
        keeping.note(Mode::Training, None);
        assert_eq!(keeping.problem(Mode::Live), Some(BackupProblem::DiskFull));
        keeping.note(Mode::Live, None);
        assert_eq!(keeping.problem(Mode::Live), None);
    }
}
