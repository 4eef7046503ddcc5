//! What the file itself refuses, whoever writes.

use crate::shop::{Shop, checked};
use domain::{DecisionKind, Event};
use sqlx::AssertSqlSafe;

/// Tries `sql` behind the ledger's back and expects a refusal that says `why`.
async fn refused(shop: &Shop, sql: &str, why: &str) {
    let before = shop.everything().await;
    let mut behind = shop.behind().await;
    match sqlx::query(AssertSqlSafe(sql.to_owned())).execute(&mut behind).await {
        Ok(_) => panic!("taken: {sql}"),
        Err(error) => assert!(error.to_string().contains(why), "{sql}: {error}"),
    }
    assert_eq!(shop.everything().await, before, "{sql}");
}

#[tokio::test]
async fn tables_that_only_grow_refuse_updates_deletes_and_replacements() {
    let shop = Shop::open().await;
    let uncertain = shop.uncertain().await;
    shop.decide(&uncertain, DecisionKind::AcceptedAsPaid).await;
    for (table, why) in [
        ("journal", "the journal only grows"),
        ("ledger_entry", "the ledger only grows"),
        ("decision", "decisions only grow"),
        ("till", "a ledger stays with its till"),
    ] {
        refused(&shop, &format!("DELETE FROM {table}"), why).await;
        let mut behind = shop.behind().await;
        let columns: Vec<String> = sqlx::query_scalar("SELECT name FROM pragma_table_info(?)")
            .bind(table)
            .fetch_all(&mut behind)
            .await
            .unwrap();
        assert!(columns.len() >= 4);
        for column in columns {
            refused(&shop, &format!("UPDATE {table} SET {column} = {column}"), why).await;
        }
    }
    for (table, why) in [
        ("journal", "the journal has no gaps"),
        ("ledger_entry", "entries and receipt numbers have no gaps"),
        ("decision", "decisions only grow"),
        ("till", "a ledger belongs to one till"),
    ] {
        refused(&shop, &format!("INSERT OR REPLACE INTO {table} SELECT * FROM {table} LIMIT 1"), why).await;
    }
}

#[tokio::test]
async fn numbers_of_rows_and_receipts_cannot_skip_or_repeat() {
    let shop = Shop::open().await;
    let (first, _) = (shop.paid().await, shop.paid().await);
    let entry = |seq: i64, receipt: &str, reverses: &str| {
        let kind = if reverses == "NULL" { "verified" } else { "reversal" };
        let amount = if reverses == "NULL" { 5_000 } else { -5_000 };
        format!(
            "INSERT INTO ledger_entry (seq, at_ms, business_day, kind, amount_xof, payment_id, receipt_number, \
             reverses, phone_commitment, prev_hash, hash) VALUES ({seq}, 0, '2026-11-24', '{kind}', {amount}, \
             '{}', {receipt}, {reverses}, '', '', '')",
            first.id
        )
    };
    for (seq, receipt) in [(2, "3"), (4, "3"), (3, "4"), (3, "2"), (3, "1"), (-1, "3")] {
        refused(&shop, &entry(seq, receipt, "NULL"), "have no gaps").await;
    }
    refused(&shop, &entry(3, "NULL", "NULL"), "CHECK").await;
    for seq in [0, 1, 10] {
        let sql = format!(
            "INSERT INTO journal (seq, at_ms, kind, detail, prev_hash, hash) VALUES ({seq}, 0, 'x', '', '', '')"
        );
        refused(&shop, &sql, "the journal has no gaps").await;
    }
    // The rows the triggers are there for do go in, and one entry is reversed once.
    let mut behind = shop.behind().await;
    sqlx::query(AssertSqlSafe(entry(3, "NULL", "1"))).execute(&mut behind).await.unwrap();
    refused(&shop, &entry(4, "NULL", "1"), "have no gaps").await;
    sqlx::query(AssertSqlSafe(entry(4, "3", "NULL"))).execute(&mut behind).await.unwrap();
}

#[tokio::test]
async fn what_a_payment_is_never_changes() {
    let shop = Shop::open().await;
    let paid = shop.paid().await;
    let other = shop.recorded().await;
    let bump = "version = version + 1";
    let id = &paid.id;
    for set in [
        "seq = 99".to_owned(),
        "id = 'x'".to_owned(),
        "intent_id = 'x'".to_owned(),
        "amount_xof = 1".to_owned(),
        "phone_commitment = 'x'".to_owned(),
        "operator_key = 'x'".to_owned(),
        "cashier = 'x'".to_owned(),
        "created_at_ms = 1".to_owned(),
        format!("previous_payment_id = '{}'", other.id),
        "token = 'x'".to_owned(),
        "token = NULL".to_owned(),
        "receipt_number = 9".to_owned(),
        "receipt_number = NULL".to_owned(),
        "phone = '91000000'".to_owned(),
        "phone_salt = x'00'".to_owned(),
    ] {
        let sql = format!("UPDATE payment SET {bump}, {set} WHERE id = '{id}'");
        refused(&shop, &sql, "this part of a payment never changes").await;
    }
    refused(&shop, &format!("DELETE FROM payment WHERE id = '{id}'"), "payments are never deleted").await;
    for version in ["version", "version + 2", "version - 1", "1"] {
        let sql = format!("UPDATE payment SET version = {version}, late = 1 WHERE id = '{id}'");
        refused(&shop, &sql, "one version at a time").await;
    }
    let begin = "INSERT INTO payment (id, intent_id, version, state, amount_xof, phone_commitment, operator_key, \
                 cashier, created_at_ms) VALUES";
    for values in
        ["('a', 'b', 1, 'pending', 1, '', '', '', 0)", "('a', 'b', 2, 'recorded', 1, '', '', '', 0)"]
    {
        refused(&shop, &format!("{begin} {values}"), "begins once, as recorded").await;
    }
    let replace = begin.replace("INSERT", "INSERT OR REPLACE");
    for (id, intent) in [(paid.id.as_str(), "new"), ("new", paid.intent_id.as_str())] {
        let sql = format!("{replace} ('{id}', '{intent}', 1, 'recorded', 1, '', '', '', 0)");
        refused(&shop, &sql, "begins once, as recorded").await;
    }
}

#[tokio::test]
async fn a_final_state_never_changes_and_a_state_is_a_known_word() {
    let shop = Shop::open().await;
    let failed = shop.moved(&shop.pending().await, checked(Event::ConfirmNotCompleted)).await;
    let paid = shop.paid().await;
    for (payment, state) in
        [(&failed, "pending"), (&failed, "review"), (&failed, "rejected"), (&paid, "failed")]
    {
        let sql = format!(
            "UPDATE payment SET version = version + 1, state = '{state}' WHERE id = '{}'",
            payment.id
        );
        refused(&shop, &sql, "a final state never changes").await;
    }
    let pending = shop.pending().await;
    for set in [
        "state = 'payed'",
        "settled = 'set_aside'",
        "state = 'paid', next_check_at_ms = NULL",
        "phone = NULL",
    ] {
        let sql = format!("UPDATE payment SET version = version + 1, {set} WHERE id = '{}'", pending.id);
        refused(&shop, &sql, "CHECK constraint failed").await;
    }
    // Neither a pending payment without token nor a question about one that is not pending can be written.
    let submitting = shop.submitting().await;
    for set in ["state = 'pending'", "next_check_at_ms = 5"] {
        let sql = format!("UPDATE payment SET version = version + 1, {set} WHERE id = '{}'", submitting.id);
        refused(&shop, &sql, "CHECK constraint failed").await;
    }
}
