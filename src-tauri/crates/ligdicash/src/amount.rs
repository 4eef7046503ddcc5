//! The amount of an answer: a JSON number in the documentation, a string in the field (API reference, section 7.2).

use serde_json::Value;

/// What an answer said the amount was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConfirmedAmount {
    /// Neither `amount` nor `montant`.
    Missing,
    /// Something that is not a whole number of francs, or two fields that disagree.
    Unreadable,
    /// Whole XOF.
    Whole(i64),
}

impl ConfirmedAmount {
    /// Reads both fields: each may be absent, but what is there must be readable and agree.
    pub(crate) fn read(fields: [Option<&Value>; 2]) -> Self {
        fields.into_iter().flatten().map(read_one).fold(Self::Missing, |known, next| match (known, next) {
            (Self::Missing, other) | (other, Self::Missing) => other,
            (Self::Whole(one), Self::Whole(other)) if one == other => known,
            (Self::Whole(_) | Self::Unreadable, Self::Whole(_) | Self::Unreadable) => Self::Unreadable,
        })
    }

    /// The whole francs, where they are known.
    #[must_use]
    pub const fn francs(self) -> Option<i64> {
        match self {
            Self::Whole(francs) => Some(francs),
            Self::Missing | Self::Unreadable => None,
        }
    }
}

fn read_one(value: &Value) -> ConfirmedAmount {
    let text = match value {
        Value::Null => return ConfirmedAmount::Missing,
        Value::Number(number) => number.to_string(),
        Value::String(text) => text.trim().to_owned(),
        Value::Bool(_) | Value::Array(_) | Value::Object(_) => return ConfirmedAmount::Unreadable,
    };
    if text.is_empty() {
        return ConfirmedAmount::Missing;
    }
    // "3750.00" is still 3750; a real fraction is not a franc amount and must not be rounded into a match.
    let whole = match text.split_once('.') {
        Some((whole, fraction)) if fraction.bytes().all(|digit| digit == b'0') => whole,
        Some(_) => return ConfirmedAmount::Unreadable,
        None => &text,
    };
    match whole.parse::<i64>() {
        Ok(francs) if francs >= 0 && whole.bytes().all(|byte| byte.is_ascii_digit()) => {
            ConfirmedAmount::Whole(francs)
        }
        Ok(_) | Err(_) => ConfirmedAmount::Unreadable,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn francs_are_known_only_when_they_are_whole_and_agree() {
        assert_eq!(ConfirmedAmount::Whole(3_750).francs(), Some(3_750));
        assert_eq!(ConfirmedAmount::Missing.francs(), None);
        assert_eq!(ConfirmedAmount::Unreadable.francs(), None);
    }

    #[test]
    fn amounts_are_read_from_numbers_and_strings_and_never_rounded() {
        use ConfirmedAmount::{Missing, Unreadable, Whole};
        for (amount, montant, expected) in [
            (json!(3750), json!(3750), Whole(3750)),
            (json!("3750"), json!(3750), Whole(3750)),
            (json!(" 3750 "), Value::Null, Whole(3750)),
            (Value::Null, json!("3750"), Whole(3750)),
            (json!(3750.0), json!(""), Whole(3750)),
            (json!("3750.00"), json!(3750), Whole(3750)),
            (json!(3750), json!(3751), Unreadable),
            (json!(3750.5), Value::Null, Unreadable),
            (json!("3 750"), Value::Null, Unreadable),
            (json!("3750 F"), json!(3750), Unreadable),
            (json!("-3750"), Value::Null, Unreadable),
            (json!("+3750"), Value::Null, Unreadable),
            (json!(true), Value::Null, Unreadable),
            (json!([3750]), json!(3750), Unreadable),
            (json!("99999999999999999999"), Value::Null, Unreadable),
            (json!(1e30), Value::Null, Unreadable),
            (Value::Null, json!(""), Missing),
        ] {
            assert_eq!(
                ConfirmedAmount::read([Some(&amount), Some(&montant)]),
                expected,
                "{amount} {montant}"
            );
        }
        assert_eq!(ConfirmedAmount::read([None, None]), Missing);
    }
}
