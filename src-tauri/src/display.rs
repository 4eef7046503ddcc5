//! The customer's screen: a window of its own that is told what stands on it and nothing else. Owns its opening and
//! closing (whether it is wanted is known here, because a window goes only some time after it was told to), its place, and
//! its one channel. Refuses events, because whoever may listen to one may listen to all: this window may ask one thing, and
//! is answered through the channel that it brought.

use crate::border;
use crate::convert::screen;
use crate::views::DisplayView;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tauri::async_runtime::JoinHandle;
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
    /// What rings when the screen is to change by itself.
    alarm: Alarm,
    stage: Mutex<Stage>,
    /// The program ends: a window that goes with it was not closed by anybody.
    leaving: AtomicBool,
}

impl Default for Display {
    fn default() -> Self {
        Self {
            clock: SystemClock::new(),
            showing: Mutex::default(),
            told: Mutex::default(),
            alarm: Alarm::default(),
            stage: Mutex::default(),
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
        self.tell(till);
        let left_ms = self.showing().changes_in_ms(till.mode(), self.clock.monotonic_ms());
        let (app, till) = (app.clone(), till.clone());
        self.alarm.set(left_ms.map(|left_ms| async move {
            let display = app.state::<Self>();
            display.clock.sleep(Duration::from_millis(left_ms)).await;
            display.tell(&till);
        }));
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

    fn stage(&self) -> MutexGuard<'_, Stage> {
        self.stage.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Somebody closes the window itself.
    pub(crate) fn is_closing(&self) {
        self.stage().close();
    }
}

/// Where the window stands between being asked for and being there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Stage {
    #[default]
    Closed,
    Open,
    /// Told to go, and not gone yet: until then no other one can open.
    Going {
        /// Asked for again meanwhile.
        again: bool,
    },
}

impl Stage {
    /// It is asked for; where it stood before.
    const fn open(&mut self) -> Self {
        let before = *self;
        *self = match before {
            Self::Closed | Self::Open => Self::Open,
            Self::Going { .. } => Self::Going { again: true },
        };
        before
    }

    /// It is to go; where it stood before.
    const fn close(&mut self) -> Self {
        let before = *self;
        *self = match before {
            Self::Closed => Self::Closed,
            Self::Open | Self::Going { .. } => Self::Going { again: false },
        };
        before
    }

    /// It is gone; whether it is to come back.
    const fn gone(&mut self) -> bool {
        let comes_back = self.is_wanted() && matches!(self, Self::Going { .. });
        *self = Self::Closed;
        comes_back
    }

    /// Whether it is there for good, or will be.
    const fn is_wanted(self) -> bool {
        matches!(self, Self::Open | Self::Going { again: true })
    }
}

/// One task that waits; the next one takes its place.
#[derive(Default)]
struct Alarm(Mutex<Option<JoinHandle<()>>>);

impl Alarm {
    fn set(&self, rings: Option<impl Future<Output = ()> + Send + 'static>) {
        let next = rings.map(tauri::async_runtime::spawn);
        let before = std::mem::replace(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner), next);
        if let Some(before) = before {
            before.abort();
        }
    }
}

/// Opens the window, or brings it to the front. One that is about to go comes back when it is gone.
pub(crate) fn open<R: Runtime>(app: &AppHandle<R>) -> tauri::Result<()> {
    let display = app.state::<Display>();
    let before = display.stage().open();
    match before {
        Stage::Going { .. } => Ok(()),
        Stage::Open => match app.get_webview_window(WINDOW) {
            Some(window) => window.unminimize().and_then(|()| window.set_focus()),
            None => Ok(()),
        },
        Stage::Closed => {
            let opened = build(app);
            if opened.is_err() {
                *display.stage() = Stage::Closed;
            } else if !display.stage().is_wanted() {
                // Told to go while it was being made.
                close(app);
            }
            opened
        }
    }
}

fn build<R: Runtime>(app: &AppHandle<R>) -> tauri::Result<()> {
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
    app.state::<Display>().stage().close();
    let closed = app.get_webview_window(WINDOW).map(|window| window.destroy());
    if let Some(Err(error)) = closed {
        *app.state::<Display>().stage() = Stage::Open;
        tracing::warn!(%error, "the customer's screen could not be closed");
    }
}

/// The window is gone: nobody is told any more, and one that was asked for meanwhile opens. Tells whether that is to be
/// remembered: what goes with the program was not closed by anybody.
pub(crate) fn is_gone<R: Runtime>(app: &AppHandle<R>) -> bool {
    let display = app.state::<Display>();
    // Another one is there already: it is told, and stays.
    if app.get_webview_window(WINDOW).is_some() {
        return true;
    }
    *display.told.lock().unwrap_or_else(PoisonError::into_inner) = None;
    let comes_back = display.stage().gone();
    if display.leaving.load(Ordering::SeqCst) {
        return false;
    }
    if comes_back {
        let app = app.clone();
        // Not from here: while the system tells of a window, some make no other one.
        tauri::async_runtime::spawn(async move {
            if let Err(error) = open(&app) {
                tracing::warn!(%error, "the customer's screen could not be opened again");
            }
        });
    }
    true
}

/// Whether it is to be there at the next start: as it stands when this is written, whoever else writes meanwhile.
pub(crate) async fn remember<R: Runtime>(app: &AppHandle<R>, till: &Till) {
    let kept = till.change_screen(|screen| screen.display = app.state::<Display>().stage().is_wanted());
    if let Err(error) = kept.await {
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

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    #[test]
    fn a_screen_that_is_asked_for_while_it_goes_comes_back_once_it_is_gone() {
        let mut stage = Stage::default();
        assert_eq!((stage.open(), stage.is_wanted()), (Stage::Closed, true));
        assert_eq!(stage.open(), Stage::Open, "it is there: no second one");
        assert_eq!((stage.close(), stage.is_wanted()), (Stage::Open, false));
        assert_eq!(stage.open(), Stage::Going { again: false }, "not gone yet: none is built");
        assert!(stage.is_wanted(), "what is remembered is that it will be there");
        assert!(stage.gone(), "now it opens");
        assert_eq!(stage.open(), Stage::Closed);
        stage.close();
        stage.open();
        stage.close();
        assert!(!stage.gone(), "the last word was that it goes");
        assert!(!stage.is_wanted());
        assert_eq!(stage.close(), Stage::Closed, "what is not there cannot go");
        assert_eq!(stage, Stage::Closed);
        // Gone without having been told to: the system took it.
        stage.open();
        assert!(!stage.gone());
    }

    #[test]
    fn an_alarm_that_is_set_again_does_not_wait_twice() {
        let alarm = Alarm::default();
        let waiting = Arc::new(());
        let wait = |held: Arc<()>| async move {
            std::future::pending::<()>().await;
            drop(held);
        };
        for _ in 0..5 {
            alarm.set(Some(wait(Arc::clone(&waiting))));
        }
        // Those that were taken away are dropped when their thread has time.
        let until = std::time::Instant::now() + Duration::from_secs(10);
        while Arc::strong_count(&waiting) > 2 && std::time::Instant::now() < until {
            std::thread::yield_now();
        }
        assert_eq!(Arc::strong_count(&waiting), 2, "the last one alone waits");
        let none: Option<std::future::Ready<()>> = None;
        alarm.set(none);
    }
}
