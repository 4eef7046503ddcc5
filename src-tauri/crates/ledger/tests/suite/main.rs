//! The ledger through its public face, on real files.
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests, which fail by panicking")]

mod backups;
mod cancelling;
mod chain;
mod days;
mod decisions;
mod descending;
mod moves;
mod news;
mod opening;
mod people;
mod purging;
mod questions;
mod random_edits;
mod recording;
mod searching;
mod sending;
mod settings;
mod shop;
mod tampering;
mod triggers;
