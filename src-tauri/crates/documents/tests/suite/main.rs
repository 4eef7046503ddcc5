//! Documents read back: by our own rules in `documents`, by other people's programs in `readers`.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests, which fail by panicking"
)]

mod documents;
mod readers;
mod shop;
