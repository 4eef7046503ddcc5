//! The command line's work on the ledger: exporting and verifying, without a window. Owns what is said about it, French first.

use crate::{gate, places, ports};
use domain::{BusinessDay, EntryRange, Mode, ReceiptClaim};
use std::path::PathBuf;
use till::domain::Right;
use till::{Archive, ClaimVerdict, ExportError, ExportRequest, Format, OpenError, TillError};

/// What is to be exported, as asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ExportAsked {
    pub(crate) range: EntryRange,
    pub(crate) format: Format,
    pub(crate) out: Option<PathBuf>,
    pub(crate) mode: Option<Mode>,
    pub(crate) whole_numbers: bool,
}

/// What happened: lines for standard output, or one for standard error.
pub(crate) type Said = Result<String, String>;

async fn archive() -> Result<(PathBuf, Archive), String> {
    let data_dir = places::data_dir().ok_or("aucun dossier de données sur ce système (no data folder)")?;
    match Archive::open(&data_dir).await {
        Ok(archive) => Ok((data_dir, archive)),
        Err(TillError::NotFound) => {
            Err(format!("aucune caisse dans {dir} (no till there)", dir = data_dir.display()))
        }
        Err(error) => Err(plain(&error)),
    }
}

/// Writes the file and says where it is.
pub(crate) async fn export(asked: ExportAsked) -> Said {
    let (data_dir, archive) = archive().await?;
    let who = gate::admitted(&data_dir, Right::Export).await?;
    if asked.whole_numbers && who.as_ref().is_some_and(|member| !member.role.may(Right::WholeNumbers)) {
        return Err("vos droits ne donnent pas les numéros entiers (not allowed: whole numbers)".to_owned());
    }
    let folder = asked
        .out
        .or_else(places::chosen_export_dir)
        .or_else(|| archive.export_dir())
        .unwrap_or_else(|| places::default_export_dir(&data_dir));
    let mode = asked.mode.unwrap_or_else(|| archive.mode());
    let request =
        ExportRequest { range: asked.range, format: asked.format, whole_numbers: asked.whole_numbers };
    let at_ms = ports::unwatched().clock.now_ms();
    match archive.export(mode, request, &folder, who.as_ref().map(|member| (member, at_ms))).await {
        Ok(exported) => Ok(format!("{}\n", exported.path.display())),
        Err(TillError::Export(error)) => Err(worded(&error)),
        Err(TillError::NotFound) => Err(format!("aucune vente en mode {mode} (nothing sold in that mode)")),
        Err(error) => Err(plain(&error)),
    }
}

/// What a person can do something about, in French as well.
fn plain(error: &TillError) -> String {
    if let TillError::LedgerOpen(OpenError::Newer { .. }) = error {
        return format!(
            "la base vient d’une version plus récente d’Encaisse ; mettez la caisse à jour ({error})"
        );
    }
    error.to_string()
}

fn worded(error: &ExportError) -> String {
    let french = match error {
        ExportError::EndBeforeStart => "la période finit avant de commencer",
        ExportError::NothingThere => "aucune vente sur cette période",
        ExportError::NoSuchClosing => "cette clôture n’existe pas",
        ExportError::BrokenOff => "interrompu",
        ExportError::TooManyRows { .. } => "trop de lignes pour ce format ; choisissez moins de jours",
        ExportError::Folder { .. } => "le dossier ne peut pas être écrit ; choisissez-en un autre avec --out",
        ExportError::DiskFull { .. } => "le disque est plein ; libérez de la place et recommencez",
        ExportError::Held { .. } => {
            "le fichier est ouvert dans un autre programme ; fermez-le et recommencez"
        }
        ExportError::Document(_) | ExportError::Ledger(_) => "le fichier n’a pas pu être fait",
    };
    format!("{french} ({error})")
}

/// Recomputes both ledgers.
pub(crate) async fn verify() -> Said {
    let (_, archive) = archive().await?;
    let found = archive.verify().await.map_err(|error| plain(&error))?;
    let mut said = String::new();
    let mut is_sound = true;
    for (mode, verification) in found {
        let verdict = match &verification.first_bad {
            None => "intact (unchanged)".to_owned(),
            Some(bad) => {
                is_sound = false;
                format!("MODIFIÉ (CHANGED) : {} {} : {}", bad.table, bad.row, bad.problem)
            }
        };
        said += &format!(
            "{mode} : {} écritures (entries), {} lignes de journal (journal lines), empreinte (head) {} : {verdict}\n",
            verification.entries, verification.journal_rows, verification.head.hash
        );
    }
    if is_sound { Ok(said) } else { Err(said.trim_end().to_owned()) }
}

/// Holds a printed receipt against both ledgers.
pub(crate) async fn verify_receipt(text: &str) -> Said {
    let claim: ReceiptClaim = text
        .parse()
        .map_err(|_| "ce n’est pas le texte d’un reçu Encaisse (not the text of an Encaisse receipt)")?;
    let (_, archive) = archive().await?;
    let (mode, verdict) = archive.check_receipt(&claim).await.map_err(|error| plain(&error))?;
    let school = match mode {
        Mode::Training => ", MODE ÉCOLE (training)",
        Mode::Live => "",
    };
    match verdict {
        ClaimVerdict::Authentic => {
            Ok(format!("authentique (authentic) : reçu {}, {}{school}\n", claim.number, claim.amount))
        }
        ClaimVerdict::Changed => {
            Err(format!("MODIFIÉ (changed) : ce reçu ne dit pas ce que la base a écrit{school}"))
        }
        ClaimVerdict::Unknown => Err("inconnu (unknown) : aucun paiement vérifié de ce nom ici".to_owned()),
    }
}

/// A day, or a month as its first and last day.
pub(crate) fn day(text: &str) -> Result<BusinessDay, String> {
    text.parse().map_err(|_| format!("pas un jour AAAA-MM-JJ (not a day YYYY-MM-DD): {text}"))
}

/// `2026-11` as its first and last day.
pub(crate) fn month(text: &str) -> Result<EntryRange, String> {
    let first: BusinessDay = format!("{text}-01")
        .parse()
        .map_err(|_| format!("pas un mois AAAA-MM (not a month YYYY-MM): {text}"))?;
    let (from, to) = first.month();
    Ok(EntryRange::Days { from, to })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_newer_ledger_is_told_in_french_with_what_to_do() {
        let newer = TillError::LedgerOpen(OpenError::Newer { path: "live.sqlite3".into() });
        assert!(plain(&newer).contains("mettez la caisse à jour"), "{}", plain(&newer));
    }
}
