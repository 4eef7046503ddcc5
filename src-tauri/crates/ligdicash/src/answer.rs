//! What comes back, read leniently: types, spellings and shapes drift (API reference, sections 5.3 and 7.2). Owns reading;
//! judging is [`crate::verdict`].

use crate::amount::ConfirmedAmount;
use crate::codes::{ConfirmCode, SubCode};
use crate::custom_data::Fields;
use crate::error::{CreateError, NoUsableAnswer, Refusal};
use crate::mask::Mask;
use crate::secret::{Credentials, InvoiceToken};
use serde_json::Value;

/// A create that was accepted: queued, not paid.
#[derive(Debug, Clone)]
pub struct Created {
    /// The only handle to the transaction. Store it before anything else.
    pub token: InvoiceToken,
    /// LigdiCash's sentence. Its wording varies: never match on it.
    pub response_text: String,
    /// The answer, fit for a log.
    pub raw: String,
    /// The server's `Date` header.
    pub server_date: Option<String>,
}

impl Created {
    /// Reads the body of a create answer that came with status 200 by a way of your own.
    ///
    /// # Errors
    /// [`CreateError::Refused`] or [`CreateError::Unknown`].
    pub fn parse(body: &[u8], credentials: &Credentials) -> Result<Self, CreateError> {
        Self::read(body, credentials, Ok(()), None)
    }

    /// `usable` says whether such an answer may be believed at all; its text is masked for the journal in any case.
    pub(crate) fn read(
        body: &[u8],
        credentials: &Credentials,
        usable: Result<(), NoUsableAnswer>,
        server_date: Option<String>,
    ) -> Result<Self, CreateError> {
        let read = object(body);
        let given = read.as_ref().ok().and_then(|value| value.get("token")).and_then(Value::as_str);
        let mask = Mask::new(credentials, given);
        let raw = mask.answer(body);
        let unknown = |cause| CreateError::Unknown { cause, raw: raw.clone() };
        usable.map_err(unknown)?;
        let value = read.as_ref().map_err(|cause| unknown(*cause))?;
        let fields = fields(value).ok_or_else(|| unknown(NoUsableAnswer::NotJson))?;
        match envelope(&fields, &raw, &mask) {
            Envelope::Accepted => {
                let token = fields
                    .get("token")
                    .and_then(Value::as_str)
                    .and_then(|token| InvoiceToken::new(token.to_owned()))
                    .ok_or_else(|| unknown(NoUsableAnswer::NoToken))?;
                let response_text = fields.text("response_text").unwrap_or_default();
                Ok(Self { token, response_text, raw, server_date })
            }
            Envelope::Refused(refusal) => {
                Err(CreateError::Refused(Box::new(Refusal { server_date, ..refusal })))
            }
            Envelope::Neither => Err(unknown(NoUsableAnswer::Unrecognised)),
        }
    }

    /// The page to open, when the operator's mode turned out to be a redirect.
    #[must_use]
    pub fn redirect_url(&self) -> Option<&str> {
        self.response_text.starts_with("http").then_some(self.response_text.as_str())
    }
}

/// A hosted create that was accepted.
#[derive(Debug, Clone)]
pub struct HostedCreated {
    /// The only handle to the transaction.
    pub token: InvoiceToken,
    /// The payment page: open it as it is, in the system's browser or as a QR code.
    pub page_url: String,
    /// The answer, fit for a log.
    pub raw: String,
    /// The server's `Date` header.
    pub server_date: Option<String>,
}

/// `status` of a confirm, trimmed and without case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PaymentStatus {
    /// The customer has not acted.
    Pending,
    /// Paid, as far as LigdiCash says.
    Completed,
    /// Not paid. Both spellings.
    NotCompleted,
    /// Empty or absent.
    Missing,
    /// A word that is not documented. Never a failure.
    Other(String),
}

/// The answer to a confirm, as read. Take [`Confirmation::verdict`] for what it means.
#[derive(Debug, Clone)]
pub struct Confirmation {
    /// `00` when the query worked, `01` when it did not; anything else as it came.
    pub response_code: Option<String>,
    /// The word on the payment.
    pub status: PaymentStatus,
    /// The amount it speaks of.
    pub amount: ConfirmedAmount,
    /// Our identifier, from `custom_data`.
    pub transaction_id: Option<String>,
    /// `3` for YAS Togo; empty while pending.
    pub operator_id: Option<String>,
    /// `YAS TOGO`; empty while pending.
    pub operator_name: Option<String>,
    /// The payer's number; empty while pending.
    pub customer: Option<String>,
    /// LigdiCash's short reference, `P…`: print it, quote it to support.
    pub request_id: Option<String>,
    /// The operator's reference; often empty.
    pub oreference: Option<String>,
    /// Computed by LigdiCash (API reference, section 10); diagnostic only.
    pub external_id: Option<String>,
    /// When, as LigdiCash wrote it: `YYYY-MM-DD HH:MM:SS+00`.
    pub date: Option<String>,
    /// Why the query failed.
    pub sub_code: Option<ConfirmCode>,
    /// The answer, fit for a log.
    pub raw: String,
    /// The server's `Date` header.
    pub server_date: Option<String>,
}

/// What the common envelope says.
enum Envelope {
    Accepted,
    Refused(Refusal),
    Neither,
}

pub(crate) fn object(body: &[u8]) -> Result<Value, NoUsableAnswer> {
    // A byte order mark before JSON is not JSON, but some PHP pages send one.
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    match serde_json::from_slice::<Value>(body) {
        Ok(value @ Value::Object(_)) => Ok(value),
        Ok(_) | Err(_) => Err(NoUsableAnswer::NotJson),
    }
}

pub(crate) fn fields(value: &Value) -> Option<Fields<'_>> {
    value.as_object().map(Fields)
}

/// `00`, `01`, or what came instead. A number 0 or 1 counts as its text.
fn response_code(fields: &Fields<'_>) -> Option<String> {
    let code = fields.text("response_code")?;
    Some(match code.as_str() {
        "0" => "00".to_owned(),
        "1" => "01".to_owned(),
        _ => code,
    })
}

fn envelope(fields: &Fields<'_>, raw: &str, mask: &Mask) -> Envelope {
    match response_code(fields).as_deref() {
        Some("00") => Envelope::Accepted,
        Some("01") => {
            let text = fields.text("response_text").unwrap_or_default();
            let told = |field| mask.text(fields.text(field).unwrap_or_default());
            Envelope::Refused(Refusal {
                code: SubCode::find(&text).into(),
                text: mask.text(text),
                description: told("description"),
                details: told("response_text_details"),
                raw: raw.to_owned(),
                server_date: None,
            })
        }
        Some(_) | None => Envelope::Neither,
    }
}

impl Confirmation {
    /// Reads the body of a confirm answer that came with status 200 by a way of your own.
    ///
    /// # Errors
    /// [`NoUsableAnswer::NotJson`] or [`NoUsableAnswer::Unrecognised`].
    pub fn parse(body: &[u8], credentials: &Credentials) -> Result<Self, NoUsableAnswer> {
        let mask = Mask::new(credentials, None);
        Self::read(body, mask.answer(body), None).map(|confirmation| confirmation.without_secrets(&mask))
    }

    /// Reads the body of a confirm answer, or of anything with the same fields.
    ///
    /// # Errors
    /// [`NoUsableAnswer::NotJson`] or [`NoUsableAnswer::Unrecognised`].
    pub(crate) fn read(
        body: &[u8],
        raw: String,
        server_date: Option<String>,
    ) -> Result<Self, NoUsableAnswer> {
        let value = object(body)?;
        let fields = fields(&value).ok_or(NoUsableAnswer::NotJson)?;
        let response_code = response_code(&fields);
        let status = status(&fields);
        if response_code.is_none() && status == PaymentStatus::Missing {
            return Err(NoUsableAnswer::Unrecognised);
        }
        let sub_code = (response_code.as_deref() == Some("01"))
            .then(|| SubCode::find(&fields.text("response_text").unwrap_or_default()).into());
        Ok(Self {
            response_code,
            status,
            amount: ConfirmedAmount::read([fields.get("amount"), fields.get("montant")]),
            transaction_id: fields.transaction_id(),
            operator_id: fields.text("operator_id"),
            operator_name: fields.text("operator_name"),
            customer: fields.text("customer"),
            request_id: fields.text("request_id"),
            oreference: fields.text("oreference"),
            external_id: fields.text("external_id"),
            date: fields.text("date"),
            sub_code,
            raw,
            server_date,
        })
    }
}

impl Confirmation {
    /// What is kept of it, and shown, without keys and token, should they be echoed.
    pub(crate) fn without_secrets(mut self, mask: &Mask) -> Self {
        for kept in [
            &mut self.operator_id,
            &mut self.operator_name,
            &mut self.request_id,
            &mut self.oreference,
            &mut self.external_id,
            &mut self.date,
        ] {
            *kept = kept.take().map(|text| mask.hide(text));
        }
        self
    }
}

pub(crate) fn status(fields: &Fields<'_>) -> PaymentStatus {
    match fields.get("status") {
        None | Some(Value::Null) => PaymentStatus::Missing,
        Some(Value::String(word)) => match word.trim().to_ascii_lowercase().as_str() {
            "" => PaymentStatus::Missing,
            "pending" => PaymentStatus::Pending,
            "completed" => PaymentStatus::Completed,
            "notcompleted" | "nocompleted" => PaymentStatus::NotCompleted,
            other => PaymentStatus::Other(other.to_owned()),
        },
        Some(other) => PaymentStatus::Other(other.to_string()),
    }
}
