//! `custom_data` in every shape it comes back in (API reference, section 7.3), and fields whose spelling drifts.

use serde_json::{Map, Value};

/// The fields of an answer, found by name in any of the spellings seen: `operator_name`, `operatorName`, `Status`.
pub(crate) struct Fields<'a>(pub(crate) &'a Map<String, Value>);

impl<'a> Fields<'a> {
    pub(crate) fn get(&self, name: &str) -> Option<&'a Value> {
        self.0
            .get(name)
            .or_else(|| self.0.iter().find(|(key, _)| same_name(key, name)).map(|(_, value)| value))
    }

    /// The text of a field: strings trimmed, numbers as text, everything empty as `None`.
    pub(crate) fn text(&self, name: &str) -> Option<String> {
        self.get(name).and_then(scalar)
    }

    pub(crate) fn transaction_id(&self) -> Option<String> {
        self.get("custom_data").and_then(transaction_id)
    }
}

fn same_name(key: &str, name: &str) -> bool {
    let plain = |text: &str| {
        text.bytes().filter(|byte| *byte != b'_').map(|byte| byte.to_ascii_lowercase()).collect::<Vec<_>>()
    };
    plain(key) == plain(name)
}

/// A string or a number as text; `None` when there is nothing in it.
pub(crate) fn scalar(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => return None,
    };
    (!text.is_empty()).then_some(text)
}

const KEY: &str = "transaction_id";
/// A JSON text inside a JSON text inside a form is seen; deeper is nonsense.
const DEPTH_MAX: u32 = 3;

/// Our identifier, wherever it stands in `custom_data`.
pub(crate) fn transaction_id(value: &Value) -> Option<String> {
    look(value, DEPTH_MAX)
}

fn look(value: &Value, depth: u32) -> Option<String> {
    match value {
        Value::Array(entries) => entries.iter().find_map(|entry| {
            let entry = entry.as_object()?;
            match entry.get("keyof_customdata").and_then(Value::as_str) {
                Some(key) => {
                    (key.trim() == KEY).then(|| entry.get("valueof_customdata").and_then(scalar)).flatten()
                }
                None => entry.get(KEY).and_then(scalar),
            }
        }),
        Value::Object(entries) => entries.get(KEY).and_then(scalar),
        Value::String(text) if depth > 0 => {
            serde_json::from_str::<Value>(text).ok().and_then(|inner| look(&inner, depth - 1))
        }
        Value::String(_) | Value::Null | Value::Bool(_) | Value::Number(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn our_identifier_is_found_in_every_shape() {
        let entries = json!([
            { "keyof_customdata": "hash", "valueof_customdata": "x" },
            { "keyof_customdata": "transaction_id", "valueof_customdata": "pos-1", "id_invoice": 4 }
        ]);
        for (shape, found) in [
            (entries.clone(), Some("pos-1")),
            (json!({ "logfile": "l", "transaction_id": "pos-1" }), Some("pos-1")),
            (json!({ "transaction_id": 12 }), Some("12")),
            (json!([{ "transaction_id": "pos-1" }]), Some("pos-1")),
            (json!(entries.to_string()), Some("pos-1")),
            (json!(json!({ "transaction_id": "pos-1" }).to_string()), Some("pos-1")),
            (json!([]), None),
            (json!(""), None),
            (json!("not json"), None),
            (json!(null), None),
            (json!({}), None),
            (json!({ "transaction_id": "" }), None),
            (json!([["transaction_id", "pos-1"]]), None),
        ] {
            assert_eq!(transaction_id(&shape).as_deref(), found, "{shape}");
        }
    }

    #[test]
    fn fields_are_found_in_every_spelling() {
        for body in [
            json!({ "operator_name": "YAS" }),
            json!({ "operatorName": "YAS" }),
            json!({ "Operator_Name": " YAS " }),
        ] {
            let map = body.as_object().unwrap();
            assert_eq!(Fields(map).text("operator_name").as_deref(), Some("YAS"), "{body}");
        }
        let body = json!({ "customdata": { "transaction_id": "a" } });
        assert_eq!(Fields(body.as_object().unwrap()).transaction_id().as_deref(), Some("a"));
    }
}
