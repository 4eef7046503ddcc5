//! A server of raw bytes. Records what arrives and does what it is told: answer, hang up, go silent, say half.

use ligdicash::{BaseUrl, Client, Credentials, DirectPayin, Options};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

pub const KEYS: (&str, &str) = ("key-canary", "token.canary");

/// What happens to a request that arrived whole.
#[derive(Clone)]
pub enum Act {
    /// These bytes, then the connection is closed.
    Say(Vec<u8>),
    /// Nothing, and the connection is closed.
    HangUp,
    /// Nothing, for ever.
    GoSilent,
}

pub struct Server {
    pub url: String,
    seen: Arc<Mutex<Vec<String>>>,
}

impl Server {
    pub async fn start(act: Act) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let seen = Arc::new(Mutex::new(Vec::new()));
        let records = seen.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, act.clone(), records.clone()));
            }
        });
        Self { url, seen }
    }

    pub async fn json(body: &str) -> Self {
        Self::start(Act::Say(response(200, "application/json", body))).await
    }

    /// Every request that arrived, as text.
    pub fn seen(&self) -> Vec<String> {
        self.seen.lock().unwrap().clone()
    }

    pub fn client(&self) -> Client {
        client(&self.url)
    }
}

async fn serve(mut stream: TcpStream, act: Act, seen: Arc<Mutex<Vec<String>>>) {
    let mut request = Vec::new();
    let mut part = [0u8; 4096];
    while !is_whole(&request) {
        match stream.read(&mut part).await {
            Ok(0) | Err(_) => return,
            Ok(read) => request.extend_from_slice(&part[..read]),
        }
    }
    seen.lock().unwrap().push(String::from_utf8(request).unwrap());
    match act {
        Act::Say(bytes) => {
            let _ = stream.write_all(&bytes).await;
            let _ = stream.shutdown().await;
        }
        Act::HangUp => {}
        Act::GoSilent => std::future::pending().await,
    }
}

pub fn is_whole(request: &[u8]) -> bool {
    let text = String::from_utf8_lossy(request);
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    let length = head.lines().find_map(|line| {
        line.to_ascii_lowercase().strip_prefix("content-length:").map(|n| n.trim().parse().unwrap())
    });
    body.len() >= length.unwrap_or(0)
}

pub fn response(status: u16, content_type: &str, body: &str) -> Vec<u8> {
    format!(
        "HTTP/1.1 {status} X\r\nContent-Type: {content_type}\r\nContent-Length: {}\r\nDate: Tue, 03 Nov 2026 10:15:04 GMT\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

pub fn client(url: &str) -> Client {
    let credentials = Credentials::new(KEYS.0, KEYS.1).unwrap();
    let options = Options {
        connect_timeout: Duration::from_secs(2),
        create_timeout: Duration::from_secs(2),
        confirm_timeout: Duration::from_secs(2),
        body_limit_bytes: 64 * 1024,
    };
    Client::new(BaseUrl::parse(url).unwrap(), credentials, options).unwrap()
}

pub fn payin() -> DirectPayin {
    DirectPayin {
        amount_xof: 3750,
        customer: "22890123456".into(),
        description: "Ticket 1187 - Boutique Agbalepedo".into(),
        store_name: "Boutique Agbalepedo".into(),
        website_url: "https://boutique-agbalepedo.example".into(),
        callback_url: "https://relay.example/ligdicash".into(),
        transaction_id: "pos-01jb7q9m3k8v5x2w".into(),
        ..DirectPayin::default()
    }
}
