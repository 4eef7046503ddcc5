//! A PIN and a recovery code in memory. Owns their shape, their hashes and their forgetting: neither prints, neither
//! serialises, both are wiped. Hashing is slow on purpose, so it is done on a thread that may block.

use crate::error::TillError;
use crate::keyring_state::blocking;
use crate::ports::Chance;
use argon2::password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};
use domain::pin::{PinProblem, check_new, check_shape};
use std::fmt;
use zeroize::Zeroizing;

/// The least that OWASP's cheat sheet on storing passwords asks of Argon2id.
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;

/// No two of these look alike on paper.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// A hundred bits: nobody guesses it.
const CODE_CHARS: usize = 20;
const GROUP: usize = 4;

/// A PIN as typed.
#[derive(Clone)]
pub struct Pin(Zeroizing<String>);

impl Pin {
    /// A PIN that somebody says is theirs.
    ///
    /// # Errors
    /// [`TillError::Pin`].
    pub fn typed(text: &str) -> Result<Self, TillError> {
        check_shape(text)?;
        Ok(Self(Zeroizing::new(text.to_owned())))
    }

    /// A PIN that is to become somebody's.
    ///
    /// # Errors
    /// [`TillError::Pin`].
    pub fn chosen(text: &str) -> Result<Self, TillError> {
        check_new(text)?;
        Self::typed(text)
    }
}

impl fmt::Debug for Pin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pin(<redacted>)")
    }
}

/// What lets an owner who forgot the PIN set a new one. Shown once.
#[derive(Clone)]
pub struct RecoveryCode(Zeroizing<String>);

impl RecoveryCode {
    pub(crate) fn fresh(chance: &dyn Chance) -> Result<Self, TillError> {
        let mut bytes = Zeroizing::new([0_u8; CODE_CHARS]);
        chance.fill(&mut *bytes)?;
        let code = bytes.iter().map(|byte| char::from(ALPHABET[usize::from(byte % 32)])).collect();
        Ok(Self(Zeroizing::new(code)))
    }

    /// As somebody reads it from paper: in any case, grouped anyhow, with the letters that look like digits.
    ///
    /// # Errors
    /// [`TillError::Pin`] for what can be no code.
    pub fn typed(text: &str) -> Result<Self, TillError> {
        let code: String = text
            .chars()
            .filter(char::is_ascii_alphanumeric)
            .map(|c| match c.to_ascii_uppercase() {
                'O' => '0',
                'I' | 'L' => '1',
                c => c,
            })
            .collect();
        if code.len() == CODE_CHARS {
            Ok(Self(Zeroizing::new(code)))
        } else {
            Err(PinProblem::Malformed.into())
        }
    }

    /// For the one screen that shows it, and for paper.
    #[must_use]
    pub fn grouped(&self) -> Zeroizing<String> {
        let groups: Vec<&str> =
            (0..CODE_CHARS / GROUP).filter_map(|at| self.0.get(at * GROUP..(at + 1) * GROUP)).collect();
        Zeroizing::new(groups.join("-"))
    }
}

impl fmt::Debug for RecoveryCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RecoveryCode(<redacted>)")
    }
}

/// One of the two, to be hashed or held against a hash.
pub(crate) struct Proof(Zeroizing<String>);

impl From<&Pin> for Proof {
    fn from(pin: &Pin) -> Self {
        Self(pin.0.clone())
    }
}

impl From<&RecoveryCode> for Proof {
    fn from(code: &RecoveryCode) -> Self {
        Self(code.0.clone())
    }
}

fn argon2() -> Result<Argon2<'static>, TillError> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None).map_err(broken)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

fn broken(error: impl fmt::Display) -> TillError {
    TillError::Task(format!("the PIN's hash: {error}"))
}

/// The hash to be stored.
pub(crate) async fn hashed(proof: Proof, chance: &dyn Chance) -> Result<String, TillError> {
    let mut salt = [0_u8; 16];
    chance.fill(&mut salt)?;
    blocking(move || {
        let salt = SaltString::encode_b64(&salt).map_err(broken)?;
        Ok(argon2()?.hash_password(proof.0.as_bytes(), &salt).map_err(broken)?.to_string())
    })
    .await?
}

/// Whether this is what was hashed.
pub(crate) async fn matches(proof: Proof, hash: String) -> Result<bool, TillError> {
    blocking(move || {
        let stored = PasswordHash::new(&hash).map_err(broken)?;
        match argon2()?.verify_password(proof.0.as_bytes(), &stored) {
            Ok(()) => Ok(true),
            Err(argon2::password_hash::Error::Password) => Ok(false),
            Err(error) => Err(broken(error)),
        }
    })
    .await?
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::system::SystemChance;

    #[tokio::test]
    async fn a_hash_says_how_it_was_made_holds_no_pin_and_knows_its_own() {
        let pin = Pin::chosen("482913").unwrap();
        let hash = hashed((&pin).into(), &SystemChance).await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert!(!hash.contains("482913"));
        assert_ne!(hash, hashed((&pin).into(), &SystemChance).await.unwrap(), "the salt is fresh each time");
        assert!(matches((&pin).into(), hash.clone()).await.unwrap());
        assert!(!matches((&Pin::typed("482914").unwrap()).into(), hash).await.unwrap());
    }

    #[test]
    fn a_code_is_read_as_people_write_it() {
        let code = RecoveryCode::fresh(&SystemChance).unwrap();
        let grouped = code.grouped();
        assert_eq!(grouped.len(), 24);
        let sloppy = grouped.to_lowercase().replace('-', " ").replace('0', "o").replace('1', "l");
        assert_eq!(*RecoveryCode::typed(&sloppy).unwrap().0, *code.0);
        assert!(RecoveryCode::typed("ABCD").is_err());
    }

    #[test]
    fn neither_prints() {
        let code = RecoveryCode::typed("CANA-RYCA-NARY-CANA-RYCA").unwrap();
        let shown = format!("{:?} {code:?}", Pin::typed("482913").unwrap());
        assert_eq!(shown, "Pin(<redacted>) RecoveryCode(<redacted>)");
    }
}
