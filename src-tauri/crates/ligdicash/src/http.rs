//! One exchange over HTTP. Owns the line between "provably not sent" and everything else, the body limit, and the one
//! place where addresses are taken out of errors: confirm's token stands in the address.

use crate::certificate::harmless;
use crate::error::{NoUsableAnswer, NotSent};
use crate::tls;
use reqwest::{RequestBuilder, Response, StatusCode};
use std::error::Error as _;

/// Causes may quote what came over the line.
const DETAIL_MAX_CHARS: usize = 400;

/// A whole answer of any status.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) body: Vec<u8>,
    pub(crate) date: Option<String>,
}

/// No answer.
#[derive(Debug)]
pub(crate) enum NoAnswer {
    NotSent(NotSent, String),
    Lost(NoUsableAnswer, String),
}

pub(crate) async fn exchange(request: RequestBuilder, body_limit_bytes: usize) -> Result<Answer, NoAnswer> {
    let response = request.send().await.map_err(classify)?;
    let status = response.status();
    let date =
        response.headers().get(reqwest::header::DATE).and_then(|date| date.to_str().ok()).map(str::to_owned);
    let body = read_body(response, body_limit_bytes).await?;
    Ok(Answer { status, body, date })
}

/// Reads at most `limit` bytes; the length a server announces is not trusted.
async fn read_body(mut response: Response, limit: usize) -> Result<Vec<u8>, NoAnswer> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(classify)? {
        if body.len() + chunk.len() > limit {
            return Err(NoAnswer::Lost(NoUsableAnswer::TooLarge, format!("more than {limit} bytes")));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

fn classify(error: reqwest::Error) -> NoAnswer {
    let error = error.without_url();
    let detail = harmless(&chain(&error), DETAIL_MAX_CHARS);
    // A connect error is raised before a byte of the request is written: the create client keeps no connection that
    // could have been closed under it. Everything else may have arrived.
    if error.is_connect() {
        // Both causes mean that nothing left; the difference is only in what a person is told to look at.
        match tls::refusal(&error) {
            Some(refusal) => NoAnswer::NotSent(NotSent::Tls, refusal),
            None if speaks_of_tls(&detail) => NoAnswer::NotSent(NotSent::Tls, detail),
            None => NoAnswer::NotSent(NotSent::NoConnection, detail),
        }
    } else if error.is_timeout() {
        NoAnswer::Lost(NoUsableAnswer::Timeout, detail)
    } else {
        NoAnswer::Lost(NoUsableAnswer::Broken, detail)
    }
}

/// A handshake that ended without a word of why.
fn speaks_of_tls(detail: &str) -> bool {
    detail.to_ascii_lowercase().contains("tls handshake")
}

/// The error and its causes, once each.
fn chain(error: &reqwest::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let cause_text = cause.to_string();
        if !text.contains(&cause_text) {
            text.push_str(": ");
            text.push_str(&cause_text);
        }
        source = cause.source();
    }
    text
}
