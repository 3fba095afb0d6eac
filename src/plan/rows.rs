//! What is planned for one row of a record may have to carry more, or for more than there are.

use crate::capacity;
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
        let rate = analytics.row_rate(query, output, 1.0);
        if analytics.rows_per_record.is_none() && analytics.runtime.value == AnalyticsRuntime::Flink {
            found.extend(many_shards(checked, output, rate.per_second));
        }
        for place in rate.open {
            if told.contains(&place) {
                continue;
            }
            told.push(place);
            found.push(Diagnostic::advice(
                Code::RowsPerRecord,
                place.span,
                format!("{} may make many rows of one, and {planned} planned for one", place.what),
                format!(
                    "write `rows_per_record: 2` in `analytics`, or as many as there are at peak{otherwise}"
                ),
            ));
        }
    }
    found
}

/// As many rows as a text allows may be far more than there are, and each shard costs.
fn many_shards(checked: &Checked, output: &Stream, rows: f64) -> Option<Diagnostic> {
    let stream = &checked.pipeline().stream;
    let records = stream.records_per_second.value;
    let shards = |rate| capacity::shards(&capacity::output_load(output, stream, rate)).shards;
    let (most, least) = (shards(records * rows), shards(records));
    (rows > 1.0 && most > least).then(|| {
        Diagnostic::advice(
            Code::RowsPerRecord,
            output.span,
            format!(
                "a record may become {rows} rows of `{}`: {most} shards, where one row needs {least}",
                output.name
            ),
            "write `rows_per_record: 1` in `analytics`, or as many as there are at peak, if they are fewer",
        )
    })
}
