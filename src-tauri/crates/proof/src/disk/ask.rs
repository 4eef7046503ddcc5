//! What the command line asks of this proof.

use crate::options::Flags;
use std::path::PathBuf;

pub enum Ask {
    Everything,
    /// Not for people: the cases that need mounts, in a namespace of their own.
    Inside(PathBuf),
    /// Not for people: one of many starts.
    Start(PathBuf),
    /// Not for people: another program that writes into this ledger.
    Hold(PathBuf),
}

/// Reads what follows the task's name, if it is one of this proof.
pub fn read(flags: &mut Flags) -> Result<Option<Ask>, String> {
    let ask: fn(PathBuf) -> Ask = match flags.task.as_str() {
        "disk" => |_| Ask::Everything,
        "disk-inside" => Ask::Inside,
        "disk-start" => Ask::Start,
        "disk-hold" => Ask::Hold,
        _ => return Ok(None),
    };
    Ok(Some(ask(flags.value("at")?.unwrap_or_default())))
}
