//! Settings: words under keys, in a file of their own so that training and live share them. What they mean is the till's.

use crate::connection::{Candidate, File, Kind, Look};
use crate::error::{LedgerError, OpenError};
use crate::migrations;
use sqlx::Row;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

static SETTINGS: Kind = Kind { application_id: 0x456e_6353, readers: 1, migrations: migrations::SETTINGS };

/// The settings' file. Cheap to clone; all clones are the same file.
#[derive(Clone)]
pub struct SettingsStore {
    pub(crate) file: Arc<File>,
}

impl SettingsStore {
    /// Opens or begins it.
    ///
    /// # Errors
    /// [`OpenError`].
    pub async fn open(path: &Path) -> Result<Self, OpenError> {
        let file = Candidate::open(path, &SETTINGS, Look::Whole).await?.migrate(&SETTINGS).await?;
        Ok(Self { file: Arc::new(file) })
    }

    /// Every setting that was ever set.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub async fn all(&self) -> Result<BTreeMap<String, String>, LedgerError> {
        let rows =
            sqlx::query("SELECT key, value FROM setting").fetch_all(&mut *self.file.read().await?).await?;
        rows.into_iter().map(|row| Ok((row.try_get(0)?, row.try_get(1)?))).collect()
    }

    /// Sets several at once, or none. Only what differs is written, with its history.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub async fn set(&self, values: &[(&str, String)], at_ms: i64) -> Result<(), LedgerError> {
        let mut writer = self.file.writer().await;
        let mut transaction = writer.begin().await?;
        for (key, value) in values {
            let written = sqlx::query(
                "INSERT INTO setting (key, value, changed_at_ms) VALUES (?, ?, ?) ON CONFLICT (key) DO UPDATE \
                 SET value = excluded.value, changed_at_ms = excluded.changed_at_ms WHERE value <> excluded.value",
            )
            .bind(*key)
            .bind(value)
            .bind(at_ms)
            .execute(&mut *transaction)
            .await?;
            if written.rows_affected() > 0 {
                sqlx::query("INSERT INTO setting_change (key, value, at_ms) VALUES (?, ?, ?)")
                    .bind(*key)
                    .bind(value)
                    .bind(at_ms)
                    .execute(&mut *transaction)
                    .await?;
            }
        }
        transaction.commit().await?;
        Ok(())
    }

    /// Whether anybody reads, writes, or waits to, at this moment.
    #[must_use]
    pub fn is_busy(&self) -> bool {
        self.file.is_busy()
    }

    /// Returns when nobody reads, writes, or waits to.
    pub async fn idle(&self) {
        self.file.idle().await;
    }

    /// Closes the file.
    pub async fn close(&self) {
        self.file.close().await;
    }
}
