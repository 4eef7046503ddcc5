//! The client: two HTTP clients with different habits, one for requests that move money and one for questions.

use crate::answer::{Confirmation, Created, HostedCreated};
use crate::base_url::BaseUrl;
use crate::codes::ConfirmCode;
use crate::error::{ConfirmError, CreateError, NoUsableAnswer, NotSent, SetupError};
use crate::http::{self, Answer, NoAnswer};
use crate::knock::knock;
use crate::mask::Mask;
use crate::request::{Body, DirectPayin, HostedPayin};
use crate::secret::{Credentials, InvoiceToken};
use crate::tls::Trust;
use crate::verdict::{Expected, UnknownReason, Verdict};
use reqwest::header::{ACCEPT, AUTHORIZATION, HeaderMap, HeaderName, HeaderValue};
use reqwest::{StatusCode, redirect};
use rustls::ClientConfig;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

const CREATE_DIRECT: &str = "/pay/v01/straight/checkout-invoice/create";
const CREATE_HOSTED: &str = "/pay/v01/redirect/checkout-invoice/create";
/// The path says *redirect* for direct payin too, and ends with a slash (API reference, section 7.1).
const CONFIRM: &str = "/pay/v01/redirect/checkout-invoice/confirm/";
/// No invoice has this token.
const TEST_TOKEN: &str = "connection-test";

/// Time-outs and limits.
#[derive(Debug, Clone)]
pub struct Options {
    /// For the connection alone.
    pub connect_timeout: Duration,
    /// For a whole create. Long: a short one only makes outcomes unknown.
    pub create_timeout: Duration,
    /// For a whole confirm.
    pub confirm_timeout: Duration,
    /// The largest answer that is read.
    pub body_limit_bytes: usize,
}

impl Default for Options {
    /// 10 s, 60 s, 20 s, 256 KiB (API reference, section 3).
    fn default() -> Self {
        Self {
            connect_timeout: Duration::from_secs(10),
            create_timeout: Duration::from_secs(60),
            confirm_timeout: Duration::from_secs(20),
            body_limit_bytes: 256 * 1024,
        }
    }
}

/// A way to one LigdiCash project. Cheap to clone.
#[derive(Clone)]
pub struct Client {
    base: BaseUrl,
    credentials: Credentials,
    body_limit_bytes: usize,
    connect_timeout: Duration,
    create_tls: Arc<ClientConfig>,
    create: reqwest::Client,
    confirm: reqwest::Client,
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("base", &self.base).finish_non_exhaustive()
    }
}

/// What a test of the keys found. It moves no money (API reference, section 19; not a documented method).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ConnectionTest {
    /// LigdiCash does not know the made-up token, so it knows the keys.
    KeysAccepted,
    /// The keys were refused.
    KeysRefused,
    /// The keys are known, but payin is not activated.
    PayinNotActivated,
    /// Another code.
    Other(ConfirmCode),
    /// LigdiCash could not be reached.
    NotSent(NotSent, String),
    /// Something else answered, or nothing.
    NoUsableAnswer(NoUsableAnswer, String),
}

impl Client {
    /// A client for the project of `credentials` at `base`. Opens no connection yet.
    ///
    /// # Errors
    /// [`SetupError`] when the system gives no TLS or no certificates to check with.
    pub fn new(base: BaseUrl, credentials: Credentials, options: Options) -> Result<Self, SetupError> {
        let no_tls = |error: rustls::Error| SetupError(error.to_string());
        let trust = Trust::of_the_system().map_err(no_tls)?;
        let create_tls = trust.config(&["http/1.1"]).map_err(no_tls)?;
        let confirm_tls = trust.config(&["h2", "http/1.1"]).map_err(no_tls)?;
        let common = |tls: ClientConfig| {
            let builder = reqwest::Client::builder()
                .tls_backend_preconfigured(tls)
                .user_agent(concat!("ligdicash-rs/", env!("CARGO_PKG_VERSION")))
                .connect_timeout(options.connect_timeout)
                .redirect(redirect::Policy::none())
                .retry(reqwest::retry::never())
                .referer(false);
            // A proxy between two ends of the same machine can only leak the keys.
            if base.as_str().starts_with("http://") { builder.no_proxy() } else { builder }
        };
        let failed = |error: reqwest::Error| SetupError(error.without_url().to_string());
        // A clone shares the tickets.
        let create = common(create_tls.clone()).timeout(options.create_timeout).pool_max_idle_per_host(0);
        let create = create.http1_only();
        let confirm = common(confirm_tls).timeout(options.confirm_timeout);
        Ok(Self {
            create: create.build().map_err(failed)?,
            confirm: confirm.build().map_err(failed)?,
            base,
            credentials,
            body_limit_bytes: options.body_limit_bytes,
            connect_timeout: options.connect_timeout,
            create_tls: Arc::new(create_tls),
        })
    }

    /// Goes the way to LigdiCash once, so that the next create finds the name known and its handshake short. Sends no
    /// request and no key, and keeps nothing open: a create goes over a connection of its own.
    pub async fn warm_up(&self) {
        if let Err(error) = knock(&self.base, Arc::clone(&self.create_tls), self.connect_timeout).await {
            tracing::debug!(%error, "the way to LigdiCash stays cold");
        }
    }

    /// Asks for a payment on the customer's phone. `Ok` means queued, never paid.
    ///
    /// # Errors
    /// [`CreateError`]: refused, not sent, or unknown.
    pub async fn create_direct(&self, payin: &DirectPayin) -> Result<Created, CreateError> {
        self.create(CREATE_DIRECT, &Body::from(payin)).await
    }

    /// Asks for a payment page. `Ok` means that there is one, never paid.
    ///
    /// # Errors
    /// [`CreateError`]; an accepted answer without a page is unknown.
    pub async fn create_hosted(&self, payin: &HostedPayin) -> Result<HostedCreated, CreateError> {
        let Created { token, response_text: page_url, raw, server_date } =
            self.create(CREATE_HOSTED, &Body::from(payin)).await?;
        if page_url.starts_with("https://") || page_url.starts_with("http://") {
            Ok(HostedCreated { token, page_url, raw, server_date })
        } else {
            Err(CreateError::Unknown { cause: NoUsableAnswer::Unrecognised, raw })
        }
    }

    async fn create(&self, path: &str, body: &Body<'_>) -> Result<Created, CreateError> {
        let request = self.create.post(self.address(path)).headers(self.headers()).json(body);
        let answer = http::exchange(request, self.body_limit_bytes).await.map_err(|error| match error {
            NoAnswer::NotSent(cause, detail) => CreateError::NotSent { cause, detail },
            NoAnswer::Lost(cause, raw) => CreateError::Unknown { cause, raw },
        })?;
        Created::read(&answer.body, &self.credentials, usable(&answer), answer.date)
    }

    /// Asks what became of a payment, direct or hosted. Never closer than three seconds for one token.
    ///
    /// # Errors
    /// [`ConfirmError`]; it says nothing about the payment.
    pub async fn confirm(&self, token: &InvoiceToken) -> Result<Confirmation, ConfirmError> {
        let encoded: String = url::form_urlencoded::byte_serialize(token.expose().as_bytes()).collect();
        let address = format!("{}?invoiceToken={encoded}", self.address(CONFIRM));
        let request = self.confirm.get(address).headers(self.headers());
        let answer = http::exchange(request, self.body_limit_bytes).await.map_err(|error| match error {
            NoAnswer::NotSent(cause, detail) => ConfirmError::NotSent { cause, detail },
            NoAnswer::Lost(cause, raw) => ConfirmError::NoUsableAnswer { cause, raw },
        })?;
        let mask = Mask::new(&self.credentials, Some(token.expose()));
        let raw = mask.answer(&answer.body);
        usable(&answer)
            .and_then(|()| Confirmation::read(&answer.body, raw.clone(), answer.date))
            .map(|confirmation| confirmation.without_secrets(&mask))
            .map_err(|cause| ConfirmError::NoUsableAnswer { cause, raw })
    }

    /// Tests the keys by asking about a token that cannot exist.
    pub async fn test_connection(&self) -> ConnectionTest {
        self.test_connection_and_date().await.0
    }

    /// As [`Client::test_connection`], with the server's `Date` header when LigdiCash answered.
    pub async fn test_connection_and_date(&self) -> (ConnectionTest, Option<String>) {
        let Some(token) = InvoiceToken::new(TEST_TOKEN.to_owned()) else {
            return (ConnectionTest::NoUsableAnswer(NoUsableAnswer::Unrecognised, String::new()), None);
        };
        let confirmation = match self.confirm(&token).await {
            Ok(confirmation) => confirmation,
            Err(ConfirmError::NotSent { cause, detail }) => {
                return (ConnectionTest::NotSent(cause, detail), None);
            }
            Err(ConfirmError::NoUsableAnswer { cause, raw }) => {
                return (ConnectionTest::NoUsableAnswer(cause, raw), None);
            }
        };
        let nothing_asked = Expected { amount_xof: 0, transaction_id: String::new() };
        let found = match confirmation.verdict(&nothing_asked) {
            Verdict::Unknown(UnknownReason::Configuration(ConfirmCode::PayinNotActivated)) => {
                ConnectionTest::PayinNotActivated
            }
            Verdict::Unknown(UnknownReason::Configuration(_)) => ConnectionTest::KeysRefused,
            Verdict::Unknown(UnknownReason::Query(ConfirmCode::InvoiceNotFound)) => {
                ConnectionTest::KeysAccepted
            }
            Verdict::Unknown(UnknownReason::Query(code)) => ConnectionTest::Other(code),
            Verdict::Paid
            | Verdict::Review(_)
            | Verdict::NotCompleted
            | Verdict::Pending
            | Verdict::Unknown(UnknownReason::ResponseCode) => {
                let unrecognised = NoUsableAnswer::Unrecognised;
                return (ConnectionTest::NoUsableAnswer(unrecognised, confirmation.raw), None);
            }
        };
        (found, confirmation.server_date)
    }

    fn address(&self, path: &str) -> String {
        format!("{}{path}", self.base.as_str())
    }

    /// The four headers of API reference section 3; JSON bodies bring `Content-Type` themselves.
    fn headers(&self) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        let secrets = [
            (HeaderName::from_static("apikey"), self.credentials.api_key.to_string()),
            (AUTHORIZATION, format!("Bearer {}", self.credentials.api_token.as_str())),
        ];
        for (name, value) in secrets {
            // Credentials were checked to be visible ASCII, so the value always fits.
            if let Ok(mut value) = HeaderValue::from_str(&value) {
                value.set_sensitive(true);
                headers.insert(name, value);
            }
        }
        headers
    }
}

/// LigdiCash answers everything, refusals included, with 200 (API reference, sections 3 and 23, question 14).
fn usable(answer: &Answer) -> Result<(), NoUsableAnswer> {
    match answer.status {
        StatusCode::OK => Ok(()),
        status if status.is_redirection() => Err(NoUsableAnswer::Redirect(status.as_u16())),
        status => Err(NoUsableAnswer::Status(status.as_u16())),
    }
}
