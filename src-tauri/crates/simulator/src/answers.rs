//! The bodies LigdiCash answers with (API reference, sections 5.3, 7.2 to 7.4 and 10). Owns their spelling.

use crate::behaviour::Shape;
use crate::book::{Invoice, Status};
use crate::clock;
use serde_json::{Map, Value, json};

const WIKI_CREATE: &str = "https://client.ligdicash.com/wiki/createInvoice";
const WIKI_CONFIRM: &str = "https://client.ligdicash.com/wiki/confirmInvoice";

pub(crate) fn refused(code: &str, details: &str) -> Value {
    let mut body = json!({
        "response_code": "01", "token": "", "response_text": format!("Echec (Code{code})"), "description": "",
        "custom_data": [], "wiki": WIKI_CREATE,
    });
    if !details.is_empty() {
        body["response_text_details"] = details.into();
    }
    body
}

pub(crate) fn query_failed(code: &str) -> Value {
    json!({
        "response_code": "01", "token": "", "response_text": format!("Echec (Code{code})"), "description": "",
        "wiki": WIKI_CONFIRM,
    })
}

pub(crate) fn accepted(invoice: &Invoice, token: &str, page: Option<&str>) -> Value {
    let mut custom_data: Map<String, Value> =
        invoice.custom_data.iter().map(|(key, value)| (key.clone(), value.clone().into())).collect();
    custom_data.insert("logfile".to_owned(), format!("{}{}", invoice.created_at_ms, "a1b2c3").into());
    json!({
        "response_code": "00", "token": token,
        "response_text": page.unwrap_or("Votre requête est en cours de traitement"),
        "description": "", "custom_data": custom_data, "wiki": WIKI_CREATE,
    })
}

/// What confirm and the callback tell of an invoice.
pub(crate) fn status(invoice: &Invoice) -> Value {
    let shape = invoice.shape();
    let done = invoice.status == Status::Completed;
    let word = match (invoice.status, shape) {
        (Status::Pending, _) => "pending",
        (_, Shape::UnknownStatus) => "en_attente_operateur",
        (Status::Completed, Shape::OddStatus) => " COMPLETED ",
        (Status::Completed, _) => "completed",
        (Status::NotCompleted, Shape::NoCompleted) => "nocompleted",
        (Status::NotCompleted, _) => "notcompleted",
    };
    let mut body = json!({
        "response_code": "00", "status": word, "token": "", "response_text": "", "description": "",
        "operator_id": if done { "3" } else { "" },
        "operator_name": if done { "YAS TOGO" } else { "" },
        "customer": if done { Value::from(invoice.customer.clone()) } else { Value::Null },
        "montant": invoice.amount_xof, "amount": invoice.amount_xof,
        "date": format!("{}+00", clock::written(invoice.created_at_ms)),
        "external_id": external_id(invoice), "oreference": "", "request_id": invoice.request_id,
        "custom_data": entries(invoice), "wiki": WIKI_CONFIRM,
    });
    if done {
        depart(&mut body, invoice, shape);
    }
    body
}

/// Every value whose key contains "id", joined: LigdiCash computes it, whatever was sent.
fn external_id(invoice: &Invoice) -> String {
    let ids = invoice.custom_data.iter().filter(|(key, _)| key.contains("id"));
    ids.map(|(_, value)| value.as_str()).collect::<Vec<_>>().join(";")
}

fn entries(invoice: &Invoice) -> Value {
    let at = clock::written(invoice.created_at_ms);
    let own = invoice.custom_data.iter().map(|(key, value)| {
        json!({ "keyof_customdata": key, "valueof_customdata": value, "datecreation_customdata": format!("{at}.118") })
    });
    own.chain([
        json!({ "keyof_customdata": "logfile", "valueof_customdata": invoice.created_at_ms.to_string() }),
    ])
    .collect()
}

fn depart(body: &mut Value, invoice: &Invoice, shape: Shape) {
    let own: Map<String, Value> =
        invoice.custom_data.iter().map(|(key, value)| (key.clone(), value.clone().into())).collect();
    match shape {
        Shape::Documented | Shape::NoCompleted | Shape::OddStatus | Shape::UnknownStatus => {}
        Shape::Strings => {
            body["amount"] = invoice.amount_xof.to_string().into();
            body["montant"] = invoice.amount_xof.to_string().into();
            body["operator_id"] = 3.into();
        }
        Shape::CustomDataEmptyList => body["custom_data"] = json!([]),
        Shape::CustomDataEmptyText => body["custom_data"] = "".into(),
        Shape::CustomDataObject => body["custom_data"] = own.into(),
        Shape::CustomDataText => body["custom_data"] = Value::from(own).to_string().into(),
        Shape::WrongAmount => {
            body["amount"] = (invoice.amount_xof - 1).into();
            body["montant"] = (invoice.amount_xof - 1).into();
        }
        Shape::NoAmount => {
            if let Some(fields) = body.as_object_mut() {
                fields.remove("amount");
                fields.remove("montant");
            }
        }
        Shape::OtherId => {
            body["custom_data"] =
                json!([{ "keyof_customdata": "transaction_id", "valueof_customdata": "somebody-else" }]);
            body["external_id"] = "somebody-else".into();
        }
        Shape::OtherOperator => {
            body["operator_id"] = "11".into();
            body["operator_name"] = "MOOV AFRICA TOGO".into();
        }
    }
}
