//! The two counters: opened at first need, looked for by a payment, exchanged by a restore. Owns which one is on screen.

use super::{CLOSE_PATIENCE, Inner, Till, patiently};
use crate::backup;
use crate::counter::Counter;
use crate::error::TillError;
use crate::ports::TillEvent;
use crate::recovery;
use crate::shop;
use crate::soundness::Opening;
use crate::training::Training;
use crate::watch;
use crate::witness::Witness;
use domain::{Mode, PaymentId};
use ledger::{BackupError, OpenError, Payment};
use std::path::PathBuf;
use std::sync::{Arc, PoisonError};

impl Till {
    pub(super) async fn open_counters_in_use(&self) -> Result<(), TillError> {
        let mode = self.mode();
        match mode {
            Mode::Training => {
                self.training().await?;
            }
            Mode::Live => {}
        }
        // Live money is watched whatever is on screen.
        if mode == Mode::Live || backup::was_ever(&self.inner.data_dir, Mode::Live) {
            self.live().await?;
            self.ask_keychain_patiently().await;
        }
        self.print_what_was_missed().await;
        self.purge_numbers().await
    }

    /// Switches the screen. Live needs a shop name and usable keys.
    ///
    /// # Errors
    /// [`TillError::ShopNameMissing`] or [`TillError::Keys`]; then nothing changed.
    pub async fn set_mode(&self, mode: Mode) -> Result<(), TillError> {
        self.ready_for(mode).await?;
        self.show(mode).await
    }

    /// What a counter needs is there, and its ledger open; the screen stays.
    pub(crate) async fn ready_for(&self, mode: Mode) -> Result<(), TillError> {
        match mode {
            Mode::Training => {
                self.training().await?;
            }
            Mode::Live => {
                if self.settings().shop_name.is_empty() {
                    return Err(TillError::ShopNameMissing);
                }
                if self.inner.keyring.keys().is_err() {
                    self.inner.keyring.load().await?;
                }
                self.inner.keyring.keys()?;
                self.live().await?;
                self.connect_live()?;
                let till = self.clone();
                patiently(async move { till.hold_against_kept_head().await }).await;
            }
        }
        Ok(())
    }

    pub(crate) async fn show(&self, mode: Mode) -> Result<(), TillError> {
        self.inner.store.set(&shop::written_mode(mode), self.inner.ports.clock.now_ms()).await?;
        *self.inner.mode.write().unwrap_or_else(PoisonError::into_inner) = mode;
        self.inner.ports.events.emit(TillEvent::SnapshotStale);
        Ok(())
    }

    pub(crate) async fn counter(&self) -> Result<Arc<Counter>, TillError> {
        self.counter_of(self.mode()).await
    }

    pub(super) async fn counter_of(&self, mode: Mode) -> Result<Arc<Counter>, TillError> {
        match mode {
            Mode::Training => Ok(self.training().await?.0),
            Mode::Live => self.live().await,
        }
    }

    pub(crate) fn open_counters(&self) -> Vec<Arc<Counter>> {
        let counters = [self.inner.training.get().map(|(counter, _)| counter), self.inner.live.get()];
        counters.into_iter().flatten().collect()
    }

    pub(crate) async fn find(&self, id: &PaymentId) -> Result<(Arc<Counter>, Payment), TillError> {
        for counter in self.open_counters() {
            if let Some(payment) = counter.ledger.payment(id).await? {
                return Ok((counter, payment));
            }
        }
        Err(TillError::NotFound)
    }

    pub(super) async fn training(&self) -> Result<(Arc<Counter>, Arc<Training>), TillError> {
        let open = async || {
            let counter = open_counter(&self.inner, Mode::Training).await?;
            let training = Training::start(&self.inner.data_dir, &self.inner.ports, &counter).await?;
            Ok((counter, Arc::new(training)))
        };
        self.inner.training.get_or_open(open).await
    }

    pub(super) async fn live(&self) -> Result<Arc<Counter>, TillError> {
        self.inner.live.get_or_open(async || open_counter(&self.inner, Mode::Live).await).await
    }

    /// Closes a counter, lets `place` put another ledger in its place, and opens it again, with whichever ledger is there.
    pub(crate) async fn replace_ledger(
        &self,
        mode: Mode,
        place: impl FnOnce() -> Result<Option<PathBuf>, BackupError> + Send + 'static,
    ) -> Result<Option<PathBuf>, TillError> {
        let counter = self.counter_of(mode).await?;
        counter.rest().await?;
        // Whoever needs the counter meanwhile waits for the new one.
        let (training, live) = (self.inner.training.get(), &self.inner.live);
        let placed = {
            let _waits = match mode {
                Mode::Training => self.inner.training.empty().await,
                Mode::Live => live.empty().await,
            };
            counter.stop(CLOSE_PATIENCE).await;
            if let (Mode::Training, Some((_, training))) = (mode, training) {
                training.stop().await;
            }
            tokio::task::spawn_blocking(place).await
        };
        self.counter_of(mode).await?;
        self.connect_live()?;
        self.purge_numbers().await?;
        Ok(placed.map_err(|error| TillError::Task(error.to_string()))??)
    }
}

/// Opens a ledger, puts what it finds unfinished back under watch, and starts watching.
async fn open_counter(inner: &Inner, mode: Mode) -> Result<Arc<Counter>, TillError> {
    let rule = inner.settings.read().unwrap_or_else(PoisonError::into_inner).papers.day_rule()?;
    let opening = Opening {
        data_dir: &inner.data_dir,
        mode,
        rule,
        ports: &inner.ports,
        keeps_backups: inner.keeps_backups,
        read_first_bytes: inner.read_first_bytes,
        store: &inner.store,
    };
    let ledger = opening.open().await?;
    let witness = match mode {
        Mode::Training => None,
        Mode::Live => {
            let (ledger, ports) = (ledger.clone(), inner.ports.clone());
            Some(Witness::new(ledger, ports, inner.store.clone(), &inner.installation))
        }
    };
    let (ports, clock_watch) = (inner.ports.clone(), Arc::clone(&inner.clock_watch));
    let counter = Counter::new(mode, ledger, ports, clock_watch, witness, inner.printing.verified());
    let begun = async {
        counter.looked.begin(&counter.ledger, &inner.store, inner.ports.clock.now_ms()).await?;
        recovery::recover(&counter).await
    };
    let found = match begun.await {
        Ok(found) => found,
        Err(error) => {
            // A brief look may have missed what these first questions meet.
            let path = counter.ledger.path().to_owned();
            counter.ledger.close().await;
            return Err(OpenError::of(&path, error).into());
        }
    };
    {
        let mut report = inner.recovery.lock().unwrap_or_else(PoisonError::into_inner);
        *report = report.and(found);
    }
    watch::start(Arc::clone(&counter));
    Ok(counter)
}
