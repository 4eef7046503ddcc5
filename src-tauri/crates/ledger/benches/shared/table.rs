//! How a measurement is taken and told: what many askings took, and one line of the table for it.

use std::time::{Duration, Instant};

/// What a question took, over many.
pub struct Times {
    /// Half took no longer.
    pub p50: Duration,
    /// All but one in a hundred took no longer.
    pub p99: Duration,
}

impl Times {
    /// Of something that is done once.
    pub const fn once(took: Duration) -> Self {
        Self { p50: took, p99: took }
    }
}

/// So many milliseconds.
pub fn ms(value: f64) -> Duration {
    Duration::from_secs_f64(value / 1_000.0)
}

/// The middle and the tail of them.
pub fn times(mut all: Vec<Duration>) -> Times {
    all.sort();
    Times { p50: all[all.len() / 2], p99: all[(all.len() - 1) * 99 / 100] }
}

/// Each asking of the plain way.
pub fn measured<T>(at: &[i64], mut ask: impl FnMut(i64) -> T) -> Times {
    let each = at.iter().map(|seq| {
        let begun = Instant::now();
        std::hint::black_box(ask(*seq));
        begun.elapsed()
    });
    times(each.collect())
}

/// One line of the table.
pub fn told(what: &str, ours: &Times, against: &str, base: &Times, target: &str, met: bool) {
    let ms = |time: Duration| time.as_secs_f64() * 1_000.0;
    println!(
        "{what}|{:.2}|{:.2}|{against}|{:.2}|{:.3}|{target}|{}",
        ms(ours.p50),
        ms(ours.p99),
        ms(base.p50),
        ours.p50.as_secs_f64() / base.p50.as_secs_f64(),
        if met { "yes" } else { "NO" }
    );
}
