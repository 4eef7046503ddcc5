//! Whether this file still holds what it once ended with. A chain shows a changed row, not a tail that was cut off; so
//! somebody keeps its ends outside the file ([`Heads`]), and asks here later whether the file descends from them.

use crate::chain::{Chain, ChainHead};
use crate::error::LedgerError;
use crate::open::Ledger;
use crate::{entry, journal};
use sqlx::Row;
use sqlx::sqlite::{SqliteConnection, SqliteRow};

/// The ends of both chains at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heads {
    /// The end of the entries' chain: the money.
    pub entries: ChainHead,
    /// The end of the journal's chain: everything that happened.
    pub journal: ChainHead,
}

/// What a file says to ends that it once had.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Descent {
    /// Both rows are where they were, and what they were.
    pub holds: bool,
    /// The ends that the file has now.
    pub found: Heads,
}

/// The hash that a row should have.
type Rehash = fn(&SqliteRow) -> Result<String, LedgerError>;

impl Ledger {
    /// The ends of both chains as they are written.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub async fn heads(&self) -> Result<Heads, LedgerError> {
        let mut reader = self.inner.file.read().await?;
        self.heads_in(&mut reader).await
    }

    async fn heads_in(&self, reader: &mut SqliteConnection) -> Result<Heads, LedgerError> {
        let head = |(count, hash)| ChainHead { count, hash };
        Ok(Heads {
            entries: head(entry::last(reader, &self.inner.identity).await?),
            journal: head(journal::last(reader, &self.inner.identity).await?),
        })
    }

    /// Holds the file against ends that it once had. Two rows are read, however long the chains are; whether everything
    /// before them is as it was written is [`Ledger::verify`]'s.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub async fn descends_from(&self, kept: &Heads) -> Result<Descent, LedgerError> {
        let mut reader = self.inner.file.read().await?;
        let found = self.heads_in(&mut reader).await?;
        let entries = self.hash_at(&mut reader, Chain::Entries, kept.entries.count).await?;
        let journal = self.hash_at(&mut reader, Chain::Journal, kept.journal.count).await?;
        let holds =
            entries.as_ref() == Some(&kept.entries.hash) && journal.as_ref() == Some(&kept.journal.hash);
        Ok(Descent { holds, found })
    }

    /// The hash of row `count` of a chain, if the row is there and its content gives it; of the beginning for 0.
    async fn hash_at(
        &self,
        reader: &mut SqliteConnection,
        chain: Chain,
        count: i64,
    ) -> Result<Option<String>, LedgerError> {
        let (window, rehash): (_, Rehash) = match chain {
            Chain::Entries => (entry::WINDOW, entry::rehash),
            Chain::Journal => (journal::WINDOW, journal::rehash),
            Chain::Closings => return Ok(None),
        };
        if count == 0 {
            return Ok(Some(chain.beginning(&self.inner.identity)));
        }
        let row = sqlx::query(window).bind(count - 1).bind(1).fetch_optional(reader).await?;
        let Some(row) = row else { return Ok(None) };
        let (seq, stored): (i64, String) = (row.try_get(0)?, row.try_get(2)?);
        // A row that cannot be read is not the one that was kept.
        let is_whole = rehash(&row).is_ok_and(|recomputed| recomputed == stored);
        Ok((seq == count && is_whole).then_some(stored))
    }
}
