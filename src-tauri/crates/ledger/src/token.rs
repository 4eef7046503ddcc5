//! LigdiCash's handle to a transaction, on its way into or out of the ledger. Refuses to be printed.

use std::fmt;
use zeroize::Zeroizing;

/// A token: whoever holds it can ask about the payment. Wiped from memory when dropped.
#[derive(Clone)]
pub struct Token(Zeroizing<String>);

impl Token {
    /// Wraps a token.
    #[must_use]
    pub fn new(text: String) -> Self {
        Self(Zeroizing::new(text))
    }

    /// The token itself.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(<redacted>)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_does_not_print() {
        let token = Token::new("secret-token".to_owned());
        assert_eq!(token.expose(), "secret-token");
        assert!(!format!("{token:?} {:?}", Some(token.clone())).contains("secret"));
    }
}
