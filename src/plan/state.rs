//! What Flink remembers without an end, how large that becomes, and when it is forgotten.

use serde::Serialize;

use crate::check::Checked;
use crate::diagnostics::{Code, Diagnostic};
use crate::spec::AnalyticsRuntime;
use crate::sql::{DataType, EndlessState};

/// State that only a time-to-live ends.
#[derive(Clone, Debug, Serialize)]
pub struct StatePlan {
    /// Seconds of silence after which a key is forgotten; 0 is never.
    pub ttl_seconds: u64,
    /// The places that have it.
    pub places: Vec<StatePlace>,
}

/// One place of the query.
#[derive(Clone, Debug, Serialize)]
pub struct StatePlace {
    /// What it is: `LAG by device_id`.
    pub what: String,
    /// Its keys at most, where that is known.
    pub keys: Option<u64>,
    /// Bytes of all keys, about.
    pub bytes: Option<u64>,
}

/// Bytes that a key takes beside its rows: itself, its place in RocksDB, a timer. An estimate of ours, 2026-11.
const KEY_BYTES: u64 = 150;
/// Bytes that a row takes beside its columns. An estimate of ours, 2026-11.
const ROW_BYTES: u64 = 40;

/// The state of a query without an end; `None` if it has none.
pub(super) fn plan(checked: &Checked) -> Option<StatePlan> {
    let pipeline = checked.pipeline();
    let analytics = pipeline.analytics_on(AnalyticsRuntime::Flink)?;
    let states = checked.query()?.endless_states(&|columns| analytics.key_count(columns));
    if states.is_empty() {
        return None;
    }
    let place = |state: &EndlessState| {
        let keys = state.most;
        let by = match state.keys.as_deref() {
            Some([]) => String::new(),
            Some(columns) => format!(" by {}", columns.join(", ")),
            None => " by a computed key".into(),
        };
        let row: u64 = state
            .columns
            .iter()
            .map(|column| value_bytes(column.data_type, pipeline.intake.record_size.value))
            .sum();
        let key = KEY_BYTES + state.rows.saturating_mul(ROW_BYTES + row);
        StatePlace {
            what: format!("{}{by}", state.what),
            keys,
            bytes: keys.map(|keys| keys.saturating_mul(key)),
        }
    };
    let mut places: Vec<StatePlace> = Vec::new();
    for place in states.iter().map(place) {
        if places.iter().all(|before| before.what != place.what) {
            places.push(place);
        }
    }
    Some(StatePlan { ttl_seconds: analytics.flink.state_ttl.value, places })
}

fn value_bytes(data_type: DataType, record_bytes: u64) -> u64 {
    match data_type.text_length() {
        Some(length) => length.map_or(record_bytes, u64::from).min(record_bytes),
        None => 8,
    }
}

/// Keys whose number nobody told.
pub(super) fn advise(checked: &Checked) -> Vec<Diagnostic> {
    let Some(analytics) = checked.pipeline().analytics_on(AnalyticsRuntime::Flink) else { return Vec::new() };
    let keys = |columns: &[String]| analytics.key_count(columns);
    let states = checked.query().map(|query| query.endless_states(&keys)).unwrap_or_default();
    let mut told: Vec<Vec<String>> = Vec::new();
    let mut found = Vec::new();
    for state in states {
        let Some(keys) = state.keys.filter(|keys| !keys.is_empty() && !told.contains(keys)) else { continue };
        if state.most.is_some() {
            continue;
        }
        let key = keys.join(",");
        found.push(Diagnostic::advice(
            Code::StateKeys,
            state.span,
            format!("Flink keeps state per `{key}` for {}, and the number of keys is unknown", state.what),
            format!(
                "write `keys: {{\"{key}\": 2000}}` in `analytics`, or the number of keys within `state_ttl`"
            ),
        ));
        told.push(keys);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::fixture::{planned, spec};

    /// Keys of the state of LAG by some keys, and what is advised of them.
    fn lag(counts: &str, partition: &str) -> (Option<u64>, Option<String>) {
        let sql =
            format!("SELECT LAG(\"n\") OVER (PARTITION BY {partition} ORDER BY ROWTIME) AS p FROM stream");
        let columns = "k: {type: VARCHAR(8)}, n: {type: INTEGER}, ok: {type: BOOLEAN}";
        let sections = format!(
            "records: {{format: json, columns: {{{columns}}}}}\nanalytics: {{runtime: flink, keys: {counts}, sql: {sql:?}}}\n"
        );
        let (_, checked) = planned(&spec("record_size: 250 B, records_per_second: 10", &sections));
        let state = plan(&checked).expect("state");
        (state.places[0].keys, advise(&checked).pop().map(|advice| advice.help))
    }

    #[test]
    fn keys_of_state_are_those_of_their_columns() {
        assert_eq!(lag("{k: 100, n: 20}", "\"k\", \"n\""), (Some(2000), None));
        assert_eq!(lag("{k: 100, 'k,n': 150}", "\"k\", \"n\""), (Some(150), None));
        assert_eq!(lag("{k: 100}", "\"k\", \"ok\""), (Some(300), None));
        let (keys, help) = lag("{k: 100}", "\"k\", \"n\"");
        assert_eq!(keys, None);
        assert!(help.is_some_and(|help| help.contains("\"k,n\"")));
    }
}
