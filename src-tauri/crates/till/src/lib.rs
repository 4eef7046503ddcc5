//! The till: everything a cashier can do, drivable without a window.
//!
//! Owns the way of one payment (check, record, send, watch, tell), the two counters (training and live, each with its own
//! ledger), the keys and the settings. Refuses to know what shows it, which keychain holds its secrets, and what time it
//! is: these come in as [`Ports`]. Commits first and tells afterwards.

mod archive;
mod backup;
mod charge;
mod clock_watch;
mod counter;
mod day;
mod diagnosis;
mod error;
mod export;
mod gateway;
mod http_gateway;
mod keyring_state;
mod keys;
mod learning;
mod lock;
mod news;
mod papers;
mod people;
mod ports;
mod printer;
mod printing;
mod receipts;
mod recovery;
mod screen;
mod shop;
mod showing;
mod slot;
mod soundness;
mod system;
mod till;
mod training;
mod vault;
mod watch;
mod witness;

pub use archive::Archive;
pub use backup::{
    BackupFile, BackupProblem, BackupReason, BackupStatus, Beyond, Damage, Rescue, STALE_AFTER_MS,
    folder as backup_folder,
};
pub use charge::{Charge, Charged, limits, limits_of_operator};
pub use day::Day;
pub use diagnosis::{Finding, Found, Health, Part};
pub use documents::{Accounts, Format, Lettering, PageSize, PaperWidth, modules as qr_modules};
pub use domain;
pub use error::{Field, KeysProblem, OpenTillError, SettingProblem, TillError};
pub use export::{ExportError, ExportRequest, Exported, write_whole};
pub use gateway::{
    CheckOutcome, ConnectionReport, ConnectionVerdict, CreateOutcome, CreateRequest, Expected, Gateway,
    GatewayError,
};
pub use http_gateway::HttpGateways;
pub use keyring_state::KeysStatus;
pub use keys::Keys;
pub use ledger::{
    BackupError, ChainHead, ClaimVerdict, Contents, Decision, Heads, HistoryFilter, HourTotal, JournalLine,
    LedgerError, Newer, NewerPayment, OpenError, Outcomes, Payment, StoredRefusal, Unavailability,
    Verification, glance as glance_at_ledger,
};
pub use ligdicash::{BaseUrl, Options as ClientOptions};
pub use papers::{PaperSettings, PrintPolicy, PrinterConnection};
pub use people::{Admitted, Gate, Member, PersonChange, Pin, Presence, RecoveryCode, Staff};
pub use ports::{Boxed, Chance, Clock, Events, Gateways, NoChance, Ports, Secrets, SecretsError, TillEvent};
pub use printer::PrinterError;
pub use printing::Unprinted;
pub use recovery::RecoveryReport;
pub use screen::{ScreenSettings, Volume};
pub use shop::{Language, Settings, TRAINING_SHOP_NAME, Theme, Welcome};
pub use showing::{Instant, Showing, Shown};
pub use soundness::READ_FIRST_BYTES;
pub use system::{SystemChance, SystemClock};
pub use till::{HistoryWindow, Snapshot, Till, TillOptions};
pub use training::{PhoneAnswer, Prompt};
pub use witness::{ChainKeeping, ChainLoss};
