//! Live mode: a real Secret Service, real HTTP to a LigdiCash on loopback, recorded.

use crate::{AMOUNT, card, customer, sell, testid};
use e2e::{Keychain, Outcome, Shop, Window};
use serde_json::{Value, json};
use simulator::{Answer, CreateBehaviour, Options, RecordedRequest, Simulator};
use std::path::PathBuf;

const KEYS: (&str, &str) = ("KEY-CANARY-1", "token.canary.2");

async fn provider() -> Outcome<Simulator> {
    start_at(0, None).await
}

async fn start_at(port: u16, state_file: Option<PathBuf>) -> Outcome<Simulator> {
    let credentials = Some((KEYS.0.to_owned(), KEYS.1.to_owned()));
    let options = Options { port, credentials, state_file, record_requests: true, ..Options::default() };
    Ok(Simulator::start(options).await?)
}

/// A shop in live mode, set up through the page as its owner does.
async fn live(simulator: &Simulator) -> Outcome<(Shop, Window)> {
    let shop = Shop::new(Keychain::SecretService)?.with_server(simulator.base_url());
    let window = shop.open().await?;
    window.press(&testid("nav-settings")).await?;
    window.fill(&testid("shop-name-input"), "Boutique Agbalépédo").await?;
    window.fill(&testid("website-input"), "https://boutique-agbalepedo.example").await?;
    window.press(&testid("save-settings")).await?;
    window.see(".saved").await?;
    window.fill(&testid("api-key-input"), KEYS.0).await?;
    window.fill(&testid("api-token-input"), KEYS.1).await?;
    window.press(&testid("save-credentials")).await?;
    window.see("[data-testid='credentials-status'][data-status='stored']").await?;
    window.press(&testid("test-connection")).await?;
    window.see("[data-testid='connection-verdict'][data-verdict='keys_accepted']").await?;
    window.press(&testid("mode-live")).await?;
    window.press(&testid("confirm-live")).await?;
    window.read(&testid("mode-banner"), "Mode réel").await?;
    window.read(".server", "127.0.0.1").await?;
    window.press(&testid("nav-till")).await?;
    Ok((shop, window))
}

fn creates(simulator: &Simulator) -> Vec<RecordedRequest> {
    simulator.requests().into_iter().filter(|request| request.method == "POST").collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_live_sale_is_paid_and_the_wire_carries_exactly_what_is_documented() -> Outcome {
    let simulator = provider().await?;
    let (shop, window) = live(&simulator).await?;
    sell(&window, "3750", "90123456").await?;
    window.see(&card("pending")).await?;
    let id = window.attribute(&card("pending"), "data-payment-id").await?;
    window.picture("live-waiting").await?;
    customer(&simulator, Answer::Approve).await?;
    window.see(&card("paid")).await?;
    window.picture("live-paid").await?;

    let sent = creates(&simulator);
    assert_eq!(sent.len(), 1);
    let request = &sent[0];
    assert_eq!(request.path, "/pay/v01/straight/checkout-invoice/create");
    let header =
        |name: &str| request.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str());
    assert_eq!(header("apikey"), Some(KEYS.0));
    assert_eq!(header("authorization"), Some(format!("Bearer {}", KEYS.1).as_str()));
    assert_eq!(header("accept"), Some("application/json"));
    assert_eq!(header("content-type"), Some("application/json"));
    let mut body: Value = serde_json::from_str(&request.body)?;
    let description = body["commande"]["invoice"]["description"].take();
    assert!(description.as_str().is_some_and(|text| text.is_ascii() && text.contains("Boutique Agbalepedo")));
    assert_eq!(
        body,
        json!({ "commande": {
            "invoice": {
                "items": [], "total_amount": 3750, "devise": "XOF", "description": null, "customer": "22890123456",
                "customer_firstname": "", "customer_lastname": "", "customer_email": "", "external_id": "", "otp": ""
            },
            "store": { "name": "Boutique Agbalépédo", "website_url": "https://boutique-agbalepedo.example" },
            "actions": {
                "cancel_url": "", "return_url": "", "callback_url": "https://boutique-agbalepedo.example"
            },
            "custom_data": { "transaction_id": id }
        } })
    );
    let confirms: Vec<_> =
        simulator.requests().into_iter().filter(|request| request.method == "GET").collect();
    assert!(confirms.iter().all(|request| request.path == "/pay/v01/redirect/checkout-invoice/confirm/"));
    assert!(confirms.iter().all(|request| request.query.starts_with("invoiceToken=")));

    // No file of the till holds a key, and neither does a copy.
    window.close().await?;
    let copies = shop.till_folder().join("backups");
    assert!(std::fs::read_dir(&copies)?.next().is_some(), "copies were made");
    for folder in [shop.till_folder(), copies] {
        for file in std::fs::read_dir(folder)? {
            let path = file?.path();
            let bytes = if path.is_dir() { Vec::new() } else { std::fs::read(path)? };
            for secret in [KEYS.0, KEYS.1] {
                assert!(!bytes.windows(secret.len()).any(|part| part == secret.as_bytes()));
            }
        }
    }
    simulator.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_says_what_to_do_and_a_wrong_amount_is_to_be_checked() -> Outcome {
    let simulator = provider().await?;
    let (_shop, window) = live(&simulator).await?;
    simulator.script_create(CreateBehaviour::Refuse("07".to_owned()));
    sell(&window, "5000", "90123456").await?;
    window.read(&card("rejected"), "opérateur non activé").await?;
    window.read(&card("rejected"), "Code07").await?;
    window.picture("rejected").await?;
    window.press(&testid("close-card")).await?;

    sell(&window, "5000", "90000010").await?;
    window.read(&card("review"), "Demandé : 5 000 F. Confirmé : 4 999 F.").await?;
    window.picture("review").await?;

    sell(&window, "5000", "90000003").await?;
    window.see(&card("failed")).await?;
    window.close().await?;
    simulator.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_create_answer_is_uncertain_and_never_sent_again() -> Outcome {
    let simulator = provider().await?;
    let (shop, window) = live(&simulator).await?;
    simulator.script_create(CreateBehaviour::CreateAndHangUp);
    sell(&window, "5000", "90123456").await?;
    window.read(&card("uncertain"), "Ne la renvoyez pas").await?;
    window.read(&card("uncertain"), "Envoi incertain").await?;
    window.picture("uncertain").await?;
    assert_eq!(creates(&simulator).len(), 1);
    window.close().await?;

    // A new start gets the keys back from the keychain, and sends nothing by itself.
    let window = shop.open().await?;
    window.see(&card("uncertain")).await?;
    window.press(&testid("nav-settings")).await?;
    window.see("[data-testid='credentials-status'][data-status='stored']").await?;
    window.press(&testid("test-connection")).await?;
    window.see("[data-testid='connection-verdict'][data-verdict='keys_accepted']").await?;
    tokio::time::sleep(std::time::Duration::from_secs(4)).await;
    assert_eq!(creates(&simulator).len(), 1);
    window.close().await?;
    simulator.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn offline_says_so_keeps_the_history_and_goes_on_by_itself() -> Outcome {
    let folder = tempfile::tempdir()?;
    let state = Some(folder.path().join("provider.json"));
    let simulator = start_at(0, state.clone()).await?;
    let (_shop, window) = live(&simulator).await?;
    sell(&window, "5000", "90123456").await?;
    window.see(&card("pending")).await?;
    let port: u16 = simulator.base_url().rsplit(':').next().unwrap_or_default().parse()?;
    simulator.stop().await;
    window.press(&testid("check-now")).await?;
    window.read(&testid("notice"), "Pas de connexion avec LigdiCash").await?;

    sell(&window, "700", "91123456").await?;
    window.read(&card("not_sent"), "rien n’est parti").await?;
    window.picture("offline").await?;
    window.press(&testid("nav-history")).await?;
    window.see(&format!("{}[data-state='pending']", testid("history-row"))).await?;
    window.press(&testid("nav-till")).await?;
    window.see(AMOUNT).await?;

    // The line is back: the payment that waited is asked about again, and ends.
    let back = start_at(port, state).await?;
    customer(&back, Answer::Approve).await?;
    window.press(&testid("check-now")).await?;
    window.see(&card("paid")).await?;
    window.see_gone(".notice.bad").await?;
    window.close().await?;
    back.stop().await;
    Ok(())
}
