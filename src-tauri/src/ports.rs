//! What this machine gives the till: its clock, its chance, its keychain, its network. Owns the choice, for the window and
//! for the command line alike.

use crate::keychain::Keychain;
use std::sync::Arc;
use till::{ClientOptions, Events, HttpGateways, Ports, SystemChance, SystemClock, TillEvent};

/// The machine's ports, telling `events`.
pub(crate) fn ports(events: Arc<dyn Events>) -> Ports {
    Ports {
        clock: Arc::new(SystemClock::new()),
        chance: Arc::new(SystemChance),
        secrets: Arc::new(Keychain::default()),
        events,
        gateways: Arc::new(HttpGateways::new(ClientOptions::default())),
    }
}

/// The machine's ports where nobody looks on.
pub(crate) fn unwatched() -> Ports {
    ports(Arc::new(Nobody))
}

struct Nobody;

impl Events for Nobody {
    fn emit(&self, _event: TillEvent) {}
}
