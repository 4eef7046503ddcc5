//! Somebody with the file, SQLite and time. Everything but a recomputed chain is found, and the first bad row named; for
//! a recomputed one there are the heads on receipts and closings.

use crate::shop::{NOON, Shop, checked, checked_with, yas};
use domain::{DecisionKind as D, Event};
use ledger::{BadRow, LedgerError, NewPayment};
use sqlx::sqlite::SqliteConnection;
use sqlx::{AssertSqlSafe, Row};

pub async fn execute(behind: &mut SqliteConnection, sql: &str) {
    if let Err(error) = sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(behind).await {
        panic!("{sql}: {error}");
    }
}

/// A morning with every kind of row. The last line of the journal and the last entry belong to a payment.
pub async fn busy_shop() -> Shop {
    let shop = Shop::open().await;
    let first = shop.paid().await;
    let pending = shop.decide(&shop.pending().await, D::AcceptedAsPaid).await;
    shop.moved(&pending, checked_with(Event::ConfirmCompleted, yas())).await;
    shop.moved(&first, checked(Event::ConfirmNotCompleted)).await;
    shop.ledger.note(NOON, "settings_changed", "cut_off_hour").await.unwrap();
    let settled = shop.decide(&shop.pending().await, D::SetAside).await;
    let settled = shop.decide(&settled, D::SettledOtherwise).await;
    let late = shop.moved(&settled, checked_with(Event::ConfirmCompleted, yas())).await;
    shop.decide(&late, D::RefundRecorded).await;
    shop.decide(&shop.uncertain().await, D::AcceptedAsPaid).await;
    let follows = NewPayment { previous: Some(first.id), ..shop.sale() };
    shop.record(follows).await;
    shop.paid().await;
    shop.assert_whole().await;
    shop
}

/// A connection for which no trigger, check or key stands in the way.
pub async fn unguarded(shop: &Shop) -> SqliteConnection {
    let mut behind = shop.behind().await;
    execute(&mut behind, "PRAGMA ignore_check_constraints = ON").await;
    let triggers: Vec<String> = sqlx::query_scalar("SELECT name FROM sqlite_schema WHERE type = 'trigger'")
        .fetch_all(&mut behind)
        .await
        .unwrap();
    assert!(triggers.len() >= 15);
    for trigger in triggers {
        execute(&mut behind, &format!("DROP TRIGGER {trigger}")).await;
    }
    behind
}

async fn bad(shop: &Shop) -> Option<BadRow> {
    shop.ledger.verify().await.unwrap().first_bad
}

async fn columns(behind: &mut SqliteConnection, table: &str) -> Vec<(String, bool)> {
    let rows = sqlx::query("SELECT name, type FROM pragma_table_info(?)")
        .bind(table)
        .fetch_all(behind)
        .await
        .unwrap();
    rows.iter().map(|row| (row.get(0), row.get::<String, _>(1) == "INTEGER")).collect()
}

async fn rows(behind: &mut SqliteConnection, table: &str) -> i64 {
    let sql = format!("SELECT COUNT(*) FROM {table}");
    sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(behind).await.unwrap()
}

/// The value of one cell, as SQL.
async fn cell(behind: &mut SqliteConnection, table: &str, column: &str, seq: i64) -> String {
    let sql = format!("SELECT quote({column}) FROM {table} WHERE seq = {seq}");
    sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(behind).await.unwrap()
}

#[tokio::test]
async fn every_changed_cell_of_both_chains_is_found_and_its_row_named() {
    let shop = busy_shop().await;
    let mut behind = unguarded(&shop).await;
    let mut changed = 0;
    for table in ["journal", "ledger_entry"] {
        let columns = columns(&mut behind, table).await;
        for seq in 1..=rows(&mut behind, table).await {
            for (column, is_number) in &columns {
                let sound = cell(&mut behind, table, column, seq).await;
                let others: &[&str] = match (*is_number, column.as_str(), sound.as_str()) {
                    (_, "seq", _) => &["seq + 1000", "-seq"],
                    (true, _, "NULL") => &["77"],
                    (true, "receipt_number" | "reverses", _) => &["{} + 1000", "-{}"], // both are unique
                    (true, ..) => &["{} + 1", "-{}"],
                    (false, _, "NULL") => &["''", "'x'"],
                    (false, ..) => &["{} || 'x'", "{} || ' '", "substr({}, 1, length({}) - 1)", "''"],
                };
                for other in others {
                    let other = other.replace("{}", column);
                    execute(&mut behind, &format!("UPDATE {table} SET {column} = {other} WHERE seq = {seq}"))
                        .await;
                    let is_same = column != "seq" && cell(&mut behind, table, column, seq).await == sound;
                    if !is_same {
                        let found =
                            bad(&shop).await.unwrap_or_else(|| panic!("{table} {seq} {column} = {other}"));
                        assert_eq!(found.table, table, "{seq} {column} = {other}: {found:?}");
                        let named = if column == "seq" && other == "-seq" { -seq } else { seq };
                        assert_eq!(found.row, named.to_string(), "{table} {column} = {other}: {found:?}");
                        changed += 1;
                    }
                    let at = match (column.as_str(), other.as_str()) {
                        ("seq", "-seq") => -seq,
                        ("seq", _) => seq + 1_000,
                        _ => seq,
                    };
                    execute(&mut behind, &format!("UPDATE {table} SET {column} = {sound} WHERE seq = {at}"))
                        .await;
                }
            }
        }
    }
    assert_eq!(bad(&shop).await, None, "everything was put back");
    assert!(changed > 700, "{changed} changes");
    println!(
        "FIGURE tampering, chained cells | {changed} changes, each column of each row | {changed} found, each row named"
    );
}

#[tokio::test]
async fn every_changed_cell_of_a_head_or_a_decision_is_found() {
    let shop = busy_shop().await;
    let mut behind = unguarded(&shop).await;
    let mut changed = 0;
    let mut heads: Vec<(String, Vec<&str>)> = Vec::new();
    for (column, is_number) in columns(&mut behind, "payment").await {
        let others = match (column.as_str(), is_number) {
            ("seq" | "id", _) => continue,
            ("state", _) => vec!["'failed'", "'paid'", "'payed'", "'recorded'"],
            ("phone", _) => vec!["'91000000'", "'x'", "NULL"],
            ("phone_salt", _) => vec!["x'00'", "zeroblob(16)", "NULL"],
            ("previous_payment_id", _) => vec!["'00000000-0000-7000-8000-000000000000'", "NULL"],
            ("receipt_number", _) => vec!["99", "NULL"],
            ("settled", _) => vec!["'written_off'", "'x'", "NULL"],
            ("set_aside" | "late" | "refund_recorded", _) => vec!["1 - {}"],
            (_, true) => vec!["COALESCE({}, 0) + 1", "-{}"],
            (_, false) => vec!["COALESCE({}, '') || 'x'", "substr({}, 2)"],
        };
        heads.push((column, others));
    }
    assert!(heads.len() >= 38, "{heads:?}");
    for seq in 1..=rows(&mut behind, "payment").await {
        let id = cell(&mut behind, "payment", "id", seq).await;
        for (column, others) in &heads {
            let sound = cell(&mut behind, "payment", column, seq).await;
            for other in others {
                let other = other.replace("{}", column);
                execute(&mut behind, &format!("UPDATE payment SET {column} = {other} WHERE seq = {seq}"))
                    .await;
                if cell(&mut behind, "payment", column, seq).await != sound {
                    let found =
                        bad(&shop).await.unwrap_or_else(|| panic!("payment {seq} {column} = {other}"));
                    assert_eq!(
                        (found.table, format!("'{}'", found.row)),
                        ("payment", id.clone()),
                        "{column} = {other}: {found:?}"
                    );
                    changed += 1;
                }
                execute(&mut behind, &format!("UPDATE payment SET {column} = {sound} WHERE seq = {seq}"))
                    .await;
            }
        }
    }
    for seq in 1..=rows(&mut behind, "decision").await {
        let id = cell(&mut behind, "decision", "payment_id", seq).await;
        for (column, is_number) in columns(&mut behind, "decision").await {
            if column == "seq" {
                continue;
            }
            let sound = cell(&mut behind, "decision", &column, seq).await;
            let other = if is_number { "at_ms + 1".to_owned() } else { format!("{column} || 'x'") };
            execute(&mut behind, &format!("UPDATE decision SET {column} = {other} WHERE seq = {seq}")).await;
            let found = bad(&shop).await.unwrap_or_else(|| panic!("decision {seq} {column}"));
            assert_eq!(
                (found.table, format!("'{}'", found.row)),
                ("decision", id.clone()),
                "{column}: {found:?}"
            );
            execute(&mut behind, &format!("UPDATE decision SET {column} = {sound} WHERE seq = {seq}")).await;
            changed += 1;
        }
    }
    assert_eq!(bad(&shop).await, None, "everything was put back");
    assert!(changed > 400, "{changed} changes");
    println!(
        "FIGURE tampering, heads and decisions | {changed} changes, each column of each row | {changed} found, each row named"
    );
}

/// Runs `sql` in a transaction that is committed, verifies, and puts back what was in `tables`.
async fn with_change(
    shop: &Shop,
    behind: &mut SqliteConnection,
    tables: &[&str],
    sql: &str,
) -> Option<BadRow> {
    for table in tables {
        execute(behind, &format!("CREATE TEMP TABLE kept_{table} AS SELECT * FROM {table}")).await;
    }
    execute(behind, sql).await;
    let found = bad(shop).await;
    for table in tables {
        execute(
            behind,
            &format!(
                "DELETE FROM {table}; INSERT INTO {table} SELECT * FROM kept_{table}; DROP TABLE kept_{table}"
            ),
        )
        .await;
    }
    found
}

fn row(table: &'static str, row: impl ToString) -> (&'static str, String) {
    (table, row.to_string())
}

fn named(found: Option<BadRow>) -> Option<(&'static str, String)> {
    found.map(|found| (found.table, found.row))
}

#[tokio::test]
async fn every_deleted_row_is_found() {
    let shop = busy_shop().await;
    let mut behind = unguarded(&shop).await;
    for table in ["journal", "ledger_entry"] {
        let count = rows(&mut behind, table).await;
        for seq in 1..=count {
            let sql = format!("DELETE FROM {table} WHERE seq = {seq}");
            let found = with_change(&shop, &mut behind, &[table], &sql).await;
            if seq < count {
                assert_eq!(named(found), Some(row(table, seq)));
            } else {
                // The chain is whole without its last row, but the payment it spoke of is not.
                assert_eq!(found.unwrap().table, "payment", "{table} {seq}");
            }
            // A tail of any length.
            let sql = format!("DELETE FROM {table} WHERE seq >= {seq}");
            let found = with_change(&shop, &mut behind, &[table], &sql).await;
            assert!(found.is_some(), "{table} cut from {seq}");
        }
    }
    for seq in 1..=rows(&mut behind, "decision").await {
        let sql = format!("DELETE FROM decision WHERE seq = {seq}");
        assert_eq!(with_change(&shop, &mut behind, &["decision"], &sql).await.unwrap().table, "decision");
    }
    for seq in 1..=rows(&mut behind, "payment").await {
        execute(&mut behind, "CREATE TEMP TABLE kept AS SELECT * FROM payment").await;
        execute(&mut behind, &format!("UPDATE payment SET id = 'gone' WHERE seq = {seq}")).await;
        assert!(bad(&shop).await.is_some(), "payment {seq} is another one");
        execute(&mut behind, &format!("UPDATE payment SET id = (SELECT id FROM kept WHERE seq = {seq}) WHERE seq = {seq}; DROP TABLE kept")).await;
    }
    assert_eq!(bad(&shop).await, None, "everything was put back");
}

#[tokio::test]
async fn a_payment_deleted_with_its_head_only_leaves_orphans_that_are_found() {
    let shop = busy_shop().await;
    let mut behind = unguarded(&shop).await;
    execute(&mut behind, "DELETE FROM payment WHERE seq = 1").await;
    let found = bad(&shop).await.unwrap();
    assert_eq!(found.problem, "what it belongs to is missing");
}

#[tokio::test]
async fn every_swapped_and_every_inserted_row_is_found() {
    let shop = busy_shop().await;
    let mut behind = unguarded(&shop).await;
    for table in ["journal", "ledger_entry"] {
        let count = rows(&mut behind, table).await;
        for seq in 1..count {
            let swap = |a: i64, b: i64| {
                format!(
                    "UPDATE {table} SET seq = -1000 WHERE seq = {a}; UPDATE {table} SET seq = {a} WHERE seq = {b}; \
                     UPDATE {table} SET seq = {b} WHERE seq = -1000"
                )
            };
            execute(&mut behind, &swap(seq, seq + 1)).await;
            assert_eq!(named(bad(&shop).await), Some(row(table, seq)));
            execute(&mut behind, &swap(seq, seq + 1)).await;
        }
        let names: Vec<_> = columns(&mut behind, table).await.into_iter().map(|(name, _)| name).collect();
        for at in [-5, 0, count + 1, count + 2] {
            for source in 1..=count {
                // A copy that even follows the last hash, as far as copying goes.
                let values: Vec<_> = names
                    .iter()
                    .map(|name| match name.as_str() {
                        "seq" => at.to_string(),
                        "prev_hash" => format!("(SELECT hash FROM {table} WHERE seq = {count})"),
                        "receipt_number" => {
                            format!("CASE WHEN receipt_number IS NULL THEN NULL ELSE {} END", 100 + at)
                        }
                        "reverses" => format!("CASE WHEN reverses IS NULL THEN NULL ELSE {} END", 100 + at),
                        name => name.to_owned(),
                    })
                    .collect();
                execute(
                    &mut behind,
                    &format!(
                        "INSERT INTO {table} SELECT {} FROM {table} WHERE seq = {source}",
                        values.join(", ")
                    ),
                )
                .await;
                let named_seq = if at > count { count + 1 } else { at };
                assert_eq!(named(bad(&shop).await), Some(row(table, named_seq)), "{source} at {at}");
                execute(&mut behind, &format!("DELETE FROM {table} WHERE seq = {at}")).await;
            }
        }
    }
    assert_eq!(bad(&shop).await, None, "everything was put back");
}

#[tokio::test]
async fn a_payment_or_a_decision_from_nowhere_is_found() {
    let shop = busy_shop().await;
    let mut behind = unguarded(&shop).await;
    execute(
        &mut behind,
        "INSERT INTO payment (id, intent_id, version, state, amount_xof, phone_commitment, operator_key, cashier, \
         created_at_ms) VALUES ('00000000-0000-7000-8000-000000000000', 'x', 1, 'failed', 1, '', '', '', 0)",
    )
    .await;
    assert_eq!(bad(&shop).await.unwrap().row, "00000000-0000-7000-8000-000000000000");
    execute(&mut behind, "DELETE FROM payment WHERE intent_id = 'x'").await;
    execute(
        &mut behind,
        "INSERT INTO decision (payment_id, at_ms, kind, who, reason) SELECT id, 0, 'written_off', '', '' FROM payment \
         WHERE seq = 1",
    )
    .await;
    assert_eq!(bad(&shop).await.unwrap().table, "decision");
}

#[tokio::test]
async fn a_ledger_passed_off_as_another_tills_does_not_verify() {
    let shop = busy_shop().await;
    let mut behind = unguarded(&shop).await;
    execute(&mut behind, "UPDATE till SET installation_id = 'another'").await;
    let shop = shop.reopen().await;
    assert_eq!(named(bad(&shop).await), Some(row("ledger_entry", 1)));
    execute(&mut behind, "UPDATE till SET installation_id = '07070707070707070707070707070707'").await;
    let shop = shop.reopen().await;
    assert_eq!(bad(&shop).await, None);
}

#[tokio::test]
async fn an_unknown_word_in_an_entry_is_a_bad_row_not_a_crash() {
    let shop = busy_shop().await;
    let mut behind = unguarded(&shop).await;
    execute(&mut behind, "UPDATE decision SET kind = 'x' WHERE seq = 1").await;
    assert_eq!(bad(&shop).await.unwrap().table, "decision");
    let first: String = sqlx::query_scalar("SELECT payment_id FROM decision WHERE seq = 1")
        .fetch_one(&mut behind)
        .await
        .unwrap();
    let read = shop.ledger.payment(&first.parse().unwrap()).await;
    assert!(matches!(read, Err(LedgerError::Damaged(_))));
}
