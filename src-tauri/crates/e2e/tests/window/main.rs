//! The real window, end to end. `cargo xtask e2e` gives it a screen, a bus and the program.

#![cfg(target_os = "linux")]

mod bad_input;
mod border;
mod day;
mod display;
mod first;
mod installed;
mod live;
mod notifications;
mod people;
mod rescue;
mod training;

use e2e::{Outcome, Window};
use simulator::{Answer, Simulator};
use std::time::Duration;

const CARD: &str = "[data-testid='payment-card']";
const AMOUNT: &str = "[data-testid='amount-input']";
const PHONE: &str = "[data-testid='phone-input']";

fn testid(name: &str) -> String {
    format!("[data-testid='{name}']")
}

fn card(state: &str) -> String {
    format!("{CARD}[data-state='{state}']")
}

/// Types a sale as a cashier without a mouse does: digits, Enter, digits, Enter.
async fn sell(window: &Window, amount: &str, phone: &str) -> Outcome {
    window.see(AMOUNT).await?;
    window.press(AMOUNT).await?;
    window.keys(&format!("{amount}\n{phone}\n")).await
}

/// Acts as the customer as soon as the request is on the phone.
async fn customer(simulator: &Simulator, answer: Answer) -> Outcome {
    for _ in 0..200 {
        if let Some(prompt) = simulator.prompts().first() {
            simulator.answer(&prompt.transaction_id, answer)?;
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    Err("no request came to the phone".into())
}
