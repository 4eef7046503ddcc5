//! Opening and closing a ledger. Refuses to open a training ledger as live, or the other way round.

use crate::chain::hex;
use crate::connection::{Candidate, File, Kind, Look};
use crate::error::{LedgerError, OpenError};
use crate::identity::{self, Identity};
use crate::{migrations, seal, sound};
use domain::{DayRule, Mode};
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

/// A reader is back in the pool a moment after its last answer. With two, questions that follow each other waited for it: a
/// payment by its number took 0.13 ms instead of 0.04.
pub(crate) static LEDGER: Kind =
    Kind { application_id: 0x456e_634c, readers: 4, migrations: migrations::LEDGER };

/// An open ledger. Cheap to clone; all clones are the same file.
#[derive(Clone)]
pub struct Ledger {
    pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub(crate) path: PathBuf,
    pub(crate) file: File,
    pub(crate) identity: Identity,
    pub(crate) day_rule: RwLock<DayRule>,
}

impl Inner {
    pub(crate) fn day_rule(&self) -> DayRule {
        self.day_rule.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Ledger {
    /// Opens the ledger at `path`, or begins one there for `mode`, named by `fresh_installation_id`. `day_rule` tells
    /// the business day of the entries written from now on. The whole file is read first.
    ///
    /// # Errors
    /// [`OpenError`]: then nothing may be charged. A file that is of another mode or kind was not changed.
    pub async fn open(
        path: &Path,
        mode: Mode,
        day_rule: DayRule,
        fresh_installation_id: [u8; 16],
        now_ms: i64,
    ) -> Result<Self, OpenError> {
        Self::open_as(path, mode, day_rule, fresh_installation_id, now_ms, Look::Whole).await
    }

    /// As [`Ledger::open`], after a look at what is written next to: the file's kind and version, whether it takes a write,
    /// and the last rows of both chains. As fast with years in it as without. Whoever opens so owes it a
    /// [`Ledger::unsound`] soon, and had one not long ago.
    ///
    /// # Errors
    /// As [`Ledger::open`].
    pub async fn open_briefly(
        path: &Path,
        mode: Mode,
        day_rule: DayRule,
        fresh_installation_id: [u8; 16],
        now_ms: i64,
    ) -> Result<Self, OpenError> {
        let ledger = Self::open_as(path, mode, day_rule, fresh_installation_id, now_ms, Look::Brief).await?;
        let seen = sound::first_bad_at_the_end(&ledger).await;
        let wrong = match seen {
            Ok(None) => return Ok(ledger),
            Ok(Some(bad)) => {
                let detail = format!("{} {}: {}", bad.table, bad.row, bad.problem);
                OpenError::Damaged { path: path.to_owned(), detail }
            }
            Err(error) => OpenError::of(path, error),
        };
        ledger.close().await;
        Err(wrong)
    }

    /// Opens the ledger at `path` to look something up, without reading all of it first: for the command line, which
    /// verifies when it is asked to.
    ///
    /// # Errors
    /// As [`Ledger::open`].
    pub async fn open_to_read(path: &Path, mode: Mode, day_rule: DayRule) -> Result<Self, OpenError> {
        Self::open_as(path, mode, day_rule, [0; 16], 0, Look::Reading).await
    }

    /// Opens a ledger of this version as it lies there, for reading alone: nothing of it or beside it changes.
    pub(crate) async fn open_as_it_is(path: &Path) -> Result<Self, LedgerError> {
        let file = File::read_only(path)?;
        let identity = identity::of(&mut *file.read().await?).await?;
        let identity = identity.ok_or_else(|| LedgerError::Damaged("it was never a till's".to_owned()))?;
        let day_rule = RwLock::new(DayRule::default());
        Ok(Self { inner: Arc::new(Inner { path: path.to_owned(), file, identity, day_rule }) })
    }

    async fn open_as(
        path: &Path,
        mode: Mode,
        day_rule: DayRule,
        fresh_installation_id: [u8; 16],
        now_ms: i64,
        look: Look,
    ) -> Result<Self, OpenError> {
        let of = |error| OpenError::of(path, error);
        let wrong_mode = |found| OpenError::WrongMode { path: path.to_owned(), found, asked: mode };
        let mut candidate = Candidate::open(path, &LEDGER, look).await?;
        match identity::of(candidate.connection()).await.map_err(of)? {
            Some(found) if found.mode != mode => return Err(wrong_mode(found.mode)),
            Some(_) | None => {}
        }
        let file = candidate.migrate(&LEDGER).await?;
        let fresh = Identity { mode, installation_id: hex(&fresh_installation_id) };
        let identity = identify(&file, fresh, now_ms).await.map_err(of)?;
        if identity.mode != mode {
            file.close().await;
            return Err(wrong_mode(identity.mode));
        }
        Ok(Self {
            inner: Arc::new(Inner { path: path.to_owned(), file, identity, day_rule: RwLock::new(day_rule) }),
        })
    }

    /// Training or live.
    #[must_use]
    pub fn mode(&self) -> Mode {
        self.inner.identity.mode
    }

    /// The ledger's own identifier, given when it was begun: 32 hexadecimal digits.
    #[must_use]
    pub fn installation_id(&self) -> &str {
        &self.inner.identity.installation_id
    }

    /// The file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.inner.path
    }

    /// Tells the business day of the entries written from now on; those already written keep theirs.
    pub fn set_day_rule(&self, rule: DayRule) {
        *self.inner.day_rule.write().unwrap_or_else(PoisonError::into_inner) = rule;
    }

    /// The rule in force.
    #[must_use]
    pub fn day_rule(&self) -> DayRule {
        self.inner.day_rule()
    }

    /// Whether anybody reads, writes, or waits to, at this moment.
    #[must_use]
    pub fn is_busy(&self) -> bool {
        self.inner.file.is_busy()
    }

    /// Returns when nobody reads, writes, or waits to.
    pub async fn idle(&self) {
        self.inner.file.idle().await;
    }

    /// Closes the file, for all clones. What is called afterwards answers
    /// [`LedgerError::Unavailable`].
    pub async fn close(&self) {
        self.inner.file.close().await;
    }
}

/// The file's identity, given now if it has none; and its seals.
async fn identify(file: &File, fresh: Identity, now_ms: i64) -> Result<Identity, LedgerError> {
    let mut writer = file.writer().await;
    let mut transaction = writer.begin().await?;
    let identity = match identity::of(&mut transaction).await? {
        Some(found) => found,
        None => {
            identity::give(&mut transaction, &fresh, now_ms).await?;
            fresh
        }
    };
    seal::begin(&mut transaction).await?;
    transaction.commit().await?;
    Ok(identity)
}

impl fmt::Debug for Ledger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ledger").field("mode", &self.mode()).finish_non_exhaustive()
    }
}
