//! When to ask LigdiCash again. Owns the watching schedule (dense while the customer is likely to approve, then rarer
//! for thirty days) and the floor. Refuses to know the time: it is told when the last question was asked and answered.

use crate::pace::Pace;

/// Never two questions about one payment closer than this, in milliseconds (API reference, section 8).
pub const FLOOR_MS: i64 = 3_000;
/// An answer that took longer than this had a bad line, and its question may have arrived just before it.
pub const SWIFT_MS: i64 = 2_000;
/// What a question may be late by on a good line. The next one leaves as much later.
const SPARE_MS: i64 = 50;
/// The first question comes this long after the request was accepted.
pub const FIRST_CHECK_MS: i64 = 5_000;
/// After this age a payment is asked about only by hand.
pub const WATCH_FOR_MS: i64 = 30 * DAY_MS;
/// A payment found at start counts as at most this old: what the clock says of its age may be what a wrong clock says.
pub const FOUND_AGE_MAX_MS: i64 = DAY_MS;
/// So many questions show that a payment was really watched; it is a quarter of what thirty days ask.
pub const QUESTIONS_OF_A_WATCH: usize = 60;
/// Jitter is at most this many thousandths of the interval, either way.
pub const JITTER_PERMILLE: i64 = 100;
/// The longest wait that failed questions alone can cause.
pub const FAILURE_BACKOFF_MAX_MS: i64 = 60_000;

const SECOND_MS: i64 = 1_000;
const MINUTE_MS: i64 = 60 * SECOND_MS;
const HOUR_MS: i64 = 60 * MINUTE_MS;
/// A day of twenty-four hours.
pub const DAY_MS: i64 = 24 * HOUR_MS;

/// `(up to this age, ask this often)`, both in milliseconds.
const TIERS: [(i64, i64); 7] = [
    (MINUTE_MS, FLOOR_MS),
    (3 * MINUTE_MS, 5 * SECOND_MS),
    (10 * MINUTE_MS, 15 * SECOND_MS),
    (HOUR_MS, MINUTE_MS),
    (DAY_MS, 15 * MINUTE_MS),
    (7 * DAY_MS, 6 * HOUR_MS),
    (WATCH_FOR_MS, DAY_MS),
];

/// One question that was asked, in milliseconds since 1970 (UTC).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asked {
    /// When it left.
    pub at_ms: i64,
    /// When its answer, or its failure, was in.
    pub answered_at_ms: i64,
    /// How many questions in a row brought no usable answer, this one included; 0 after a healthy answer.
    pub failures: u32,
}

/// How old a payment found at start counts, from where its age then grows by the clock that nobody can set. By the clock
/// on the wall alone no watch ends: the computer may have sold in 2020 and be in 2026 now, or be there by mistake. Only a
/// payment that was asked about often enough as well has had its thirty days.
#[must_use]
pub const fn age_found_ms(clock_age_ms: i64, questions: usize) -> i64 {
    if clock_age_ms < 0 {
        0
    } else if clock_age_ms >= WATCH_FOR_MS && questions >= QUESTIONS_OF_A_WATCH {
        WATCH_FOR_MS
    } else if clock_age_ms > FOUND_AGE_MAX_MS {
        FOUND_AGE_MAX_MS
    } else {
        clock_age_ms
    }
}

/// When to ask first, for a request accepted at `accepted_at_ms`.
#[must_use]
pub fn first_check_ms(pace: &Pace, accepted_at_ms: i64) -> i64 {
    let wait_ms = if pace.is_learned() { pace.interval_ms(0) } else { None };
    accepted_at_ms.saturating_add(wait_ms.unwrap_or(FIRST_CHECK_MS))
}

/// When to ask next, or `None` when only a person will ask again. `jitter_permille` spreads questions of many tills
/// (clamped to ± [`JITTER_PERMILLE`]); neither it nor a clock that went backwards can bring two questions closer than
/// [`FLOOR_MS`].
#[must_use]
pub fn next_check_ms(pace: &Pace, accepted_at_ms: i64, asked: Asked, jitter_permille: i64) -> Option<i64> {
    let age_ms = asked.at_ms.saturating_sub(accepted_at_ms).max(0);
    let interval_ms = pace.interval_ms(age_ms)?;
    let jitter_permille = jitter_permille.clamp(-JITTER_PERMILLE, JITTER_PERMILLE);
    let jittered_ms = interval_ms + interval_ms * jitter_permille / 1_000;
    let wait_ms = jittered_ms.max(backoff_ms(asked.failures));
    Some(asked.at_ms.saturating_add(wait_ms).max(earliest_ms(asked.at_ms, asked.answered_at_ms)))
}

/// The published wait after a question at `age_ms`; `None` when it is too old to be asked about.
#[must_use]
pub fn published_interval_ms(age_ms: i64) -> Option<i64> {
    TIERS.into_iter().find(|(until_ms, _)| age_ms < *until_ms).map(|(_, interval_ms)| interval_ms)
}

/// The earliest moment another question may leave: the floor after the last one left, and a little for what it was late
/// by; after an answer that took long, the floor after that (decision 16).
#[must_use]
pub fn earliest_ms(at_ms: i64, answered_at_ms: i64) -> i64 {
    let took_ms = answered_at_ms.saturating_sub(at_ms).max(0);
    if took_ms > SWIFT_MS {
        answered_at_ms.saturating_add(FLOOR_MS)
    } else {
        at_ms.saturating_add(FLOOR_MS + took_ms.min(SPARE_MS))
    }
}

/// Doubling wait after failed questions: back-off is for errors, not for a healthy `pending`.
fn backoff_ms(failures: u32) -> i64 {
    match failures {
        0 => 0,
        n => FLOOR_MS.saturating_mul(1 << (n - 1).min(16)).min(FAILURE_BACKOFF_MAX_MS),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const fn asked(at_ms: i64) -> Asked {
        Asked { at_ms, answered_at_ms: at_ms, failures: 0 }
    }

    #[test]
    fn the_schedule_is_the_published_one() {
        for (age_ms, wait_ms) in [
            (0, 3_000),
            (59_999, 3_000),
            (60_000, 5_000),
            (179_999, 5_000),
            (180_000, 15_000),
            (599_999, 15_000),
            (600_000, 60_000),
            (3_599_999, 60_000),
            (3_600_000, 900_000),
            (DAY_MS - 1, 900_000),
            (DAY_MS, 6 * HOUR_MS),
            (7 * DAY_MS - 1, 6 * HOUR_MS),
            (7 * DAY_MS, DAY_MS),
            (30 * DAY_MS - 1, DAY_MS),
        ] {
            assert_eq!(
                next_check_ms(&Pace::PUBLISHED, 1_000, asked(1_000 + age_ms), 0),
                Some(1_000 + age_ms + wait_ms),
                "age {age_ms}"
            );
        }
        assert_eq!(first_check_ms(&Pace::PUBLISHED, 1_000), 6_000);
        assert_eq!(next_check_ms(&Pace::PUBLISHED, 0, asked(30 * DAY_MS), 0), None);
    }

    #[test]
    fn failures_back_off_up_to_a_minute_and_never_below_the_schedule() {
        let wait =
            |failures| next_check_ms(&Pace::PUBLISHED, 0, Asked { at_ms: 0, answered_at_ms: 0, failures }, 0);
        assert_eq!(
            [1, 2, 3, 4, 5, 6, 40].map(wait),
            [3_000, 6_000, 12_000, 24_000, 48_000, 60_000, 60_000].map(Some)
        );
        let late = Asked { at_ms: 2 * HOUR_MS, answered_at_ms: 2 * HOUR_MS, failures: 1 };
        assert_eq!(next_check_ms(&Pace::PUBLISHED, 0, late, 0), Some(2 * HOUR_MS + 900_000));
    }

    #[test]
    fn a_clock_alone_ends_no_watch() {
        for (clock_age_ms, questions, age_ms) in [
            (-1, 900, 0),
            (0, 0, 0),
            (HOUR_MS, 900, HOUR_MS),
            (DAY_MS, 0, DAY_MS),
            (8 * DAY_MS, 900, DAY_MS),
            (30 * DAY_MS - 1, 900, DAY_MS),
            (30 * DAY_MS, 59, DAY_MS),
            (30 * DAY_MS, 60, 30 * DAY_MS),
            (3_650 * DAY_MS, 5, DAY_MS),
            (i64::MAX, 5, DAY_MS),
        ] {
            assert_eq!(age_found_ms(clock_age_ms, questions), age_ms, "{clock_age_ms} {questions}");
        }
    }

    #[test]
    fn a_slow_answer_pushes_the_next_question_back() {
        for (answered_at_ms, next_ms) in [
            (5_000, 8_000),
            (5_040, 8_040),
            (5_800, 8_050),
            (7_000, 8_050),
            (7_001, 10_001),
            (19_000, 22_000),
        ] {
            let slow = Asked { at_ms: 5_000, answered_at_ms, failures: 0 };
            assert_eq!(
                next_check_ms(&Pace::PUBLISHED, 0, slow, 0),
                Some(next_ms),
                "answered at {answered_at_ms}"
            );
        }
    }

    proptest! {
        #[test]
        fn never_two_questions_under_the_floor(
            accepted in -10_000i64..4_000_000_000_000,
            age in -100_000_000i64..3_000_000_000,
            took in 0i64..60_000,
            failures in 0u32..100,
            jitter in any::<i64>(),
        ) {
            let at_ms = accepted + age;
            let asked = Asked { at_ms, answered_at_ms: at_ms + took, failures };
            if let Some(next) = next_check_ms(&Pace::PUBLISHED, accepted, asked, jitter) {
                prop_assert!(next >= at_ms + FLOOR_MS);
                prop_assert!(took <= SWIFT_MS || next >= asked.answered_at_ms + FLOOR_MS);
                prop_assert!(next <= asked.answered_at_ms.max(at_ms + DAY_MS + DAY_MS / 10) + FLOOR_MS);
            } else {
                prop_assert!(age >= WATCH_FOR_MS);
            }
        }

        #[test]
        fn a_walk_through_thirty_days_ends_and_keeps_the_floor(jitter in -100i64..=100) {
            let mut at = first_check_ms(&Pace::PUBLISHED, 0);
            let mut questions = 1;
            while let Some(next) = next_check_ms(&Pace::PUBLISHED, 0, asked(at), jitter) {
                prop_assert!(next - at >= FLOOR_MS);
                at = next;
                questions += 1;
            }
            prop_assert!(at >= WATCH_FOR_MS);
            prop_assert!((200..600).contains(&questions), "{} questions", questions);
        }
    }
}
