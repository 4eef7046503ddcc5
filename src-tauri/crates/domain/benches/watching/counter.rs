//! Simulated shops: customers who answer when they like, a line that is slow and loses, and whoever asks. Owns the numbers
//! and their seed. The till's own schedule is asked as the till asks it.

use domain::pace::{Outcome, Pace};
use domain::schedule::{Asked, FLOOR_MS, JITTER_PERMILLE, first_check_ms, next_check_ms};

/// Milliseconds of a round trip: its mean, and how it spreads.
const TRIP: LogNormal = LogNormal { median_ms: 706.0, sigma: 0.5 };
const LOST_PERMILLE: u64 = 30;
/// What is printed above the table.
pub const INPUTS: &str = "a round trip of 0.8 s on average (log-normal, sigma 0.5), 3 % of the answers lost, jitter of ±10 %, \
     an answer tells what was so when its question left, seed 20261125";
const SEED: u64 = 20_261_125;

#[derive(Clone, Copy)]
pub struct LogNormal {
    pub median_ms: f64,
    pub sigma: f64,
}

/// When customers answer: most of them so, a share otherwise.
pub struct Shop {
    pub name: &'static str,
    pub most: LogNormal,
    pub others: LogNormal,
    pub others_permille: u64,
}

pub const SHOPS: [Shop; 3] = [
    Shop {
        name: "A: USSD, median 20 s",
        most: LogNormal { median_ms: 17_700.0, sigma: 0.4 },
        others: LogNormal { median_ms: 70_000.0, sigma: 0.6 },
        others_permille: 200,
    },
    Shop {
        name: "B: slow, median 30 s",
        most: LogNormal { median_ms: 24_000.0, sigma: 0.5 },
        others: LogNormal { median_ms: 150_000.0, sigma: 0.45 },
        others_permille: 280,
    },
    Shop {
        name: "C: code typed before, median 4 s",
        most: LogNormal { median_ms: 3_400.0, sigma: 0.5 },
        others: LogNormal { median_ms: 45_000.0, sigma: 0.7 },
        others_permille: 180,
    },
];

/// Who asks.
#[derive(Clone)]
pub enum Schedule {
    Ours(Pace),
    Fixed(i64),
    /// Two seconds, half as long again each time, thirty at most.
    BackOff,
}

/// What it came to.
#[derive(Debug, Clone, Copy)]
pub struct Figures {
    pub mean_s: f64,
    pub p95_s: f64,
    pub requests: f64,
    /// The two questions about one payment that were closest.
    pub closest_ms: i64,
}

struct Chance(u64);

impl Chance {
    const fn of(payment: u64, seed: u64) -> Self {
        Self((SEED ^ seed).wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ payment.wrapping_mul(0xd134_2543_de82_ef95))
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Between nothing and one.
    fn share(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }

    fn is(&mut self, permille: u64) -> bool {
        self.next() % 1_000 < permille
    }

    fn log_normal(&mut self, shape: LogNormal) -> i64 {
        let radius = (-2.0 * (1.0 - self.share()).ln()).sqrt();
        let normal = radius * (std::f64::consts::TAU * self.share()).cos();
        (shape.median_ms * (shape.sigma * normal).exp()).round() as i64
    }

    fn jitter(&mut self) -> i64 {
        (self.next() % (2 * JITTER_PERMILLE as u64 + 1)) as i64 - JITTER_PERMILLE
    }
}

/// The questions about one payment, in milliseconds since it was accepted.
struct Asking<'a> {
    schedule: &'a Schedule,
    last: Option<Asked>,
    asked: i32,
}

impl Asking<'_> {
    fn next_ms(&self, jitter: i64) -> i64 {
        let jittered = |wait_ms: i64| (wait_ms + wait_ms * jitter / 1_000).max(FLOOR_MS);
        match (self.schedule, self.last) {
            (Schedule::Ours(pace), None) => first_check_ms(pace, 0),
            (Schedule::Ours(pace), Some(last)) => next_check_ms(pace, 0, last, jitter).unwrap_or(i64::MAX),
            (Schedule::Fixed(wait_ms), last) => last.map_or(0, |last| last.at_ms) + jittered(*wait_ms),
            (Schedule::BackOff, last) => {
                let wait_ms = (2_000.0 * 1.5f64.powi(self.asked)).min(30_000.0) as i64;
                last.map_or(0, |last| last.at_ms) + wait_ms + wait_ms * jitter / 1_000
            }
        }
    }
}

/// Serves so many customers. `seed` makes them others.
pub fn serve(shop: &Shop, schedule: &Schedule, customers: u64, seed: u64) -> (Figures, Vec<Outcome>) {
    let (mut delays, mut outcomes) = (Vec::new(), Vec::new());
    let (mut requests, mut closest_ms) = (0u64, i64::MAX);
    for customer in 0..customers {
        let mut chance = Chance::of(customer, seed);
        let is_other = chance.is(shop.others_permille);
        let answers_ms = chance.log_normal(if is_other { shop.others } else { shop.most });
        let mut asking = Asking { schedule, last: None, asked: 0 };
        loop {
            let at_ms = asking.next_ms(chance.jitter());
            let answered_at_ms = at_ms + chance.log_normal(TRIP);
            let is_lost = chance.is(LOST_PERMILLE);
            requests += 1;
            if let Some(last) = asking.last {
                closest_ms = closest_ms.min(at_ms - last.at_ms);
            }
            if !is_lost && answers_ms <= at_ms {
                delays.push(answered_at_ms - answers_ms);
                outcomes.push(Outcome { age_ms: at_ms, came: true });
                break;
            }
            let failures = if is_lost { asking.last.map_or(0, |last| last.failures) + 1 } else { 0 };
            asking.last = Some(Asked { at_ms, answered_at_ms, failures });
            asking.asked += 1;
        }
    }
    delays.sort_unstable();
    let seconds = |ms: f64| ms / 1_000.0;
    let figures = Figures {
        mean_s: seconds(delays.iter().sum::<i64>() as f64 / customers as f64),
        p95_s: seconds(delays[delays.len() * 95 / 100] as f64),
        requests: requests as f64 / customers as f64,
        closest_ms,
    };
    (figures, outcomes)
}

/// What this shop's till knows after so many customers on the published schedule.
pub fn history(shop: &Shop, customers: u64) -> Vec<Outcome> {
    serve(shop, &Schedule::Ours(Pace::PUBLISHED), customers, 1).1
}

/// Histories that say nothing true about the shop that learns from them.
pub fn wrong_histories() -> Vec<(String, Vec<Outcome>)> {
    let all = |age_ms| vec![Outcome { age_ms, came: true }; 2_000];
    let mut wrong: Vec<_> =
        SHOPS.iter().map(|shop| (format!("of shop {}", &shop.name[..1]), history(shop, 2_000))).collect();
    let ten_minutes = |number: i64| if number % 2 == 0 { 590_000 } else { 5_000 };
    wrong.extend([
        ("all at once".to_owned(), all(3_000)),
        ("all after a minute".to_owned(), all(60_000)),
        ("all after an hour".to_owned(), all(3_600_000)),
        (
            "at once or after ten minutes".to_owned(),
            (0..2_000).map(|number| Outcome { age_ms: ten_minutes(number), came: true }).collect(),
        ),
        (
            "one in ten, the others wait".to_owned(),
            (0..2_000).map(|number| Outcome { age_ms: 170_000, came: number % 10 == 0 }).collect(),
        ),
    ]);
    wrong
}
