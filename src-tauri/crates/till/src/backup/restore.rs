//! Putting a copy back: from the page while the till is open, from the screen of a till that does not open, and from the
//! command line. Owns what is told before (what is newer than the copy) and what is remembered after. Refuses while a
//! request is on its way, whose answer would be lost with the ledger it belongs to.

use super::names::{self, BackupFile, BackupReason, stamp};
use super::{folder, keep, keep_as};
use crate::error::{OpenTillError, TillError};
use crate::keyring_state::blocking;
use crate::lock::TillLock;
use crate::ports::{Ports, TillEvent};
use crate::shop::{self, Settings};
use crate::till::{Till, file_name};
use crate::witness;
use domain::{DayRule, Mode};
use ledger::{
    BackupError, Contents, Ledger, Newer, OpenError, Ready, Replacement, SettingsStore, beyond, descends,
    goes_on, inspect, prepare, salvage,
};
use std::path::{Path, PathBuf};

/// A verified copy, and what the ledger in place holds beyond it.
#[derive(Debug, Clone)]
pub struct Beyond {
    /// The copy.
    pub path: PathBuf,
    /// What it holds.
    pub contents: Contents,
    /// What would no longer be there.
    pub newer: Newer,
    /// The ledger in place is this copy's own, gone on; otherwise another branch, or another till's.
    pub is_same_line: bool,
}

/// A ledger that does not open.
#[derive(Debug, Clone)]
pub struct Damage {
    /// Whose.
    pub mode: Mode,
    /// The file.
    pub path: PathBuf,
    /// What SQLite says.
    pub detail: String,
    /// The newest good copy; none when there is none.
    pub copy: Option<Beyond>,
}

/// Why a ledger ends elsewhere now, for whatever remembers its ends.
fn reason(from: &Path) -> String {
    format!("restored from {}", from.file_name().unwrap_or_default().to_string_lossy())
}

/// Who did it; whoever remembers wants a name.
fn named(who: &str) -> &str {
    if who.trim().is_empty() { "?" } else { who }
}

/// The keychain's knowledge of the live ledger's ends is renewed by the same act; else the next start would take the copy
/// for a ledger that was cut. A keychain that refuses lets that start ask a person.
fn remembered(outcome: Result<(), TillError>) {
    if let Err(error) = outcome {
        tracing::warn!(%error, "the keychain does not know of the restoration; the next start will ask");
    }
}

/// Opens a ledger, after whatever a restoration left to do; with `briefly` without reading all of it. With `keeps_backups` a
/// copy is made before a migration, and a ledger that is less than its own copies is told from a new one.
pub(crate) async fn open_ledger(
    data_dir: &Path,
    mode: Mode,
    rule: DayRule,
    ports: &Ports,
    keeps_backups: bool,
    briefly: bool,
) -> Result<Ledger, TillError> {
    let path = data_dir.join(file_name(mode));
    ledger::finish(&path)?;
    let damaged = |detail: &str| OpenError::Damaged { path: path.clone(), detail: detail.to_owned() };
    if keeps_backups {
        let is_empty = std::fs::metadata(&path).map_or(true, |found| found.len() == 0);
        if is_empty && !names::list(&folder(data_dir), mode).is_empty() {
            return Err(damaged("it is empty or missing, and there are copies of it").into());
        }
        if ledger::is_older(&path)
            && let Err(error) = keep(data_dir, mode, BackupReason::Migration, ports).await
        {
            tracing::error!(%error, "no copy could be made before the ledger is brought to this version");
        }
    }
    let mut fresh = [0u8; 16];
    ports.chance.fill(&mut fresh)?;
    let now_ms = ports.clock.now_ms();
    let ledger = if briefly {
        Ledger::open_briefly(&path, mode, rule, fresh, now_ms).await?
    } else {
        Ledger::open(&path, mode, rule, fresh, now_ms).await?
    };
    if keeps_backups && is_less_than_its_copies(data_dir, mode) {
        ledger.close().await;
        return Err(damaged("it does not go on from its own newest copy").into());
    }
    Ok(ledger)
}

/// A log that was lost leaves a ledger that is whole and older: the newest copy then knows more than the ledger.
fn is_less_than_its_copies(data_dir: &Path, mode: Mode) -> bool {
    let path = data_dir.join(file_name(mode));
    for copy in names::list(&folder(data_dir), mode) {
        // What cannot be read says nothing against the ledger.
        let Ok(goes_on) = goes_on(&path, &copy.path) else { continue };
        // A restoration that was broken off before its end left a copy of what it did not put in place.
        if goes_on || copy.reason != BackupReason::Restored {
            return !goes_on;
        }
    }
    false
}

struct Asked<'a> {
    data_dir: &'a Path,
    mode: Mode,
    rule: DayRule,
    who: &'a str,
    ports: &'a Ports,
}

/// The new ledger, ready, and a copy of it: from now on its newest one.
async fn made_ready(asked: &Asked<'_>, from: &Beyond) -> Result<Ready, BackupError> {
    let folder = folder(asked.data_dir);
    let newest_ms = names::list(&folder, asked.mode).first().map_or(i64::MIN, |newest| newest.at_ms);
    let at_ms = asked.ports.clock.now_ms().max(newest_ms.saturating_add(1_000));
    let name = from.path.file_name().unwrap_or_default().to_string_lossy();
    let told = format!(
        "{who} · {name} · {count} newer or changed payments stay in the ledger that was replaced ({stamp}){more}",
        who = asked.who,
        count = from.newer.count,
        stamp = stamp(at_ms),
        more = if from.newer.is_whole { "" } else { "; not all of it could be read" },
    );
    let ready = prepare(&Replacement {
        from: &from.path,
        ledger: &asked.data_dir.join(file_name(asked.mode)),
        mode: asked.mode,
        day_rule: asked.rule.clone(),
        at_ms,
        stamp: &stamp(at_ms),
        told: &told,
    })
    .await?;
    crate::till::create_owner_only(&folder)
        .map_err(|error| BackupError::Folder { path: folder.clone(), detail: error.to_string() })?;
    let copy = BackupFile::named(&folder, asked.mode, at_ms, BackupReason::Restored);
    keep_as(ready.path(), &copy.path, asked.mode, asked.ports).await?;
    Ok(ready)
}

async fn good(path: &Path, mode: Mode) -> Result<Contents, BackupError> {
    let contents = inspect(path).await?;
    if contents.mode == mode {
        Ok(contents)
    } else {
        Err(BackupError::WrongMode { path: path.to_owned(), found: contents.mode, asked: mode })
    }
}

impl Till {
    /// Verifies a copy, and tells what the ledger on screen holds beyond it.
    ///
    /// # Errors
    /// [`TillError::Backup`]: it must not be put in place.
    pub async fn look_at_backup(&self, path: &Path) -> Result<Beyond, TillError> {
        let mode = self.mode();
        let contents = good(path, mode).await?;
        let (ledger, copy) = (self.data_dir().join(file_name(mode)), path.to_owned());
        let known = contents.clone();
        let (newer, is_same_line) =
            blocking(move || Ok::<_, BackupError>((beyond(&ledger, &copy)?, descends(&ledger, &known)?)))
                .await??;
        Ok(Beyond { path: path.to_owned(), contents, newer, is_same_line })
    }

    /// Puts a copy in the place of the ledger on screen, which is moved aside. Returns where it is now.
    ///
    /// # Errors
    /// [`TillError::Sending`] while a request is on its way; [`TillError::Backup`]. Then the ledger is as it was.
    pub async fn restore_backup(&self, path: &Path, who: &str) -> Result<Option<PathBuf>, TillError> {
        let mode = self.mode();
        let _turn = self.keeping().turn.lock().await;
        let from = self.look_at_backup(path).await?;
        let rule = self.settings().papers.day_rule()?;
        let asked = Asked { data_dir: self.data_dir(), mode, rule, who: who.trim(), ports: self.ports() };
        let ready = made_ready(&asked, &from).await?;
        let placed = self.replace_ledger(mode, move || ledger::place(ready)).await;
        if placed.is_ok() && mode == Mode::Live {
            remembered(self.chain_head_replaced(named(who), &reason(path)).await);
        }
        self.ports().events.emit(TillEvent::SnapshotStale);
        placed
    }
}

/// A data folder without a till: a ledger does not open, or the command line works on it. Holds the till's lock.
pub struct Rescue {
    data_dir: PathBuf,
    ports: Ports,
    rule: DayRule,
    mode: Mode,
    _lock: TillLock,
}

impl Rescue {
    /// Takes the lock.
    ///
    /// # Errors
    /// [`OpenTillError::AlreadyOpen`] while a till is open there.
    pub async fn open(data_dir: &Path, ports: Ports) -> Result<Self, OpenTillError> {
        let failed = |source| OpenTillError::Till(TillError::File { path: data_dir.to_owned(), source });
        crate::till::create_owner_only(data_dir).map_err(failed)?;
        let lock = TillLock::take(data_dir)?;
        let (rule, mode) = settings(data_dir).await?;
        Ok(Self { data_dir: data_dir.to_owned(), ports, rule, mode, _lock: lock })
    }

    /// Which counter the till was last on.
    #[must_use]
    pub const fn mode(&self) -> Mode {
        self.mode
    }

    /// The first ledger that does not open, the newest good copy of it, and what can still be read beyond that.
    ///
    /// # Errors
    /// [`TillError`] when the surroundings do not serve; damage is the answer.
    pub async fn look(&self) -> Result<Option<Damage>, TillError> {
        for mode in [self.mode, Mode::Live, Mode::Training] {
            let path = self.data_dir.join(file_name(mode));
            if !path.exists() && names::list(&folder(&self.data_dir), mode).is_empty() {
                continue;
            }
            let opened = open_ledger(&self.data_dir, mode, self.rule.clone(), &self.ports, true, false).await;
            match opened {
                Ok(ledger) => ledger.close().await,
                Err(TillError::LedgerOpen(OpenError::Damaged { path, detail })) => {
                    return Ok(Some(Damage { mode, path, detail, copy: self.newest_good(mode).await }));
                }
                Err(TillError::LedgerOpen(error @ OpenError::WrongMode { .. })) => {
                    let detail = error.to_string();
                    return Ok(Some(Damage { mode, path, detail, copy: self.newest_good(mode).await }));
                }
                Err(error) => return Err(error),
            }
        }
        Ok(None)
    }

    async fn newest_good(&self, mode: Mode) -> Option<Beyond> {
        for copy in names::list(&folder(&self.data_dir), mode) {
            match self.look_at(mode, &copy.path).await {
                Ok(found) => return Some(found),
                Err(error) => tracing::warn!(%error, "a copy that cannot be used"),
            }
        }
        None
    }

    /// Verifies a copy, and tells what can be read of the ledger in place beyond it.
    ///
    /// # Errors
    /// [`TillError::Backup`]: it must not be put in place.
    pub async fn look_at(&self, mode: Mode, path: &Path) -> Result<Beyond, TillError> {
        let contents = good(path, mode).await?;
        let (ledger, copy, data_dir) =
            (self.data_dir.join(file_name(mode)), path.to_owned(), self.data_dir.clone());
        let known = contents.clone();
        let (newer, is_same_line) = blocking(move || {
            let newer = if ledger.exists() { salvage(&ledger, &copy, &data_dir) } else { Newer::default() };
            (newer, descends(&ledger, &known).unwrap_or(false))
        })
        .await?;
        Ok(Beyond { path: path.to_owned(), contents, newer, is_same_line })
    }

    /// Puts a copy in the place of a ledger, which is moved aside, whatever state it is in. Returns where it is now.
    ///
    /// # Errors
    /// [`TillError::Backup`]; then the ledger is as it was.
    pub async fn restore(&self, mode: Mode, path: &Path, who: &str) -> Result<Option<PathBuf>, TillError> {
        ledger::finish(&self.data_dir.join(file_name(mode)))?;
        let from = self.look_at(mode, path).await?;
        let (data_dir, rule) = (self.data_dir.as_path(), self.rule.clone());
        let asked = Asked { data_dir, mode, rule, who: who.trim(), ports: &self.ports };
        let ready = made_ready(&asked, &from).await?;
        let aside = blocking(move || ledger::place(ready)).await??;
        if mode == Mode::Live {
            let (ports, reason) = (self.ports.clone(), reason(path));
            remembered(witness::replace_locked(&self.data_dir, ports, named(who), &reason).await);
        }
        Ok(aside)
    }
}

/// What the settings say about days and the counter; their defaults where no till has run.
async fn settings(data_dir: &Path) -> Result<(DayRule, Mode), TillError> {
    let path = data_dir.join("settings.sqlite3");
    if !path.exists() {
        return Ok((Settings::default().papers.day_rule()?, Mode::Live));
    }
    let store = SettingsStore::open(&path).await?;
    let stored = store.all().await;
    store.close().await;
    let stored = stored?;
    Ok((Settings::read(&stored)?.papers.day_rule()?, shop::read_mode(&stored)?))
}
