//! The till's ledger: one SQLite file per mode, and one for the settings.
//!
//! Owns every line of SQL, what is written together, and the proof that nothing was changed afterwards. Heads of
//! payments move under a version guard; the journal, the ledger entries and the decisions only grow, held by triggers
//! and by SHA-256 chains. Refuses to decide: which move is legal is [`domain`]'s, when to ask again the till's.

mod advance;
mod apply;
mod backup;
mod blocking;
mod chain;
mod change;
mod closing;
mod columns;
mod connection;
mod contents;
mod decision;
mod descent;
mod entries;
mod entry;
mod error;
mod heads;
mod hour_total;
mod identity;
mod journal;
mod migrations;
mod newer;
mod news;
mod open;
mod overview;
mod payment;
mod people;
mod place;
mod purge;
mod queries;
mod receipt;
mod replace;
mod seal;
mod search;
mod settings;
mod sound;
mod token;
mod verify;

pub use backup::{BackupError, Keep, write as write_backup};
pub use chain::ChainHead;
pub use change::{Applied, Change, ConfirmFacts, What};
pub use contents::{Contents, descends, glance, goes_on, inspect, is_older};
pub use decision::Decision;
pub use descent::{Descent, Heads};
pub use error::{LedgerError, OpenError, Unavailability};
pub use hour_total::{HourTotal, Outcomes};
pub use journal::{JournalLine, told};
pub use newer::{Newer, NewerPayment, beyond, salvage};
pub use open::Ledger;
pub use overview::{Overview, Wanted};
pub use payment::{NewPayment, Payment, RecordOutcome, StoredRefusal};
pub use people::{NewPerson, Person};
pub use queries::{Counts, Due, Heard};
pub use receipt::{ClaimVerdict, ReceiptEntry};
pub use replace::{RESTORED, Ready, Replacement, finish, place, prepare};
pub use search::HistoryFilter;
pub use settings::SettingsStore;
pub use sound::was_left_open;
pub use token::Token;
pub use verify::{BadRow, Verification};
