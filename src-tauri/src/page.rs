//! What the page is told. Owns the translation of the till's events and their one way out. Refuses news of the ledger
//! that is not on screen as if it were: the page is then told to look again.

use crate::convert;
use crate::desk::Desk;
use crate::display::Display;
use crate::events::{TILL_EVENT, TillEvent as PageEvent};
use crate::notification::Notifier;
use std::sync::OnceLock;
use tauri::{AppHandle, Emitter, Manager, Runtime};
use till::{Events, Presence, Till, TillEvent};

pub(crate) const WINDOW: &str = "main";

/// The page of the main window.
pub(crate) struct Page<R: Runtime> {
    app: AppHandle<R>,
    till: OnceLock<Till>,
}

impl<R: Runtime> Page<R> {
    pub(crate) const fn new(app: AppHandle<R>) -> Self {
        Self { app, till: OnceLock::new() }
    }

    /// From now on. What happened while the till opened is in the page's first snapshot.
    pub(crate) fn works_for(&self, till: Till) {
        // Set once, at opening.
        let _ = self.till.set(till);
    }

    fn translate(&self, till: &Till, event: TillEvent) -> PageEvent {
        // A locked screen shows nothing of payments. Whoever opens it is told with the snapshot.
        let is_locked = till.presence() == Presence::Locked;
        match event {
            TillEvent::PaymentChanged(..)
            | TillEvent::LateSuccess(..)
            | TillEvent::Contradiction(..)
            | TillEvent::PromptsChanged
                if is_locked =>
            {
                PageEvent::SnapshotStale
            }
            TillEvent::PaymentChanged(mode, payment) if mode == till.mode() => {
                PageEvent::PaymentChanged { payment: convert::payment(mode, &payment) }
            }
            // What the page then asks for is answered with the damage.
            TillEvent::PaymentChanged(..) | TillEvent::SnapshotStale | TillEvent::LedgerDamaged => {
                PageEvent::SnapshotStale
            }
            TillEvent::LateSuccess(mode, payment) => {
                PageEvent::LateSuccess { payment: convert::payment(mode, &payment) }
            }
            TillEvent::Contradiction(mode, payment) => {
                PageEvent::Contradiction { payment: convert::payment(mode, &payment) }
            }
            TillEvent::PromptsChanged => {
                PageEvent::PromptsChanged { prompts: till.prompts().iter().map(convert::prompt).collect() }
            }
            TillEvent::ClockWrong { by_ms } => PageEvent::ClockWrong { by_ms },
            TillEvent::ExportProgress { done, total } => PageEvent::ExportProgress { done, total },
            TillEvent::Connectivity { online, problem } => {
                PageEvent::Connectivity { online, problem: problem.map(Into::into) }
            }
        }
    }
}

/// A till whose ledger was found damaged is closed, and stands there from then on as one that did not open: the page tells
/// of the damage, and can put a copy in place.
fn close_damaged<R: Runtime>(app: AppHandle<R>, till: Till) {
    tauri::async_runtime::spawn(async move {
        let Err(damage) = till.snapshot().await else { return };
        till.close().await;
        app.state::<Desk>().opened(Err(damage.into()));
        // Nothing that is on screen can be gone on with, so the page begins anew.
        let begun = app.get_webview_window(WINDOW).map(|window| window.reload());
        if let Some(Err(error)) = begun {
            tracing::warn!(%error, "the page could not begin anew");
        }
    });
}

impl<R: Runtime> Events for Page<R> {
    fn emit(&self, event: TillEvent) {
        let Some(till) = self.till.get() else { return };
        if matches!(event, TillEvent::LedgerDamaged) {
            close_damaged(self.app.clone(), till.clone());
            return;
        }
        self.app.state::<Display>().hear(&self.app, till, &event);
        self.app.state::<Notifier>().hear(till, &event);
        if let Err(error) = self.app.emit_to(WINDOW, TILL_EVENT, self.translate(till, event)) {
            // An event is a hint; the ledger is the truth, and the page asks for it when in doubt.
            tracing::warn!(%error, "the page could not be told");
        }
    }
}
