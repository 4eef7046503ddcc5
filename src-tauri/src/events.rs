//! The one event the page can receive. Each is emitted after its commit, with the whole new view: an event is a hint,
//! the ledger is the truth, and a page that is in doubt asks for a snapshot.

use crate::views::{CheckProblemView, PaymentView, PhonePromptView};
use serde::Serialize;
use ts_rs::TS;

/// Name of the Tauri event that carries [`TillEvent`].
pub const TILL_EVENT: &str = "till-event";

/// Everything the page can be told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum TillEvent {
    /// A payment changed; take the view if its version is newer.
    PaymentChanged {
        /// The whole new view.
        payment: PaymentView,
    },
    /// A payment was paid late: the sale had been settled otherwise or written off.
    LateSuccess {
        /// The payment.
        payment: PaymentView,
    },
    /// LigdiCash contradicted a final state; the state stays, a person must look.
    Contradiction {
        /// The payment.
        payment: PaymentView,
    },
    /// The simulated phone changed.
    PromptsChanged {
        /// All requests, oldest first.
        prompts: Vec<PhonePromptView>,
    },
    /// LigdiCash can be reached again, or no longer.
    Connectivity {
        /// Whether the last exchange went through.
        online: bool,
        /// What went wrong.
        problem: Option<CheckProblemView>,
    },
    /// This computer's clock was found wrong, or right again.
    ClockWrong {
        /// How many milliseconds it is ahead (behind, below zero); none when it is right.
        #[ts(type = "number | null")]
        by_ms: Option<i64>,
    },
    /// An export got further.
    ExportProgress {
        /// Rows written.
        #[ts(type = "number")]
        done: i64,
        /// Rows there are.
        #[ts(type = "number")]
        total: i64,
    },
    /// Mode, settings or keys changed: ask for a snapshot.
    SnapshotStale,
}
