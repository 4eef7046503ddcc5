//! A diagnosis, as the page may see it.

use super::same_words;
use crate::views::{FindingView, FoundView, HealthView, PartView};
use till::{Finding, Found, Health, Part};

same_words!(Part => PartView {
    Keys, Network, Server, Certificate, Clock, Keychain, Printer, Disk, Ledger, Chain
});
same_words!(Health => HealthView { Good, Notice, Untried, Bad });
same_words!(Found => FoundView {
    Good, NotTried, KeysMissing, KeysUnreadable, KeysForSession, KeysRefused, PayinNotActivated, AddressRefused, NoConnection, NoUsableAnswer, OtherServer, TlsRefused, NoCertificate, ClockWrong, KeychainUnavailable, KeychainLocked, KeychainForgets, NoPrinter, PrinterUnreachable, DiskFails, DiskLow, LedgerDamaged, LedgerUnreadable, ChainLost, ChainForgotten, ChainUnkept
});

impl From<Finding> for FindingView {
    fn from(finding: Finding) -> Self {
        Self {
            part: finding.part.into(),
            health: finding.found.health().into(),
            found: finding.found.into(),
            detail: finding.detail,
        }
    }
}
