//! Known secrets through a whole till, with everything logged that any library would log: no file it leaves behind holds
//! one, however it is written. The invoice's token is the handle to the money: it stands once in the ledger, and nowhere
//! else. Customers' numbers stand whole in the ledger only.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::wildcard_enum_match_arm,
    reason = "in a test a broken step ends it, and events it does not wait for pass by"
)]

mod echo;
mod scan;

use echo::{Echo, Server};
use scan::{Found, Secret, forms, scan};
use simulator::{Answer, ConfirmBehaviour, CreateBehaviour, Simulator};
use std::collections::HashMap;
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use till::domain::{DecisionKind, EntryRange, Mode, PaymentId, State};
use till::{
    Charge, Charged, ClientOptions, Clock, Events, ExportRequest, Format, HttpGateways, Keys, PageSize,
    PaperSettings, Payment, Ports, PrinterConnection, Secrets, SecretsError, Settings, SystemChance,
    SystemClock, Till, TillEvent, TillOptions,
};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::{EnvFilter, Layer};

/// With characters that addresses, JSON and HTML write in ways of their own.
const API_KEY: &str = r#"APIKEY&canary"0a1B/2c3D+4e5F=6g7H"#;
const API_TOKEN: &str = "APITOKEN-canary-eyJhbGciOi.J9iOm5vdC1hLXRva2Vu.c2lnbmF0dXJlL2Nhb";
const INVOICE_TOKEN: &str = "INVOICE/canary+b3V0ZXItc3BhY2U.dG9rZW4/aW52b2ljZQ+=";
const PIN: &str = "PIN-CANARY-7391-CODE";
const PATIENCE: Duration = Duration::from_secs(40);

/// A keychain in memory.
#[derive(Default)]
struct Keychain(Mutex<HashMap<String, Vec<u8>>>);

impl Secrets for Keychain {
    fn get(&self, name: &str) -> Result<Option<Vec<u8>>, SecretsError> {
        Ok(self.0.lock().unwrap().get(name).cloned())
    }
    fn set(&self, name: &str, secret: &[u8]) -> Result<(), SecretsError> {
        self.0.lock().unwrap().insert(name.to_owned(), secret.to_vec());
        Ok(())
    }
    fn delete(&self, name: &str) -> Result<(), SecretsError> {
        self.0.lock().unwrap().remove(name);
        Ok(())
    }
}

/// Writes down whatever is told, as a careless programmer would.
struct Scribe(Mutex<File>);

impl Events for Scribe {
    fn emit(&self, event: TillEvent) {
        tracing::trace!(?event);
        writeln!(self.0.lock().unwrap(), "{event:?}").unwrap();
    }
}

/// What the crate `log` would write.
struct OldLog(Mutex<File>);

impl log::Log for OldLog {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        true
    }
    fn log(&self, record: &log::Record<'_>) {
        writeln!(self.0.lock().unwrap(), "{} {}: {}", record.level(), record.target(), record.args())
            .unwrap();
    }
    fn flush(&self) {}
}

/// The product's own filter, as it stands in its source.
fn product_filter() -> String {
    let source = include_str!("../../../../src/logging.rs");
    let (_, rest) = source.split_once("const FILTER: &str = \"").unwrap();
    rest.split_once('"').unwrap().0.to_owned()
}

/// Everything at TRACE into one file, what the product would write into another.
fn log_everything(folder: &Path) {
    let file = |name: &str| Mutex::new(File::create(folder.join(name)).unwrap());
    let line = || tracing_subscriber::fmt::layer().with_ansi(false);
    let all = line().with_writer(file("trace.log"));
    let own = line().with_writer(file("product.log")).with_filter(EnvFilter::new(product_filter()));
    tracing::subscriber::set_global_default(
        tracing_subscriber::registry().with(vec![all.boxed(), own.boxed()]),
    )
    .unwrap();
    log::set_boxed_logger(Box::new(OldLog(file("old.log")))).unwrap();
    log::set_max_level(log::LevelFilter::Trace);
}

/// One till's world.
struct Shop {
    folder: PathBuf,
    keychain: Arc<Keychain>,
    errors: Mutex<File>,
}

impl Shop {
    fn new(folder: &Path) -> Self {
        std::fs::create_dir_all(folder).unwrap();
        Self {
            folder: folder.to_owned(),
            keychain: Arc::default(),
            errors: Mutex::new(File::create(folder.join("errors.txt")).unwrap()),
        }
    }

    async fn open(&self, base_url: &str) -> Till {
        let options = TillOptions {
            data_dir: self.folder.join("till"),
            base_url: Some(base_url.to_owned()),
            export_dir: Some(self.folder.join("exports")),
            default_export_dir: self.folder.join("exports"),
            keeps_backups: true,
            read_first_bytes: till::READ_FIRST_BYTES,
        };
        let clients = ClientOptions {
            create_timeout: Duration::from_secs(2),
            confirm_timeout: Duration::from_secs(2),
            ..ClientOptions::default()
        };
        let events = File::options().create(true).append(true).open(self.folder.join("events.txt")).unwrap();
        let ports = Ports {
            clock: Arc::new(SystemClock::new()),
            chance: Arc::new(SystemChance),
            secrets: self.keychain.clone(),
            events: Arc::new(Scribe(Mutex::new(events))),
            gateways: Arc::new(HttpGateways::new(clients)),
        };
        Till::open(options, ports).await.unwrap()
    }

    fn tell<T, E: std::error::Error>(&self, result: Result<T, E>) {
        if let Err(error) = result {
            tracing::error!(%error, "refused");
            writeln!(self.errors.lock().unwrap(), "{error} {error:?}").unwrap();
        }
    }

    fn write_down(&self, what: &impl std::fmt::Debug) {
        writeln!(self.errors.lock().unwrap(), "{what:?}").unwrap();
    }

    async fn set_up(&self, till: &Till) {
        let papers = PaperSettings {
            printer: PrinterConnection::File(self.folder.join("exports/ticket.bin").display().to_string()),
            ..PaperSettings::default()
        };
        std::fs::create_dir_all(self.folder.join("exports")).unwrap();
        let settings = Settings { shop_name: "Chez Afi".into(), papers, ..Settings::default() };
        till.save_settings(settings).await.unwrap();
        for (key, token) in
            [(API_KEY, ""), (API_KEY, &format!("{API_TOKEN} é")), (&API_KEY.repeat(3_000), API_TOKEN)]
        {
            self.tell(till.save_keys(key, token, false, false).await);
        }
        till.save_keys(API_KEY, &format!("Bearer {API_TOKEN}"), false, false).await.unwrap();
        till.set_mode(Mode::Live).await.unwrap();
        self.write_down(&till.test_connection().await);
    }

    /// Copies of the ledger, into its own folder and into one that a person chose.
    async fn copy_ledger(&self, till: &Till) {
        till.backup_now().await.unwrap();
        let chosen = self.folder.join(format!("copies-{}", SystemClock::new().now_ms()));
        std::fs::create_dir_all(&chosen).unwrap();
        till.backup_to(&chosen).await.unwrap();
    }

    /// Receipts, exports, closings: everything that leaves a till.
    async fn hand_everything_out(&self, till: &Till, paid: &PaymentId) {
        let receipt = till.receipt(paid).await.unwrap();
        self.tell(till.check_receipt(&receipt.claim()).await);
        for size in [PageSize::A4, PageSize::Roll80] {
            till.receipt_pdf(paid, size).await.unwrap();
        }
        till.print_receipt(paid).await.unwrap();
        till.print_test().await.unwrap();
        till.period_pdf(None).await.unwrap();
        let day = till.day(None).await.unwrap();
        let closing = till.close_day(day.reading.number, "Afi").await.unwrap().period.number;
        till.period_pdf(Some(closing)).await.unwrap();
        till.print_period(Some(closing)).await.unwrap();
        for format in Format::ALL {
            for range in [EntryRange::Days { from: day.day, to: day.day }, EntryRange::Closing(closing)] {
                till.export(ExportRequest { range, format, whole_numbers: false }).await.unwrap();
            }
        }
        self.copy_ledger(till).await;
        self.tell(till.detail(paid).await);
        let story = till.detail(paid).await.unwrap();
        let snapshot = till.snapshot().await.unwrap();
        self.write_down(&(story, snapshot));
    }
}

async fn charge(till: &Till, amount: &str, phone: &str) -> PaymentId {
    let charge = Charge {
        // Not the number itself: an intent is no place for one, and may be told.
        intent_id: format!("sale-of-{amount}-{}", &phone[4..]),
        amount: amount.into(),
        phone: phone.into(),
        after: None,
        cashier: "Kossi".into(),
    };
    match till.charge(charge).await.unwrap() {
        Charged::Payment(_, payment) => payment.id,
        Charged::Unresolved(_, payment) => panic!("{payment:?}"),
    }
}

async fn until(till: &Till, id: &PaymentId, mut wanted: impl FnMut(&Payment) -> bool) -> Payment {
    let looking = async {
        loop {
            let (_, payment, _) = till.detail(id).await.unwrap();
            if wanted(&payment) {
                return payment;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(PATIENCE, looking).await.expect("the till did not come so far")
}

/// Against a LigdiCash that keeps to its documentation.
async fn honest_day(shop: &Shop) -> Vec<String> {
    let options = simulator::Options {
        credentials: Some((API_KEY.into(), API_TOKEN.into())),
        ..simulator::Options::default()
    };
    let provider = Simulator::start(options).await.unwrap();
    let till = shop.open(&provider.base_url()).await;
    shop.set_up(&till).await;
    provider.script_confirm(ConfirmBehaviour::Status(502));
    let paid = charge(&till, "5000", "90123456").await;
    until(&till, &paid, |payment| payment.state == State::Pending).await;
    // While its token is the only handle to the money.
    shop.copy_ledger(&till).await;
    provider.answer(paid.as_str(), Answer::Approve).unwrap();
    until(&till, &paid, |payment| payment.check_problem.is_some()).await;
    till.check_now(&paid).await.unwrap();
    until(&till, &paid, |payment| payment.state == State::Paid).await;
    provider.script_create(CreateBehaviour::Refuse("07".into()));
    let refused = charge(&till, "700", "91654321").await;
    until(&till, &refused, |payment| payment.state == State::Rejected).await;
    shop.hand_everything_out(&till, &paid).await;
    till.set_mode(Mode::Training).await.unwrap();
    let school = charge(&till, "800", "92777444").await;
    until(&till, &school, |payment| payment.state == State::Pending).await;
    till.forget_keys().await.unwrap();
    shop.tell(till.test_connection().await);
    till.save_keys(API_KEY, API_TOKEN, true, true).await.unwrap();
    till.save_keys(API_KEY, API_TOKEN, false, true).await.unwrap();
    till.close().await;
    provider.stop().await;
    // Their ends: the beginning is what all tokens of this simulator share, those of the school too.
    provider
        .invoices()
        .into_iter()
        .map(|invoice| invoice.token[invoice.token.len() - 31..].to_owned())
        .collect()
}

/// Against one that repeats everything, breaks off, and says nothing.
async fn echoing_day(shop: &Shop) {
    let server = Server::start(INVOICE_TOKEN.to_owned()).await;
    let till = shop.open(&format!("http://{}", server.address)).await;
    server.then(Echo::Refusal);
    shop.set_up(&till).await;
    for (echo, phone, expected) in [
        (Echo::Refusal, "90111222", State::Rejected),
        (Echo::ErrorPage, "90111333", State::Uncertain),
        (Echo::OddJson, "90111444", State::Uncertain),
        (Echo::Silence, "90111555", State::Uncertain),
        (Echo::HangUp, "90111666", State::Uncertain),
    ] {
        server.then(echo);
        let id = charge(&till, "5000", phone).await;
        until(&till, &id, |payment| payment.state == expected).await;
        if echo == Echo::OddJson {
            let (who, reason) = ("Afi".to_owned(), "SMS du client".to_owned());
            let kind = DecisionKind::AcceptedAsPaid;
            till.decide(&id, kind, who, reason, Some("CI1".into())).await.unwrap();
        }
    }
    server.then(Echo::Accepted);
    for echo in [
        Echo::ErrorPage,
        Echo::OddJson,
        Echo::HangUp,
        Echo::Refusal,
        Echo::Silence,
        Echo::Pending,
        Echo::Paid,
    ] {
        server.then(echo);
    }
    let paid = charge(&till, "5000", "90111777").await;
    let mut last_answer_at_ms = None;
    loop {
        let payment = until(&till, &paid, |payment| {
            payment.state == State::Paid
                || (payment.state == State::Pending && payment.last_answer_at_ms != last_answer_at_ms)
        })
        .await;
        if payment.state == State::Paid {
            break;
        }
        last_answer_at_ms = payment.last_answer_at_ms;
        till.check_now(&paid).await.unwrap();
    }
    shop.hand_everything_out(&till, &paid).await;
    till.close().await;
    drop(till);

    // No secure connection where there is none; and a till that breaks with keys in its hands.
    let till = shop.open(&format!("https://{}", server.address)).await;
    let unsent = charge(&till, "900", "90111888").await;
    until(&till, &unsent, |payment| payment.state == State::NotSent).await;
    shop.write_down(&till.test_connection().await);
    let crash = shop.folder.join("till/crash.txt");
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        let trace = std::backtrace::Backtrace::force_capture();
        std::fs::write(&crash, format!("{panic}\n{trace}")).unwrap();
    }));
    let keys = Keys::parse(API_KEY, API_TOKEN, "set".into()).unwrap();
    let broken = tokio::spawn(async move { panic!("broke with {keys:?}") }).await;
    std::panic::set_hook(usual);
    assert!(broken.is_err() && shop.folder.join("till/crash.txt").exists());
    till.close().await;
}

/// Whether a secret may stand there: the token once for each payment that has it, in the ledger alone; the number there
/// and in copies of it.
fn is_allowed(found: &Found, tokens: usize) -> bool {
    let name = found.file.file_name().unwrap_or_default().to_string_lossy();
    let in_ledger = name == "live.sqlite3";
    let in_copy = |mode: &str| name.starts_with(mode) && name.ends_with(".sqlite3");
    let is_number = found.secret.starts_with("number");
    let is_phone_of_school =
        name == "training.sqlite3" || name == "training-phone.json" || in_copy("training-");
    let as_it_is = ["plain", "in JSON", "in HTML", "in an address", "in an address, small", "in capitals"]
        .contains(&found.form);
    let is_token = found.secret == "invoice token" && (as_it_is || found.form.starts_with("its "));
    ((in_ledger || in_copy("live-")) && is_number && as_it_is)
        || (is_phone_of_school && found.secret == "number of the school" && as_it_is)
        || (in_ledger && is_token && found.times <= tokens)
}

fn secrets(tokens: &[String]) -> Vec<Secret> {
    let secret = |name, text: &str| Secret { name, text: text.to_owned() };
    let mut secrets = vec![
        secret("API key", API_KEY),
        secret("API token", API_TOKEN),
        secret("PIN", PIN),
        secret("number of the school", "92777444"),
    ];
    for number in [
        "90123456", "91654321", "90111222", "90111333", "90111444", "90111555", "90111666", "90111777",
        "90111888",
    ] {
        secrets.push(secret("number", number));
        let pairs: Vec<&str> = (0..8).step_by(2).map(|at| &number[at..at + 2]).collect();
        secrets.push(secret("number, grouped", &pairs.join(" ")));
    }
    secrets.extend(tokens.iter().map(|token| secret("invoice token", token)));
    secrets
}

#[tokio::test(flavor = "multi_thread")]
async fn no_file_of_a_whole_day_holds_a_secret_in_any_form() {
    let world = tempfile::tempdir().unwrap();
    let logs = world.path().join("logs");
    std::fs::create_dir_all(&logs).unwrap();
    log_everything(&logs);
    let (honest, echoing) =
        (Shop::new(&world.path().join("honest")), Shop::new(&world.path().join("echoing")));
    let mut tokens = honest_day(&honest).await;
    echoing_day(&echoing).await;
    tokens.push(INVOICE_TOKEN.to_owned());

    let size = |name: &str| std::fs::metadata(logs.join(name)).unwrap().len();
    assert!(
        size("trace.log") > 20_000 && size("old.log") > 100 && size("product.log") > 0,
        "nothing was logged"
    );
    let looked = scan(&[world.path()], &secrets(&tokens));
    let wrong: Vec<_> = looked.found.iter().filter(|found| !is_allowed(found, tokens.len())).collect();
    println!(
        "FIGURE canary secrets | {} files, {} bytes, {} forms | {} found",
        looked.files,
        looked.bytes,
        looked.forms,
        wrong.len()
    );
    assert!(wrong.is_empty(), "{wrong:#?}");
    // The scan sees what is there: each token stands in its ledger, exactly once.
    let of_token = |found: &&Found| found.secret == "invoice token" && found.form == "plain";
    let times: Vec<_> = looked.found.iter().filter(of_token).map(|found| found.times).collect();
    assert_eq!(times, vec![1; tokens.len()]);
}

#[test]
fn the_scan_finds_a_secret_in_every_form_it_knows() {
    let world = tempfile::tempdir().unwrap();
    let secret = || Secret { name: "API key", text: API_KEY.to_owned() };
    for (at, (form, bytes)) in forms(API_KEY).into_iter().enumerate() {
        let folder = world.path().join(at.to_string());
        std::fs::create_dir(&folder).unwrap();
        std::fs::write(folder.join("x.log"), [b"before ".as_slice(), &bytes, b" after"].concat()).unwrap();
        let looked = scan(&[&folder], &[secret()]);
        assert!(!looked.found.is_empty(), "{form}");
    }
    // As it would really happen: an address in an error, keys in a log line, a header in base64.
    let escaped = forms(INVOICE_TOKEN).into_iter().find(|(form, _)| *form == "in an address").unwrap().1;
    let address = format!(
        "error sending request for url (http://127.0.0.1/confirm/?invoiceToken={})",
        String::from_utf8(escaped).unwrap()
    );
    for (name, line, secret_text) in [
        ("a", address, INVOICE_TOKEN),
        ("b", format!("INFO till: keys saved api_key={API_KEY}"), API_KEY),
        ("c", format!("cut off: {}", &API_TOKEN[..20]), API_TOKEN),
    ] {
        let folder = world.path().join(name);
        std::fs::create_dir(&folder).unwrap();
        std::fs::write(folder.join("encaisse.log"), line).unwrap();
        let looked = scan(&[&folder], &[Secret { name: "planted", text: secret_text.to_owned() }]);
        assert!(!looked.found.is_empty(), "{name}");
    }
}
