//! The two pushes of a status change, form and JSON (API reference, section 9). Owns the rule that makes them harmless:
//! they go to loopback over plain HTTP, or nowhere.

use crate::answers;
use crate::book::Invoice;
use http_body_util::{BodyExt, Full};
use hyper::Request;
use hyper::body::Bytes;
use hyper_util::rt::TokioIo;
use serde_json::Value;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;
use tokio::net::TcpStream;
use url::Url;

const PATIENCE: Duration = Duration::from_secs(3);

/// Sends both, in LigdiCash's order: none that one could rely on.
pub(crate) async fn push(invoice: &Invoice) {
    let Some((address, url)) = target(&invoice.callback_url) else { return };
    let body = answers::status(invoice);
    let json = ("application/json", body.to_string());
    let form = ("application/x-www-form-urlencoded", form(&body));
    for (content_type, text) in [form, json] {
        // A shop that does not answer changes nothing at the provider.
        let _ = tokio::time::timeout(PATIENCE, post(address, &url, content_type, text)).await;
    }
}

/// Where a callback may go: a loopback address written as one, over plain HTTP.
fn target(callback_url: &str) -> Option<(SocketAddr, Url)> {
    let url = Url::parse(callback_url).ok().filter(|url| url.scheme() == "http")?;
    let host = url.host_str()?;
    let ip: IpAddr = if host == "localhost" { [127, 0, 0, 1].into() } else { host.parse().ok()? };
    ip.is_loopback().then(|| (SocketAddr::new(ip, url.port_or_known_default().unwrap_or(80)), url))
}

fn form(body: &Value) -> String {
    let mut fields = url::form_urlencoded::Serializer::new(String::new());
    for (key, value) in body.as_object().into_iter().flatten() {
        let text = match value {
            Value::Null => String::new(),
            Value::String(text) => text.clone(),
            Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => value.to_string(),
        };
        fields.append_pair(key, &text);
    }
    fields.finish()
}

async fn post(
    address: SocketAddr,
    url: &Url,
    content_type: &str,
    text: String,
) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    let stream = TcpStream::connect(address).await?;
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
    tokio::spawn(connection);
    let path = url.query().map_or_else(|| url.path().to_owned(), |query| format!("{}?{query}", url.path()));
    let request = Request::post(path)
        .header("host", address.to_string())
        .header("content-type", content_type)
        .body(Full::new(Bytes::from(text)))?;
    sender.send_request(request).await?.into_body().collect().await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn callbacks_go_to_loopback_or_nowhere() {
        for reached in ["http://127.0.0.1:81/x", "http://localhost/x?a=1"] {
            assert!(target(reached).is_some(), "{reached}");
        }
        for refused in
            ["", "https://127.0.0.1/x", "http://192.168.1.1/", "http://shop.example/", "ftp://127.0.0.1/"]
        {
            assert!(target(refused).is_none(), "{refused}");
        }
    }
}
