//! The handles of open payments in a copy: sealed under a key that the system's keychain keeps, one key for each ledger.
//!
//! Owns the box around one handle. A copy that is restored on the same machine can be followed again; on another one it
//! opens nothing. Refuses plain text: without a keychain, and in training, which has none, a handle stays behind.

use crate::error::TillError;
use crate::ports::{Chance, Ports, Secrets};
use crate::vault::{cipher, hex, unhex};
use chacha20poly1305::XNonce;
use chacha20poly1305::aead::{Aead, Payload};
use domain::{Mode, PaymentId};
use ledger::{Keep, Token};
use std::sync::Arc;
use std::time::Duration;
use zeroize::Zeroizing;

const SCHEME: &str = "encaisse-handle-v1";
const KEY_BYTES: usize = 32;
const NONCE_BYTES: usize = 24;
/// How long a copy waits for a keychain that may be waiting for a person.
const PATIENCE: Duration = Duration::from_secs(2);

type Key = Zeroizing<Vec<u8>>;

fn key_name(installation: &str) -> String {
    format!("handle-key-{installation}")
}

/// What seals the handles of a ledger's copy.
pub(crate) async fn sealing(mode: Mode, installation: String, ports: &Ports) -> Keep {
    let key = match mode {
        Mode::Training => None,
        Mode::Live => key(&installation, ports, true).await,
    };
    let chance = Arc::clone(&ports.chance);
    Box::new(move |id, token| {
        let key = key.as_ref()?;
        seal(key, &installation, id, token, chance.as_ref())
    })
}

/// The handle in its box, for the payment it belongs to; none when it cannot be opened here.
pub(crate) async fn open_sealed(
    sealed: &str,
    installation: &str,
    id: &PaymentId,
    ports: &Ports,
) -> Option<Token> {
    let key = key(installation, ports, false).await?;
    let (nonce, sealed) = sealed.split_once('.')?;
    let nonce = XNonce::try_from(unhex(nonce)?.as_slice()).ok()?;
    let bound = bound_to(installation, id);
    let payload = Payload { msg: &unhex(sealed)?, aad: bound.as_bytes() };
    let opened = cipher(&key)?.decrypt(&nonce, payload).ok().map(Zeroizing::new)?;
    std::str::from_utf8(&opened).ok().map(|text| Token::new(text.to_owned()))
}

fn seal(key: &Key, installation: &str, id: &PaymentId, token: &Token, chance: &dyn Chance) -> Option<Token> {
    let mut bytes = [0u8; NONCE_BYTES];
    chance.fill(&mut bytes).ok()?;
    let nonce = XNonce::try_from(bytes.as_slice()).ok()?;
    let bound = bound_to(installation, id);
    let payload = Payload { msg: token.expose().as_bytes(), aad: bound.as_bytes() };
    let sealed = cipher(key)?.encrypt(&nonce, payload).ok()?;
    Some(Token::sealed_as(&format!("{}.{}", hex(&bytes), hex(&sealed))))
}

/// A handle in another payment's row opens nothing.
fn bound_to(installation: &str, id: &PaymentId) -> String {
    format!("{SCHEME}\n{installation}\n{id}")
}

/// The ledger's key; made when there is none yet and one is to be sealed with.
async fn key(installation: &str, ports: &Ports, make: bool) -> Option<Key> {
    let (secrets, chance) = (Arc::clone(&ports.secrets), Arc::clone(&ports.chance));
    let name = key_name(installation);
    let asked =
        tokio::task::spawn_blocking(move || found_or_made(&name, secrets.as_ref(), chance.as_ref(), make));
    match tokio::time::timeout(PATIENCE, asked).await {
        Ok(Ok(Ok(key))) => key,
        Ok(Ok(Err(error))) => {
            tracing::warn!(%error, "the handles of open payments cannot be sealed or opened");
            None
        }
        Ok(Err(_)) | Err(_) => None,
    }
}

fn found_or_made(
    name: &str,
    secrets: &dyn Secrets,
    chance: &dyn Chance,
    make: bool,
) -> Result<Option<Key>, TillError> {
    let told = |error| TillError::Keys(crate::error::KeysProblem::from(error));
    let found = secrets.get(name).map_err(told)?.map(Zeroizing::new);
    if found.is_some() || !make {
        return Ok(found.filter(|key| key.len() == KEY_BYTES));
    }
    let mut made = Zeroizing::new(vec![0u8; KEY_BYTES]);
    chance.fill(&mut made)?;
    secrets.set(name, &made).map_err(told)?;
    // What a keychain does not give back would be lost with every handle sealed under it.
    let kept = secrets.get(name).map_err(told)?.map(Zeroizing::new);
    Ok(kept.filter(|kept| *kept == made))
}
