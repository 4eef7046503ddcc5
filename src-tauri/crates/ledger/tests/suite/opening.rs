//! Which files open, and what those that do not are called.

use crate::shop::{NOON, Shop, open};
use domain::{DayRule, Mode};
use ledger::{Ledger, LedgerError, OpenError, SettingsStore, Unavailability, was_left_open};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Row};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

async fn connect(path: &Path) -> SqliteConnection {
    SqliteConnectOptions::new().filename(path).create_if_missing(true).connect().await.unwrap()
}

async fn execute(path: &Path, sql: &str) {
    let mut connection = connect(path).await;
    sqlx::query(AssertSqlSafe(sql.to_owned())).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
}

const PAGE: usize = 4_096;

async fn with_sales() -> Shop {
    let shop = Shop::open().await;
    for _ in 0..30 {
        shop.paid().await;
    }
    shop
}

/// A closed ledger of which every page holds something, because one that does not can hold zeros as well; and its bytes.
async fn closed_with_sales() -> (Shop, Vec<u8>) {
    let shop = with_sales().await;
    shop.ledger.close().await;
    execute(&shop.path(), "PRAGMA journal_mode = DELETE; VACUUM; PRAGMA journal_mode = WAL").await;
    let sound = std::fs::read(shop.path()).unwrap();
    (shop, sound)
}

/// The file as it was, but for one page of zeros.
fn zero(shop: &Shop, sound: &[u8], page: usize) {
    let mut broken = sound.to_owned();
    broken[page * PAGE..(page + 1) * PAGE].fill(0);
    std::fs::write(shop.path(), broken).unwrap();
}

#[tokio::test]
async fn a_ledger_keeps_its_identity_whatever_a_later_start_proposes() {
    let shop = Shop::open().await;
    assert_eq!(shop.ledger.mode(), Mode::Live);
    let id = shop.ledger.installation_id().to_owned();
    assert_eq!(id, "07".repeat(16));
    shop.ledger.close().await;
    let again = Ledger::open(&shop.path(), Mode::Live, DayRule::default(), [8; 16], NOON + 1).await.unwrap();
    assert_eq!(again.installation_id(), id);
}

#[tokio::test]
async fn training_never_opens_as_live_nor_live_as_training() {
    let folder = tempfile::tempdir().unwrap();
    for (mode, other) in [(Mode::Training, Mode::Live), (Mode::Live, Mode::Training)] {
        let path = folder.path().join(mode.as_str());
        open(&path, mode).await.unwrap().close().await;
        let before = std::fs::read(&path).unwrap();
        match open(&path, other).await {
            Err(OpenError::WrongMode { found, asked, .. }) => assert_eq!((found, asked), (mode, other)),
            refused => panic!("{refused:?}"),
        }
        assert_eq!(std::fs::read(&path).unwrap(), before, "a refused file is left as it was");
        open(&path, mode).await.unwrap();
    }
}

#[cfg(unix)]
#[tokio::test]
async fn the_file_and_its_side_files_are_their_owners_alone() {
    use std::os::unix::fs::PermissionsExt;
    let shop = Shop::open().await;
    shop.recorded().await;
    for name in ["live.db", "live.db-wal", "live.db-shm"] {
        let mode = std::fs::metadata(shop.folder.path().join(name)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
}

#[tokio::test]
async fn a_newer_schema_is_refused_as_newer_and_not_touched() {
    let shop = Shop::open().await;
    shop.ledger.close().await;
    execute(
        &shop.path(),
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
         VALUES (29990101000001, 'of tomorrow', 1, x'00', 0)",
    )
    .await;
    assert!(matches!(open(&shop.path(), Mode::Live).await, Err(OpenError::Newer { .. })));
}

#[tokio::test]
async fn another_kind_of_file_is_refused_as_damaged_and_not_touched() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.db");
    let is_refused =
        async |path: &Path| matches!(open(path, Mode::Live).await, Err(OpenError::Damaged { .. }));

    std::fs::write(&path, "not a database at all, but long enough to be looked at ".repeat(40)).unwrap();
    assert!(is_refused(&path).await, "a text");
    std::fs::remove_file(&path).unwrap();

    execute(&path, "CREATE TABLE invoice (n)").await;
    assert!(is_refused(&path).await, "a database of another program");
    assert!(matches!(SettingsStore::open(&path).await, Err(OpenError::Damaged { .. })));
    let mut connection = connect(&path).await;
    let tables: i64 =
        sqlx::query_scalar("SELECT COUNT(*) FROM sqlite_schema").fetch_one(&mut connection).await.unwrap();
    assert_eq!(tables, 1);

    let settings = folder.path().join("settings.db");
    SettingsStore::open(&settings).await.unwrap().close().await;
    assert!(is_refused(&settings).await, "the settings");
    let ledger = folder.path().join("ledger.db");
    open(&ledger, Mode::Live).await.unwrap().close().await;
    assert!(matches!(SettingsStore::open(&ledger).await, Err(OpenError::Damaged { .. })));
}

#[tokio::test]
async fn a_migration_that_was_changed_afterwards_is_damage() {
    let shop = Shop::open().await;
    shop.ledger.close().await;
    execute(&shop.path(), "UPDATE _sqlx_migrations SET checksum = x'00'").await;
    assert!(matches!(open(&shop.path(), Mode::Live).await, Err(OpenError::Damaged { .. })));
}

#[tokio::test]
async fn an_empty_file_from_a_start_cut_short_is_begun_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("live.db");
    std::fs::write(&path, "").unwrap();
    open(&path, Mode::Live).await.unwrap().close().await;

    // sqlx's own table comes before the first migration.
    let path = folder.path().join("other.db");
    execute(
        &path,
        "CREATE TABLE _sqlx_migrations (version BIGINT PRIMARY KEY, description TEXT NOT NULL, \
         installed_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP, success BOOLEAN NOT NULL, \
         checksum BLOB NOT NULL, execution_time BIGINT NOT NULL)",
    )
    .await;
    open(&path, Mode::Live).await.unwrap().close().await;
}

#[tokio::test]
async fn a_page_of_zeros_anywhere_is_found_when_opening() {
    let (shop, sound) = closed_with_sales().await;
    let pages = sound.len() / PAGE;
    assert!(pages > 20, "{pages}");
    for page in 0..pages {
        zero(&shop, &sound, page);
        let opened = open(&shop.path(), Mode::Live).await;
        assert!(matches!(opened, Err(OpenError::Damaged { .. })), "page {page}: {opened:?}");
    }
    for length in [100, PAGE, sound.len() / 2, sound.len() - PAGE] {
        std::fs::write(shop.path(), &sound[..length]).unwrap();
        let opened = open(&shop.path(), Mode::Live).await;
        assert!(matches!(opened, Err(OpenError::Damaged { .. })), "{length} bytes: {opened:?}");
    }
    std::fs::write(shop.path(), &sound).unwrap();
    open(&shop.path(), Mode::Live).await.unwrap();
}

#[tokio::test]
async fn a_path_that_cannot_be_is_unavailable_and_says_why() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, "").unwrap();
    for path in [folder.path().to_owned(), folder.path().join("missing/live.db"), file.join("live.db")] {
        match open(&path, Mode::Live).await {
            Err(OpenError::Unavailable { kind: Unavailability::Io, detail, .. }) => {
                assert!(!detail.is_empty());
            }
            other => panic!("{}: {other:?}", path.display()),
        }
    }
}

/// Makes `path` read-only and tells whether the system keeps to it: a superuser's writes pass all the same.
#[cfg(unix)]
fn set_read_only(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    let is_folder = path.is_dir();
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(if is_folder { 0o500 } else { 0o400 }))
        .unwrap();
    if is_folder {
        std::fs::write(path.join("probe"), "").is_err()
    } else {
        std::fs::OpenOptions::new().append(true).open(path).is_err()
    }
}

#[cfg(unix)]
#[tokio::test]
async fn a_read_only_folder_or_file_is_refused_as_read_only() {
    let folder = tempfile::tempdir().unwrap();
    let inner = folder.path().join("inner");
    std::fs::create_dir(&inner).unwrap();
    let path = folder.path().join("live.db");
    open(&path, Mode::Live).await.unwrap().close().await;
    for (read_only, target) in [(&inner, inner.join("live.db")), (&path, path.clone())] {
        let is_kept = set_read_only(read_only);
        let opened = open(&target, Mode::Live).await;
        if is_kept {
            let kind = Unavailability::ReadOnly;
            assert!(
                matches!(&opened, Err(OpenError::Unavailable { kind: found, .. }) if *found == kind),
                "{opened:?}"
            );
        } else {
            opened.unwrap().close().await;
        }
    }
}

#[tokio::test]
async fn another_program_that_holds_the_file_makes_it_busy_not_damaged() {
    let shop = Shop::open().await;
    let mut behind = shop.behind().await;
    sqlx::query("BEGIN IMMEDIATE").execute(&mut behind).await.unwrap();
    match shop.ledger.record(shop.sale()).await {
        Err(LedgerError::Unavailable { kind: Unavailability::Busy, .. }) => {}
        other => panic!("{other:?}"),
    }
    sqlx::query("ROLLBACK").execute(&mut behind).await.unwrap();
    shop.recorded().await;
}

async fn open_briefly(path: &Path) -> Result<Ledger, OpenError> {
    Ledger::open_briefly(path, Mode::Live, DayRule::default(), [7; 16], NOON).await
}

/// What reading it whole says.
async fn unsound(ledger: &Ledger) -> Option<String> {
    let ledger = ledger.clone();
    let reading = tokio::task::spawn_blocking(move || ledger.unsound(&Arc::default()));
    reading.await.unwrap().unwrap()
}

#[tokio::test]
async fn a_page_of_zeros_is_found_by_a_brief_opening_or_by_the_reading_that_follows() {
    let (shop, sound) = closed_with_sales().await;
    let pages = sound.len() / PAGE;
    let (mut at_opening, mut by_reading) = (0, 0);
    for page in 0..pages {
        zero(&shop, &sound, page);
        match open_briefly(&shop.path()).await {
            Err(OpenError::Damaged { .. }) => at_opening += 1,
            Err(other) => panic!("page {page}: {other}"),
            Ok(ledger) => {
                assert!(unsound(&ledger).await.is_some(), "page {page}");
                by_reading += 1;
                ledger.close().await;
            }
        }
    }
    std::fs::write(shop.path(), &sound).unwrap();
    let ledger = open_briefly(&shop.path()).await.unwrap();
    assert_eq!(unsound(&ledger).await, None);
    ledger.close().await;
    assert!(at_opening > 0 && by_reading > 0, "{at_opening} {by_reading}");
    println!(
        "FIGURE brief opening | {pages} pages of zeros, one at a time | {at_opening} found at opening, {by_reading} by reading \
         whole, 0 by neither"
    );
}

#[tokio::test]
async fn a_changed_row_at_the_end_of_a_chain_keeps_a_ledger_from_opening_briefly() {
    for (table, change) in [
        (
            "journal",
            "UPDATE journal SET detail = detail || 'x' WHERE seq = (SELECT MAX(seq) - 3 FROM journal)",
        ),
        (
            "ledger_entry",
            "UPDATE ledger_entry SET amount_xof = 1 WHERE seq = (SELECT MAX(seq) FROM ledger_entry)",
        ),
        ("journal", "DELETE FROM journal WHERE seq = (SELECT MAX(seq) - 1 FROM journal)"),
    ] {
        let shop = with_sales().await;
        shop.ledger.close().await;
        open_briefly(&shop.path()).await.unwrap().close().await;
        let triggers =
            format!("SELECT name FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = '{table}'");
        let mut behind = connect(&shop.path()).await;
        let names = sqlx::query(AssertSqlSafe(triggers)).fetch_all(&mut behind).await.unwrap();
        for name in names {
            let drop = format!("DROP TRIGGER {}", name.get::<String, _>(0));
            sqlx::query(AssertSqlSafe(drop)).execute(&mut behind).await.unwrap();
        }
        sqlx::query(AssertSqlSafe(change.to_owned())).execute(&mut behind).await.unwrap();
        behind.close().await.unwrap();
        let opened = open_briefly(&shop.path()).await;
        assert!(
            matches!(&opened, Err(OpenError::Damaged { detail, .. }) if detail.starts_with(table)),
            "{opened:?}"
        );
    }
}

#[tokio::test]
async fn a_reading_that_is_stopped_says_nothing_about_the_ledger() {
    let shop = with_sales().await;
    let stopped = shop.ledger.unsound(&Arc::new(AtomicBool::new(true)));
    assert!(
        matches!(stopped, Err(LedgerError::Unavailable { kind: Unavailability::Closed, .. })),
        "{stopped:?}"
    );
}

#[tokio::test]
async fn a_ledger_that_was_left_open_is_told_from_one_that_was_closed() {
    let shop = Shop::open().await;
    shop.paid().await;
    assert!(was_left_open(&shop.path()));
    #[cfg(unix)]
    {
        let link = shop.folder.path().join("link.db");
        std::os::unix::fs::symlink(shop.path(), &link).unwrap();
        assert!(was_left_open(&link), "it is asked where it really lies");
    }
    // What is left of a till that was ended: the file and its log.
    let left = shop.folder.path().join("left.db");
    for ending in ["", "-wal"] {
        let name = |path: &Path| format!("{}{ending}", path.display());
        std::fs::copy(name(&shop.path()), name(&left)).unwrap();
    }
    assert!(was_left_open(&left));
    shop.ledger.close().await;
    assert!(!was_left_open(&shop.path()));
}
