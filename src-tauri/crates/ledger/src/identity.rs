//! The table `till`: which mode a file is and which installation it belongs to. Written once, asked before anything else
//! is done to the file.

use crate::error::LedgerError;
use domain::Mode;
use sqlx::Row;
use sqlx::sqlite::SqliteConnection;

/// What a ledger file is, for ever.
pub(crate) struct Identity {
    pub(crate) mode: Mode,
    pub(crate) installation_id: String,
}

/// What the file says it is; none in a file that was never migrated.
pub(crate) async fn of(connection: &mut SqliteConnection) -> Result<Option<Identity>, LedgerError> {
    let table = sqlx::query("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'till'");
    if table.fetch_optional(&mut *connection).await?.is_none() {
        return Ok(None);
    }
    let row = sqlx::query("SELECT mode, installation_id FROM till").fetch_optional(&mut *connection).await?;
    row.map(|row| {
        Ok(Identity { mode: row.try_get::<String, _>(0)?.parse()?, installation_id: row.try_get(1)? })
    })
    .transpose()
}

pub(crate) async fn give(
    connection: &mut SqliteConnection,
    identity: &Identity,
    at_ms: i64,
) -> Result<(), LedgerError> {
    sqlx::query("INSERT INTO till (one, mode, installation_id, created_at_ms) VALUES (1, ?, ?, ?)")
        .bind(identity.mode.as_str())
        .bind(&identity.installation_id)
        .bind(at_ms)
        .execute(connection)
        .await?;
    Ok(())
}
