//! What comes in, beside what a stream is sized for, and the key of the spec that decides that.

use super::{Part, text};
use pipec_compiler::aws::limits::kinesis::{SHARD_WRITE_BYTES_PER_S, SHARD_WRITE_RECORDS_PER_S};
use pipec_compiler::aws::metrics::{BYTES_IN, RECORDS_IN};
use pipec_compiler::capacity::bytes_per_second;
use pipec_compiler::plan::{Carries, Plan, StreamPlan};

/// Seconds over which CloudWatch sums up what comes in.
const PERIOD_S: f64 = 60.0;

/// Says of each stream where more came in than it is sized for.
pub fn findings(parts: &mut [Part], plan: &Plan) {
    let records = plan.stream.as_ref().and_then(|stream| {
        let input = parts.iter().find(|part| part.logical_id == stream.logical_id);
        Some(input?.reading(RECORDS_IN)? / stream.load.records_per_second)
    });
    for part in parts {
        let Some(stream) = plan.stream_of(&part.logical_id) else { continue };
        let found = match stream.carries {
            Carries::Records => found(part, stream, |what, _| of_input(what, records)),
            Carries::Rows => found(part, stream, |_, excess| of_rows(excess, records, stream)),
        };
        part.findings.extend(found);
    }
}

/// What is said of a stream; `key` is given what comes in and its part of what was declared.
fn found(part: &Part, stream: &StreamPlan, key: impl Fn(&str, f64) -> &'static str) -> Vec<String> {
    let load = &stream.load;
    let rate = stream.peak_over(PERIOD_S);
    let bytes = bytes_per_second(rate, load.record_bytes) as f64;
    let sizes = [
        ("records", part.reading(RECORDS_IN), rate, SHARD_WRITE_RECORDS_PER_S),
        ("bytes", part.reading(BYTES_IN), bytes, SHARD_WRITE_BYTES_PER_S),
    ];
    let mut found = Vec::new();
    for (what, observed, declared, a_shard) in sizes {
        let Some(observed) = observed.filter(|observed| *observed > declared) else { continue };
        let key = key(what, observed / declared);
        let more = match stream.shards.map(|shards| observed > (shards * a_shard) as f64) {
            // The user's number of shards does not follow the load.
            Some(true) if stream.fixed => {
                format!("over what its shards carry; raise `stream.capacity.shards` and {key}")
            }
            Some(true) => format!("over what its shards carry; raise {key}"),
            Some(false) if stream.fixed => {
                format!("over what is declared, within what its shards carry; raise {key}")
            }
            Some(false) => {
                format!("over what it is sized for, within the headroom of its shards; raise {key}")
            }
            None => format!("over what it is planned for; on demand it scales, and costs more; raise {key}"),
        };
        let (observed, declared) = (text::number(observed), text::number(declared));
        found.push(format!("{observed} {what}/s at peak, declared {declared}: {more}"));
    }
    found
}

/// The key that decides what the input stream is sized for; `records` is the part of the declared ones that came in.
fn of_input(what: &str, records: Option<f64>) -> &'static str {
    match what {
        "records" => "`stream.records_per_second`",
        // As many records as declared, and larger ones.
        _ if records.is_some_and(|records| records <= 1.0) => "`stream.record_size`",
        _ => "`stream.record_size` or `stream.records_per_second`",
    }
}

/// The key that decides what a stream of rows is sized for: there are more records to make rows of, or each becomes
/// more of them.
fn of_rows(excess: f64, records: Option<f64>, stream: &StreamPlan) -> &'static str {
    if stream.rows.as_ref().is_some_and(|rows| rows.step_ms > 0) {
        // As many rows whenever a window ends, whatever comes in.
        "`analytics.keys`"
    } else if records.is_some_and(|records| records >= excess) {
        "`stream.records_per_second`"
    } else {
        "`analytics.rows_per_record`"
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pipec_compiler::plan::fixture::{flink_spec, planned, spec, with_flink};

    /// What is said of the last of some streams; each by its logical id, with records and bytes per second.
    fn said(plan: &Plan, streams: &[(&str, f64, Option<f64>)]) -> Vec<String> {
        let part = |&(logical_id, records, bytes): &(&str, f64, Option<f64>)| {
            let mut part = Part::new("stream".into(), logical_id, logical_id, None);
            part.readings.extend([(RECORDS_IN, Some(records)), (BYTES_IN, bytes)]);
            part
        };
        let mut parts: Vec<Part> = streams.iter().map(part).collect();
        findings(&mut parts, plan);
        parts.pop().expect("a stream").findings
    }

    fn ends(found: &[String], end: &str) {
        assert!(found.len() == 1 && found[0].ends_with(end), "{found:?} / {end}");
    }

    #[test]
    fn over_the_shards_is_said_apart_from_over_the_plan() {
        let (plan, _) = planned(&spec("record_size: 1 KiB, records_per_second: 1000", ""));
        assert_eq!(plan.stream.as_ref().expect("a stream").shards, Some(2));
        assert!(said(&plan, &[("Stream", 1_000.0, None)]).is_empty());
        let sized = "1,240 records/s at peak, declared 1,000: over what it is sized for, within the headroom of its \
                     shards; raise `stream.records_per_second`";
        assert_eq!(said(&plan, &[("Stream", 1_240.0, None)]), [sized]);
        ends(
            &said(&plan, &[("Stream", 2_001.0, None)]),
            "over what its shards carry; raise `stream.records_per_second`",
        );
        let (plan, _) =
            planned(&spec("record_size: 1 KiB, records_per_second: 1000, capacity: on_demand", ""));
        ends(&said(&plan, &[("Stream", 2_001.0, None)]), "costs more; raise `stream.records_per_second`");
    }

    #[test]
    fn larger_records_are_told_from_more_records() {
        let (plan, _) = planned(&spec("record_size: 1 KiB, records_per_second: 1000", ""));
        ends(&said(&plan, &[("Stream", 900.0, Some(1_100_000.0))]), "raise `stream.record_size`");
        let both = said(&plan, &[("Stream", 1_200.0, Some(1_100_000.0))]);
        ends(&both[1..], "raise `stream.record_size` or `stream.records_per_second`");
    }

    #[test]
    fn a_number_of_shards_that_the_user_chose_is_raised_by_the_user() {
        let (plan, _) =
            planned(&spec("record_size: 1 KiB, records_per_second: 1000, capacity: { shards: 2 }", ""));
        let over =
            "over what its shards carry; raise `stream.capacity.shards` and `stream.records_per_second`";
        ends(&said(&plan, &[("Stream", 2_001.0, None)]), over);
        let within = "over what is declared, within what its shards carry; raise `stream.records_per_second`";
        ends(&said(&plan, &[("Stream", 1_240.0, None)]), within);
    }

    #[test]
    fn the_rows_of_a_window_come_at_its_end() {
        let sql = "SELECT \"k\", COUNT(*) AS n FROM stream GROUP BY \"k\", STEP(stream.ROWTIME BY INTERVAL '1' HOUR)";
        let sections = format!(
            "records: {{format: json, columns: {{k: {{type: VARCHAR(8)}}}}}}\nanalytics: {{runtime: flink, keys: {{k: 36000}}, sql: {sql:?}}}\n"
        );
        let (plan, _) = planned(&spec("record_size: 1 KiB, records_per_second: 100", &sections));
        // Ten rows per second, and all of an hour within a minute.
        assert!(said(&plan, &[("OutputStream", 600.0, None)]).is_empty());
        ends(&said(&plan, &[("OutputStream", 700.0, None)]), "raise `analytics.keys`");
    }

    #[test]
    fn rows_are_raised_by_what_makes_more_of_them() {
        let (plan, _) =
            planned(&flink_spec("record_size: 1 KiB, records_per_second: 100, capacity: { shards: 4 }"));
        let rows = |records, rows| said(&plan, &[("Stream", records, None), ("OutputStream", rows, None)]);
        assert!(rows(90.0, 100.0).is_empty());
        ends(&rows(90.0, 300.0), "raise `analytics.rows_per_record`");
        ends(&rows(120.0, 300.0), "raise `analytics.rows_per_record`");
        // As many rows per record as declared, of more records.
        ends(&rows(300.0, 300.0), "raise `stream.records_per_second`");
        // The number of shards that the user chose is the input's.
        ends(&rows(90.0, 30_000.0), "over what its shards carry; raise `analytics.rows_per_record`");
        ends(&said(&plan, &[("OutputStream", 300.0, None)]), "raise `analytics.rows_per_record`");
        let (plan, _) = with_flink("record_size: 1 KiB, records_per_second: 100", 100);
        ends(&said(&plan, &[("OutputStream", 90.0, Some(90_000.0))]), "raise `analytics.rows_per_record`");
    }
}
