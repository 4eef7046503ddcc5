//! Everything a screen needs to draw itself from nothing, and what of it a locked screen shows.

use super::Till;
use crate::backup::BackupStatus;
use crate::error::{KeysProblem, TillError};
use crate::keyring_state::KeysStatus;
use crate::printing::Unprinted;
use crate::recovery::RecoveryReport;
use crate::screen::ScreenSettings;
use crate::shop::Settings;
use crate::training::Prompt;
use crate::witness::ChainKeeping;
use domain::Mode;
use ledger::Payment;
use std::path::PathBuf;
use std::sync::PoisonError;

/// How many results stay in sight.
const RECENT: u32 = 5;

/// Everything a screen needs to draw itself from nothing.
#[derive(Debug, Clone)]
pub struct Snapshot {
    /// Which counter is on screen.
    pub mode: Mode,
    /// The server in use when it is not LigdiCash's own.
    pub other_server: Option<String>,
    /// Payments that want attention, newest first.
    pub open: Vec<Payment>,
    /// The last five results, newest first.
    pub recent: Vec<Payment>,
    /// What ended since somebody was last at the till, the latest first.
    pub ended: Vec<Payment>,
    /// What LigdiCash contradicted itself about, and nobody has seen yet.
    pub contradictions: Vec<(Mode, Payment)>,
    /// Receipts that should have printed themselves, the latest first.
    pub unprinted: Vec<Unprinted>,
    /// Set aside or settled, and still watched.
    pub watched_aside: u32,
    /// Open live payments while the screen is in training.
    pub live_open: u32,
    /// Where the keys stand.
    pub keys: KeysStatus,
    /// What the keychain says about the ends of the live chains.
    pub chain: ChainKeeping,
    /// The settings.
    pub settings: Settings,
    /// How this computer shows and sounds.
    pub screen: ScreenSettings,
    /// The address comes from the environment.
    pub base_url_fixed: bool,
    /// The simulated phone.
    pub prompts: Vec<Prompt>,
    /// What was found at start.
    pub recovery: RecoveryReport,
    /// Whether the last exchange went through.
    pub online: bool,
    /// How much this computer's clock is ahead of LigdiCash's (behind, below zero) when that is too much.
    pub clock_wrong_by_ms: Option<i64>,
    /// Where everything lies.
    pub data_dir: PathBuf,
    /// Where exports go.
    pub export_dir: PathBuf,
    /// The folder of exports comes from the environment.
    pub export_dir_fixed: bool,
    /// How the copies of the counter on screen stand.
    pub backup: BackupStatus,
}

impl Snapshot {
    /// Takes away what only somebody who is signed in may see: all but the shop's name, and how the screen looks.
    pub(crate) fn cover(&mut self) {
        let Settings { shop_name, language, theme, .. } = std::mem::take(&mut self.settings);
        self.settings = Settings { shop_name, language, theme, ..Settings::default() };
        (self.open, self.recent, self.prompts) = (Vec::new(), Vec::new(), Vec::new());
        (self.ended, self.contradictions, self.unprinted) = (Vec::new(), Vec::new(), Vec::new());
        (self.watched_aside, self.live_open) = (0, 0);
        self.recovery = RecoveryReport::default();
        self.chain = ChainKeeping::default();
        self.keys = KeysStatus::Problem(KeysProblem::Missing);
        (self.data_dir, self.export_dir) = (PathBuf::new(), PathBuf::new());
        self.backup = BackupStatus { folder: PathBuf::new(), files: Vec::new(), ..self.backup.clone() };
    }
}

impl Till {
    /// Everything a screen needs.
    ///
    /// # Errors
    /// The ledger's.
    pub async fn snapshot(&self) -> Result<Snapshot, TillError> {
        self.is_sound()?;
        let mode = self.mode();
        let counter = self.counter().await?;
        let ledger = counter.ledger.overview(counter.wanted(RECENT)).await?;
        let live_open = match (mode, self.inner.live.get()) {
            (Mode::Training, Some(live)) => live.ledger.counts().await?.open,
            (Mode::Training, None) | (Mode::Live, _) => 0,
        };
        let server = self.base_url();
        Ok(Snapshot {
            mode,
            other_server: (mode == Mode::Live && !server.is_official()).then(|| server.host().to_owned()),
            open: ledger.open,
            recent: ledger.recent,
            ended: ledger.ended,
            contradictions: self.with_those_of_others(&counter, ledger.contradictions).await?,
            unprinted: self.inner.printing.not_printed(),
            watched_aside: ledger.counts.watched_aside,
            live_open,
            keys: self.inner.keyring.status(),
            chain: self.witness().map(|witness| witness.keeping()).unwrap_or_default(),
            settings: self.settings(),
            screen: self.screen(),
            base_url_fixed: self.inner.fixed_base_url.is_some(),
            prompts: self.prompts(),
            recovery: *self.inner.recovery.lock().unwrap_or_else(PoisonError::into_inner),
            online: counter.is_online(),
            clock_wrong_by_ms: self.inner.clock_watch.wrong_by_ms(),
            data_dir: self.inner.data_dir.clone(),
            export_dir: self.export_folder(),
            export_dir_fixed: self.inner.fixed_export_dir.is_some(),
            backup: self.backup_status(),
        })
    }
}
