//! The customer's screen: a window of its own that is told what stands on it and nothing else. Owns its opening and
//! closing, its place, and its one channel. Refuses events, because whoever may listen to one may listen to all: this
//! window may ask one thing, and is answered through the channel that it brought.

use crate::border;
use crate::convert::screen;
use crate::views::DisplayView;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tauri::ipc::Channel;
use tauri::{AppHandle, Manager, Runtime, WebviewWindow};
use till::{Clock, Instant, Payment, Showing, SystemClock, Till, TillEvent};

pub(crate) const WINDOW: &str = "display";

/// What the customer's screen shows, and the way to it.
pub(crate) struct Display {
    clock: SystemClock,
    showing: Mutex<Showing>,
    /// Whom to tell, and what was told last.
    told: Mutex<Option<(Channel<DisplayView>, DisplayView)>>,
    /// Grows with every change, so that only the newest clock rings.
    turn: AtomicU64,
    /// The program ends: a window that goes with it was not closed by anybody.
    leaving: AtomicBool,
}

impl Default for Display {
    fn default() -> Self {
        Self {
            clock: SystemClock::new(),
            showing: Mutex::default(),
            told: Mutex::default(),
            turn: AtomicU64::default(),
            leaving: AtomicBool::default(),
        }
    }
}

impl Display {
    /// The window is there, perhaps not for the first time, and wants to be told from now on.
    pub(crate) fn attend(&self, till: &Till, open: &[Payment], changes: Channel<DisplayView>) -> DisplayView {
        for payment in open.iter().rev() {
            self.showing().hear(till.mode(), payment, self.now());
        }
        let view = self.view(till);
        *self.told.lock().unwrap_or_else(PoisonError::into_inner) = Some((changes, view.clone()));
        view
    }

    /// Something happened at the till.
    pub(crate) fn hear<R: Runtime>(&self, app: &AppHandle<R>, till: &Till, event: &TillEvent) {
        match event {
            TillEvent::PaymentChanged(mode, payment) => {
                self.showing().hear(*mode, payment, self.now());
            }
            TillEvent::SnapshotStale => {}
            // Late money is the shop's business, and comes as a change of its payment too.
            TillEvent::LateSuccess(..)
            | TillEvent::Contradiction(..)
            | TillEvent::LedgerDamaged
            | TillEvent::PromptsChanged
            | TillEvent::Connectivity { .. }
            | TillEvent::ClockWrong { .. }
            | TillEvent::ExportProgress { .. } => return,
        }
        let turn = self.turn.fetch_add(1, Ordering::SeqCst) + 1;
        self.tell(till);
        let Some(left_ms) = self.showing().changes_in_ms(till.mode(), self.clock.monotonic_ms()) else {
            return;
        };
        let (app, till) = (app.clone(), till.clone());
        tauri::async_runtime::spawn(async move {
            let display = app.state::<Self>();
            display.clock.sleep(Duration::from_millis(left_ms)).await;
            if display.turn.load(Ordering::SeqCst) == turn {
                display.tell(&till);
            }
        });
    }

    fn tell(&self, till: &Till) {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        let Some((changes, last)) = told.as_mut() else { return };
        let view = self.view(till);
        if *last == view {
            return;
        }
        match changes.send(view.clone()) {
            Ok(()) => *last = view,
            Err(error) => tracing::warn!(%error, "the customer's screen could not be told"),
        }
    }

    fn view(&self, till: &Till) -> DisplayView {
        let shown = self.showing().at(till.mode(), self.clock.monotonic_ms());
        screen::display(till.mode(), &till.settings(), till.screen(), shown)
    }

    fn showing(&self) -> MutexGuard<'_, Showing> {
        self.showing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn now(&self) -> Instant {
        Instant { wall_ms: self.clock.now_ms(), steady_ms: self.clock.monotonic_ms() }
    }

    /// The program ends.
    pub(crate) fn leave(&self) {
        self.leaving.store(true, Ordering::SeqCst);
    }

    /// The window is gone: nobody is told any more. Tells whether a person closed it.
    pub(crate) fn is_gone(&self) -> bool {
        *self.told.lock().unwrap_or_else(PoisonError::into_inner) = None;
        !self.leaving.load(Ordering::SeqCst)
    }
}

/// Opens the window, or brings it to the front.
pub(crate) fn open<R: Runtime>(app: &AppHandle<R>) -> tauri::Result<()> {
    if let Some(window) = app.get_webview_window(WINDOW) {
        return window.unminimize().and_then(|()| window.set_focus());
    }
    border::open_window(app, WINDOW)?;
    let Some(window) = app.get_webview_window(WINDOW) else { return Ok(()) };
    if let Err(error) = place(app, &window) {
        tracing::warn!(%error, "the customer's screen stays where the system put it");
    }
    window.show()?;
    // The keys stay with the cashier.
    app.get_webview_window(crate::page::WINDOW).map_or(Ok(()), |main| main.set_focus())
}

/// Fills the second screen when there is one; else it is a window like others.
fn place<R: Runtime>(app: &AppHandle<R>, window: &WebviewWindow<R>) -> tauri::Result<()> {
    let main = app.get_webview_window(crate::page::WINDOW).map(|main| main.current_monitor()).transpose()?;
    let at = main.flatten().map(|monitor| *monitor.position());
    let other = window.available_monitors()?.into_iter().find(|monitor| Some(*monitor.position()) != at);
    if let (Some(_), Some(other)) = (at, other) {
        window.set_position(*other.position())?;
        window.set_fullscreen(true)?;
    }
    Ok(())
}

/// Closes the window, if it is open.
pub(crate) fn close<R: Runtime>(app: &AppHandle<R>) {
    let closed = app.get_webview_window(WINDOW).map(|window| window.destroy());
    if let Some(Err(error)) = closed {
        tracing::warn!(%error, "the customer's screen could not be closed");
    }
}

/// Whether it is to be there at the next start.
pub(crate) async fn remember(till: &Till, is_open: bool) {
    let screen = till::ScreenSettings { display: is_open, ..till.screen() };
    if let Err(error) = till.set_screen(screen).await {
        tracing::warn!(%error, "whether the customer's screen is open could not be kept");
    }
}

/// Opens it again when it was open at the last end.
pub(crate) fn reopen<R: Runtime>(app: &AppHandle<R>, till: &Till) {
    if till.screen().display
        && let Err(error) = open(app)
    {
        tracing::warn!(%error, "the customer's screen could not be opened again");
    }
}
