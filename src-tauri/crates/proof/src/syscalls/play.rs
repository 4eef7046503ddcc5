//! The parent: plays every point of every kind, several at a time, and tells what it found.

use crate::Verdict;
use crate::stage::{self, KEYS, Keychain};
use crate::syscalls::ask::{Aim, Fault};
use crate::syscalls::call::{Call, Does};
use crate::syscalls::hold::Play;
use crate::syscalls::tracer::{self, Life, Plan, Strike};
use domain::planted::Bug;
use nix::errno::Errno;
use nix::sys::wait::WaitStatus;
use simulator::{Answer, Simulator};
use std::collections::{BTreeMap, VecDeque};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use till::{Clock, SystemClock};

/// How long the cashier of the disturbed life waits: a sale that hangs is found by the second one.
const PATIENCE_MS: u64 = 3_000;
/// The same on a disk that stays full, where most sales hang.
const SHORT_PATIENCE_MS: u64 = 1_000;
/// So many of the calls of a clean run must be struck: counts differ a little from run to run.
const LEAST_PERCENT: usize = 95;
/// How long the undisturbed one waits: many times what it needs.
const LONG_PATIENCE_MS: u64 = 15_000;

impl Fault {
    fn figure(self) -> &'static str {
        match self {
            Self::Kill => "kill at each call",
            Self::Eio => "EIO at each call",
            Self::Enospc => "ENOSPC at each call",
            Self::StaysFull => "disk full from each call on",
        }
    }

    fn strike(self) -> Strike {
        match self {
            Self::Kill => Strike::Kill,
            Self::Eio => Strike::Answer(Errno::EIO),
            Self::Enospc => Strike::Answer(Errno::ENOSPC),
            Self::StaysFull => Strike::AnswerFromHere(Errno::ENOSPC),
        }
    }

    /// Whether a call is a point of this kind. An end before a read of a file is one after the call before it.
    fn counts(self, call: &Call) -> bool {
        match self {
            Self::Kill => call.does != Does::Read,
            Self::Eio => true,
            Self::Enospc | Self::StaysFull => {
                matches!(call.does, Does::Write | Does::Sync | Does::Make) && call.name != "unlink"
            }
        }
    }
}

/// Files and keys of a till that is ready to charge, and the place where copies of it play.
struct Ground {
    place: tempfile::TempDir,
    runtime: tokio::runtime::Runtime,
}

/// What one point came to.
struct Point {
    struck_at: Option<usize>,
    calls: Vec<Call>,
    said: Vec<String>,
    broken: Vec<String>,
}

impl Ground {
    fn new() -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
        let place = stage::workplace();
        let keychain = Arc::new(Keychain::default());
        runtime.block_on(stage::set_up(&place.path().join("ready"), Arc::clone(&keychain)));
        keychain.keep(&place.path().join("keychain"));
        Self { place, runtime }
    }

    /// One sale with one fault in it, a restart without, and what does not hold afterwards.
    fn play(&self, fault: Fault, aim: Option<&Aim>, bug: Option<Bug>) -> Result<Point, Errno> {
        static PLAYED: AtomicUsize = AtomicUsize::new(0);
        let folder = self.place.path().join(PLAYED.fetch_add(1, Ordering::Relaxed).to_string());
        stage::copy(&self.place.path().join("ready"), &folder);
        let (provider, approving) = self.runtime.block_on(approving_provider());
        let child = |patience_ms| self.child(&folder, &provider, patience_ms, bug);

        let counts = |call: &Call| fault.counts(call);
        let plan = Plan { strike: fault.strike(), aim, counts: &counts };
        let patience_ms = if fault == Fault::StaysFull { SHORT_PATIENCE_MS } else { PATIENCE_MS };
        let life = tracer::live(&mut child(patience_ms), &folder, &plan)?;
        let after = tracer::live_undisturbed(&mut child(LONG_PATIENCE_MS));

        let mut broken = ended_badly(fault, &life, &after);
        let play = Play { lives: [&life.said, &after.said], provider: &provider, folder: &folder };
        broken.extend(self.runtime.block_on(play.broken()));
        approving.abort();
        self.runtime.block_on(provider.stop());
        let _ = std::fs::remove_dir_all(&folder);
        let mut said = life.said;
        said.push(format!("-- {:?}, and again:", life.status));
        said.extend(after.said);
        Ok(Point { struck_at: life.struck_at, calls: life.calls, said, broken })
    }

    fn child(&self, folder: &Path, provider: &Simulator, patience_ms: u64, bug: Option<Bug>) -> Command {
        let mut command = Command::new(this_program());
        command.arg("one-charge").arg("--data").arg(folder);
        command.arg("--keychain").arg(self.place.path().join("keychain"));
        command.arg("--server").arg(provider.base_url());
        command.arg("--began").arg(began_ms().to_string());
        command.arg("--patience").arg(patience_ms.to_string());
        if let Some(bug) = bug {
            command.arg("--bug").arg(bug.as_str());
        }
        command
    }
}

fn this_program() -> PathBuf {
    std::env::current_exe().unwrap()
}

/// The moment at which the fast clock of both lives began, so that time goes on between them.
fn began_ms() -> i64 {
    static BEGAN: std::sync::OnceLock<i64> = std::sync::OnceLock::new();
    *BEGAN.get_or_init(|| SystemClock::new().now_ms())
}

/// A LigdiCash whose customers approve at once.
async fn approving_provider() -> (Simulator, tokio::task::JoinHandle<()>) {
    let options = simulator::Options {
        credentials: Some((KEYS.0.into(), KEYS.1.into())),
        record_requests: true,
        ..simulator::Options::default()
    };
    let provider = Simulator::start(options).await.unwrap();
    let phones = provider.clone();
    let approving = tokio::spawn(async move {
        let mut changes = phones.changes();
        while changes.changed().await.is_ok() {
            for prompt in phones.prompts() {
                // Somebody else may have answered it meanwhile.
                let _ = phones.answer(&prompt.transaction_id, Answer::Approve);
            }
        }
    });
    (provider, approving)
}

fn ended_badly(fault: Fault, life: &Life, after: &Life) -> Vec<String> {
    let well = |life: &Life| {
        matches!(life.status, WaitStatus::Exited(_, 0)) && life.said.last().map(String::as_str) == Some("end")
    };
    let mut broken = Vec::new();
    let was_killed = fault == Fault::Kill && life.struck_at.is_some();
    if !was_killed && !well(life) {
        broken.push(format!("the till broke: {:?}", life.status));
    }
    if !well(after) {
        broken.push(format!("the restarted till broke: {:?}", after.status));
    }
    broken
}

/// What was found over many points.
struct Survey {
    points: usize,
    first_broken: Option<(Aim, Point)>,
}

/// The points of a clean run, in its order. `bool` marks the last of its kind: a disturbed run may have some more.
fn aims(calls: &[Call]) -> VecDeque<(Aim, bool)> {
    let mut seen: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    let mut aims = VecDeque::new();
    for call in calls {
        let nth = seen.entry((call.name, &call.on)).or_default();
        *nth += 1;
        aims.push_back((Aim { call: call.name.to_owned(), on: call.on.clone(), nth: *nth }, false));
    }
    for (aim, is_last) in &mut aims {
        *is_last = seen.get(&(aim.call.as_str(), aim.on.as_str())) == Some(&aim.nth);
    }
    aims
}

/// Plays these points, several at a time, and what follows the last of a kind. Stops at the first that breaks.
fn survey(ground: &Ground, fault: Fault, bug: Option<Bug>, aims: VecDeque<(Aim, bool)>) -> Survey {
    let state = Mutex::new((aims, Survey { points: 0, first_broken: None }));
    let players = std::thread::available_parallelism().map_or(1, usize::from).min(8) * 3;
    std::thread::scope(|scope| {
        for _ in 0..players {
            scope.spawn(|| {
                loop {
                    let Some((aim, is_last)) = state.lock().unwrap().0.pop_front() else { break };
                    let point = ground.play(fault, Some(&aim), bug).unwrap();
                    let (aims, survey) = &mut *state.lock().unwrap();
                    if point.struck_at.is_some() {
                        survey.points += 1;
                        if is_last {
                            aims.push_back((Aim { nth: aim.nth + 1, ..aim.clone() }, true));
                        }
                    }
                    if !point.broken.is_empty() {
                        aims.clear();
                        survey.first_broken.get_or_insert((aim, point));
                    }
                }
            });
        }
    });
    state.into_inner().unwrap().1
}

/// Each kind of fault at each call; or one point alone, told whole.
pub fn run(only: Option<Fault>, aim: Option<Aim>, bug: Option<Bug>) -> Verdict {
    let ground = Ground::new();
    let clean = match ground.play(Fault::Eio, None, None) {
        Ok(clean) => clean,
        Err(refused) => return untraceable(refused),
    };
    if !clean.broken.is_empty() {
        println!("the undisturbed charge does not hold:\n  {}", clean.broken.join("\n  "));
        return Verdict::Broken;
    }
    if let Some(aim) = aim {
        return Verdict::of(tell(&ground, only.unwrap_or(Fault::Kill), &aim, bug));
    }
    let mut held = true;
    for fault in Fault::ALL.into_iter().filter(|fault| only.is_none_or(|only| only == *fault)) {
        let aims = aims(&ground.play(fault, None, None).unwrap().calls);
        let wanted = aims.len();
        let survey = survey(&ground, fault, bug, aims);
        let result = match &survey.first_broken {
            Some((aim, point)) => {
                held = false;
                println!("{} at {} fails:\n  {}", fault.word(), shown(aim), point.broken.join("\n  "));
                println!("replay: {}", replay(fault, aim, bug));
                format!("{} violations at {}", point.broken.len(), shown(aim))
            }
            None if survey.points * 100 < wanted * LEAST_PERCENT => {
                held = false;
                format!("too few of {wanted} calls were reached")
            }
            None => "0 invisible, 0 double, 0 damaged, 0 told wrong".to_owned(),
        };
        println!("FIGURE {} | {} points of one charge | {result}", fault.figure(), survey.points);
    }
    Verdict::of(held)
}

fn shown(aim: &Aim) -> String {
    format!("{} {} of {}", aim.call, aim.nth, aim.on)
}

fn replay(fault: Fault, aim: &Aim, bug: Option<Bug>) -> String {
    let bug = bug.map(|bug| format!(" --bug {bug}")).unwrap_or_default();
    let program = "cargo xtask proof";
    let Aim { call, on, nth } = aim;
    format!("{program} syscalls --fault {} --call {call} --on '{on}' --nth {nth}{bug}", fault.word())
}

/// One point with all that was seen of it.
fn tell(ground: &Ground, fault: Fault, aim: &Aim, bug: Option<Bug>) -> bool {
    let point = ground.play(fault, Some(aim), bug).unwrap();
    for (number, call) in (1..).zip(&point.calls) {
        let here = if Some(number) == point.struck_at { "  <== here" } else { "" };
        println!("{number:4} {:10} {}{here}", call.name, call.on);
    }
    println!("{}", point.said.join("\n"));
    println!("{}", if point.broken.is_empty() { "holds" } else { "DOES NOT HOLD" });
    println!("{}", point.broken.join("\n"));
    point.broken.is_empty()
}

/// Faults that an end or an error at the right call must bring to light, and which of the two.
const FINDABLE: [(Bug, Fault); 7] = [
    (Bug::SendBeforeCommit, Fault::Kill),
    (Bug::RetryCreate, Fault::Eio),
    (Bug::UnknownIsNotSent, Fault::Eio),
    (Bug::SubmittingIsNotSent, Fault::Kill),
    (Bug::TellBeforeCommit, Fault::Kill),
    (Bug::IntentIgnored, Fault::Kill),
    (Bug::ForgetAfterRestart, Fault::Kill),
];
/// So many calls before the first one on the line the sale is being recorded; none of these faults acts earlier.
const BEFORE_THE_LINE: usize = 40;

/// Plants each of these faults and looks for it. This tests the tester.
pub fn find_planted(only: Option<Bug>) -> Verdict {
    if !cfg!(feature = "planted") {
        eprintln!("build with --features planted to have faults to find");
        return Verdict::Broken;
    }
    let ground = Ground::new();
    let wanted = || FINDABLE.into_iter().filter(|(bug, _)| only.is_none_or(|only| only == *bug));
    let mut found = 0;
    for (bug, fault) in wanted() {
        let clean = match ground.play(fault, None, None) {
            Ok(clean) => clean,
            Err(refused) => return untraceable(refused),
        };
        let first_on_line = clean.calls.iter().position(|call| call.does == Does::Send).unwrap();
        let late = aims(&clean.calls).into_iter().skip(first_on_line.saturating_sub(BEFORE_THE_LINE));
        match survey(&ground, fault, Some(bug), late.collect()).first_broken {
            Some((aim, point)) => {
                found += 1;
                let first = point.broken.first().map_or("", |first| first);
                println!("{bug}: {} at {}: {first}", fault.word(), shown(&aim));
            }
            None => println!("{bug}: NOT FOUND"),
        }
    }
    println!("FIGURE planted at each call | {} planted | {found} found", wanted().count());
    Verdict::of(found == wanted().count())
}

fn untraceable(refused: Errno) -> Verdict {
    Verdict::Skipped(format!("this machine lets no process trace another ({refused})"))
}
