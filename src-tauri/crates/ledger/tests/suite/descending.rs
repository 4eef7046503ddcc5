//! Tails that were cut off, with everything that speaks of them: no chain shows it, the ends kept outside do.

use crate::shop::{NOON, Shop, open};
use domain::{DecisionKind as D, Mode};
use ledger::{ChainHead, Heads};
use sqlx::{AssertSqlSafe, Row};

/// The ends of a ledger after each of its commits, oldest first.
async fn grown(shop: &Shop) -> Vec<Heads> {
    let mut seen = vec![shop.ledger.heads().await.unwrap()];
    for round in 0..3 {
        shop.paid().await;
        seen.push(shop.ledger.heads().await.unwrap());
        let accepted = shop.decide(&shop.uncertain().await, D::AcceptedAsPaid).await;
        seen.push(shop.ledger.heads().await.unwrap());
        shop.decide(&accepted, D::RefundRecorded).await;
        shop.pending().await;
        seen.push(shop.ledger.heads().await.unwrap());
        if round % 2 == 1 {
            shop.ledger.seal(round / 2 + 1, "Afi", NOON + 80_000).await.unwrap();
            seen.push(shop.ledger.heads().await.unwrap());
        }
    }
    seen
}

/// Deletes every row after `heads`, with triggers and keys out of the way, so that what is left agrees with itself.
async fn cut(shop: &Shop, heads: &Heads) {
    let mut behind = shop.behind().await;
    let triggers: Vec<String> = sqlx::query_scalar("SELECT name FROM sqlite_schema WHERE type = 'trigger'")
        .fetch_all(&mut behind)
        .await
        .unwrap();
    let mut sql: Vec<String> = triggers.iter().map(|name| format!("DROP TRIGGER {name}")).collect();
    let (entries, lines) = (heads.entries.count, heads.journal.count);
    sql.extend([
        format!("DELETE FROM journal WHERE seq > {lines}"),
        "DELETE FROM payment WHERE id NOT IN (SELECT payment_id FROM journal WHERE payment_id IS NOT NULL)".into(),
        format!("DELETE FROM ledger_entry WHERE seq > {entries}"),
        format!("DELETE FROM closing WHERE last_entry > {entries} OR number > (SELECT COUNT(*) FROM journal WHERE kind = 'closing')"),
        "DELETE FROM decision WHERE seq > (SELECT COUNT(*) FROM journal WHERE kind = 'decision')".into(),
        "DELETE FROM hour_total".into(),
        "INSERT INTO hour_total SELECT business_day, at_ms / 3600000 % 24, kind, COUNT(*), SUM(amount_xof) \
         FROM ledger_entry GROUP BY 1, 2, 3"
            .into(),
        // The next start takes it for a file from before there were seals, and makes them anew.
        "DELETE FROM seal".into(),
    ]);
    for statement in sql {
        sqlx::query(AssertSqlSafe(statement.clone()))
            .execute(&mut behind)
            .await
            .unwrap_or_else(|error| panic!("{statement}: {error}"));
    }
}

#[tokio::test]
async fn a_file_descends_from_every_end_it_ever_had() {
    let shop = Shop::open().await;
    for heads in grown(&shop).await {
        let descent = shop.ledger.descends_from(&heads).await.unwrap();
        assert!(descent.holds, "{heads:?}");
        assert_eq!(descent.found, shop.ledger.heads().await.unwrap());
    }
}

#[tokio::test]
async fn every_cut_tail_is_told_though_the_chains_are_sound() {
    let length = grown(&Shop::open().await).await.len();
    let (mut cuts, mut told, mut sound) = (0, 0, 0usize);
    for left in 0..length - 1 {
        let shop = Shop::open().await;
        let ends = grown(&shop).await;
        cut(&shop, &ends[left]).await;
        let shop = shop.reopen().await;
        let verification = shop.ledger.verify().await.unwrap();
        sound += usize::from(verification.first_bad.is_none());
        assert_eq!(
            (&verification.head, &verification.journal_head),
            (&ends[left].entries, &ends[left].journal)
        );
        for (end, heads) in ends.iter().enumerate() {
            let holds = shop.ledger.descends_from(heads).await.unwrap().holds;
            assert_eq!(holds, end <= left, "cut after {left}, held against {end}");
            cuts += i32::from(end > left);
            told += i32::from(end > left && !holds);
        }
        // Sales go on over the cut: the new rows stand where the old ones did, and are others.
        for _ in 0..10 {
            shop.paid_at(NOON + 3_600_000, 700).await;
        }
        let last = ends.last().unwrap();
        assert!(shop.ledger.heads().await.unwrap().entries.count > last.entries.count);
        assert!(!shop.ledger.descends_from(last).await.unwrap().holds, "cut after {left}, and sold since");
    }
    // Where the cut falls between a decision and the move of its head, the head speaks of what is gone.
    assert!(sound > length / 2, "{sound} of {length} cuts leave chains and heads that agree with themselves");
    println!("FIGURE cut tails | {cuts} cuts, most of them sound by every other check | {told} told");
    assert_eq!(cuts, told);
}

#[tokio::test]
async fn a_journal_cut_alone_and_a_ledger_begun_anew_are_told() {
    let shop = Shop::open().await;
    let sold = shop.paid().await;
    let before = shop.ledger.heads().await.unwrap();
    // A charge that nobody paid: only the journal knows.
    shop.uncertain().await;
    let after = shop.ledger.heads().await.unwrap();
    assert_eq!(before.entries, after.entries);
    cut(&shop, &before).await;
    assert!(!shop.ledger.descends_from(&after).await.unwrap().holds);
    assert!(shop.ledger.descends_from(&before).await.unwrap().holds);
    assert!(shop.ledger.payment(&sold.id).await.unwrap().is_some());

    let other = tempfile::tempdir().unwrap();
    let path = other.path().join("live.db");
    let anew =
        ledger::Ledger::open(&path, Mode::Live, domain::DayRule::default(), [9; 16], NOON).await.unwrap();
    let empty = shop.folder.path().join("empty.db");
    let empty = open(&empty, Mode::Live).await.unwrap().heads().await.unwrap();
    assert_eq!(empty.entries.count, 0);
    // Even the end of an empty chain belongs to one ledger only.
    assert!(!anew.descends_from(&empty).await.unwrap().holds);
    assert!(!anew.descends_from(&after).await.unwrap().holds);
}

#[tokio::test]
async fn a_row_with_the_kept_hash_and_another_content_is_not_the_kept_row() {
    let shop = Shop::open().await;
    shop.paid().await;
    let kept = shop.ledger.heads().await.unwrap();
    let mut behind = shop.behind().await;
    for sql in ["DROP TRIGGER ledger_entry_no_update", "UPDATE ledger_entry SET amount_xof = 50"] {
        sqlx::query(sql).execute(&mut behind).await.unwrap();
    }
    assert!(!shop.ledger.descends_from(&kept).await.unwrap().holds);
    let lies = Heads { journal: ChainHead { count: -1, ..kept.journal.clone() }, ..kept };
    assert!(!shop.ledger.descends_from(&lies).await.unwrap().holds);
}

#[tokio::test]
async fn a_note_that_must_stand_once_stands_once() {
    let shop = Shop::open().await;
    for detail in ["a", "b", "a", "a"] {
        shop.ledger.note_once(NOON, "chain_head_lost", detail).await.unwrap();
    }
    let mut behind = shop.behind().await;
    let count = sqlx::query("SELECT COUNT(*) FROM journal").fetch_one(&mut behind).await.unwrap();
    assert_eq!(count.get::<i64, _>(0), 2);
    shop.assert_whole().await;
}
