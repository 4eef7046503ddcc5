//! Exports of the ledger that the ledger's benchmark left in `ENCAISSE_BENCH_DIR`, against `sqlite3 -csv` writing the same
//! columns in the same run.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::float_arithmetic,
    reason = "a benchmark speaks, divides, and ends when something is wrong"
)]

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;
use till::domain::{EntryRange, Mode};
use till::{Archive, ExportRequest, Format};

const ROUNDS: usize = 3;

fn main() {
    let Some(folder) = std::env::var_os("ENCAISSE_BENCH_DIR").map(PathBuf::from) else {
        println!("# ENCAISSE_BENCH_DIR names no ledger: run `cargo xtask bench`");
        return;
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let archive = runtime.block_on(Archive::open(&folder)).unwrap();
    let day = |text: &str| text.parse().unwrap();
    let range = EntryRange::Days { from: day("2000-01-01"), to: day("2200-01-01") };
    let out = folder.join("out");
    std::fs::create_dir_all(&out).unwrap();
    println!("what|ours s|baseline|baseline s|ratio|target|met");
    let base = best(|| sqlite3(&folder, &out));
    for (format, target) in
        [(Format::CsvStandard, 1.0 / 1.3), (Format::CsvFrench, 1.0 / 1.3), (Format::JsonLines, f64::INFINITY)]
    {
        let mut rows = 0;
        let ours = best(|| {
            let request = ExportRequest { range, format, whole_numbers: true };
            rows = runtime.block_on(archive.export(Mode::Training, request, &out, None)).unwrap().entries;
        });
        let met = ours / base <= target;
        let target = if target.is_finite() { format!("ratio ≤ {target:.2}") } else { "none".to_owned() };
        println!(
            "{} of {rows} entries|{ours:.2}|sqlite3 -csv|{base:.2}|{:.2}|{target}|{}",
            format.as_str(),
            ours / base,
            if met { "yes" } else { "NO" }
        );
    }
    println!("# most memory held: {} MiB", peak_mib());
}

fn best(mut run: impl FnMut()) -> f64 {
    (0..ROUNDS)
        .map(|_| {
            let begun = Instant::now();
            run();
            begun.elapsed().as_secs_f64()
        })
        .fold(f64::MAX, f64::min)
}

fn sqlite3(folder: &Path, out: &Path) {
    let sql = "SELECT entry.seq, entry.business_day, strftime('%Y-%m-%dT%H:%M:%S+00:00', entry.at_ms / 1000, 'unixepoch'), \
        entry.kind, entry.amount_xof, entry.receipt_number, payment.phone, payment.operator_name, entry.request_id, \
        entry.payment_id, payment.cashier, entry.who, entry.reason, entry.reference, entry.reverses, \
        (SELECT CASE WHEN last_entry < entry.seq THEN number END FROM closing \
         WHERE closing.at_ms > payment.created_at_ms ORDER BY closing.at_ms LIMIT 1), entry.hash \
        FROM ledger_entry AS entry JOIN payment ON payment.id = entry.payment_id ORDER BY entry.seq";
    let file = std::fs::File::create(out.join("baseline.csv")).unwrap();
    let status = Command::new("sqlite3")
        .args(["-readonly", "-csv", "-header"])
        .arg(folder.join("training.sqlite3"))
        .arg(sql)
        .stdout(file)
        .stdin(Stdio::null())
        .status()
        .unwrap();
    assert!(status.success());
}

/// The most memory this process ever held, where the system tells.
fn peak_mib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap_or_default();
    line.split_whitespace().nth(1).and_then(|kib| kib.parse::<u64>().ok()).unwrap_or_default() / 1024
}
