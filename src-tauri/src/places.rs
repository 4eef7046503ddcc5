//! Where things lie on this system: the data folder, and the folder of exports. Owns the environment's say in it, for the
//! window and for the command line alike.

use std::path::{Path, PathBuf};

const DATA_DIR: &str = "ENCAISSE_DATA_DIR";
const EXPORT_DIR: &str = "ENCAISSE_EXPORT_DIR";
/// As `identifier` in tauri.conf.json, so that both ways in find one till.
const IDENTIFIER: &str = "tg.encaisse.till";

fn named(variable: &str) -> Option<PathBuf> {
    std::env::var_os(variable).filter(|path| !path.is_empty()).map(PathBuf::from)
}

/// The folder that the environment names.
pub(crate) fn chosen_data_dir() -> Option<PathBuf> {
    named(DATA_DIR)
}

/// The folder of ledgers, settings and logs; none on a system without a home.
pub(crate) fn data_dir() -> Option<PathBuf> {
    chosen_data_dir().or_else(|| dirs::data_dir().map(|dir| dir.join(IDENTIFIER)))
}

/// The folder of exports that the environment names.
pub(crate) fn chosen_export_dir() -> Option<PathBuf> {
    named(EXPORT_DIR)
}

/// Where exports go when nobody chose: Documents/Encaisse, or beside the ledger where there are no documents.
pub(crate) fn default_export_dir(data_dir: &Path) -> PathBuf {
    dirs::document_dir().map_or_else(|| data_dir.join("exports"), |dir| dir.join("Encaisse"))
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_identifier_is_the_one_that_the_window_is_built_with() {
        let config: serde_json::Value = serde_json::from_str(include_str!("../../tauri.conf.json")).unwrap();
        assert_eq!(config["identifier"], super::IDENTIFIER);
    }
}
