//! The settings' file.

use crate::shop::NOON;
use ledger::SettingsStore;
use sqlx::ConnectOptions;
use sqlx::sqlite::SqliteConnectOptions;

#[tokio::test]
async fn settings_are_kept_and_every_change_is_remembered() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("settings.db");
    let store = SettingsStore::open(&path).await.unwrap();
    assert!(store.all().await.unwrap().is_empty());
    store.set(&[("shop_name", "Chez Afi".to_owned()), ("cut_off_hour", "4".to_owned())], NOON).await.unwrap();
    store
        .set(&[("shop_name", "Chez Ama".to_owned()), ("cut_off_hour", "4".to_owned())], NOON + 1)
        .await
        .unwrap();
    store.close().await;

    let store = SettingsStore::open(&path).await.unwrap();
    let all: Vec<_> = store.all().await.unwrap().into_iter().collect();
    let pair = |key: &str, value: &str| (key.to_owned(), value.to_owned());
    assert_eq!(all, [pair("cut_off_hour", "4"), pair("shop_name", "Chez Ama")]);

    let mut behind = SqliteConnectOptions::new().filename(&path).connect().await.unwrap();
    let history: Vec<(String, String, i64)> =
        sqlx::query_as("SELECT key, value, at_ms FROM setting_change ORDER BY seq")
            .fetch_all(&mut behind)
            .await
            .unwrap();
    let change = |key: &str, value: &str, at| (key.to_owned(), value.to_owned(), at);
    assert_eq!(
        history,
        [
            change("shop_name", "Chez Afi", NOON),
            change("cut_off_hour", "4", NOON),
            change("shop_name", "Chez Ama", NOON + 1),
        ]
    );
    for sql in [
        "UPDATE setting_change SET value = 'x'",
        "DELETE FROM setting_change",
        "INSERT OR REPLACE INTO setting_change SELECT * FROM setting_change LIMIT 1",
    ] {
        let refused = sqlx::query(sql).execute(&mut behind).await.unwrap_err();
        assert!(refused.to_string().contains("only grows"), "{refused}");
    }
}

#[tokio::test]
async fn several_settings_are_set_together_or_not_at_all() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("settings.db");
    let store = SettingsStore::open(&path).await.unwrap();
    let mut behind = SqliteConnectOptions::new().filename(&path).connect().await.unwrap();
    sqlx::query(
        "CREATE TRIGGER planted BEFORE INSERT ON setting WHEN NEW.key = 'b' \
         BEGIN SELECT RAISE(ABORT, 'planted'); END",
    )
    .execute(&mut behind)
    .await
    .unwrap();
    assert!(store.set(&[("a", "1".to_owned()), ("b", "2".to_owned())], NOON).await.is_err());
    assert!(store.all().await.unwrap().is_empty());
    sqlx::query("DROP TRIGGER planted").execute(&mut behind).await.unwrap();
    store.set(&[("a", "1".to_owned()), ("b", "2".to_owned())], NOON).await.unwrap();
    assert_eq!(store.all().await.unwrap().len(), 2);
}
