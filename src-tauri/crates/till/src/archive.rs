//! The ledger without a till: for the command line, which reads and never charges. Owns finding the ledger that is in use, and
//! the one line that it writes: who took something out of it. Takes no lock: the till may be open beside it.

use crate::backup;
use crate::error::TillError;
use crate::export::{ExportRequest, Exported, Shop, export};
use crate::people::Member;
use crate::ports::Ports;
use crate::shop::{self, Settings};
use crate::till::file_name;
use domain::{Mode, ReceiptClaim};
use ledger::{ClaimVerdict, Contents, Ledger, SettingsStore, Verification, told};
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

/// Where it was done, in the journal's lines.
const HERE: &str = "command line";

/// A data folder, open for reading.
pub struct Archive {
    data_dir: PathBuf,
    settings: Settings,
    mode: Mode,
}

impl Archive {
    /// Opens the data folder of a till that has run before.
    ///
    /// # Errors
    /// [`TillError::NotFound`] when no till has run there, or the ledger's.
    pub async fn open(data_dir: &Path) -> Result<Self, TillError> {
        let path = data_dir.join("settings.sqlite3");
        if !path.exists() {
            return Err(TillError::NotFound);
        }
        let store = SettingsStore::open(&path).await?;
        let stored = store.all().await?;
        store.close().await;
        Ok(Self {
            data_dir: data_dir.to_owned(),
            settings: Settings::read(&stored)?,
            mode: shop::read_mode(&stored)?,
        })
    }

    /// Which counter the till was last on.
    #[must_use]
    pub const fn mode(&self) -> Mode {
        self.mode
    }

    /// The folder that exports go to, when the shop chose one.
    #[must_use]
    pub fn export_dir(&self) -> Option<PathBuf> {
        let chosen = &self.settings.papers.export_dir;
        (!chosen.is_empty()).then(|| PathBuf::from(chosen))
    }

    /// The ledger of a counter; none when that counter was never used.
    async fn ledger(&self, mode: Mode) -> Result<Option<Ledger>, TillError> {
        let path = self.data_dir.join(file_name(mode));
        if !path.exists() {
            return Ok(None);
        }
        Ok(Some(Ledger::open_to_read(&path, mode, self.settings.papers.day_rule()?).await?))
    }

    /// Exports a range of a counter, written down first when it is somebody with a PIN who does it: who, and when.
    ///
    /// # Errors
    /// [`TillError::NotFound`] when that counter was never used, [`TillError::Export`], or the ledger's when it takes no
    /// line.
    pub async fn export(
        &self,
        mode: Mode,
        request: ExportRequest,
        folder: &Path,
        by: Option<(&Member, i64)>,
    ) -> Result<Exported, TillError> {
        let ledger = self.ledger(mode).await?.ok_or(TillError::NotFound)?;
        if let Some((member, at_ms)) = by {
            let [format, range, numbers] = &request.facts();
            let facts = told(&[&member.name, format, range, numbers, HERE]);
            let written = ledger.note(at_ms, "exported", &facts).await;
            if let Err(error) = written {
                ledger.close().await;
                return Err(error.into());
            }
        }
        let (settings, folder) = (self.settings.clone(), folder.to_owned());
        let reading = ledger.clone();
        let exported = tokio::task::spawn_blocking(move || {
            let shop = Shop { name: &settings.shop_name, papers: &settings.papers, folder: &folder };
            export(&reading, &shop, request, &AtomicBool::new(false), &mut |_, _| {})
        })
        .await
        .map_err(|error| TillError::Task(error.to_string()))?;
        ledger.close().await;
        Ok(exported?)
    }

    /// Copies the ledger of a counter into a new file; the till may be open beside it. Written down first when it is
    /// somebody with a PIN who does it: the copy has the line as well.
    ///
    /// # Errors
    /// [`TillError::NotFound`] when that counter was never used, [`TillError::Backup`], or the ledger's when it takes no
    /// line; then there is no new file.
    pub async fn backup(
        &self,
        mode: Mode,
        to: &Path,
        by: Option<(&Member, i64)>,
        ports: &Ports,
    ) -> Result<Contents, TillError> {
        let source = self.data_dir.join(file_name(mode));
        if !source.exists() {
            return Err(TillError::NotFound);
        }
        if let Some((member, at_ms)) = by {
            let ledger = self.ledger(mode).await?.ok_or(TillError::NotFound)?;
            let facts = told(&[&member.name, &to.display().to_string(), HERE]);
            let written = ledger.note(at_ms, "backed_up", &facts).await;
            ledger.close().await;
            written?;
        }
        Ok(backup::keep_as(&source, to, mode, ports).await?)
    }

    /// Reads both ledgers whole and recomputes everything that can be.
    ///
    /// # Errors
    /// When one cannot be read; what is wrong *in* one is in its answer.
    pub async fn verify(&self) -> Result<Vec<(Mode, Verification)>, TillError> {
        let mut found = Vec::new();
        for mode in [Mode::Live, Mode::Training] {
            if let Some(ledger) = self.ledger(mode).await? {
                found.push((mode, ledger.verify().await?));
                ledger.close().await;
            }
        }
        Ok(found)
    }

    /// Holds a printed receipt against both ledgers.
    ///
    /// # Errors
    /// When one cannot be read.
    pub async fn check_receipt(&self, claim: &ReceiptClaim) -> Result<(Mode, ClaimVerdict), TillError> {
        for mode in [Mode::Live, Mode::Training] {
            if let Some(ledger) = self.ledger(mode).await? {
                let verdict = ledger.check_claim(claim).await?;
                ledger.close().await;
                if verdict != ClaimVerdict::Unknown {
                    return Ok((mode, verdict));
                }
            }
        }
        Ok((self.mode, ClaimVerdict::Unknown))
    }
}
