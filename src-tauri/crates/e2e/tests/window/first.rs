//! The first minutes of a fresh till, by keyboard alone.

use crate::{AMOUNT, card, testid};
use e2e::{Keychain, Outcome, Shop, Window};

// As WebDriver writes them.
const BACKSPACE: &str = "\u{e003}";
const TAB: &str = "\u{e004}";
const ESCAPE: &str = "\u{e00c}";
const F1: &str = "\u{e031}";
/// More than there are stops on any screen.
const STOPS_MAX: usize = 80;

async fn focused(window: &Window) -> Outcome<String> {
    let found = window.script("return document.activeElement?.dataset?.testid ?? ''").await?;
    Ok(found.as_str().unwrap_or_default().to_owned())
}

/// Goes by Tab to what is named, and presses Enter there.
async fn go_to(window: &Window, name: &str) -> Outcome {
    window.see(&testid(name)).await?;
    for _ in 0..STOPS_MAX {
        if focused(window).await? == name {
            return window.keys("\n").await;
        }
        window.keys(TAB).await?;
    }
    Err(format!("Tab never came to {name}").into())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fresh_till_takes_digits_at_once_and_leads_to_a_first_sale_by_keyboard() -> Outcome {
    let shop = Shop::new(Keychain::None)?;
    let window = shop.open().await?;
    window.see(&testid("welcome")).await?;
    assert_eq!(focused(&window).await?, "amount-input");
    window.keys("7").await?;
    assert_eq!(window.value(AMOUNT).await?, "7");
    window.keys(BACKSPACE).await?;
    window.picture("welcome").await?;

    for step in ["language", "shop", "printer", "training"] {
        window.see(&format!("{}[data-step='{step}']", testid("welcome"))).await?;
        go_to(&window, "welcome-next").await?;
    }
    let coach = |step: &str| format!("{}[data-step='{step}']", testid("coach"));
    window.see(&coach("amount")).await?;
    assert_eq!(focused(&window).await?, "amount-input");
    window.keys("500\n90000000\n").await?;
    window.see(&coach("phone")).await?;
    window.picture("coach").await?;
    go_to(&window, "sim-approve").await?;
    window.read(&card("paid"), "PAYÉ — VÉRIFIÉ").await?;
    window.see(&coach("paid")).await?;
    go_to(&window, "print-receipt").await?;
    window.see(&testid("receipt-view")).await?;
    window.keys(ESCAPE).await?;
    window.see(&coach("receipt")).await?;
    go_to(&window, "coach-stop").await?;
    window.see_gone(&testid("coach")).await?;

    window.keys(F1).await?;
    window.see(&testid("help")).await?;
    window.picture("help").await?;
    window.close().await?;

    let window = shop.open().await?;
    window.see(&testid("recent-row")).await?;
    assert_eq!(window.count(&testid("welcome")).await?, 0);
    window.close().await
}
