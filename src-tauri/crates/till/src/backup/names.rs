//! What a copy is called: counter, moment (UTC) and reason, so that a folder of copies tells its story by itself. Owns
//! writing and reading these names. Refuses to list anything else that lies there.

use domain::{DayRule, Mode};
use std::path::{Path, PathBuf};

/// Why a copy was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BackupReason {
    /// A day had passed.
    Daily,
    /// A closing.
    Closing,
    /// A newer version is about to change the file.
    Migration,
    /// A person asked.
    Asked,
    /// The ledger was just restored.
    Restored,
}

const WORDS: [(BackupReason, &str); 5] = [
    (BackupReason::Daily, "jour"),
    (BackupReason::Closing, "cloture"),
    (BackupReason::Migration, "avant-mise-a-jour"),
    (BackupReason::Asked, "demande"),
    (BackupReason::Restored, "restauration"),
];

impl BackupReason {
    pub(crate) fn as_str(self) -> &'static str {
        WORDS.iter().find(|(reason, _)| *reason == self).map_or("", |(_, word)| word)
    }
}

/// One copy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BackupFile {
    /// Where.
    pub path: PathBuf,
    /// Of which counter.
    pub mode: Mode,
    /// When, in milliseconds since 1970, UTC, to the second.
    pub at_ms: i64,
    /// Why.
    pub reason: BackupReason,
    /// How large.
    pub bytes: u64,
}

impl BackupFile {
    pub(crate) fn named(folder: &Path, mode: Mode, at_ms: i64, reason: BackupReason) -> Self {
        let name = format!("{mode}-{}-{}.sqlite3", stamp(at_ms), reason.as_str());
        Self { path: folder.join(name), mode, at_ms, reason, bytes: 0 }
    }

    pub(crate) fn measured(mut self) -> Self {
        self.bytes = std::fs::metadata(&self.path).map_or(0, |found| found.len());
        self
    }

    fn read(path: &Path) -> Option<Self> {
        let name = path.file_name()?.to_str()?.strip_suffix(".sqlite3")?;
        let (mode, rest) = name.split_once('-')?;
        let (stamp, word) = rest.split_once('-')?;
        let (reason, _) = WORDS.into_iter().find(|(_, known)| *known == word)?;
        let at_ms = moment(stamp)?;
        Some(Self { path: path.to_owned(), mode: mode.parse().ok()?, at_ms, reason, bytes: 0 }.measured())
    }
}

/// The copies of a counter, newest first.
pub(crate) fn list(folder: &Path, mode: Mode) -> Vec<BackupFile> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut found: Vec<_> = entries
        .filter_map(|entry| BackupFile::read(&entry.path()))
        .filter(|file| file.mode == mode && file.bytes > 0)
        .collect();
    found.sort_by(|one, other| (other.at_ms, &other.path).cmp(&(one.at_ms, &one.path)));
    found
}

/// Copies that were broken off have no name and mean nothing.
pub(crate) fn remove_scratch(folder: &Path) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if name.starts_with(".encaisse-") && name.contains(".part") {
            // Tried again at the next start.
            let _ = std::fs::remove_file(entry.path());
        }
    }
}

/// `20261124T140509Z`.
pub(crate) fn stamp(at_ms: i64) -> String {
    let utc = DayRule::new("UTC", 0).and_then(|rule| rule.local(at_ms));
    utc.map_or_else(
        |_| at_ms.unsigned_abs().to_string(),
        |utc| {
            let (year, month, day, hour, minute, second) = utc.parts();
            format!("{year:04}{month:02}{day:02}T{hour:02}{minute:02}{second:02}Z")
        },
    )
}

fn moment(stamp: &str) -> Option<i64> {
    let (date, clock) = stamp.strip_suffix('Z')?.split_once('T')?;
    if date.len() != 8 || clock.len() != 6 || !clock.is_ascii() || !date.is_ascii() {
        return None;
    }
    let day = format!("{}-{}-{}", &date[..4], &date[4..6], &date[6..]).parse().ok()?;
    let (midnight_ms, _) = DayRule::new("UTC", 0).ok()?.moments_of(day).ok()?;
    let part = |at: usize, end: i64| {
        clock.get(at..at + 2)?.parse::<u8>().ok().map(i64::from).filter(|part| *part < end)
    };
    Some(midnight_ms + ((part(0, 24)? * 60 + part(2, 60)?) * 60 + part(4, 60)?) * 1_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_named_reads_back_and_anything_else_is_left_alone() {
        let at_ms = 1_795_521_909_000;
        assert_eq!(stamp(at_ms), "20261124T120509Z");
        for (reason, _) in WORDS {
            let file = BackupFile::named(Path::new("x"), Mode::Live, at_ms, reason);
            assert_eq!(BackupFile::read(&file.path), Some(file));
        }
        for other in [
            "live.sqlite3",
            "live-20261124T120509Z-jour.sqlite3-wal",
            "live-20261124T120509Z-vacances.sqlite3",
            "live-20261324T120509Z-jour.sqlite3",
            "live-20261124T250509Z-jour.sqlite3",
            "live-2026é124T20509Z-jour.sqlite3",
            "school-20261124T120509Z-jour.sqlite3",
            ".encaisse-1-2.part",
        ] {
            assert_eq!(BackupFile::read(Path::new(other)), None, "{other}");
        }
    }
}
