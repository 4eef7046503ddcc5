//! What the page sees of days, receipts, closings, exports and their settings.

use super::{ModeView, PaymentView, StateView};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What the history is narrowed to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, TS)]
pub struct HistoryQuery {
    /// Any part of the number, amount, receipt number, our reference or LigdiCash's.
    pub text: String,
    /// Only these states; empty means all.
    pub states: Vec<StateView>,
    /// `YYYY-MM-DD`.
    pub day: Option<String>,
    /// By name.
    pub operator: Option<String>,
    /// By name.
    pub cashier: Option<String>,
}

/// What there is to filter by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct FilterWords {
    /// Operators that confirm reported.
    pub operators: Vec<String>,
    /// Who charged.
    pub cashiers: Vec<String>,
}

/// A receipt as it stands on paper.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct ReceiptView {
    /// The payment.
    pub payment_id: String,
    /// Training receipts say so.
    pub mode: ModeView,
    /// The shop's name.
    pub shop_name: String,
    /// May have lines.
    pub shop_address: String,
    /// May be empty.
    pub shop_nif: String,
    /// Gapless number.
    #[ts(type = "number")]
    pub number: i64,
    /// `24/11/2026`.
    pub date: String,
    /// `14:05:09`.
    pub time: String,
    /// Whole XOF.
    #[ts(type = "number")]
    pub amount_xof: i64,
    /// In French.
    pub amount_in_words: String,
    /// Masked; empty once purged.
    pub phone: String,
    /// May be empty.
    pub operator: String,
    /// May be empty.
    pub request_id: String,
    /// In groups of four.
    pub fingerprint: String,
    /// How often it was handed out.
    pub issued: u32,
    /// The QR code: one text per row, `1` is dark.
    pub qr: Vec<String>,
}

/// How many and how much of one class.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
pub struct TallyView {
    /// Entries.
    #[ts(type = "number")]
    pub count: i64,
    /// Whole XOF; negative for refunds and reversals.
    #[ts(type = "number")]
    pub amount_xof: i64,
}

/// Money by class.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
pub struct TotalsView {
    /// Confirmed.
    pub verified: TallyView,
    /// Confirmed after the sale had been closed in another way.
    pub late: TallyView,
    /// Accepted by a manager.
    pub accepted: TallyView,
    /// Refunds written down.
    pub refund: TallyView,
    /// Acceptances cancelled.
    pub reversal: TallyView,
    /// Payments that brought money.
    #[ts(type = "number")]
    pub sales: i64,
    /// Everything together.
    #[ts(type = "number")]
    pub net_xof: i64,
}

/// What one hour brought.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
pub struct HourView {
    /// 0 to 23.
    pub hour: u8,
    /// Payments that brought money.
    #[ts(type = "number")]
    pub sales: i64,
    /// Whole XOF.
    #[ts(type = "number")]
    pub net_xof: i64,
}

/// What one day brought.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct DayTotalView {
    /// `YYYY-MM-DD`.
    pub day: String,
    /// Payments that brought money.
    #[ts(type = "number")]
    pub sales: i64,
    /// Whole XOF.
    #[ts(type = "number")]
    pub net_xof: i64,
}

/// A payment that a reading or closing names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct UnresolvedView {
    /// Our reference.
    pub payment_id: String,
    /// Where it stood.
    pub state: StateView,
    /// Whole XOF.
    #[ts(type = "number")]
    pub amount_xof: i64,
    /// When it was recorded.
    #[ts(type = "number")]
    pub created_at_ms: i64,
}

/// What came for sales of a closed period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
pub struct FromEarlierView {
    /// The closing that held the sale's period.
    #[ts(type = "number")]
    pub closing: i64,
    /// How many, and how much.
    pub tally: TallyView,
}

/// A reading (X), or a closing (Z).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct PeriodView {
    /// The number it has or will have.
    #[ts(type = "number")]
    pub number: i64,
    /// `YYYY-MM-DD`.
    pub day: String,
    /// When.
    #[ts(type = "number")]
    pub at_ms: i64,
    /// Money by class.
    pub totals: TotalsView,
    /// Everything since the ledger began; never reset.
    #[ts(type = "number")]
    pub grand_total_xof: i64,
    /// Part of the totals.
    pub from_earlier: Vec<FromEarlierView>,
    /// What was open.
    pub unresolved: Vec<UnresolvedView>,
    /// Who closed; none for a reading.
    pub who: Option<String>,
    /// First digits of its hash; none for a reading.
    pub fingerprint: Option<String>,
}

/// How many payments of a day ended in a state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
pub struct StateCountView {
    /// The state.
    pub state: StateView,
    /// How many.
    #[ts(type = "number")]
    pub count: i64,
}

/// How long customers took.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
pub struct WaitView {
    /// Up to so many seconds; none for all the rest.
    pub up_to_s: Option<u32>,
    /// How many.
    pub count: u32,
}

/// One business day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct DayView {
    /// Which ledger.
    pub mode: ModeView,
    /// `YYYY-MM-DD`.
    pub day: String,
    /// The day before and after, to turn pages; none after today.
    pub previous: Option<String>,
    /// See `previous`.
    pub next: Option<String>,
    /// Whether it is today.
    pub is_today: bool,
    /// What it brought.
    pub totals: TotalsView,
    /// By hour; hours without money are left out.
    pub hours: Vec<HourView>,
    /// It and the twenty-nine days before, earliest first.
    pub days: Vec<DayTotalView>,
    /// How its payments ended.
    pub states: Vec<StateCountView>,
    /// Of a hundred payments that ended, so many were paid; none when none ended.
    pub success_percent: Option<u32>,
    /// How long those who paid took.
    pub waits: Vec<WaitView>,
    /// Half of them took no longer, in seconds.
    pub wait_median_s: Option<u32>,
    /// What the next closing would take.
    pub reading: PeriodView,
    /// Closings, newest first.
    pub closings: Vec<PeriodView>,
}

/// A kind of file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum FormatView {
    /// CSV for Excel and LibreOffice in French.
    CsvFrench,
    /// RFC 4180.
    CsvStandard,
    /// Typed cells.
    Xlsx,
    /// The report.
    Pdf,
    /// One object per line.
    JsonLines,
    /// Livre des recettes.
    SalesBook,
    /// SYSCOHADA journal.
    Journal,
}

/// An export as asked.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
pub struct ExportInput {
    /// As what.
    pub format: FormatView,
    /// First day, `YYYY-MM-DD`.
    pub from: String,
    /// Last day, `YYYY-MM-DD`.
    pub to: String,
    /// What this closing took, instead of days.
    #[ts(type = "number | null")]
    pub closing: Option<i64>,
    /// Whole phone numbers instead of masked ones.
    pub whole_numbers: bool,
}

/// What was exported.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct ExportedView {
    /// The file.
    pub path: String,
    /// How many entries.
    #[ts(type = "number")]
    pub entries: i64,
    /// Their sum.
    #[ts(type = "number")]
    pub amount_xof: i64,
}

/// PDF on which page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum PageSizeView {
    /// 210 × 297 mm.
    A4,
    /// 80 mm roll.
    Roll80,
}

/// When receipts are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum PrintPolicyView {
    /// From the history only.
    Never,
    /// A button on the card.
    Ask,
    /// By itself.
    Always,
}

/// How the printer is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum PrinterKindView {
    /// There is none.
    None,
    /// `host` or `host:port`.
    Network,
    /// A device or a file.
    File,
}

/// Width of the roll.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum PaperWidthView {
    /// 58 mm.
    Narrow,
    /// 80 mm.
    Wide,
}

/// How letters reach the printer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum LetteringView {
    /// Code page 858.
    Cp858,
    /// Code page 850.
    Cp850,
    /// Code page 437.
    Cp437,
    /// Windows-1252.
    Windows1252,
    /// As an image.
    Image,
}

/// Settings of what leaves the till. The same going in and coming out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct PaperSettingsView {
    /// On receipts; may have lines.
    pub address: String,
    /// Tax number.
    pub nif: String,
    /// When receipts are printed.
    pub print: PrintPolicyView,
    /// How the printer is reached.
    pub printer: PrinterKindView,
    /// Its address, device or file.
    pub printer_target: String,
    /// Its paper.
    pub width: PaperWidthView,
    /// Its letters.
    pub lettering: LetteringView,
    /// IANA name.
    pub time_zone: String,
    /// 0 to 23.
    pub cut_off_hour: u32,
    /// SYSCOHADA: where mobile money lies.
    pub account_mobile_money: String,
    /// SYSCOHADA: sales.
    pub account_sales: String,
    /// SYSCOHADA: VAT collected.
    pub account_vat: String,
    /// SYSCOHADA: fees.
    pub account_fees: String,
    /// Hundredths of a percent.
    pub vat_rate: u32,
    /// Hundredths of a percent.
    pub fee_rate: u32,
    /// The documents folder when empty.
    pub export_dir: String,
    /// 0 keeps customers' numbers.
    pub purge_after_months: u32,
}

/// What the ledger says about a printed receipt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ClaimVerdictView {
    /// Ours, as it was written.
    Authentic,
    /// Ours, but something was changed.
    Changed,
    /// Not ours.
    Unknown,
}

/// A printed receipt, held against the ledger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct ReceiptCheck {
    /// What was found.
    pub verdict: ClaimVerdictView,
    /// The payment, when there is one here.
    pub payment: Option<PaymentView>,
}
