//! PDF: a page with letters, lines and squares on it. Owns measuring, wrapping, and letters that the font does not have.
//! Knows nothing of receipts or reports.
#![allow(clippy::float_arithmetic, reason = "points on paper; no amount is computed here")]

use crate::error::DocumentError;
use crate::fonts;
use crate::qr;
use ab_glyph::{Font as _, FontRef};
use krilla::Document;
use krilla::color::luma;
use krilla::geom::{Path, PathBuilder, Point, Rect};
use krilla::metadata::Metadata;
use krilla::num::NormalizedF32;
use krilla::page::PageSettings;
use krilla::paint::{Fill, FillRule};
use krilla::text::{Font, TextDirection};

/// Points in a millimetre.
pub(crate) const MM: f32 = 72.0 / 25.4;
pub(crate) const BLACK: u8 = 0;
pub(crate) const GREY: u8 = 96;
pub(crate) const PALE: u8 = 235;
pub(crate) const WHITE: u8 = 255;

/// Which letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Weight {
    Regular,
    Bold,
}

/// What stands on a page; `y` grows downwards, and is the baseline of a text.
#[derive(Debug, Clone)]
pub(crate) enum Mark {
    Text { x: f32, y: f32, size: f32, weight: Weight, ink: u8, text: String },
    Box { x: f32, y: f32, width: f32, height: f32, ink: u8 },
    Qr { x: f32, y: f32, size: f32, text: String },
}

/// The letters, measured.
pub(crate) struct Letters {
    regular: FontRef<'static>,
    bold: FontRef<'static>,
}

impl Letters {
    pub(crate) fn new() -> Result<Self, DocumentError> {
        Ok(Self { regular: fonts::read(fonts::REGULAR)?, bold: fonts::read(fonts::BOLD)? })
    }

    const fn of(&self, weight: Weight) -> &FontRef<'static> {
        match weight {
            Weight::Regular => &self.regular,
            Weight::Bold => &self.bold,
        }
    }

    /// How wide a text is, in points.
    pub(crate) fn width(&self, text: &str, size: f32, weight: Weight) -> f32 {
        let font = self.of(weight);
        let units = font.units_per_em().unwrap_or(1000.0);
        text.chars().map(|c| font.h_advance_unscaled(font.glyph_id(c))).sum::<f32>() / units * size
    }

    /// The text with a mark in place of letters that the font does not have.
    fn printable(&self, text: &str, weight: Weight) -> String {
        let font = self.of(weight);
        let known = |c: char| !c.is_control() && font.glyph_id(c).0 != 0;
        text.chars().map(|c| if known(c) { c } else { '\u{fffd}' }).collect()
    }

    /// Breaks at spaces, and within words that are wider than the line.
    pub(crate) fn wrapped(&self, text: &str, size: f32, weight: Weight, width: f32) -> Vec<String> {
        let mut lines = vec![String::new()];
        for word in text.split(' ') {
            let joined = lines.last().map(|line| format!("{line} {word}")).unwrap_or_default();
            let is_first = lines.last().is_some_and(String::is_empty);
            let candidate = if is_first { word.to_owned() } else { joined };
            if self.width(&candidate, size, weight) <= width {
                if let Some(last) = lines.last_mut() {
                    *last = candidate;
                }
                continue;
            }
            if !is_first {
                lines.push(String::new());
            }
            for c in word.chars() {
                let is_full =
                    lines.last().is_some_and(|line| self.width(&format!("{line}{c}"), size, weight) > width);
                if is_full {
                    lines.push(String::new());
                }
                if let Some(last) = lines.last_mut() {
                    last.push(c);
                }
            }
        }
        lines
    }

    /// The text, shortened with … to fit.
    pub(crate) fn fitted(&self, text: &str, size: f32, weight: Weight, width: f32) -> String {
        if self.width(text, size, weight) <= width {
            return text.to_owned();
        }
        let mut short: String = text.to_owned();
        while short.pop().is_some() && self.width(&format!("{short}…"), size, weight) > width {}
        format!("{short}…")
    }
}

/// A page of marks.
pub(crate) struct Page {
    pub(crate) width: f32,
    pub(crate) height: f32,
    pub(crate) marks: Vec<Mark>,
}

/// The pages as a file.
pub(crate) fn file(title: &str, author: &str, pages: &[Page]) -> Result<Vec<u8>, DocumentError> {
    let letters = Letters::new()?;
    let (regular, bold) = (font(fonts::REGULAR)?, font(fonts::BOLD)?);
    let mut document = Document::new();
    document.set_metadata(
        Metadata::new()
            .title(title.to_owned())
            .authors(vec![author.to_owned()])
            .language("fr".to_owned())
            .creator("Encaisse".to_owned()),
    );
    for page in pages {
        let settings = PageSettings::from_wh(page.width, page.height)
            .ok_or_else(|| DocumentError::Format("a page without a size".to_owned()))?;
        let mut sheet = document.start_page_with(settings);
        let mut surface = sheet.surface();
        for mark in &page.marks {
            match mark {
                Mark::Text { x, y, size, weight, ink, text } => {
                    surface.set_fill(Some(fill(*ink)));
                    let font = match weight {
                        Weight::Regular => regular.clone(),
                        Weight::Bold => bold.clone(),
                    };
                    let text = letters.printable(text, *weight);
                    surface.draw_text(
                        Point::from_xy(*x, *y),
                        font,
                        *size,
                        &text,
                        false,
                        TextDirection::LeftToRight,
                    );
                }
                Mark::Box { x, y, width, height, ink } => {
                    surface.set_fill(Some(fill(*ink)));
                    surface.draw_path(&rectangles([(*x, *y, *width, *height)])?);
                }
                Mark::Qr { x, y, size, text } => {
                    surface.set_fill(Some(fill(BLACK)));
                    surface.draw_path(&squares(text, *x, *y, *size)?);
                }
            }
        }
        surface.finish();
        sheet.finish();
    }
    document.finish().map_err(|error| DocumentError::Format(format!("{error:?}")))
}

fn font(bytes: &'static [u8]) -> Result<Font, DocumentError> {
    Font::new(bytes.to_vec().into(), 0)
        .ok_or_else(|| DocumentError::Format("a font that cannot be read".to_owned()))
}

fn fill(ink: u8) -> Fill {
    Fill { paint: luma::Color::new(ink).into(), opacity: NormalizedF32::ONE, rule: FillRule::NonZero }
}

fn rectangles(all: impl IntoIterator<Item = (f32, f32, f32, f32)>) -> Result<Path, DocumentError> {
    let broken = || DocumentError::Format("a box without a size".to_owned());
    let mut path = PathBuilder::new();
    for (x, y, width, height) in all {
        path.push_rect(Rect::from_xywh(x, y, width, height).ok_or_else(broken)?);
    }
    path.finish().ok_or_else(broken)
}

fn squares(text: &str, x: f32, y: f32, size: f32) -> Result<Path, DocumentError> {
    let modules = qr::modules(text)?;
    let count = f32::from(u16::try_from(modules.len()).unwrap_or(u16::MAX));
    let step = size / count;
    let mut all = Vec::new();
    let mut top = y;
    for row in &modules {
        let mut left = x;
        for dark in row {
            if *dark {
                // A hair more, so that neighbours leave no white line between them.
                all.push((left, top, step + 0.05, step + 0.05));
            }
            left += step;
        }
        top += step;
    }
    rectangles(all)
}
