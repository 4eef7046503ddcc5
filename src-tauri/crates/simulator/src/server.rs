//! The wire: connections, requests, and what is done to them. Owns the rules of who may ask (loopback, this host, these
//! keys) and every way of not answering.

use crate::behaviour::{ConfirmBehaviour, CreateBehaviour, Phone};
use crate::book::{self, Book, Invoice, Status, StoredShape};
use crate::intake::{self, Accepted};
use crate::scenario::scenario_for;
use crate::{answers, callback, clock};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use hyper::{HeaderMap, Method, Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use serde_json::Value;
use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

const BODY_MAX_BYTES: usize = 64 * 1024;
const TOKEN_LIFE_MS: i64 = 24 * 60 * 60 * 1000;
const CREATE_DIRECT: &str = "/pay/v01/straight/checkout-invoice/create";
const CREATE_HOSTED: &str = "/pay/v01/redirect/checkout-invoice/create";
const CONFIRM: &str = "/pay/v01/redirect/checkout-invoice/confirm";

/// One request as it arrived.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordedRequest {
    /// `GET` or `POST`.
    pub method: String,
    /// Without the query.
    pub path: String,
    /// What follows `?`.
    pub query: String,
    /// Names in lower case, in the order they came.
    pub headers: Vec<(String, String)>,
    /// As text.
    pub body: String,
    /// Milliseconds since 1970.
    pub at_ms: i64,
}

/// Everything the connections share.
pub(crate) struct Desk {
    pub(crate) credentials: Option<(String, String)>,
    pub(crate) record_requests: bool,
    pub(crate) late_after: Duration,
    pub(crate) offline: AtomicBool,
    pub(crate) stopping: watch::Sender<bool>,
    pub(crate) changes: watch::Sender<u64>,
    inner: Mutex<Inner>,
}

pub(crate) struct Inner {
    pub(crate) book: Book,
    pub(crate) requests: Vec<RecordedRequest>,
    pub(crate) creates: VecDeque<CreateBehaviour>,
    pub(crate) confirms: VecDeque<ConfirmBehaviour>,
}

/// The connection ends here, without an answer.
#[derive(Debug, thiserror::Error)]
#[error("no answer")]
struct HangUp;

type Answered = Result<Response<Full<Bytes>>, HangUp>;

impl Desk {
    pub(crate) fn new(
        book: Book,
        credentials: Option<(String, String)>,
        record_requests: bool,
        late_after: Duration,
    ) -> Self {
        let inner = Inner { book, requests: Vec::new(), creates: VecDeque::new(), confirms: VecDeque::new() };
        Self {
            credentials,
            record_requests,
            late_after,
            offline: AtomicBool::new(false),
            stopping: watch::Sender::new(false),
            changes: watch::Sender::new(0),
            inner: Mutex::new(inner),
        }
    }

    pub(crate) fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps the book and tells whoever looks at the phones.
    pub(crate) fn changed(&self) {
        // A full disk loses a simulated phone's memory, never money.
        let mut inner = self.inner();
        inner.book.forget();
        let _ = inner.book.save();
        drop(inner);
        self.changes.send_modify(|count| *count += 1);
    }
}

pub(crate) async fn listen(desk: Arc<Desk>, listener: TcpListener) {
    let mut stopping = desk.stopping.subscribe();
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = stopping.wait_for(|stop| *stop) => return,
        };
        let Ok((stream, from)) = accepted else { continue };
        // Offline closes what it cannot refuse: the port stays ours.
        if from.ip().is_loopback() && !desk.offline.load(Ordering::Relaxed) {
            tokio::spawn(serve(Arc::clone(&desk), stream, listener.local_addr().ok()));
        }
    }
}

async fn serve(desk: Arc<Desk>, stream: TcpStream, here: Option<SocketAddr>) {
    let mut stopping = desk.stopping.subscribe();
    let service = service_fn(|request| answer(Arc::clone(&desk), request, here));
    let connection = hyper::server::conn::http1::Builder::new()
        .timer(TokioTimer::new())
        .serve_connection(TokioIo::new(stream), service);
    tokio::select! {
        // A client that hangs up is part of the play.
        _ = connection => {}
        _ = stopping.wait_for(|stop| *stop) => {}
    }
}

async fn answer(desk: Arc<Desk>, request: Request<Incoming>, here: Option<SocketAddr>) -> Answered {
    if desk.offline.load(Ordering::Relaxed) {
        return Err(HangUp);
    }
    let (parts, body) = request.into_parts();
    let Ok(body) = Limited::new(body, BODY_MAX_BYTES).collect().await else {
        return Ok(page(StatusCode::PAYLOAD_TOO_LARGE));
    };
    let body = body.to_bytes();
    let path = parts.uri.path().trim_end_matches('/').to_owned();
    let query = parts.uri.query().unwrap_or_default().to_owned();
    if !is_addressed_here(&parts.headers, here) {
        return Ok(page(StatusCode::MISDIRECTED_REQUEST));
    }
    if desk.record_requests {
        let headers = parts.headers.iter().map(|(name, value)| {
            (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
        });
        let recorded = RecordedRequest {
            method: parts.method.to_string(),
            path: parts.uri.path().to_owned(),
            query: query.clone(),
            headers: headers.collect(),
            body: String::from_utf8_lossy(&body).into_owned(),
            at_ms: clock::now_ms(),
        };
        desk.inner().requests.push(recorded);
    }
    match (&parts.method, path.as_str()) {
        (&Method::POST, CREATE_DIRECT) => create(&desk, &parts.headers, &body, true).await,
        (&Method::POST, CREATE_HOSTED) => create(&desk, &parts.headers, &body, false).await,
        (&Method::GET, CONFIRM) => confirm(&desk, &parts.headers, &query).await,
        _ => Ok(page(StatusCode::NOT_FOUND)),
    }
}

/// A page in a browser could send requests here under a name of its own; only loopback names are answered.
fn is_addressed_here(headers: &HeaderMap, here: Option<SocketAddr>) -> bool {
    let Some(host) = headers.get("host").and_then(|host| host.to_str().ok()) else { return false };
    let port = here.map(|here| here.port()).unwrap_or_default();
    ["127.0.0.1", "localhost", "[::1]"].iter().any(|name| host == format!("{name}:{port}"))
}

fn keys_are_right(desk: &Desk, headers: &HeaderMap) -> bool {
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let (key, token) =
        (header("apikey"), header("authorization").strip_prefix("Bearer ").unwrap_or_default());
    match &desk.credentials {
        Some((right_key, right_token)) => key == right_key && token == right_token,
        None => !key.is_empty() && !token.is_empty(),
    }
}

async fn create(desk: &Arc<Desk>, headers: &HeaderMap, body: &[u8], is_direct: bool) -> Answered {
    if !keys_are_right(desk, headers) {
        return Ok(json(&answers::refused("00", "")));
    }
    let accepted = match intake::check(body, is_direct) {
        Ok(accepted) => accepted,
        Err(refused) => return Ok(json(&answers::refused(refused.code, refused.details))),
    };
    let scenario = scenario_for(&accepted.customer);
    let scripted = desk.inner().creates.pop_front();
    let behaviour = scripted.unwrap_or(scenario.create);
    match behaviour {
        CreateBehaviour::Refuse(code) => return Ok(json(&answers::refused(&code, ""))),
        CreateBehaviour::Redirect(to) => return Ok(redirect(&to)),
        CreateBehaviour::AcceptAfter(wait) => tokio::time::sleep(wait).await,
        CreateBehaviour::Accept
        | CreateBehaviour::CreateAndGoSilent
        | CreateBehaviour::CreateAndHangUp
        | CreateBehaviour::CreateAndAnswerHtml
        | CreateBehaviour::AcceptWithoutToken => {}
    }
    let invoice = invoice(accepted, scenario.phone, scenario.number);
    desk.inner().book.invoices.push(invoice.clone());
    desk.changed();
    let page_url = format!("https://client.ligdicash.com/directpayment/invoice/{}", invoice.token);
    let page_url = (!is_direct).then_some(page_url.as_str());
    match behaviour {
        CreateBehaviour::CreateAndGoSilent => std::future::pending().await,
        CreateBehaviour::CreateAndHangUp => Err(HangUp),
        CreateBehaviour::CreateAndAnswerHtml => Ok(page(StatusCode::BAD_GATEWAY)),
        CreateBehaviour::AcceptWithoutToken => Ok(json(&answers::accepted(&invoice, "", page_url))),
        CreateBehaviour::Accept
        | CreateBehaviour::AcceptAfter(_)
        | CreateBehaviour::Refuse(_)
        | CreateBehaviour::Redirect(_) => Ok(json(&answers::accepted(&invoice, &invoice.token, page_url))),
    }
}

fn invoice(accepted: Accepted, phone: Phone, scenario: &str) -> Invoice {
    let now_ms = clock::now_ms();
    let mut random = [0u8; 12];
    // Without chance tokens could be guessed; on loopback, of invented money, they may.
    let _ = getrandom::fill(&mut random);
    let number = random.iter().take(6).fold(0u64, |number, byte| number << 8 | u64::from(*byte));
    let payload = serde_json::json!({
        "id_invoice": number.to_string(), "start_date": clock::written(now_ms),
        "expiry_date": (now_ms + TOKEN_LIFE_MS) / 1000,
    });
    let part = |text: &[u8]| URL_SAFE_NO_PAD.encode(text);
    let token = format!(
        "{}.{}.{}",
        part(br#"{"typ":"JWT","alg":"HS256"}"#),
        part(payload.to_string().as_bytes()),
        part(&random)
    );
    Invoice {
        token,
        transaction_id: accepted.transaction_id,
        customer: accepted.customer,
        amount_xof: accepted.amount_xof,
        store_name: accepted.store_name,
        custom_data: accepted.custom_data,
        status: Status::Pending,
        created_at_ms: now_ms,
        request_id: format!("P{:013}", number % 10_000_000_000_000),
        ignored: phone == Phone::Ignored,
        decides_at_ms: book::decision(phone, now_ms),
        callback_url: accepted.callback_url,
        confirms: 0,
        told: false,
        shape: StoredShape(scenario.to_owned()),
    }
}

async fn confirm(desk: &Arc<Desk>, headers: &HeaderMap, query: &str) -> Answered {
    if !keys_are_right(desk, headers) {
        return Ok(json(&answers::query_failed("00")));
    }
    let mut asked = url::form_urlencoded::parse(query.as_bytes());
    let Some((_, token)) = asked.find(|(key, _)| key == "invoiceToken") else {
        return Ok(json(&answers::query_failed("04")));
    };
    pass_time(desk).await;
    let (invoice, scripted) = {
        let mut inner = desk.inner();
        let Some(invoice) = inner.book.by_token(&token) else {
            return Ok(json(&answers::query_failed("02")));
        };
        invoice.confirms += 1;
        let invoice = invoice.clone();
        (invoice, inner.confirms.pop_front())
    };
    let first = scenario_for(&invoice.shape.0).confirms_first;
    let behaviour = scripted
        .or_else(|| first.filter(|(_, times)| invoice.confirms <= *times).map(|(behaviour, _)| behaviour))
        .unwrap_or(ConfirmBehaviour::Honest);
    let is_honest = matches!(behaviour, ConfirmBehaviour::Honest | ConfirmBehaviour::HonestAfter(_));
    if is_honest
        && invoice.status != Status::Pending
        && let Some(kept) = desk.inner().book.by_token(&token)
    {
        kept.told = true;
    }
    let honest = || json(&answers::status(&invoice));
    match behaviour {
        ConfirmBehaviour::Honest => Ok(honest()),
        ConfirmBehaviour::HonestAfter(wait) => {
            tokio::time::sleep(wait).await;
            Ok(honest())
        }
        ConfirmBehaviour::Fail(code) => Ok(json(&answers::query_failed(&code))),
        ConfirmBehaviour::Status(status) => {
            Ok(page(StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)))
        }
        ConfirmBehaviour::HangUp => Err(HangUp),
        ConfirmBehaviour::Body(body) => Ok(with_type("application/json", StatusCode::OK, body)),
    }
}

/// Lets customers decide whose time has come, and pushes the news.
pub(crate) async fn pass_time(desk: &Arc<Desk>) {
    let decided = desk.inner().book.pass_time(clock::now_ms());
    if decided.is_empty() {
        return;
    }
    desk.changed();
    for invoice in decided {
        tokio::spawn(async move { callback::push(&invoice).await });
    }
}

fn json(body: &Value) -> Response<Full<Bytes>> {
    with_type("application/json", StatusCode::OK, body.to_string())
}

fn page(status: StatusCode) -> Response<Full<Bytes>> {
    with_type("text/html; charset=UTF-8", status, format!("<html><body><h1>{status}</h1></body></html>"))
}

fn redirect(to: &str) -> Response<Full<Bytes>> {
    let mut response = page(StatusCode::FOUND);
    if let Ok(location) = to.parse() {
        response.headers_mut().insert("location", location);
    }
    response
}

fn with_type(content_type: &'static str, status: StatusCode, body: String) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::from(body)));
    *response.status_mut() = status;
    response.headers_mut().insert("content-type", hyper::header::HeaderValue::from_static(content_type));
    response
}
