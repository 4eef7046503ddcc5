//! When the whole of a ledger's file is read: before it opens, or beside the till that opened it.
//!
//! Owns the choice, the memory of the last time, and what follows from damage that is found while the till is open: no more
//! charges, and it is told. A large file opens after a brief look when the whole was found sound within the last days, was
//! closed properly since, and needs no new version; everything else is read first. The whole is then read once a day, when
//! the window has had its start.

use crate::backup;
use crate::counter::Counter;
use crate::error::TillError;
use crate::keyring_state::blocking;
use crate::ports::{Ports, TillEvent};
use crate::shop;
use crate::till::{Till, file_name};
use domain::schedule::DAY_MS;
use domain::{DayRule, Mode};
use ledger::{Ledger, LedgerError, OpenError, SettingsStore, is_older, was_left_open};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// Up to this size a file is read whole before it opens, in less time than a window takes to be drawn.
pub const READ_FIRST_BYTES: u64 = 8 * 1024 * 1024;
/// How long after its start a till reads the whole, so that the window is drawn and the first sale typed.
const CALM: Duration = Duration::from_secs(15);
const LOOK_EVERY: Duration = Duration::from_mins(10);
/// Past this the last reading says nothing more: a till that is never open long enough reads first.
const TRUSTED_MS: i64 = 8 * DAY_MS;

/// A ledger that is about to be opened.
pub(crate) struct Opening<'a> {
    pub data_dir: &'a Path,
    pub mode: Mode,
    pub rule: DayRule,
    pub ports: &'a Ports,
    pub keeps_backups: bool,
    pub read_first_bytes: u64,
    pub store: &'a SettingsStore,
}

impl Opening<'_> {
    /// Opens it, after as much of a look as it needs.
    pub(crate) async fn open(self) -> Result<Ledger, TillError> {
        let path = self.data_dir.join(file_name(self.mode));
        let now_ms = self.ports.clock.now_ms();
        let is_large = std::fs::metadata(&path).is_ok_and(|found| found.len() > self.read_first_bytes);
        let last_ms = shop::read_found_sound(&self.store.all().await?, self.mode);
        let is_trusted = last_ms.is_some_and(|last_ms| now_ms.abs_diff(last_ms) < TRUSTED_MS.unsigned_abs());
        let briefly = is_large && is_trusted && !was_left_open(&path) && !is_older(&path);
        let open = async |briefly, rule| {
            backup::open_ledger(self.data_dir, self.mode, rule, self.ports, self.keeps_backups, briefly).await
        };
        if briefly {
            match open(true, self.rule.clone()).await {
                Ok(ledger) => return Ok(ledger),
                Err(error) => {
                    tracing::warn!(%error, "a brief look does not do; the whole ledger is read first")
                }
            }
        }
        let opened = open(false, self.rule.clone()).await;
        let found_sound = match &opened {
            Ok(_) => Some(now_ms),
            Err(TillError::LedgerOpen(OpenError::Damaged { .. })) => None,
            Err(_) => return opened,
        };
        if is_large {
            self.store.set(&shop::written_found_sound(self.mode, found_sound), now_ms).await?;
        }
        opened
    }
}

impl Till {
    /// Whether one of the open ledgers is too large to be read or copied without being noticed.
    pub(crate) fn has_a_large_ledger(&self) -> bool {
        let is_large =
            |path: &Path| std::fs::metadata(path).is_ok_and(|found| found.len() > self.read_first_bytes());
        self.open_counters().iter().any(|counter| is_large(counter.ledger.path()))
    }

    /// Reads every open ledger whole once a day, beside everything else, as long as the till is open.
    pub(crate) fn start_reading_whole(&self) {
        if !self.keeps_backups() {
            return;
        }
        let till = self.clone();
        self.keeping().spawn(async move {
            let mut pause = CALM;
            loop {
                tokio::select! {
                    () = till.ports().clock.sleep(pause) => {}
                    () = till.closing() => return,
                }
                for counter in till.open_counters() {
                    if let Err(error) = till.read_whole_if_due(&counter).await {
                        tracing::warn!(%error, "the ledger could not be read whole; it will be tried again");
                    }
                }
                pause = LOOK_EVERY;
            }
        });
    }

    async fn read_whole_if_due(&self, counter: &Counter) -> Result<(), TillError> {
        let last_ms = shop::read_found_sound(&self.store().all().await?, counter.mode);
        let now_ms = self.ports().clock.now_ms();
        // A reading from the future says nothing about today.
        if last_ms.is_some_and(|last_ms| now_ms.abs_diff(last_ms) < DAY_MS.unsigned_abs())
            || self.is_closing()
        {
            return Ok(());
        }
        match self.read_whole(counter).await {
            // A counter that was closed meanwhile has another ledger by now.
            Ok(_) | Err(TillError::Ledger(LedgerError::Unavailable { .. })) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Reads a ledger whole while the till is open, and remembers what it found: none when it is sound.
    pub(crate) async fn read_whole(&self, counter: &Counter) -> Result<Option<String>, TillError> {
        let stop = Arc::new(AtomicBool::new(false));
        let (ledger, seen) = (counter.ledger.clone(), Arc::clone(&stop));
        let reading = blocking(move || ledger.unsound(&seen));
        let found = tokio::select! {
            found = reading => found?,
            () = self.closing() => {
                stop.store(true, Ordering::Relaxed);
                return Ok(None);
            }
        };
        let now_ms = self.ports().clock.now_ms();
        let path = counter.ledger.path().to_owned();
        match found {
            Ok(None) => {
                self.store().set(&shop::written_found_sound(counter.mode, Some(now_ms)), now_ms).await?;
                tracing::info!(mode = %counter.mode, "the ledger was read whole and is sound");
                Ok(None)
            }
            Ok(Some(detail)) => {
                self.found_damaged(OpenError::Damaged { path, detail: detail.clone() });
                // The next start then reads first.
                self.store().set(&shop::written_found_sound(counter.mode, None), now_ms).await?;
                Ok(Some(detail))
            }
            Err(error) => Err(error.into()),
        }
    }

    /// From now on nothing is charged, and whoever shows the till closes it.
    fn found_damaged(&self, damage: OpenError) {
        tracing::error!(%damage, "the ledger is damaged; nothing more is charged");
        if self.is_found_damaged(damage) {
            self.ports().events.emit(TillEvent::LedgerDamaged);
        }
    }
}
