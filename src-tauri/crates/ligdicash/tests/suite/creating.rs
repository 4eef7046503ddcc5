//! Create: what leaves, and the three kinds of what comes of it.

use crate::wire::{Act, KEYS, Server, client, payin, response};
use ligdicash::{CreateCode, CreateError, HostedPayin, NoUsableAnswer, NotSent};
use serde_json::{Value, json};
use std::time::Duration;

const ACCEPTED: &str = r#"{"response_code":"00","token":"eyJ.invented.token","response_text":"en cours","description":"","custom_data":{"transaction_id":"pos-01jb7q9m3k8v5x2w","logfile":"2026"},"wiki":"w"}"#;

#[tokio::test]
async fn the_request_is_the_documented_one_and_leaves_once() {
    let server = Server::json(ACCEPTED).await;
    let created = server.client().create_direct(&payin()).await.unwrap();
    assert_eq!(created.token.expose(), "eyJ.invented.token");
    assert_eq!(created.server_date.as_deref(), Some("Tue, 03 Nov 2026 10:15:04 GMT"));
    let seen = server.seen();
    assert_eq!(seen.len(), 1);
    let (head, body) = seen[0].split_once("\r\n\r\n").unwrap();
    let mut lines = head.lines();
    assert_eq!(lines.next(), Some("POST /pay/v01/straight/checkout-invoice/create HTTP/1.1"));
    let header = |name: &str| {
        head.lines().find_map(|line| {
            line.split_once(": ")
                .filter(|(known, _)| known.eq_ignore_ascii_case(name))
                .map(|(_, value)| value)
        })
    };
    assert_eq!(header("apikey"), Some(KEYS.0));
    assert_eq!(header("authorization"), Some(format!("Bearer {}", KEYS.1).as_str()));
    assert_eq!(header("accept"), Some("application/json"));
    assert_eq!(header("content-type"), Some("application/json"));
    let expected: Value = serde_json::from_str(include_str!("../fixtures/create_request.json")).unwrap();
    assert_eq!(serde_json::from_str::<Value>(body).unwrap(), expected);
}

#[tokio::test]
async fn every_listed_code_refuses_and_an_unlisted_one_keeps_its_text() {
    for code in (0..=16).map(|code| format!("{code:02}")).chain(["03a".to_owned(), "42".to_owned()]) {
        let body = json!({ "response_code": "01", "token": "", "response_text": format!("Echec (Code{code})"), "custom_data": [] });
        let server = Server::json(&body.to_string()).await;
        let Err(CreateError::Refused(refusal)) = server.client().create_direct(&payin()).await else {
            panic!("Code{code} is a refusal");
        };
        assert_eq!(refusal.code.as_str(), code);
        let is_listed = CreateCode::LISTED.iter().any(|(listed, _)| *listed == code);
        assert_eq!(!matches!(refusal.code, CreateCode::Other(_)), is_listed);
    }
}

#[tokio::test]
async fn what_may_have_arrived_is_unknown_and_is_not_sent_again() {
    let json = "application/json";
    let half = b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{\"response_code\":\"00\"".to_vec();
    let huge = response(200, json, &"x".repeat(70 * 1024));
    let no_token = r#"{"response_code":"00","token":""}"#;
    for (act, cause) in [
        (Act::GoSilent, NoUsableAnswer::Timeout),
        (Act::HangUp, NoUsableAnswer::Broken),
        (Act::Say(half), NoUsableAnswer::Broken),
        (Act::Say(huge), NoUsableAnswer::TooLarge),
        (Act::Say(response(502, "text/html", "<h1>Bad gateway</h1>")), NoUsableAnswer::Status(502)),
        (Act::Say(response(429, json, "{}")), NoUsableAnswer::Status(429)),
        (
            Act::Say(response(500, json, r#"{"response_code":"01","response_text":"Echec (Code07)"}"#)),
            NoUsableAnswer::Status(500),
        ),
        (Act::Say(response(200, "text/html", "<html></html>")), NoUsableAnswer::NotJson),
        (Act::Say(response(200, json, "")), NoUsableAnswer::NotJson),
        (Act::Say(response(200, json, "[]")), NoUsableAnswer::NotJson),
        (Act::Say(response(200, json, "{}")), NoUsableAnswer::Unrecognised),
        (Act::Say(response(200, json, r#"{"response_code":"99"}"#)), NoUsableAnswer::Unrecognised),
        (Act::Say(response(200, json, no_token)), NoUsableAnswer::NoToken),
        (Act::Say(response(200, json, r#"{"response_code":"00","token":null}"#)), NoUsableAnswer::NoToken),
    ] {
        let server = Server::start(act).await;
        let Err(CreateError::Unknown { cause: found, .. }) = server.client().create_direct(&payin()).await
        else {
            panic!("{cause:?} is unknown");
        };
        assert_eq!(found, cause);
        tokio::time::sleep(Duration::from_millis(50)).await;
        assert_eq!(server.seen().len(), 1, "{cause:?}");
    }
}

#[tokio::test]
async fn a_redirect_is_unknown_and_nobody_else_is_asked() {
    let elsewhere = Server::json(ACCEPTED).await;
    for status in [301, 302, 303, 307, 308] {
        let moved =
            format!("HTTP/1.1 {status} X\r\nLocation: {}/x\r\nContent-Length: 0\r\n\r\n", elsewhere.url);
        let server = Server::start(Act::Say(moved.into_bytes())).await;
        let answer = server.client().create_direct(&payin()).await;
        assert!(
            matches!(answer, Err(CreateError::Unknown { cause: NoUsableAnswer::Redirect(told), .. }) if told == status)
        );
    }
    assert!(elsewhere.seen().is_empty());
}

#[tokio::test]
async fn only_what_provably_never_left_is_not_sent() {
    let refused = client("http://127.0.0.1:1").create_direct(&payin()).await;
    assert!(matches!(refused, Err(CreateError::NotSent { cause: NotSent::NoConnection, .. })), "{refused:?}");
    // A plain server where a secure one is expected: the handshake fails before the request.
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        use tokio::io::AsyncWriteExt;
        while let Ok((mut stream, _)) = listener.accept().await {
            let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
        }
    });
    let answer = client(&format!("https://{address}")).create_direct(&payin()).await;
    assert!(matches!(answer, Err(CreateError::NotSent { cause: NotSent::Tls, .. })), "{answer:?}");
}

#[tokio::test]
async fn no_error_tells_a_secret_or_an_address() {
    let json = "application/json";
    let mut servers = Vec::new();
    for act in [
        Act::HangUp,
        Act::GoSilent,
        Act::Say(response(502, "text/html", "token.canary key-canary")),
        Act::Say(
            b"HTTP/1.1 302 X\r\nLocation: http://127.0.0.1:1/pay/?invoiceToken=invoice-canary\r\n\r\n"
                .to_vec(),
        ),
        Act::Say(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{".to_vec()),
        Act::Say(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n".to_vec()),
        Act::Say(b"\0\x01\xff garbage\r\n\r\n".to_vec()),
        Act::Say(response(200, json, &"x".repeat(70 * 1024))),
    ] {
        servers.push(Server::start(act).await);
    }
    let of_servers = servers.iter().map(|server| server.url.clone());
    // Nobody listens; and nobody speaks TLS.
    let unreachable = ["http://127.0.0.1:1".to_owned(), servers[0].url.replace("http://", "https://")];
    for url in of_servers.chain(unreachable) {
        let client = client(&url);
        let error = client.create_direct(&payin()).await.unwrap_err();
        let token = ligdicash::InvoiceToken::new("invoice-canary".into()).unwrap();
        let confirm = client.confirm(&token).await.unwrap_err();
        for text in [
            format!("{error} {error:?} {error:#?}"),
            format!("{confirm} {confirm:?} {confirm:#?}"),
            format!("{client:?} {token:?}"),
            format!("{:?}", client.test_connection().await),
        ] {
            for secret in ["canary", "invoiceToken", "/pay/"] {
                assert!(!text.contains(secret), "{url}: {text}");
            }
        }
    }
}

#[tokio::test]
async fn a_hosted_payin_gives_the_page_to_open() {
    let body = r#"{"response_code":"00","token":"t","response_text":"https://client.ligdicash.com/directpayment/invoice/t"}"#;
    let server = Server::json(body).await;
    let payin = HostedPayin { amount_xof: 500, transaction_id: "a".into(), ..HostedPayin::default() };
    let created = server.client().create_hosted(&payin).await.unwrap();
    assert_eq!(created.page_url, "https://client.ligdicash.com/directpayment/invoice/t");
    let sent: Value = serde_json::from_str(server.seen()[0].split_once("\r\n\r\n").unwrap().1).unwrap();
    assert_eq!(sent["commande"]["invoice"]["customer"], "");
    assert!(server.seen()[0].starts_with("POST /pay/v01/redirect/checkout-invoice/create "));
}
