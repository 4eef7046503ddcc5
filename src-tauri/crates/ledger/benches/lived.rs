//! A ledger that was lived: every payment recorded, sent, accepted and paid through the ledger's own doors, on a real disk,
//! with the chain. Prints what a commit costs beside a bare commit of sqlx in the same run, how fast the whole is verified,
//! and what a backup costs, and costs the till while it is made.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::float_arithmetic,
    clippy::cast_precision_loss,
    clippy::panic,
    reason = "a benchmark speaks, divides, and ends when something is wrong"
)]

#[path = "shared/table.rs"]
mod table;

use domain::{DayRule, Event, Mode, PaymentId, PhoneNumber, Xof};
use ledger::{Change, ConfirmFacts, Ledger, NewPayment, Payment, RecordOutcome, Token, What, write_backup};
use rusqlite::{Connection, OpenFlags};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use table::{Times, measured, ms, times, told};

const START_MS: i64 = 1_700_000_000_000;
const STEP_MS: i64 = 288_000;
/// How often a bare commit is made between ours.
const EVERY: i64 = 10;

fn main() {
    let payments: i64 =
        std::env::var("ENCAISSE_BENCH_LIVED").ok().map_or(25_000, |text| text.parse().unwrap());
    let folder = std::env::var_os("ENCAISSE_BENCH_DIR")
        .map_or_else(|| std::env::temp_dir().join("encaisse-bench"), PathBuf::from)
        .join("lived");
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    println!("# inputs: {payments} payments lived (ENCAISSE_BENCH_LIVED), four commits each");
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .unwrap()
        .block_on(run(&folder, payments));
    std::fs::remove_dir_all(&folder).unwrap();
}

async fn run(folder: &Path, payments: i64) {
    let path = folder.join("live.sqlite3");
    let ledger = open(&path).await;
    let mut bare = bare(&folder.join("bare.sqlite3")).await;
    let (mut charge, mut paid, mut plain) = (Vec::new(), Vec::new(), Vec::new());
    for number in 0..payments {
        let begun = Instant::now();
        let payment = charged(&ledger, number).await;
        charge.push(begun.elapsed());
        let payment = moved(&ledger, &payment, accepted()).await;
        let begun = Instant::now();
        moved(&ledger, &payment, completed()).await;
        paid.push(begun.elapsed());
        if number % EVERY == 0 {
            let begun = Instant::now();
            committed(&mut bare, number).await;
            plain.push(begun.elapsed());
        }
    }
    println!("what|ours p50 ms|ours p99 ms|baseline|baseline p50 ms|ratio|target|met");
    let (charge, paid, plain) = (times(charge), times(paid), times(plain));
    let commits = commits_of_a_charge(&ledger, &path, payments).await;
    let each = Times { p50: charge.p50 / 2, p99: charge.p99 / 2 };
    told("recording a charge", &charge, "a bare commit of sqlx", &plain, "p99 ≤ 5 ms", charge.p99 <= ms(5.0));
    let ratio = each.p50.as_secs_f64() / plain.p50.as_secs_f64();
    told("one commit of it", &each, "a bare commit of sqlx", &plain, "ratio ≤ 1.5", ratio <= 1.5);
    told(
        "paid, receipt and entry",
        &paid,
        "a bare commit of sqlx",
        &plain,
        "p99 ≤ 5 ms",
        paid.p99 <= ms(5.0),
    );
    println!("# commits of a charge before its request may leave: {commits} (target ≤ 2)");

    let bare_check = measured(&[0; 3], |_| check(&path));
    let begun = Instant::now();
    let verified = ledger.verify_chains().await.unwrap();
    let took = begun.elapsed();
    assert_eq!(verified.first_bad, None);
    let rows = (verified.entries + verified.journal_rows) as f64;
    let rate = rows / took.as_secs_f64();
    let target = "≥ 0.6 M rows/s";
    told(
        "both chains",
        &Times::once(took),
        "SQLite's integrity check",
        &bare_check,
        target,
        rate >= 600_000.0,
    );
    println!("# {rate:.0} chained rows verified a second, of {rows}");
    let begun = Instant::now();
    assert_eq!(ledger.verify().await.unwrap().first_bad, None);
    let took = begun.elapsed();
    told("verifying all", &Times::once(took), "SQLite's integrity check", &bare_check, "none", true);

    backed_up(folder, &ledger, payments + 1, rows + payments as f64, &charge).await;
    ledger.close().await;
}

async fn backed_up(folder: &Path, ledger: &Ledger, next: i64, rows: f64, idle: &Times) {
    let path = ledger.path().to_owned();
    let copy = folder.join("bare-copy.sqlite3");
    let vacuum = measured(&[0], |_| {
        let sql = format!("VACUUM INTO '{}'", copy.display());
        read_only(&path).execute_batch(&sql).unwrap();
    });
    let begun = Instant::now();
    let to = folder.join("copy.encaisse");
    let backup = tokio::spawn(async move { write_backup(&path, &to, Box::new(|_, _| None)).await });
    let (mut number, mut meanwhile) = (next, Vec::new());
    while !backup.is_finished() {
        let begun = Instant::now();
        charged(ledger, number).await;
        meanwhile.push(begun.elapsed());
        number += 1;
        // A cashier is not that fast either.
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    backup.await.unwrap().unwrap();
    let took = begun.elapsed();
    let per_million = took.as_secs_f64() / rows * 1_000_000.0;
    let target = "≤ 3 s per M rows";
    told("backup, verified", &Times::once(took), "bare VACUUM INTO", &vacuum, target, per_million <= 3.0);
    println!("# {per_million:.1} s per million rows, of {rows}");
    let meanwhile = times(meanwhile);
    let usable = meanwhile.p99 <= ms(50.0);
    told("recording a charge meanwhile", &meanwhile, "with no backup", idle, "p99 ≤ 50 ms", usable);
}

async fn open(path: &Path) -> Ledger {
    Ledger::open(path, Mode::Live, DayRule::default(), [7; 16], START_MS).await.unwrap()
}

/// Recorded, and about to be sent: what must be on disk before a request may leave.
async fn charged(ledger: &Ledger, number: i64) -> Payment {
    let at_ms = START_MS + number * STEP_MS;
    let mut random = [0; 10];
    random[2..].copy_from_slice(&number.to_be_bytes());
    let new = NewPayment {
        id: PaymentId::from_parts(at_ms, random),
        intent_id: format!("sale-{number}"),
        amount: Xof::new(5_000),
        phone: PhoneNumber::parse(&format!("90{:06}", number % 1_000_000)).unwrap(),
        phone_salt: [u8::try_from(number % 251).unwrap(); 16],
        cashier: "Kossi".to_owned(),
        previous: None,
        at_ms,
    };
    let RecordOutcome::New(payment) = ledger.record(new).await.unwrap() else { panic!("recorded before") };
    let sent = What::SubmissionStarted {
        server: "https://app.ligdicash.com".to_owned(),
        credential_set: "keys-1".to_owned(),
    };
    moved(ledger, &payment, sent).await
}

fn accepted() -> What {
    What::Accepted { token: Token::new("a token of a usual length".to_owned()), next_check_at_ms: START_MS }
}

fn completed() -> What {
    What::Checked {
        event: Event::ConfirmCompleted,
        facts: ConfirmFacts {
            operator_id: Some("3".to_owned()),
            operator_name: Some("YAS TOGO".to_owned()),
            request_id: Some("P20261124.1200.A1".to_owned()),
            confirmed_amount: Some(Xof::new(5_000)),
            ..ConfirmFacts::default()
        },
        problem: None,
        asked_at_ms: START_MS,
        answered_at_ms: START_MS,
        next_check_at_ms: None,
        failures: 0,
    }
}

async fn moved(ledger: &Ledger, payment: &Payment, what: What) -> Payment {
    let at_ms = payment.created_at_ms + 1_000;
    let change =
        Change { id: payment.id.clone(), version: payment.version, at_ms, what, note: String::new() };
    ledger.apply(change).await.unwrap().payment
}

/// Counts the commits in the log: a frame that ends one carries the size of the file.
async fn commits_of_a_charge(ledger: &Ledger, path: &Path, number: i64) -> usize {
    let log = path.with_file_name("live.sqlite3-wal");
    Connection::open(path).unwrap().execute_batch("PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
    charged(ledger, number).await;
    let bytes = std::fs::read(log).unwrap();
    let page = usize::try_from(u32::from_be_bytes(bytes[8..12].try_into().unwrap())).unwrap();
    bytes[32..].chunks(24 + page).filter(|frame| frame[4..8] != [0; 4]).count()
}

/// A table as wide as a payment, with as many indexes, and the same durability.
async fn bare(path: &Path) -> SqliteConnection {
    let mut connection = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .connect()
        .await
        .unwrap();
    let table = "CREATE TABLE sale (seq INTEGER PRIMARY KEY, id TEXT UNIQUE, phone TEXT, at INTEGER, filler TEXT); \
                 CREATE INDEX sale_phone ON sale (phone); CREATE INDEX sale_at ON sale (at);";
    sqlx::raw_sql(table).execute(&mut connection).await.unwrap();
    connection
}

async fn committed(bare: &mut SqliteConnection, number: i64) {
    let mut transaction = bare.begin().await.unwrap();
    sqlx::query("INSERT INTO sale VALUES (?, ?, ?, ?, ?)")
        .bind(number)
        .bind(format!("{number:032}"))
        .bind(format!("90{number:06}"))
        .bind(START_MS + number)
        .bind("x".repeat(230))
        .execute(&mut *transaction)
        .await
        .unwrap();
    transaction.commit().await.unwrap();
}

fn read_only(path: &Path) -> Connection {
    Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap()
}

fn check(path: &Path) -> String {
    read_only(path).query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap()
}
