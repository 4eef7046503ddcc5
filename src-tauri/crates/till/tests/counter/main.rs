//! The till against the simulator: real files, real HTTP, no window.

mod charging;
mod keeping;
mod shop;
