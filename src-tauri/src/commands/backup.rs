//! Copies of the ledger: the panel of the settings, and the screen of a ledger that does not open. A path comes from the
//! folder of copies or from the system's own dialog, never from the page alone.

use crate::convert::{self, backups};
use crate::desk::Desk;
use crate::ports;
use crate::views::{BackupListView, BeyondView, DamageView, ErrorCode, ModeView, Snapshot, UiError};
use crate::{dialogs, window};
use std::path::{Path, PathBuf};
use tauri::{AppHandle, Runtime, State};
use till::domain::Right;
use till::{OpenTillError, Rescue};

#[tauri::command]
pub(crate) async fn backups(desk: State<'_, Desk>) -> Result<BackupListView, UiError> {
    Ok(backups::list(&desk.till_for(Right::Backups).await?.backup_status()))
}

#[tauri::command]
pub(crate) async fn backup_now(desk: State<'_, Desk>) -> Result<BackupListView, UiError> {
    let till = desk.till_for(Right::Backups).await?;
    till.backup_now().await?;
    Ok(backups::list(&till.backup_status()))
}

/// Copies into a folder that the person chooses; none when the dialog was left.
#[tauri::command]
pub(crate) async fn backup_elsewhere(desk: State<'_, Desk>) -> Result<Option<String>, UiError> {
    desk.till_for(Right::Backups).await?;
    let Some(folder) = dialogs::folder().await else { return Ok(None) };
    // The system's dialog stays open when the till locks: whoever answers it is asked again.
    let till = desk.till_for(Right::Backups).await?;
    Ok(Some(till.backup_to(&folder).await?.display().to_string()))
}

/// Lets the person choose a copy; none when the dialog was left.
#[tauri::command]
pub(crate) async fn choose_backup(desk: State<'_, Desk>) -> Result<Option<String>, UiError> {
    // A ledger that does not open has no till to ask.
    if desk.is_open().await {
        desk.till_for(Right::Backups).await?;
    }
    let chosen = dialogs::ledger().await;
    if desk.is_open().await {
        desk.till_for(Right::Backups).await?;
    }
    desk.chose(chosen.clone());
    Ok(chosen.map(|path| path.display().to_string()))
}

#[tauri::command]
pub(crate) async fn look_at_backup(desk: State<'_, Desk>, path: String) -> Result<BeyondView, UiError> {
    let till = desk.till_for(Right::Backups).await?;
    Ok(backups::beyond(&till.look_at_backup(&known(&desk, &path)?).await?))
}

#[tauri::command]
pub(crate) async fn restore_backup(
    desk: State<'_, Desk>,
    path: String,
    who: String,
) -> Result<Snapshot, UiError> {
    let till = desk.till_for(Right::Restore).await?;
    till.restore_backup(&known(&desk, &path)?, &who).await?;
    convert::people::fresh(&till).await
}

/// What is wrong with the ledger that kept the till from opening; none when every ledger opens.
#[tauri::command]
pub(crate) async fn damage(desk: State<'_, Desk>) -> Result<Option<DamageView>, UiError> {
    let rescue = rescue(&desk).await?;
    Ok(rescue.look().await?.as_ref().map(backups::damage))
}

/// What a chosen copy holds, while the till is not open.
#[tauri::command]
pub(crate) async fn look_at_backup_of(
    desk: State<'_, Desk>,
    mode: ModeView,
    path: String,
) -> Result<BeyondView, UiError> {
    let rescue = rescue(&desk).await?;
    Ok(backups::beyond(&rescue.look_at(mode.into(), &known(&desk, &path)?).await?))
}

/// Puts a copy in the place of a ledger that does not open, and opens the till again.
#[tauri::command]
pub(crate) async fn restore_damaged<R: Runtime>(
    app: AppHandle<R>,
    desk: State<'_, Desk>,
    mode: ModeView,
    path: String,
    who: String,
) -> Result<(), UiError> {
    let rescue = rescue(&desk).await?;
    let path = known(&desk, &path)?;
    rescue.restore(mode.into(), &path, &who).await?;
    // It holds the lock that the till is about to take.
    drop(rescue);
    window::open_till(&app);
    Ok(())
}

/// The data folder without its till.
async fn rescue(desk: &Desk) -> Result<Rescue, UiError> {
    if desk.is_open().await {
        return Err(UiError::of(ErrorCode::AlreadyOpen));
    }
    let data_dir = desk.data_dir().ok_or_else(|| UiError::internal("no data folder yet"))?;
    Rescue::open(&data_dir, ports::unwatched()).await.map_err(|error| match error {
        OpenTillError::Till(error) => error.into(),
        OpenTillError::AlreadyOpen | OpenTillError::BaseUrl(_) => crate::error::opening(&error),
    })
}

/// The path, when it is that of a copy which the page was shown or which the person chose.
fn known(desk: &Desk, path: &str) -> Result<PathBuf, UiError> {
    let path = PathBuf::from(path);
    let folder = desk.data_dir().map(|dir| till::backup_folder(&dir));
    let is_ours = path.parent().map(Path::to_owned) == folder && path.file_name().is_some();
    if is_ours || desk.has_chosen(&path) { Ok(path) } else { Err(UiError::of(ErrorCode::NotFound)) }
}
