//! What the command line asks of this proof.

use lexopt::{Arg, Parser};
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
pub fn read(task: &str, parser: &mut Parser) -> Result<Option<Ask>, lexopt::Error> {
    let ask: fn(PathBuf) -> Ask = match task {
        "disk" => |_| Ask::Everything,
        "disk-inside" => Ask::Inside,
        "disk-start" => Ask::Start,
        "disk-hold" => Ask::Hold,
        _ => return Ok(None),
    };
    let mut path = PathBuf::new();
    while let Some(argument) = parser.next()? {
        match argument {
            Arg::Long("at") => path = parser.value()?.into(),
            other @ (Arg::Long(_) | Arg::Short(_) | Arg::Value(_)) => return Err(other.unexpected()),
        }
    }
    Ok(Some(ask(path)))
}
