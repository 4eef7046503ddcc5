//! What a disk can do to a till: run full, turn read-only, be held by another program, lose the folder under it; and fifty
//! tills started at once. Each is done to a real till with a provider that keeps its own book, on mounts of this proof's
//! own: they live in a namespace that ends with it.

mod ask;
#[cfg(target_os = "linux")]
mod cases;
#[cfg(target_os = "linux")]
mod children;
#[cfg(target_os = "linux")]
mod counter;
#[cfg(target_os = "linux")]
mod mounts;

use crate::Verdict;
pub use ask::{Ask, read};

#[cfg(target_os = "linux")]
pub fn run(ask: Ask) -> Verdict {
    match ask {
        Ask::Everything => cases::everything(),
        Ask::Inside(place) => Verdict::of(cases::on_mounts(&place)),
        Ask::Start(data) => Verdict::of(children::start(&data)),
        Ask::Hold(file) => Verdict::of(children::hold(&file)),
    }
}

#[cfg(not(target_os = "linux"))]
pub fn run(_: Ask) -> Verdict {
    Verdict::Skipped("disks of one's own are mounted on Linux alone".to_owned())
}
