//! The two keys of LigdiCash in memory. Owns their checked form and which pair is in use. Refuses to be printed.

use crate::error::{Field, TillError};
use ligdicash::{CredentialError, Credentials};
use std::fmt;
use zeroize::Zeroizing;

/// Far above any key that was ever seen, and sealed whole; beyond it something else was pasted.
pub(crate) const KEY_MAX_BYTES: usize = 65_536;

/// A checked pair of keys.
#[derive(Clone)]
pub struct Keys {
    api_key: Zeroizing<String>,
    api_token: Zeroizing<String>,
    credentials: Credentials,
    set_id: String,
}

impl Keys {
    /// Checks a pair as typed. White space around is dropped, and so is a pasted `Bearer `.
    ///
    /// # Errors
    /// [`TillError::Required`], [`TillError::KeyTooLong`] or [`TillError::KeyMalformed`], naming the field.
    pub fn parse(api_key: &str, api_token: &str, set_id: String) -> Result<Self, TillError> {
        let api_key = Zeroizing::new(api_key.trim().to_owned());
        let token = api_token.trim();
        let token = match token.split_at_checked("Bearer".len()) {
            Some((word, rest))
                if word.eq_ignore_ascii_case("Bearer") && !rest.starts_with(char::is_alphanumeric) =>
            {
                rest
            }
            Some(_) | None => token,
        };
        let api_token = Zeroizing::new(token.trim().to_owned());
        for (text, field) in [(&api_key, Field::ApiKey), (&api_token, Field::ApiToken)] {
            if text.is_empty() {
                return Err(TillError::Required(field));
            }
            if text.len() > KEY_MAX_BYTES {
                return Err(TillError::KeyTooLong(field));
            }
        }
        let credentials = Credentials::new(&api_key, &api_token).map_err(|error| match error {
            CredentialError::ApiKey(_) => TillError::KeyMalformed(Field::ApiKey),
            CredentialError::ApiToken(_) => TillError::KeyMalformed(Field::ApiToken),
        })?;
        Ok(Self { api_key, api_token, credentials, set_id })
    }

    /// Which pair this is: stored with every payment made with it.
    #[must_use]
    pub fn set_id(&self) -> &str {
        &self.set_id
    }

    /// What the client takes.
    #[must_use]
    pub fn credentials(&self) -> Credentials {
        self.credentials.clone()
    }

    /// Whether both hold the same two keys.
    pub(crate) fn same_as(&self, other: &Self) -> bool {
        *self.api_key == *other.api_key && *self.api_token == *other.api_token
    }

    pub(crate) fn with_set_id(mut self, set_id: String) -> Self {
        self.set_id = set_id;
        self
    }

    /// The pair as one text to seal.
    pub(crate) fn to_sealed_text(&self) -> Zeroizing<String> {
        Zeroizing::new(format!("{}\n{}", *self.api_key, *self.api_token))
    }

    /// The pair back from its sealed text.
    pub(crate) fn from_sealed_text(text: &str, set_id: String) -> Option<Self> {
        let (api_key, api_token) = text.split_once('\n')?;
        Self::parse(api_key, api_token, set_id).ok()
    }
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Keys({}, <redacted>)", self.set_id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_trimmed_and_bearer_is_dropped() {
        let keys = Keys::parse(" key-1 \n", "Bearer abc.def.ghi ", "set".into()).unwrap();
        assert_eq!(*keys.to_sealed_text(), "key-1\nabc.def.ghi");
        assert!(Keys::from_sealed_text(&keys.to_sealed_text(), "set".into()).unwrap().same_as(&keys));
    }

    #[test]
    fn a_missing_or_malformed_key_names_its_field() {
        assert!(matches!(Keys::parse(" ", "t", String::new()), Err(TillError::Required(Field::ApiKey))));
        assert!(matches!(
            Keys::parse("k", "Bearer ", String::new()),
            Err(TillError::Required(Field::ApiToken))
        ));
        assert!(matches!(
            Keys::parse("k\nk", "t", String::new()),
            Err(TillError::KeyMalformed(Field::ApiKey))
        ));
        assert!(matches!(
            Keys::parse("k", "é", String::new()),
            Err(TillError::KeyMalformed(Field::ApiToken))
        ));
    }

    #[test]
    fn what_is_longer_than_any_key_is_refused_by_name() {
        let longest = "t".repeat(KEY_MAX_BYTES);
        assert!(Keys::parse("k", &longest, String::new()).is_ok());
        for (key, token, field) in [
            ("k", format!("{longest}t"), Field::ApiToken),
            (&format!("{longest}k"), "t".into(), Field::ApiKey),
        ] {
            let refused = Keys::parse(key, &token, String::new());
            assert!(matches!(refused, Err(TillError::KeyTooLong(found)) if found == field));
        }
    }

    #[test]
    fn keys_do_not_print() {
        let shown = format!("{:?}", Keys::parse("canary-key", "canary-token", "set".into()).unwrap());
        assert!(!shown.contains("canary"), "{shown}");
    }
}
