//! What people decided, with who, when and why. Only grows; a journal line puts each under the chain.

use crate::entry;
use crate::error::LedgerError;
use crate::journal::{self, NewLine, told};
use crate::open::Ledger;
use crate::payment::{self, Payment};
use domain::{DecisionKind, PaymentId, may_decide};
use sqlx::Row;
use sqlx::sqlite::SqliteConnection;

/// One decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// When, in milliseconds since 1970, UTC.
    pub at_ms: i64,
    /// What.
    pub kind: DecisionKind,
    /// Who.
    pub who: String,
    /// Why.
    pub reason: String,
    /// The operator's or LigdiCash's reference.
    pub reference: Option<String>,
}

impl Decision {
    /// The decision as one line of the journal, so that the chain covers every word of it.
    pub(crate) fn as_detail(&self) -> String {
        let mut facts = vec![self.kind.as_str(), &self.who, &self.reason];
        facts.extend(self.reference.as_deref());
        told(&facts)
    }
}

pub(crate) async fn of(
    connection: &mut SqliteConnection,
    id: &PaymentId,
) -> Result<Vec<Decision>, LedgerError> {
    let rows = sqlx::query(
        "SELECT at_ms, kind, who, reason, reference FROM decision WHERE payment_id = ? ORDER BY seq",
    )
    .bind(id.as_str())
    .fetch_all(connection)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(Decision {
                at_ms: row.try_get(0)?,
                kind: row.try_get::<String, _>(1)?.parse()?,
                who: row.try_get(2)?,
                reason: row.try_get(3)?,
                reference: row.try_get(4)?,
            })
        })
        .collect()
}

async fn insert(
    connection: &mut SqliteConnection,
    id: &PaymentId,
    decision: &Decision,
) -> Result<(), LedgerError> {
    sqlx::query(
        "INSERT INTO decision (payment_id, at_ms, kind, who, reason, reference) VALUES (?, ?, ?, ?, ?, ?)",
    )
    .bind(id.as_str())
    .bind(decision.at_ms)
    .bind(decision.kind.as_str())
    .bind(&decision.who)
    .bind(&decision.reason)
    .bind(decision.reference.as_deref())
    .execute(connection)
    .await?;
    Ok(())
}

/// The payment with one decision more. Its state stays what the operator said.
fn decided(before: &Payment, decision: &Decision) -> Payment {
    let mut next = before.clone();
    next.version = before.version + 1;
    next.decisions.push(decision.clone());
    match decision.kind {
        DecisionKind::SetAside => next.set_aside = true,
        DecisionKind::SettledOtherwise | DecisionKind::AcceptedAsPaid | DecisionKind::WrittenOff => {
            next.settled = Some(decision.kind);
            next.done_at_ms = Some(decision.at_ms);
        }
        DecisionKind::RefundRecorded => next.refund_recorded = true,
    }
    next
}

impl Ledger {
    /// Writes down a decision, with its ledger entry where it means money. The state stays what the operator said.
    ///
    /// # Errors
    /// [`LedgerError::DecisionRefused`] when it is not possible now; then nothing was written.
    pub async fn decide(&self, id: &PaymentId, decision: Decision) -> Result<Payment, LedgerError> {
        let mut writer = self.inner.file.writer().await;
        let mut transaction = writer.begin().await?;
        let before = payment::by_id(&mut transaction, id).await?.ok_or(LedgerError::NotFound)?;
        may_decide(before.state, &before.decided(), decision.kind)?;
        insert(&mut transaction, id, &decision).await?;
        let line = NewLine {
            payment: Some(id),
            at_ms: decision.at_ms,
            kind: journal::DECISION,
            state: None,
            detail: &decision.as_detail(),
        };
        journal::append(&mut transaction, &self.inner.identity, line).await?;
        let mut entries = entry::Writer::new(&mut transaction, &self.inner, &before, decision.at_ms);
        match decision.kind {
            DecisionKind::AcceptedAsPaid => entries.accepted(&decision).await?,
            DecisionKind::RefundRecorded => entries.refund(&decision).await?,
            DecisionKind::SetAside | DecisionKind::SettledOtherwise | DecisionKind::WrittenOff => {}
        }
        let next = decided(&before, &decision);
        payment::store(&mut transaction, &next, None).await?;
        transaction.commit().await?;
        Ok(next)
    }
}
