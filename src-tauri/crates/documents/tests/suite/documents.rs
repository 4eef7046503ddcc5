//! Content of each kind of document.

use crate::shop::{END, made, options, receipt, rows, sealed};
use documents::paper::{self, Line};
use documents::{Accounts, Format, Lettering, PageSize, PaperWidth, PeriodPaper, pdf, ticket};
use domain::Mode;

#[test]
fn csv_in_french_has_its_mark_semicolons_and_two_columns_for_the_moment() {
    let text = String::from_utf8(made(Format::CsvFrench, &options(), &rows())).unwrap();
    let mut lines = text.split("\r\n");
    assert!(
        lines.next().unwrap().starts_with("\u{feff}N° écriture;Jour de caisse;Date;Heure;Catégorie;Montant")
    );
    let first = lines.next().unwrap();
    assert!(
        first.starts_with("1;24/11/2026;24/11/2026;12:00:00;Vérifié;5000;1;90 12 •• 56;YAS TOGO;"),
        "{first}"
    );
    assert!(text.ends_with("\r\n") && !text.contains("sep=") && !text.contains("90123456"));
    assert_eq!(text.matches("\r\n").count(), rows().len() + 1);
}

#[test]
fn every_file_with_rows_says_how_many_entries_there_were_and_which_was_the_last() {
    let last = rows().pop().unwrap();
    for format in
        [Format::CsvFrench, Format::CsvStandard, Format::JsonLines, Format::SalesBook, Format::Journal]
    {
        let text = String::from_utf8(made(format, &options(), &rows())).unwrap();
        let line = text.lines().last().unwrap();
        let number = last.number.to_string();
        let mut cells = line.split([';', ',', ':']);
        assert!(line.contains(last.hash) && cells.any(|cell| cell == number), "{format:?}: {line}");
    }
    // In PDF and XLSX letters lie packed: what is drawn is looked at by the readers.
    let other = documents::ExportOptions {
        end: domain::LedgerEnd { entries: 6, hash: END.chars().rev().collect() },
        ..options()
    };
    for format in [Format::Pdf, Format::Xlsx] {
        assert_ne!(made(format, &options(), &rows()), made(format, &other, &rows()), "{format:?}");
    }
}

#[test]
fn whole_numbers_only_when_asked() {
    let whole = documents::ExportOptions { whole_numbers: true, ..options() };
    for format in Format::ALL {
        let masked = made(format, &options(), &rows());
        assert!(!String::from_utf8_lossy(&masked).contains("90 12 34 56"), "{format:?}");
    }
    for format in [Format::CsvFrench, Format::CsvStandard, Format::JsonLines, Format::SalesBook] {
        let shown = made(format, &whole, &rows());
        assert!(String::from_utf8_lossy(&shown).contains("90 12 34 56"), "{format:?}");
    }
}

#[test]
fn standard_csv_and_json_lines_are_for_machines() {
    let text = String::from_utf8(made(Format::CsvStandard, &options(), &rows())).unwrap();
    assert!(text.starts_with("entry,business_day,recorded_at,class,amount_xof,"));
    assert!(text.contains("1,2026-11-24,2026-11-24T12:00:00+00:00,verified,5000,1,"), "{text}");
    let text = String::from_utf8(made(Format::JsonLines, &options(), &rows())).unwrap();
    let lines: Vec<serde_json::Value> =
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), rows().len());
    assert_eq!(lines[0]["schema_version"], documents::SCHEMA_VERSION);
    assert_eq!((&lines[0]["amount_xof"], &lines[0]["class"]), (&5000.into(), &"verified".into()));
    assert_eq!(lines[3]["amount_xof"], -5000);
}

#[test]
fn the_journal_balances_day_by_day() {
    let options = documents::ExportOptions {
        accounts: Accounts { vat_rate: 1_800, fee_rate: 250, ..Accounts::default() },
        ..options()
    };
    let text = String::from_utf8(made(Format::Journal, &options, &rows())).unwrap();
    let (mut debit, mut credit, mut accounts) = (0i64, 0i64, Vec::new());
    for line in text.lines().skip(1) {
        let cells: Vec<&str> = line.split(';').collect();
        accounts.push(cells[3].to_owned());
        debit += cells[5].parse::<i64>().unwrap_or(0);
        credit += cells[6].trim_end().parse::<i64>().unwrap_or(0);
    }
    assert!(debit > 0 && debit == credit, "{text}");
    for account in ["552", "701", "4431", "631"] {
        assert!(accounts.iter().any(|found| found == account), "{account}: {text}");
    }
}

/// What stands on the paper, whatever it is printed by.
fn words(lines: &[Line]) -> String {
    lines.iter().map(|line| format!("{line:?}\n")).collect::<String>().replace("\\u{a0}", " ")
}

#[test]
fn a_receipt_says_everything_it_must_and_nothing_more() {
    let said = words(&paper::receipt(&receipt()));
    for word in [
        "Boutique Chez Afi",
        "NIF 1000123456",
        "REÇU DE PAIEMENT",
        "12 500 F",
        "douze mille cinq cents francs CFA",
        "90 12 •• 56",
        "YAS TOGO",
        "P20261124.000017",
        "Ne tient pas lieu de facture normalisée (OTR)",
        "Écriture n°\", \"1057",
        "0123 4567 89ab cdef",
        "24/11/2026",
        "12:00:00",
        "ENCAISSE1/",
    ] {
        assert!(said.contains(word), "{word} in {said}");
    }
    assert!(!said.contains("DUPLICATA") && !said.contains("ÉCOLE"), "{said}");
    assert_eq!(said.to_lowercase().matches("facture").count(), 1, "{said}");
    let again = domain::Receipt { duplicate: 2, mode: Mode::Training, ..receipt() };
    let said = words(&paper::receipt(&again));
    assert!(said.contains("DUPLICATA n° 2"));
    assert_eq!(said.matches("MODE ÉCOLE").count(), 2);
}

#[test]
fn a_closing_names_classes_totals_and_what_is_open() {
    let closing = sealed();
    let rule = options().rule;
    let said = words(&paper::period(&options().shop, Mode::Live, &rule, PeriodPaper::Closing(&closing)));
    for word in [
        "CLÔTURE Z n° 3",
        "par Afi",
        "Vérifié (2)",
        "Tardif (1)",
        "Remboursement (1)",
        "dont suite à la clôture Z 2 (1)",
        "NET",
        "Total perpétuel",
        "envoi incertain",
        "Base : 43 écriture(s), dernière fedcba",
    ] {
        assert!(said.contains(word), "{word} in {said}");
    }
    let said =
        words(&paper::period(&options().shop, Mode::Live, &rule, PeriodPaper::Reading(&closing.period)));
    assert!(said.contains("Base : 43 écriture(s), dernière fedcba"), "{said}");
    assert!(said.contains("LECTURE X") && !said.contains("CLÔTURE"));
}

#[test]
fn every_width_and_lettering_makes_a_ticket_that_ends_with_a_cut() {
    for width in [PaperWidth::Narrow, PaperWidth::Wide] {
        for lettering in
            [Lettering::Cp858, Lettering::Cp850, Lettering::Cp437, Lettering::Windows1252, Lettering::Image]
        {
            let bytes = ticket(&paper::receipt(&receipt()), width, lettering).unwrap();
            assert!(bytes.starts_with(b"\x1b@"), "{lettering:?}");
            assert!(bytes.windows(3).any(|part| part == b"\x1dVA" || part == b"\x1dV\0"), "{lettering:?}");
            let holds = |part: &[u8]| bytes.windows(part.len()).any(|window| window == part);
            match lettering {
                Lettering::Image => assert!(holds(b"\x1dv0") && !holds(b"Heure")),
                Lettering::Cp858 | Lettering::Cp850 | Lettering::Cp437 | Lettering::Windows1252 => {
                    assert!(holds(b"Heure") && holds(b"\x1d(k") && holds(b"ENCAISSE1/"), "{lettering:?}");
                }
            }
        }
    }
}

#[test]
fn receipts_and_closings_are_pdf_on_both_papers() {
    for size in [PageSize::A4, PageSize::Roll80] {
        let bytes = pdf("Reçu", &paper::receipt(&receipt()), size).unwrap();
        assert!(bytes.starts_with(b"%PDF-1.") && bytes.len() < 60_000, "{} bytes", bytes.len());
    }
}
