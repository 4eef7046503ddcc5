//! The report of a range as PDF on A4: totals first, then every entry. Owns its layout; holds the rows in memory until the
//! end, so it takes no more than [`ROWS_MAX`].
#![allow(clippy::float_arithmetic, reason = "points on paper; no amount is computed here")]

use crate::error::DocumentError;
use crate::export::{EntryWriter, ExportOptions, Output, class_in_french, shown_phone};
use crate::pdf::{BLACK, GREY, Letters, MM, Mark, PALE, Page, WHITE, Weight, file};
use domain::{Class, EntryRow, LedgerEnd, Mode, Tally, Totals};

/// About four hundred pages: more is no report.
const ROWS_MAX: usize = 20_000;
const WIDTH: f32 = 210.0 * MM;
const HEIGHT: f32 = 297.0 * MM;
const MARGIN: f32 = 16.0 * MM;
const ROW: f32 = 14.0;
const TEXT: f32 = 8.5;
const TOP: f32 = 20.0 * MM;
const BOTTOM: f32 = HEIGHT - 20.0 * MM;

/// Title, left edge and width of a column; the last one is set to the right.
const COLUMNS: [(&str, f32, f32); 8] = [
    ("Date", 0.0, 52.0),
    ("Heure", 54.0, 42.0),
    ("Reçu", 98.0, 38.0),
    ("Numéro", 138.0, 66.0),
    ("Opérateur", 206.0, 68.0),
    ("Réf. LigdiCash", 276.0, 98.0),
    ("Catégorie", 378.0, 74.0),
    ("Montant", 456.0, 48.0),
];

pub(crate) struct DayReport<W> {
    options: ExportOptions,
    output: W,
    rows: Vec<[String; 8]>,
    totals: Totals,
}

impl<W: Output> DayReport<W> {
    pub(crate) const fn new(options: ExportOptions, output: W) -> Self {
        Self { options, output, rows: Vec::new(), totals: Totals::empty() }
    }
}

impl<W: Output> EntryWriter for DayReport<W> {
    fn write(&mut self, row: &EntryRow<'_>) -> Result<(), DocumentError> {
        let count = |rows: usize| i64::try_from(rows).unwrap_or(i64::MAX);
        if self.rows.len() >= ROWS_MAX {
            return Err(DocumentError::TooManyRows {
                rows: count(self.rows.len()) + 1,
                max: count(ROWS_MAX),
            });
        }
        let at = self.options.rule.local(row.at_ms)?;
        let tally = Tally { count: 1, amount: row.amount };
        let sum = self.totals.checked_with(row.class, tally);
        self.totals = sum.ok_or_else(|| DocumentError::Value(row.amount.to_string()))?;
        self.rows.push([
            row.day.french(),
            at.clock(),
            row.receipt_number.map(|number| number.to_string()).unwrap_or_default(),
            shown_phone(row.phone, self.options.whole_numbers),
            row.operator.unwrap_or_default().to_owned(),
            row.request_id.unwrap_or_default().to_owned(),
            class_in_french(row.class).to_owned(),
            row.amount.to_string(),
        ]);
        Ok(())
    }

    fn finish(mut self: Box<Self>) -> Result<(), DocumentError> {
        let letters = Letters::new()?;
        let mut pages = Pages { letters: &letters, pages: vec![Vec::new()], y: TOP };
        pages.head(&self.options);
        pages.totals(&self.totals)?;
        pages.end(&self.options.end);
        pages.table(&self.rows);
        let shop = &self.options.shop.name;
        let title = format!("{shop} – {}", self.options.title);
        let bytes = file(&title, shop, &pages.numbered(&title))?;
        self.output.write_all(&bytes)?;
        Ok(self.output.flush()?)
    }
}

struct Pages<'l> {
    letters: &'l Letters,
    pages: Vec<Vec<Mark>>,
    y: f32,
}

impl Pages<'_> {
    fn mark(&mut self, mark: Mark) {
        if let Some(page) = self.pages.last_mut() {
            page.push(mark);
        }
    }

    fn text(&mut self, x: f32, size: f32, weight: Weight, ink: u8, text: &str) {
        let y = self.y;
        self.mark(Mark::Text { x, y, size, weight, ink, text: text.to_owned() });
    }

    fn right(&mut self, right: f32, size: f32, weight: Weight, text: &str) {
        let x = right - self.letters.width(text, size, weight);
        self.text(x, size, weight, BLACK, text);
    }

    fn head(&mut self, options: &ExportOptions) {
        match options.mode {
            Mode::Training => {
                let (y, width) = (self.y - 12.0, WIDTH - 2.0 * MARGIN);
                self.mark(Mark::Box { x: MARGIN, y, width, height: 18.0, ink: BLACK });
                self.text(MARGIN + 8.0, 10.0, Weight::Bold, WHITE, "MODE ÉCOLE – aucun argent réel");
                self.y += 26.0;
            }
            Mode::Live => {}
        }
        self.y += 8.0;
        let width = WIDTH - 2.0 * MARGIN;
        let name = self.letters.fitted(&options.shop.name, 20.0, Weight::Bold, width);
        self.text(MARGIN, 20.0, Weight::Bold, BLACK, &name);
        self.y += 18.0;
        let mut about: Vec<String> = options.shop.address.lines().map(str::to_owned).collect();
        if !options.shop.nif.is_empty() {
            about.push(format!("NIF {}", options.shop.nif));
        }
        if !about.is_empty() {
            let about = self.letters.fitted(&about.join(" · "), 9.5, Weight::Regular, width);
            self.text(MARGIN, 9.5, Weight::Regular, GREY, &about);
            self.y += 16.0;
        }
        self.y += 8.0;
        self.text(MARGIN, 13.0, Weight::Bold, BLACK, &format!("Recettes – {}", options.title));
        self.y += 14.0;
    }

    fn totals(&mut self, totals: &Totals) -> Result<(), DocumentError> {
        let classes = Class::ALL.iter().filter(|class| totals.of(**class).count > 0);
        let mut lines: Vec<(String, String)> = classes
            .map(|class| {
                let tally = totals.of(*class);
                (format!("{} ({})", class_in_french(*class), tally.count), tally.amount.to_string())
            })
            .collect();
        let net = totals.net().ok_or_else(|| DocumentError::Value("a sum that does not fit".to_owned()))?;
        lines.push(("Net".to_owned(), net.to_string()));
        let (y, height) = (self.y, 16.0 * f32::from(u8::try_from(lines.len()).unwrap_or(u8::MAX)) + 12.0);
        self.mark(Mark::Box { x: MARGIN, y, width: 260.0, height, ink: PALE });
        self.y += 4.0;
        let last = lines.len() - 1;
        for (index, (word, amount)) in lines.into_iter().enumerate() {
            let (weight, size) = if index == last { (Weight::Bold, 11.5) } else { (Weight::Regular, 10.0) };
            self.y += 16.0;
            self.text(MARGIN + 10.0, size, weight, BLACK, &word);
            self.right(MARGIN + 250.0, size, weight, &amount);
        }
        self.y += 34.0;
        Ok(())
    }

    fn end(&mut self, end: &LedgerEnd) {
        let text = format!("Base : {} écriture(s), dernière {}", end.entries, end.hash);
        let fitted = self.letters.fitted(&text, 7.5, Weight::Regular, WIDTH - 2.0 * MARGIN);
        self.y -= 12.0;
        self.text(MARGIN, 7.5, Weight::Regular, GREY, &fitted);
        self.y += 24.0;
    }

    fn table_head(&mut self) {
        let (y, width) = (self.y - 10.0, WIDTH - 2.0 * MARGIN);
        self.mark(Mark::Box { x: MARGIN, y, width, height: 15.0, ink: PALE });
        for (index, (title, left, width)) in COLUMNS.into_iter().enumerate() {
            if index == COLUMNS.len() - 1 {
                self.right(MARGIN + left + width, TEXT, Weight::Bold, title);
            } else {
                self.text(MARGIN + left + 3.0, TEXT, Weight::Bold, BLACK, title);
            }
        }
        self.y += ROW + 2.0;
    }

    fn table(&mut self, rows: &[[String; 8]]) {
        if rows.is_empty() {
            self.text(MARGIN, 11.0, Weight::Regular, GREY, "Aucune vente sur cette période.");
            return;
        }
        self.table_head();
        for row in rows {
            if self.y > BOTTOM {
                self.pages.push(Vec::new());
                self.y = TOP;
                self.table_head();
            }
            for (index, ((_, left, width), text)) in COLUMNS.into_iter().zip(row).enumerate() {
                if index == COLUMNS.len() - 1 {
                    self.right(MARGIN + left + width, TEXT, Weight::Bold, text);
                } else {
                    let fitted = self.letters.fitted(text, TEXT, Weight::Regular, width);
                    self.text(MARGIN + left + 3.0, TEXT, Weight::Regular, BLACK, &fitted);
                }
            }
            self.y += ROW;
        }
    }

    fn numbered(self, title: &str) -> Vec<Page> {
        let (letters, count) = (self.letters, self.pages.len());
        let numbered = |(index, mut marks): (usize, Vec<Mark>)| {
            let y = HEIGHT - 10.0 * MM;
            let mut foot = |x: f32, text: String| {
                marks.push(Mark::Text { x, y, size: 8.0, weight: Weight::Regular, ink: GREY, text });
            };
            let page = format!("page {} / {count}", index + 1);
            foot(WIDTH - MARGIN - letters.width(&page, 8.0, Weight::Regular), page);
            foot(MARGIN, letters.fitted(title, 8.0, Weight::Regular, 380.0));
            Page { width: WIDTH, height: HEIGHT, marks }
        };
        self.pages.into_iter().enumerate().map(numbered).collect()
    }
}
