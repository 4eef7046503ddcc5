//! What screens and the watch loop ask. Each question runs on an index, and lists are keyset windows: no question gets
//! slower with the years.

use crate::connection::Reading;
use crate::error::LedgerError;
use crate::open::Ledger;
use crate::payment::{self, Payment, payment_columns};
use crate::token::{Token, WITHHELD};
use domain::{PaymentId, PhoneNumber, State};
use sqlx::sqlite::{SqliteArguments, SqliteConnection, SqliteRow};
use sqlx::{Row, Sqlite};

/// How many payments want a person's eye, and how many are watched without one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// As [`Ledger::open_payments`].
    pub open: u32,
    /// Pending, and set aside or settled.
    pub watched_aside: u32,
}

/// One accepted request, as far as it came: what the till learns from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Heard {
    /// Where it stands.
    pub state: State,
    /// When LigdiCash took it.
    pub accepted_at_ms: i64,
    /// When the last question left.
    pub last_check_at_ms: Option<i64>,
}

/// The next question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// About which payment.
    pub id: PaymentId,
    /// When.
    pub due_at_ms: i64,
}

type Query = sqlx::query::Query<'static, Sqlite, SqliteArguments>;

pub(crate) const NEXT_DUE: &str = "SELECT id, next_check_at_ms FROM payment WHERE state = 'pending' \
     AND next_check_at_ms IS NOT NULL AND server = ? ORDER BY next_check_at_ms LIMIT 1";
// The customer of a fresh one may stand at the counter.
pub(crate) const NEXT_DUE_FRESH: &str = "SELECT id, next_check_at_ms FROM payment WHERE state = 'pending' \
     AND next_check_at_ms IS NOT NULL AND server = ? AND next_check_at_ms <= ? AND accepted_at_ms > ? \
     ORDER BY next_check_at_ms LIMIT 1";
// What was never accepted is left out afterwards, so that the limit bounds the walk.
pub(crate) const HEARD: &str = "SELECT state, accepted_at_ms, last_check_at_ms FROM payment \
     WHERE done_at_ms IS NOT NULL ORDER BY done_at_ms DESC, seq DESC LIMIT ?";
pub(crate) const HEARD_LATELY: &str =
    "SELECT state, accepted_at_ms, last_check_at_ms FROM payment WHERE seq > 0 ORDER BY seq DESC LIMIT ?";
pub(crate) const WAITING_SINCE: &str = "SELECT id FROM payment INDEXED BY payment_unfinished \
     WHERE state IN ('recorded', 'submitting', 'pending') AND state = 'pending' AND next_check_at_ms > ? \
     AND accepted_at_ms > ? ORDER BY seq DESC LIMIT ?";
pub(crate) const UNFINISHED: &str = concat!(
    "SELECT ",
    payment_columns!(),
    " FROM payment INDEXED BY payment_unfinished WHERE state IN ('recorded', 'submitting', 'pending') ORDER BY seq"
);
pub(crate) const OPEN: &str =
    concat!("SELECT ", payment_columns!(), " FROM payment WHERE attention = 1 ORDER BY seq DESC LIMIT 200");
pub(crate) const RECENT: &str = concat!(
    "SELECT ",
    payment_columns!(),
    " FROM payment WHERE done_at_ms IS NOT NULL ORDER BY done_at_ms DESC, seq DESC LIMIT ?"
);
pub(crate) const UNRESOLVED_FOR: &str = concat!(
    "SELECT ",
    payment_columns!(),
    " FROM payment WHERE phone = ? AND settled IS NULL \
     AND state IN ('recorded', 'submitting', 'pending', 'uncertain', 'review') ORDER BY seq DESC"
);
pub(crate) const KNOWN_OPERATOR: &str = "SELECT operator_id, operator_name FROM payment WHERE phone = ? \
     AND operator_id IS NOT NULL AND operator_name IS NOT NULL ORDER BY seq DESC LIMIT 1";

// The IN list says nothing new about the state; SQLite needs it to see that the small index of unfinished ones serves.
pub(crate) const COUNTS: &str = "SELECT (SELECT COUNT(*) FROM payment WHERE attention = 1), \
     (SELECT COUNT(*) FROM payment INDEXED BY payment_unfinished \
      WHERE state IN ('recorded', 'submitting', 'pending') AND state = 'pending' \
      AND (set_aside = 1 OR settled IS NOT NULL))";
pub(crate) const OTHER_CREDENTIALS: &str = "SELECT COUNT(*) FROM payment INDEXED BY payment_unfinished \
     WHERE state IN ('recorded', 'submitting', 'pending') AND state = 'pending' AND credential_set <> ?";

async fn list(reader: &mut SqliteConnection, query: Query) -> Result<Vec<Payment>, LedgerError> {
    let rows = query.fetch_all(&mut *reader).await?;
    let mut payments = Vec::with_capacity(rows.len());
    for row in &rows {
        payments.push(payment::read_whole(reader, row).await?);
    }
    Ok(payments)
}

pub(crate) async fn open(reader: &mut SqliteConnection) -> Result<Vec<Payment>, LedgerError> {
    list(reader, sqlx::query(OPEN)).await
}

pub(crate) async fn recent(reader: &mut SqliteConnection, limit: u32) -> Result<Vec<Payment>, LedgerError> {
    list(reader, sqlx::query(RECENT).bind(limit)).await
}

pub(crate) async fn counts(reader: &mut SqliteConnection) -> Result<Counts, LedgerError> {
    let row = sqlx::query(COUNTS).fetch_one(reader).await?;
    Ok(Counts { open: row.try_get(0)?, watched_aside: row.try_get(1)? })
}

impl Ledger {
    async fn reader(&self) -> Result<Reading, LedgerError> {
        self.inner.file.read().await
    }

    async fn list(&self, query: Query) -> Result<Vec<Payment>, LedgerError> {
        list(&mut *self.reader().await?, query).await
    }

    /// One payment.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub async fn payment(&self, id: &PaymentId) -> Result<Option<Payment>, LedgerError> {
        payment::by_id(&mut *self.reader().await?, id).await
    }

    /// The payment of a sale.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub async fn by_intent(&self, intent_id: &str) -> Result<Option<Payment>, LedgerError> {
        payment::by_intent(&mut *self.reader().await?, intent_id).await
    }

    /// What to ask with about a payment; sealed in a ledger that was restored, none where the copy withheld it.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub async fn token(&self, id: &PaymentId) -> Result<Option<Token>, LedgerError> {
        let row = sqlx::query("SELECT token FROM payment WHERE id = ?")
            .bind(id.as_str())
            .fetch_optional(&mut *self.reader().await?)
            .await?;
        let token: Option<String> = row.map(|row| row.try_get(0)).transpose()?.flatten();
        Ok(token.map(Token::new).filter(|token| token.expose() != WITHHELD))
    }

    /// What a start finds: recorded, submitting and pending payments, oldest first.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub async fn unfinished(&self) -> Result<Vec<Payment>, LedgerError> {
        self.list(sqlx::query(UNFINISHED)).await
    }

    /// The earliest question to `server`.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub async fn next_due(&self, server: &str) -> Result<Option<Due>, LedgerError> {
        let row = sqlx::query(NEXT_DUE).bind(server).fetch_optional(&mut *self.reader().await?).await?;
        row.map(|row| Ok(Due { id: row.try_get::<String, _>(0)?.parse()?, due_at_ms: row.try_get(1)? }))
            .transpose()
    }

    /// The earliest question to `server` that is due at `now_ms` about a payment accepted after `since_ms`.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub async fn next_due_fresh(
        &self,
        server: &str,
        now_ms: i64,
        since_ms: i64,
    ) -> Result<Option<PaymentId>, LedgerError> {
        let query = sqlx::query(NEXT_DUE_FRESH).bind(server.to_owned()).bind(now_ms).bind(since_ms);
        let row = query.fetch_optional(&mut *self.reader().await?).await?;
        row.map(|row| Ok(row.try_get::<String, _>(0)?.parse()?)).transpose()
    }

    /// The newest of what is done and had been accepted, at most `limit`.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub async fn heard(&self, limit: u32) -> Result<Vec<Heard>, LedgerError> {
        self.heard_by(sqlx::query(HEARD).bind(limit)).await
    }

    /// What was accepted among the newest `limit` payments, newest first.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub async fn heard_lately(&self, limit: u32) -> Result<Vec<Heard>, LedgerError> {
        self.heard_by(sqlx::query(HEARD_LATELY).bind(limit)).await
    }

    async fn heard_by(&self, query: Query) -> Result<Vec<Heard>, LedgerError> {
        let rows = query.fetch_all(&mut *self.reader().await?).await?;
        let heard = |row: &SqliteRow| -> Result<Option<Heard>, LedgerError> {
            let state = row.try_get::<String, _>(0)?.parse()?;
            let last_check_at_ms = row.try_get(2)?;
            let accepted_at_ms: Option<i64> = row.try_get(1)?;
            Ok(accepted_at_ms.map(|accepted_at_ms| Heard { state, accepted_at_ms, last_check_at_ms }))
        };
        rows.iter().filter_map(|row| heard(row).transpose()).collect()
    }

    /// Pending payments accepted after `since_ms` whose next question is planned later than `due_ms`: the newest first, at
    /// most `limit`.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub async fn waiting_since(
        &self,
        since_ms: i64,
        due_ms: i64,
        limit: u32,
    ) -> Result<Vec<PaymentId>, LedgerError> {
        let query = sqlx::query(WAITING_SINCE).bind(due_ms).bind(since_ms).bind(limit);
        let rows = query.fetch_all(&mut *self.reader().await?).await?;
        rows.iter().map(|row| Ok(row.try_get::<String, _>(0)?.parse()?)).collect()
    }

    /// Payments that want a person's eye, newest first.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub async fn open_payments(&self) -> Result<Vec<Payment>, LedgerError> {
        open(&mut *self.reader().await?).await
    }

    /// The newest results: final, or settled by a person.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub async fn recent(&self, limit: u32) -> Result<Vec<Payment>, LedgerError> {
        recent(&mut *self.reader().await?, limit).await
    }

    /// Payments of a number whose money may still move and of whose sale nobody has spoken, newest first.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub async fn unresolved_for(&self, phone: &PhoneNumber) -> Result<Vec<Payment>, LedgerError> {
        self.list(sqlx::query(UNRESOLVED_FOR).bind(phone.national().to_owned())).await
    }

    /// The operator that confirm last reported for a number: identifier and name.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub async fn known_operator(&self, phone: &PhoneNumber) -> Result<Option<(String, String)>, LedgerError> {
        let row = sqlx::query(KNOWN_OPERATOR)
            .bind(phone.national())
            .fetch_optional(&mut *self.reader().await?)
            .await?;
        row.map(|row| Ok((row.try_get(0)?, row.try_get(1)?))).transpose()
    }

    /// See [`Counts`].
    ///
    /// # Errors
    /// [`LedgerError`].
    pub async fn counts(&self) -> Result<Counts, LedgerError> {
        counts(&mut *self.reader().await?).await
    }

    /// Pending payments made with other keys than `credential_set`.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub async fn open_with_other_credentials(&self, credential_set: &str) -> Result<u32, LedgerError> {
        let row =
            sqlx::query(OTHER_CREDENTIALS).bind(credential_set).fetch_one(&mut *self.reader().await?).await?;
        Ok(row.try_get(0)?)
    }
}

#[cfg(test)]
mod plans {
    use super::*;
    use crate::{HistoryFilter, closing, hour_total, journal, news, receipt, search};
    use domain::{DayRule, Mode, State};

    /// SQLite's plan for `sql`, its steps joined.
    async fn plan(ledger: &Ledger, sql: &str) -> String {
        let mut reader = ledger.reader().await.unwrap();
        let explain = sqlx::AssertSqlSafe(format!("EXPLAIN QUERY PLAN {sql}"));
        let rows = sqlx::query(explain).fetch_all(&mut *reader).await.unwrap();
        rows.iter().map(|row| row.get::<String, _>("detail")).collect::<Vec<_>>().join("; ")
    }

    #[tokio::test]
    async fn every_way_through_the_history_runs_on_an_index() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("live.db");
        let ledger = Ledger::open(&path, Mode::Live, DayRule::default(), [0; 16], 0).await.unwrap();
        let text = |text: &str| HistoryFilter { text: text.to_owned(), ..HistoryFilter::default() };
        let paid = HistoryFilter { states: vec![State::Paid], ..HistoryFilter::default() };
        let day = HistoryFilter { day: Some("2026-11-24".parse().unwrap()), ..HistoryFilter::default() };
        let operator = HistoryFilter { operator: Some("YAS".into()), ..HistoryFilter::default() };
        let cashier = HistoryFilter { cashier: Some("Afi".into()), ..HistoryFilter::default() };
        for (filter, expected) in [
            (HistoryFilter::default(), "SEARCH payment USING INTEGER PRIMARY KEY (rowid<?)"),
            (text("9012"), "SCAN payment_search VIRTUAL TABLE INDEX"),
            (text("90"), "SEARCH payment USING INTEGER PRIMARY KEY (rowid>? AND rowid<?)"),
            (paid, "SEARCH payment USING INDEX payment_state (state=? AND seq<?)"),
            (day, "SEARCH payment USING INDEX payment_created (created_at_ms>? AND created_at_ms<?)"),
            (operator, "SEARCH payment USING INDEX payment_operator (operator_name=? AND seq<?)"),
            (cashier, "SEARCH payment USING INDEX payment_cashier (cashier=? AND seq<?)"),
        ] {
            let question = ledger.question(&filter, None, 40).unwrap();
            let plan = plan(&ledger, question.sql().as_str()).await;
            assert!(plan.contains(expected), "{filter:?}\n{plan}");
            assert!(ledger.by_reference(&filter, None, 40).unwrap().is_none(), "{filter:?}");
            // Only a day is sorted: it has few rows, and clocks may go back.
            assert_eq!(plan.contains("TEMP B-TREE"), filter.day.is_some(), "{filter:?}\n{plan}");
        }
    }

    #[tokio::test]
    async fn the_beginning_of_a_reference_runs_on_the_order_of_references() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("live.db");
        let ledger = Ledger::open(&path, Mode::Live, DayRule::default(), [0; 16], 0).await.unwrap();
        let filter = HistoryFilter { text: "01A20D6D-5a00".into(), ..HistoryFilter::default() };
        let question = ledger.by_reference(&filter, None, 40).unwrap().unwrap();
        let plan = plan(&ledger, question.sql().as_str()).await;
        assert!(plan.contains("sqlite_autoindex_payment_1 (id>? AND id<?)"), "{plan}");
        assert!(!plan.contains("TEMP B-TREE"), "{plan}");
    }

    #[tokio::test]
    async fn every_question_runs_on_its_index_and_sorts_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("live.db");
        let ledger = Ledger::open(&path, Mode::Live, DayRule::default(), [0; 16], 0).await.unwrap();
        for (sql, expected) in [
            (NEXT_DUE, "SEARCH payment USING INDEX payment_due (server=?"),
            (NEXT_DUE_FRESH, "SEARCH payment USING INDEX payment_due (server=? AND next_check_at_ms"),
            (HEARD, "SEARCH payment USING INDEX payment_done"),
            (HEARD_LATELY, "SEARCH payment USING INTEGER PRIMARY KEY (rowid>?)"),
            (WAITING_SINCE, "SCAN payment USING INDEX payment_unfinished"),
            (UNFINISHED, "SCAN payment USING INDEX payment_unfinished"),
            (OPEN, "SCAN payment USING INDEX payment_attention"),
            (RECENT, "SEARCH payment USING INDEX payment_done"),
            (UNRESOLVED_FOR, "SEARCH payment USING INDEX payment_phone (phone=?)"),
            (KNOWN_OPERATOR, "SEARCH payment USING INDEX payment_phone (phone=?)"),
            (COUNTS, "payment_attention"),
            (COUNTS, "payment_unfinished"),
            (OTHER_CREDENTIALS, "SCAN payment USING INDEX payment_unfinished"),
            (payment::BY_INTENT, "SEARCH payment USING INDEX sqlite_autoindex_payment_2 (intent_id=?)"),
            (payment::BY_ID, "SEARCH payment USING INDEX sqlite_autoindex_payment_1 (id=?)"),
            (hour_total::HOURS, "SEARCH hour_total USING PRIMARY KEY (business_day>? AND business_day<?)"),
            (hour_total::STATES, "SEARCH payment USING INDEX payment_created"),
            (closing::LIST, "SEARCH closing USING INTEGER PRIMARY KEY (rowid<?)"),
            (closing::UNRESOLVED, "SCAN payment USING INDEX payment_unresolved"),
            (receipt::ENTRY, "SEARCH ledger_entry USING INDEX ledger_entry_payment (payment_id=?)"),
            (search::NEXT_OPERATOR, "SEARCH payment USING COVERING INDEX payment_operator"),
            (search::NEXT_CASHIER, "SEARCH payment USING COVERING INDEX payment_cashier"),
            (journal::TIMELINE, "SEARCH journal USING INDEX journal_payment (payment_id=?)"),
            (news::ENDED, "SEARCH journal USING INDEX journal_end (seq>?)"),
            (news::LAST_END, "SCAN journal USING INDEX journal_end"),
            (news::CONTRADICTIONS, "SCAN journal USING INDEX journal_contradiction"),
            (news::LAST_WORD, "SEARCH journal USING INDEX journal_contradiction (payment_id=?)"),
        ] {
            let plan = plan(&ledger, sql).await;
            assert!(plan.contains(expected), "{sql}\n{plan}");
            // The partial indexes hold only the few rows asked for, so walking one is no full scan.
            // A day's payments are counted by state as they come.
            assert!(sql == hour_total::STATES || !plan.contains("TEMP B-TREE"), "{sql}\n{plan}");
            for step in
                plan.split("; ").filter(|step| step.starts_with("SCAN") && *step != "SCAN CONSTANT ROW")
            {
                assert!(step.contains("USING"), "{sql}\n{plan}");
            }
        }
    }
}
