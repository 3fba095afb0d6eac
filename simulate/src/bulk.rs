//! Bulk requests of OpenSearch, and the names of its indexes.

use jiff::Timestamp;
use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;

/// The index of a document that arrived at a time, milliseconds since 1970. Data Firehose developer guide, "Configure index
/// rotation for the OpenSearch Service destination", 2026-11.
pub fn index(name: &str, rotation: &str, arrived: i64) -> String {
    let time = Timestamp::from_millisecond(arrived).unwrap_or_default().to_zoned(TimeZone::UTC);
    let (year, month, day, hour) = (time.year(), time.month(), time.day(), time.hour());
    match rotation {
        "OneHour" => format!("{name}-{year:04}-{month:02}-{day:02}-{hour:02}"),
        "OneDay" => format!("{name}-{year:04}-{month:02}-{day:02}"),
        "OneWeek" => {
            let (year, week) = week(time.date());
            format!("{name}-{year:04}-w{week:02}")
        }
        "OneMonth" => format!("{name}-{year:04}-{month:02}"),
        _ => name.to_owned(),
    }
}

/// The year and the week of a day: a week begins on Sunday, and the first week of a year is the first that has a Saturday in it.
fn week(date: Date) -> (i16, i16) {
    let days = |from: Date, to: Date| i16::try_from((to - from).get_days()).unwrap_or_default();
    let to_saturday = Weekday::Saturday.since(date.weekday());
    let saturday = date.checked_add(jiff::Span::new().days(i64::from(to_saturday))).unwrap_or(date);
    (saturday.year(), days(saturday.first_of_year(), saturday) / 7 + 1)
}

/// The line before a document. Its ID, if it has one, is the same in each repetition of the request.
pub fn action(index: &str, id: Option<&str>) -> String {
    let name = |text: &str| serde_json::to_string(text).unwrap_or_default();
    match id {
        Some(id) => format!("{{\"index\":{{\"_index\":{},\"_id\":{}}}}}\n", name(index), name(id)),
        None => format!("{{\"index\":{{\"_index\":{}}}}}\n", name(index)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_index_follows_from_the_time_of_arrival() {
        // The examples of the guide: Thursday, 25 February 2016, 13:00 UTC. Its example of a week, w08, contradicts its rule.
        let arrived = 1_456_405_200_000;
        for (rotation, expected) in [
            ("NoRotation", "myindex"),
            ("OneHour", "myindex-2016-02-25-13"),
            ("OneDay", "myindex-2016-02-25"),
            ("OneWeek", "myindex-2016-w09"),
            ("OneMonth", "myindex-2016-02"),
        ] {
            assert_eq!(index("myindex", rotation, arrived), expected);
        }
    }

    #[test]
    fn a_week_of_two_years_belongs_to_the_second() {
        let days = |text: &str| week(text.parse::<Date>().expect("a day"));
        assert_eq!(days("2026-12-26"), (2026, 52));
        assert_eq!(days("2026-12-27"), (2027, 1));
        assert_eq!(days("2027-01-02"), (2027, 1));
        assert_eq!(days("2027-01-03"), (2027, 2));
        assert_eq!(days("2020-08-13"), (2020, 33));
    }
}
