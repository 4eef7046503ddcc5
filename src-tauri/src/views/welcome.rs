//! What the page sees of the first minutes of a till.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What became of the welcome that a fresh till gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum WelcomeView {
    /// Neither gone through nor put off yet.
    Fresh,
    /// Put off by a person; it does not come back by itself.
    Left,
    /// Gone through.
    Done,
}
