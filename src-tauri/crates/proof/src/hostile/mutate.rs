//! What hostile input is made of: a valid one, damaged. Bits turned, bytes lost, parts of others put in, and words that
//! parsers are known to stumble over.

use crate::simulation::chance::Dice;

/// Longer inputs find nothing that shorter ones do not, only later.
const BYTES_MAX: usize = 600_000;

const WORDS: &[&str] = &[
    "",
    "\0",
    "\u{feff}",
    "\u{202e}",
    "\u{fffd}",
    "é",
    "😀",
    "\r\n",
    "\"",
    "\\",
    "\\u0000",
    "\\ud800",
    "%",
    "%00",
    "%zz",
    "+",
    "=",
    "=1+1",
    "@SUM(A1)",
    "-",
    "--",
    "'",
    ";",
    "&",
    "[",
    "]",
    "[]",
    "{}",
    "[[[[[[[[",
    "{\"a\":",
    "null",
    "true",
    "NaN",
    "Infinity",
    "1e309",
    "-0",
    "0",
    "00",
    "01",
    "9223372036854775807",
    "9223372036854775808",
    "-9223372036854775808",
    "18446744073709551616",
    "0.1",
    "3750.00",
    "00228",
    "+228",
    "٣",
    "９",
    "completed",
    "custom_data[0][keyof_customdata]=",
    "custom_data[",
    "transaction_id",
    "Echec (Code",
    "Code99999999999",
    "/",
    "//",
    "../",
    "https://",
    "http://127.0.0.1",
    "[::1]",
    "@",
    "#",
    "2026-02-30",
    "9999-12-31",
    "0000-00-00",
    "ENCAISSE1/",
    "Africa/Lome",
    "SQLite format 3\0",
    "WAL",
    "\u{7f}",
    "F CFA",
    "\t",
    " ",
    "\u{a0}",
];

/// Some bytes that a valid input may have become on its way.
pub fn mutated(corpus: &[Vec<u8>], dice: &mut Dice) -> Vec<u8> {
    let mut bytes = corpus[below(dice, corpus.len())].clone();
    for _ in 0..dice.between(1, 6) {
        once(&mut bytes, corpus, dice);
    }
    bytes.truncate(BYTES_MAX);
    bytes
}

fn once(bytes: &mut Vec<u8>, corpus: &[Vec<u8>], dice: &mut Dice) {
    let at = below(dice, bytes.len() + 1);
    let until = at + below(dice, (bytes.len() - at).min(40) + 1);
    match dice.between(0, 8) {
        0 | 1 => {
            if let Some(byte) = bytes.get_mut(at) {
                *byte ^= 1 << (dice.roll() % 8);
            }
        }
        2 => {
            if let Some(byte) = bytes.get_mut(at) {
                *byte = dice.roll().to_le_bytes()[0];
            }
        }
        3 => drop(bytes.drain(at..until)),
        4 => bytes.truncate(at),
        5 => {
            let word = WORDS[below(dice, WORDS.len())];
            drop(bytes.splice(at..until, word.bytes()));
        }
        6 => {
            let word = WORDS[below(dice, WORDS.len())];
            drop(bytes.splice(at..at, word.bytes()));
        }
        7 => {
            let part = bytes[at..until].repeat(below(dice, 60));
            drop(bytes.splice(at..at, part));
        }
        _ => {
            let other = &corpus[below(dice, corpus.len())];
            let from = below(dice, other.len() + 1);
            bytes.truncate(at);
            bytes.extend_from_slice(&other[from..]);
        }
    }
}

/// A number below `end`, or 0.
pub fn below(dice: &mut Dice, end: usize) -> usize {
    usize::try_from(dice.roll() % (end.max(1) as u64)).unwrap_or(0)
}

/// As text, as far as it is.
pub fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// A database file that was damaged in place. Most of what matters stands at the beginning of its pages.
pub fn damaged(corpus: &[Vec<u8>], dice: &mut Dice) -> Vec<u8> {
    const PAGE: usize = 4_096;
    if dice.percent(15) {
        return mutated(corpus, dice);
    }
    let mut bytes = corpus[below(dice, corpus.len())].clone();
    for _ in 0..dice.between(1, 40) {
        let page = below(dice, bytes.len().div_ceil(PAGE));
        let within = if dice.percent(60) { below(dice, 110) } else { below(dice, PAGE) };
        if let Some(byte) = bytes.get_mut(page * PAGE + within) {
            *byte = if dice.percent(50) {
                *byte ^ (1 << (dice.roll() % 8))
            } else {
                dice.roll().to_le_bytes()[0]
            };
        }
    }
    bytes
}
