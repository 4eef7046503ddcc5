//! A morning in a shop, on the real ledger and the real settings: sales of every end, decisions, receipts, closings and
//! restarts. Notes after each call what was promised, and when by a count that the caller keeps.

use domain::{
    Closing, DayRule, DecisionKind, Event, Mode, NotSentCause, PaymentId, PhoneNumber, ReviewReason,
    UncertainCause, Xof,
};
use ledger::{
    Change, ConfirmFacts, Decision, Ledger, NewPayment, Payment, RecordOutcome, SettingsStore, Token, What,
};
use std::collections::BTreeMap;
use std::path::Path;

pub const LEDGER: &str = "live.sqlite3";
pub const SETTINGS: &str = "settings.sqlite3";
/// The setting that counts up.
pub const COUNTER: &str = "counter";
/// 24 November 2026, 09:00 in Lomé.
const BEGIN_MS: i64 = 1_795_510_800_000;
/// One of every end, and some more.
pub const SALES: i64 = 28;

/// Something that the ledger said is so.
#[derive(Debug, Clone)]
pub enum Promise {
    /// This version of the payment is written.
    Payment(Box<Payment>),
    Token(PaymentId, String),
    Closed(Box<Closing>),
    Setting(i64),
    /// So many entries and lines are chained.
    Chained {
        entries: i64,
        lines: i64,
    },
}

/// What happened, as the ledger told it.
pub struct Morning {
    /// Each with what the count was when it was made.
    pub promises: Vec<(usize, Promise)>,
    /// Every version of every payment that was ever written.
    pub written: BTreeMap<(PaymentId, i64), Payment>,
}

pub async fn open_briefly(path: &Path) -> Result<Ledger, ledger::OpenError> {
    Ledger::open_briefly(path, Mode::Live, DayRule::default(), [7; 16], BEGIN_MS).await
}

pub async fn open(path: &Path) -> Result<Ledger, ledger::OpenError> {
    Ledger::open(path, Mode::Live, DayRule::default(), [7; 16], BEGIN_MS).await
}

/// A sale; every one has a number of its own.
pub fn sale(number: i64) -> NewPayment {
    let mut random = [0; 10];
    random[2..].copy_from_slice(&number.to_be_bytes());
    NewPayment {
        id: PaymentId::from_parts(BEGIN_MS + number, random),
        intent_id: format!("sale-{number}"),
        amount: Xof::new(1_000 + number),
        phone: PhoneNumber::parse("90123456").unwrap(),
        phone_salt: number.to_be_bytes().repeat(2).try_into().unwrap(),
        cashier: "Afi".to_owned(),
        previous: None,
        at_ms: BEGIN_MS + number * 60_000,
    }
}

struct Shop<'r> {
    count: &'r dyn Fn() -> usize,
    folder: &'r Path,
    ledger: Ledger,
    settings: SettingsStore,
    now_ms: i64,
    promises: Vec<(usize, Promise)>,
    written: BTreeMap<(PaymentId, i64), Payment>,
}

/// Lives a morning of so many sales in `folder`, which is empty.
pub async fn live(count: &dyn Fn() -> usize, folder: &Path, sales: i64) -> Morning {
    let ledger = open(&folder.join(LEDGER)).await.unwrap();
    let settings = SettingsStore::open(&folder.join(SETTINGS)).await.unwrap();
    let (promises, written) = (Vec::new(), BTreeMap::new());
    let mut shop = Shop { count, folder, ledger, settings, now_ms: BEGIN_MS, promises, written };
    for number in 1..=sales {
        shop.sell(number).await;
        if number % 5 == 0 {
            shop.settings.set(&[(COUNTER, number.to_string())], shop.now_ms).await.unwrap();
            shop.promise(Promise::Setting(number));
        }
        if number % 9 == 0 {
            shop.close_the_day().await;
        }
        if number % 13 == 0 {
            shop.restart().await;
        }
    }
    shop.ledger.close().await;
    shop.settings.close().await;
    Morning { promises: shop.promises, written: shop.written }
}

impl Shop<'_> {
    fn promise(&mut self, promise: Promise) {
        self.promises.push(((self.count)(), promise));
    }

    /// The call that wrote `payment` has returned.
    async fn written(&mut self, payment: Payment) -> Payment {
        let after = (self.count)();
        self.promises.push((after, Promise::Payment(Box::new(payment.clone()))));
        self.written.insert((payment.id.clone(), payment.version), payment.clone());
        let found = self.ledger.verify().await.unwrap();
        assert_eq!(found.first_bad, None);
        let chained = Promise::Chained { entries: found.entries, lines: found.journal_rows };
        self.promises.push((after, chained));
        payment
    }

    async fn apply(&mut self, payment: &Payment, what: What) -> Payment {
        self.now_ms += 1_000;
        let (id, version, at_ms) = (payment.id.clone(), payment.version, self.now_ms);
        let note = "answered".to_owned();
        let applied = self.ledger.apply(Change { id, version, at_ms, what, note }).await.unwrap();
        self.written(applied.payment).await
    }

    async fn checked(&mut self, payment: &Payment, event: Event) -> Payment {
        let review_reason = (event == Event::ConfirmMismatch).then_some(ReviewReason::AmountDiffers);
        let facts = ConfirmFacts {
            operator_id: Some("3".to_owned()),
            operator_name: Some("YAS TOGO".to_owned()),
            request_id: Some(format!("P{}", payment.seq)),
            oreference: None,
            confirmed_amount: Some(payment.amount),
            review_reason,
        };
        let (asked_at_ms, next_check_at_ms) = (self.now_ms, Some(self.now_ms + 5_000));
        let answered_at_ms = asked_at_ms + 400;
        let what = What::Checked {
            event,
            facts,
            problem: None,
            asked_at_ms,
            answered_at_ms,
            next_check_at_ms,
            failures: 0,
        };
        self.apply(payment, what).await
    }

    async fn decide(&mut self, payment: &Payment, kind: DecisionKind) -> Payment {
        self.now_ms += 1_000;
        let decision = Decision {
            at_ms: self.now_ms,
            kind,
            who: "Kofi".to_owned(),
            reason: "le client a payé en espèces".to_owned(),
            reference: Some("CI240601.1200.A1".to_owned()),
        };
        let decided = self.ledger.decide(&payment.id, decision).await.unwrap();
        self.written(decided).await
    }

    async fn submitted(&mut self, number: i64) -> Payment {
        let RecordOutcome::New(recorded) = self.ledger.record(sale(number)).await.unwrap() else {
            panic!("sale {number} was there before");
        };
        self.now_ms = recorded.created_at_ms;
        let recorded = self.written(recorded).await;
        let (server, credential_set) = ("https://app.ligdicash.com".to_owned(), "keys-1".to_owned());
        self.apply(&recorded, What::SubmissionStarted { server, credential_set }).await
    }

    async fn pending(&mut self, number: i64) -> Payment {
        let submitted = self.submitted(number).await;
        // As long as a real one: a JSON web token.
        let token = format!("token-{number}-{}", "abcdefgh".repeat(40));
        let what = What::Accepted { token: Token::new(token.clone()), next_check_at_ms: self.now_ms + 5_000 };
        let accepted = self.apply(&submitted, what).await;
        self.promise(Promise::Token(accepted.id.clone(), token));
        let due = self.ledger.nudge(&accepted.id, self.now_ms + 2_000).await.unwrap();
        self.written(due).await
    }

    async fn sell(&mut self, number: i64) {
        match number % 9 {
            0 => {
                let submitted = self.submitted(number).await;
                let what = What::Refused { code: "07".to_owned(), text: "Echec (Code07)".to_owned() };
                self.apply(&submitted, what).await;
            }
            1 => {
                let submitted = self.submitted(number).await;
                self.apply(&submitted, What::NotSent { cause: NotSentCause::NoConnection }).await;
            }
            2 => {
                let submitted = self.submitted(number).await;
                let unknown =
                    self.apply(&submitted, What::Unknown { cause: UncertainCause::AnswerLost }).await;
                self.decide(&unknown, DecisionKind::AcceptedAsPaid).await;
            }
            3 => {
                let pending = self.pending(number).await;
                self.checked(&pending, Event::ConfirmNotCompleted).await;
            }
            4 => {
                let pending = self.pending(number).await;
                let aside = self.decide(&pending, DecisionKind::SetAside).await;
                let settled = self.decide(&aside, DecisionKind::SettledOtherwise).await;
                let late = self.checked(&settled, Event::ConfirmCompleted).await;
                self.decide(&late, DecisionKind::RefundRecorded).await;
            }
            5 => {
                let pending = self.pending(number).await;
                let review = self.checked(&pending, Event::ConfirmMismatch).await;
                self.checked(&review, Event::ConfirmCompleted).await;
            }
            _ => {
                let pending = self.pending(number).await;
                let pending = self.checked(&pending, Event::ConfirmPending).await;
                let paid = self.checked(&pending, Event::ConfirmCompleted).await;
                self.ledger.issue_receipt(&paid.id, "paper", self.now_ms).await.unwrap();
                self.written(paid).await;
            }
        }
    }

    async fn close_the_day(&mut self) {
        let period = self.ledger.reading(self.now_ms).await.unwrap();
        let closing = self.ledger.seal(period.number, "Kofi", self.now_ms).await.unwrap();
        self.promise(Promise::Closed(Box::new(closing)));
        self.ledger.note(self.now_ms, "settings_changed", "cut_off_hour").await.unwrap();
    }

    async fn restart(&mut self) {
        self.ledger.close().await;
        self.settings.close().await;
        self.ledger = open(&self.folder.join(LEDGER)).await.unwrap();
        self.settings = SettingsStore::open(&self.folder.join(SETTINGS)).await.unwrap();
    }
}
