//! The identifier of one attempt, also LigdiCash's `transaction_id`. Owns its form. Refuses to make chance or time: both
//! come in.

use crate::text_enum::UnknownWord;
use std::{fmt, str::FromStr};

/// A random identifier whose first half is time, so that attempts sort as they were made (the layout of a version 7
/// UUID, RFC 9562). Unguessable, as LigdiCash asks (API reference, section 10), and without the letters "id" in its key.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PaymentId(String);

impl PaymentId {
    /// Builds an identifier from the moment (milliseconds since 1970, UTC) and ten random bytes.
    #[must_use]
    pub fn from_parts(at_ms: i64, random: [u8; 10]) -> Self {
        let time = at_ms.max(0).to_be_bytes();
        let mut bytes = [0u8; 16];
        bytes[..6].copy_from_slice(&time[2..]);
        bytes[6..].copy_from_slice(&random);
        bytes[6] = (bytes[6] & 0x0f) | 0x70;
        bytes[8] = (bytes[8] & 0x3f) | 0x80;
        let mut text = String::with_capacity(36);
        for (index, byte) in bytes.iter().enumerate() {
            if matches!(index, 4 | 6 | 8 | 10) {
                text.push('-');
            }
            text.push(char::from(HEX[usize::from(byte >> 4)]));
            text.push(char::from(HEX[usize::from(byte & 0x0f)]));
        }
        Self(text)
    }

    /// The text form: 36 characters, lower case.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

const HEX: &[u8; 16] = b"0123456789abcdef";

impl fmt::Display for PaymentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for PaymentId {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let shaped = text.len() == 36
            && text.bytes().enumerate().all(|(index, byte)| match index {
                8 | 13 | 18 | 23 => byte == b'-',
                _ => byte.is_ascii_digit() || matches!(byte, b'a'..=b'f'),
            });
        if shaped {
            Ok(Self(text.to_owned()))
        } else {
            Err(UnknownWord { what: "payment id", word: text.to_owned() })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_has_the_layout_of_a_version_7_uuid_and_reads_back() {
        let id = PaymentId::from_parts(0x0192_f3a4_b5c6, [0xff; 10]);
        assert_eq!(id.as_str(), "0192f3a4-b5c6-7fff-bfff-ffffffffffff");
        assert_eq!(id.as_str().parse(), Ok(id));
    }

    #[test]
    fn later_attempts_sort_after_earlier_ones() {
        assert!(PaymentId::from_parts(1_000, [0xff; 10]) < PaymentId::from_parts(1_001, [0; 10]));
    }

    #[test]
    fn a_foreign_text_is_refused() {
        for text in ["", "x", "0192f3a4-b5c6-7fff-bfff-fffffffffffg", "0192F3A4-B5C6-7FFF-BFFF-FFFFFFFFFFFF"]
        {
            assert!(text.parse::<PaymentId>().is_err(), "{text}");
        }
    }
}
