//! The parts of this machine, tried by using them. Owns time limits, and that nothing stays behind.

use super::{Finding, Found, Part};
use crate::keyring_state::blocking;
use crate::papers::PrinterConnection;
use crate::ports::{Ports, SecretsError};
use crate::printer;
use crate::vault::hex;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How the entry begins that is written, read back and removed. Each has a name of its own: one that waits for a person may
/// still be waiting when the next is tried.
const ENTRY: &str = "diagnosis-";
/// The keychain may be waiting for a person.
const KEYCHAIN_PATIENCE: Duration = Duration::from_secs(20);
const DISK_PATIENCE: Duration = Duration::from_secs(20);
const PROBE_BYTES: usize = 64 * 1_024;
/// Below this a year of sales and its copies may not find room.
const LOW_BYTES: u64 = 1 << 30;

pub(super) async fn keychain(ports: &Ports) -> Finding {
    let mut given = [0u8; 16];
    if let Err(error) = ports.chance.fill(&mut given) {
        return Finding::new(Part::Keychain, Found::NotTried, error.to_string());
    }
    let secrets = ports.secrets.clone();
    let entry = format!("{ENTRY}{}", hex(&given[..8]));
    let asking = blocking(move || {
        secrets.set(&entry, &given)?;
        let got = secrets.get(&entry)?;
        secrets.delete(&entry)?;
        Ok(got.as_deref() == Some(&given))
    });
    let (found, detail) = match tokio::time::timeout(KEYCHAIN_PATIENCE, asking).await {
        Ok(Ok(Ok(true))) => (Found::Good, String::new()),
        Ok(Ok(Ok(false))) => (Found::KeychainForgets, String::new()),
        Ok(Ok(Err(SecretsError::Unavailable(detail)))) => (Found::KeychainUnavailable, detail),
        Ok(Ok(Err(SecretsError::Locked(detail)))) => (Found::KeychainLocked, detail),
        Ok(Err(error)) => (Found::KeychainUnavailable, error.to_string()),
        Err(_) => (Found::KeychainLocked, String::new()),
    };
    Finding::new(Part::Keychain, found, detail)
}

/// Reaches for the printer and sends nothing.
pub(super) async fn printer(connection: &PrinterConnection) -> Finding {
    let (found, detail) = match printer::reach(connection).await {
        Ok(target) => (Found::Good, target),
        Err(printer::PrinterError::None) => (Found::NoPrinter, String::new()),
        Err(error @ printer::PrinterError::Unreachable { .. }) => {
            (Found::PrinterUnreachable, error.to_string())
        }
    };
    Finding::new(Part::Printer, found, detail)
}

/// Writes beside the ledgers, waits until it is on disk, reads it back and removes it.
pub(super) async fn disk(folder: &Path) -> Finding {
    let probe = folder.join("diagnosis.probe");
    let trying = blocking(move || {
        let tried = there_and_back(&probe);
        let removed = std::fs::remove_file(&probe);
        tried.and_then(|room| removed.map(|()| room))
    });
    let (found, detail) = match tokio::time::timeout(DISK_PATIENCE, trying).await {
        Ok(Ok(Ok(room))) if room < LOW_BYTES => (Found::DiskLow, gigabytes(room)),
        Ok(Ok(Ok(room))) => (Found::Good, gigabytes(room)),
        Ok(Ok(Err(error))) => (Found::DiskFails, error.to_string()),
        Ok(Err(error)) => (Found::DiskFails, error.to_string()),
        Err(_) => (Found::DiskFails, format!("no answer in {} s", DISK_PATIENCE.as_secs())),
    };
    Finding::new(Part::Disk, found, detail)
}

/// How many bytes are free once it went well.
fn there_and_back(probe: &PathBuf) -> io::Result<u64> {
    let given: Vec<u8> = (0..PROBE_BYTES).map(|at| u8::try_from(at % 251).unwrap_or_default()).collect();
    let mut file = std::fs::File::create(probe)?;
    file.write_all(&given)?;
    file.sync_all()?;
    drop(file);
    let mut got = Vec::with_capacity(PROBE_BYTES);
    std::fs::File::open(probe)?.read_to_end(&mut got)?;
    if got != given {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "what was written did not come back"));
    }
    fs4::available_space(probe.parent().unwrap_or(probe))
}

/// With one decimal, in the decimal units that disks are sold in.
fn gigabytes(bytes: u64) -> String {
    let tenths = bytes / 100_000_000;
    format!("{}.{} GB", tenths / 10, tenths % 10)
}
