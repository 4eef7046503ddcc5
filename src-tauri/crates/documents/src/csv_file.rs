//! CSV, in the two ways that readers expect. Owns separators, dates and headers; the columns are [`Column`]'s.

use crate::error::DocumentError;
use crate::export::{Cell, Column, EntryWriter, ExportOptions, class_in_french, french_titles, harmless};
use csv::{QuoteStyle, Terminator, Writer, WriterBuilder};
use domain::{BusinessDay, EntryRow};
use std::io::{BufWriter, Write};

const BUFFER_BYTES: usize = 1 << 17;
/// Tells Excel that the file is UTF-8.
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

pub(crate) type Buffered<W> = Writer<BufWriter<W>>;

/// `;`, UTF-8 with its mark, CRLF.
pub(crate) fn french<W: Write>(output: W) -> Result<Buffered<W>, DocumentError> {
    let mut buffered = BufWriter::with_capacity(BUFFER_BYTES, output);
    buffered.write_all(BYTE_ORDER_MARK)?;
    Ok(WriterBuilder::new().delimiter(b';').terminator(Terminator::CRLF).from_writer(buffered))
}

pub(crate) fn flushed<W: Write>(writer: Buffered<W>) -> Result<(), DocumentError> {
    let buffered = writer.into_inner().map_err(|error| error.into_error())?;
    buffered.into_inner().map_err(|error| error.into_error())?.flush()?;
    Ok(())
}

/// The day last written, as text.
struct DayText {
    day: Option<BusinessDay>,
    text: String,
    write: fn(BusinessDay) -> String,
}

impl DayText {
    const fn new(write: fn(BusinessDay) -> String) -> Self {
        Self { day: None, text: String::new(), write }
    }

    fn of(&mut self, day: BusinessDay) -> &str {
        if self.day != Some(day) {
            self.text = (self.write)(day);
            self.day = Some(day);
        }
        &self.text
    }
}

/// Who reads the file.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reader {
    /// Excel and LibreOffice in French: `;`, dates as `24/11/2026`, time in a column of its own, plain integers.
    French,
    /// RFC 4180: commas, CRLF, no mark, ISO 8601 with the offset, empty for none.
    Machine,
}

pub(crate) struct CsvFile<W: Write> {
    writer: Buffered<W>,
    options: ExportOptions,
    reader: Reader,
    days: DayText,
    dates: DayText,
}

impl<W: Write> CsvFile<W> {
    pub(crate) fn french(options: ExportOptions, output: W) -> Result<Self, DocumentError> {
        let mut writer = french(output)?;
        writer.write_record(french_titles())?;
        Ok(Self::new(writer, options, Reader::French, BusinessDay::french))
    }

    pub(crate) fn standard(options: ExportOptions, output: W) -> Result<Self, DocumentError> {
        let buffered = BufWriter::with_capacity(BUFFER_BYTES, output);
        let mut writer = WriterBuilder::new()
            .terminator(Terminator::CRLF)
            .quote_style(QuoteStyle::Necessary)
            .from_writer(buffered);
        writer.write_record(Column::ALL.map(Column::name))?;
        Ok(Self::new(writer, options, Reader::Machine, |day| day.to_string()))
    }

    const fn new(
        writer: Buffered<W>,
        options: ExportOptions,
        reader: Reader,
        written: fn(BusinessDay) -> String,
    ) -> Self {
        Self { writer, options, reader, days: DayText::new(written), dates: DayText::new(written) }
    }
}

impl<W: Write> EntryWriter for CsvFile<W> {
    fn write(&mut self, row: &EntryRow<'_>) -> Result<(), DocumentError> {
        let is_french = self.reader == Reader::French;
        for column in Column::ALL {
            let writer = &mut self.writer;
            match self.options.cell(column, row)? {
                Cell::Number(None) => writer.write_field("")?,
                Cell::Number(Some(number)) | Cell::Amount(number) => {
                    writer.write_field(number.to_string())?
                }
                Cell::Day(day) => writer.write_field(self.days.of(day))?,
                Cell::Moment(at) if is_french => {
                    writer.write_field(self.dates.of(at.date()))?;
                    writer.write_field(at.clock())?;
                }
                Cell::Moment(at) => writer.write_field(at.iso())?,
                Cell::Class(class) if is_french => writer.write_field(class_in_french(class))?,
                Cell::Class(class) => writer.write_field(class.as_str())?,
                Cell::Text(text) => writer.write_field(harmless(&text).as_ref())?,
            }
        }
        Ok(self.writer.write_record(None::<&[u8]>)?)
    }

    fn finish(self: Box<Self>) -> Result<(), DocumentError> {
        flushed(self.writer)
    }
}
