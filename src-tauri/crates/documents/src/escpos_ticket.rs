//! ESC/POS: lines of paper as the bytes that receipt printers understand.
//!
//! Owns what each width holds, code pages, and the way around printers whose code page is a guess: the whole ticket as an
//! image. Refuses to send anything: that is the till's.

use crate::columns::{Row, rows};
use crate::error::DocumentError;
use crate::paper::Line;
use crate::raster;
use escpos::driver::Driver;
use escpos::errors::PrinterError;
use escpos::printer::Printer;
use escpos::utils::{JustifyMode, PageCode, Protocol, QRCodeCorrectionLevel, QRCodeModel, QRCodeOption};
use std::cell::RefCell;
use std::rc::Rc;

/// Width of the paper roll.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PaperWidth {
    /// 58 mm: 32 columns, 384 dots.
    Narrow,
    /// 80 mm: 48 columns, 576 dots.
    #[default]
    Wide,
}

impl PaperWidth {
    /// Letters in a row.
    #[must_use]
    pub const fn columns(self) -> usize {
        match self {
            Self::Narrow => 32,
            Self::Wide => 48,
        }
    }

    /// Dots in a row, at 203 to the inch.
    #[must_use]
    pub const fn dots(self) -> usize {
        self.columns() * raster::CELL_WIDTH
    }
}

/// How letters reach the printer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Lettering {
    /// Code page 858, as most printers sold in West Africa have it: French accents and €.
    #[default]
    Cp858,
    /// Code page 850.
    Cp850,
    /// Windows-1252.
    Windows1252,
    /// Code page 437: some capitals lose their accent.
    Cp437,
    /// As an image: accents always print, more slowly.
    Image,
}

impl Lettering {
    const fn page(self) -> Option<PageCode> {
        match self {
            Self::Cp858 => Some(PageCode::PC858),
            Self::Cp850 => Some(PageCode::PC850),
            Self::Windows1252 => Some(PageCode::WPC1252),
            Self::Cp437 => Some(PageCode::PC437),
            Self::Image => None,
        }
    }

    /// The byte of a letter; none when the page does not have it.
    fn byte(self, c: char) -> Option<u8> {
        if c == '\u{a0}' {
            // Where pages have it, some printers draw it.
            return Some(b' ');
        }
        if c.is_ascii() {
            return (!c.is_ascii_control()).then_some(u8::try_from(c).unwrap_or(b'?'));
        }
        match self {
            Self::Cp858 => oem_cp::code_table::ENCODING_TABLE_CP858.get(&c).copied(),
            Self::Cp850 => oem_cp::code_table::ENCODING_TABLE_CP850.get(&c).copied(),
            Self::Cp437 => oem_cp::code_table::ENCODING_TABLE_CP437.get(&c).copied(),
            Self::Windows1252 => windows_1252(c),
            Self::Image => None,
        }
    }

    /// A row as bytes. A letter that the page does not have is written as the nearest ones that it has.
    fn encoded(self, text: &str) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(text.len());
        for c in text.chars() {
            match self.byte(c) {
                Some(byte) => bytes.push(byte),
                None => bytes.extend(nearest(c).bytes()),
            }
        }
        bytes
    }
}

fn windows_1252(c: char) -> Option<u8> {
    let mut buffer = [0; 4];
    let (bytes, _, is_missing) = encoding_rs::WINDOWS_1252.encode(c.encode_utf8(&mut buffer));
    bytes.first().copied().filter(|_| !is_missing)
}

/// In letters that every printer has, as wide as the original wherever that is possible.
const fn nearest(c: char) -> &'static str {
    match c {
        '\u{a0}' | '\u{202f}' | '\u{2009}' => " ",
        '’' | '‘' | 'ʼ' => "'",
        '“' | '”' | '«' | '»' => "\"",
        '–' | '—' | '‑' | '−' => "-",
        '•' | '·' => "*",
        '…' => "...",
        'œ' => "oe",
        'Œ' => "OE",
        '°' => "o",
        '€' => "EUR",
        'À' | 'Â' | 'Ä' | 'Ã' => "A",
        'È' | 'Ê' | 'Ë' | 'É' | 'Ɛ' => "E",
        'Î' | 'Ï' => "I",
        'Ô' | 'Ö' | 'Õ' | 'Ɔ' => "O",
        'Ù' | 'Û' | 'Ü' | 'Ʋ' => "U",
        'Ç' => "C",
        'Ÿ' => "Y",
        'à' | 'â' | 'ä' | 'ã' => "a",
        'è' | 'ê' | 'ë' | 'é' | 'ɛ' => "e",
        'î' | 'ï' => "i",
        'ô' | 'ö' | 'õ' | 'ɔ' => "o",
        'ù' | 'û' | 'ü' | 'ʋ' => "u",
        'ç' => "c",
        'ÿ' => "y",
        'ɖ' => "d",
        'ƒ' => "f",
        'ŋ' => "n",
        _ => "?",
    }
}

/// The bytes of a ticket, cut at its end.
///
/// # Errors
/// [`DocumentError::Format`] for a QR code that is too long.
pub fn ticket(lines: &[Line], width: PaperWidth, lettering: Lettering) -> Result<Vec<u8>, DocumentError> {
    let memory = Memory::default();
    let rows = rows(lines, width.columns());
    // The printer borrows a handle; the bytes are read from the other one.
    let mut printer = Printer::new(memory.clone(), Protocol::default(), None);
    match lettering.page() {
        Some(page) => {
            printer.init()?.page_code(page)?;
            for row in &rows {
                print(&mut printer, row, lettering)?;
            }
        }
        None => {
            printer.init()?;
            for band in raster::bands(&rows, width)? {
                printer.custom(&band)?;
            }
        }
    }
    printer.feeds(FEED_LINES)?.print_cut()?;
    let bytes = memory.0.borrow().clone();
    Ok(bytes)
}

/// Lifts the last row over the knife.
const FEED_LINES: u8 = 3;
/// Dots per module of a QR code: about 0.6 mm.
const QR_MODULE_DOTS: u8 = 5;

/// A plain line feed: every printer prints what it holds and goes on.
const NEWLINE: &[u8] = b"\n";

fn print(printer: &mut Printer<Memory>, row: &Row, lettering: Lettering) -> Result<(), DocumentError> {
    match row {
        Row::Plain(text) => {
            printer.custom(&lettering.encoded(text))?.custom(NEWLINE)?;
        }
        Row::Bold(text) => {
            printer.bold(true)?.custom(&lettering.encoded(text))?.bold(false)?.custom(NEWLINE)?;
        }
        Row::Large(text) => {
            printer.size(2, 2)?.custom(&lettering.encoded(text))?.custom(NEWLINE)?.reset_size()?;
        }
        Row::Inverse(text) => {
            printer.reverse(true)?.custom(&lettering.encoded(text))?.reverse(false)?.custom(NEWLINE)?;
        }
        Row::Qr(text) => {
            let option = QRCodeOption::new(QRCodeModel::Model2, QR_MODULE_DOTS, QRCodeCorrectionLevel::M);
            printer
                .justify(JustifyMode::CENTER)?
                .qrcode_option(text, option)?
                .custom(NEWLINE)?
                .justify(JustifyMode::LEFT)?;
        }
    }
    Ok(())
}

impl From<PrinterError> for DocumentError {
    fn from(error: PrinterError) -> Self {
        Self::Format(error.to_string())
    }
}

/// A printer made of memory.
#[derive(Clone, Default)]
struct Memory(Rc<RefCell<Vec<u8>>>);

impl Driver for Memory {
    fn name(&self) -> String {
        "memory".to_owned()
    }

    fn write(&self, data: &[u8]) -> escpos::errors::Result<()> {
        self.0.borrow_mut().extend_from_slice(data);
        Ok(())
    }

    fn read(&self, _: &mut [u8]) -> escpos::errors::Result<usize> {
        Ok(0)
    }

    fn flush(&self) -> escpos::errors::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn french_letters_print_in_every_code_page_or_as_their_nearest() {
        assert_eq!(Lettering::Cp858.encoded("é€Ç"), [0x82, 0xd5, 0x80]);
        assert_eq!(Lettering::Windows1252.encoded("éœ€’"), [0xe9, 0x9c, 0x80, 0x92]);
        assert_eq!(Lettering::Cp850.encoded("é€"), [&[0x82][..], b"EUR"].concat());
        assert_eq!(Lettering::Cp437.encoded("ÈŒ’ 12\u{202f}500"), b"EOE' 12 500");
        assert_eq!(Lettering::Cp858.encoded("\u{1b}@漢"), b"?@?");
    }
}
