//! Togo's mobile numbers. Owns how a typed number is read, shown, masked and sent. Refuses to print a whole number by
//! accident: `Debug` masks it (law 2019-014: a phone number is personal data).

use crate::operator::OperatorHint;
use std::fmt;
use thiserror::Error;

/// Togo's calling code.
pub const CALLING_CODE: &str = "228";
/// Digits of a national number.
pub const NATIONAL_DIGITS: usize = 8;

/// A Togolese mobile number: eight digits, the first a 7 or a 9.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct PhoneNumber(String);

impl PhoneNumber {
    /// Reads a number as a person types or pastes it: separators and a leading `00228`, `+228` or `228` are dropped.
    ///
    /// # Errors
    /// Which rule the text breaks; see [`PhoneError`].
    pub fn parse(typed: &str) -> Result<Self, PhoneError> {
        let digits = national_digits(typed)?;
        match digits.len() {
            0 => Err(PhoneError::Empty),
            _ if !digits.starts_with(['7', '9']) => Err(PhoneError::NotMobile),
            len if len < NATIONAL_DIGITS => Err(PhoneError::TooShort { digits: len }),
            len if len > NATIONAL_DIGITS => Err(PhoneError::TooLong { digits: len }),
            _ => Ok(Self(digits)),
        }
    }

    /// The eight national digits.
    #[must_use]
    pub fn national(&self) -> &str {
        &self.0
    }

    /// As LigdiCash wants it: calling code and national number, digits only (API reference, section 5.1).
    #[must_use]
    pub fn international(&self) -> String {
        format!("{CALLING_CODE}{}", self.0)
    }

    /// Grouped by twos: `90 12 34 56`.
    #[must_use]
    pub fn grouped(&self) -> String {
        group_by_twos(&self.0)
    }

    /// Grouped, with one pair hidden: `90 12 •• 56`. What screens, receipts and exports show.
    #[must_use]
    pub fn masked(&self) -> String {
        format!("{} {} •• {}", &self.0[0..2], &self.0[2..4], &self.0[6..8])
    }

    /// What the prefix suggests. Numbers can be ported since May 2024, so it never decides.
    #[must_use]
    pub fn hint(&self) -> OperatorHint {
        OperatorHint::from_prefix(&self.0)
    }
}

impl fmt::Debug for PhoneNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PhoneNumber({})", self.masked())
    }
}

/// The digits that count, however the number was typed. Shared by the reader and by the display while typing.
fn national_digits(typed: &str) -> Result<String, PhoneError> {
    let mut digits = String::with_capacity(typed.len());
    for c in typed.chars() {
        match c {
            '0'..='9' => digits.push(c),
            '+' | '-' | '.' | '/' | '(' | ')' | '\u{2010}'..='\u{2015}' => {}
            _ if c.is_whitespace() || c.is_control() || is_invisible(c) => {}
            _ => return Err(PhoneError::NotDigits),
        }
    }
    // No national number starts with 0 or 2, so these can only be the calling code.
    let national = digits
        .strip_prefix("00228")
        .or_else(|| digits.strip_prefix(CALLING_CODE))
        .map(str::to_owned)
        .unwrap_or(digits);
    Ok(national)
}

/// Direction marks and joiners that come along when a number is pasted from a chat or a contact card.
const fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// Groups what has been typed so far, for the field; the text as it is when it holds anything but digits.
#[must_use]
pub fn group_while_typing(typed: &str) -> String {
    national_digits(typed).map_or_else(|_| typed.to_owned(), |digits| group_by_twos(&digits))
}

fn group_by_twos(digits: &str) -> String {
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 2);
    for (index, digit) in digits.char_indices() {
        if index > 0 && index.is_multiple_of(2) {
            grouped.push(' ');
        }
        grouped.push(digit);
    }
    grouped
}

/// Why a number cannot be charged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum PhoneError {
    /// Nothing was typed.
    #[error("no phone number")]
    Empty,
    /// Something else than digits and separators.
    #[error("a phone number has digits only")]
    NotDigits,
    /// Fewer than eight digits.
    #[error("{digits} digits instead of 8")]
    TooShort {
        /// Digits found.
        digits: usize,
    },
    /// More than eight digits.
    #[error("{digits} digits instead of 8")]
    TooLong {
        /// Digits found.
        digits: usize,
    },
    /// Mobile numbers of Togo start with 7 or 9.
    #[error("mobile numbers of Togo start with 7 or 9")]
    NotMobile,
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn typed_numbers_are_read_or_refused_with_the_rule_they_break() {
        for (typed, expected) in [
            ("90123456", Ok("90123456")),
            ("90 12 34 56", Ok("90123456")),
            ("+228 90 12 34 56", Ok("90123456")),
            ("+22890123456", Ok("90123456")),
            ("0022890123456", Ok("90123456")),
            ("00228 90-12-34-56", Ok("90123456")),
            ("22890123456", Ok("90123456")),
            ("(228) 90.12.34.56", Ok("90123456")),
            ("\u{202a}+228 90\u{a0}12\u{a0}34\u{a0}56\u{202c}", Ok("90123456")),
            ("70000000", Ok("70000000")),
            ("", Err(PhoneError::Empty)),
            ("  +228 ", Err(PhoneError::Empty)),
            ("abc", Err(PhoneError::NotDigits)),
            ("9012345a", Err(PhoneError::NotDigits)),
            ("٩٠١٢٣٤٥٦", Err(PhoneError::NotDigits)),
            ("9012345", Err(PhoneError::TooShort { digits: 7 })),
            ("901234567", Err(PhoneError::TooLong { digits: 9 })),
            ("22221234", Err(PhoneError::NotMobile)),
            ("80123456", Err(PhoneError::NotMobile)),
            ("2282290123456", Err(PhoneError::NotMobile)),
        ] {
            assert_eq!(
                PhoneNumber::parse(typed).as_ref().map(PhoneNumber::national),
                expected.as_ref().copied(),
                "{typed:?}"
            );
        }
    }

    #[test]
    fn a_number_is_sent_with_its_calling_code_and_shown_grouped_or_masked() {
        let number = PhoneNumber::parse("90123456").unwrap();
        assert_eq!(number.international(), "22890123456");
        assert_eq!(number.grouped(), "90 12 34 56");
        assert_eq!(number.masked(), "90 12 •• 56");
    }

    #[test]
    fn debug_never_shows_the_whole_number() {
        let shown = format!("{:?}", PhoneNumber::parse("90123456").unwrap());
        assert!(!shown.contains("34") && !shown.contains("90123456"), "{shown}");
    }

    #[test]
    fn typing_is_grouped_as_it_goes_and_never_lost() {
        for (typed, shown) in [
            ("9", "9"),
            ("901", "90 1"),
            ("+2289012", "90 12"),
            ("90x", "90x"),
            ("901234567", "90 12 34 56 7"),
        ] {
            assert_eq!(group_while_typing(typed), shown);
        }
    }

    proptest! {
        #[test]
        fn every_valid_number_survives_every_way_of_writing_it(rest in "[79][0-9]{7}", style in 0usize..5) {
            let spaced = group_by_twos(&rest);
            let typed = match style {
                0 => rest.clone(),
                1 => spaced,
                2 => format!("+228 {spaced}"),
                3 => format!("00228{rest}"),
                _ => format!("228-{rest}"),
            };
            let number = PhoneNumber::parse(&typed);
            prop_assert_eq!(number.as_ref().map(PhoneNumber::national), Ok(rest.as_str()));
        }

        #[test]
        fn what_is_accepted_is_always_eight_digits_from_7_or_9(text in "\\PC*") {
            if let Ok(number) = PhoneNumber::parse(&text) {
                prop_assert_eq!(number.national().len(), 8);
                prop_assert!(number.national().starts_with(['7', '9']));
                prop_assert!(number.national().bytes().all(|b| b.is_ascii_digit()));
            }
        }
    }
}
