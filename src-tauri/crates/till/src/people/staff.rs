//! Who works here, changed by an owner. Owns that there is always an owner, that no two people share a name, and that an
//! owner's PIN comes with a code for the day it is forgotten.

use super::Admitted;
use super::door::{AUTO_LOCK, Key, Member, Presence};
use super::secrets::{Pin, RecoveryCode, hashed};
use crate::error::{Field, SettingProblem, TillError};
use crate::ports::TillEvent;
use crate::till::Till;
use crate::vault::hex;
use domain::{Right, Role};
use ledger::NewPerson;

const NAME_MAX_CHARS: usize = 40;
/// Eight hours: longer is never.
const LOCK_AFTER_MAX_MINUTES: u32 = 480;

/// Who works here, and how the till locks.
#[derive(Debug, Clone)]
pub struct Staff {
    /// By name.
    pub people: Vec<Member>,
    /// Minutes without an act after which the till locks; 0 is never.
    pub lock_after_minutes: u32,
}

/// Somebody as an owner wants them to be.
#[derive(Debug, Clone)]
pub struct PersonChange {
    /// Who; none for somebody new.
    pub id: Option<String>,
    /// As everybody calls them.
    pub name: String,
    /// What they are here.
    pub role: Role,
    /// A new PIN; required for somebody new, and for who becomes an owner.
    pub pin: Option<Pin>,
}

impl Till {
    /// Who works here: what a locked till shows, too.
    #[must_use]
    pub fn staff(&self) -> Staff {
        Staff { people: self.door().people(), lock_after_minutes: self.door().lock_after_minutes() }
    }

    /// A new PIN for an owner who forgot it, by the code that was shown once. The code is used up, and another one comes.
    ///
    /// # Errors
    /// [`TillError::PinWrong`], [`TillError::PinWait`], [`TillError::NotFound`] for who is no owner.
    pub async fn recover(&self, id: &str, code: &RecoveryCode, pin: &Pin) -> Result<RecoveryCode, TillError> {
        let member = self.prove(id, Key::Recovery, code.into()).await?;
        let next = RecoveryCode::fresh(&*self.ports().chance)?;
        let hashes = (self.hash(pin).await?, hashed((&next).into(), &*self.ports().chance).await?);
        let hashes = Some((hashes.0.as_str(), Some(hashes.1.as_str())));
        self.journal("pin_recovered", &[&member.name]).await?;
        self.store().change_person(id, &member.name, member.role, hashes).await?;
        self.door().forget_waits(id);
        self.enter(member).await;
        Ok(next)
    }

    async fn hash(&self, pin: &Pin) -> Result<String, TillError> {
        hashed(pin.into(), &*self.ports().chance).await
    }
}

impl Admitted {
    /// Adds or changes somebody. The first is the owner, who is then signed in. An owner's new PIN gives a new code.
    ///
    /// # Errors
    /// [`TillError::Required`], [`TillError::Setting`], [`TillError::NameTaken`], [`TillError::LastOwner`],
    /// [`TillError::NotFound`].
    pub async fn save_person(&self, change: PersonChange) -> Result<Option<RecoveryCode>, TillError> {
        self.may(Right::People)?;
        let people = self.door().people();
        let name = checked_name(&change.name)?;
        let before = match &change.id {
            Some(id) => {
                Some(people.iter().find(|person| &person.id == id).ok_or(TillError::NotFound)?.clone())
            }
            None => None,
        };
        let is_free = |person: &Member| {
            Some(&person.id) == change.id.as_ref() || person.name.to_lowercase() != name.to_lowercase()
        };
        if !people.iter().all(is_free) {
            return Err(TillError::NameTaken);
        }
        // Somebody must be able to let the others in.
        let role = if people.is_empty() { Role::Owner } else { change.role };
        let becomes_owner = role == Role::Owner && before.as_ref().is_none_or(|old| old.role != Role::Owner);
        if change.pin.is_none() && (before.is_none() || becomes_owner) {
            return Err(TillError::Required(Field::Pin));
        }
        if let Some(old) = &before
            && role != Role::Owner
        {
            not_the_last_owner(&people, old)?;
        }
        let code = match (role, &change.pin) {
            (Role::Owner, Some(_)) => Some(RecoveryCode::fresh(&*self.ports().chance)?),
            (Role::Owner | Role::Manager | Role::Cashier | Role::Auditor, _) => None,
        };
        let pin_hash = match &change.pin {
            Some(pin) => Some(self.hash(pin).await?),
            None => None,
        };
        let code_hash = match &code {
            Some(code) => Some(hashed(code.into(), &*self.ports().chance).await?),
            None => None,
        };
        match (&before, &pin_hash) {
            (Some(old), pin_hash) => {
                let facts = [old.name.as_str(), &name, old.role.as_str(), role.as_str()];
                self.note("person_changed", &facts).await?;
                let hashes = pin_hash.as_ref().map(|hash| (hash.as_str(), code_hash.as_deref()));
                if hashes.is_some() {
                    self.note("pin_set", &[&name]).await?;
                }
                self.store().change_person(&old.id, &name, role, hashes).await?;
                if hashes.is_some() {
                    self.door().forget_waits(&old.id);
                }
                self.door().read_again().await?;
            }
            (None, Some(pin_hash)) => self.add(&name, role, pin_hash, code_hash.as_deref()).await?,
            (None, None) => return Err(TillError::Required(Field::Pin)),
        }
        self.ports().events.emit(TillEvent::SnapshotStale);
        Ok(code)
    }

    async fn add(
        &self,
        name: &str,
        role: Role,
        pin_hash: &str,
        recovery_hash: Option<&str>,
    ) -> Result<(), TillError> {
        let mut bytes = [0_u8; 8];
        self.ports().chance.fill(&mut bytes)?;
        let id = hex(&bytes);
        match self.who() {
            // Whoever comes first has no name before.
            Presence::Unguarded => self.journal("person_added", &[name, name, role.as_str()]).await?,
            Presence::Locked | Presence::Here(_) => {
                self.note("person_added", &[name, role.as_str()]).await?;
            }
        }
        let person = NewPerson { id: &id, name, role, pin_hash, recovery_hash };
        self.store().add_person(person, self.ports().clock.now_ms()).await?;
        self.door().read_again().await?;
        if *self.who() == Presence::Unguarded {
            self.enter(Member { id, name: name.to_owned(), role }).await;
        }
        Ok(())
    }

    /// Somebody no longer works here. Their name stays in the journal for ever.
    ///
    /// # Errors
    /// [`TillError::LastOwner`], [`TillError::NotFound`].
    pub async fn retire_person(&self, id: &str) -> Result<(), TillError> {
        self.may(Right::People)?;
        let people = self.door().people();
        let member = people.iter().find(|person| person.id == id).ok_or(TillError::NotFound)?;
        not_the_last_owner(&people, member)?;
        self.note("person_retired", &[&member.name]).await?;
        self.store().retire_person(id, self.ports().clock.now_ms()).await?;
        self.door().read_again().await?;
        self.ports().events.emit(TillEvent::SnapshotStale);
        Ok(())
    }

    /// After how many minutes without an act the till locks; 0 is never.
    ///
    /// # Errors
    /// [`TillError::Setting`].
    pub async fn set_lock_after(&self, minutes: u32) -> Result<(), TillError> {
        self.may(Right::People)?;
        if minutes > LOCK_AFTER_MAX_MINUTES {
            return Err(TillError::Setting { field: Field::LockAfter, problem: SettingProblem::OutOfRange });
        }
        self.note("auto_lock_set", &[&minutes.to_string()]).await?;
        self.store().set(&[(AUTO_LOCK, minutes.to_string())], self.ports().clock.now_ms()).await?;
        self.door().set_lock_after(minutes);
        self.lock_when_idle();
        self.ports().events.emit(TillEvent::SnapshotStale);
        Ok(())
    }
}

fn checked_name(name: &str) -> Result<String, TillError> {
    let name = name.trim();
    if name.is_empty() {
        return Err(TillError::Required(Field::PersonName));
    }
    if name.chars().count() > NAME_MAX_CHARS || name.chars().any(char::is_control) {
        return Err(TillError::Setting { field: Field::PersonName, problem: SettingProblem::OutOfRange });
    }
    Ok(name.to_owned())
}

fn not_the_last_owner(people: &[Member], member: &Member) -> Result<(), TillError> {
    let is_owner = |person: &&Member| person.role == Role::Owner;
    if is_owner(&member) && people.iter().filter(is_owner).count() == 1 {
        return Err(TillError::LastOwner);
    }
    Ok(())
}
