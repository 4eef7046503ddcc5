//! Owns the one error of these commands: a sentence for the person at the keyboard. Nothing here is acted on by code,
//! so there is no second kind.

use std::{fmt, io};

/// Why a command could not be carried out, in words that say what to do.
#[derive(Debug, PartialEq, Eq)]
pub struct Failure(pub String);

impl Failure {
    /// A failure with this sentence.
    pub fn new(sentence: impl Into<String>) -> Self {
        Self(sentence.into())
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self(error.to_string())
    }
}

/// Names what was being read, written or started when the system refused.
pub trait While<T> {
    /// Puts `what` in front of the system's own words.
    ///
    /// # Errors
    /// The error it was called on, as a sentence.
    fn when(self, what: impl fmt::Display) -> Result<T, Failure>;
}

impl<T, E: fmt::Display> While<T> for Result<T, E> {
    fn when(self, what: impl fmt::Display) -> Result<T, Failure> {
        self.map_err(|error| Failure(format!("{what}: {error}")))
    }
}
