//! The command line's work on copies: making one, also of a ledger in use, and putting one back while no till is open.
//! Owns what is said about it, French first, and what must be known before a copy takes a ledger's place.

use crate::archive_commands::Said;
use crate::{gate, places, ports};
use domain::{DayRule, Mode};
use std::fmt::Write;
use std::path::{Path, PathBuf};
use till::domain::Right;
use till::{Archive, BackupError, Beyond, Contents, OpenTillError, Rescue, TillError};

/// A copy to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct BackupAsked {
    pub(crate) file: PathBuf,
    pub(crate) mode: Option<Mode>,
}

/// A copy to be put in place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RestoreAsked {
    pub(crate) file: PathBuf,
    pub(crate) mode: Option<Mode>,
    /// Although payments would no longer be there.
    pub(crate) yes: bool,
}

/// Who did it, as far as a command line knows.
const WHO: &str = "ligne de commande";
/// More than a person reads in a terminal.
const NAMED_MAX: usize = 20;

fn data_dir() -> Result<PathBuf, String> {
    places::data_dir().ok_or_else(|| "aucun dossier de données sur ce système (no data folder)".to_owned())
}

/// Makes a verified copy.
pub(crate) async fn backup(asked: BackupAsked) -> Said {
    let data_dir = data_dir()?;
    let archive = match Archive::open(&data_dir).await {
        Ok(archive) => archive,
        Err(TillError::NotFound) => {
            return Err(format!("aucune caisse dans {dir} (no till there)", dir = data_dir.display()));
        }
        Err(error) => return Err(worded(&error)),
    };
    let who = gate::admitted(&data_dir, Right::Backups).await?;
    let mode = asked.mode.unwrap_or_else(|| archive.mode());
    let ports = ports::unwatched();
    let by = who.as_ref().map(|member| (member, ports.clock.now_ms()));
    match archive.backup(mode, &asked.file, by, &ports).await {
        Ok(contents) => Ok(format!("{}\n{}", asked.file.display(), described(&contents))),
        Err(TillError::NotFound) => Err(format!("aucune vente en mode {mode} (nothing sold in that mode)")),
        Err(error) => Err(worded(&error)),
    }
}

/// Puts a copy in place, when nothing is lost by it or a person said yes.
pub(crate) async fn restore(asked: RestoreAsked) -> Said {
    let data_dir = data_dir()?;
    let rescue = Rescue::open(&data_dir, ports::unwatched()).await.map_err(|error| match error {
        OpenTillError::AlreadyOpen => {
            "la caisse est ouverte ; fermez-la d’abord (the till is open)".to_owned()
        }
        OpenTillError::Till(error) => worded(&error),
        OpenTillError::BaseUrl(_) => error.to_string(),
    })?;
    let who = gate::admitted(&data_dir, Right::Restore).await?;
    let who = who.map_or_else(|| WHO.to_owned(), |member| format!("{} ({WHO})", member.name));
    let found = till::glance_at_ledger(&asked.file).map_err(|error| worded(&TillError::Backup(error)))?;
    let mode = asked.mode.unwrap_or(found.mode);
    let beyond = rescue.look_at(mode, &asked.file).await.map_err(|error| worded(&error))?;
    let is_there = data_dir.join(format!("{mode}.sqlite3")).exists();
    if is_there && !asked.yes && (beyond.newer.count > 0 || !beyond.newer.is_whole || !beyond.is_same_line) {
        return Err(format!(
            "rien n’a été changé ; recommencez avec --yes si c’est bien ce que vous voulez (nothing changed; --yes \
             goes on)\n{}",
            named(&beyond)
        ));
    }
    let aside = rescue.restore(mode, &asked.file, &who).await.map_err(|error| worded(&error))?;
    let mut said = format!("restauré (restored) : {}\n{}", asked.file.display(), described(&beyond.contents));
    if is_there && (beyond.newer.count > 0 || !beyond.is_same_line) {
        said += &named(&beyond);
        said.push('\n');
    }
    if let Some(aside) = aside {
        said += &format!("l’ancienne base est gardée (the old ledger is kept) : {}\n", aside.display());
    }
    Ok(said)
}

fn described(contents: &Contents) -> String {
    format!(
        "{mode} : {payments} paiements (payments), dernier reçu n° {receipts} (last receipt), empreinte (head) {hash}\n",
        mode = contents.mode,
        payments = contents.payments,
        receipts = contents.receipts,
        hash = contents.entries.hash,
    )
}

/// What is not in the copy, by name.
fn named(beyond: &Beyond) -> String {
    let newer = &beyond.newer;
    let mut text = if newer.is_readable {
        format!("pas dans cette copie (not in this copy) : {} paiements (payments)", newer.count)
    } else {
        "la base en place ne peut plus être lue : comparez avec les derniers reçus imprimés (the ledger in place \
         cannot be read: compare with the last printed receipts)"
            .to_owned()
    };
    if newer.closings > 0 {
        text += &format!(", {} clôtures (closings)", newer.closings);
    }
    for payment in newer.payments.iter().take(NAMED_MAX) {
        let local = DayRule::default().local(payment.created_at_ms);
        let at = local.map(|local| format!("{} {}", local.date(), local.clock())).unwrap_or_default();
        let phone = payment.phone.as_ref().map(domain::PhoneNumber::masked).unwrap_or_default();
        let receipt = payment.receipt_number.map(|number| format!(", reçu n° {number}")).unwrap_or_default();
        // Writing into a text does not fail.
        let _ = write!(text, "\n  {at}  {}  {phone}  {}{receipt}", payment.amount, payment.state);
    }
    if newer.count > NAMED_MAX as u64 {
        text += "\n  …";
    }
    if newer.is_readable && !beyond.is_same_line {
        text += "\n  la base en place ne fait pas suite à cette copie (the ledger in place does not go on from this copy)";
    }
    if newer.is_readable && !newer.is_whole {
        text += "\n  tout n’a pas pu être lu (not everything could be read)";
    }
    text
}

fn worded(error: &TillError) -> String {
    let TillError::Backup(problem) = error else { return error.to_string() };
    let french = match problem {
        BackupError::Unusable { path, .. } if is_missing(path) => "ce fichier n’existe pas",
        BackupError::Folder { path, .. } if is_missing(path) => {
            "ce fichier n’existe pas, ou son dossier ne peut pas être écrit"
        }
        BackupError::Unusable { .. } => "ce fichier n’est pas une base Encaisse, ou il est abîmé",
        BackupError::Changed { .. } => "cette base a été modifiée : elle ne peut pas servir",
        BackupError::WrongMode { .. } => "cette base est celle de l’autre mode",
        BackupError::Newer { .. } => "cette base vient d’une version plus récente d’Encaisse",
        BackupError::Exists { .. } => "ce fichier existe déjà ; choisissez un autre nom",
        BackupError::DiskFull { .. } => "le disque est plein ; libérez de la place et recommencez",
        BackupError::Folder { .. } => "le fichier ou son dossier ne peut pas être lu ou écrit",
        BackupError::Ledger(_) => "la base ne répond pas",
    };
    format!("{french} ({problem})")
}

fn is_missing(path: &Path) -> bool {
    !path.exists()
}
