//! The one place that asks what time it is. A provider has its own clock.

use jiff::Timestamp;

/// Milliseconds since 1970, UTC.
#[allow(
    clippy::disallowed_methods,
    reason = "the simulator stands outside the till and plays another machine"
)]
pub(crate) fn now_ms() -> i64 {
    Timestamp::now().as_millisecond()
}

/// `2026-11-03 10:15:04`, UTC.
pub(crate) fn written(at_ms: i64) -> String {
    Timestamp::from_millisecond(at_ms)
        .map(|at| at.strftime("%Y-%m-%d %H:%M:%S").to_string())
        .unwrap_or_default()
}
