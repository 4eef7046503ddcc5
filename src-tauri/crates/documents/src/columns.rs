//! Lines of paper in a number of columns: for printers, whose letters are all of one width. Owns wrapping and alignment.

use crate::paper::Line;

/// A printed row: text of at most so many columns, and how large it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Row {
    Plain(String),
    Bold(String),
    /// Twice as wide and high: half as many columns.
    Large(String),
    /// White on black.
    Inverse(String),
    Qr(String),
}

pub(crate) fn rows(lines: &[Line], columns: usize) -> Vec<Row> {
    let mut rows = Vec::new();
    for line in lines {
        match line {
            Line::Title(text) => {
                rows.extend(
                    wrapped(text, columns / 2).iter().map(|row| Row::Large(centred(row, columns / 2))),
                );
            }
            Line::Amount(text) => {
                rows.push(Row::Plain(String::new()));
                rows.extend(
                    wrapped(text, columns / 2).iter().map(|row| Row::Large(centred(row, columns / 2))),
                );
                rows.push(Row::Plain(String::new()));
            }
            Line::Centre(text) => {
                rows.extend(wrapped(text, columns).iter().map(|row| Row::Plain(centred(row, columns))));
            }
            Line::Banner(text) => {
                rows.extend(wrapped(text, columns - 2).iter().map(|row| {
                    let centred = centred(row, columns);
                    Row::Inverse(format!("{centred:<columns$}"))
                }));
            }
            Line::Pair(word, value) => rows.extend(paired(word, value, columns).into_iter().map(Row::Plain)),
            Line::Strong(word, value) => rows.extend(paired(word, value, columns).into_iter().map(Row::Bold)),
            Line::Text(text) => rows.extend(wrapped(text, columns).into_iter().map(Row::Plain)),
            Line::Rule => rows.push(Row::Plain("-".repeat(columns))),
            Line::Gap => rows.push(Row::Plain(String::new())),
            Line::Qr(text) => rows.push(Row::Qr(text.clone())),
        }
    }
    rows
}

fn width(text: &str) -> usize {
    text.chars().count()
}

fn centred(text: &str, columns: usize) -> String {
    format!("{}{text}", " ".repeat(columns.saturating_sub(width(text)) / 2))
}

fn paired(word: &str, value: &str, columns: usize) -> Vec<String> {
    let free = columns.saturating_sub(width(word) + width(value));
    if free > 0 {
        return vec![format!("{word}{}{value}", " ".repeat(free))];
    }
    let mut rows = wrapped(word, columns);
    rows.extend(wrapped(value, columns).iter().map(|row| format!("{row:>columns$}")));
    rows
}

/// Breaks at spaces, and within words that are longer than a row.
pub(crate) fn wrapped(text: &str, columns: usize) -> Vec<String> {
    let mut rows: Vec<String> = Vec::new();
    let mut row = String::new();
    for word in text.split(' ') {
        let mut word: Vec<char> = word.chars().collect();
        if !row.is_empty() && width(&row) + 1 + word.len() > columns {
            rows.push(std::mem::take(&mut row));
        }
        while word.len() > columns {
            let rest = word.split_off(columns);
            rows.push(word.iter().collect());
            word = rest;
        }
        if !row.is_empty() {
            row.push(' ');
        }
        row.extend(word);
    }
    rows.push(row);
    rows
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn pairs_stand_apart_or_below_each_other() {
        assert_eq!(paired("Heure", "14:05", 16), ["Heure      14:05"]);
        assert_eq!(paired("Notre réf.", "0123456789", 16), ["Notre réf.", "      0123456789"]);
    }

    proptest! {
        #[test]
        fn no_row_is_wider_than_the_paper_and_nothing_is_lost(text in "[a-zé ]{0,120}", columns in 8usize..49) {
            let rows = wrapped(&text, columns);
            prop_assert!(rows.iter().all(|row| width(row) <= columns), "{rows:?}");
            let letters = |text: &str| text.chars().filter(|c| *c != ' ').collect::<String>();
            prop_assert_eq!(letters(&rows.concat()), letters(&text));
        }
    }
}
