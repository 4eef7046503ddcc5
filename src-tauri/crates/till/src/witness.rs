//! The ends of the live chains, kept where their file is not: in the system's keychain. A chain alone does not show that
//! its tail was cut off, or that an older copy of the file was put back.
//!
//! Owns when they are kept (when entries were written, at a closing, at the end of the till) and held against the ledger
//! (at start, before anything is kept over them). Refuses to hold anything up: a keychain that does not serve is told and
//! no more. Training has no witness.

use crate::error::{Field, KeysProblem, TillError};
use crate::keyring_state::blocking;
use crate::ports::{Ports, SecretsError, TillEvent};
use crate::shop::{self, Settings};
use crate::till::{Till, file_name};
use domain::Mode;
use ledger::{ChainHead, Heads, Ledger, SettingsStore, told};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use tokio::sync::{Mutex, watch};

/// How the ends are written in the keychain.
const SCHEME: &str = "encaisse-chain-head-v1";
const HASH_DIGITS: usize = 64;

/// Kinds of journal lines.
const LOST: &str = "chain_head_lost";
const FORGOTTEN: &str = "chain_head_forgotten";
const ACKNOWLEDGED: &str = "chain_loss_acknowledged";
const REPLACED: &str = "chain_head_replaced";

/// What stands outside the file about the ends of the live chains.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum ChainKeeping {
    /// No live ledger is open, or the keychain has not answered yet.
    #[default]
    Unasked,
    /// The keychain has them, and the ledger descends from what it had.
    Kept,
    /// The keychain does not serve: a tail that is cut off now would not be seen.
    Unkept(KeysProblem),
    /// The keychain had them and has them no more, so the ledger could not be held against them at this start.
    Forgotten,
    /// The ledger does not descend from what the keychain has. Stays until a person has acknowledged it.
    Lost(ChainLoss),
}

/// What the keychain has, and what the ledger has instead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChainLoss {
    /// The ends that were kept.
    pub kept: Heads,
    /// The ends that the ledger had when it was held against them.
    pub found: Heads,
}

/// What was learnt since the till opened.
#[derive(Default)]
struct Memory {
    /// The ledger was held against what the keychain had, and nothing is missing.
    looked: bool,
    kept: Option<Heads>,
    forgotten: bool,
    /// The keychain did not serve. It may ask a person each time, so only a person's act asks it again.
    refused: bool,
}

/// The witness of one live ledger.
pub(crate) struct Witness {
    ledger: Ledger,
    ports: Ports,
    store: SettingsStore,
    entry_name: String,
    /// One at a time asks the keychain.
    memory: Mutex<Memory>,
    keeping: RwLock<ChainKeeping>,
    /// Somebody waits for its turn, and will see what has grown until then.
    waiting: AtomicBool,
    users: watch::Sender<usize>,
}

/// Somebody asks the keychain, or waits to.
struct Use(watch::Sender<usize>);

impl Drop for Use {
    fn drop(&mut self) {
        self.0.send_modify(|users| *users -= 1);
    }
}

impl Witness {
    pub(crate) fn new(ledger: Ledger, ports: Ports, store: SettingsStore, installation: &str) -> Arc<Self> {
        Arc::new(Self {
            ledger,
            ports,
            store,
            entry_name: format!("chain-head-{installation}"),
            memory: Mutex::default(),
            keeping: RwLock::default(),
            waiting: AtomicBool::new(false),
            users: watch::Sender::new(0),
        })
    }

    pub(crate) fn keeping(&self) -> ChainKeeping {
        self.keeping.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Whether the keychain is being asked, or will be.
    pub(crate) fn is_busy(&self) -> bool {
        *self.users.borrow() > 0
    }

    pub(crate) async fn idle(&self) {
        // The sender lives in self, so waiting can only end by the value.
        let _ = self.users.subscribe().wait_for(|users| *users == 0).await;
    }

    /// Entries were written: their end is kept when the keychain has time. Returns at once.
    pub(crate) fn chains_grew(self: &Arc<Self>) {
        if self.waiting.swap(true, Ordering::Relaxed) {
            return;
        }
        self.attend_later(false);
    }

    /// A day was closed, which is a person's act: a keychain that refused before is asked once more. Returns at once.
    pub(crate) fn day_was_closed(self: &Arc<Self>) {
        self.attend_later(true);
    }

    fn attend_later(self: &Arc<Self>, insists: bool) {
        let (witness, in_use) = (Arc::clone(self), self.in_use());
        tokio::spawn(async move {
            witness.attend(insists).await;
            drop(in_use);
        });
    }

    /// Holds the ledger against what the keychain has, the first time, and keeps the present ends. Asks a keychain that
    /// refused before only when somebody `insists`.
    pub(crate) async fn attend(&self, insists: bool) {
        let _in_use = self.in_use();
        let mut memory = self.memory.lock().await;
        self.waiting.store(false, Ordering::Relaxed);
        if (memory.refused && !insists) || matches!(self.keeping(), ChainKeeping::Lost(_)) {
            return;
        }
        let keeping = match self.hold_and_keep(&mut memory).await {
            Ok(keeping) => keeping,
            Err(TillError::Keys(problem)) => ChainKeeping::Unkept(problem),
            Err(error) => {
                tracing::warn!(%error, "the end of the chain could not be kept");
                return;
            }
        };
        memory.refused = matches!(keeping, ChainKeeping::Unkept(_));
        self.now(keeping);
    }

    /// The keychain was asked for the keys and did not serve: it is not asked again for this.
    pub(crate) async fn refused(&self, problem: KeysProblem) {
        let mut memory = self.memory.lock().await;
        if !memory.looked {
            memory.refused = true;
            self.now(ChainKeeping::Unkept(problem));
        }
    }

    /// Keeps the present ends whatever was kept before, with a line in the journal that says who did, and why.
    ///
    /// # Errors
    /// [`TillError::Keys`] when the keychain does not take them: what it has then stays, and so does what is told.
    async fn replace(&self, kind: &str, who: &str, reason: &str) -> Result<(), TillError> {
        let _in_use = self.in_use();
        let mut memory = self.memory.lock().await;
        self.ledger.note(self.ports.clock.now_ms(), kind, &told(&[who, reason])).await?;
        self.keep(&mut memory).await?;
        (memory.looked, memory.refused, memory.forgotten) = (true, false, false);
        self.now(ChainKeeping::Kept);
        Ok(())
    }

    fn in_use(&self) -> Use {
        self.users.send_modify(|users| *users += 1);
        Use(self.users.clone())
    }

    fn now(&self, keeping: ChainKeeping) {
        let mut known = self.keeping.write().unwrap_or_else(PoisonError::into_inner);
        let is_news = *known != keeping;
        *known = keeping;
        drop(known);
        if is_news {
            self.ports.events.emit(TillEvent::SnapshotStale);
        }
    }

    async fn hold_and_keep(&self, memory: &mut Memory) -> Result<ChainKeeping, TillError> {
        if !memory.looked {
            match self.read().await? {
                Some(kept) => {
                    let descent = self.ledger.descends_from(&kept).await?;
                    if !descent.holds {
                        self.tell_loss(&kept).await;
                        return Ok(ChainKeeping::Lost(ChainLoss { kept, found: descent.found }));
                    }
                    memory.kept = Some(kept);
                }
                None if shop::read_head_kept(&self.store.all().await?) => {
                    tracing::error!("the keychain no longer has the end of the chain");
                    self.ledger.note(self.ports.clock.now_ms(), FORGOTTEN, "").await?;
                    memory.forgotten = true;
                }
                None => {}
            }
            memory.looked = true;
        }
        self.keep(memory).await?;
        Ok(if memory.forgotten { ChainKeeping::Forgotten } else { ChainKeeping::Kept })
    }

    /// Once in the journal, however often the till is started. The page is told even when the journal cannot be.
    async fn tell_loss(&self, kept: &Heads) {
        tracing::error!("the ledger does not descend from the end of the chain that was kept");
        let now_ms = self.ports.clock.now_ms();
        if let Err(error) = self.ledger.note_once(now_ms, LOST, &written(kept)).await {
            tracing::error!(%error, "the loss could not be written down");
        }
    }

    async fn keep(&self, memory: &mut Memory) -> Result<(), TillError> {
        let heads = self.ledger.heads().await?;
        if memory.kept.as_ref() == Some(&heads) {
            return Ok(());
        }
        self.write(&heads).await?;
        if memory.kept.replace(heads).is_none() {
            self.store.set(&shop::written_head_kept(), self.ports.clock.now_ms()).await?;
        }
        Ok(())
    }

    /// What the keychain has; what cannot be read as ends of a chain counts as forgotten.
    async fn read(&self) -> Result<Option<Heads>, TillError> {
        let (secrets, name) = (Arc::clone(&self.ports.secrets), self.entry_name.clone());
        let found = blocking(move || secrets.get(&name)).await?.map_err(KeysProblem::from)?;
        Ok(found.as_deref().and_then(|bytes| read(std::str::from_utf8(bytes).ok()?)))
    }

    async fn write(&self, heads: &Heads) -> Result<(), TillError> {
        let (secrets, name) = (Arc::clone(&self.ports.secrets), self.entry_name.clone());
        let text = written(heads);
        let is_there = blocking(move || {
            secrets.set(&name, text.as_bytes())?;
            Ok::<_, SecretsError>(secrets.get(&name)?.as_deref() == Some(text.as_bytes()))
        });
        if is_there.await?.map_err(KeysProblem::from)? {
            Ok(())
        } else {
            let what = "the keychain did not give back what it was given";
            Err(KeysProblem::KeychainUnavailable(what.to_owned()).into())
        }
    }
}

/// Public, and far below what any keychain holds: the Windows one ends at 2,560 bytes.
fn written(heads: &Heads) -> String {
    let Heads { entries, journal } = heads;
    format!("{SCHEME} {} {} {} {}", entries.count, entries.hash, journal.count, journal.hash)
}

fn read(text: &str) -> Option<Heads> {
    let [scheme, entries, entries_hash, journal, journal_hash] = text.split(' ').collect::<Vec<_>>()[..]
    else {
        return None;
    };
    let head = |count: &str, hash: &str| {
        let is_hash = hash.len() == HASH_DIGITS && hash.bytes().all(|byte| byte.is_ascii_hexdigit());
        let count = count.parse().ok().filter(|count: &i64| *count >= 0);
        count.filter(|_| is_hash).map(|count| ChainHead { count, hash: hash.to_owned() })
    };
    let heads = Heads { entries: head(entries, entries_hash)?, journal: head(journal, journal_hash)? };
    (scheme == SCHEME).then_some(heads)
}

fn named<'t>(who: &'t str, reason: &'t str) -> Result<(&'t str, &'t str), TillError> {
    let (who, reason) = (who.trim(), reason.trim());
    if who.is_empty() {
        return Err(TillError::Required(Field::Who));
    }
    if reason.is_empty() {
        return Err(TillError::Required(Field::Reason));
    }
    Ok((who, reason))
}

impl Till {
    /// A person has seen that the ledger lacks what it once had, and goes on with it as it is. The journal keeps who, and
    /// why; the keychain has the present ends from now on.
    ///
    /// # Errors
    /// [`TillError::Required`] for a missing name or reason, [`TillError::NotFound`] when nothing is missing,
    /// [`TillError::Keys`] when the keychain does not take the new ends: then it is told again at the next start.
    pub async fn acknowledge_chain_loss(&self, who: &str, reason: &str) -> Result<(), TillError> {
        let (who, reason) = named(who, reason)?;
        let witness = self.witness().ok_or(TillError::NotFound)?;
        match witness.keeping() {
            ChainKeeping::Lost(_) => witness.replace(ACKNOWLEDGED, who, reason).await,
            ChainKeeping::Unasked
            | ChainKeeping::Kept
            | ChainKeeping::Unkept(_)
            | ChainKeeping::Forgotten => Err(TillError::NotFound),
        }
    }

    /// The live ledger was replaced on purpose, by a restore: its ends are kept from now on, whatever was kept before. The
    /// journal says who did it, and why.
    ///
    /// # Errors
    /// [`TillError::Required`] for a missing name or reason, [`TillError::NotFound`] without a live ledger,
    /// [`TillError::Keys`] when the keychain does not take the new ends: then the next start tells of a loss.
    pub async fn chain_head_replaced(&self, who: &str, reason: &str) -> Result<(), TillError> {
        let (who, reason) = named(who, reason)?;
        self.witness().ok_or(TillError::NotFound)?.replace(REPLACED, who, reason).await
    }
}

/// As [`Till::chain_head_replaced`], for a restore with no till open. Does nothing where there is no live ledger. The caller
/// holds the till's lock.
pub(crate) async fn replace_locked(
    data_dir: &Path,
    ports: Ports,
    who: &str,
    reason: &str,
) -> Result<(), TillError> {
    let (who, reason) = named(who, reason)?;
    let path = data_dir.join(file_name(Mode::Live));
    if !path.exists() {
        return Ok(());
    }
    let store = SettingsStore::open(&data_dir.join("settings.sqlite3")).await?;
    let stored = store.all().await?;
    let installation = shop::read_installation(&stored).ok_or(TillError::NotFound)?;
    let rule = Settings::read(&stored)?.papers.day_rule()?;
    // The file is there, so it has a name already and takes no fresh one.
    let ledger = Ledger::open(&path, Mode::Live, rule, [0; 16], ports.clock.now_ms()).await?;
    let witness = Witness::new(ledger.clone(), ports, store.clone(), &installation);
    let replaced = witness.replace(REPLACED, who, reason).await;
    ledger.close().await;
    store.close().await;
    replaced
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_read_back_and_nothing_else_reads_as_ends() {
        let head = |count, digit: char| ChainHead { count, hash: digit.to_string().repeat(HASH_DIGITS) };
        let heads = Heads { entries: head(12, 'a'), journal: head(i64::MAX, '0') };
        let text = written(&heads);
        assert!(text.len() <= 256, "{}", text.len());
        assert_eq!(read(&text), Some(heads));
        for other in [
            "",
            "x",
            &text.replace("-v1", "-v2"),
            &text.replace(" 12 ", " -1 "),
            &text.replace("aaaa", "aaag"),
            &text[..text.len() - 1],
            &format!("{text} "),
        ] {
            assert_eq!(read(other), None, "{other}");
        }
    }
}
