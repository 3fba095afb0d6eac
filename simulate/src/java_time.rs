//! Patterns of Java's `DateTimeFormatter`, as Firehose evaluates them in a prefix: the documentation of
//! `DateTimeFormatterBuilder.appendPattern`, Java 17, in English.

use std::fmt::Write as _;

use jiff::Zoned;

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
const DAYS: [&str; 7] = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
const QUARTERS: [&str; 4] = ["1st quarter", "2nd quarter", "3rd quarter", "4th quarter"];

/// A pattern in parts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern(Vec<Part>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Text(String),
    /// A letter and how often it is repeated.
    Field(char, usize),
}

impl Pattern {
    /// Reads a pattern.
    ///
    /// # Errors
    /// The letters that have no value here, as they are written.
    pub fn parse(pattern: &str) -> Result<Self, String> {
        let mut parts = Vec::new();
        let mut rest = pattern;
        while let Some(c) = rest.chars().next() {
            if let Some(quoted) = rest.strip_prefix('\'') {
                let (text, behind) = unquote(quoted);
                parts.push(Part::Text(text));
                rest = behind;
                continue;
            }
            let count = rest.chars().take_while(|other| *other == c).count();
            let (run, behind) = rest.split_at(count * c.len_utf8());
            rest = behind;
            if !c.is_ascii_alphabetic() {
                parts.push(Part::Text(run.to_owned()));
            } else if is_known(c, count) {
                parts.push(Part::Field(c, count));
            } else {
                return Err(run.to_owned());
            }
        }
        Ok(Self(parts))
    }

    /// The text of a time.
    pub fn format(&self, time: &Zoned) -> String {
        let mut text = String::new();
        for part in &self.0 {
            match part {
                Part::Text(part) => text.push_str(part),
                Part::Field(letter, count) => field(&mut text, time, *letter, *count),
            }
        }
        text
    }
}

/// A text in single quotes, and what follows it. Two quotes are one of the text; nothing between quotes is a quote too.
fn unquote(quoted: &str) -> (String, &str) {
    let mut text = String::new();
    let mut rest = quoted;
    loop {
        let Some(end) = rest.find('\'') else { return (text + rest, "") };
        text.push_str(&rest[..end]);
        rest = &rest[end + 1..];
        if text.is_empty() {
            return ("'".into(), rest);
        }
        match rest.strip_prefix('\'') {
            Some(behind) => {
                text.push('\'');
                rest = behind;
            }
            None => return (text, rest),
        }
    }
}

fn is_known(letter: char, count: usize) -> bool {
    match letter {
        'u' | 'y' | 'Y' => count <= 19,
        'M' | 'L' | 'Q' | 'q' | 'E' | 'G' => count <= 5,
        'e' => count <= 5,
        'c' => count != 2 && count <= 5,
        'D' => count <= 3,
        'd' | 'h' | 'H' | 'k' | 'K' | 'm' | 's' | 'w' => count <= 2,
        'F' | 'W' | 'a' => count == 1,
        'S' => count <= 9,
        'A' | 'n' | 'N' => count <= 19,
        'V' => count == 2,
        'z' => count <= 3,
        'O' => count == 1 || count == 4,
        'X' | 'x' => count <= 5,
        'Z' => count <= 5,
        _ => false,
    }
}

fn field(text: &mut String, time: &Zoned, letter: char, count: usize) {
    let mut number = |value: i64, width: usize| {
        let _ = write!(text, "{value:0width$}");
    };
    let hour = i64::from(time.hour());
    let nanos = i64::from(time.subsec_nanosecond());
    let of_day =
        ((hour * 60 + i64::from(time.minute())) * 60 + i64::from(time.second())) * 1_000_000_000 + nanos;
    let weekday = i64::from(time.weekday().to_sunday_one_offset());
    match letter {
        'u' | 'y' => year(text, i64::from(time.year()), count),
        'Y' => year(text, week_year(time), count),
        'M' | 'L' if count <= 2 => number(time.month().into(), count),
        'M' | 'L' => text.push_str(cut(MONTHS[time.month().unsigned_abs() as usize - 1], count)),
        'Q' | 'q' => {
            let quarter = (time.month() - 1) / 3;
            match count {
                1 | 2 => number(i64::from(quarter) + 1, count),
                3 => {
                    let _ = write!(text, "Q{}", quarter + 1);
                }
                4 => text.push_str(QUARTERS[quarter.unsigned_abs() as usize]),
                _ => number(i64::from(quarter) + 1, 1),
            }
        }
        'E' => text.push_str(cut(day(time), count.max(3))),
        'e' | 'c' if count <= 2 => number(weekday, count),
        'e' | 'c' => text.push_str(cut(day(time), count)),
        'D' => number(time.day_of_year().into(), count),
        'd' => number(time.day().into(), count),
        'F' => number(i64::from((time.day() - 1) % 7) + 1, 1),
        'w' => number(week(time).1, count),
        'W' => number(week_of_month(time), 1),
        'h' => number((hour + 11) % 12 + 1, count),
        'K' => number(hour % 12, count),
        'k' => number((hour + 23) % 24 + 1, count),
        'H' => number(hour, count),
        'm' => number(time.minute().into(), count),
        's' => number(time.second().into(), count),
        'S' => text.push_str(&format!("{nanos:09}")[..count]),
        'n' => number(nanos, count),
        'N' => number(of_day, count),
        'A' => number(of_day / 1_000_000, count),
        'a' => text.push_str(if hour < 12 { "AM" } else { "PM" }),
        'G' => text.push_str(match count {
            4 => "Anno Domini",
            5 => "A",
            _ => "AD",
        }),
        'V' => text.push_str(time.time_zone().iana_name().unwrap_or("Z")),
        'z' => {
            let name = time.time_zone().to_offset_info(time.timestamp()).abbreviation().to_owned();
            text.push_str(&name);
        }
        _ => offset(text, time.offset().seconds(), letter, count),
    }
}

fn year(text: &mut String, year: i64, count: usize) {
    let _ = match count {
        2 => write!(text, "{:02}", year.rem_euclid(100)),
        _ => write!(text, "{year:0count$}"),
    };
}

fn day(time: &Zoned) -> &'static str {
    DAYS[time.weekday().to_sunday_zero_offset().unsigned_abs() as usize]
}

/// A name in the length that so many letters give.
fn cut(name: &str, count: usize) -> &str {
    match count {
        3 => &name[..3],
        5 => &name[..1],
        _ => name,
    }
}

/// The year that a week belongs to, and the number of the week in it. A week begins on Sunday, and the first one has the
/// first of January: the week of the United States, where Firehose's locale is from.
fn week(time: &Zoned) -> (i64, i64) {
    let weekday = i64::from(time.weekday().to_sunday_zero_offset());
    let day = i64::from(time.day_of_year()) - 1;
    // The weekday of the first of January.
    let first = (weekday - day).rem_euclid(7);
    let number = (day + first) / 7 + 1;
    let days = i64::from(time.days_in_year());
    // The week of the last days may have the first of January of the next year.
    if day - weekday + 7 > days { (i64::from(time.year()) + 1, 1) } else { (i64::from(time.year()), number) }
}

fn week_year(time: &Zoned) -> i64 {
    week(time).0
}

fn week_of_month(time: &Zoned) -> i64 {
    let weekday = i64::from(time.weekday().to_sunday_zero_offset());
    let day = i64::from(time.day()) - 1;
    (day + (weekday - day).rem_euclid(7)) / 7 + 1
}

/// An offset from UTC.
fn offset(text: &mut String, seconds: i32, letter: char, count: usize) {
    let sign = if seconds < 0 { '-' } else { '+' };
    let (hours, minutes, rest) = (seconds.abs() / 3600, seconds.abs() / 60 % 60, seconds.abs() % 60);
    let is_localized = letter == 'O' || (letter == 'Z' && count == 4);
    if is_localized {
        text.push_str("GMT");
        let is_short = letter == 'O' && count == 1;
        let _ = match (seconds, is_short) {
            (0, _) => Ok(()),
            (_, true) if minutes == 0 => write!(text, "{sign}{hours}"),
            (_, true) => write!(text, "{sign}{hours}:{minutes:02}"),
            (_, false) => write!(text, "{sign}{hours:02}:{minutes:02}"),
        };
        return;
    }
    // `Z` has the forms of `x` with two letters, or with five.
    let (letter, count) = match (letter, count) {
        ('Z', 5) => ('X', 5),
        ('Z', _) => ('x', 2),
        other => other,
    };
    if letter == 'X' && seconds == 0 {
        return text.push('Z');
    }
    let colon = if count == 3 || count == 5 { ":" } else { "" };
    let _ = write!(text, "{sign}{hours:02}");
    if count > 1 || minutes != 0 {
        let _ = write!(text, "{colon}{minutes:02}");
    }
    if count >= 4 && rest != 0 {
        let _ = write!(text, "{colon}{rest:02}");
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use jiff::tz::TimeZone;

    use super::*;

    fn formatted(pattern: &str, time: &str, zone: &str) -> String {
        let time: Timestamp = time.parse().expect("a time");
        let zone = TimeZone::get(zone).expect("a zone");
        Pattern::parse(pattern).expect(pattern).format(&time.to_zoned(zone))
    }

    /// The texts are those of `jshell`: `DateTimeFormatter.ofPattern(..).withLocale(Locale.US)`.
    #[test]
    fn letters_are_those_of_java() {
        let time = "2026-01-02T15:04:05.067Z";
        for (pattern, expected) in [
            ("yyyy/MM/dd/HH/", "2026/01/02/15/"),
            ("y-M-d H:m:s", "2026-1-2 15:4:5"),
            ("yy uuuu yyyyy", "26 2026 02026"),
            ("'year='yyyy'/o''clock'", "year=2026/o'clock"),
            ("''", "'"),
            ("MMM MMMM MMMMM LLL", "Jan January J Jan"),
            ("E EEEE EEEEE e c", "Fri Friday F 6 6"),
            ("D DDD Q QQ QQQ QQQQ", "2 002 1 01 Q1 1st quarter"),
            ("h K k a", "3 3 15 PM"),
            ("SSS S SSSSSS", "067 0 067000"),
            ("X XX XXX x xx xxx Z ZZZZ ZZZZZ", "Z Z Z +00 +0000 +00:00 +0000 GMT Z"),
            ("YYYY-'W'ww W F", "2026-W01 1 2"),
            ("G GGGG", "AD Anno Domini"),
            ("A", "54245067"),
        ] {
            assert_eq!(formatted(pattern, time, "UTC"), expected, "{pattern}");
        }
    }

    #[test]
    fn zones_count() {
        let time = "2026-07-01T22:30:00Z";
        assert_eq!(formatted("yyyy/MM/dd/HH", time, "Europe/Berlin"), "2026/07/02/00");
        assert_eq!(formatted("VV z X xxx O", time, "Asia/Kolkata"), "Asia/Kolkata IST +0530 +05:30 GMT+5:30");
    }

    #[test]
    fn the_last_week_of_a_year_is_the_first_of_the_next() {
        assert_eq!(formatted("YYYY-ww", "2026-12-28T00:00:00Z", "UTC"), "2027-01");
        assert_eq!(formatted("YYYY-ww", "2026-12-26T00:00:00Z", "UTC"), "2026-52");
        assert_eq!(formatted("YYYY-ww", "2022-12-31T00:00:00Z", "UTC"), "2022-53");
    }

    #[test]
    fn what_has_no_value_here_is_named() {
        assert_eq!(Pattern::parse("yyyy-B"), Err("B".into()));
        assert_eq!(Pattern::parse("VVV"), Err("VVV".into()));
    }
}
