//! Tells of a payment's end on the desktop while the till's window is not in front. Owns the words, once per end, and a
//! task that may wait for the desktop. Refuses whole numbers, and to fail or to hold up the till: a desktop that takes no
//! notifications is written down once.

#[cfg(target_os = "linux")]
use std::collections::HashMap;
use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::Duration;
use till::domain::{Mode, PaymentId, PhoneNumber, State};
use till::{Language, Payment, Presence, Till, TillEvent};
use tokio::sync::mpsc::{Sender, channel};

/// Ends that are remembered as told.
const TOLD_MAX: usize = 128;
/// What waits for a slow desktop; more is dropped, because it stands on the screen anyway.
const WAITING_MAX: usize = 8;
/// How long the desktop may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// How a payment ended, for whoever looks elsewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    Paid,
    NotCompleted,
    Late,
    Uncertain,
}

/// What stands in a notification.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Note {
    title: String,
    text: String,
}

/// The desktop, as far as the till speaks to it.
pub(crate) struct Notifier {
    in_front: AtomicBool,
    told: Mutex<VecDeque<(PaymentId, End)>>,
    desk: OnceLock<Sender<Note>>,
}

impl Default for Notifier {
    fn default() -> Self {
        // Until told otherwise: a window that just opened is looked at.
        Self { in_front: AtomicBool::new(true), told: Mutex::default(), desk: OnceLock::new() }
    }
}

impl Notifier {
    /// The till's window came to the front, or no longer is there.
    pub(crate) fn is_in_front(&self, in_front: bool) {
        self.in_front.store(in_front, Ordering::SeqCst);
    }

    /// Something happened at the till.
    pub(crate) fn hear(&self, till: &Till, event: &TillEvent) {
        let Some((mode, payment, end)) = ended(event) else { return };
        // Kept even when nobody is told: what was seen on the screen is no news later.
        if !self.is_first(&payment.id, end) || self.in_front.load(Ordering::SeqCst) || !till.screen().notify {
            return;
        }
        // A locked till says nothing of payments.
        if till.presence() == Presence::Locked {
            return;
        }
        let desk = self.desk.get_or_init(begin);
        if desk.try_send(note(till.settings().language, mode, payment, end)).is_err() {
            tracing::debug!("the desktop is slow: a notification was dropped");
        }
    }

    fn is_first(&self, id: &PaymentId, end: End) -> bool {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        if told.iter().any(|(known, known_end)| known == id && *known_end == end) {
            return false;
        }
        if told.len() == TOLD_MAX {
            told.pop_front();
        }
        told.push_back((id.clone(), end));
        true
    }
}

fn ended(event: &TillEvent) -> Option<(Mode, &Payment, End)> {
    match event {
        TillEvent::PaymentChanged(mode, payment) => {
            // A person's decision is made in front of the window; late money is told as such.
            if payment.late || payment.settled.is_some() {
                return None;
            }
            let end = match payment.state {
                State::Paid => End::Paid,
                State::Failed | State::Rejected | State::NotSent => End::NotCompleted,
                State::Uncertain | State::Review => End::Uncertain,
                State::Recorded | State::Submitting | State::Pending => return None,
            };
            Some((*mode, payment, end))
        }
        TillEvent::LateSuccess(mode, payment) => Some((*mode, payment, End::Late)),
        TillEvent::Contradiction(..)
        | TillEvent::LedgerDamaged
        | TillEvent::PromptsChanged
        | TillEvent::Connectivity { .. }
        | TillEvent::ClockWrong { .. }
        | TillEvent::ExportProgress { .. }
        | TillEvent::SnapshotStale => None,
    }
}

fn note(language: Language, mode: Mode, payment: &Payment, end: End) -> Note {
    let state = match (language, end) {
        (Language::Fr, End::Paid) => "PAYÉ — VÉRIFIÉ",
        (Language::Fr, End::NotCompleted) => "Non abouti",
        (Language::Fr, End::Late) => "Paiement tardif",
        (Language::Fr, End::Uncertain) => "À vérifier",
        (Language::En, End::Paid) => "PAID — VERIFIED",
        (Language::En, End::NotCompleted) => "Not completed",
        (Language::En, End::Late) => "Late payment",
        (Language::En, End::Uncertain) => "To be checked",
    };
    let title = match (mode, language) {
        (Mode::Live, _) => state.to_owned(),
        (Mode::Training, Language::Fr) => format!("MODE ÉCOLE · {state}"),
        (Mode::Training, Language::En) => format!("TRAINING · {state}"),
    };
    let number = payment.phone.as_ref().map(PhoneNumber::masked).unwrap_or_default();
    let text = [payment.amount.to_string(), number];
    Note { title, text: text.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ") }
}

/// A task that may wait for the desktop.
fn begin() -> Sender<Note> {
    let (desk, mut notes) = channel::<Note>(WAITING_MAX);
    tauri::async_runtime::spawn(async move {
        let mut is_written_down = false;
        while let Some(note) = notes.recv().await {
            let shown = tokio::time::timeout(PATIENCE, show(note)).await;
            let problem = match shown {
                Ok(Ok(())) => continue,
                Ok(Err(error)) => error,
                Err(late) => late.to_string(),
            };
            if !is_written_down {
                is_written_down = true;
                tracing::warn!(problem, "the desktop takes no notifications");
            }
        }
    });
    desk
}

/// One call of the desktop's own service.
#[cfg(target_os = "linux")]
async fn show(note: Note) -> Result<(), String> {
    const SERVICE: &str = "org.freedesktop.Notifications";
    let (no_actions, no_hints) = (Vec::<&str>::new(), HashMap::<&str, zbus::zvariant::Value<'_>>::new());
    let call = async {
        let bus = zbus::Connection::session().await?;
        let text = (note.title.as_str(), note.text.as_str());
        // Nothing is replaced, and the desktop chooses how long it stays.
        let told = ("Encaisse", 0u32, "encaisse", text.0, text.1, no_actions, no_hints, -1i32);
        bus.call_method(Some(SERVICE), "/org/freedesktop/Notifications", Some(SERVICE), "Notify", &told).await
    };
    call.await.map(|_| ()).map_err(|error: zbus::Error| error.to_string())
}

#[cfg(not(target_os = "linux"))]
async fn show(note: Note) -> Result<(), String> {
    let shown = tokio::task::spawn_blocking(move || {
        notify_rust::Notification::new()
            .appname("Encaisse")
            .summary(&note.title)
            .body(&note.text)
            .show()
            .map(|_| ())
            .map_err(|error| error.to_string())
    });
    shown.await.unwrap_or_else(|error| Err(error.to_string()))
}
