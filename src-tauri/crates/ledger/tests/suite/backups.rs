//! Copies that can be trusted, and what takes a ledger's place.

use crate::shop::{NOON, Shop, accepted, open, submission};
use domain::{DayRule, DecisionKind, Mode, State};
use ledger::{BackupError, Keep, Ledger, Replacement, Token};
use sqlx::Connection;
use std::path::{Path, PathBuf};

const STAMP: &str = "20261124T120000Z";

fn nothing() -> Keep {
    Box::new(|_, _| None)
}

fn holds(path: &Path, word: &str) -> bool {
    let bytes = std::fs::read(path).unwrap();
    bytes.windows(word.len()).any(|part| part == word.as_bytes())
}

impl Shop {
    fn copy(&self) -> PathBuf {
        self.folder.path().join("copy.sqlite3")
    }

    async fn backed_up(&self) -> PathBuf {
        ledger::write_backup(&self.path(), &self.copy(), nothing()).await.unwrap();
        self.copy()
    }

    /// Names in the folder that are neither the ledger nor the copy.
    fn others(&self) -> Vec<String> {
        let names = std::fs::read_dir(self.folder.path()).unwrap();
        let names = names.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        names.filter(|name| !name.starts_with("live.db") && !name.starts_with("copy.sqlite3")).collect()
    }

    async fn restored(mut self, from: &Path) -> (Self, Option<PathBuf>) {
        let asked = Replacement {
            from,
            ledger: &self.path(),
            mode: Mode::Live,
            day_rule: DayRule::default(),
            at_ms: NOON + 90_000,
            stamp: STAMP,
            told: "Afi · copy.sqlite3",
        };
        let ready = ledger::prepare(&asked).await.unwrap();
        self.ledger.close().await;
        let aside = ledger::place(ready).unwrap();
        self.ledger = open(&self.path(), Mode::Live).await.unwrap();
        (self, aside)
    }
}

#[tokio::test]
async fn a_copy_of_a_ledger_in_use_is_whole_its_owners_alone_and_holds_no_handle() {
    let shop = Shop::open().await;
    let paid = shop.paid().await;
    let waiting = shop.pending().await;
    shop.uncertain().await;
    assert!(
        holds(&shop.path(), "secret-token") || holds(&shop.folder.path().join("live.db-wal"), "secret-token")
    );
    let keep: Keep = Box::new(|id, token| {
        assert_eq!(token.expose(), "secret-token");
        Some(Token::sealed_as(&format!("box of {id}")))
    });
    let found = ledger::write_backup(&shop.path(), &shop.copy(), keep).await.unwrap();
    assert_eq!((found.payments, found.receipts, found.mode), (3, 1, Mode::Live));
    assert_eq!(found, ledger::inspect(&shop.copy()).await.unwrap());
    assert!(ledger::descends(&shop.path(), &found).unwrap());
    assert!(!holds(&shop.copy(), "secret-token"));
    assert_eq!(shop.others(), Vec::<String>::new());
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(std::fs::metadata(shop.copy()).unwrap().permissions().mode() & 0o777, 0o600);
    }

    shop.recorded().await;
    shop.assert_whole().await;
    let copy = open(&shop.copy(), Mode::Live).await.unwrap();
    assert_eq!(copy.verify().await.unwrap().first_bad, None);
    let sealed = copy.token(&waiting.id).await.unwrap().unwrap();
    assert_eq!(sealed.sealed(), Some(format!("box of {}", waiting.id).as_str()));
    assert!(copy.token(&paid.id).await.unwrap().is_none());
    let again = shop.folder.path().join("again.sqlite3");
    copy.close().await;
    ledger::write_backup(&shop.copy(), &again, nothing()).await.unwrap();
    let again = open(&again, Mode::Live).await.unwrap();
    assert!(
        again.token(&waiting.id).await.unwrap().unwrap().sealed().is_some(),
        "what is sealed stays sealed"
    );
}

#[tokio::test]
async fn a_handle_that_nobody_seals_stays_behind_and_the_payment_says_that_it_has_none() {
    let shop = Shop::open().await;
    let waiting = shop.pending().await;
    let keep: Keep = Box::new(|_, token| Some(token.clone()));
    ledger::write_backup(&shop.path(), &shop.copy(), keep).await.unwrap();
    assert!(!holds(&shop.copy(), "secret-token"), "a plain one is not kept, whatever is asked");
    let copy = open(&shop.copy(), Mode::Live).await.unwrap();
    assert!(copy.token(&waiting.id).await.unwrap().is_none());
    let found = copy.payment(&waiting.id).await.unwrap().unwrap();
    assert_eq!((found.state, found.has_token), (State::Pending, false));
}

#[tokio::test]
async fn what_is_there_is_not_replaced_and_what_is_damaged_or_changed_is_not_copied() {
    let shop = Shop::open().await;
    shop.paid().await;
    std::fs::write(shop.copy(), "a picture").unwrap();
    let refused = ledger::write_backup(&shop.path(), &shop.copy(), nothing()).await;
    assert!(matches!(refused, Err(BackupError::Exists { .. })));
    assert_eq!(std::fs::read(shop.copy()).unwrap(), b"a picture");
    std::fs::remove_file(shop.copy()).unwrap();

    let mut behind = shop.behind().await;
    for statement in
        ["DROP TRIGGER payment_fixed", "DROP TRIGGER payment_version", "UPDATE payment SET amount_xof = 1"]
    {
        sqlx::query(statement).execute(&mut behind).await.unwrap();
    }
    let refused = ledger::write_backup(&shop.path(), &shop.copy(), nothing()).await;
    assert!(matches!(refused, Err(BackupError::Changed { .. })), "{refused:?}");
    assert!(!shop.copy().exists() && shop.others().is_empty());

    let missing = shop.folder.path().join("gone/copy.sqlite3");
    let refused = ledger::write_backup(&shop.path(), &missing, nothing()).await;
    assert!(matches!(refused, Err(BackupError::Folder { .. })), "{refused:?}");
}

#[tokio::test]
async fn a_restored_ledger_tells_of_it_verifies_and_the_old_one_is_kept() {
    let shop = Shop::open().await;
    shop.paid().await;
    let recorded = shop.recorded().await;
    let waiting = shop.pending().await;
    let doubtful = shop.uncertain().await;
    let copy = shop.backed_up().await;
    let later = shop.pending_at(NOON + 80_000, 1_200).await;
    let moved = shop.pays_at(&waiting, NOON + 85_000).await;
    let decided = shop.decide(&doubtful, DecisionKind::WrittenOff).await;
    let newer = ledger::beyond(&shop.path(), &copy).unwrap();
    assert!(newer.is_whole && newer.is_readable);
    let named: Vec<_> =
        newer.payments.iter().map(|newer| (newer.id.clone(), newer.in_copy, newer.state)).collect();
    let waited = Some(State::Pending);
    let doubt = (decided.id, Some(State::Uncertain), State::Uncertain);
    assert_eq!(named, [(later.id.clone(), None, State::Pending), doubt, (moved.id, waited, State::Paid)]);

    let (shop, aside) = shop.restored(&copy).await;
    shop.assert_whole().await;
    assert_eq!(shop.value("SELECT COUNT(*) FROM journal WHERE kind = 'restored'").await, 1);
    assert!(shop.ledger.payment(&later.id).await.unwrap().is_none());
    // Its request may have left after the copy was made: never "not sent".
    let found = shop.ledger.payment(&recorded.id).await.unwrap().unwrap();
    assert_eq!(found.state, State::Submitting);
    let old = Ledger::open(&aside.unwrap(), Mode::Live, DayRule::default(), [0; 16], 0).await.unwrap();
    assert_eq!(old.payment(&later.id).await.unwrap().unwrap().state, State::Pending);
    assert_eq!(old.verify().await.unwrap().first_bad, None);
    shop.recorded().await;
    shop.assert_whole().await;
}

#[tokio::test]
async fn a_ledger_of_an_older_version_is_copied_as_it_is_and_brought_to_this_one_when_it_takes_a_place() {
    let shop = Shop::open().await;
    let paid = shop.paid().await;
    shop.pending().await;
    let mut behind = shop.behind().await;
    for statement in [
        "DROP TRIGGER payment_search_begins",
        "DROP TRIGGER payment_search_follows",
        "DROP TABLE payment_search",
        "DROP INDEX payment_state",
        "DROP INDEX payment_operator",
        "DROP INDEX payment_cashier",
        "DROP INDEX payment_created",
        "DROP TABLE seal",
        "DROP INDEX journal_end",
        "DROP INDEX journal_contradiction",
        "DELETE FROM _sqlx_migrations WHERE version >= 20261124000007",
    ] {
        sqlx::query(statement).execute(&mut behind).await.unwrap();
    }
    behind.close().await.unwrap();
    assert!(!ledger::glance(&shop.path()).unwrap().is_current);
    let copied = ledger::write_backup(&shop.path(), &shop.copy(), nothing()).await.unwrap();
    assert_eq!((copied.is_current, copied.payments, copied.receipts), (false, 2, 1));
    assert!(!holds(&shop.copy(), "secret-token"));
    let copy = shop.copy();
    let (shop, _) = shop.restored(&copy).await;
    shop.assert_whole().await;
    assert_eq!(shop.ledger.payment(&paid.id).await.unwrap().unwrap().state, State::Paid);
}

#[tokio::test]
async fn what_is_no_good_copy_takes_no_place() {
    let shop = Shop::open().await;
    shop.paid().await;
    let copy = shop.backed_up().await;
    let whole = std::fs::read(&copy).unwrap();
    let other = shop.folder.path().join("training.db");
    open(&other, Mode::Training).await.unwrap().close().await;
    let before = shop.everything().await;
    let mut bit = whole.clone();
    let middle = bit.len() / 4_096 / 2 * 4_096;
    bit[middle..middle + 4_096].fill(0xa5);
    for (what, bytes) in [
        ("nothing", Vec::new()),
        ("a text", b"Not a ledger".repeat(100)),
        ("half of one", whole[..whole.len() / 2].to_vec()),
        ("another header", [&[0; 100], &whole[100..]].concat()),
        ("a changed page", bit),
        ("the other counter's", std::fs::read(other).unwrap()),
    ] {
        std::fs::write(&copy, bytes).unwrap();
        let asked = Replacement {
            from: &copy,
            ledger: &shop.path(),
            mode: Mode::Live,
            day_rule: DayRule::default(),
            at_ms: NOON,
            stamp: STAMP,
            told: "",
        };
        assert!(ledger::prepare(&asked).await.is_err(), "{what}");
        assert!(shop.others().iter().all(|name| name.starts_with("training")), "{what}: {:?}", shop.others());
    }
    assert_eq!(shop.everything().await, before);
}

#[tokio::test]
async fn of_a_damaged_ledger_what_can_be_read_is_told() {
    let shop = Shop::open().await;
    for _ in 0..300 {
        shop.recorded().await;
    }
    let copy = shop.backed_up().await;
    let mut newer = Vec::new();
    for _ in 0..20 {
        let recorded = shop.recorded().await;
        let begun = shop.moved(&recorded, submission()).await;
        newer.push(shop.moved(&begun, accepted("secret-token", NOON)).await.id);
    }
    newer.reverse();
    shop.ledger.close().await;
    let whole = std::fs::read(shop.path()).unwrap();

    // Without its header a file is nothing that SQLite could look into.
    std::fs::write(shop.path(), [&[0; 100], &whole[100..]].concat()).unwrap();
    let found = ledger::salvage(&shop.path(), &copy, shop.folder.path());
    assert!(!found.is_readable && !found.is_whole && found.payments.is_empty());

    std::fs::write(shop.path(), &whole[..whole.len() - 4_096]).unwrap();
    assert!(open(&shop.path(), Mode::Live).await.is_err(), "a page short");
    let found = ledger::salvage(&shop.path(), &copy, shop.folder.path());
    assert!(found.is_readable, "{found:?}");
    let named: Vec<_> = found.payments.iter().map(|newer| newer.id.clone()).collect();
    assert!(!found.is_whole || named == newer, "{named:?}");
    assert!(named.iter().all(|id| newer.contains(id)));
    assert_eq!(std::fs::read(shop.path()).unwrap().len(), whole.len() - 4_096, "the evidence is as it was");
    assert!(shop.others().is_empty(), "{:?}", shop.others());
}
