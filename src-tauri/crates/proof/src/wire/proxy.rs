//! A proxy between till and provider that can do to an exchange what a bad line can. Owns the bytes: every request and
//! every answer goes through whole, but for the one exchange it was armed for.

use crate::wire::faults::{Act, Ending, Fault, Honest};
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// Nothing a till does takes longer, so that no connection outlives a proof.
const PATIENCE: Duration = Duration::from_secs(30);
/// The body that nobody should keep.
pub const FLOOD_BYTES: usize = 64 * 1024 * 1024;

/// Which of the till's two exchanges.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exchange {
    Create,
    Confirm,
}

/// What went over the line.
#[derive(Debug, Clone, Copy, Default)]
pub struct Seen {
    /// Creates that began, in the till's direction.
    pub creates: u32,
    /// Creates on a connection that had been used before: such a one can be closed under a request, and the request
    /// sent again by whoever thinks it knows better.
    pub reused: u32,
    /// The armed exchange came.
    pub struck: bool,
    /// Its request arrived whole at the provider.
    pub request_whole: bool,
    /// Its answer came back whole, whatever happened afterwards.
    pub answer_whole: bool,
    /// The longest request and answer of a create.
    pub create: Lengths,
    /// The longest of a confirm.
    pub confirm: Lengths,
}

/// How long a request and its answer are.
#[derive(Debug, Clone, Copy, Default)]
pub struct Lengths {
    pub request: usize,
    pub answer: usize,
}

struct Shared {
    here: SocketAddr,
    provider: SocketAddr,
    portal: SocketAddr,
    armed: Mutex<Option<(Exchange, Fault)>>,
    seen: Mutex<Seen>,
    /// Closed, confirms wait: the customer has not decided.
    gate: watch::Sender<bool>,
}

/// The proxy. Ends with its owner.
pub struct Proxy {
    shared: Arc<Shared>,
    accepting: JoinHandle<()>,
}

impl Proxy {
    pub async fn start(provider: SocketAddr, portal: SocketAddr) -> Self {
        // Equally long addresses, so that a rewritten `Host` moves no byte.
        let listener = loop {
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            if listener.local_addr().unwrap().to_string().len() == provider.to_string().len() {
                break listener;
            }
        };
        let shared = Arc::new(Shared {
            here: listener.local_addr().unwrap(),
            provider,
            portal,
            armed: Mutex::default(),
            seen: Mutex::default(),
            gate: watch::Sender::new(true),
        });
        Self { accepting: accept(listener, Arc::clone(&shared)), shared }
    }

    pub fn base_url(&self) -> String {
        format!("http://{}", self.shared.here)
    }

    /// The next exchange of this kind meets this fault. Forgets what was seen.
    pub fn arm(&self, exchange: Exchange, fault: Fault) {
        *self.shared.armed() = Some((exchange, fault));
        let mut seen = self.shared.seen();
        *seen = Seen { creates: 0, struck: false, request_whole: false, answer_whole: false, ..*seen };
    }

    /// The line is well again.
    pub fn heal(&self) {
        *self.shared.armed() = None;
    }

    pub fn seen(&self) -> Seen {
        *self.shared.seen()
    }

    pub fn hold_confirms(&self, hold: bool) {
        self.shared.gate.send_replace(!hold);
    }

    /// Nobody listens any more: a connection is refused.
    pub async fn refuse(&mut self) {
        self.shared.seen().creates = 0;
        self.shared.seen().request_whole = false;
        self.accepting.abort();
        // Aborted on purpose.
        let _ = (&mut self.accepting).await;
    }

    pub async fn listen_again(&mut self) {
        let listener = TcpListener::bind(self.shared.here).await.unwrap();
        self.accepting = accept(listener, Arc::clone(&self.shared));
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

impl Shared {
    fn armed(&self) -> MutexGuard<'_, Option<(Exchange, Fault)>> {
        self.armed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn honest(&self, answer: Vec<u8>) -> Honest {
        Honest { answer, portal: self.portal.to_string() }
    }

    fn take(&self, exchange: Exchange) -> Option<Fault> {
        let fault = self.armed().take_if(|(armed, _)| *armed == exchange).map(|(_, fault)| fault);
        self.seen().struck |= fault.is_some();
        fault
    }
}

fn accept(listener: TcpListener, shared: Arc<Shared>) -> JoinHandle<()> {
    tokio::spawn(async move {
        while let Ok((till, _)) = listener.accept().await {
            let shared = Arc::clone(&shared);
            // A till that hangs up is part of the play.
            tokio::spawn(async move { tokio::time::timeout(PATIENCE, serve(till, &shared)).await });
        }
    })
}

async fn serve(mut till: TcpStream, shared: &Shared) -> io::Result<()> {
    till.set_nodelay(true)?;
    for is_first in std::iter::once(true).chain(std::iter::repeat(false)) {
        let exchange = first_word(&till).await?;
        if exchange == Exchange::Create {
            let mut seen = shared.seen();
            seen.creates += 1;
            seen.reused += u32::from(!is_first);
        }
        let fault = shared.take(exchange);
        if let Some(Fault { act: Act::CutUnread(ending), .. }) = fault {
            return cut(till, ending).await;
        }
        let request = readdressed(&read_message(&mut till).await?, shared);
        if exchange == Exchange::Confirm {
            // The gate's other end lives as long as the proxy.
            let _ = shared.gate.subscribe().wait_for(|open| *open).await;
        }
        let Some(fault) = fault else {
            let answer = ask(shared.provider, &request).await?;
            note_lengths(shared, exchange, request.len(), answer.len());
            till.write_all(&answer).await?;
            continue;
        };
        if let Act::CutRequest { after, ending } = fault.act {
            return cut_request(till, shared, &request, after, ending).await;
        }
        shared.seen().request_whole = fault.reaches;
        let answer = if fault.reaches { ask(shared.provider, &request).await? } else { Vec::new() };
        if let Act::SayAndStay(made_of) = fault.act {
            till.write_all(&made_of(&shared.honest(answer))).await?;
            continue;
        }
        return act(till, shared, fault.act, answer).await;
    }
    Ok(())
}

/// Which exchange begins, without taking a byte.
async fn first_word(till: &TcpStream) -> io::Result<Exchange> {
    let mut word = [0; 4];
    loop {
        match till.peek(&mut word).await? {
            0 => return Err(io::ErrorKind::UnexpectedEof.into()),
            4 => break,
            _ => tokio::time::sleep(Duration::from_millis(1)).await,
        }
    }
    Ok(if word == *b"POST" { Exchange::Create } else { Exchange::Confirm })
}

/// A request or an answer, by the length its head gives.
async fn read_message(stream: &mut TcpStream) -> io::Result<Vec<u8>> {
    let mut message = Vec::new();
    let mut part = [0; 16_384];
    loop {
        if let Some(end) = message.windows(4).position(|four| four == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&message[..end]).to_ascii_lowercase();
            let length = head.lines().find_map(|line| line.strip_prefix("content-length:"));
            let length: usize = length.map_or(0, |length| length.trim().parse().unwrap());
            if message.len() >= end + 4 + length {
                return Ok(message);
            }
        }
        match stream.read(&mut part).await? {
            0 => return Err(io::ErrorKind::UnexpectedEof.into()),
            read => message.extend_from_slice(&part[..read]),
        }
    }
}

/// The provider answers only what is addressed to it.
fn readdressed(request: &[u8], shared: &Shared) -> Vec<u8> {
    String::from_utf8_lossy(request)
        .replacen(&shared.here.to_string(), &shared.provider.to_string(), 1)
        .into_bytes()
}

async fn ask(provider: SocketAddr, request: &[u8]) -> io::Result<Vec<u8>> {
    let mut provider = TcpStream::connect(provider).await?;
    provider.write_all(request).await?;
    read_message(&mut provider).await
}

fn note_lengths(shared: &Shared, exchange: Exchange, request: usize, answer: usize) {
    let mut seen = shared.seen();
    let longest = match exchange {
        Exchange::Create => &mut seen.create,
        Exchange::Confirm => &mut seen.confirm,
    };
    *longest = Lengths { request: request.max(longest.request), answer: answer.max(longest.answer) };
}

async fn cut_request(
    till: TcpStream,
    shared: &Shared,
    request: &[u8],
    after: usize,
    ending: Ending,
) -> io::Result<()> {
    if after >= request.len() {
        // It arrived; what the provider says to it does not.
        shared.seen().request_whole = true;
        ask(shared.provider, request).await?;
    } else {
        let mut provider = TcpStream::connect(shared.provider).await?;
        provider.write_all(&request[..after]).await?;
        cut(provider, ending).await?;
    }
    cut(till, ending).await
}

async fn cut(mut stream: TcpStream, ending: Ending) -> io::Result<()> {
    match ending {
        // Without lingering, the end of a connection is a reset.
        Ending::Reset => stream.set_zero_linger(),
        Ending::Close => {
            stream.shutdown().await?;
            until_hung_up(&mut stream).await;
            Ok(())
        }
    }
}

/// Reads what may still come, so that the close stays a close.
async fn until_hung_up(stream: &mut TcpStream) {
    let mut part = [0; 4_096];
    while let Ok(1..) = stream.read(&mut part).await {}
}

async fn act(mut till: TcpStream, shared: &Shared, act: Act, answer: Vec<u8>) -> io::Result<()> {
    match act {
        Act::CutAnswer { after, ending } => {
            let after = after.min(answer.len());
            till.write_all(&answer[..after]).await?;
            shared.seen().answer_whole = after == answer.len();
            cut(till, ending).await
        }
        Act::Drip(pause) => {
            for byte in &answer {
                till.write_all(std::slice::from_ref(byte)).await?;
                tokio::time::sleep(pause).await;
            }
            shared.seen().answer_whole = true;
            cut(till, Ending::Close).await
        }
        Act::Silence => {
            until_hung_up(&mut till).await;
            Ok(())
        }
        Act::Say(made_of) => {
            till.write_all(&made_of(&shared.honest(answer))).await?;
            cut(till, Ending::Close).await
        }
        Act::Flood { announced } => {
            let length = if announced { format!("Content-Length: {FLOOD_BYTES}\r\n") } else { String::new() };
            till.write_all(format!("HTTP/1.1 200 OK\r\n{length}\r\n").as_bytes()).await?;
            let block = vec![b' '; 64 * 1024];
            for _ in 0..FLOOD_BYTES / block.len() {
                till.write_all(&block).await?;
            }
            cut(till, Ending::Close).await
        }
        // Done already, or not the end.
        Act::CutUnread(_) | Act::CutRequest { .. } | Act::SayAndStay(_) => Ok(()),
    }
}

/// A captive portal: whoever follows a redirect is heard here.
pub struct Portal {
    pub address: SocketAddr,
    heard: Arc<Mutex<u32>>,
    accepting: JoinHandle<()>,
}

impl Portal {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let heard = Arc::new(Mutex::new(0));
        let hears = Arc::clone(&heard);
        let accepting = tokio::spawn(async move {
            while listener.accept().await.is_ok() {
                *hears.lock().unwrap_or_else(PoisonError::into_inner) += 1;
            }
        });
        Self { address, heard, accepting }
    }

    pub fn asked(&self) -> u32 {
        *self.heard.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Portal {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}
