//! A small day of a shop, with one entry of every class, and texts that mean harm.

use documents::{Accounts, ExportOptions, Format};
use domain::{
    Class, Closing, DayRule, EntryKind, EntryRow, FromEarlier, LedgerEnd, Mode, PaymentId, Period, Receipt,
    ShopIdentity, State, Tally, Totals, Unresolved, Xof,
};
use std::io::Cursor;

pub const NOON: i64 = 1_795_521_600_000; // 2026-11-24T12:00:00Z
/// Hash of the last entry.
pub const END: &str = "fedcba9876543210fedcba9876543210fedcba9876543210fedcba9876543210";
const HOUR: i64 = 3_600_000;

pub fn options() -> ExportOptions {
    ExportOptions {
        shop: ShopIdentity {
            name: "Boutique Chez Afi".to_owned(),
            address: "12, rue de l’Église\nLomé".to_owned(),
            nif: "1000123456".to_owned(),
        },
        mode: Mode::Live,
        title: "24/11/2026".to_owned(),
        whole_numbers: false,
        rule: DayRule::default(),
        accounts: Accounts::default(),
        end: LedgerEnd { entries: 5, hash: END.to_owned() },
    }
}

pub fn row(number: i64, kind: EntryKind, late: bool, francs: i64) -> EntryRow<'static> {
    let verified = kind == EntryKind::Verified;
    EntryRow {
        number,
        at_ms: NOON + (number - 1) * HOUR,
        day: "2026-11-24".parse().unwrap(),
        kind,
        class: kind.class(late),
        amount: Xof::new(francs),
        payment: "01a20d6d-5a00-7000-8000-000000000000",
        receipt_number: verified.then_some(number),
        reverses: None,
        from_closing: late.then_some(2),
        phone: Some("90123456"),
        operator: Some("YAS TOGO"),
        request_id: Some("P20261124.000017"),
        cashier: "Kossi",
        who: (!verified).then_some("Afi"),
        reason: (!verified).then_some("Client déjà servi, « rendu » l’après-midi ; reçu"),
        reference: None,
        hash: "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
    }
}

pub fn rows() -> Vec<EntryRow<'static>> {
    vec![
        row(1, EntryKind::Verified, false, 5_000),
        row(2, EntryKind::Verified, true, 12_500),
        row(3, EntryKind::Accepted, false, 700),
        row(4, EntryKind::Refund, false, -5_000),
        row(5, EntryKind::Reversal, false, -700),
    ]
}

pub fn sum(rows: &[EntryRow<'_>]) -> i64 {
    rows.iter().map(|row| row.amount.francs()).sum()
}

pub fn made(format: Format, options: &ExportOptions, rows: &[EntryRow<'_>]) -> Vec<u8> {
    let mut file = Cursor::new(Vec::new());
    let mut writer = documents::begin(format, options.clone(), &mut file).unwrap();
    for row in rows {
        writer.write(row).unwrap();
    }
    writer.finish().unwrap();
    file.into_inner()
}

pub fn receipt() -> Receipt {
    Receipt {
        shop: options().shop,
        mode: Mode::Live,
        number: 1_042,
        at: DayRule::default().local(NOON).unwrap(),
        day: "2026-11-24".parse().unwrap(),
        amount: Xof::new(12_500),
        phone: "90 12 •• 56".to_owned(),
        operator: "YAS TOGO".to_owned(),
        request_id: "P20261124.000017".to_owned(),
        reference: PaymentId::from_parts(NOON, [7; 10]),
        entry: 1_057,
        fingerprint: "0123456789abcdef".to_owned(),
        duplicate: 0,
    }
}

pub fn sealed() -> Closing {
    let tally = |count, francs| Tally { count, amount: Xof::new(francs) };
    let totals = [
        (Class::Verified, tally(2, 17_500)),
        (Class::Late, tally(1, 3_000)),
        (Class::Refund, tally(1, -3_000)),
    ]
    .into_iter()
    .try_fold(Totals::default(), |sum, (class, tally)| sum.checked_with(class, tally))
    .unwrap();
    let open = |state, francs| Unresolved {
        id: PaymentId::from_parts(NOON, [3; 10]),
        state,
        amount: Xof::new(francs),
        created_at_ms: NOON,
    };
    Closing {
        period: Period {
            number: 3,
            day: "2026-11-24".parse().unwrap(),
            at_ms: NOON + 8 * HOUR,
            first_entry: 40,
            last_entry: 43,
            last_hash: END.to_owned(),
            totals,
            net: totals.net().unwrap(),
            grand_total: Xof::new(1_250_000),
            from_earlier: vec![FromEarlier { closing: 2, tally: tally(1, 3_000) }],
            unresolved: vec![open(State::Pending, 700), open(State::Uncertain, 12_000)],
        },
        who: "Afi".to_owned(),
        hash: "0123456789abcdef".repeat(4),
    }
}
