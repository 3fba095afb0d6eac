//! Parts of times and units of the calendar, as Flink computes them: before 1970 a part of a day counts as the day
//! after, and before 1582-10-15 the units of the calendar are the Julian one's.

use crate::query::TimeField;
use crate::time::{MS_PER_DAY, civil, days, month_length};

const SECOND: i64 = 1000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;
/// 1582-10-15, the first day of the Gregorian calendar.
const GREGORIAN: i64 = -141_427;
/// The times that Flink makes of milliseconds: the years 0 to 9999.
const MILLISECONDS: std::ops::RangeInclusive<i64> = -62_167_219_200_000..=253_402_300_799_999;

/// Days since 1970 up to the day of a time; what is before 1970 is rounded up.
fn day_of(ms: i64) -> i64 {
    ms / MS_PER_DAY
}

/// 0 is Sunday.
fn weekday(day: i64) -> i64 {
    (day + 4).rem_euclid(7)
}

pub(crate) fn extract(field: TimeField, ms: i64) -> i64 {
    let day = day_of(ms);
    let (year, month, of_month) = civil(day);
    match field {
        TimeField::Year => year,
        TimeField::Quarter => (month + 2) / 3,
        TimeField::Month => month,
        TimeField::Week => {
            // The week is of the year that its Thursday is in.
            let thursday = day - (weekday(day) + 6) % 7 + 3;
            (thursday - days(civil(thursday).0, 1, 1)) / 7 + 1
        }
        TimeField::Day => of_month,
        TimeField::Hour => ms % MS_PER_DAY / HOUR,
        TimeField::Minute => ms % HOUR / MINUTE,
        TimeField::Second => ms % MINUTE / SECOND,
        TimeField::DayOfWeek => weekday(day) + 1,
        TimeField::DayOfYear => day - days(year, 1, 1) + 1,
    }
}

/// The start of the unit, or of the next one. What is no unit leaves the time as it is.
pub(crate) fn unit(field: TimeField, ms: i64, up: bool) -> i64 {
    let length = match field {
        TimeField::Day => MS_PER_DAY,
        TimeField::Hour => HOUR,
        TimeField::Minute => MINUTE,
        TimeField::Second => SECOND,
        TimeField::DayOfWeek | TimeField::DayOfYear => return ms,
        TimeField::Year | TimeField::Quarter | TimeField::Month | TimeField::Week => {
            return calendar_unit(field, day_of(ms), up).wrapping_mul(MS_PER_DAY);
        }
    };
    let over = ms.rem_euclid(length);
    let start = ms.wrapping_sub(over);
    if up && over > 0 { start.wrapping_add(length) } else { start }
}

/// The first day of a unit of the calendar. The next quarter is never the one that the day begins, except the year's
/// first.
fn calendar_unit(field: TimeField, day: i64, up: bool) -> i64 {
    let (year, month, of_month) = if day < GREGORIAN { julian(day) } else { civil(day) };
    let later = |when: bool| i64::from(up && when);
    match field {
        TimeField::Year => days(year + later(month > 1 || of_month > 1), 1, 1),
        TimeField::Quarter => days(year, ((month + 2) / 3 + later(month > 1 || of_month > 1)) * 3 - 2, 1),
        TimeField::Month => days(year, month + later(of_month > 1), 1),
        _ => {
            let after = weekday(day);
            days(year, month, of_month) - after + 7 * later(after > 0)
        }
    }
}

/// Year, month and day in the Julian calendar.
fn julian(day: i64) -> (i64, i64, i64) {
    // Days since March 1st of the year 0, in years of 365 days and one more in each fourth.
    let shifted = day + 719_470;
    let (era, of_era) = (shifted.div_euclid(1461), shifted.rem_euclid(1461));
    let year = (of_era - of_era / 1460) / 365;
    let of_year = of_era - 365 * year;
    let month = (5 * of_year + 2) / 153;
    let of_month = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (era * 4 + year + i64::from(month <= 2), month, of_month)
}

/// Days since 1970 of a day in the Julian calendar.
fn julian_days(year: i64, month: i64, day: i64) -> i64 {
    let (shifted, month_from_march) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let of_era = shifted.rem_euclid(4);
    shifted.div_euclid(4) * 1461 + of_era * 365 + (153 * month_from_march + 2) / 5 + day - 719_471
}

/// So many milliseconds after the start of a day, as Java's `Timestamp` reads them: days before 1582-10-15 are the Julian
/// calendar's, and their names are kept in the Gregorian one. None where that has no such day.
pub(crate) fn by_both_calendars((year, month, day): (i64, i64, i64), ms: i64) -> Option<i64> {
    let at = |days: i64| days.checked_mul(MS_PER_DAY)?.checked_add(ms.rem_euclid(MS_PER_DAY));
    let more = day - 1 + ms.div_euclid(MS_PER_DAY);
    if (year, month, day) >= (1582, 10, 15) {
        return at(days(year, month, 1) + more);
    }
    let found = julian_days(year, month, 1) + more;
    if found >= GREGORIAN {
        return at(found);
    }
    let (year, month, of_month) = julian(found);
    // The year before the first is the first one before Christ.
    let year = if year > 0 { year } else { 1 - year };
    (of_month <= month_length(year, month)).then(|| at(days(year, month, of_month)))?
}

pub(crate) fn months_later(ms: i64, months: i32) -> i64 {
    let (day, clock) = (ms.div_euclid(MS_PER_DAY), ms.rem_euclid(MS_PER_DAY));
    day_months_later(day, months.into()).wrapping_mul(MS_PER_DAY).wrapping_add(clock)
}

fn day_months_later(day: i64, months: i64) -> i64 {
    let (year, month, of_month) = civil(day);
    let month = month - 1 + months;
    let (year, month) = (year + month.div_euclid(12), month.rem_euclid(12) + 1);
    days(year, month, of_month.min(month_length(year, month)))
}

/// The hours whose seconds 32 bits hold, whatever is left of another one.
const MOST_HOURS_IN_SECONDS: i64 = (1 << 31) / 3600 - 1;
/// The same of minutes.
const MOST_HOURS_IN_MINUTES: i64 = (1 << 31) / 60 - 1;

/// Whole units between two times, if 32 bits hold them.
pub(crate) fn between(field: TimeField, from: i64, to: i64) -> Option<i64> {
    let of = |length: i64| to.wrapping_sub(from) / length;
    let within = |hours: i64| (-hours..=hours).contains(&of(HOUR));
    Some(match field {
        TimeField::Year => months_between(from, to) / 12,
        TimeField::Quarter => months_between(from, to) / 3,
        TimeField::Month => months_between(from, to),
        TimeField::Week => of(MS_PER_DAY) / 7,
        TimeField::Day | TimeField::DayOfWeek | TimeField::DayOfYear => of(MS_PER_DAY),
        TimeField::Hour => of(HOUR),
        TimeField::Minute => return within(MOST_HOURS_IN_MINUTES).then(|| of(MINUTE)),
        TimeField::Second => return within(MOST_HOURS_IN_SECONDS).then(|| of(SECOND)),
    })
}

fn months_between(from: i64, to: i64) -> i64 {
    let (from_day, to_day) = (from.div_euclid(MS_PER_DAY), to.div_euclid(MS_PER_DAY));
    let months =
        if to_day < from_day { -whole_months(to_day, from_day) } else { whole_months(from_day, to_day) };
    // Also backwards the time of day counts as it does forwards.
    let same_day = day_months_later(from_day, months) == to_day;
    months - i64::from(same_day && to.rem_euclid(MS_PER_DAY) < from.rem_euclid(MS_PER_DAY))
}

fn whole_months(from: i64, to: i64) -> i64 {
    let ((from_year, from_month, _), (to_year, to_month, _)) = (civil(from), civil(to));
    let months = (to_year - from_year) * 12 + to_month - from_month;
    months - i64::from(day_months_later(from, months) > to)
}

/// The last multiple of a length, counted from 1970 on; before it the next one.
pub(crate) fn step(ms: i64, length: i64) -> Option<i64> {
    from_milliseconds(ms / length * length)
}

pub(crate) fn from_milliseconds(ms: i64) -> Option<i64> {
    MILLISECONDS.contains(&ms).then_some(ms)
}
