//! Marks of a start, of keys and of answers, for the benchmark of the window. Owns the file that they go to, which the
//! environment names; without it nothing is read, run or written. Refuses to be a command: the page tells its marks as its
//! title, and the till's page sets none.

use std::ffi::OsString;
use std::path::PathBuf;
use tauri::{Manager, Runtime, WebviewWindowBuilder};

const MARKS: &str = "ENCAISSE_MARKS";

fn file() -> Option<PathBuf> {
    std::env::var_os(MARKS).filter(|path: &OsString| !path.is_empty()).map(PathBuf::from)
}

/// The program runs: the file's own beginning is the first mark.
pub(crate) fn begin() {
    write("");
}

fn write(marks: &str) {
    if let Some(file) = file()
        && let Err(error) = std::fs::write(file, marks)
    {
        tracing::warn!(%error, "the marks could not be written");
    }
}

/// The window, with the marks' script in its page when they are wanted.
pub(crate) fn carried<R: Runtime, M: Manager<R>>(
    window: WebviewWindowBuilder<'_, R, M>,
) -> WebviewWindowBuilder<'_, R, M> {
    if file().is_none() {
        return window;
    }
    window.initialization_script(include_str!("marks.js")).on_document_title_changed(|_, marks| write(&marks))
}
