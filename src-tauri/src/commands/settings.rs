//! The settings screen. Keys come in here and never go out.

use crate::convert::{self, people::fresh};
use crate::desk::Desk;
use crate::views::{ConnectionReport, CredentialsInput, ModeView, SettingsInput, Snapshot, UiError};
use tauri::State;
use till::domain::Right;

#[tauri::command]
pub(crate) async fn save_settings(desk: State<'_, Desk>, input: SettingsInput) -> Result<Snapshot, UiError> {
    let till = desk.till_for(Right::Settings).await?;
    till.save_settings(convert::settings_input(input)).await?;
    fresh(&till).await
}

#[tauri::command]
pub(crate) async fn save_credentials(
    desk: State<'_, Desk>,
    input: CredentialsInput,
) -> Result<Snapshot, UiError> {
    let till = desk.till_for(Right::Keys).await?;
    till.save_keys(&input.api_key, &input.api_token, input.session_only, input.replace_open).await?;
    fresh(&till).await
}

#[tauri::command]
pub(crate) async fn forget_credentials(desk: State<'_, Desk>) -> Result<Snapshot, UiError> {
    let till = desk.till_for(Right::Keys).await?;
    till.forget_keys().await?;
    fresh(&till).await
}

#[tauri::command]
pub(crate) async fn retry_keychain(desk: State<'_, Desk>) -> Result<Snapshot, UiError> {
    let till = desk.till_for(Right::Settings).await?;
    till.retry_keychain().await?;
    fresh(&till).await
}

/// A person has seen that the ledger lacks what it had, and says who and why.
#[tauri::command]
pub(crate) async fn acknowledge_chain_loss(
    desk: State<'_, Desk>,
    who: String,
    reason: String,
) -> Result<Snapshot, UiError> {
    let till = desk.till_for(Right::Restore).await?;
    till.acknowledge_chain_loss(&who, &reason).await?;
    fresh(&till).await
}

#[tauri::command]
pub(crate) async fn test_connection(desk: State<'_, Desk>) -> Result<ConnectionReport, UiError> {
    Ok(desk.till_for(Right::Settings).await?.test_connection().await?.into())
}

#[tauri::command]
pub(crate) async fn set_mode(desk: State<'_, Desk>, mode: ModeView) -> Result<Snapshot, UiError> {
    let till = desk.till_for(Right::Keys).await?;
    till.set_mode(mode.into()).await?;
    fresh(&till).await
}
