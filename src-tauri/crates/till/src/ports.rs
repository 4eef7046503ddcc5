//! What the till needs from its surroundings, and nothing more: time, chance, a place for secrets, someone to tell, and
//! a way to reach LigdiCash. Each comes in by constructor, so the whole till runs without a window, a keychain or a
//! network.

use crate::gateway::{Gateway, GatewayError};
use crate::keys::Keys;
use domain::{CheckProblem, Mode};
use ledger::Payment;
use ligdicash::BaseUrl;
use std::{future::Future, pin::Pin, sync::Arc, time::Duration};
use thiserror::Error;

/// A boxed future, so that ports can be trait objects.
pub type Boxed<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Everything the till is given.
#[derive(Clone)]
pub struct Ports {
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Random bytes.
    pub chance: Arc<dyn Chance>,
    /// The system's keychain.
    pub secrets: Arc<dyn Secrets>,
    /// Whoever shows the till.
    pub events: Arc<dyn Events>,
    /// The way to LigdiCash.
    pub gateways: Arc<dyn Gateways>,
}

/// Time, passed in so that tests can turn it.
pub trait Clock: Send + Sync {
    /// Milliseconds since 1970, UTC. May jump either way when someone sets the clock.
    fn now_ms(&self) -> i64;
    /// Milliseconds since any fixed moment. Never goes back.
    fn monotonic_ms(&self) -> i64;
    /// Waits for `wait`.
    fn sleep(&self, wait: Duration) -> Boxed<'_, ()>;
}

/// Random bytes.
pub trait Chance: Send + Sync {
    /// Fills `bytes` with unguessable bytes.
    ///
    /// # Errors
    /// [`NoChance`] when the system gives none; nothing may go on with bytes that can be guessed.
    fn fill(&self, bytes: &mut [u8]) -> Result<(), NoChance>;
}

/// The system gave no random bytes.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("the system gives no random bytes: {0}")]
pub struct NoChance(pub String);

/// A keychain: small secrets by name. Calls may block for as long as a person needs to unlock it, so the till makes
/// them on a blocking thread.
pub trait Secrets: Send + Sync {
    /// The secret under `name`, or `None`.
    ///
    /// # Errors
    /// [`SecretsError`].
    fn get(&self, name: &str) -> Result<Option<Vec<u8>>, SecretsError>;
    /// Stores or replaces the secret under `name`.
    ///
    /// # Errors
    /// [`SecretsError`].
    fn set(&self, name: &str, secret: &[u8]) -> Result<(), SecretsError>;
    /// Removes the secret under `name`, if there is one.
    ///
    /// # Errors
    /// [`SecretsError`].
    fn delete(&self, name: &str) -> Result<(), SecretsError>;
}

/// Why the keychain did not serve.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum SecretsError {
    /// No keychain service answers on this system.
    #[error("no keychain service: {0}")]
    Unavailable(String),
    /// It is locked, or the person said no.
    #[error("the keychain is locked: {0}")]
    Locked(String),
}

/// Whoever shows the till. Told after the commit, never before.
pub trait Events: Send + Sync {
    /// Tells one thing.
    fn emit(&self, event: TillEvent);
}

/// Everything the till tells.
#[derive(Debug, Clone)]
pub enum TillEvent {
    /// A payment changed.
    PaymentChanged(Mode, Payment),
    /// Money came for a sale that had been closed in another way.
    LateSuccess(Mode, Payment),
    /// LigdiCash contradicted a final state, which stays.
    Contradiction(Mode, Payment),
    /// A ledger was found damaged while the till is open: nothing more is charged, and the till should be closed.
    LedgerDamaged,
    /// The simulated phone changed.
    PromptsChanged,
    /// LigdiCash can be reached again, or no longer.
    Connectivity {
        /// Whether the last exchange went through.
        online: bool,
        /// What went wrong.
        problem: Option<CheckProblem>,
    },
    /// This computer's clock was found wrong, by another amount, or right again.
    ClockWrong {
        /// How much it is ahead of LigdiCash's (behind, below zero); none when it is right.
        by_ms: Option<i64>,
    },
    /// An export got further.
    ExportProgress {
        /// Rows written.
        done: i64,
        /// Rows there are.
        total: i64,
    },
    /// Mode, settings or keys changed.
    SnapshotStale,
}

/// The way to LigdiCash.
pub trait Gateways: Send + Sync {
    /// A gateway to `server` with `keys`. Opens no connection yet.
    ///
    /// # Errors
    /// [`GatewayError`] when no client can be made on this system.
    fn connect(&self, server: &BaseUrl, keys: &Keys) -> Result<Arc<dyn Gateway>, GatewayError>;
}
