//! Times written and read by a pattern, as Java's `DateTimeFormatter` does it in English: `yyyy-MM-dd HH:mm`.

use std::fmt::Write;

use serde::{Deserialize, Serialize};

use crate::calendar;
use crate::query::TimeField;
use crate::time::{MS_PER_DAY, civil, days, month_length};

/// A piece of a pattern.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TimePart {
    /// This very text.
    Text(String),
    /// A letter and how many of it stand side by side; one that means nothing stands for no text.
    Field(char, usize),
}

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
/// From Monday on.
const WEEKDAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
const QUARTERS: [&str; 4] = ["1st quarter", "2nd quarter", "3rd quarter", "4th quarter"];
const HALVES: [&str; 2] = ["AM", "PM"];

/// How a letter writes its number.
enum Form {
    /// With zeros in front to so many digits; of so many at most, and perhaps with a sign in front of more than those.
    Number { least: usize, most: usize, sign: Sign },
    /// The last two digits of a year of this century.
    Reduced,
    /// The first digits of a fraction.
    Fraction(usize),
    /// A word of a list, from this value on; perhaps only its first characters.
    Word { list: &'static [&'static str], first: i64, length: usize },
    /// The quarter behind a letter.
    Quarter,
}

/// Java's `SignStyle`.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sign {
    /// In front of what is below 0.
    Normal,
    /// Also in front of what has more digits than the least.
    Exceeds,
    /// Never.
    Never,
}

fn form(letter: char, count: usize) -> Option<Form> {
    let short = |list, first| Form::Word { list, first, length: 3 };
    let full = |list, first| Form::Word { list, first, length: usize::MAX };
    let narrow = |list, first| Form::Word { list, first, length: 1 };
    let number = || match count {
        1 => Form::Number { least: 1, most: 19, sign: Sign::Normal },
        _ => Form::Number { least: count, most: count, sign: Sign::Never },
    };
    Some(match (letter, count) {
        ('y', 2) => Form::Reduced,
        ('y', 1 | 3) => Form::Number { least: count, most: 19, sign: Sign::Normal },
        ('y', _) => Form::Number { least: count, most: 19, sign: Sign::Exceeds },
        ('M' | 'Q', 1 | 2) | ('d' | 'H' | 'h' | 'm' | 's', _) => number(),
        ('M', 3) => short(&MONTHS, 1),
        ('M', 4) => full(&MONTHS, 1),
        ('M', 5) => narrow(&MONTHS, 1),
        ('Q', 3) => Form::Quarter,
        ('Q', 4) => full(&QUARTERS, 1),
        ('Q', 5) => narrow(&QUARTERS, 1),
        ('E', 1..=3) => short(&WEEKDAYS, 1),
        ('E', 4) => full(&WEEKDAYS, 1),
        ('E', 5) => narrow(&WEEKDAYS, 1),
        ('D', 1) => number(),
        ('D', _) => Form::Number { least: count, most: 3, sign: Sign::Never },
        ('a', _) => full(&HALVES, 0),
        ('S', _) => Form::Fraction(count.min(9)),
        _ => return None,
    })
}

/// The value that a letter stands for.
fn value(letter: char, ms: i64) -> i64 {
    let (day, clock) = (ms.div_euclid(MS_PER_DAY), ms.rem_euclid(MS_PER_DAY));
    let start = day.wrapping_mul(MS_PER_DAY);
    let hour = clock / 3_600_000;
    match letter {
        // Years before 1 are counted backwards.
        'y' => match civil(day).0 {
            year @ 1.. => year,
            year => 1 - year,
        },
        'M' => civil(day).1,
        'Q' => (civil(day).1 + 2) / 3,
        'd' => civil(day).2,
        'D' => day - days(civil(day).0, 1, 1) + 1,
        'E' => (calendar::extract(TimeField::DayOfWeek, start) + 5) % 7 + 1,
        'H' => hour,
        'h' => (hour + 11) % 12 + 1,
        'a' => hour / 12,
        'm' => clock / 60_000 % 60,
        's' => clock / 1000 % 60,
        'S' => clock % 1000,
        _ => 0,
    }
}

pub(crate) fn format(ms: i64, parts: &[TimePart]) -> String {
    let mut text = String::new();
    for part in parts {
        let (letter, count) = match part {
            TimePart::Text(written) => {
                text.push_str(written);
                continue;
            }
            TimePart::Field(letter, count) => (*letter, *count),
        };
        let value = value(letter, ms);
        let _ = match form(letter, count) {
            None => Ok(()),
            Some(Form::Number { least, sign, .. }) => {
                let plus = sign == Sign::Exceeds && value.to_string().len() > least.max(4);
                write!(text, "{}{value:0least$}", if plus { "+" } else { "" })
            }
            Some(Form::Reduced) => write!(text, "{:02}", value % 100),
            Some(Form::Fraction(digits)) => {
                let all = format!("{value:03}000000");
                text.push_str(&all[..digits]);
                Ok(())
            }
            Some(Form::Word { list, first, length }) => {
                let word = usize::try_from(value - first).ok().and_then(|at| list.get(at));
                text.extend(word.copied().unwrap_or_default().chars().take(length));
                Ok(())
            }
            Some(Form::Quarter) => write!(text, "Q{value}"),
        };
    }
    text
}

/// What was read, each value by its letter; a fraction in billionths.
#[derive(Default)]
struct Fields(Vec<(char, i64)>);

impl Fields {
    fn get(&self, letter: char) -> Option<i64> {
        self.0.iter().find(|(known, _)| *known == letter).map(|(_, value)| *value)
    }

    /// None where the letter has another value already.
    fn set(&mut self, letter: char, value: i64) -> Option<()> {
        match self.get(letter) {
            Some(before) => (before == value).then_some(()),
            None => {
                self.0.push((letter, value));
                Some(())
            }
        }
    }
}

/// Milliseconds since 1970 from a text that fits the pattern, or else is `2026-1-27` or `2026-1-27 9:30:0.5`.
pub(crate) fn parse(text: &str, parts: &[TimePart]) -> Option<i64> {
    by_pattern(text, parts).or_else(|| by_default(crate::number::trim(text)))
}

fn by_pattern(text: &str, parts: &[TimePart]) -> Option<i64> {
    let mut fields = Fields::default();
    let mut rest = text;
    for (at, part) in parts.iter().enumerate() {
        match part {
            TimePart::Text(written) => rest = rest.strip_prefix(written.as_str())?,
            TimePart::Field(letter, count) => {
                let Some(form) = form(*letter, *count) else { continue };
                let (value, behind) = match form {
                    Form::Word { list, first, length } => word(rest, list, first, length)?,
                    Form::Quarter => word(rest.strip_prefix('Q')?, &["1", "2", "3", "4"], 1, 1)?,
                    Form::Number { least, most, sign } => {
                        number(rest, least, most, sign, reserved(parts, at))?
                    }
                    Form::Reduced => {
                        let (value, behind) = number(rest, 2, 2, Sign::Never, reserved(parts, at))?;
                        (2000 + value, behind)
                    }
                    Form::Fraction(digits) => {
                        let (value, behind) = number(rest, digits, digits, Sign::Never, 0)?;
                        (value * 10_i64.pow(9 - digits as u32), behind)
                    }
                };
                fields.set(*letter, value)?;
                rest = behind;
            }
        }
    }
    if rest.is_empty() { resolve(&fields) } else { None }
}

/// How many digits the numbers right behind one take that have a fixed width: it leaves them to them.
fn reserved(parts: &[TimePart], at: usize) -> usize {
    let width = |part: &TimePart| match part {
        TimePart::Field(letter, count) => match form(*letter, *count)? {
            Form::Number { least, most, sign: Sign::Never } if least == most => Some(most),
            Form::Reduced => Some(2),
            Form::Fraction(digits) => Some(digits),
            _ => None,
        },
        TimePart::Text(_) => None,
    };
    // One of a fixed width leaves nothing, unless it is the first of them.
    if at > 0 && width(&parts[at]).is_some() && is_number(&parts[at - 1]) {
        return 0;
    }
    parts[at + 1..].iter().map_while(width).sum()
}

fn is_number(part: &TimePart) -> bool {
    let TimePart::Field(letter, count) = part else { return false };
    matches!(form(*letter, *count), Some(Form::Number { .. } | Form::Reduced | Form::Fraction(_)))
}

fn number(text: &str, least: usize, most: usize, sign: Sign, reserved: usize) -> Option<(i64, &str)> {
    let (written, digits) = match text.as_bytes().first()? {
        b'+' if sign == Sign::Exceeds => ('+', &text[1..]),
        b'-' if sign != Sign::Never => ('-', &text[1..]),
        _ => (' ', text),
    };
    let run = |most: usize| digits.bytes().take(most).take_while(u8::is_ascii_digit).count();
    let mut count = run(most.saturating_add(reserved));
    if reserved > 0 && count >= least {
        count = run(least.max(count.saturating_sub(reserved)));
    }
    if count < least {
        return None;
    }
    // A number of 19 digits may be too large; then its last one is not read.
    let read = |count: usize| digits[..count].parse::<i64>().ok().map(|value| (value, &digits[count..]));
    let (value, rest) = read(count).or_else(|| read(count - 1))?;
    match (written, sign) {
        ('-', _) if value == 0 => None,
        ('-', _) => Some((-value, rest)),
        ('+', _) if count <= least => None,
        (' ', Sign::Exceeds) if count > least => None,
        _ => Some((value, rest)),
    }
}

fn word<'t>(text: &'t str, list: &[&'static str], first: i64, length: usize) -> Option<(i64, &'t str)> {
    // Of several that begin with one letter, the last one.
    (first..).zip(list).collect::<Vec<_>>().into_iter().rev().find_map(|(value, word)| {
        let word = word.get(..length.min(word.len()))?;
        text.strip_prefix(word).map(|rest| (value, rest))
    })
}

/// What Java makes of the values; what is missing is that of 1970-01-01 00:00.
fn resolve(fields: &Fields) -> Option<i64> {
    let within = |letter: char, least: i64, most: i64| match fields.get(letter) {
        Some(value) => (least..=most).contains(&value).then_some(Some(value)),
        None => Some(None),
    };
    let year = within('y', 1, 999_999_999)?;
    let month = within('M', 1, 12)?;
    let day = within('d', 1, 31)?;
    let of_year = within('D', 1, 366)?;
    let quarter = within('Q', 1, 4)?;
    let weekday = within('E', 1, 7)?;
    let half_hour = within('h', 1, 12)?.map(|hour| hour % 12);
    let half = within('a', 0, 1)?;
    let (minute, second) = (within('m', 0, 59)?, within('s', 0, 59)?);
    let fraction = fields.get('S');

    let mut date = match (year, month, day, of_year) {
        // A day that the month does not have is its last.
        (Some(year), Some(month), Some(day), _) => {
            Some(days(year, month, day.min(month_length(year, month))))
        }
        (Some(year), _, _, Some(of_year)) => {
            let date = days(year, 1, 1) + of_year - 1;
            (civil(date).0 == year).then_some(Some(date))?
        }
        _ => None,
    };
    if let Some(date) = date {
        let (found_year, found_month, found_day) = civil(date);
        let found = [
            (year, found_year),
            (month, found_month),
            (of_year, date - days(found_year, 1, 1) + 1),
            (quarter, (found_month + 2) / 3),
            (weekday, (date + 3).rem_euclid(7) + 1),
        ];
        let day_differs = day.is_some_and(|day| day != found_day && month.is_none());
        if day_differs || found.iter().any(|(read, found)| read.is_some_and(|read| read != *found)) {
            return None;
        }
    }

    let mut hour = within('H', 0, 24)?;
    if let (Some(half_hour), Some(half)) = (half_hour, half) {
        let found = half * 12 + half_hour;
        if hour.is_some_and(|hour| hour != found) {
            return None;
        }
        hour = Some(found);
    } else if hour.is_some_and(|hour| {
        half_hour.is_some_and(|half_hour| hour % 12 != half_hour)
            || half.is_some_and(|half| hour / 12 != half)
    }) {
        return None;
    }
    if let (Some(half), None, None, None, None) = (half, hour, minute, second, fraction) {
        // Java takes the middle of a half day of which nothing more is known.
        hour = Some(half * 12 + 6);
    }
    if hour == Some(24) {
        // The end of a day is the start of the next one.
        if (minute.unwrap_or(0), second.unwrap_or(0), fraction.unwrap_or(0)) != (0, 0, 0) {
            return None;
        }
        hour = Some(0);
        date = date.map(|date| date + 1);
    }
    let day_start = match date {
        Some(date) => date,
        None => {
            let (year, month, day) = (year.unwrap_or(1970), month.unwrap_or(1), day.unwrap_or(1));
            // Put together without a check, which would have stopped the job.
            if day > month_length(year, month) {
                return None;
            }
            days(year, month, day)
        }
    };
    let seconds = (hour.unwrap_or(0) * 60 + minute.unwrap_or(0)) * 60 + second.unwrap_or(0);
    let clock = seconds * 1000 + fraction.unwrap_or(0) / 1_000_000;
    Some(day_start.wrapping_mul(MS_PER_DAY).wrapping_add(clock))
}

/// `2026-1-27`, or with a time behind a blank; days and hours beyond their ends go on into the next ones.
fn by_default(text: &str) -> Option<i64> {
    let (date, clock) = match text.split_once(' ') {
        Some((date, clock)) => (date, Some(clock)),
        None => (text, None),
    };
    let (year, rest) = date.split_once('-')?;
    let (month, day) = rest.split_once('-')?;
    if year.chars().count() != 4 || !(1..=2).contains(&month.len()) || !(1..=2).contains(&day.len()) {
        return None;
    }
    let whole = |text: &str| text.parse::<i32>().ok().map(i64::from);
    let (year, month, day) = (whole(year)?, whole(month)?, whole(day)?);
    if !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    let start = |ms: i64| calendar::by_both_calendars((year, month, day), ms);
    let Some(clock) = clock else { return start(0) };
    let (hour, rest) = clock.split_once(':')?;
    let (minute, second) = rest.split_once(':')?;
    let (second, fraction) = match second.split_once('.') {
        Some((second, fraction)) => (second, Some(fraction)),
        None => (second, None),
    };
    let ms = match fraction {
        None => 0,
        Some(fraction) => {
            let valid = (1..=9).contains(&fraction.len()) && fraction.bytes().all(|b| b.is_ascii_digit());
            let digits = format!("{fraction:0<9}");
            digits.parse::<i64>().ok().filter(|_| valid)? / 1_000_000
        }
    };
    start(((whole(hour)? * 60 + whole(minute)?) * 60 + whole(second)?) * 1000 + ms)
}
