//! Where in a bucket the objects of a time are. Listing those places, and not the bucket, keeps a look cheap however
//! much the bucket holds.

use std::collections::BTreeSet;

use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;

const HOUR: i64 = 3_600_000;
/// What Firehose puts behind a prefix without expressions, in UTC. Data Firehose developer guide, "Understand custom
/// prefixes for Amazon S3 objects", 2026-11.
const SUFFIX: &str = "!{timestamp:yyyy/MM/dd/HH/}";
/// How far a time zone lies from UTC, hours.
const WEST: i64 = 12;
const EAST: i64 = 14;

/// What the keys of objects begin with that Firehose writes for records between two times, milliseconds since 1970.
/// An expression whose value cannot be foretold ends what is known.
pub fn between(prefix: &str, zone: bool, from: i64, to: i64) -> BTreeSet<String> {
    let expression = if prefix.contains("!{") { prefix.to_owned() } else { format!("{prefix}{SUFFIX}") };
    let (west, east) = if zone { (WEST, EAST) } else { (0, 0) };
    let first = (from - west * HOUR).div_euclid(HOUR);
    let last = (to + east * HOUR).div_euclid(HOUR);
    (first..=last).map(|hour| at(&expression, hour * HOUR)).collect()
}

/// A prefix at a time.
fn at(expression: &str, millis: i64) -> String {
    let time = DateTime::from_millis(millis).fmt(Format::DateTime).unwrap_or_default();
    let mut parts = expression.split("!{");
    let mut key = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let Some((inner, rest)) = part.split_once('}') else { break };
        let Some(pattern) = inner.strip_prefix("timestamp:") else { break };
        if !fill(&mut key, pattern, &time) {
            break;
        }
        key += rest;
    }
    key
}

/// Appends a pattern's value, `false` where it holds more than years, months, days and hours.
fn fill(key: &mut String, pattern: &str, time: &str) -> bool {
    let mut rest = pattern;
    while let Some(c) = rest.chars().next() {
        let known = [("yyyy", 0..4), ("MM", 5..7), ("dd", 8..10), ("HH", 11..13)]
            .into_iter()
            .find(|(letters, _)| rest.strip_prefix(letters).is_some_and(|behind| !behind.starts_with(c)));
        match known {
            Some((letters, range)) => {
                let Some(value) = time.get(range) else { return false };
                key.push_str(value);
                rest = &rest[letters.len()..];
            }
            None if c.is_ascii_alphabetic() || c == '\'' => return false,
            None => {
                key.push(c);
                rest = &rest[c.len_utf8()..];
            }
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2026-11-23T22:30:00Z
    const TIME: i64 = 1_795_473_000_000;

    fn shown(prefix: &str, zone: bool, hours: i64) -> Vec<String> {
        between(prefix, zone, TIME - hours * HOUR, TIME).into_iter().collect()
    }

    #[test]
    fn a_plain_prefix_has_the_hours_behind_it() {
        assert_eq!(shown("raw/", false, 1), ["raw/2026/11/23/21/", "raw/2026/11/23/22/"]);
    }

    #[test]
    fn a_time_zone_may_be_a_day_ahead() {
        let days = shown("orders/!{timestamp:yyyy/MM/dd}/", true, 0);
        assert_eq!(days, ["orders/2026/11/23/", "orders/2026/11/24/"]);
    }

    #[test]
    fn what_cannot_be_foretold_ends_what_is_known() {
        assert_eq!(shown("a/!{firehose:random-string}/!{timestamp:yyyy}/", false, 30), ["a/"]);
        assert_eq!(shown("a/!{timestamp:yyyy}/!{timestamp:MMM}/", false, 1), ["a/2026/"]);
        assert_eq!(shown("a/!{timestamp:'day'dd}/", false, 1), ["a/"]);
        assert_eq!(pipec_compiler::plan::literal_head("a/!{timestamp:yyyy}/"), "a/");
    }
}
