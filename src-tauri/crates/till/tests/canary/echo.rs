//! A LigdiCash that repeats what it was told, in every field and page it has: keys, token, number, whole address.

use serde_json::{Value, json};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// How one request is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Echo {
    Refusal,
    ErrorPage,
    OddJson,
    Accepted,
    Silence,
    HangUp,
    Pending,
    Paid,
}

pub struct Server {
    pub address: String,
    next: Arc<Mutex<VecDeque<Echo>>>,
}

impl Server {
    pub async fn start(token: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let next: Arc<Mutex<VecDeque<Echo>>> = Arc::default();
        let queue = Arc::clone(&next);
        let sales: Arc<Mutex<Vec<Value>>> = Arc::default();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, Arc::clone(&queue), Arc::clone(&sales), token.clone()));
            }
        });
        Self { address, next }
    }

    pub fn then(&self, echo: Echo) {
        self.next.lock().unwrap().push_back(echo);
    }
}

async fn serve(
    mut stream: TcpStream,
    queue: Arc<Mutex<VecDeque<Echo>>>,
    sales: Arc<Mutex<Vec<Value>>>,
    token: String,
) {
    while let Some((head, body)) = request(&mut stream).await {
        let echo = queue.lock().unwrap().pop_front();
        let echo = echo.unwrap_or(if head.starts_with("POST") { Echo::Refusal } else { Echo::Pending });
        let whole = format!("{head}\n{body}");
        if let Ok(sale) = serde_json::from_str(&body) {
            sales.lock().unwrap().push(sale);
        }
        let sale = sales.lock().unwrap().last().cloned().unwrap_or_default();
        let invoice = &sale["commande"]["invoice"];
        let confirm = |status: &str| {
            json!({
                "response_code": "00", "status": status, "token": token, "amount": invoice["total_amount"],
                "montant": invoice["total_amount"], "operator_id": "3", "operator_name": format!("YAS {whole}"),
                "request_id": format!("P1 {whole}"), "oreference": whole, "customer": invoice["customer"],
                "external_id": whole, "response_text": whole, "description": token, "pin": "PIN-CANARY-7391-CODE",
                "custom_data": { "transaction_id": sale["commande"]["custom_data"]["transaction_id"], "echo": whole },
            })
        };
        let (status, answer) = match echo {
            Echo::Refusal => (
                "200 OK",
                json!({
                    "response_code": "01", "token": token, "response_text": format!("Echec (Code08) {whole}"),
                    "description": whole, "response_text_details": whole, "otp": "PIN-CANARY-7391-CODE",
                })
                .to_string(),
            ),
            Echo::ErrorPage => ("502 Bad Gateway", format!("<html><pre>{whole}</pre></html>")),
            Echo::OddJson => ("200 OK", json!([{ "odd": whole, "nested": { "apikey": whole } }]).to_string()),
            Echo::Accepted => (
                "200 OK",
                json!({
                    "response_code": "00", "token": token, "response_text": format!("https://pay.example/{token}"),
                    "description": whole, "wiki": format!("?invoiceToken={token}"),
                })
                .to_string(),
            ),
            Echo::Silence => std::future::pending().await,
            Echo::HangUp => return,
            Echo::Pending => ("200 OK", confirm("pending").to_string()),
            Echo::Paid => ("200 OK", confirm("completed").to_string()),
        };
        let head = format!(
            "HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
            answer.len()
        );
        if stream.write_all(format!("{head}{answer}").as_bytes()).await.is_err() {
            return;
        }
    }
}

/// Head and body of the next request.
async fn request(stream: &mut TcpStream) -> Option<(String, String)> {
    let mut bytes = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|line| {
                let (name, value) = line.split_once(':')?;
                name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse().ok())?
            });
            if body.len() >= length.unwrap_or(0) {
                return Some((head.to_owned(), body.to_owned()));
            }
        }
        // Somebody begins a secure connection, which this is not.
        if bytes.first() == Some(&0x16) {
            let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
            return None;
        }
        let mut part = [0; 4_096];
        match stream.read(&mut part).await {
            Ok(0) | Err(_) => return None,
            Ok(read) => bytes.extend_from_slice(&part[..read]),
        }
    }
}
