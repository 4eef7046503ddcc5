//! From what the till knows to what the page may see. Owns the masking: no whole number, token or key passes here.

pub(crate) mod backups;
pub(crate) mod diagnosis;
mod news;
pub(crate) mod papers;
pub(crate) mod people;
pub(crate) mod screen;
mod welcome;

use crate::views::{
    AnsweringView, ChainNoticeView, CheckProblemView, ConnectionReport, ConnectionVerdictView,
    CredentialsStatusView, DecisionKindView, DecisionView, LanguageView, LightView, ModeView,
    NotSentCauseView, OperatorHintView, PaymentView, PhoneAnswerView, PhonePromptView, PresenceView,
    RecoveryView, RefusalView, ReviewReasonView, SettingsInput, SettingsView, Snapshot, StateView, ThemeView,
    TimelineEntry, UncertainCauseView,
};
use till::domain::answering::{Answering, Light};
use till::domain::{
    CheckProblem, DecisionKind, Mode, NotSentCause, OperatorHint, PhoneNumber, ReviewReason, State,
    UncertainCause, Xof,
};
use till::{
    ChainKeeping, ConnectionVerdict, Decision, JournalLine, KeysProblem, KeysStatus, Language, Payment,
    PhoneAnswer, Prompt, Settings, Theme,
};

/// Two enums with the same variants: the match is total both ways, so a new variant on either side is a build error.
macro_rules! same_words {
    ($from:ident => $to:ident { $($variant:ident),+ $(,)? }) => {
        impl From<$from> for $to {
            fn from(word: $from) -> Self {
                match word { $($from::$variant => Self::$variant,)+ }
            }
        }
    };
}

pub(crate) use same_words;

same_words!(Mode => ModeView { Training, Live });
same_words!(ModeView => Mode { Training, Live });
same_words!(State => StateView { Recorded, Submitting, Pending, Paid, Failed, Rejected, NotSent, Uncertain, Review });
same_words!(StateView => State { Recorded, Submitting, Pending, Paid, Failed, Rejected, NotSent, Uncertain, Review });
same_words!(Light => LightView { Unknown, Good, Slow, Poor });
same_words!(OperatorHint => OperatorHintView { Yas, ProbablyYas, Moov, PerhapsMoov, Unknown });
same_words!(NotSentCause => NotSentCauseView { NoConnection, Tls, Interrupted });
same_words!(UncertainCause => UncertainCauseView { AnswerLost, AnswerUnreadable, NoToken, Interrupted });
same_words!(ReviewReason => ReviewReasonView { AmountDiffers, AmountMissing, IdDiffers, CodeContradicts });
same_words!(CheckProblem => CheckProblemView { NoConnection, Tls, KeysRefused, NotFound, NoUsableAnswer, NoKeys, HandleLost });
same_words!(DecisionKind => DecisionKindView {
    SetAside, SettledOtherwise, AcceptedAsPaid, WrittenOff, RefundRecorded
});
same_words!(DecisionKindView => DecisionKind {
    SetAside, SettledOtherwise, AcceptedAsPaid, WrittenOff, RefundRecorded
});
same_words!(PhoneAnswerView => PhoneAnswer { Approve, Refuse, Ignore, ApproveLate });
same_words!(ConnectionVerdict => ConnectionVerdictView {
    KeysAccepted, KeysRefused, PayinNotActivated, NoConnection, Tls, NoUsableAnswer
});
same_words!(Language => LanguageView { Fr, En });
same_words!(LanguageView => Language { Fr, En });
same_words!(Theme => ThemeView { System, Light, Dark });
same_words!(ThemeView => Theme { System, Light, Dark });

pub(crate) fn payment(mode: Mode, payment: &Payment) -> PaymentView {
    PaymentView {
        id: payment.id.to_string(),
        version: payment.version,
        mode: mode.into(),
        state: payment.state.into(),
        amount_xof: payment.amount.francs(),
        phone: payment.phone.as_ref().map(PhoneNumber::masked).unwrap_or_default(),
        operator_hint: payment.phone.as_ref().map_or(OperatorHint::Unknown, PhoneNumber::hint).into(),
        operator_name: payment.operator_name.clone(),
        created_at_ms: payment.created_at_ms,
        accepted_at_ms: payment.accepted_at_ms,
        resolved_at_ms: payment.resolved_at_ms,
        last_check_at_ms: payment.last_check_at_ms,
        next_check_at_ms: payment.next_check_at_ms,
        check_problem: payment.check_problem.map(Into::into),
        receipt_number: payment.receipt_number,
        request_id: payment.request_id.clone(),
        refusal: payment
            .refusal
            .as_ref()
            .map(|refusal| RefusalView { code: refusal.code.clone(), text: refusal.text.clone() }),
        not_sent_cause: payment.not_sent_cause.map(Into::into),
        uncertain_cause: payment.uncertain_cause.map(Into::into),
        review_reason: payment.review_reason.map(Into::into),
        confirmed_amount_xof: payment.confirmed_amount.map(Xof::francs),
        decisions: payment.decisions.iter().map(decision).collect(),
        set_aside: payment.set_aside,
        late: payment.late,
        previous_payment_id: payment.previous.as_ref().map(ToString::to_string),
    }
}

fn decision(decision: &Decision) -> DecisionView {
    DecisionView {
        kind: decision.kind.into(),
        who: decision.who.clone(),
        reason: decision.reason.clone(),
        reference: decision.reference.clone(),
        at_ms: decision.at_ms,
    }
}

pub(crate) fn prompt(prompt: &Prompt) -> PhonePromptView {
    PhonePromptView {
        payment_id: prompt.payment_id.to_string(),
        phone: prompt.phone.masked(),
        amount_xof: prompt.amount.francs(),
        shop_name: prompt.shop_name.clone(),
        ignored: prompt.ignored,
    }
}

pub(crate) fn answering(answering: Answering) -> AnsweringView {
    AnsweringView {
        nine_in_ten_s: answering.nine_in_ten_s,
        approvals: answering.approvals,
        light: answering.light.into(),
    }
}

pub(crate) fn timeline_entry(line: &JournalLine) -> TimelineEntry {
    TimelineEntry {
        at_ms: line.at_ms,
        kind: line.kind.clone(),
        state: line.state.map(Into::into),
        detail: line.detail.clone(),
    }
}

pub(crate) fn snapshot(snapshot: till::Snapshot, presence: PresenceView) -> Snapshot {
    let mode = snapshot.mode;
    let views = |payments: &[Payment]| payments.iter().map(|found| payment(mode, found)).collect();
    Snapshot {
        mode: mode.into(),
        other_server: snapshot.other_server,
        open: views(&snapshot.open),
        recent: views(&snapshot.recent),
        ended: views(&snapshot.ended),
        contradictions: snapshot.contradictions.iter().map(|(mode, found)| payment(*mode, found)).collect(),
        unprinted: snapshot.unprinted.iter().map(news::unprinted).collect(),
        watched_aside: snapshot.watched_aside,
        live_open: snapshot.live_open,
        credentials: keys_status(&snapshot.keys),
        settings: SettingsView {
            shop_name: snapshot.settings.shop_name,
            website_url: snapshot.settings.website_url,
            callback_url: snapshot.settings.callback_url,
            base_url: snapshot.settings.base_url,
            base_url_from_environment: snapshot.base_url_fixed,
            language: snapshot.settings.language.into(),
            theme: snapshot.settings.theme.into(),
            review_above_xof: snapshot.settings.review_above.francs(),
            amount_min_xof: till::limits_of_operator().min.francs(),
            amount_max_xof: snapshot.settings.amount_max.francs(),
            data_dir: snapshot.data_dir.display().to_string(),
            papers: papers::settings(snapshot.settings.papers),
            export_dir: snapshot.export_dir.display().to_string(),
            export_dir_from_environment: snapshot.export_dir_fixed,
            welcome: snapshot.settings.welcome.into(),
        },
        screen: snapshot.screen.into(),
        prompts: snapshot.prompts.iter().map(prompt).collect(),
        chain_notice: chain_notice(&snapshot.chain),
        recovery: (!snapshot.recovery.is_empty()).then_some(RecoveryView {
            watched: snapshot.recovery.watched,
            uncertain: snapshot.recovery.uncertain,
            not_sent: snapshot.recovery.not_sent,
            handle_lost: snapshot.recovery.handle_lost,
        }),
        online: snapshot.online,
        clock_wrong_by_ms: snapshot.clock_wrong_by_ms,
        backup: backups::status(&snapshot.backup),
        presence,
        app_version: env!("CARGO_PKG_VERSION").to_owned(),
    }
}

fn chain_notice(keeping: &ChainKeeping) -> Option<ChainNoticeView> {
    match keeping {
        ChainKeeping::Unasked | ChainKeeping::Kept => None,
        ChainKeeping::Unkept(_) => Some(ChainNoticeView::Unkept),
        ChainKeeping::Forgotten => Some(ChainNoticeView::Forgotten),
        ChainKeeping::Lost(loss) => Some(ChainNoticeView::Lost {
            entries_kept: loss.kept.entries.count,
            entries_found: loss.found.entries.count,
            lines_kept: loss.kept.journal.count,
            lines_found: loss.found.journal.count,
        }),
    }
}

fn keys_status(status: &KeysStatus) -> CredentialsStatusView {
    match status {
        KeysStatus::Stored => CredentialsStatusView::Stored,
        KeysStatus::SessionOnly => CredentialsStatusView::SessionOnly,
        KeysStatus::Problem(KeysProblem::Missing) => CredentialsStatusView::Missing,
        KeysStatus::Problem(KeysProblem::KeychainUnavailable(_)) => {
            CredentialsStatusView::KeychainUnavailable
        }
        KeysStatus::Problem(KeysProblem::KeychainLocked(_)) => CredentialsStatusView::KeychainLocked,
        KeysStatus::Problem(KeysProblem::Unreadable(_)) => CredentialsStatusView::Unreadable,
    }
}

pub(crate) fn settings_input(input: SettingsInput) -> Settings {
    Settings {
        shop_name: input.shop_name,
        website_url: input.website_url,
        callback_url: input.callback_url,
        base_url: input.base_url,
        language: input.language.into(),
        theme: input.theme.into(),
        review_above: Xof::new(input.review_above_xof),
        amount_max: Xof::new(input.amount_max_xof),
        papers: papers::settings_input(input.papers),
        welcome: input.welcome.into(),
    }
}

impl From<till::ConnectionReport> for ConnectionReport {
    fn from(report: till::ConnectionReport) -> Self {
        Self {
            verdict: report.verdict.into(),
            code: report.code,
            server: report.server,
            detail: report.detail,
        }
    }
}
