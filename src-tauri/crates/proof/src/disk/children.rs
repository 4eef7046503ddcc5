//! The other processes: one of many starts, and another program that holds the ledger.

use crate::disk::counter;
use crate::stage::Keychain;
use nix::fcntl::{FcntlArg, fcntl};
use nix::libc;
use std::fs::OpenOptions;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;
use till::{OpenTillError, Till};

/// What a start says.
pub const OPENED: &str = "opened";
pub const ALREADY_OPEN: &str = "already open";

/// Says `ready`, waits for a line, opens the till, says how that went, and keeps it open until its input ends.
pub fn start(data: &Path) -> bool {
    say("ready");
    let mut line = String::new();
    let _ = std::io::stdin().read_line(&mut line);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    runtime.block_on(async {
        let keychain = Arc::new(Keychain::load(&data.with_file_name("keychain")));
        let (ports, _heard) = counter::ports(keychain);
        let opened = Till::open(crate::stage::options(data, "http://127.0.0.1:9"), ports).await;
        match &opened {
            Ok(_) => say(OPENED),
            Err(OpenTillError::AlreadyOpen) => say(ALREADY_OPEN),
            Err(other) => say(&other.to_string()),
        }
        let _ = std::io::stdin().read_line(&mut line);
        if let Ok(till) = opened {
            till.close().await;
        }
    });
    true
}

/// Holds the write lock of a ledger as another SQLite would (sqlite.org/walformat.html: byte 120 of the index), until its
/// input ends.
pub fn hold(ledger: &Path) -> bool {
    let index = format!("{}-shm", ledger.display());
    let index = OpenOptions::new().read(true).write(true).open(index).unwrap();
    let lock = libc::flock {
        l_type: i16::try_from(libc::F_WRLCK).unwrap(),
        l_whence: i16::try_from(libc::SEEK_SET).unwrap(),
        l_start: 120,
        l_len: 1,
        l_pid: 0,
    };
    fcntl(&index, FcntlArg::F_SETLKW(&lock)).unwrap();
    say("held");
    let _ = std::io::stdin().read_line(&mut String::new());
    true
}

fn say(word: &str) {
    println!("{word}");
    let _ = std::io::stdout().flush();
}
