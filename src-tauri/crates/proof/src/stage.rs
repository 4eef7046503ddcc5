//! A real till on a real folder before a provider on loopback, for the proofs that act on whole programs: keys that lie in
//! a folder, a clock that runs faster than the machine's, and a page that says on standard output what it is told.

use domain::Mode;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use till::{
    Boxed, Clock, Events, HttpGateways, Ports, Secrets, SecretsError, Settings, SystemChance, SystemClock,
    Till, TillEvent, TillOptions,
};
use tokio::sync::mpsc;

/// What the provider takes.
pub const KEYS: (&str, &str) = ("key-canary", "token.canary");

/// A keychain that is read from a folder before the play begins, and written there after it was set up.
#[derive(Default)]
pub struct Keychain(Mutex<HashMap<String, Vec<u8>>>);

impl Keychain {
    pub fn load(folder: &Path) -> Self {
        let entry = |entry: std::io::Result<std::fs::DirEntry>| {
            let path = entry.unwrap().path();
            (path.file_name().unwrap().to_string_lossy().into_owned(), std::fs::read(&path).unwrap())
        };
        Self(Mutex::new(std::fs::read_dir(folder).unwrap().map(entry).collect()))
    }

    pub fn keep(&self, folder: &Path) {
        std::fs::create_dir_all(folder).unwrap();
        for (name, secret) in self.entries().iter() {
            std::fs::write(folder.join(name), secret).unwrap();
        }
    }

    fn entries(&self) -> std::sync::MutexGuard<'_, HashMap<String, Vec<u8>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Secrets for Keychain {
    fn get(&self, name: &str) -> Result<Option<Vec<u8>>, SecretsError> {
        Ok(self.entries().get(name).cloned())
    }
    fn set(&self, name: &str, secret: &[u8]) -> Result<(), SecretsError> {
        self.entries().insert(name.to_owned(), secret.to_vec());
        Ok(())
    }
    fn delete(&self, name: &str) -> Result<(), SecretsError> {
        self.entries().remove(name);
        Ok(())
    }
}

/// The machine's clock, running `times` as fast since `began_ms`: seconds of the till pass in milliseconds.
pub struct FastClock {
    real: SystemClock,
    began_ms: i64,
    times: u32,
}

impl FastClock {
    pub fn new(began_ms: i64, times: u32) -> Self {
        Self { real: SystemClock::new(), began_ms, times }
    }
}

impl Clock for FastClock {
    fn now_ms(&self) -> i64 {
        self.began_ms + (self.real.now_ms() - self.began_ms) * i64::from(self.times)
    }

    fn monotonic_ms(&self) -> i64 {
        self.real.monotonic_ms() * i64::from(self.times)
    }

    fn sleep(&self, wait: Duration) -> Boxed<'_, ()> {
        self.real.sleep(wait / self.times)
    }
}

/// The page: says what it is told, and passes it on.
pub struct Page {
    pub says: bool,
    pub to: mpsc::UnboundedSender<TillEvent>,
}

impl Events for Page {
    fn emit(&self, event: TillEvent) {
        if let TillEvent::PaymentChanged(_, payment) = &event
            && self.says
        {
            println!("told {} {} {}", payment.id, payment.version, payment.state);
        }
        // Nobody may be listening any more.
        let _ = self.to.send(event);
    }
}

/// Ports of a till with these keys, this clock and this page, and the real network.
pub fn ports(keychain: Arc<Keychain>, clock: FastClock, page: Page) -> Ports {
    Ports {
        clock: Arc::new(clock),
        chance: Arc::new(SystemChance),
        secrets: keychain,
        events: Arc::new(page),
        gateways: Arc::new(HttpGateways::default()),
    }
}

pub fn options(folder: &Path, server: &str) -> TillOptions {
    TillOptions {
        data_dir: folder.to_owned(),
        base_url: Some(server.to_owned()),
        export_dir: None,
        default_export_dir: PathBuf::from(folder).join("exports"),
        // Copies are attacked by their own drill.
        keeps_backups: false,
        read_first_bytes: till::READ_FIRST_BYTES,
    }
}

/// A till that is ready to charge: live, with a shop name and keys.
pub async fn set_up(folder: &Path, keychain: Arc<Keychain>) {
    let page = Page { says: false, to: mpsc::unbounded_channel().0 };
    let clock = FastClock::new(SystemClock::new().now_ms(), 1);
    let till = Till::open(options(folder, "http://127.0.0.1:9"), ports(keychain, clock, page)).await.unwrap();
    let settings = Settings { shop_name: "Chez Afi".into(), ..Settings::default() };
    till.save_settings(settings).await.unwrap();
    till.save_keys(KEYS.0, KEYS.1, false, false).await.unwrap();
    till.set_mode(Mode::Live).await.unwrap();
    till.close().await;
}

/// A runtime on this thread.
pub fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

/// A folder in memory where there is one.
pub fn workplace() -> tempfile::TempDir {
    let memory = PathBuf::from("/dev/shm");
    let place = if memory.is_dir() { memory } else { std::env::temp_dir() };
    tempfile::tempdir_in(place.canonicalize().unwrap()).unwrap()
}

/// Copies the files of a folder that has no folders in it.
pub fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            std::fs::copy(&path, to.join(path.file_name().unwrap())).unwrap();
        }
    }
}
