//! The moment that an HTTP `Date` header names. Owns its one spelling of today (IMF-fixdate, RFC 9110 section 5.6.7).
//! Refuses the two spellings of the last century, and to guess: what is not exactly a date is none.

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

/// `Tue, 03 Nov 2026 10:15:04 GMT` as milliseconds since 1970, UTC. Whole seconds: the moment lies in that second.
#[must_use]
pub fn date_ms(text: &str) -> Option<i64> {
    let (day_name, rest) = text.split_once(", ")?;
    let [day, month, year, clock, "GMT"] = rest.split(' ').collect::<Vec<_>>()[..] else { return None };
    let [hour, minute, second] = clock.split(':').collect::<Vec<_>>()[..] else { return None };
    let month = i64::try_from(MONTHS.iter().position(|name| *name == month)?).ok()? + 1;
    let (day, year) = (number(day, 2)?, number(year, 4)?);
    let (hour, minute, second) = (number(hour, 2)?, number(minute, 2)?, number(second, 2)?);
    let is_a_date = year >= 1970
        && (1..=days_in(year, month)).contains(&day)
        && DAYS.contains(&day_name)
        && hour < 24
        && minute < 60
        // A leap second is one.
        && second <= 60;
    is_a_date.then(|| (((days_since_1970(year, month, day) * 24 + hour) * 60 + minute) * 60 + second) * 1_000)
}

fn number(text: &str, digits: usize) -> Option<i64> {
    let is_one = text.len() == digits && text.bytes().all(|byte| byte.is_ascii_digit());
    if is_one { text.parse().ok() } else { None }
}

const fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

const fn days_in(year: i64, month: i64) -> i64 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

fn days_since_1970(year: i64, month: i64, day: i64) -> i64 {
    let leap_days_before = |year: i64| (year - 1) / 4 - (year - 1) / 100 + (year - 1) / 400;
    let years = (year - 1970) * 365 + leap_days_before(year) - leap_days_before(1970);
    years + (1..month).map(|month| days_in(year, month)).sum::<i64>() + day - 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read() {
        for (text, seconds) in [
            ("Thu, 01 Jan 1970 00:00:00 GMT", 0),
            ("Sun, 06 Nov 1994 08:49:37 GMT", 784_111_777),
            ("Tue, 29 Feb 2000 23:59:59 GMT", 951_868_799),
            ("Tue, 03 Nov 2026 10:15:04 GMT", 1_793_700_904),
            ("Fri, 31 Dec 2100 23:59:60 GMT", 4_133_980_800),
            ("Mon, 01 Mar 2100 00:00:00 GMT", 4_107_542_400),
        ] {
            assert_eq!(date_ms(text), Some(seconds * 1_000), "{text}");
        }
    }

    #[test]
    fn what_is_not_exactly_a_date_is_none() {
        for text in [
            "",
            "Tue, 03 Nov 2026 10:15:04",
            "Tue, 03 Nov 2026 10:15:04 CET",
            "Tue, 3 Nov 2026 10:15:04 GMT",
            "Tue, 31 Nov 2026 10:15:04 GMT",
            "Sun, 29 Feb 2100 00:00:00 GMT",
            "Tue, 00 Nov 2026 10:15:04 GMT",
            "Tue, 03 Nov 2026 24:00:00 GMT",
            "Tue, 03 Nov 2026 10:60:00 GMT",
            "Tue, 03 Nov 2026 10:15:61 GMT",
            "Tue, 03 Nov 1969 10:15:04 GMT",
            "Mardi, 03 Nov 2026 10:15:04 GMT",
            "Sunday, 06-Nov-94 08:49:37 GMT",
            "Sun Nov  6 08:49:37 1994",
            "Tue, +3 Nov 2026 10:15:04 GMT",
            "2026-11-03T10:15:04Z",
        ] {
            assert_eq!(date_ms(text), None, "{text}");
        }
    }
}
