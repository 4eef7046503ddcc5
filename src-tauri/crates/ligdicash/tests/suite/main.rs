//! The client over real HTTP, against a server that answers with exactly the bytes a test gives it.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "in a test a broken step ends it, and figures are printed"
)]

#[cfg(target_os = "linux")]
mod certificates;
mod confirming;
mod creating;
mod keeping;
mod lying;
mod wire;
