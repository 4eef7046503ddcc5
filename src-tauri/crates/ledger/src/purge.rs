//! Erasing numbers. Owns when a number is no longer needed. Refuses to touch anything that the chain covers: it has only
//! the commitment, which says nothing without the salt.

use crate::error::LedgerError;
use crate::open::Ledger;
use crate::seal;
use sqlx::Row;

impl Ledger {
    /// Erases the numbers, and their salts, of payments that were done before `at_ms`: final, or settled by a person.
    /// Keeps those that are still asked about, and those whose late money was not given back, because somebody may have
    /// to call. Returns how many. Every hash stays valid.
    ///
    /// # Errors
    /// [`LedgerError`]; then nothing was erased.
    pub async fn purge_numbers_before(&self, at_ms: i64) -> Result<u64, LedgerError> {
        let mut writer = self.inner.file.writer().await;
        let mut transaction = writer.begin().await?;
        let purged = sqlx::query(
            "UPDATE payment SET version = version + 1, phone = NULL, phone_salt = NULL \
             WHERE done_at_ms < ? AND phone IS NOT NULL AND next_check_at_ms IS NULL AND attention = 0 RETURNING id",
        )
        .bind(at_ms)
        .fetch_all(&mut *transaction)
        .await?;
        for row in &purged {
            seal::payment(&mut transaction, &row.try_get::<String, _>(0)?.parse()?).await?;
        }
        if !purged.is_empty() {
            // The index forgets in words first and on disk when its parts are merged.
            sqlx::query("INSERT INTO payment_search (payment_search) VALUES ('optimize')")
                .execute(&mut *transaction)
                .await?;
        }
        transaction.commit().await?;
        Ok(purged.len() as u64)
    }
}
