//! What is planned for one row of a record may have to carry more, or for more than there are.

use super::cost::Cost;
use super::{Plan, RowsPlan, outputs, streams};
use crate::amount::amount;
use crate::aws::limits::kinesis::{SHARD_WRITE_BYTES_PER_S, SHARD_WRITE_RECORDS_PER_S};
use crate::capacity::{self, Load};
use crate::check::Checked;
use crate::diagnostics::{Code, Diagnostic};
use crate::pipeline::Capacity;
use crate::spec::AnalyticsRuntime;
use crate::sql::{RowRate, Stream, WindowRows};

/// Values of each key of windows that the plan is compared with, where their number is unknown.
const FEWER_KEYS: u64 = 1_000;
/// US dollars per month from which the number of keys is worth a warning.
const LEAST_USD: f64 = 50.0;
/// Seconds of writing the rows of a window that are worth a word.
const LONG_WRITE_S: f64 = 10.0;
/// Milliseconds of a second.
const SECOND_MS: f64 = 1000.0;

/// The rows of an output, derived from the SQL; `None` if the spec declares their number.
fn told_by_windows(checked: &Checked, output: &Stream, fewer: bool) -> Option<RowRate> {
    let pipeline = checked.pipeline();
    let analytics = pipeline.analytics_on(AnalyticsRuntime::Flink)?;
    let query = checked.query().filter(|query| !query.is_errors(output))?;
    if analytics.rows_per_record.is_some() {
        return None;
    }
    let supposed = |columns: &[String]| (fewer && !columns.is_empty()).then_some(FEWER_KEYS);
    let keys = |columns: &[String]| analytics.key_count(columns).or_else(|| supposed(columns));
    Some(query.row_rate(output, pipeline.intake.records_per_second.value, &keys))
}

/// The columns of a key, as `analytics.keys` has them.
fn quoted(columns: &[String]) -> String {
    format!("`{}`", columns.join(","))
}

/// What the columns of a window's keys are counted as.
fn values_of(window: &WindowRows) -> String {
    let columns = quoted(&window.columns);
    if window.computed { format!("a key computed from {columns}") } else { columns }
}

/// Where the number of an output's rows comes from, if windows decide it.
pub(super) fn of_windows(checked: &Checked, output: &Stream, load: &Load) -> Option<RowsPlan> {
    let rate = told_by_windows(checked, output, false)?;
    let shown = |window: &WindowRows| {
        let every = window.step_ms as f64 / SECOND_MS;
        let ends = format!("a window ends every {} s", amount(every));
        match window.keys {
            Some(_) if window.columns.is_empty() => ends,
            Some(keys) => format!("{} values of {}, and {ends}", amount(keys), values_of(window)),
            None if window.columns.is_empty() => {
                "one row per record, since the number of groups is unknown".into()
            }
            None => format!(
                "one row per record, since the number of values of {} is unknown: `keys` in `analytics` declares it",
                quoted(&window.columns)
            ),
        }
    };
    let notes: Vec<String> = rate.windows.iter().map(shown).collect();
    let mut note = format!("rows: {}", notes.join("; "));
    // The groups of a window become rows at once, and the shards take them one second after the other.
    let shards = capacity::shards(load).shards as f64;
    let writes = |window: &WindowRows| {
        let (rows, bytes) = (window.keys?, load.record_bytes as f64);
        let seconds = (rows / SHARD_WRITE_RECORDS_PER_S as f64)
            .max(rows * bytes / SHARD_WRITE_BYTES_PER_S as f64)
            / shards;
        (seconds >= LONG_WRITE_S && seconds.is_finite()).then_some(seconds)
    };
    if let Some(seconds) = rate.windows.iter().filter_map(writes).reduce(f64::max) {
        note += &format!("; its rows are written at its end, which takes {} s", amount(seconds.round()));
    }
    let known = rate.windows.iter().filter(|_| rate.unknown_keys().next().is_none());
    let step_ms = known.map(|window| window.step_ms).max().unwrap_or_default();
    (!notes.is_empty()).then_some(RowsPlan { note, step_ms })
}

/// Keys of windows whose number is unknown, where it decides shards, or more than a little of the cost.
pub(super) fn unknown_keys(
    plan: &Plan,
    cost: &Cost,
    estimate: impl Fn(&Plan) -> Cost,
    checked: &Checked,
) -> Option<Diagnostic> {
    let query = checked.query()?;
    let mut fewer = plan.clone();
    let delivered = outputs::delivered(checked);
    let mut unknown: Vec<WindowRows> = Vec::new();
    for output in query.outputs() {
        let (Some(now), Some(then)) =
            (told_by_windows(checked, output, false), told_by_windows(checked, output, true))
        else {
            continue;
        };
        unknown.extend(now.unknown_keys().cloned());
        if delivered.is_some_and(|delivered| delivered.name == output.name) {
            fewer.output_stream = fewer.output_stream.map(|stream| stream.at(then.per_second));
        } else if let Some(other) = fewer.outputs.iter_mut().find(|other| other.name == output.name) {
            other.stream = other.stream.at(then.per_second);
        }
    }
    unknown.dedup();
    let first = unknown.first()?;
    let shards = |plan: &Plan| {
        let outputs = plan.output_stream.iter().chain(plan.outputs.iter().map(|output| &output.stream));
        outputs.filter_map(|stream| stream.shards).sum::<u64>()
    };
    let (most, least) = (shards(plan), shards(&fewer));
    let saving = cost.monthly_usd - estimate(&fewer).monthly_usd;
    if most == least && saving <= LEAST_USD {
        return None;
    }
    let mut keys: Vec<&[String]> = unknown.iter().map(|window| window.columns.as_slice()).collect();
    keys.sort();
    keys.dedup();
    let keys: Vec<&[String]> = keys.into_iter().filter(|columns| !columns.is_empty()).collect();
    let of = |shards: u64, usd: f64| {
        let shards = match shards {
            0 => None,
            1 => Some("1 output shard".to_owned()),
            shards => Some(format!("{shards} output shards")),
        };
        let usd = cost.complete.then(|| format!("{} USD per month", amount(usd.round())));
        shards.into_iter().chain(usd).collect::<Vec<_>>().join(" and ")
    };
    let what = match keys.as_slice() {
        [] => "groups of these windows".to_owned(),
        keys => {
            let keys: Vec<String> = keys.iter().map(|columns| quoted(columns)).collect();
            format!("different values of {}", keys.join(" and "))
        }
    };
    let message = format!(
        "the number of {what} is unknown, so the plan has one row per record: {}; with {} of them \
         {}",
        of(most, cost.monthly_usd),
        amount(FEWER_KEYS as f64),
        of(least, cost.monthly_usd - saving),
    );
    let help = match keys.as_slice() {
        [] => "write `rows_per_record: 0.1` in `analytics`, with the number at peak".to_owned(),
        keys => {
            let entries: Vec<String> =
                keys.iter().map(|columns| format!("\"{}\": {FEWER_KEYS}", columns.join(","))).collect();
            format!("write `keys: {{{}}}` in `analytics`, with their number", entries.join(", "))
        }
    };
    Some(Diagnostic::warning(Code::WindowKeys, first.span, message, help))
}

/// What the user can say of the rows that the SQL leaves open.
pub(super) fn advise(checked: &Checked) -> Vec<Diagnostic> {
    let pipeline = checked.pipeline();
    let (Some(analytics), Some(query)) = (&pipeline.analytics, checked.query()) else { return Vec::new() };
    let (planned, otherwise) = match analytics.runtime.value {
        AnalyticsRuntime::Lambda => ("the transform's replies are", ""),
        AnalyticsRuntime::Flink
            if pipeline.stream.as_ref().is_some_and(|stream| stream.capacity.value == Capacity::OnDemand) =>
        {
            return Vec::new();
        }
        AnalyticsRuntime::Flink => ("the output's shards are", ", or `capacity: on_demand` in `stream`"),
    };
    let mut found = Vec::new();
    let mut told = Vec::new();
    for output in query.outputs() {
        // Where keys are unknown, their number is the better answer.
        let known =
            told_by_windows(checked, output, false).is_some_and(|rate| rate.unknown_keys().next().is_none());
        if known {
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
    let records = checked.pipeline().intake.records_per_second.value;
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
    use crate::plan::cost::estimate;
    use crate::plan::fixture::{planned, spec};
    use crate::price_list::Prices;

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

    /// Shards, rows per second and the note of the output of a window per device, and the warning about unknown keys.
    fn devices(analytics: &str, step: &str) -> (u64, f64, Option<String>, Option<String>) {
        let sql = format!(
            "SELECT \"device_id\", AVG(\"temp\") AS t FROM stream GROUP BY \"device_id\", STEP(stream.ROWTIME BY INTERVAL {step})"
        );
        let columns = "device_id: {type: VARCHAR(16)}, temp: {type: DOUBLE}";
        let sections = format!(
            "records: {{format: json, columns: {{{columns}}}}}\nanalytics: {{runtime: flink, {analytics}sql: {sql:?}}}\n"
        );
        let (plan, checked) = planned(&spec("record_size: 250 B, records_per_second: 8000", &sections));
        let estimate = |plan: &Plan| estimate(plan, Prices::BuiltIn);
        let warning = unknown_keys(&plan, &estimate(&plan), estimate, &checked).map(|found| found.help);
        let output = plan.output_stream.expect("an output");
        let note = output.rows.map(|rows| rows.note);
        (output.shards.expect("shards"), output.load.records_per_second, note, warning)
    }

    #[test]
    fn keys_decide_the_shards_of_windows() {
        let minute = "'1' MINUTE";
        let (shards, rows, note, warning) = devices("keys: {device_id: 2000}, ", minute);
        assert_eq!((shards, rows, warning), (1, 2000.0 / 60.0, None));
        assert_eq!(note.as_deref(), Some("rows: 2,000 values of `device_id`, and a window ends every 60 s"));
        let (shards, rows, note, warning) = devices("", minute);
        assert_eq!((shards, rows), (10, 8000.0));
        assert!(note.is_some_and(|note| note.contains("one row per record")));
        assert_eq!(
            warning.as_deref(),
            Some("write `keys: {\"device_id\": 1000}` in `analytics`, with their number")
        );
        // The number of rows is declared, or fewer keys would change nothing.
        assert_eq!(devices("rows_per_record: 0.01, ", minute), (1, 80.0, None, None));
        assert_eq!(devices("keys: {device_id: 2000000}, ", "'1' SECOND").3, None);
        let computed = "SELECT COUNT(*) AS c FROM stream GROUP BY CASE WHEN \"temp\" > 30 THEN 'hot' ELSE 'ok' END, \
                        STEP(stream.ROWTIME BY INTERVAL '1' MINUTE)";
        let sections = format!(
            "records: {{format: json, columns: {{temp: {{type: DOUBLE}}}}}}\nanalytics: {{runtime: flink, sql: {computed:?}}}\n"
        );
        let (plan, _) = planned(&spec("record_size: 250 B, records_per_second: 8000", &sections));
        let note = plan.output_stream.and_then(|stream| stream.rows).map(|rows| rows.note);
        let expected = "rows: 2 values of a key computed from `temp`, and a window ends every 60 s";
        assert_eq!(note.as_deref(), Some(expected));
        let (_, _, note, _) = devices("keys: {device_id: 720000}, ", "'1' HOUR");
        let long = "; its rows are written at its end, which takes 720 s";
        assert!(note.is_some_and(|note| note.ends_with(long)));
    }
}
