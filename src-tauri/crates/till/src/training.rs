//! Training: a simulated LigdiCash on loopback and a simulated phone, both inside the till. Owns their start and the
//! customer's acts. Refuses everything live: it has its own ledger, needs no keychain, and reaches nobody.

use crate::counter::{Counter, Line};
use crate::error::TillError;
use crate::keys::Keys;
use crate::ports::{Ports, TillEvent};
use domain::{PaymentId, PhoneNumber, Xof};
use ligdicash::BaseUrl;
use simulator::{Answer, Options, Simulator};
use std::path::Path;

/// The name under which training payments remember their server: the simulator's port changes with every start.
pub(crate) const TRAINING_SERVER: &str = "training";
const STATE_FILE: &str = "training-phone.json";
/// Payments that ended, and that the till knows of, in the phone's book.
const REMEMBERED: usize = 200;

/// One request on the simulated phone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prompt {
    /// The payment it belongs to.
    pub payment_id: PaymentId,
    /// The customer's number.
    pub phone: PhoneNumber,
    /// What is asked.
    pub amount: Xof,
    /// Who asks.
    pub shop_name: String,
    /// The customer put the phone down.
    pub ignored: bool,
}

/// The customer's act on the simulated phone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PhoneAnswer {
    /// Types the PIN.
    Approve,
    /// Presses cancel.
    Refuse,
    /// Puts the phone down.
    Ignore,
    /// Approves a minute and a half later.
    ApproveLate,
}

/// The simulated LigdiCash of a training counter.
pub(crate) struct Training {
    simulator: Simulator,
}

impl Training {
    pub(crate) async fn start(data_dir: &Path, ports: &Ports, counter: &Counter) -> Result<Self, TillError> {
        let mut secret = [0u8; 16];
        ports.chance.fill(&mut secret)?;
        let (api_key, api_token) = (crate::vault::hex(&secret[..8]), crate::vault::hex(&secret[8..]));
        let options = Options {
            credentials: Some((api_key.clone(), api_token.clone())),
            state_file: Some(data_dir.join(STATE_FILE)),
            remembers: Some(REMEMBERED),
            ..Options::default()
        };
        let simulator =
            Simulator::start(options).await.map_err(|error| TillError::Training(error.to_string()))?;
        let server =
            BaseUrl::parse(&simulator.base_url()).map_err(|error| TillError::Training(error.to_string()))?;
        let keys = Keys::parse(&api_key, &api_token, TRAINING_SERVER.to_owned())?;
        counter.set_line(Some(Line {
            gateway: ports.gateways.connect(&server, &keys)?,
            server: TRAINING_SERVER.to_owned(),
            credential_set: TRAINING_SERVER.to_owned(),
        }));

        let mut changes = simulator.changes();
        let events = ports.events.clone();
        tokio::spawn(async move {
            while changes.changed().await.is_ok() {
                events.emit(TillEvent::PromptsChanged);
            }
        });
        Ok(Self { simulator })
    }

    /// Requests on the phone, oldest first. What the simulator made up by itself, and is no payment of ours, stays out.
    pub(crate) fn prompts(&self) -> Vec<Prompt> {
        self.simulator
            .prompts()
            .into_iter()
            .filter_map(|prompt| {
                Some(Prompt {
                    payment_id: prompt.transaction_id.parse().ok()?,
                    phone: PhoneNumber::parse(&prompt.customer).ok()?,
                    amount: Xof::new(i64::from(prompt.amount_xof)),
                    shop_name: prompt.store_name,
                    ignored: prompt.ignored,
                })
            })
            .collect()
    }

    pub(crate) fn answer(&self, id: &PaymentId, answer: PhoneAnswer) -> Result<(), TillError> {
        let answer = match answer {
            PhoneAnswer::Approve => Answer::Approve,
            PhoneAnswer::Refuse => Answer::Refuse,
            PhoneAnswer::Ignore => Answer::Ignore,
            PhoneAnswer::ApproveLate => Answer::ApproveLate,
        };
        self.simulator.answer(id.as_str(), answer).map_err(|_| TillError::NotFound)
    }

    pub(crate) async fn stop(&self) {
        self.simulator.stop().await;
    }
}
