//! Copies and damage, as the page may see them: numbers masked, moments instead of ages.

use super::same_words;
use crate::views::{
    BackupListView, BackupProblemView, BackupReasonView, BackupStatusView, BackupView, BeyondView,
    DamageView, NewerPaymentView,
};
use till::domain::PhoneNumber;
use till::domain::receipt::FINGERPRINT_DIGITS;
use till::{BackupFile, BackupProblem, BackupReason, BackupStatus, Beyond, Damage, NewerPayment};

same_words!(BackupProblem => BackupProblemView { DiskFull, Folder, Ledger });
same_words!(BackupReason => BackupReasonView { Daily, Closing, Migration, Asked, Restored });

/// As receipts print it, in the same groups.
fn fingerprint(hash: &str) -> String {
    let digits: Vec<char> = hash.chars().take(FINGERPRINT_DIGITS).collect();
    digits.chunks(4).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join(" ")
}

pub(crate) fn status(status: &BackupStatus) -> BackupStatusView {
    BackupStatusView {
        newest_at_ms: status.files.first().map(|newest| newest.at_ms),
        needs_attention: status.needs_attention,
        problem: status.problem.map(Into::into),
    }
}

pub(crate) fn list(status: &BackupStatus) -> BackupListView {
    BackupListView {
        folder: status.folder.display().to_string(),
        copies: status.files.iter().map(file).collect(),
    }
}

fn file(file: &BackupFile) -> BackupView {
    BackupView {
        path: file.path.display().to_string(),
        at_ms: file.at_ms,
        reason: file.reason.into(),
        bytes: file.bytes,
    }
}

pub(crate) fn beyond(beyond: &Beyond) -> BeyondView {
    BeyondView {
        path: beyond.path.display().to_string(),
        last_at_ms: beyond.contents.last_at_ms,
        payments: beyond.contents.payments,
        receipts: beyond.contents.receipts,
        fingerprint: fingerprint(&beyond.contents.entries.hash),
        newer: beyond.newer.payments.iter().map(newer).collect(),
        newer_count: beyond.newer.count,
        newer_closings: beyond.newer.closings,
        is_whole: beyond.newer.is_whole,
        is_readable: beyond.newer.is_readable,
        is_same_line: beyond.is_same_line,
    }
}

fn newer(payment: &NewerPayment) -> NewerPaymentView {
    NewerPaymentView {
        id: payment.id.to_string(),
        amount_xof: payment.amount.francs(),
        phone: payment.phone.as_ref().map(PhoneNumber::masked).unwrap_or_default(),
        created_at_ms: payment.created_at_ms,
        state: payment.state.into(),
        in_copy: payment.in_copy.map(Into::into),
        receipt_number: payment.receipt_number,
    }
}

pub(crate) fn damage(damage: &Damage) -> DamageView {
    DamageView {
        mode: damage.mode.into(),
        path: damage.path.display().to_string(),
        detail: damage.detail.clone(),
        copy: damage.copy.as_ref().map(beyond),
    }
}
