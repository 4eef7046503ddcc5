//! Who may do what at a till that has people. Owns the one table of roles and rights. Refuses names, PINs and time: who
//! stands at the till is the application's to know.

use crate::text_enum::text_enum;

text_enum! {
    /// What somebody is at this till.
    Role, "role" {
        /// Everything, and who else may do what.
        Owner = "owner",
        /// The day's business: also sees everything, closes, exports, decides, changes settings.
        Manager = "manager",
        /// Charges, sees today, prints.
        Cashier = "cashier",
        /// Reads, exports and verifies; changes nothing.
        Auditor = "auditor",
    }
}

text_enum! {
    /// One kind of act that the till may be asked for.
    Right, "right" {
        /// What a locked till still answers: who may sign in, and the signing in itself.
        Arrive = "arrive",
        /// Charge, ask about a payment again, move the screen on, and settle a sale in another way.
        Charge = "charge",
        /// See today's payments and what waits, masked.
        SeeToday = "see_today",
        /// Print and keep receipts.
        Print = "print",
        /// See every day.
        SeeAll = "see_all",
        /// Close the day, and print what it brought.
        Close = "close",
        /// Export, with masked numbers.
        Export = "export",
        /// Export whole phone numbers.
        WholeNumbers = "whole_numbers",
        /// Hold a receipt against the ledger.
        Verify = "verify",
        /// Decide about money: accepted as paid, written off, refund recorded.
        Decide = "decide",
        /// Change settings, and try printer and connection.
        Settings = "settings",
        /// Where the money goes: the keys, the server, and the way between training and live.
        Keys = "keys",
        /// Make copies of the ledger and look at them.
        Backups = "backups",
        /// Put a copy in the ledger's place, and go on with a ledger that lacks what it had.
        Restore = "restore",
        /// Add, change and retire people.
        People = "people",
    }
}

impl Role {
    /// Whether somebody of this role may do this.
    #[must_use]
    pub const fn may(self, right: Right) -> bool {
        let (owner, manager, cashier, auditor) = match right {
            Right::Arrive | Right::SeeToday => (true, true, true, true),
            Right::Charge | Right::Print => (true, true, true, false),
            Right::SeeAll | Right::Export | Right::Verify => (true, true, false, true),
            Right::Close | Right::WholeNumbers | Right::Decide | Right::Settings | Right::Backups => {
                (true, true, false, false)
            }
            Right::Keys | Right::Restore | Right::People => (true, false, false, false),
        };
        match self {
            Self::Owner => owner,
            Self::Manager => manager,
            Self::Cashier => cashier,
            Self::Auditor => auditor,
        }
    }
}

impl Right {
    /// Whether asking for it shows that somebody works at the till. What the page asks for by itself does not.
    #[must_use]
    pub const fn is_an_act(self) -> bool {
        match self {
            Self::Arrive | Self::SeeToday => false,
            Self::Charge
            | Self::Print
            | Self::SeeAll
            | Self::Close
            | Self::Export
            | Self::WholeNumbers
            | Self::Verify
            | Self::Decide
            | Self::Settings
            | Self::Keys
            | Self::Backups
            | Self::Restore
            | Self::People => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Right, Role};

    /// Product reference, section 9, written out once more.
    #[test]
    fn each_role_may_what_the_reference_says_and_nothing_else() {
        let of = |role: Role| -> Vec<&str> {
            Right::ALL.iter().filter(|right| role.may(**right)).map(|right| right.as_str()).collect()
        };
        assert_eq!(of(Role::Owner).len(), Right::ALL.len());
        assert_eq!(
            of(Role::Manager),
            [
                "arrive",
                "charge",
                "see_today",
                "print",
                "see_all",
                "close",
                "export",
                "whole_numbers",
                "verify",
                "decide",
                "settings",
                "backups"
            ]
        );
        assert_eq!(of(Role::Cashier), ["arrive", "charge", "see_today", "print"]);
        assert_eq!(of(Role::Auditor), ["arrive", "see_today", "see_all", "export", "verify"]);
    }

    #[test]
    fn every_role_has_a_word_that_reads_back() {
        for role in Role::ALL {
            assert_eq!(role.as_str().parse(), Ok(*role));
        }
        assert!("admin".parse::<Role>().is_err());
    }
}
