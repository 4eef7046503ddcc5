//! One code per thing the page can act on. Owns the walk from typed errors to codes. Refuses words for people, which are
//! the page's, and details that could carry a secret.

use crate::views::{ErrorCode, FieldView, UiError};
use std::io;
use std::path::Path;
use till::domain::pin::PinProblem;
use till::domain::{AmountError, PhoneError};
use till::{
    BackupError, ExportError, Field, KeysProblem, LedgerError, OpenError, OpenTillError, PrinterError,
    SettingProblem, TillError, Unavailability,
};

impl UiError {
    pub(crate) const fn of(code: ErrorCode) -> Self {
        Self { code, field: None, limit_xof: None, detail: None }
    }

    pub(crate) const fn at(code: ErrorCode, field: FieldView) -> Self {
        Self { code, field: Some(field), limit_xof: None, detail: None }
    }

    pub(crate) fn told(code: ErrorCode, detail: impl ToString) -> Self {
        Self { code, field: None, limit_xof: None, detail: Some(detail.to_string()) }
    }

    pub(crate) fn internal(detail: impl ToString) -> Self {
        Self::told(ErrorCode::Internal, detail)
    }
}

impl From<AmountError> for UiError {
    fn from(error: AmountError) -> Self {
        let (code, limit) = match error {
            AmountError::Empty => (ErrorCode::AmountEmpty, None),
            AmountError::NotANumber => (ErrorCode::AmountNotANumber, None),
            AmountError::TooSmall { min } => (ErrorCode::AmountTooSmall, Some(min.francs())),
            AmountError::TooLarge { max } => (ErrorCode::AmountTooLarge, Some(max.francs())),
        };
        Self { limit_xof: limit, ..Self::at(code, FieldView::Amount) }
    }
}

impl From<PhoneError> for UiError {
    fn from(error: PhoneError) -> Self {
        let code = match error {
            PhoneError::Empty => ErrorCode::PhoneEmpty,
            PhoneError::NotDigits => ErrorCode::PhoneNotDigits,
            PhoneError::TooShort { .. } => ErrorCode::PhoneTooShort,
            PhoneError::TooLong { .. } => ErrorCode::PhoneTooLong,
            PhoneError::NotMobile => ErrorCode::PhoneNotMobile,
        };
        Self::at(code, FieldView::Phone)
    }
}

impl From<Field> for FieldView {
    fn from(field: Field) -> Self {
        match field {
            Field::ShopName => Self::ShopName,
            Field::WebsiteUrl => Self::WebsiteUrl,
            Field::CallbackUrl => Self::CallbackUrl,
            Field::BaseUrl => Self::BaseUrl,
            Field::ReviewAbove => Self::ReviewAbove,
            Field::AmountMax => Self::AmountMax,
            Field::ApiKey => Self::ApiKey,
            Field::ApiToken => Self::ApiToken,
            Field::Address => Self::Address,
            Field::Nif => Self::Nif,
            Field::Printer => Self::Printer,
            Field::TimeZone => Self::TimeZone,
            Field::CutOffHour => Self::CutOffHour,
            Field::Accounts => Self::Accounts,
            Field::ExportDir => Self::ExportDir,
            Field::PurgeAfter => Self::PurgeAfter,
            Field::Who => Self::Who,
            Field::Reason => Self::Reason,
            Field::Reference => Self::Reference,
            Field::PersonName => Self::PersonName,
            Field::Pin => Self::Pin,
            Field::LockAfter => Self::LockAfter,
        }
    }
}

impl From<KeysProblem> for UiError {
    fn from(problem: KeysProblem) -> Self {
        match problem {
            KeysProblem::Missing => Self::of(ErrorCode::CredentialsMissing),
            KeysProblem::KeychainUnavailable(detail) => Self::told(ErrorCode::KeychainUnavailable, detail),
            KeysProblem::KeychainLocked(detail) => Self::told(ErrorCode::KeychainLocked, detail),
            KeysProblem::Unreadable(detail) => Self::told(ErrorCode::CredentialsUnreadable, detail),
        }
    }
}

impl From<&OpenError> for UiError {
    fn from(error: &OpenError) -> Self {
        let code = match error {
            OpenError::Newer { .. } => ErrorCode::LedgerNewer,
            OpenError::Damaged { .. } | OpenError::WrongMode { .. } => ErrorCode::LedgerDamaged,
            OpenError::Unavailable { kind, .. } => (*kind).into(),
            OpenError::NotDurable { .. } => ErrorCode::LedgerUnavailable,
        };
        Self::told(code, error)
    }
}

impl From<Unavailability> for ErrorCode {
    fn from(kind: Unavailability) -> Self {
        match kind {
            Unavailability::DiskFull => Self::LedgerFull,
            Unavailability::ReadOnly => Self::LedgerReadOnly,
            Unavailability::Busy => Self::LedgerHeld,
            Unavailability::Moved => Self::LedgerMoved,
            Unavailability::Closed | Unavailability::Io => Self::LedgerUnavailable,
        }
    }
}

impl From<BackupError> for UiError {
    fn from(error: BackupError) -> Self {
        match error {
            BackupError::Unusable { .. } | BackupError::Changed { .. } | BackupError::WrongMode { .. } => {
                Self::told(ErrorCode::BackupUnusable, error)
            }
            BackupError::Newer { .. } => Self::told(ErrorCode::LedgerNewer, error),
            BackupError::Exists { .. } | BackupError::Folder { .. } => {
                Self::told(ErrorCode::FolderUnwritable, error)
            }
            BackupError::DiskFull { .. } => Self::told(ErrorCode::DiskFull, error),
            BackupError::Ledger(error) => TillError::from(error).into(),
        }
    }
}

/// A file of the data folder that is not a database: the lock, the sealed keys.
fn of_file(path: &Path, source: &io::Error) -> UiError {
    use io::ErrorKind as E;
    let code = if matches!(source.kind(), E::StorageFull | E::QuotaExceeded) {
        ErrorCode::LedgerFull
    } else if matches!(source.kind(), E::ReadOnlyFilesystem | E::PermissionDenied) {
        ErrorCode::LedgerReadOnly
    } else {
        ErrorCode::LedgerUnavailable
    };
    UiError::told(code, format!("{}: {source}", path.display()))
}

impl From<ExportError> for UiError {
    fn from(error: ExportError) -> Self {
        match error {
            ExportError::EndBeforeStart => Self::at(ErrorCode::EndBeforeStart, FieldView::To),
            ExportError::NothingThere => Self::of(ErrorCode::NothingToExport),
            ExportError::NoSuchClosing => Self::of(ErrorCode::NotFound),
            ExportError::BrokenOff => Self::of(ErrorCode::BrokenOff),
            ExportError::TooManyRows { .. } => Self::told(ErrorCode::TooManyRows, error),
            ExportError::Folder { .. } => Self::told(ErrorCode::FolderUnwritable, error),
            ExportError::DiskFull { .. } => Self::told(ErrorCode::DiskFull, error),
            ExportError::Held { .. } => Self::told(ErrorCode::FileHeld, error),
            ExportError::Document(error) => Self::internal(error),
            ExportError::Ledger(error) => TillError::from(error).into(),
        }
    }
}

impl From<TillError> for UiError {
    fn from(error: TillError) -> Self {
        let told = match error {
            TillError::Amount(error) => return error.into(),
            TillError::Phone(error) => return error.into(),
            TillError::Keys(problem) => problem.into(),
            TillError::Setting { field, problem } => {
                let code = match problem {
                    SettingProblem::UrlInvalid => ErrorCode::UrlInvalid,
                    SettingProblem::UrlNotAllowed => ErrorCode::UrlNotAllowed,
                    SettingProblem::OutOfRange => ErrorCode::OutOfRange,
                };
                return Self::at(code, field.into());
            }
            TillError::Required(field) => return Self::at(ErrorCode::Required, field.into()),
            TillError::KeyMalformed(field) => return Self::at(ErrorCode::KeyMalformed, field.into()),
            TillError::KeyTooLong(field) => return Self::at(ErrorCode::KeyTooLong, field.into()),
            TillError::OpenPaymentsWithOldKeys(count) => {
                Self::told(ErrorCode::OpenPaymentsWithOldKeys, count)
            }
            TillError::ShopNameMissing => Self::at(ErrorCode::ShopNameMissing, FieldView::ShopName),
            TillError::Decision(refused) => Self::told(ErrorCode::DecisionNotAllowed, refused),
            TillError::NotFound => Self::of(ErrorCode::NotFound),
            TillError::ClosingMoved => Self::of(ErrorCode::ClosingMoved),
            TillError::ExportRunning => Self::of(ErrorCode::ExportRunning),
            TillError::Export(error) => error.into(),
            TillError::Printer(error @ PrinterError::None) => Self::told(ErrorCode::PrinterMissing, error),
            TillError::Printer(error @ PrinterError::Unreachable { .. }) => {
                Self::told(ErrorCode::PrinterUnreachable, error)
            }
            TillError::Document(error) => Self::internal(error),
            TillError::Locked => Self::of(ErrorCode::Locked),
            TillError::NotAllowed(right) => Self::told(ErrorCode::NotAllowed, right),
            TillError::PinWrong { left } => {
                Self { detail: Some(left.to_string()), ..Self::at(ErrorCode::PinWrong, FieldView::Pin) }
            }
            TillError::PinWait { seconds } => {
                Self { detail: Some(seconds.to_string()), ..Self::at(ErrorCode::PinWait, FieldView::Pin) }
            }
            TillError::Pin(PinProblem::Malformed) => Self::at(ErrorCode::PinMalformed, FieldView::Pin),
            TillError::Pin(PinProblem::Weak) => Self::at(ErrorCode::PinWeak, FieldView::Pin),
            TillError::NameTaken => Self::at(ErrorCode::NameTaken, FieldView::PersonName),
            TillError::LastOwner => Self::of(ErrorCode::LastOwner),
            TillError::IntentMismatch => Self::of(ErrorCode::IntentMismatch),
            TillError::Backup(error) => error.into(),
            TillError::Sending => Self::of(ErrorCode::Sending),
            TillError::Stopping => Self::of(ErrorCode::Stopping),
            TillError::LedgerOpen(error) => Self::from(&error),
            TillError::Ledger(error @ LedgerError::Damaged(_)) => Self::told(ErrorCode::LedgerDamaged, error),
            TillError::Ledger(LedgerError::Unavailable { kind, .. }) => Self::told(kind.into(), error),
            TillError::File { path, source } => of_file(&path, &source),
            TillError::Ledger(error) => Self::internal(error),
            TillError::Gateway(error) => Self::internal(error),
            TillError::Chance(error) => Self::internal(error),
            TillError::StoredSetting(_) | TillError::Training(_) | TillError::Task(_) => {
                Self::internal(error)
            }
        };
        tracing::warn!(code = ?told.code, detail = told.detail, "refused");
        told
    }
}

/// Why the till did not open, for every command that asks for it.
pub(crate) fn opening(error: &OpenTillError) -> UiError {
    match error {
        OpenTillError::AlreadyOpen => UiError::of(ErrorCode::AlreadyOpen),
        OpenTillError::BaseUrl(detail) => UiError::told(ErrorCode::ServerAddressInvalid, detail),
        OpenTillError::Till(TillError::LedgerOpen(error)) => error.into(),
        OpenTillError::Till(TillError::File { path, source }) => of_file(path, source),
        OpenTillError::Till(error) => UiError::internal(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use till::domain::Xof;

    #[test]
    fn what_was_typed_wrong_names_its_field_and_limit() {
        let small = UiError::from(TillError::Amount(AmountError::TooSmall { min: Xof::new(100) }));
        assert_eq!(
            (small.code, small.field, small.limit_xof),
            (ErrorCode::AmountTooSmall, Some(FieldView::Amount), Some(100))
        );
        let short = UiError::from(TillError::Phone(PhoneError::TooShort { digits: 7 }));
        assert_eq!((short.code, short.field), (ErrorCode::PhoneTooShort, Some(FieldView::Phone)));
        let who = UiError::from(TillError::Required(Field::Who));
        assert_eq!((who.code, who.field), (ErrorCode::Required, Some(FieldView::Who)));
    }

    #[test]
    fn a_till_that_does_not_open_says_why() {
        assert_eq!(opening(&OpenTillError::AlreadyOpen).code, ErrorCode::AlreadyOpen);
        let newer = OpenError::Newer { path: "live.sqlite3".into() };
        assert_eq!(opening(&OpenTillError::Till(TillError::LedgerOpen(newer))).code, ErrorCode::LedgerNewer);
    }

    #[test]
    fn what_stands_in_the_way_of_the_ledger_has_a_code_of_its_own_at_any_moment() {
        let ways = [
            (Unavailability::DiskFull, ErrorCode::LedgerFull),
            (Unavailability::ReadOnly, ErrorCode::LedgerReadOnly),
            (Unavailability::Busy, ErrorCode::LedgerHeld),
            (Unavailability::Moved, ErrorCode::LedgerMoved),
            (Unavailability::Io, ErrorCode::LedgerUnavailable),
        ];
        for (kind, code) in ways {
            let detail = String::new();
            let later = TillError::Ledger(LedgerError::Unavailable { kind, detail: detail.clone() });
            let at_start = OpenError::Unavailable { path: "live.sqlite3".into(), kind, detail };
            assert_eq!(UiError::from(later).code, code);
            assert_eq!(opening(&OpenTillError::Till(TillError::LedgerOpen(at_start))).code, code);
        }
        let locked = io::Error::from(io::ErrorKind::ReadOnlyFilesystem);
        let lock = TillError::File { path: "till.lock".into(), source: locked };
        assert_eq!(opening(&OpenTillError::Till(lock)).code, ErrorCode::LedgerReadOnly);
    }
}
