//! One seed: lives of one till on one real folder, until the story is told and everything that can end has ended.

use crate::simulation::chance::Dice;
use crate::simulation::check::{self, Memory};
use crate::simulation::provider::{Attempt, Fate, Line, Provider, Told};
use crate::simulation::story::{Act, Sale, Story, ZONES};
use crate::simulation::template::{Keychain, Template};
use crate::simulation::time::{Machine, PowerCut};
use domain::{Class, DayRule, DecisionKind, EntryRange, Mode, State};
use ledger::{HistoryFilter, Ledger};
use std::collections::VecDeque;
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use till::{ChainKeeping, Chance, Charge, Charged, Events, NoChance, Payment, Ports, Till, TillEvent};
use tokio::task::JoinHandle;

/// A page asks for no more than this, and no story has more.
const WINDOW: u32 = 100;
/// More wakes than any story needs; a till that spins is a finding.
const WAKES_MAX: u32 = 6_000;
/// Turns of the runtime without a database at work, after which nothing is left to run.
const IDLE_TURNS: u32 = 12;

/// How one seed ended.
pub struct Outcome {
    pub violations: Vec<String>,
    pub trace: Vec<String>,
    pub creates: u32,
    pub crashes: u32,
    pub clocks: Clocks,
}

/// What was done to the clocks.
#[derive(Default, Clone, Copy)]
pub struct Clocks {
    pub leaps: u64,
    pub sleeps: u64,
    pub zones: u64,
    /// Entries whose day was held against the clock on the wall.
    pub days: u64,
}

impl Clocks {
    pub const fn add(&mut self, other: Self) {
        self.leaps += other.leaps;
        self.sleeps += other.sleeps;
        self.zones += other.zones;
        self.days += other.days;
    }
}

struct SeededChance {
    machine: Arc<Machine>,
    dice: Mutex<Dice>,
}

impl Chance for SeededChance {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), NoChance> {
        self.machine.may_die();
        let mut dice = self.dice.lock().unwrap_or_else(PoisonError::into_inner);
        bytes.fill_with(|| dice.roll().to_le_bytes()[0]);
        Ok(())
    }
}

struct Page {
    machine: Arc<Machine>,
    memory: Arc<Mutex<Memory>>,
}

impl Events for Page {
    fn emit(&self, event: TillEvent) {
        let shown_ms = self.machine.shown_ms();
        let mut memory = self.memory.lock().unwrap_or_else(PoisonError::into_inner);
        match event {
            TillEvent::PaymentChanged(_, payment) => {
                memory.told(payment.id.to_string(), payment.version, payment.state);
                memory.paid(&payment, shown_ms);
            }
            TillEvent::ClockWrong { by_ms } => memory.notice = by_ms,
            TillEvent::LateSuccess(..)
            | TillEvent::Contradiction(..)
            | TillEvent::PromptsChanged
            | TillEvent::LedgerDamaged
            | TillEvent::Connectivity { .. }
            | TillEvent::ExportProgress { .. }
            | TillEvent::SnapshotStale => {}
        }
        drop(memory);
        // The page knows now; the power may go right after.
        self.machine.may_die();
    }
}

/// One seed's world.
struct World<'t> {
    template: &'t Template,
    folder: &'t Path,
    machine: Arc<Machine>,
    keychain: Keychain,
    provider: Arc<Provider>,
    memory: Arc<Mutex<Memory>>,
    sales: Vec<Sale>,
    acts: VecDeque<(i64, Act)>,
    wakes: u32,
    seen_changes: u64,
    crashes: u32,
    clocks: Clocks,
    /// Amounts of the payments that were paid at the end.
    paid: Vec<i64>,
}

/// How a life ended.
enum End {
    PowerCut,
    Restart { after_ms: i64 },
    Over,
}

pub fn live(seed: u64, template: &Template, folder: &Path) -> Outcome {
    let mut dice = Dice::new(seed);
    let story = Story::of(&mut dice);
    let machine = Arc::new(Machine::default());
    let provider = Provider::new(Arc::clone(&machine), Dice::new(dice.roll()));
    let mut world = World {
        template,
        folder,
        provider,
        memory: Arc::default(),
        sales: story.sales,
        acts: story.acts.into(),
        wakes: 0,
        seen_changes: u64::MAX,
        crashes: 0,
        clocks: Clocks::default(),
        paid: Vec::new(),
        keychain: template.keychain.copied_to(&machine),
        machine,
    };
    template.copy_to(folder);
    let mut deaths = story.deaths.into_iter();
    loop {
        let death = deaths.next().flatten();
        world.machine.boot(death);
        let chance =
            SeededChance { machine: Arc::clone(&world.machine), dice: Mutex::new(Dice::new(dice.roll())) };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        // The power may also go while the world itself looks at the till.
        let living = AssertUnwindSafe(|| runtime.block_on(world.live_once(chance)));
        let end = catch_unwind(living).unwrap_or_else(|panic| {
            if panic.is::<PowerCut>() { End::PowerCut } else { resume_unwind(panic) }
        });
        world.provider.look_into(None);
        drop(runtime);
        let pause_ms = match end {
            End::Over => break,
            End::Restart { after_ms } => after_ms,
            End::PowerCut => {
                world.crashes += 1;
                world.forgive_what_the_crash_took();
                dice.between(300, 6_000)
            }
        };
        world.machine.pass(pause_ms);
        if !world.provider.book().violations.is_empty() {
            break;
        }
    }
    if world.provider.book().violations.is_empty() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        runtime.block_on(world.hold_the_ledger_against_history());
    }
    let book = world.provider.book();
    Outcome {
        violations: book.violations.clone(),
        trace: book.trace.clone(),
        creates: book.attempts.values().map(|attempt| attempt.sent).sum(),
        crashes: world.crashes,
        clocks: world.clocks,
    }
}

impl World<'_> {
    fn memory(&self) -> std::sync::MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn forgive_what_the_crash_took(&self) {
        self.provider.tell("-- the power goes");
        for attempt in self.provider.book().attempts.values_mut() {
            // What was on its way to the disk may be there or not; the ledger decides at the next start.
            (attempt.told, attempt.asking) = (Told::Nothing, 0);
        }
    }

    async fn live_once(&mut self, chance: SeededChance) -> End {
        let ports = Ports {
            clock: Arc::clone(&self.machine) as Arc<dyn till::Clock>,
            chance: Arc::new(chance),
            secrets: Arc::new(self.keychain.clone()),
            events: Arc::new(Page { machine: Arc::clone(&self.machine), memory: Arc::clone(&self.memory) }),
            gateways: Arc::new(Line(Arc::clone(&self.provider))),
        };
        let opening = tokio::spawn(Till::open(self.template.options(self.folder), ports));
        let till = match opening.await {
            Ok(Ok(till)) => till,
            Ok(Err(error)) => return self.stopped_by(format!("the till does not open: {error}")),
            Err(failed) => return self.after(failed),
        };
        self.provider.look_into(Some(till.clone()));
        self.begin_life(&till);
        self.settle(&till).await;
        if !self.machine.is_dead() {
            self.hold_against_the_keychain(&till).await;
        }
        let mut running: Vec<JoinHandle<()>> = Vec::new();
        let mut next_act_ms = self.acts.front().map(|(pause, _)| self.machine.true_ms() + pause);
        loop {
            if self.machine.is_dead() {
                return End::PowerCut;
            }
            if !self.provider.book().violations.is_empty() {
                return End::Over;
            }
            self.wakes += 1;
            if self.wakes > WAKES_MAX {
                return self.stopped_by("the till does not come to rest".to_owned());
            }
            let wake_ms = self.machine.next_ms();
            match next_act_ms {
                Some(act_ms) if wake_ms.is_none_or(|wake| act_ms <= wake) => {
                    self.machine.pass((act_ms - self.machine.true_ms()).max(0));
                    let Some((_, act)) = self.acts.pop_front() else { continue };
                    self.provider.tell(format!("{act:?}"));
                    if let Act::Restart { after_ms } = act {
                        return self.close(till, after_ms).await;
                    }
                    running.extend(self.perform(&till, act).await);
                    next_act_ms = self.acts.front().map(|(pause, _)| self.machine.true_ms() + pause);
                }
                Some(_) => self.machine.wake_next(),
                None => break,
            }
            self.rest(&till).await;
        }
        self.heal(&till).await
    }

    fn begin_life(&self, till: &Till) {
        let papers = till.settings().papers;
        let mut memory = self.memory();
        memory.awake_ms = self.machine.true_ms();
        memory.born_ms = memory.awake_ms;
        memory.notice = None;
        memory.rule = DayRule::new(&papers.time_zone, papers.cut_off_hour).ok();
        self.provider.book().clock_shown_wrong_by_ms = None;
    }

    /// Lets everything that can run do so, then looks.
    async fn rest(&mut self, till: &Till) {
        self.settle(till).await;
        if !self.machine.is_dead() {
            self.look(till).await;
        }
    }

    async fn settle(&self, till: &Till) {
        let mut idle = 0;
        while idle < IDLE_TURNS {
            tokio::task::yield_now().await;
            idle += 1;
            if till.is_busy() {
                till.idle().await;
                idle = 0;
            }
        }
    }

    async fn payments(&self, till: &Till) -> Vec<Payment> {
        match till.history(&HistoryFilter::default(), None, WINDOW).await {
            Ok(window) => window.payments,
            Err(error) => {
                self.provider.violation(format!("the history cannot be read: {error}"));
                Vec::new()
            }
        }
    }

    async fn look(&mut self, till: &Till) {
        let changes = self.provider.book().changes + u64::from(self.machine.is_dead());
        if changes == self.seen_changes {
            return;
        }
        self.seen_changes = changes;
        self.look_closely(till).await;
    }

    async fn look_closely(&mut self, till: &Till) {
        let payments = self.payments(till).await;
        let (shown_ms, true_ms) = (self.machine.shown_ms(), self.machine.true_ms());
        let broken = {
            let mut book = self.provider.book();
            let mut memory = self.memory();
            check::broken(&mut book, &payments, &mut memory, shown_ms, true_ms)
        };
        for what in broken {
            self.provider.violation(what);
        }
    }

    /// Nobody cuts anything here: whatever the keychain kept, and when the power went, the ledger has it.
    async fn hold_against_the_keychain(&self, till: &Till) {
        match till.snapshot().await {
            Ok(snapshot) => match snapshot.chain {
                ChainKeeping::Lost(loss) => {
                    self.provider.violation(format!("I7: nothing was cut, and {loss:?}"))
                }
                ChainKeeping::Forgotten => {
                    self.provider.violation("I7: the keychain forgot a head".to_owned())
                }
                ChainKeeping::Unasked | ChainKeeping::Kept | ChainKeeping::Unkept(_) => {}
            },
            Err(error) => self.provider.violation(format!("the snapshot cannot be read: {error}")),
        }
    }

    async fn perform(&mut self, till: &Till, act: Act) -> Vec<JoinHandle<()>> {
        match act {
            Act::Charge { sale } => vec![self.charge(till, sale)],
            Act::PressTwice { sale } => vec![self.charge(till, sale), self.charge(till, sale)],
            Act::CheckNow { nth } => {
                self.about(till, nth, |till, id| async move {
                    let _ = till.check_now(&id).await;
                })
                .await
            }
            Act::SetAside { nth } => {
                self.about(till, nth, |till, id| async move {
                    let _ = till.set_aside(&id, "Afi".into()).await;
                })
                .await
            }
            Act::SettleOtherwise { nth } => {
                self.about(till, nth, |till, id| async move {
                    let kind = DecisionKind::SettledOtherwise;
                    let _ = till.decide(&id, kind, "Afi".into(), "espèces".into(), None).await;
                })
                .await
            }
            Act::LineDown => {
                self.provider.book().offline = true;
                Vec::new()
            }
            Act::LineUp => {
                self.provider.book().offline = false;
                Vec::new()
            }
            Act::SetClock { by_ms } => {
                self.machine.set_clock(by_ms);
                self.clock_touched();
                Vec::new()
            }
            Act::CorrectClock => {
                self.machine.correct_clock();
                self.clock_touched();
                Vec::new()
            }
            Act::SetZone { nth } => {
                self.set_zone(till, nth).await;
                Vec::new()
            }
            Act::Sleep { ms, stands_still } => {
                self.machine.sleep(ms, stands_still);
                self.clock_touched();
                self.clocks.sleeps += 1;
                self.clocks.leaps -= 1;
                self.memory().awake_ms = self.machine.true_ms();
                Vec::new()
            }
            Act::CloseDay => {
                let till = till.clone();
                vec![tokio::spawn(async move {
                    if let Ok(day) = till.day(None).await {
                        let _ = till.close_day(day.reading.number, "Afi").await;
                    }
                })]
            }
            Act::Restart { .. } => Vec::new(),
        }
    }

    /// What the last answer showed of the clock holds no longer.
    fn clock_touched(&mut self) {
        self.clocks.leaps += 1;
        self.provider.book().clock_shown_wrong_by_ms = None;
    }

    async fn set_zone(&mut self, till: &Till, nth: usize) {
        let (zone, cut_off_hour) = ZONES[nth % ZONES.len()];
        let mut settings = till.settings();
        (settings.papers.time_zone, settings.papers.cut_off_hour) = (zone.to_owned(), cut_off_hour);
        let saving = tokio::spawn({
            let till = till.clone();
            async move { till.save_settings(settings).await }
        });
        match saving.await {
            Ok(Ok(())) => self.memory().rule = DayRule::new(zone, cut_off_hour).ok(),
            Ok(Err(error)) => self.provider.violation(format!("the zone cannot be set: {error}")),
            // The power went, or the till spoke of itself already.
            Err(_) => {}
        }
        self.clocks.zones += 1;
    }

    fn charge(&self, till: &Till, sale: usize) -> JoinHandle<()> {
        let (till, sale) = (till.clone(), self.sales[sale].clone());
        tokio::spawn(async move {
            let mut charge = Charge {
                intent_id: sale.intent,
                amount: sale.amount.to_string(),
                phone: sale.phone,
                after: None,
                cashier: String::new(),
            };
            // The cashier is shown what is unresolved, and may insist.
            for _ in 0..3 {
                match till.charge(charge.clone()).await {
                    Ok(Charged::Unresolved(_, earlier)) if sale.insists => charge.after = Some(earlier.id),
                    Ok(Charged::Unresolved(..) | Charged::Payment(..)) | Err(_) => break,
                }
            }
        })
    }

    async fn about<F>(
        &self,
        till: &Till,
        nth: usize,
        act: impl FnOnce(Till, domain::PaymentId) -> F,
    ) -> Vec<JoinHandle<()>>
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let payments = self.payments(till).await;
        let chosen = payments.get(nth).or_else(|| payments.first());
        chosen.map(|payment| tokio::spawn(act(till.clone(), payment.id.clone()))).into_iter().collect()
    }

    async fn close(&mut self, till: Till, after_ms: i64) -> End {
        let closing = tokio::spawn({
            let till = till.clone();
            async move { till.close().await }
        });
        while !closing.is_finished() {
            self.settle(&till).await;
            if self.machine.is_dead() {
                return End::PowerCut;
            }
            if closing.is_finished() {
                break;
            }
            self.machine.wake_next();
            tokio::task::yield_now().await;
        }
        End::Restart { after_ms }
    }

    /// The line is good again, and time goes on until everything that can end has ended.
    async fn heal(&mut self, till: &Till) -> End {
        {
            let mut book = self.provider.book();
            (book.offline, book.healed) = (false, true);
        }
        self.provider.tell("-- the line is good from here");
        for _ in 0..60 {
            let pending: Vec<Payment> =
                self.payments(till).await.into_iter().filter(|p| p.state == State::Pending).collect();
            let attempts: Vec<(Payment, Attempt)> = {
                let book = self.provider.book();
                let of = |p: Payment| book.attempts.get(p.id.as_str()).cloned().map(|a| (p, a));
                pending.into_iter().filter_map(of).collect()
            };
            let ends = |attempt: &Attempt| attempt.fate != Fate::Ignores || attempt.asked_ms.is_none();
            let attempts: Vec<(Payment, Attempt)> =
                attempts.into_iter().filter(|(_, attempt)| ends(attempt)).collect();
            if attempts.is_empty() {
                return self.finish(till).await;
            }
            let now_ms = self.machine.true_ms();
            // A customer who takes hours: the machine sleeps meanwhile.
            if let Some(decides) =
                attempts.iter().map(|(_, a)| a.decides_ms).min().filter(|at| *at > now_ms + 60_000)
            {
                self.machine.pass(decides - now_ms);
                self.memory().awake_ms = self.machine.true_ms();
            } else {
                let shown_ms = self.machine.shown_ms();
                let late_ms = {
                    let memory = self.memory();
                    let of = |(p, a): &(Payment, Attempt)| check::late_ms(p, a, &memory, shown_ms, now_ms);
                    attempts.iter().map(of).min().unwrap_or(now_ms)
                };
                // A day at most: what is never late is watched by nobody, and the rounds run out.
                let pass_ms = late_ms.saturating_sub(30_000 + now_ms).clamp(0, 86_400_000);
                self.machine.pass(pass_ms);
                // So long without a wake is a machine asleep, for the payments that are due more often as well.
                if pass_ms > 60_000 {
                    self.memory().awake_ms = self.machine.true_ms();
                }
            }
            let until_ms = self.machine.true_ms() + 25_000;
            while self.machine.next_ms().is_some_and(|next| next <= until_ms) {
                self.machine.wake_next();
                self.rest(till).await;
                if self.machine.is_dead() {
                    return End::PowerCut;
                }
                let ended = self.payments(till).await.iter().all(|p| p.state != State::Pending);
                if ended || !self.provider.book().violations.is_empty() {
                    break;
                }
            }
            self.look_closely(till).await;
            if !self.provider.book().violations.is_empty() {
                return End::Over;
            }
        }
        self.stopped_by("I5: a decided payment never reaches the till".to_owned())
    }

    async fn finish(&mut self, till: &Till) -> End {
        self.look_closely(till).await;
        self.hold_against_the_keychain(till).await;
        let payments = self.payments(till).await;
        let paid = payments.iter().filter(|payment| payment.state == State::Paid);
        self.paid = paid.map(|payment| payment.amount.francs()).collect();
        match self.close(till.clone(), 0).await {
            End::Restart { .. } | End::Over => End::Over,
            End::PowerCut => End::PowerCut,
        }
    }

    fn stopped_by(&self, what: String) -> End {
        self.provider.violation(what);
        End::Over
    }

    fn after(&self, failed: tokio::task::JoinError) -> End {
        if self.machine.is_dead() {
            return End::PowerCut;
        }
        let told = match failed.try_into_panic() {
            Ok(panic) if panic.is::<PowerCut>() => return End::PowerCut,
            Ok(_) => "a panic".to_owned(),
            Err(cancelled) => cancelled.to_string(),
        };
        self.stopped_by(told)
    }

    /// I7, with the till gone: the chain, the sums kept beside it, and the money that LigdiCash told of.
    async fn hold_the_ledger_against_history(&mut self) {
        let path = self.folder.join("live.sqlite3");
        let rule = DayRule::default();
        let ledger = match Ledger::open_to_read(&path, Mode::Live, rule).await {
            Ok(ledger) => ledger,
            Err(error) => return self.provider.violation(format!("I7: the ledger does not open: {error}")),
        };
        match ledger.verify().await {
            Ok(verification) => {
                if let Some(bad) = verification.first_bad {
                    self.provider.violation(format!("I7: {bad:?}"));
                }
            }
            Err(error) => self.provider.violation(format!("I7: the ledger cannot be read: {error}")),
        }
        let told: i64 = {
            let book = self.provider.book();
            book.attempts.values().filter(|a| a.told_completed).map(|a| a.amount.francs()).sum()
        };
        let days = ("1990-01-01".parse().unwrap(), "2100-12-31".parse().unwrap());
        let kept = match ledger.totals(days.0, days.1).await {
            Ok(totals) => {
                [Class::Verified, Class::Late].map(|class| totals.of(class).amount.francs()).iter().sum()
            }
            Err(error) => {
                self.provider.violation(format!("I7: the totals cannot be read: {error}"));
                0
            }
        };
        // An answer that a power cut took is asked for again; more than was told is never right.
        let paid: i64 = self.paid.iter().sum();
        if kept > told || kept != paid {
            self.provider
                .violation(format!("I7: totals of {kept} F, {paid} F paid on screen, {told} F told of"));
        }
        self.hold_the_days(&ledger, EntryRange::Days { from: days.0, to: days.1 });
        ledger.close().await;
    }

    /// The business day of each entry, against the clock on the wall when the page was told.
    fn hold_the_days(&mut self, ledger: &Ledger, all: EntryRange) {
        let paid_on = self.memory().paid_on.clone();
        let (mut wrong, mut held) = (Vec::new(), 0);
        let walked = ledger.walk_entries(all, |entry| {
            if let Some(day) = paid_on.get(entry.payment)
                && entry.receipt_number.is_some()
            {
                held += 1;
                if entry.day != *day {
                    wrong.push(format!("{} was paid on {day} and stands under {}", entry.payment, entry.day));
                }
            }
            ControlFlow::Continue(())
        });
        self.clocks.days += held;
        if let Err(error) = walked {
            wrong.push(format!("I7: the entries cannot be read: {error}"));
        }
        for what in wrong {
            self.provider.violation(what);
        }
    }
}
