//! What can go wrong, in words a caller can act on.

use crate::export::ExportError;
use crate::gateway::GatewayError;
use crate::ports::{NoChance, SecretsError};
use crate::printer::PrinterError;
use documents::DocumentError;
use domain::pin::PinProblem;
use domain::{AmountError, DecisionRefused, PhoneError, Right};
use ledger::{BackupError, LedgerError, OpenError};
use std::path::PathBuf;
use thiserror::Error;

/// A field that a person fills.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    /// Settings: the shop's name.
    ShopName,
    /// Settings: the website.
    WebsiteUrl,
    /// Settings: the callback address.
    CallbackUrl,
    /// Settings: the server's address.
    BaseUrl,
    /// Settings: the review threshold.
    ReviewAbove,
    /// Settings: the largest amount.
    AmountMax,
    /// Keys: `Apikey`.
    ApiKey,
    /// Keys: `API_TOKEN`.
    ApiToken,
    /// Settings: the shop's address.
    Address,
    /// Settings: tax number.
    Nif,
    /// Settings: the printer's address or file.
    Printer,
    /// Settings: time zone.
    TimeZone,
    /// Settings: hour at which a business day ends.
    CutOffHour,
    /// Settings: accounts and rates.
    Accounts,
    /// Settings: folder of exports.
    ExportDir,
    /// Settings: months after which numbers are erased.
    PurgeAfter,
    /// Decision: who.
    Who,
    /// Decision: why.
    Reason,
    /// Decision: the operator's reference.
    Reference,
    /// People: a name.
    PersonName,
    /// People: a PIN.
    Pin,
    /// People: minutes until the till locks.
    LockAfter,
}

/// What is wrong with a setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SettingProblem {
    /// Not an address.
    UrlInvalid,
    /// An address the till must not use.
    UrlNotAllowed,
    /// Too long, too small or too large.
    OutOfRange,
}

/// Why the keys cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum KeysProblem {
    /// None were entered.
    #[error("no keys")]
    Missing,
    /// No keychain service answers.
    #[error("no keychain: {0}")]
    KeychainUnavailable(String),
    /// The keychain is locked or refused.
    #[error("keychain locked: {0}")]
    KeychainLocked(String),
    /// The sealed file cannot be opened.
    #[error("sealed keys unreadable: {0}")]
    Unreadable(String),
}

impl From<SecretsError> for KeysProblem {
    fn from(error: SecretsError) -> Self {
        match error {
            SecretsError::Unavailable(detail) => Self::KeychainUnavailable(detail),
            SecretsError::Locked(detail) => Self::KeychainLocked(detail),
        }
    }
}

/// What a call of the till can answer instead.
#[derive(Debug, Error)]
pub enum TillError {
    /// The amount cannot be charged.
    #[error(transparent)]
    Amount(#[from] AmountError),
    /// The number cannot be charged.
    #[error(transparent)]
    Phone(#[from] PhoneError),
    /// A setting cannot be stored.
    #[error("setting {field:?}: {problem:?}")]
    Setting {
        /// Which.
        field: Field,
        /// What is wrong.
        problem: SettingProblem,
    },
    /// Something that must be said was left empty.
    #[error("{0:?} is required")]
    Required(Field),
    /// A key holds characters that no key has.
    #[error("{0:?} is malformed")]
    KeyMalformed(Field),
    /// Longer than any key is.
    #[error("{0:?} is too long")]
    KeyTooLong(Field),
    /// The keys cannot be used.
    #[error(transparent)]
    Keys(#[from] KeysProblem),
    /// Payments made with the old keys are still open.
    #[error("{0} payments made with the old keys are still open")]
    OpenPaymentsWithOldKeys(u32),
    /// Live mode needs the shop's name.
    #[error("the shop has no name yet")]
    ShopNameMissing,
    /// The decision is not possible.
    #[error(transparent)]
    Decision(#[from] DecisionRefused),
    /// No such payment.
    #[error("no such payment")]
    NotFound,
    /// That closing was made meanwhile.
    #[error("that closing was made meanwhile")]
    ClosingMoved,
    /// Nobody is signed in.
    #[error("the till is locked")]
    Locked,
    /// Whoever is signed in may not do this.
    #[error("not allowed: {0}")]
    NotAllowed(Right),
    /// Not the right PIN.
    #[error("a wrong PIN; {left} more before a wait")]
    PinWrong {
        /// So many more may be wrong before a wait.
        left: u32,
    },
    /// Too many wrong PINs.
    #[error("too many wrong PINs: wait {seconds} s")]
    PinWait {
        /// For so long.
        seconds: u32,
    },
    /// No PIN at all, or one that anybody would try.
    #[error(transparent)]
    Pin(#[from] PinProblem),
    /// Somebody here has that name.
    #[error("somebody here has that name")]
    NameTaken,
    /// Somebody must be able to let the others in.
    #[error("the last owner stays")]
    LastOwner,
    /// The same sale was sent with another amount or number.
    #[error("this sale was already used with another amount or number")]
    IntentMismatch,
    /// Nothing was exported.
    #[error(transparent)]
    Export(#[from] ExportError),
    /// Another export runs.
    #[error("another export runs")]
    ExportRunning,
    /// Nothing was printed.
    #[error(transparent)]
    Printer(#[from] PrinterError),
    /// A paper could not be made.
    #[error(transparent)]
    Document(#[from] DocumentError),
    /// No copy was made, or none was put in place.
    #[error(transparent)]
    Backup(#[from] BackupError),
    /// A request is on its way: its answer belongs to the ledger in place.
    #[error("a request is on its way")]
    Sending,
    /// The till is closing.
    #[error("the till is closing")]
    Stopping,
    /// A stored setting cannot be read.
    #[error("a stored setting cannot be read: {0}")]
    StoredSetting(String),
    /// The ledger.
    #[error(transparent)]
    Ledger(LedgerError),
    /// The ledger's file.
    #[error(transparent)]
    LedgerOpen(#[from] OpenError),
    /// No client.
    #[error(transparent)]
    Gateway(#[from] GatewayError),
    /// No chance.
    #[error(transparent)]
    Chance(#[from] NoChance),
    /// A file of the data folder.
    #[error("{path}: {source}", path = path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The simulated LigdiCash does not start.
    #[error("the simulated LigdiCash does not start: {0}")]
    Training(String),
    /// A task of the till broke.
    #[error("a task of the till broke: {0}")]
    Task(String),
}

impl From<LedgerError> for TillError {
    fn from(error: LedgerError) -> Self {
        match error {
            LedgerError::NotFound => Self::NotFound,
            LedgerError::DecisionRefused(refused) => Self::Decision(refused),
            LedgerError::ClosingMoved => Self::ClosingMoved,
            LedgerError::VersionConflict
            | LedgerError::Illegal(_)
            | LedgerError::Unavailable { .. }
            | LedgerError::Damaged(_) => Self::Ledger(error),
        }
    }
}

/// Why the till does not open.
#[derive(Debug, Error)]
pub enum OpenTillError {
    /// Another till holds this ledger.
    #[error("another Encaisse is open on this ledger")]
    AlreadyOpen,
    /// The address in the environment cannot be used.
    #[error("the server address given in the environment cannot be used: {0}")]
    BaseUrl(String),
    /// Anything else.
    #[error(transparent)]
    Till(#[from] TillError),
}
