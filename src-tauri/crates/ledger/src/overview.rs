//! What a screen shows of a ledger before anybody asks for more. Owns that all of it is of one moment, and costs one reader.

use crate::error::LedgerError;
use crate::news;
use crate::open::Ledger;
use crate::payment::Payment;
use crate::queries::{self, Counts};

/// How much of what is wanted.
#[derive(Debug, Clone, Copy)]
pub struct Wanted {
    /// Results at most.
    pub recent: u32,
    /// Ends that a later line than this one of the journal tells, and how many at most; none are looked for without.
    pub ended_after: Option<(i64, u32)>,
}

/// A ledger at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Overview {
    /// See [`Counts`].
    pub counts: Counts,
    /// Payments that want a person's eye, newest first.
    pub open: Vec<Payment>,
    /// The newest results: final, or settled by a person.
    pub recent: Vec<Payment>,
    /// What ended after the line that was asked about, the latest first.
    pub ended: Vec<Payment>,
    /// What LigdiCash contradicted itself about, and nobody has looked at since.
    pub contradictions: Vec<Payment>,
}

impl Ledger {
    /// Everything that a screen shows at once.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub async fn overview(&self, wanted: Wanted) -> Result<Overview, LedgerError> {
        let mut reader = self.inner.file.read().await?;
        Ok(Overview {
            counts: queries::counts(&mut reader).await?,
            open: queries::open(&mut reader).await?,
            recent: queries::recent(&mut reader, wanted.recent).await?,
            ended: match wanted.ended_after {
                Some((after_seq, limit)) => news::ended(&mut reader, after_seq, limit).await?,
                None => Vec::new(),
            },
            contradictions: news::contradictions(&mut reader).await?,
        })
    }
}
