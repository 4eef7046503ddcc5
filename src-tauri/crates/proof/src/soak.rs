//! A shop's month in minutes: thousands of payments through one till, over real HTTP, with many customers waiting at once
//! and a restart now and then. Owns what a till may cost over time, and that at the end both books say the same.

use crate::stage::{self, FastClock, Keychain, Page};
use domain::{Class, Mode, State};
use ledger::Ledger;
use simulator::{Answer, Invoice, Simulator, Status};
use std::collections::HashMap;
use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use till::{Charge, Charged, Clock, Payment, SystemClock, Till, TillEvent};
use tokio::sync::{Notify, mpsc};

/// Customers who wait at once.
const WAITING: u32 = 50;
/// How much faster than the machine's the till's clock runs.
const TIMES: u32 = 100;
/// The till is closed and opened again after so many payments.
const RESTART_EVERY: u32 = 2_500;
/// Memory is compared from here on: what is filled once is full by then.
const WARM_AFTER: u32 = 1_000;
/// A customer who is not served by then is a finding.
const PATIENCE: Duration = Duration::from_secs(120);

/// Payments that wait for their end, and who waits for each.
#[derive(Default)]
struct Ends {
    known: Mutex<HashMap<String, State>>,
    changed: Notify,
}

impl Ends {
    fn tell(&self, payment: &Payment) {
        self.known
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(payment.id.to_string(), payment.state);
        self.changed.notify_waiters();
    }

    /// The end of a payment; its entry goes with it, so that what the soak remembers does not grow.
    fn take(&self, id: &str) -> Option<State> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let is_over = |state: &State| !matches!(state, State::Recorded | State::Submitting | State::Pending);
        if known.get(id).is_some_and(is_over) { known.remove(id) } else { None }
    }

    async fn of(&self, id: &str) -> Option<State> {
        let waiting = async {
            loop {
                let changed = self.changed.notified();
                if let Some(state) = self.take(id) {
                    return state;
                }
                changed.await;
            }
        };
        tokio::time::timeout(PATIENCE, waiting).await.ok()
    }
}

/// Sells so many times, and holds both books against each other.
pub fn run(payments: u32) -> bool {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let place = stage::workplace();
    let begun = Instant::now();
    let problems = runtime.block_on(soak(payments, place.path(), begun));
    for problem in &problems {
        println!("soak: {problem}");
    }
    problems.is_empty()
}

async fn soak(payments: u32, folder: &Path, begun: Instant) -> Vec<String> {
    let provider = Simulator::start(simulator::Options {
        credentials: Some((stage::KEYS.0.into(), stage::KEYS.1.into())),
        ..simulator::Options::default()
    })
    .await
    .unwrap();
    let keychain = Arc::new(Keychain::default());
    stage::set_up(folder, Arc::clone(&keychain)).await;
    let customers = tokio::spawn(answer_for_ever(provider.clone()));
    let began_ms = SystemClock::new().now_ms();
    let (mut problems, mut warm, mut served) = (Vec::new(), None, 0);
    while served < payments {
        let until = (served + RESTART_EVERY).min(payments);
        let middle = if warm.is_none() { until.min(WARM_AFTER) } else { until };
        let till = opened(folder, &provider, &keychain, began_ms).await;
        for part in [middle, until] {
            problems.extend(sell(&till, served, part).await);
            served = part;
            if warm.is_none() && served >= WARM_AFTER.min(payments) {
                warm = memory_kib();
            }
        }
        till.0.close().await;
    }
    let (memory, processor_s) = (memory_kib(), processor_seconds());
    customers.abort();
    problems.extend(hold(folder, &provider.invoices()).await);
    provider.stop().await;
    let grown = match (warm, memory) {
        (Some(warm), Some(now)) => format!("{} MiB grown", (now - warm) / 1_024),
        (None, _) | (_, None) => "memory not measured here".to_owned(),
    };
    let file_kib = std::fs::metadata(folder.join("live.sqlite3")).map_or(0, |file| file.len() / 1_024);
    println!(
        "FIGURE soak | {payments} payments, {WAITING} waiting at once, {} s | {} lost or different, {grown}, ledger of {} \
         bytes a payment, {} s of processor",
        begun.elapsed().as_secs(),
        problems.len(),
        file_kib * 1_024 / u64::from(payments.max(1)),
        processor_s.map_or_else(|| "?".to_owned(), |seconds| seconds.to_string()),
    );
    problems
}

type Open = (Till, Arc<Ends>);

async fn opened(folder: &Path, provider: &Simulator, keychain: &Arc<Keychain>, began_ms: i64) -> Open {
    let (to, mut heard) = mpsc::unbounded_channel();
    let ports = stage::ports(Arc::clone(keychain), FastClock::new(began_ms, TIMES), Page { says: false, to });
    let till = Till::open(stage::options(folder, &provider.base_url()), ports).await.unwrap();
    let ends = Arc::new(Ends::default());
    let telling = Arc::clone(&ends);
    tokio::spawn(async move {
        while let Some(event) = heard.recv().await {
            if let TillEvent::PaymentChanged(_, payment) = event {
                telling.tell(&payment);
            }
        }
    });
    (till, ends)
}

/// Sells from one number to the next, many customers at once.
async fn sell((till, ends): &Open, from: u32, to: u32) -> Vec<String> {
    let next = Arc::new(AtomicU32::new(from));
    let counters = (0..WAITING).map(|_| {
        let (till, ends, next) = (till.clone(), Arc::clone(ends), Arc::clone(&next));
        tokio::spawn(async move {
            let mut problems = Vec::new();
            loop {
                let sale = next.fetch_add(1, Ordering::Relaxed);
                if sale >= to {
                    return problems;
                }
                problems.extend(serve(&till, &ends, sale).await);
            }
        })
    });
    let mut problems = Vec::new();
    for counter in counters.collect::<Vec<_>>() {
        problems.extend(counter.await.unwrap());
    }
    problems
}

async fn serve(till: &Till, ends: &Ends, sale: u32) -> Option<String> {
    let charge = Charge {
        intent_id: format!("sale-{sale}"),
        amount: (100 + sale % 90_000).to_string(),
        phone: format!("92{sale:06}"),
        after: None,
        cashier: String::new(),
    };
    match till.charge(charge).await {
        Ok(Charged::Payment(_, payment)) => match ends.of(payment.id.as_str()).await {
            Some(State::Paid | State::Failed) => None,
            state => Some(format!("sale {sale} ended as {state:?}")),
        },
        Ok(Charged::Unresolved(_, payment)) => Some(format!("sale {sale} stands behind {}", payment.id)),
        Err(error) => Some(format!("sale {sale} is not charged: {error}")),
    }
}

/// The customers: one in eight refuses.
async fn answer_for_ever(provider: Simulator) {
    let mut changes = provider.changes();
    let mut answered = 0u32;
    loop {
        for prompt in provider.prompts() {
            answered += 1;
            let answer = if answered.is_multiple_of(8) { Answer::Refuse } else { Answer::Approve };
            // It may have been answered since.
            let _ = provider.answer(&prompt.transaction_id, answer);
        }
        if changes.changed().await.is_err() {
            return;
        }
    }
}

/// The ledger against LigdiCash's own book: each payment, and the sum.
async fn hold(folder: &Path, book: &[Invoice]) -> Vec<String> {
    let rule = domain::DayRule::default();
    let ledger = Ledger::open_to_read(&folder.join("live.sqlite3"), Mode::Live, rule).await.unwrap();
    let mut problems = Vec::new();
    if let Some(bad) = ledger.verify().await.unwrap().first_bad {
        problems.push(format!("{bad:?}"));
    }
    let mut paid = 0;
    for invoice in book {
        let expected = match invoice.status {
            Status::Completed => State::Paid,
            Status::NotCompleted => State::Failed,
            Status::Pending => State::Pending,
        };
        if expected == State::Paid {
            paid += i64::from(invoice.amount_xof);
        }
        let found = ledger.payment(&invoice.transaction_id.parse().unwrap()).await.unwrap();
        match found {
            Some(payment) if payment.state == expected => {}
            Some(payment) => problems.push(format!("{} is {}, not {expected}", payment.id, payment.state)),
            None => problems.push(format!("{} is lost", invoice.transaction_id)),
        }
    }
    let ever = ledger.totals("2020-01-01".parse().unwrap(), "2090-12-31".parse().unwrap()).await.unwrap();
    let kept = ever.of(Class::Verified).amount.francs();
    if kept != paid {
        problems.push(format!("the ledger adds up to {kept} F, LigdiCash to {paid} F"));
    }
    ledger.close().await;
    problems
}

/// What this process holds, the simulator with it; none where the system does not say.
fn memory_kib() -> Option<i64> {
    let rollup = std::fs::read_to_string("/proc/self/smaps_rollup").ok()?;
    let line = rollup.lines().find_map(|line| line.strip_prefix("Pss:"))?;
    line.split_whitespace().next()?.parse().ok()
}

/// Seconds of processor since the start, in hundredths of the system's clock.
fn processor_seconds() -> Option<u64> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace().skip(11);
    let mut ticks = || fields.next().and_then(|field| field.parse::<u64>().ok());
    Some((ticks()? + ticks()?) / 100)
}
