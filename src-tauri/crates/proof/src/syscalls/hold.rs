//! What must hold after a disturbed life and an undisturbed one, between the provider's book, the ledger, and what the
//! page was told.

use crate::syscalls::child;
use domain::{DayRule, Mode, State};
use ledger::{HistoryFilter, Ledger};
use simulator::{Invoice, Simulator};
use std::collections::BTreeMap;
use std::path::Path;
use till::Payment;

/// More than one sale can ever make.
const WINDOW: u32 = 50;

pub struct Play<'p> {
    /// What was said on standard output, life by life.
    pub lives: [&'p [String]; 2],
    pub provider: &'p Simulator,
    pub folder: &'p Path,
}

impl Play<'_> {
    /// Everything that does not hold.
    pub async fn broken(&self) -> Vec<String> {
        let path = self.folder.join("live.sqlite3");
        // Opening reads the whole file and refuses damage.
        let ledger = match Ledger::open(&path, Mode::Live, DayRule::default(), [0; 16], 0).await {
            Ok(ledger) => ledger,
            Err(error) => return vec![format!("damaged: the ledger does not open: {error}")],
        };
        let broken = match self.read(&ledger).await {
            Ok(broken) => broken,
            Err(error) => vec![format!("damaged: the ledger cannot be read: {error}")],
        };
        ledger.close().await;
        broken
    }

    async fn read(&self, ledger: &Ledger) -> Result<Vec<String>, ledger::LedgerError> {
        let mut broken = Vec::new();
        let verification = ledger.verify().await?;
        broken.extend(verification.first_bad.map(|bad| format!("damaged: {bad:?}")));
        let payments = ledger.history(&HistoryFilter::default(), None, WINDOW).await?;
        let paid = payments.iter().filter(|payment| payment.state == State::Paid).count();
        if i64::try_from(paid) != Ok(verification.entries) {
            broken.push(format!("{paid} paid, and {} entries", verification.entries));
        }
        if payments.len() != 1 {
            broken.push(format!("{} payments for one sale", payments.len()));
        }
        let creates = self.provider.requests().iter().filter(|request| request.method == "POST").count();
        if creates > 1 {
            broken.push(format!("double: {creates} creates for one sale"));
        }
        let invoices = self.provider.invoices();
        broken.extend(invoices.iter().filter_map(|invoice| invisible(invoice, &payments)));
        let told = self.told();
        broken.extend(payments.iter().filter_map(|payment| unfounded(payment, &invoices)));
        broken.extend(payments.iter().filter_map(|payment| token_lost(payment, &told)));
        broken.extend(told_wrong(&told, &payments));
        Ok(broken)
    }

    /// Identifier, version and state of everything the page was told, in order.
    fn told(&self) -> Vec<(String, i64, String)> {
        let lines = self.lives.iter().flat_map(|said| said.iter());
        lines
            .filter_map(|line| {
                let mut words = line.strip_prefix("told ")?.split(' ');
                Some((words.next()?.to_owned(), words.next()?.parse().ok()?, words.next()?.to_owned()))
            })
            .collect()
    }
}

/// What LigdiCash accepted stands in the ledger as that sale, and as nothing that says nothing happened. Its customer
/// approved, and the restarted till had time to hear of it.
fn invisible(invoice: &Invoice, payments: &[Payment]) -> Option<String> {
    let id = &invoice.transaction_id;
    let Some(payment) = payments.iter().find(|payment| payment.id.as_str() == id) else {
        return Some(format!("invisible: LigdiCash has {id}, and the ledger does not"));
    };
    if payment.amount.francs() != i64::from(invoice.amount_xof) || payment.intent_id != child::INTENT {
        return Some(format!("{id} is another sale in the ledger"));
    }
    match payment.state {
        State::Paid | State::Uncertain => None,
        State::Pending => Some(format!("forgotten: {id} was approved, and is still pending")),
        State::Recorded
        | State::Submitting
        | State::Failed
        | State::Rejected
        | State::NotSent
        | State::Review => Some(format!("invisible: LigdiCash has {id}, which is {}", payment.state)),
    }
}

/// What LigdiCash does not have was neither paid nor left open.
fn unfounded(payment: &Payment, invoices: &[Invoice]) -> Option<String> {
    let is_known = invoices.iter().any(|invoice| invoice.transaction_id == payment.id.as_str());
    let may_be = match payment.state {
        State::NotSent | State::Uncertain => true,
        State::Recorded
        | State::Submitting
        | State::Pending
        | State::Paid
        | State::Failed
        | State::Rejected
        | State::Review => false,
    };
    let receipt = (payment.state == State::Paid).then_some(1);
    if payment.receipt_number != receipt {
        return Some(format!(
            "{} is {} with receipt {:?}",
            payment.id, payment.state, payment.receipt_number
        ));
    }
    (!is_known && !may_be).then(|| format!("{} is {}, and LigdiCash has none", payment.id, payment.state))
}

/// The page was told that a token is there, so it was committed.
fn token_lost(payment: &Payment, told: &[(String, i64, String)]) -> Option<String> {
    let had = told.iter().any(|(id, _, state)| id == payment.id.as_str() && state == State::Pending.as_str());
    (had && !payment.has_token).then(|| format!("the token of {} was lost", payment.id))
}

/// A version means one state for ever, across restarts, and the ledger has got at least as far.
fn told_wrong(told: &[(String, i64, String)], payments: &[Payment]) -> Vec<String> {
    let mut meant: BTreeMap<(&str, i64), &str> = BTreeMap::new();
    for payment in payments {
        meant.insert((payment.id.as_str(), payment.version), payment.state.as_str());
    }
    let mut broken = Vec::new();
    for (id, version, state) in told {
        let before = meant.insert((id, *version), state);
        if before.is_some_and(|before| before != state) {
            broken.push(format!("told wrong: version {version} of {id} was {state} and {before:?}"));
        }
        match payments.iter().find(|payment| payment.id.as_str() == id) {
            None => broken.push(format!("told wrong: {id} is not in the ledger")),
            Some(payment) if payment.version < *version => {
                broken.push(format!("told wrong: version {version} of {id} is not in the ledger"));
            }
            Some(payment) if state == State::Paid.as_str() && payment.state != State::Paid => {
                broken.push(format!("told wrong: {id} was paid, and is {}", payment.state));
            }
            Some(_) => {}
        }
    }
    broken
}
