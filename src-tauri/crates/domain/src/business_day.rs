//! Which business day a moment belongs to. Owns the rule (time zone and cut-off hour). Refuses to be asked twice: the
//! day is computed once, when an entry is written, and stored with it.

use jiff::{SignedDuration, Timestamp, civil, tz::TimeZone};
use std::{fmt, str::FromStr};
use thiserror::Error;

/// A calendar day of business, shown and stored as `YYYY-MM-DD`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BusinessDay(civil::Date);

impl fmt::Display for BusinessDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

impl BusinessDay {
    /// The day after; none at the end of the calendar.
    #[must_use]
    pub fn next(self) -> Option<Self> {
        self.0.tomorrow().ok().map(Self)
    }

    /// The day before; none at the beginning of the calendar.
    #[must_use]
    pub fn previous(self) -> Option<Self> {
        self.0.yesterday().ok().map(Self)
    }

    /// First and last day of its month.
    #[must_use]
    pub fn month(self) -> (Self, Self) {
        (Self(self.0.first_of_month()), Self(self.0.last_of_month()))
    }

    /// As French readers write it: `24/11/2026`.
    #[must_use]
    pub fn french(self) -> String {
        let mut text = String::with_capacity(10);
        push_two(&mut text, self.0.day());
        text.push('/');
        push_two(&mut text, self.0.month());
        text.push('/');
        text.push_str(&format!("{:04}", self.0.year()));
        text
    }
}

/// Two digits, without the machinery of formatting: a million times over, it is most of an export.
fn push_two(text: &mut String, number: i8) {
    let number = number.unsigned_abs();
    text.push(char::from(b'0' + number / 10 % 10));
    text.push(char::from(b'0' + number % 10));
}

/// A moment on the shop's wall clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LocalTime {
    date: civil::DateTime,
    offset_seconds: i32,
}

impl LocalTime {
    /// The calendar date, which after midnight and before the cut-off is not the business day.
    #[must_use]
    pub fn date(self) -> BusinessDay {
        BusinessDay(self.date.date())
    }

    /// `14:05:09`.
    #[must_use]
    pub fn clock(self) -> String {
        let mut text = String::with_capacity(8);
        self.push_clock(&mut text);
        text
    }

    /// 0 to 23.
    #[must_use]
    pub fn hour(self) -> u8 {
        // An hour of the day is never negative.
        self.date.hour().unsigned_abs()
    }

    /// Year, month, day, hour, minute, second.
    #[must_use]
    pub fn parts(self) -> (i16, i8, i8, i8, i8, i8) {
        let at = self.date;
        (at.year(), at.month(), at.day(), at.hour(), at.minute(), at.second())
    }

    /// ISO 8601 with the offset: `2026-11-24T14:05:09+00:00`.
    #[must_use]
    pub fn iso(self) -> String {
        let (sign, minutes) =
            (if self.offset_seconds < 0 { '-' } else { '+' }, self.offset_seconds.unsigned_abs() / 60);
        let mut text = String::with_capacity(25);
        let date = self.date.date();
        // jiff writes years outside four digits with a sign; no shop sells then.
        text.push_str(&format!("{:04}-", date.year()));
        push_two(&mut text, date.month());
        text.push('-');
        push_two(&mut text, date.day());
        text.push('T');
        self.push_clock(&mut text);
        text.push(sign);
        push_two(&mut text, i8::try_from(minutes / 60).unwrap_or_default());
        text.push(':');
        push_two(&mut text, i8::try_from(minutes % 60).unwrap_or_default());
        text
    }

    fn push_clock(self, text: &mut String) {
        push_two(text, self.date.hour());
        text.push(':');
        push_two(text, self.date.minute());
        text.push(':');
        push_two(text, self.date.second());
    }
}

impl FromStr for BusinessDay {
    type Err = DayError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        // The stored form only: jiff would also read other ISO spellings.
        match text.parse::<civil::Date>() {
            Ok(date) if date.to_string() == text => Ok(Self(date)),
            Ok(_) | Err(_) => Err(DayError::NotADay(text.to_owned())),
        }
    }
}

/// How moments become days.
#[derive(Debug, Clone)]
pub struct DayRule {
    zone: TimeZone,
    cut_off_hour: u8,
}

/// Where the till stands unless its owner says otherwise.
pub const DEFAULT_ZONE: &str = "Africa/Lome";

impl Default for DayRule {
    /// Lomé, midnight. Togo keeps UTC all year, so the fallback is the same rule even without a zone database.
    fn default() -> Self {
        Self { zone: TimeZone::get(DEFAULT_ZONE).unwrap_or(TimeZone::UTC), cut_off_hour: 0 }
    }
}

impl DayRule {
    /// A rule for the IANA zone `zone`, whose days end at `cut_off_hour` (0 to 23, local time) of the next morning.
    ///
    /// # Errors
    /// [`DayError::UnknownZone`] or [`DayError::BadHour`].
    pub fn new(zone: &str, cut_off_hour: u8) -> Result<Self, DayError> {
        if cut_off_hour > 23 {
            return Err(DayError::BadHour(cut_off_hour));
        }
        let zone = TimeZone::get(zone).map_err(|_| DayError::UnknownZone(zone.to_owned()))?;
        Ok(Self { zone, cut_off_hour })
    }

    /// The day that `at_ms` (milliseconds since 1970, UTC) belongs to.
    ///
    /// # Errors
    /// [`DayError::OutOfRange`] for a moment no calendar reaches.
    pub fn day_of(&self, at_ms: i64) -> Result<BusinessDay, DayError> {
        let moment = Timestamp::from_millisecond(at_ms).map_err(|_| DayError::OutOfRange(at_ms))?;
        let local = self.zone.to_datetime(moment);
        // On the wall clock, not on the time line: a cut-off at four is at four also on the day the clocks change.
        local
            .checked_sub(SignedDuration::from_hours(i64::from(self.cut_off_hour)))
            .map(|shifted| BusinessDay(shifted.date()))
            .map_err(|_| DayError::OutOfRange(at_ms))
    }
}

impl DayRule {
    /// `at_ms` (milliseconds since 1970, UTC) on the shop's wall clock.
    ///
    /// # Errors
    /// [`DayError::OutOfRange`] for a moment no calendar reaches.
    pub fn local(&self, at_ms: i64) -> Result<LocalTime, DayError> {
        let moment = Timestamp::from_millisecond(at_ms).map_err(|_| DayError::OutOfRange(at_ms))?;
        let offset_seconds = self.zone.to_offset(moment).seconds();
        Ok(LocalTime { date: self.zone.to_datetime(moment), offset_seconds })
    }

    /// The moments of `day`, in milliseconds since 1970, UTC: from the first, up to but without the second.
    ///
    /// # Errors
    /// [`DayError::OutOfRange`] at the ends of the calendar.
    pub fn moments_of(&self, day: BusinessDay) -> Result<(i64, i64), DayError> {
        let begin = |day: BusinessDay| {
            let local = day.0.at(i8::try_from(self.cut_off_hour).unwrap_or_default(), 0, 0, 0);
            self.zone
                .to_timestamp(local)
                .map(Timestamp::as_millisecond)
                .map_err(|_| DayError::NotADay(day.to_string()))
        };
        let next = day.next().ok_or_else(|| DayError::NotADay(day.to_string()))?;
        Ok((begin(day)?, begin(next)?))
    }
}

/// Why a day cannot be told.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum DayError {
    /// Not `YYYY-MM-DD`.
    #[error("not a day: {0:?}")]
    NotADay(String),
    /// Not an IANA time zone.
    #[error("unknown time zone: {0:?}")]
    UnknownZone(String),
    /// Not an hour of the day.
    #[error("not an hour of the day: {0}")]
    BadHour(u8),
    /// A moment outside the calendar.
    #[error("moment outside the calendar: {0} ms")]
    OutOfRange(i64),
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(text: &str) -> i64 {
        text.parse::<Timestamp>().unwrap().as_millisecond()
    }

    #[test]
    fn the_moments_of_a_day_are_those_that_belong_to_it() {
        for (zone, hour) in
            [("Africa/Lome", 0), ("Africa/Lome", 4), ("Europe/Paris", 3), ("America/New_York", 0)]
        {
            let rule = DayRule::new(zone, hour).unwrap();
            let mut day: BusinessDay = "2026-03-01".parse().unwrap();
            for _ in 0..250 {
                let (from, until) = rule.moments_of(day).unwrap();
                assert_eq!(rule.day_of(from).unwrap(), day, "{zone} {hour}");
                assert_eq!(rule.day_of(until - 1).unwrap(), day, "{zone} {hour}");
                assert_eq!(rule.day_of(until).unwrap(), day.next().unwrap(), "{zone} {hour}");
                assert_eq!(day.next().unwrap().previous(), Some(day));
                day = day.next().unwrap();
            }
        }
    }

    #[test]
    fn a_moment_reads_on_the_wall_clock_of_the_shop() {
        let at = DayRule::default().local(1_764_000_309_000).unwrap();
        assert_eq!((at.date().to_string().as_str(), at.clock().as_str()), ("2025-11-24", "16:05:09"));
        assert_eq!(at.iso(), "2025-11-24T16:05:09+00:00");
        assert_eq!(at.date().french(), "24/11/2025");
        let kolkata = DayRule::new("Asia/Kolkata", 0).unwrap().local(1_764_000_309_000).unwrap();
        assert_eq!((kolkata.iso().as_str(), kolkata.hour()), ("2025-11-24T21:35:09+05:30", 21));
        assert_eq!(kolkata.parts(), (2025, 11, 24, 21, 35, 9));
        let marquesas = DayRule::new("Pacific/Marquesas", 0).unwrap().local(1_764_000_309_000).unwrap();
        assert_eq!(marquesas.iso(), "2025-11-24T06:35:09-09:30");
        let (first, last) = at.date().month();
        assert_eq!((first.to_string().as_str(), last.to_string().as_str()), ("2025-11-01", "2025-11-30"));
    }

    #[test]
    fn moments_belong_to_the_day_of_the_zone_and_cut_off() {
        for (zone, hour, moment, day) in [
            ("Africa/Lome", 0, "2026-11-24T00:00:00Z", "2026-11-24"),
            ("Africa/Lome", 0, "2026-11-24T23:59:59.999Z", "2026-11-24"),
            ("Africa/Lome", 4, "2026-11-25T03:59:59.999Z", "2026-11-24"),
            ("Africa/Lome", 4, "2026-11-25T04:00:00Z", "2026-11-25"),
            ("Africa/Lagos", 0, "2026-11-24T23:00:00Z", "2026-11-25"),
            ("America/New_York", 4, "2026-03-08T07:59:59Z", "2026-03-07"),
            ("America/New_York", 4, "2026-03-08T08:00:00Z", "2026-03-08"),
            ("Africa/Lome", 4, "2024-03-01T01:00:00Z", "2024-02-29"),
        ] {
            let rule = DayRule::new(zone, hour).unwrap();
            assert_eq!(rule.day_of(at(moment)).unwrap().to_string(), day, "{zone} {hour} {moment}");
        }
    }

    #[test]
    fn days_end_right_where_years_end_and_clocks_change() {
        for (zone, hour, moment, day) in [
            // Year ends, and the leap day.
            ("Africa/Lome", 0, "2026-12-31T23:59:59.999Z", "2026-12-31"),
            ("Africa/Lome", 0, "2027-01-01T00:00:00Z", "2027-01-01"),
            ("Africa/Lome", 6, "2027-01-01T05:59:59.999Z", "2026-12-31"),
            ("Pacific/Kiritimati", 0, "2026-12-31T10:00:00Z", "2027-01-01"),
            ("Africa/Lome", 23, "2028-02-29T22:59:59.999Z", "2028-02-28"),
            // Paris, the night that has two o'clock twice, and the one that has none.
            ("Europe/Paris", 2, "2026-10-24T23:59:59Z", "2026-10-24"),
            ("Europe/Paris", 2, "2026-10-25T00:00:00Z", "2026-10-25"),
            ("Europe/Paris", 2, "2026-10-25T00:59:59Z", "2026-10-25"),
            ("Europe/Paris", 2, "2026-10-25T01:00:00Z", "2026-10-25"),
            ("Europe/Paris", 3, "2026-10-25T01:59:59Z", "2026-10-24"),
            ("Europe/Paris", 3, "2026-10-25T02:00:00Z", "2026-10-25"),
            ("Europe/Paris", 2, "2026-03-29T00:59:59Z", "2026-03-28"),
            ("Europe/Paris", 2, "2026-03-29T01:00:00Z", "2026-03-29"),
            // Samoa left out a whole day.
            ("Pacific/Apia", 0, "2011-12-30T09:59:59Z", "2011-12-29"),
            ("Pacific/Apia", 0, "2011-12-30T10:00:00Z", "2011-12-31"),
        ] {
            let rule = DayRule::new(zone, hour).unwrap();
            assert_eq!(rule.day_of(at(moment)).unwrap().to_string(), day, "{zone} {hour} {moment}");
        }
    }

    const ZONES: [&str; 9] = [
        "Africa/Lome",
        "Africa/Lagos",
        "Europe/Paris",
        "America/New_York",
        "America/Havana",
        "Asia/Beirut",
        "Asia/Kolkata",
        "Australia/Lord_Howe",
        "Pacific/Kiritimati",
    ];

    proptest! {
        #[test]
        fn every_moment_lies_within_its_own_day_and_days_only_go_on(
            zone in 0usize..ZONES.len(),
            hour in 0u8..24,
            // 2000 to 2060.
            at_ms in 946_684_800_000i64..2_840_140_800_000,
            later_ms in 0i64..200_000_000,
        ) {
            let rule = DayRule::new(ZONES[zone], hour).unwrap();
            let day = rule.day_of(at_ms).unwrap();
            let (from, until) = rule.moments_of(day).unwrap();
            prop_assert!((from..until).contains(&at_ms), "{} {hour}: {at_ms} of {day}", ZONES[zone]);
            prop_assert!(rule.day_of(at_ms + later_ms).unwrap() >= day);
        }
    }

    #[test]
    fn the_default_is_lome_at_midnight() {
        let moment = at("2026-11-24T00:30:00Z");
        assert_eq!(DayRule::default().day_of(moment), DayRule::new(DEFAULT_ZONE, 0).unwrap().day_of(moment));
    }

    #[test]
    fn what_is_not_a_day_a_zone_or_an_hour_is_refused() {
        assert!(matches!(DayRule::new("Africa/Nowhere", 0), Err(DayError::UnknownZone(_))));
        assert_eq!(DayRule::new("Africa/Lome", 24).unwrap_err(), DayError::BadHour(24));
        assert_eq!(DayRule::default().day_of(i64::MAX), Err(DayError::OutOfRange(i64::MAX)));
        for text in ["", "2026-13-01", "2026-02-30", "20261124", "2026-11-24T00:00"] {
            assert!(text.parse::<BusinessDay>().is_err(), "{text}");
        }
        assert_eq!("2026-11-24".parse::<BusinessDay>().unwrap().to_string(), "2026-11-24");
    }
}
