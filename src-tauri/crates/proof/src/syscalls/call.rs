//! The calls that count: those through which the till acts on its files and on the line to LigdiCash. Owns which they are,
//! and what each is about. Everything else (the clock, memory, threads, the page's pipe) is passed by.

use nix::libc::{self, c_long, user_regs_struct};
use nix::unistd::Pid;
use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::Path;

/// What a call does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Does {
    /// Writes into a file.
    Write,
    /// Makes durable.
    Sync,
    /// Creates, renames, truncates or removes.
    Make,
    /// Maps a file.
    Map,
    /// Locks a file or lets it go.
    Lock,
    /// Reads a file.
    Read,
    /// Connects or sends.
    Send,
    /// Receives.
    Receive,
}

/// Where a call says what it is about.
#[derive(Clone, Copy)]
enum Aim {
    Descriptor(usize),
    Path(usize),
    /// A path, opened with these flags.
    Opened(usize, usize),
}

const CALLS: &[(c_long, &str, Does, Aim)] = &[
    (libc::SYS_read, "read", Does::Read, Aim::Descriptor(0)),
    (libc::SYS_pread64, "pread64", Does::Read, Aim::Descriptor(0)),
    (libc::SYS_readv, "readv", Does::Read, Aim::Descriptor(0)),
    (libc::SYS_recvfrom, "recvfrom", Does::Receive, Aim::Descriptor(0)),
    (libc::SYS_recvmsg, "recvmsg", Does::Receive, Aim::Descriptor(0)),
    (libc::SYS_write, "write", Does::Write, Aim::Descriptor(0)),
    (libc::SYS_pwrite64, "pwrite64", Does::Write, Aim::Descriptor(0)),
    (libc::SYS_writev, "writev", Does::Write, Aim::Descriptor(0)),
    (libc::SYS_pwritev, "pwritev", Does::Write, Aim::Descriptor(0)),
    (libc::SYS_sendto, "sendto", Does::Send, Aim::Descriptor(0)),
    (libc::SYS_sendmsg, "sendmsg", Does::Send, Aim::Descriptor(0)),
    (libc::SYS_connect, "connect", Does::Send, Aim::Descriptor(0)),
    (libc::SYS_shutdown, "shutdown", Does::Send, Aim::Descriptor(0)),
    (libc::SYS_fsync, "fsync", Does::Sync, Aim::Descriptor(0)),
    (libc::SYS_fdatasync, "fdatasync", Does::Sync, Aim::Descriptor(0)),
    (libc::SYS_ftruncate, "ftruncate", Does::Make, Aim::Descriptor(0)),
    (libc::SYS_fallocate, "fallocate", Does::Make, Aim::Descriptor(0)),
    (libc::SYS_fchmod, "fchmod", Does::Make, Aim::Descriptor(0)),
    (libc::SYS_open, "open", Does::Make, Aim::Opened(0, 1)),
    (libc::SYS_openat, "openat", Does::Make, Aim::Opened(1, 2)),
    (libc::SYS_mkdir, "mkdir", Does::Make, Aim::Path(0)),
    (libc::SYS_unlink, "unlink", Does::Make, Aim::Path(0)),
    (libc::SYS_unlinkat, "unlinkat", Does::Make, Aim::Path(1)),
    (libc::SYS_rename, "rename", Does::Make, Aim::Path(0)),
    (libc::SYS_renameat, "renameat", Does::Make, Aim::Path(1)),
    (libc::SYS_renameat2, "renameat2", Does::Make, Aim::Path(1)),
    (libc::SYS_mmap, "mmap", Does::Map, Aim::Descriptor(4)),
    (libc::SYS_flock, "flock", Does::Lock, Aim::Descriptor(0)),
    (libc::SYS_fcntl, "fcntl", Does::Lock, Aim::Descriptor(0)),
];

/// A call about to be made.
#[derive(Debug, Clone)]
pub struct Call {
    pub name: &'static str,
    pub does: Does,
    /// The file's name in the data folder, or `line`.
    pub on: String,
}

impl Call {
    /// The call that a thread of `pid` is about to make, if it counts.
    pub fn of(pid: Pid, regs: &user_regs_struct, folder: &Path) -> Option<Self> {
        let number = c_long::try_from(regs.orig_rax).ok()?;
        let (_, name, does, aim) = *CALLS.iter().find(|(counted, ..)| *counted == number)?;
        let argument = |at: usize| [regs.rdi, regs.rsi, regs.rdx, regs.r10, regs.r8, regs.r9][at];
        let on = match aim {
            Aim::Descriptor(at) => about(pid, argument(at), folder)?,
            Aim::Path(at) => inside(Path::new(&text(pid, argument(at))?), folder)?,
            Aim::Opened(at, flags) => {
                let writes = libc::O_CREAT | libc::O_WRONLY | libc::O_RDWR;
                if argument(flags) & u64::try_from(writes).ok()? == 0 {
                    return None;
                }
                inside(Path::new(&text(pid, argument(at))?), folder)?
            }
        };
        let locks = [libc::F_SETLK, libc::F_SETLKW, libc::F_OFD_SETLK, libc::F_OFD_SETLKW];
        if name == "fcntl" && !locks.iter().any(|lock| u64::try_from(*lock) == Ok(argument(1))) {
            return None;
        }
        let does = match does {
            Does::Read if on == LINE => Does::Receive,
            Does::Write if on == LINE => Does::Send,
            other @ (Does::Write
            | Does::Sync
            | Does::Make
            | Does::Map
            | Does::Lock
            | Does::Read
            | Does::Send
            | Does::Receive) => other,
        };
        Some(Self { name, does, on })
    }
}

const LINE: &str = "line";

/// What a descriptor stands for; none for a pipe, memory, or a file of the system's.
fn about(pid: Pid, descriptor: u64, folder: &Path) -> Option<String> {
    // A map without a file has -1 here.
    let descriptor = u32::try_from(descriptor).ok()?;
    let link = std::fs::read_link(format!("/proc/{pid}/fd/{descriptor}")).ok()?;
    if link.to_string_lossy().starts_with("socket:") {
        return Some(LINE.to_owned());
    }
    inside(&link, folder)
}

fn inside(path: &Path, folder: &Path) -> Option<String> {
    let name = path.strip_prefix(folder).ok()?.display().to_string();
    Some(if name.is_empty() { "the folder".to_owned() } else { name })
}

/// A path that lies in the memory of `pid`.
fn text(pid: Pid, address: u64) -> Option<String> {
    let mut bytes = [0u8; 512];
    let read = File::open(format!("/proc/{pid}/mem")).ok()?.read_at(&mut bytes, address).ok()?;
    let end = bytes[..read].iter().position(|byte| *byte == 0)?;
    Some(String::from_utf8_lossy(&bytes[..end]).into_owned())
}
