//! What an open window takes: from a letter of a search to its rows, and what thousands of sales leave in memory. Through
//! WebKit's driver, with the page's own clock.

use crate::screen::Screen;
use crate::{Outcome, met, part, start};
use e2e::{Keychain, Shop, Window};
use std::path::Path;
use std::time::Duration;

/// Sells and plays the customer from within the page, as many at once as it is told.
const SELL: &str = r#"
const tell = window.__TAURI_INTERNALS__.invoke;
window.__sold = { done: false, failed: 0 };
const sold = window.__sold;
const pause = (ms) => new Promise((done) => setTimeout(done, ms));
let serial = SERIAL;
const sale = async () => {
  const phone = '90' + String(100000 + serial++).slice(-6);
  const request = { intent_id: crypto.randomUUID(), amount: '500', phone, after_payment_id: null };
  const { payment } = await tell('charge', { request });
  for (let at = 0; at < 200; at++) {
    try { await tell('answer_prompt', { paymentId: payment.id, answer: 'approve' }); break; } catch { await pause(50); }
  }
  for (;;) {
    const now = (await tell('payment_detail', { paymentId: payment.id })).payment;
    if (now.state === 'paid') break;
    await pause(400);
  }
  for (const close of document.querySelectorAll("[data-testid='close-card']")) close.click();
};
(async () => {
  let left = SALES;
  const worker = async () => { while (left-- > 0) await sale().catch((error) => { sold.failed++; sold.error = String(error.message ?? JSON.stringify(error)); }); };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  sold.done = true;
})();
"#;

/// From a letter to the frame that has its rows.
const SEARCH: &str = r#"
const done = arguments[arguments.length - 1];
const list = document.querySelector('.history .list') ?? document.body;
const field = document.querySelector("[data-testid='history-search']");
const letter = (text) => new Promise((found) => {
  const begun = performance.now();
  let last = begun;
  const seen = new MutationObserver(() => (last = performance.now()));
  seen.observe(list, { subtree: true, childList: true, characterData: true, attributes: true });
  field.value = text;
  field.dispatchEvent(new Event('input', { bubbles: true }));
  setTimeout(() => { seen.disconnect(); found(last - begun); }, 250);
});
(async () => {
  const times = [];
  let rows = 0;
  for (const word of ['901234', '5000', '12', '709', '1234567', '33']) {
    for (let at = 1; at <= word.length; at++) {
      times.push(await letter(word.slice(0, at)));
      rows = Math.max(rows, document.querySelectorAll("[data-testid='history-row']").length);
    }
  }
  done(JSON.stringify({ times, rows }));
})();
"#;

/// Sales before the first weighing, and how often it is weighed after.
const WARM: usize = 300;
const PARTS: usize = 10;

/// What the whole tree weighs once it has had time to tidy up, in MiB.
async fn idle_weight(window: &Window) -> Outcome<f64> {
    tokio::time::sleep(Duration::from_secs(10)).await;
    Ok(start::pss_of_tree(window.till_pid())? as f64 / 1_024.0)
}

async fn sell(window: &Window, serial: usize, sales: usize, at_once: usize) -> Outcome {
    let script = SELL.replace("SERIAL", &serial.to_string()).replace("SALES", &sales.to_string());
    window.script(&script.replace("AT_ONCE", &at_once.to_string())).await?;
    for _ in 0..1_200 {
        tokio::time::sleep(Duration::from_millis(500)).await;
        let told = window.script("return window.__sold;").await?;
        if told["done"] == true {
            if told["failed"] != 0 {
                println!("# {} sales failed: {}", told["failed"], told["error"]);
            }
            return Ok(());
        }
    }
    Err("the sales did not end in ten minutes".into())
}

pub async fn run(screen: &Screen, data: Option<&Path>, sales: usize) -> Outcome {
    let shop = Shop::new(Keychain::None)?
        .with_variable("DISPLAY", screen.display.clone())
        // A till that is driven leaves the drawing to OpenGL; this one is to draw as the shop's does. No pictures are taken.
        .with_variable("WEBKIT_DISABLE_DMABUF_RENDERER", "1".to_owned());
    if let Some(data) = data {
        for name in ["training.sqlite3", "settings.sqlite3"] {
            let to = shop.till_folder().join(name);
            // A second link would have a log of its own beside it, and damage the one file that both are.
            std::fs::copy(data.join(name), &to)?;
        }
    }
    let window = shop.open().await?;
    window.see("#amount").await?;

    window.press("[data-testid='nav-history']").await?;
    window.see("[data-testid='history-row']").await?;
    let told = window.script_async(SEARCH).await?;
    let told: serde_json::Value = serde_json::from_str(told.as_str().unwrap_or("{}"))?;
    let times: Vec<f64> =
        told["times"].as_array().into_iter().flatten().filter_map(|ms| ms.as_f64()).collect();
    let slow = part(&times, 95);
    println!(
        "letter of a search to its rows, p95 ms|{slow:.1}|p50 {:.1}, max {:.1}, {} letters, at most {} rows in the page||≤ 50 ms|{}",
        part(&times, 50),
        part(&times, 100),
        times.len(),
        told["rows"],
        met(slow <= 50.0)
    );
    window.press("[data-testid='nav-till']").await?;

    // The first ones fill what is kept for the next.
    sell(&window, 100, WARM, 50).await?;
    let mut weights = vec![idle_weight(&window).await?];
    for part in 0..PARTS {
        sell(&window, 1_000 + part * sales, sales / PARTS, 50).await?;
        weights.push(idle_weight(&window).await?);
    }
    let grown = weights[PARTS] - weights[0];
    let for_ten_thousand = grown * 10_000.0 / sales as f64;
    let weights: Vec<_> = weights.iter().map(|weight| format!("{weight:.0}")).collect();
    println!(
        "memory over 10,000 payments, MiB|{for_ten_thousand:.0}|{} at each tenth of {sales}||≤ 20 MiB|{}",
        weights.join(", "),
        met(for_ten_thousand <= 20.0)
    );
    window.close().await
}
