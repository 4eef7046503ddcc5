//! Which connections are kept: one for all questions, none for creates, and none for the way that is gone once.

use crate::wire::{client, is_whole, payin, response};
use ligdicash::InvoiceToken;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// A server that lets connections stand, counts them, and hears how often each is used.
#[derive(Clone, Default)]
struct Patient {
    accepted: Arc<AtomicUsize>,
    left: Arc<AtomicUsize>,
    heard: Arc<Mutex<Vec<String>>>,
}

impl Patient {
    async fn start() -> (Self, String) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let patient = Self::default();
        let host = patient.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                host.accepted.fetch_add(1, Ordering::SeqCst);
                let host = host.clone();
                tokio::spawn(async move { host.serve(stream).await });
            }
        });
        (patient, url)
    }

    async fn serve(&self, mut stream: TcpStream) {
        let mut request = Vec::new();
        let mut part = [0; 4_096];
        while let Ok(read @ 1..) = stream.read(&mut part).await {
            request.extend_from_slice(&part[..read]);
            if is_whole(&request) {
                self.heard.lock().unwrap().push(String::from_utf8(std::mem::take(&mut request)).unwrap());
                let body = r#"{"response_code":"00","token":"t-1","status":"pending"}"#;
                stream.write_all(&response(200, "application/json", body)).await.unwrap();
            }
        }
        self.left.fetch_add(1, Ordering::SeqCst);
    }

    fn accepted(&self) -> usize {
        self.accepted.load(Ordering::SeqCst)
    }

    async fn until_left(&self, connections: usize) {
        let all = async {
            while self.left.load(Ordering::SeqCst) < connections {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(5), all).await.expect("a connection stays");
    }
}

#[tokio::test]
async fn all_questions_go_over_one_kept_connection_and_each_create_over_its_own() {
    let (server, url) = Patient::start().await;
    let client = client(&url);
    for token in ["t-1", "t-2"] {
        client.create_direct(&payin()).await.unwrap();
        let token = InvoiceToken::new(token.into()).unwrap();
        for _ in 0..10 {
            client.confirm(&token).await.unwrap();
        }
    }
    let (accepted, heard) = (server.accepted(), server.heard.lock().unwrap().len());
    assert_eq!((accepted, heard), (3, 22));
    server.until_left(2).await;
    println!(
        "FIGURE kept connection | 20 questions, 2 creates | 1 connection for all questions, 1 for each create"
    );
}

#[tokio::test]
async fn going_the_way_once_says_nothing_and_keeps_nothing() {
    let (server, url) = Patient::start().await;
    let client = client(&url);
    client.warm_up().await;
    server.until_left(1).await;
    assert_eq!(server.accepted(), 1);
    assert!(server.heard.lock().unwrap().is_empty());
    client.create_direct(&payin()).await.unwrap();
    assert_eq!(server.accepted(), 2);
}

#[tokio::test]
async fn a_way_that_leads_nowhere_ends_in_time() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://{}", listener.local_addr().unwrap());
    // It accepts in the kernel, and nobody ever answers the handshake: two seconds are the client's patience.
    let going = client(&url);
    tokio::time::timeout(Duration::from_secs(6), going.warm_up()).await.expect("it waits for ever");
}
