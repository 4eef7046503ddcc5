//! Keys of any length through the whole till, over a keychain that holds no more than the Windows one.

use crate::shop::{Keychain, Shop, WINDOWS_MAX_BYTES};
use std::path::Path;
use std::sync::atomic::Ordering;
use till::domain::Mode;
use till::{Field, KeysProblem, KeysStatus, Secrets, SecretsError, Settings, TillError};

/// Two UTF-16 limits of Windows with their neighbours, the shortest, and the longest that is taken.
const SIZES: [usize; 6] = [1, 1_280, 1_281, 2_560, 2_561, 65_536];
const SEALING_KEY_BYTES: usize = 32;

/// A token of so many bytes that no two positions of repeat soon.
fn token(bytes: usize, seed: u32) -> String {
    const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-_";
    let mut state = seed;
    let letters = std::iter::repeat_with(|| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        char::from(LETTERS[usize::try_from(state >> 16).unwrap() % LETTERS.len()])
    });
    letters.take(bytes).collect()
}

fn holds(folder: &Path, part: &str) -> bool {
    std::fs::read_dir(folder).unwrap().any(|file| {
        let path = file.unwrap().path();
        if path.is_dir() {
            return holds(&path, part);
        }
        let bytes = std::fs::read(path).unwrap();
        bytes.windows(part.len()).any(|window| window == part.as_bytes())
    })
}

async fn status(shop: &Shop) -> KeysStatus {
    let open = shop.open().await;
    let keys = open.till.snapshot().await.unwrap().keys;
    open.till.close().await;
    keys
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_of_every_size_are_saved_replaced_forgotten_and_read_at_the_next_start() {
    let shop = Shop::new().await;
    let folder = shop.folder.path().join("till");
    // Live once, so that a start asks for the keys.
    let open = shop.live().await;
    let mut largest = 0;
    open.till.close().await;
    drop(open);
    for (seed, size) in (1u32..).zip(SIZES) {
        let (api_key, api_token) = (token(24, seed * 7), token(size, seed * 13));
        let open = shop.open().await;
        open.till.save_keys(&api_key, &api_token, false, true).await.unwrap();
        assert_eq!(open.till.snapshot().await.unwrap().keys, KeysStatus::Stored);
        let (first_name, sealing_key) = shop.keychain.entry("sealing-key-").expect("the old one is retired");
        assert_eq!(sealing_key.len(), SEALING_KEY_BYTES, "{size}");
        assert!(first_name.len() <= 64, "{first_name}");
        open.till.close().await;
        drop(open);

        let open = shop.open().await;
        assert_eq!(open.till.snapshot().await.unwrap().keys, KeysStatus::Stored, "{size}");
        // The same pair again stays the same set: what was read back is what was typed.
        let before = std::fs::read_to_string(folder.join("credentials.sealed")).unwrap();
        open.till.save_keys(&api_key, &api_token, false, false).await.unwrap();
        let after = std::fs::read_to_string(folder.join("credentials.sealed")).unwrap();
        let set = |sealed: &str| sealed.lines().find(|line| line.contains("set_id")).map(str::to_owned);
        assert_eq!(set(&before), set(&after), "{size}");
        assert_ne!(before, after, "sealed anew, under a new sealing key");
        assert_ne!(shop.keychain.entry("sealing-key-").unwrap().0, first_name);
        open.till.close().await;
        drop(open);

        assert!(!holds(&folder, &api_key), "{size}");
        // A token of one letter is in every file.
        assert!(size < 8 || !holds(&folder, &api_token[..size.min(48)]), "{size}");
        let sizes: Vec<usize> = shop.keychain.kept.lock().unwrap().values().map(Vec::len).collect();
        assert!(sizes.iter().all(|bytes| *bytes <= WINDOWS_MAX_BYTES));
        largest = largest.max(sizes.into_iter().max().unwrap());

        let open = shop.open().await;
        open.till.forget_keys().await.unwrap();
        assert!(shop.keychain.entry("sealing-key-").is_none() && !folder.join("credentials.sealed").exists());
        open.till.close().await;
        drop(open);
        assert_eq!(status(&shop).await, KeysStatus::Problem(KeysProblem::Missing), "{size}");
    }
    assert!(largest <= 256, "the end of the chain takes {largest} bytes");
    println!(
        "FIGURE sealed envelope | {} sizes, keychain of {WINDOWS_MAX_BYTES} bytes | all read back, entry of {SEALING_KEY_BYTES} bytes",
        SIZES.len()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_keychain_with_the_windows_limit_would_not_take_the_keys_themselves() {
    let keychain = Keychain::default();
    assert!(keychain.set("x", &[0; WINDOWS_MAX_BYTES]).is_ok());
    assert!(matches!(keychain.set("x", &[0; WINDOWS_MAX_BYTES + 1]), Err(SecretsError::Unavailable(_))));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_longer_than_any_key_is_refused_before_anything_is_touched() {
    let shop = Shop::new().await;
    let open = shop.open().await;
    let refused = open.till.save_keys("k", &"t".repeat(65_537), false, false).await;
    assert!(matches!(refused, Err(TillError::KeyTooLong(Field::ApiToken))));
    assert_eq!(shop.keychain.asked.load(Ordering::Relaxed), 0);
    open.till.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_keychain_nothing_is_written_and_the_session_alone_is_offered() {
    let shop = Shop::new().await;
    let folder = shop.folder.path().join("till");
    let (api_key, api_token) = (token(24, 3), token(900, 5));
    for forgets in [false, true] {
        *shop.keychain.gone.lock().unwrap() = !forgets;
        *shop.keychain.forgets.lock().unwrap() = forgets;
        let open = shop.open().await;
        let settings = Settings { shop_name: "Chez Afi".into(), ..Settings::default() };
        open.till.save_settings(settings).await.unwrap();
        let refused = open.till.save_keys(&api_key, &api_token, false, false).await;
        assert!(matches!(refused, Err(TillError::Keys(KeysProblem::KeychainUnavailable(_)))), "{refused:?}");
        let files = std::fs::read_dir(&folder).unwrap().map(|file| file.unwrap().file_name());
        assert!(files.into_iter().all(|name| !name.to_string_lossy().starts_with("credentials")));
        open.till.save_keys(&api_key, &api_token, true, false).await.unwrap();
        assert_eq!(open.till.snapshot().await.unwrap().keys, KeysStatus::SessionOnly);
        open.till.set_mode(Mode::Live).await.unwrap();
        open.till.close().await;
        drop(open);
        assert!(!holds(&folder, &api_key) && !holds(&folder, &api_token[..48]));
        let open = shop.open().await;
        assert_eq!(open.till.snapshot().await.unwrap().keys, KeysStatus::Problem(KeysProblem::Missing));
        open.till.set_mode(Mode::Training).await.unwrap();
        open.till.close().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_that_cannot_be_sealed_leave_the_old_ones_in_use_and_on_disk() {
    let shop = Shop::new().await;
    let open = shop.live().await;
    let sealed = std::fs::read(shop.folder.path().join("till/credentials.sealed")).unwrap();
    let kept = shop.keychain.entry("sealing-key-");
    *shop.keychain.forgets.lock().unwrap() = true;
    assert!(open.till.save_keys("other", "other", false, true).await.is_err());
    *shop.keychain.forgets.lock().unwrap() = false;
    assert_eq!(open.till.snapshot().await.unwrap().keys, KeysStatus::Stored);
    open.till.close().await;
    drop(open);
    assert_eq!(std::fs::read(shop.folder.path().join("till/credentials.sealed")).unwrap(), sealed);
    assert_eq!(shop.keychain.entry("sealing-key-"), kept);
    assert_eq!(status(&shop).await, KeysStatus::Stored);
}
