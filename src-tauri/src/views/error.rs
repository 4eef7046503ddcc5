//! What was refused: a code that the page has words for, and where.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

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
