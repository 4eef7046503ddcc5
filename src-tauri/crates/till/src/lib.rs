//! The till: everything a cashier can do, drivable without a window.
//!
//! Owns the way of one payment (check, record, send, watch, tell), the two counters (training and live, each with its own
//! ledger), the keys and the settings. Refuses to know what shows it, which keychain holds its secrets, and what time it
//! is: these come in as [`Ports`]. Commits first and tells afterwards.

mod charge;
mod counter;
mod error;
mod gateway;
mod http_gateway;
mod keyring_state;
mod keys;
mod lock;
mod ports;
mod recovery;
mod shop;
mod system;
mod till;
mod training;
mod vault;
mod watch;

pub use charge::{Charge, Charged, limits, limits_of_operator};
pub use domain;
pub use error::{Field, KeysProblem, OpenTillError, SettingProblem, TillError};
pub use gateway::{
    CheckOutcome, ConnectionReport, ConnectionVerdict, CreateOutcome, CreateRequest, Expected, Gateway,
    GatewayError,
};
pub use http_gateway::HttpGateways;
pub use keyring_state::KeysStatus;
pub use keys::Keys;
pub use ledger::{Decision, JournalLine, LedgerError, OpenError, Payment, StoredRefusal};
pub use ligdicash::{BaseUrl, Options as ClientOptions};
pub use ports::{Boxed, Chance, Clock, Events, Gateways, NoChance, Ports, Secrets, SecretsError, TillEvent};
pub use recovery::RecoveryReport;
pub use shop::{Language, Settings, TRAINING_SHOP_NAME, Theme};
pub use system::{SystemChance, SystemClock};
pub use till::{HistoryWindow, Snapshot, Till, TillOptions};
pub use training::{PhoneAnswer, Prompt};
