//! The operators LigdiCash lists for direct payin, as data (API reference, section 13). Owns the table and the prefix
//! hint. Refuses to decide an operator: LigdiCash chooses it from the number, and only confirm reports it.

use crate::money::{AmountLimits, Xof};
use crate::phone::{CALLING_CODE, NATIONAL_DIGITS};
use crate::text_enum::text_enum;

text_enum! {
    /// What the customer does to approve (API reference, section 6).
    ValidationMode, "validation mode" {
        /// A request appears on the phone; the customer types the wallet's PIN.
        UssdPush = "ussd_push",
        /// An SMS gives a code to dial.
        GuidedUssd = "guided_ussd",
        /// A push, or a code to dial; the network decides.
        UssdPushOrGuided = "ussd_push_or_guided",
        /// The customer dials first and reads a code to the cashier.
        UssdOtp = "ussd_otp",
        /// LigdiCash's wallet only: a code by SMS, two calls.
        SmsOtp = "sms_otp",
        /// A page of LigdiCash's.
        LigdiCashRedirect = "ligdicash_redirect",
        /// A page of the operator's.
        OperatorRedirect = "operator_redirect",
    }
}

/// One row of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Operator {
    /// LigdiCash's `operator_id`; compare as text, answers carry it as text or number.
    pub id: Option<&'static str>,
    /// LigdiCash's `operator_name`.
    pub name: &'static str,
    /// What people call it.
    pub label: &'static str,
    /// Country, ISO 3166-1 alpha-2; empty where it is all of them.
    pub country: &'static str,
    /// Calling code, digits.
    pub calling_code: &'static str,
    /// Digits after the calling code, where LigdiCash states them.
    pub national_digits: Option<usize>,
    /// How the customer approves; unknown where no page was found.
    pub mode: Option<ValidationMode>,
    /// Smallest amount, where published.
    pub min: Option<Xof>,
    /// Largest amount, where published.
    pub max: Option<Xof>,
    /// Whether this till charges through it.
    pub enabled: bool,
}

impl Operator {
    /// The limits this till applies: the operator's where published, LigdiCash's general ones elsewhere.
    #[must_use]
    pub fn limits(&self) -> AmountLimits {
        AmountLimits {
            min: self.min.unwrap_or(AmountLimits::LIGDICASH.min),
            max: self.max.unwrap_or(AmountLimits::LIGDICASH.max),
        }
    }
}

/// The one operator that is charged today.
pub const YAS_TOGO: Operator = Operator {
    national_digits: Some(NATIONAL_DIGITS),
    enabled: true,
    ..row(
        Some("3"),
        "YAS TOGO",
        "YAS (Mixx by Yas)",
        "TG",
        CALLING_CODE,
        Some(ValidationMode::UssdPush),
        Some(100),
    )
};

const fn row(
    id: Option<&'static str>,
    name: &'static str,
    label: &'static str,
    country: &'static str,
    calling_code: &'static str,
    mode: Option<ValidationMode>,
    min: Option<i64>,
) -> Operator {
    let min = match min {
        Some(francs) => Some(Xof::new(francs)),
        None => None,
    };
    Operator {
        id,
        name,
        label,
        country,
        calling_code,
        national_digits: None,
        mode,
        min,
        max: None,
        enabled: false,
    }
}

const fn digits(national_digits: usize, operator: Operator) -> Operator {
    Operator { national_digits: Some(national_digits), ..operator }
}

const fn max(francs: i64, operator: Operator) -> Operator {
    Operator { max: Some(Xof::new(francs)), ..operator }
}

use ValidationMode as Mode;

/// The whole table. A new operator is a new row, not new code.
pub const OPERATORS: &[Operator] = &[
    YAS_TOGO,
    digits(8, row(None, "", "Moov Africa (Flooz)", "TG", "228", None, None)),
    row(Some("1"), "MTN BENIN", "MTN Mobile Money", "BJ", "229", Some(Mode::UssdPush), Some(100)),
    row(Some("2"), "MOOV BENIN", "Moov Africa", "BJ", "229", Some(Mode::UssdPush), Some(100)),
    max(
        2_000_000,
        digits(
            8,
            row(Some("11"), "ORANGE BURKINA", "Orange Money", "BF", "226", Some(Mode::UssdOtp), Some(10)),
        ),
    ),
    max(
        2_000_000,
        digits(
            8,
            row(
                Some("12"),
                "MOOV AFRICA BURKINA",
                "Moov Africa",
                "BF",
                "226",
                Some(Mode::UssdPushOrGuided),
                Some(100),
            ),
        ),
    ),
    digits(
        10,
        row(Some("14"), "MOOV CI", "Moov Africa", "CI", "225", Some(Mode::UssdPushOrGuided), Some(100)),
    ),
    digits(10, row(Some("15"), "MTN CI", "MTN", "CI", "225", Some(Mode::GuidedUssd), Some(10))),
    digits(
        10,
        row(Some("16"), "ORANGE CI", "Orange Money", "CI", "225", Some(Mode::OperatorRedirect), Some(10)),
    ),
    digits(
        8,
        row(Some("18"), "ORANGE MALI", "Orange Money", "ML", "223", Some(Mode::OperatorRedirect), Some(100)),
    ),
    row(Some("27"), "AIRTEL NIGER", "Airtel", "NE", "227", Some(Mode::UssdPush), Some(10)),
    row(
        Some("28"),
        "ORANGE/ZAMANI NIGER",
        "Zamani (ex-Orange)",
        "NE",
        "227",
        Some(Mode::GuidedUssd),
        Some(10),
    ),
    row(Some("29"), "MOOV AFRICA NIGER", "Moov Africa", "NE", "227", Some(Mode::UssdPush), None),
    row(Some("33"), "ORANGE GUINEE", "Orange Money", "GN", "224", Some(Mode::LigdiCashRedirect), Some(200)),
    row(Some("51"), "MTN GUINEE", "MTN", "GN", "224", Some(Mode::LigdiCashRedirect), Some(200)),
    digits(
        9,
        row(
            Some("34"),
            "ORANGE RDC CONGO",
            "Orange Money",
            "CD",
            "243",
            Some(Mode::LigdiCashRedirect),
            Some(10),
        ),
    ),
    digits(
        9,
        row(Some("38"), "AFRICELL RDC CONGO", "Africell Money", "CD", "243", Some(Mode::UssdPush), None),
    ),
    digits(9, row(Some("39"), "WAVE SENEGAL", "Wave", "SN", "221", Some(Mode::LigdiCashRedirect), None)),
    row(None, "LIGDICASH", "LigdiCash", "", "", Some(Mode::SmsOtp), None),
];

text_enum! {
    /// What the first digits of a Togolese number suggest.
    OperatorHint, "operator hint" {
        /// 70–72 and 90–93.
        Yas = "yas",
        /// 73.
        ProbablyYas = "probably_yas",
        /// 78, 79 and 96–99.
        Moov = "moov",
        /// 76 and 77.
        PerhapsMoov = "perhaps_moov",
        /// 74, 75, 94, 95, and anything too short to tell.
        Unknown = "unknown",
    }
}

impl OperatorHint {
    /// What the first two of `national_digits` suggest. General numbering knowledge, not a statement of LigdiCash's.
    #[must_use]
    pub fn from_prefix(national_digits: &str) -> Self {
        match national_digits.get(..2) {
            Some("70" | "71" | "72" | "90" | "91" | "92" | "93") => Self::Yas,
            Some("73") => Self::ProbablyYas,
            Some("78" | "79" | "96" | "97" | "98" | "99") => Self::Moov,
            Some("76" | "77") => Self::PerhapsMoov,
            _ => Self::Unknown,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn yas_togo_is_the_one_enabled_operator_with_its_published_facts() {
        let enabled: Vec<_> = OPERATORS.iter().filter(|operator| operator.enabled).collect();
        assert_eq!(enabled, [&YAS_TOGO]);
        assert_eq!(YAS_TOGO.id, Some("3"));
        assert_eq!(YAS_TOGO.name, "YAS TOGO");
        assert_eq!(YAS_TOGO.mode, Some(ValidationMode::UssdPush));
        assert_eq!(YAS_TOGO.limits(), AmountLimits::YAS_TOGO);
    }

    #[test]
    fn the_table_has_every_row_of_the_reference_once() {
        assert_eq!(OPERATORS.len(), 19);
        let ids: Vec<_> = OPERATORS.iter().filter_map(|operator| operator.id).collect();
        assert_eq!(
            ids,
            [
                "3", "1", "2", "11", "12", "14", "15", "16", "18", "27", "28", "29", "33", "51", "34", "38",
                "39"
            ]
        );
        for operator in OPERATORS {
            assert!(operator.limits().min <= operator.limits().max, "{operator:?}");
            assert_eq!(operator.country.is_empty(), operator.calling_code.is_empty(), "{operator:?}");
        }
    }

    #[test]
    fn every_prefix_gives_the_hint_of_the_numbering_plan() {
        use OperatorHint::{Moov, PerhapsMoov, ProbablyYas, Unknown, Yas};
        let plan = [
            (70, Yas),
            (71, Yas),
            (72, Yas),
            (73, ProbablyYas),
            (74, Unknown),
            (75, Unknown),
            (76, PerhapsMoov),
            (77, PerhapsMoov),
            (78, Moov),
            (79, Moov),
            (90, Yas),
            (91, Yas),
            (92, Yas),
            (93, Yas),
            (94, Unknown),
            (95, Unknown),
            (96, Moov),
            (97, Moov),
            (98, Moov),
            (99, Moov),
        ];
        for (prefix, hint) in plan {
            assert_eq!(OperatorHint::from_prefix(&format!("{prefix}123456")), hint, "{prefix}");
        }
        assert_eq!(OperatorHint::from_prefix("9"), Unknown);
        assert_eq!(OperatorHint::from_prefix(""), Unknown);
    }
}
