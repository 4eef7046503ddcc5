//! Who may ask for what: every command of the page, asked as each role, at a locked till, and where nobody has a PIN. Asks the
//! commands themselves, behind the page and its buttons.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "in a test a broken step ends it"
)]

use crate::desk::Desk;
use crate::window;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Mutex};
use tauri::ipc::{CallbackFn, InvokeBody};
use tauri::test::{INVOKE_KEY, MockRuntime, get_ipc_response, mock_builder, mock_context, noop_assets};
use tauri::webview::InvokeRequest;
use tauri::{WebviewWindow, WebviewWindowBuilder};
use till::domain::{Right, Role};
use till::{
    ClientOptions, Events, HttpGateways, PersonChange, Pin, Ports, Presence, Secrets, SecretsError,
    SystemChance, SystemClock, Till, TillEvent, TillOptions,
};

/// Columns: nobody has a PIN, owner, manager, cashier, auditor, locked. `+` is allowed, `-` refused. Allowed means that the
/// till itself answered: most arguments are of nothing that exists, so that nothing happens.
#[rustfmt::skip]
fn table() -> Vec<(&'static str, &'static str, Value)> {
    let payment = json!({ "paymentId": "0199f6f2-8a55-7000-8000-000000000000" });
    let decision = |kind: &str| json!({ "input": {
        "payment_id": "0199f6f2-8a55-7000-8000-000000000000", "kind": kind, "who": "x", "reason": "x", "reference": "x"
    } });
    let export = |whole: bool| json!({ "input": {
        "from": "2026-11-24", "to": "2026-11-24", "closing": null, "format": "csv_french", "whole_numbers": whole
    } });
    vec![
        //                         nobody owner manager cashier auditor locked
        ("snapshot",              "++++++", json!({})),
        ("charge",                "++++--", json!({ "request": { "intent_id": "i", "amount": "", "phone": "", "after_payment_id": null } })),
        ("inspect_phone",         "++++--", json!({ "text": "90" })),
        ("answering",             "+++++-", json!({})),
        ("warm_up",               "++++--", json!({})),
        ("look_again",            "++++++", json!({})),
        ("contradiction_seen",    "++++--", payment.clone()),
        ("check_now",             "++++--", payment.clone()),
        ("set_aside",             "++++--", payment.clone()),
        ("decide",                "++++--", decision("settled_otherwise")),
        ("decide",                "+++---", decision("accepted_as_paid")),
        ("decide",                "+++---", decision("written_off")),
        ("decide",                "+++---", decision("refund_recorded")),
        ("answer_prompt",         "++++--", json!({ "paymentId": "x", "answer": "approve" })),
        ("history",               "+++++-", json!({ "query": { "text": "", "states": [], "day": null, "operator": null, "cashier": null }, "before": null, "limit": 1 })),
        ("payment_detail",        "+++++-", payment.clone()),
        ("filter_words",          "+++++-", json!({})),
        ("day",                   "+++-+-", json!({ "day": null })),
        ("close_day",             "+++---", json!({ "number": 99, "who": "x" })),
        ("print_period",          "+++---", json!({ "number": 99 })),
        ("period_pdf",            "+++-+-", json!({ "number": 99 })),
        ("export",                "+++-+-", export(false)),
        ("export",                "+++---", export(true)),
        ("break_off_export",      "+++-+-", json!({})),
        ("show_file",             "+++++-", json!({ "path": "nowhere" })),
        ("choose_folder",         "+++---", json!({})),
        ("receipt",               "+++++-", payment.clone()),
        ("print_receipt",         "++++--", payment.clone()),
        ("receipt_pdf",           "++++--", json!({ "paymentId": "x", "size": "a4" })),
        ("print_test",            "+++---", json!({})),
        ("check_receipt",         "+++-+-", json!({ "text": "x" })),
        ("backups",               "+++---", json!({})),
        ("backup_now",            "+++---", json!({})),
        ("backup_elsewhere",      "+++---", json!({})),
        ("choose_backup",         "+++---", json!({})),
        ("look_at_backup",        "+++---", json!({ "path": "nowhere" })),
        ("restore_backup",        "++----", json!({ "path": "nowhere", "who": "x" })),
        // For a ledger that does not open: refused to everybody while the till is open.
        ("damage",                "------", json!({})),
        ("look_at_backup_of",     "------", json!({ "mode": "live", "path": "nowhere" })),
        ("restore_damaged",       "------", json!({ "mode": "live", "path": "nowhere", "who": "x" })),
        ("save_screen",           "+++++-", json!({ "screen": { "volume": "medium", "unmuted": "medium", "more_contrast": false, "notify": true, "display": false } })),
        ("customer_display",      "++++--", json!({ "open": false })),
        ("display",               "++++++", json!({ "changes": "__CHANNEL__:7" })),
        ("save_settings",         "+++---", json!({ "input": settings("") })),
        ("save_settings",         "++----", json!({ "input": settings("https://elsewhere.example") })),
        ("save_credentials",      "++----", json!({ "input": { "api_key": "", "api_token": "", "session_only": true, "replace_open": false } })),
        ("forget_credentials",    "++----", json!({})),
        ("retry_keychain",        "+++---", json!({})),
        ("acknowledge_chain_loss","++----", json!({ "who": "x", "reason": "x" })),
        ("test_connection",       "+++---", json!({})),
        ("diagnose",              "+++---", json!({})),
        ("set_mode",              "++----", json!({ "mode": "training" })),
        ("sign_in",               "++++++", json!({ "input": { "person_id": "nobody", "pin": "1379" } })),
        ("lock",                  "++++++", json!({})),
        ("still_here",            "++++++", json!({})),
        ("recover_owner",         "++++++", json!({ "input": { "person_id": "nobody", "code": "x", "pin": "1379" } })),
        ("staff",                 "++----", json!({})),
        ("save_person",           "++----", json!({ "input": { "id": null, "name": "", "role": "cashier", "pin": "1379" } })),
        ("retire_person",         "++----", json!({ "personId": "nobody" })),
        ("set_auto_lock",         "++----", json!({ "minutes": 9_999 })),
    ]
}

/// Of a name that is too long, so that none is stored.
fn settings(base_url: &str) -> Value {
    json!({
        "shop_name": "x".repeat(99), "website_url": "", "callback_url": "", "base_url": base_url, "language": "fr",
        "theme": "light", "welcome": "left", "review_above_xof": 0, "amount_max_xof": 1000,
        "papers": {
            "address": "", "nif": "", "print": "ask", "printer": "none", "printer_target": "", "width": "wide",
            "lettering": "cp858", "time_zone": "Africa/Lome", "cut_off_hour": 0, "account_mobile_money": "552",
            "account_sales": "701", "account_vat": "4431", "account_fees": "631", "vat_rate": 0, "fee_rate": 0,
            "export_dir": "", "purge_after_months": 0
        }
    })
}

const PINS: [(Role, &str); 4] =
    [(Role::Owner, "904117"), (Role::Manager, "2580"), (Role::Cashier, "7531"), (Role::Auditor, "6408")];
const COLUMNS: [&str; 6] = ["nobody", "owner", "manager", "cashier", "auditor", "locked"];

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

struct Nobody;

impl Events for Nobody {
    fn emit(&self, _event: TillEvent) {}
}

async fn till(folder: &Path) -> Till {
    let options = TillOptions {
        data_dir: folder.join("till"),
        base_url: None,
        export_dir: None,
        default_export_dir: folder.join("exports"),
        keeps_backups: true,
        read_first_bytes: till::READ_FIRST_BYTES,
    };
    let ports = Ports {
        clock: Arc::new(SystemClock::new()),
        chance: Arc::new(SystemChance),
        secrets: Arc::new(Keychain::default()),
        events: Arc::new(Nobody),
        gateways: Arc::new(HttpGateways::new(ClientOptions::default())),
    };
    Till::open(options, ports).await.unwrap()
}

/// Puts whoever this column is about before the till.
async fn stand(till: &Till, column: usize) {
    match column.checked_sub(1) {
        None => {}
        Some(at) => match PINS.get(at) {
            None => till.lock().await,
            Some((role, pin)) => {
                let is_there = matches!(till.presence(), Presence::Here(member) if member.role == *role);
                if !is_there {
                    let people = till.staff().people;
                    let person = people.iter().find(|person| person.role == *role).unwrap();
                    till.sign_in(&person.id, &Pin::typed(pin).unwrap()).await.unwrap();
                }
            }
        },
    }
}

/// The code that a command was refused with; none when it went through.
fn ask(page: &WebviewWindow<MockRuntime>, command: &str, arguments: &Value) -> Option<String> {
    let url = if cfg!(any(windows, target_os = "android")) {
        "http://tauri.localhost"
    } else {
        "tauri://localhost"
    };
    let request = InvokeRequest {
        cmd: command.to_owned(),
        callback: CallbackFn(0),
        error: CallbackFn(1),
        url: url.parse().unwrap(),
        body: InvokeBody::Json(arguments.clone()),
        headers: tauri::http::HeaderMap::default(),
        invoke_key: INVOKE_KEY.to_owned(),
    };
    let error = get_ipc_response(page, request).err()?;
    // A command that did not take its arguments was not asked at all.
    let code = error.get("code").and_then(Value::as_str);
    Some(code.unwrap_or_else(|| panic!("{command} {arguments}: {error}")).to_owned())
}

fn is_refused(code: Option<&str>) -> bool {
    matches!(code, Some("locked" | "not_allowed" | "already_open"))
}

/// Each name between quotation marks in the lists of all permissions.
fn permitted() -> Vec<&'static str> {
    let lists = include_str!("../permissions/till.toml").split("commands.allow").skip(1);
    lists.flat_map(|list| list.split(']').next().unwrap().split('"').skip(1).step_by(2)).collect()
}

#[test]
fn every_command_is_allowed_and_refused_to_each_role_as_the_table_says() {
    let folder = tempfile::tempdir().unwrap();
    let desk = Desk::default();
    desk.lies_in(folder.path().join("till"));
    let app = mock_builder()
        .manage(desk)
        .manage(crate::display::Display::default())
        .invoke_handler(window::commands())
        .build(mock_context(noop_assets()))
        .unwrap();
    let page = WebviewWindowBuilder::new(&app, "main", tauri::WebviewUrl::default()).build().unwrap();
    let wait = tauri::async_runtime::block_on::<std::pin::Pin<Box<dyn Future<Output = ()> + Send>>>;
    let till = tauri::async_runtime::block_on(till(folder.path()));
    tauri::Manager::state::<Desk>(&app).opened(Ok(till.clone()));

    let table = table();
    let named: Vec<&str> = table.iter().map(|(command, ..)| *command).collect();
    let missing: Vec<_> = permitted().into_iter().filter(|command| !named.contains(command)).collect();
    assert!(missing.is_empty(), "not in the table: {missing:?}");
    let unknown: Vec<_> = named.iter().filter(|command| !permitted().contains(command)).collect();
    assert!(unknown.is_empty(), "not a command: {unknown:?}");

    let mut answers = vec![String::new(); table.len()];
    let (mut wrong, mut counts) = (Vec::new(), [0, 0]);
    for (column, who) in COLUMNS.iter().enumerate() {
        if column == 1 {
            let till = till.clone();
            wait(Box::pin(async move { employ(&till).await }));
        }
        for ((command, expected, arguments), row) in table.iter().zip(&mut answers) {
            let (at, till) = (till.clone(), till.clone());
            wait(Box::pin(async move { stand(&at, column).await }));
            let code = ask(&page, command, arguments);
            let is_refused = is_refused(code.as_deref());
            counts[usize::from(is_refused)] += 1;
            row.push(if is_refused { '-' } else { '+' });
            if expected.as_bytes()[column] != row.as_bytes()[column] {
                wrong.push(format!("{command} as {who}: {}", code.unwrap_or_else(|| "went through".into())));
            }
            if column == 5 {
                assert_eq!(till.presence(), Presence::Locked, "{command} opened the till");
            }
        }
    }
    println!("{:<24}{}", "", COLUMNS.join(" "));
    for ((command, _, arguments), row) in table.iter().zip(&answers) {
        let kind = arguments.pointer("/input/kind").and_then(Value::as_str).unwrap_or_default();
        println!("{command:<24}{row}  {kind}");
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    println!(
        "FIGURE rights | {} commands, {} roles, locked, nobody set | {} allowed, {} refused, as the table says",
        permitted().len(),
        Role::ALL.len(),
        counts[0],
        counts[1]
    );
    wait(Box::pin(async move { till.close().await }));
}

async fn employ(till: &Till) {
    for (role, pin) in PINS {
        let change =
            PersonChange { id: None, name: role.to_string(), role, pin: Some(Pin::chosen(pin).unwrap()) };
        till.admit(Right::People).await.unwrap().save_person(change).await.unwrap();
    }
}
