//! The provider's book of invoices. Owns what each became, and its file: a payment asked in training outlives the
//! program. Two creates with one identifier make two invoices, as LigdiCash does; a completed one stays completed.

use crate::behaviour::{Phone, Shape};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// What became of an invoice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// The customer has not answered.
    Pending,
    /// Approved.
    Completed,
    /// Refused.
    NotCompleted,
}

/// One invoice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invoice {
    /// The handle.
    pub token: String,
    /// The merchant's identifier.
    pub transaction_id: String,
    /// `228…`.
    pub customer: String,
    /// Whole XOF.
    pub amount_xof: u32,
    /// As the customer reads it.
    pub store_name: String,
    /// Everything the merchant sent in `custom_data`.
    pub custom_data: Vec<(String, String)>,
    /// Where it became what it is.
    pub status: Status,
    /// When it was made, milliseconds since 1970.
    pub created_at_ms: i64,
    /// `P…`.
    pub request_id: String,
    /// The customer put the phone down.
    pub ignored: bool,
    /// The moment at which the customer approves or refuses by itself.
    pub decides_at_ms: Option<(i64, Status)>,
    /// Where news are pushed.
    pub callback_url: String,
    /// Confirms answered so far.
    pub confirms: u32,
    /// A confirm has told how it ended: nobody needs to ask again.
    #[serde(default)]
    pub told: bool,
    pub(crate) shape: StoredShape,
}

/// The shape by the scenario's number: the file stays readable when shapes are renamed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct StoredShape(pub(crate) String);

impl Invoice {
    pub(crate) fn shape(&self) -> Shape {
        crate::scenario::scenario_for(&self.shape.0).shape
    }
}

/// A request open on a customer's phone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prompt {
    /// The merchant's identifier.
    pub transaction_id: String,
    /// `228…`.
    pub customer: String,
    /// Whole XOF.
    pub amount_xof: u32,
    /// Who asks.
    pub store_name: String,
    /// The customer put the phone down.
    pub ignored: bool,
}

/// All invoices, in the order they were made.
#[derive(Debug, Default)]
pub(crate) struct Book {
    pub(crate) invoices: Vec<Invoice>,
    file: Option<PathBuf>,
    /// Of those whose end was told, the newest so many are kept; all of them, when none is said.
    remembers: Option<usize>,
}

impl Book {
    /// Reads the book at `file`. What cannot be read is set aside, and a new book begun.
    pub(crate) fn open(file: Option<PathBuf>, remembers: Option<usize>) -> Self {
        let Some(path) = file else { return Self { remembers, ..Self::default() } };
        let invoices = match std::fs::read(&path).ok().map(|bytes| serde_json::from_slice(&bytes)) {
            None => Vec::new(),
            Some(Ok(invoices)) => invoices,
            Some(Err(_)) => {
                // Kept for whoever wonders; a training phone's book is worth no refusal to start.
                let _ = std::fs::rename(&path, path.with_extension("unreadable"));
                Vec::new()
            }
        };
        Self { invoices, file: Some(path), remembers }
    }

    /// Writes the book whole, under a temporary name first.
    pub(crate) fn save(&self) -> std::io::Result<()> {
        let Some(path) = &self.file else { return Ok(()) };
        let bytes = serde_json::to_vec_pretty(&self.invoices).map_err(std::io::Error::other)?;
        write_whole(path, &bytes)
    }

    /// Forgets the oldest of those whose end was told: the book is written whole at each change, and must stay short.
    pub(crate) fn forget(&mut self) {
        let Some(remembers) = self.remembers else { return };
        let told = self.invoices.iter().filter(|invoice| invoice.told).count();
        let mut too_many = told.saturating_sub(remembers);
        self.invoices.retain(|invoice| {
            let goes = invoice.told && too_many > 0;
            too_many -= usize::from(goes);
            !goes
        });
    }

    /// Lets customers who decide by themselves decide. Tells whether anything changed.
    pub(crate) fn pass_time(&mut self, now_ms: i64) -> Vec<Invoice> {
        let mut changed = Vec::new();
        for invoice in &mut self.invoices {
            if let Some((at_ms, status)) = invoice.decides_at_ms
                && at_ms <= now_ms
            {
                invoice.decides_at_ms = None;
                if invoice.status == Status::Pending {
                    invoice.status = status;
                    changed.push(invoice.clone());
                }
            }
        }
        changed
    }

    pub(crate) fn next_decision_ms(&self) -> Option<i64> {
        let waiting = self.invoices.iter().filter(|invoice| invoice.status == Status::Pending);
        waiting.filter_map(|invoice| invoice.decides_at_ms.map(|(at_ms, _)| at_ms)).min()
    }

    pub(crate) fn by_token(&mut self, token: &str) -> Option<&mut Invoice> {
        self.invoices.iter_mut().find(|invoice| invoice.token == token)
    }

    /// The newest open request of this identifier.
    pub(crate) fn open_mut(&mut self, transaction_id: &str) -> Option<&mut Invoice> {
        self.invoices
            .iter_mut()
            .rev()
            .find(|invoice| invoice.transaction_id == transaction_id && invoice.status == Status::Pending)
    }

    pub(crate) fn prompts(&self) -> Vec<Prompt> {
        self.invoices
            .iter()
            .filter(|invoice| invoice.status == Status::Pending)
            .map(|invoice| Prompt {
                transaction_id: invoice.transaction_id.clone(),
                customer: invoice.customer.clone(),
                amount_xof: invoice.amount_xof,
                store_name: invoice.store_name.clone(),
                ignored: invoice.ignored,
            })
            .collect()
    }
}

/// When a customer decides by itself.
pub(crate) fn decision(phone: Phone, now_ms: i64) -> Option<(i64, Status)> {
    let after = |wait: std::time::Duration| {
        now_ms.saturating_add(i64::try_from(wait.as_millis()).unwrap_or(i64::MAX))
    };
    match phone {
        Phone::ByHand | Phone::Ignored => None,
        Phone::ApprovesAfter(wait) => Some((after(wait), Status::Completed)),
        Phone::RefusesAfter(wait) => Some((after(wait), Status::NotCompleted)),
    }
}

fn write_whole(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let temporary = path.with_extension("new");
    std::fs::write(&temporary, bytes)?;
    std::fs::rename(&temporary, path)
}
