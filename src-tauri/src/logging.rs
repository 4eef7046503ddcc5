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
    let builder = tracing_subscriber::fmt().with_env_filter(filter()).with_ansi(false);
    let started = match open(data_dir) {
        Ok(file) => builder.with_writer(Mutex::new(file)).try_init(),
        Err(_) => builder.with_writer(std::io::stderr).try_init(),
    };
    // Only a second start in one process fails, and then the first log goes on.
    let _ = started;
}

/// Fixed: no variable of the environment makes a library speak.
fn filter() -> EnvFilter {
    EnvFilter::new(FILTER)
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
    use tracing::{Level, enabled};

    /// Set for the run that tries to make libraries speak.
    const LOUD: [(&str, &str); 3] =
        [("RUST_LOG", "trace"), ("ENCAISSE_LOG", "trace"), ("RUST_LOG_STYLE", "always")];

    #[test]
    fn no_library_is_heard_below_a_warning() {
        let subscriber =
            tracing_subscriber::fmt().with_env_filter(filter()).with_writer(std::io::sink).finish();
        tracing::subscriber::with_default(subscriber, || {
            assert!(
                enabled!(target: "till::counter", Level::INFO) && enabled!(target: "reqwest", Level::WARN)
            );
            assert!(!enabled!(target: "till::counter", Level::DEBUG));
            assert!(
                !enabled!(target: "hyper", Level::INFO)
                    && !enabled!(target: "hyper_util::client", Level::DEBUG)
            );
            assert!(
                !enabled!(target: "reqwest::connect", Level::INFO)
                    && !enabled!(target: "rustls", Level::DEBUG)
            );
            assert!(
                !enabled!(target: "sqlx::query", Level::INFO) && !enabled!(target: "tauri", Level::TRACE)
            );
        });
    }

    #[test]
    fn the_environment_does_not_raise_the_log() {
        let name = "logging::tests::no_library_is_heard_below_a_warning";
        let mut again = std::process::Command::new(std::env::current_exe().unwrap());
        let ran = again.args(["--exact", name]).envs(LOUD).output().unwrap();
        let said = String::from_utf8_lossy(&ran.stdout);
        assert!(ran.status.success() && said.contains("1 passed"), "{said}");
    }

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
