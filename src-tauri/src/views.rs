//! What the page sees, and nothing else: plain values with generated TypeScript.
//!
//! Owns the shape of every answer and argument that crosses the border. Refuses secrets (no key, no token, no full
//! phone number) and decisions (nothing here computes). Amounts are whole XOF; times are milliseconds since 1970 UTC.

mod backups;
mod diagnosis;
mod news;
mod papers;
mod people;
mod screen;
mod welcome;

pub use backups::*;
pub use diagnosis::*;
pub use news::*;
pub use papers::*;
pub use people::*;
pub use screen::*;
pub use welcome::*;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Which ledger the screen works on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ModeView {
    /// Simulated LigdiCash and phone inside the app.
    Training,
    /// Real money, or a test server named on screen.
    Live,
}

/// State of a payment, as `data-state` carries it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum StateView {
    /// On disk, nothing sent.
    Recorded,
    /// The request may have left.
    Submitting,
    /// Token stored, the customer is to approve.
    Pending,
    /// Verified by confirm.
    Paid,
    /// Confirm said that it did not complete.
    Failed,
    /// LigdiCash refused the request; nothing was created.
    Rejected,
    /// Nothing left the machine.
    NotSent,
    /// The request may have reached LigdiCash; no token came back.
    Uncertain,
    /// Completed at LigdiCash, but the amount or the identifier differs.
    Review,
}

/// What the prefix of a number suggests; numbers can be ported, so it never decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum OperatorHintView {
    /// 70–72, 90–93.
    Yas,
    /// 73.
    ProbablyYas,
    /// 78, 79, 96–99.
    Moov,
    /// 76, 77.
    PerhapsMoov,
    /// Anything else.
    Unknown,
}

/// Why nothing left the machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum NotSentCauseView {
    /// The server could not be reached: no internet, no name resolution, connection refused.
    NoConnection,
    /// The secure connection could not be made (certificate, proxy, wrong clock).
    Tls,
    /// The till was closed before the request was sent.
    Interrupted,
}

/// Why the answer to a create is not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum UncertainCauseView {
    /// No answer in time, or the connection broke after sending.
    AnswerLost,
    /// An answer came that could not be read as one.
    AnswerUnreadable,
    /// Accepted, but without a token.
    NoToken,
    /// The till stopped while the request was on its way.
    Interrupted,
}

/// Why a completed payment was not counted as paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ReviewReasonView {
    /// The confirmed amount is not the amount that was asked.
    AmountDiffers,
    /// The confirmation carried no readable amount.
    AmountMissing,
    /// The confirmation carried another till's or sale's identifier.
    IdDiffers,
    /// Completed, under a response code that is not "00".
    CodeContradicts,
}

/// What went wrong with the last check; the payment itself is unchanged by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum CheckProblemView {
    /// LigdiCash could not be reached.
    NoConnection,
    /// The secure connection could not be made.
    Tls,
    /// The keys were refused: a manager must act.
    KeysRefused,
    /// LigdiCash does not find this payment with these keys.
    NotFound,
    /// The answer could not be read, or said that the query failed.
    NoUsableAnswer,
    /// No keys are available to ask with.
    NoKeys,
    /// What to ask with did not come with a restored copy: the payment is no longer watched.
    HandleLost,
}

/// A refusal of create: the small code and what it means.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct RefusalView {
    /// As LigdiCash wrote it, "07" or "03a"; empty when the text had none.
    pub code: String,
    /// LigdiCash's own short text, for the support line only.
    pub text: String,
}

/// What a person decided about a payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum DecisionKindView {
    /// The screen moved on; still watched.
    SetAside,
    /// The customer paid in another way meanwhile.
    SettledOtherwise,
    /// A manager accepted it with the operator's reference as evidence.
    AcceptedAsPaid,
    /// A manager closed it as not paid.
    WrittenOff,
    /// A refund done in LigdiCash's dashboard was recorded.
    RefundRecorded,
}

/// One decision, with who, when and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct DecisionView {
    /// What was decided.
    pub kind: DecisionKindView,
    /// Who decided.
    pub who: String,
    /// Why.
    pub reason: String,
    /// The operator's reference, when one was given.
    pub reference: Option<String>,
    /// When.
    #[ts(type = "number")]
    pub at_ms: i64,
}

/// One payment as the page shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct PaymentView {
    /// Our reference, also LigdiCash's `transaction_id`.
    pub id: String,
    /// Grows with every change: an older view never replaces a newer one.
    #[ts(type = "number")]
    pub version: i64,
    /// Which ledger it lives in.
    pub mode: ModeView,
    /// Where it stands.
    pub state: StateView,
    /// Whole XOF.
    #[ts(type = "number")]
    pub amount_xof: i64,
    /// Masked: `90 12 •• 56`; empty once purged.
    pub phone: String,
    /// What the prefix suggests.
    pub operator_hint: OperatorHintView,
    /// What confirm reported.
    pub operator_name: Option<String>,
    /// When the attempt was recorded.
    #[ts(type = "number")]
    pub created_at_ms: i64,
    /// When the request was accepted (the wait is counted from here, or from `created_at_ms` before).
    #[ts(type = "number | null")]
    pub accepted_at_ms: Option<i64>,
    /// When it reached a final state.
    #[ts(type = "number | null")]
    pub resolved_at_ms: Option<i64>,
    /// When LigdiCash was last asked.
    #[ts(type = "number | null")]
    pub last_check_at_ms: Option<i64>,
    /// When LigdiCash will be asked next.
    #[ts(type = "number | null")]
    pub next_check_at_ms: Option<i64>,
    /// What went wrong with the last check, if anything.
    pub check_problem: Option<CheckProblemView>,
    /// Receipt number, once paid.
    #[ts(type = "number | null")]
    pub receipt_number: Option<i64>,
    /// LigdiCash's own reference (`P…`).
    pub request_id: Option<String>,
    /// For `rejected`.
    pub refusal: Option<RefusalView>,
    /// For `not_sent`.
    pub not_sent_cause: Option<NotSentCauseView>,
    /// For `uncertain`.
    pub uncertain_cause: Option<UncertainCauseView>,
    /// For `review`.
    pub review_reason: Option<ReviewReasonView>,
    /// What LigdiCash said the amount was, for `review`.
    #[ts(type = "number | null")]
    pub confirmed_amount_xof: Option<i64>,
    /// What people decided, oldest first.
    pub decisions: Vec<DecisionView>,
    /// Set aside: no card, still watched.
    pub set_aside: bool,
    /// Paid after a person had settled it otherwise or written it off: money to give back.
    pub late: bool,
    /// The attempt this one follows, when a person decided to ask again.
    pub previous_payment_id: Option<String>,
}

/// One request on the simulated phone (training only).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct PhonePromptView {
    /// The payment it belongs to.
    pub payment_id: String,
    /// Masked number.
    pub phone: String,
    /// Whole XOF.
    #[ts(type = "number")]
    pub amount_xof: i64,
    /// The shop's name as the customer reads it.
    pub shop_name: String,
    /// The customer put the phone down: the request stays open without an answer.
    pub ignored: bool,
}

/// The customer's act on the simulated phone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum PhoneAnswerView {
    /// Types the PIN: completed.
    Approve,
    /// Presses cancel: notcompleted.
    Refuse,
    /// Puts the phone down: pending without end.
    Ignore,
    /// Approves a minute and a half later.
    ApproveLate,
}

/// Where the two keys stand. The keys themselves never cross the border.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum CredentialsStatusView {
    /// None entered.
    Missing,
    /// Sealed on disk, the sealing key in the system's keychain.
    Stored,
    /// Held in memory until the app closes.
    SessionOnly,
    /// There is no keychain service on this system.
    KeychainUnavailable,
    /// The keychain is there but locked, or the person said no.
    KeychainLocked,
    /// The sealed file cannot be opened (changed, or from another installation).
    Unreadable,
}

/// The shop's settings, as they stand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct SettingsView {
    /// Shown to the customer and on receipts.
    pub shop_name: String,
    /// The shop's website; may be empty.
    pub website_url: String,
    /// Where LigdiCash would push; may be empty.
    pub callback_url: String,
    /// LigdiCash's address; the official one when empty.
    pub base_url: String,
    /// The address in use comes from the environment and cannot be changed here.
    pub base_url_from_environment: bool,
    /// Page language.
    pub language: LanguageView,
    /// Page theme.
    pub theme: ThemeView,
    /// Amounts above this get one review step; 0 switches the step off.
    #[ts(type = "number")]
    pub review_above_xof: i64,
    /// Smallest amount accepted.
    #[ts(type = "number")]
    pub amount_min_xof: i64,
    /// Largest amount accepted; can be lowered by the shop.
    #[ts(type = "number")]
    pub amount_max_xof: i64,
    /// Where the ledger lies.
    pub data_dir: String,
    /// What leaves the till.
    pub papers: PaperSettingsView,
    /// Where exports go.
    pub export_dir: String,
    /// The folder of exports comes from the environment and cannot be changed here.
    pub export_dir_from_environment: bool,
    /// Whether the till still introduces itself.
    pub welcome: WelcomeView,
}

/// Settings as typed.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
pub struct SettingsInput {
    /// Required before live mode.
    pub shop_name: String,
    /// Empty, or http(s).
    pub website_url: String,
    /// Empty, or http(s).
    pub callback_url: String,
    /// Empty, or https, or http on loopback.
    pub base_url: String,
    /// Page language.
    pub language: LanguageView,
    /// Page theme.
    pub theme: ThemeView,
    /// 0 switches the review step off.
    #[ts(type = "number")]
    pub review_above_xof: i64,
    /// At most 2,000,000.
    #[ts(type = "number")]
    pub amount_max_xof: i64,
    /// What leaves the till.
    pub papers: PaperSettingsView,
    /// Whether the till still introduces itself.
    pub welcome: WelcomeView,
}

/// Page language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum LanguageView {
    /// French.
    Fr,
    /// English.
    En,
}

/// Page theme.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ThemeView {
    /// As the system.
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

/// What was found unfinished at start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
pub struct RecoveryView {
    /// Payments still waiting for the customer: watched again.
    pub watched: u32,
    /// Requests that were on their way: now uncertain.
    pub uncertain: u32,
    /// Attempts that had not left: not sent.
    pub not_sent: u32,
    /// Waiting, and not watched: what to ask with did not come with a restored copy.
    pub handle_lost: u32,
}

/// What is to be said about the ends of the live chains, which the keychain keeps outside the ledger's file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ChainNoticeView {
    /// The keychain does not serve, so a tail that is cut off now would not be seen.
    Unkept,
    /// The keychain had them and has them no more: compare with paper.
    Forgotten,
    /// The ledger lacks entries or journal lines that it had. Stays until a person has acknowledged it.
    Lost {
        /// Entries that the keychain knows of.
        #[ts(type = "number")]
        entries_kept: i64,
        /// Entries that the ledger had at this start.
        #[ts(type = "number")]
        entries_found: i64,
        /// Lines of the journal that the keychain knows of.
        #[ts(type = "number")]
        lines_kept: i64,
        /// Lines of the journal that the ledger had at this start.
        #[ts(type = "number")]
        lines_found: i64,
    },
}

/// Everything the page needs to draw itself from nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct Snapshot {
    /// Which ledger the screen works on.
    pub mode: ModeView,
    /// The server in use when it is not LigdiCash's own; shown for as long as it is in use.
    pub other_server: Option<String>,
    /// Payments that want attention on the till screen, newest first.
    pub open: Vec<PaymentView>,
    /// The last five results, newest first.
    pub recent: Vec<PaymentView>,
    /// What ended since somebody was last at the till, the latest first.
    pub ended: Vec<PaymentView>,
    /// What LigdiCash contradicted itself about, and nobody has seen yet; of both ledgers.
    pub contradictions: Vec<PaymentView>,
    /// Receipts that should have printed themselves, the latest first.
    pub unprinted: Vec<UnprintedView>,
    /// Payments set aside and still watched.
    pub watched_aside: u32,
    /// Live payments still watched or uncertain while the screen is in training.
    pub live_open: u32,
    /// Where the keys stand.
    pub credentials: CredentialsStatusView,
    /// The settings.
    pub settings: SettingsView,
    /// How this computer shows and sounds.
    pub screen: ScreenView,
    /// Requests on the simulated phone, oldest first; empty in live mode.
    pub prompts: Vec<PhonePromptView>,
    /// None when all is well with the ends of the live chains, or nothing is known yet.
    pub chain_notice: Option<ChainNoticeView>,
    /// Set once after a start that found something unfinished.
    pub recovery: Option<RecoveryView>,
    /// False after a failed connection, until the next good one.
    pub online: bool,
    /// How many milliseconds this computer's clock is ahead of LigdiCash's (behind, below zero), when that is too much.
    #[ts(type = "number | null")]
    pub clock_wrong_by_ms: Option<i64>,
    /// How the copies of this ledger stand.
    pub backup: BackupStatusView,
    /// Who stands at the till, and what they may do.
    pub presence: PresenceView,
    /// Version of the app.
    pub app_version: String,
}

/// How YAS answers now, by the ten newest requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum LightView {
    /// Too few of the last three hours to tell.
    Unknown,
    /// At least eight in ten within a minute.
    Good,
    /// At least five in ten.
    Slow,
    /// Fewer.
    Poor,
}

/// How quickly this shop's customers answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
pub struct AnsweringView {
    /// Nine in ten approved within so many seconds; none while too few approved at all.
    pub nine_in_ten_s: Option<u32>,
    /// How many approvals that stands on.
    pub approvals: u32,
    /// How YAS answers now.
    pub light: LightView,
}

/// A sale as typed.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
pub struct ChargeRequest {
    /// Random, made once per sale by the page: the same one twice gives the same payment.
    pub intent_id: String,
    /// As typed: `5000`, `5 000`, `5 000 F`.
    pub amount: String,
    /// As typed: `90000000`, `+228 90 00 00 00`.
    pub phone: String,
    /// Set when the person was shown an unresolved payment and asks again all the same: that payment's id.
    pub after_payment_id: Option<String>,
}

/// What became of a charge.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ChargeOutcome {
    /// Recorded and on its way (or already ended: look at the state).
    Charged {
        /// The payment.
        payment: PaymentView,
    },
    /// The same number has a payment that is not resolved, just checked: ask in words before asking the customer again.
    Unresolved {
        /// As it stands after the check. It may just have become paid.
        existing: PaymentView,
    },
}

/// How a number reads while it is typed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct PhoneInspection {
    /// Complete and chargeable.
    pub valid: bool,
    /// Grouped as far as typed: `90 12 3`.
    pub formatted: String,
    /// What the prefix suggests.
    pub hint: OperatorHintView,
    /// The operator that confirm reported for this number before; beats the prefix.
    pub known_operator: Option<String>,
    /// What is wrong, when something already is (not merely incomplete).
    pub problem: Option<ErrorCode>,
}

/// A decision as typed.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
pub struct DecisionInput {
    /// The payment.
    pub payment_id: String,
    /// What.
    pub kind: DecisionKindView,
    /// Who decides.
    pub who: String,
    /// Why.
    pub reason: String,
    /// The operator's reference; required to accept as paid.
    pub reference: Option<String>,
}

/// The two keys as typed. Goes in, never out.
#[derive(Deserialize, TS)]
pub struct CredentialsInput {
    /// `Apikey`.
    pub api_key: String,
    /// `API_TOKEN`, without "Bearer".
    pub api_token: String,
    /// Keep in memory only.
    pub session_only: bool,
    /// Replace keys although payments made with the old ones are still open.
    pub replace_open: bool,
}

/// What the connection test found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ConnectionVerdictView {
    /// LigdiCash knows the keys.
    KeysAccepted,
    /// The keys were refused.
    KeysRefused,
    /// The keys are known, but payin is not activated.
    PayinNotActivated,
    /// The server could not be reached.
    NoConnection,
    /// The secure connection could not be made.
    Tls,
    /// Something answered, but not as LigdiCash does.
    NoUsableAnswer,
}

/// Result of "test connection".
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct ConnectionReport {
    /// What was found.
    pub verdict: ConnectionVerdictView,
    /// LigdiCash's code, when one came.
    pub code: Option<String>,
    /// Host asked.
    pub server: String,
    /// Technical detail for support, never a secret; may be empty.
    pub detail: String,
}

/// One window of the history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct HistoryPage {
    /// Newest first.
    pub rows: Vec<PaymentView>,
    /// Give it back to get the next window; none at the end.
    pub next: Option<String>,
}

/// One line of a payment's timeline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct TimelineEntry {
    /// When.
    #[ts(type = "number")]
    pub at_ms: i64,
    /// A stable word: `recorded`, an event of the payment (`create_accepted`, `confirm_pending`…), a decision's, or
    /// `contradiction`.
    pub kind: String,
    /// The state after it, when it moved.
    pub state: Option<StateView>,
    /// Technical text, secrets and number masked.
    pub detail: String,
}

/// One payment with its whole story.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct PaymentDetail {
    /// As it stands.
    pub payment: PaymentView,
    /// Oldest first.
    pub timeline: Vec<TimelineEntry>,
}

/// Which field of the till or the settings an error belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum FieldView {
    /// The amount.
    Amount,
    /// The phone number.
    Phone,
    /// The shop's name.
    ShopName,
    /// The website.
    WebsiteUrl,
    /// The callback address.
    CallbackUrl,
    /// The server's address.
    BaseUrl,
    /// The review threshold.
    ReviewAbove,
    /// The largest amount.
    AmountMax,
    /// The Apikey.
    ApiKey,
    /// The API_TOKEN.
    ApiToken,
    /// The shop's address.
    Address,
    /// Tax number.
    Nif,
    /// The printer's address, device or file.
    Printer,
    /// Time zone.
    TimeZone,
    /// Hour at which a business day ends.
    CutOffHour,
    /// Accounts and rates.
    Accounts,
    /// Folder of exports.
    ExportDir,
    /// Months after which numbers are erased.
    PurgeAfter,
    /// The day that is looked at.
    Day,
    /// First day of a range.
    From,
    /// Last day of a range.
    To,
    /// The text of a receipt's QR code.
    ReceiptText,
    /// Who decides.
    Who,
    /// The reason of a decision.
    Reason,
    /// The operator's reference.
    Reference,
    /// The name of somebody who works here.
    PersonName,
    /// A PIN.
    Pin,
    /// Minutes until the till locks.
    LockAfter,
    /// The code for a forgotten PIN.
    RecoveryCode,
}

/// One code per thing the page can act on; the wording is the page's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ErrorCode {
    /// Nothing typed.
    AmountEmpty,
    /// Not a whole number of francs.
    AmountNotANumber,
    /// Under the smallest amount (`limit_xof`).
    AmountTooSmall,
    /// Over the largest amount (`limit_xof`).
    AmountTooLarge,
    /// Nothing typed.
    PhoneEmpty,
    /// Something else than digits.
    PhoneNotDigits,
    /// Fewer than eight digits.
    PhoneTooShort,
    /// More than eight digits.
    PhoneTooLong,
    /// Eight digits, but not starting with 7 or 9.
    PhoneNotMobile,
    /// A required text is empty.
    Required,
    /// Not an address that can be used.
    UrlInvalid,
    /// A server's address must be https, or http on this machine.
    UrlNotAllowed,
    /// A number out of bounds.
    OutOfRange,
    /// Text that a key cannot contain (spaces inside, line breaks, non-ASCII).
    KeyMalformed,
    /// Longer than any key is: something else was pasted.
    KeyTooLong,
    /// Live mode without keys.
    CredentialsMissing,
    /// Live mode without a shop name.
    ShopNameMissing,
    /// No keychain service answers.
    KeychainUnavailable,
    /// The keychain is locked or refused.
    KeychainLocked,
    /// The sealed keys cannot be opened.
    CredentialsUnreadable,
    /// Payments made with the old keys are still open.
    OpenPaymentsWithOldKeys,
    /// This decision is not possible for this payment now.
    DecisionNotAllowed,
    /// No such payment.
    NotFound,
    /// That closing was made meanwhile.
    ClosingMoved,
    /// Not a day.
    DayInvalid,
    /// The range ends before it begins.
    EndBeforeStart,
    /// Nothing was sold in this range.
    NothingToExport,
    /// More rows than this kind of file holds.
    TooManyRows,
    /// The export was broken off.
    BrokenOff,
    /// Another export runs.
    ExportRunning,
    /// The folder of exports cannot be written (`detail` names it).
    FolderUnwritable,
    /// No room left for a file.
    DiskFull,
    /// The file is open in another program (`detail` names it).
    FileHeld,
    /// The file cannot be shown in its folder.
    CannotShow,
    /// No printer is set.
    PrinterMissing,
    /// The printer took nothing (`detail` says why).
    PrinterUnreachable,
    /// Not the text of one of our receipts.
    NotAReceipt,
    /// Nobody is signed in.
    Locked,
    /// Whoever is signed in may not do this (`detail` names the right).
    NotAllowed,
    /// Not the right PIN (`detail` says how many more before a wait).
    PinWrong,
    /// Too many wrong PINs (`detail` says how many seconds to wait).
    PinWait,
    /// Not four to twelve digits.
    PinMalformed,
    /// A PIN that anybody would try first.
    PinWeak,
    /// Not a code that was ever shown.
    RecoveryMalformed,
    /// Somebody here has that name.
    NameTaken,
    /// The last owner can neither go nor become somebody else.
    LastOwner,
    /// This sale was already used with another amount or number.
    IntentMismatch,
    /// The copy must not be put in place: damaged, changed, or of another kind.
    BackupUnusable,
    /// A request is on its way: wait for its answer first.
    Sending,
    /// The till is closing.
    Stopping,
    /// The ledger cannot be used now, for a reason without a code of its own.
    LedgerUnavailable,
    /// No room left for the ledger.
    LedgerFull,
    /// The ledger or its folder may be read, not written.
    LedgerReadOnly,
    /// Another program holds the ledger.
    LedgerHeld,
    /// The ledger's file was moved, removed or replaced while it is open.
    LedgerMoved,
    /// The ledger's file is damaged, or is another kind of file.
    LedgerDamaged,
    /// The ledger was written by a newer version of the till.
    LedgerNewer,
    /// Another till is open on this ledger.
    AlreadyOpen,
    /// The server's address given in the environment cannot be used.
    ServerAddressInvalid,
    /// Something that should not happen; see the log.
    Internal,
}

/// An error as the page receives it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct UiError {
    /// What happened.
    pub code: ErrorCode,
    /// The field it belongs to.
    pub field: Option<FieldView>,
    /// The limit that was passed.
    #[ts(type = "number | null")]
    pub limit_xof: Option<i64>,
    /// Technical detail for support, never a secret.
    pub detail: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::events::TillEvent;
    use std::path::PathBuf;
    use ts_rs::{Config, ExportError};

    fn export<T: TS + 'static>(config: &Config) -> Result<(), ExportError> {
        T::export_all(config)
    }

    /// Writes the page's types. Run with the folder in `ENCAISSE_BINDINGS_DIR` to renew them; without it they go to a
    /// temporary folder, which still proves that they can be written.
    #[test]
    fn export_bindings() {
        let scratch = tempfile::tempdir().unwrap();
        let dir =
            std::env::var_os("ENCAISSE_BINDINGS_DIR").map_or_else(|| scratch.path().into(), PathBuf::from);
        let config = Config::default().with_out_dir(&dir);
        for write in [
            export::<TillEvent>,
            export::<Snapshot>,
            export::<DisplayView>,
            export::<ChargeRequest>,
            export::<ChargeOutcome>,
            export::<PhoneInspection>,
            export::<AnsweringView>,
            export::<DecisionInput>,
            export::<CredentialsInput>,
            export::<ConnectionReport>,
            export::<HistoryPage>,
            export::<HistoryQuery>,
            export::<FilterWords>,
            export::<ReceiptView>,
            export::<ReceiptCheck>,
            export::<DayView>,
            export::<ExportInput>,
            export::<ExportedView>,
            export::<PageSizeView>,
            export::<PaymentDetail>,
            export::<UiError>,
            export::<SettingsInput>,
            export::<PhoneAnswerView>,
            export::<BackupListView>,
            export::<BeyondView>,
            export::<DamageView>,
            export::<FindingView>,
            export::<PinInput>,
            export::<RecoveryInput>,
            export::<RecoverySaved>,
            export::<MemberInput>,
            export::<MemberSaved>,
        ] {
            write(&config).unwrap();
        }
        assert!(dir.join("PaymentView.ts").exists());
    }
}
