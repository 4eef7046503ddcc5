//! The table of payments: its columns once, how a head is read, recorded and replaced by its next version.

use crate::chain;
use crate::decision::{self, Decision};
use crate::error::LedgerError;
use crate::journal::{self, NewLine, told};
use crate::open::Ledger;
use crate::seal;
use crate::token::Token;
use domain::operator::YAS_TOGO;
use domain::{
    CheckProblem, DecisionKind, NotSentCause, PaymentId, PhoneNumber, ReviewReason, State, UncertainCause,
    Xof,
};
use sqlx::Row;
use sqlx::sqlite::{SqliteConnection, SqliteRow};
use std::str::FromStr;

/// Every column but the token and the salt, which leave the ledger only where they are asked for.
macro_rules! payment_columns {
    () => {
        "seq, id, intent_id, version, state, amount_xof, phone, phone_commitment, cashier, previous_payment_id, \
         created_at_ms, submitted_at_ms, accepted_at_ms, resolved_at_ms, done_at_ms, \
         token IS NOT NULL AND token <> 'encaisse-withheld' AS has_token, server, credential_set, last_check_at_ms, \
         last_answer_at_ms, next_check_at_ms, check_failures, check_problem, operator_id, operator_name, request_id, \
         oreference, confirmed_amount_xof, review_reason, uncertain_cause, \
         not_sent_cause, refusal_code, refusal_text, receipt_number, set_aside, settled, late, refund_recorded"
    };
}
pub(crate) use payment_columns;

pub(crate) const BY_ID: &str = concat!("SELECT ", payment_columns!(), " FROM payment WHERE id = ?");
pub(crate) const BY_INTENT: &str =
    concat!("SELECT ", payment_columns!(), " FROM payment WHERE intent_id = ?");

/// An attempt about to be recorded.
#[derive(Debug, Clone)]
pub struct NewPayment {
    /// Its identifier.
    pub id: PaymentId,
    /// The sale it belongs to: recorded once, however often it is sent.
    pub intent_id: String,
    /// Whole XOF, more than nothing.
    pub amount: Xof,
    /// The customer's number.
    pub phone: PhoneNumber,
    /// Random, for the number's commitment.
    pub phone_salt: [u8; 16],
    /// Who charges; may be empty.
    pub cashier: String,
    /// The attempt it follows.
    pub previous: Option<PaymentId>,
    /// When, in milliseconds since 1970, UTC.
    pub at_ms: i64,
}

/// What became of a record.
#[derive(Debug, Clone)]
pub enum RecordOutcome {
    /// On disk now.
    New(Payment),
    /// The same sale had been recorded before, perhaps with other data.
    Existing(Payment),
}

/// A refusal as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredRefusal {
    /// `07`, `03a`, or empty (API reference, section 5).
    pub code: String,
    /// LigdiCash's text.
    pub text: String,
}

/// A payment as it stands. Times are milliseconds since 1970, UTC.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payment {
    /// Its place in the history.
    pub seq: i64,
    /// Our reference.
    pub id: PaymentId,
    /// The sale it belongs to.
    pub intent_id: String,
    /// Grows by one with every change.
    pub version: i64,
    /// Where it stands.
    pub state: State,
    /// What was asked.
    pub amount: Xof,
    /// The customer's number, until it is purged.
    pub phone: Option<PhoneNumber>,
    /// The number's salted commitment, which stays. Hexadecimal.
    pub phone_commitment: String,
    /// Who charged.
    pub cashier: String,
    /// The attempt it follows.
    pub previous: Option<PaymentId>,
    /// Recorded.
    pub created_at_ms: i64,
    /// About to be sent.
    pub submitted_at_ms: Option<i64>,
    /// Token stored.
    pub accepted_at_ms: Option<i64>,
    /// Reached a final state.
    pub resolved_at_ms: Option<i64>,
    /// Reached a final state, or a person said what became of the sale; the later of the two.
    pub done_at_ms: Option<i64>,
    /// Whether there is something to ask with.
    pub has_token: bool,
    /// The server that it was sent to.
    pub server: Option<String>,
    /// The pair of keys that sent it.
    pub credential_set: Option<String>,
    /// Last question.
    pub last_check_at_ms: Option<i64>,
    /// End of the last question.
    pub last_answer_at_ms: Option<i64>,
    /// Next question; none unless pending.
    pub next_check_at_ms: Option<i64>,
    /// Questions in a row without a usable answer.
    pub check_failures: u32,
    /// What went wrong with the last question.
    pub check_problem: Option<CheckProblem>,
    /// As confirm reported.
    pub operator_id: Option<String>,
    /// As confirm reported.
    pub operator_name: Option<String>,
    /// LigdiCash's reference.
    pub request_id: Option<String>,
    /// The operator's reference.
    pub oreference: Option<String>,
    /// The amount that confirm told.
    pub confirmed_amount: Option<Xof>,
    /// Why a person must look.
    pub review_reason: Option<ReviewReason>,
    /// Why the outcome of the create is not known.
    pub uncertain_cause: Option<UncertainCause>,
    /// Why nothing left.
    pub not_sent_cause: Option<NotSentCause>,
    /// LigdiCash's no.
    pub refusal: Option<StoredRefusal>,
    /// Given when it was paid.
    pub receipt_number: Option<i64>,
    /// The screen moved on.
    pub set_aside: bool,
    /// What a person said became of the sale.
    pub settled: Option<DecisionKind>,
    /// Paid after the sale was closed in another way.
    pub late: bool,
    /// A refund was written down.
    pub refund_recorded: bool,
    /// What people decided, oldest first.
    pub decisions: Vec<Decision>,
}

impl Payment {
    pub(crate) fn decided(&self) -> Vec<DecisionKind> {
        self.decisions.iter().map(|decision| decision.kind).collect()
    }
}

/// The first journal line of a payment: everything about it that never changes, so that the chain covers it.
pub(crate) fn birth(
    amount: Xof,
    commitment: &str,
    intent_id: &str,
    cashier: &str,
    previous: Option<&str>,
) -> String {
    let amount = format!("{} XOF", amount.francs());
    told(&[&amount, commitment, intent_id, cashier, previous.unwrap_or_default()])
}

fn word<T: FromStr<Err = domain::UnknownWord>>(
    row: &SqliteRow,
    column: &str,
) -> Result<Option<T>, LedgerError> {
    let text: Option<String> = row.try_get(column)?;
    Ok(text.as_deref().map(str::parse).transpose()?)
}

/// A row without its decisions.
fn read(row: &SqliteRow) -> Result<Payment, LedgerError> {
    let phone: Option<String> = row.try_get("phone")?;
    // Without the text: a number does not belong in an error.
    let unreadable = |_| LedgerError::Damaged("a stored phone number cannot be read".to_owned());
    let refusal_code: Option<String> = row.try_get("refusal_code")?;
    let refusal_text: Option<String> = row.try_get("refusal_text")?;
    let confirmed: Option<i64> = row.try_get("confirmed_amount_xof")?;
    Ok(Payment {
        seq: row.try_get("seq")?,
        id: row.try_get::<String, _>("id")?.parse()?,
        intent_id: row.try_get("intent_id")?,
        version: row.try_get("version")?,
        state: row.try_get::<String, _>("state")?.parse()?,
        amount: Xof::new(row.try_get("amount_xof")?),
        phone: phone.as_deref().map(PhoneNumber::parse).transpose().map_err(unreadable)?,
        phone_commitment: row.try_get("phone_commitment")?,
        cashier: row.try_get("cashier")?,
        previous: word(row, "previous_payment_id")?,
        created_at_ms: row.try_get("created_at_ms")?,
        submitted_at_ms: row.try_get("submitted_at_ms")?,
        accepted_at_ms: row.try_get("accepted_at_ms")?,
        resolved_at_ms: row.try_get("resolved_at_ms")?,
        done_at_ms: row.try_get("done_at_ms")?,
        has_token: row.try_get("has_token")?,
        server: row.try_get("server")?,
        credential_set: row.try_get("credential_set")?,
        last_check_at_ms: row.try_get("last_check_at_ms")?,
        last_answer_at_ms: row.try_get("last_answer_at_ms")?,
        next_check_at_ms: row.try_get("next_check_at_ms")?,
        check_failures: row.try_get("check_failures")?,
        check_problem: word(row, "check_problem")?,
        operator_id: row.try_get("operator_id")?,
        operator_name: row.try_get("operator_name")?,
        request_id: row.try_get("request_id")?,
        oreference: row.try_get("oreference")?,
        confirmed_amount: confirmed.map(Xof::new),
        review_reason: word(row, "review_reason")?,
        uncertain_cause: word(row, "uncertain_cause")?,
        not_sent_cause: word(row, "not_sent_cause")?,
        refusal: refusal_code.map(|code| StoredRefusal { code, text: refusal_text.unwrap_or_default() }),
        receipt_number: row.try_get("receipt_number")?,
        set_aside: row.try_get("set_aside")?,
        settled: word(row, "settled")?,
        late: row.try_get("late")?,
        refund_recorded: row.try_get("refund_recorded")?,
        decisions: Vec::new(),
    })
}

/// A row with its decisions, which most payments do not have.
pub(crate) async fn read_whole(
    connection: &mut SqliteConnection,
    row: &SqliteRow,
) -> Result<Payment, LedgerError> {
    let mut payment = read(row)?;
    if payment.set_aside || payment.settled.is_some() || payment.refund_recorded {
        payment.decisions = decision::of(connection, &payment.id).await?;
    }
    Ok(payment)
}

pub(crate) async fn by_id(
    connection: &mut SqliteConnection,
    id: &PaymentId,
) -> Result<Option<Payment>, LedgerError> {
    let row = sqlx::query(BY_ID).bind(id.as_str()).fetch_optional(&mut *connection).await?;
    match row {
        Some(row) => read_whole(connection, &row).await.map(Some),
        None => Ok(None),
    }
}

pub(crate) async fn by_intent(
    connection: &mut SqliteConnection,
    intent_id: &str,
) -> Result<Option<Payment>, LedgerError> {
    let row = sqlx::query(BY_INTENT).bind(intent_id).fetch_optional(&mut *connection).await?;
    match row {
        Some(row) => read_whole(connection, &row).await.map(Some),
        None => Ok(None),
    }
}

async fn insert(
    connection: &mut SqliteConnection,
    new: &NewPayment,
    commitment: &str,
) -> Result<(), LedgerError> {
    sqlx::query(
        "INSERT INTO payment (id, intent_id, version, state, amount_xof, phone, phone_salt, phone_commitment, \
         operator_key, cashier, previous_payment_id, created_at_ms) VALUES (?, ?, 1, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(new.id.as_str())
    .bind(&new.intent_id)
    .bind(State::Recorded.as_str())
    .bind(new.amount.francs())
    .bind(new.phone.national())
    .bind(new.phone_salt.as_slice())
    .bind(commitment)
    .bind(YAS_TOGO.name)
    .bind(&new.cashier)
    .bind(new.previous.as_ref().map(PaymentId::as_str))
    .bind(new.at_ms)
    .execute(&mut *connection)
    .await?;
    seal::payment(connection, &new.id).await
}

/// Replaces a head by its next version, which must follow the one that is stored. `token` is the one that this change
/// brought, if it brought one.
pub(crate) async fn store(
    connection: &mut SqliteConnection,
    next: &Payment,
    token: Option<&Token>,
) -> Result<(), LedgerError> {
    let stored = sqlx::query(
        "UPDATE payment SET version = ?, state = ?, submitted_at_ms = ?, accepted_at_ms = ?, resolved_at_ms = ?, \
         done_at_ms = ?, token = COALESCE(?, token), server = ?, credential_set = ?, last_check_at_ms = ?, \
         last_answer_at_ms = ?, next_check_at_ms = ?, check_failures = ?, check_problem = ?, operator_id = ?, \
         operator_name = ?, request_id = ?, oreference = ?, confirmed_amount_xof = ?, review_reason = ?, \
         uncertain_cause = ?, not_sent_cause = ?, refusal_code = ?, refusal_text = ?, receipt_number = ?, \
         set_aside = ?, settled = ?, late = ?, refund_recorded = ? WHERE id = ? AND version = ?",
    )
    .bind(next.version)
    .bind(next.state.as_str())
    .bind(next.submitted_at_ms)
    .bind(next.accepted_at_ms)
    .bind(next.resolved_at_ms)
    .bind(next.done_at_ms)
    .bind(token.map(Token::expose))
    .bind(next.server.as_deref())
    .bind(next.credential_set.as_deref())
    .bind(next.last_check_at_ms)
    .bind(next.last_answer_at_ms)
    .bind(next.next_check_at_ms)
    .bind(next.check_failures)
    .bind(next.check_problem.map(CheckProblem::as_str))
    .bind(next.operator_id.as_deref())
    .bind(next.operator_name.as_deref())
    .bind(next.request_id.as_deref())
    .bind(next.oreference.as_deref())
    .bind(next.confirmed_amount.map(Xof::francs))
    .bind(next.review_reason.map(ReviewReason::as_str))
    .bind(next.uncertain_cause.map(UncertainCause::as_str))
    .bind(next.not_sent_cause.map(NotSentCause::as_str))
    .bind(next.refusal.as_ref().map(|refusal| refusal.code.as_str()))
    .bind(next.refusal.as_ref().map(|refusal| refusal.text.as_str()))
    .bind(next.receipt_number)
    .bind(next.set_aside)
    .bind(next.settled.map(DecisionKind::as_str))
    .bind(next.late)
    .bind(next.refund_recorded)
    .bind(next.id.as_str())
    .bind(next.version - 1)
    .execute(&mut *connection)
    .await?;
    if stored.rows_affected() != 1 {
        return Err(LedgerError::VersionConflict);
    }
    seal::payment(connection, &next.id).await
}

impl Ledger {
    /// Records an attempt, before anything of it may leave (invariant I1). The same sale twice is one attempt.
    ///
    /// # Errors
    /// [`LedgerError::NotFound`] when the attempt it follows does not exist; then nothing was recorded.
    pub async fn record(&self, new: NewPayment) -> Result<RecordOutcome, LedgerError> {
        let mut writer = self.inner.file.writer().await;
        let mut transaction = writer.begin().await?;
        if let Some(existing) = by_intent(&mut transaction, &new.intent_id).await? {
            return Ok(RecordOutcome::Existing(existing));
        }
        if let Some(previous) = &new.previous {
            by_id(&mut transaction, previous).await?.ok_or(LedgerError::NotFound)?;
        }
        let commitment = chain::phone_commitment(&new.phone_salt, &new.phone);
        insert(&mut transaction, &new, &commitment).await?;
        let previous = new.previous.as_ref().map(PaymentId::as_str);
        let line = NewLine {
            payment: Some(&new.id),
            at_ms: new.at_ms,
            kind: journal::RECORDED,
            state: Some(State::Recorded),
            detail: &birth(new.amount, &commitment, &new.intent_id, &new.cashier, previous),
        };
        journal::append(&mut transaction, &self.inner.identity, line).await?;
        let payment = by_id(&mut transaction, &new.id).await?.ok_or(LedgerError::NotFound)?;
        transaction.commit().await?;
        Ok(RecordOutcome::New(payment))
    }
}
