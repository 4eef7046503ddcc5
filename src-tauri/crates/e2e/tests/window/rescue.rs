//! A ledger that does not open, in the real window: what happened, the newest good copy, and the way back; and the copies
//! from the settings and the command line.

use crate::{card, sell, testid};
use e2e::{Keychain, Outcome, Shop, Window};
use std::path::PathBuf;

async fn paid(window: &Window, amount: &str, phone: &str) -> Outcome {
    sell(window, amount, phone).await?;
    window.see(&card("pending")).await?;
    window.press(&testid("sim-approve")).await?;
    window.see_gone(&card("pending")).await
}

async fn pictures(window: &Window, name: &str) -> Outcome {
    for theme in ["dark", "light"] {
        window.script(&format!("document.documentElement.dataset.theme = '{theme}'")).await?;
        window.picture(&format!("{name}-{theme}")).await?;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_ledger_is_told_restored_and_opened_again() -> Outcome {
    let shop = Shop::new(Keychain::None)?;
    let window = shop.open().await?;
    paid(&window, "5000", "90123456").await?;
    window.press(&testid("nav-settings")).await?;
    window.press(&testid("backup-now")).await?;
    window.see("[data-testid='backup-row'][data-reason='asked']").await?;
    window.script("document.querySelector(\"[data-testid='backup-age']\").scrollIntoView()").await?;
    pictures(&window, "backups").await?;
    window.press(&testid("nav-till")).await?;
    paid(&window, "12500", "92876543").await?;

    // What is newer is named before anything is put back, and Esc changes nothing.
    window.press(&testid("nav-settings")).await?;
    window.press(&testid("restore-button")).await?;
    window.read(&testid("newer-row"), "12 500 F").await?;
    pictures(&window, "backup-restore").await?;
    window.press("[role='dialog'] [data-safe]").await?;
    window.close().await?;

    let ledger = shop.till_folder().join("training.sqlite3");
    let mut bytes = std::fs::read(&ledger)?;
    // The schema stands; every fourth page after it does not.
    for page in bytes.chunks_mut(4_096).skip(3).step_by(4) {
        page.fill(0x5a);
    }
    std::fs::write(&ledger, &bytes)?;

    let window = shop.open().await?;
    window.read(&testid("damaged-ledger"), "Rien n’a été effacé").await?;
    window.see(&testid("restore-button")).await?;
    pictures(&window, "damaged").await?;
    window.press(&testid("restore-button")).await?;
    window.see(&testid("mode-banner")).await?;
    window.press(&testid("nav-history")).await?;
    window.read(&testid("history-row"), "5 000 F").await?;
    assert_eq!(window.count(&testid("history-row")).await?, 1);
    let kept: Vec<PathBuf> = std::fs::read_dir(shop.till_folder())?
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| {
            path.to_string_lossy().contains("replaced-") && path.extension().is_some_and(|e| e == "sqlite3")
        })
        .collect();
    assert_eq!(kept.len(), 1, "{kept:?}");
    assert_eq!(std::fs::read(&kept[0])?, bytes, "the damaged file is kept as it was");
    window.press(&testid("nav-till")).await?;
    paid(&window, "700", "91123456").await?;

    // A copy of an open till is made, and an open till is not restored.
    let copy = shop.till_folder().join("copy.sqlite3");
    let copy = copy.to_string_lossy();
    let (status, said, complaint) = shop.command(&["backup", &copy]).await?;
    assert_eq!((status, said.contains("2 paiements")), (Some(0), true), "{said}{complaint}");
    let (status, _, complaint) = shop.command(&["restore", &copy]).await?;
    assert_eq!((status, complaint.contains("la caisse est ouverte")), (Some(1), true), "{complaint}");
    paid(&window, "900", "93123456").await?;
    window.close().await?;

    let (status, _, complaint) = shop.command(&["restore", &copy]).await?;
    assert_eq!((status, complaint.contains("--yes")), (Some(1), true), "{complaint}");
    let (status, said, complaint) = shop.command(&["restore", &copy, "--yes"]).await?;
    assert_eq!((status, said.contains("l’ancienne base est gardée")), (Some(0), true), "{said}{complaint}");
    let (status, said, complaint) = shop.command(&["verify"]).await?;
    assert_eq!((status, said.contains("intact")), (Some(0), true), "{said}{complaint}");
    assert_eq!(shop.command(&["restore"]).await?.0, Some(2));
    let window = shop.open().await?;
    window.press(&testid("nav-history")).await?;
    window.read(&testid("history-row"), "700 F").await?;
    assert_eq!(window.count(&testid("history-row")).await?, 2);
    window.close().await
}
