//! The way to a receipt printer: a network address, or a device or file. Owns time limits: a printer that is off must not
//! hold anything up. Refuses to know what it prints.

use crate::papers::PrinterConnection;
use std::time::Duration;
use thiserror::Error;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::time::timeout;

/// Where printers listen for raw bytes.
const RAW_PORT: u16 = 9_100;
const CONNECT_PATIENCE: Duration = Duration::from_secs(4);
const WRITE_PATIENCE: Duration = Duration::from_secs(15);

/// Why nothing was printed, as far as the till can see.
#[derive(Debug, Error)]
pub enum PrinterError {
    /// None is set.
    #[error("no printer is set")]
    None,
    /// It does not answer, or the file cannot be written.
    #[error("the printer {target} cannot be reached: {detail}")]
    Unreachable {
        /// Address or file.
        target: String,
        /// What the system says.
        detail: String,
    },
}

pub(crate) async fn send(connection: &PrinterConnection, bytes: Vec<u8>) -> Result<(), PrinterError> {
    match connection {
        PrinterConnection::None => Err(PrinterError::None),
        PrinterConnection::Network(target) => {
            to_network(target, &bytes).await.map_err(|detail| unreachable(target, detail))
        }
        PrinterConnection::File(target) => {
            let path = target.clone();
            let writing = tokio::task::spawn_blocking(move || to_file(&path, &bytes));
            match timeout(WRITE_PATIENCE, writing).await {
                Ok(Ok(Ok(()))) => Ok(()),
                Ok(Ok(Err(error))) => Err(unreachable(target, error.to_string())),
                Ok(Err(error)) => Err(unreachable(target, error.to_string())),
                Err(_) => Err(unreachable(target, "it takes nothing".to_owned())),
            }
        }
    }
}

/// Reaches for the printer without sending it anything; gives back where it is.
pub(crate) async fn reach(connection: &PrinterConnection) -> Result<String, PrinterError> {
    match connection {
        PrinterConnection::None => Err(PrinterError::None),
        PrinterConnection::Network(target) => {
            let reached = connect(target).await.map_err(|detail| unreachable(target, detail))?;
            drop(reached);
            Ok(target.clone())
        }
        PrinterConnection::File(target) => {
            let path = target.clone();
            let opening = tokio::task::spawn_blocking(move || open_there(&path));
            match timeout(CONNECT_PATIENCE, opening).await {
                Ok(Ok(Ok(()))) => Ok(target.clone()),
                Ok(Ok(Err(error))) => Err(unreachable(target, error.to_string())),
                Ok(Err(error)) => Err(unreachable(target, error.to_string())),
                Err(_) => Err(unreachable(target, "no answer".to_owned())),
            }
        }
    }
}

/// A file that is not there yet is made when something is printed; its folder must be.
fn open_there(path: &str) -> std::io::Result<()> {
    match std::fs::OpenOptions::new().append(true).open(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            let folder = std::path::Path::new(path).parent().filter(|folder| folder.is_dir());
            folder.map(|_| ()).ok_or(error)
        }
        opened => opened.map(drop),
    }
}

fn unreachable(target: &str, detail: String) -> PrinterError {
    PrinterError::Unreachable { target: target.to_owned(), detail }
}

async fn connect(target: &str) -> Result<TcpStream, String> {
    let address = if target.contains(':') { target.to_owned() } else { format!("{target}:{RAW_PORT}") };
    let connecting = timeout(CONNECT_PATIENCE, TcpStream::connect(address));
    connecting.await.map_err(|_| "no answer".to_owned())?.map_err(|error| error.to_string())
}

async fn to_network(target: &str, bytes: &[u8]) -> Result<(), String> {
    let mut stream = connect(target).await?;
    let writing = async {
        stream.write_all(bytes).await?;
        stream.shutdown().await
    };
    timeout(WRITE_PATIENCE, writing)
        .await
        .map_err(|_| "it takes nothing".to_owned())?
        .map_err(|error| error.to_string())
}

fn to_file(path: &str, bytes: &[u8]) -> std::io::Result<()> {
    use std::io::Write;
    let mut file = std::fs::OpenOptions::new().append(true).create(true).open(path)?;
    file.write_all(bytes)?;
    file.flush()
}
