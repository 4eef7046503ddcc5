//! What a receipt says, and how it can be checked later.
//!
//! Owns the receipt's content and the text in its QR code. Refuses layout, which is `documents`', and the chain itself:
//! the fingerprint comes from the ledger.

use crate::business_day::{BusinessDay, LocalTime};
use crate::mode::Mode;
use crate::money::Xof;
use crate::payment_id::PaymentId;
use std::fmt;
use std::str::FromStr;
use thiserror::Error;

/// Hexadecimal digits of the ledger entry's hash that a receipt shows: 64 bits.
pub const FINGERPRINT_DIGITS: usize = 16;

/// The shop as documents name it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ShopIdentity {
    /// Its name.
    pub name: String,
    /// Where it is; may be empty.
    pub address: String,
    /// Tax number (numéro d'identification fiscale); may be empty.
    pub nif: String,
}

/// Everything a receipt of payment says. Given only for verified money.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// The shop.
    pub shop: ShopIdentity,
    /// Training receipts say so, in large letters.
    pub mode: Mode,
    /// Gapless, per till.
    pub number: i64,
    /// When the money was verified, on the shop's clock.
    pub at: LocalTime,
    /// The business day that it counts for.
    pub day: BusinessDay,
    /// Whole XOF.
    pub amount: Xof,
    /// Masked, or empty when it was purged.
    pub phone: String,
    /// As confirm reported.
    pub operator: String,
    /// LigdiCash's reference.
    pub request_id: String,
    /// Our reference.
    pub reference: PaymentId,
    /// The entry's number in the ledger: how many entries there are at least.
    pub entry: i64,
    /// First digits of the entry's hash; see [`FINGERPRINT_DIGITS`].
    pub fingerprint: String,
    /// How many times it was handed out before: 0 is the original, 1 the first duplicate.
    pub duplicate: u32,
}

impl Receipt {
    /// What its QR code holds.
    #[must_use]
    pub fn claim(&self) -> ReceiptClaim {
        ReceiptClaim {
            reference: self.reference.clone(),
            amount: self.amount,
            day: self.day,
            number: self.number,
            fingerprint: self.fingerprint.clone(),
        }
    }

    /// The fingerprint in groups of four, easier to compare by eye.
    #[must_use]
    pub fn grouped_fingerprint(&self) -> String {
        let digits: Vec<char> = self.fingerprint.chars().collect();
        digits.chunks(4).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join(" ")
    }
}

/// What a receipt claims, small enough for a QR code: reference, amount, day, number, fingerprint. Holds no phone number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceiptClaim {
    /// Our reference.
    pub reference: PaymentId,
    /// Whole XOF.
    pub amount: Xof,
    /// The business day.
    pub day: BusinessDay,
    /// The receipt's number.
    pub number: i64,
    /// First digits of the entry's hash.
    pub fingerprint: String,
}

/// Tells our codes, and this version of them, from any other.
const CLAIM_PREFIX: &str = "ENCAISSE1";

impl fmt::Display for ReceiptClaim {
    /// `ENCAISSE1/<reference>/<francs>/<YYYY-MM-DD>/<number>/<fingerprint>`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { reference, amount, day, number, fingerprint } = self;
        write!(f, "{CLAIM_PREFIX}/{reference}/{}/{day}/{number}/{fingerprint}", amount.francs())
    }
}

/// The text is not what stands in a receipt's QR code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("not the text of an Encaisse receipt")]
pub struct NotAClaim;

impl FromStr for ReceiptClaim {
    type Err = NotAClaim;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let parts: Vec<&str> = text.trim().split('/').collect();
        let [prefix, reference, francs, day, number, fingerprint] = parts[..] else { return Err(NotAClaim) };
        let is_fingerprint = fingerprint.len() == FINGERPRINT_DIGITS
            && fingerprint.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        if prefix != CLAIM_PREFIX || !is_fingerprint {
            return Err(NotAClaim);
        }
        let claim = Self {
            reference: reference.parse().map_err(|_| NotAClaim)?,
            amount: Xof::new(francs.parse().map_err(|_| NotAClaim)?),
            day: day.parse().map_err(|_| NotAClaim)?,
            number: number.parse().map_err(|_| NotAClaim)?,
            fingerprint: fingerprint.to_owned(),
        };
        // One receipt, one text: another spelling of the same numbers is not ours.
        if claim.to_string() == text.trim() { Ok(claim) } else { Err(NotAClaim) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn claim() -> ReceiptClaim {
        ReceiptClaim {
            reference: PaymentId::from_parts(1_700_000_000_000, [7; 10]),
            amount: Xof::new(5_000),
            day: "2026-11-24".parse().unwrap(),
            number: 12,
            fingerprint: "0123456789abcdef".to_owned(),
        }
    }

    #[test]
    fn a_claim_reads_back_and_nothing_else_is_one() {
        let text = claim().to_string();
        assert_eq!(text.parse(), Ok(claim()));
        assert_eq!(format!("  {text}\n").parse(), Ok(claim()));
        for other in [
            "",
            "ENCAISSE1",
            "ENCAISSE2/x",
            "https://example.test/1/2/3/4/5",
            &text.replace("5000", "05000"),
            &text.replace("/12/", "/+12/"),
            &text.replace("abcdef", "ABCDEF"),
            &text.replace("2026-11-24", "2026-11-31"),
            &format!("{text}/more"),
        ] {
            assert_eq!(other.parse::<ReceiptClaim>(), Err(NotAClaim), "{other}");
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_the_reader_panic(text in "\\PC*") {
            let _ = text.parse::<ReceiptClaim>();
        }
    }
}
