//! A fresh till: training, without keys, without a keychain.

use crate::{AMOUNT, PHONE, card, sell, testid};
use e2e::{Keychain, Outcome, Shop};
use std::time::Duration;

#[tokio::test(flavor = "multi_thread")]
async fn a_training_sale_is_paid_without_a_mouse() -> Outcome {
    let shop = Shop::new(Keychain::None)?;
    let window = shop.open().await?;
    window.read(&testid("mode-banner"), "MODE ÉCOLE").await?;
    window.picture("till").await?;
    // The focus is in the amount from the start.
    window.keys("5000\n90000000\n").await?;
    window.see(&card("pending")).await?;
    window.read(&testid("instruction"), "Demande envoyée au 90 00 •• 00 — 5 000 F").await?;
    window
        .read(
            &testid("instruction"),
            "Validez le paiement sur votre téléphone. Vous allez recevoir une demande USSD à approuver avec votre code \
             PIN Mixx by Yas.",
        )
        .await?;
    assert_eq!((window.value(AMOUNT).await?, window.value(PHONE).await?), (String::new(), String::new()));
    window.picture("waiting").await?;
    window.press(&testid("sim-approve")).await?;
    window.read(&card("paid"), "PAYÉ — VÉRIFIÉ").await?;
    window.read(&card("paid"), "Reçu n° 1").await?;
    window.see(&format!("{}[data-state='paid']", testid("recent-row"))).await?;
    window.picture("paid").await?;
    window.press(&testid("nav-history")).await?;
    window.press(&format!("{}[data-state='paid']", testid("history-row"))).await?;
    window.read(".detail", "Vérifié : payé").await?;
    window.picture("history").await?;
    window.press(&testid("nav-settings")).await?;
    window.see(&testid("credentials-status")).await?;
    window.picture("settings").await?;
    window.close().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_till_killed_in_a_wait_goes_on_watching_after_it_is_opened_again() -> Outcome {
    let shop = Shop::new(Keychain::None)?;
    let window = shop.open().await?;
    sell(&window, "2500", "90000000").await?;
    window.see(&card("pending")).await?;
    let id = window.attribute(&card("pending"), "data-payment-id").await?;
    window.kill().await?;

    let window = shop.open().await?;
    window.see(&format!("{}[data-payment-id='{id}']", card("pending"))).await?;
    window.read(&testid("notice"), "de nouveau surveillé").await?;
    window.picture("recovered").await?;
    window.press(&testid("sim-approve")).await?;
    window.see(&format!("{}[data-payment-id='{id}']", card("paid"))).await?;
    window.close().await?;

    let window = shop.open().await?;
    window.see(&format!("{}[data-payment-id='{id}'][data-state='paid']", testid("recent-row"))).await?;
    window.close().await
}

#[tokio::test(flavor = "multi_thread")]
async fn waiting_longer_says_more_and_a_refusal_is_not_paid() -> Outcome {
    let shop = Shop::new(Keychain::None)?;
    let window = shop.open().await?;
    sell(&window, "1000", "90000000").await?;
    window.see(&card("pending")).await?;
    window.read_within(&testid("instruction"), "Toujours en attente", Duration::from_secs(40)).await?;
    window.press(&testid("sim-refuse")).await?;
    window.read(&card("failed"), "Non abouti").await?;
    window.picture("failed").await?;
    window.close().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_request_to_a_waiting_number_is_asked_in_words() -> Outcome {
    let shop = Shop::new(Keychain::None)?;
    let window = shop.open().await?;
    sell(&window, "5000", "90000000").await?;
    window.see(&card("pending")).await?;
    sell(&window, "3000", "90000000").await?;
    window.read("[role='dialog']", "n’a pas encore de réponse").await?;
    window.picture("unresolved").await?;
    window.press(&testid("keep-waiting")).await?;
    window.see_gone("[role='dialog']").await?;
    assert_eq!(window.count(crate::CARD).await?, 1);
    assert_eq!(window.value(AMOUNT).await?.replace('\u{a0}', ""), "3000");
    window.close().await
}

#[tokio::test(flavor = "multi_thread")]
async fn every_screen_passes_the_accessibility_rules_in_both_themes() -> Outcome {
    let axe =
        std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../ui/node_modules/axe-core/axe.min.js");
    let axe = std::fs::read_to_string(axe)?;
    let shop = Shop::new(Keychain::None)?;
    let window = shop.open().await?;
    sell(&window, "5000", "90000000").await?;
    window.see(&card("pending")).await?;
    window.script(&axe).await?;
    // Colours take a moment to become those of the other theme, and a card to arrive; what is between is nobody's choice.
    window
        .script(
            "const at_once = new CSSStyleSheet(); \
             at_once.replaceSync('*, *::before, *::after { animation: none !important; transition: none !important }'); \
             document.adoptedStyleSheets = [at_once];",
        )
        .await?;
    for theme in ["light", "dark"] {
        for (view, there) in [
            ("till", AMOUNT),
            ("history", ".detail"),
            ("day", "[data-testid='day-total']"),
            ("settings", "[data-testid='shop-name-input']"),
            ("help", "[data-testid='help']"),
        ] {
            window.press(&testid(&format!("nav-{view}"))).await?;
            window.see(there).await?;
            window.script(&format!("document.documentElement.dataset.theme = '{theme}'")).await?;
            let found = window
                .script_async(
                    "const done = arguments[arguments.length - 1]; \
                     axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'] }).then((result) => \
                     done(result.violations.map((v) => v.id + ': ' + v.nodes.map((n) => n.html).join(' | '))));",
                )
                .await?;
            assert_eq!(found, serde_json::json!([]), "{view} in {theme}");
            window.picture(&format!("{view}-{theme}")).await?;
        }
    }
    window.resize(760, 600).await?;
    window.press(&testid("nav-till")).await?;
    window.picture("till-small").await?;
    window.resize(1024, 700).await?;
    window.picture("till-1024").await?;
    window.close().await
}
