//! The sum of every file is the ledger's sum: over days, cut-off hours, late money, acceptances and refunds.

use domain::{DayRule, DecisionKind, EntryRange, Event, Mode, PaymentId, PhoneNumber, Xof};
use ledger::{
    Change, ConfirmFacts, Decision, Ledger, NewPayment, Payment, RecordOutcome, SettingsStore, Token, What,
};
use std::path::Path;
use till::{Archive, ExportError, ExportRequest, Format, TillError};

const NOON: i64 = 1_795_521_600_000; // 2026-11-24T12:00:00Z
const HOUR: i64 = 3_600_000;

async fn moved(ledger: &Ledger, payment: &Payment, at_ms: i64, what: What) -> Payment {
    let change =
        Change { id: payment.id.clone(), version: payment.version, at_ms, what, note: String::new() };
    ledger.apply(change).await.unwrap().payment
}

async fn waiting(ledger: &Ledger, serial: u8, at_ms: i64, francs: i64) -> Payment {
    let new = NewPayment {
        id: PaymentId::from_parts(at_ms, [serial; 10]),
        intent_id: format!("sale-{serial}"),
        amount: Xof::new(francs),
        phone: PhoneNumber::parse("90123456").unwrap(),
        phone_salt: [serial; 16],
        cashier: "Kossi".to_owned(),
        previous: None,
        at_ms,
    };
    let RecordOutcome::New(payment) = ledger.record(new).await.unwrap() else { panic!("recorded before") };
    let started = What::SubmissionStarted { server: "s".to_owned(), credential_set: "k".to_owned() };
    let payment = moved(ledger, &payment, at_ms, started).await;
    let accepted = What::Accepted { token: Token::new("t".to_owned()), next_check_at_ms: at_ms };
    moved(ledger, &payment, at_ms, accepted).await
}

async fn pays(ledger: &Ledger, payment: &Payment, at_ms: i64) -> Payment {
    let checked = What::Checked {
        event: Event::ConfirmCompleted,
        facts: ConfirmFacts::default(),
        problem: None,
        asked_at_ms: at_ms,
        answered_at_ms: at_ms,
        next_check_at_ms: None,
        failures: 0,
    };
    moved(ledger, payment, at_ms, checked).await
}

async fn decides(ledger: &Ledger, payment: &Payment, kind: DecisionKind, at_ms: i64) -> Payment {
    let (who, reason) = ("Afi".to_owned(), "dit".to_owned());
    let reference = Some("R".to_owned());
    ledger.decide(&payment.id, Decision { at_ms, kind, who, reason, reference }).await.unwrap()
}

/// Six days with everything in them, closed now and then.
async fn busy(ledger: &Ledger) {
    let mut serial = 0u8;
    for step in 0..24i64 {
        let at = NOON + step * 6 * HOUR;
        serial += 1;
        let sale = waiting(ledger, serial, at, 1_000 + step).await;
        match step % 5 {
            0 => {
                let settled = decides(ledger, &sale, DecisionKind::SettledOtherwise, at + HOUR).await;
                let late = pays(ledger, &settled, at + 13 * HOUR).await;
                decides(ledger, &late, DecisionKind::RefundRecorded, at + 14 * HOUR).await;
            }
            1 => {
                let accepted = decides(ledger, &sale, DecisionKind::AcceptedAsPaid, at + HOUR).await;
                pays(ledger, &accepted, at + 2 * HOUR).await;
            }
            2 => drop(decides(ledger, &sale, DecisionKind::AcceptedAsPaid, at).await),
            _ => drop(pays(ledger, &sale, at + 60_000).await),
        }
        if step % 7 == 6 {
            let number = ledger.reading(at).await.unwrap().number;
            ledger.seal(number, "Afi", at + 15 * HOUR).await.unwrap();
        }
    }
}

/// What a file adds up to, as a reader of it would.
fn sum_of(format: Format, path: &Path) -> Option<i64> {
    let text = || std::fs::read_to_string(path).unwrap();
    let column = |separator: char, index: usize| {
        text()
            .lines()
            .skip(1)
            .map(|line| line.split(separator).nth(index).unwrap().parse::<i64>().unwrap())
            .sum()
    };
    match format {
        Format::CsvFrench => Some(column(';', 5)),
        Format::CsvStandard => Some(column(',', 4)),
        Format::SalesBook => Some(column(';', 4)),
        Format::JsonLines => {
            let amount = |line: &str| {
                serde_json::from_str::<serde_json::Value>(line).unwrap()["amount_xof"].as_i64().unwrap()
            };
            Some(text().lines().map(amount).sum())
        }
        Format::Journal => {
            let side = |line: &str, index: usize| {
                line.split(';').nth(index).unwrap().parse::<i64>().unwrap_or_default()
            };
            let money = |line: &&str| line.split(';').nth(3) == Some("552");
            Some(text().lines().skip(1).filter(money).map(|line| side(line, 5) - side(line, 6)).sum())
        }
        // Read by other people's programs in the tests of `documents`; here their own count of what they took.
        Format::Xlsx | Format::Pdf => None,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sum_of_every_file_is_the_ledgers_sum() {
    for cut_off_hour in [0, 5, 18] {
        let folder = tempfile::tempdir().unwrap();
        let store = SettingsStore::open(&folder.path().join("settings.sqlite3")).await.unwrap();
        store.set(&[("cut_off_hour", cut_off_hour.to_string())], NOON).await.unwrap();
        store.close().await;
        let rule = DayRule::new("Africa/Lome", cut_off_hour).unwrap();
        let path = folder.path().join("training.sqlite3");
        let ledger = Ledger::open(&path, Mode::Training, rule.clone(), [1; 16], NOON).await.unwrap();
        busy(&ledger).await;
        let archive = Archive::open(folder.path()).await.unwrap();
        let mut ranges = Vec::new();
        let mut day = rule.day_of(NOON).unwrap();
        for _ in 0..9 {
            let next = day.next().unwrap();
            ranges.push((EntryRange::Days { from: day, to: day }, ledger.totals(day, day).await.unwrap()));
            ranges.push((EntryRange::Days { from: day, to: next }, ledger.totals(day, next).await.unwrap()));
            day = next;
        }
        for closing in ledger.closings(None, 10).await.unwrap() {
            ranges.push((EntryRange::Closing(closing.period.number), closing.period.totals));
        }
        let mut made = 0;
        for (range, totals) in ranges {
            for format in Format::ALL {
                let request = ExportRequest { range, format, whole_numbers: false };
                let exported =
                    archive.export(Mode::Training, request, &folder.path().join("out"), None).await;
                if totals.entries() == 0 {
                    assert!(matches!(exported, Err(TillError::Export(ExportError::NothingThere))));
                    continue;
                }
                let exported = exported.unwrap();
                let net = totals.net().unwrap();
                assert_eq!(
                    (exported.entries, exported.amount),
                    (totals.entries(), net),
                    "{format:?} {range:?}"
                );
                if let Some(sum) = sum_of(format, &exported.path) {
                    assert_eq!(sum, net.francs(), "{format:?} {range:?}");
                }
                made += 1;
            }
        }
        assert!(made > 100, "{made}");
        assert_eq!(ledger.verify().await.unwrap().first_bad, None);
        ledger.close().await;
    }
}
