//! The merchant's day: what it brought so far, closing it, and exporting. Owns the check of what is waiting before a closing.

use crate::backup::BackupReason;
use crate::error::TillError;
use crate::export::{ExportRequest, Exported, Shop, export, school};
use crate::ports::TillEvent;
use crate::printer;
use crate::till::Till;
use documents::{PageSize, PeriodPaper, paper, pdf, ticket};
use domain::{BusinessDay, Closing, Mode, Period, State, Totals};
use ledger::{HourTotal, Outcomes};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// Days shown beside the one that is looked at.
const DAYS_SHOWN: usize = 30;
/// How long a closing waits for the answers about what is still waiting.
const ASKING_PATIENCE: Duration = Duration::from_secs(8);
const ASKING_STEP: Duration = Duration::from_millis(200);
/// More than a screen lists.
const CLOSINGS_MAX: u32 = 60;

/// One business day.
#[derive(Debug, Clone)]
pub struct Day {
    /// Which counter's.
    pub mode: Mode,
    /// Which day.
    pub day: BusinessDay,
    /// Whether it is today.
    pub is_today: bool,
    /// What it brought.
    pub totals: Totals,
    /// By hour; hours without an entry are left out.
    pub hours: Vec<HourTotal>,
    /// How its payments ended.
    pub outcomes: Outcomes,
    /// What it and the days before it brought, earliest first, every day there.
    pub days: Vec<(BusinessDay, Totals)>,
    /// The period that is still open.
    pub reading: Period,
    /// Closings, newest first.
    pub closings: Vec<Closing>,
}

impl Till {
    /// A business day; today when none is named.
    ///
    /// # Errors
    /// The ledger's.
    pub async fn day(&self, day: Option<BusinessDay>) -> Result<Day, TillError> {
        let counter = self.counter().await?;
        let ledger = &counter.ledger;
        let now_ms = counter.ports.clock.now_ms();
        let today = ledger.day_rule().day_of(now_ms).map_err(ledger::LedgerError::from)?;
        let day = day.unwrap_or(today);
        let mut shown = vec![day];
        while let (true, Some(before)) =
            (shown.len() < DAYS_SHOWN, shown.last().and_then(|day| day.previous()))
        {
            shown.push(before);
        }
        shown.reverse();
        let first = shown.first().copied().unwrap_or(day);
        let hours = ledger.hours(first, day).await?;
        let sum = |wanted: BusinessDay| {
            hours
                .iter()
                .filter(|hour| hour.day == wanted)
                .try_fold(Totals::default(), |sum, hour| sum.checked_plus(hour.totals))
                .ok_or_else(|| ledger::LedgerError::Damaged("a sum that does not fit".to_owned()))
        };
        let days = shown.into_iter().map(|day| Ok((day, sum(day)?))).collect::<Result<_, TillError>>()?;
        Ok(Day {
            mode: counter.mode,
            day,
            is_today: day == today,
            totals: sum(day)?,
            outcomes: ledger.outcomes(day).await?,
            days,
            reading: ledger.reading(now_ms).await?,
            closings: ledger.closings(None, CLOSINGS_MAX).await?,
            hours: hours.into_iter().filter(|hour| hour.day == day).collect(),
        })
    }

    /// Closes the day (Z): asks about everything that is waiting first, then seals. `number` is the one that the person saw.
    ///
    /// # Errors
    /// [`TillError::ClosingMoved`] when it was closed meanwhile, or the ledger's; then nothing was sealed.
    pub async fn close_day(&self, number: i64, who: &str) -> Result<Closing, TillError> {
        let counter = self.counter().await?;
        self.ask_about_what_is_waiting().await?;
        let closing = counter.ledger.seal(number, who.trim(), counter.ports.clock.now_ms()).await?;
        if let Some(witness) = &counter.witness {
            witness.day_was_closed();
        }
        counter.ports.events.emit(TillEvent::SnapshotStale);
        self.back_up_aside(counter.mode, BackupReason::Closing);
        Ok(closing)
    }

    /// So that money which arrived already is in this closing and not in the next one. An outage only shortens the list.
    async fn ask_about_what_is_waiting(&self) -> Result<(), TillError> {
        let counter = self.counter().await?;
        let asked_at_ms = counter.ports.clock.now_ms();
        let mut waiting = Vec::new();
        for payment in counter.ledger.unfinished().await? {
            if payment.state == State::Pending {
                counter.ledger.nudge(&payment.id, asked_at_ms).await?;
                waiting.push(payment.id);
            }
        }
        counter.nudge.notify_one();
        let answers = async {
            for id in &waiting {
                loop {
                    let now = counter.ledger.payment(id).await?;
                    let is_answered = now.is_none_or(|payment| {
                        payment.state != State::Pending
                            || payment.last_answer_at_ms.is_some_and(|at| at >= asked_at_ms)
                    });
                    if is_answered {
                        break;
                    }
                    counter.ports.clock.sleep(ASKING_STEP).await;
                }
            }
            Ok::<(), TillError>(())
        };
        tokio::select! {
            answered = answers => answered,
            () = counter.ports.clock.sleep(ASKING_PATIENCE) => Ok(()),
        }
    }

    /// A closing, or the reading of now when no number is given, on the printer.
    ///
    /// # Errors
    /// [`TillError::NotFound`] for a closing that does not exist, [`TillError::Printer`].
    pub async fn print_period(&self, number: Option<i64>) -> Result<(), TillError> {
        let papers = self.settings().papers;
        let (lines, _) = self.period_paper(number).await?;
        let bytes = ticket(&lines, papers.width, papers.lettering)?;
        Ok(printer::send(&papers.printer, bytes).await?)
    }

    /// As [`Till::print_period`], as PDF in the export folder.
    ///
    /// # Errors
    /// [`TillError::NotFound`] for a closing that does not exist, [`TillError::Export`].
    pub async fn period_pdf(&self, number: Option<i64>) -> Result<PathBuf, TillError> {
        let (lines, title) = self.period_paper(number).await?;
        let bytes = pdf(&title, &lines, PageSize::A4)?;
        self.save_document(format!("{title}.pdf"), bytes).await
    }

    async fn period_paper(&self, number: Option<i64>) -> Result<(Vec<paper::Line>, String), TillError> {
        let counter = self.counter().await?;
        let settings = self.settings();
        let shop = settings.papers.identity(&settings.shop_name, counter.mode);
        let rule = counter.ledger.day_rule();
        let school = school(counter.mode);
        match number {
            Some(number) => {
                let closing = counter.ledger.closing(number).await?.ok_or(TillError::NotFound)?;
                let lines = paper::period(&shop, counter.mode, &rule, PeriodPaper::Closing(&closing));
                Ok((lines, format!("cloture-{school}Z{number}")))
            }
            None => {
                let reading = counter.ledger.reading(counter.ports.clock.now_ms()).await?;
                let lines = paper::period(&shop, counter.mode, &rule, PeriodPaper::Reading(&reading));
                Ok((lines, format!("lecture-{school}X-{}", reading.day)))
            }
        }
    }

    /// Exports a range of the counter on screen. Progress is told as events; [`Till::break_off_export`] ends it.
    ///
    /// # Errors
    /// [`TillError::Export`]; then no file is left behind. [`TillError::ExportRunning`] while another one runs.
    pub async fn export(&self, request: ExportRequest) -> Result<Exported, TillError> {
        let counter = self.counter().await?;
        let running = self.begin_export()?;
        let (settings, folder) = (self.settings(), self.export_folder());
        let (stop, events) = (Arc::clone(&running.stop), Arc::clone(&counter.ports.events));
        tokio::task::spawn_blocking(move || {
            let shop = Shop { name: &settings.shop_name, papers: &settings.papers, folder: &folder };
            let mut progress = |done, total| events.emit(TillEvent::ExportProgress { done, total });
            export(&counter.ledger, &shop, request, &stop, &mut progress)
        })
        .await
        .map_err(|error| TillError::Task(error.to_string()))?
        .map_err(TillError::Export)
    }

    /// Ends the export that runs, if one does.
    pub fn break_off_export(&self) {
        if let Some(stop) = self.running_export() {
            stop.store(true, Ordering::Relaxed);
        }
    }
}

/// An export that runs; another one may begin when this is gone.
pub(crate) struct Running {
    pub(crate) stop: Arc<AtomicBool>,
    pub(crate) slot: Arc<std::sync::Mutex<Option<Arc<AtomicBool>>>>,
}

impl Drop for Running {
    fn drop(&mut self) {
        *self.slot.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = None;
    }
}
