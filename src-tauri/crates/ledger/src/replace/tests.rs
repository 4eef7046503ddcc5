//! A restoration cut off after each of its steps.

use super::*;
use tempfile::TempDir;

const STAMP: &str = "20261125T011500Z";

struct Folder {
    folder: TempDir,
}

impl Folder {
    /// An old ledger with its side files, and a new one that is ready.
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let here = Self { folder };
        for (name, at_ms) in [("live.sqlite3", 1), ("new.sqlite3", 2)] {
            let path = here.at(name);
            let ledger = Ledger::open(&path, Mode::Live, DayRule::default(), [7; 16], at_ms).await.unwrap();
            ledger.note(at_ms, name, "").await.unwrap();
            ledger.close().await;
        }
        for ending in ["-wal", "-shm", "-journal"] {
            fs::write(here.at(&format!("live.sqlite3{ending}")), format!("old{ending}")).unwrap();
        }
        here
    }

    fn at(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn ledger(&self) -> PathBuf {
        self.at("live.sqlite3")
    }

    fn ready(&self) -> PathBuf {
        self.at(&format!("live.{STAMP}.{READY}"))
    }

    fn aside(&self) -> PathBuf {
        self.at(&format!("live.replaced-{STAMP}.sqlite3"))
    }

    fn make_ready(&self) {
        fs::rename(self.at("new.sqlite3"), self.ready()).unwrap();
    }

    /// The first line of its journal.
    fn word(path: &Path) -> String {
        let connection = rusqlite::Connection::open(path).unwrap();
        connection.query_row("SELECT kind FROM journal WHERE seq = 1", [], |row| row.get(0)).unwrap()
    }
}

#[tokio::test]
async fn cut_off_after_any_step_the_next_start_goes_on_to_the_new_ledger_and_keeps_the_old_one_whole() {
    for taken in 0..=STEPS {
        let here = Folder::new().await;
        here.make_ready();
        for step in 0..taken {
            take_step(step, &here.ledger(), &here.ready(), &here.aside()).unwrap();
        }
        let finished = finish(&here.ledger()).unwrap();
        // After the last step there is nothing to go on with.
        assert_eq!(finished, (taken < STEPS).then(|| here.aside()), "after {taken} steps");
        for ending in ["-wal", "-shm", "-journal"] {
            let moved = fs::read_to_string(here.at(&format!("live.replaced-{STAMP}.sqlite3{ending}")));
            assert_eq!(moved.unwrap(), format!("old{ending}"), "after {taken} steps");
            assert!(!here.at(&format!("live.sqlite3{ending}")).exists(), "after {taken} steps");
        }
        assert_eq!(Folder::word(&here.ledger()), "new.sqlite3", "after {taken} steps");
        for ending in ["-wal", "-shm", "-journal"] {
            fs::remove_file(here.at(&format!("live.replaced-{STAMP}.sqlite3{ending}"))).unwrap();
        }
        assert_eq!(Folder::word(&here.aside()), "live.sqlite3", "after {taken} steps");
        assert_eq!(finish(&here.ledger()).unwrap(), None);
    }
    println!(
        "FIGURE crash during restore | {} points | each leaves the old ledger or the new one",
        STEPS + 2
    );
}

#[tokio::test]
async fn cut_off_before_it_was_ready_the_old_ledger_stays_and_the_rest_is_removed() {
    let here = Folder::new().await;
    for name in ["live.restore.staging", "live.restore.staging-wal", "live.12-3.staging"] {
        fs::write(here.at(name), "half").unwrap();
    }
    assert_eq!(finish(&here.ledger()).unwrap(), None);
    for ending in ["-wal", "-shm", "-journal"] {
        fs::remove_file(here.at(&format!("live.sqlite3{ending}"))).unwrap();
    }
    assert_eq!(Folder::word(&here.ledger()), "live.sqlite3");
    let left: Vec<_> = fs::read_dir(here.folder.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert!(left.iter().all(|name| !name.to_string_lossy().contains("staging")), "{left:?}");
}

#[tokio::test]
async fn what_calls_itself_ready_and_is_no_ledger_takes_no_place() {
    let here = Folder::new().await;
    fs::write(here.ready(), "torn").unwrap();
    assert_eq!(finish(&here.ledger()).unwrap(), None);
    assert!(here.ledger().exists() && here.ready().exists() && !here.aside().exists());
}
