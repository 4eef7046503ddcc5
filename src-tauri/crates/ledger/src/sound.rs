//! Whether the file of an open ledger is sound, and whether it has to be asked before it is opened.
//!
//! Owns the reading of the whole file beside everything else that goes on: a connection of its own that only reads, so that
//! no commit waits for it, and no more than half of one processor's time. Refuses to mend anything.

use crate::error::LedgerError;
use crate::open::Ledger;
use crate::verify::{self, BadRow};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// How many rows at the end of each chain are read at every opening.
const LAST_ROWS: i64 = 64;
/// How many steps of SQLite lie between two looks at the time.
const STEPS: i32 = 2_000;
/// How long it works before it rests as long.
const AT_ONCE: Duration = Duration::from_millis(10);

/// The first bad row at the end of the chains, which the next charge is written next to.
pub(crate) async fn first_bad_at_the_end(ledger: &Ledger) -> Result<Option<BadRow>, LedgerError> {
    verify::first_bad_of_the_last(ledger, LAST_ROWS).await
}

/// Whether the program that had the ledger at `path` last ended without closing it. A ledger that is closed has no log
/// beside it; one that was left has, and so has one whose power went.
#[must_use]
pub fn was_left_open(path: &Path) -> bool {
    // SQLite writes the log where the file really lies.
    let path = std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let mut log = path.into_os_string();
    log.push("-wal");
    std::fs::metadata(Path::new(&log)).is_ok_and(|found| found.len() > 0)
}

impl Ledger {
    /// Reads the whole file and says what SQLite finds wrong with it; none when it is sound. Blocks its thread, for seconds
    /// with years in the file; nobody else waits for it.
    ///
    /// # Errors
    /// [`LedgerError`] when it cannot be read, and [`LedgerError::Unavailable`] when `stop` was set meanwhile.
    pub fn unsound(&self, stop: &Arc<AtomicBool>) -> Result<Option<String>, LedgerError> {
        let connection = self.lend()?;
        let (stopped, mut since) = (Arc::clone(stop), Instant::now());
        connection.progress_handler(
            STEPS,
            Some(move || {
                let worked = since.elapsed();
                if worked > AT_ONCE {
                    rest(worked);
                    since = Instant::now();
                }
                stopped.load(Ordering::Relaxed)
            }),
        )?;
        let said = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get::<_, String>(0));
        if stop.load(Ordering::Relaxed) {
            // What it says then is that it was stopped.
            return Err(LedgerError::closed());
        }
        match said.map_err(LedgerError::from) {
            Ok(said) => Ok((said != "ok").then_some(said)),
            Err(LedgerError::Damaged(detail)) => Ok(Some(detail)),
            Err(error) => Err(error),
        }
    }
}

#[allow(
    clippy::disallowed_methods,
    reason = "a thread that has nothing else to do, and must not do that at once"
)]
fn rest(time: Duration) {
    std::thread::sleep(time);
}
