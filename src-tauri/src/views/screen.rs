//! What belongs to this computer's screens: how they look and sound, and what the customer's shows.

use super::{LanguageView, ThemeView};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// How loud the till is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum VolumeView {
    /// Not at all.
    Mute,
    /// For one person.
    Soft,
    /// For a counter.
    Medium,
    /// For a shop.
    Loud,
}

/// How this computer shows and sounds. Kept on this computer, changed at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ScreenView {
    /// How loud the till is.
    pub volume: VolumeView,
    /// What a press on the loudspeaker goes back to.
    pub unmuted: VolumeView,
    /// More contrast than the system asks for.
    pub more_contrast: bool,
    /// A payment's end is told on the desktop while the window is not in front.
    pub notify: bool,
    /// The customer's screen is open. Changed by opening and closing it.
    pub display: bool,
}

/// Everything that the customer's screen is told: what stands on it, and no more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct DisplayView {
    /// The shop's name; may be empty.
    pub shop_name: String,
    /// No real money: the mark is shown.
    pub training: bool,
    /// The shop's language.
    pub language: LanguageView,
    /// The shop's theme.
    pub theme: ThemeView,
    /// More contrast than the system asks for.
    pub more_contrast: bool,
    /// The sale in front of the customer.
    pub shown: DisplayShown,
}

/// The sale in front of the customer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum DisplayShown {
    /// None.
    Idle,
    /// The customer is to approve.
    Waiting {
        /// What is asked.
        #[ts(type = "number")]
        amount_xof: i64,
        /// Masked.
        phone: String,
    },
    /// Verified.
    Paid {
        /// What was paid.
        #[ts(type = "number")]
        amount_xof: i64,
        /// When.
        #[ts(type = "number")]
        at_ms: i64,
    },
    /// Not paid by this request.
    NotCompleted {
        /// What was asked.
        #[ts(type = "number")]
        amount_xof: i64,
    },
    /// A person looks first.
    Checking {
        /// What was asked.
        #[ts(type = "number")]
        amount_xof: i64,
    },
}
