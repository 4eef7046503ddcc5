//! Who stands at the till. Owns the one place that knows it: the people of the settings' file, who is signed in, the waits
//! after wrong PINs, and when an idle till locks. Refuses to know what is done behind it.
//!
//! Waits run on the clock that nobody can set. What is kept on disk is how many wrong PINs there were: after a restart the
//! whole wait begins anew, so neither a restart nor another date makes it shorter.

use super::secrets::{Proof, matches};
use crate::error::TillError;
use crate::ports::Ports;
use domain::pin::{FREE_ATTEMPTS, wait_after_s};
use domain::{Right, Role};
use ledger::{Person, SettingsStore};
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Minutes without an act after which the till locks; 0 is never.
pub(crate) const AUTO_LOCK: &str = "auto_lock_minutes";
const AUTO_LOCK_DEFAULT: u32 = 5;
const MINUTE_MS: i64 = 60_000;

/// Somebody who works here, without anything that opens a door.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Made once, for ever.
    pub id: String,
    /// As the journal has it.
    pub name: String,
    /// What they are here.
    pub role: Role,
}

impl From<&Person> for Member {
    fn from(person: &Person) -> Self {
        Self { id: person.id.clone(), name: person.name.clone(), role: person.role }
    }
}

/// Who stands at the till.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Presence {
    /// Nobody here has a PIN: one owner alone, who may everything.
    Unguarded,
    /// Nobody is signed in.
    Locked,
    /// Somebody is.
    Here(Member),
}

impl Presence {
    /// Whether this may be done now.
    ///
    /// # Errors
    /// [`TillError::Locked`] or [`TillError::NotAllowed`].
    pub fn may(&self, right: Right) -> Result<(), TillError> {
        match self {
            Self::Unguarded => Ok(()),
            Self::Locked if right == Right::Arrive => Ok(()),
            Self::Locked => Err(TillError::Locked),
            Self::Here(member) if member.role.may(right) => Ok(()),
            Self::Here(_) => Err(TillError::NotAllowed(right)),
        }
    }
}

/// Which secret is tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Key {
    Pin,
    Recovery,
}

struct Here {
    member: Member,
    seen_monotonic_ms: i64,
    seen_ms: i64,
}

struct Inside {
    people: Vec<Member>,
    here: Option<Here>,
    /// On the monotonic clock, by person.
    waits_until_ms: HashMap<String, i64>,
    /// So many wrong ones are known to have been waited for. Another program may count more meanwhile.
    waited_for: HashMap<String, u32>,
    lock_after_minutes: u32,
}

pub(crate) struct Door {
    store: SettingsStore,
    ports: Ports,
    inside: Mutex<Inside>,
    /// One attempt after the other.
    turn: tokio::sync::Mutex<()>,
    /// Grows with every watch for idleness, so that only the newest one goes on.
    watch: AtomicU64,
}

impl Door {
    pub(crate) async fn open(store: SettingsStore, ports: Ports) -> Result<Self, TillError> {
        let stored = store.all().await?;
        let lock_after_minutes = match stored.get(AUTO_LOCK) {
            None => AUTO_LOCK_DEFAULT,
            Some(word) => word.parse().map_err(|_| crate::shop::unreadable(AUTO_LOCK, word))?,
        };
        let people = store.people().await?;
        let now_ms = ports.clock.monotonic_ms();
        let waits = people.iter().filter_map(|person| {
            let wait_s = wait_after_s(person.failed)?;
            Some((person.id.clone(), now_ms + i64::from(wait_s) * 1_000))
        });
        let inside = Inside {
            waits_until_ms: waits.collect(),
            waited_for: people.iter().map(|person| (person.id.clone(), person.failed)).collect(),
            people: people.iter().map(Member::from).collect(),
            here: None,
            lock_after_minutes,
        };
        let (turn, watch) = (tokio::sync::Mutex::default(), AtomicU64::default());
        Ok(Self { store, ports, inside: Mutex::new(inside), turn, watch })
    }

    fn inside(&self) -> MutexGuard<'_, Inside> {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Who stands there; a till that was left alone for too long counts as locked already.
    pub(crate) fn presence(&self) -> Presence {
        let inside = self.inside();
        match &inside.here {
            _ if inside.people.is_empty() => Presence::Unguarded,
            Some(here) if !self.is_idle(here, inside.lock_after_minutes) => {
                Presence::Here(here.member.clone())
            }
            Some(_) | None => Presence::Locked,
        }
    }

    fn is_idle(&self, here: &Here, lock_after_minutes: u32) -> bool {
        let allowed_ms = i64::from(lock_after_minutes) * MINUTE_MS;
        lock_after_minutes > 0 && self.idle_ms(here) >= allowed_ms
    }

    /// By either clock: the one that cannot be set stands still while the computer sleeps.
    fn idle_ms(&self, here: &Here) -> i64 {
        let steady_ms = self.ports.clock.monotonic_ms() - here.seen_monotonic_ms;
        steady_ms.max(self.ports.clock.now_ms() - here.seen_ms)
    }

    pub(crate) fn people(&self) -> Vec<Member> {
        self.inside().people.clone()
    }

    pub(crate) fn lock_after_minutes(&self) -> u32 {
        self.inside().lock_after_minutes
    }

    pub(crate) fn set_lock_after(&self, minutes: u32) {
        self.inside().lock_after_minutes = minutes;
    }

    /// Somebody works at the till now.
    pub(crate) fn touch(&self) {
        let (monotonic_ms, now_ms) = (self.ports.clock.monotonic_ms(), self.ports.clock.now_ms());
        if let Some(here) = &mut self.inside().here {
            (here.seen_monotonic_ms, here.seen_ms) = (monotonic_ms, now_ms);
        }
    }

    /// How long until an idle till locks; none when nobody is there or it never does.
    pub(crate) fn locks_in(&self) -> Option<Duration> {
        let inside = self.inside();
        let here = inside.here.as_ref().filter(|_| inside.lock_after_minutes > 0)?;
        let left_ms = i64::from(inside.lock_after_minutes) * MINUTE_MS - self.idle_ms(here);
        Some(Duration::from_millis(u64::try_from(left_ms).unwrap_or(0)))
    }

    /// A new watch for idleness begins; the ones before it end.
    pub(crate) fn begin_watch(&self) -> u64 {
        self.watch.fetch_add(1, Ordering::SeqCst) + 1
    }

    pub(crate) fn is_newest_watch(&self, watch: u64) -> bool {
        self.watch.load(Ordering::SeqCst) == watch
    }

    /// Nobody is there any more; who it was.
    pub(crate) fn leave(&self) -> Option<Member> {
        self.inside().here.take().map(|here| here.member)
    }

    /// Whoever was there too long without an act is gone; who it was.
    pub(crate) fn leave_if_idle(&self) -> Option<Member> {
        let mut inside = self.inside();
        let minutes = inside.lock_after_minutes;
        let idle = inside.here.as_ref().is_some_and(|here| self.is_idle(here, minutes));
        if idle { inside.here.take().map(|here| here.member) } else { None }
    }

    /// Somebody is there from now on; who was before.
    pub(crate) fn enter(&self, member: Member) -> Option<Member> {
        let (monotonic_ms, now_ms) = (self.ports.clock.monotonic_ms(), self.ports.clock.now_ms());
        let here = Here { member, seen_monotonic_ms: monotonic_ms, seen_ms: now_ms };
        self.inside().here.replace(here).map(|before| before.member)
    }

    /// Reads the people again, after a change; who is signed in stays so under their new name and role.
    pub(crate) async fn read_again(&self) -> Result<(), TillError> {
        let people: Vec<Member> = self.store.people().await?.iter().map(Member::from).collect();
        let mut inside = self.inside();
        if let Some(here) = inside.here.take()
            && let Some(member) = people.iter().find(|member| member.id == here.member.id)
        {
            inside.here = Some(Here { member: member.clone(), ..here });
        }
        inside.people = people;
        Ok(())
    }

    /// How many seconds the next attempt of this person must wait.
    pub(crate) fn must_wait_s(&self, id: &str) -> Option<u32> {
        let until_ms = *self.inside().waits_until_ms.get(id)?;
        let left_ms = until_ms - self.ports.clock.monotonic_ms();
        (left_ms > 0).then(|| u32::try_from((left_ms + 999) / 1_000).unwrap_or(u32::MAX))
    }

    /// Tries a PIN or a recovery code. The attempt is on disk before it is tried; what another program counted meanwhile is
    /// waited for here too.
    ///
    /// # Errors
    /// [`TillError::NotFound`] for nobody, [`TillError::PinWait`], [`TillError::PinWrong`].
    pub(crate) async fn prove(&self, id: &str, key: Key, proof: Proof) -> Result<Tried, TillError> {
        let _turn = self.turn.lock().await;
        let people = self.store.people().await?;
        let person = people.into_iter().find(|person| person.id == id).ok_or(TillError::NotFound)?;
        let hash = match key {
            Key::Pin => person.pin_hash.clone(),
            Key::Recovery => person.recovery_hash.clone().ok_or(TillError::NotFound)?,
        };
        self.must_wait_after(id, person.failed);
        if let Some(seconds) = self.must_wait_s(id) {
            return Err(TillError::PinWait { seconds });
        }
        let failed = self.store.count_attempt(id).await?;
        let member = Member::from(&person);
        // Others counted between the look and this: whoever comes after the last free one is not tried at all.
        let came_first = failed == person.failed.saturating_add(1);
        let is_tried = came_first || wait_after_s(failed.saturating_sub(1)).is_none();
        if is_tried && matches(proof, hash).await? {
            self.store.forget_attempts(id).await?;
            self.forget_waits(id);
            return Ok(Tried::Right(member));
        }
        let error = match self.must_wait_after(id, failed) {
            None => TillError::PinWrong { left: FREE_ATTEMPTS.saturating_sub(failed) },
            Some(seconds) => TillError::PinWait { seconds },
        };
        Ok(Tried::Wrong { member, failed, error })
    }

    /// So many wrong ones are counted: for those that are new here the whole wait begins now. Tells how long it is.
    fn must_wait_after(&self, id: &str, failed: u32) -> Option<u32> {
        let now_ms = self.ports.clock.monotonic_ms();
        let mut inside = self.inside();
        let known = inside.waited_for.insert(id.to_owned(), failed).unwrap_or(0);
        let seconds = wait_after_s(failed).filter(|_| failed > known)?;
        inside.waits_until_ms.insert(id.to_owned(), now_ms + i64::from(seconds) * 1_000);
        Some(seconds)
    }

    pub(crate) fn forget_waits(&self, id: &str) {
        let mut inside = self.inside();
        inside.waits_until_ms.remove(id);
        inside.waited_for.remove(id);
    }
}

/// What became of an attempt.
pub(crate) enum Tried {
    Right(Member),
    Wrong { member: Member, failed: u32, error: TillError },
}
