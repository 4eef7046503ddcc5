//! What only the inside can show: pragmas of each connection, a full disk, a transaction that SQLite ended by itself.

use super::*;
use crate::error::LedgerError;
use crate::settings::SettingsStore;

static KIND: Kind = Kind { application_id: 0x456e_6353, readers: 4, migrations: &[] };

async fn file(folder: &tempfile::TempDir) -> File {
    let path = folder.path().join("x.db");
    let file = Candidate::open(&path, &KIND, Look::Whole).await.unwrap().migrate(&KIND).await.unwrap();
    write(&file, "CREATE TABLE t (n INTEGER, filler BLOB)").await.unwrap();
    file
}

async fn write(file: &File, sql: &'static str) -> Result<(), LedgerError> {
    let mut writer = file.writer().await;
    let mut transaction = writer.begin().await?;
    sqlx::query(sql).execute(&mut *transaction).await?;
    transaction.commit().await?;
    Ok(())
}

async fn count(file: &File) -> String {
    one(&mut file.read().await.unwrap(), "SELECT COUNT(*) FROM t").await.unwrap()
}

#[tokio::test]
async fn the_writer_is_durable_and_readers_cannot_write() {
    let folder = tempfile::tempdir().unwrap();
    let file = file(&folder).await;
    let mut writer = file.writer().await;
    let mut transaction = writer.begin().await.unwrap();
    for (question, _, expected) in DURABLE {
        assert_eq!(one(&mut transaction, question).await.unwrap(), expected, "{question}");
    }
    for (question, expected) in [
        ("PRAGMA busy_timeout", "5000"),
        ("PRAGMA secure_delete", "1"),
        ("PRAGMA recursive_triggers", "1"),
        ("PRAGMA query_only", "0"),
    ] {
        assert_eq!(one(&mut transaction, question).await.unwrap(), expected, "{question}");
    }
    drop(transaction);
    drop(writer);

    // All that there can be at once, and the one that remembers nothing.
    let mut readers = Vec::new();
    for _ in 0..KIND.readers {
        readers.push(file.read().await.unwrap());
    }
    let mut fresh = file.fresh_reader().await.unwrap();
    let mut reader = readers.pop().unwrap();
    for connection in readers.iter_mut().map(|reader| &mut **reader).chain([&mut *reader, &mut fresh]) {
        for (question, _, expected) in DURABLE {
            assert_eq!(one(connection, question).await.unwrap(), expected, "{question}");
        }
        for (question, expected) in [("PRAGMA busy_timeout", "5000"), ("PRAGMA query_only", "1")] {
            assert_eq!(one(connection, question).await.unwrap(), expected, "{question}");
        }
        let version = one(connection, "SELECT sqlite_version()").await.unwrap();
        assert!(is_new_enough(&version), "{version}");
    }
    let refused = sqlx::query("INSERT INTO t VALUES (1, NULL)").execute(&mut *reader).await;
    let refused = LedgerError::from(refused.unwrap_err());
    assert!(
        matches!(refused, LedgerError::Unavailable { kind: Unavailability::ReadOnly, .. }),
        "{refused:?}"
    );
}

#[tokio::test]
async fn sqlite_is_new_enough_for_two_connections_on_one_wal_file() {
    let folder = tempfile::tempdir().unwrap();
    let version =
        one(&mut file(&folder).await.read().await.unwrap(), "SELECT sqlite_version()").await.unwrap();
    assert!(is_new_enough(&version), "{version}");
    for (version, expected) in [
        ("3.51.3", true),
        ("3.52.0", true),
        ("3.100.1", true),
        ("4.0.0", true),
        ("3.51.2", false),
        ("3.9.9", false),
        ("2.99.99", false),
        ("", false),
    ] {
        assert_eq!(is_new_enough(version), expected, "{version:?}");
    }
}

#[tokio::test]
async fn a_connection_that_forgets_is_refused_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.db");
    for (pragma, what) in [
        ("PRAGMA journal_mode = DELETE", "journal_mode = wal"),
        ("PRAGMA synchronous = NORMAL", "synchronous = FULL"),
        ("PRAGMA foreign_keys = OFF", "foreign_keys = ON"),
        ("PRAGMA fullfsync = OFF", "fullfsync = ON"),
        ("PRAGMA checkpoint_fullfsync = OFF", "checkpoint_fullfsync = ON"),
    ] {
        let mut candidate = Candidate::open(&path, &KIND, Look::Whole).await.unwrap();
        sqlx::query(pragma).execute(candidate.connection()).await.unwrap();
        match assert_durable(&path, candidate.connection()).await {
            Err(OpenError::NotDurable { what: named, .. }) => assert_eq!(named, what),
            other => panic!("{pragma}: {other:?}"),
        }
    }
}

#[tokio::test]
async fn a_full_disk_is_called_so_changes_nothing_and_passes() {
    let folder = tempfile::tempdir().unwrap();
    let file = file(&folder).await;
    write(&file, "INSERT INTO t VALUES (1, NULL)").await.unwrap();
    for _ in 0..3 {
        // SQLite's own limit answers as a full disk does. It belongs to the connection, which the failure may cost.
        write(&file, "PRAGMA max_page_count = 4").await.unwrap();
        let full = write(&file, "INSERT INTO t VALUES (2, zeroblob(100000))").await.unwrap_err();
        assert!(matches!(full, LedgerError::Unavailable { kind: Unavailability::DiskFull, .. }), "{full:?}");
        assert_eq!(count(&file).await, "1");
    }
    write(&file, "PRAGMA max_page_count = 100000").await.unwrap();
    write(&file, "INSERT INTO t VALUES (2, zeroblob(100000))").await.unwrap();
    assert_eq!(count(&file).await, "2");
}

#[tokio::test]
async fn a_writer_whose_transaction_sqlite_ended_is_replaced_before_its_next_use() {
    let folder = tempfile::tempdir().unwrap();
    let file = file(&folder).await;
    for round in 1..=3 {
        let mut writer = file.writer().await;
        let mut transaction = writer.begin().await.unwrap();
        sqlx::query("INSERT INTO t VALUES (0, NULL)").execute(&mut *transaction).await.unwrap();
        // What SQLite does by itself after some write errors; sqlx does not hear of it.
        sqlx::raw_sql("ROLLBACK").execute(&mut *transaction).await.unwrap();
        drop(transaction);
        drop(writer);
        write(&file, "INSERT INTO t VALUES (1, NULL)").await.unwrap();
        assert_eq!(count(&file).await, round.to_string());
    }
    let mut writer = file.writer().await;
    let mut transaction = writer.begin().await.unwrap();
    for (question, _, expected) in DURABLE {
        assert_eq!(one(&mut transaction, question).await.unwrap(), expected, "{question} after replacement");
    }
}

#[tokio::test]
async fn a_reader_whose_transaction_sqlite_ended_is_not_used_again() {
    let folder = tempfile::tempdir().unwrap();
    let file = file(&folder).await;
    for round in 0..8 {
        let mut reader = file.read().await.unwrap();
        sqlx::raw_sql("ROLLBACK").execute(&mut *reader).await.unwrap();
        drop(reader);
        for _ in 0..8 {
            assert_eq!(count(&file).await, round.to_string());
        }
        write(&file, "INSERT INTO t VALUES (1, NULL)").await.unwrap();
    }
}

#[tokio::test]
async fn a_writer_whose_worker_died_is_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let file = file(&folder).await;
    let mut writer = file.writer().await;
    writer.connection = None;
    drop(writer);
    write(&file, "INSERT INTO t VALUES (1, NULL)").await.unwrap();
    assert_eq!(count(&file).await, "1");
    file.close().await;
    let closed = write(&file, "INSERT INTO t VALUES (1, NULL)").await.unwrap_err();
    assert!(matches!(closed, LedgerError::Unavailable { kind: Unavailability::Closed, .. }));
}

#[tokio::test]
async fn settings_are_as_durable_as_the_ledger() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("settings.db");
    SettingsStore::open(&path).await.unwrap().close().await;
    let mut candidate = Candidate::open(&path, &KIND, Look::Whole).await.unwrap();
    assert_durable(&path, candidate.connection()).await.unwrap();
}

/// What somebody does to the files under an open till.
#[cfg(unix)]
type Move = fn(&Path);

#[cfg(unix)]
fn moves() -> [(&'static str, Move); 5] {
    [
        ("the folder is removed", |path| std::fs::remove_dir_all(path.parent().unwrap()).unwrap()),
        ("the file is removed", |path| std::fs::remove_file(path).unwrap()),
        ("the file is replaced by a copy", |path| {
            let copy = path.with_extension("copy");
            std::fs::copy(path, &copy).unwrap();
            std::fs::rename(copy, path).unwrap();
        }),
        ("the log is removed", |path| std::fs::remove_file(path.with_extension("db-wal")).unwrap()),
        ("the folder is moved", |path| {
            let folder = path.parent().unwrap();
            std::fs::rename(folder, folder.with_extension("elsewhere")).unwrap();
        }),
    ]
}

#[cfg(unix)]
#[tokio::test]
async fn a_file_that_no_longer_lies_where_it_was_opened_is_neither_written_nor_read() {
    for (what, happens) in moves() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("data").join("x.db");
        std::fs::create_dir(path.parent().unwrap()).unwrap();
        let file = Candidate::open(&path, &KIND, Look::Whole).await.unwrap().migrate(&KIND).await.unwrap();
        write(&file, "CREATE TABLE t (n INTEGER, filler BLOB)").await.unwrap();
        write(&file, "INSERT INTO t VALUES (1, NULL)").await.unwrap();
        assert_eq!(count(&file).await, "1");
        happens(&path);
        for _ in 0..2 {
            let refused = write(&file, "INSERT INTO t VALUES (2, NULL)").await.unwrap_err();
            let is_told = matches!(refused, LedgerError::Unavailable { kind: Unavailability::Moved, .. });
            assert!(is_told, "{what}: {refused:?}");
        }
        let refused = file.read().await.err();
        let is_told = matches!(refused, Some(LedgerError::Unavailable { kind: Unavailability::Moved, .. }));
        assert!(is_told, "{what}: {refused:?}");
    }
}

#[cfg(unix)]
#[tokio::test]
async fn a_folder_that_is_put_back_is_used_again() {
    let folder = tempfile::tempdir().unwrap();
    let (here, elsewhere) = (folder.path().join("data"), folder.path().join("elsewhere"));
    std::fs::create_dir(&here).unwrap();
    let file =
        Candidate::open(&here.join("x.db"), &KIND, Look::Whole).await.unwrap().migrate(&KIND).await.unwrap();
    write(&file, "CREATE TABLE t (n INTEGER, filler BLOB)").await.unwrap();
    std::fs::rename(&here, &elsewhere).unwrap();
    write(&file, "INSERT INTO t VALUES (1, NULL)").await.unwrap_err();
    std::fs::rename(&elsewhere, &here).unwrap();
    write(&file, "INSERT INTO t VALUES (1, NULL)").await.unwrap();
    assert_eq!(count(&file).await, "1");
}

#[tokio::test]
async fn a_writer_that_is_replaced_knows_its_side_files_again() {
    let folder = tempfile::tempdir().unwrap();
    let file = file(&folder).await;
    for _ in 0..3 {
        // The last connection takes the side files with it; the next one begins others.
        let mut writer = file.writer().await;
        writer.connection.take().unwrap().close().await.unwrap();
        drop(writer);
        write(&file, "INSERT INTO t VALUES (1, NULL)").await.unwrap();
        assert_eq!(file.holds().map_err(|error| error.to_string()), Ok(()));
    }
}
