//! What an open window takes: from the commit of an answer to the frame that shows it, from a letter of a search to its rows,
//! and what a thousand sales leave in memory. Through WebKit's driver, with the page's own clock.

use crate::screen::Screen;
use crate::{Outcome, part, start};
use e2e::{Keychain, Shop, Window};
use std::path::Path;
use std::time::Duration;

/// Sells and plays the customer from within the page, as many at once as it is told, and keeps when the till wrote each
/// answer down and when a frame with it was there.
const SELL: &str = r#"
const tell = window.__TAURI_INTERNALS__.invoke;
window.__sold = { done: false, shown: {}, delays: [], failed: 0, rows: 0 };
const sold = window.__sold;
const note = () => {
  for (const card of document.querySelectorAll("[data-testid='payment-card'][data-state='paid']")) {
    const id = card.dataset.paymentId;
    if (sold.shown[id] === undefined) {
      sold.shown[id] = null;
      requestAnimationFrame(() => setTimeout(() => (sold.shown[id] = performance.timeOrigin + performance.now())));
    }
  }
};
new MutationObserver(note).observe(document.body, { subtree: true, childList: true, attributes: true });
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
    if (now.state === 'paid') {
      await pause(300);
      if (sold.shown[now.id]) sold.delays.push(sold.shown[now.id] - now.resolved_at_ms);
      break;
    }
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

async fn sell(window: &Window, serial: usize, sales: usize, at_once: usize) -> Outcome<Vec<f64>> {
    let script = SELL.replace("SERIAL", &serial.to_string()).replace("SALES", &sales.to_string());
    window.script(&script.replace("AT_ONCE", &at_once.to_string())).await?;
    for _ in 0..1_200 {
        tokio::time::sleep(Duration::from_millis(500)).await;
        let told = window.script("return window.__sold;").await?;
        if told["done"] == true {
            if told["failed"] != 0 {
                println!("# {} sales failed: {}", told["failed"], told["error"]);
            }
            return Ok(told["delays"]
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(|ms| ms.as_f64())
                .collect());
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

    let delays = sell(&window, 1, 16, 4).await?;
    println!(
        "commit of an answer to its frame|p50 {:.1} p95 {:.1} max {:.1} ms|{} sales|target 50",
        part(&delays, 50),
        part(&delays, 95),
        part(&delays, 100),
        delays.len()
    );

    window.press("[data-testid='nav-history']").await?;
    window.see("[data-testid='history-row']").await?;
    let told = window.script_async(SEARCH).await?;
    let told: serde_json::Value = serde_json::from_str(told.as_str().unwrap_or("{}"))?;
    let times: Vec<f64> =
        told["times"].as_array().into_iter().flatten().filter_map(|ms| ms.as_f64()).collect();
    println!(
        "letter to rows|p50 {:.1} p95 {:.1} max {:.1} ms|{} letters|target 50|at most {} rows in the page",
        part(&times, 50),
        part(&times, 95),
        part(&times, 100),
        times.len(),
        told["rows"]
    );
    window.press("[data-testid='nav-till']").await?;

    // The first ones fill what is kept for the next.
    sell(&window, 100, 100, 50).await?;
    let weight = async || -> Outcome<f64> {
        tokio::time::sleep(Duration::from_secs(5)).await;
        Ok(start::pss_of_tree(window.till_pid())? as f64 / 1_024.0)
    };
    let before = weight().await?;
    sell(&window, 1_000, sales, 50).await?;
    let after = weight().await?;
    let for_ten_thousand = (after - before) * 10_000.0 / sales as f64;
    println!(
        "memory over {sales} sales|{before:.0} MiB, then {after:.0} MiB|{for_ten_thousand:.0} MiB for 10,000|target 20"
    );
    window.close().await
}
