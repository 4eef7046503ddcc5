//! A shop with a ledger in a folder of its own, and shortcuts to bring a payment where a test wants it.

use domain::{DayRule, DecisionKind, Event, Mode, PaymentId, PhoneNumber, Xof};
use ledger::{
    Applied, Change, ConfirmFacts, Decision, Ledger, LedgerError, NewPayment, Payment, RecordOutcome, Token,
    What,
};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{AssertSqlSafe, ConnectOptions, Row};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicI64, Ordering};
use tempfile::TempDir;

pub const NOON: i64 = 1_795_521_600_000; // 2026-11-24T12:00:00Z
pub const SERVER: &str = "https://app.ligdicash.com";
pub const KEYS: &str = "keys-1";

pub struct Shop {
    pub ledger: Ledger,
    pub folder: TempDir,
    serial: AtomicI64,
}

pub async fn open(path: &Path, mode: Mode) -> Result<Ledger, ledger::OpenError> {
    Ledger::open(path, mode, DayRule::default(), [7; 16], NOON).await
}

pub fn phone(national: &str) -> PhoneNumber {
    PhoneNumber::parse(national).unwrap()
}

pub fn decision(kind: DecisionKind, at_ms: i64) -> Decision {
    Decision {
        at_ms,
        kind,
        who: "Afi".to_owned(),
        reason: "le client a payé en espèces".to_owned(),
        reference: Some("CI240601.1200.A1".to_owned()),
    }
}

pub fn accepted(token: &str, next_check_at_ms: i64) -> What {
    What::Accepted { token: Token::new(token.to_owned()), next_check_at_ms }
}

pub fn submission() -> What {
    What::SubmissionStarted { server: SERVER.to_owned(), credential_set: KEYS.to_owned() }
}

pub fn checked(event: Event) -> What {
    checked_with(event, ConfirmFacts::default())
}

pub fn checked_with(event: Event, facts: ConfirmFacts) -> What {
    What::Checked {
        event,
        facts,
        problem: None,
        asked_at_ms: NOON + 5_000,
        answered_at_ms: NOON + 5_400,
        next_check_at_ms: Some(NOON + 8_400),
        failures: 0,
    }
}

pub fn yas() -> ConfirmFacts {
    ConfirmFacts {
        operator_id: Some("3".to_owned()),
        operator_name: Some("YAS TOGO".to_owned()),
        request_id: Some("P20261124".to_owned()),
        oreference: Some("CI1".to_owned()),
        confirmed_amount: Some(Xof::new(5_000)),
        review_reason: None,
    }
}

impl Shop {
    pub async fn open() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let ledger = open(&folder.path().join("live.db"), Mode::Live).await.unwrap();
        Self::around(ledger, folder)
    }

    pub fn around(ledger: Ledger, folder: TempDir) -> Self {
        Self { ledger, folder, serial: AtomicI64::new(0) }
    }

    pub fn path(&self) -> PathBuf {
        self.folder.path().join("live.db")
    }

    /// Closes and opens again, as a restart does.
    pub async fn reopen(self) -> Self {
        self.ledger.close().await;
        let ledger = open(&self.path(), Mode::Live).await.unwrap();
        Self { ledger, ..self }
    }

    /// A connection behind the ledger's back, which no key checks.
    pub async fn behind(&self) -> SqliteConnection {
        SqliteConnectOptions::new().filename(self.path()).foreign_keys(false).connect().await.unwrap()
    }

    /// One value, read behind the ledger's back.
    pub async fn value(&self, sql: &str) -> i64 {
        let mut behind = self.behind().await;
        sqlx::query(AssertSqlSafe(sql.to_owned())).fetch_one(&mut behind).await.unwrap().get(0)
    }

    /// Every row of every table, to compare before and after.
    pub async fn everything(&self) -> Vec<String> {
        let mut behind = self.behind().await;
        let mut rows = Vec::new();
        for table in ["till", "payment", "journal", "ledger_entry", "decision", "hour_total", "closing"] {
            let columns: Vec<String> =
                sqlx::query("SELECT 'quote(' || name || ')' FROM pragma_table_info(?) ORDER BY cid")
                    .bind(table)
                    .fetch_all(&mut behind)
                    .await
                    .unwrap()
                    .iter()
                    .map(|row| row.get(0))
                    .collect();
            let sql = format!("SELECT {} FROM {table} ORDER BY 1", columns.join("||','||"));
            let found = sqlx::query(AssertSqlSafe(sql)).fetch_all(&mut behind).await.unwrap();
            rows.extend(found.iter().map(|row| format!("{table}: {}", row.get::<String, _>(0))));
        }
        rows
    }

    pub fn sale(&self) -> NewPayment {
        let serial = self.serial.fetch_add(1, Ordering::Relaxed);
        let mut random = [0u8; 10];
        random[2..].copy_from_slice(&serial.to_be_bytes());
        NewPayment {
            id: PaymentId::from_parts(NOON + serial, random),
            intent_id: format!("sale-{serial}"),
            amount: Xof::new(5_000),
            phone: phone("90123456"),
            phone_salt: [u8::try_from(serial % 251).unwrap(); 16],
            cashier: "Kossi".to_owned(),
            previous: None,
            at_ms: NOON + serial,
        }
    }

    pub async fn record(&self, new: NewPayment) -> Payment {
        match self.ledger.record(new).await.unwrap() {
            RecordOutcome::New(payment) => payment,
            RecordOutcome::Existing(payment) => panic!("{payment:?} was there before"),
        }
    }

    pub async fn recorded(&self) -> Payment {
        self.record(self.sale()).await
    }

    pub async fn submitting(&self) -> Payment {
        let payment = self.recorded().await;
        self.moved(&payment, submission()).await
    }

    pub async fn pending(&self) -> Payment {
        let payment = self.submitting().await;
        self.moved(&payment, accepted("secret-token", NOON + 5_000)).await
    }

    pub async fn uncertain(&self) -> Payment {
        let payment = self.submitting().await;
        self.moved(&payment, What::Unknown { cause: domain::UncertainCause::AnswerLost }).await
    }

    pub async fn paid(&self) -> Payment {
        let payment = self.pending().await;
        self.moved(&payment, checked_with(Event::ConfirmCompleted, yas())).await
    }

    pub async fn moved(&self, payment: &Payment, what: What) -> Payment {
        self.apply(payment, what).await.unwrap().payment
    }

    /// Applies to the version in hand, a minute after noon.
    pub async fn apply(&self, payment: &Payment, what: What) -> Result<Applied, LedgerError> {
        self.apply_at(payment, what, NOON + 60_000).await
    }

    /// Paid at `at_ms`, having been asked a minute before.
    pub async fn paid_at(&self, at_ms: i64, francs: i64) -> Payment {
        let pending = self.pending_at(at_ms - 60_000, francs).await;
        self.pays_at(&pending, at_ms).await
    }

    /// Asked at `at_ms`.
    pub async fn pending_at(&self, at_ms: i64, francs: i64) -> Payment {
        let recorded = self.record(NewPayment { at_ms, amount: Xof::new(francs), ..self.sale() }).await;
        let submitting = self.apply_at(&recorded, submission(), at_ms).await.unwrap().payment;
        self.apply_at(&submitting, accepted("secret-token", at_ms), at_ms).await.unwrap().payment
    }

    /// Confirm says so at `at_ms`.
    pub async fn pays_at(&self, pending: &Payment, at_ms: i64) -> Payment {
        self.apply_at(pending, checked_with(Event::ConfirmCompleted, yas()), at_ms).await.unwrap().payment
    }

    pub async fn apply_at(&self, payment: &Payment, what: What, at_ms: i64) -> Result<Applied, LedgerError> {
        let change = Change {
            id: payment.id.clone(),
            version: payment.version,
            at_ms,
            what,
            note: "00 completed".to_owned(),
        };
        self.ledger.apply(change).await
    }

    pub async fn decide(&self, payment: &Payment, kind: DecisionKind) -> Payment {
        self.ledger.decide(&payment.id, decision(kind, NOON + 70_000)).await.unwrap()
    }

    pub async fn assert_whole(&self) {
        let verification = self.ledger.verify().await.unwrap();
        assert_eq!(verification.first_bad, None);
    }
}
