//! Training or live. Owns the distinction. Refuses any rule that would let one count in the other.

use crate::text_enum::text_enum;

text_enum! {
    /// Which ledger a payment belongs to, for ever.
    Mode, "mode" {
        /// A simulated LigdiCash and phone inside the till; no money.
        Training = "training",
        /// LigdiCash, or a test server named on screen.
        Live = "live",
    }
}
