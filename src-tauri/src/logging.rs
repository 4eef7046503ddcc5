//! The log: a file beside the ledger for whoever helps the shop. Owns where it lies and how large it grows. Refuses other
//! crates' chatter, which may carry what they handle.

use std::fs::{self, File, OpenOptions};
use std::path::Path;
use std::sync::Mutex;
use tracing_subscriber::EnvFilter;

/// Past this size the log starts anew, and one older file is kept.
const SIZE_MAX_BYTES: u64 = 2 * 1024 * 1024;
/// Our crates tell what they do; libraries tell only what worries them, and never at a level that prints bodies.
const FILTER: &str = "warn,till=info,ledger=info,ligdicash=info,encaisse_shell=info";

/// Starts the log in `data_dir`, or on standard error where no file can be written.
pub(crate) fn start(data_dir: &Path) {
    let builder = tracing_subscriber::fmt().with_env_filter(EnvFilter::new(FILTER)).with_ansi(false);
    let started = match open(data_dir) {
        Ok(file) => builder.with_writer(Mutex::new(file)).try_init(),
        Err(_) => builder.with_writer(std::io::stderr).try_init(),
    };
    // Only a second start in one process fails, and then the first log goes on.
    let _ = started;
}

fn open(data_dir: &Path) -> std::io::Result<File> {
    fs::create_dir_all(data_dir)?;
    let path = data_dir.join("encaisse.log");
    if fs::metadata(&path).is_ok_and(|file| file.len() > SIZE_MAX_BYTES) {
        fs::rename(&path, data_dir.join("encaisse.old.log"))?;
    }
    let mut options = OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_that_grew_starts_anew_and_keeps_one_older_file() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("encaisse.log");
        File::create(&path).unwrap().set_len(SIZE_MAX_BYTES + 1).unwrap();
        open(dir.path()).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().len(), 0);
        assert_eq!(fs::metadata(dir.path().join("encaisse.old.log")).unwrap().len(), SIZE_MAX_BYTES + 1);
        open(dir.path()).unwrap();
    }
}
