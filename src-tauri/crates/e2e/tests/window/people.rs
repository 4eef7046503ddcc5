//! People in the real window: an owner with a PIN, a cashier who signs in and sells by keyboard alone, and what is refused to
//! the cashier even where no button is.

use crate::{card, sell, testid};
use e2e::{Keychain, Outcome, Shop, Window};

/// Asks a command behind every button, as a page that was tampered with would.
async fn asked(window: &Window, command: &str, arguments: &str) -> Outcome<String> {
    let answer = window
        .script_async(&format!(
            "const done = arguments[arguments.length - 1]; window.__TAURI_INTERNALS__.invoke('{command}', {arguments})\
             .then(() => done('allowed'), (refused) => done(refused.code ?? String(refused)));"
        ))
        .await?;
    Ok(answer.as_str().unwrap_or_default().to_owned())
}

async fn add(window: &Window, button: &str, name: &str, pin: &str) -> Outcome {
    window.press(&testid(button)).await?;
    window.fill(&testid("person-name"), name).await?;
    window.fill(&testid("person-pin"), pin).await?;
    window.fill(&testid("person-pin-again"), pin).await?;
    window.press(&testid("person-save")).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cashier_signs_in_and_sells_by_keyboard_and_cannot_close_the_day() -> Outcome {
    let shop = Shop::new(Keychain::None)?;
    let window = shop.open().await?;
    window.press(&testid("nav-settings")).await?;
    add(&window, "set-owner", "Afi", "904117").await?;
    window.see(&testid("recovery-code")).await?;
    window.picture("people-recovery").await?;
    window.press(&testid("recovery-seen")).await?;
    add(&window, "add-person", "Kossi", "2580").await?;
    window.see_gone("[role='dialog']").await?;
    window.press(&testid("person-switch")).await?;
    window.see(&testid("lock-screen")).await?;
    window.picture("locked").await?;
    assert_eq!(asked(&window, "day", "{ day: null }").await?, "locked");

    // The first name has the focus; the next one is a Tab away.
    window.see_focus(&testid("lock-person")).await?;
    window.keys("\u{e004}\n").await?;
    window.see_focus(&testid("pin-input")).await?;
    window.keys("2580\n").await?;
    window.see(&testid("person-switch")).await?;
    window.press(&testid("nav-till")).await?;
    sell(&window, "5000", "90123456").await?;
    window.see(&card("pending")).await?;
    window.press(&testid("sim-approve")).await?;
    window.see(&card("paid")).await?;
    window.picture("as-cashier").await?;
    assert_eq!(window.count(&testid("nav-day")).await?, 0);
    assert_eq!(asked(&window, "close_day", "{ number: 1, who: 'Afi' }").await?, "not_allowed");
    assert_eq!(asked(&window, "staff", "{}").await?, "not_allowed");

    // Beside it, the command line asks as well, and is told nothing here.
    let (status, _, problem) = shop.command(&["export", "--day", "2026-11-24", "--format", "csv"]).await?;
    assert_eq!((status, problem.contains("donnez nom et code")), (Some(1), true), "{problem}");
    let (status, ..) = shop.command(&["verify"]).await?;
    assert_eq!(status, Some(0));
    // At a terminal it asks, and shows the name and not the PIN.
    let words = "export --from 2026-01-01 --to 2099-12-31 --format csv";
    let terminal = shop.at_a_terminal(words, &[("Nom", "Afi"), ("Code", "904117")]).await?;
    assert!(terminal.contains("Afi") && terminal.contains(".csv"), "{terminal}");
    assert!(!terminal.contains("904117"), "{terminal}");
    window.close().await?;

    let window = shop.open().await?;
    window.see(&testid("lock-screen")).await?;
    window.close().await
}
