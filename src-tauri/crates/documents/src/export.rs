//! Exports: which formats there are, what they share, and the one way entries go into any of them.
//!
//! Owns masking and the order of the columns ([`Column`], schema version [`SCHEMA_VERSION`]): they are only ever appended.
//! Refuses to choose files and ranges, which is the till's.

use crate::accounting::{Accounts, Journal, SalesBook};
use crate::csv_file::CsvFile;
use crate::error::DocumentError;
use crate::json_lines::JsonLines;
use crate::report::DayReport;
use crate::xlsx::Spreadsheet;
use domain::phone::{NATIONAL_DIGITS, group_while_typing};
use domain::{BusinessDay, Class, DayRule, EntryRow, LedgerEnd, LocalTime, Mode, ShopIdentity};
use std::borrow::Cow;
use std::io::{Seek, Write};

/// Grows by one when a column is appended. Columns are never renamed, moved or removed (docs/exports.md).
pub const SCHEMA_VERSION: u32 = 1;

/// A kind of file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// For Excel and LibreOffice in French.
    CsvFrench,
    /// RFC 4180, ISO 8601, for machines and other languages.
    CsvStandard,
    /// Typed cells, a sheet per day, totals.
    Xlsx,
    /// The report to print or send.
    Pdf,
    /// Every field of every entry, for machines.
    JsonLines,
    /// *Livre des recettes* (AUDCG, article 31).
    SalesBook,
    /// SYSCOHADA journal, balanced day by day.
    Journal,
}

impl Format {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::CsvFrench,
        Self::CsvStandard,
        Self::Xlsx,
        Self::Pdf,
        Self::JsonLines,
        Self::SalesBook,
        Self::Journal,
    ];

    /// The word for it on the command line.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::CsvFrench => "csv-fr",
            Self::CsvStandard => "csv",
            Self::Xlsx => "xlsx",
            Self::Pdf => "pdf",
            Self::JsonLines => "jsonl",
            Self::SalesBook => "recettes",
            Self::Journal => "syscohada",
        }
    }

    /// How its file's name ends, after the range: distinct, so that no format overwrites another.
    #[must_use]
    pub const fn ending(self) -> &'static str {
        match self {
            Self::CsvFrench => "-excel.csv",
            Self::CsvStandard => ".csv",
            Self::Xlsx => ".xlsx",
            Self::Pdf => ".pdf",
            Self::JsonLines => ".jsonl",
            Self::SalesBook => "-livre-des-recettes.csv",
            Self::Journal => "-syscohada.csv",
        }
    }
}

/// What a document needs to know besides the entries.
#[derive(Debug, Clone)]
pub struct ExportOptions {
    /// The shop.
    pub shop: ShopIdentity,
    /// Training files say so.
    pub mode: Mode,
    /// The range in words, for titles: `24/11/2026`, `Clôture n° 12`.
    pub title: String,
    /// Whole phone numbers instead of masked ones.
    pub whole_numbers: bool,
    /// The shop's clock.
    pub rule: DayRule,
    /// For the accounting formats.
    pub accounts: Accounts,
    /// The end of the ledger when this was made. Formats with a row per entry say it there too, row by row.
    pub end: LedgerEnd,
}

/// Takes entries, oldest first, and makes a document of them.
pub trait EntryWriter {
    /// Takes one entry.
    ///
    /// # Errors
    /// [`DocumentError`]; the document is then of no use.
    fn write(&mut self, row: &EntryRow<'_>) -> Result<(), DocumentError>;

    /// Ends the document and leaves everything with the file.
    ///
    /// # Errors
    /// As [`EntryWriter::write`].
    fn finish(self: Box<Self>) -> Result<(), DocumentError>;
}

/// A place for a document: a file.
pub trait Output: Write + Seek + Send {}
impl<T: Write + Seek + Send> Output for T {}

/// Begins a document.
///
/// # Errors
/// [`DocumentError`].
pub fn begin<'o>(
    format: Format,
    options: ExportOptions,
    output: impl Output + 'o,
) -> Result<Box<dyn EntryWriter + 'o>, DocumentError> {
    Ok(match format {
        Format::CsvFrench => Box::new(CsvFile::french(options, output)?),
        Format::CsvStandard => Box::new(CsvFile::standard(options, output)?),
        Format::Xlsx => Box::new(Spreadsheet::new(options, output)?),
        Format::Pdf => Box::new(DayReport::new(options, output)),
        Format::JsonLines => Box::new(JsonLines::new(options, output)),
        Format::SalesBook => Box::new(SalesBook::new(options, output)?),
        Format::Journal => Box::new(Journal::new(options, output)?),
    })
}

/// A column of CSV and XLSX exports.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Column {
    /// The entry's number.
    Entry,
    /// The business day.
    BusinessDay,
    /// When it was written.
    RecordedAt,
    /// How it is counted.
    Class,
    /// Whole XOF.
    Amount,
    /// The receipt's number.
    Receipt,
    /// The customer's number.
    Phone,
    /// The operator.
    Operator,
    /// LigdiCash's reference.
    RequestId,
    /// Our reference.
    Payment,
    /// Who charged.
    Cashier,
    /// Who decided.
    DecidedBy,
    /// Why.
    Reason,
    /// The reference given with the decision.
    Reference,
    /// The entry it cancels.
    Reverses,
    /// The closing that already held the day of the sale.
    FromClosing,
    /// The entry's hash.
    Hash,
}

impl Column {
    /// In the order of schema version 1.
    pub const ALL: [Self; 17] = [
        Self::Entry,
        Self::BusinessDay,
        Self::RecordedAt,
        Self::Class,
        Self::Amount,
        Self::Receipt,
        Self::Phone,
        Self::Operator,
        Self::RequestId,
        Self::Payment,
        Self::Cashier,
        Self::DecidedBy,
        Self::Reason,
        Self::Reference,
        Self::Reverses,
        Self::FromClosing,
        Self::Hash,
    ];

    /// Its name in files for machines.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Entry => "entry",
            Self::BusinessDay => "business_day",
            Self::RecordedAt => "recorded_at",
            Self::Class => "class",
            Self::Amount => "amount_xof",
            Self::Receipt => "receipt_number",
            Self::Phone => "phone",
            Self::Operator => "operator",
            Self::RequestId => "request_id",
            Self::Payment => "payment_id",
            Self::Cashier => "cashier",
            Self::DecidedBy => "decided_by",
            Self::Reason => "reason",
            Self::Reference => "reference",
            Self::Reverses => "reverses_entry",
            Self::FromClosing => "from_closing",
            Self::Hash => "hash",
        }
    }

    /// Its name in files for French readers.
    #[must_use]
    pub const fn french(self) -> &'static str {
        match self {
            Self::Entry => "N° écriture",
            Self::BusinessDay => "Jour de caisse",
            Self::RecordedAt => "Date",
            Self::Class => "Catégorie",
            Self::Amount => "Montant (F CFA)",
            Self::Receipt => "N° reçu",
            Self::Phone => "Numéro du client",
            Self::Operator => "Opérateur",
            Self::RequestId => "Réf. LigdiCash",
            Self::Payment => "Notre référence",
            Self::Cashier => "Caissier",
            Self::DecidedBy => "Décidé par",
            Self::Reason => "Motif",
            Self::Reference => "Réf. de la décision",
            Self::Reverses => "Annule l’écriture",
            Self::FromClosing => "Venue après la clôture n°",
            Self::Hash => "Empreinte",
        }
    }
}

/// What stands in a cell, before any format has its say.
pub(crate) enum Cell<'r> {
    Number(Option<i64>),
    Amount(i64),
    Day(BusinessDay),
    Moment(LocalTime),
    Class(Class),
    Text(Cow<'r, str>),
}

impl ExportOptions {
    pub(crate) fn cell<'r>(&self, column: Column, row: &EntryRow<'r>) -> Result<Cell<'r>, DocumentError> {
        let text = |text: Option<&'r str>| Cell::Text(Cow::Borrowed(text.unwrap_or_default()));
        Ok(match column {
            Column::Entry => Cell::Number(Some(row.number)),
            Column::BusinessDay => Cell::Day(row.day),
            Column::RecordedAt => Cell::Moment(self.rule.local(row.at_ms)?),
            Column::Class => Cell::Class(row.class),
            Column::Amount => Cell::Amount(row.amount.francs()),
            Column::Receipt => Cell::Number(row.receipt_number),
            Column::Phone => Cell::Text(Cow::Owned(shown_phone(row.phone, self.whole_numbers))),
            Column::Operator => text(row.operator),
            Column::RequestId => text(row.request_id),
            Column::Payment => text(Some(row.payment)),
            Column::Cashier => text(Some(row.cashier)),
            Column::DecidedBy => text(row.who),
            Column::Reason => text(row.reason),
            Column::Reference => text(row.reference),
            Column::Reverses => Cell::Number(row.reverses),
            Column::FromClosing => Cell::Number(row.from_closing),
            Column::Hash => text(Some(row.hash)),
        })
    }
}

/// The titles for French readers, who get date and time in two columns.
pub(crate) fn french_titles() -> Vec<&'static str> {
    Column::ALL
        .iter()
        .flat_map(|column| [Some(column.french()), (*column == Column::RecordedAt).then_some("Heure")])
        .flatten()
        .collect()
}

/// How French readers call a class.
#[must_use]
pub const fn class_in_french(class: Class) -> &'static str {
    match class {
        Class::Verified => "Vérifié",
        Class::Late => "Tardif",
        Class::Accepted => "Accepté",
        Class::Refund => "Remboursement",
        Class::Reversal => "Annulation",
    }
}

/// The number as a document shows it: `90 12 •• 56`, or whole when that was asked for; empty once purged.
pub(crate) fn shown_phone(phone: Option<&str>, whole: bool) -> String {
    let Some(digits) = phone else { return String::new() };
    if whole {
        return group_while_typing(digits);
    }
    match (digits.get(0..2), digits.get(2..4), digits.get(6..NATIONAL_DIGITS)) {
        (Some(first), Some(second), Some(last)) => format!("{first} {second} •• {last}"),
        _ => "••".to_owned(),
    }
}

/// A text cell that no spreadsheet runs or turns into something else: an apostrophe before what would begin a formula
/// (`=`, `+`, `-`, `@`, tab, carriage return, and their full-width likes), and before long runs of digits, which would
/// become a number in scientific notation.
#[must_use]
pub fn harmless(text: &str) -> Cow<'_, str> {
    const RUNS: [char; 10] = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '＠'];
    /// Spreadsheets show eleven digits as they are, and keep fifteen.
    const DIGITS_KEPT: usize = 11;
    let is_long_number = text.len() > DIGITS_KEPT
        && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'.' | b',' | b'e' | b'E' | b' '))
        && text.bytes().any(|byte| byte.is_ascii_digit());
    // What begins with a letter or digit begins no formula.
    if !is_long_number && text.as_bytes().first().is_none_or(u8::is_ascii_alphanumeric) {
        return Cow::Borrowed(text);
    }
    // Spreadsheets look past white space at the beginning.
    let first = text.chars().find(|c| !c.is_whitespace() || RUNS.contains(c));
    let runs =
        text.chars().next().is_some_and(|c| RUNS.contains(&c)) || first.is_some_and(|c| RUNS.contains(&c));
    if runs || is_long_number { Cow::Owned(format!("'{text}")) } else { Cow::Borrowed(text) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_spreadsheet_would_run_or_change_gets_an_apostrophe() {
        for text in [
            "=1+1",
            "+228",
            "-5",
            "@SUM(A1)",
            "\t=1",
            "\r=1",
            " =1",
            "  +x",
            "\n=1",
            "＝1",
            "123456789012",
            "1234567890123456789",
            "12345678e9012",
            "0000 1111 2222 3333",
        ] {
            assert_eq!(harmless(text), format!("'{text}"), "{text:?}");
        }
        for text in
            ["", "Afi", "a=1", "90 12 34 56", "90 12 •• 56", "P20261124", "l'été", "5000", "0123 45ab"]
        {
            assert_eq!(harmless(text), text);
        }
    }

    #[test]
    fn numbers_are_masked_unless_asked_otherwise() {
        assert_eq!(shown_phone(Some("90123456"), false), "90 12 •• 56");
        assert_eq!(shown_phone(Some("90123456"), true), "90 12 34 56");
        assert_eq!(shown_phone(None, true), "");
        assert_eq!(shown_phone(Some("9012"), false), "••");
    }

    #[test]
    fn every_format_has_its_own_word_and_ending() {
        for one in Format::ALL {
            let same = |other: &&Format| other.as_str() == one.as_str() || other.ending() == one.ending();
            assert_eq!(Format::ALL.iter().filter(same).count(), 1, "{one:?}");
        }
    }
}
