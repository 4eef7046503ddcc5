//! Faults of the line between a real till and a real simulator: an exchange is cut after each of its bytes, dripped,
//! answered by somebody else, or answered with nonsense; then the line is well again and the till goes on. Held after
//! each: never two creates, no token lost that came whole, no payment called dead that the provider has.

mod faults;
mod proxy;
mod shop;

use domain::State;
use domain::schedule::{FLOOR_MS, SWIFT_MS};
use faults::{Act, Ending, Fault, Left, Named};
use proxy::{Exchange, FLOOD_BYTES, Seen};
use shop::{SPEED, Shop};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use till::Payment;
use tokio::runtime::Runtime;

/// Tills at work side by side: most of their time is waiting.
const SHOPS: usize = 16;
/// Enough to see what is wrong.
const PROBLEMS_TOLD_MAX: usize = 20;
/// Answers differ by a few bytes in length; a cut behind the end is one at the end.
const LENGTHS_DIFFER_BY: usize = 8;
/// A body of 64 MiB must not leave more than this behind, at any moment.
const GROWTH_MAX_KIB: u64 = 8 * 1024;

/// One fault at one place.
#[derive(Clone)]
struct Point {
    name: String,
    exchange: Exchange,
    /// None where nobody listens.
    fault: Option<Fault>,
    left: Left,
}

/// What many points came to.
#[derive(Default)]
struct Found {
    points: u32,
    /// The true answer was taken.
    taken: u32,
    /// The payment stayed in doubt, or stayed asked about.
    doubted: u32,
    /// By the name of the point.
    problems: Vec<(String, String)>,
}

impl Found {
    fn add(&mut self, name: &str, outcome: Result<Left, String>) {
        self.points += 1;
        match outcome {
            Ok(Left::Answer) => self.taken += 1,
            Ok(Left::Doubt | Left::Either | Left::NothingSent) => self.doubted += 1,
            Err(problem) => self.blame(name, [problem]),
        }
    }

    fn blame(&mut self, name: &str, problems: impl IntoIterator<Item = String>) {
        self.problems.extend(problems.into_iter().map(|problem| (name.to_owned(), problem)));
    }

    fn and(mut self, other: Self) -> Self {
        self.points += other.points;
        self.taken += other.taken;
        self.doubted += other.doubted;
        self.problems.extend(other.problems);
        self
    }

    /// Tells the first problems, and the figure.
    fn tell(&self, name: &str, more: &str) -> bool {
        for (point, problem) in self.problems.iter().take(PROBLEMS_TOLD_MAX) {
            println!("{point}: {problem}");
            println!("  replay: cargo xtask proof wire --only {point}");
        }
        let verdict = match self.problems.len() {
            0 => format!("never 2 creates, 0 tokens lost{more}"),
            problems => format!("{problems} VIOLATIONS"),
        };
        let Self { points, taken, doubted, .. } = self;
        println!(
            "FIGURE wire: {name} | {points} points: {taken} answers whole, {doubted} in doubt | {verdict}"
        );
        self.problems.is_empty()
    }
}

/// Meets every fault, or the one named `only`.
pub fn run(only: Option<&str>) -> bool {
    let panics = count_panics();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let (lengths, floods, growth_kib) = runtime.block_on(probe_and_flood(only));
    let wanted = |points: Vec<Point>| -> Vec<Point> {
        points.into_iter().filter(|point| only.is_none_or(|only| point.name == only)).collect()
    };
    // The odd ones wait for time-outs, and the others need not wait for them.
    let (odd, cuts) = runtime.block_on(async {
        tokio::join!(meet(wanted(each_fault()), SHOPS / 2), meet(wanted(each_byte(lengths)), SHOPS))
    });
    let odd = odd.and(floods);
    if odd.points + cuts.points == 0 && only != Some("healthy") {
        println!("there is no point of that name");
        return false;
    }
    let panics = panics.load(Ordering::Relaxed);
    let memory = format!(", {panics} panics, +{growth_kib} KiB for {} MiB", FLOOD_BYTES / 1024 / 1024);
    let held = [cuts.tell("cut at each byte", ""), odd.tell("other faults", &memory)];
    held == [true, true] && panics == 0 && (only.is_some() || find_planted(&runtime, lengths))
}

/// A till that panics in a task of its own goes on; the proof must not.
fn count_panics() -> Arc<AtomicU32> {
    let panics = Arc::new(AtomicU32::new(0));
    let counted = Arc::clone(&panics);
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        counted.fetch_add(1, Ordering::Relaxed);
        usual(panic);
    }));
    panics
}

/// Healthy sales, for their lengths; then the bodies that fill memory, alone, so that what grows is theirs.
async fn probe_and_flood(only: Option<&str>) -> (Seen, Found, u64) {
    let mut shop = Shop::open().await;
    let mut found = Found::default();
    for _ in 0..3 {
        found.blame("healthy", serve(&mut shop).await.err());
    }
    let lengths = shop.proxy.seen();
    let before_kib = peak_kib();
    for named in faults::floods() {
        for exchange in [Exchange::Create, Exchange::Confirm] {
            let point = named_point(exchange, &named);
            if only.is_none_or(|only| only == point.name) {
                strike(&mut shop, &point, &mut found).await;
            }
        }
    }
    let growth_kib = peak_kib() - before_kib;
    if growth_kib > GROWTH_MAX_KIB {
        found.blame("create-64-mib-announced", [format!("{growth_kib} KiB of memory for it")]);
    }
    found.blame("healthy", at_closing_time(&shop));
    found.blame("healthy", shop.end().await);
    (lengths, found, growth_kib)
}

/// The most memory this program ever held.
fn peak_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    peak.and_then(|peak| peak.trim().trim_end_matches(" kB").parse().ok()).unwrap_or(0)
}

fn each_byte(lengths: Seen) -> Vec<Point> {
    let mut points = Vec::new();
    let exchanges =
        [("create", Exchange::Create, lengths.create), ("confirm", Exchange::Confirm, lengths.confirm)];
    for (of, exchange, lengths) in exchanges {
        for (word, ending) in [("reset", Ending::Reset), ("close", Ending::Close)] {
            for after in 0..=lengths.request {
                points.push(Point {
                    name: format!("{of}-request-{word}-{after}"),
                    exchange,
                    fault: Some(Fault { reaches: false, act: Act::CutRequest { after, ending } }),
                    left: Left::Doubt,
                });
            }
            for after in 0..=lengths.answer + LENGTHS_DIFFER_BY {
                points.push(Point {
                    name: format!("{of}-answer-{word}-{after}"),
                    exchange,
                    fault: Some(Fault { reaches: true, act: Act::CutAnswer { after, ending } }),
                    // The proxy tells whether this was the whole answer.
                    left: Left::Either,
                });
            }
        }
    }
    points
}

fn each_fault() -> Vec<Point> {
    let mut points = Vec::new();
    for exchange in [Exchange::Create, Exchange::Confirm] {
        points.extend(faults::others().iter().map(|named| named_point(exchange, named)));
    }
    points.push(Point {
        name: "create-refused".to_owned(),
        exchange: Exchange::Create,
        fault: None,
        left: Left::NothingSent,
    });
    points
}

fn named_point(exchange: Exchange, named: &Named) -> Point {
    let of = match exchange {
        Exchange::Create => "create",
        Exchange::Confirm => "confirm",
    };
    Point { name: format!("{of}-{}", named.name), exchange, fault: Some(named.fault), left: named.left }
}

/// Deals the points out to tills side by side.
async fn meet(points: Vec<Point>, shops: usize) -> Found {
    let mut hands: Vec<Vec<Point>> = vec![Vec::new(); shops.min(points.len())];
    let count = hands.len();
    for (at, point) in points.into_iter().enumerate() {
        hands[at % count].push(point);
    }
    let shops: Vec<_> = hands.into_iter().map(|hand| tokio::spawn(one_shop(hand))).collect();
    let mut found = Found::default();
    for shop in shops {
        match shop.await {
            Ok(more) => found = found.and(more),
            Err(error) => found.blame("a shop", [error.to_string()]),
        }
    }
    found
}

async fn one_shop(points: Vec<Point>) -> Found {
    let mut shop = Shop::open().await;
    let mut found = Found::default();
    let mut last = "healthy";
    for point in &points {
        strike(&mut shop, point, &mut found).await;
        last = &point.name;
    }
    found.blame(last, at_closing_time(&shop));
    found.blame(last, shop.end().await);
    found
}

/// One fault, what it left, and the next customer.
async fn strike(shop: &mut Shop, point: &Point, found: &mut Found) {
    let left = match point.exchange {
        Exchange::Create => strike_create(shop, point).await,
        Exchange::Confirm => strike_confirm(shop, point).await,
    };
    found.add(&point.name, left);
    shop.proxy.heal();
    shop.proxy.hold_confirms(false);
    let next = serve(shop).await;
    found.blame(&point.name, next.err().map(|problem| format!("the next customer: {problem}")));
}

/// A whole sale on a healthy line.
async fn serve(shop: &mut Shop) -> Result<(), String> {
    let id = shop.charge().await?;
    let pending = shop.until(&id, is_answered).await?;
    wants(&pending, State::Pending)?;
    approve(shop, &pending)?;
    let paid = shop.until(&id, |payment| payment.state != State::Pending).await?;
    wants(&paid, State::Paid)
}

fn is_answered(payment: &Payment) -> bool {
    !matches!(payment.state, State::Recorded | State::Submitting)
}

fn wants(payment: &Payment, state: State) -> Result<(), String> {
    if payment.state == state {
        Ok(())
    } else {
        Err(format!("{} is {} and not {state}", payment.id, payment.state))
    }
}

fn approve(shop: &Shop, payment: &Payment) -> Result<(), String> {
    let id = payment.id.as_str();
    shop.provider.answer(id, simulator::Answer::Approve).map_err(|error| format!("{id}: {error}"))
}

/// A create on a bad line. Tells what was left.
async fn strike_create(shop: &mut Shop, point: &Point) -> Result<Left, String> {
    match point.fault {
        Some(fault) => shop.proxy.arm(Exchange::Create, fault),
        None => shop.proxy.refuse().await,
    }
    let id = shop.charge().await?;
    let payment = shop.until(&id, is_answered).await;
    if point.fault.is_none() {
        shop.proxy.listen_again().await;
    }
    let payment = payment?;
    let seen = shop.proxy.seen();
    let may_leave = what_may_be_left(point, seen)?;
    let created = shop.created(&id);
    let (began, arrived) = (u32::from(point.fault.is_some()), usize::from(seen.request_whole));
    if seen.creates != began || created != arrived {
        return Err(format!(
            "{id}: {} creates began and {created} arrived, not {began} and {arrived}",
            seen.creates
        ));
    }
    let asked = shop.portal.asked();
    if asked > 0 {
        return Err(format!("{id}: the portal was asked {asked} times"));
    }
    match (may_leave, payment.state) {
        (Left::NothingSent, State::NotSent) if created == 0 => Ok(Left::NothingSent),
        (Left::Answer | Left::Either, State::Pending) => {
            approve(shop, &payment)?;
            let paid = shop.until(&id, |payment| payment.state != State::Pending).await?;
            wants(&paid, State::Paid).map(|()| Left::Answer)
        }
        (Left::Doubt | Left::Either, State::Uncertain) if !payment.has_token => Ok(Left::Doubt),
        (may_leave, state) => {
            Err(format!("{id} is {state} after {may_leave:?}, and the provider has {created} of it"))
        }
    }
}

/// A confirm on a bad line, of a payment that the customer approved. Tells what was left before the line was well again.
async fn strike_confirm(shop: &mut Shop, point: &Point) -> Result<Left, String> {
    let fault = point.fault.ok_or("a confirm is always met by something")?;
    shop.proxy.hold_confirms(true);
    shop.proxy.arm(Exchange::Confirm, fault);
    let id = shop.charge().await?;
    let pending = shop.until(&id, is_answered).await?;
    wants(&pending, State::Pending)?;
    approve(shop, &pending)?;
    shop.proxy.hold_confirms(false);
    let asked = shop.until(&id, |payment| payment.last_answer_at_ms.is_some()).await?;
    match (what_may_be_left(point, shop.proxy.seen())?, asked.state) {
        (Left::Answer | Left::Either, State::Paid) => return Ok(Left::Answer),
        (Left::Doubt | Left::Either, State::Pending) if asked.has_token => {}
        (may_leave, state) => return Err(format!("{id} is {state} after {may_leave:?}")),
    }
    shop.till.check_now(&id).await.map_err(|error| format!("{id}: {error}"))?;
    let paid = shop.until(&id, |payment| payment.state != State::Pending).await?;
    wants(&paid, State::Paid).map(|()| Left::Doubt)
}

/// What the fault may leave, now that it is known how much came through.
fn what_may_be_left(point: &Point, seen: Seen) -> Result<Left, String> {
    match point.fault {
        Some(_) if !seen.struck => Err("the fault was never met".to_owned()),
        Some(Fault { act: Act::CutAnswer { .. }, .. }) if seen.answer_whole => Ok(Left::Answer),
        Some(Fault { act: Act::CutAnswer { .. }, .. }) => Ok(Left::Doubt),
        Some(_) | None => Ok(point.left),
    }
}

/// All of a shop's day against the provider's history.
fn at_closing_time(shop: &Shop) -> Vec<String> {
    let mut problems = Vec::new();
    let reused = shop.proxy.seen().reused;
    if reused > 0 {
        problems.push(format!("{reused} creates went over a used connection"));
    }
    let mut creates: BTreeMap<String, u32> = BTreeMap::new();
    let mut asked: BTreeMap<String, i64> = BTreeMap::new();
    // The floor is between two that leave; the line under attack may bring the first of them late, by what is still a swift
    // answer. That they leave three seconds apart is the simulation's to hold.
    let closest_ms = (FLOOR_MS - SWIFT_MS) / i64::from(SPEED) - 1;
    for request in shop.provider.requests() {
        if request.method == "POST" {
            let id =
                request.body.split("\"transaction_id\":\"").nth(1).and_then(|rest| rest.split('"').next());
            *creates.entry(id.unwrap_or_default().to_owned()).or_default() += 1;
        } else if let Some(before_ms) = asked.insert(request.query, request.at_ms)
            && request.at_ms - before_ms < closest_ms
        {
            problems.push(format!("two questions within {} ms", request.at_ms - before_ms));
        }
    }
    problems.extend(
        creates
            .iter()
            .filter(|(_, times)| **times > 1)
            .map(|(id, times)| format!("{id} arrived {times} times")),
    );
    let payments = shop.payments();
    for invoice in shop.provider.invoices() {
        let id = &invoice.transaction_id;
        let Some(payment) = payments.iter().find(|payment| payment.id.as_str() == id) else {
            problems.push(format!("the till does not know {id}"));
            continue;
        };
        if matches!(payment.state, State::Failed | State::Rejected | State::NotSent) {
            problems.push(format!("{id} is {}, and the provider has it", payment.state));
        }
        let is_paid = payment.state == State::Paid;
        if is_paid != (invoice.status == simulator::Status::Completed)
            || is_paid != payment.receipt_number.is_some()
        {
            problems.push(format!("{id} is {}, and the provider says {:?}", payment.state, invoice.status));
        }
    }
    let receipts = payments
        .iter()
        .filter_map(|payment| payment.receipt_number)
        .collect::<std::collections::BTreeSet<_>>();
    let paid = payments.iter().filter(|payment| payment.state == State::Paid).count();
    if receipts.len() != paid {
        problems.push(format!("{paid} paid, {} receipts", receipts.len()));
    }
    problems
}

/// Two faults that only a bad line brings to light. This tests the tester.
#[cfg(feature = "planted")]
fn find_planted(runtime: &Runtime, lengths: Seen) -> bool {
    use domain::planted::{Bug, plant};
    let bugs = [Bug::RetryCreate, Bug::UnknownIsNotSent];
    let mut found = 0;
    for bug in bugs {
        plant(Some(bug));
        let cuts = each_byte(lengths).into_iter().filter(|point| point.name.starts_with("create-answer"));
        match runtime.block_on(meet(cuts.step_by(97).collect(), SHOPS)).problems.first() {
            Some((name, problem)) => {
                found += 1;
                println!("{bug}: {name}: {problem}");
            }
            None => println!("{bug}: NOT FOUND"),
        }
    }
    plant(None);
    println!("FIGURE wire, planted | {} faults | {found} found", bugs.len());
    found == bugs.len()
}

/// Without the feature there is nothing to find.
#[cfg(not(feature = "planted"))]
fn find_planted(_: &Runtime, _: Seen) -> bool {
    eprintln!("build with --features planted to have faults to find");
    true
}
