//! Lines of paper as PDF: on an 80 mm roll as long as it needs to be, or on A4. Owns sizes and spacing.
#![allow(clippy::float_arithmetic, reason = "points on paper; no amount is computed here")]

use crate::error::DocumentError;
use crate::paper::Line;
use crate::pdf::{BLACK, GREY, Letters, MM, Mark, PALE, Page, WHITE, Weight, file};

/// Which page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PageSize {
    /// 210 × 297 mm.
    A4,
    /// 80 mm wide, as long as its content.
    Roll80,
}

struct Look {
    page_width: f32,
    margin: f32,
    text: f32,
    leading: f32,
    title: f32,
    amount: f32,
    qr: f32,
}

impl PageSize {
    const fn look(self) -> Look {
        match self {
            Self::A4 => Look {
                page_width: 210.0 * MM,
                margin: 45.0 * MM,
                text: 11.0,
                leading: 17.5,
                title: 18.0,
                amount: 30.0,
                qr: 96.0,
            },
            Self::Roll80 => Look {
                page_width: 80.0 * MM,
                margin: 4.0 * MM,
                text: 8.6,
                leading: 12.6,
                title: 13.0,
                amount: 21.0,
                qr: 84.0,
            },
        }
    }
}

const A4_HEIGHT: f32 = 297.0 * MM;
const A4_TOP: f32 = 25.0 * MM;

/// Paper as a PDF file.
///
/// # Errors
/// [`DocumentError::Format`].
pub fn pdf(title: &str, lines: &[Line], size: PageSize) -> Result<Vec<u8>, DocumentError> {
    let letters = Letters::new()?;
    let look = size.look();
    let top = match size {
        PageSize::A4 => A4_TOP,
        PageSize::Roll80 => look.margin,
    };
    let bottom = match size {
        PageSize::A4 => A4_HEIGHT - A4_TOP,
        PageSize::Roll80 => f32::MAX,
    };
    let mut flow = Flow { letters: &letters, look, top, bottom, y: top, pages: vec![Vec::new()] };
    for line in lines {
        flow.put(line);
    }
    let (page_width, end) = (flow.look.page_width, flow.y);
    let height = match size {
        PageSize::A4 => A4_HEIGHT,
        PageSize::Roll80 => end + 8.0 * MM,
    };
    let pages: Vec<Page> =
        flow.pages.into_iter().map(|marks| Page { width: page_width, height, marks }).collect();
    file(title, "Encaisse", &pages)
}

struct Flow<'l> {
    letters: &'l Letters,
    look: Look,
    top: f32,
    bottom: f32,
    y: f32,
    pages: Vec<Vec<Mark>>,
}

impl Flow<'_> {
    fn inner(&self) -> f32 {
        self.look.page_width - 2.0 * self.look.margin
    }

    fn mark(&mut self, mark: Mark) {
        if let Some(page) = self.pages.last_mut() {
            page.push(mark);
        }
    }

    /// Makes room for so many points, on the next page when this one is full.
    fn take(&mut self, height: f32) -> f32 {
        if self.y + height > self.bottom {
            self.pages.push(Vec::new());
            self.y = self.top;
        }
        self.y += height;
        self.y
    }

    fn text(&mut self, x: f32, y: f32, size: f32, weight: Weight, ink: u8, text: &str) {
        self.mark(Mark::Text { x, y, size, weight, ink, text: text.to_owned() });
    }

    fn centred(&mut self, text: &str, size: f32, leading: f32, weight: Weight, ink: u8) {
        for row in self.letters.wrapped(text, size, weight, self.inner()) {
            let y = self.take(leading);
            let x = (self.look.page_width - self.letters.width(&row, size, weight)) / 2.0;
            self.text(x, y, size, weight, ink, &row);
        }
    }

    fn pair(&mut self, word: &str, value: &str, weight: Weight) {
        let (size, leading, margin) = (self.look.text, self.look.leading, self.look.margin);
        let value_width = self.letters.width(value, size, Weight::Bold);
        let is_narrow = self.letters.width(word, size, weight) + value_width + 8.0 > self.inner();
        let y = self.take(leading);
        let ink = if weight == Weight::Bold { BLACK } else { GREY };
        self.text(margin, y, size, weight, ink, word);
        let y = if is_narrow { self.take(leading) } else { y };
        let fitted = self.letters.fitted(value, size, Weight::Bold, self.inner());
        let x = self.look.page_width - margin - self.letters.width(&fitted, size, Weight::Bold);
        self.text(x, y, size, Weight::Bold, BLACK, &fitted);
    }

    fn put(&mut self, line: &Line) {
        let (size, leading, margin) = (self.look.text, self.look.leading, self.look.margin);
        match line {
            Line::Title(text) => {
                self.centred(text, self.look.title, self.look.title * 1.35, Weight::Bold, BLACK)
            }
            Line::Amount(text) => {
                self.y += leading * 0.3;
                self.centred(text, self.look.amount, self.look.amount * 1.25, Weight::Bold, BLACK);
                self.y += leading * 0.2;
            }
            Line::Centre(text) => self.centred(text, size, leading, Weight::Regular, BLACK),
            Line::Banner(text) => {
                self.y += leading * 0.35;
                let y = self.take(leading * 1.25);
                let (width, height) = (self.inner(), leading * 1.35);
                self.mark(Mark::Box { x: margin, y: y - height * 0.72, width, height, ink: BLACK });
                let fitted = self.letters.fitted(text, size, Weight::Bold, width - 6.0);
                let x = (self.look.page_width - self.letters.width(&fitted, size, Weight::Bold)) / 2.0;
                self.text(x, y, size, Weight::Bold, WHITE, &fitted);
                self.y += leading * 0.5;
            }
            Line::Pair(word, value) => self.pair(word, value, Weight::Regular),
            Line::Strong(word, value) => self.pair(word, value, Weight::Bold),
            Line::Text(text) => {
                for row in self.letters.wrapped(text, size, Weight::Regular, self.inner()) {
                    let y = self.take(leading);
                    self.text(margin, y, size, Weight::Regular, BLACK, &row);
                }
            }
            Line::Rule => {
                let y = self.take(leading * 0.8) - leading * 0.2;
                self.mark(Mark::Box { x: margin, y, width: self.inner(), height: 0.8, ink: PALE - 60 });
            }
            Line::Gap => {
                self.take(leading * 0.5);
            }
            Line::Qr(text) => {
                let side = self.look.qr;
                let y = self.take(side + leading);
                let x = (self.look.page_width - side) / 2.0;
                self.mark(Mark::Qr { x, y: y - side, size: side, text: text.clone() });
                self.y += leading * 0.4;
            }
        }
    }
}
