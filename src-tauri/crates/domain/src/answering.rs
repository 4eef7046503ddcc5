//! How quickly customers answer here, and how YAS answers now. Owns both rules. Refuses to say anything from too little.

/// So many approvals must stand behind "nine in ten".
pub const APPROVALS_MIN: usize = 20;
/// The light looks at so many requests, the newest.
pub const LATEST: usize = 10;
/// Fewer than this say nothing about now.
const LATEST_MIN: usize = 5;
/// Older than this, a request says nothing about now.
pub const NOW_MS: i64 = 3 * 3_600_000;
/// An answer within this time, yes or no, is a good one.
const GOOD_WITHIN_MS: i64 = 60_000;
/// A request that waits for less than this says nothing yet.
const UNDECIDED_MS: i64 = 120_000;

/// How customers of this shop answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Answering {
    /// Nine in ten approved within so many seconds; none while too few approved at all.
    pub nine_in_ten_s: Option<u32>,
    /// How many approvals that stands on.
    pub approvals: u32,
    /// How YAS answers now.
    pub light: Light,
}

/// How YAS answers now: of the ten newest requests that it answered or left alone for two minutes, and that are not older
/// than three hours, at least eight were answered within a minute (good), at least five (slow), or fewer (poor). Unknown
/// below five of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Light {
    /// Too few to tell.
    #[default]
    Unknown,
    /// At least eight in ten at once.
    Good,
    /// At least five in ten.
    Slow,
    /// Fewer.
    Poor,
}

/// One accepted request, as the light sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Request {
    /// How long ago it was accepted.
    pub ago_ms: i64,
    /// How long it took until its end was seen, whichever it was; none while it waits.
    pub took_ms: Option<i64>,
}

/// The seconds within which nine in ten approved, from how long each of them took.
#[must_use]
pub fn nine_in_ten_s(took_ms: &mut [i64]) -> Option<u32> {
    if took_ms.len() < APPROVALS_MIN {
        return None;
    }
    took_ms.sort_unstable();
    let at = (took_ms.len() * 9).div_ceil(10) - 1;
    took_ms.get(at).and_then(|ms| u32::try_from(ms.div_euclid(1_000) + 1).ok())
}

/// See [`Light`]. `requests` are the newest first.
#[must_use]
pub fn light(requests: &[Request]) -> Light {
    let says_something = |request: &&Request| {
        (0..=NOW_MS).contains(&request.ago_ms)
            && (request.took_ms.is_some() || request.ago_ms >= UNDECIDED_MS)
    };
    let latest: Vec<_> = requests.iter().filter(says_something).take(LATEST).collect();
    let good = latest
        .iter()
        .filter(|request| request.took_ms.is_some_and(|took_ms| took_ms <= GOOD_WITHIN_MS))
        .count();
    if latest.len() < LATEST_MIN {
        Light::Unknown
    } else if good * 10 >= latest.len() * 8 {
        Light::Good
    } else if good * 10 >= latest.len() * 5 {
        Light::Slow
    } else {
        Light::Poor
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nine_in_ten_stands_on_twenty_approvals() {
        let mut waits: Vec<i64> = (1..=19).map(|second| second * 1_000).collect();
        assert_eq!(nine_in_ten_s(&mut waits), None);
        waits.push(600_000);
        // The eighteenth of twenty; a whole second is said as the next one, because "less than" is said.
        assert_eq!(nine_in_ten_s(&mut waits), Some(19));
        assert_eq!(nine_in_ten_s(&mut (1..=1_000).rev().map(|ms| ms * 40).collect::<Vec<_>>()), Some(37));
    }

    #[test]
    fn the_light_is_what_the_last_ten_were() {
        let answered = |seconds: i64| Request { ago_ms: 300_000, took_ms: Some(seconds * 1_000) };
        let waits = |seconds: i64| Request { ago_ms: seconds * 1_000, took_ms: None };
        let of = |good: usize, other: Request, others: usize| {
            light(&[vec![answered(20); good], vec![other; others]].concat())
        };
        assert_eq!(light(&[]), Light::Unknown);
        assert_eq!(of(4, answered(61), 0), Light::Unknown);
        assert_eq!(of(5, answered(61), 0), Light::Good);
        assert_eq!(of(8, answered(61), 2), Light::Good);
        assert_eq!(of(7, answered(61), 3), Light::Slow);
        assert_eq!(of(5, waits(120), 5), Light::Slow);
        assert_eq!(of(4, waits(121), 6), Light::Poor);
        // The eleventh is forgotten; who waits for a minute says nothing yet; yesterday says nothing about now.
        assert_eq!(of(10, answered(500), 30), Light::Good);
        assert_eq!(of(5, waits(60), 40), Light::Good);
        let three_hours_ms = 3 * 60 * 60 * 1_000;
        assert_eq!(light(&[Request { ago_ms: three_hours_ms, took_ms: Some(1) }; 10]), Light::Good);
        assert_eq!(light(&[Request { ago_ms: three_hours_ms + 1, took_ms: Some(1) }; 10]), Light::Unknown);
        assert_eq!(light(&[Request { ago_ms: -1, took_ms: Some(1) }; 10]), Light::Unknown);
    }
}
