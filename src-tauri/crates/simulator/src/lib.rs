#![doc = include_str!("../README.md")]

mod answers;
mod behaviour;
mod book;
mod callback;
mod clock;
mod help;
mod intake;
mod scenario;
mod server;
mod simulator;

pub use behaviour::{ConfirmBehaviour, CreateBehaviour, Phone, Shape};
pub use book::{Invoice, Prompt, Status};
pub use help::help;
pub use scenario::{Scenario, scenario_for, scenarios};
pub use server::RecordedRequest;
pub use simulator::{Answer, AnswerError, Options, Simulator, StartError};
