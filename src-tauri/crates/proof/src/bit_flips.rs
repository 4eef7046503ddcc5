//! One bit of a ledger's file turned, as disks and memory do: whatever the till then reads is what was written, or the
//! opening, the reading of the whole that follows it, or the verification says that it is not. Opened as a ledger with years
//! in it is: after a brief look. Never a silently different answer. A flip replays by its number.
//!
//! What the till reads is taken through the ledger's own questions: every payment with its story and token, every entry,
//! sum, receipt and closing, and each list of a screen or of the watch. What a flip does to triggers and to the search index
//! is no answer; SQLite checks the one as it reads the schema, and its own check reads the other.

use crate::morning::{self, LEDGER, SETTINGS};
use crate::simulation::chance::Dice;
use crate::stage::{runtime, workplace};
use domain::{DayRule, EntryRange, PaymentId};
use ledger::{HistoryFilter, Ledger, LedgerError};
use std::fmt::{Debug, Write};
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

/// Every end of a sale, decisions and a closing.
const SALES: i64 = 14;
const ALL: u32 = 200;
const NOON_MS: i64 = 1_795_521_600_000;
const SERVER: &str = "https://app.ligdicash.com";

/// What became of one flip.
enum Found {
    /// The till reads what was written, and nothing complains.
    Nothing,
    /// The till reads what was written, and something complains all the same: it keeps more than it reads.
    Harmless,
    Opening,
    /// By the reading of the whole file that follows a brief opening.
    Whole,
    Verification,
    Reading,
    /// Another answer, and nobody said so.
    Silent(String),
}

#[derive(Default)]
struct Tally {
    nothing: u64,
    harmless: u64,
    opening: u64,
    whole: u64,
    verification: u64,
    reading: u64,
    silent: Vec<(u64, String)>,
}

/// Turns so many bits, one at a time, or this one; prints what was believed.
pub fn run(flips: u64, only: Option<u64>) -> bool {
    let place = workplace();
    let folder = place.path().join("sound");
    std::fs::create_dir(&folder).unwrap();
    runtime().block_on(morning::live(&|| 0, &folder, SALES));
    std::fs::remove_file(folder.join(SETTINGS)).unwrap();
    let sound = std::fs::read(folder.join(LEDGER)).unwrap();
    let Ok((_, expected)) = runtime().block_on(look(&folder.join(LEDGER))) else {
        println!("the sound file does not open");
        return false;
    };
    let next = AtomicU64::new(only.unwrap_or(0));
    let end = only.map_or(flips, |only| only + 1);
    let tally = Mutex::new(Tally::default());
    let cores = std::thread::available_parallelism().map_or(1, usize::from).min(8) * 2;
    std::thread::scope(|scope| {
        for core in 0..cores {
            let (next, tally, sound, expected) = (&next, &tally, &sound, &expected);
            let folder = place.path().join(format!("flip-{core}"));
            scope.spawn(move || {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number >= end {
                        break;
                    }
                    let found = flip(number, sound, expected, &folder);
                    let mut tally = tally.lock().unwrap();
                    match found {
                        Found::Nothing => tally.nothing += 1,
                        Found::Harmless => tally.harmless += 1,
                        Found::Opening => tally.opening += 1,
                        Found::Whole => tally.whole += 1,
                        Found::Verification => tally.verification += 1,
                        Found::Reading => tally.reading += 1,
                        Found::Silent(what) => tally.silent.push((number, what)),
                    }
                }
            });
        }
    });
    let tally = tally.into_inner().unwrap();
    for (number, what) in tally.silent.iter().take(5) {
        println!("flip {number} was believed: {what}");
        println!("replay: cargo xtask proof bit-flips --flip {number}");
    }
    let found = tally.opening + tally.whole + tally.verification + tally.reading;
    println!(
        "FIGURE bit flips | {} flips in {} bytes | {} changed something, {found} found ({} at a brief opening, {} by reading whole, {} by verification, {} \
         when read); {} changed nothing, {} more were told",
        tally.nothing + tally.harmless + found + tally.silent.len() as u64,
        sound.len(),
        found + tally.silent.len() as u64,
        tally.opening,
        tally.whole,
        tally.verification,
        tally.reading,
        tally.nothing,
        tally.harmless
    );
    tally.silent.is_empty() && (only.is_some() || found > 0)
}

fn flip(number: u64, sound: &[u8], expected: &str, folder: &Path) -> Found {
    let mut dice = Dice::new(number);
    let mut bytes = sound.to_vec();
    // Half of them where something is written: the rest of a page is often empty.
    let mut at = 0;
    for _ in 0..20 {
        at = usize::try_from(dice.roll() % bytes.len() as u64).unwrap_or(0);
        if number.is_multiple_of(2) || bytes[at] != 0 {
            break;
        }
    }
    bytes[at] ^= 1 << (dice.roll() % 8);
    let _ = std::fs::remove_dir_all(folder);
    std::fs::create_dir(folder).unwrap();
    std::fs::write(folder.join(LEDGER), &bytes).unwrap();
    match runtime().block_on(look(&folder.join(LEDGER))) {
        Err(Unread::Opening) => Found::Opening,
        Err(Unread::Reading) => Found::Reading,
        Ok((told, read)) => match (read == expected, told) {
            (true, None) => Found::Nothing,
            (true, Some(_)) => Found::Harmless,
            (false, Some(told)) => told,
            (false, None) => Found::Silent(format!("byte {at}: {}", first_difference(expected, &read))),
        },
    }
}

fn first_difference(expected: &str, read: &str) -> String {
    let mut lines = expected.lines().zip(read.lines());
    let differing = lines.find(|(expected, read)| expected != read);
    differing.map_or("lines are missing".to_owned(), |(expected, read)| format!("{expected} -> {read}"))
}

enum Unread {
    Opening,
    Reading,
}

impl From<LedgerError> for Unread {
    fn from(_: LedgerError) -> Self {
        Self::Reading
    }
}

/// Who complains of it, and everything that it answers.
async fn look(path: &Path) -> Result<(Option<Found>, String), Unread> {
    let ledger = morning::open_briefly(path).await.map_err(|_| Unread::Opening)?;
    let answers = answers(&ledger).await;
    let unsound = ledger.unsound(&Arc::default());
    let verified = ledger.verify().await;
    ledger.close().await;
    let is_verified = verified?.first_bad.is_none();
    let told = match unsound? {
        Some(_) => Some(Found::Whole),
        None if !is_verified => Some(Found::Verification),
        None => None,
    };
    match answers {
        Ok(answers) => Ok((told, answers)),
        Err(error) => Err(error.into()),
    }
}

async fn answers(ledger: &Ledger) -> Result<String, LedgerError> {
    let mut text = String::new();
    let mut tell = |what: &dyn Debug| {
        let _ = writeln!(text, "{what:?}");
    };
    tell(&ledger.installation_id());
    tell(&ledger.head().await?);
    tell(&ledger.counts().await?);
    tell(&ledger.next_due(SERVER).await?);
    let ids = |payments: &[ledger::Payment]| {
        payments.iter().map(|payment| payment.id.clone()).collect::<Vec<PaymentId>>()
    };
    tell(&ids(&ledger.open_payments().await?));
    tell(&ids(&ledger.recent(ALL).await?));
    tell(&ids(&ledger.unfinished().await?));
    let payments = ledger.history(&HistoryFilter::default(), None, ALL).await?;
    for payment in &payments {
        tell(payment);
        tell(&ledger.payment(&payment.id).await?);
        tell(&ledger.by_intent(&payment.intent_id).await?.map(|found| found.seq));
        tell(&ledger.token(&payment.id).await?.map(|token| token.expose().to_owned()));
        tell(&ledger.timeline(&payment.id).await?);
        tell(&ledger.receipt_entry(&payment.id).await?);
    }
    if let Some(payment) = payments.first()
        && let Some(phone) = &payment.phone
    {
        tell(&ids(&ledger.unresolved_for(phone).await?));
        tell(&ledger.known_operator(phone).await?);
    }
    tell(&ledger.closings(None, ALL).await?);
    tell(&ledger.reading(NOON_MS).await?);
    let day = DayRule::default().day_of(NOON_MS)?;
    tell(&ledger.hours(day, day).await?);
    tell(&ledger.outcomes(day).await?);
    for range in [EntryRange::Days { from: day, to: day }, EntryRange::Closing(1)] {
        ledger.walk_entries(range, |row| {
            tell(row);
            ControlFlow::Continue(())
        })?;
    }
    Ok(text)
}
