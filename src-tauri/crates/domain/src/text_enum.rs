//! Enums that are stored as words. An unknown stored word is an error, never a default.

use thiserror::Error;

/// A stored word that this version does not know.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("unknown {what}: {word:?}")]
pub struct UnknownWord {
    /// What was being read.
    pub what: &'static str,
    /// The word found.
    pub word: String,
}

/// Declares an enum whose variants are stored and shown as one stable word each.
macro_rules! text_enum {
    ($(#[$meta:meta])* $name:ident, $what:literal { $($(#[$vmeta:meta])* $variant:ident = $word:literal,)+ }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $name { $($(#[$vmeta])* $variant,)+ }

        impl $name {
            /// Every value, in declaration order.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The stable stored word.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)+ }
            }
        }

        impl std::str::FromStr for $name {
            type Err = crate::text_enum::UnknownWord;
            fn from_str(word: &str) -> Result<Self, Self::Err> {
                $(if word == $word { return Ok(Self::$variant); })+
                Err(crate::text_enum::UnknownWord { what: $what, word: word.to_owned() })
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}
pub(crate) use text_enum;

#[cfg(test)]
mod tests {
    use crate::{CheckProblem, DecisionKind, NotSentCause, ReviewReason, State, UncertainCause};

    #[test]
    fn every_word_reads_back_and_an_unknown_word_is_an_error() {
        fn check<T: Copy + PartialEq + std::fmt::Debug + std::str::FromStr + std::fmt::Display>(all: &[T]) {
            for value in all {
                let read: Option<T> = value.to_string().parse().ok();
                assert_eq!(read, Some(*value));
            }
            for wrong in ["", "PAID", "payed", " paid", "unknown-word"] {
                assert!(wrong.parse::<T>().is_err(), "{wrong:?} must not be read");
            }
        }
        check(State::ALL);
        check(NotSentCause::ALL);
        check(UncertainCause::ALL);
        check(ReviewReason::ALL);
        check(CheckProblem::ALL);
        check(DecisionKind::ALL);
    }
}
