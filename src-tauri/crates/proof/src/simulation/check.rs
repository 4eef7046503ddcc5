//! The invariants, held against the provider's own history whenever the till has come to rest.

use crate::simulation::provider::{Attempt, Book, Fate, Told};
use domain::pace::Pace;
use domain::schedule::{Asked, DAY_MS, next_check_ms};
use domain::{BusinessDay, DayRule, State};
use std::collections::BTreeMap;
use till::Payment;

/// How much later than planned a question may be: back-off after failures, other payments' questions, naps.
const SLACK_MS: i64 = 95_000;

/// What was seen so far.
#[derive(Default)]
pub struct Memory {
    finals: BTreeMap<String, State>,
    /// What the page was told last of each payment.
    emitted: BTreeMap<String, (i64, State)>,
    /// What it was told and later heard otherwise.
    taken_back: Vec<String>,
    /// Since when the till could have asked.
    pub awake_ms: i64,
    /// When this life began.
    pub born_ms: i64,
    /// By how much the page says that the clock is wrong.
    pub notice: Option<i64>,
    /// How the shop reckons its days, as far as the simulation can know.
    pub rule: Option<DayRule>,
    /// The day that the clock on the wall showed when the page was told that a payment is paid.
    pub paid_on: BTreeMap<String, BusinessDay>,
}

/// A clock that is wrong by more must be told of once an answer has shown it.
const MUST_TELL_MS: i64 = 300_000;
/// A clock that differs by less must not be told of.
const MUST_NOT_TELL_MS: i64 = 30_000;
/// A till found so many questions enough to end a watch by the clock alone.
const QUESTIONS_OF_A_WATCH: u32 = 60;

impl Memory {
    /// The page is told of a payment. A version means one state for ever, whatever power cut lies between.
    pub fn told(&mut self, id: String, version: i64, state: State) {
        if let Some((before, was)) = self.emitted.get(&id)
            && (*before > version || (*before == version && *was != state))
        {
            self.taken_back.push(format!("I3: {id} was told as {was} before the ledger had it"));
        }
        self.emitted.insert(id, (version, state));
    }
}

impl Memory {
    /// The page is told that a payment is paid, which was written in this very moment.
    pub fn paid(&mut self, payment: &Payment, shown_ms: i64) {
        if payment.state == State::Paid
            && let Some(day) = self.rule.as_ref().and_then(|rule| rule.day_of(shown_ms).ok())
        {
            self.paid_on.entry(payment.id.to_string()).or_insert(day);
        }
    }
}

/// When each pending payment is late, in time that really passed. What the clock on the wall says of its age may only make
/// it as old as a day at the start of a life, unless it was asked about often.
pub fn late_ms(payment: &Payment, attempt: &Attempt, memory: &Memory, shown_ms: i64, true_ms: i64) -> i64 {
    let since = attempt.asked_ms.unwrap_or(0).max(attempt.told_ms).max(memory.awake_ms);
    let grown_ms = if attempt.told_first_ms >= memory.born_ms {
        true_ms - attempt.told_first_ms
    } else {
        (true_ms - attempt.told_first_ms).max(DAY_MS + true_ms - memory.born_ms)
    };
    let by_the_clock_ms = shown_ms - payment.created_at_ms;
    let age_ms =
        if attempt.asked_times >= QUESTIONS_OF_A_WATCH { grown_ms.max(by_the_clock_ms) } else { grown_ms };
    let asked = Asked { at_ms: age_ms, answered_at_ms: age_ms, failures: 0 };
    // What is asked about no longer is never late.
    next_check_ms(&Pace::PUBLISHED, 0, asked, 100).map_or(i64::MAX, |next| since + next - age_ms + SLACK_MS)
}

/// Everything that does not hold.
pub fn broken(
    book: &mut Book,
    payments: &[Payment],
    memory: &mut Memory,
    shown_ms: i64,
    true_ms: i64,
) -> Vec<String> {
    let mut broken = std::mem::take(&mut memory.taken_back);
    broken.extend(misjudged_clock(book, memory));
    let known: BTreeMap<&str, &Payment> =
        payments.iter().map(|payment| (payment.id.as_str(), payment)).collect();
    for (id, attempt) in &mut book.attempts {
        match known.get(id.as_str()) {
            Some(payment) => broken.extend(attempt_broken(payment, attempt)),
            None => broken.push(format!("I7: {id} was sent and the ledger does not know it")),
        }
    }
    for payment in payments {
        let id = payment.id.as_str();
        if let Some(before) = memory.finals.get(id)
            && *before != payment.state
        {
            broken.push(format!("I4: {id} was {before} and is {}", payment.state));
        }
        if payment.state.is_final() {
            memory.finals.insert(id.to_owned(), payment.state);
        }
        if memory.emitted.get(id).is_some_and(|(version, state)| {
            *version > payment.version || (*version == payment.version && *state != payment.state)
        }) {
            broken.push(format!("I3: the page was told of {id} what the ledger does not have"));
        }
        if let Some(attempt) = book.attempts.get(id)
            && payment.state == State::Pending
            && attempt.asking == 0
            && true_ms > late_ms(payment, attempt, memory, shown_ms, true_ms)
        {
            let due_in_ms = payment.next_check_at_ms.map(|due| due - shown_ms);
            broken.push(format!(
                "I5: {id} is forgotten: last asked {:?}, now {true_ms}, due in {due_in_ms:?} ms",
                attempt.asked_ms
            ));
        }
        let earlier = |other: &&Payment| other.seq < payment.seq;
        if payments.iter().filter(earlier).any(|other| other.intent_id == payment.intent_id)
            || payments.iter().filter(earlier).any(|other| base(&other.intent_id) == base(&payment.intent_id))
        {
            broken.push(format!("two payments for {}", payment.intent_id));
        }
        if payment.previous.is_none()
            && payments.iter().filter(earlier).any(|other| other.phone == payment.phone && is_open(other))
        {
            broken.push(format!("{id} was sent to a number with an unresolved payment, without a word"));
        }
    }
    broken
}

/// What the page says of the clock, against what the last answer showed.
fn misjudged_clock(book: &Book, memory: &Memory) -> Option<String> {
    let shown_ms = book.clock_shown_wrong_by_ms?;
    match memory.notice {
        None if shown_ms.abs() > MUST_TELL_MS => {
            Some(format!("the clock is wrong by {shown_ms} ms, an answer showed it, and nobody is told"))
        }
        Some(by_ms) if shown_ms.abs() < MUST_NOT_TELL_MS => {
            Some(format!("the clock is right, an answer showed it, and the page says {by_ms} ms"))
        }
        Some(_) | None => None,
    }
}

fn base(intent: &str) -> &str {
    intent.get(..6).unwrap_or(intent)
}

fn is_open(payment: &Payment) -> bool {
    payment.settled.is_none()
        && matches!(
            payment.state,
            State::Recorded | State::Submitting | State::Pending | State::Uncertain | State::Review
        )
}

fn attempt_broken(payment: &Payment, attempt: &mut Attempt) -> Option<String> {
    let (id, state) = (&payment.id, payment.state);
    let nothing_happened = matches!(state, State::NotSent | State::Rejected);
    if attempt.created && nothing_happened {
        return Some(format!("I2: {id} is {state}, and LigdiCash has it"));
    }
    if attempt.created
        && state == State::Failed
        && !matches!(attempt.fate, Fate::Refuses | Fate::RefusesThenCompletes)
    {
        return Some(format!("I2: {id} is {state}, and nobody refused it"));
    }
    if state == State::Paid && !attempt.told_completed {
        return Some(format!("I6: {id} is paid, and no confirmation matched ({:?})", attempt.fate));
    }
    match attempt.told {
        Told::Accepted if !payment.has_token => Some(format!("I3: the token of {id} was lost")),
        Told::Unknown if state != State::Uncertain => {
            Some(format!("I2: the answer to {id} was lost, and it is {state}"))
        }
        Told::Refused if state != State::Rejected => Some(format!("{id} was refused, and it is {state}")),
        Told::NotSent if attempt.sent == 0 && state != State::NotSent => {
            Some(format!("{id} did not leave, and it is {state}"))
        }
        Told::Nothing | Told::Accepted | Told::Unknown | Told::Refused | Told::NotSent => None,
    }
}
