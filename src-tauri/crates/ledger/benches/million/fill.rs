//! Payments put into a ledger past it, without its chain: a million through its own doors would take an hour.

use domain::{DayRule, PaymentId};
use rusqlite::{Connection, params};
use std::path::Path;

/// When the first was made.
pub const START_MS: i64 = 1_500_000_000_000;
/// A payment every five minutes: about three hundred a day.
pub const STEP_MS: i64 = 288_000;

/// The same numbers in every run.
pub struct Random(pub u64);

impl Random {
    /// From 0, below `end`.
    pub fn below(&mut self, end: i64) -> i64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        i64::try_from(self.0 >> 33).unwrap() % end
    }
}

fn mixed(seq: i64) -> i64 {
    Random(u64::try_from(seq).unwrap().wrapping_mul(0x9E37_79B9_7F4A_7C15)).below(1 << 30)
}

pub fn number(seq: i64) -> String {
    let prefix = [90, 91, 92, 93, 70, 71][usize::try_from(mixed(seq) % 6).unwrap()];
    format!("{prefix}{:06}", mixed(seq / 3) % 1_000_000)
}

pub fn amount(seq: i64) -> i64 {
    100 + mixed(seq) % 40_000 * 50
}

pub fn id(seq: i64) -> PaymentId {
    let mut random = [0; 10];
    random[2..].copy_from_slice(&mixed(seq).to_be_bytes());
    PaymentId::from_parts(START_MS + seq * STEP_MS, random)
}

/// Five digits from the middle of a number.
pub fn fragment(seq: i64) -> String {
    number(seq)[2..7].to_owned()
}

/// Adds the payments after the first `from`, up to `to`.
pub fn fill(path: &Path, from: i64, to: i64) {
    let mut connection = Connection::open(path).unwrap();
    connection.execute_batch("PRAGMA synchronous = OFF; PRAGMA cache_size = -200000;").unwrap();
    let triggers: Vec<String> = connection
        .prepare("SELECT 'DROP TRIGGER ' || name FROM sqlite_schema WHERE type = 'trigger'")
        .unwrap()
        .query_map([], |row| row.get(0))
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap();
    connection.execute_batch(&triggers.join(";")).unwrap();
    let rule = DayRule::default();
    let transaction = connection.transaction().unwrap();
    {
        let mut payment = transaction
            .prepare(
                "INSERT INTO payment (seq, id, intent_id, version, state, amount_xof, phone, phone_salt, \
                 phone_commitment, operator_key, cashier, created_at_ms, accepted_at_ms, resolved_at_ms, done_at_ms, \
                 token, operator_id, operator_name, request_id, receipt_number) \
                 VALUES (?1, ?2, ?1, 4, 'paid', ?3, ?4, zeroblob(16), ?5, 'YAS TOGO', ?6, ?7, ?7, ?8, ?8, 't', '3', \
                 'YAS TOGO', ?9, ?1)",
            )
            .unwrap();
        let mut entry = transaction
            .prepare(
                "INSERT INTO ledger_entry (seq, at_ms, business_day, kind, amount_xof, payment_id, receipt_number, \
                 operator_id, request_id, phone_commitment, prev_hash, hash) \
                 VALUES (?1, ?2, ?3, 'verified', ?4, ?5, ?1, '3', ?6, ?7, ?7, ?7)",
            )
            .unwrap();
        for seq in from + 1..=to {
            let (created, id) = (START_MS + seq * STEP_MS, id(seq));
            let hash = format!("{:064x}", mixed(seq));
            let request = format!("P{}", 1_000_000_000_000 + mixed(seq));
            let cashier = ["Afi", "Kossi", "Ama"][usize::try_from(seq % 3).unwrap()];
            payment
                .execute(params![
                    seq,
                    id.as_str(),
                    amount(seq),
                    number(seq),
                    hash,
                    cashier,
                    created,
                    created + 21_000,
                    request
                ])
                .unwrap();
            let day = rule.day_of(created + 21_000).unwrap().to_string();
            entry
                .execute(params![seq, created + 21_000, day, amount(seq), id.as_str(), request, hash])
                .unwrap();
        }
    }
    transaction
        .execute_batch(&format!(
            "DELETE FROM hour_total; \
             INSERT INTO hour_total SELECT business_day, at_ms / 3600000 % 24, kind, COUNT(*), SUM(amount_xof) \
             FROM ledger_entry GROUP BY 1, 2, 3; \
             INSERT INTO payment_search (rowid, words) \
             SELECT seq, concat_ws(' ', phone, amount_xof, receipt_number, id, request_id) FROM payment \
             WHERE seq > {from};"
        ))
        .unwrap();
    transaction.commit().unwrap();
    connection.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
}
