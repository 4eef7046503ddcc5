//! Answers that were damaged on their way: whatever is changed, nothing is paid that the answer does not plainly say.

use crate::wire::Server;
use ligdicash::{Confirmation, Credentials, Expected, InvoiceToken, Verdict};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use serde_json::Value;

const PAID: &str = r#"{"response_code":"00","status":"completed","montant":3750,"amount":3750,"operator_id":"3","custom_data":[{"keyof_customdata":"transaction_id","valueof_customdata":"pos-1"}]}"#;

/// A field in any spelling that the client promises to read: capitals and underscores do not matter.
fn field<'a>(value: &'a Value, name: &str) -> Option<&'a Value> {
    let plain = |text: &str| text.replace('_', "").to_ascii_lowercase();
    value.as_object()?.iter().find(|(key, _)| plain(key) == plain(name)).map(|(_, value)| value)
}

fn plainly_paid(body: &[u8]) -> bool {
    let Ok(value) = serde_json::from_slice::<Value>(body) else { return false };
    let text =
        |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned).trim().to_owned();
    let code = field(&value, "response_code").map(text);
    let status = field(&value, "status").map(text).unwrap_or_default().to_ascii_lowercase();
    let amounts: Vec<String> = ["amount", "montant"]
        .iter()
        .filter_map(|key| field(&value, key))
        .map(text)
        .filter(|text| text != "null" && !text.is_empty())
        .collect();
    let is_ours = |amount: &String| {
        amount.split('.').next() == Some("3750") || amount.trim_start_matches(['+', '0']) == "3750"
    };
    matches!(code.as_deref(), Some("00" | "0"))
        && status == "completed"
        && !amounts.is_empty()
        && amounts.iter().all(is_ours)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn a_damaged_answer_never_pays_by_itself(at in 0..PAID.len(), byte in 0x20u8..0x7f, cut in 0..PAID.len() * 4) {
        let mut body = PAID.as_bytes().to_vec();
        body[at] = byte;
        body.truncate(cut.max(1));
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let verdict = runtime.block_on(async {
            let server = Server::json(std::str::from_utf8(&body).unwrap()).await;
            let token = InvoiceToken::new("t".into()).unwrap();
            let expected = Expected { amount_xof: 3750, transaction_id: "pos-1".into() };
            server.client().confirm(&token).await.ok().map(|answer| answer.verdict(&expected))
        });
        if verdict == Some(Verdict::Paid) {
            prop_assert!(plainly_paid(&body), "{}", String::from_utf8_lossy(&body));
        }
    }
}

#[test]
fn many_damaged_answers_never_pay_by_themselves() {
    const CASES: u32 = 20_000;
    let config = ProptestConfig { cases: CASES, failure_persistence: None, ..ProptestConfig::default() };
    let damage = (prop::collection::vec((0..PAID.len(), any::<u8>()), 1..4), 1..PAID.len() * 4);
    let credentials = Credentials::new("key", "token").unwrap();
    let paid = std::cell::Cell::new(0);
    let told = TestRunner::new(config).run(&damage, |(edits, cut)| {
        let mut body = PAID.as_bytes().to_vec();
        for (at, byte) in edits {
            body[at] = byte;
        }
        body.truncate(cut);
        let expected = Expected { amount_xof: 3750, transaction_id: "pos-1".into() };
        let read = Confirmation::parse(&body, &credentials);
        if read.is_ok_and(|answer| answer.verdict(&expected) == Verdict::Paid) {
            paid.set(paid.get() + 1);
            prop_assert!(plainly_paid(&body), "{}", String::from_utf8_lossy(&body));
        }
        Ok(())
    });
    told.unwrap();
    println!(
        "FIGURE damaged answers | {CASES} of a paid one | {} still say paid plainly, 0 pay without",
        paid.get()
    );
}
