//! Random queries of times: texts with offsets, numbers that count from 1970, and event times of every unit. As in
//! `random`, with whose columns and expressions they are made, they are written down as cases for Flink.

use pipec_compiler::sql::RecordFormat;

use crate::random::{COLUMNS, Random, number, query, records, run_case};
use crate::random_inputs::{LIKELY, line};
use crate::random_records::{epoch_number, object, time_text, value};
use crate::support::analyzed_as;

/// Columns of times beside those of all queries.
const TIMES: &str = "\
zoned   TIMESTAMP $.zoned
seconds TIMESTAMP $.seconds AS epoch_s
millis  TIMESTAMP $.times.millis AS epoch_ms
micros  TIMESTAMP $.times.micros AS epoch_us
nanos   TIMESTAMP $['n␣s'] AS epoch_ns
";
/// Their names, and the time that all queries have.
const NAMES: &[&str] =
    &["\"zoned\"", "\"seconds\"", "\"millis\"", "\"micros\"", "\"nanos\"", "\"zoned\"", "\"at\""];

/// What an event time may be: its column, how late a record may come, the unit of a number.
const EVENT_TIMES: &[&str] = &[
    "",
    "at 5000",
    "zoned 0",
    "seconds 1",
    "millis 5000",
    "l 5000 ms",
    "l 0 us",
    "l 60000 ns",
    "i 5000 s",
    "f 5000 s",
    "e 1000 ms",
    "w 5000 s",
    "v 5000 ms",
    "d 0 s",
];

/// The time of a query that has another type in each of its outputs' expressions.
fn query_of_times(random: &mut Random, event_time: &str) -> String {
    let sql = query(random);
    let (all, expressions) = sql.split_once(';').expect("several statements");
    let mut parts = expressions.split("\"at\"");
    let mut varied = parts.next().expect("a part").to_owned();
    for part in parts {
        varied += random.pick(NAMES);
        varied += part;
    }
    let mut words = event_time.split_whitespace();
    // A SELECT of the event time as it is, and as a time.
    let event = match (words.next(), words.nth(1)) {
        (Some(name), Some(_)) => format!(
            ", \"{name}\" AS \"as it is\", STEP(\"{name}\" BY INTERVAL '7' SECOND) AS \"step\", FLOOR(\"{name}\" TO HOUR) AS \"hour\""
        ),
        (Some(name), None) => {
            format!(
                ", STEP(\"{name}\" BY INTERVAL '7' SECOND) AS \"step\", FLOOR(\"{name}\" TO HOUR) AS \"hour\""
            )
        }
        _ => String::new(),
    };
    format!(
        "{all};{varied};\nINSERT INTO \"TIMES\" SELECT \"d\", \"zoned\", \"seconds\", \"millis\", \"micros\", \"nanos\", \
         CAST(\"w\" AS TIMESTAMP) AS \"cast\", CAST(\"zoned\" AS VARCHAR) AS \"text\"{event} FROM stream"
    )
}

/// A time that a column of texts may have, and one of numbers.
fn times(random: &mut Random) -> [String; 2] {
    let text = match random.below(8) {
        0 => value(random),
        _ => format!("{:?}", time_text(random)),
    };
    let number = match random.below(8) {
        0 => value(random),
        _ => epoch_number(random),
    };
    [text, number]
}

/// What the columns of [`TIMES`] are read from, around what a record has for the others.
fn record_of_times(random: &mut Random) -> String {
    let object = object(random);
    let [zoned, seconds] = times(random);
    let ([_, millis], [_, micros], [_, nanos]) = (times(random), times(random), times(random));
    let inner = match random.below(12) {
        0 => random.pick(&["null", "[]", "5", "{}", "\"{}\""]).to_owned(),
        _ => format!("{{\"millis\":{millis},\"micros\":{micros}}}"),
    };
    object.replacen(
        '{',
        &format!("{{\"zoned\":{zoned},\"seconds\":{seconds},\"times\":{inner},\"n s\":{nanos},"),
        1,
    )
}

/// A record whose times lie in the elements of an array.
fn record_of_elements(random: &mut Random) -> String {
    let [zoned, seconds] = times(random);
    let count = random.below(4);
    let mut elements = Vec::new();
    for _ in 0..count {
        let ([_, millis], [_, micros]) = (times(random), times(random));
        elements.push(match random.below(8) {
            0 => value(random),
            1 => format!("{{\"micros\":{micros}}}"),
            _ => format!("{{\"t\":7,\"millis\":{millis},\"micros\":{micros}}}"),
        });
    }
    format!(
        "{{\"whole\":[{}],\"d\":1.5,\"zoned\":{zoned},\"seconds\":{seconds},\"v\":{zoned},\"f\":{seconds}}}",
        elements.join(",")
    )
}

/// A line of CSV with a field for each column.
fn line_of_times(random: &mut Random) -> String {
    // Only one of a few would be picked of a list; each line has a list of its own.
    let mut fields: Vec<Vec<String>> =
        LIKELY.iter().map(|fields| fields.iter().map(|f| (*f).to_owned()).collect()).collect();
    fields.push((0..4).map(|_| time_text(random)).collect());
    for _ in 0..4 {
        fields.push((0..4).map(|_| epoch_number(random).trim_matches('"').to_owned()).collect());
    }
    let lists: Vec<Vec<&str>> =
        fields.iter().map(|fields| fields.iter().map(String::as_str).collect()).collect();
    let lists: Vec<&[&str]> = lists.iter().map(Vec::as_slice).collect();
    line(random, ',', &lists)
}

#[test]
fn random_queries_of_times() {
    let (seed, count) = (number("PIPEC_RANDOM_SEED", 1), number("PIPEC_RANDOM_COUNT", 4));
    let mut random = Random(seed ^ 0x71AE);
    let mut written = 0;
    for case in 0..count {
        let event_time = match case {
            // Each of them after some seeds.
            0 => EVENT_TIMES[seed as usize % EVENT_TIMES.len()],
            _ => random.pick(EVENT_TIMES),
        };
        let columns = format!("{COLUMNS}{TIMES}");
        let (format, columns, make): (_, _, fn(&mut Random) -> String) = match case % 4 {
            2 => (
                RecordFormat::Json,
                columns.replace("$.whole.", "$.whole[0:].").replace("$.times.", "$.whole[0:]."),
                record_of_elements,
            ),
            3 => (RecordFormat::Csv { delimiter: ',' }, columns, line_of_times),
            _ => (RecordFormat::Json, columns, record_of_times),
        };
        // The event time lies outside of the array.
        let inside = ["millis", "micros", "l ", "i "].iter().any(|name| event_time.starts_with(name));
        let event_time = if case % 4 == 2 && inside { "seconds 5000" } else { event_time };
        let sql = query_of_times(&mut random, event_time);
        let lines: Vec<String> = (0..records()).map(|_| make(&mut random)).collect();
        let analyzed = analyzed_as(format, &sql, &columns, event_time, |_| Vec::new());
        let Some(query) = &analyzed.query else { panic!("{event_time}: {}", analyzed.text()) };
        written += run_case(&format!("random-times-{seed}-{case}"), &sql, query, &lines.join("\n"));
    }
    assert!(written > 0, "no row was written");
}
