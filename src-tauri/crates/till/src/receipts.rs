//! Receipts handed out: on screen, on paper, as PDF. Owns the order of things: a duplicate is counted before it leaves, and a
//! printer that took nothing counts for nothing.

use crate::error::TillError;
use crate::export::{ExportError, school, write_whole};
use crate::ports::TillEvent;
use crate::printer;
use crate::till::Till;
use documents::{DocumentError, PageSize, paper, pdf, ticket};
use domain::{PaymentId, Receipt, ReceiptClaim};
use ledger::{ClaimVerdict, Ledger, Payment, ReceiptEntry};
use std::path::PathBuf;

impl Till {
    /// What stands on the receipt of a verified payment.
    ///
    /// # Errors
    /// [`TillError::NotFound`] unless its money was verified, or the ledger's.
    pub async fn receipt(&self, id: &PaymentId) -> Result<Receipt, TillError> {
        let (counter, payment) = self.find(id).await?;
        let entry = counter.ledger.receipt_entry(id).await?.ok_or(TillError::NotFound)?;
        self.told(&counter.ledger, payment, entry)
    }

    fn told(&self, ledger: &Ledger, payment: Payment, entry: ReceiptEntry) -> Result<Receipt, TillError> {
        let settings = self.settings();
        let mode = ledger.mode();
        Ok(Receipt {
            shop: settings.papers.identity(&settings.shop_name, mode),
            mode,
            number: entry.number,
            at: ledger.day_rule().local(entry.at_ms).map_err(ledger::LedgerError::from)?,
            day: entry.day,
            amount: entry.amount,
            phone: payment.phone.as_ref().map(domain::PhoneNumber::masked).unwrap_or_default(),
            operator: payment.operator_name.unwrap_or_default(),
            request_id: payment.request_id.unwrap_or_default(),
            reference: payment.id,
            entry: entry.entry,
            fingerprint: entry.fingerprint,
            duplicate: entry.issued,
        })
    }

    /// Prints a receipt; a second one says DUPLICATA.
    ///
    /// # Errors
    /// [`TillError::Printer`] when the printer took nothing: then it is not counted.
    pub async fn print_receipt(&self, id: &PaymentId) -> Result<Receipt, TillError> {
        self.hand_out(id, "paper", async |receipt| {
            let papers = self.settings().papers;
            let bytes = ticket(&paper::receipt(receipt), papers.width, papers.lettering)?;
            Ok(printer::send(&papers.printer, bytes).await?)
        })
        .await
        .map(|(receipt, ())| {
            if self.printing().is_printed(id) {
                self.ports().events.emit(TillEvent::SnapshotStale);
            }
            receipt
        })
    }

    /// Writes a receipt as PDF into the export folder; a second one says DUPLICATA.
    ///
    /// # Errors
    /// [`TillError::Export`] when the file cannot be written: then it is not counted.
    pub async fn receipt_pdf(&self, id: &PaymentId, size: PageSize) -> Result<PathBuf, TillError> {
        let (how, ending) = match size {
            PageSize::A4 => ("pdf_a4", "a4"),
            PageSize::Roll80 => ("pdf_80", "80mm"),
        };
        self.hand_out(id, how, async |receipt| {
            let school = school(receipt.mode);
            let duplicate = if receipt.duplicate > 0 {
                format!("-duplicata-{}", receipt.duplicate)
            } else {
                String::new()
            };
            let name = format!("recu-{school}{:06}{duplicate}-{ending}.pdf", receipt.number);
            let bytes = pdf(&format!("Reçu n° {}", receipt.number), &paper::receipt(receipt), size)?;
            self.save_document(name, bytes).await
        })
        .await
        .map(|(_, path)| path)
    }

    /// Counts, makes, hands over; takes the count back when it could not be handed over.
    async fn hand_out<T>(
        &self,
        id: &PaymentId,
        how: &str,
        leave: impl AsyncFnOnce(&Receipt) -> Result<T, TillError>,
    ) -> Result<(Receipt, T), TillError> {
        let (counter, payment) = self.find(id).await?;
        let entry = counter.ledger.receipt_entry(id).await?.ok_or(TillError::NotFound)?;
        let mut receipt = self.told(&counter.ledger, payment, entry)?;
        receipt.duplicate = counter.ledger.issue_receipt(id, how, counter.ports.clock.now_ms()).await?;
        match leave(&receipt).await {
            Ok(left) => Ok((receipt, left)),
            Err(error) => {
                counter.ledger.take_back_receipt(id, how, counter.ports.clock.now_ms()).await?;
                Err(error)
            }
        }
    }

    /// Puts a finished document into the export folder.
    pub(crate) async fn save_document(&self, name: String, bytes: Vec<u8>) -> Result<PathBuf, TillError> {
        let path = self.export_folder().join(name);
        tokio::task::spawn_blocking(move || {
            write_whole(&path, |file| {
                use std::io::Write;
                file.write_all(&bytes).map_err(|error| ExportError::Document(DocumentError::Io(error)))
            })?;
            Ok(path)
        })
        .await
        .map_err(|error| TillError::Task(error.to_string()))?
    }

    /// Prints what shows whether the printer is set right.
    ///
    /// # Errors
    /// [`TillError::Printer`].
    pub async fn print_test(&self) -> Result<(), TillError> {
        let settings = self.settings();
        let shop = settings.papers.identity(&settings.shop_name, self.mode());
        let papers = &settings.papers;
        let bytes = ticket(&paper::test_ticket(&shop), papers.width, papers.lettering)?;
        Ok(printer::send(&papers.printer, bytes).await?)
    }

    /// Holds the text of a receipt's QR code against the ledgers that are open. Asks nobody else.
    ///
    /// # Errors
    /// The ledger's.
    pub async fn check_receipt(&self, claim: &ReceiptClaim) -> Result<ClaimVerdict, TillError> {
        let mut verdict = ClaimVerdict::Unknown;
        for counter in self.open_counters() {
            match counter.ledger.check_claim(claim).await? {
                ClaimVerdict::Unknown => {}
                known @ (ClaimVerdict::Authentic | ClaimVerdict::Changed) => verdict = known,
            }
        }
        Ok(verdict)
    }
}
