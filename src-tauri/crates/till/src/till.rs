//! The till as its surroundings drive it. Owns opening and closing, and what all its parts share: what is done with a payment,
//! with keys and with the two counters stands below, and everything about one payment is a counter's.

mod connection;
mod counters;
mod selling;
mod snapshot;

pub(crate) use connection::patiently;
pub use selling::HistoryWindow;
pub use snapshot::Snapshot;

use crate::backup::Keeping;
use crate::clock_watch::ClockWatch;
use crate::counter::Counter;
use crate::day::Running;
use crate::error::{Field, OpenTillError, TillError};
use crate::keyring_state::Keyring;
use crate::lock::TillLock;
use crate::people::Door;
use crate::ports::{Ports, TillEvent};
use crate::printing::Printing;
use crate::recovery::RecoveryReport;
use crate::screen::ScreenSettings;
use crate::shop::{self, Settings};
use crate::slot::Slot;
use crate::training::Training;
use crate::vault::{Vault, hex};
use crate::witness::Witness;
use domain::Mode;
use ledger::{OpenError, SettingsStore};
use ligdicash::BaseUrl;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;
use tokio::sync::{mpsc, watch as signal};

/// A month of the longest kind: a number is kept for at least as long as the shop said.
const MONTH_MS: i64 = 31 * 24 * 3_600_000;
/// How long closing waits for a create on its way.
const CLOSE_PATIENCE: Duration = Duration::from_secs(8);

/// What a till is opened with.
#[derive(Debug, Clone)]
pub struct TillOptions {
    /// Where ledgers, settings and the sealed keys lie. Created when missing.
    pub data_dir: PathBuf,
    /// A server address that beats the setting (from the environment).
    pub base_url: Option<String>,
    /// A folder for exports that beats the setting (from the environment).
    pub export_dir: Option<PathBuf>,
    /// Where exports go when nobody chose a folder.
    pub default_export_dir: PathBuf,
    /// Copies of the ledgers are made by themselves, and held against them at start; and ledgers are read whole once a day.
    pub keeps_backups: bool,
    /// Up to this size a ledger is always read whole before it opens: [`crate::READ_FIRST_BYTES`].
    pub read_first_bytes: u64,
}

/// One installation with its ledgers. Cheap to clone; all clones are the same till.
#[derive(Clone)]
pub struct Till {
    inner: Arc<Inner>,
}

struct Inner {
    data_dir: PathBuf,
    installation: String,
    ports: Ports,
    /// Let go of at the end of closing, whoever still has the till in hand.
    lock: Mutex<Option<TillLock>>,
    store: SettingsStore,
    door: Door,
    settings: RwLock<Settings>,
    screen: RwLock<ScreenSettings>,
    /// One change of it after the other.
    changing_screen: tokio::sync::Mutex<()>,
    mode: RwLock<Mode>,
    fixed_base_url: Option<BaseUrl>,
    fixed_export_dir: Option<PathBuf>,
    default_export_dir: PathBuf,
    exporting: Arc<Mutex<Option<Arc<AtomicBool>>>>,
    printing: Printing,
    keyring: Keyring,
    clock_watch: Arc<ClockWatch>,
    training: Slot<(Arc<Counter>, Arc<Training>)>,
    live: Slot<Arc<Counter>>,
    recovery: Mutex<RecoveryReport>,
    keeps_backups: bool,
    read_first_bytes: u64,
    /// What was found wrong with a ledger since it was opened.
    damage: Mutex<Option<OpenError>>,
    keeping: Keeping,
    /// One diagnosis after the other.
    diagnosing: tokio::sync::Mutex<()>,
    closing: signal::Sender<bool>,
}

impl Till {
    /// Opens the till: takes the lock, reads the settings, opens the ledgers that are in use, puts every unfinished
    /// payment back under watch, and starts watching.
    ///
    /// # Errors
    /// [`OpenTillError`]; nothing is charged by a till that did not open whole.
    pub async fn open(options: TillOptions, ports: Ports) -> Result<Self, OpenTillError> {
        let data_dir = options.data_dir.clone();
        let fixed_base_url = options
            .base_url
            .clone()
            .map(|text| BaseUrl::parse(&text).map_err(|error| OpenTillError::BaseUrl(error.to_string())))
            .transpose()?;
        create_owner_only(&data_dir)
            .map_err(|source| OpenTillError::Till(TillError::File { path: data_dir.clone(), source }))?;
        let lock = TillLock::take(&data_dir)?;
        Ok(Self::open_locked(options, fixed_base_url, ports, lock).await?)
    }

    async fn open_locked(
        options: TillOptions,
        fixed_base_url: Option<BaseUrl>,
        ports: Ports,
        lock: TillLock,
    ) -> Result<Self, TillError> {
        let data_dir = options.data_dir;
        let store = SettingsStore::open(&data_dir.join("settings.sqlite3")).await?;
        let stored = store.all().await?;
        let settings = Settings::read(&stored)?;
        let screen = ScreenSettings::read(&stored)?;
        let mode = shop::read_mode(&stored)?;
        let installation = match shop::read_installation(&stored) {
            Some(id) => id,
            None => {
                let mut bytes = [0u8; 16];
                ports.chance.fill(&mut bytes)?;
                let id = hex(&bytes);
                store.set(&shop::written_installation(&id), ports.clock.now_ms()).await?;
                id
            }
        };
        let door = Door::open(store.clone(), ports.clone()).await?;
        let vault = Vault::new(&data_dir, installation.clone(), ports.secrets.clone(), ports.chance.clone());
        let (verified, heard) = mpsc::unbounded_channel();
        let till = Self {
            inner: Arc::new(Inner {
                data_dir,
                clock_watch: Arc::new(ClockWatch::new(ports.clone())),
                installation,
                ports,
                lock: Mutex::new(Some(lock)),
                store,
                door,
                settings: RwLock::new(settings),
                screen: RwLock::new(screen),
                changing_screen: tokio::sync::Mutex::default(),
                mode: RwLock::new(mode),
                fixed_base_url,
                fixed_export_dir: options.export_dir,
                default_export_dir: options.default_export_dir,
                exporting: Arc::default(),
                printing: Printing::new(verified),
                keyring: Keyring::new(vault),
                training: Slot::default(),
                live: Slot::default(),
                recovery: Mutex::new(RecoveryReport::default()),
                keeps_backups: options.keeps_backups,
                read_first_bytes: options.read_first_bytes,
                damage: Mutex::default(),
                keeping: Keeping::default(),
                diagnosing: tokio::sync::Mutex::default(),
                closing: signal::Sender::new(false),
            }),
        };
        till.start_printing(heard);
        if let Err(error) = till.open_counters_in_use().await {
            // One ledger may be open and watched already; a till that does not open whole leaves nothing running.
            till.close().await;
            return Err(error);
        }
        till.start_backups();
        till.start_reading_whole();
        Ok(till)
    }

    pub(crate) fn witness(&self) -> Option<Arc<Witness>> {
        self.inner.live.get()?.witness.clone()
    }

    /// Which counter is on screen.
    #[must_use]
    pub fn mode(&self) -> Mode {
        *self.inner.mode.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// The settings as they stand.
    #[must_use]
    pub fn settings(&self) -> Settings {
        self.inner.settings.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Stores settings.
    ///
    /// # Errors
    /// [`TillError::Setting`] for a field that cannot be stored; then nothing was.
    pub async fn save_settings(&self, settings: Settings) -> Result<(), TillError> {
        let settings = settings.checked()?;
        if self.mode() == Mode::Live && settings.shop_name.is_empty() {
            return Err(TillError::Required(Field::ShopName));
        }
        let rule = settings.papers.day_rule()?;
        self.inner.store.set(&settings.written(), self.inner.ports.clock.now_ms()).await?;
        for counter in self.open_counters() {
            counter.ledger.set_day_rule(rule.clone());
        }
        *self.inner.settings.write().unwrap_or_else(PoisonError::into_inner) = settings;
        self.connect_live()?;
        self.purge_numbers().await?;
        self.inner.ports.events.emit(TillEvent::SnapshotStale);
        Ok(())
    }

    /// Erases the numbers of customers that the shop no longer wants to keep. Every hash stays valid.
    async fn purge_numbers(&self) -> Result<(), TillError> {
        let months = self.settings().papers.purge_after_months;
        // What is erased is gone for ever, so not by a clock that is known to be wrong.
        if months == 0 || self.inner.clock_watch.wrong_by_ms().is_some() {
            return Ok(());
        }
        let before_ms = self.inner.ports.clock.now_ms() - i64::from(months) * MONTH_MS;
        for counter in self.open_counters() {
            let erased = counter.ledger.purge_numbers_before(before_ms).await?;
            if erased > 0 {
                tracing::info!(erased, "customers' numbers were erased");
            }
        }
        Ok(())
    }

    /// Where exports and receipts go.
    #[must_use]
    pub fn export_folder(&self) -> PathBuf {
        let chosen = self.settings().papers.export_dir;
        match &self.inner.fixed_export_dir {
            Some(fixed) => fixed.clone(),
            None if chosen.is_empty() => self.inner.default_export_dir.clone(),
            None => PathBuf::from(chosen),
        }
    }

    pub(crate) fn begin_export(&self) -> Result<Running, TillError> {
        let mut slot = self.inner.exporting.lock().unwrap_or_else(PoisonError::into_inner);
        if slot.is_some() {
            return Err(TillError::ExportRunning);
        }
        let stop = Arc::new(AtomicBool::new(false));
        *slot = Some(Arc::clone(&stop));
        drop(slot);
        Ok(Running { stop, slot: Arc::clone(&self.inner.exporting) })
    }

    pub(crate) fn running_export(&self) -> Option<Arc<AtomicBool>> {
        self.inner.exporting.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Whether a ledger or the settings are being read or written at this moment.
    #[must_use]
    pub fn is_busy(&self) -> bool {
        self.inner.store.is_busy()
            || self.open_counters().iter().any(|counter| counter.ledger.is_busy())
            || self.witness().is_some_and(|witness| witness.is_busy())
    }

    /// Waits until no ledger and no setting is being read or written, all at one moment.
    pub async fn idle(&self) {
        while self.is_busy() {
            self.inner.store.idle().await;
            for counter in self.open_counters() {
                counter.ledger.idle().await;
            }
            if let Some(witness) = self.witness() {
                witness.idle().await;
            }
        }
    }

    /// Closes: stops asking, waits a little for creates on their way, closes the ledgers.
    pub async fn close(&self) {
        self.inner.closing.send_replace(true);
        self.inner.keeping.end(self.inner.ports.clock.sleep(CLOSE_PATIENCE)).await;
        if let Some((counter, training)) = self.inner.training.get() {
            counter.stop(CLOSE_PATIENCE).await;
            training.stop().await;
        }
        if let Some(live) = self.inner.live.get() {
            live.stop(CLOSE_PATIENCE).await;
        }
        self.inner.store.close().await;
        // Only now may another till open here.
        drop(self.inner.lock.lock().unwrap_or_else(PoisonError::into_inner).take());
    }

    /// No ledger was found damaged since the till opened.
    ///
    /// # Errors
    /// What was found.
    fn is_sound(&self) -> Result<(), TillError> {
        match &*self.inner.damage.lock().unwrap_or_else(PoisonError::into_inner) {
            Some(OpenError::Damaged { path, detail }) => {
                Err(OpenError::Damaged { path: path.clone(), detail: detail.clone() }.into())
            }
            Some(_) | None => Ok(()),
        }
    }

    /// Takes note of damage; whether it is the first that is known.
    pub(crate) fn is_found_damaged(&self, damage: OpenError) -> bool {
        let mut known = self.inner.damage.lock().unwrap_or_else(PoisonError::into_inner);
        let is_first = known.is_none();
        known.get_or_insert(damage);
        is_first
    }

    pub(crate) fn diagnosing(&self) -> &tokio::sync::Mutex<()> {
        &self.inner.diagnosing
    }

    pub(crate) fn clock_wrong_by_ms(&self) -> Option<i64> {
        self.inner.clock_watch.wrong_by_ms()
    }

    pub(crate) fn door(&self) -> &Door {
        &self.inner.door
    }

    pub(crate) fn screen_cell(&self) -> &RwLock<ScreenSettings> {
        &self.inner.screen
    }

    pub(crate) fn changing_screen(&self) -> &tokio::sync::Mutex<()> {
        &self.inner.changing_screen
    }

    pub(crate) fn store(&self) -> &SettingsStore {
        &self.inner.store
    }

    pub(crate) fn ports(&self) -> &Ports {
        &self.inner.ports
    }

    pub(crate) fn data_dir(&self) -> &Path {
        &self.inner.data_dir
    }

    pub(crate) fn printing(&self) -> &Printing {
        &self.inner.printing
    }

    pub(crate) fn keeping(&self) -> &Keeping {
        &self.inner.keeping
    }

    pub(crate) fn keeps_backups(&self) -> bool {
        self.inner.keeps_backups
    }

    pub(crate) fn read_first_bytes(&self) -> u64 {
        self.inner.read_first_bytes
    }

    pub(crate) fn is_closing(&self) -> bool {
        *self.inner.closing.borrow()
    }

    /// Returns when the till closes.
    pub(crate) async fn closing(&self) {
        let mut closing = self.inner.closing.subscribe();
        // The sender lives in self, so waiting can only end by the value.
        let _ = closing.wait_for(|closing| *closing).await;
    }
}

pub(crate) const fn file_name(mode: Mode) -> &'static str {
    match mode {
        Mode::Training => "training.sqlite3",
        Mode::Live => "live.sqlite3",
    }
}

pub(crate) fn create_owner_only(dir: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(dir)
}
