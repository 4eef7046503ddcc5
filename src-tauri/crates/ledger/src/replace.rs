//! Putting a copy in the place of a ledger, so that a power cut at any point leaves the old one or the new one.
//!
//! Owns the order: the new ledger is made whole beside the old one, migrated, told of the restoration and verified; then it
//! gets the name that says "ready", and from there everything only goes forward, at the next start if need be. The old
//! ledger is moved aside with its side files and never deleted. Refuses while anybody has the ledger open: that is the
//! caller's lock.

use crate::backup::{
    BackupError, Scratch, is_scratch, remove, sync_folder_of, take_place, vacuum_into, with_side_files,
};
use crate::blocking::blocking;
use crate::change::{Change, What};
use crate::contents::{Contents, glance, inspect, read_only};
use crate::open::Ledger;
use domain::{DayRule, Mode, State};
use std::fs;
use std::path::{Path, PathBuf};

/// The kind of the journal line that tells of a restoration.
pub const RESTORED: &str = "restored";
const READY: &str = "ready";

/// How a copy is to be put in place.
pub struct Replacement<'r> {
    /// The copy.
    pub from: &'r Path,
    /// The ledger.
    pub ledger: &'r Path,
    /// What both must be.
    pub mode: Mode,
    /// As for opening.
    pub day_rule: DayRule,
    /// When.
    pub at_ms: i64,
    /// Names the old ledger when it is moved aside: letters and digits.
    pub stamp: &'r str,
    /// What the journal is told: by whom, from when, what is newer.
    pub told: &'r str,
}

/// A new ledger, whole and verified, that has not taken its place yet.
pub struct Ready {
    part: Scratch,
    ready: PathBuf,
    ledger: PathBuf,
    /// What it holds.
    pub contents: Contents,
}

impl Ready {
    /// Where it lies meanwhile.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.part.path
    }
}

/// Makes the new ledger beside the old one, which goes on serving meanwhile.
///
/// # Errors
/// [`BackupError`]; then nothing changed.
pub async fn prepare(asked: &Replacement<'_>) -> Result<Ready, BackupError> {
    let path = asked.from.to_owned();
    let copy = inspect(asked.from).await?;
    if copy.mode != asked.mode {
        return Err(BackupError::WrongMode { path, found: copy.mode, asked: asked.mode });
    }
    let part = Scratch::at(asked.ledger.with_extension("restore.staging"));
    remove(&part.path);
    {
        let to = part.path.clone();
        blocking(move || vacuum_into(&read_only(&path)?, &to)).await?;
    }
    write_down(&part.path, asked).await?;
    let contents = inspect(&part.path).await?;
    let ready = asked.ledger.with_extension(format!("{}.{READY}", asked.stamp));
    Ok(Ready { part, ready, ledger: asked.ledger.to_owned(), contents })
}

/// Brings it to this version and tells it what happens to it.
async fn write_down(part: &Path, asked: &Replacement<'_>) -> Result<(), BackupError> {
    let unusable = |detail: String| BackupError::Unusable { path: asked.from.to_owned(), detail };
    let ledger = Ledger::open(part, asked.mode, asked.day_rule.clone(), [0; 16], asked.at_ms)
        .await
        .map_err(|error| unusable(error.to_string()))?;
    let written = tell(&ledger, asked).await;
    ledger.close().await;
    written?;
    // Its log was written back when it closed; what is left of it would not move with it.
    let [_, log, ..] = with_side_files(part);
    if fs::metadata(&log).is_ok_and(|log| log.len() > 0) {
        return Err(unusable("its log could not be written back".to_owned()));
    }
    Ok(())
}

async fn tell(ledger: &Ledger, asked: &Replacement<'_>) -> Result<(), BackupError> {
    for payment in ledger.unfinished().await? {
        // It may have left since the copy was made, so it must not become "not sent" at the next start.
        if payment.state == State::Recorded {
            let what = What::SubmissionStarted { server: String::new(), credential_set: String::new() };
            let note = "recorded in the copy; what became of it is not known".to_owned();
            ledger
                .apply(Change { id: payment.id, version: payment.version, at_ms: asked.at_ms, what, note })
                .await?;
        }
    }
    Ok(ledger.note(asked.at_ms, RESTORED, asked.told).await?)
}

/// Puts the new ledger in place. Nobody may have the old one open. Returns where the old one is, when there was one.
///
/// # Errors
/// [`BackupError`]; then the old ledger is in its place, or [`finish`] puts the new one there.
pub fn place(ready: Ready) -> Result<Option<PathBuf>, BackupError> {
    take_place(&ready.part.path, &ready.ready)?;
    finish(&ready.ledger).inspect_err(|_| {
        // Nothing was moved yet, so nothing is to be gone on with.
        if ready.ledger.exists() {
            remove(&ready.ready);
        }
    })
}

/// Goes on with a restoration that was broken off, and removes what is left of one that had not begun. To be called before
/// the ledger is opened. Returns where the old ledger was moved, when there was one.
///
/// # Errors
/// [`BackupError`] when files cannot be moved; trying again goes on from there.
pub fn finish(ledger: &Path) -> Result<Option<PathBuf>, BackupError> {
    let Some(found) = what_is_left(ledger)? else { return Ok(None) };
    let (ready, stamp) = found;
    let ending = ledger.extension().unwrap_or_default().to_string_lossy().into_owned();
    let aside = ledger.with_extension(format!("replaced-{stamp}.{ending}"));
    for step in 0..STEPS {
        take_step(step, ledger, &ready, &aside).map_err(|error| BackupError::io(ledger, &error))?;
    }
    Ok(aside.exists().then_some(aside))
}

/// The old ledger and its side files out of the way, the names on disk, the new one in.
const STEPS: usize = 6;

/// Each step may have been taken before; then it does nothing.
fn take_step(step: usize, ledger: &Path, ready: &Path, aside: &Path) -> std::io::Result<()> {
    let moved = |from: &Path, to: &Path| match fs::rename(from, to) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
        renamed => renamed,
    };
    match with_side_files(ledger).get(step) {
        Some(from) => moved(from, &with_side_files(aside)[step]),
        // A log of the old ledger beside the new one would be read as the new one's.
        None if step == STEPS - 2 => sync_folder_of(ledger),
        None => moved(ready, ledger).and_then(|()| sync_folder_of(ledger)),
    }
}

/// The ledger that is ready, and its stamp.
fn what_is_left(ledger: &Path) -> Result<Option<(PathBuf, String)>, BackupError> {
    let folder = ledger.parent().unwrap_or(Path::new("."));
    let stem = ledger.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let failed = |error: std::io::Error| BackupError::io(folder, &error);
    let mut found = None;
    for entry in fs::read_dir(folder).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let of_this = name.strip_prefix(&format!("{stem}."));
        if let Some(stamp) = of_this.and_then(|rest| rest.strip_suffix(&format!(".{READY}"))) {
            found = Some((entry.path(), stamp.to_owned()));
        } else if of_this.is_some() && is_scratch(&name) {
            remove(&entry.path());
        }
    }
    // It was whole when it got its name. One that no longer reads as a ledger stays where it is, for whoever looks into it.
    Ok(found.filter(|(ready, _)| glance(ready).is_ok()))
}

#[cfg(test)]
mod tests;
