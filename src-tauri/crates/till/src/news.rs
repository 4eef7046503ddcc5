//! What ended while nobody looked. Owns until where somebody has looked, through a restart as well: an act at the till shows
//! that what ended before it was seen. A till that locked by itself had nobody in front of it since the last act. Only the
//! counter on screen is looked at.

use crate::counter::Counter;
use crate::error::TillError;
use crate::till::Till;
use domain::{Mode, PaymentId};
use ledger::{Ledger, LedgerError, Payment, SettingsStore, Wanted};
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};

/// More is no news any more, but the history.
const ENDED_MAX: u32 = 20;

/// Until where somebody has looked at one counter.
#[derive(Default)]
pub(crate) struct Looked {
    /// A line of the journal.
    until: AtomicI64,
    /// Something ended after it.
    has_news: AtomicBool,
}

const fn key(mode: Mode) -> &'static str {
    match mode {
        Mode::Training => "looked_until.training",
        Mode::Live => "looked_until.live",
    }
}

impl Looked {
    /// As the last life left it. Where nothing was kept, a version that kept nothing was here before, or the settings were
    /// lost: years of payments are no news. A ledger that was put back may be shorter than what was kept.
    pub(crate) async fn begin(
        &self,
        ledger: &Ledger,
        store: &SettingsStore,
        at_ms: i64,
    ) -> Result<(), LedgerError> {
        let last = ledger.last_end().await?;
        let kept = store.all().await?.get(key(ledger.mode())).and_then(|word| word.parse().ok());
        if kept.is_none() {
            store.set(&[(key(ledger.mode()), last.to_string())], at_ms).await?;
        }
        let until = kept.unwrap_or(last).min(last);
        self.until.store(until, Ordering::SeqCst);
        self.has_news.store(until < last, Ordering::SeqCst);
        Ok(())
    }

    /// Something ended.
    pub(crate) fn hear(&self) {
        self.has_news.store(true, Ordering::SeqCst);
    }

    async fn now(&self, ledger: &Ledger, store: &SettingsStore, at_ms: i64) -> Result<(), LedgerError> {
        if !self.has_news.swap(false, Ordering::SeqCst) {
            return Ok(());
        }
        let kept = async {
            let last = ledger.last_end().await?;
            store.set(&[(key(ledger.mode()), last.to_string())], at_ms).await?;
            self.until.store(last, Ordering::SeqCst);
            Ok(())
        };
        let kept = kept.await;
        if kept.is_err() {
            self.hear();
        }
        kept
    }
}

impl Counter {
    /// What ended since somebody looked, the latest first.
    pub(crate) async fn ended_unseen(&self) -> Result<Vec<Payment>, LedgerError> {
        match self.wanted(0).ended_after {
            Some((after_seq, limit)) => self.ledger.ended_after(after_seq, limit).await,
            None => Ok(Vec::new()),
        }
    }

    /// What a screen wants to know of the ledger, so many results and the ends that nobody has seen with it.
    pub(crate) fn wanted(&self, recent: u32) -> Wanted {
        let has_news = self.looked.has_news.load(Ordering::SeqCst);
        let ended_after = has_news.then(|| (self.looked.until.load(Ordering::SeqCst), ENDED_MAX));
        Wanted { recent, ended_after }
    }
}

impl Till {
    /// Somebody is in front of the till, and sees what is on it.
    pub async fn somebody_looks(&self) {
        let mode = self.mode();
        for counter in self.open_counters().into_iter().filter(|counter| counter.mode == mode) {
            let now_ms = self.ports().clock.now_ms();
            if let Err(error) = counter.looked.now(&counter.ledger, self.store(), now_ms).await {
                tracing::warn!(%error, "what was looked at will be shown once more");
            }
        }
    }

    /// What LigdiCash contradicted itself about, and nobody has seen: `its` are those of one counter, and those of every other
    /// that is open come after them.
    pub(crate) async fn with_those_of_others(
        &self,
        counter: &Counter,
        its: Vec<Payment>,
    ) -> Result<Vec<(Mode, Payment)>, TillError> {
        let mut found: Vec<_> = its.into_iter().map(|payment| (counter.mode, payment)).collect();
        for other in self.open_counters().into_iter().filter(|other| other.mode != counter.mode) {
            let unseen = other.ledger.contradictions().await?;
            found.extend(unseen.into_iter().map(|payment| (other.mode, payment)));
        }
        Ok(found)
    }

    /// A person has seen that LigdiCash contradicted itself about a payment.
    ///
    /// # Errors
    /// [`TillError::NotFound`], or the ledger's.
    pub async fn contradiction_seen(&self, id: &PaymentId, who: &str) -> Result<(), TillError> {
        let (counter, _) = self.find(id).await?;
        Ok(counter.ledger.contradiction_seen(id, who, counter.ports.clock.now_ms()).await?)
    }
}
