#![doc = include_str!("../README.md")]

mod amount;
mod answer;
mod base_url;
mod callback;
mod certificate;
mod client;
mod codes;
mod custom_data;
mod date;
mod error;
mod http;
mod knock;
mod mask;
mod request;
mod secret;
mod tls;
mod verdict;

pub use amount::ConfirmedAmount;
pub use answer::{Confirmation, Created, HostedCreated, PaymentStatus};
pub use base_url::{BaseUrl, BaseUrlError};
pub use callback::{Callback, CallbackError};
pub use client::{Client, ConnectionTest, Options};
pub use codes::{ConfirmCode, CreateCode, PayoutCode, StraightPayoutCode, SubCode};
pub use date::date_ms;
pub use error::{ConfirmError, CreateError, NoUsableAnswer, NotSent, Refusal, SetupError};
pub use request::{DirectPayin, HostedPayin, Item};
pub use secret::{CredentialError, Credentials, InvoiceToken, KeyError};
pub use verdict::{Expected, ReviewReason, UnknownReason, Verdict};
