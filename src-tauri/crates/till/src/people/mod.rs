//! People and rights. Owns who is signed in, what that allows, and the names that the journal gets. While nobody has a PIN
//! there is one owner alone: everything is allowed, nothing locks, and no name is written.
//!
//! [`Till::admit`] is the one way to the till for whoever shows it: it names a right, and what it gives knows who asked.

mod admitted;
mod archive;
mod door;
mod secrets;
mod staff;

pub use admitted::Admitted;
pub use archive::Gate;
pub use door::{Member, Presence};
pub use secrets::{Pin, RecoveryCode};
pub use staff::{PersonChange, Staff};

pub(crate) use door::Door;

use crate::error::TillError;
use crate::ports::TillEvent;
use crate::till::Till;
use domain::Right;
use domain::pin::wait_after_s;
use door::{Key, Tried};
use ledger::told;
use std::time::Duration;

/// The longest sleep of whoever locks an idle till.
const IDLE_LOOK: Duration = Duration::from_secs(3);

impl Till {
    /// Lets whoever stands at the till do this, or says why not.
    ///
    /// # Errors
    /// [`TillError::Locked`] or [`TillError::NotAllowed`].
    pub async fn admit(&self, right: Right) -> Result<Admitted, TillError> {
        self.lock_if_idle().await;
        let presence = self.door().presence();
        presence.may(right)?;
        if right.is_an_act() {
            self.door().touch();
            self.somebody_looks().await;
        }
        Ok(Admitted::new(self.clone(), presence))
    }

    /// Who stands at the till.
    #[must_use]
    pub fn presence(&self) -> Presence {
        self.door().presence()
    }

    /// Somebody moves at the till: it does not lock by itself for a while.
    pub async fn still_here(&self) {
        self.lock_if_idle().await;
        self.door().touch();
        if self.presence() != Presence::Locked {
            self.somebody_looks().await;
        }
    }

    /// Opens a locked till, or puts somebody in the place of whoever is signed in.
    ///
    /// # Errors
    /// [`TillError::PinWrong`], [`TillError::PinWait`], [`TillError::NotFound`]. Whoever was there stays.
    pub async fn sign_in(&self, id: &str, pin: &Pin) -> Result<(), TillError> {
        let member = self.prove(id, Key::Pin, pin.into()).await?;
        self.enter(member).await;
        Ok(())
    }

    /// Proves an attempt; a series of wrong ones is in the journal.
    async fn prove(&self, id: &str, key: Key, proof: secrets::Proof) -> Result<Member, TillError> {
        match self.door().prove(id, key, proof).await? {
            Tried::Right(member) => Ok(member),
            Tried::Wrong { member, failed, error } => {
                if wait_after_s(failed).is_some() {
                    self.wrote(self.journal("pin_refused", &[&member.name, &failed.to_string()]).await);
                }
                Err(error)
            }
        }
    }

    async fn enter(&self, member: Member) {
        let name = member.name.clone();
        if let Some(before) = self.door().enter(member)
            && before.name != name
        {
            self.wrote(self.journal("signed_out", &[&before.name]).await);
        }
        self.wrote(self.journal("signed_in", &[&name]).await);
        self.lock_when_idle();
        self.ports().events.emit(TillEvent::SnapshotStale);
    }

    /// Locks by hand.
    pub async fn lock(&self) {
        if let Presence::Here(_) = self.presence() {
            self.somebody_looks().await;
        }
        if let Some(member) = self.door().leave() {
            self.left("signed_out", &member).await;
        }
    }

    async fn lock_if_idle(&self) -> bool {
        let idle = self.door().leave_if_idle();
        if let Some(member) = &idle {
            self.left("locked_by_itself", member).await;
        }
        idle.is_some()
    }

    async fn left(&self, kind: &str, member: &Member) {
        self.wrote(self.journal(kind, &[&member.name]).await);
        self.ports().events.emit(TillEvent::SnapshotStale);
    }

    /// Locks when nobody did anything for the minutes that were set, although nobody asks. Looks at both clocks every few
    /// seconds: a computer that wakes up has slept through any longer wait.
    pub(crate) fn lock_when_idle(&self) {
        let (till, watch) = (self.clone(), self.door().begin_watch());
        tokio::spawn(async move {
            while let Some(left) = till.door().locks_in() {
                tokio::select! {
                    () = till.ports().clock.sleep(left.min(IDLE_LOOK)) => {}
                    () = till.closing() => return,
                }
                if !till.door().is_newest_watch(watch) || till.lock_if_idle().await {
                    return;
                }
            }
        });
    }

    /// A line that belongs to no payment, in the journal of every ledger that is open: people and settings are the same for
    /// training and live.
    async fn journal(&self, kind: &str, facts: &[&str]) -> Result<(), TillError> {
        for counter in self.open_counters() {
            counter.ledger.note(self.ports().clock.now_ms(), kind, &told(facts)).await?;
        }
        Ok(())
    }

    /// Coming and going must be possible at a ledger that takes no line: it is then the first thing to be looked at.
    fn wrote(&self, written: Result<(), TillError>) {
        if let Err(error) = written {
            tracing::error!(%error, "who comes and goes could not be written down");
        }
    }
}
