//! What the page sees, and nothing else: plain values with generated TypeScript.
//!
//! Owns the shape of every answer and argument that crosses the border. Refuses secrets (no key, no token, no full
//! phone number) and decisions (nothing here computes). Amounts are whole XOF; times are milliseconds since 1970 UTC.

mod backups;
mod diagnosis;
mod error;
mod history;
mod news;
mod papers;
mod payment;
mod people;
mod sale;
mod screen;
mod settings;
mod snapshot;
mod welcome;

pub use backups::*;
pub use diagnosis::*;
pub use error::*;
pub use history::*;
pub use news::*;
pub use papers::*;
pub use payment::*;
pub use people::*;
pub use sale::*;
pub use screen::*;
pub use settings::*;
pub use snapshot::*;
pub use welcome::*;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::events::TillEvent;
    use std::path::PathBuf;
    use ts_rs::{Config, ExportError, TS};

    fn export<T: TS + 'static>(config: &Config) -> Result<(), ExportError> {
        T::export_all(config)
    }

    /// Writes the page's types. Run with the folder in `ENCAISSE_BINDINGS_DIR` to renew them; without it they go to a
    /// temporary folder, which still proves that they can be written.
    #[test]
    fn export_bindings() {
        let scratch = tempfile::tempdir().unwrap();
        let dir =
            std::env::var_os("ENCAISSE_BINDINGS_DIR").map_or_else(|| scratch.path().into(), PathBuf::from);
        let config = Config::default().with_out_dir(&dir);
        for write in [
            export::<TillEvent>,
            export::<Snapshot>,
            export::<DisplayView>,
            export::<ChargeRequest>,
            export::<ChargeOutcome>,
            export::<PhoneInspection>,
            export::<AnsweringView>,
            export::<DecisionInput>,
            export::<CredentialsInput>,
            export::<ConnectionReport>,
            export::<HistoryPage>,
            export::<HistoryQuery>,
            export::<FilterWords>,
            export::<ReceiptView>,
            export::<ReceiptCheck>,
            export::<DayView>,
            export::<ExportInput>,
            export::<ExportedView>,
            export::<PageSizeView>,
            export::<PaymentDetail>,
            export::<UiError>,
            export::<SettingsInput>,
            export::<PhoneAnswerView>,
            export::<BackupListView>,
            export::<BeyondView>,
            export::<DamageView>,
            export::<FindingView>,
            export::<PinInput>,
            export::<RecoveryInput>,
            export::<RecoverySaved>,
            export::<MemberInput>,
            export::<MemberSaved>,
        ] {
            write(&config).unwrap();
        }
        assert!(dir.join("PaymentView.ts").exists());
    }
}
