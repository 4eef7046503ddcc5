//! From the commit of an answer to the frame that shows it, in a window that nobody drives: it draws as the shop's does. Owns
//! the cashier's keys; the customer is the number that approves by itself.

use crate::Outcome;
use crate::screen::Screen;
use crate::start::{Program, Running};
use std::time::{Duration, Instant};

/// Amount, number, and the key that goes on from each.
const SALE: [&str; 13] = ["5", "0", "0", "Return", "9", "0", "0", "0", "0", "0", "0", "1", "Return"];
const PATIENCE: Duration = Duration::from_secs(40);

/// Milliseconds of each sale.
pub fn delays(screen: &Screen, program: &Program, sales: usize) -> Outcome<Vec<f64>> {
    let running = Running::start(screen, program)?;
    let sold = sell(screen, &running, sales);
    running.end()?;
    sold
}

fn sell(screen: &Screen, running: &Running, sales: usize) -> Outcome<Vec<f64>> {
    until(|| running.marked()["focused"].is_number(), "no keypad")?;
    let paid = || running.marked()["paid"].as_array().cloned().unwrap_or_default();
    for sold in 0..sales {
        screen.press(&SALE)?;
        until(|| paid().len() > sold, "a sale was not paid")?;
    }
    Ok(paid().iter().filter_map(serde_json::Value::as_f64).collect())
}

fn until(holds: impl Fn() -> bool, otherwise: &str) -> Outcome {
    let begun = Instant::now();
    while !holds() {
        if begun.elapsed() > PATIENCE {
            return Err(format!("{otherwise} in {} s", PATIENCE.as_secs()).into());
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    Ok(())
}
