//! The chain: each row's SHA-256 over the row before it and its own canonical record, so that no past row can change
//! without every later hash changing.
//!
//! Canonical record: the chain's name, the hash of the row before it, then each column in its fixed order; each as `-` for
//! none, else its length in bytes (decimal), a colon and its UTF-8 text, numbers in decimal. No two different records give
//! the same bytes. Before the first row stands the hash of the word `beginning`, the mode and the installation. Hashes are
//! written as 64 lower-case hexadecimal digits.

use crate::identity::Identity;
use domain::PhoneNumber;
use sha2::{Digest, Sha256};

/// The end of a chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChainHead {
    /// How many rows.
    pub count: i64,
    /// Hash of the last one, or of the beginning when there is none. Lower-case hexadecimal.
    pub hash: String,
}

/// Which chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Chain {
    Journal,
    Entries,
    Closings,
}

impl Chain {
    const fn name(self) -> &'static str {
        match self {
            Self::Journal => "encaisse-journal-v1",
            Self::Entries => "encaisse-entry-v1",
            Self::Closings => "encaisse-closing-v1",
        }
    }

    /// What stands before the first row: a ledger's rows mean nothing in another ledger.
    pub(crate) fn beginning(self, identity: &Identity) -> String {
        self.hash(&[Some("beginning"), Some(identity.mode.as_str()), Some(&identity.installation_id)])
    }

    pub(crate) fn link(self, prev_hash: &str, fields: &[Option<&str>]) -> String {
        let mut all = Vec::with_capacity(fields.len() + 1);
        all.push(Some(prev_hash));
        all.extend_from_slice(fields);
        self.hash(&all)
    }

    fn hash(self, fields: &[Option<&str>]) -> String {
        let texts = fields.iter().flatten();
        let mut record = Vec::with_capacity(texts.map(|text| text.len() + 8).sum::<usize>() + 64);
        for field in [Some(self.name())].iter().chain(fields) {
            match field {
                None => record.push(b'-'),
                Some(text) => {
                    record.extend_from_slice(text.len().to_string().as_bytes());
                    record.push(b':');
                    record.extend_from_slice(text.as_bytes());
                }
            }
        }
        hex(&Sha256::digest(&record))
    }
}

/// The number as the chain sees it. Without the salt, which a purge erases, it says nothing and still stands.
pub(crate) fn phone_commitment(salt: &[u8; 16], phone: &PhoneNumber) -> String {
    let mut hasher = Sha256::new();
    hasher.update(b"encaisse-phone-v1");
    hasher.update(salt);
    hasher.update(phone.international().as_bytes());
    hex(&hasher.finalize())
}

/// The seal of a row that is in no chain.
pub(crate) fn seal(row: &str) -> String {
    let mut hasher = Sha256::new();
    hasher.update(b"encaisse-seal-v1");
    hasher.update(row.as_bytes());
    hex(&hasher.finalize())
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        text.push(char::from(DIGITS[usize::from(byte >> 4)]));
        text.push(char::from(DIGITS[usize::from(byte & 0x0f)]));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn different_records_never_give_the_same_bytes() {
        let chain = Chain::Journal;
        let records: [&[Option<&str>]; 8] = [
            &[Some("a"), Some("b")],
            &[Some("ab")],
            &[Some("a"), None, Some("b")],
            &[Some("a1:b")],
            &[Some("a"), Some("b"), None],
            &[Some("")],
            &[None],
            &[],
        ];
        let mut hashes: Vec<_> = records.iter().map(|fields| chain.link("p", fields)).collect();
        hashes.push(Chain::Entries.link("p", records[0]));
        hashes.push(chain.link("q", records[0]));
        let count = hashes.len();
        hashes.sort();
        hashes.dedup();
        assert_eq!(hashes.len(), count);
    }

    #[test]
    fn a_commitment_needs_its_salt() {
        let phone = PhoneNumber::parse("90123456").unwrap();
        assert_ne!(phone_commitment(&[1; 16], &phone), phone_commitment(&[2; 16], &phone));
        assert_eq!(phone_commitment(&[1; 16], &phone).len(), 64);
    }
}
