//! A shop under test: a folder, a provider, keys in a keychain of the test's own, and ears for what the till tells.

use simulator::{Options, Simulator};
use std::collections::HashMap;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;
use tempfile::TempDir;
use till::domain::{Mode, State};
use till::{
    Charge, Charged, ClientOptions, Events, HttpGateways, Payment, Ports, Secrets, SecretsError, Settings,
    SystemChance, SystemClock, Till, TillEvent, TillOptions,
};
use tokio::sync::mpsc;

pub const KEYS: (&str, &str) = ("key-canary", "token.canary");
const PATIENCE: Duration = Duration::from_secs(45);

/// The largest secret of a Windows keychain.
pub const WINDOWS_MAX_BYTES: usize = 2_560;

/// A keychain with the limits of the Windows one, that can be taken away, forget, and wait for a person.
#[derive(Default)]
pub struct Keychain {
    pub kept: Mutex<HashMap<String, Vec<u8>>>,
    pub gone: Mutex<bool>,
    pub forgets: Mutex<bool>,
    pub asked: AtomicUsize,
    waits: Mutex<bool>,
    goes_on: Condvar,
}

impl Keychain {
    fn here(&self) -> Result<(), SecretsError> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        let waits = self.waits.lock().unwrap();
        // Not for ever: a test that fails meanwhile must end.
        drop(self.goes_on.wait_timeout_while(waits, PATIENCE, |waits| *waits).unwrap());
        if *self.gone.lock().unwrap() { Err(SecretsError::Unavailable("taken away".into())) } else { Ok(()) }
    }

    /// From now on every call waits until the person lets it go on.
    pub fn wait_for_a_person(&self, waits: bool) {
        *self.waits.lock().unwrap() = waits;
        self.goes_on.notify_all();
    }

    /// The one entry whose name begins so.
    pub fn entry(&self, prefix: &str) -> Option<(String, Vec<u8>)> {
        let kept = self.kept.lock().unwrap();
        let mut found = kept.iter().filter(|(name, _)| name.starts_with(prefix));
        let entry = found.next().map(|(name, secret)| (name.clone(), secret.clone()));
        assert!(found.next().is_none(), "{prefix} stands there twice");
        entry
    }
}

impl Secrets for Keychain {
    fn get(&self, name: &str) -> Result<Option<Vec<u8>>, SecretsError> {
        self.here()?;
        Ok(self.kept.lock().unwrap().get(name).cloned())
    }
    fn set(&self, name: &str, secret: &[u8]) -> Result<(), SecretsError> {
        self.here()?;
        if secret.len() > WINDOWS_MAX_BYTES {
            return Err(SecretsError::Unavailable(format!("{} bytes are too many", secret.len())));
        }
        if !*self.forgets.lock().unwrap() {
            self.kept.lock().unwrap().insert(name.to_owned(), secret.to_vec());
        }
        Ok(())
    }
    fn delete(&self, name: &str) -> Result<(), SecretsError> {
        self.here()?;
        self.kept.lock().unwrap().remove(name);
        Ok(())
    }
}

struct Ears(mpsc::UnboundedSender<TillEvent>);

impl Events for Ears {
    fn emit(&self, event: TillEvent) {
        let _ = self.0.send(event);
    }
}

pub struct Shop {
    pub folder: TempDir,
    pub keychain: Arc<Keychain>,
    pub provider: Simulator,
}

pub struct Open {
    pub till: Till,
    pub heard: mpsc::UnboundedReceiver<TillEvent>,
}

impl Shop {
    pub async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let provider = provider(0, &folder.path().join("provider.json")).await;
        Self { folder, keychain: Arc::default(), provider }
    }

    pub async fn open(&self) -> Open {
        let (told, heard) = mpsc::unbounded_channel();
        Open { till: Till::open(self.options(), self.ports_telling(told)).await.unwrap(), heard }
    }

    pub fn options(&self) -> TillOptions {
        TillOptions {
            data_dir: self.folder.path().join("till"),
            base_url: Some(self.provider.base_url()),
            export_dir: None,
            default_export_dir: self.folder.path().join("exports"),
            keeps_backups: true,
            read_first_bytes: till::READ_FIRST_BYTES,
        }
    }

    /// Ports of a till nobody listens to.
    pub fn ports(&self) -> Ports {
        self.ports_telling(mpsc::unbounded_channel().0)
    }

    pub fn ports_telling(&self, told: mpsc::UnboundedSender<TillEvent>) -> Ports {
        let clients = ClientOptions { create_timeout: Duration::from_secs(4), ..ClientOptions::default() };
        Ports {
            clock: Arc::new(SystemClock::new()),
            chance: Arc::new(SystemChance),
            secrets: self.keychain.clone(),
            events: Arc::new(Ears(told)),
            gateways: Arc::new(HttpGateways::new(clients)),
        }
    }

    /// Opened, named, with keys, in live mode.
    pub async fn live(&self) -> Open {
        let open = self.open().await;
        let settings = Settings { shop_name: "Chez Afi".into(), ..Settings::default() };
        open.till.save_settings(settings).await.unwrap();
        open.till.save_keys(KEYS.0, KEYS.1, false, false).await.unwrap();
        open.till.set_mode(Mode::Live).await.unwrap();
        open
    }

    pub fn creates(&self) -> usize {
        self.provider.requests().iter().filter(|request| request.method == "POST").count()
    }

    /// When each confirm arrived, milliseconds.
    pub fn confirms(&self) -> Vec<i64> {
        let requests = self.provider.requests();
        requests.iter().filter(|request| request.method == "GET").map(|request| request.at_ms).collect()
    }
}

pub async fn provider(port: u16, state_file: &Path) -> Simulator {
    let options = Options {
        port,
        credentials: Some((KEYS.0.into(), KEYS.1.into())),
        state_file: Some(state_file.to_owned()),
        remembers: None,
        record_requests: true,
        late_after: Duration::from_secs(1),
    };
    Simulator::start(options).await.unwrap()
}

pub fn sale(intent: &str, amount: &str, phone: &str) -> Charge {
    Charge {
        intent_id: intent.into(),
        amount: amount.into(),
        phone: phone.into(),
        after: None,
        cashier: String::new(),
    }
}

impl Open {
    pub async fn charge(&self, charge: Charge) -> Payment {
        match self.till.charge(charge).await.unwrap() {
            Charged::Payment(_, payment) => payment,
            Charged::Unresolved(_, payment) => panic!("unresolved: {payment:?}"),
        }
    }

    /// Waits until the till tells that a payment reached `state`.
    pub async fn until(&mut self, state: State) -> Payment {
        self.hear(|event| match event {
            TillEvent::PaymentChanged(_, payment) if payment.state == state => Some(payment.clone()),
            _ => None,
        })
        .await
    }

    pub async fn hear<T>(&mut self, mut wanted: impl FnMut(&TillEvent) -> Option<T>) -> T {
        let hearing = async {
            loop {
                let event = self.heard.recv().await.unwrap();
                if let Some(found) = wanted(&event) {
                    return found;
                }
            }
        };
        tokio::time::timeout(PATIENCE, hearing).await.expect("the till did not tell it in time")
    }
}
