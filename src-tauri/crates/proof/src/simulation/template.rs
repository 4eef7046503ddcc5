//! A till that was set up once, to begin every story from: live, with a shop name and keys.

use crate::simulation::chance::Dice;
use crate::simulation::provider::{Line, Provider};
use crate::simulation::time::Machine;
use domain::Mode;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use till::{Events, Ports, Secrets, SecretsError, Settings, SystemChance, Till, TillEvent, TillOptions};

/// A keychain in memory. It outlives a power cut, and may be asked when one comes: before it takes something, or after.
#[derive(Clone)]
pub struct Keychain {
    kept: Arc<Mutex<HashMap<String, Vec<u8>>>>,
    machine: Arc<Machine>,
}

impl Keychain {
    fn new(machine: Arc<Machine>) -> Self {
        Self { kept: Arc::default(), machine }
    }

    /// What it has, in another world.
    pub fn copied_to(&self, machine: &Arc<Machine>) -> Self {
        let kept = self.kept().clone();
        Self { kept: Arc::new(Mutex::new(kept)), machine: Arc::clone(machine) }
    }

    fn kept(&self) -> MutexGuard<'_, HashMap<String, Vec<u8>>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Secrets for Keychain {
    fn get(&self, name: &str) -> Result<Option<Vec<u8>>, SecretsError> {
        self.machine.may_die();
        Ok(self.kept().get(name).cloned())
    }
    fn set(&self, name: &str, secret: &[u8]) -> Result<(), SecretsError> {
        self.machine.may_die();
        self.kept().insert(name.to_owned(), secret.to_vec());
        self.machine.may_die();
        Ok(())
    }
    fn delete(&self, name: &str) -> Result<(), SecretsError> {
        self.machine.may_die();
        self.kept().remove(name);
        self.machine.may_die();
        Ok(())
    }
}

struct Nobody;

impl Events for Nobody {
    fn emit(&self, _: TillEvent) {}
}

/// The files of a till that is ready to charge.
pub struct Template {
    pub keychain: Keychain,
    files: Vec<(String, Vec<u8>)>,
}

impl Template {
    /// Sets a till up in `folder` and remembers its files.
    pub fn make(folder: &Path) -> Self {
        let machine = Arc::new(Machine::default());
        let keychain = Keychain::new(Arc::clone(&machine));
        let provider = Provider::new(Arc::clone(&machine), Dice::new(0));
        let ports = Ports {
            clock: machine,
            chance: Arc::new(SystemChance),
            secrets: Arc::new(keychain.clone()),
            events: Arc::new(Nobody),
            gateways: Arc::new(Line(provider)),
        };
        let runtime = crate::stage::runtime();
        runtime.block_on(async {
            let till = Till::open(options(folder), ports).await.unwrap();
            let settings = Settings { shop_name: "Chez Afi".into(), ..Settings::default() };
            till.save_settings(settings).await.unwrap();
            till.save_keys("key-canary", "token.canary", false, false).await.unwrap();
            till.set_mode(Mode::Live).await.unwrap();
            till.close().await;
        });
        drop(runtime);
        let file = |entry: std::io::Result<std::fs::DirEntry>| {
            let path = entry.unwrap().path();
            (path.file_name().unwrap().to_string_lossy().into_owned(), std::fs::read(path).unwrap())
        };
        let files: Vec<_> = std::fs::read_dir(folder).unwrap().map(file).collect();
        Self { keychain, files }
    }

    pub fn copy_to(&self, folder: &Path) {
        let _ = std::fs::remove_dir_all(folder);
        std::fs::create_dir_all(folder).unwrap();
        for (name, content) in &self.files {
            std::fs::write(folder.join(name), content).unwrap();
        }
    }

    pub fn options(&self, folder: &Path) -> TillOptions {
        options(folder)
    }
}

fn options(folder: &Path) -> TillOptions {
    TillOptions {
        data_dir: folder.to_owned(),
        base_url: Some("http://127.0.0.1:9".to_owned()),
        export_dir: None,
        default_export_dir: PathBuf::from(folder).join("exports"),
        keeps_backups: false,
        read_first_bytes: till::READ_FIRST_BYTES,
    }
}
