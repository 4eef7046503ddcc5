//! The till in the hands of somebody. Owns what a name adds to an act: it stands in the journal, and nobody writes another's;
//! and what is narrowed for those who see only today. Everything else is the till's own.

use super::door::{Member, Presence};
use crate::backup::BackupFile;
use crate::charge::{Charge, Charged};
use crate::error::TillError;
use crate::export::{ExportRequest, Exported};
use crate::shop::Settings;
use crate::till::{HistoryWindow, Snapshot, Till};
use domain::{Closing, DecisionKind, Mode, PaymentId, Right};
use ledger::{HistoryFilter, JournalLine, LedgerError, Payment};
use std::ops::Deref;
use std::path::{Path, PathBuf};

/// What [`Till::admit`] gives: the till, and who asked for it.
pub struct Admitted {
    till: Till,
    presence: Presence,
}

impl Deref for Admitted {
    type Target = Till;
    fn deref(&self) -> &Till {
        &self.till
    }
}

impl Admitted {
    pub(super) const fn new(till: Till, presence: Presence) -> Self {
        Self { till, presence }
    }

    /// Who stands there.
    #[must_use]
    pub const fn who(&self) -> &Presence {
        &self.presence
    }

    /// Whether a further thing may be done.
    ///
    /// # Errors
    /// [`TillError::Locked`] or [`TillError::NotAllowed`].
    pub fn may(&self, right: Right) -> Result<(), TillError> {
        self.presence.may(right)
    }

    fn member(&self) -> Option<&Member> {
        match &self.presence {
            Presence::Here(member) => Some(member),
            Presence::Unguarded | Presence::Locked => None,
        }
    }

    /// The name that goes on paper and into the ledger: that of who is signed in, whatever was typed.
    #[must_use]
    pub fn name(&self, typed: String) -> String {
        self.member().map_or(typed, |member| member.name.clone())
    }

    /// Writes down that this person did it. Says nothing while nobody has a name.
    pub(super) async fn note(&self, kind: &str, facts: &[&str]) -> Result<(), TillError> {
        let Some(member) = self.member() else { return Ok(()) };
        let named: Vec<&str> = std::iter::once(member.name.as_str()).chain(facts.iter().copied()).collect();
        self.till.journal(kind, &named).await
    }

    /// Writes down that this person does it, and only then lets it be done: however the till ends, nothing was done without
    /// its line. What then fails has a second one.
    async fn noted<T>(
        &self,
        kind: &str,
        facts: &[&str],
        act: impl Future<Output = Result<T, TillError>>,
    ) -> Result<T, TillError> {
        self.note(kind, facts).await?;
        let done = act.await;
        if done.is_err()
            && let Err(error) = self.note("not_done", &[kind]).await
        {
            tracing::warn!(%error, kind, "the journal does not have it that this failed");
        }
        done
    }

    fn sees_all(&self) -> bool {
        self.may(Right::SeeAll).is_ok()
    }

    /// Whether a payment is of today, or still waits for somebody to look after it.
    fn is_of_today(&self, payment: &Payment) -> Result<bool, TillError> {
        let rule = self.settings().papers.day_rule()?;
        let day = |at_ms| rule.day_of(at_ms).map_err(LedgerError::from);
        let today = day(self.ports().clock.now_ms())?;
        let last_ms = payment.resolved_at_ms.unwrap_or(payment.created_at_ms);
        let wants_somebody = !payment.state.is_final() || (payment.late && !payment.refund_recorded);
        Ok(wants_somebody || day(payment.created_at_ms)? == today || day(last_ms)? == today)
    }

    /// Whether this person may see this payment.
    ///
    /// # Errors
    /// [`TillError::NotAllowed`] for what is not of today, [`TillError::NotFound`].
    pub async fn sees(&self, id: &PaymentId) -> Result<(), TillError> {
        if self.sees_all() {
            return Ok(());
        }
        let (_, payment) = self.find(id).await?;
        if self.is_of_today(&payment)? { Ok(()) } else { Err(TillError::NotAllowed(Right::SeeAll)) }
    }

    /// Everything a screen may show to whoever stands there.
    ///
    /// # Errors
    /// The ledger's.
    pub async fn snapshot(&self) -> Result<Snapshot, TillError> {
        let mut snapshot = self.till.snapshot().await?;
        match &self.presence {
            Presence::Unguarded => {}
            Presence::Locked => snapshot.cover(),
            Presence::Here(_) if self.sees_all() => {}
            // What ended unseen still waits for somebody, of whatever day it is.
            Presence::Here(_) => {
                let mut recent = Vec::new();
                for payment in snapshot.recent {
                    if self.is_of_today(&payment)? {
                        recent.push(payment);
                    }
                }
                snapshot.recent = recent;
            }
        }
        Ok(snapshot)
    }

    /// As [`Till::charge`], in this person's name.
    ///
    /// # Errors
    /// As [`Till::charge`].
    pub async fn charge(&self, charge: Charge) -> Result<Charged, TillError> {
        let cashier = self.name(charge.cashier.clone());
        self.till.charge(Charge { cashier, ..charge }).await
    }

    /// As [`Till::decide`], in this person's name. Setting aside and settling in another way belong to selling; deciding
    /// about the money does not.
    ///
    /// # Errors
    /// As [`Till::decide`], and [`TillError::NotAllowed`].
    pub async fn decide(
        &self,
        id: &PaymentId,
        kind: DecisionKind,
        who: String,
        reason: String,
        reference: Option<String>,
    ) -> Result<(Mode, Payment), TillError> {
        match kind {
            DecisionKind::SetAside | DecisionKind::SettledOtherwise => self.may(Right::Charge)?,
            DecisionKind::AcceptedAsPaid | DecisionKind::WrittenOff | DecisionKind::RefundRecorded => {
                self.may(Right::Decide)?;
            }
        }
        self.sees(id).await?;
        self.till.decide(id, kind, self.name(who), reason, reference).await
    }

    /// As [`Till::set_aside`], in this person's name.
    ///
    /// # Errors
    /// As [`Admitted::decide`].
    pub async fn set_aside(&self, id: &PaymentId, who: String) -> Result<(Mode, Payment), TillError> {
        self.decide(id, DecisionKind::SetAside, who, String::new(), None).await
    }

    /// As [`Till::history`]: of today only, for those who see no more.
    ///
    /// # Errors
    /// The ledger's.
    pub async fn history(
        &self,
        filter: &HistoryFilter,
        before_seq: Option<i64>,
        limit: u32,
    ) -> Result<HistoryWindow, TillError> {
        let mut filter = filter.clone();
        if !self.sees_all() {
            let rule = self.settings().papers.day_rule()?;
            filter.day = Some(rule.day_of(self.ports().clock.now_ms()).map_err(LedgerError::from)?);
        }
        self.till.history(&filter, before_seq, limit).await
    }

    /// As [`Till::detail`].
    ///
    /// # Errors
    /// As [`Till::detail`] and [`Admitted::sees`].
    pub async fn detail(&self, id: &PaymentId) -> Result<(Mode, Payment, Vec<JournalLine>), TillError> {
        self.sees(id).await?;
        self.till.detail(id).await
    }

    /// As [`Till::close_day`], in this person's name.
    ///
    /// # Errors
    /// As [`Till::close_day`].
    pub async fn close_day(&self, number: i64, who: &str) -> Result<Closing, TillError> {
        self.till.close_day(number, &self.name(who.to_owned())).await
    }

    /// As [`Till::export`], written down first.
    ///
    /// # Errors
    /// As [`Till::export`], and [`TillError::NotAllowed`] for whole numbers.
    pub async fn export(&self, request: ExportRequest) -> Result<Exported, TillError> {
        if request.whole_numbers {
            self.may(Right::WholeNumbers)?;
        }
        let [format, range, numbers] = &request.facts();
        self.noted("exported", &[format, range, numbers], self.till.export(request)).await
    }

    /// As [`Till::print_period`], written down first.
    ///
    /// # Errors
    /// As [`Till::print_period`].
    pub async fn print_period(&self, number: Option<i64>) -> Result<(), TillError> {
        self.noted("period_printed", &[&period(number)], self.till.print_period(number)).await
    }

    /// As [`Till::period_pdf`], written down first.
    ///
    /// # Errors
    /// As [`Till::period_pdf`].
    pub async fn period_pdf(&self, number: Option<i64>) -> Result<PathBuf, TillError> {
        self.noted("period_saved", &[&period(number)], self.till.period_pdf(number)).await
    }

    /// As [`Till::contradiction_seen`], in this person's name.
    ///
    /// # Errors
    /// As [`Till::contradiction_seen`].
    pub async fn contradiction_seen(&self, id: &PaymentId) -> Result<(), TillError> {
        self.till.contradiction_seen(id, &self.name(String::new())).await
    }

    /// As [`Till::save_settings`], with the names of what changed. The server's address says where the money goes, so it is
    /// changed by those who may change the keys.
    ///
    /// # Errors
    /// As [`Till::save_settings`], and [`TillError::NotAllowed`].
    pub async fn save_settings(&self, settings: Settings) -> Result<(), TillError> {
        let before = self.settings();
        if settings.base_url.trim() != before.base_url {
            self.may(Right::Keys)?;
        }
        let settings = settings.checked()?;
        let (old, new) = (before.written(), settings.written());
        let changed: Vec<&str> =
            new.iter().filter(|entry| !old.contains(entry)).map(|(key, _)| *key).collect();
        if !changed.is_empty() {
            self.note("settings_changed", &changed).await?;
        }
        self.till.save_settings(settings).await
    }

    /// As [`Till::save_keys`].
    ///
    /// # Errors
    /// As [`Till::save_keys`].
    pub async fn save_keys(
        &self,
        api_key: &str,
        api_token: &str,
        session_only: bool,
        replace_open: bool,
    ) -> Result<(), TillError> {
        let keys = self.till.keys_to_save(api_key, api_token, replace_open).await?;
        self.noted("keys_changed", &[], self.till.put_keys(keys, session_only)).await
    }

    /// As [`Till::forget_keys`].
    ///
    /// # Errors
    /// As [`Till::forget_keys`].
    pub async fn forget_keys(&self) -> Result<(), TillError> {
        self.noted("keys_forgotten", &[], self.till.forget_keys()).await
    }

    /// As [`Till::set_mode`].
    ///
    /// # Errors
    /// As [`Till::set_mode`].
    pub async fn set_mode(&self, mode: Mode) -> Result<(), TillError> {
        // First what may refuse: a counter that is opened for it gets the line as well.
        self.till.ready_for(mode).await?;
        self.noted("mode_changed", &[mode.as_str()], self.till.show(mode)).await
    }

    /// As [`Till::backup_now`].
    ///
    /// # Errors
    /// As [`Till::backup_now`].
    pub async fn backup_now(&self) -> Result<BackupFile, TillError> {
        self.noted("backed_up", &[], self.till.backup_now()).await
    }

    /// As [`Till::backup_to`].
    ///
    /// # Errors
    /// As [`Till::backup_to`].
    pub async fn backup_to(&self, folder: &Path) -> Result<PathBuf, TillError> {
        self.noted("backed_up", &[&folder.display().to_string()], self.till.backup_to(folder)).await
    }

    /// As [`Till::restore_backup`], in this person's name.
    ///
    /// # Errors
    /// As [`Till::restore_backup`].
    pub async fn restore_backup(&self, path: &Path, who: &str) -> Result<Option<PathBuf>, TillError> {
        self.till.restore_backup(path, &self.name(who.to_owned())).await
    }

    /// As [`Till::acknowledge_chain_loss`], in this person's name.
    ///
    /// # Errors
    /// As [`Till::acknowledge_chain_loss`].
    pub async fn acknowledge_chain_loss(&self, who: &str, reason: &str) -> Result<(), TillError> {
        self.till.acknowledge_chain_loss(&self.name(who.to_owned()), reason).await
    }
}

/// A closing, or the reading of now, as the journal calls it.
fn period(number: Option<i64>) -> String {
    number.map_or_else(|| "X".to_owned(), |number| format!("Z {number}"))
}
