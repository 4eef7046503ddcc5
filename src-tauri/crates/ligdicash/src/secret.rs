//! Keys and tokens. They compare, travel and are wiped; they do not print and do not serialise.

use std::fmt;
use thiserror::Error;
use zeroize::Zeroizing;

/// The two keys of a LigdiCash API project (API reference, section 2). Both are mandatory and opaque.
#[derive(Clone)]
pub struct Credentials {
    pub(crate) api_key: Zeroizing<String>,
    pub(crate) api_token: Zeroizing<String>,
}

impl Credentials {
    /// Takes `Apikey` and `API_TOKEN` (without the word Bearer).
    ///
    /// # Errors
    /// [`CredentialError`] names the key that cannot stand in an HTTP header.
    pub fn new(api_key: &str, api_token: &str) -> Result<Self, CredentialError> {
        check(api_key).map_err(CredentialError::ApiKey)?;
        check(api_token).map_err(CredentialError::ApiToken)?;
        Ok(Self {
            api_key: Zeroizing::new(api_key.to_owned()),
            api_token: Zeroizing::new(api_token.to_owned()),
        })
    }
}

fn check(key: &str) -> Result<(), KeyError> {
    if key.is_empty() {
        Err(KeyError::Empty)
    } else if key.bytes().all(|byte| byte.is_ascii_graphic()) {
        Ok(())
    } else {
        Err(KeyError::Characters)
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Credentials(<redacted>)")
    }
}

/// A key that cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum CredentialError {
    /// `Apikey`.
    #[error("Apikey {0}")]
    ApiKey(KeyError),
    /// `API_TOKEN`.
    #[error("API_TOKEN {0}")]
    ApiToken(KeyError),
}

/// What is wrong with a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum KeyError {
    /// Nothing there.
    #[error("is empty")]
    Empty,
    /// Spaces, line breaks or letters that no key has.
    #[error("holds characters that no key has")]
    Characters,
}

/// The token that create gave: the only handle to a transaction (API reference, section 1, fact 3). Opaque and
/// unbounded; store it before anything else is done with the answer.
#[derive(Clone, PartialEq, Eq)]
pub struct InvoiceToken(Zeroizing<String>);

impl InvoiceToken {
    /// A token, or `None` for an empty text.
    #[must_use]
    pub fn new(text: String) -> Option<Self> {
        if text.trim().is_empty() { None } else { Some(Self(Zeroizing::new(text))) }
    }

    /// The token itself, to store it or to ask with it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for InvoiceToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("InvoiceToken(<redacted>)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_must_fit_in_a_header() {
        assert!(Credentials::new("key", "a.b.c").is_ok());
        assert_eq!(Credentials::new("", "t").unwrap_err(), CredentialError::ApiKey(KeyError::Empty));
        for bad in ["a b", "a\n", "é", "a\r\nX: y"] {
            assert_eq!(
                Credentials::new("k", bad).unwrap_err(),
                CredentialError::ApiToken(KeyError::Characters)
            );
        }
    }

    #[test]
    fn nothing_secret_prints() {
        let shown =
            format!("{:?} {:?}", Credentials::new("canary1", "canary2"), InvoiceToken::new("canary3".into()));
        assert!(!shown.contains("canary"), "{shown}");
    }

    #[test]
    fn an_empty_token_is_no_token() {
        assert_eq!(InvoiceToken::new(String::new()), None);
        assert_eq!(InvoiceToken::new("  ".into()), None);
    }
}
