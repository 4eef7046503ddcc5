//! A file system under SQLite that passes everything through to real files and writes down what changes them, in order.
//! It is the process's own: the till is not told of it.
//!
//! Reports the device that SQLite's Unix layer reports, so that SQLite writes as it does in a shop: sectors of 4,096 bytes,
//! and the bytes beside a write stay as they are (`POWERSAFE_OVERWRITE`). It claims no atomic write, no safe append and no
//! order. Locks and the index of the write-ahead log are kept in this process, which is the only one that opens the files.

use sqlite_plugin::flags::{AccessFlags, CreateMode, LockLevel, OpenKind, OpenMode, OpenOpts, ShmLockMode};
use sqlite_plugin::vars;
use sqlite_plugin::vfs::{RegisterOpts, SqliteErr, Vfs, VfsHandle, VfsResult, register_static};
use std::collections::HashMap;
use std::fs::File;
use std::io::ErrorKind;
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::Path;
use std::ptr::NonNull;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

const SECTOR_BYTES: i32 = 4_096;
/// The index of a write-ahead log has this many locks.
const INDEX_LOCKS: usize = 8;

/// Something that changes what the disk holds. Files by their number: a name can come to mean another file.
#[derive(Debug, Clone)]
pub enum Deed {
    /// A file begins under this name.
    Create {
        file: usize,
        name: String,
    },
    /// The name is taken away.
    Delete {
        name: String,
    },
    Write {
        file: usize,
        at: usize,
        bytes: Arc<[u8]>,
    },
    Truncate {
        file: usize,
        to: usize,
    },
    Sync {
        file: usize,
        /// The folder is synced with it: SQLite's Unix layer does so for the first sync of a log or journal that it began.
        with_folder: bool,
    },
}

/// What is written down while a folder is watched.
#[derive(Default)]
struct Record {
    /// Of files in this folder.
    folder: String,
    deeds: Vec<Deed>,
    /// Which file a name means now.
    names: HashMap<String, usize>,
    files: usize,
}

/// What all handles of one file share.
#[derive(Default)]
struct Shared {
    handles: usize,
    /// Handles that hold at least a shared lock.
    sharing: usize,
    /// The handle that holds more.
    writer: Option<(u64, LockLevel)>,
    index: Vec<&'static [AtomicU64]>,
    index_users: usize,
    index_shared: [usize; INDEX_LOCKS],
    index_exclusive: [Option<u64>; INDEX_LOCKS],
}

#[derive(Default)]
struct State {
    record: Option<Record>,
    shared: HashMap<String, Shared>,
    /// Memory of indexes that nobody uses any more.
    spare: Vec<&'static [AtomicU64]>,
    ticket: u64,
}

/// The recorder, to begin and end a record with.
#[derive(Clone, Default)]
pub struct Recorder(Arc<Mutex<State>>);

/// One open file.
pub struct Handle {
    file: File,
    path: String,
    ticket: u64,
    is_read_only: bool,
    is_deleted_on_close: bool,
    level: LockLevel,
    has_index: bool,
    index_shared: [bool; INDEX_LOCKS],
    /// Its number in the record, and whether its folder still has to be synced with it.
    recorded: Option<(usize, bool)>,
}

impl VfsHandle for Handle {
    fn readonly(&self) -> bool {
        self.is_read_only
    }

    fn in_memory(&self) -> bool {
        false
    }
}

impl Recorder {
    /// Puts a recorder under every connection that this process opens from now on.
    pub fn install() -> Self {
        let recorder = Self::default();
        let registered =
            register_static(c"recorder".to_owned(), recorder.clone(), RegisterOpts { make_default: true });
        assert!(registered.is_ok(), "SQLite does not take the recorder");
        recorder
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes down from now on what happens to files in `folder`.
    pub fn watch(&self, folder: &Path) {
        let folder = format!("{}/", folder.display());
        self.state().record = Some(Record { folder, ..Record::default() });
    }

    /// How much has been written down.
    pub fn len(&self) -> usize {
        self.state().record.as_ref().map_or(0, |record| record.deeds.len())
    }

    /// Ends the record.
    pub fn take(&self) -> Vec<Deed> {
        self.state().record.take().map(|record| record.deeds).unwrap_or_default()
    }
}

impl State {
    fn shared(&mut self, path: &str) -> &mut Shared {
        self.shared.entry(path.to_owned()).or_default()
    }

    fn tell(&mut self, handle: &Handle, deed: impl FnOnce(usize) -> Deed) {
        if let (Some(record), Some((file, _))) = (&mut self.record, handle.recorded) {
            record.deeds.push(deed(file));
        }
    }

    fn drop_index(&mut self, path: &str) {
        let regions = std::mem::take(&mut self.shared(path).index);
        for region in &regions {
            region.iter().for_each(|word| word.store(0, Ordering::SeqCst));
        }
        self.spare.extend(regions);
    }
}

impl Record {
    /// The file that `path` means; one that is met for the first time begins here.
    fn number(&mut self, path: &str) -> Option<(usize, bool)> {
        let name = path.strip_prefix(&self.folder)?;
        if let Some(known) = self.names.get(name) {
            return Some((*known, false));
        }
        let file = self.files;
        self.files += 1;
        self.names.insert(name.to_owned(), file);
        self.deeds.push(Deed::Create { file, name: name.to_owned() });
        Some((file, true))
    }
}

fn or<T>(done: std::io::Result<T>, code: SqliteErr) -> VfsResult<T> {
    done.map_err(|error| if error.kind() == ErrorKind::StorageFull { vars::SQLITE_FULL } else { code })
}

fn offset(at: usize) -> VfsResult<u64> {
    u64::try_from(at).map_err(|_| vars::SQLITE_IOERR)
}

impl Vfs for Recorder {
    type Handle = Handle;

    fn open(&self, path: Option<&str>, opts: OpenOpts) -> VfsResult<Handle> {
        let mode = opts.mode();
        let mut state = self.state();
        state.ticket += 1;
        let handle = |file, path: &str, ticket, recorded| Handle {
            file,
            path: path.to_owned(),
            ticket,
            is_read_only: mode.is_readonly(),
            is_deleted_on_close: opts.delete_on_close(),
            level: LockLevel::Unlocked,
            has_index: false,
            index_shared: [false; INDEX_LOCKS],
            recorded,
        };
        let Some(path) = path else {
            let file = or(tempfile::tempfile(), vars::SQLITE_CANTOPEN)?;
            return Ok(handle(file, "", state.ticket, None));
        };
        let mut options = File::options();
        options.read(true).write(!mode.is_readonly()).mode(0o600);
        match mode {
            OpenMode::ReadWrite { create: CreateMode::Create } => options.create(true),
            OpenMode::ReadWrite { create: CreateMode::MustCreate } => options.create_new(true),
            OpenMode::ReadWrite { create: CreateMode::None } | OpenMode::ReadOnly => &mut options,
        };
        let file = or(options.open(path), vars::SQLITE_CANTOPEN)?;
        let is_log = matches!(opts.kind(), OpenKind::Wal | OpenKind::MainJournal | OpenKind::SuperJournal);
        let number = state.record.as_mut().and_then(|record| record.number(path));
        let recorded = number.map(|(file, is_new)| (file, is_new && is_log));
        state.shared(path).handles += 1;
        Ok(handle(file, path, state.ticket, recorded))
    }

    fn delete(&self, path: &str) -> VfsResult<()> {
        match std::fs::remove_file(path) {
            Ok(()) => {}
            Err(error) if error.kind() == ErrorKind::NotFound => return Err(vars::SQLITE_IOERR_DELETE_NOENT),
            Err(_) => return Err(vars::SQLITE_IOERR_DELETE),
        }
        let mut state = self.state();
        if let Some(record) = &mut state.record
            && let Some(name) = path.strip_prefix(&record.folder)
        {
            record.names.remove(name);
            record.deeds.push(Deed::Delete { name: name.to_owned() });
        }
        Ok(())
    }

    fn access(&self, path: &str, flags: AccessFlags) -> VfsResult<bool> {
        let Ok(found) = std::fs::metadata(path) else { return Ok(false) };
        // As SQLite's Unix layer: an empty file does not exist.
        Ok(flags != AccessFlags::Exists || !found.is_file() || found.len() > 0)
    }

    fn file_size(&self, handle: &mut Handle) -> VfsResult<usize> {
        let found = or(handle.file.metadata(), vars::SQLITE_IOERR_FSTAT)?;
        usize::try_from(found.len()).map_err(|_| vars::SQLITE_IOERR_FSTAT)
    }

    fn truncate(&self, handle: &mut Handle, to: usize) -> VfsResult<()> {
        or(handle.file.set_len(offset(to)?), vars::SQLITE_IOERR_TRUNCATE)?;
        self.state().tell(handle, |file| Deed::Truncate { file, to });
        Ok(())
    }

    fn write(&self, handle: &mut Handle, at: usize, data: &[u8]) -> VfsResult<usize> {
        or(handle.file.write_all_at(data, offset(at)?), vars::SQLITE_IOERR_WRITE)?;
        self.state().tell(handle, |file| Deed::Write { file, at, bytes: data.into() });
        Ok(data.len())
    }

    fn read(&self, handle: &mut Handle, at: usize, data: &mut [u8]) -> VfsResult<usize> {
        let mut filled = 0;
        while filled < data.len() {
            match handle.file.read_at(&mut data[filled..], offset(at + filled)?) {
                Ok(0) => break,
                Ok(some) => filled += some,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(_) => return Err(vars::SQLITE_IOERR_READ),
            }
        }
        Ok(filled)
    }

    fn sync(&self, handle: &mut Handle) -> VfsResult<()> {
        // What lies in memory needs none; that it was asked for is what counts.
        let with_folder = handle.recorded.is_some_and(|(_, with_folder)| with_folder);
        self.state().tell(handle, |file| Deed::Sync { file, with_folder });
        handle.recorded = handle.recorded.map(|(file, _)| (file, false));
        Ok(())
    }

    fn close(&self, handle: Handle) -> VfsResult<()> {
        let mut handle = handle;
        self.unlock(&mut handle, LockLevel::Unlocked)?;
        if handle.has_index {
            self.shm_unmap(&mut handle, false)?;
        }
        let mut state = self.state();
        let shared = state.shared(&handle.path);
        shared.handles = shared.handles.saturating_sub(1);
        if shared.handles == 0 {
            state.shared.remove(&handle.path);
        }
        drop(state);
        if handle.is_deleted_on_close && !handle.path.is_empty() {
            self.delete(&handle.path)?;
        }
        Ok(())
    }

    fn lock(&self, handle: &mut Handle, level: LockLevel) -> VfsResult<()> {
        if handle.level >= level {
            return Ok(());
        }
        let mut state = self.state();
        let shared = state.shared(&handle.path);
        let others = shared.writer.filter(|(ticket, _)| *ticket != handle.ticket);
        match level {
            LockLevel::Unlocked => {}
            LockLevel::Shared => {
                if others.is_some_and(|(_, held)| held >= LockLevel::Pending) {
                    return Err(vars::SQLITE_BUSY);
                }
                shared.sharing += 1;
            }
            LockLevel::Reserved | LockLevel::Pending | LockLevel::Exclusive => {
                if others.is_some() {
                    return Err(vars::SQLITE_BUSY);
                }
                if level == LockLevel::Exclusive && shared.sharing > 1 {
                    // Nobody new may come in while it waits for the others to leave.
                    shared.writer = Some((handle.ticket, LockLevel::Pending));
                    handle.level = LockLevel::Pending;
                    return Err(vars::SQLITE_BUSY);
                }
                shared.writer = Some((handle.ticket, level));
            }
        }
        handle.level = level;
        Ok(())
    }

    fn unlock(&self, handle: &mut Handle, level: LockLevel) -> VfsResult<()> {
        if handle.level <= level {
            return Ok(());
        }
        let mut state = self.state();
        let shared = state.shared(&handle.path);
        if shared.writer.is_some_and(|(ticket, _)| ticket == handle.ticket) {
            shared.writer = None;
        }
        if level == LockLevel::Unlocked {
            shared.sharing = shared.sharing.saturating_sub(1);
        }
        handle.level = level;
        Ok(())
    }

    fn check_reserved_lock(&self, handle: &mut Handle) -> VfsResult<bool> {
        Ok(self.state().shared(&handle.path).writer.is_some())
    }

    fn sector_size(&self, _: &mut Handle) -> VfsResult<i32> {
        Ok(SECTOR_BYTES)
    }

    fn device_characteristics(&self, _: &mut Handle) -> VfsResult<i32> {
        Ok(vars::SQLITE_IOCAP_POWERSAFE_OVERWRITE)
    }

    fn shm_map(
        &self,
        handle: &mut Handle,
        region: usize,
        bytes: usize,
        extend: bool,
    ) -> VfsResult<Option<NonNull<u8>>> {
        let mut state = self.state();
        if !handle.has_index {
            handle.has_index = true;
            state.shared(&handle.path).index_users += 1;
        }
        while state.shared(&handle.path).index.len() <= region {
            if !extend {
                return Ok(None);
            }
            let fresh = state.spare.pop().unwrap_or_else(|| {
                let words = (0..bytes.div_ceil(8)).map(|_| AtomicU64::new(0));
                Box::leak(words.collect::<Vec<_>>().into_boxed_slice())
            });
            state.shared(&handle.path).index.push(fresh);
        }
        let start = state.shared(&handle.path).index[region].as_ptr();
        Ok(NonNull::new(start.cast_mut().cast()))
    }

    fn shm_lock(&self, handle: &mut Handle, first: u32, count: u32, mode: ShmLockMode) -> VfsResult<()> {
        let mut state = self.state();
        let shared = state.shared(&handle.path);
        let (first, count) = (first as usize, count as usize);
        let slots = first..(first + count).min(INDEX_LOCKS);
        let me = handle.ticket;
        let held_by_another =
            |shared: &Shared, slot: usize| shared.index_exclusive[slot].is_some_and(|ticket| ticket != me);
        match mode {
            ShmLockMode::LockShared => {
                if slots.clone().any(|slot| held_by_another(shared, slot)) {
                    return Err(vars::SQLITE_BUSY);
                }
                for slot in slots {
                    shared.index_shared[slot] += usize::from(!handle.index_shared[slot]);
                    handle.index_shared[slot] = true;
                }
            }
            ShmLockMode::LockExclusive => {
                let is_shared =
                    |slot: usize| shared.index_shared[slot] > usize::from(handle.index_shared[slot]);
                if slots.clone().any(|slot| held_by_another(shared, slot) || is_shared(slot)) {
                    return Err(vars::SQLITE_BUSY);
                }
                for slot in slots {
                    shared.index_exclusive[slot] = Some(me);
                }
            }
            ShmLockMode::UnlockShared | ShmLockMode::UnlockExclusive => {
                for slot in slots {
                    shared.index_shared[slot] -= usize::from(handle.index_shared[slot]);
                    handle.index_shared[slot] = false;
                    if shared.index_exclusive[slot] == Some(me) {
                        shared.index_exclusive[slot] = None;
                    }
                }
            }
        }
        Ok(())
    }

    fn shm_barrier(&self, _: &mut Handle) {
        std::sync::atomic::fence(Ordering::SeqCst);
    }

    fn shm_unmap(&self, handle: &mut Handle, _: bool) -> VfsResult<()> {
        if !handle.has_index {
            return Ok(());
        }
        self.shm_lock(handle, 0, INDEX_LOCKS as u32, ShmLockMode::UnlockShared)?;
        handle.has_index = false;
        let mut state = self.state();
        let shared = state.shared(&handle.path);
        shared.index_users = shared.index_users.saturating_sub(1);
        if shared.index_users == 0 {
            state.drop_index(&handle.path);
        }
        Ok(())
    }
}
