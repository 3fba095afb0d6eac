//! Dates and times of day as text, UTC.

use std::fmt;

use time::UtcDateTime;

/// `2026-11-23`.
pub fn date(now: UtcDateTime) -> impl fmt::Display {
    fmt::from_fn(move |f| write!(f, "{:04}-{:02}-{:02}", now.year(), u8::from(now.month()), now.day()))
}

/// `08:00:00`.
pub fn time_of_day(now: UtcDateTime) -> impl fmt::Display {
    fmt::from_fn(move |f| write!(f, "{:02}:{:02}:{:02}", now.hour(), now.minute(), now.second()))
}
