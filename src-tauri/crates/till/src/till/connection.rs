//! The way to LigdiCash: which keys are in use and which server, and the keychain behind them. Owns that the live counter is
//! on the line that both make, and on none when either is missing.

use super::Till;
use crate::clock_watch::Moment;
use crate::counter::Line;
use crate::error::{KeysProblem, TillError};
use crate::gateway::ConnectionReport;
use crate::keyring_state::KeysStatus;
use crate::keys::Keys;
use crate::ports::TillEvent;
use crate::vault::hex;
use ligdicash::BaseUrl;
use std::time::Duration;

/// How long opening waits for the keychain before going on without it; it may be waiting for a person.
const KEYCHAIN_PATIENCE: Duration = Duration::from_secs(2);

impl Till {
    /// Asks the keychain, for a short while in the foreground: it may be waiting for a person to unlock it.
    pub(super) async fn ask_keychain_patiently(&self) {
        let till = self.clone();
        patiently(async move {
            if let Err(error) = till.load_keys().await {
                tracing::error!(%error, "the keys could not be loaded");
            }
            till.hold_against_kept_head().await;
        })
        .await;
    }

    /// A keychain that did not give the keys is not asked again for this: it may have asked a person.
    pub(super) async fn hold_against_kept_head(&self) {
        let Some(witness) = self.witness() else { return };
        match self.inner.keyring.status() {
            KeysStatus::Problem(
                problem @ (KeysProblem::KeychainUnavailable(_) | KeysProblem::KeychainLocked(_)),
            ) => witness.refused(problem).await,
            KeysStatus::Problem(KeysProblem::Missing | KeysProblem::Unreadable(_))
            | KeysStatus::Stored
            | KeysStatus::SessionOnly => witness.attend(true).await,
        }
    }

    pub(super) async fn load_keys(&self) -> Result<(), TillError> {
        self.inner.keyring.load().await?;
        self.connect_live()?;
        self.inner.ports.events.emit(TillEvent::SnapshotStale);
        Ok(())
    }

    /// Takes new keys: sealed on disk, or for this session only.
    ///
    /// # Errors
    /// [`TillError::Required`], [`TillError::KeyMalformed`], [`TillError::Keys`] when the keychain does not serve, or
    /// [`TillError::OpenPaymentsWithOldKeys`] unless `replace_open`.
    pub async fn save_keys(
        &self,
        api_key: &str,
        api_token: &str,
        session_only: bool,
        replace_open: bool,
    ) -> Result<(), TillError> {
        let keys = self.keys_to_save(api_key, api_token, replace_open).await?;
        self.put_keys(keys, session_only).await
    }

    /// New keys, when they may be taken. Changes nothing.
    pub(crate) async fn keys_to_save(
        &self,
        api_key: &str,
        api_token: &str,
        replace_open: bool,
    ) -> Result<Keys, TillError> {
        let keys = Keys::parse(api_key, api_token, String::new())?;
        let keys = match self.inner.keyring.keys() {
            // The same pair again stays the same set.
            Ok(known) if known.same_as(&keys) => keys.with_set_id(known.set_id().to_owned()),
            Ok(_) | Err(_) => {
                let mut bytes = [0u8; 8];
                self.inner.ports.chance.fill(&mut bytes)?;
                keys.with_set_id(hex(&bytes))
            }
        };
        if !replace_open && let Some(live) = self.inner.live.get() {
            let open = live.ledger.open_with_other_credentials(keys.set_id()).await?;
            if open > 0 {
                return Err(TillError::OpenPaymentsWithOldKeys(open));
            }
        }
        Ok(keys)
    }

    pub(crate) async fn put_keys(&self, keys: Keys, session_only: bool) -> Result<(), TillError> {
        if session_only {
            self.inner.keyring.keep_for_session(keys);
        } else {
            self.inner.keyring.store(keys).await?;
        }
        self.connect_live()?;
        self.inner.ports.events.emit(TillEvent::SnapshotStale);
        Ok(())
    }

    /// Removes the keys. Open live payments are then no longer asked about until keys are back.
    ///
    /// # Errors
    /// The keychain's, or a file's.
    pub async fn forget_keys(&self) -> Result<(), TillError> {
        self.inner.keyring.forget().await?;
        self.connect_live()?;
        self.inner.ports.events.emit(TillEvent::SnapshotStale);
        Ok(())
    }

    /// Asks the keychain again.
    ///
    /// # Errors
    /// A task's; what the keychain says is in the snapshot.
    pub async fn retry_keychain(&self) -> Result<(), TillError> {
        self.load_keys().await?;
        self.hold_against_kept_head().await;
        Ok(())
    }

    /// Tests the keys without moving money: a confirm with a token that cannot exist (API reference, section 19).
    ///
    /// # Errors
    /// [`TillError::Keys`] when there are none to test.
    pub async fn test_connection(&self) -> Result<ConnectionReport, TillError> {
        if matches!(self.inner.keyring.status(), KeysStatus::Problem(_)) {
            self.inner.keyring.load().await?;
        }
        let keys = self.inner.keyring.keys()?;
        let gateway = self.inner.ports.gateways.connect(&self.base_url(), &keys)?;
        let asked = Moment::now(&self.inner.ports);
        let report = gateway.test().await;
        let answered = Moment::now(&self.inner.ports);
        let live = self.inner.live.get();
        let ledger = live.as_ref().map(|live| &live.ledger);
        self.inner.clock_watch.hear(asked, answered, report.server_ms, ledger).await;
        Ok(report)
    }

    pub(crate) fn keys_status(&self) -> KeysStatus {
        self.inner.keyring.status()
    }

    /// The server that live payments go to.
    #[must_use]
    pub fn base_url(&self) -> BaseUrl {
        if let Some(fixed) = &self.inner.fixed_base_url {
            return fixed.clone();
        }
        // What cannot be read here was refused when it was stored, so an empty setting is all that is left.
        BaseUrl::parse(&self.settings().base_url).unwrap_or_else(|_| BaseUrl::official())
    }

    /// Puts the live counter on the server and keys in force, or takes its line away when there are none.
    pub(super) fn connect_live(&self) -> Result<(), TillError> {
        let Some(live) = self.inner.live.get() else { return Ok(()) };
        let server = self.base_url();
        let line = match self.inner.keyring.keys() {
            Ok(keys) => Some(Line {
                gateway: self.inner.ports.gateways.connect(&server, &keys)?,
                server: server.as_str().to_owned(),
                credential_set: keys.set_id().to_owned(),
            }),
            Err(_) => None,
        };
        live.set_line(line);
        Ok(())
    }
}

/// Waits a short while for what then goes on in the background.
pub(crate) async fn patiently(asking: impl Future<Output = ()> + Send + 'static) {
    let _ = tokio::time::timeout(KEYCHAIN_PATIENCE, tokio::spawn(asking)).await;
}
