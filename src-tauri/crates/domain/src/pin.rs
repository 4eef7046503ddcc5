//! What a PIN may look like, and how long wrong ones keep the next one waiting. Owns both rules. Never keeps a PIN: it is
//! shown one, and answers.

use thiserror::Error;

/// The fewest digits.
pub const PIN_MIN_DIGITS: usize = 4;
/// The most digits.
pub const PIN_MAX_DIGITS: usize = 12;
/// So many wrong ones are a slip of the fingers; the last of them begins the first wait.
pub const FREE_ATTEMPTS: u32 = 5;
const FIRST_WAIT_S: u32 = 30;
const LONGEST_WAIT_S: u32 = 15 * 60;

/// Why something cannot be a PIN.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum PinProblem {
    /// Not four to twelve digits.
    #[error("a PIN is four to twelve digits")]
    Malformed,
    /// One digit again and again, or a run like 1234: the first that anybody tries.
    #[error("the first PIN that anybody tries")]
    Weak,
}

/// Whether this can have been somebody's PIN.
///
/// # Errors
/// [`PinProblem::Malformed`].
pub fn check_shape(text: &str) -> Result<(), PinProblem> {
    let is_digits = text.bytes().all(|byte| byte.is_ascii_digit());
    if is_digits && (PIN_MIN_DIGITS..=PIN_MAX_DIGITS).contains(&text.len()) {
        Ok(())
    } else {
        Err(PinProblem::Malformed)
    }
}

/// Whether this may become somebody's PIN.
///
/// # Errors
/// [`PinProblem`].
pub fn check_new(text: &str) -> Result<(), PinProblem> {
    check_shape(text)?;
    let bytes = text.as_bytes();
    // The keypad goes round: 7890 is a run too.
    let runs = |step: u8| bytes.windows(2).all(|pair| pair[1] - b'0' == (pair[0] - b'0' + step) % 10);
    if runs(0) || runs(1) || runs(9) { Err(PinProblem::Weak) } else { Ok(()) }
}

/// How many seconds the next attempt waits after so many wrong ones in a row; none when it need not.
#[must_use]
pub fn wait_after_s(failed: u32) -> Option<u32> {
    let doublings = failed.checked_sub(FREE_ATTEMPTS)?;
    let factor = 1_u32.checked_shl(doublings).filter(|factor| *factor > 0).unwrap_or(u32::MAX);
    Some(FIRST_WAIT_S.saturating_mul(factor).min(LONGEST_WAIT_S))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pin_is_four_to_twelve_digits_and_not_the_first_that_is_tried() {
        for good in ["2580", "482913", "100000000009", "1357", "9081"] {
            assert_eq!(check_new(good), Ok(()), "{good}");
        }
        for bad in ["", "123", "1234567890123", "12a4", "12 34", "１２３４", "-123"] {
            assert_eq!(check_new(bad), Err(PinProblem::Malformed), "{bad}");
        }
        for weak in ["0000", "1234", "4321", "7890", "0987", "111111111111", "012345678901"] {
            assert_eq!(check_new(weak), Err(PinProblem::Weak), "{weak}");
            assert_eq!(check_shape(weak), Ok(()), "{weak}");
        }
    }

    #[test]
    fn the_wait_begins_with_the_fifth_wrong_one_doubles_and_ends_at_fifteen_minutes() {
        let waits: Vec<_> = (0..14).map(wait_after_s).collect();
        let expected = [None, None, None, None, None]
            .into_iter()
            .chain([30, 60, 120, 240, 480, 900, 900, 900, 900].map(Some))
            .collect::<Vec<_>>();
        assert_eq!(waits, expected);
        assert_eq!(wait_after_s(u32::MAX), Some(900));
    }
}
