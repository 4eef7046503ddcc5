//! A ticket as an image, for printers whose code page is a guess: every letter comes out as it is. Owns the drawing of rows
//! into dots and the cutting into bands that fit a printer's memory.
#![allow(clippy::float_arithmetic, reason = "dots on paper; no amount is computed here")]

use crate::columns::Row;
use crate::error::DocumentError;
use crate::escpos_ticket::PaperWidth;
use crate::fonts;
use crate::qr;
use ab_glyph::{Font, FontRef, Point, PxScale, ScaleFont};

/// Dots from one letter to the next.
pub(crate) const CELL_WIDTH: usize = 12;
const CELL_HEIGHT: usize = 30;
/// Letters of the fixed-width font are 0.6 of their size wide.
const LETTER_SIZE: f32 = 26.0;
const QR_DOTS: usize = 6;
/// Rows of dots in one command: small printers hold no more.
const BAND_ROWS: usize = 256;

/// Rows of dots; true is black.
struct Canvas {
    width: usize,
    dots: Vec<bool>,
}

impl Canvas {
    fn grow(&mut self, rows: usize) -> usize {
        let top = self.dots.len() / self.width;
        self.dots.resize(self.dots.len() + rows * self.width, false);
        top
    }

    fn put(&mut self, x: usize, y: usize) {
        if x < self.width
            && let Some(dot) = self.dots.get_mut(y * self.width + x)
        {
            *dot = true;
        }
    }

    fn write(&mut self, text: &str, scale: usize, font: &FontRef<'_>) {
        let top = self.grow(CELL_HEIGHT * scale);
        let factor = f32::from(u8::try_from(scale).unwrap_or(1));
        let scaled = font.as_scaled(PxScale::from(LETTER_SIZE * factor));
        let baseline = scaled.ascent();
        for (index, c) in text.chars().enumerate() {
            let left = index * CELL_WIDTH * scale;
            let glyph =
                font.glyph_id(c).with_scale_and_position(scaled.scale(), Point { x: 0.0, y: baseline });
            let Some(outline) = font.outline_glyph(glyph) else { continue };
            let bounds = outline.px_bounds();
            outline.draw(|x, y, cover| {
                if cover > 0.45 {
                    let (x, y) = (bounds.min.x + as_dots(x), bounds.min.y + as_dots(y));
                    if x >= 0.0 && y >= 0.0 {
                        #[allow(
                            clippy::cast_possible_truncation,
                            clippy::cast_sign_loss,
                            reason = "a dot within the canvas, not negative"
                        )]
                        self.put(left + x as usize, top + y as usize);
                    }
                }
            });
        }
    }

    fn invert_from(&mut self, top: usize) {
        let from = top * self.width;
        self.dots.iter_mut().skip(from).for_each(|dot| *dot = !*dot);
    }

    fn qr(&mut self, text: &str) -> Result<(), DocumentError> {
        let code = qr::modules(text)?;
        let top = self.grow((code.len() + 4) * QR_DOTS);
        let left = self.width.saturating_sub(code.len() * QR_DOTS) / 2;
        for (row, modules) in code.iter().enumerate() {
            for (column, dark) in modules.iter().enumerate() {
                for dot in 0..(if *dark { QR_DOTS * QR_DOTS } else { 0 }) {
                    self.put(
                        left + column * QR_DOTS + dot % QR_DOTS,
                        top + (row + 2) * QR_DOTS + dot / QR_DOTS,
                    );
                }
            }
        }
        Ok(())
    }
}

fn as_dots(value: u32) -> f32 {
    f32::from(u16::try_from(value).unwrap_or(u16::MAX))
}

/// The rows as GS v 0 commands, top to bottom.
pub(crate) fn bands(rows: &[Row], width: PaperWidth) -> Result<Vec<Vec<u8>>, DocumentError> {
    let mut canvas = Canvas { width: width.dots(), dots: Vec::new() };
    let (regular, bold) = (fonts::mono()?, fonts::mono_bold()?);
    for row in rows {
        match row {
            Row::Plain(text) => canvas.write(text, 1, &regular),
            Row::Bold(text) => canvas.write(text, 1, &bold),
            Row::Large(text) => canvas.write(text, 2, &bold),
            Row::Inverse(text) => {
                let top = canvas.dots.len() / canvas.width;
                canvas.write(text, 1, &bold);
                canvas.invert_from(top);
            }
            Row::Qr(text) => canvas.qr(text)?,
        }
    }
    Ok(canvas.dots.chunks(BAND_ROWS * canvas.width).map(|band| command(band, canvas.width)).collect())
}

fn command(band: &[bool], width: usize) -> Vec<u8> {
    let short = |value: usize| u16::try_from(value).unwrap_or(u16::MAX).to_le_bytes();
    let mut bytes = vec![0x1d, b'v', b'0', 0];
    bytes.extend(short(width / 8));
    bytes.extend(short(band.len() / width));
    bytes.extend(band.chunks(8).map(|dots| dots.iter().fold(0u8, |byte, dot| (byte << 1) | u8::from(*dot))));
    bytes
}
