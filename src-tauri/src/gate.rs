//! Who stands at the command line. Owns the question for a name and a PIN, asked as soon as somebody has one: on the terminal,
//! which does not show the PIN, or from two lines of standard input where there is none. `verify` asks nobody: it changes
//! and takes away nothing.

use crate::ports;
use std::io::{BufRead, IsTerminal, Write};
use std::path::Path;
use till::domain::Right;
use till::{Gate, Member, Pin, TillError};
use zeroize::Zeroizing;

/// Whoever may do this; none where nobody has a PIN.
///
/// # Errors
/// Why it may not be done, in words.
pub(crate) async fn admitted(data_dir: &Path, right: Right) -> Result<Option<Member>, String> {
    let gate = Gate::of(data_dir, ports::unwatched()).await.map_err(|error| worded(&error))?;
    let Some(gate) = gate else { return Ok(None) };
    let mut lines = std::io::stdin().lock().lines();
    let answer = ask(&gate, right, &mut lines).await;
    gate.close().await;
    answer.map(Some)
}

async fn ask(
    gate: &Gate,
    right: Right,
    lines: &mut impl Iterator<Item = std::io::Result<String>>,
) -> Result<Member, String> {
    let name = asked("Nom (name)", lines)?;
    let people = gate.people();
    let person = people.iter().find(|person| person.name.to_lowercase() == name.trim().to_lowercase());
    let person = person.ok_or("personne ici n’a ce nom (nobody here has that name)")?;
    if let Some(seconds) = gate.must_wait_s(&person.id) {
        return Err(worded(&TillError::PinWait { seconds }));
    }
    let pin = Zeroizing::new(asked_unseen("Code (PIN)", lines)?);
    let pin = Pin::typed(pin.trim()).map_err(|error| worded(&error))?;
    gate.admit(&person.id, &pin, right).await.map_err(|error| worded(&error))
}

/// As [`asked`], and nobody reads over the shoulder.
fn asked_unseen(
    what: &str,
    lines: &mut impl Iterator<Item = std::io::Result<String>>,
) -> Result<String, String> {
    if std::io::stdin().is_terminal() {
        return rpassword::prompt_password(format!("{what} : ")).map_err(|error| error.to_string());
    }
    asked(what, lines)
}

fn asked(what: &str, lines: &mut impl Iterator<Item = std::io::Result<String>>) -> Result<String, String> {
    if std::io::stdin().is_terminal() {
        // Nobody is left to tell when this cannot be written.
        let _ = write!(std::io::stderr(), "{what} : ");
    }
    let missing = || {
        "des personnes ont un code : donnez nom et code sur deux lignes (people have PINs: give a name and a PIN on \
         two lines)"
            .to_owned()
    };
    lines.next().ok_or_else(missing)?.map_err(|error| error.to_string())
}

fn worded(error: &TillError) -> String {
    if let TillError::PinWait { seconds } = error {
        return format!(
            "trop d’essais ; ouvrez la caisse et attendez {seconds} s (too many tries; open the till)"
        );
    }
    let known = [
        (matches!(error, TillError::PinWrong { .. }), "ce n’est pas le bon code (a wrong PIN)"),
        (matches!(error, TillError::Pin(_)), "un code a 4 à 12 chiffres (a PIN is 4 to 12 digits)"),
        (
            matches!(error, TillError::NotAllowed(_)),
            "vos droits ne le permettent pas ; demandez à un responsable (not allowed; ask a manager)",
        ),
    ];
    let found = known.into_iter().find(|(is_it, _)| *is_it);
    found.map_or_else(|| error.to_string(), |(_, words)| words.to_owned())
}
