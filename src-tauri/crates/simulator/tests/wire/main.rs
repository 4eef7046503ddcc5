//! The simulator over real HTTP: each check it makes, each way it misbehaves, and what outlives it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "in a test a broken step ends it")]

use serde_json::{Value, json};
use simulator::{Answer, ConfirmBehaviour, CreateBehaviour, Options, Simulator, Status};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

const CREATE: &str = "/pay/v01/straight/checkout-invoice/create";

fn body(change: impl FnOnce(&mut Value)) -> Value {
    let mut body = json!({ "commande": {
        "invoice": { "items": [], "total_amount": 3750, "devise": "XOF", "description": "d", "customer": "22890123456",
                     "customer_firstname": "", "customer_lastname": "", "customer_email": "", "external_id": "", "otp": "" },
        "store": { "name": "Boutique", "website_url": "" },
        "actions": { "cancel_url": "", "return_url": "", "callback_url": "" },
        "custom_data": { "transaction_id": "pos-1" }
    } });
    change(&mut body);
    body
}

async fn start(options: Options) -> Simulator {
    let credentials = Some(("k".to_owned(), "t".to_owned()));
    Simulator::start(Options { credentials, record_requests: true, ..options }).await.unwrap()
}

async fn create(simulator: &Simulator, body: &Value) -> Value {
    let request = reqwest::Client::new().post(format!("{}{CREATE}", simulator.base_url())).json(body);
    request
        .header("Apikey", "k")
        .header("Authorization", "Bearer t")
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap()
}

async fn confirm(simulator: &Simulator, token: &str) -> Value {
    let url =
        format!("{}/pay/v01/redirect/checkout-invoice/confirm/?invoiceToken={token}", simulator.base_url());
    let request = reqwest::Client::new().get(url).header("Apikey", "k").header("Authorization", "Bearer t");
    request.send().await.unwrap().json().await.unwrap()
}

fn token(answer: &Value) -> &str {
    answer["token"].as_str().unwrap()
}

#[tokio::test]
async fn each_check_refuses_with_its_own_code() {
    let simulator = start(Options::default()).await;
    let invoice =
        |key: &'static str, value: Value| body(move |body| body["commande"]["invoice"][key] = value);
    for (sent, code) in [
        (invoice("total_amount", json!(8)), "02"),
        (invoice("total_amount", json!(2_000_001)), "02"),
        (invoice("total_amount", json!("3750")), "02"),
        (invoice("customer", json!("22822123456")), "07"),
        (invoice("customer", json!("+22890123456")), "08"),
        (invoice("devise", json!("EUR")), "08"),
        (invoice("items", json!([{ "name": "x" }])), "04"),
        (body(|body| body["commande"]["custom_data"] = json!([])), "08"),
        (invoice("customer", json!("22890000116")), "16"),
    ] {
        let answer = create(&simulator, &sent).await;
        assert_eq!(answer["response_text"], format!("Echec (Code{code})"), "{sent}");
        assert_eq!((answer["response_code"].as_str(), token(&answer)), (Some("01"), ""));
    }
    assert!(simulator.invoices().is_empty());
    let wrong = reqwest::Client::new().post(format!("{}{CREATE}", simulator.base_url())).json(&body(|_| {}));
    let answer: Value = wrong.header("Apikey", "x").send().await.unwrap().json().await.unwrap();
    assert_eq!(answer["response_text"], "Echec (Code00)");
    assert_eq!(confirm(&simulator, "nobody").await["response_text"], "Echec (Code02)");
    simulator.stop().await;
}

#[tokio::test]
async fn an_invoice_is_pending_until_its_customer_acts_and_then_for_ever_what_it_became() {
    let simulator = start(Options::default()).await;
    let accepted = create(&simulator, &body(|_| {})).await;
    assert_eq!(token(&accepted).split('.').count(), 3);
    assert_eq!(accepted["custom_data"]["transaction_id"], "pos-1");
    assert_eq!(confirm(&simulator, token(&accepted)).await["status"], "pending");
    simulator.answer("pos-1", Answer::Ignore).unwrap();
    assert!(simulator.prompts()[0].ignored);
    simulator.answer("pos-1", Answer::Approve).unwrap();
    assert!(simulator.answer("pos-1", Answer::Refuse).is_err());
    let done = confirm(&simulator, token(&accepted)).await;
    assert_eq!((done["status"].as_str(), done["amount"].as_u64()), (Some("completed"), Some(3750)));
    assert_eq!(done["external_id"], "pos-1");
    simulator.stop().await;
}

#[tokio::test]
async fn the_same_identifier_twice_is_two_invoices() {
    let simulator = start(Options::default()).await;
    let (one, other) = (create(&simulator, &body(|_| {})).await, create(&simulator, &body(|_| {})).await);
    assert_ne!(token(&one), token(&other));
    assert_eq!(simulator.invoices().len(), 2);
    simulator.stop().await;
}

#[tokio::test]
async fn invoices_outlive_the_program_and_a_broken_file_is_set_aside() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("book.json");
    let options = || Options {
        state_file: Some(file.clone()),
        late_after: Duration::from_millis(300),
        ..Options::default()
    };
    let simulator = start(options()).await;
    let accepted = create(&simulator, &body(|_| {})).await;
    simulator.answer("pos-1", Answer::ApproveLate).unwrap();
    let port = simulator.base_url().rsplit(':').next().unwrap().parse().unwrap();
    simulator.stop().await;

    let again = start(Options { port, ..options() }).await;
    tokio::time::sleep(Duration::from_millis(900)).await;
    assert_eq!(confirm(&again, token(&accepted)).await["status"], "completed");
    again.stop().await;

    std::fs::write(&file, "{").unwrap();
    let fresh = start(options()).await;
    assert!(fresh.invoices().is_empty());
    assert!(folder.path().join("book.unreadable").exists());
    fresh.stop().await;
}

#[tokio::test]
async fn a_short_memory_forgets_the_oldest_whose_end_was_told_and_nobody_else() {
    let simulator = start(Options { remembers: Some(2), ..Options::default() }).await;
    let mut tokens = Vec::new();
    for at in 0..6 {
        let id = format!("pos-{at}");
        let answer =
            create(&simulator, &body(|body| body["commande"]["custom_data"]["transaction_id"] = json!(id)))
                .await;
        tokens.push(token(&answer).to_owned());
    }
    let known = |simulator: &Simulator| -> Vec<String> {
        simulator.invoices().into_iter().map(|invoice| invoice.transaction_id).collect()
    };
    // The first never ends; the second ends, and nobody asks.
    for at in 1..6 {
        simulator.answer(&format!("pos-{at}"), Answer::Approve).unwrap();
    }
    assert_eq!(known(&simulator).len(), 6);
    for told in &tokens[2..] {
        assert_eq!(confirm(&simulator, told).await["status"], "completed");
    }
    // What is forgotten goes at the next change.
    create(&simulator, &body(|_| {})).await;
    assert_eq!(known(&simulator), ["pos-0", "pos-1", "pos-4", "pos-5", "pos-1"]);
    simulator.stop().await;
}

#[tokio::test]
async fn scripts_lose_answers_after_creating_and_only_once() {
    let simulator = start(Options::default()).await;
    let url = format!("{}{CREATE}", simulator.base_url());
    let post = || {
        reqwest::Client::new()
            .post(&url)
            .json(&body(|_| {}))
            .header("Apikey", "k")
            .header("Authorization", "Bearer t")
    };
    simulator.script_create(CreateBehaviour::CreateAndHangUp);
    assert!(post().send().await.is_err());
    simulator.script_create(CreateBehaviour::CreateAndAnswerHtml);
    assert_eq!(post().send().await.unwrap().status(), 502);
    simulator.script_create(CreateBehaviour::CreateAndGoSilent);
    assert!(post().timeout(Duration::from_millis(300)).send().await.unwrap_err().is_timeout());
    assert_eq!(simulator.invoices().len(), 3);
    let accepted = create(&simulator, &body(|_| {})).await;
    simulator.script_confirm(ConfirmBehaviour::Fail("03".into()));
    assert_eq!(confirm(&simulator, token(&accepted)).await["response_text"], "Echec (Code03)");
    assert_eq!(confirm(&simulator, token(&accepted)).await["status"], "pending");
    simulator.stop().await;
}

#[tokio::test]
async fn another_host_name_is_not_answered_and_offline_closes_the_line() {
    let simulator = start(Options::default()).await;
    let client = reqwest::Client::new();
    let other = client.get(simulator.base_url()).header("Host", "evil.example").send().await.unwrap();
    assert_eq!(other.status(), 421);
    simulator.set_offline(true);
    assert!(reqwest::Client::new().get(simulator.base_url()).send().await.is_err());
    simulator.set_offline(false);
    assert_eq!(reqwest::Client::new().get(simulator.base_url()).send().await.unwrap().status(), 404);
    simulator.stop().await;
}

#[tokio::test]
async fn news_are_pushed_twice_as_form_and_as_json_with_an_empty_token() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let heard = tokio::spawn(async move {
        let mut heard = Vec::new();
        for _ in 0..2 {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut bytes = vec![0u8; 16 * 1024];
            let mut length = 0;
            while !String::from_utf8_lossy(&bytes[..length]).contains("confirmInvoice") {
                length += stream.read(&mut bytes[length..]).await.unwrap();
            }
            stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").await.unwrap();
            heard.push(String::from_utf8_lossy(&bytes[..length]).into_owned());
        }
        heard
    });
    let simulator = start(Options::default()).await;
    let to = format!("http://{address}/ligdicash?shop=1");
    create(&simulator, &body(|body| body["commande"]["actions"]["callback_url"] = to.into())).await;
    simulator.answer("pos-1", Answer::Approve).unwrap();
    let heard = tokio::time::timeout(Duration::from_secs(5), heard).await.unwrap().unwrap();
    assert!(heard.iter().all(|request| request.starts_with("POST /ligdicash?shop=1 HTTP/1.1")));
    let form = heard.iter().find(|request| request.contains("x-www-form-urlencoded")).unwrap();
    assert!(form.contains("status=completed") && form.contains("token=&"));
    let json = heard.iter().find(|request| request.contains("application/json")).unwrap();
    let told: Value = serde_json::from_str(json.split_once("\r\n\r\n").unwrap().1).unwrap();
    assert_eq!((told["status"].as_str(), told["token"].as_str()), (Some("completed"), Some("")));
    assert_eq!(simulator.invoices()[0].status, Status::Completed);
    simulator.stop().await;
}
