//! Wrong PINs are counted on disk, whoever counts.

use crate::shop::NOON;
use domain::Role;
use ledger::{NewPerson, SettingsStore};

#[tokio::test(flavor = "multi_thread")]
async fn of_many_attempts_at_once_from_many_programs_each_is_counted() {
    const PROGRAMS: u32 = 12;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("settings.db");
    let store = SettingsStore::open(&path).await.unwrap();
    let hash = "$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$aGFzaA";
    let afi =
        NewPerson { id: "afi", name: "Afi", role: Role::Owner, pin_hash: hash, recovery_hash: Some(hash) };
    store.add_person(afi, NOON).await.unwrap();
    let mut programs = tokio::task::JoinSet::new();
    for _ in 0..PROGRAMS {
        // A connection of its own each: what another program has.
        let store = SettingsStore::open(&path).await.unwrap();
        programs.spawn(async move {
            let counted = store.count_attempt("afi").await.unwrap();
            store.close().await;
            counted
        });
    }
    let mut counted = programs.join_all().await;
    counted.sort_unstable();
    assert_eq!(counted, (1..=PROGRAMS).collect::<Vec<_>>());
    assert_eq!(store.people().await.unwrap()[0].failed, PROGRAMS);
    store.forget_attempts("afi").await.unwrap();
    assert_eq!(store.count_attempt("afi").await.unwrap(), 1);
}
