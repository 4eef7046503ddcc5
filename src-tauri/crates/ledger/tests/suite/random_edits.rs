//! Seeded edits of any cell of any table of a ledger, as by somebody who does not know what holds what; and older copies
//! of the whole file, which only the printed heads tell from the newest.

use crate::shop::{NOON, Shop};
use crate::tampering::{busy_shop, execute, unguarded};
use sqlx::sqlite::SqliteConnection;
use sqlx::{AssertSqlSafe, Connection, Row};
use std::collections::BTreeSet;

const EDITS: u32 = 600;
const TABLES: [&str; 7] = ["payment", "journal", "ledger_entry", "decision", "closing", "hour_total", "seal"];

/// SplitMix64, so that an edit that is not found comes again.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((z ^ (z >> 31)) % end as u64).unwrap()
    }
}

/// One table as SQL literals.
struct Table {
    name: &'static str,
    columns: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Table {
    async fn read(behind: &mut SqliteConnection, name: &'static str) -> Self {
        let columns: Vec<String> = sqlx::query_scalar("SELECT name FROM pragma_table_info(?)")
            .bind(name)
            .fetch_all(&mut *behind)
            .await
            .unwrap();
        let quoted: Vec<String> = columns.iter().map(|column| format!("quote({column})")).collect();
        let sql = format!("SELECT {} FROM {name}", quoted.join(", "));
        let found = sqlx::query(AssertSqlSafe(sql)).fetch_all(behind).await.unwrap();
        let rows = found.iter().map(|row| (0..columns.len()).map(|at| row.get(at)).collect()).collect();
        Self { name, columns, rows }
    }

    fn set(&self, row: &[String], at: usize, from: &str, to: &str) -> String {
        let mut conditions: Vec<String> =
            self.columns.iter().zip(row).map(|(column, value)| format!("{column} IS {value}")).collect();
        conditions[at] = format!("{} IS {from}", self.columns[at]);
        format!("UPDATE {} SET {} = {to} WHERE {}", self.name, self.columns[at], conditions.join(" AND "))
    }

    /// Another value for a cell: of another row, a little beside, or none.
    fn other(&self, row: usize, at: usize, dice: &mut Dice) -> String {
        let sound = &self.rows[row][at];
        let text = sound.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\''));
        match (dice.below(4), text) {
            (0, _) => self.rows[dice.below(self.rows.len())][at].clone(),
            (1, _) => "NULL".to_owned(),
            (_, Some(text)) if !text.is_empty() => {
                let mut letters: Vec<char> = text.chars().collect();
                let which = dice.below(letters.len());
                if letters[which] != '\'' {
                    letters[which] = char::from(b"0123456789abcdefx -"[dice.below(19)]);
                }
                format!("'{}'", letters.into_iter().collect::<String>())
            }
            (2, None) => format!("{sound} + {}", 1 + dice.below(1_000)),
            (_, None) => dice.below(100).to_string(),
            (_, Some(_)) => "'x'".to_owned(),
        }
    }
}

#[tokio::test]
async fn any_edit_of_any_cell_is_found() {
    let shop = busy_shop().await;
    shop.ledger.seal(1, "Afi", NOON).await.unwrap();
    shop.pending().await;
    shop.paid().await;
    shop.ledger.seal(2, "Afi", NOON + 1).await.unwrap();
    shop.assert_whole().await;
    let mut behind = unguarded(&shop).await;
    let mut tables = Vec::new();
    for name in TABLES {
        tables.push(Table::read(&mut behind, name).await);
    }
    let mut dice = Dice(4);
    let (mut edits, mut columns) = (0, BTreeSet::new());
    while edits < EDITS {
        let table = &tables[dice.below(tables.len())];
        let (row, at) = (dice.below(table.rows.len()), dice.below(table.columns.len()));
        let sound = &table.rows[row];
        let column = &table.columns[at];
        // The decision's own number is nobody's reference, and says nothing that its order does not.
        if (table.name, column.as_str()) == ("decision", "seq") {
            continue;
        }
        let other = table.other(row, at, &mut dice);
        let edit = table.set(sound, at, &sound[at], &other);
        // What the table's own types or another row's key refuse is no edit.
        let done = sqlx::raw_sql(AssertSqlSafe(edit.clone())).execute(&mut behind).await;
        let after = Table::read(&mut behind, table.name).await;
        let Some(changed) = after.rows.iter().find(|row| !table.rows.contains(*row)) else { continue };
        assert!(done.is_ok());
        let found = shop.ledger.verify().await;
        assert!(
            !matches!(&found, Ok(verification) if verification.first_bad.is_none()),
            "edit {edits} was not found: {edit}"
        );
        execute(&mut behind, &table.set(sound, at, &changed[at], &sound[at])).await;
        columns.insert((table.name, column.clone()));
        edits += 1;
    }
    shop.assert_whole().await;
    let all: usize = tables.iter().map(|table| table.columns.len()).sum();
    println!(
        "FIGURE tampering, seeded edits | {edits} edits of {} of {all} columns | {edits} found",
        columns.len()
    );
}

#[tokio::test]
async fn an_older_copy_of_the_file_verifies_and_is_told_by_its_head() {
    let shop = Shop::open().await;
    let folder = tempfile::tempdir().unwrap();
    let mut heads = Vec::new();
    let mut shop = shop;
    for nth in 0..8 {
        shop.paid().await;
        heads.push(shop.ledger.head().await.unwrap());
        shop.ledger.close().await;
        std::fs::copy(shop.path(), folder.path().join(nth.to_string())).unwrap();
        shop = shop.reopen().await;
    }
    let newest = heads.pop().unwrap();
    for (nth, head) in heads.iter().enumerate() {
        let older =
            crate::shop::open(&folder.path().join(nth.to_string()), domain::Mode::Live).await.unwrap();
        assert_eq!(older.verify().await.unwrap().first_bad, None, "a bare chain does not show a cut tail");
        assert_eq!(older.head().await.unwrap(), *head);
        assert!(head.count < newest.count && head.hash != newest.hash);
        older.close().await;
    }
    println!(
        "FIGURE tampering, tails cut | {} older files | {} told by their printed head",
        heads.len(),
        heads.len()
    );
}

#[tokio::test]
async fn a_file_from_before_there_were_seals_gets_them_when_it_is_opened() {
    let shop = busy_shop().await;
    let mut behind = shop.behind().await;
    execute(&mut behind, "DELETE FROM seal").await;
    assert_eq!(shop.ledger.verify().await.unwrap().first_bad.unwrap().problem, "it is not as it was sealed");
    let shop = shop.reopen().await;
    shop.assert_whole().await;
    // Some are not none: these were taken away.
    execute(&mut behind, "DELETE FROM seal WHERE of = 'payment 2'").await;
    let shop = shop.reopen().await;
    assert_eq!(shop.ledger.verify().await.unwrap().first_bad.unwrap().problem, "it is not as it was sealed");
}

/// What a fuzzed file did: the last row of a table under a number that was passed long ago.
#[tokio::test]
async fn rows_out_of_order_end_a_verification() {
    for table in ["journal", "ledger_entry", "payment"] {
        let shop = Shop::open().await;
        for _ in 0..3 {
            shop.paid().await;
        }
        let mut behind = shop.behind().await;
        let root: i64 = sqlx::query_scalar("SELECT rootpage FROM sqlite_schema WHERE name = ?")
            .bind(table)
            .fetch_one(&mut behind)
            .await
            .unwrap();
        behind.close().await.unwrap();
        shop.ledger.close().await;
        let mut file = std::fs::read(shop.path()).unwrap();
        let page = &mut file[usize::try_from(root - 1).unwrap() * 4_096..][..4_096];
        assert_eq!(page[0], 0x0d, "{table} is one leaf");
        let cells = usize::from(u16::from_be_bytes([page[3], page[4]]));
        let last = 8 + 2 * (cells - 1);
        let mut at = usize::from(u16::from_be_bytes([page[last], page[last + 1]]));
        while page[at] >= 0x80 {
            at += 1;
        }
        assert_eq!(usize::from(page[at + 1]), cells, "{table}: the last row's number");
        page[at + 1] = 1;
        std::fs::write(shop.path(), &file).unwrap();
        let opened = domain::DayRule::default();
        // As the command line opens it: without a check first.
        let ledger = ledger::Ledger::open_to_read(&shop.path(), domain::Mode::Live, opened).await.unwrap();
        let verifying = tokio::time::timeout(std::time::Duration::from_secs(20), ledger.verify()).await;
        let found = verifying.expect("it comes to an end");
        assert!(!matches!(found, Ok(found) if found.first_bad.is_none()), "{table}");
    }
}
