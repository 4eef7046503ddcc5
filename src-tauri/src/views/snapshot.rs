//! Everything that a page needs to draw itself from nothing.

use super::{
    BackupStatusView, CredentialsStatusView, ModeView, PaymentView, PhonePromptView, PresenceView,
    ScreenView, SettingsView, UnprintedView,
};
use serde::Serialize;
use ts_rs::TS;

/// What was found unfinished at start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
pub struct RecoveryView {
    /// Payments still waiting for the customer: watched again.
    pub watched: u32,
    /// Requests that were on their way: now uncertain.
    pub uncertain: u32,
    /// Attempts that had not left: not sent.
    pub not_sent: u32,
    /// Waiting, and not watched: what to ask with did not come with a restored copy.
    pub handle_lost: u32,
}

/// What is to be said about the ends of the live chains, which the keychain keeps outside the ledger's file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ChainNoticeView {
    /// The keychain does not serve, so a tail that is cut off now would not be seen.
    Unkept,
    /// The keychain had them and has them no more: compare with paper.
    Forgotten,
    /// The ledger lacks entries or journal lines that it had. Stays until a person has acknowledged it.
    Lost {
        /// Entries that the keychain knows of.
        #[ts(type = "number")]
        entries_kept: i64,
        /// Entries that the ledger had at this start.
        #[ts(type = "number")]
        entries_found: i64,
        /// Lines of the journal that the keychain knows of.
        #[ts(type = "number")]
        lines_kept: i64,
        /// Lines of the journal that the ledger had at this start.
        #[ts(type = "number")]
        lines_found: i64,
    },
}

/// Everything the page needs to draw itself from nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct Snapshot {
    /// Which ledger the screen works on.
    pub mode: ModeView,
    /// The server in use when it is not LigdiCash's own; shown for as long as it is in use.
    pub other_server: Option<String>,
    /// Payments that want attention on the till screen, newest first.
    pub open: Vec<PaymentView>,
    /// The last five results, newest first.
    pub recent: Vec<PaymentView>,
    /// What ended since somebody was last at the till, the latest first.
    pub ended: Vec<PaymentView>,
    /// What LigdiCash contradicted itself about, and nobody has seen yet; of both ledgers.
    pub contradictions: Vec<PaymentView>,
    /// Receipts that should have printed themselves, the latest first.
    pub unprinted: Vec<UnprintedView>,
    /// Payments set aside and still watched.
    pub watched_aside: u32,
    /// Live payments still watched or uncertain while the screen is in training.
    pub live_open: u32,
    /// Where the keys stand.
    pub credentials: CredentialsStatusView,
    /// The settings.
    pub settings: SettingsView,
    /// How this computer shows and sounds.
    pub screen: ScreenView,
    /// Requests on the simulated phone, oldest first; empty in live mode.
    pub prompts: Vec<PhonePromptView>,
    /// None when all is well with the ends of the live chains, or nothing is known yet.
    pub chain_notice: Option<ChainNoticeView>,
    /// Set once after a start that found something unfinished.
    pub recovery: Option<RecoveryView>,
    /// False after a failed connection, until the next good one.
    pub online: bool,
    /// How many milliseconds this computer's clock is ahead of LigdiCash's (behind, below zero), when that is too much.
    #[ts(type = "number | null")]
    pub clock_wrong_by_ms: Option<i64>,
    /// How the copies of this ledger stand.
    pub backup: BackupStatusView,
    /// Who stands at the till, and what they may do.
    pub presence: PresenceView,
    /// Version of the app.
    pub app_version: String,
}
