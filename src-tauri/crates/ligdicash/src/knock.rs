//! The way to LigdiCash, gone once before it is needed: the name is looked up, a connection and its handshake are made, and
//! it is hung up. What stays is the system's knowledge of the name and the server's ticket, with which the next handshake is
//! a short one. Owns no request: not one byte is said within the connection.

use crate::base_url::BaseUrl;
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use std::io;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use url::Url;

/// Tickets follow the handshake, a round trip later.
const TICKET_PATIENCE: Duration = Duration::from_secs(1);

/// Connects and hangs up. `tls` is the create client's own, so that its tickets are kept where creates look for them.
///
/// # Errors
/// The system's, or the handshake's; nobody needs to act on it.
pub(crate) async fn knock(base: &BaseUrl, tls: Arc<ClientConfig>, patience: Duration) -> io::Result<()> {
    let timed_out = |_| io::Error::from(io::ErrorKind::TimedOut);
    tokio::time::timeout(patience, connect(base, tls)).await.map_err(timed_out)?
}

async fn connect(base: &BaseUrl, tls: Arc<ClientConfig>) -> io::Result<()> {
    let address = Url::parse(base.as_str()).map_err(io::Error::other)?;
    let (Some(host), Some(port)) = (address.host_str(), address.port_or_known_default()) else {
        return Err(io::ErrorKind::InvalidInput.into());
    };
    let host = host.trim_start_matches('[').trim_end_matches(']');
    let stream = TcpStream::connect((host, port)).await?;
    if address.scheme() == "https" {
        let name = ServerName::try_from(host.to_owned()).map_err(io::Error::other)?;
        let mut stream = TlsConnector::from(tls).connect(name, stream).await?;
        // Nothing is asked, so nothing but tickets comes.
        let _ = tokio::time::timeout(TICKET_PATIENCE, stream.read(&mut [0])).await;
    }
    Ok(())
}
