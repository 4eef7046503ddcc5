//! Whether this computer's clock is right, held against the moment a server names in its answer. Owns what counts as
//! wrong. Refuses to correct anything: a till writes the time that its computer shows, and says when that is wrong.

/// A clock that differs by more than this is wrong: a sale near midnight would be written to another day.
pub const WRONG_FROM_MS: i64 = 120_000;
/// A clock that was wrong is right again when it differs by less than this.
pub const RIGHT_WITHIN_MS: i64 = 60_000;
/// An answer that took longer tells too little about the moment it was given.
pub const ROUND_TRIP_MAX_MS: i64 = 10_000;
/// The two clocks of this computer agree within this, or one of them was moved while the answer was on its way.
const MOVED_MS: i64 = 2_000;
/// A server names whole seconds, so its moment is half a second later on average.
const HALF_A_SECOND_MS: i64 = 500;

/// One question and its answer, as three clocks saw them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Exchange {
    /// This computer's clock when the question left, in milliseconds since 1970, UTC.
    pub asked_at_ms: i64,
    /// This computer's clock when the answer was in.
    pub answered_at_ms: i64,
    /// What passed between by the clock that nobody can set.
    pub took_ms: i64,
    /// The second that the server named.
    pub server_ms: i64,
}

impl Exchange {
    /// How much this computer's clock is ahead of the server's (behind, below zero), taken half way between question and
    /// answer. None when that cannot be told: the answer took long, or the clock was moved or the computer slept meanwhile.
    #[must_use]
    pub fn skew_ms(self) -> Option<i64> {
        let by_the_clock_ms = self.answered_at_ms.saturating_sub(self.asked_at_ms);
        let is_steady = by_the_clock_ms.abs_diff(self.took_ms) <= MOVED_MS.unsigned_abs();
        let half_way_ms = self.answered_at_ms.saturating_sub(self.took_ms / 2);
        ((0..=ROUND_TRIP_MAX_MS).contains(&self.took_ms) && is_steady)
            .then(|| half_way_ms.saturating_sub(self.server_ms).saturating_sub(HALF_A_SECOND_MS))
    }
}

/// By how much the clock counts as wrong after `skew_ms` was seen; none while it counts as right. Between the two limits
/// it counts as it did before, so that a notice does not come and go.
#[must_use]
pub const fn wrong_by_ms(was_wrong: bool, skew_ms: i64) -> Option<i64> {
    let limit_ms = if was_wrong { RIGHT_WITHIN_MS } else { WRONG_FROM_MS };
    if skew_ms.unsigned_abs() > limit_ms.unsigned_abs() { Some(skew_ms) } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const MOMENT_MS: i64 = 1_795_510_800_000;

    #[test]
    fn a_clock_is_compared_half_way() {
        for (ahead_ms, there_ms, back_ms) in
            [(0, 100, 100), (0, 5_000, 5_000), (600_000, 900, 20), (-7_200_000, 20, 1_500), (0, 9_000, 1_000)]
        {
            let true_ms = MOMENT_MS + 300;
            let exchange = Exchange {
                asked_at_ms: true_ms + ahead_ms,
                answered_at_ms: true_ms + ahead_ms + there_ms + back_ms,
                took_ms: there_ms + back_ms,
                server_ms: (true_ms + there_ms) / 1_000 * 1_000,
            };
            let skew_ms = exchange.skew_ms().unwrap();
            let off_ms = (skew_ms - ahead_ms).abs();
            assert!(off_ms <= (there_ms - back_ms).abs() / 2 + 500, "{ahead_ms}: {skew_ms}");
        }
    }

    #[test]
    fn what_took_long_or_was_not_steady_tells_nothing() {
        let exchange = |by_the_clock_ms, took_ms| Exchange {
            asked_at_ms: MOMENT_MS,
            answered_at_ms: MOMENT_MS + by_the_clock_ms,
            took_ms,
            server_ms: MOMENT_MS,
        };
        assert!(exchange(10_000, 10_000).skew_ms().is_some());
        // Slow; asleep meanwhile; set forward, and back, meanwhile; a clock that cannot be.
        for (by_the_clock_ms, took_ms) in
            [(10_001, 10_001), (28_800_000, 900), (605_000, 900), (-600_000, 900), (0, -1)]
        {
            assert_eq!(exchange(by_the_clock_ms, took_ms).skew_ms(), None, "{by_the_clock_ms} {took_ms}");
        }
    }

    #[test]
    fn the_notice_comes_after_two_minutes_and_goes_within_one() {
        for (was_wrong, skew_ms, is_wrong) in [
            (false, 0, false),
            (false, 120_000, false),
            (false, 120_001, true),
            (false, -120_001, true),
            (true, 90_000, true),
            (true, -90_000, true),
            (true, 60_000, false),
            (true, -59_000, false),
            (false, i64::MIN, true),
        ] {
            let wrong_by = wrong_by_ms(was_wrong, skew_ms);
            assert_eq!(wrong_by, is_wrong.then_some(skew_ms), "{was_wrong} {skew_ms}");
        }
    }

    proptest! {
        #[test]
        fn a_skew_is_never_off_by_more_than_half_the_way_and_a_second(
            ahead_ms in -400_000_000_000i64..400_000_000_000,
            there_ms in 0i64..5_000,
            back_ms in 0i64..5_000,
            began_ms in 0i64..1_000,
        ) {
            let asked_ms = MOMENT_MS + began_ms;
            let exchange = Exchange {
                asked_at_ms: asked_ms + ahead_ms,
                answered_at_ms: asked_ms + ahead_ms + there_ms + back_ms,
                took_ms: there_ms + back_ms,
                server_ms: (asked_ms + there_ms) / 1_000 * 1_000,
            };
            let off_ms = (exchange.skew_ms().unwrap() - ahead_ms).abs();
            prop_assert!(off_ms <= (there_ms + back_ms) / 2 + 1_000);
        }
    }
}
