//! How densely to ask, as learned from when this shop's customers answered. Owns the fit: questions as dense as the square
//! root of how likely an answer is at each age (Keller 1974), from the shop's own outcomes mixed with an assumed shop's.
//! Refuses to be clever where it may be wrong: below two hundred outcomes there is no learned pace, and none asks more
//! rarely than about every five seconds while a customer may still stand there. Whole numbers only.

use crate::schedule::{FIRST_CHECK_MS, FLOOR_MS, published_interval_ms};

/// So many outcomes must be known before they say anything.
pub const OUTCOMES_MIN: usize = 200;
/// What lies further back says less about today's customers.
pub const OUTCOMES_MAX: usize = 2_000;
/// From this age on nothing is learned.
pub const LEARNED_UNTIL_MS: i64 = 600_000;

/// What one question costs, as milliseconds that a cashier waits. At a tenth of a second a shop as usual would take more
/// than nine questions a payment.
const QUESTION_COSTS_MS: u128 = 155;
/// The first question is never later than this, the others never further apart than that up to the age below, whatever the
/// history says: so a history that is not true of the shop costs no more waiting than asking every five seconds.
const FIRST_SLOWEST_MS: i64 = 5_200;
const SLOWEST_MS: i64 = 4_700;
const SLOWEST_UNTIL_MS: i64 = 300_000;
/// An outcome came somewhere between the question that told it and the one before.
const SEEN_LATE_BY_MS: i64 = 3_000;
/// What the first question told may have come at any moment before.
const SEEN_FIRST_MS: i64 = 6_000;
/// One question, in the unit of densities.
const ONE: i64 = 1_000_000_000;

/// `(up to this age, thousandths of outcomes, milliseconds waited)` of a hundred assumed customers: a third each of a shop
/// as usual, a slow one, and one where the code is typed before.
const ASSUMED: [(i64, i64, i64); 23] = [
    (3_000, 10_966, 290_959),
    (5_000, 10_393, 166_363),
    (7_000, 4_403, 152_284),
    (9_000, 2_742, 145_709),
    (12_000, 5_262, 207_145),
    (15_000, 7_130, 188_324),
    (18_000, 7_636, 165_807),
    (21_000, 6_994, 143_664),
    (25_000, 7_571, 162_052),
    (30_000, 6_758, 166_507),
    (35_000, 4_553, 138_608),
    (40_000, 3_140, 119_653),
    (50_000, 3_965, 202_847),
    (60_000, 2_464, 171_770),
    (80_000, 3_274, 285_546),
    (100_000, 2_477, 229_452),
    (120_000, 2_104, 183_880),
    (150_000, 2_563, 204_857),
    (180_000, 1_879, 138_375),
    (240_000, 2_160, 150_076),
    (300_000, 919, 62_390),
    (420_000, 530, 36_882),
    (LEARNED_UNTIL_MS, 106, 7_980),
];

/// What is known of one accepted request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outcome {
    /// How old it was when the question left that told its end; or the last question, when its end is not known.
    pub age_ms: i64,
    /// Its end is known.
    pub came: bool,
}

/// How densely to ask at each age: as published, or as learned.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Pace {
    /// Billionths of a question a millisecond, in the order of [`ASSUMED`]; none for the published schedule.
    densities: Option<[i64; ASSUMED.len()]>,
}

impl Pace {
    /// The schedule that holds for every shop.
    pub const PUBLISHED: Self = Self { densities: None };

    /// From the newest outcomes of a shop. Too few give the published pace.
    #[must_use]
    pub fn learned(outcomes: &[Outcome]) -> Self {
        if outcomes.iter().filter(|outcome| outcome.came).count() < OUTCOMES_MIN {
            return Self::PUBLISHED;
        }
        let mut ages = ASSUMED;
        for outcome in outcomes.iter().take(OUTCOMES_MAX).filter(|outcome| outcome.age_ms > 0) {
            add(&mut ages, *outcome);
        }
        let mut from_ms = 0;
        let densities = ages.map(|(until_ms, outcomes, waited_ms)| {
            let slowest_ms = slowest_ms(from_ms);
            from_ms = until_ms;
            density(outcomes, waited_ms).clamp(ONE / slowest_ms, ONE / FLOOR_MS)
        });
        Self { densities: Some(densities) }
    }

    /// Whether the shop's own history has a part in it.
    #[must_use]
    pub const fn is_learned(&self) -> bool {
        self.densities.is_some()
    }

    /// How long after a question at `age_ms` the next one follows, jitter and floor apart; `None` when nobody asks any
    /// more by himself.
    #[must_use]
    pub fn interval_ms(&self, age_ms: i64) -> Option<i64> {
        let published_ms = published_interval_ms(age_ms)?;
        Some(match &self.densities {
            Some(densities) if age_ms < LEARNED_UNTIL_MS => {
                until_one_question(densities, age_ms).clamp(FLOOR_MS, slowest_ms(age_ms))
            }
            Some(_) | None => published_ms,
        })
    }
}

fn slowest_ms(age_ms: i64) -> i64 {
    if age_ms < FIRST_CHECK_MS {
        FIRST_SLOWEST_MS
    } else if age_ms < SLOWEST_UNTIL_MS {
        SLOWEST_MS
    } else {
        published_interval_ms(age_ms).unwrap_or(SLOWEST_MS).max(SLOWEST_MS)
    }
}

/// Spreads an outcome over the ages in which it may have come, and its waiting over those before.
fn add(ages: &mut [(i64, i64, i64)], outcome: Outcome) {
    let seen_ms = outcome.age_ms;
    let window_ms = if seen_ms <= SEEN_FIRST_MS { seen_ms } else { SEEN_LATE_BY_MS };
    let waited_ms = if outcome.came { seen_ms - window_ms / 2 } else { seen_ms };
    let mut from_ms = 0;
    for (until_ms, outcomes, waited) in ages {
        let within = |begin_ms: i64, end_ms: i64| (end_ms.min(*until_ms) - begin_ms.max(from_ms)).max(0);
        if outcome.came {
            *outcomes += 1_000 * within(seen_ms - window_ms, seen_ms) / window_ms;
        }
        *waited += within(0, waited_ms);
        from_ms = *until_ms;
    }
}

/// The square root of half the chance of an outcome a millisecond, over the price of a question.
fn density(outcomes: i64, waited_ms: i64) -> i64 {
    let one = u128::from(ONE.unsigned_abs());
    let outcomes = u128::from(outcomes.unsigned_abs());
    let squared =
        one * one * outcomes / (2_000 * QUESTION_COSTS_MS * u128::from(waited_ms.unsigned_abs()).max(1));
    i64::try_from(squared.isqrt()).unwrap_or(ONE)
}

/// How long it takes from `age_ms` until the densities add up to one question.
fn until_one_question(densities: &[i64], age_ms: i64) -> i64 {
    let (mut at_ms, mut left) = (age_ms, ONE);
    for ((until_ms, _, _), density) in ASSUMED.into_iter().zip(densities) {
        let room_ms = (until_ms - at_ms).max(0);
        if room_ms.saturating_mul(*density) >= left {
            return at_ms + left / density.max(&1) - age_ms;
        }
        left -= room_ms * density;
        at_ms = at_ms.max(until_ms);
    }
    LEARNED_UNTIL_MS
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schedule::{Asked, WATCH_FOR_MS, first_check_ms, next_check_ms};
    use proptest::prelude::*;

    fn all_at(age_ms: i64, count: usize) -> Vec<Outcome> {
        vec![Outcome { age_ms, came: true }; count]
    }

    #[test]
    fn nothing_is_learned_from_fewer_than_two_hundred_ends() {
        let mut outcomes = all_at(20_000, OUTCOMES_MIN - 1);
        outcomes.extend(vec![Outcome { age_ms: 20_000, came: false }; 1_000]);
        assert_eq!(Pace::learned(&outcomes), Pace::PUBLISHED);
        outcomes.push(Outcome { age_ms: 20_000, came: true });
        assert!(Pace::learned(&outcomes).is_learned());
    }

    #[test]
    fn questions_are_densest_where_answers_come() {
        let pace = Pace::learned(&all_at(40_000, 1_000));
        let wait = |age_ms| pace.interval_ms(age_ms).unwrap();
        assert_eq!(wait(37_000), FLOOR_MS);
        assert!(wait(10_000) > 4_000, "{}", wait(10_000));
        assert!(wait(50_000) > 4_000, "{}", wait(50_000));
        // A quiet time ahead is cut short where answers come again.
        assert!(wait(34_000) < wait(20_000));
    }

    #[test]
    fn who_answers_at_once_is_asked_about_sooner() {
        assert_eq!(first_check_ms(&Pace::learned(&all_at(3_000, 1_000)), 0), FLOOR_MS);
        assert!(first_check_ms(&Pace::learned(&all_at(60_000, 1_000)), 0) > 5_000);
    }

    #[test]
    fn who_waits_for_ever_thins_out_the_questions_and_only_to_a_point() {
        let waiting = |count| vec![Outcome { age_ms: 700_000, came: false }; count];
        let some = Pace::learned(&[all_at(20_000, 200), waiting(10)].concat());
        let many = Pace::learned(&[all_at(20_000, 200), waiting(1_700)].concat());
        assert!(many.interval_ms(30_000).unwrap() > some.interval_ms(30_000).unwrap());
        assert_eq!(many.interval_ms(100_000), Some(SLOWEST_MS));
        assert_eq!(many.interval_ms(500_000), Some(15_000));
    }

    #[test]
    fn beyond_ten_minutes_it_is_the_published_schedule() {
        let pace = Pace::learned(&all_at(20_000, 500));
        for age_ms in [LEARNED_UNTIL_MS, 3_599_999, 3_600_000, WATCH_FOR_MS - 1, WATCH_FOR_MS] {
            assert_eq!(pace.interval_ms(age_ms), Pace::PUBLISHED.interval_ms(age_ms), "{age_ms}");
        }
    }

    proptest! {
        #[test]
        fn whatever_the_history_the_floor_holds_and_so_does_the_slowest(
            history in proptest::collection::vec((any::<i64>(), any::<bool>()), 200..400),
            age in 0i64..LEARNED_UNTIL_MS,
            took in 0i64..60_000,
            jitter in any::<i64>(),
        ) {
            let mut outcomes: Vec<_> =
                history.into_iter().map(|(age_ms, came)| Outcome { age_ms, came }).collect();
            outcomes.extend(all_at(20_000, OUTCOMES_MIN));
            let pace = Pace::learned(&outcomes);
            prop_assert!((FLOOR_MS..=FIRST_SLOWEST_MS).contains(&first_check_ms(&pace, 0)));
            let asked = Asked { at_ms: age, answered_at_ms: age + took, failures: 0 };
            let next = next_check_ms(&pace, 0, asked, jitter).unwrap();
            prop_assert!(next >= age + FLOOR_MS);
            let slowest = slowest_ms(age);
            prop_assert!(next <= (age + slowest + slowest / 10).max(age + took + FLOOR_MS));
        }
    }
}
