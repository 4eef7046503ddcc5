//! The one way a payment moves: state, journal lines and, when it is paid, receipt number and ledger entry, in one
//! transaction under the version guard. Which move is legal is asked of the state machine, inside the transaction.

use crate::advance::advance;
use crate::change::{Applied, Change};
use crate::entry;
use crate::error::LedgerError;
use crate::journal::{self, NewLine};
use crate::open::Ledger;
use crate::payment::{self, Payment};
use domain::{Effect, IllegalMove, PaymentId, State, planted};
use sqlx::sqlite::SqliteConnection;

impl Ledger {
    /// Writes a change, whole or not at all.
    ///
    /// # Errors
    /// [`LedgerError::VersionConflict`] when the payment moved since, [`LedgerError::Illegal`] for a move that does not
    /// exist; then nothing was written.
    pub async fn apply(&self, change: Change) -> Result<Applied, LedgerError> {
        let identity = &self.inner.identity;
        let mut writer = self.inner.file.writer().await;
        let mut transaction = writer.begin().await?;
        let before = payment::by_id(&mut transaction, &change.id).await?.ok_or(LedgerError::NotFound)?;
        if before.version != change.version {
            return Err(LedgerError::VersionConflict);
        }
        let event = change.what.event();
        if !change.what.is_coherent() {
            return Err(IllegalMove { state: before.state, event }.into());
        }
        let step = planted::step(before.state, event)?;
        let posts = step.effects.contains(&Effect::PostVerified);
        let receipt_number =
            if posts { Some(entry::next_receipt_number(&mut transaction).await?) } else { None };
        let next = advance(&before, &change, step, receipt_number);
        payment::store(&mut transaction, &next, change.what.token()).await?;

        let line = |kind, detail| NewLine {
            payment: Some(&change.id),
            at_ms: change.at_ms,
            kind,
            state: Some(step.to),
            detail,
        };
        journal::append(&mut transaction, identity, line(event.as_str(), &change.note)).await?;
        if step.effects.contains(&Effect::RecordContradiction) {
            let detail = format!("{} stays, against {event}", before.state);
            journal::append(&mut transaction, identity, line(journal::CONTRADICTION, &detail)).await?;
        }
        if let Some(receipt_number) = receipt_number {
            self.post(&mut transaction, &next, receipt_number, change.at_ms).await?;
        }
        transaction.commit().await?;
        let late = next.late && !before.late;
        Ok(Applied { payment: next, step, late })
    }

    /// The money, in the same transaction as the move. What a manager had accepted before is reversed first, so that it
    /// is not counted twice.
    async fn post(
        &self,
        connection: &mut SqliteConnection,
        payment: &Payment,
        receipt_number: i64,
        at_ms: i64,
    ) -> Result<(), LedgerError> {
        let mut entries = entry::Writer::new(connection, &self.inner, payment, at_ms);
        entries.reverse_acceptance("verified").await?;
        entries.verified(receipt_number).await
    }

    /// Brings the next question about a pending payment forward to `due_at_ms`; never back. A payment in another state,
    /// or already due by then, is returned as it is.
    ///
    /// # Errors
    /// [`LedgerError::NotFound`].
    pub async fn nudge(&self, id: &PaymentId, due_at_ms: i64) -> Result<Payment, LedgerError> {
        let mut writer = self.inner.file.writer().await;
        let mut transaction = writer.begin().await?;
        let before = payment::by_id(&mut transaction, id).await?.ok_or(LedgerError::NotFound)?;
        let is_sooner = before.next_check_at_ms.is_none_or(|planned| planned > due_at_ms);
        if before.state != State::Pending || !is_sooner {
            return Ok(before);
        }
        let next = Payment { version: before.version + 1, next_check_at_ms: Some(due_at_ms), ..before };
        payment::store(&mut transaction, &next, None).await?;
        transaction.commit().await?;
        Ok(next)
    }
}
