//! Heads and decisions are not chained themselves, so they are held against what is: the journal and the entries.
//!
//! Owns what must agree. Walks in windows, so that years of payments need no more memory than a day's.

use crate::chain::phone_commitment;
use crate::decision::{self, Decision};
use crate::error::LedgerError;
use crate::payment::birth;
use crate::seal::{self, seal_of_payment, sealed_payment};
use crate::verify::{BadRow, WINDOW};
use domain::{DecisionKind, PaymentId, PhoneNumber, State, Xof, late_after};
use sqlx::Row;
use sqlx::sqlite::{SqliteConnection, SqliteRow};

/// A head, with what is chained about it. Its entries come as one text, by kind, for [`Head::entries`] to be held against;
/// a reversal with the kind of the entry it cancels, which must be of the same payment.
const HEADS: &str = concat!(
    "SELECT seq, id, intent_id, state, amount_xof, phone, phone_salt, phone_commitment, cashier, \
     previous_payment_id, created_at_ms, receipt_number, set_aside, settled, late, refund_recorded, \
     (SELECT detail FROM journal WHERE payment_id = payment.id ORDER BY seq LIMIT 1) AS born, \
     (SELECT at_ms FROM journal WHERE payment_id = payment.id ORDER BY seq LIMIT 1) AS born_at_ms, \
     (SELECT state FROM journal WHERE payment_id = payment.id AND state IS NOT NULL ORDER BY seq DESC LIMIT 1) \
     AS last_state, \
     (SELECT COUNT(*) FROM decision WHERE payment_id = payment.id) AS decisions, \
     (SELECT COUNT(*) FROM journal WHERE payment_id = payment.id AND kind = 'decision') AS told_decisions, \
     (SELECT group_concat(kind || ' ' || amount_xof || ' ' || COALESCE(receipt_number, '-') || ' ' \
      || COALESCE((SELECT kind FROM ledger_entry AS cancelled WHERE cancelled.seq = entry.reverses \
      AND cancelled.payment_id = entry.payment_id), '-'), ', ' ORDER BY kind) \
      FROM ledger_entry AS entry WHERE payment_id = payment.id) AS entries, ",
    sealed_payment!(),
    " AS sealed, ",
    seal_of_payment!(),
    " AS seal FROM payment WHERE seq > ? ORDER BY seq LIMIT ?"
);

/// The first head or decision that does not agree with what is chained.
pub(crate) async fn first_bad(reader: &mut SqliteConnection) -> Result<Option<BadRow>, LedgerError> {
    let mut after = i64::MIN;
    loop {
        let rows = sqlx::query(HEADS).bind(after).bind(WINDOW).fetch_all(&mut *reader).await?;
        let Some(last) = rows.last() else { break };
        let reached: i64 = last.try_get("seq")?;
        if reached <= after {
            return Ok(Some(BadRow::new("payment", reached, "it stands out of order")));
        }
        after = reached;
        for row in &rows {
            let id: String = row.try_get("id")?;
            if let Some((table, problem)) = disagreement(reader, row, &id).await? {
                return Ok(Some(BadRow::new(table, id, problem)));
            }
        }
    }
    orphan(reader).await
}

/// A row that speaks of a row that is not there.
async fn orphan(reader: &mut SqliteConnection) -> Result<Option<BadRow>, LedgerError> {
    let Some(row) = sqlx::query("PRAGMA foreign_key_check").fetch_optional(reader).await? else {
        return Ok(None);
    };
    let (table, seq): (String, i64) = (row.try_get(0)?, row.try_get(1)?);
    let table = match table.as_str() {
        "journal" => "journal",
        "ledger_entry" => "ledger_entry",
        "decision" => "decision",
        _ => "payment",
    };
    Ok(Some(BadRow::new(table, seq, "what it belongs to is missing")))
}

type Disagreement = (&'static str, &'static str);

/// Table and problem; whatever cannot be read is one too.
async fn disagreement(
    reader: &mut SqliteConnection,
    row: &SqliteRow,
    id: &str,
) -> Result<Option<Disagreement>, LedgerError> {
    let (Ok(head), Ok(id)) = (Head::read(row), id.parse::<PaymentId>()) else {
        return Ok(Some(("payment", "it cannot be read")));
    };
    if let Some(problem) = head.problem() {
        return Ok(Some(("payment", problem)));
    }
    let mut decisions = Vec::new();
    if head.has_decisions() {
        decisions = match decision::of(reader, &id).await {
            Ok(decisions) => decisions,
            Err(LedgerError::Damaged(_)) => return Ok(Some(("decision", "it cannot be read"))),
            Err(error) => return Err(error),
        };
        let as_told: Vec<_> =
            decisions.iter().map(|decision| (decision.at_ms, decision.as_detail())).collect();
        if told_decisions(reader, &id).await? != as_told {
            return Ok(Some(("decision", "what was decided is not what the journal says")));
        }
    }
    if !head.follows(&decisions) {
        return Ok(Some(("payment", "it does not show what was decided")));
    }
    let entries = head.column::<&str>("entries").unwrap_or_default();
    if entries != head.entries(&decisions) {
        return Ok(Some(("payment", "the ledger's entries do not agree with it")));
    }
    let sealed = head.column::<&str>("sealed").map(seal::of);
    Ok((sealed != head.column("seal")).then_some(("payment", "it is not as it was sealed")))
}

async fn told_decisions(
    reader: &mut SqliteConnection,
    id: &PaymentId,
) -> Result<Vec<(i64, String)>, LedgerError> {
    let rows = sqlx::query(
        "SELECT at_ms, detail FROM journal WHERE payment_id = ? AND kind = 'decision' ORDER BY seq",
    )
    .bind(id.as_str())
    .fetch_all(reader)
    .await?;
    rows.into_iter().map(|row| Ok((row.try_get(0)?, row.try_get(1)?))).collect()
}

struct Head<'r> {
    row: &'r SqliteRow,
    state: State,
    amount: Xof,
    phone: Option<PhoneNumber>,
    salt: Option<[u8; 16]>,
    commitment: &'r str,
    receipt_number: Option<i64>,
    set_aside: bool,
    settled: Option<DecisionKind>,
    late: bool,
    refund_recorded: bool,
    birth: String,
}

impl<'r> Head<'r> {
    fn read(row: &'r SqliteRow) -> Result<Self, LedgerError> {
        let unreadable = || LedgerError::Damaged("a head that cannot be read".to_owned());
        let amount = Xof::new(row.try_get("amount_xof")?);
        let commitment: &str = row.try_get("phone_commitment")?;
        let phone: Option<&str> = row.try_get("phone")?;
        let salt: Option<&[u8]> = row.try_get("phone_salt")?;
        let settled: Option<&str> = row.try_get("settled")?;
        Ok(Self {
            row,
            state: row.try_get::<&str, _>("state")?.parse()?,
            amount,
            phone: phone.map(PhoneNumber::parse).transpose().map_err(|_| unreadable())?,
            salt: salt.map(<[u8; 16]>::try_from).transpose().map_err(|_| unreadable())?,
            commitment,
            receipt_number: row.try_get("receipt_number")?,
            set_aside: row.try_get("set_aside")?,
            settled: settled.map(str::parse).transpose()?,
            late: row.try_get("late")?,
            refund_recorded: row.try_get("refund_recorded")?,
            birth: birth(
                amount,
                commitment,
                row.try_get("intent_id")?,
                row.try_get("cashier")?,
                row.try_get("previous_payment_id")?,
            ),
        })
    }

    fn column<T>(&self, column: &str) -> Option<T>
    where
        T: sqlx::Decode<'r, sqlx::Sqlite> + sqlx::Type<sqlx::Sqlite>,
    {
        self.row.try_get::<Option<T>, _>(column).ok().flatten()
    }

    /// What is wrong with it beside the journal.
    fn problem(&self) -> Option<&'static str> {
        if self.column::<&str>("last_state") != Some(self.state.as_str()) {
            Some("its state is not the last one in the journal")
        } else if self.column::<&str>("born") != Some(&self.birth) {
            Some("it is not what was recorded")
        } else if self.column::<i64>("born_at_ms") != self.column("created_at_ms") {
            Some("it was not recorded then")
        } else if self.receipt_number.is_some() != (self.state == State::Paid) {
            Some("it has a receipt number without being paid, or the other way round")
        } else if !self.commits() {
            Some("its number is not the one it began with")
        } else {
            None
        }
    }

    /// Whether number and salt, or their absence, fit the commitment.
    fn commits(&self) -> bool {
        match (&self.phone, &self.salt) {
            (Some(phone), Some(salt)) => phone_commitment(salt, phone) == self.commitment,
            (None, None) => true,
            (Some(_), None) | (None, Some(_)) => false,
        }
    }

    /// Whether its marks are those that the decisions leave.
    fn follows(&self, decisions: &[Decision]) -> bool {
        let kinds: Vec<_> = decisions.iter().map(|decision| decision.kind).collect();
        self.set_aside == kinds.contains(&DecisionKind::SetAside)
            && self.settled == kinds.iter().copied().find(|kind| kind.settles())
            && self.refund_recorded == kinds.contains(&DecisionKind::RefundRecorded)
            && self.late == (self.state == State::Paid && late_after(&kinds))
    }

    /// Whether anybody decided anything, by either account.
    fn has_decisions(&self) -> bool {
        self.column("decisions") != Some(0i64) || self.column("told_decisions") != Some(0i64)
    }

    /// The entries it must have, as [`HEADS`] tells them.
    fn entries(&self, decisions: &[Decision]) -> String {
        let (amount, back) = (self.amount.francs(), self.amount.francs().wrapping_neg());
        let decided = |kind| decisions.iter().any(|decision| decision.kind == kind);
        let is_accepted = decided(DecisionKind::AcceptedAsPaid);
        let is_paid = self.state == State::Paid;
        let mut entries = Vec::new();
        if is_accepted {
            entries.push(format!("accepted {amount} - -"));
        }
        if decided(DecisionKind::RefundRecorded) {
            entries.push(format!("refund {back} - -"));
        }
        if is_accepted && is_paid {
            entries.push(format!("reversal {back} - accepted"));
        }
        if let (true, Some(receipt)) = (is_paid, self.receipt_number) {
            entries.push(format!("verified {amount} {receipt} -"));
        }
        entries.join(", ")
    }
}
