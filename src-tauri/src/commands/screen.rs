//! This computer's screens: how they look and sound, and the customer's.

use crate::convert::people::fresh;
use crate::convert::screen::screen_input;
use crate::desk::Desk;
use crate::display::{self, Display};
use crate::views::{DisplayView, ScreenView, Snapshot, UiError};
use tauri::ipc::Channel;
use tauri::{AppHandle, Runtime, State};
use till::domain::Right;

/// Changed at once, without the settings' form.
#[tauri::command]
pub(crate) async fn save_screen(desk: State<'_, Desk>, screen: ScreenView) -> Result<Snapshot, UiError> {
    let till = desk.till_for(Right::SeeToday).await?;
    till.change_screen(|now| *now = screen_input(screen, now.display)).await?;
    fresh(&till).await
}

/// Opens the customer's screen, or closes it.
#[tauri::command]
pub(crate) async fn customer_display<R: Runtime>(
    app: AppHandle<R>,
    desk: State<'_, Desk>,
    open: bool,
) -> Result<Snapshot, UiError> {
    let till = desk.till_for(Right::Charge).await?;
    if open {
        display::open(&app).map_err(|error| UiError::internal(error.to_string()))?;
    } else {
        display::close(&app);
    }
    display::remember(&app, &till).await;
    fresh(&till).await
}

/// The one thing that the customer's screen may ask: what stands on it now, and from now on.
#[tauri::command]
pub(crate) async fn display(
    desk: State<'_, Desk>,
    display: State<'_, Display>,
    changes: Channel<DisplayView>,
) -> Result<DisplayView, UiError> {
    let till = desk.till_for(Right::Arrive).await?;
    let open = till.snapshot().await?.open;
    Ok(display.attend(&till, &open, changes))
}
