//! The program from outside: a window by default, or one command without it. Owns its arguments and its exit status: 0 when
//! all is well, 1 when something is wrong, 2 for bad usage.

use crate::archive_commands::{self as archive, ExportAsked, Said};
use crate::backup_commands::{self as copies, BackupAsked, RestoreAsked};
use crate::{update, window};
use domain::{EntryRange, Mode};
use lexopt::prelude::{Long, Short, Value, ValueExt};
use std::ffi::OsString;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;
use till::Format;

const BAD_USAGE: u8 = 2;
const USAGE: &str = "\
Encaisse, caisse pour Mixx by Yas par LigdiCash

  encaisse               ouvre la caisse (opens the till)
  encaisse export        exporte des ventes (exports sales)
      --day AAAA-MM-JJ | --from AAAA-MM-JJ --to AAAA-MM-JJ | --month AAAA-MM | --closing N
      --format csv-fr | csv | xlsx | pdf | jsonl | recettes | syscohada
      [--out DOSSIER]        au lieu du dossier choisi (instead of the chosen folder)
      [--mode live|training] au lieu de celui de la caisse (instead of the till's)
      [--whole-numbers]      numéros entiers (whole phone numbers)
  encaisse verify        vérifie la base et sa chaîne (verifies ledger and chain)
      [--receipt TEXTE]      vérifie un reçu par le texte de son QR code (a receipt by its QR code)
      [--update FICHIER]     vérifie une mise à jour avant de l’installer (an update before it is installed)
  encaisse backup FICHIER   copie vérifiée de la base, même caisse ouverte (verified copy, also of an open till)
      [--mode live|training]
  encaisse restore FICHIER  remet une copie à la place de la base, caisse fermée (puts a copy in place, till closed)
      [--yes]                même si des paiements plus récents n’y sont pas (although newer payments are not in it)
      [--mode live|training] refuse une copie de l’autre (refuses a copy of the other one)
  encaisse --version     dit la version (tells the version)
  encaisse --help        dit ceci (tells this)

Environnement / environment:
  ENCAISSE_DATA_DIR        dossier de la base et du journal (folder of the ledger and the log)
  ENCAISSE_EXPORT_DIR      dossier des fichiers exportés (folder of exported files)
  ENCAISSE_LIGDICASH_URL   adresse de LigdiCash ; https, ou http sur cette machine
                           (LigdiCash's address; https, or http on this machine)
";

#[derive(Debug, PartialEq, Eq)]
enum Asked {
    Window,
    Version,
    Help,
    Export(ExportAsked),
    Verify,
    VerifyReceipt(String),
    VerifyUpdate(PathBuf),
    Backup(BackupAsked),
    Restore(RestoreAsked),
}

fn asked(arguments: impl IntoIterator<Item = OsString>) -> Result<Asked, String> {
    let mut parser = lexopt::Parser::from_args(arguments);
    let Some(first) = parser.next().map_err(told)? else { return Ok(Asked::Window) };
    let asked = match first {
        Long("version") | Short('V') => Asked::Version,
        Long("help") | Short('h') => Asked::Help,
        Value(word) if word == "export" => Asked::Export(export_asked(&mut parser)?),
        Value(word) if word == "verify" => match parser.next().map_err(told)? {
            None => Asked::Verify,
            Some(Long("receipt")) => Asked::VerifyReceipt(text(&mut parser)?),
            Some(Long("update")) => Asked::VerifyUpdate(PathBuf::from(parser.value().map_err(told)?)),
            Some(other) => return Err(told(other.unexpected())),
        },
        Value(word) if word == "backup" => {
            let (file, mode, _) = copy_asked(&mut parser, false)?;
            Asked::Backup(BackupAsked { file, mode })
        }
        Value(word) if word == "restore" => {
            let (file, mode, yes) = copy_asked(&mut parser, true)?;
            Asked::Restore(RestoreAsked { file, mode, yes })
        }
        other @ (Short(_) | Long(_) | Value(_)) => return Err(told(other.unexpected())),
    };
    match parser.next().map_err(told)? {
        None => Ok(asked),
        Some(more) => Err(told(more.unexpected())),
    }
}

fn export_asked(parser: &mut lexopt::Parser) -> Result<ExportAsked, String> {
    let (mut from, mut to, mut ranges) = (None, None, Vec::new());
    let (mut format, mut out, mut mode, mut whole_numbers) = (None, None, None, false);
    while let Some(argument) = parser.next().map_err(told)? {
        match argument {
            Long("day") => {
                let day = archive::day(&text(parser)?)?;
                ranges.push(EntryRange::Days { from: day, to: day });
            }
            Long("month") => ranges.push(archive::month(&text(parser)?)?),
            Long("closing") => {
                let number = text(parser)?;
                let number = number.parse().map_err(|_| format!("pas un numéro (not a number): {number}"))?;
                ranges.push(EntryRange::Closing(number));
            }
            Long("from") => from = Some(archive::day(&text(parser)?)?),
            Long("to") => to = Some(archive::day(&text(parser)?)?),
            Long("format") => {
                let word = text(parser)?;
                let known = Format::ALL.into_iter().find(|format| format.as_str() == word);
                format = Some(known.ok_or_else(|| format!("format inconnu (unknown format): {word}"))?);
            }
            Long("out") => out = Some(PathBuf::from(parser.value().map_err(told)?)),
            Long("mode") => mode = Some(mode_of(parser)?),
            Long("whole-numbers") => whole_numbers = true,
            other @ (Short(_) | Long(_) | Value(_)) => return Err(told(other.unexpected())),
        }
    }
    match (from, to) {
        (Some(from), Some(to)) => ranges.push(EntryRange::Days { from, to }),
        (None, None) => {}
        (Some(_), None) | (None, Some(_)) => {
            return Err("--from et --to vont ensemble (go together)".to_owned());
        }
    }
    let [range] = ranges[..] else {
        return Err("une seule période : --day, --from et --to, --month ou --closing (one range)".to_owned());
    };
    let format = format.ok_or("--format manque (is missing)")?;
    Ok(ExportAsked { range, format, out, mode, whole_numbers })
}

/// One file, and how; `--yes` only where it means something.
fn copy_asked(
    parser: &mut lexopt::Parser,
    may_say_yes: bool,
) -> Result<(PathBuf, Option<Mode>, bool), String> {
    let (mut file, mut mode, mut yes) = (None, None, false);
    while let Some(argument) = parser.next().map_err(told)? {
        match argument {
            Value(path) if file.is_none() && !path.is_empty() => file = Some(PathBuf::from(path)),
            Long("mode") => mode = Some(mode_of(parser)?),
            Long("yes") if may_say_yes => yes = true,
            other @ (Short(_) | Long(_) | Value(_)) => return Err(told(other.unexpected())),
        }
    }
    Ok((file.ok_or("un fichier manque (a file is missing)")?, mode, yes))
}

fn mode_of(parser: &mut lexopt::Parser) -> Result<Mode, String> {
    let word = text(parser)?;
    word.parse().map_err(|_| format!("mode inconnu (unknown mode): {word}"))
}

fn told(error: lexopt::Error) -> String {
    error.to_string()
}

fn text(parser: &mut lexopt::Parser) -> Result<String, String> {
    parser.value().and_then(|value| value.string()).map_err(told)
}

/// Runs the program.
#[must_use]
pub fn main() -> ExitCode {
    match asked(std::env::args_os().skip(1)) {
        Ok(Asked::Window) => match window::run() {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => failed(&error.to_string()),
        },
        Ok(Asked::Version) => say(concat!("encaisse ", env!("CARGO_PKG_VERSION"), "\n")),
        Ok(Asked::Help) => say(USAGE),
        Ok(Asked::Export(asked)) => ended(archive::export(asked)),
        Ok(Asked::Verify) => ended(archive::verify()),
        Ok(Asked::Backup(asked)) => ended(copies::backup(asked)),
        Ok(Asked::Restore(asked)) => ended(copies::restore(asked)),
        Ok(Asked::VerifyReceipt(text)) => ended(archive::verify_receipt(&text)),
        Ok(Asked::VerifyUpdate(file)) => ended(std::future::ready(update::verify(&file))),
        Err(problem) => {
            tell(&mut std::io::stderr(), &format!("encaisse: {problem}\n\n{USAGE}"));
            ExitCode::from(BAD_USAGE)
        }
    }
}

fn ended(work: impl Future<Output = Said>) -> ExitCode {
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return failed(&error.to_string()),
    };
    match runtime.block_on(work) {
        Ok(said) => say(&said),
        Err(problem) => failed(&problem),
    }
}

fn say(text: &str) -> ExitCode {
    tell(&mut std::io::stdout(), text);
    ExitCode::SUCCESS
}

fn failed(problem: &str) -> ExitCode {
    tell(&mut std::io::stderr(), &format!("encaisse: {problem}\n"));
    ExitCode::FAILURE
}

/// A closed pipe is nobody's error here: there is no one left to tell.
fn tell(to: &mut dyn Write, text: &str) {
    let _ = to.write_all(text.as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(line: &str) -> Result<Asked, String> {
        asked(line.split_whitespace().map(OsString::from))
    }

    #[test]
    fn arguments_are_known_or_named() {
        assert_eq!(ask(""), Ok(Asked::Window));
        assert_eq!(ask("--version"), Ok(Asked::Version));
        assert_eq!(ask("-h"), Ok(Asked::Help));
        assert_eq!(ask("verify"), Ok(Asked::Verify));
        assert_eq!(ask("verify --receipt ENCAISSE1/x"), Ok(Asked::VerifyReceipt("ENCAISSE1/x".into())));
        assert_eq!(ask("verify --update /x.deb"), Ok(Asked::VerifyUpdate("/x.deb".into())));
        for bad in [
            "--live",
            "live",
            "--version now",
            "verify --receipt",
            "verify --update",
            "verify now",
            "export",
            "export --day",
        ] {
            assert!(ask(bad).is_err(), "{bad}");
        }
        assert!(ask("--live").unwrap_err().contains("live"));
    }

    #[test]
    fn a_copy_needs_one_file() {
        let file = PathBuf::from("/x.sqlite3");
        let backup = BackupAsked { file: file.clone(), mode: Some(Mode::Live) };
        assert_eq!(ask("backup --mode live /x.sqlite3"), Ok(Asked::Backup(backup)));
        let restore = RestoreAsked { file, mode: None, yes: true };
        assert_eq!(ask("restore /x.sqlite3 --yes"), Ok(Asked::Restore(restore)));
        for bad in
            ["backup", "restore", "backup a b", "backup a --yes", "restore a --mode school", "restore a -y"]
        {
            assert!(ask(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn an_export_needs_one_range_and_a_format() {
        let day = |text: &str| text.parse().unwrap();
        let days = |from, to| EntryRange::Days { from: day(from), to: day(to) };
        for (line, range) in [
            ("export --day 2026-11-24 --format csv-fr", days("2026-11-24", "2026-11-24")),
            ("export --format csv-fr --from 2026-11-01 --to 2026-11-24", days("2026-11-01", "2026-11-24")),
            ("export --format csv-fr --month 2026-02", days("2026-02-01", "2026-02-28")),
            ("export --format csv-fr --closing 12", EntryRange::Closing(12)),
        ] {
            let Ok(Asked::Export(asked)) = ask(line) else { panic!("{line}") };
            assert_eq!((asked.range, asked.format, asked.mode), (range, Format::CsvFrench, None), "{line}");
        }
        let full = ask("export --day 2026-11-24 --format=xlsx --out /x --mode live --whole-numbers");
        let Ok(Asked::Export(full)) = full else { panic!("{full:?}") };
        assert_eq!((full.out, full.mode, full.whole_numbers), (Some("/x".into()), Some(Mode::Live), true));
        for bad in [
            "--format csv",
            "--day 2026-11-24",
            "--day 2026-11-31 --format csv",
            "--day 24/11/2026 --format csv",
            "--day 2026-11-24 --format xls",
            "--day 2026-11-24 --closing 2 --format csv",
            "--from 2026-11-24 --format csv",
            "--month 2026-13 --format csv",
            "--day 2026-11-24 --format csv --mode school",
            "--day 2026-11-24 --format csv extra",
        ] {
            assert!(ask(&format!("export {bad}")).is_err(), "{bad}");
        }
    }
}
