//! Where LigdiCash is. Owns the rule that nothing but https, or http on this very machine, may carry the keys.

use std::fmt;
use thiserror::Error;
use url::{Host, Url};

/// The address of LigdiCash, or of a test server. Scheme, host and port only.
#[derive(Clone, PartialEq, Eq)]
pub struct BaseUrl {
    text: String,
    host: String,
}

impl BaseUrl {
    /// LigdiCash's one address (API reference, section 2).
    pub const OFFICIAL: &'static str = "https://app.ligdicash.com";

    /// LigdiCash's one address.
    #[must_use]
    pub fn official() -> Self {
        Self {
            text: Self::OFFICIAL.to_owned(),
            host: Self::OFFICIAL.trim_start_matches("https://").to_owned(),
        }
    }

    /// Reads an address: https anywhere, or http on loopback.
    ///
    /// # Errors
    /// [`BaseUrlError`].
    pub fn parse(text: &str) -> Result<Self, BaseUrlError> {
        let url = Url::parse(text.trim()).map_err(|_| BaseUrlError::NotAnAddress)?;
        let host = url.host().ok_or(BaseUrlError::NotAnAddress)?;
        match url.scheme() {
            "https" => {}
            "http" if is_loopback(&host) => {}
            _ => return Err(BaseUrlError::NotSecure),
        }
        let bare = url.username().is_empty()
            && url.password().is_none()
            && url.query().is_none()
            && url.fragment().is_none()
            && matches!(url.path(), "" | "/");
        if !bare {
            return Err(BaseUrlError::MoreThanAHost);
        }
        let host = url.port().map_or_else(|| host.to_string(), |port| format!("{host}:{port}"));
        Ok(Self { text: format!("{}://{host}", url.scheme()), host })
    }

    /// Scheme, host and port, without a slash at the end.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Host, and port where one is given.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// Whether this is LigdiCash's own address.
    #[must_use]
    pub fn is_official(&self) -> bool {
        self.text == Self::OFFICIAL
    }
}

fn is_loopback(host: &Host<&str>) -> bool {
    match host {
        Host::Domain(name) => name.eq_ignore_ascii_case("localhost"),
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
    }
}

impl fmt::Debug for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BaseUrl({})", self.text)
    }
}

/// Why an address cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum BaseUrlError {
    /// Not an address at all.
    #[error("not a web address")]
    NotAnAddress,
    /// Plain http, and not this machine.
    #[error("must be https, or http on this machine")]
    NotSecure,
    /// A user, a path, a question or a fragment.
    #[error("must be a host and nothing more")]
    MoreThanAHost,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_https_or_http_on_loopback_is_accepted() {
        for (text, expected) in [
            ("https://app.ligdicash.com", Ok("https://app.ligdicash.com")),
            (" https://app.ligdicash.com/ ", Ok("https://app.ligdicash.com")),
            ("https://app.ligdicash.com:443", Ok("https://app.ligdicash.com")),
            ("http://127.0.0.1:8080", Ok("http://127.0.0.1:8080")),
            ("http://127.9.9.9:1/", Ok("http://127.9.9.9:1")),
            ("http://localhost:3000", Ok("http://localhost:3000")),
            ("http://[::1]:3000", Ok("http://[::1]:3000")),
            ("https://relay.example:8443", Ok("https://relay.example:8443")),
            ("http://app.ligdicash.com", Err(BaseUrlError::NotSecure)),
            ("http://192.168.1.10", Err(BaseUrlError::NotSecure)),
            ("http://localhost.evil.example", Err(BaseUrlError::NotSecure)),
            ("http://127.0.0.1.evil.example", Err(BaseUrlError::NotSecure)),
            ("ftp://app.ligdicash.com", Err(BaseUrlError::NotSecure)),
            ("https://user@app.ligdicash.com", Err(BaseUrlError::MoreThanAHost)),
            ("https://app.ligdicash.com/pay", Err(BaseUrlError::MoreThanAHost)),
            ("https://app.ligdicash.com/?a=b", Err(BaseUrlError::MoreThanAHost)),
            ("app.ligdicash.com", Err(BaseUrlError::NotAnAddress)),
            ("", Err(BaseUrlError::NotAnAddress)),
        ] {
            assert_eq!(
                BaseUrl::parse(text).as_ref().map(BaseUrl::as_str),
                expected.as_ref().copied(),
                "{text:?}"
            );
        }
    }

    #[test]
    fn the_official_address_knows_itself() {
        assert_eq!(BaseUrl::parse(BaseUrl::OFFICIAL), Ok(BaseUrl::official()));
        assert!(BaseUrl::official().is_official());
        assert_eq!(BaseUrl::official().host(), "app.ligdicash.com");
        assert!(!BaseUrl::parse("http://127.0.0.1:1").is_ok_and(|url| url.is_official()));
    }
}
