//! Whether everything that a sale needs is there.

use crate::desk::Desk;
use crate::views::{FindingView, UiError};
use tauri::State;
use till::domain::Right;

#[tauri::command]
pub(crate) async fn diagnose(desk: State<'_, Desk>) -> Result<Vec<FindingView>, UiError> {
    Ok(desk.till_for(Right::Settings).await?.diagnose().await.into_iter().map(Into::into).collect())
}
