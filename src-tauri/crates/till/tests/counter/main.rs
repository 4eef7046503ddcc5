//! The till against the simulator: real files, real HTTP, no window.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::wildcard_enum_match_arm,
    clippy::float_arithmetic,
    clippy::print_stdout,
    reason = "in a test a broken step ends it, and events it does not wait for pass by"
)]

mod acts;
mod backups;
mod budget;
mod charging;
mod clock;
mod days;
mod diagnosis;
mod keeping;
mod locking;
mod news;
mod people;
mod sealing;
mod shop;
mod soundness;
mod sums;
mod trust;
mod witness;
