//! Confirm: what is asked, and what every documented shape of an answer means.

use crate::wire::{Act, Server, client, response};
use ligdicash::{
    ConfirmCode, ConfirmError, ConnectionTest, Expected, InvoiceToken, NoUsableAnswer, NotSent, ReviewReason,
    Verdict,
};
use serde_json::{Value, json};

fn token() -> InvoiceToken {
    InvoiceToken::new("a+b/c=d&e".into()).unwrap()
}

fn expected() -> Expected {
    Expected { amount_xof: 3750, transaction_id: "pos-1".into() }
}

async fn verdict(body: &Value) -> Verdict {
    let server = Server::json(&body.to_string()).await;
    server.client().confirm(&token()).await.unwrap().verdict(&expected())
}

#[tokio::test]
async fn the_question_carries_the_token_and_nothing_of_it_is_lost() {
    let server = Server::json(r#"{"response_code":"00","status":"pending"}"#).await;
    server.client().confirm(&token()).await.unwrap();
    let seen = server.seen();
    assert!(
        seen[0].starts_with(
            "GET /pay/v01/redirect/checkout-invoice/confirm/?invoiceToken=a%2Bb%2Fc%3Dd%26e HTTP/1.1\r\n"
        ),
        "{}",
        seen[0]
    );
}

#[tokio::test]
async fn every_shape_of_custom_data_pays_when_it_names_us_and_is_for_a_person_when_it_names_another() {
    let shapes = |id: &str| {
        vec![
            json!([{ "keyof_customdata": "logfile", "valueof_customdata": "x" },
                   { "keyof_customdata": "transaction_id", "valueof_customdata": id, "id_invoice": 7 }]),
            json!({ "transaction_id": id, "hash": "h" }),
            json!(json!({ "transaction_id": id }).to_string()),
            json!(json!([{ "keyof_customdata": "transaction_id", "valueof_customdata": id }]).to_string()),
        ]
    };
    let answer = |custom_data: &Value| {
        json!({ "response_code": "00", "status": "completed", "amount": "3750", "montant": 3750, "operator_id": 3,
                "operator_name": "YAS TOGO", "request_id": null, "external_id": null, "custom_data": custom_data })
    };
    for shape in shapes("pos-1").iter().chain(&[json!([]), json!(""), json!(null)]) {
        assert_eq!(verdict(&answer(shape)).await, Verdict::Paid, "{shape}");
    }
    for shape in shapes("pos-2") {
        assert_eq!(verdict(&answer(&shape)).await, Verdict::Review(ReviewReason::IdDiffers), "{shape}");
    }
}

#[tokio::test]
async fn operators_and_references_are_read_as_text_whatever_their_type() {
    for (id, written) in [(json!("3"), "3"), (json!(3), "3")] {
        let body = json!({ "response_code": "00", "status": "completed", "amount": 3750, "operator_id": id,
                           "operator_name": "YAS TOGO", "request_id": "P3100000000001", "oreference": "" });
        let server = Server::json(&body.to_string()).await;
        let answer = server.client().confirm(&token()).await.unwrap();
        assert_eq!(answer.operator_id.as_deref(), Some(written));
        assert_eq!(answer.request_id.as_deref(), Some("P3100000000001"));
    }
}

#[tokio::test]
async fn what_is_no_answer_is_never_a_verdict() {
    for (act, cause) in [
        (Act::GoSilent, NoUsableAnswer::Timeout),
        (Act::HangUp, NoUsableAnswer::Broken),
        (Act::Say(response(502, "text/html", "<p>")), NoUsableAnswer::Status(502)),
        (
            Act::Say(response(
                404,
                "application/json",
                r#"{"response_code":"00","status":"completed","amount":3750}"#,
            )),
            NoUsableAnswer::Status(404),
        ),
        (Act::Say(response(200, "text/html", "<p>")), NoUsableAnswer::NotJson),
        (Act::Say(response(200, "application/json", "{}")), NoUsableAnswer::Unrecognised),
    ] {
        let server = Server::start(act).await;
        let Err(ConfirmError::NoUsableAnswer { cause: found, .. }) = server.client().confirm(&token()).await
        else {
            panic!("{cause:?}");
        };
        assert_eq!(found, cause);
    }
    let refused = client("http://127.0.0.1:1").confirm(&token()).await;
    assert!(matches!(refused, Err(ConfirmError::NotSent { cause: NotSent::NoConnection, .. })));
}

#[tokio::test]
async fn the_connection_test_tells_good_keys_from_bad_ones() {
    let failed = |code: &str| {
        json!({ "response_code": "01", "response_text": format!("Echec (Code{code})") }).to_string()
    };
    for (body, found) in [
        (failed("02"), ConnectionTest::KeysAccepted),
        (failed("00"), ConnectionTest::KeysRefused),
        (failed("01"), ConnectionTest::PayinNotActivated),
        (failed("03"), ConnectionTest::Other(ConfirmCode::Processing)),
    ] {
        let server = Server::json(&body).await;
        assert_eq!(server.client().test_connection().await, found);
        let (_, date) = server.client().test_connection_and_date().await;
        assert_eq!(date.as_deref().and_then(ligdicash::date_ms), Some(1_793_700_904_000));
    }
    let strange = Server::json("<html>").await;
    assert!(matches!(
        strange.client().test_connection().await,
        ConnectionTest::NoUsableAnswer(NoUsableAnswer::NotJson, _)
    ));
    assert_eq!(strange.client().test_connection_and_date().await.1, None);
}
