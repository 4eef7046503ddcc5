//! LigdiCash's sub-codes (API reference, section 12). They are per endpoint: the same number means different things, so
//! each endpoint has its own enum, and what is not listed keeps its text.

use std::fmt;

/// A sub-code as it stood in an answer: two or three digits and an optional letter, such as `07` or `03a`. Empty when
/// the text held none.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct SubCode(String);

impl SubCode {
    /// Finds the code in a text such as `Echec (Code07)`.
    #[must_use]
    pub fn find(text: &str) -> Self {
        let bytes = text.as_bytes();
        let mut at = 0;
        while let Some(offset) = find_ignoring_case(&bytes[at..], b"code") {
            let start = at + offset + 4;
            let digits = bytes[start..].iter().take(3).take_while(|byte| byte.is_ascii_digit()).count();
            if digits >= 2 {
                let letter = usize::from(bytes.get(start + digits).is_some_and(u8::is_ascii_alphabetic));
                let code =
                    String::from_utf8_lossy(&bytes[start..start + digits + letter]).to_ascii_lowercase();
                return Self(code);
            }
            at = start;
        }
        Self::default()
    }

    /// The code, or an empty text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn find_ignoring_case(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len()).position(|window| window.eq_ignore_ascii_case(needle))
}

impl fmt::Display for SubCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

macro_rules! codes {
    ($(#[$meta:meta])* $name:ident { $($(#[$vmeta:meta])* $variant:ident = $code:literal,)+ }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash)]
        pub enum $name {
            $($(#[$vmeta])* $variant,)+
            /// A code that is not in the list, or no code at all; the text is kept.
            Other(SubCode),
        }

        impl From<SubCode> for $name {
            fn from(code: SubCode) -> Self {
                $(if code.as_str() == $code { return Self::$variant; })+
                Self::Other(code)
            }
        }

        impl $name {
            /// Every listed code with its text.
            pub const LISTED: &'static [(&'static str, Self)] = &[$(($code, Self::$variant),)+];

            /// The code as LigdiCash writes it; empty when there was none.
            #[must_use]
            pub fn as_str(&self) -> &str {
                match self { $(Self::$variant => $code,)+ Self::Other(code) => code.as_str() }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}

codes! {
    /// Refusals of create, direct and hosted (section 12.1).
    CreateCode {
        /// The keys were refused.
        Authentication = "00",
        /// Payin is not activated for the merchant.
        PayinNotActivated = "01",
        /// The amount is not between 9 and 2,000,000.
        WrongAmount = "02",
        /// This machine's address is not on the project's list.
        IpDenied = "03",
        /// An error while processing; seen for malformed items too. Ask whether a prompt appeared before trying again.
        Processing = "04",
        /// An error while talking to the operator. Ask whether a prompt appeared before trying again.
        OperatorRequest = "05",
        /// As `05`.
        OperatorRequestBis = "06",
        /// The number's operator is not enabled on the project.
        OperatorNotEnabled = "07",
        /// An error in the data.
        DataInput = "08",
        /// An error in the API. Ask whether a prompt appeared before trying again.
        Api = "09",
        /// No hash provided.
        NoHash = "10",
        /// Invalid hash.
        InvalidHash = "11",
        /// Invalid HTTP method.
        InvalidMethod = "12",
        /// Unauthorised method.
        UnauthorizedMethod = "13",
        /// Wrong wallet credentials.
        WalletCredentials = "14",
        /// Wrong OTP, or a mobile-money number at the wallet's endpoint.
        WrongOtp = "15",
        /// Expired OTP.
        ExpiredOtp = "16",
    }
}

impl CreateCode {
    /// Whether the refusal was raised on the way to the operator, so that the customer may have seen a prompt all the
    /// same: ask before trying again (section 12.1, note).
    #[must_use]
    pub const fn ask_customer_first(&self) -> bool {
        matches!(self, Self::Processing | Self::OperatorRequest | Self::OperatorRequestBis | Self::Api)
    }
}

codes! {
    /// Failures of a confirm query (section 12.2). None of them says anything about the payment.
    ConfirmCode {
        /// The keys were refused.
        Authentication = "00",
        /// Payin is not activated, or the application is not authenticated.
        PayinNotActivated = "01",
        /// No invoice under this token with these keys.
        InvoiceNotFound = "02",
        /// An error while processing.
        Processing = "03",
        /// An error in the data: check the parameter's name.
        DataInput = "04",
    }
}

codes! {
    /// Refusals of a customer payout (section 12.3), for those who read old logs.
    PayoutCode {
        /// The keys were refused.
        Authentication = "00",
        /// Payout is not activated.
        PayoutNotActivated = "01",
        /// The customer is not registered.
        CustomerNotRegistered = "02",
        /// No merchant account on that network.
        NoMerchantAccount = "03",
        /// No payout pending or processed in 24 hours.
        NoPayoutIn24Hours = "03a",
        /// No deposit in three months.
        NoDepositInThreeMonths = "03b",
        /// The merchant's balance is too low.
        BalanceTooLow = "04",
        /// The amount is out of range.
        AmountOutOfRange = "05",
        /// This machine's address is not on the list.
        IpDenied = "06",
        /// The transaction exists already.
        AlreadyExists = "07",
        /// An error while processing.
        Processing = "08",
        /// An error in the data.
        DataInput = "09",
        /// An error in the API.
        Api = "10",
        /// No hash.
        NoHash = "13",
        /// Invalid hash.
        InvalidHash = "14",
    }
}

codes! {
    /// Refusals of a merchant payout (section 12.3). The sources disagree: build no behaviour on them.
    StraightPayoutCode {
        /// The keys were refused.
        Authentication = "00",
        /// The application is not authenticated.
        Application = "01",
        /// The amount is out of range.
        AmountOutOfRange = "02",
        /// No merchant account.
        NoMerchantAccount = "03",
        /// No payout pending or processed in 24 hours.
        NoPayoutIn24Hours = "04",
        /// The recipient's operator was not identified.
        OperatorNotIdentified = "05",
        /// No merchant account.
        NoMerchantAccountBis = "06",
        /// No merchant account.
        NoMerchantAccountTer = "07",
        /// The balance is too low.
        BalanceTooLow = "08",
        /// An error while processing.
        Processing = "09",
        /// An error in the API.
        Api = "10",
        /// No hash.
        NoHash = "11",
        /// Invalid hash.
        InvalidHash = "12",
        /// Currency conversion is not allowed.
        ConversionNotAllowed = "13",
        /// This machine's address is not on the list.
        IpDenied = "14",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_code_is_found_wherever_it_stands() {
        for (text, code) in [
            ("Echec (Code07)", "07"),
            ("Echec (Code 07)", ""),
            ("echec (code03A)", "03a"),
            ("Code100", "100"),
            ("Code1000", "100"),
            ("Code7", ""),
            ("code: Code12!", "12"),
            ("Echec", ""),
            ("", ""),
            ("éCode16é", "16"),
        ] {
            assert_eq!(SubCode::find(text).as_str(), code, "{text:?}");
        }
    }

    #[test]
    fn every_listed_code_reads_back_and_others_keep_their_text() {
        for (text, code) in CreateCode::LISTED {
            assert_eq!(CreateCode::from(SubCode::find(&format!("Echec (Code{text})"))), *code);
            assert_eq!(code.as_str(), *text);
        }
        for (text, code) in ConfirmCode::LISTED {
            assert_eq!(ConfirmCode::from(SubCode::find(&format!("Echec (Code{text})"))), *code);
        }
        for (text, code) in PayoutCode::LISTED {
            assert_eq!(PayoutCode::from(SubCode::find(&format!("Echec (Code{text})"))), *code);
        }
        for (text, code) in StraightPayoutCode::LISTED {
            assert_eq!(StraightPayoutCode::from(SubCode::find(&format!("Echec (Code{text})"))), *code);
        }
        let other = CreateCode::from(SubCode::find("Echec (Code42)"));
        assert_eq!(other.as_str(), "42");
        assert!(matches!(other, CreateCode::Other(_)));
        assert_eq!(CreateCode::LISTED.len(), 17);
    }

    #[test]
    fn the_customer_is_asked_first_for_the_four_doubtful_refusals() {
        let doubtful: Vec<_> =
            CreateCode::LISTED.iter().filter(|(_, code)| code.ask_customer_first()).collect();
        assert_eq!(doubtful.iter().map(|(text, _)| *text).collect::<Vec<_>>(), ["04", "05", "06", "09"]);
    }
}
