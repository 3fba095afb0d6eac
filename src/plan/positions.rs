//! What becomes of Flink's position in the stream when the SQL changes.

use super::AnalyticsPlan;
use super::Plan;
use crate::amount::amount;
use crate::spec::SECONDS_PER_HOUR;
use crate::sql::Start;

/// Rows that a subtask of the connector's sink collects for one call. A snapshot contains them, so that they are written
/// after the restart.
/// `sink.batch.max-size`, Flink documentation, "Amazon Kinesis Data Streams SQL Connector", 2026-11.
const SINK_BATCH_ROWS: u64 = 500;

/// Where Flink starts without a position, as a noun phrase.
pub fn first_record(analytics: &AnalyticsPlan) -> String {
    match analytics.first_record {
        Start::Oldest => "the oldest record of the stream".to_owned(),
        Start::Latest => "the next record that arrives".to_owned(),
        Start::At(ms) => format!("the first record since {}", utc(ms)),
    }
}

/// What that means for records and rows, as the end of a sentence.
pub fn without_a_position(plan: &Plan, analytics: &AnalyticsPlan) -> String {
    // Flink has a stream to read.
    let (hours, average) =
        plan.stream.as_ref().map_or((0, 0.0), |stream| (stream.retention_hours, stream.load.average));
    match analytics.first_record {
        Start::Oldest => {
            let within = |per_second: f64| count(per_second * (hours * SECONDS_PER_HOUR) as f64);
            let rows = plan.streams().skip(1).map(|stream| stream.load.average).sum();
            format!(
                "up to {hours} h of records are read again ({} at the declared rate), and up to {} rows are written twice",
                within(average),
                within(rows),
            )
        }
        Start::Latest => "records that arrive during the update are skipped".to_owned(),
        Start::At(_) => {
            "the records between then and the update are read again, and their rows are written twice"
                .to_owned()
        }
    }
}

/// What to write into the spec for another start.
pub fn another_start(analytics: &AnalyticsPlan) -> &'static str {
    match analytics.first_record {
        Start::Oldest => {
            "`analytics.start: latest` reads only records that arrive after the update; a time shortly before the update, such \
             as `analytics.start: 2026-03-01T10:00:00Z`, also reads those that arrive during it"
        }
        Start::Latest => {
            "a time shortly before the update, such as `analytics.start: 2026-03-01T10:00:00Z`, skips none"
        }
        Start::At(_) => "`analytics.start` with a time shortly before the update repeats the fewest rows",
    }
}

/// What happens to the state of operators that the changed job does not have.
pub fn without_state(analytics: &AnalyticsPlan) -> String {
    let windows = match analytics.stateless {
        true => "",
        false => "windows that are open lack the records before the update, and ",
    };
    format!(
        "The operators after the source are others, so their state is dropped: {windows}rows that a sink has buffered for \
         its next call, usually fewer than {SINK_BATCH_ROWS}, are lost"
    )
}

/// What a changed query means for position and state, for those who have not deployed it yet.
pub fn rule(plan: &Plan, analytics: &AnalyticsPlan) -> String {
    let first = first_record(analytics);
    let consequence = without_a_position(plan, analytics);
    if !analytics.snapshots {
        return format!("starts at {first}, since snapshots are off: {consequence}");
    }
    let state = match analytics.stateless {
        true => "",
        false => {
            ". State that does not match the new query is dropped, and where the snapshot does not fit, the update fails and \
             the old query continues"
        }
    };
    format!(
        "resumes at its position in the stream, from the snapshot taken before the update, if as many SELECTs read the \
         stream as before ({}). Other conditions, columns or parallelism keep it; with an output or a join more or less, Flink \
         starts at {first}: {consequence}{state}",
        analytics.source_readers.words()
    )
}

/// A whole number, with its thousands apart.
fn count(value: f64) -> String {
    let text = amount(value.ceil());
    text.split_once('.').map_or(text.as_str(), |(whole, _)| whole).to_owned()
}

fn utc(ms: i64) -> String {
    let text = pipec_core::timestamp_text(ms);
    format!("{}Z", text.get(..19).unwrap_or(&text).replace(' ', "T"))
}
