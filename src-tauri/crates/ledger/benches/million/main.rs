//! The ledger with years in it: what screens ask, against the plain way of asking the same in the same run, and how each
//! question's time grows with the rows.
//!
//! Fills a ledger with `ENCAISSE_BENCH_ROWS` payments (a million unless said) in `ENCAISSE_BENCH_DIR`, where the export
//! benchmark finds it, stopping at each power of ten from a thousand on to ask everything. Prints one line per row of the
//! table: ours, baseline, ratio, target; then the curves. The rows are put there past the ledger, without its chain:
//! nothing here is about the chain. The last ones of each size are a real morning's, because every opening reads the
//! chain's end. With `ENCAISSE_BENCH_FILL` it only fills.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::float_arithmetic,
    clippy::cast_precision_loss,
    reason = "a benchmark speaks, divides, and ends when something is wrong"
)]

mod fill;
#[path = "../shared/table.rs"]
mod table;

use domain::{BusinessDay, DayRule, Event, Mode, PhoneNumber, Xof};
use fill::{Random, START_MS, STEP_MS, amount, fill, fragment, id, number};
use ledger::{
    Change, ConfirmFacts, HistoryFilter, Ledger, NewPayment, Payment, RecordOutcome, SettingsStore, Token,
    What,
};
use rusqlite::{Connection, OpenFlags};
use std::path::{Path, PathBuf};
use std::time::Instant;
use table::{Times, measured, ms, times, told};

const ASKED: usize = 300;
/// More than this, from the fewest rows to the most, is not flat.
const FLAT: f64 = 2.0;
/// More than an opening reads.
const REAL: i64 = 100;

fn main() {
    let rows: i64 = std::env::var("ENCAISSE_BENCH_ROWS").ok().map_or(1_000_000, |text| text.parse().unwrap());
    let folder = std::env::var_os("ENCAISSE_BENCH_DIR")
        .map_or_else(|| std::env::temp_dir().join("encaisse-bench"), PathBuf::from);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join("training.sqlite3");
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    println!(
        "# inputs: {rows} payments, {ASKED} askings a question, one payment every {} s",
        STEP_MS / 1_000
    );
    runtime.block_on(run(&folder, &path, rows));
}

async fn open(path: &Path) -> Ledger {
    Ledger::open(path, Mode::Training, DayRule::default(), [0; 16], START_MS).await.unwrap()
}

async fn run(folder: &Path, path: &Path, rows: i64) {
    SettingsStore::open(&folder.join("settings.sqlite3")).await.unwrap().close().await;
    open(path).await.close().await;
    if std::env::var_os("ENCAISSE_BENCH_FILL").is_some() {
        fill(path, 0, rows);
        return morning(path, rows).await;
    }
    let mut sizes: Vec<i64> = (3..).map(|power| 10_i64.pow(power)).take_while(|size| *size < rows).collect();
    sizes.push(rows);
    let (mut filled, mut curves) = (0, Vec::new());
    for size in &sizes {
        fill(path, filled, *size);
        morning(path, *size).await;
        filled = *size + REAL;
        let begun = Instant::now();
        open(path).await.close().await;
        let whole = begun.elapsed();
        let begun = Instant::now();
        let ledger =
            Ledger::open_briefly(path, Mode::Training, DayRule::default(), [0; 16], START_MS).await.unwrap();
        let brief = begun.elapsed();
        let mut answers = vec![
            ("opening, whole file read", Times::once(whole)),
            ("opening, brief look", Times::once(brief)),
        ];
        answers.extend(Asking::of(&ledger, *size).everything().await);
        curves.push(answers);
        ledger.close().await;
    }
    grown(&sizes, &curves);
    // Last, because the plain ways take the longest.
    if let Some(answers) = curves.last() {
        against(path, rows, answers);
    }
}

/// Each asking of ours, one after the other.
async fn timed<T>(at: &[i64], mut ask: impl AsyncFnMut(i64) -> T) -> Times {
    let mut all = Vec::with_capacity(at.len());
    for seq in at {
        let begun = Instant::now();
        std::hint::black_box(ask(*seq).await);
        all.push(begun.elapsed());
    }
    times(all)
}

/// Payments made in the usual way, after `rows`.
async fn morning(path: &Path, rows: i64) {
    let ledger = open(path).await;
    for seq in rows + 1..=rows + REAL {
        sell(&ledger, seq).await;
    }
    ledger.close().await;
}

/// A payment as the till writes it, with its chain.
async fn sell(ledger: &Ledger, seq: i64) {
    let at_ms = START_MS + seq * STEP_MS;
    let new = NewPayment {
        id: id(seq),
        intent_id: seq.to_string(),
        amount: Xof::new(amount(seq)),
        phone: PhoneNumber::parse(&number(seq)).unwrap(),
        phone_salt: [7; 16],
        cashier: "Afi".to_owned(),
        previous: None,
        at_ms,
    };
    let RecordOutcome::New(recorded) = ledger.record(new).await.unwrap() else { unreachable!() };
    let apply = async |payment: Payment, what| {
        let (id, version) = (payment.id, payment.version);
        ledger.apply(Change { id, version, at_ms, what, note: String::new() }).await.unwrap().payment
    };
    let (server, credential_set) = ("http://127.0.0.1".to_owned(), "keys".to_owned());
    let submitting = apply(recorded, What::SubmissionStarted { server, credential_set }).await;
    let accepted = What::Accepted { token: Token::new("t".to_owned()), next_check_at_ms: at_ms };
    let pending = apply(submitting, accepted).await;
    let paid = What::Checked {
        event: Event::ConfirmCompleted,
        facts: ConfirmFacts { confirmed_amount: Some(Xof::new(amount(seq))), ..ConfirmFacts::default() },
        problem: None,
        asked_at_ms: at_ms,
        answered_at_ms: at_ms,
        next_check_at_ms: None,
        failures: 0,
    };
    apply(pending, paid).await;
}

/// What grows with the rows, and why that is as it must be.
const EXPLAINED: [(&str, &str); 6] = [
    ("opening, whole file read", "SQLite's own check reads the whole file"),
    (
        "search: part of a number",
        "every row with those digits is looked at, newest first, until a window is full",
    ),
    ("search: amount", "as above"),
    ("search: first digits", "as above"),
    ("search: two digits", "as above"),
    ("month by day", "a thousand payments are three days; from ten thousand on a month is whole"),
];

fn grown(sizes: &[i64], curves: &[Vec<(&'static str, Times)>]) {
    let heads: Vec<String> = sizes.iter().map(|size| format!("{size} rows, p50 ms")).collect();
    println!("what|{}|times as long|flat", heads.join("|"));
    let (Some(first), Some(last)) = (curves.first(), curves.last()) else { return };
    for (at, (what, most)) in last.iter().enumerate() {
        let cells: Vec<String> = curves
            .iter()
            .map(|answers| format!("{:.2}", answers[at].1.p50.as_secs_f64() * 1_000.0))
            .collect();
        let growth = most.p50.as_secs_f64() / first[at].1.p50.as_secs_f64();
        let why = EXPLAINED.iter().find(|(name, _)| name == what).map_or("NOT EXPLAINED", |(_, why)| why);
        let flat = if growth <= FLAT { "yes" } else { why };
        println!("{what}|{}|{growth:.1}|{flat}", cells.join("|"));
    }
}

/// What is typed to find a payment.
type Typed = fn(i64) -> String;

fn searches() -> [(&'static str, Typed); 6] {
    [
        ("search: part of a number", fragment),
        ("search: amount", |seq| amount(seq).to_string()),
        ("search: first digits", |seq| number(seq)[..5].to_owned()),
        ("search: our reference", |seq| id(seq).as_str()[..18].to_owned()),
        ("search: two digits", |seq| number(seq)[..2].to_owned()),
        ("search: nothing like it", |seq| format!("zz{seq}")),
    ]
}

fn day(seq: i64) -> BusinessDay {
    DayRule::default().day_of(START_MS + seq * STEP_MS).unwrap()
}

/// The same rows in every run.
fn chosen(rows: i64) -> Vec<i64> {
    let mut random = Random(42);
    (0..ASKED).map(|_| random.below(rows) + 1).collect()
}

/// Everything that screens ask.
struct Asking<'a> {
    ledger: &'a Ledger,
    at: Vec<i64>,
}

impl<'a> Asking<'a> {
    fn of(ledger: &'a Ledger, rows: i64) -> Self {
        Self { ledger, at: chosen(rows) }
    }

    async fn everything(&self) -> Vec<(&'static str, Times)> {
        let (ledger, at) = (self.ledger, &self.at);
        let all = HistoryFilter::default();
        let mut answers = vec![
            (
                "history, window of 100",
                timed(at, async |seq| ledger.history(&all, Some(seq), 100).await.unwrap().len()).await,
            ),
            ("payment by id", timed(at, async |seq| ledger.payment(&id(seq)).await.unwrap().is_some()).await),
        ];
        for (what, text) in searches() {
            let times = timed(at, async |seq| {
                let filter = HistoryFilter { text: text(seq), ..HistoryFilter::default() };
                ledger.history(&filter, None, 41).await.unwrap().len()
            });
            answers.push((what, times.await));
        }
        let totals = timed(at, async |seq| ledger.totals(day(seq), day(seq)).await.unwrap().entries());
        answers.push(("one day's totals", totals.await));
        let months = timed(at, async |seq| {
            let (from, to) = day(seq).month();
            ledger.hours(from, to).await.unwrap().len()
        });
        answers.push(("month by day", months.await));
        answers
    }
}

/// The table: each answer beside the plain way to it.
fn against(path: &Path, rows: i64, answers: &[(&'static str, Times)]) {
    let plain = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
    let at = chosen(rows);
    // A scan of ten million rows takes twelve seconds, each time.
    let scans = if rows > 1_000_000 { 2 } else { 8 };
    let ours = |what: &str| answers.iter().find(|(name, _)| *name == what).map(|(_, times)| times).unwrap();
    println!("what|ours p50 ms|ours p99 ms|baseline|baseline p50 ms|ratio|target|met");

    let base = measured(&at[..20], |seq| {
        count(&plain, "SELECT * FROM payment ORDER BY seq DESC LIMIT 100 OFFSET ?", rows - seq)
    });
    // A page of 100 whole payments with all their columns.
    let window = ours("history, window of 100");
    told("history, window of 100", window, "OFFSET", &base, "p99 ≤ 1 × OFFSET's p50", window.p99 <= base.p50);

    let base = measured(&at, |seq| {
        plain
            .prepare("SELECT * FROM payment WHERE id = ?")
            .unwrap()
            .query_row([id(seq).as_str()], |row| row.get::<_, i64>(0))
            .unwrap()
    });
    let one = ours("payment by id");
    told("payment by id", one, "bare statement", &base, "p99 ≤ 0.5 ms", one.p99 <= ms(0.5));

    for (what, text) in searches() {
        let base = measured(&at[..scans], |seq| {
            let like = format!("%{}%", text(seq));
            let sql = "SELECT seq FROM payment WHERE phone LIKE ?1 OR id LIKE ?1 OR request_id LIKE ?1 \
                       OR CAST(amount_xof AS TEXT) LIKE ?1 OR CAST(receipt_number AS TEXT) LIKE ?1";
            let mut statement = plain.prepare(sql).unwrap();
            statement.query_map([like], |row| row.get::<_, i64>(0)).unwrap().count()
        });
        told(what, ours(what), "LIKE scan", &base, "p99 ≤ 50 ms", ours(what).p99 <= ms(50.0));
    }

    let sums =
        "SELECT COUNT(*), SUM(amount_xof) FROM ledger_entry WHERE business_day BETWEEN ? AND ? GROUP BY kind";
    let base = measured(&at, |seq| {
        let day = day(seq).to_string();
        let mut statement = plain.prepare(sums).unwrap();
        statement.query_map([&day, &day], |row| row.get::<_, i64>(0)).unwrap().count()
    });
    let totals = ours("one day's totals");
    told("one day's totals", totals, "SUM over its entries", &base, "p99 ≤ 5 ms", totals.p99 <= ms(5.0));

    let base = measured(&at[..60], |seq| {
        let (from, to) = day(seq).month();
        let sql = "SELECT business_day, COUNT(*), SUM(amount_xof) FROM ledger_entry \
                   WHERE business_day BETWEEN ? AND ? GROUP BY 1";
        let mut statement = plain.prepare(sql).unwrap();
        statement.query_map([from.to_string(), to.to_string()], |row| row.get::<_, i64>(1)).unwrap().count()
    });
    let months = ours("month by day");
    told("month by day", months, "SUM over its entries", &base, "p99 ≤ 5 ms", months.p99 <= ms(5.0));
}

fn count(plain: &Connection, sql: &str, bound: i64) -> usize {
    let mut statement = plain.prepare(sql).unwrap();
    statement.query_map([bound], |row| row.get::<_, i64>(0)).unwrap().count()
}
