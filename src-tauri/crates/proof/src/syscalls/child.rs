//! The child: a real till that opens, takes one sale, waits for its end and closes; and a cashier who presses again when
//! it was refused. Says what the page is told.

use crate::stage::{self, FastClock, Keychain, Page};
use crate::syscalls::ask::Start;
use domain::State;
use std::io::Write;
use std::sync::{Arc, mpsc};
use std::time::Duration;
use till::{Charge, Charged, Payment, Till, TillEvent};
use tokio::sync::mpsc::UnboundedReceiver;

/// How much faster than the machine's the till's clock runs: its first question comes after 20 ms.
pub const TIMES: u32 = 250;
/// The one sale.
pub const INTENT: &str = "the-sale";
pub const AMOUNT: &str = "5000";
pub const PHONE: &str = "90123456";
/// A till that hangs is ended, and found. A lock that the system did not let go of makes every write wait for five seconds
/// before it is refused, which is slow and no hang.
const HANGS_AFTER: Duration = Duration::from_secs(150);
const PRESSES: u32 = 3;

pub fn run(start: &Start) -> bool {
    #[cfg(feature = "planted")]
    domain::planted::plant(start.bug);
    #[cfg(not(feature = "planted"))]
    assert!(start.bug.is_none(), "build with --features planted to have faults to plant");
    let keychain = Arc::new(Keychain::load(&start.keychain));
    // Nothing before this counts; whoever traces takes hold here.
    println!("ready");
    let _ = std::io::stdout().flush();
    let _ = std::io::stdin().read_line(&mut String::new());
    let (alive, watched) = mpsc::channel::<()>();
    std::thread::spawn(move || {
        if watched.recv_timeout(HANGS_AFTER) == Err(mpsc::RecvTimeoutError::Timeout) {
            println!("hangs");
            std::process::abort();
        }
    });
    let runtime = stage::runtime();
    runtime.block_on(live(start, keychain));
    drop(alive);
    println!("end");
    true
}

async fn live(start: &Start, keychain: Arc<Keychain>) {
    let (to, mut heard) = tokio::sync::mpsc::unbounded_channel();
    let clock = FastClock::new(start.began_ms, TIMES);
    let ports = stage::ports(keychain, clock, Page { says: true, to });
    let till = match Till::open(stage::options(&start.data, &start.server), ports).await {
        Ok(till) => till,
        Err(error) => {
            println!("does not open: {error}");
            return;
        }
    };
    for _ in 0..PRESSES {
        let charge = Charge {
            intent_id: INTENT.into(),
            amount: AMOUNT.into(),
            phone: PHONE.into(),
            after: None,
            cashier: String::new(),
        };
        match till.charge(charge).await {
            Ok(Charged::Payment(_, payment)) => {
                let patience = Duration::from_millis(start.patience_ms);
                if tokio::time::timeout(patience, until_over(payment, &mut heard)).await.is_err() {
                    println!("waited long enough");
                }
                break;
            }
            Ok(Charged::Unresolved(_, payment)) => {
                println!("unresolved {} {}", payment.id, payment.state);
                break;
            }
            Err(error) => println!("refused: {error}"),
        }
    }
    till.close().await;
}

async fn until_over(payment: Payment, heard: &mut UnboundedReceiver<TillEvent>) {
    let mut state = payment.state;
    while matches!(state, State::Recorded | State::Submitting | State::Pending) {
        match heard.recv().await {
            Some(TillEvent::PaymentChanged(_, changed)) if changed.id == payment.id => state = changed.state,
            Some(_) => {}
            None => return,
        }
    }
}
