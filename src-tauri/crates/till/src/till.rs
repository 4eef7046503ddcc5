//! The till as its surroundings drive it. Owns opening, closing and the switch between training and live; everything
//! about one payment is a counter's.

use crate::backup::{self, BackupStatus, Keeping};
use crate::charge::{self, Charge, Charged};
use crate::clock_watch::{ClockWatch, Moment};
use crate::counter::{Counter, Line};
use crate::day::Running;
use crate::error::{Field, KeysProblem, OpenTillError, TillError};
use crate::gateway::ConnectionReport;
use crate::keyring_state::{Keyring, KeysStatus};
use crate::keys::Keys;
use crate::lock::TillLock;
use crate::people::Door;
use crate::ports::{Ports, TillEvent};
use crate::printing::{Printing, Unprinted};
use crate::recovery::{self, RecoveryReport};
use crate::screen::ScreenSettings;
use crate::shop::{self, Settings, TRAINING_SHOP_NAME};
use crate::slot::Slot;
use crate::soundness::Opening;
use crate::training::{PhoneAnswer, Prompt, Training};
use crate::vault::{Vault, hex};
use crate::watch;
use crate::witness::{ChainKeeping, Witness};
use domain::answering::Answering;
use domain::planted::{Bug, is_planted};
use domain::{DecisionKind, Mode, PaymentId, PhoneNumber, State};
use ledger::{BackupError, Decision, HistoryFilter, JournalLine, OpenError, Payment, SettingsStore};
use ligdicash::BaseUrl;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;
use tokio::sync::{mpsc, watch as signal};

/// How many results stay in sight.
const RECENT: u32 = 5;
/// The largest window of the history.
const HISTORY_WINDOW_MAX: u32 = 100;
/// How long opening waits for the keychain before going on without it; it may be waiting for a person.
const KEYCHAIN_PATIENCE: Duration = Duration::from_secs(2);
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

/// A window of the history.
#[derive(Debug, Clone)]
pub struct HistoryWindow {
    /// Which counter's.
    pub mode: Mode,
    /// Newest first.
    pub payments: Vec<Payment>,
    /// Where the next window begins; none at the end.
    pub next_before_seq: Option<i64>,
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

    async fn open_counters_in_use(&self) -> Result<(), TillError> {
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

    /// Asks the keychain, for a short while in the foreground: it may be waiting for a person to unlock it.
    async fn ask_keychain_patiently(&self) {
        let till = self.clone();
        patiently(async move {
            if let Err(error) = till.load_keys().await {
                tracing::error!(%error, "the keys could not be loaded");
            }
            till.hold_against_kept_head().await;
        })
        .await;
    }

    /// A keychain that did not give the keys is not asked again for this: it may have asked a person.
    async fn hold_against_kept_head(&self) {
        let Some(witness) = self.witness() else { return };
        match self.inner.keyring.status() {
            KeysStatus::Problem(
                problem @ (KeysProblem::KeychainUnavailable(_) | KeysProblem::KeychainLocked(_)),
            ) => witness.refused(problem).await,
            KeysStatus::Problem(KeysProblem::Missing | KeysProblem::Unreadable(_))
            | KeysStatus::Stored
            | KeysStatus::SessionOnly => witness.attend(true).await,
        }
    }

    pub(crate) fn witness(&self) -> Option<Arc<Witness>> {
        self.inner.live.get()?.witness.clone()
    }

    async fn load_keys(&self) -> Result<(), TillError> {
        self.inner.keyring.load().await?;
        self.connect_live()?;
        self.inner.ports.events.emit(TillEvent::SnapshotStale);
        Ok(())
    }

    /// Everything a screen needs.
    ///
    /// # Errors
    /// The ledger's.
    pub async fn snapshot(&self) -> Result<Snapshot, TillError> {
        self.is_sound()?;
        let mode = self.mode();
        let counter = self.counter().await?;
        let counts = counter.ledger.counts().await?;
        let live_open = match (mode, self.inner.live.get()) {
            (Mode::Training, Some(live)) => live.ledger.counts().await?.open,
            (Mode::Training, None) | (Mode::Live, _) => 0,
        };
        let server = self.base_url();
        Ok(Snapshot {
            mode,
            other_server: (mode == Mode::Live && !server.is_official()).then(|| server.host().to_owned()),
            open: counter.ledger.open_payments().await?,
            recent: counter.ledger.recent(RECENT).await?,
            ended: counter.ended_unseen().await?,
            contradictions: self.contradictions().await?,
            unprinted: self.inner.printing.not_printed(),
            watched_aside: counts.watched_aside,
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

    /// Charges. Returns as soon as the attempt is on disk and on its way; what becomes of it is told as events.
    ///
    /// # Errors
    /// [`TillError`]: nothing was recorded or sent.
    pub async fn charge(&self, charge: Charge) -> Result<Charged, TillError> {
        // A task of its own, so that a caller that goes away cannot stop a charge between its record and its sending.
        let till = self.clone();
        tokio::spawn(async move { till.charge_now(charge).await })
            .await
            .map_err(|error| TillError::Task(error.to_string()))?
    }

    async fn charge_now(self, charge: Charge) -> Result<Charged, TillError> {
        self.is_sound()?;
        let settings = self.settings();
        // What was typed wrong is said before anything about keys or connections.
        charge::limits(&settings).parse(&charge.amount)?;
        PhoneNumber::parse(&charge.phone)?;
        let counter = self.counter().await?;
        let shop_name = match counter.mode {
            Mode::Training if settings.shop_name.is_empty() => TRAINING_SHOP_NAME.to_owned(),
            Mode::Live if settings.shop_name.is_empty() => return Err(TillError::ShopNameMissing),
            Mode::Training | Mode::Live => settings.shop_name.clone(),
        };
        let line = match counter.line() {
            Some(line) => line,
            None => return Err(self.inner.keyring.keys().err().unwrap_or(KeysProblem::Missing).into()),
        };
        charge::charge(counter, line, settings, shop_name, charge).await
    }

    /// The operator that confirm reported for a number before, by name.
    ///
    /// # Errors
    /// The ledger's.
    pub async fn known_operator(&self, phone: &PhoneNumber) -> Result<Option<String>, TillError> {
        Ok(self.counter().await?.ledger.known_operator(phone).await?.map(|(_, name)| name))
    }

    /// Asks LigdiCash about a payment as soon as the floor allows. The answer comes as an event.
    ///
    /// # Errors
    /// [`TillError::NotFound`], or the ledger's.
    pub async fn check_now(&self, id: &PaymentId) -> Result<(Mode, Payment), TillError> {
        let (counter, payment) = self.find(id).await?;
        let payment = match payment.state {
            State::Pending => {
                let hurried = counter.bring_forward(&payment).await?;
                counter.nudge.notify_one();
                hurried
            }
            State::Review => counter.check(id).await?,
            State::Failed if is_planted(Bug::FinalChanges) => counter.check(id).await?,
            State::Recorded
            | State::Submitting
            | State::Paid
            | State::Failed
            | State::Rejected
            | State::NotSent
            | State::Uncertain => payment,
        };
        Ok((counter.mode, payment))
    }

    /// Somebody is back at the till, or the network is: what waits is asked about at once, within the floor and the budget.
    pub async fn look_again(&self) {
        for counter in self.open_counters() {
            counter.look_again().await;
        }
    }

    /// How quickly this shop's customers answer, and how YAS answers now.
    ///
    /// # Errors
    /// The ledger's.
    pub async fn answering(&self) -> Result<Answering, TillError> {
        let counter = self.counter().await?;
        Ok(counter.learning.answering(&counter.ledger, counter.ports.clock.now_ms()).await?)
    }

    /// Somebody begins to type a sale: the way to LigdiCash is made warm, at most once a minute. Training needs none.
    pub async fn warm_up(&self) {
        if self.mode() == Mode::Live
            && let Some(live) = self.inner.live.get()
        {
            live.warm_up().await;
        }
    }

    /// Writes down what a person decided about a payment.
    ///
    /// # Errors
    /// [`TillError::Required`] for a missing name, reason or reference; [`TillError::Decision`] when it is not possible.
    pub async fn decide(
        &self,
        id: &PaymentId,
        kind: DecisionKind,
        who: String,
        reason: String,
        reference: Option<String>,
    ) -> Result<(Mode, Payment), TillError> {
        let blank = |text: &str| text.trim().is_empty();
        if kind != DecisionKind::SetAside {
            if blank(&who) {
                return Err(TillError::Required(Field::Who));
            }
            if blank(&reason) {
                return Err(TillError::Required(Field::Reason));
            }
        }
        if kind == DecisionKind::AcceptedAsPaid && reference.as_deref().is_none_or(blank) {
            return Err(TillError::Required(Field::Reference));
        }
        let (counter, _) = self.find(id).await?;
        let at_ms = counter.ports.clock.now_ms();
        let payment = counter.ledger.decide(id, Decision { at_ms, kind, who, reason, reference }).await?;
        match kind {
            DecisionKind::AcceptedAsPaid | DecisionKind::RefundRecorded => counter.chains_grew(),
            DecisionKind::SetAside | DecisionKind::SettledOtherwise | DecisionKind::WrittenOff => {}
        }
        counter.ports.events.emit(TillEvent::PaymentChanged(counter.mode, payment.clone()));
        Ok((counter.mode, payment))
    }

    /// Moves the screen on from a payment, which is still watched.
    ///
    /// # Errors
    /// As [`Till::decide`].
    pub async fn set_aside(&self, id: &PaymentId, who: String) -> Result<(Mode, Payment), TillError> {
        self.decide(id, DecisionKind::SetAside, who, String::new(), None).await
    }

    /// A window of the history, newest first, before `before_seq`.
    ///
    /// # Errors
    /// The ledger's.
    pub async fn history(
        &self,
        filter: &HistoryFilter,
        before_seq: Option<i64>,
        limit: u32,
    ) -> Result<HistoryWindow, TillError> {
        let limit = limit.clamp(1, HISTORY_WINDOW_MAX);
        let counter = self.counter().await?;
        // One more than asked tells whether there is anything after.
        let mut payments = counter.ledger.history(filter, before_seq, limit + 1).await?;
        let more = payments.len() > limit as usize;
        payments.truncate(limit as usize);
        let next_before_seq = payments.last().filter(|_| more).map(|payment| payment.seq);
        Ok(HistoryWindow { mode: counter.mode, payments, next_before_seq })
    }

    /// A payment with its whole story.
    ///
    /// # Errors
    /// [`TillError::NotFound`], or the ledger's.
    pub async fn detail(&self, id: &PaymentId) -> Result<(Mode, Payment, Vec<JournalLine>), TillError> {
        let (counter, payment) = self.find(id).await?;
        Ok((counter.mode, payment, counter.ledger.timeline(id).await?))
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

    /// Operators and cashiers to filter the history by.
    ///
    /// # Errors
    /// The ledger's.
    pub async fn filter_words(&self) -> Result<(Vec<String>, Vec<String>), TillError> {
        Ok(self.counter().await?.ledger.filter_words().await?)
    }

    /// Takes new keys: sealed on disk, or for this session only.
    ///
    /// # Errors
    /// [`TillError::Required`], [`TillError::KeyMalformed`], [`TillError::Keys`] when the keychain does not serve, or
    /// [`TillError::OpenPaymentsWithOldKeys`] unless `replace_open`.
    pub async fn save_keys(
        &self,
        api_key: &str,
        api_token: &str,
        session_only: bool,
        replace_open: bool,
    ) -> Result<(), TillError> {
        let keys = self.keys_to_save(api_key, api_token, replace_open).await?;
        self.put_keys(keys, session_only).await
    }

    /// New keys, when they may be taken. Changes nothing.
    pub(crate) async fn keys_to_save(
        &self,
        api_key: &str,
        api_token: &str,
        replace_open: bool,
    ) -> Result<Keys, TillError> {
        let keys = Keys::parse(api_key, api_token, String::new())?;
        let keys = match self.inner.keyring.keys() {
            // The same pair again stays the same set.
            Ok(known) if known.same_as(&keys) => keys.with_set_id(known.set_id().to_owned()),
            Ok(_) | Err(_) => {
                let mut bytes = [0u8; 8];
                self.inner.ports.chance.fill(&mut bytes)?;
                keys.with_set_id(hex(&bytes))
            }
        };
        if !replace_open && let Some(live) = self.inner.live.get() {
            let open = live.ledger.open_with_other_credentials(keys.set_id()).await?;
            if open > 0 {
                return Err(TillError::OpenPaymentsWithOldKeys(open));
            }
        }
        Ok(keys)
    }

    pub(crate) async fn put_keys(&self, keys: Keys, session_only: bool) -> Result<(), TillError> {
        if session_only {
            self.inner.keyring.keep_for_session(keys);
        } else {
            self.inner.keyring.store(keys).await?;
        }
        self.connect_live()?;
        self.inner.ports.events.emit(TillEvent::SnapshotStale);
        Ok(())
    }

    /// Removes the keys. Open live payments are then no longer asked about until keys are back.
    ///
    /// # Errors
    /// The keychain's, or a file's.
    pub async fn forget_keys(&self) -> Result<(), TillError> {
        self.inner.keyring.forget().await?;
        self.connect_live()?;
        self.inner.ports.events.emit(TillEvent::SnapshotStale);
        Ok(())
    }

    /// Asks the keychain again.
    ///
    /// # Errors
    /// A task's; what the keychain says is in the snapshot.
    pub async fn retry_keychain(&self) -> Result<(), TillError> {
        self.load_keys().await?;
        self.hold_against_kept_head().await;
        Ok(())
    }

    /// Tests the keys without moving money: a confirm with a token that cannot exist (API reference, section 19).
    ///
    /// # Errors
    /// [`TillError::Keys`] when there are none to test.
    pub async fn test_connection(&self) -> Result<ConnectionReport, TillError> {
        if matches!(self.inner.keyring.status(), KeysStatus::Problem(_)) {
            self.inner.keyring.load().await?;
        }
        let keys = self.inner.keyring.keys()?;
        let gateway = self.inner.ports.gateways.connect(&self.base_url(), &keys)?;
        let asked = Moment::now(&self.inner.ports);
        let report = gateway.test().await;
        let answered = Moment::now(&self.inner.ports);
        let live = self.inner.live.get();
        let ledger = live.as_ref().map(|live| &live.ledger);
        self.inner.clock_watch.hear(asked, answered, report.server_ms, ledger).await;
        Ok(report)
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

    /// Requests on the simulated phone; none in live mode.
    #[must_use]
    pub fn prompts(&self) -> Vec<Prompt> {
        match (self.mode(), self.inner.training.get()) {
            (Mode::Training, Some((_, training))) => training.prompts(),
            (Mode::Training, None) | (Mode::Live, _) => Vec::new(),
        }
    }

    /// The customer's act on the simulated phone.
    ///
    /// # Errors
    /// [`TillError::NotFound`] when there is no such request.
    pub fn answer_prompt(&self, id: &PaymentId, answer: PhoneAnswer) -> Result<(), TillError> {
        match self.inner.training.get() {
            Some((_, training)) => training.answer(id, answer),
            None => Err(TillError::NotFound),
        }
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

    pub(crate) fn keys_status(&self) -> KeysStatus {
        self.inner.keyring.status()
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

    /// The server that live payments go to.
    #[must_use]
    pub fn base_url(&self) -> BaseUrl {
        if let Some(fixed) = &self.inner.fixed_base_url {
            return fixed.clone();
        }
        // What cannot be read here was refused when it was stored, so an empty setting is all that is left.
        BaseUrl::parse(&self.settings().base_url).unwrap_or_else(|_| BaseUrl::official())
    }

    pub(crate) async fn counter(&self) -> Result<Arc<Counter>, TillError> {
        self.counter_of(self.mode()).await
    }

    async fn counter_of(&self, mode: Mode) -> Result<Arc<Counter>, TillError> {
        match mode {
            Mode::Training => Ok(self.training().await?.0),
            Mode::Live => self.live().await,
        }
    }

    pub(crate) fn open_counters(&self) -> Vec<Arc<Counter>> {
        let counters = [self.inner.training.get().map(|(counter, _)| counter), self.inner.live.get()];
        counters.into_iter().flatten().collect()
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

    pub(crate) async fn find(&self, id: &PaymentId) -> Result<(Arc<Counter>, Payment), TillError> {
        for counter in self.open_counters() {
            if let Some(payment) = counter.ledger.payment(id).await? {
                return Ok((counter, payment));
            }
        }
        Err(TillError::NotFound)
    }

    async fn training(&self) -> Result<(Arc<Counter>, Arc<Training>), TillError> {
        let open = async || {
            let counter = open_counter(&self.inner, Mode::Training).await?;
            let training = Training::start(&self.inner.data_dir, &self.inner.ports, &counter).await?;
            Ok((counter, Arc::new(training)))
        };
        self.inner.training.get_or_open(open).await
    }

    async fn live(&self) -> Result<Arc<Counter>, TillError> {
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

    /// Puts the live counter on the server and keys in force, or takes its line away when there are none.
    fn connect_live(&self) -> Result<(), TillError> {
        let Some(live) = self.inner.live.get() else { return Ok(()) };
        let server = self.base_url();
        let line = match self.inner.keyring.keys() {
            Ok(keys) => Some(Line {
                gateway: self.inner.ports.gateways.connect(&server, &keys)?,
                server: server.as_str().to_owned(),
                credential_set: keys.set_id().to_owned(),
            }),
            Err(_) => None,
        };
        live.set_line(line);
        Ok(())
    }
}

/// Waits a short while for what then goes on in the background.
pub(crate) async fn patiently(asking: impl Future<Output = ()> + Send + 'static) {
    let _ = tokio::time::timeout(KEYCHAIN_PATIENCE, tokio::spawn(asking)).await;
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
        counter.looked.begin(&counter.ledger, &inner.store).await?;
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
