//! LigdiCash over HTTP. Owns the translation from what the client tells into the words of the till. Refuses to soften:
//! what is not a refusal and not provably unsent is unknown.

use crate::gateway::{
    CheckOutcome, ConnectionReport, ConnectionVerdict, CreateOutcome, CreateRequest, Expected, Gateway,
    GatewayError,
};
use crate::keys::Keys;
use crate::ports::{Boxed, Gateways};
use domain::{CheckProblem, Event, NotSentCause, ReviewReason, UncertainCause, Xof};
use ledger::{ConfirmFacts, Token};
use ligdicash::{
    BaseUrl, Client, ConfirmCode, ConfirmError, Confirmation, ConnectionTest, CreateError, DirectPayin,
    InvoiceToken, NoUsableAnswer, NotSent, Options, Refusal, UnknownReason, Verdict,
};
use std::sync::Arc;

/// Makes gateways that speak HTTP.
#[derive(Debug, Clone, Default)]
pub struct HttpGateways {
    options: Options,
}

impl HttpGateways {
    /// With these time-outs and limits.
    #[must_use]
    pub const fn new(options: Options) -> Self {
        Self { options }
    }
}

impl Gateways for HttpGateways {
    fn connect(&self, server: &BaseUrl, keys: &Keys) -> Result<Arc<dyn Gateway>, GatewayError> {
        let client = Client::new(server.clone(), keys.credentials(), self.options.clone())
            .map_err(|error| GatewayError(error.to_string()))?;
        Ok(Arc::new(HttpGateway { client, server: server.host().to_owned() }))
    }
}

struct HttpGateway {
    client: Client,
    server: String,
}

impl Gateway for HttpGateway {
    fn create<'a>(&'a self, request: &'a CreateRequest) -> Boxed<'a, CreateOutcome> {
        Box::pin(async move {
            let Ok(payin) = payin(request) else {
                // Amounts are checked long before; a request that cannot be written never leaves.
                return CreateOutcome::NotSent {
                    cause: NotSentCause::Interrupted,
                    note: "the amount does not fit a request".to_owned(),
                };
            };
            match self.client.create_direct(&payin).await {
                Ok(created) => CreateOutcome::Accepted {
                    token: Token::new(created.token.expose().to_owned()),
                    note: created.raw,
                    server_ms: moment(created.server_date),
                },
                Err(CreateError::Refused(refusal)) => refused(*refusal),
                Err(CreateError::NotSent { cause, detail }) => {
                    let cause = match cause {
                        NotSent::NoConnection => NotSentCause::NoConnection,
                        NotSent::Tls => NotSentCause::Tls,
                    };
                    CreateOutcome::NotSent { cause, note: detail }
                }
                Err(CreateError::Unknown { cause, raw }) => {
                    CreateOutcome::Unknown { cause: uncertain(cause), note: note(cause, &raw) }
                }
            }
        })
    }

    fn confirm<'a>(&'a self, token: &'a Token, expected: &'a Expected) -> Boxed<'a, CheckOutcome> {
        Box::pin(async move {
            let Some(token) = InvoiceToken::new(token.expose().to_owned()) else {
                return unanswered(CheckProblem::NotFound, "the stored token is empty".to_owned());
            };
            match self.client.confirm(&token).await {
                Ok(confirmation) => judged(confirmation, expected),
                Err(ConfirmError::NotSent { cause, detail }) => unanswered(unreachable(cause), detail),
                Err(ConfirmError::NoUsableAnswer { cause, raw }) => {
                    unanswered(CheckProblem::NoUsableAnswer, note(cause, &raw))
                }
            }
        })
    }

    fn warm_up(&self) -> Boxed<'_, ()> {
        Box::pin(self.client.warm_up())
    }

    fn test(&self) -> Boxed<'_, ConnectionReport> {
        Box::pin(async move {
            let (found, date) = self.client.test_connection_and_date().await;
            let (verdict, code, detail) = match found {
                ConnectionTest::KeysAccepted => {
                    (ConnectionVerdict::KeysAccepted, Some(ConfirmCode::InvoiceNotFound), String::new())
                }
                ConnectionTest::KeysRefused => {
                    (ConnectionVerdict::KeysRefused, Some(ConfirmCode::Authentication), String::new())
                }
                ConnectionTest::PayinNotActivated => (
                    ConnectionVerdict::PayinNotActivated,
                    Some(ConfirmCode::PayinNotActivated),
                    String::new(),
                ),
                ConnectionTest::Other(code) => (ConnectionVerdict::NoUsableAnswer, Some(code), String::new()),
                ConnectionTest::NotSent(NotSent::NoConnection, detail) => {
                    (ConnectionVerdict::NoConnection, None, detail)
                }
                ConnectionTest::NotSent(NotSent::Tls, detail) => (ConnectionVerdict::Tls, None, detail),
                ConnectionTest::NoUsableAnswer(cause, raw) => {
                    (ConnectionVerdict::NoUsableAnswer, None, note(cause, &raw))
                }
            };
            let code = code.map(|code| code.as_str().to_owned()).filter(|code| !code.is_empty());
            ConnectionReport { verdict, code, server: self.server.clone(), detail, server_ms: moment(date) }
        })
    }
}

fn payin(request: &CreateRequest) -> Result<DirectPayin, std::num::TryFromIntError> {
    Ok(DirectPayin {
        amount_xof: u32::try_from(request.amount.francs())?,
        customer: request.customer.clone(),
        description: request.description.clone(),
        store_name: request.shop_name.clone(),
        website_url: request.website_url.clone(),
        callback_url: request.callback_url.clone(),
        transaction_id: request.transaction_id.clone(),
        ..DirectPayin::default()
    })
}

/// The server's clock. Whoever answered so much like LigdiCash did it over TLS, or on this very machine.
fn moment(date: Option<String>) -> Option<i64> {
    ligdicash::date_ms(&date?)
}

fn refused(refusal: Refusal) -> CreateOutcome {
    let text = [refusal.text, refusal.description, refusal.details]
        .into_iter()
        .filter(|text| !text.is_empty())
        .collect::<Vec<_>>()
        .join(" · ");
    CreateOutcome::Refused {
        code: refusal.code.as_str().to_owned(),
        text,
        note: refusal.raw,
        server_ms: moment(refusal.server_date),
    }
}

const fn uncertain(cause: NoUsableAnswer) -> UncertainCause {
    match cause {
        NoUsableAnswer::Timeout | NoUsableAnswer::Broken => UncertainCause::AnswerLost,
        NoUsableAnswer::NoToken => UncertainCause::NoToken,
        NoUsableAnswer::Redirect(_)
        | NoUsableAnswer::Status(_)
        | NoUsableAnswer::TooLarge
        | NoUsableAnswer::NotJson
        | NoUsableAnswer::Unrecognised => UncertainCause::AnswerUnreadable,
    }
}

const fn unreachable(cause: NotSent) -> CheckProblem {
    match cause {
        NotSent::NoConnection => CheckProblem::NoConnection,
        NotSent::Tls => CheckProblem::Tls,
    }
}

fn note(cause: NoUsableAnswer, raw: &str) -> String {
    if raw.is_empty() { cause.to_string() } else { format!("{cause}: {raw}") }
}

fn unanswered(problem: CheckProblem, note: String) -> CheckOutcome {
    CheckOutcome {
        event: Event::ConfirmUnknown,
        facts: ConfirmFacts::default(),
        problem: Some(problem),
        note,
        server_ms: None,
    }
}

fn judged(confirmation: Confirmation, expected: &Expected) -> CheckOutcome {
    let asked = u32::try_from(expected.amount.francs()).ok().map(|amount_xof| ligdicash::Expected {
        amount_xof,
        transaction_id: expected.transaction_id.clone(),
    });
    let verdict = asked.map(|asked| confirmation.verdict(&asked));
    let (event, review_reason, problem) = match verdict {
        Some(Verdict::Paid) => (Event::ConfirmCompleted, None, None),
        Some(Verdict::Review(reason)) => (Event::ConfirmMismatch, Some(review(reason)), None),
        Some(Verdict::NotCompleted) => (Event::ConfirmNotCompleted, None, None),
        Some(Verdict::Pending) => (Event::ConfirmPending, None, None),
        Some(Verdict::Unknown(reason)) => (Event::ConfirmUnknown, None, Some(unknown(&reason))),
        None => (Event::ConfirmUnknown, None, Some(CheckProblem::NoUsableAnswer)),
    };
    let facts = ConfirmFacts {
        operator_id: confirmation.operator_id,
        operator_name: confirmation.operator_name,
        request_id: confirmation.request_id,
        oreference: confirmation.oreference,
        confirmed_amount: confirmation.amount.francs().map(Xof::new),
        review_reason,
    };
    let is_ligdicash = problem != Some(CheckProblem::NoUsableAnswer);
    let server_ms = moment(confirmation.server_date).filter(|_| is_ligdicash);
    CheckOutcome { event, facts, problem, note: confirmation.raw, server_ms }
}

const fn review(reason: ligdicash::ReviewReason) -> ReviewReason {
    match reason {
        ligdicash::ReviewReason::AmountDiffers => ReviewReason::AmountDiffers,
        ligdicash::ReviewReason::AmountMissing => ReviewReason::AmountMissing,
        ligdicash::ReviewReason::IdDiffers => ReviewReason::IdDiffers,
        ligdicash::ReviewReason::CodeContradicts => ReviewReason::CodeContradicts,
    }
}

fn unknown(reason: &UnknownReason) -> CheckProblem {
    match reason {
        UnknownReason::Configuration(_) => CheckProblem::KeysRefused,
        UnknownReason::Query(ConfirmCode::InvoiceNotFound) => CheckProblem::NotFound,
        UnknownReason::Query(_) | UnknownReason::ResponseCode => CheckProblem::NoUsableAnswer,
    }
}
