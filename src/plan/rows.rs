//! What is planned for one row of a record may have to carry more, or for more than there are.

use super::streams;
use crate::capacity::{self, Load};
use crate::check::Checked;
use crate::diagnostics::{Code, Diagnostic};
use crate::resolve::pipeline::Capacity;
use crate::spec::AnalyticsRuntime;
use crate::sql::Stream;

/// What the user can say of the rows that the SQL leaves open.
pub(super) fn advise(checked: &Checked) -> Vec<Diagnostic> {
    let pipeline = checked.pipeline();
    let (Some(analytics), Some(query)) = (&pipeline.analytics, checked.query()) else { return Vec::new() };
    let (planned, otherwise) = match analytics.runtime.value {
        AnalyticsRuntime::Lambda => ("the transform's replies are", ""),
        AnalyticsRuntime::Flink if pipeline.stream.capacity.value == Capacity::OnDemand => return Vec::new(),
        AnalyticsRuntime::Flink => ("the output's shards are", ", or `capacity: on_demand` in `stream`"),
    };
    let mut found = Vec::new();
    let mut told = Vec::new();
    for output in query.outputs() {
        if analytics.rows_per_record.is_none() && analytics.runtime.value == AnalyticsRuntime::Flink {
            found.extend(many_shards(checked, output));
        }
        for place in analytics.row_rate(query, output, 1.0).open {
            if told.contains(&place) {
                continue;
            }
            told.push(place);
            found.push(Diagnostic::advice(
                Code::RowsPerRecord,
                place.span,
                format!("{} can expand one record into many rows, and {planned} sized for one", place.what),
                format!("write `rows_per_record: 2` in `analytics`, or the number at peak{otherwise}"),
            ));
        }
    }
    found
}

/// As many rows as a text allows may be far more than there are, and each shard costs.
fn many_shards(checked: &Checked, output: &Stream) -> Option<Diagnostic> {
    let records = checked.pipeline().stream.records_per_second.value;
    let load = streams::rows(checked, output);
    let most = capacity::shards(&load).shards;
    let least = capacity::shards(&Load { records_per_second: records, ..load }).shards;
    let rows = (load.records_per_second / records * 100.0).round() / 100.0;
    (most > least).then(|| {
        Diagnostic::advice(
            Code::RowsPerRecord,
            output.span,
            format!(
                "a record can become {rows} rows of `{}`: {most} shards, where one row needs {least}",
                output.name
            ),
            "write `rows_per_record: 1` in `analytics`, or the number at peak, if they are fewer",
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::fixture::{planned, spec};

    #[test]
    fn the_shards_are_those_of_the_plan() {
        let advised = |insert: &str, times: usize| {
            let sql = format!("INSERT INTO o {insert}; ").repeat(times);
            let columns = "records: {format: json, columns: {n: {type: INTEGER, path: $.n}}}";
            let sections = format!("{columns}\nanalytics: {{runtime: flink, sql: {sql:?}}}\n");
            let (plan, checked) = planned(&spec("record_size: 200 B, records_per_second: 2000", &sections));
            let shards = plan.output_stream.and_then(|stream| stream.shards).expect("shards");
            let found = advise(&checked).into_iter().map(|advice| advice.message).next();
            (shards, found)
        };
        let (shards, found) = advised("SELECT \"n\" FROM stream", 6);
        let message = format!("a record can become 6 rows of `o`: {shards} shards, where one row needs 3");
        assert_eq!(found, Some(message));
        // One row per second of each, however many records there are.
        let count =
            "SELECT COUNT(*) AS \"n\" FROM stream GROUP BY STEP(stream.ROWTIME BY INTERVAL '1' SECOND)";
        assert_eq!(advised(count, 20), (1, None));
    }
}
