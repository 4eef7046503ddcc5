//! One charge, ended or refused at every system call. A child takes one sale, from the opening of the till to its closing,
//! while the provider keeps its own book; at one call it is killed, or the call answers EIO or ENOSPC. Then the till starts
//! again, undisturbed, and what is in the ledger is held against the book: nothing that LigdiCash accepted is invisible,
//! nothing was sent twice, no file is damaged, and the page was told nothing that the ledger does not have.

mod ask;
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
mod call;
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
mod child;
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
mod hold;
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
mod play;
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
mod tracer;

use crate::Verdict;
pub use ask::{Ask, read};

#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
pub fn run(ask: Ask) -> Verdict {
    match ask {
        Ask::Survey { fault, aim, bug } => play::run(fault, aim, bug),
        Ask::Planted { only } => play::find_planted(only),
        Ask::OneCharge(start) => Verdict::of(child::run(&start)),
    }
}

#[cfg(not(all(target_os = "linux", target_arch = "x86_64")))]
pub fn run(_: Ask) -> Verdict {
    Verdict::Skipped("system calls are traced on Linux on x86_64 alone".to_owned())
}
