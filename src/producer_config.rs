//! What the producer reads from its configuration file: where records come from, and their partition key.

use serde_json::{Map, Value, json};

use crate::resolve::pipeline::{HttpSource, PartitionKey, Pipeline, Producer, Source};
use crate::sql::{Column, DataType, EpochUnit};

/// Where the instances keep a file of records.
pub const RECORDS_FILE: &str = "/opt/pipec/records.jsonl";
/// Longest text that is made up, characters: a word, whatever the column holds.
const TEXT_CHARS_MAX: u32 = 32;
/// Range of whole numbers that are made up: ages, percentages and quantities lie in it.
const SMALL_MAX: i64 = 100;
/// Range of large whole numbers, which are identifiers mostly.
const LARGE_MAX: i64 = 1_000_000_000;

/// The `source` of the configuration.
pub fn source(pipeline: &Pipeline, producer: &Producer) -> Value {
    match &producer.source {
        Source::Http(source) => json!({ "http": http(source) }),
        Source::File(source) => json!({ "file": { "path": RECORDS_FILE, "repeat": source.repeat } }),
        Source::Generator(source) => json!({ "generator": {
            "seed": source.seed,
            "record_size": pipeline.stream.record_size.value,
            "fields": fields(pipeline),
        } }),
    }
}

/// The `partition_key` of the configuration.
pub fn partition_key(producer: &Producer) -> Value {
    match &producer.partition_key.value {
        PartitionKey::Random => json!({ "random": {} }),
        PartitionKey::Field(field) => json!({ "path": field.text }),
    }
}

fn http(source: &HttpSource) -> Value {
    let mut http = Map::new();
    http.insert("url".into(), json!(source.url.value));
    http.insert("records".into(), json!(source.records.value.text));
    if let Some(refresh) = &source.refresh {
        http.insert("refresh_seconds".into(), json!(refresh.value));
    }
    if !source.headers.is_empty() {
        let headers: Map<String, Value> =
            source.headers.iter().map(|(name, value, _)| (name.clone(), json!(value))).collect();
        http.insert("headers".into(), Value::Object(headers));
    }
    Value::Object(http)
}

/// A value for each path that a column has; two columns of one path share it.
fn fields(pipeline: &Pipeline) -> Vec<Value> {
    let columns = pipeline.records.iter().flat_map(|records| &records.columns);
    let mut paths = Vec::new();
    let mut fields = Vec::new();
    for (at, column) in columns.enumerate() {
        if !paths.contains(&&column.path) {
            let unit = column.epoch.or(event_unit(pipeline, at));
            paths.push(&column.path);
            fields.push(json!({ "path": column.path.to_string(), "value": value(column, unit) }));
        }
    }
    fields
}

/// What a column of numbers counts since 1970, if it is the event time.
fn event_unit(pipeline: &Pipeline, column: usize) -> Option<EpochUnit> {
    let event_time = pipeline.records.as_ref()?.event_time?;
    event_time.unit.filter(|_| event_time.column == column)
}

/// Bytes of the smallest record that the generator makes of the columns, without padding.
pub fn least_generated_bytes(pipeline: &Pipeline) -> u64 {
    let mut record = json!({});
    for (at, column) in pipeline.records.iter().flat_map(|records| &records.columns).enumerate() {
        let mut place = &mut record;
        for key in column.path.segments() {
            place = &mut place[key.as_str()];
        }
        *place = match column.epoch.or(event_unit(pipeline, at)) {
            Some(unit) => json!(per_second(unit) * SECONDS_SINCE_1970),
            None => least(column.data_type),
        };
    }
    record.to_string().len() as u64
}

/// A number of ten digits, as many as seconds since 1970 have until the year 2286.
const SECONDS_SINCE_1970: u64 = 1_000_000_000;

/// Units of a second.
fn per_second(unit: EpochUnit) -> u64 {
    match unit {
        EpochUnit::Seconds => 1,
        EpochUnit::Milliseconds => 1_000,
        EpochUnit::Microseconds => 1_000_000,
        EpochUnit::Nanoseconds => 1_000_000_000,
    }
}

/// The shortest value that is made up for a type.
fn least(data_type: DataType) -> Value {
    match data_type {
        DataType::Varchar(_) | DataType::Char(_) => json!("x"),
        DataType::Boolean => json!(true),
        DataType::TinyInt | DataType::SmallInt | DataType::Integer | DataType::BigInt => json!(0),
        DataType::Decimal { .. } | DataType::Real | DataType::Double => json!(0),
        DataType::Date => json!("2026-01-01"),
        DataType::Time => json!("00:00:00"),
        DataType::Timestamp => json!("2026-01-01 00:00:00.000"),
    }
}

/// What is made up for a column, which may hold the time as a number.
fn value(column: &Column, unit: Option<EpochUnit>) -> Value {
    if let Some(unit) = unit {
        return json!({ "epoch": { "per_second": per_second(unit) } });
    }
    let data_type = column.data_type;
    let whole = |max: i64| json!({ "integer": { "min": 0, "max": max } });
    match data_type {
        DataType::Varchar(length) => {
            json!({ "text": { "max_length": length.unwrap_or(TEXT_CHARS_MAX).min(TEXT_CHARS_MAX) } })
        }
        DataType::Char(length) => json!({ "text": { "max_length": length.min(TEXT_CHARS_MAX) } }),
        DataType::Boolean => json!({ "boolean": {} }),
        DataType::TinyInt | DataType::SmallInt | DataType::Integer => whole(SMALL_MAX),
        DataType::BigInt => whole(LARGE_MAX),
        DataType::Decimal { precision, scale } => {
            json!({ "decimal": { "precision": precision, "scale": scale } })
        }
        DataType::Real | DataType::Double => json!({ "number": {} }),
        DataType::Date => json!({ "date": {} }),
        DataType::Time => json!({ "time": {} }),
        DataType::Timestamp => json!({ "timestamp": {} }),
    }
}
