//! People as the page sees them: names and roles, and what whoever is signed in may do. No PIN and no hash goes out.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What somebody is at this till.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum RoleView {
    /// Everything, and who else may do what.
    Owner,
    /// The day's business.
    Manager,
    /// Charges, sees today, prints.
    Cashier,
    /// Reads, exports and verifies.
    Auditor,
}

/// One kind of act.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum RightView {
    /// What a locked till still answers.
    Arrive,
    /// Charge, and settle a sale in another way.
    Charge,
    /// See today's payments.
    SeeToday,
    /// Print and keep receipts.
    Print,
    /// See every day.
    SeeAll,
    /// Close the day.
    Close,
    /// Export, with masked numbers.
    Export,
    /// Export whole phone numbers.
    WholeNumbers,
    /// Hold a receipt against the ledger.
    Verify,
    /// Decide about money.
    Decide,
    /// Change settings.
    Settings,
    /// The keys, the server, and the way between training and live.
    Keys,
    /// Make copies of the ledger.
    Backups,
    /// Put a copy in the ledger's place.
    Restore,
    /// Add, change and retire people.
    People,
}

/// Somebody who works here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct MemberView {
    /// Made once, for ever.
    pub id: String,
    /// As the journal has it.
    pub name: String,
    /// What they are here.
    pub role: RoleView,
}

/// Who stands at the till.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum PresenceView {
    /// Nobody has a PIN: one owner alone, who may everything.
    Unguarded,
    /// Nobody is signed in: this snapshot holds nothing of payments.
    Locked {
        /// Who can sign in, by name.
        people: Vec<MemberView>,
    },
    /// Somebody is.
    Here {
        /// Who.
        person: MemberView,
        /// What they may do.
        rights: Vec<RightView>,
        /// Who can take over, by name.
        people: Vec<MemberView>,
    },
}

/// Who works here, and how the till locks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct StaffView {
    /// By name.
    pub people: Vec<MemberView>,
    /// Minutes without an act after which the till locks; 0 is never.
    pub lock_after_minutes: u32,
}

/// A PIN as typed. Goes in, never out.
#[derive(Deserialize, TS)]
pub struct PinInput {
    /// Whose.
    pub person_id: String,
    /// Digits.
    pub pin: String,
}

/// A recovery code and a new PIN as typed. Goes in, never out.
#[derive(Deserialize, TS)]
pub struct RecoveryInput {
    /// Whose: an owner's.
    pub person_id: String,
    /// As it stands on paper.
    pub code: String,
    /// The new one.
    pub pin: String,
}

/// Somebody as typed. Goes in, never out.
#[derive(Deserialize, TS)]
pub struct MemberInput {
    /// None for somebody new.
    pub id: Option<String>,
    /// As everybody calls them.
    pub name: String,
    /// What they are here.
    pub role: RoleView,
    /// A new one; none leaves the old one.
    pub pin: Option<String>,
}

/// The code for the next time the PIN is forgotten. Shown once, to be written on paper.
#[derive(Serialize, TS)]
pub struct RecoverySaved {
    /// Grouped for reading.
    pub recovery: String,
}

/// Who works here after a change.
#[derive(Serialize, TS)]
pub struct MemberSaved {
    /// Everybody.
    pub staff: StaffView,
    /// With an owner's new PIN: the code for the day it is forgotten, shown once.
    pub recovery: Option<String>,
}
