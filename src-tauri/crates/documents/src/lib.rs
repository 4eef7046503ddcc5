//! What leaves the till: CSV, XLSX, PDF, ESC/POS, JSON Lines and the accountant's books.
//!
//! Takes domain values and gives bytes. Owns wording, columns and layout of documents, which are French, as those who read
//! them are. Refuses files, printers, clocks and the ledger; sums only what it is given, in checked whole francs.

mod accounting;
mod columns;
mod csv_file;
mod error;
mod escpos_ticket;
mod export;
mod fonts;
mod json_lines;
pub mod paper;
mod paper_pdf;
mod pdf;
mod qr;
mod raster;
mod report;
mod xlsx;

pub use accounting::Accounts;
pub use error::DocumentError;
pub use escpos_ticket::{Lettering, PaperWidth, ticket};
pub use export::{
    Column, EntryWriter, ExportOptions, Format, Output, SCHEMA_VERSION, begin, class_in_french, harmless,
};
pub use paper::{Line, PeriodPaper};
pub use paper_pdf::{PageSize, pdf};
pub use qr::modules;
