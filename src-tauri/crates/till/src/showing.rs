//! Which sale the customer's screen shows. Owns one choice: the newest charged sale of the counter on screen, for as long as
//! that customer stands there. Refuses to mix two customers, to come back to an older one, and to show late money at all.

use domain::{CheckProblem, Mode, PaymentId, PhoneNumber, State, Xof};
use ledger::Payment;

/// A sale that was charged longer ago than this is nobody's who stands at the counter now.
const FRESH_MS: i64 = 120_000;
/// How long a wait is shown; whoever has not answered by then has left.
const WAIT_MS: i64 = 600_000;
/// How long a person may take to look.
const CHECK_MS: i64 = 120_000;
/// How long a result is shown.
const RESULT_MS: i64 = 20_000;

/// Two clocks at one moment: what a ledger writes, and what nobody can set.
#[derive(Debug, Clone, Copy)]
pub struct Instant {
    /// Milliseconds since 1970, UTC.
    pub wall_ms: i64,
    /// Milliseconds since any fixed moment; never goes back.
    pub steady_ms: i64,
}

/// What the customer is shown of a sale. The number is masked here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shown {
    /// No sale.
    Idle,
    /// The customer is to approve.
    Waiting {
        /// What is asked.
        amount: Xof,
        /// As `90 12 •• 56`.
        phone: String,
    },
    /// Verified by confirm.
    Paid {
        /// What was paid.
        amount: Xof,
        /// When it was verified.
        at_ms: i64,
    },
    /// It will not be paid by this request.
    NotCompleted {
        /// What was asked.
        amount: Xof,
    },
    /// A person must look first.
    Checking {
        /// What was asked.
        amount: Xof,
    },
}

impl Shown {
    fn of(payment: &Payment) -> Self {
        if payment.late || payment.set_aside || payment.settled.is_some() || payment.refund_recorded {
            return Self::Idle;
        }
        let amount = payment.amount;
        match payment.state {
            State::Pending if payment.check_problem == Some(CheckProblem::HandleLost) => {
                Self::Checking { amount }
            }
            State::Recorded | State::Submitting | State::Pending => {
                let phone = payment.phone.as_ref().map(PhoneNumber::masked).unwrap_or_default();
                Self::Waiting { amount, phone }
            }
            State::Paid => {
                Self::Paid { amount, at_ms: payment.resolved_at_ms.unwrap_or(payment.created_at_ms) }
            }
            State::Failed | State::Rejected | State::NotSent => Self::NotCompleted { amount },
            State::Uncertain | State::Review => Self::Checking { amount },
        }
    }

    const fn lasts_ms(&self) -> Option<i64> {
        match self {
            Self::Idle => None,
            Self::Waiting { .. } => Some(WAIT_MS),
            Self::Checking { .. } => Some(CHECK_MS),
            Self::Paid { .. } | Self::NotCompleted { .. } => Some(RESULT_MS),
        }
    }
}

struct Sale {
    id: PaymentId,
    /// When it was made, and its number: a restored ledger gives numbers again.
    age: (i64, i64),
    version: i64,
    shown: Shown,
    since_ms: i64,
}

/// The sale in front of the customer.
#[derive(Default)]
pub struct Showing {
    /// The newest that was ever shown, even when it no longer is: none older comes after it.
    live: Option<Sale>,
    training: Option<Sale>,
}

impl Showing {
    const fn newest(&self, mode: Mode) -> Option<&Sale> {
        match mode {
            Mode::Live => self.live.as_ref(),
            Mode::Training => self.training.as_ref(),
        }
    }

    /// A payment changed.
    pub fn hear(&mut self, mode: Mode, payment: &Payment, now: Instant) {
        let age = (payment.created_at_ms, payment.seq);
        let mut shown = Shown::of(payment);
        let since_ms = match self.newest(mode) {
            Some(sale) if sale.id == payment.id => {
                if sale.version >= payment.version {
                    return;
                }
                // Whoever waited has left: what was taken from the screen, or whose time is over, stays away.
                if ends_ms(sale).is_none_or(|ends_ms| ends_ms <= now.steady_ms) {
                    shown = Shown::Idle;
                }
                if sale.shown == shown { sale.since_ms } else { now.steady_ms }
            }
            Some(sale) if sale.age > age => return,
            Some(_) | None => {
                if now.wall_ms.saturating_sub(payment.created_at_ms) > FRESH_MS {
                    return;
                }
                now.steady_ms
            }
        };
        let sale = Sale { id: payment.id.clone(), age, version: payment.version, shown, since_ms };
        match mode {
            Mode::Live => self.live = Some(sale),
            Mode::Training => self.training = Some(sale),
        }
    }

    /// What the customer of this counter sees now.
    #[must_use]
    pub fn at(&self, mode: Mode, steady_ms: i64) -> Shown {
        let on = self.newest(mode);
        let on = on.filter(|sale| ends_ms(sale).is_some_and(|ends_ms| steady_ms < ends_ms));
        on.map_or(Shown::Idle, |sale| sale.shown.clone())
    }

    /// How long until that changes by itself.
    #[must_use]
    pub fn changes_in_ms(&self, mode: Mode, steady_ms: i64) -> Option<u64> {
        let ends_ms = self.newest(mode).and_then(ends_ms)?;
        u64::try_from(ends_ms.saturating_sub(steady_ms)).ok().filter(|left| *left > 0)
    }
}

fn ends_ms(sale: &Sale) -> Option<i64> {
    sale.shown.lasts_ms().map(|lasts_ms| sale.since_ms.saturating_add(lasts_ms))
}

#[cfg(test)]
mod tests;
