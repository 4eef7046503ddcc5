//! LigdiCash's handle to a transaction, on its way into or out of the ledger. Refuses to be printed.

use std::fmt;
use zeroize::Zeroizing;

/// What stands in a copy for a token that stayed behind.
pub(crate) const WITHHELD: &str = "encaisse-withheld";
/// What a sealed token begins with; LigdiCash's never do.
const SEALED: &str = "encaisse-sealed:";

/// A token: whoever holds it can ask about the payment. Wiped from memory when dropped.
#[derive(Clone)]
pub struct Token(Zeroizing<String>);

impl Token {
    /// Wraps a token.
    #[must_use]
    pub fn new(text: String) -> Self {
        Self(Zeroizing::new(text))
    }

    /// Wraps the sealed form of a token, which only who sealed it can open.
    #[must_use]
    pub fn sealed_as(text: &str) -> Self {
        Self::new(format!("{SEALED}{text}"))
    }

    /// The sealed form, when this is one: LigdiCash is never asked with it.
    #[must_use]
    pub fn sealed(&self) -> Option<&str> {
        self.0.strip_prefix(SEALED)
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
        assert_eq!((token.sealed(), Token::sealed_as("box").sealed()), (None, Some("box")));
    }
}
