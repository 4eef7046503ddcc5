//! Everything that reads what comes from outside, each with valid inputs to begin from.

use crate::hostile::files::Files;
use crate::hostile::mutate::{below, damaged, mutated, text};
use crate::simulation::chance::Dice;
use documents::{ExportOptions, Format, Lettering, PageSize, PaperWidth};
use domain::money::AmountLimits;
use domain::{
    BusinessDay, DayRule, EntryKind, EntryRow, LedgerEnd, Mode, PaymentId, PhoneNumber, Receipt,
    ReceiptClaim, ShopIdentity, Xof,
};
use ligdicash::{BaseUrl, Callback, Confirmation, Created, Credentials, Expected};
use std::hint::black_box;
use std::io::Cursor;
use till::{Accounts, PrinterConnection, Settings};

/// One parser under attack.
pub struct Parser {
    pub name: &'static str,
    /// Of all executions, so many of a thousand. What opens files is slow.
    pub share: u64,
    pub corpus: Vec<Vec<u8>>,
    pub read: fn(&Victim, &[Vec<u8>], &mut Dice),
}

/// What the parsers need besides their input.
pub struct Victim {
    pub credentials: Credentials,
    pub files: Files,
}

fn corpus(texts: &[&str]) -> Vec<Vec<u8>> {
    texts.iter().map(|text| text.as_bytes().to_vec()).collect()
}

/// All of them, and one that fails on purpose.
pub fn all(files: &Files) -> Vec<Parser> {
    vec![
        Parser { name: "create answers", share: 150, corpus: corpus(CREATED), read: created },
        Parser { name: "confirm answers", share: 200, corpus: corpus(CONFIRMED), read: confirmed },
        Parser { name: "callbacks", share: 200, corpus: corpus(CALLBACKS), read: callback },
        Parser { name: "numbers", share: 150, corpus: corpus(NUMBERS), read: number },
        Parser { name: "amounts", share: 100, corpus: corpus(AMOUNTS), read: amount },
        Parser { name: "receipt codes", share: 98, corpus: corpus(CLAIMS), read: claim },
        Parser { name: "addresses and settings", share: 60, corpus: corpus(ADDRESSES), read: settings },
        Parser { name: "cells", share: 35, corpus: corpus(CELLS), read: cells },
        Parser { name: "papers", share: 2, corpus: corpus(CELLS), read: papers },
        Parser { name: "ledger files", share: 3, corpus: files.ledgers.clone(), read: ledger_file },
        Parser { name: "settings files", share: 2, corpus: files.settings.clone(), read: settings_file },
    ]
}

/// Stumbles over one byte, to see that a stumble is seen.
pub fn planted() -> Parser {
    fn read(_: &Victim, corpus: &[Vec<u8>], dice: &mut Dice) {
        let input = mutated(corpus, dice);
        assert!(!input.contains(&0xa7), "the planted fault");
    }
    Parser { name: "planted", share: 1, corpus: corpus(NUMBERS), read }
}

const CREATED: &[&str] = &[
    r#"{"response_code":"00","token":"eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9.eyJpZF9pbnZvaWNlIjoxfQ.abc","response_text":"Votre requete est en cours","description":"","custom_data":{"transaction_id":"pos-1"},"wiki":"https://app.ligdicash.com/wiki/createInvoice"}"#,
    r#"{"response_code":"01","token":"","response_text":"Echec (Code07)","description":"Montant invalide","response_text_details":{"a":[1,2]},"wiki":""}"#,
    r#"{"response_code":1,"response_text":"Echec: Code03a, IP 10.0.0.1"}"#,
    r#"{"responseCode":0,"Token":"t","responseText":"https://app.ligdicash.com/pay?x=1"}"#,
    "<html><body><h1>502 Bad Gateway</h1></body></html>",
];

fn created(victim: &Victim, corpus: &[Vec<u8>], dice: &mut Dice) {
    let read = Created::parse(&mutated(corpus, dice), &victim.credentials);
    // What a log or a page would make of it.
    match read {
        Ok(created) => drop(black_box((format!("{created:?}"), created.redirect_url().map(str::to_owned)))),
        Err(error) => drop(black_box(format!("{error} {error:?}"))),
    }
}

const CONFIRMED: &[&str] = &[
    r#"{"response_code":"00","token":"t","response_text":"","montant":3750,"amount":"3750","date":"2026-11-24 12:00:00+00","status":"completed","operator_id":"3","operator_name":"YAS TOGO","customer":"22890123456","request_id":"P1","oreference":"CI1","external_id":"pos-1","custom_data":[{"keyof_customdata":"transaction_id","valueof_customdata":"pos-1","id_invoice":4}]}"#,
    r#"{"response_code":"00","status":"pending","montant":3750.0,"custom_data":"{\"transaction_id\":\"pos-1\"}"}"#,
    r#"{"response_code":"00","status":"nocompleted","custom_data":{"transaction_id":12}}"#,
    r#"{"response_code":"01","response_text":"Echec (Code02)","status":""}"#,
    r#"{"responseCode":0,"Status":" Completed\n","Amount":3750,"customdata":"\"\\\"{}\\\"\""}"#,
];

fn confirmed(victim: &Victim, corpus: &[Vec<u8>], dice: &mut Dice) {
    let expected = Expected { amount_xof: 3_750, transaction_id: "pos-1".to_owned() };
    match Confirmation::parse(&mutated(corpus, dice), &victim.credentials) {
        Ok(read) => drop(black_box((read.verdict(&expected), format!("{read:?}")))),
        Err(error) => drop(black_box(format!("{error} {error:?}"))),
    }
}

const CALLBACKS: &[&str] = &[
    "status=completed&amount=3750&token=&external_id=pos-1&request_id=P1",
    "custom_data[0][keyof_customdata]=transaction_id&custom_data[0][valueof_customdata]=pos-1&status=completed",
    "custom_data%5Btransaction_id%5D=pos-1&amount=3%20750&status=Completed",
    "status=completed&custom_data=%5B%7B%22keyof_customdata%22%3A%22transaction_id%22%2C%22valueof_customdata%22%3A%22pos-1%22%7D%5D",
    CONFIRMED[0],
    r#"{"custom_data":[],"external_id":"pos-1","status":7}"#,
];

fn callback(_: &Victim, corpus: &[Vec<u8>], dice: &mut Dice) {
    drop(black_box(format!("{:?}", Callback::parse(&mutated(corpus, dice)))));
}

const NUMBERS: &[&str] =
    &["90 12 34 56", "+228 90123456", "00228-79.12.34.56", "228 93123456", "(90) 12/34/56", "٩٠١٢٣٤٥٦"];

fn number(_: &Victim, corpus: &[Vec<u8>], dice: &mut Dice) {
    let typed = text(&mutated(corpus, dice));
    drop(black_box(domain::phone::group_while_typing(&typed)));
    if let Ok(phone) = PhoneNumber::parse(&typed) {
        assert!(
            phone.international().len() == 11 && phone.international().bytes().all(|b| b.is_ascii_digit())
        );
        drop(black_box((phone.grouped(), phone.masked(), phone.hint(), format!("{phone:?}"))));
    }
}

const AMOUNTS: &[&str] =
    &["12 500 F", "100", "2000000 XOF", "5 000 FCFA", "9223372036854775807", "1\u{202f}000"];

fn amount(_: &Victim, corpus: &[Vec<u8>], dice: &mut Dice) {
    if let Ok(amount) = AmountLimits::YAS_TOGO.parse(&text(&mutated(corpus, dice))) {
        assert!((100..=2_000_000).contains(&amount.francs()));
        drop(black_box((amount.to_string(), domain::amount_in_words(amount))));
    }
}

const CLAIMS: &[&str] = &[
    "ENCAISSE1/01a20d6d-5a00-7000-8000-000000000000/12500/2026-11-24/1042/0123456789abcdef",
    "ENCAISSE1/01a20d6d-5a00-7000-8000-000000000000/-5/0001-01-01/9223372036854775807/ffffffffffffffff",
    "ENCAISSE1//////",
];

fn claim(_: &Victim, corpus: &[Vec<u8>], dice: &mut Dice) {
    let text = text(&mutated(corpus, dice));
    if let Ok(claim) = text.parse::<ReceiptClaim>() {
        assert_eq!(claim.to_string().parse().as_ref(), Ok(&claim));
    }
    for part in text.split('/') {
        let day = part.parse::<BusinessDay>();
        if let Ok(day) = day {
            drop(black_box((day.next(), day.previous(), day.month(), day.french())));
            drop(black_box(DayRule::default().moments_of(day)));
        }
        drop(black_box(part.parse::<PaymentId>()));
    }
    // Drawing takes a thousand times as long as reading.
    if dice.percent(1) {
        drop(black_box(till::qr_modules(&text)));
    }
}

const ADDRESSES: &[&str] = &[
    "https://app.ligdicash.com",
    "http://127.0.0.1:8080/",
    "http://[::1]:1/x?y#z",
    "https://shop.example/callback",
    "Africa/Lome",
    "12, rue de l’Église\nLomé",
    "552",
    "/dev/usb/lp0",
    "192.168.1.9:9100",
];

fn settings(_: &Victim, corpus: &[Vec<u8>], dice: &mut Dice) {
    let mut word = || text(&mutated(corpus, dice));
    drop(black_box(BaseUrl::parse(&word())));
    let mut settings = Settings {
        shop_name: word(),
        website_url: word(),
        callback_url: word(),
        base_url: word(),
        ..Settings::default()
    };
    settings.papers.address = word();
    settings.papers.nif = word();
    settings.papers.time_zone = word();
    settings.papers.printer = PrinterConnection::Network(word());
    settings.papers.export_dir = word();
    settings.papers.accounts.mobile_money = word();
    // Each problem hides the ones after it, so most words are put right.
    let sound = Settings::default();
    let mut kept = settings.clone();
    let spared = below(dice, 10);
    if spared != 0 {
        kept.shop_name.clone_from(&sound.shop_name);
    }
    if spared != 1 {
        kept.website_url.clone_from(&sound.website_url);
    }
    if spared != 2 {
        kept.callback_url.clone_from(&sound.callback_url);
    }
    if spared != 3 {
        kept.base_url.clone_from(&sound.base_url);
    }
    if spared != 4 {
        kept.papers.address.clone_from(&sound.papers.address);
    }
    if spared != 5 {
        kept.papers.time_zone.clone_from(&sound.papers.time_zone);
    }
    drop(black_box(kept.checked()));
    drop(black_box(settings.checked()));
}

const CELLS: &[&str] = &[
    "Boutique Chez Afi",
    "=HYPERLINK(\"http://x\";\"y\")",
    "Client déjà servi, « rendu » l’après-midi ; reçu",
    "line\r\nbreak\tand;semicolon,comma\"quote",
    "90123456",
    "P20261124.000017",
    "01a20d6d-5a00-7000-8000-000000000000",
    "0123456789abcdef0123456789abcdef",
    "\u{202e}\u{1f600}e\u{301}",
];

fn shop(corpus: &[Vec<u8>], dice: &mut Dice) -> ShopIdentity {
    let mut word = || text(&mutated(corpus, dice));
    ShopIdentity { name: word(), address: word(), nif: word() }
}

fn cells(_: &Victim, corpus: &[Vec<u8>], dice: &mut Dice) {
    // What packs or typesets takes a hundred times as long.
    let format = match dice.between(1, 60) {
        1 => Format::Xlsx,
        2 => Format::Pdf,
        3..=15 => Format::CsvFrench,
        16..=28 => Format::CsvStandard,
        29..=40 => Format::JsonLines,
        41..=50 => Format::SalesBook,
        _ => Format::Journal,
    };
    let options = ExportOptions {
        shop: shop(corpus, dice),
        mode: Mode::Live,
        title: text(&mutated(corpus, dice)),
        whole_numbers: dice.percent(50),
        rule: DayRule::default(),
        accounts: Accounts::default(),
        end: LedgerEnd { entries: 2, hash: text(&mutated(corpus, dice)) },
    };
    let mut file = Cursor::new(Vec::new());
    let Ok(mut writer) = documents::begin(format, options, &mut file) else { return };
    for number in 1..=2 {
        let words: Vec<String> = (0..9).map(|_| text(&mutated(corpus, dice))).collect();
        let kind = EntryKind::ALL[below(dice, EntryKind::ALL.len())];
        let francs = i64::from_le_bytes(dice.roll().to_le_bytes()) >> dice.between(0, 63);
        let row = EntryRow {
            number,
            at_ms: 1_795_521_600_000,
            day: "2026-11-24".parse().unwrap(),
            kind,
            class: kind.class(false),
            amount: Xof::new(francs),
            payment: &words[0],
            receipt_number: Some(number),
            reverses: None,
            from_closing: None,
            phone: Some(&words[1]),
            operator: Some(&words[2]),
            request_id: Some(&words[3]),
            cashier: &words[4],
            who: Some(&words[5]),
            reason: Some(&words[6]),
            reference: Some(&words[7]),
            hash: &words[8],
        };
        // An amount that fits nothing is an error of the document.
        if writer.write(&row).is_err() {
            return;
        }
    }
    drop(black_box(writer.finish()));
}

fn papers(_: &Victim, corpus: &[Vec<u8>], dice: &mut Dice) {
    let shop = shop(corpus, dice);
    let mut word = || text(&mutated(corpus, dice));
    let receipt = Receipt {
        shop,
        mode: Mode::Training,
        number: 1_042,
        at: DayRule::default().local(1_795_521_600_000).unwrap(),
        day: "2026-11-24".parse().unwrap(),
        amount: Xof::new(12_500),
        phone: word(),
        operator: word(),
        request_id: word(),
        reference: PaymentId::from_parts(0, [7; 10]),
        entry: 1_042,
        fingerprint: word(),
        duplicate: 2,
    };
    let lines = documents::paper::receipt(&receipt);
    match dice.between(0, 3) {
        0 => drop(black_box(documents::pdf("Reçu", &lines, PageSize::A4))),
        1 => drop(black_box(documents::pdf("Reçu", &lines, PageSize::Roll80))),
        2 => drop(black_box(documents::ticket(&lines, PaperWidth::Narrow, Lettering::Image))),
        _ => drop(black_box(documents::ticket(&lines, PaperWidth::Wide, Lettering::Cp858))),
    }
}

fn ledger_file(victim: &Victim, corpus: &[Vec<u8>], dice: &mut Dice) {
    victim.files.open_ledger(&damaged(corpus, dice));
}

fn settings_file(victim: &Victim, corpus: &[Vec<u8>], dice: &mut Dice) {
    victim.files.open_settings(&damaged(corpus, dice));
}
