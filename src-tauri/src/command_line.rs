//! What the program is asked on its command line. Owns the words and the exit status: 0 when all is well, 1 when
//! something is wrong, 2 for bad usage.

use crate::window;
use std::io::Write;
use std::process::ExitCode;

const BAD_USAGE: u8 = 2;
const USAGE: &str = "\
Encaisse, caisse pour Mixx by Yas par LigdiCash

  encaisse               ouvre la caisse (opens the till)
  encaisse --version     dit la version (tells the version)
  encaisse --help        dit ceci (tells this)

Environnement / environment:
  ENCAISSE_DATA_DIR        dossier de la base et du journal (folder of the ledger and the log)
  ENCAISSE_LIGDICASH_URL   adresse de LigdiCash ; https, ou http sur cette machine
                           (LigdiCash's address; https, or http on this machine)
";

#[derive(Debug, PartialEq, Eq)]
enum Asked {
    Window,
    Version,
    Help,
    Unknown(String),
}

fn asked(mut arguments: impl Iterator<Item = String>) -> Asked {
    match (arguments.next().as_deref(), arguments.next()) {
        (None, _) => Asked::Window,
        (Some("--version" | "-V"), None) => Asked::Version,
        (Some("--help" | "-h"), None) => Asked::Help,
        (Some(other), None) => Asked::Unknown(other.to_owned()),
        (Some(_), Some(more)) => Asked::Unknown(more),
    }
}

/// Runs the program.
#[must_use]
pub fn main() -> ExitCode {
    match asked(std::env::args().skip(1)) {
        Asked::Window => match window::run() {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                tell(&mut std::io::stderr(), &format!("encaisse: {error}\n"));
                ExitCode::FAILURE
            }
        },
        Asked::Version => {
            tell(&mut std::io::stdout(), concat!("encaisse ", env!("CARGO_PKG_VERSION"), "\n"));
            ExitCode::SUCCESS
        }
        Asked::Help => {
            tell(&mut std::io::stdout(), USAGE);
            ExitCode::SUCCESS
        }
        Asked::Unknown(argument) => {
            tell(
                &mut std::io::stderr(),
                &format!("encaisse: argument inconnu (unknown argument): {argument}\n\n{USAGE}"),
            );
            ExitCode::from(BAD_USAGE)
        }
    }
}

/// A closed pipe is nobody's error here: there is no one left to tell.
fn tell(to: &mut dyn Write, text: &str) {
    let _ = to.write_all(text.as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_are_known_or_named() {
        let ask = |words: &[&str]| asked(words.iter().map(|word| (*word).to_owned()));
        assert_eq!(ask(&[]), Asked::Window);
        assert_eq!(ask(&["--version"]), Asked::Version);
        assert_eq!(ask(&["-h"]), Asked::Help);
        assert_eq!(ask(&["--live"]), Asked::Unknown("--live".into()));
        assert_eq!(ask(&["--version", "now"]), Asked::Unknown("now".into()));
    }
}
