//! What must be true after the power came back, whatever the disk kept.

use crate::morning::{self, COUNTER, LEDGER, Morning, Promise, SETTINGS};
use domain::PaymentId;
use ledger::{HistoryFilter, Ledger, SettingsStore};
use std::collections::BTreeMap;
use std::path::Path;

/// More than a morning has.
const ALL: u32 = 200;
/// A sale that the morning did not have.
const AFTERWARDS: i64 = 9_999;

/// What does not hold.
#[derive(Debug)]
pub enum Broken {
    /// Something was promised and is not there.
    Lost(String),
    /// It does not open, does not verify, or says what nobody wrote.
    Damaged(String),
}

fn damaged<T, E: std::fmt::Display>(what: &str, done: Result<T, E>) -> Result<T, Broken> {
    done.map_err(|error| Broken::Damaged(format!("{what}: {error}")))
}

/// Opens what is in `folder`, and holds it against all that was promised in the first `done` deeds.
pub async fn hold(folder: &Path, morning: &Morning, done: usize) -> Result<(), Broken> {
    let promises = || morning.promises.iter().filter(|(after, _)| *after <= done).map(|(_, promise)| promise);
    let settings = damaged("the settings do not open", SettingsStore::open(&folder.join(SETTINGS)).await)?;
    let held = hold_settings(&settings, promises()).await;
    settings.close().await;
    held?;
    let ledger = damaged("the ledger does not open", morning::open(&folder.join(LEDGER)).await)?;
    let held = hold_ledger(&ledger, morning, promises()).await;
    ledger.close().await;
    held
}

async fn hold_settings<'m>(
    settings: &SettingsStore,
    promises: impl Iterator<Item = &'m Promise>,
) -> Result<(), Broken> {
    let stored = damaged("the settings cannot be read", settings.all().await)?;
    let found: i64 = stored.get(COUNTER).and_then(|value| value.parse().ok()).unwrap_or(0);
    for promise in promises {
        if let Promise::Setting(value) = promise
            && found < *value
        {
            return Err(Broken::Lost(format!("setting {value}, found {found}")));
        }
    }
    Ok(())
}

async fn hold_ledger<'m>(
    ledger: &Ledger,
    morning: &Morning,
    promises: impl Iterator<Item = &'m Promise>,
) -> Result<(), Broken> {
    verify(ledger).await?;
    let payments = ledger.history(&HistoryFilter::default(), None, ALL).await;
    let mut versions: BTreeMap<PaymentId, i64> = BTreeMap::new();
    for payment in damaged("the history cannot be read", payments)? {
        if morning.written.get(&(payment.id.clone(), payment.version)) != Some(&payment) {
            let (id, version, state) = (&payment.id, payment.version, payment.state);
            return Err(Broken::Damaged(format!("nobody wrote {id} in version {version}, {state}")));
        }
        versions.insert(payment.id, payment.version);
    }
    let closings = damaged("the closings cannot be read", ledger.closings(None, ALL).await)?;
    let found = damaged("the ledger does not verify", ledger.verify().await)?;
    for promise in promises {
        let is_kept = match promise {
            Promise::Payment(payment) => {
                versions.get(&payment.id).is_some_and(|version| *version >= payment.version)
            }
            Promise::Token(id, token) => {
                let stored = damaged("a token cannot be read", ledger.token(id).await)?;
                stored.is_some_and(|stored| stored.expose() == token)
            }
            Promise::Closed(closing) => closings.iter().any(|found| found.hash == closing.hash),
            Promise::Chained { entries, lines } => found.entries >= *entries && found.journal_rows >= *lines,
            Promise::Setting(_) => true,
        };
        if !is_kept {
            return Err(Broken::Lost(told(promise)));
        }
    }
    // Life goes on.
    damaged("nothing can be recorded any more", ledger.record(morning::sale(AFTERWARDS)).await)?;
    verify(ledger).await
}

async fn verify(ledger: &Ledger) -> Result<(), Broken> {
    match damaged("the ledger cannot be verified", ledger.verify().await)?.first_bad {
        None => Ok(()),
        Some(bad) => Err(Broken::Damaged(format!("{} {}: {}", bad.table, bad.row, bad.problem))),
    }
}

fn told(promise: &Promise) -> String {
    match promise {
        Promise::Payment(payment) => {
            format!("payment {} in version {}, {}", payment.id, payment.version, payment.state)
        }
        Promise::Token(id, _) => format!("the token of {id}"),
        Promise::Closed(closing) => format!("closing {}", closing.period.number),
        Promise::Setting(value) => format!("setting {value}"),
        Promise::Chained { entries, lines } => format!("{entries} entries and {lines} lines"),
    }
}
