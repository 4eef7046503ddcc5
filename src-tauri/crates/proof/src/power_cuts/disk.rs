//! What a disk may hold after the power went. The model, pessimistic where disks differ:
//!
//! - What a file was told to sync is kept, all of it.
//! - A write since then is kept or lost sector by sector (512 bytes), each for itself: writes are torn and overtake one
//!   another. Where a lost sector lies beyond what the file had, there may be nothing, zeros or remains of something else.
//! - A cut or lengthened file is so, or not yet.
//! - A name that was made or taken away is so, or not yet, until the folder is synced. SQLite's Unix layer does that with
//!   the first sync of a log or journal that it began; and never after a deletion.
//! - Bytes beside a write stay as they were, as SQLite itself takes for granted.

use crate::power_cuts::recorder::Deed;
use crate::simulation::chance::Dice;
use std::collections::BTreeMap;

const SECTOR: usize = 512;

/// How the device treats a sync. All but the first are there to be caught.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Device {
    /// What it says is on the disk is there.
    Honest,
    /// Syncs of the write-ahead log are lost, as `synchronous = NORMAL` would not ask for them.
    ForgetsTheLog,
    /// Every sync is lost.
    IgnoresSyncs,
}

/// Files by name.
pub type Image = BTreeMap<String, Vec<u8>>;

enum Change {
    Write { at: usize, bytes: std::sync::Arc<[u8]> },
    Truncate { to: usize },
}

#[derive(Default)]
struct File {
    durable: Vec<u8>,
    since: Vec<Change>,
    is_log: bool,
}

enum Entry {
    Named(String, usize),
    Gone(String),
}

/// The disk at one moment of the record.
pub struct Disk {
    device: Device,
    files: Vec<File>,
    names: BTreeMap<String, usize>,
    entries: Vec<Entry>,
}

/// What is beyond the old end of a file where a sector was lost.
#[derive(Clone, Copy)]
enum Remains {
    Nothing,
    Zeros,
    Something,
}

impl Disk {
    pub fn new(device: Device) -> Self {
        Self { device, files: Vec::new(), names: BTreeMap::new(), entries: Vec::new() }
    }

    /// One deed on.
    pub fn perform(&mut self, deed: &Deed) {
        match deed {
            Deed::Create { file, name } => {
                self.files.resize_with(self.files.len().max(file + 1), File::default);
                self.files[*file].is_log = name.ends_with("-wal");
                self.entries.push(Entry::Named(name.clone(), *file));
            }
            Deed::Delete { name } => self.entries.push(Entry::Gone(name.clone())),
            Deed::Write { file, at, bytes } => {
                self.files[*file].since.push(Change::Write { at: *at, bytes: bytes.clone() });
            }
            Deed::Truncate { file, to } => self.files[*file].since.push(Change::Truncate { to: *to }),
            Deed::Sync { file, with_folder } => self.sync(*file, *with_folder),
        }
    }

    fn sync(&mut self, file: usize, with_folder: bool) {
        let file = &mut self.files[file];
        match self.device {
            Device::IgnoresSyncs => return,
            Device::ForgetsTheLog if file.is_log => {}
            Device::ForgetsTheLog | Device::Honest => {
                for change in std::mem::take(&mut file.since) {
                    apply(&mut file.durable, &change);
                }
            }
        }
        if with_folder {
            for entry in std::mem::take(&mut self.entries) {
                rename(&mut self.names, &entry);
            }
        }
    }

    /// What may be found there if the power goes now.
    pub fn image(&self, dice: &mut Dice) -> Image {
        // Some cuts keep almost everything, some almost nothing.
        let kept = [0, 15, 50, 85, 100][usize::try_from(dice.between(0, 4)).unwrap_or(0)];
        let remains = match dice.between(0, 2) {
            0 => Remains::Nothing,
            1 => Remains::Zeros,
            _ => Remains::Something,
        };
        let mut names = self.names.clone();
        for entry in &self.entries {
            if dice.percent(50) {
                rename(&mut names, entry);
            }
        }
        names.into_iter().map(|(name, file)| (name, self.files[file].torn(dice, kept, remains))).collect()
    }
}

fn rename(names: &mut BTreeMap<String, usize>, entry: &Entry) {
    match entry {
        Entry::Named(name, file) => names.insert(name.clone(), *file),
        Entry::Gone(name) => names.remove(name),
    };
}

fn apply(content: &mut Vec<u8>, change: &Change) {
    match change {
        Change::Write { at, bytes } => put(content, *at, bytes),
        Change::Truncate { to } => content.resize(*to, 0),
    }
}

fn put(content: &mut Vec<u8>, at: usize, bytes: &[u8]) {
    let end = at + bytes.len();
    if content.len() < end {
        content.resize(end, 0);
    }
    content[at..end].copy_from_slice(bytes);
}

impl File {
    fn torn(&self, dice: &mut Dice, kept: i64, remains: Remains) -> Vec<u8> {
        let mut content = self.durable.clone();
        for change in &self.since {
            match change {
                Change::Truncate { to } => {
                    if dice.percent(50) {
                        content.resize(*to, 0);
                    }
                }
                Change::Write { at, bytes } => {
                    let mut from = 0;
                    while from < bytes.len() {
                        let start = at + from;
                        let until = bytes.len().min(from + SECTOR - start % SECTOR);
                        if dice.percent(kept) {
                            put(&mut content, start, &bytes[from..until]);
                        } else {
                            lengthen(&mut content, start + until - from, dice, remains);
                        }
                        from = until;
                    }
                }
            }
        }
        content
    }
}

/// The file has grown; what should be there did not arrive.
fn lengthen(content: &mut Vec<u8>, end: usize, dice: &mut Dice, remains: Remains) {
    match remains {
        Remains::Nothing => {}
        Remains::Zeros => content.resize(content.len().max(end), 0),
        Remains::Something => content.resize_with(content.len().max(end), || dice.roll().to_le_bytes()[0]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn recorded() -> Vec<Deed> {
        let write = |at, byte: u8| Deed::Write { file: 0, at, bytes: [byte; 1_500].into() };
        vec![
            Deed::Create { file: 0, name: "a-wal".into() },
            write(0, 1),
            Deed::Sync { file: 0, with_folder: true },
            write(1_000, 2),
            Deed::Delete { name: "a-wal".into() },
        ]
    }

    fn images(device: Device, deeds: usize) -> Vec<Image> {
        let mut disk = Disk::new(device);
        recorded()[..deeds].iter().for_each(|deed| disk.perform(deed));
        (0..200).map(|seed| disk.image(&mut Dice::new(seed))).collect()
    }

    #[test]
    fn what_was_synced_is_always_there_and_what_was_not_is_torn() {
        for image in images(Device::Honest, 4) {
            let content = &image["a-wal"];
            assert!(content.len() >= 1_500 && content[..1_000].iter().all(|byte| *byte == 1));
        }
        let seen: std::collections::BTreeSet<Vec<u8>> =
            images(Device::Honest, 4).into_iter().map(|mut image| image.remove("a-wal").unwrap()).collect();
        assert!(seen.len() > 10, "{} different images", seen.len());
        assert!(seen.contains(&vec![1; 1_500]), "all of it lost");
        assert!(
            seen.iter().any(|content| content.len() == 2_500 && content[1_000..].iter().all(|b| *b == 2))
        );
        // A sector is kept whole or not at all, and the first one of this write ends at 1,024.
        assert!(seen.iter().all(|content| content[1_000..1_024].windows(2).all(|pair| pair[0] == pair[1])));
    }

    #[test]
    fn a_name_is_uncertain_until_its_folder_is_synced() {
        let without = |images: &[Image]| images.iter().filter(|image| image.is_empty()).count();
        assert!((40..160).contains(&without(&images(Device::Honest, 2))));
        assert_eq!(without(&images(Device::Honest, 3)), 0);
        assert!((40..160).contains(&without(&images(Device::Honest, 5))), "the deletion is not synced");
    }

    #[test]
    fn a_device_that_ignores_syncs_loses_what_was_synced() {
        for device in [Device::IgnoresSyncs, Device::ForgetsTheLog] {
            let lost =
                images(device, 3).iter().any(|image| image.get("a-wal").is_none_or(|c| c.len() < 1_500));
            assert!(lost, "{device:?}");
        }
    }
}
