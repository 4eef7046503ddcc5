//! The shop's settings, and where keys and connection stand.

use super::{PaperSettingsView, WelcomeView};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Where the two keys stand. The keys themselves never cross the border.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum CredentialsStatusView {
    /// None entered.
    Missing,
    /// Sealed on disk, the sealing key in the system's keychain.
    Stored,
    /// Held in memory until the app closes.
    SessionOnly,
    /// There is no keychain service on this system.
    KeychainUnavailable,
    /// The keychain is there but locked, or the person said no.
    KeychainLocked,
    /// The sealed file cannot be opened (changed, or from another installation).
    Unreadable,
}

/// The shop's settings, as they stand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct SettingsView {
    /// Shown to the customer and on receipts.
    pub shop_name: String,
    /// The shop's website; may be empty.
    pub website_url: String,
    /// Where LigdiCash would push; may be empty.
    pub callback_url: String,
    /// LigdiCash's address; the official one when empty.
    pub base_url: String,
    /// The address in use comes from the environment and cannot be changed here.
    pub base_url_from_environment: bool,
    /// Page language.
    pub language: LanguageView,
    /// Page theme.
    pub theme: ThemeView,
    /// Amounts above this get one review step; 0 switches the step off.
    #[ts(type = "number")]
    pub review_above_xof: i64,
    /// Smallest amount accepted.
    #[ts(type = "number")]
    pub amount_min_xof: i64,
    /// Largest amount accepted; can be lowered by the shop.
    #[ts(type = "number")]
    pub amount_max_xof: i64,
    /// Where the ledger lies.
    pub data_dir: String,
    /// What leaves the till.
    pub papers: PaperSettingsView,
    /// Where exports go.
    pub export_dir: String,
    /// The folder of exports comes from the environment and cannot be changed here.
    pub export_dir_from_environment: bool,
    /// Whether the till still introduces itself.
    pub welcome: WelcomeView,
}

/// Settings as typed.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
pub struct SettingsInput {
    /// Required before live mode.
    pub shop_name: String,
    /// Empty, or http(s).
    pub website_url: String,
    /// Empty, or http(s).
    pub callback_url: String,
    /// Empty, or https, or http on loopback.
    pub base_url: String,
    /// Page language.
    pub language: LanguageView,
    /// Page theme.
    pub theme: ThemeView,
    /// 0 switches the review step off.
    #[ts(type = "number")]
    pub review_above_xof: i64,
    /// At most 2,000,000.
    #[ts(type = "number")]
    pub amount_max_xof: i64,
    /// What leaves the till.
    pub papers: PaperSettingsView,
    /// Whether the till still introduces itself.
    pub welcome: WelcomeView,
}

/// Page language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum LanguageView {
    /// French.
    Fr,
    /// English.
    En,
}

/// Page theme.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ThemeView {
    /// As the system.
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

/// The two keys as typed. Goes in, never out.
#[derive(Deserialize, TS)]
pub struct CredentialsInput {
    /// `Apikey`.
    pub api_key: String,
    /// `API_TOKEN`, without "Bearer".
    pub api_token: String,
    /// Keep in memory only.
    pub session_only: bool,
    /// Replace keys although payments made with the old ones are still open.
    pub replace_open: bool,
}

/// What the connection test found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ConnectionVerdictView {
    /// LigdiCash knows the keys.
    KeysAccepted,
    /// The keys were refused.
    KeysRefused,
    /// The keys are known, but payin is not activated.
    PayinNotActivated,
    /// The server could not be reached.
    NoConnection,
    /// The secure connection could not be made.
    Tls,
    /// Something answered, but not as LigdiCash does.
    NoUsableAnswer,
}

/// Result of "test connection".
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct ConnectionReport {
    /// What was found.
    pub verdict: ConnectionVerdictView,
    /// LigdiCash's code, when one came.
    pub code: Option<String>,
    /// Host asked.
    pub server: String,
    /// Technical detail for support, never a secret; may be empty.
    pub detail: String,
}
