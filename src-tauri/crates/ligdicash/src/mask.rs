//! What an answer looks like in a log: tokens, keys, names and the middle of phone numbers gone, everything that proves
//! something in a dispute kept.

use crate::secret::Credentials;
use serde_json::{Map, Value};

/// Longer answers are cut: a log is no place for a web page.
const TEXT_MAX_CHARS: usize = 4_000;
const HIDDEN: &str = "<hidden>";
const PHONE_DIGITS_MIN: usize = 8;

/// The body of an answer, fit for a log.
pub(crate) fn answer(body: &[u8], credentials: &Credentials) -> String {
    let text = String::from_utf8_lossy(body);
    let masked = match serde_json::from_str::<Value>(&text) {
        Ok(value) => json(&value).to_string(),
        Err(_) => words(&text),
    };
    without_keys(masked, credentials).chars().take(TEXT_MAX_CHARS).collect()
}

/// Should an answer ever echo a key, the log does not.
fn without_keys(text: String, credentials: &Credentials) -> String {
    text.replace(credentials.api_token.as_str(), HIDDEN).replace(credentials.api_key.as_str(), HIDDEN)
}

fn json(value: &Value) -> Value {
    match value {
        Value::Object(fields) => Value::Object(
            fields.iter().map(|(name, value)| (name.clone(), field(name, value))).collect::<Map<_, _>>(),
        ),
        Value::Array(values) => Value::Array(values.iter().map(json).collect()),
        Value::String(text) => match serde_json::from_str::<Value>(text) {
            Ok(inner @ (Value::Object(_) | Value::Array(_))) => Value::String(json(&inner).to_string()),
            Ok(_) | Err(_) => Value::String(words(text)),
        },
        Value::Number(number) if number.to_string().len() >= PHONE_DIGITS_MIN => {
            Value::String(words(&number.to_string()))
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => value.clone(),
    }
}

fn field(name: &str, value: &Value) -> Value {
    let filled = value.as_str().is_none_or(|text| !text.is_empty()) && !value.is_null();
    match name.to_ascii_lowercase().as_str() {
        "token" | "customer_details" | "hash" if filled => Value::String(HIDDEN.to_owned()),
        _ => json(value),
    }
}

/// Hides token-like words and masks number-like ones.
fn words(text: &str) -> String {
    let mut masked = String::with_capacity(text.len());
    let mut word = String::new();
    for c in text.chars().chain(['\0']) {
        if c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.') {
            word.push(c);
            continue;
        }
        masked.push_str(&mask_word(&word));
        word.clear();
        if c != '\0' {
            masked.push(c);
        }
    }
    masked
}

fn mask_word(word: &str) -> String {
    let looks_like_a_token = word.starts_with("eyJ") || (word.len() > 40 && word.matches('.').count() >= 2);
    if looks_like_a_token {
        HIDDEN.to_owned()
    } else if word.len() >= PHONE_DIGITS_MIN && word.bytes().all(|byte| byte.is_ascii_digit()) {
        format!("{}••••{}", &word[..word.len() - 6], &word[word.len() - 2..])
    } else {
        word.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn masked(body: &Value) -> String {
        answer(body.to_string().as_bytes(), &Credentials::new("canary-key", "canary-token").unwrap())
    }

    #[test]
    fn tokens_keys_names_and_numbers_are_gone_and_references_stay() {
        let shown = masked(&json!({
            "response_code": "00", "token": "eyJ0eXAi.abc.def", "status": "completed", "amount": 3750,
            "customer": "22890123456", "request_id": "P3100000000001",
            "customer_details": { "firstname": "Kossi", "phone": "22890123456" },
            "response_text": "https://pay.example/invoice/eyJ0eXAi.abc.def?x=canary-token",
            "description": "canary-key 90123456",
            "custom_data": [{ "keyof_customdata": "transaction_id", "valueof_customdata": "pos-1" }]
        }));
        for secret in ["eyJ0", "Kossi", "90123456", "canary"] {
            assert!(!shown.contains(secret), "{secret} in {shown}");
        }
        for kept in ["P3100000000001", "3750", "completed", "pos-1", "22890••••56"] {
            assert!(shown.contains(kept), "{kept} not in {shown}");
        }
    }

    #[test]
    fn a_body_that_is_no_json_is_masked_and_cut() {
        let page = format!("<html>call 22890123456 eyJabc.def.ghi {}</html>", "x ".repeat(9_000));
        let shown = answer(page.as_bytes(), &Credentials::new("k-1", "t-1").unwrap());
        assert!(
            shown.chars().count() <= TEXT_MAX_CHARS && !shown.contains("90123456") && !shown.contains("eyJ")
        );
        let _ = answer(&[0xff, 0xfe, 0x00], &Credentials::new("k-1", "t-1").unwrap());
    }
}
