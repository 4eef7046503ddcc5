//! The installed program, in a shop that outlives each test: what an older till leaves, a newer one finds. Each is one
//! moment of `cargo xtask package --check`, which gives the folder and the program; by themselves they mean nothing, so a
//! plain run leaves them out.

use crate::{card, sell, testid};
use e2e::{Keychain, Outcome, Shop, Window};

/// Sells once in training and gives back the receipt number that the card shows.
async fn sell_and_approve(window: &Window) -> Outcome<u32> {
    sell(window, "5000", "90000000").await?;
    window.see(&card("pending")).await?;
    window.press(&testid("sim-approve")).await?;
    window.read(&card("paid"), "PAYÉ — VÉRIFIÉ").await?;
    window.read(&card("paid"), "Reçu n° ").await?;
    let text = window.text(&card("paid")).await?;
    let (_, after) = text.split_once("Reçu n°").ok_or("the card shows no receipt")?;
    let digits: String = after.trim_start().chars().take_while(char::is_ascii_digit).collect();
    Ok(digits.parse()?)
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "a moment of `cargo xtask package --check`"]
async fn a_fresh_installation_sells() -> Outcome {
    let window = Shop::kept(Keychain::None)?.open().await?;
    window.read(&testid("mode-banner"), "MODE ÉCOLE").await?;
    assert_eq!(sell_and_approve(&window).await?, 1);
    window.close().await
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "a moment of `cargo xtask package --check`"]
async fn a_newer_till_finds_what_was_sold_and_goes_on_counting() -> Outcome {
    let window = Shop::kept(Keychain::None)?.open().await?;
    window.press(&testid("nav-history")).await?;
    window.see(&format!("{}[data-state='paid']", testid("history-row"))).await?;
    let sold = window.count(&format!("{}[data-state='paid']", testid("history-row"))).await?;
    window.press(&testid("nav-till")).await?;
    let receipt = sell_and_approve(&window).await?;
    assert_eq!(usize::try_from(receipt)?, sold + 1, "the receipts have no gap");
    window.close().await
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "a moment of `cargo xtask package --check`"]
async fn an_older_till_says_that_the_ledger_is_newer_and_sells_nothing() -> Outcome {
    let window = Shop::kept(Keychain::None)?.open().await?;
    window.read(&testid("fatal"), "version plus récente d’Encaisse").await?;
    assert_eq!(window.count(&testid("amount-input")).await?, 0);
    window.close().await
}
