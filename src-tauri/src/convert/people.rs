//! People, from what the till knows to what the page may see.

use super::same_words;
use crate::views::{
    ErrorCode, FieldView, MemberInput, MemberView, PresenceView, RightView, RoleView, Snapshot, StaffView,
    UiError,
};
use till::domain::{Right, Role};
use till::{Admitted, Member, PersonChange, Pin, Presence, Staff, TillError};
use zeroize::Zeroizing;

same_words!(Role => RoleView { Owner, Manager, Cashier, Auditor });
same_words!(RoleView => Role { Owner, Manager, Cashier, Auditor });
same_words!(Right => RightView {
    Arrive, Charge, SeeToday, Print, SeeAll, Close, Export, WholeNumbers, Verify, Decide, Settings, Keys, Backups,
    Restore, People
});

/// What whoever stands there now may see: the till may have locked while a command worked.
pub(crate) async fn fresh(till: &Admitted) -> Result<Snapshot, UiError> {
    let till = till.admit(Right::Arrive).await?;
    Ok(super::snapshot(till.snapshot().await?, presence(&till)))
}

fn members(members: Vec<Member>) -> Vec<MemberView> {
    members.into_iter().map(member).collect()
}

fn member(member: Member) -> MemberView {
    MemberView { id: member.id, name: member.name, role: member.role.into() }
}

fn presence(till: &Admitted) -> PresenceView {
    let people = members(till.staff().people);
    match till.who() {
        Presence::Unguarded => PresenceView::Unguarded,
        Presence::Locked => PresenceView::Locked { people },
        Presence::Here(here) => PresenceView::Here {
            person: member(here.clone()),
            rights: Right::ALL
                .iter()
                .filter(|right| here.role.may(**right))
                .map(|right| (*right).into())
                .collect(),
            people,
        },
    }
}

pub(crate) fn staff(staff: Staff) -> StaffView {
    StaffView { people: members(staff.people), lock_after_minutes: staff.lock_after_minutes }
}

pub(crate) fn change(input: MemberInput) -> Result<PersonChange, UiError> {
    let pin = input.pin.map(Zeroizing::new).map(|pin| Pin::chosen(&pin)).transpose()?;
    Ok(PersonChange { id: input.id, name: input.name, role: input.role.into(), pin })
}

/// A code that is none is not a PIN that is none.
pub(crate) fn not_a_code(_: TillError) -> UiError {
    UiError::at(ErrorCode::RecoveryMalformed, FieldView::RecoveryCode)
}
