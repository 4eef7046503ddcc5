//! XLSX of a hundred thousand entries: ours against a bare loop over the same library, and against Python's XlsxWriter, in
//! the same run.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::float_arithmetic,
    reason = "a benchmark speaks, divides, and ends when something is wrong"
)]

use documents::{Accounts, ExportOptions, Format};
use domain::{DayRule, EntryKind, EntryRow, Mode, ShopIdentity, Xof};
use rust_xlsxwriter::Workbook;
use std::process::Command;
use std::time::Instant;

const ROWS: u32 = 100_000;
const ROUNDS: usize = 3;
const HASH: &str = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
const ID: &str = "01a20d6d-5a00-7000-8000-000000000000";

fn main() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    println!("what|ours s|baseline|baseline s|ratio|target|met");
    let ours = best(|| ours(&path("ours.xlsx")));
    let bare = best(|| bare(&path("bare.xlsx")));
    let word = |met: bool| if met { "yes" } else { "NO" };
    println!(
        "xlsx of {ROWS} entries|{ours:.2}|bare loop|{bare:.2}|{:.2}|ratio ≤ 1.3|{}",
        ours / bare,
        word(ours / bare <= 1.3)
    );
    let python = best(|| python(path("python.xlsx").to_str().unwrap()));
    println!(
        "xlsx of {ROWS} entries|{ours:.2}|XlsxWriter|{python:.2}|{:.3}|ratio ≤ 1/7|{}",
        ours / python,
        word(python / ours >= 7.0)
    );
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

fn ours(path: &std::path::Path) {
    let options = ExportOptions {
        shop: ShopIdentity { name: "Boutique".to_owned(), ..ShopIdentity::default() },
        mode: Mode::Live,
        title: "2026".to_owned(),
        whole_numbers: true,
        rule: DayRule::default(),
        accounts: Accounts::default(),
        end: domain::LedgerEnd::default(),
    };
    let mut file = std::fs::File::create(path).unwrap();
    let mut writer = documents::begin(Format::Xlsx, options, &mut file).unwrap();
    for number in 1..=i64::from(ROWS) {
        let kind = EntryKind::Verified;
        let row = EntryRow {
            number,
            at_ms: 1_795_521_600_000 + number,
            day: "2026-11-24".parse().unwrap(),
            kind,
            class: kind.class(false),
            amount: Xof::new(100 + number),
            payment: ID,
            receipt_number: Some(number),
            reverses: None,
            from_closing: None,
            phone: Some("90123456"),
            operator: Some("YAS TOGO"),
            request_id: Some("P20261124.000017"),
            cashier: "Kossi",
            who: None,
            reason: None,
            reference: None,
            hash: HASH,
        };
        writer.write(&row).unwrap();
    }
    writer.finish().unwrap();
}

/// The same cells and formats, and nothing else.
fn bare(path: &std::path::Path) {
    let mut workbook = Workbook::new();
    let date = rust_xlsxwriter::Format::new().set_num_format("dd/mm/yyyy");
    let time = rust_xlsxwriter::Format::new().set_num_format("hh:mm:ss");
    let amount = rust_xlsxwriter::Format::new().set_num_format("#,##0");
    let sheet = workbook.add_worksheet_with_constant_memory().unwrap();
    for row in 1..=ROWS {
        let day = rust_xlsxwriter::ExcelDateTime::parse_from_str("2026-11-24").unwrap();
        let clock = rust_xlsxwriter::ExcelDateTime::parse_from_str("12:00:00").unwrap();
        sheet.write_number(row, 0, f64::from(row)).unwrap();
        sheet.write_datetime_with_format(row, 1, &day, &date).unwrap();
        sheet.write_datetime_with_format(row, 2, &day, &date).unwrap();
        sheet.write_datetime_with_format(row, 3, &clock, &time).unwrap();
        sheet.write_string(row, 4, "Vérifié").unwrap();
        sheet.write_number_with_format(row, 5, f64::from(100 + row), &amount).unwrap();
        sheet.write_number(row, 6, f64::from(row)).unwrap();
        for (column, text) in (7u16..).zip(["90 12 34 56", "YAS TOGO", "P20261124.000017", ID, "Kossi"]) {
            sheet.write_string(row, column, text).unwrap();
        }
        sheet.write_string(row, 17, HASH).unwrap();
    }
    workbook.save(path).unwrap();
}

fn python(path: &str) {
    let script = format!(
        "import sys,datetime,xlsxwriter\n\
         book=xlsxwriter.Workbook(sys.argv[1],{{'constant_memory':True}})\n\
         date=book.add_format({{'num_format':'dd/mm/yyyy'}}); time=book.add_format({{'num_format':'hh:mm:ss'}}); \
         amount=book.add_format({{'num_format':'#,##0'}})\n\
         sheet=book.add_worksheet(); day=datetime.datetime(2026,11,24); clock=datetime.time(12)\n\
         for r in range(1,{ROWS}+1):\n\
         \x20 sheet.write_number(r,0,r); sheet.write_datetime(r,1,day,date); sheet.write_datetime(r,2,day,date)\n\
         \x20 sheet.write_datetime(r,3,clock,time); sheet.write_string(r,4,'Vérifié'); sheet.write_number(r,5,100+r,amount)\n\
         \x20 sheet.write_number(r,6,r)\n\
         \x20 for c,t in enumerate(['90 12 34 56','YAS TOGO','P20261124.000017','{ID}','Kossi']): sheet.write_string(r,7+c,t)\n\
         \x20 sheet.write_string(r,17,'{HASH}')\n\
         book.close()"
    );
    assert!(Command::new("/usr/bin/python3").args(["-c", &script, path]).status().unwrap().success());
}
