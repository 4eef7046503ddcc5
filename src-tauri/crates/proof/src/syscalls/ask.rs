//! What the command line asks of this proof.

use crate::options::Flags;
use domain::planted::Bug;
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

/// A point: the `nth` call (from 1) of this name on this file, or on the line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Aim {
    pub call: String,
    pub on: String,
    pub nth: usize,
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
    Survey { fault: Option<Fault>, aim: Option<Aim>, bug: Option<Bug> },
    Planted { only: Option<Bug> },
    OneCharge(Start),
}

/// Reads the flags, if the task is one of this proof.
pub fn read(flags: &mut Flags) -> Result<Option<Ask>, String> {
    Ok(Some(match flags.task.as_str() {
        "syscalls" => {
            let (on, nth) = (flags.value("on")?.unwrap_or_default(), flags.value("nth")?.unwrap_or(1));
            let aim = flags.value("call")?.map(|call| Aim { call, on, nth });
            Ask::Survey { fault: flags.value("fault")?, aim, bug: flags.value("bug")? }
        }
        "syscalls-planted" => Ask::Planted { only: flags.value("only")? },
        "one-charge" => Ask::OneCharge(Start {
            data: flags.value("data")?.unwrap_or_default(),
            keychain: flags.value("keychain")?.unwrap_or_default(),
            server: flags.value("server")?.unwrap_or_default(),
            began_ms: flags.value("began")?.unwrap_or_default(),
            patience_ms: flags.value("patience")?.unwrap_or_default(),
            bug: flags.value("bug")?,
        }),
        _ => return Ok(None),
    }))
}
