//! The checks LigdiCash makes on a create before anything is created. Owns their order and their sub-codes.

use serde_json::Value;

/// A create that passed.
pub(crate) struct Accepted {
    pub(crate) customer: String,
    pub(crate) amount_xof: u32,
    pub(crate) store_name: String,
    pub(crate) callback_url: String,
    pub(crate) transaction_id: String,
    pub(crate) custom_data: Vec<(String, String)>,
}

/// A refusal: sub-code and details.
pub(crate) struct Refused {
    pub(crate) code: &'static str,
    pub(crate) details: &'static str,
}

const AMOUNTS: std::ops::RangeInclusive<u64> = 9..=2_000_000;

const fn refused(code: &'static str) -> Refused {
    Refused { code, details: "" }
}

pub(crate) fn check(body: &[u8], is_direct: bool) -> Result<Accepted, Refused> {
    let body: Value = serde_json::from_slice(body).map_err(|_| refused("08"))?;
    let text = |pointer: &str| body.pointer(pointer).and_then(Value::as_str).map(str::to_owned);
    let items = body.pointer("/commande/invoice/items").and_then(Value::as_array).ok_or(refused("08"))?;
    if items.iter().any(|item| item.get("unit_price").is_none()) {
        return Err(Refused { code: "04", details: "Undefined array key \"unit_price\"" });
    }
    let amount = body.pointer("/commande/invoice/total_amount").ok_or(refused("08"))?;
    let amount_xof = amount
        .as_u64()
        .filter(|francs| AMOUNTS.contains(francs))
        .and_then(|francs| u32::try_from(francs).ok())
        .ok_or(refused("02"))?;
    if !text("/commande/invoice/devise").is_some_and(|currency| currency.eq_ignore_ascii_case("XOF")) {
        return Err(refused("08"));
    }
    for required in [
        "/commande/invoice/description",
        "/commande/invoice/customer_firstname",
        "/commande/invoice/customer_lastname",
        "/commande/invoice/customer_email",
        "/commande/invoice/external_id",
        "/commande/invoice/otp",
        "/commande/store/website_url",
        "/commande/actions/cancel_url",
        "/commande/actions/return_url",
    ] {
        text(required).ok_or(refused("08"))?;
    }
    let customer = text("/commande/invoice/customer").ok_or(refused("08"))?;
    if is_direct {
        if customer.is_empty() || !customer.bytes().all(|digit| digit.is_ascii_digit()) {
            return Err(refused("08"));
        }
        if !(customer.len() == 11 && (customer.starts_with("2287") || customer.starts_with("2289"))) {
            return Err(refused("07"));
        }
    }
    let custom_data: Vec<(String, String)> = body
        .pointer("/commande/custom_data")
        .and_then(Value::as_object)
        .ok_or(refused("08"))?
        .iter()
        .map(|(key, value)| (key.clone(), value.as_str().map_or_else(|| value.to_string(), str::to_owned)))
        .collect();
    let transaction_id = custom_data
        .iter()
        .find(|(key, _)| key == "transaction_id")
        .map(|(_, value)| value.clone())
        .ok_or(refused("08"))?;
    Ok(Accepted {
        customer,
        amount_xof,
        store_name: text("/commande/store/name").ok_or(refused("08"))?,
        callback_url: text("/commande/actions/callback_url").ok_or(refused("08"))?,
        transaction_id,
        custom_data,
    })
}
