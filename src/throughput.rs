//! How much Flink a query needs: processor time for each record by what is done with it, and the KPUs that have that time.

use crate::amount;
use crate::aws::flink_throughput::{
    ASSUMED_KEYS, BYTE_US, BYTES_PER_KPU, CLOCK_US, CSV_BYTES_US, ELEMENT_US, EPOCH_US, FAULT_COLUMN_US,
    FEW_KEYS, FULL_JOIN_US, JOIN_US, JSON_BYTES_US, MARGIN, OVER_OF_MANY_KEYS_US, OVER_ROW_US, OVER_US,
    RECORD_US, RECORDS_PER_KPU, SESSION_OF_MANY_KEYS_US, SESSION_US, STATE_MARGIN, TIMESTAMP_US,
    WINDOW_OF_MANY_KEYS_US, WINDOW_US,
};
use crate::pipeline::{Analytics, Intake};
use crate::source::Span;
use crate::sql::{Keys, Operator, OperatorKind, Query, RecordFormat};

/// What a query needs at a load.
#[derive(Clone, Debug, PartialEq)]
pub struct Need {
    /// Records a second.
    pub records_per_second: f64,
    /// What a record costs, in parts.
    pub terms: Vec<Term>,
    /// By how much the measurement is divided.
    pub margin: f64,
    /// KPUs that have the time, at least one.
    pub kpus: u64,
    /// What asks for most of them.
    pub limit: Limit,
}

/// What a KPU is planned for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// Its processor.
    Processor,
    /// Records that the connectors pass.
    Records,
    /// Bytes that they pass.
    Bytes,
}

impl Limit {
    /// The limit in words.
    pub fn name(self) -> &'static str {
        match self {
            Self::Processor => "processor time",
            Self::Records => "records (50,000/s a KPU)",
            Self::Bytes => "bytes (20 MB/s a KPU)",
        }
    }
}

/// A part of what a record costs.
#[derive(Clone, Debug, PartialEq)]
pub struct Term {
    /// What it is for.
    pub what: String,
    /// Microseconds for each record of the pipeline.
    pub micros: f64,
    /// The arithmetic.
    pub note: String,
    /// The operator, where it is one.
    pub operator: Option<OperatorTerm>,
}

/// What is known of an operator.
#[derive(Clone, Debug, PartialEq)]
pub struct OperatorTerm {
    /// Subtasks that have work at most: as many as keys. `None` where there is no such bound.
    pub subtasks: Option<u64>,
    /// Columns whose number of values is supposed, since the spec does not have it.
    pub supposed: Option<Vec<String>>,
    /// Where it is written.
    pub span: Span,
}

impl Need {
    /// Microseconds of a record.
    pub fn micros(&self) -> f64 {
        self.terms.iter().map(|term| term.micros).sum()
    }

    /// KPUs whose processor time the load takes, by a margin, where no part takes more of them than it has subtasks.
    fn processor(&self, margin: f64) -> f64 {
        let parts = self.terms.iter().map(|term| {
            let kpus = self.records_per_second * term.micros * margin / 1e6;
            let subtasks = term.operator.as_ref().and_then(|operator| operator.subtasks);
            subtasks.map_or(kpus, |subtasks| kpus.min(subtasks as f64))
        });
        parts.sum()
    }

    /// The same without a margin: cores of the measurement.
    pub fn bare(&self) -> f64 {
        self.processor(1.0)
    }

    /// KPUs that a part of the work takes, with the margin.
    pub fn kpus_of(&self, term: &Term) -> f64 {
        self.records_per_second * term.micros * self.margin / 1e6
    }

    /// Subtasks for these KPUs: one for one, whose processor a single subtask keeps busy.
    pub fn parallelism(&self, per_kpu: u64) -> u64 {
        if self.kpus == 1 { 1 } else { self.kpus.saturating_mul(per_kpu) }
    }

    /// The part that costs most.
    pub fn dearest(&self) -> Option<&Term> {
        self.terms.iter().max_by(|a, b| a.micros.total_cmp(&b.micros))
    }
}

/// What a query needs. `keys` of an operator whose number nobody told are supposed to be `supposed`.
pub fn need(query: &Query, analytics: &Analytics, intake: &Intake, supposed: u64) -> Need {
    let rate = intake.records_per_second.value;
    let bytes = intake.record_size.value as f64;
    let plain =
        |what: &str, micros: f64, note: String| Term { what: what.into(), micros, note, operator: None };
    let mut terms = vec![plain(
        "reading a record",
        RECORD_US + BYTE_US * bytes,
        format!(
            "{RECORD_US} us and {} us a KB of {} bytes",
            figure(BYTE_US * 1000.0),
            intake.record_size.value
        ),
    )];
    if query.reads_records_twice() {
        let (record_us, byte_us) = match query.format {
            RecordFormat::Json => JSON_BYTES_US,
            RecordFormat::Csv { .. } => CSV_BYTES_US,
        };
        let note = format!("as bytes: {record_us} us and {} us a KB", figure(byte_us * 1000.0));
        terms.push(plain("reading it again for error records", record_us + byte_us * bytes, note));
        let columns = query.input.len();
        let note = format!("{columns} x {FAULT_COLUMN_US} us");
        terms.push(plain("checking values for faults", columns as f64 * FAULT_COLUMN_US, note));
    }
    if let Some(event_time) = query.event_time {
        let (micros, what) = match query.input[event_time.column].epoch.or(event_time.unit) {
            Some(_) => (EPOCH_US, "a number"),
            None => (TIMESTAMP_US, "a text"),
        };
        terms.push(plain("event time", micros, format!("{what}: {micros} us")));
    }
    let (texts, numbers) = query.timestamps();
    if texts + numbers > 0 {
        let (of_texts, of_numbers) =
            (format!("{texts} x {TIMESTAMP_US} us"), format!("{numbers} x {EPOCH_US} us"));
        let note = match (texts, numbers) {
            (_, 0) => of_texts,
            (0, _) => of_numbers,
            _ => format!("{of_texts}, {of_numbers}"),
        };
        terms.push(plain("TIMESTAMP columns", texts as f64 * TIMESTAMP_US + numbers as f64 * EPOCH_US, note));
    }
    if query.has_elements() {
        let elements = analytics.rows_per_record.unwrap_or(1.0);
        let note = format!("{elements} x {ELEMENT_US} us");
        terms.push(plain("elements of an array", elements * ELEMENT_US, note));
    }
    let operators = query.operators(rate, &|columns| analytics.key_count(columns));
    terms.extend(operators.iter().map(|operator| of_operator(operator, analytics, rate, supposed)));
    let is_state = |operator: &Operator| !matches!(operator.kind, OperatorKind::Window | OperatorKind::Rank);
    let margin = if operators.iter().any(is_state) { STATE_MARGIN } else { MARGIN };
    let mut need = Need { records_per_second: rate, terms, margin, kpus: 1, limit: Limit::Processor };
    // What the connectors pass, which read the stream once for each table.
    let read = if query.reads_records_twice() { 2.0 * rate } else { rate };
    let limits = [
        (Limit::Processor, need.processor(margin)),
        (Limit::Records, read / RECORDS_PER_KPU),
        (Limit::Bytes, read * bytes / BYTES_PER_KPU),
    ];
    for (limit, kpus) in limits {
        let kpus = kpus.ceil() as u64;
        if kpus > need.kpus {
            (need.kpus, need.limit) = (kpus, limit);
        }
    }
    need
}

fn of_operator(operator: &Operator, analytics: &Analytics, records_per_second: f64, supposed: u64) -> Term {
    let (told, most) = match &operator.keys {
        Keys::One => (Some(1), Some(1)),
        Keys::Columns(columns) => (analytics.key_count(columns), operator.most),
        Keys::Computed => (None, operator.most),
    };
    let count = most.unwrap_or(supposed);
    let by = match &operator.keys {
        Keys::One => ", one for all rows".to_owned(),
        Keys::Columns(columns) => format!(" by {}", columns.join(", ")),
        Keys::Computed => " by a computed key".into(),
    };
    let keys = match (&operator.keys, most) {
        (Keys::One, _) => "in one subtask".to_owned(),
        (_, Some(_)) if told == most => format!("{} keys", figure(count as f64)),
        (_, Some(_)) => format!("{} keys at most", figure(count as f64)),
        (_, None) => format!("{} keys supposed", figure(count as f64)),
    };
    let (micros, mut note) = match operator.kind {
        OperatorKind::Window | OperatorKind::Rank if count > FEW_KEYS => (WINDOW_OF_MANY_KEYS_US, keys),
        OperatorKind::Window | OperatorKind::Rank => (WINDOW_US, keys),
        OperatorKind::Session if count > FEW_KEYS => (SESSION_OF_MANY_KEYS_US, keys),
        OperatorKind::Session => (SESSION_US, keys),
        OperatorKind::Join => (JOIN_US, keys),
        OperatorKind::FullJoin => (FULL_JOIN_US, keys),
        OperatorKind::Over if count > FEW_KEYS => (OVER_OF_MANY_KEYS_US, keys),
        OperatorKind::Over => (OVER_US, keys),
        OperatorKind::OverRange(ms) => {
            let rows = records_per_second * operator.rows_per_record * ms as f64 / 1000.0 / count as f64;
            let row_us = if count > FEW_KEYS { OVER_OF_MANY_KEYS_US } else { OVER_US };
            (row_us + OVER_ROW_US * rows, format!("{keys}, {} rows of a key in the range", figure(rows)))
        }
    };
    let micros = if operator.clock { micros + CLOCK_US } else { micros };
    if operator.rows_per_record != 1.0 {
        note += &format!(", {} rows per record", figure(operator.rows_per_record));
    }
    Term {
        what: format!("{}{by}", operator.kind.name()),
        micros: micros * operator.rows_per_record,
        note,
        operator: Some(OperatorTerm {
            subtasks: most,
            supposed: match &operator.keys {
                Keys::Columns(columns) if most.is_none() => Some(columns.clone()),
                _ => None,
            },
            span: operator.span,
        }),
    }
}

/// What a query needs with what the spec says, and a million keys where it says nothing.
pub fn of_pipeline(query: &Query, analytics: &Analytics, intake: &Intake) -> Need {
    need(query, analytics, intake, ASSUMED_KEYS)
}

/// A figure for people: whole with thousands, and with two decimals where it is small.
pub fn figure(value: f64) -> String {
    if value < 100.0 {
        return ((value * 100.0).round() / 100.0).to_string();
    }
    // A figure is never below 0.
    amount::thousands(&format!("{value:.0}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::fixture::planned;

    /// What a query needs with so many records of 250 bytes per second.
    fn of(records_per_second: u64, sql: &str) -> Need {
        with_keys(records_per_second, "{}", sql)
    }

    /// The same with `analytics.keys`.
    fn with_keys(records_per_second: u64, keys: &str, sql: &str) -> Need {
        let (_, checked) = planned(&format!(
            "name: t\nstream: {{record_size: 250 B, records_per_second: {records_per_second}, shard_quota: 100000}}\n\
             records: {{format: json, columns: {{k: {{type: VARCHAR(8)}}, n: {{type: INTEGER}}, ok: {{type: BOOLEAN}}}}}}\n\
             analytics: {{runtime: flink, keys: {keys}, sql: {}}}\ndelivery: {{s3: {{}}}}\n",
            serde_json::Value::from(sql)
        ));
        let (query, pipeline) = (checked.query().expect("SQL"), checked.pipeline());
        of_pipeline(query, pipeline.analytics.as_ref().expect("analytics"), &pipeline.intake)
    }

    const WINDOW: &str =
        "SELECT COUNT(*) AS c FROM stream GROUP BY \"k\", STEP(stream.ROWTIME BY INTERVAL '1' MINUTE)";

    #[test]
    fn a_record_costs_what_is_done_with_it() {
        let micros = |sql: &str| (of(1000, sql).micros() * 1000.0).round() / 1000.0;
        let read = 2.25;
        assert_eq!(micros("SELECT \"k\" FROM stream WHERE \"n\" > 1"), read);
        assert_eq!(micros(WINDOW), read + 1.5 + WINDOW_OF_MANY_KEYS_US);
        let whole = "SELECT COUNT(*) AS c FROM stream GROUP BY STEP(stream.ROWTIME BY INTERVAL '1' MINUTE)";
        assert_eq!(micros(whole), read + 2.3);
        // 1,000 records per second for a minute, all of one key.
        let over = "SELECT SUM(\"n\") OVER (RANGE INTERVAL '1' MINUTE PRECEDING) AS s FROM stream";
        assert_eq!(micros(over), read + OVER_US + 0.55 * 60_000.0);
    }

    #[test]
    fn keys_are_at_most_the_product_of_what_is_known_of_each() {
        let window = |keys: &str| {
            format!(
                "SELECT COUNT(*) AS c FROM stream GROUP BY {keys}, STEP(stream.ROWTIME BY INTERVAL '1' MINUTE)"
            )
        };
        let over = |key: &str| {
            format!("SELECT COUNT(*) OVER (PARTITION BY {key} ROWS 5 PRECEDING) AS c FROM stream")
        };
        let join = |key: &str| {
            format!(
                "SELECT a.\"k\" FROM stream AS a JOIN stream OVER (RANGE INTERVAL '1' MINUTE PRECEDING) AS b \
                 ON a.{key} = b.{key}"
            )
        };
        for (keys, sql, most, note) in [
            ("{k: 100, n: 20}", window("\"k\", \"n\""), Some(2000), "2,000 keys at most"),
            ("{k: 100, n: 20, 'k,n': 300}", window("\"k\", \"n\""), Some(300), "300 keys"),
            ("{k: 100}", window("\"k\", \"n\""), None, "1,000,000 keys supposed"),
            ("{k: 100}", window("\"k\", \"ok\""), Some(300), "300 keys at most"),
            ("{}", window("CASE WHEN \"n\" > 1 THEN 'x' ELSE 'y' END"), Some(2), "2 keys at most"),
            ("{n: 5}", window("\"n\" * 2"), Some(5), "5 keys at most"),
            ("{k: 100, n: 20}", over("\"k\", \"n\""), Some(2000), "2,000 keys at most"),
            ("{k: 100}", join("\"k\""), Some(100), "100 keys"),
            ("{}", join("\"k\""), None, "1,000,000 keys supposed"),
            // A row without a partner has a key, too.
            ("{}", join("\"ok\""), Some(6), "6 keys at most"),
        ] {
            let need = with_keys(1000, keys, &sql);
            let term = need.terms.last().expect("a term");
            let operator = term.operator.as_ref().expect("an operator");
            let shown = term.note.trim_end_matches(", 2 rows per record");
            assert_eq!((operator.subtasks, shown), (most, note), "{keys} {sql}");
            assert_eq!(operator.supposed.is_some(), most.is_none(), "{keys} {sql}");
        }
    }

    #[test]
    fn kpus_are_for_the_load_with_its_margin() {
        // Records per second of a KPU.
        let most = 1e6 / (of(1, WINDOW).micros() * MARGIN);
        let (below, above) = ((most * 0.99) as u64, (most * 1.01) as u64);
        assert_eq!((of(below, WINDOW).kpus, of(above, WINDOW).kpus), (1, 2));
        assert_eq!((of(1, WINDOW).parallelism(4), of(above, WINDOW).parallelism(4)), (1, 8));
        // Little work, many records.
        let need = of(120_000, "SELECT \"k\" FROM stream");
        assert_eq!((need.kpus, need.limit), (3, Limit::Records));
    }

    #[test]
    fn what_runs_in_one_subtask_gets_one_kpu() {
        let need = of(1000, "SELECT SUM(\"n\") OVER (RANGE INTERVAL '1' MINUTE PRECEDING) AS s FROM stream");
        let over = need.terms.last().expect("a term");
        assert_eq!(over.operator.as_ref().and_then(|operator| operator.subtasks), Some(1));
        assert!(need.kpus_of(over) > 100.0 && need.kpus == 2, "{need:?}");
    }

    #[test]
    fn figures_are_for_people() {
        for (value, shown) in
            [(5.3344, "5.33"), (99.999, "100"), (1234.5, "1,234"), (2_000_000.0, "2,000,000")]
        {
            assert_eq!(figure(value), shown);
        }
    }
}
