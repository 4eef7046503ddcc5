//! Exports: entries of a range into one file of a folder, whole or not at all.
//!
//! Owns names of files, the way from a temporary file to its place, progress and breaking off. Refuses formats, which are
//! `documents`'. Blocks: call it on a thread of its own. Works without a till, for the command line.

use crate::papers::PaperSettings;
use documents::{DocumentError, ExportOptions, Format};
use domain::{EntryRange, EntryRow, Mode, Xof};
use ledger::{Ledger, LedgerError};
use std::io::ErrorKind;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use thiserror::Error;

/// How many rows pass between two words about progress.
const PROGRESS_ROWS: i64 = 2_000;

/// What is to be exported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ExportRequest {
    /// Which entries.
    pub range: EntryRange,
    /// As what.
    pub format: Format,
    /// Whole phone numbers instead of masked ones.
    pub whole_numbers: bool,
}

impl ExportRequest {
    /// What the journal says of it.
    pub(crate) fn facts(&self) -> [String; 3] {
        let numbers = if self.whole_numbers { "whole numbers" } else { "masked numbers" };
        [self.format.as_str().to_owned(), format!("{:?}", self.range), numbers.to_owned()]
    }
}

/// What was exported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exported {
    /// The file.
    pub path: PathBuf,
    /// How many entries.
    pub entries: i64,
    /// Their sum.
    pub amount: Xof,
}

/// Why there is no file. What was there before is as it was.
#[derive(Debug, Error)]
pub enum ExportError {
    /// The range ends before it begins.
    #[error("the range ends before it begins")]
    EndBeforeStart,
    /// No entry in this range.
    #[error("nothing was sold in this range")]
    NothingThere,
    /// No such closing.
    #[error("no such closing")]
    NoSuchClosing,
    /// Broken off by a person.
    #[error("broken off")]
    BrokenOff,
    /// More rows than the format holds.
    #[error("{rows} rows, and this format holds {max}")]
    TooManyRows {
        /// How many there are.
        rows: i64,
        /// How many it holds.
        max: i64,
    },
    /// The folder cannot be written.
    #[error("{path} cannot be written: {source}", path = path.display())]
    Folder {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The disk is full.
    #[error("no room left for {path}", path = path.display())]
    DiskFull {
        /// Which file.
        path: PathBuf,
    },
    /// The finished file cannot take its place: another program holds the old one.
    #[error("{path} is held by another program: {source}", path = path.display())]
    Held {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The document could not be made.
    #[error(transparent)]
    Document(DocumentError),
    /// The ledger.
    #[error(transparent)]
    Ledger(LedgerError),
}

impl From<LedgerError> for ExportError {
    fn from(error: LedgerError) -> Self {
        // The one thing that a range can ask for and not find.
        if matches!(error, LedgerError::NotFound) { Self::NoSuchClosing } else { Self::Ledger(error) }
    }
}

/// Everything an export needs to know about the shop.
pub struct Shop<'s> {
    /// Its name, as set; may be empty while training.
    pub name: &'s str,
    /// Settings of papers.
    pub papers: &'s PaperSettings,
    /// Where files go.
    pub folder: &'s Path,
}

/// Writes a range of a ledger into a file of the shop's folder. Tells `progress` how many of how many, and ends when
/// `stop` is set.
///
/// # Errors
/// [`ExportError`]; then no file was left behind, and an older one of the same name is as it was.
pub fn export(
    ledger: &Ledger,
    shop: &Shop<'_>,
    request: ExportRequest,
    stop: &AtomicBool,
    progress: &mut dyn FnMut(i64, i64),
) -> Result<Exported, ExportError> {
    if let EntryRange::Days { from, to } = request.range
        && to < from
    {
        return Err(ExportError::EndBeforeStart);
    }
    let total = ledger.count_entries(request.range)?;
    if total == 0 {
        return Err(ExportError::NothingThere);
    }
    let path = shop.folder.join(file_name(ledger.mode(), request));
    let options = ExportOptions {
        shop: shop.papers.identity(shop.name, ledger.mode()),
        mode: ledger.mode(),
        title: title(request.range),
        whole_numbers: request.whole_numbers,
        rule: ledger.day_rule(),
        accounts: shop.papers.accounts.clone(),
        end: ledger.end()?,
    };
    let mut amount = Xof::ZERO;
    let mut entries = 0;
    write_whole(&path, |file| {
        let mut writer = documents::begin(request.format, options, file)?;
        progress(0, total);
        let mut each = |row: &EntryRow<'_>| -> Result<(), ExportError> {
            if stop.load(Ordering::Relaxed) {
                return Err(ExportError::BrokenOff);
            }
            amount = amount
                .checked_add(row.amount)
                .ok_or_else(|| LedgerError::Damaged("a sum that does not fit".to_owned()))?;
            writer.write(row)?;
            entries += 1;
            if entries % PROGRESS_ROWS == 0 {
                progress(entries, total);
            }
            Ok(())
        };
        let mut failed = None;
        ledger.walk_entries(request.range, |row| match each(row) {
            Ok(()) => ControlFlow::Continue(()),
            Err(error) => {
                failed = Some(error);
                ControlFlow::Break(())
            }
        })?;
        if let Some(error) = failed {
            return Err(error);
        }
        Ok(writer.finish()?)
    })?;
    progress(entries, total);
    Ok(Exported { path, entries, amount })
}

/// Writes a file beside its place and moves it there when it is whole and on disk.
///
/// # Errors
/// What `fill` says, or [`ExportError`] about folder, disk and file; then nothing of it is left.
pub fn write_whole(
    path: &Path,
    fill: impl FnOnce(&mut std::fs::File) -> Result<(), ExportError>,
) -> Result<(), ExportError> {
    let folder = path.parent().unwrap_or_else(|| Path::new("."));
    let refused = |source: std::io::Error| {
        if matches!(source.kind(), ErrorKind::StorageFull | ErrorKind::QuotaExceeded) {
            ExportError::DiskFull { path: path.to_owned() }
        } else {
            ExportError::Folder { path: folder.to_owned(), source }
        }
    };
    std::fs::create_dir_all(folder).map_err(refused)?;
    let mut file =
        tempfile::Builder::new().prefix(".encaisse-").suffix(".part").tempfile_in(folder).map_err(refused)?;
    fill(file.as_file_mut()).map_err(|error| {
        if let ExportError::Document(DocumentError::Io(source)) = error { refused(source) } else { error }
    })?;
    file.as_file().sync_all().map_err(refused)?;
    match file.persist(path) {
        Ok(_) => Ok(()),
        // Dropping what could not be moved removes it.
        Err(error) => Err(ExportError::Held { path: path.to_owned(), source: error.error }),
    }
}

impl From<DocumentError> for ExportError {
    fn from(error: DocumentError) -> Self {
        match error {
            DocumentError::TooManyRows { rows, max } => Self::TooManyRows { rows, max },
            DocumentError::Io(_) | DocumentError::Value(_) | DocumentError::Format(_) => {
                Self::Document(error)
            }
        }
    }
}

/// What names of training files begin with, so that none is taken for money.
pub(crate) const fn school(mode: Mode) -> &'static str {
    match mode {
        Mode::Training => "ecole-",
        Mode::Live => "",
    }
}

fn file_name(mode: Mode, request: ExportRequest) -> String {
    let school = school(mode);
    let range = match request.range {
        EntryRange::Days { from, to } if from == to => from.to_string(),
        EntryRange::Days { from, to } => format!("{from}_{to}"),
        EntryRange::Closing(number) => format!("Z{number}"),
    };
    let whole = if request.whole_numbers { "-numeros" } else { "" };
    format!("encaisse-{school}{range}{whole}{}", request.format.ending())
}

fn title(range: EntryRange) -> String {
    match range {
        EntryRange::Days { from, to } if from == to => from.french(),
        EntryRange::Days { from, to } => format!("{} au {}", from.french(), to.french()),
        EntryRange::Closing(number) => format!("Clôture n° {number}"),
    }
}
