//! The customer's screen: a window beside the till's that is told what stands on it, and may ask for nothing else.

use crate::{card, sell, testid};
use e2e::{Keychain, Outcome, Shop};
use serde_json::json;
use std::time::{Duration, Instant};
use tokio::process::Command;

/// What the till's own page may do, and this one may not: commands of the till, and every way to hear or to act.
const REFUSED: &[&str] = &[
    "snapshot",
    "charge",
    "history",
    "payment_detail",
    "receipt",
    "save_screen",
    "save_settings",
    "customer_display",
    "plugin:event|listen",
    "plugin:event|unlisten",
    "plugin:event|emit",
    "plugin:event|emit_to",
    "plugin:window|close",
    "plugin:window|set_fullscreen",
    "plugin:webview|create_webview_window",
    "plugin:opener|open_url",
];

const SHOWN: &str = "[data-testid='display']";

fn shown(kind: &str) -> String {
    format!("{SHOWN}[data-shown='{kind}']")
}

#[tokio::test(flavor = "multi_thread")]
async fn the_customer_sees_the_sale_and_its_window_may_ask_for_nothing_else() -> Outcome {
    let shop = Shop::new(Keychain::None)?;
    let window = shop.open().await?;
    window.press(&testid("nav-settings")).await?;
    window.press(&testid("customer-display")).await?;
    window.read(&testid("customer-display"), "Fermer").await?;
    window.press(&testid("nav-till")).await?;
    let (till, customer) = window.two().await?;

    window.look_at(&customer).await?;
    window.read(&shown("idle"), "MODE ÉCOLE").await?;
    window.look_at(&till).await?;
    sell(&window, "5000", "90123456").await?;
    window.see(&card("pending")).await?;

    window.look_at(&customer).await?;
    for words in ["5 000 F", "90 12 •• 56", "Validez le paiement sur votre téléphone", "MODE ÉCOLE"] {
        window.read(&shown("waiting"), words).await?;
    }
    window.picture("customer-waiting").await?;
    let page = window.script("return document.documentElement.outerHTML;").await?.to_string();
    assert!(!page.contains("90 12 34") && !page.contains("90123456"), "the whole number is in the page");

    let mut allowed = Vec::new();
    for command in REFUSED {
        let script = format!(
            "const done = arguments[arguments.length - 1]; window.__TAURI_INTERNALS__.invoke({command}, {{ event: 'till-event', \
             target: {{ kind: 'Any' }}, handler: 1, eventId: 1, payload: {{}}, label: 'main', url: 'https://example.invalid', open: false, \
             id: 'x', paymentId: 'x', request: {{ intent_id: 'x', amount: '5000', phone: '90123456', after_payment_id: null }} }}) \
             .then(() => done('it answered'), (why) => done(/not allowed|not found|denied/i.test(`${{why}}`) ? true : `${{why}}`));",
            command = json!(command)
        );
        let answer = window.script_async(&script).await?;
        if answer != json!(true) {
            allowed.push(format!("{command}: {answer}"));
        }
    }
    assert!(allowed.is_empty(), "not refused:\n  {}", allowed.join("\n  "));
    println!("FIGURE customer's screen | {} commands tried | {} refused", REFUSED.len(), REFUSED.len());

    window.look_at(&till).await?;
    window.press(&testid("sim-approve")).await?;
    window.see(&card("paid")).await?;
    window.look_at(&customer).await?;
    window.read(&shown("paid"), "PAYÉ — VÉRIFIÉ").await?;
    window.picture("customer-paid").await?;
    // And again nothing, without anybody's doing.
    window.read(&shown("idle"), "Paiement Mixx by Yas").await?;

    // Closed and opened again before the window had time to go: the last word counts, also for the next start.
    window.look_at(&till).await?;
    let again = "const done = arguments[arguments.length - 1]; \
         const ask = (open) => window.__TAURI_INTERNALS__.invoke('customer_display', { open }); \
         ask(false).then(() => ask(true)).then((now) => done(now.screen.display), (why) => done(`${why}`));";
    for _ in 0..3 {
        assert_eq!(window.script_async(again).await?, json!(true));
    }
    let (till, customer) = window.two().await?;
    window.look_at(&customer).await?;
    window.read(&shown("idle"), "MODE ÉCOLE").await?;

    // The till's window takes the other one with it, and both come back.
    window.look_at(&till).await?;
    window.close_by_cross().await?;
    let window = shop.open().await?;
    let (_, customer) = window.two().await?;
    window.look_at(&customer).await?;
    window.read(&shown("idle"), "MODE ÉCOLE").await?;
    window.close().await
}

/// How many colours a window of a process shows; 0 where it is not there yet.
async fn colours(shop: &Shop, pid: u32, name: &str) -> Outcome<u32> {
    // The till's two windows lie on each other: this one comes to the front to be looked at.
    let script = "id=$(xdotool search --all --onlyvisible --pid \"$2\" --name \"$1\" | tail -n 1) && test -n \"$id\" && \
                  xdotool windowraise \"$id\" && sleep 0.5 && import -window \"$id\" -format %k info:-";
    let words = ["10", "sh", "-c", script, "sh", name, &pid.to_string()];
    let looked = Command::new("timeout").args(words).env("DISPLAY", shop.display()).output().await?;
    Ok(String::from_utf8_lossy(&looked.stdout).trim().parse().unwrap_or(0))
}

#[tokio::test(flavor = "multi_thread")]
async fn the_customers_screen_is_drawn_also_where_no_driver_looks() -> Outcome {
    let shop = Shop::new(Keychain::None)?;
    let window = shop.open().await?;
    window.press(&testid("nav-settings")).await?;
    window.press(&testid("customer-display")).await?;
    window.read(&testid("customer-display"), "Fermer").await?;
    window.close().await?;

    let mut till = shop.undriven()?;
    let pid = till.id().ok_or("it ended at once")?;
    for name in ["^Encaisse · client$", "^Encaisse$"] {
        let begun = Instant::now();
        // Letters have dozens of shades; an empty window has one.
        while colours(&shop, pid, name).await? < 20 {
            assert!(begun.elapsed() < Duration::from_secs(30), "{name} stays empty");
        }
    }
    Command::new("kill").args(["-s", "TERM", &pid.to_string()]).status().await?;
    tokio::time::timeout(Duration::from_secs(20), till.wait()).await??;
    Ok(())
}
