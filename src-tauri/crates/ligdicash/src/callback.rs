//! Callbacks, in both encodings (API reference, section 9). A callback proves nothing: it is unsigned, arrives twice and
//! carries an empty or foreign token. Its one use is to say whose turn it is to be confirmed.

use crate::amount::ConfirmedAmount;
use crate::answer::{self, PaymentStatus};
use crate::custom_data;
use serde_json::{Map, Value};
use thiserror::Error;

/// A wake-up call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Callback {
    /// Your identifier: look up the stored token under it, and confirm.
    pub transaction_id: String,
    /// What it claims; for a log only.
    pub claimed_status: PaymentStatus,
    /// What it claims; for a log only.
    pub claimed_amount: ConfirmedAmount,
    /// LigdiCash's reference, if it came.
    pub request_id: Option<String>,
}

/// A callback that wakes nobody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum CallbackError {
    /// Neither JSON nor a form.
    #[error("neither JSON nor a form")]
    Unreadable,
    /// No identifier of ours in it: answer 200 and ignore it.
    #[error("no transaction_id")]
    NoTransactionId,
}

impl Callback {
    /// Reads the body of a POST, JSON or form, whatever its content type says.
    ///
    /// # Errors
    /// [`CallbackError`].
    pub fn parse(body: &[u8]) -> Result<Self, CallbackError> {
        let value = match answer::object(body) {
            Ok(value) => value,
            Err(_) => form(body).ok_or(CallbackError::Unreadable)?,
        };
        let fields = answer::fields(&value).ok_or(CallbackError::Unreadable)?;
        // `external_id` equals the identifier when it is the only custom key that contains "id".
        let transaction_id = fields
            .transaction_id()
            .or_else(|| fields.text("external_id"))
            .ok_or(CallbackError::NoTransactionId)?;
        Ok(Self {
            transaction_id,
            claimed_status: answer::status(&fields),
            claimed_amount: ConfirmedAmount::read([fields.get("amount"), fields.get("montant")]),
            request_id: fields.text("request_id"),
        })
    }
}

/// A form as the JSON object it stands for. `custom_data` may be JSON text, `custom_data[key]`, or
/// `custom_data[0][keyof_customdata]`.
fn form(body: &[u8]) -> Option<Value> {
    if std::str::from_utf8(body).is_err() || !body.contains(&b'=') {
        return None;
    }
    let mut fields = Map::new();
    let mut flat = Map::new();
    let mut entries: Vec<(String, Map<String, Value>)> = Vec::new();
    for (name, value) in url::form_urlencoded::parse(body) {
        let value = Value::String(value.into_owned());
        match bracketed(&name).as_slice() {
            [key] => {
                flat.insert((*key).to_owned(), value);
            }
            [index, key] => {
                let at = entries.iter().position(|(known, _)| known == index).unwrap_or_else(|| {
                    entries.push(((*index).to_owned(), Map::new()));
                    entries.len() - 1
                });
                entries[at].1.insert((*key).to_owned(), value);
            }
            _ => {
                fields.insert(name.into_owned(), value);
            }
        }
    }
    if fields.get("custom_data").is_none_or(|known| custom_data::transaction_id(known).is_none()) {
        let listed = Value::Array(entries.into_iter().map(|(_, entry)| Value::Object(entry)).collect());
        let found = if custom_data::transaction_id(&listed).is_some() { listed } else { Value::Object(flat) };
        fields.insert("custom_data".to_owned(), found);
    }
    Some(Value::Object(fields))
}

/// `custom_data[a][b]` → `[a, b]`; nothing for any other name.
fn bracketed(name: &str) -> Vec<&str> {
    name.strip_prefix("custom_data[")
        .and_then(|rest| rest.strip_suffix(']'))
        .map(|inner| inner.split("][").collect())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn id(body: &str) -> Result<String, CallbackError> {
        Callback::parse(body.as_bytes()).map(|callback| callback.transaction_id)
    }

    #[test]
    fn both_encodings_and_every_shape_give_our_identifier() {
        let listed = r#"[{"keyof_customdata":"transaction_id","valueof_customdata":"pos-1"}]"#;
        let json_text: String = url::form_urlencoded::byte_serialize(listed.as_bytes()).collect();
        for body in [
            json!({ "status": "completed", "token": "", "custom_data": serde_json::from_str::<Value>(listed).unwrap() }).to_string(),
            json!({ "custom_data": { "transaction_id": "pos-1" } }).to_string(),
            json!({ "custom_data": [], "external_id": "pos-1" }).to_string(),
            format!("status=completed&amount=3750&custom_data={json_text}"),
            "status=completed&custom_data%5Btransaction_id%5D=pos-1".to_owned(),
            "custom_data[0][keyof_customdata]=hash&custom_data[0][valueof_customdata]=x\
             &custom_data[1][keyof_customdata]=transaction_id&custom_data[1][valueof_customdata]=pos-1"
                .to_owned(),
            "external_id=pos-1&token=".to_owned(),
        ] {
            assert_eq!(id(&body).as_deref(), Ok("pos-1"), "{body}");
        }
    }

    #[test]
    fn what_names_no_payment_wakes_nobody() {
        assert_eq!(id("{}"), Err(CallbackError::NoTransactionId));
        assert_eq!(id("status=completed"), Err(CallbackError::NoTransactionId));
        assert_eq!(id("hello"), Err(CallbackError::Unreadable));
        assert_eq!(id(""), Err(CallbackError::Unreadable));
        assert_eq!(Callback::parse(&[0xff, b'=']), Err(CallbackError::Unreadable));
    }

    #[test]
    fn what_it_claims_is_kept_for_the_log() {
        let read = Callback::parse(b"status=Completed&amount=3750&external_id=a&request_id=P1").unwrap();
        assert_eq!(read.claimed_status, PaymentStatus::Completed);
        assert_eq!(read.claimed_amount, ConfirmedAmount::Whole(3750));
        assert_eq!(read.request_id.as_deref(), Some("P1"));
    }
}
