//! LigdiCash and the line to it, as the till's gateway: what it was sent, what it then knows, and what of that reaches the
//! till. Its history is the truth that the till's ledger is held against.

use crate::simulation::chance::Dice;
use crate::simulation::time::Machine;
use domain::{CheckProblem, Event, NotSentCause, ReviewReason, State, UncertainCause, Xof};
use ledger::{ConfirmFacts, Token};
use ligdicash::BaseUrl;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use till::{
    Boxed, CheckOutcome, ConnectionReport, ConnectionVerdict, CreateOutcome, CreateRequest, Expected,
    Gateway, GatewayError, Gateways, Keys, Till,
};

/// The floor between two questions about one payment (API reference, section 8).
const FLOOR_MS: i64 = 3_000;

/// What the customer, or LigdiCash, makes of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    Approves,
    Refuses,
    /// Refused first, completed after all.
    RefusesThenCompletes,
    Ignores,
    /// Completed with another amount.
    WrongAmount,
    /// Completed under another identifier.
    WrongId,
}

/// What a create was answered, as far as the till lived to hear it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Told {
    Nothing,
    Accepted,
    Refused,
    NotSent,
    Unknown,
}

/// One attempt, by our identifier.
#[derive(Debug, Clone)]
pub struct Attempt {
    pub amount: Xof,
    /// Creates that arrived or may have.
    pub sent: u32,
    pub created: bool,
    pub fate: Fate,
    pub decides_ms: i64,
    pub told: Told,
    /// A completion with the right amount and identifier was handed to the till.
    pub told_completed: bool,
    pub asking: u32,
    pub asked_ms: Option<i64>,
    /// When the till was told.
    pub told_ms: i64,
    /// When the till was told that the request is accepted.
    pub told_first_ms: i64,
    pub asked_times: u32,
}

/// Everything the provider knows, and what was wrong so far.
#[derive(Default)]
pub struct Book {
    pub attempts: BTreeMap<String, Attempt>,
    pub offline: bool,
    /// By how much the last answer showed the machine's clock to be wrong, as long as nobody touched it since.
    pub clock_shown_wrong_by_ms: Option<i64>,
    /// The end of the story: every question is answered.
    pub healed: bool,
    pub violations: Vec<String>,
    pub trace: Vec<String>,
    /// Grows with everything worth a look.
    pub changes: u64,
}

pub struct Provider {
    pub machine: Arc<Machine>,
    dice: Mutex<Dice>,
    book: Mutex<Book>,
    till: Mutex<Option<Till>>,
}

impl Provider {
    pub fn new(machine: Arc<Machine>, dice: Dice) -> Arc<Self> {
        Arc::new(Self { machine, dice: Mutex::new(dice), book: Mutex::default(), till: Mutex::default() })
    }

    pub fn book(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn dice(&self) -> MutexGuard<'_, Dice> {
        self.dice.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The till to look into while it sends, or none.
    pub fn look_into(&self, till: Option<Till>) {
        *self.till.lock().unwrap_or_else(PoisonError::into_inner) = till;
    }

    pub fn violation(&self, what: String) {
        let line = format!("!! {what}");
        self.tell(line);
        self.book().violations.push(what);
    }

    pub fn tell(&self, what: impl Into<String>) {
        let line = format!("{:>10} {}", self.machine.true_ms(), what.into());
        self.book().trace.push(line);
    }

    /// I1: what leaves must stand in the ledger as leaving.
    async fn must_be_submitting(&self, id: &str) {
        let till = self.till.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let Some(till) = till else { return };
        let Ok(id) = id.parse() else { return };
        match till.detail(&id).await {
            Ok((_, payment, _)) if payment.state == State::Submitting => {}
            Ok((_, payment, _)) => {
                self.violation(format!("I1: {id} leaves while the ledger has it as {}", payment.state));
            }
            Err(error) => self.violation(format!("I1: {id} leaves unknown to the ledger: {error}")),
        }
    }

    /// What the clock says of an answer that is being given: the second, and whether the till can compare it.
    fn show_the_time(&self, asked: (i64, i64), said_ms: i64) {
        let (wall_ms, steady_ms) = (self.machine.shown_ms() - asked.0, self.machine.steady_ms() - asked.1);
        let can_be_compared = (wall_ms - steady_ms).abs() < 1_000 && steady_ms < 9_900;
        if can_be_compared {
            let wrong_by_ms = self.machine.shown_ms() - self.machine.right_ms();
            self.book().clock_shown_wrong_by_ms = Some(wrong_by_ms);
            self.tell(format!("the answer says {said_ms}, the clock is wrong by {wrong_by_ms} ms"));
        }
    }

    fn clocks(&self) -> (i64, i64) {
        (self.machine.shown_ms(), self.machine.steady_ms())
    }

    async fn created(&self, request: &CreateRequest) -> CreateOutcome {
        let id = request.transaction_id.clone();
        self.machine.may_die();
        self.must_be_submitting(&id).await;
        let (luck, there_ms, back_ms, fate, decides_in_ms) = {
            let mut dice = self.dice();
            let fate = match dice.between(1, 100) {
                ..=56 => Fate::Approves,
                57..=66 => Fate::Refuses,
                67..=74 => Fate::RefusesThenCompletes,
                75..=86 => Fate::Ignores,
                87..=93 => Fate::WrongAmount,
                _ => Fate::WrongId,
            };
            let decides = if dice.percent(12) {
                dice.between(3_600_000, 200_000_000)
            } else {
                dice.between(1_500, 90_000)
            };
            (dice.between(1, 100), dice.between(50, 3_000), dice.between(50, 6_000), fate, decides)
        };
        let clocks = self.clocks();
        self.machine.wait(there_ms).await;
        let said_ms = self.machine.right_ms() / 1_000 * 1_000;
        let offline = self.book().offline;
        if offline || luck <= 6 {
            self.tell(format!("create {id} does not leave"));
            self.note(&id, request, |attempt| attempt.told = Told::NotSent);
            return CreateOutcome::NotSent { cause: NotSentCause::NoConnection, note: String::new() };
        }
        let arrives = luck > 12;
        let refused = (13..=18).contains(&luck);
        let answer_lost = (19..=30).contains(&luck);
        let now_ms = self.machine.true_ms();
        self.note(&id, request, |attempt| {
            attempt.sent += 1;
            attempt.created = arrives && !refused;
            (attempt.fate, attempt.decides_ms) = (fate, now_ms + decides_in_ms);
        });
        self.twice(&id);
        self.tell(format!("create {id}: arrives {arrives}, refused {refused}, lost {answer_lost}, {fate:?}"));
        self.machine.wait(back_ms).await;
        self.machine.may_die();
        let told = if !arrives || answer_lost {
            Told::Unknown
        } else if refused {
            Told::Refused
        } else {
            Told::Accepted
        };
        let told_ms = self.machine.true_ms();
        self.note(&id, request, |attempt| {
            (attempt.told, attempt.told_ms, attempt.told_first_ms) = (told, told_ms, told_ms);
        });
        let (note, server_ms) = (String::new(), Some(said_ms));
        if matches!(told, Told::Refused | Told::Accepted) {
            self.show_the_time(clocks, said_ms);
        }
        match told {
            Told::Refused => {
                CreateOutcome::Refused { code: "07".into(), text: String::new(), note, server_ms }
            }
            Told::Accepted => {
                CreateOutcome::Accepted { token: Token::new(format!("token-of-{id}")), note, server_ms }
            }
            Told::Nothing | Told::NotSent | Told::Unknown => {
                CreateOutcome::Unknown { cause: UncertainCause::AnswerLost, note }
            }
        }
    }

    fn twice(&self, id: &str) {
        let sent = self.book().attempts.get(id).map_or(0, |attempt| attempt.sent);
        if sent > 1 {
            self.violation(format!("I2: {sent} creates for {id}"));
        }
    }

    fn note(&self, id: &str, request: &CreateRequest, change: impl FnOnce(&mut Attempt)) {
        let mut book = self.book();
        book.changes += 1;
        let attempt = book.attempts.entry(id.to_owned()).or_insert_with(|| Attempt {
            amount: request.amount,
            sent: 0,
            created: false,
            fate: Fate::Ignores,
            decides_ms: 0,
            told: Told::Nothing,
            told_completed: false,
            asking: 0,
            asked_ms: None,
            told_ms: 0,
            told_first_ms: 0,
            asked_times: 0,
        });
        change(attempt);
    }

    async fn confirmed(&self, token: &Token, expected: &Expected) -> CheckOutcome {
        self.machine.may_die();
        let id = expected.transaction_id.clone();
        if token.expose() != format!("token-of-{id}") {
            self.violation(format!("a token of another payment was asked about as {id}"));
        }
        let now_ms = self.machine.true_ms();
        let (too_soon, overlapping) = {
            let mut book = self.book();
            book.changes += 1;
            let overlapping = book.attempts.values().map(|attempt| attempt.asking).sum::<u32>();
            match book.attempts.get_mut(&id) {
                Some(attempt) => {
                    let since = attempt.asked_ms.map(|asked| now_ms - asked);
                    attempt.asked_ms = Some(now_ms);
                    attempt.asking += 1;
                    attempt.asked_times += 1;
                    (since.filter(|since| *since < FLOOR_MS), overlapping)
                }
                None => (None, overlapping),
            }
        };
        if let Some(since) = too_soon {
            self.violation(format!("I8: {id} was asked about again after {since} ms"));
        }
        if overlapping > 0 {
            self.violation(format!("I8: {id} was asked about while another question was out"));
        }
        let question = Question { provider: self, id: &id };
        let (luck, there_ms, back_ms) = {
            let mut dice = self.dice();
            (dice.between(1, 100), dice.between(20, 900), dice.between(20, 1_500))
        };
        let clocks = self.clocks();
        self.machine.wait(there_ms).await;
        let outcome = self.answer(&id, expected, luck);
        self.machine.wait(back_ms).await;
        drop(question);
        self.machine.may_die();
        if let Some(said_ms) = outcome.server_ms {
            self.show_the_time(clocks, said_ms);
        }
        if outcome.event == Event::ConfirmCompleted
            && let Some(attempt) = self.book().attempts.get_mut(&id)
        {
            attempt.told_completed = true;
        }
        self.tell(format!("confirm {id}: {}", outcome.event));
        outcome
    }

    fn answer(&self, id: &str, expected: &Expected, luck: i64) -> CheckOutcome {
        let mut book = self.book();
        book.changes += 1;
        let (offline, healed) = (book.offline, book.healed);
        let unanswered = |problem| CheckOutcome {
            event: Event::ConfirmUnknown,
            facts: ConfirmFacts::default(),
            problem: Some(problem),
            note: String::new(),
            server_ms: None,
        };
        if offline {
            return unanswered(CheckProblem::NoConnection);
        }
        if !healed && luck <= 10 {
            return unanswered(CheckProblem::NoUsableAnswer);
        }
        let Some(attempt) = book.attempts.get(id) else { return unanswered(CheckProblem::NotFound) };
        let now_ms = self.machine.true_ms();
        let decided = now_ms >= attempt.decides_ms;
        let completed_after_all = now_ms >= attempt.decides_ms + 30_000;
        let mut facts = ConfirmFacts {
            operator_id: Some("3".into()),
            operator_name: Some("YAS TOGO".into()),
            confirmed_amount: Some(expected.amount),
            ..ConfirmFacts::default()
        };
        let event = match attempt.fate {
            Fate::Approves if decided => Event::ConfirmCompleted,
            Fate::RefusesThenCompletes if completed_after_all => Event::ConfirmCompleted,
            Fate::Refuses | Fate::RefusesThenCompletes if decided => Event::ConfirmNotCompleted,
            Fate::WrongAmount if decided => {
                facts.confirmed_amount = expected.amount.checked_add(Xof::new(5));
                facts.review_reason = Some(ReviewReason::AmountDiffers);
                Event::ConfirmMismatch
            }
            Fate::WrongId if decided => {
                facts.review_reason = Some(ReviewReason::IdDiffers);
                Event::ConfirmMismatch
            }
            Fate::Approves
            | Fate::Refuses
            | Fate::RefusesThenCompletes
            | Fate::Ignores
            | Fate::WrongAmount
            | Fate::WrongId => Event::ConfirmPending,
        };
        let server_ms = Some(self.machine.right_ms() / 1_000 * 1_000);
        CheckOutcome { event, facts, problem: None, note: String::new(), server_ms }
    }
}

/// A question that is out, until it is answered or the till gives it up.
struct Question<'a> {
    provider: &'a Provider,
    id: &'a str,
}

impl Drop for Question<'_> {
    fn drop(&mut self) {
        if let Some(attempt) = self.provider.book().attempts.get_mut(self.id) {
            attempt.asking = attempt.asking.saturating_sub(1);
            attempt.told_ms = self.provider.machine.true_ms();
        }
    }
}

/// The way to the provider that a till is given.
pub struct Line(pub Arc<Provider>);

impl Gateways for Line {
    fn connect(&self, _: &BaseUrl, _: &Keys) -> Result<Arc<dyn Gateway>, GatewayError> {
        Ok(Arc::new(Self(Arc::clone(&self.0))))
    }
}

impl Gateway for Line {
    fn create<'a>(&'a self, request: &'a CreateRequest) -> Boxed<'a, CreateOutcome> {
        Box::pin(self.0.created(request))
    }

    fn confirm<'a>(&'a self, token: &'a Token, expected: &'a Expected) -> Boxed<'a, CheckOutcome> {
        Box::pin(self.0.confirmed(token, expected))
    }

    fn test(&self) -> Boxed<'_, ConnectionReport> {
        let report = ConnectionReport {
            verdict: ConnectionVerdict::KeysAccepted,
            code: None,
            server: String::new(),
            detail: String::new(),
            server_ms: None,
        };
        Box::pin(std::future::ready(report))
    }
}
