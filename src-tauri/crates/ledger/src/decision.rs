//! What people decided, with who, when and why. Only grows; a journal line puts each under the chain.

use crate::entry::{self, Cause};
use crate::error::LedgerError;
use crate::journal::{self, NewLine};
use crate::open::{Ledger, closed};
use crate::payment::{self, Payment};
use domain::{DecisionKind, PaymentId, may_decide};
use sqlx::sqlite::SqliteConnection;
use sqlx::{Connection, Row};

/// One decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// When.
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

/// The decision as one line of the journal, so that the chain covers every word of it.
fn told(decision: &Decision) -> String {
    let reference = decision.reference.as_deref().unwrap_or_default();
    format!("{} · {:?} · {:?} · {reference:?}", decision.kind, decision.who, decision.reason)
}

impl Ledger {
    /// Writes down a decision. The state stays what the operator said.
    ///
    /// # Errors
    /// [`LedgerError::DecisionRefused`] when it is not possible now; then nothing was written.
    pub async fn decide(&self, id: &PaymentId, decision: Decision) -> Result<Payment, LedgerError> {
        let mut writer = self.inner.file.writer.lock().await;
        let mut transaction = writer.as_mut().ok_or_else(closed)?.begin_with("BEGIN IMMEDIATE").await?;
        let before = payment::by_id(&mut transaction, id).await?.ok_or(LedgerError::NotFound)?;
        may_decide(before.state, &before.decided(), decision.kind)?;
        sqlx::query(
            "INSERT INTO decision (payment_id, at_ms, kind, who, reason, reference) VALUES (?, ?, ?, ?, ?, ?)",
        )
        .bind(id.as_str())
        .bind(decision.at_ms)
        .bind(decision.kind.as_str())
        .bind(&decision.who)
        .bind(&decision.reason)
        .bind(decision.reference.as_deref())
        .execute(&mut *transaction)
        .await?;
        let detail = told(&decision);
        let line = NewLine {
            payment: Some(id),
            at_ms: decision.at_ms,
            kind: "decision",
            state: None,
            detail: &detail,
        };
        journal::append(&mut transaction, &self.inner, line).await?;

        let (who, reason) = (decision.who.as_str(), decision.reason.as_str());
        let reference = decision.reference.as_deref();
        let entry = match decision.kind {
            DecisionKind::AcceptedAsPaid => Some((before.amount, Cause::Accepted { who, reason, reference })),
            DecisionKind::RefundRecorded => {
                let back = before.amount.checked_neg();
                back.map(|amount| (amount, Cause::Refund { who, reason, reference }))
            }
            DecisionKind::SetAside | DecisionKind::SettledOtherwise | DecisionKind::WrittenOff => None,
        };
        if let Some((amount, cause)) = entry {
            entry::append(&mut transaction, &self.inner, &before, amount, cause, decision.at_ms).await?;
        }
        let settled = decision.kind.settles().then(|| decision.kind.as_str());
        sqlx::query(
            "UPDATE payment SET version = version + 1, set_aside = set_aside OR ?, settled = COALESCE(settled, ?), \
             done_at_ms = CASE WHEN ? THEN ? ELSE done_at_ms END, refund_recorded = refund_recorded OR ? \
             WHERE id = ? AND version = ?",
        )
        .bind(decision.kind == DecisionKind::SetAside)
        .bind(settled)
        .bind(settled.is_some())
        .bind(decision.at_ms)
        .bind(decision.kind == DecisionKind::RefundRecorded)
        .bind(id.as_str())
        .bind(before.version)
        .execute(&mut *transaction)
        .await?;
        let after = payment::by_id(&mut transaction, id).await?.ok_or(LedgerError::NotFound)?;
        transaction.commit().await?;
        Ok(after)
    }
}
