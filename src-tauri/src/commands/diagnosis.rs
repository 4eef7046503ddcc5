//! Whether everything that a sale needs is there.

use crate::desk::Desk;
use crate::views::{FindingView, UiError};
use tauri::State;

#[tauri::command]
pub(crate) async fn diagnose(desk: State<'_, Desk>) -> Result<Vec<FindingView>, UiError> {
    Ok(desk.till().await?.diagnose().await.into_iter().map(Into::into).collect())
}
