//! Who stands at the till: signing in, locking, and who works here. PINs come in here and never go out; a recovery code goes
//! out once, to be written on paper.

use crate::convert::people as convert;
use crate::desk::Desk;
use crate::views::{
    MemberInput, MemberSaved, PinInput, RecoveryInput, RecoverySaved, Snapshot, StaffView, UiError,
};
use tauri::State;
use till::domain::Right;
use till::{Pin, RecoveryCode};
use zeroize::Zeroizing;

#[tauri::command]
pub(crate) async fn sign_in(desk: State<'_, Desk>, input: PinInput) -> Result<Snapshot, UiError> {
    let till = desk.till_for(Right::Arrive).await?;
    let pin = Pin::typed(&Zeroizing::new(input.pin))?;
    till.sign_in(&input.person_id, &pin).await?;
    // Another person, and other rights.
    convert::fresh(&desk.till_for(Right::Arrive).await?).await
}

/// Locks by hand.
#[tauri::command]
pub(crate) async fn lock(desk: State<'_, Desk>) -> Result<Snapshot, UiError> {
    desk.till_for(Right::Arrive).await?.lock().await;
    convert::fresh(&desk.till_for(Right::Arrive).await?).await
}

/// Somebody moves at the till, which then does not lock by itself for a while.
#[tauri::command]
pub(crate) async fn still_here(desk: State<'_, Desk>) -> Result<(), UiError> {
    desk.till_for(Right::Arrive).await?.still_here().await;
    Ok(())
}

/// A new PIN for an owner who forgot it.
#[tauri::command]
pub(crate) async fn recover_owner(
    desk: State<'_, Desk>,
    input: RecoveryInput,
) -> Result<RecoverySaved, UiError> {
    let till = desk.till_for(Right::Arrive).await?;
    let pin = Pin::chosen(&Zeroizing::new(input.pin))?;
    let code = RecoveryCode::typed(&Zeroizing::new(input.code)).map_err(convert::not_a_code)?;
    let next = till.recover(&input.person_id, &code, &pin).await?;
    Ok(RecoverySaved { recovery: next.grouped().to_string() })
}

#[tauri::command]
pub(crate) async fn staff(desk: State<'_, Desk>) -> Result<StaffView, UiError> {
    Ok(convert::staff(desk.till_for(Right::People).await?.staff()))
}

/// Adds or changes somebody; the first one becomes the owner.
#[tauri::command]
pub(crate) async fn save_person(desk: State<'_, Desk>, input: MemberInput) -> Result<MemberSaved, UiError> {
    let till = desk.till_for(Right::People).await?;
    let code = till.save_person(convert::change(input)?).await?;
    Ok(MemberSaved {
        staff: convert::staff(till.staff()),
        recovery: code.map(|code| code.grouped().to_string()),
    })
}

#[tauri::command]
pub(crate) async fn retire_person(desk: State<'_, Desk>, person_id: String) -> Result<StaffView, UiError> {
    let till = desk.till_for(Right::People).await?;
    till.retire_person(&person_id).await?;
    Ok(convert::staff(till.staff()))
}

#[tauri::command]
pub(crate) async fn set_auto_lock(desk: State<'_, Desk>, minutes: u32) -> Result<StaffView, UiError> {
    let till = desk.till_for(Right::People).await?;
    till.set_lock_after(minutes).await?;
    Ok(convert::staff(till.staff()))
}
