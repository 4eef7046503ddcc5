//! Drives the real window of the real program: WebKitWebDriver, a screen, a data folder and a session bus of its own, and
//! a real Secret Service where a test asks for one. Owns the start and the end of these programs. Knows nothing of the till's
//! code: only its program, its page's `data-testid` and its files.

// Only Linux has WebKitWebDriver.
#![cfg(target_os = "linux")]

mod driver;
mod screen;
mod shop;
mod window;

pub use driver::{Keychain, descendants};
pub use shop::Shop;
pub use window::Window;

/// What stops a test, in words.
pub type Failure = Box<dyn std::error::Error + Send + Sync>;
/// The end of a step.
pub type Outcome<T = ()> = Result<T, Failure>;
