//! The simulator by hand: prints its address and each change on the phones, until Ctrl-C.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program for the terminal")]

use simulator::{Options, Simulator, help};
use std::process::ExitCode;

const BAD_USAGE: u8 = 2;

fn options(arguments: impl Iterator<Item = String>) -> Result<Option<Options>, String> {
    let mut options = Options::default();
    let (mut api_key, mut api_token) = (None, None);
    let mut arguments = arguments;
    while let Some(name) = arguments.next() {
        let mut value = || arguments.next().ok_or_else(|| format!("{name} needs a value"));
        match name.as_str() {
            "--help" | "-h" => return Ok(None),
            "--port" => options.port = value()?.parse().map_err(|_| "--port needs a number".to_owned())?,
            "--api-key" => api_key = Some(value()?),
            "--api-token" => api_token = Some(value()?),
            "--state" => options.state_file = Some(value()?.into()),
            other => return Err(format!("unknown argument: {other}")),
        }
    }
    options.credentials = match (api_key, api_token) {
        (Some(api_key), Some(api_token)) => Some((api_key, api_token)),
        (None, None) => None,
        _ => return Err("--api-key and --api-token go together".to_owned()),
    };
    Ok(Some(options))
}

#[tokio::main]
async fn main() -> ExitCode {
    let options = match options(std::env::args().skip(1)) {
        Ok(Some(options)) => options,
        Ok(None) => {
            print!("{}", help());
            return ExitCode::SUCCESS;
        }
        Err(problem) => {
            eprintln!("simulator: {problem} (see --help)");
            return ExitCode::from(BAD_USAGE);
        }
    };
    let simulator = match Simulator::start(options).await {
        Ok(simulator) => simulator,
        Err(error) => {
            eprintln!("simulator: {error}");
            return ExitCode::FAILURE;
        }
    };
    println!("{}", simulator.base_url());
    let mut changes = simulator.changes();
    loop {
        tokio::select! {
            _ = tokio::signal::ctrl_c() => break,
            changed = changes.changed() => {
                if changed.is_err() {
                    break;
                }
                for invoice in simulator.invoices() {
                    println!("{} {} F {:?}", invoice.transaction_id, invoice.amount_xof, invoice.status);
                }
                println!();
            }
        }
    }
    simulator.stop().await;
    ExitCode::SUCCESS
}
