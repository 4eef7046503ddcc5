//! What the command line asks of this proof.

use domain::planted::Bug;
use lexopt::{Arg, Parser, ValueExt};
use std::path::PathBuf;

/// A kind of disturbance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The process is killed.
    Kill,
    /// One call fails as on a broken disk or line.
    Eio,
    /// One call fails as on a full disk.
    Enospc,
    /// The disk is full from this call on.
    StaysFull,
}

impl Fault {
    pub const ALL: [Self; 4] = [Self::Kill, Self::Eio, Self::Enospc, Self::StaysFull];

    pub const fn word(self) -> &'static str {
        match self {
            Self::Kill => "kill",
            Self::Eio => "eio",
            Self::Enospc => "enospc",
            Self::StaysFull => "stays-full",
        }
    }
}

impl std::str::FromStr for Fault {
    type Err = String;
    fn from_str(word: &str) -> Result<Self, String> {
        let known = Self::ALL.into_iter().find(|fault| fault.word() == word);
        known.ok_or_else(|| format!("there is no fault {word:?}"))
    }
}

/// What the child is started with.
pub struct Start {
    pub data: PathBuf,
    pub keychain: PathBuf,
    pub server: String,
    /// When the fast clock of all its lives began.
    pub began_ms: i64,
    /// How long the cashier waits for the sale's end.
    pub patience_ms: u64,
    pub bug: Option<Bug>,
}

pub enum Ask {
    Survey { fault: Option<Fault>, at: Option<usize>, bug: Option<Bug> },
    Planted { only: Option<Bug> },
    OneCharge(Start),
}

/// Reads what follows the task's name, if it is one of this proof.
pub fn read(task: &str, parser: &mut Parser) -> Result<Option<Ask>, lexopt::Error> {
    if !["syscalls", "syscalls-planted", "one-charge"].contains(&task) {
        return Ok(None);
    }
    let (mut fault, mut at, mut bug) = (None, None, None);
    let (mut data, mut keychain, mut server) = (PathBuf::new(), PathBuf::new(), String::new());
    let (mut began_ms, mut patience_ms) = (0, 0);
    while let Some(argument) = parser.next()? {
        match argument {
            Arg::Long("fault") => fault = Some(parser.value()?.parse()?),
            Arg::Long("at") => at = Some(parser.value()?.parse()?),
            Arg::Long("bug" | "only") => bug = Some(parser.value()?.parse()?),
            Arg::Long("data") => data = parser.value()?.into(),
            Arg::Long("keychain") => keychain = parser.value()?.into(),
            Arg::Long("server") => server = parser.value()?.string()?,
            Arg::Long("began") => began_ms = parser.value()?.parse()?,
            Arg::Long("patience") => patience_ms = parser.value()?.parse()?,
            other @ (Arg::Long(_) | Arg::Short(_) | Arg::Value(_)) => return Err(other.unexpected()),
        }
    }
    Ok(Some(match task {
        "syscalls" => Ask::Survey { fault, at, bug },
        "syscalls-planted" => Ask::Planted { only: bug },
        _ => Ask::OneCharge(Start { data, keychain, server, began_ms, patience_ms, bug }),
    }))
}
