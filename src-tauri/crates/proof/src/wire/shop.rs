//! A real till behind the proxy, in front of a real simulator. Owns its folder, its fast clock, and what it told.

use crate::stage::{FastClock, KEYS, Keychain, options, workplace};
use crate::wire::proxy::{Portal, Proxy};
use domain::{Mode, PaymentId};
use simulator::Simulator;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use till::{
    Archive, Charge, Charged, ClientOptions, Clock, Events, HttpGateways, Payment, Ports, Settings,
    SystemChance, SystemClock, Till, TillError, TillEvent,
};
use tokio::sync::watch;

/// The till's time goes this much faster than the line's.
pub const SPEED: u32 = 200;
/// Longer than the longest time-out, on a machine with much else to do.
const PATIENCE: Duration = Duration::from_secs(30);

type Told = watch::Sender<BTreeMap<String, Payment>>;

/// Remembers the newest version of each payment.
struct Page(Arc<Told>);

impl Events for Page {
    fn emit(&self, event: TillEvent) {
        if let TillEvent::PaymentChanged(_, payment) = event {
            self.0.send_modify(|told| {
                let newest =
                    told.get(payment.id.as_str()).is_none_or(|known| known.version < payment.version);
                if newest {
                    told.insert(payment.id.to_string(), payment.clone());
                }
            });
        }
    }
}

pub struct Shop {
    pub till: Till,
    pub provider: Simulator,
    pub proxy: Proxy,
    pub portal: Portal,
    told: Arc<Told>,
    served: u32,
    keychain: Arc<Keychain>,
    /// When the clock of all its lives began.
    began_ms: i64,
    folder: tempfile::TempDir,
}

impl Shop {
    pub async fn open() -> Self {
        let folder = workplace();
        let provider = simulator::Options {
            credentials: Some((KEYS.0.into(), KEYS.1.into())),
            record_requests: true,
            ..simulator::Options::default()
        };
        let provider = Simulator::start(provider).await.unwrap();
        let address = provider.base_url().trim_start_matches("http://").parse().unwrap();
        let portal = Portal::start().await;
        let proxy = Proxy::start(address, portal.address).await;
        let keychain = Arc::new(Keychain::default());
        let began_ms = SystemClock::new().now_ms();
        let told = Arc::default();
        let till = till(began_ms, folder.path().into(), &proxy, &keychain, &told).await;
        let settings = Settings { shop_name: "Chez Afi".into(), ..Settings::default() };
        till.save_settings(settings).await.unwrap();
        till.save_keys(KEYS.0, KEYS.1, false, false).await.unwrap();
        till.set_mode(Mode::Live).await.unwrap();
        Self { till, provider, proxy, portal, told, served: 0, keychain, began_ms, folder }
    }

    /// The next customer's charge.
    pub async fn charge(&mut self) -> Result<PaymentId, String> {
        self.served += 1;
        let charge = Charge {
            intent_id: format!("sale-{}", self.served),
            amount: (1_000 + self.served).to_string(),
            phone: format!("92{:06}", self.served),
            after: None,
            cashier: String::new(),
        };
        match self.till.charge(charge).await {
            Ok(Charged::Payment(_, payment)) => Ok(payment.id),
            Ok(Charged::Unresolved(_, payment)) => Err(format!("{} stands in the way", payment.id)),
            Err(error) => Err(format!("the till does not charge: {error}")),
        }
    }

    /// Waits until the till tells that a payment is as wanted.
    pub async fn until(&self, id: &PaymentId, wanted: impl Fn(&Payment) -> bool) -> Result<Payment, String> {
        let mut told = self.told.subscribe();
        let found =
            tokio::time::timeout(PATIENCE, told.wait_for(|told| told.get(id.as_str()).is_some_and(&wanted)))
                .await;
        match found {
            Ok(Ok(told)) => told.get(id.as_str()).cloned().ok_or_else(|| format!("{id} is gone")),
            Ok(Err(_)) | Err(_) => {
                let state = self.told.borrow().get(id.as_str()).map(|payment| payment.state);
                Err(format!("{id} stays {state:?}"))
            }
        }
    }

    /// How many invoices the provider has for one payment.
    pub fn created(&self, id: &PaymentId) -> usize {
        self.provider.invoices().iter().filter(|invoice| invoice.transaction_id == id.as_str()).count()
    }

    /// Every payment as it was told last.
    pub fn payments(&self) -> Vec<Payment> {
        self.told.borrow().values().cloned().collect()
    }

    /// Closes, looks through the books, and opens once more: everything must stand as it stood.
    pub async fn end(self) -> Vec<String> {
        let before = self.payments();
        let folder = self.folder.path().to_owned();
        self.till.close().await;
        // Its lock goes with it.
        drop(self.till);
        let mut problems = match books(&folder).await {
            Ok(problems) => problems,
            Err(error) => vec![format!("the books cannot be read: {error}")],
        };
        let till = till(self.began_ms, folder, &self.proxy, &self.keychain, &self.told).await;
        for payment in before {
            match till.detail(&payment.id).await {
                Ok((_, now, _)) if now.state == payment.state && now.has_token == payment.has_token => {}
                Ok((_, now, _)) => {
                    problems.push(format!("{} was {} and is {}", now.id, payment.state, now.state));
                }
                Err(error) => problems.push(format!("{}: {error}", payment.id)),
            }
        }
        till.close().await;
        self.provider.stop().await;
        problems
    }
}

async fn books(folder: &Path) -> Result<Vec<String>, TillError> {
    let verified = Archive::open(folder).await?.verify().await?;
    let bad = verified.iter().filter_map(|(_, verified)| verified.first_bad.as_ref());
    Ok(bad.map(|bad| format!("{bad:?}")).collect())
}

async fn till(
    began_ms: i64,
    folder: PathBuf,
    proxy: &Proxy,
    keychain: &Arc<Keychain>,
    told: &Arc<Told>,
) -> Till {
    let clients = ClientOptions {
        connect_timeout: Duration::from_secs(4),
        create_timeout: Duration::from_secs(5),
        confirm_timeout: Duration::from_secs(5),
        ..ClientOptions::default()
    };
    let ports = Ports {
        clock: Arc::new(FastClock::new(began_ms, SPEED)),
        chance: Arc::new(SystemChance),
        secrets: Arc::<Keychain>::clone(keychain),
        events: Arc::new(Page(Arc::clone(told))),
        gateways: Arc::new(HttpGateways::new(clients)),
    };
    Till::open(options(&folder, &proxy.base_url()), ports).await.unwrap()
}
