//! Receipts that print themselves, where the shop wants each one on paper: once for each verified payment, whoever looks on
//! or nobody. Owns the order, which is that of the money, and what could not be printed. Refuses late money, which a person
//! looks at first, and what somebody has handed out already.

use crate::counter::Counter;
use crate::error::TillError;
use crate::papers::{PrintPolicy, PrinterConnection};
use crate::ports::TillEvent;
use crate::till::Till;
use domain::{Mode, PaymentId, State};
use ledger::Payment;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender};

/// So many are told of; the history has the others.
const UNPRINTED_MAX: usize = 20;

/// A receipt that should have printed itself, and did not.
#[derive(Debug, Clone)]
pub struct Unprinted {
    /// Which counter's.
    pub mode: Mode,
    /// Of which payment.
    pub payment: Payment,
    /// Why.
    pub error: Arc<TillError>,
}

/// What is to be printed, and what was not.
pub(crate) struct Printing {
    verified: UnboundedSender<PaymentId>,
    unprinted: Mutex<Vec<Unprinted>>,
}

impl Printing {
    pub(crate) fn new(verified: UnboundedSender<PaymentId>) -> Self {
        Self { verified, unprinted: Mutex::default() }
    }

    /// Where counters tell of money that was just verified.
    pub(crate) fn verified(&self) -> UnboundedSender<PaymentId> {
        self.verified.clone()
    }

    fn unprinted(&self) -> MutexGuard<'_, Vec<Unprinted>> {
        self.unprinted.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The latest first.
    pub(crate) fn not_printed(&self) -> Vec<Unprinted> {
        self.unprinted().clone()
    }

    fn failed(&self, unprinted: Unprinted) {
        let mut known = self.unprinted();
        known.insert(0, unprinted);
        known.truncate(UNPRINTED_MAX);
    }

    /// On paper after all; whether that is news.
    pub(crate) fn is_printed(&self, id: &PaymentId) -> bool {
        let mut known = self.unprinted();
        let before = known.len();
        known.retain(|unprinted| &unprinted.payment.id != id);
        known.len() < before
    }
}

impl Till {
    /// One after the other, as the money was verified. A receipt that is being printed when the till closes is waited for.
    pub(crate) fn start_printing(&self, mut verified: UnboundedReceiver<PaymentId>) {
        let till = self.clone();
        self.keeping().spawn(async move {
            loop {
                tokio::select! {
                    biased;
                    Some(id) = verified.recv() => till.print_by_itself(&id).await,
                    () = till.closing() => return,
                }
            }
        });
    }

    /// What was verified, and the last life ended before it was printed. Keeps no till from opening.
    pub(crate) async fn print_what_was_missed(&self) {
        for counter in self.open_counters() {
            let missed = match counter.ended_unseen().await {
                Ok(missed) => missed,
                Err(error) => return tracing::warn!(%error, "what was not printed is not known"),
            };
            for payment in missed.into_iter().rev().filter(|payment| payment.state == State::Paid) {
                // The other end lives as long as the till.
                let _ = self.printing().verified.send(payment.id);
            }
        }
    }

    async fn print_by_itself(&self, id: &PaymentId) {
        let papers = self.settings().papers;
        if papers.print != PrintPolicy::Always || papers.printer == PrinterConnection::None {
            return;
        }
        let found = match self.find(id).await {
            Ok(found) => found,
            Err(error) => return tracing::warn!(%error, "a receipt was not printed"),
        };
        let (counter, payment) = found;
        if let Err(error) = self.print_if_first(&counter, &payment).await {
            tracing::warn!(%error, "a receipt was not printed by itself");
            self.printing().failed(Unprinted { mode: counter.mode, payment, error: Arc::new(error) });
            self.ports().events.emit(TillEvent::SnapshotStale);
        }
    }

    async fn print_if_first(&self, counter: &Counter, payment: &Payment) -> Result<(), TillError> {
        let entry = counter.ledger.receipt_entry(&payment.id).await?.ok_or(TillError::NotFound)?;
        if payment.late || entry.issued > 0 {
            return Ok(());
        }
        self.print_receipt(&payment.id).await.map(|_| ())
    }
}
