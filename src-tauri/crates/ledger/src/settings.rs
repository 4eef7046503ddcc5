//! Settings: words under keys, in a file of their own so that training and live share them. What they mean is the till's.

use crate::error::{LedgerError, OpenError};
use crate::open::{File, SETTINGS_MIGRATIONS, closed};
use sqlx::{Connection, Row};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

/// The settings' file. Cheap to clone.
#[derive(Clone)]
pub struct SettingsStore {
    file: Arc<File>,
}

impl SettingsStore {
    /// Opens or begins it.
    ///
    /// # Errors
    /// [`OpenError`].
    pub async fn open(path: &Path) -> Result<Self, OpenError> {
        Ok(Self { file: Arc::new(File::open(path, &SETTINGS_MIGRATIONS).await?) })
    }

    /// Every setting that was ever set.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub async fn all(&self) -> Result<BTreeMap<String, String>, LedgerError> {
        let rows = sqlx::query("SELECT key, value FROM setting").fetch_all(&self.file.readers).await?;
        rows.into_iter().map(|row| Ok((row.try_get(0)?, row.try_get(1)?))).collect()
    }

    /// Sets several at once, or none. Only what differs is written, with its history.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub async fn set(&self, values: &[(&str, String)], at_ms: i64) -> Result<(), LedgerError> {
        let mut writer = self.file.writer.lock().await;
        let mut transaction = writer.as_mut().ok_or_else(closed)?.begin_with("BEGIN IMMEDIATE").await?;
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

    /// Closes the file.
    pub async fn close(&self) {
        self.file.close().await;
    }
}
