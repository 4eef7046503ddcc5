//! The system's own dialogs, in which a person chooses a place. Owns the only calls of them: a path that the page names was
//! chosen here. A test has nobody who could choose.

use std::path::PathBuf;

/// A folder; none when the dialog was left.
pub(crate) async fn folder() -> Option<PathBuf> {
    if cfg!(test) {
        return None;
    }
    rfd::AsyncFileDialog::new().pick_folder().await.map(|chosen| chosen.path().to_owned())
}

/// A copy of a ledger; none when the dialog was left.
pub(crate) async fn ledger() -> Option<PathBuf> {
    if cfg!(test) {
        return None;
    }
    let dialog = rfd::AsyncFileDialog::new().add_filter("Encaisse", &["sqlite3"]);
    dialog.pick_file().await.map(|chosen| chosen.path().to_owned())
}
