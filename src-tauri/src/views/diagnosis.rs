//! What the page sees of a diagnosis.

use serde::Serialize;
use ts_rs::TS;

/// What is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum PartView {
    /// LigdiCash knows the keys.
    Keys,
    /// The way to LigdiCash.
    Network,
    /// LigdiCash itself.
    Server,
    /// The secure connection.
    Certificate,
    /// This computer's clock beside LigdiCash's.
    Clock,
    /// The system's keychain.
    Keychain,
    /// The receipt printer.
    Printer,
    /// The disk with the ledgers.
    Disk,
    /// The ledgers.
    Ledger,
    /// What the keychain remembers of the ledger's end.
    Chain,
}

/// How it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum HealthView {
    /// It serves.
    Good,
    /// It serves, and there is something to know.
    Notice,
    /// It could not be tried, or is not wanted.
    Untried,
    /// Somebody must do something.
    Bad,
}

/// What was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum FoundView {
    /// It serves.
    Good,
    /// Something before it is missing, so it could not be tried.
    NotTried,
    /// No keys were entered.
    KeysMissing,
    /// The sealed keys cannot be read.
    KeysUnreadable,
    /// The keys serve, until the till closes.
    KeysForSession,
    /// LigdiCash refuses the keys.
    KeysRefused,
    /// LigdiCash knows the keys, and does not let them take payments.
    PayinNotActivated,
    /// The last sale was refused because of this internet connection (`Code03`).
    AddressRefused,
    /// No way to the server.
    NoConnection,
    /// Something answers that is not LigdiCash.
    NoUsableAnswer,
    /// A test server is in use.
    OtherServer,
    /// The secure connection could not be made.
    TlsRefused,
    /// A test server on this machine, which has no certificate.
    NoCertificate,
    /// The clock is wrong.
    ClockWrong,
    /// No keychain answers.
    KeychainUnavailable,
    /// The keychain is locked, or a person said no.
    KeychainLocked,
    /// The keychain did not give back what it was given.
    KeychainForgets,
    /// No printer is set.
    NoPrinter,
    /// The printer does not answer.
    PrinterUnreachable,
    /// The disk does not take or give back what is written.
    DiskFails,
    /// Little room is left.
    DiskLow,
    /// Something in the ledger is not as it was written; it takes no more sales.
    LedgerDamaged,
    /// The ledger cannot be read.
    LedgerUnreadable,
    /// The ledger lacks what it had.
    ChainLost,
    /// The keychain had the ledger's end, and has it no more.
    ChainForgotten,
    /// The keychain cannot keep the ledger's end.
    ChainUnkept,
}

/// One line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct FindingView {
    /// Of what.
    pub part: PartView,
    /// How it stands.
    pub health: HealthView,
    /// What was found.
    pub found: FoundView,
    /// For support, never a secret; may be empty.
    pub detail: String,
}
