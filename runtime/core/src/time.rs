//! Days and times: numbers inside, and texts as Flink reads and writes them.

use std::fmt::Write;

pub(crate) const MS_PER_DAY: i64 = 86_400_000;

/// Days since 1970-01-01 of a day in the Gregorian calendar.
pub(crate) fn days(year: i64, month: i64, day: i64) -> i64 {
    let (shifted, month_from_march) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let (era, of_era) = (shifted.div_euclid(400), shifted.rem_euclid(400));
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + (153 * month_from_march + 2) / 5 + day
        - 719_469
}

/// Year, month and day.
pub(crate) fn civil(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let (era, of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (era * 400 + year + i64::from(month <= 2), month, day)
}

pub(crate) fn month_length(year: i64, month: i64) -> i64 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Digits, with blanks around them.
fn number(text: &str) -> Option<i64> {
    let text = crate::number::trim(text);
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse::<i32>().ok().filter(|_| digits).map(i64::from)
}

/// A day from a text as CAST takes it: `2026-1-5`, `2026-01`, `2026`, and anything behind a blank.
///
/// Public for the compiler, which writes constants with it.
#[must_use]
pub fn parse_date(text: &str) -> Option<i32> {
    let text = match text.find(' ') {
        Some(at) if at > 0 => &text[..at],
        _ => text,
    };
    let mut parts = text.splitn(3, '-');
    let year = number(parts.next()?)?;
    let month = parts.next().map_or(Some(1), number)?;
    let day = parts.next().map_or(Some(1), number)?;
    let exists = (0..=9999).contains(&year)
        && (1..=12).contains(&month)
        && (1..=month_length(year, month)).contains(&day);
    if exists { i32::try_from(days(year, month, day)).ok() } else { None }
}

/// A time of day from a text as CAST takes it: `09:30:00.5`, `9:30`, `9`, in milliseconds.
///
/// Public for the compiler, which writes constants with it.
#[must_use]
pub fn parse_time(text: &str) -> Option<i32> {
    let mut reader = Reader(text.trim_matches(' '));
    let hour = reader.digits(1, 2)?;
    let (mut minute, mut second, mut ms) = (0, 0, 0);
    if reader.skip(':').is_some() {
        minute = reader.digits(1, 2)?;
        if reader.skip(':').is_some() {
            second = reader.digits(1, 2)?;
            if reader.skip('.').is_some() {
                ms = reader.billionths() / 1_000_000;
                reader.0 = reader.0.trim_start_matches(|digit: char| digit.is_ascii_digit());
            }
        }
    }
    let exists = reader.0.is_empty() && hour < 24 && minute < 60 && second < 60;
    i32::try_from(((hour * 60 + minute) * 60 + second) * 1000 + ms).ok().filter(|_| exists)
}

/// The rest of a text that is being read from its start.
struct Reader<'a>(&'a str);

impl Reader<'_> {
    fn skip(&mut self, character: char) -> Option<()> {
        self.0 = self.0.strip_prefix(character)?;
        Some(())
    }

    fn digits(&mut self, least: usize, most: usize) -> Option<i64> {
        let count = self.0.bytes().take(most).take_while(u8::is_ascii_digit).count();
        let (digits, rest) = self.0.split_at(count);
        let number = digits.parse().ok().filter(|_| count >= least)?;
        self.0 = rest;
        Some(number)
    }

    /// A point and up to nine digits, if they are there, as billionths; none may stand behind the point.
    fn fraction(&mut self) -> i64 {
        if self.skip('.').is_none() {
            return 0;
        }
        self.billionths()
    }

    /// Up to nine digits as billionths.
    fn billionths(&mut self) -> i64 {
        let before = self.0.len();
        let number = self.digits(1, 9).unwrap_or(0);
        number * 10_i64.pow(9 - (before - self.0.len()) as u32)
    }

    /// Minutes that a clock is before UTC: `+02:00`, `-0330`, `+01`, with the letters of a zone behind it; `Z`, `UTC`
    /// and `GMT` are none, as is nothing. A blank may stand in front.
    fn offset(&mut self) -> Option<i64> {
        let mut reader = Reader(self.0.strip_prefix(' ').unwrap_or(self.0));
        if let Some(rest) = ["Z", "UTC", "GMT"].iter().find_map(|name| reader.0.strip_prefix(name)) {
            self.0 = rest;
            return Some(0);
        }
        let sign = match reader.0.as_bytes().first() {
            Some(b'+') => 1,
            Some(b'-') => -1,
            _ => return Some(0),
        };
        reader.0 = &reader.0[1..];
        let hours = reader.digits(2, 2).filter(|hours| *hours < 20)?;
        let colon = reader.skip(':').is_some();
        let minutes = match reader.digits(2, 2) {
            Some(minutes) if minutes < 60 => minutes,
            None if !colon => 0,
            _ => return None,
        };
        if let Some(zone) = reader.0.strip_prefix(' ') {
            let letters = zone.bytes().take_while(u8::is_ascii_uppercase).count();
            reader.0 = zone.get(letters..).filter(|_| (1..=5).contains(&letters))?;
        }
        self.0 = reader.0;
        Some(sign * (hours * 60 + minutes))
    }

    /// `[MM][M]`: two digits, and more of them only if they are the same number; or one digit; or none, which is what
    /// stands for it.
    fn two_or_one(&mut self, missing: i64) -> Option<i64> {
        // Below zero is a number that no part of a time has.
        if !self.0.strip_prefix('-').unwrap_or(self.0).starts_with(|first: char| first.is_ascii_digit()) {
            return Some(missing);
        }
        let Some(number) = self.digits(2, 2) else { return self.digits(1, 19) };
        let mut again = Reader(self.0);
        if again.digits(1, 19) == Some(number) {
            self.0 = again.0;
        }
        Some(number)
    }
}

/// Milliseconds since 1970 from a text: `2026-01-27 09:30:00.5`, also with a `T` between and a `Z` behind; the time
/// may be missing. Behind the time may stand an offset from UTC, `UTC` or `GMT`, and the name of a zone in brackets;
/// seconds may be missing then, and a comma may stand before their fraction.
///
/// Public for the compiler, which writes constants with it.
#[must_use]
pub fn parse_timestamp(text: &str) -> Option<i64> {
    plain_timestamp(text).or_else(|| zoned_timestamp(text))
}

/// A time with an offset: the forms of which Flink's own reader knows nothing.
fn zoned_timestamp(text: &str) -> Option<i64> {
    let mut reader = Reader(text);
    let year = reader.digits(4, 4).filter(|year| *year > 0)?;
    reader.skip('-')?;
    let month = reader.digits(2, 2).filter(|month| (1..=12).contains(month))?;
    reader.skip('-')?;
    let day = reader.digits(2, 2).filter(|day| (1..=31).contains(day))?;
    reader.skip('T').or_else(|| reader.skip(' '))?;
    let hour = reader.digits(2, 2).filter(|hour| *hour < 24)?;
    reader.skip(':')?;
    let minute = reader.digits(2, 2).filter(|minute| *minute < 60)?;
    let (mut second, mut nanos) = (0, 0);
    if reader.skip(':').is_some() {
        second = reader.digits(2, 2).filter(|second| *second < 60)?;
        if reader.0.starts_with(['.', ',']) {
            let digits = Reader(&reader.0[1..]).digits(1, 9);
            digits?;
            reader.0 = &reader.0[1..];
            nanos = reader.billionths();
        }
    }
    let offset = reader.offset()?;
    if reader.skip('[').is_some() {
        let zone = reader.0.strip_suffix(']').filter(|zone| !zone.is_empty())?;
        let named = zone.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_/+-".contains(&byte));
        reader.0 = if named { "" } else { zone };
    }
    // A day that this month does not have is its last.
    let days = days(year, month, day.min(month_length(year, month)));
    let ms = ((hour * 60 + minute - offset) * 60 + second) * 1000 + nanos / 1_000_000;
    reader.0.is_empty().then_some(days * MS_PER_DAY + ms)
}

fn plain_timestamp(text: &str) -> Option<i64> {
    let text = text.replace('T', " ").replace('Z', "");
    let mut reader = Reader(&text);
    let year = if reader.skip('+').is_some() { reader.digits(5, 19) } else { reader.digits(4, 4) }?;
    reader.skip('-')?;
    let month = reader.two_or_one(1)?;
    reader.skip('-')?;
    let day = reader.two_or_one(1)?;
    let mut ms = 0;
    if !reader.0.is_empty() {
        reader.skip(' ')?;
        let hour = reader.two_or_one(0)?;
        reader.skip(':')?;
        let minute = reader.two_or_one(0)?;
        reader.skip(':')?;
        let second = reader.two_or_one(0)?;
        let nanos = reader.fraction();
        let midnight = (hour, minute, second, nanos) == (24, 0, 0, 0);
        if !(midnight || hour < 24 && minute < 60 && second < 60) {
            return None;
        }
        ms = ((hour * 60 + minute) * 60 + second) * 1000 + nanos / 1_000_000;
    }
    if !reader.0.is_empty() || !(1..=999_999_999).contains(&year) || !(1..=12).contains(&month) {
        return None;
    }
    // A day that this month does not have is its last.
    if !(1..=31).contains(&day) {
        return None;
    }
    let day = day.min(month_length(year, month));
    Some(days(year, month, day).wrapping_mul(MS_PER_DAY).wrapping_add(ms))
}

/// `2026-01-27`; years beyond four digits have a sign.
pub(crate) fn write_date(days: i64, out: &mut String) {
    let (year, month, day) = civil(days);
    let _ = match year {
        10_000.. => write!(out, "+{year}-{month:02}-{day:02}"),
        0..=9999 => write!(out, "{year:04}-{month:02}-{day:02}"),
        _ => write!(out, "{year:05}-{month:02}-{day:02}"),
    };
}

/// `09:30:00`, and a point with so many digits at least behind it, or as many as there are.
pub(crate) fn write_clock(ms: i64, least: usize, out: &mut String) {
    let (seconds, mut rest) = (ms / 1000, ms % 1000);
    let _ = write!(out, "{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
    let mut digits = 0;
    while rest > 0 || digits < least {
        if digits == 0 {
            out.push('.');
        }
        out.push(char::from(b'0' + (rest / 100) as u8));
        rest = rest % 100 * 10;
        digits += 1;
    }
}

/// A time as a text with milliseconds: `2026-01-27 09:30:00.500`.
///
/// Public for the compiler.
#[must_use]
pub fn timestamp_text(ms: i64) -> String {
    let mut text = String::new();
    write_timestamp(ms, 3, &mut text);
    text
}

/// Day and time with a blank between them.
pub(crate) fn write_timestamp(ms: i64, least: usize, out: &mut String) {
    write_date(ms.div_euclid(MS_PER_DAY), out);
    out.push(' ');
    write_clock(ms.rem_euclid(MS_PER_DAY), least, out);
}
