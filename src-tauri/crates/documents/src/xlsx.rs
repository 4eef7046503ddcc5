//! XLSX: typed cells, frozen headers, a sheet per business day (per month when there are many), totals as values. No cell is
//! ever a formula. Sheets are written row by row, so that memory stays small.

use crate::error::DocumentError;
use crate::export::{Cell, Column, EntryWriter, ExportOptions, Output, class_in_french, french_titles};
use domain::{BusinessDay, Class, EntryRow, LocalTime, Mode, Tally, Totals, Xof};
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook, Worksheet};

/// Rows of one sheet, less header, gap and totals.
pub(crate) const ROWS_MAX: i64 = 1_048_576 - 10;
/// More days than this are put together by month.
const DAY_SHEETS_MAX: usize = 62;
const HEADER_ROWS: u32 = 1;

pub(crate) struct Spreadsheet<W> {
    workbook: Workbook,
    output: W,
    options: ExportOptions,
    looks: Looks,
    sheet: Option<Sheet>,
    /// Name and totals of each sheet that is done.
    done: Vec<(String, Totals)>,
}

struct Looks {
    header: Format,
    amount: Format,
    date: Format,
    time: Format,
    total: Format,
    total_amount: Format,
}

struct Sheet {
    name: String,
    worksheet: Worksheet,
    rows: u32,
    totals: Totals,
}

impl<W: Output> Spreadsheet<W> {
    pub(crate) fn new(options: ExportOptions, output: W) -> Result<Self, DocumentError> {
        let amount = Format::new().set_num_format("#,##0");
        Ok(Self {
            workbook: Workbook::new(),
            output,
            options,
            looks: Looks {
                header: Format::new().set_bold().set_background_color(0x00E8_F1EE),
                date: Format::new().set_num_format("dd/mm/yyyy"),
                time: Format::new().set_num_format("hh:mm:ss"),
                total: Format::new().set_bold(),
                total_amount: amount.clone().set_bold(),
                amount,
            },
            sheet: None,
            done: Vec::new(),
        })
    }

    /// A day has a sheet of its own until there are many; then its month has.
    fn name_for(&self, day: BusinessDay) -> String {
        let day = day.to_string();
        let is_month = self.done.len() >= DAY_SHEETS_MAX;
        if is_month { day.get(..7).unwrap_or_default().to_owned() } else { day }
    }

    fn open(&mut self, name: String) -> Result<Sheet, DocumentError> {
        let mut worksheet = self.workbook.new_worksheet_with_constant_memory()?;
        worksheet.set_name(&name)?;
        worksheet.set_freeze_panes(HEADER_ROWS, 0)?;
        let widths = [10, 12, 12, 10, 14, 15, 9, 15, 14, 22, 38, 14, 14, 24, 20, 10, 12, 24];
        for (index, (title, width)) in french_titles().into_iter().zip(widths).enumerate() {
            let column = u16::try_from(index).unwrap_or_default();
            worksheet.set_column_width(column, width)?;
            worksheet.write_string_with_format(0, column, title, &self.looks.header)?;
        }
        Ok(Sheet { name, worksheet, rows: HEADER_ROWS, totals: Totals::default() })
    }

    /// Ends the sheet in hand with its totals.
    fn close(&mut self) -> Result<(), DocumentError> {
        let Some(mut sheet) = self.sheet.take() else { return Ok(()) };
        let mut row = sheet.rows + 1;
        for class in Class::ALL {
            let tally = sheet.totals.of(*class);
            if tally.count > 0 {
                self.total(&mut sheet.worksheet, row, class_in_french(*class), tally)?;
                row += 1;
            }
        }
        let net = net(&sheet.totals)?;
        self.total(&mut sheet.worksheet, row, "Total", Tally { count: sheet.totals.entries(), amount: net })?;
        self.workbook.push_worksheet(sheet.worksheet);
        self.done.push((sheet.name, sheet.totals));
        Ok(())
    }

    fn total(
        &self,
        worksheet: &mut Worksheet,
        row: u32,
        title: &str,
        tally: Tally,
    ) -> Result<(), DocumentError> {
        worksheet.write_number_with_format(row, 0, whole(tally.count)?, &self.looks.total)?;
        worksheet.write_string_with_format(row, 4, title, &self.looks.total)?;
        worksheet.write_number_with_format(
            row,
            5,
            whole(tally.amount.francs())?,
            &self.looks.total_amount,
        )?;
        Ok(())
    }

    /// The last sheet: shop, range, and one line per sheet.
    fn summary(&mut self) -> Result<(), DocumentError> {
        let mut worksheet = Worksheet::new();
        worksheet.set_name("Résumé")?;
        worksheet.set_column_width(0, 22)?;
        worksheet.set_column_width(1, 16)?;
        worksheet.set_column_width(2, 16)?;
        let look = &self.looks;
        let mut head = vec![self.options.shop.name.clone(), self.options.title.clone()];
        if self.options.mode == Mode::Training {
            head.push("MODE ÉCOLE : aucun argent réel".to_owned());
        }
        let mut row = 0;
        for line in head {
            worksheet.write_string_with_format(row, 0, line, &look.total)?;
            row += 1;
        }
        row += 1;
        for (column, title) in (0u16..).zip(["Feuille", "Écritures", "Montant (F CFA)"]) {
            worksheet.write_string_with_format(row, column, title, &look.header)?;
        }
        let mut all = Totals::default();
        for (name, totals) in &self.done {
            row += 1;
            worksheet.write_string(row, 0, name)?;
            worksheet.write_number(row, 1, whole(totals.entries())?)?;
            worksheet.write_number_with_format(row, 2, whole(net(totals)?.francs())?, &look.amount)?;
            all = all.checked_plus(*totals).ok_or_else(too_large)?;
        }
        row += 1;
        worksheet.write_string_with_format(row, 0, "Total", &look.total)?;
        worksheet.write_number_with_format(row, 1, whole(all.entries())?, &look.total)?;
        worksheet.write_number_with_format(row, 2, whole(net(&all)?.francs())?, &look.total_amount)?;
        row += 2;
        worksheet.write_string(row, 0, "Base, écritures")?;
        worksheet.write_number(row, 1, whole(self.options.end.entries)?)?;
        worksheet.write_string(row, 2, &self.options.end.hash)?;
        self.workbook.push_worksheet(worksheet);
        Ok(())
    }
}

impl<W: Output> EntryWriter for Spreadsheet<W> {
    fn write(&mut self, row: &EntryRow<'_>) -> Result<(), DocumentError> {
        // Entries come by number; a clock set back may bring an earlier day again, which then stays on the sheet in hand.
        let name = self.name_for(row.day);
        let is_new = match &self.sheet {
            None => true,
            Some(sheet) => sheet.name != name && !self.done.iter().any(|(done, _)| *done == name),
        };
        if is_new {
            self.close()?;
            let name = self.name_for(row.day);
            self.sheet = Some(self.open(name)?);
        }
        let Some(sheet) = &mut self.sheet else { return Ok(()) };
        if i64::from(sheet.rows) > ROWS_MAX {
            return Err(DocumentError::TooManyRows { rows: ROWS_MAX + 1, max: ROWS_MAX });
        }
        let tally = Tally { count: 1, amount: row.amount };
        sheet.totals = sheet.totals.checked_with(row.class, tally).ok_or_else(too_large)?;
        cells(sheet, &self.looks, row, &self.options)?;
        sheet.rows += 1;
        Ok(())
    }

    fn finish(mut self: Box<Self>) -> Result<(), DocumentError> {
        if self.sheet.is_none() {
            let sheet = self.open("Aucune vente".to_owned())?;
            self.sheet = Some(sheet);
        }
        self.close()?;
        self.summary()?;
        self.workbook.save_to_writer(&mut self.output)?;
        Ok(self.output.flush()?)
    }
}

fn cells(
    sheet: &mut Sheet,
    looks: &Looks,
    row: &EntryRow<'_>,
    options: &ExportOptions,
) -> Result<(), DocumentError> {
    let (line, worksheet) = (sheet.rows, &mut sheet.worksheet);
    let mut at = 0u16;
    for column in Column::ALL {
        match options.cell(column, row)? {
            Cell::Number(None) => {}
            Cell::Number(Some(number)) => {
                worksheet.write_number(line, at, whole(number)?)?;
            }
            Cell::Amount(francs) => {
                worksheet.write_number_with_format(line, at, whole(francs)?, &looks.amount)?;
            }
            Cell::Day(day) => {
                worksheet.write_datetime_with_format(line, at, date(day)?, &looks.date)?;
            }
            Cell::Moment(moment) => {
                worksheet.write_datetime_with_format(line, at, date(moment.date())?, &looks.date)?;
                at += 1;
                worksheet.write_datetime_with_format(line, at, clock(moment)?, &looks.time)?;
            }
            Cell::Class(class) => {
                worksheet.write_string(line, at, class_in_french(class))?;
            }
            Cell::Text(text) if text.is_empty() => {}
            // A string cell is never run, whatever it begins with.
            Cell::Text(text) => {
                worksheet.write_string(line, at, text)?;
            }
        }
        at += 1;
    }
    Ok(())
}

fn date(day: BusinessDay) -> Result<ExcelDateTime, DocumentError> {
    Ok(ExcelDateTime::parse_from_str(&day.to_string())?)
}

fn clock(at: LocalTime) -> Result<ExcelDateTime, DocumentError> {
    Ok(ExcelDateTime::parse_from_str(&at.clock())?)
}

/// Spreadsheets know floating numbers only; beyond 2^53 a whole number would silently become another one.
fn whole(number: i64) -> Result<f64, DocumentError> {
    const EXACT: i64 = 1 << 53;
    if !(-EXACT..=EXACT).contains(&number) {
        return Err(DocumentError::Value(number.to_string()));
    }
    #[allow(clippy::cast_precision_loss, reason = "within 2^53, checked above")]
    Ok(number as f64)
}

fn net(totals: &Totals) -> Result<Xof, DocumentError> {
    totals.net().ok_or_else(too_large)
}

fn too_large() -> DocumentError {
    DocumentError::Value("a sum that does not fit".to_owned())
}
