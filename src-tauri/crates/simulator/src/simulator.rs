//! A running simulator. Owns its start and end, the customers' acts, and the scripts of tests.

use crate::behaviour::{ConfirmBehaviour, CreateBehaviour};
use crate::book::{Book, Invoice, Prompt, Status};
use crate::server::{self, Desk, RecordedRequest};
use crate::{callback, clock};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use thiserror::Error;
use tokio::net::TcpListener;
use tokio::sync::{Mutex, watch};
use tokio::task::JoinHandle;

/// How often customers who decide by themselves are looked at, at the latest.
const TICK_MAX: Duration = Duration::from_millis(500);

/// How a simulator is started.
#[derive(Debug, Clone)]
pub struct Options {
    /// Port on 127.0.0.1; 0 takes a free one.
    pub port: u16,
    /// The right `Apikey` and API token; none accepts any pair.
    pub credentials: Option<(String, String)>,
    /// Where invoices outlive the program.
    pub state_file: Option<PathBuf>,
    /// How many invoices whose end was told stay in the book, the newest; none keeps all.
    pub remembers: Option<usize>,
    /// Keep every request for [`Simulator::requests`].
    pub record_requests: bool,
    /// How late [`Answer::ApproveLate`] is.
    pub late_after: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            port: 0,
            credentials: None,
            state_file: None,
            remembers: None,
            record_requests: false,
            late_after: Duration::from_secs(90),
        }
    }
}

/// Why it does not start.
#[derive(Debug, Error)]
#[error("port {port} of this machine cannot be used: {source}")]
pub struct StartError {
    port: u16,
    source: std::io::Error,
}

/// What a customer does with a request on the phone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// Types the PIN.
    Approve,
    /// Presses cancel.
    Refuse,
    /// Puts the phone down.
    Ignore,
    /// Approves later.
    ApproveLate,
}

/// There is no such request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("no open request with this identifier")]
pub struct AnswerError;

/// A LigdiCash on loopback. Clones are the same one.
#[derive(Clone)]
pub struct Simulator {
    desk: Arc<Desk>,
    address: SocketAddr,
    tasks: Arc<Mutex<Vec<JoinHandle<()>>>>,
}

impl Simulator {
    /// Starts listening.
    ///
    /// # Errors
    /// [`StartError`] when the port is taken.
    pub async fn start(options: Options) -> Result<Self, StartError> {
        let port = options.port;
        let failed = |source| StartError { port, source };
        let listener = TcpListener::bind(("127.0.0.1", port)).await.map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        let book = Book::open(options.state_file, options.remembers);
        let desk =
            Arc::new(Desk::new(book, options.credentials, options.record_requests, options.late_after));
        let tasks = vec![
            tokio::spawn(server::listen(Arc::clone(&desk), listener)),
            tokio::spawn(let_time_pass(Arc::clone(&desk))),
        ];
        Ok(Self { desk, address, tasks: Arc::new(Mutex::new(tasks)) })
    }

    /// `http://127.0.0.1:PORT`.
    #[must_use]
    pub fn base_url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Requests open on customers' phones, oldest first.
    #[must_use]
    pub fn prompts(&self) -> Vec<Prompt> {
        self.desk.inner().book.prompts()
    }

    /// Acts as the customer.
    ///
    /// # Errors
    /// [`AnswerError`] when there is no such open request.
    pub fn answer(&self, transaction_id: &str, answer: Answer) -> Result<(), AnswerError> {
        let late_at_ms = clock::now_ms()
            .saturating_add(i64::try_from(self.desk.late_after.as_millis()).unwrap_or(i64::MAX));
        let answered = {
            let mut inner = self.desk.inner();
            let invoice = inner.book.open_mut(transaction_id).ok_or(AnswerError)?;
            match answer {
                Answer::Approve => invoice.status = Status::Completed,
                Answer::Refuse => invoice.status = Status::NotCompleted,
                Answer::Ignore => invoice.ignored = true,
                Answer::ApproveLate => {
                    invoice.ignored = true;
                    invoice.decides_at_ms = Some((late_at_ms, Status::Completed));
                }
            }
            invoice.clone()
        };
        self.desk.changed();
        if answered.status != Status::Pending {
            tokio::spawn(async move { callback::push(&answered).await });
        }
        Ok(())
    }

    /// Grows whenever something changed on a phone.
    #[must_use]
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.desk.changes.subscribe()
    }

    /// What arrived, oldest first, when it is recorded.
    #[must_use]
    pub fn requests(&self) -> Vec<RecordedRequest> {
        self.desk.inner().requests.clone()
    }

    /// The provider's own history, oldest first.
    #[must_use]
    pub fn invoices(&self) -> Vec<Invoice> {
        self.desk.inner().book.invoices.clone()
    }

    /// What the next create that no script answers yet gets, whatever its number.
    pub fn script_create(&self, behaviour: CreateBehaviour) {
        self.desk.inner().creates.push_back(behaviour);
    }

    /// What the next confirm that no script answers yet gets.
    pub fn script_confirm(&self, behaviour: ConfirmBehaviour) {
        self.desk.inner().confirms.push_back(behaviour);
    }

    /// Offline, every connection is closed before anything is read. For a refused one, stop and start again later on
    /// the same port.
    pub fn set_offline(&self, offline: bool) {
        self.desk.offline.store(offline, Ordering::Relaxed);
    }

    /// Stops listening and hangs up; what was accepted is in the state file.
    pub async fn stop(&self) {
        self.desk.stopping.send_replace(true);
        for task in self.tasks.lock().await.drain(..) {
            // A task that broke has stopped too.
            let _ = task.await;
        }
    }
}

async fn let_time_pass(desk: Arc<Desk>) {
    let mut stopping = desk.stopping.subscribe();
    loop {
        server::pass_time(&desk).await;
        let next_ms = desk.inner().book.next_decision_ms();
        let wait = next_ms
            .and_then(|at_ms| u64::try_from(at_ms - clock::now_ms()).ok())
            .map_or(TICK_MAX, |wait_ms| Duration::from_millis(wait_ms.max(1)).min(TICK_MAX));
        tokio::select! {
            () = tokio::time::sleep(wait) => {}
            _ = stopping.wait_for(|stop| *stop) => return,
        }
    }
}
