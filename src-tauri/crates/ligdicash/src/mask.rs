//! What an answer looks like in a log: tokens, keys, names and the middle of phone numbers gone, everything that proves
//! something in a dispute kept.

use crate::secret::Credentials;
use serde_json::{Map, Value};
use url::form_urlencoded;

/// Longer answers are cut: a log is no place for a web page.
const TEXT_MAX_CHARS: usize = 4_000;
const HIDDEN: &str = "<hidden>";
const PHONE_DIGITS_MIN: usize = 8;
/// What is shorter is no secret, and hiding it would hide everything else.
const SECRET_BYTES_MIN: usize = 4;
/// Fields whose value nobody needs to see, whatever it is.
const HIDDEN_FIELDS: &[&str] = &[
    "token",
    "customer_details",
    "hash",
    "pin",
    "otp",
    "password",
    "authorization",
    "apikey",
    "api_key",
    "api_token",
    "invoicetoken",
    "invoice_token",
];

/// What an exchange carries that nothing may repeat: an answer, or a proxy's page about it, sometimes echoes the request.
pub(crate) struct Mask {
    hidden: Vec<String>,
}

impl Mask {
    /// For an exchange with these keys, about this token.
    pub(crate) fn new(credentials: &Credentials, token: Option<&str>) -> Self {
        let secrets = [Some(credentials.api_token.as_str()), Some(credentials.api_key.as_str()), token];
        let mut hidden: Vec<String> = secrets
            .into_iter()
            .flatten()
            .filter(|secret| secret.len() >= SECRET_BYTES_MIN)
            .flat_map(|secret| {
                // As in an address, in both ways of writing it.
                let encoded: String = form_urlencoded::byte_serialize(secret.as_bytes()).collect();
                [secret.to_owned(), lower_escapes(&encoded), encoded]
            })
            .collect();
        // The longest first: a part of a secret that is hidden alone would leave the rest.
        hidden.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
        hidden.dedup();
        Self { hidden }
    }

    /// A text of an answer without what nothing may repeat.
    pub(crate) fn hide(&self, text: String) -> String {
        self.hidden.iter().fold(text, |text, secret| {
            if text.contains(secret.as_str()) { text.replace(secret.as_str(), HIDDEN) } else { text }
        })
    }

    /// A text of an answer, fit for a log and for the page.
    pub(crate) fn text(&self, text: String) -> String {
        words(&self.hide(text))
    }

    /// The body of an answer, fit for a log.
    pub(crate) fn answer(&self, body: &[u8]) -> String {
        let text = String::from_utf8_lossy(body);
        let masked = match serde_json::from_str::<Value>(&text) {
            // Inside the texts, before they are escaped again; then once more, for what stands in names.
            Ok(value) => self.hide(self.json(&value).to_string()),
            Err(_) => words(&self.hide(text.into_owned())),
        };
        masked.chars().take(TEXT_MAX_CHARS).collect()
    }

    fn json(&self, value: &Value) -> Value {
        match value {
            Value::Object(fields) => Value::Object(
                fields
                    .iter()
                    .map(|(name, value)| (name.clone(), self.field(name, value)))
                    .collect::<Map<_, _>>(),
            ),
            Value::Array(values) => Value::Array(values.iter().map(|value| self.json(value)).collect()),
            Value::String(text) => match serde_json::from_str::<Value>(text) {
                Ok(inner @ (Value::Object(_) | Value::Array(_))) => {
                    Value::String(self.json(&inner).to_string())
                }
                Ok(_) | Err(_) => Value::String(self.text(text.clone())),
            },
            Value::Number(number) if number.to_string().len() >= PHONE_DIGITS_MIN => {
                Value::String(words(&number.to_string()))
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => value.clone(),
        }
    }

    fn field(&self, name: &str, value: &Value) -> Value {
        let filled = value.as_str().is_none_or(|text| !text.is_empty()) && !value.is_null();
        let name = name.to_ascii_lowercase();
        if filled && HIDDEN_FIELDS.contains(&name.as_str()) {
            Value::String(HIDDEN.to_owned())
        } else {
            self.json(value)
        }
    }
}

/// `%2F` as `%2f`.
fn lower_escapes(encoded: &str) -> String {
    let mut left = 0;
    encoded
        .chars()
        .map(|c| {
            if c == '%' {
                left = 2;
                c
            } else if left > 0 {
                left -= 1;
                c.to_ascii_lowercase()
            } else {
                c
            }
        })
        .collect()
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

    fn mask(token: Option<&str>) -> Mask {
        Mask::new(&Credentials::new("canary-key", "canary-token").unwrap(), token)
    }

    fn masked(body: &Value) -> String {
        mask(None).answer(body.to_string().as_bytes())
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
        let shown = mask(None).answer(page.as_bytes());
        assert!(
            shown.chars().count() <= TEXT_MAX_CHARS && !shown.contains("90123456") && !shown.contains("eyJ")
        );
        let _ = mask(None).answer(&[0xff, 0xfe, 0x00]);
    }

    #[test]
    fn a_secret_that_comes_back_is_gone_however_it_is_written() {
        let credentials = Credentials::new(r#"canary"key/1"#, "canary+token=").unwrap();
        let mask = Mask::new(&credentials, Some("canary/invoice+token"));
        let page = "<p>The requested URL /confirm/?invoiceToken=canary%2Finvoice%2Btoken&again=canary%2finvoice%2btoken \
            was not found: canary+token= canary/invoice+token</p>";
        let echo = json!({
            "response_text": r#"canary"key/1"#, "description": "Bearer canary+token=", "pin": "4821", "otp": 1234,
            "custom_data": "{\"key\":\"canary/invoice+token\"}", "canary+token=": 1,
        });
        for shown in [
            mask.answer(page.as_bytes()),
            mask.answer(echo.to_string().as_bytes()),
            mask.hide(r#"YAS canary"key/1"#.to_owned()),
        ] {
            for secret in ["canary", "4821", "1234"] {
                assert!(!shown.contains(secret), "{secret} in {shown}");
            }
        }
        assert_eq!(mask.hide("YAS TOGO".to_owned()), "YAS TOGO");
        let short = Mask::new(&Credentials::new("k", "t").unwrap(), None);
        assert_eq!(short.hide("that thick token".to_owned()), "that thick token");
    }
}
