//! Whole XOF. Owns checked arithmetic, limits and how a typed amount is read. Refuses floats, fractions and wrapping.

use std::fmt;
use thiserror::Error;

/// A whole number of West African CFA francs. XOF has no smaller unit. May be negative (a reversal, a refund).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Xof(i64);

impl Xof {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// An amount from a whole number of francs.
    #[must_use]
    pub const fn new(francs: i64) -> Self {
        Self(francs)
    }

    /// The whole number of francs.
    #[must_use]
    pub const fn francs(self) -> i64 {
        self.0
    }

    /// Sum, or `None` when it would not fit.
    #[must_use]
    pub const fn checked_add(self, other: Self) -> Option<Self> {
        match self.0.checked_add(other.0) {
            Some(sum) => Some(Self(sum)),
            None => None,
        }
    }

    /// Difference, or `None` when it would not fit.
    #[must_use]
    pub const fn checked_sub(self, other: Self) -> Option<Self> {
        match self.0.checked_sub(other.0) {
            Some(difference) => Some(Self(difference)),
            None => None,
        }
    }

    /// The opposite amount, or `None` when it would not fit.
    #[must_use]
    pub const fn checked_neg(self) -> Option<Self> {
        match self.0.checked_neg() {
            Some(opposite) => Some(Self(opposite)),
            None => None,
        }
    }

    /// Sum of many, or `None` when it would not fit.
    pub fn checked_sum(amounts: impl IntoIterator<Item = Self>) -> Option<Self> {
        amounts.into_iter().try_fold(Self::ZERO, Self::checked_add)
    }
}

impl fmt::Display for Xof {
    /// Grouped by thousands with a no-break space and followed by `F`: `12 500 F`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = self.0.unsigned_abs().to_string();
        if self.0 < 0 {
            f.write_str("-")?;
        }
        for (index, digit) in digits.char_indices() {
            if index > 0 && (digits.len() - index).is_multiple_of(3) {
                f.write_str("\u{a0}")?;
            }
            fmt::Write::write_char(f, digit)?;
        }
        f.write_str("\u{a0}F")
    }
}

/// Smallest and largest amount that may be charged, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AmountLimits {
    /// Smallest.
    pub min: Xof,
    /// Largest.
    pub max: Xof,
}

impl AmountLimits {
    /// What LigdiCash's create accepts for any operator (API reference, section 14).
    pub const LIGDICASH: Self = Self { min: Xof(9), max: Xof(2_000_000) };
    /// What the till accepts for YAS Togo (API reference, section 14).
    pub const YAS_TOGO: Self = Self { min: Xof(100), max: Xof(2_000_000) };

    /// Accepts `amount` when it lies within.
    ///
    /// # Errors
    /// [`AmountError::TooSmall`] or [`AmountError::TooLarge`], with the limit.
    pub fn check(self, amount: Xof) -> Result<Xof, AmountError> {
        if amount < self.min {
            Err(AmountError::TooSmall { min: self.min })
        } else if amount > self.max {
            Err(AmountError::TooLarge { max: self.max })
        } else {
            Ok(amount)
        }
    }

    /// Reads an amount as a person types it: digits, grouped by spaces if they like, with `F`, `FCFA`, `CFA` or `XOF`
    /// after it. A point or a comma is refused rather than guessed: `5.000` is five thousand to some and five to others.
    ///
    /// # Errors
    /// Which rule the text breaks; see [`AmountError`].
    pub fn parse(self, typed: &str) -> Result<Xof, AmountError> {
        let compact: String =
            typed.chars().filter(|c| !c.is_whitespace()).collect::<String>().to_ascii_uppercase();
        let number = ["FCFA", "CFA", "XOF", "F"]
            .into_iter()
            .find_map(|unit| compact.strip_suffix(unit))
            .unwrap_or(&compact);
        if number.is_empty() {
            return Err(if compact.is_empty() { AmountError::Empty } else { AmountError::NotANumber });
        }
        if !number.bytes().all(|b| b.is_ascii_digit()) {
            return Err(AmountError::NotANumber);
        }
        // Only digits are left, so the one way to fail is being larger than any amount.
        match number.parse::<i64>() {
            Ok(francs) => self.check(Xof(francs)),
            Err(_) => Err(AmountError::TooLarge { max: self.max }),
        }
    }
}

/// Why an amount cannot be charged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum AmountError {
    /// Nothing was typed.
    #[error("no amount")]
    Empty,
    /// Not a whole number of francs.
    #[error("not a whole number of francs")]
    NotANumber,
    /// Under the smallest amount.
    #[error("under the smallest amount, {min}")]
    TooSmall {
        /// The limit.
        min: Xof,
    },
    /// Over the largest amount.
    #[error("over the largest amount, {max}")]
    TooLarge {
        /// The limit.
        max: Xof,
    },
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const YAS: AmountLimits = AmountLimits::YAS_TOGO;
    const SMALL: AmountError = AmountError::TooSmall { min: Xof(100) };
    const LARGE: AmountError = AmountError::TooLarge { max: Xof(2_000_000) };

    #[test]
    fn typed_amounts_are_read_or_refused_with_the_rule_they_break() {
        for (typed, expected) in [
            ("5000", Ok(5000)),
            (" 5 000 ", Ok(5000)),
            ("5\u{a0}000\u{202f}F", Ok(5000)),
            ("12500 fcfa", Ok(12_500)),
            ("100 XOF", Ok(100)),
            ("000100", Ok(100)),
            ("2000000", Ok(2_000_000)),
            ("99", Err(SMALL)),
            ("99 F", Err(SMALL)),
            ("0", Err(SMALL)),
            ("2000001", Err(LARGE)),
            ("99999999999999999999999", Err(LARGE)),
            ("", Err(AmountError::Empty)),
            ("   ", Err(AmountError::Empty)),
            ("F", Err(AmountError::NotANumber)),
            ("abc", Err(AmountError::NotANumber)),
            ("-500", Err(AmountError::NotANumber)),
            ("+500", Err(AmountError::NotANumber)),
            ("5.000", Err(AmountError::NotANumber)),
            ("5,000", Err(AmountError::NotANumber)),
            ("5e3", Err(AmountError::NotANumber)),
            ("٥٠٠", Err(AmountError::NotANumber)),
        ] {
            assert_eq!(YAS.parse(typed), expected.map(Xof), "{typed:?}");
        }
    }

    #[test]
    fn amounts_are_grouped_by_thousands() {
        for (francs, shown) in [
            (0, "0 F"),
            (100, "100 F"),
            (12_500, "12 500 F"),
            (2_000_000, "2 000 000 F"),
            (-5000, "-5 000 F"),
        ] {
            assert_eq!(Xof(francs).to_string().replace('\u{a0}', " "), shown);
        }
    }

    #[test]
    fn arithmetic_never_wraps() {
        let max = Xof(i64::MAX);
        assert_eq!(max.checked_add(Xof(1)), None);
        assert_eq!(Xof(i64::MIN).checked_sub(Xof(1)), None);
        assert_eq!(Xof(i64::MIN).checked_neg(), None);
        assert_eq!(Xof::checked_sum([max, Xof(1)]), None);
        assert_eq!(Xof::checked_sum([Xof(3), Xof(-1), Xof(40)]), Some(Xof(42)));
    }

    proptest! {
        #[test]
        fn an_accepted_amount_is_within_limits_and_shows_as_it_was_typed(francs in 0i64..3_000_000) {
            match YAS.parse(&francs.to_string()) {
                Ok(amount) => {
                    prop_assert!((100..=2_000_000).contains(&francs));
                    prop_assert_eq!(YAS.parse(&amount.to_string()), Ok(amount));
                }
                Err(_) => prop_assert!(!(100..=2_000_000).contains(&francs)),
            }
        }

        #[test]
        fn no_text_makes_the_reader_panic(text in "\\PC*") {
            let _ = YAS.parse(&text);
        }
    }
}
