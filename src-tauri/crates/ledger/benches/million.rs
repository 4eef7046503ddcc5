//! The ledger with years in it: what screens ask, against the plain way of asking the same in the same run.
//!
//! Fills a ledger with `ENCAISSE_BENCH_ROWS` payments (a million unless said) in `ENCAISSE_BENCH_DIR`, where the export
//! benchmark finds it, then asks. Prints one line per row of the table: ours, baseline, ratio, target. The rows are put
//! there past the ledger, without its chain: nothing here is about the chain.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::float_arithmetic,
    clippy::cast_precision_loss,
    reason = "a benchmark speaks, divides, and ends when something is wrong"
)]

use domain::{DayRule, Mode, PaymentId};
use ledger::{HistoryFilter, Ledger, SettingsStore};
use rusqlite::{Connection, OpenFlags, params};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

const START_MS: i64 = 1_500_000_000_000;
/// A payment every five minutes: about three hundred a day.
const STEP_MS: i64 = 288_000;
const ASKED: usize = 300;

fn main() {
    let rows: i64 = std::env::var("ENCAISSE_BENCH_ROWS").ok().map_or(1_000_000, |text| text.parse().unwrap());
    let folder = std::env::var_os("ENCAISSE_BENCH_DIR")
        .map_or_else(|| std::env::temp_dir().join("encaisse-bench"), PathBuf::from);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join("training.sqlite3");
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(run(&folder, &path, rows));
}

async fn open(path: &Path) -> Ledger {
    Ledger::open(path, Mode::Training, DayRule::default(), [0; 16], START_MS).await.unwrap()
}

async fn run(folder: &Path, path: &Path, rows: i64) {
    SettingsStore::open(&folder.join("settings.sqlite3")).await.unwrap().close().await;
    open(path).await.close().await;
    let begun = Instant::now();
    fill(path, rows);
    println!("# {rows} payments written in {:.0} s", begun.elapsed().as_secs_f64());
    let begun = Instant::now();
    let ledger = open(path).await;
    println!("# opened in {:.2} s", begun.elapsed().as_secs_f64());
    let plain = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
    println!("what|ours p50 ms|ours p99 ms|baseline|baseline p50 ms|ratio|target|met");

    let mut random = Random(42);
    let at: Vec<i64> = (0..ASKED).map(|_| random.below(rows) + 1).collect();
    let all = HistoryFilter::default();
    let ours = timed(&at, async |seq| ledger.history(&all, Some(seq), 100).await.unwrap().len()).await;
    let base = measured(&at[..20], |seq| {
        count(&plain, "SELECT * FROM payment ORDER BY seq DESC LIMIT 100 OFFSET ?", rows - seq)
    });
    // A page of 100 whole payments with all their columns.
    told("history, window of 100", &ours, "OFFSET", &base, "p99 ≤ 1 × OFFSET's p50", ours.p99 <= base.p50);

    let ours = timed(&at, async |seq| ledger.payment(&id(seq)).await.unwrap().is_some()).await;
    let base = measured(&at, |seq| {
        plain
            .prepare("SELECT * FROM payment WHERE id = ?")
            .unwrap()
            .query_row([id(seq).as_str()], |row| row.get::<_, i64>(0))
            .unwrap()
    });
    told("payment by id", &ours, "bare statement", &base, "p99 ≤ 0.5 ms", ours.p99 <= ms(0.5));

    for (what, text, target) in [
        ("search: part of a number", fragment as fn(i64) -> String, 50.0),
        ("search: amount", |seq| amount(seq).to_string(), 50.0),
        ("search: first digits", |seq| number(seq)[..5].to_owned(), 50.0),
        ("search: our reference", |seq| id(seq).as_str()[..18].to_owned(), 50.0),
        ("search: two digits", |seq| number(seq)[..2].to_owned(), 50.0),
        ("search: nothing like it", |seq| format!("zz{seq}"), 50.0),
    ] {
        let ours = timed(&at, async |seq| {
            let filter = HistoryFilter { text: text(seq), ..HistoryFilter::default() };
            ledger.history(&filter, None, 41).await.unwrap().len()
        })
        .await;
        let base = measured(&at[..8], |seq| {
            let like = format!("%{}%", text(seq));
            let sql = "SELECT seq FROM payment WHERE phone LIKE ?1 OR id LIKE ?1 OR request_id LIKE ?1 \
                       OR CAST(amount_xof AS TEXT) LIKE ?1 OR CAST(receipt_number AS TEXT) LIKE ?1";
            let mut statement = plain.prepare(sql).unwrap();
            statement.query_map([like], |row| row.get::<_, i64>(0)).unwrap().count()
        });
        told(what, &ours, "LIKE scan", &base, "p99 ≤ 50 ms", ours.p99 <= ms(target));
    }

    let rule = DayRule::default();
    let day = |seq: i64| rule.day_of(START_MS + seq * STEP_MS).unwrap();
    let ours = timed(&at, async |seq| ledger.totals(day(seq), day(seq)).await.unwrap().entries()).await;
    let sums =
        "SELECT COUNT(*), SUM(amount_xof) FROM ledger_entry WHERE business_day BETWEEN ? AND ? GROUP BY kind";
    let base = measured(&at, |seq| {
        let day = day(seq).to_string();
        let mut statement = plain.prepare(sums).unwrap();
        statement.query_map([&day, &day], |row| row.get::<_, i64>(0)).unwrap().count()
    });
    told("one day's totals", &ours, "SUM over its entries", &base, "p99 ≤ 5 ms", ours.p99 <= ms(5.0));

    let ours = timed(&at, async |seq| {
        let (from, to) = day(seq).month();
        ledger.hours(from, to).await.unwrap().len()
    })
    .await;
    let base = measured(&at[..60], |seq| {
        let (from, to) = day(seq).month();
        let sql = "SELECT business_day, COUNT(*), SUM(amount_xof) FROM ledger_entry \
                   WHERE business_day BETWEEN ? AND ? GROUP BY 1";
        let mut statement = plain.prepare(sql).unwrap();
        statement.query_map([from.to_string(), to.to_string()], |row| row.get::<_, i64>(1)).unwrap().count()
    });
    told("month by day", &ours, "SUM over its entries", &base, "p99 ≤ 5 ms", ours.p99 <= ms(5.0));
    ledger.close().await;
}

/// What a question took, over many.
struct Times {
    p50: Duration,
    p99: Duration,
}

fn ms(value: f64) -> Duration {
    Duration::from_secs_f64(value / 1_000.0)
}

fn times(mut all: Vec<Duration>) -> Times {
    all.sort();
    Times { p50: all[all.len() / 2], p99: all[(all.len() - 1) * 99 / 100] }
}

async fn timed<T>(at: &[i64], mut ask: impl AsyncFnMut(i64) -> T) -> Times {
    let mut all = Vec::with_capacity(at.len());
    for seq in at {
        let begun = Instant::now();
        std::hint::black_box(ask(*seq).await);
        all.push(begun.elapsed());
    }
    times(all)
}

fn measured<T>(at: &[i64], mut ask: impl FnMut(i64) -> T) -> Times {
    let each = at.iter().map(|seq| {
        let begun = Instant::now();
        std::hint::black_box(ask(*seq));
        begun.elapsed()
    });
    times(each.collect())
}

fn told(what: &str, ours: &Times, against: &str, base: &Times, target: &str, met: bool) {
    let ms = |time: Duration| time.as_secs_f64() * 1_000.0;
    println!(
        "{what}|{:.2}|{:.2}|{against}|{:.2}|{:.3}|{target}|{}",
        ms(ours.p50),
        ms(ours.p99),
        ms(base.p50),
        ours.p50.as_secs_f64() / base.p50.as_secs_f64(),
        if met { "yes" } else { "NO" }
    );
}

fn count(plain: &Connection, sql: &str, bound: i64) -> usize {
    let mut statement = plain.prepare(sql).unwrap();
    statement.query_map([bound], |row| row.get::<_, i64>(0)).unwrap().count()
}

/// The same numbers in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, end: i64) -> i64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        i64::try_from(self.0 >> 33).unwrap() % end
    }
}

fn mixed(seq: i64) -> i64 {
    Random(u64::try_from(seq).unwrap().wrapping_mul(0x9E37_79B9_7F4A_7C15)).below(1 << 30)
}

fn number(seq: i64) -> String {
    let prefix = [90, 91, 92, 93, 70, 71][usize::try_from(mixed(seq) % 6).unwrap()];
    format!("{prefix}{:06}", mixed(seq / 3) % 1_000_000)
}

fn amount(seq: i64) -> i64 {
    100 + mixed(seq) % 40_000 * 50
}

fn id(seq: i64) -> PaymentId {
    let mut random = [0; 10];
    random[2..].copy_from_slice(&mixed(seq).to_be_bytes());
    PaymentId::from_parts(START_MS + seq * STEP_MS, random)
}

/// Five digits from the middle of a number.
fn fragment(seq: i64) -> String {
    number(seq)[2..7].to_owned()
}

fn fill(path: &Path, rows: i64) {
    let mut connection = Connection::open(path).unwrap();
    connection.execute_batch("PRAGMA synchronous = OFF; PRAGMA cache_size = -200000;").unwrap();
    let triggers: Vec<String> = connection
        .prepare("SELECT 'DROP TRIGGER ' || name FROM sqlite_schema WHERE type = 'trigger'")
        .unwrap()
        .query_map([], |row| row.get(0))
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap();
    connection.execute_batch(&triggers.join(";")).unwrap();
    let rule = DayRule::default();
    let transaction = connection.transaction().unwrap();
    {
        let mut payment = transaction
            .prepare(
                "INSERT INTO payment (seq, id, intent_id, version, state, amount_xof, phone, phone_salt, \
                 phone_commitment, operator_key, cashier, created_at_ms, accepted_at_ms, resolved_at_ms, done_at_ms, \
                 token, operator_id, operator_name, request_id, receipt_number) \
                 VALUES (?1, ?2, ?1, 4, 'paid', ?3, ?4, zeroblob(16), ?5, 'YAS TOGO', ?6, ?7, ?7, ?8, ?8, 't', '3', \
                 'YAS TOGO', ?9, ?1)",
            )
            .unwrap();
        let mut entry = transaction
            .prepare(
                "INSERT INTO ledger_entry (seq, at_ms, business_day, kind, amount_xof, payment_id, receipt_number, \
                 operator_id, request_id, phone_commitment, prev_hash, hash) \
                 VALUES (?1, ?2, ?3, 'verified', ?4, ?5, ?1, '3', ?6, ?7, ?7, ?7)",
            )
            .unwrap();
        for seq in 1..=rows {
            let (created, id) = (START_MS + seq * STEP_MS, id(seq));
            let hash = format!("{:064x}", mixed(seq));
            let request = format!("P{}", 1_000_000_000_000 + mixed(seq));
            let cashier = ["Afi", "Kossi", "Ama"][usize::try_from(seq % 3).unwrap()];
            payment
                .execute(params![
                    seq,
                    id.as_str(),
                    amount(seq),
                    number(seq),
                    hash,
                    cashier,
                    created,
                    created + 21_000,
                    request
                ])
                .unwrap();
            let day = rule.day_of(created + 21_000).unwrap().to_string();
            entry
                .execute(params![seq, created + 21_000, day, amount(seq), id.as_str(), request, hash])
                .unwrap();
        }
    }
    transaction
        .execute_batch(
            "INSERT INTO hour_total SELECT business_day, at_ms / 3600000 % 24, kind, COUNT(*), SUM(amount_xof) \
             FROM ledger_entry GROUP BY 1, 2, 3; \
             INSERT INTO payment_search (rowid, words) \
             SELECT seq, concat_ws(' ', phone, amount_xof, receipt_number, id, request_id) FROM payment;",
        )
        .unwrap();
    transaction.commit().unwrap();
    connection.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
}
