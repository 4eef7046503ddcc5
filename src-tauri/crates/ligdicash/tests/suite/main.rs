//! The client over real HTTP, against a server that answers with exactly the bytes a test gives it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "in a test a broken step ends it")]

mod confirming;
mod creating;
mod lying;
mod wire;
