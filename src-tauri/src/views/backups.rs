//! What the page sees of copies, and of a ledger that does not open.

use super::{ModeView, StateView};
use serde::Serialize;
use ts_rs::TS;

/// Why the last attempt at a copy failed, by what a person can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum BackupProblemView {
    /// Free some room.
    DiskFull,
    /// The folder cannot be written.
    Folder,
    /// The ledger itself does not verify.
    Ledger,
}

/// How the copies of the ledger on screen stand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct BackupStatusView {
    /// When the newest good one was made; none when there is none.
    #[ts(type = "number | null")]
    pub newest_at_ms: Option<i64>,
    /// It is too old, there is none, or the last attempt failed.
    pub needs_attention: bool,
    /// Why the last attempt failed.
    pub problem: Option<BackupProblemView>,
}

/// Why a copy was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum BackupReasonView {
    /// A day had passed.
    Daily,
    /// A closing.
    Closing,
    /// A newer version was about to change the ledger.
    Migration,
    /// A person asked.
    Asked,
    /// The ledger had just been restored.
    Restored,
}

/// One copy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct BackupView {
    /// Where.
    pub path: String,
    /// When.
    #[ts(type = "number")]
    pub at_ms: i64,
    /// Why.
    pub reason: BackupReasonView,
    /// How large.
    #[ts(type = "number")]
    pub bytes: u64,
}

/// The copies of the ledger on screen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct BackupListView {
    /// Where they lie.
    pub folder: String,
    /// Newest first.
    pub copies: Vec<BackupView>,
}

/// A payment that is not in a copy as it stands in the ledger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct NewerPaymentView {
    /// Its reference.
    pub id: String,
    /// Whole XOF.
    #[ts(type = "number")]
    pub amount_xof: i64,
    /// Masked; empty once erased.
    pub phone: String,
    /// When it was recorded.
    #[ts(type = "number")]
    pub created_at_ms: i64,
    /// Where it stands in the ledger.
    pub state: StateView,
    /// Where it stands in the copy; none when the copy does not have it.
    pub in_copy: Option<StateView>,
    /// Its receipt.
    #[ts(type = "number | null")]
    pub receipt_number: Option<i64>,
}

/// A verified copy, and what the ledger in place holds beyond it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct BeyondView {
    /// The copy.
    pub path: String,
    /// When its last line was written.
    #[ts(type = "number | null")]
    pub last_at_ms: Option<i64>,
    /// How many payments it has.
    #[ts(type = "number")]
    pub payments: i64,
    /// Its last receipt.
    #[ts(type = "number")]
    pub receipts: i64,
    /// The end of its chain, as receipts print it.
    pub fingerprint: String,
    /// The newest payments that are not in it, newest first.
    pub newer: Vec<NewerPaymentView>,
    /// How many there are.
    #[ts(type = "number")]
    pub newer_count: u64,
    /// How many closings are not in it.
    #[ts(type = "number")]
    pub newer_closings: i64,
    /// Everything could be read of the ledger in place.
    pub is_whole: bool,
    /// Something could be read of it.
    pub is_readable: bool,
    /// The ledger in place goes on from this copy.
    pub is_same_line: bool,
}

/// A ledger that does not open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct DamageView {
    /// Whose.
    pub mode: ModeView,
    /// The file.
    pub path: String,
    /// What SQLite says.
    pub detail: String,
    /// The newest good copy.
    pub copy: Option<BeyondView>,
}
