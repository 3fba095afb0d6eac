//! The producer's configuration, from the pipeline.

use std::path::PathBuf;

use pipec_path::{Path, Step};
use pipec_producer_config::{
    Config, Delivery, Field, FileSource, GeneratorSource, HttpSource, LogTarget, PartitionKey, Source,
    Target, Value as Generated,
};
use serde_json::{Value, json};

use crate::pipeline::{self, Pipeline, Producer};
use crate::sql::{self, Column, DataType, EpochUnit};

/// Where the instances keep a file of records.
pub const RECORDS_FILE: &str = "/opt/pipec/records.jsonl";
/// Longest text that is generated, characters: a word, whatever the column holds.
const TEXT_CHARS_MAX: u32 = 32;
/// Range of whole numbers that are generated: ages, percentages and quantities lie in it.
const SMALL_MAX: i64 = 100;
/// Range of large whole numbers, which are identifiers mostly.
const LARGE_MAX: i64 = 1_000_000_000;

/// The configuration of each of so many instances, with the texts of the user as they are and `${..}` for what only the
/// stack knows. `None` where a path cannot be read, which has been reported.
pub fn config(pipeline: &Pipeline, producer: &Producer, instances: u64) -> Option<Config> {
    Some(Config {
        target: target(pipeline, producer)?,
        region: "${AWS::Region}".into(),
        records_per_second: producer.records_per_second.value / instances as f64,
        max_record_size: bytes(pipeline.record_bytes_max()),
        log: Some(LogTarget { group: "${ProducerLogs}".into(), stream: None }),
        source: match &producer.source {
            pipeline::ProducerSource::Http(source) => Source::Http(http(source)?),
            pipeline::ProducerSource::File(source) => {
                Source::File(FileSource { path: PathBuf::from(RECORDS_FILE), repeat: source.repeat })
            }
            pipeline::ProducerSource::Generator(source) => Source::Generator(GeneratorSource {
                seed: source.seed,
                record_size: bytes(pipeline.intake.record_size.value),
                fields: fields(pipeline)?,
            }),
        },
    })
}

/// Firehose's endpoint in the stack's region, for `Fn::Sub`.
const FIREHOSE_ENDPOINT: &str = "https://firehose.${AWS::Region}.${AWS::URLSuffix}";

/// The stream, else the first delivery, for `Fn::Sub`.
fn target(pipeline: &Pipeline, producer: &Producer) -> Option<Target> {
    let Some(stream) = &pipeline.stream else {
        let name = format!("${{{}}}", pipeline.deliveries.first()?.stream_id());
        return Some(Target::Delivery(Delivery { name, endpoint: FIREHOSE_ENDPOINT.into() }));
    };
    let name = stream.existing.as_ref().map_or_else(|| "${Stream}".into(), |existing| existing.name.clone());
    let partition_key = match &producer.partition_key.value {
        pipeline::PartitionKey::Random => PartitionKey::Random {},
        pipeline::PartitionKey::Field(field) => PartitionKey::Path(field.path.clone().ok()?),
    };
    Some(Target::Stream { name, partition_key })
}

fn bytes(size: u64) -> usize {
    usize::try_from(size).unwrap_or(usize::MAX)
}

fn http(source: &pipeline::HttpSource) -> Option<HttpSource> {
    Some(HttpSource {
        url: source.url.value.clone(),
        records: source.records.value.path.clone().ok()?,
        refresh_seconds: source.refresh.as_ref().map(|refresh| refresh.value),
        headers: source.headers.iter().map(|(name, value, _)| (name.clone(), value.clone())).collect(),
    })
}

/// A value for each path that a column has; two columns of one path share it. `None` where a path leads into an array.
fn fields(pipeline: &Pipeline) -> Option<Vec<Field>> {
    let columns = pipeline.records.iter().flat_map(|records| &records.columns);
    let mut paths = Vec::new();
    let mut fields = Vec::new();
    for (at, column) in columns.enumerate() {
        if !paths.contains(&&column.path) {
            let unit = column.epoch.or(event_unit(pipeline, at));
            paths.push(&column.path);
            fields.push(Field { path: path(&column.path)?, value: value(column, unit) });
        }
    }
    Some(fields)
}

fn path(path: &sql::Path) -> Option<Path> {
    let keys = path.elements().is_none().then(|| path.segments())?;
    Some(Path::new(keys.iter().cloned().map(Step::Key).collect()))
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

/// What is generated for a column, which may hold the time as a number.
fn value(column: &Column, unit: Option<EpochUnit>) -> Generated {
    if let Some(unit) = unit {
        return Generated::Epoch { per_second: per_second(unit) };
    }
    let text = |length: u32| Generated::Text { max_length: length.min(TEXT_CHARS_MAX) as usize };
    let whole = |max| Generated::Integer { min: 0, max };
    match column.data_type {
        DataType::Varchar(length) => text(length.unwrap_or(TEXT_CHARS_MAX)),
        DataType::Char(length) => text(length),
        DataType::Boolean => Generated::Boolean {},
        DataType::TinyInt | DataType::SmallInt | DataType::Integer => whole(SMALL_MAX),
        DataType::BigInt => whole(LARGE_MAX),
        DataType::Decimal { precision, scale } => {
            Generated::Decimal { precision: precision.into(), scale: scale.into() }
        }
        DataType::Real | DataType::Double => Generated::Number {},
        DataType::Date => Generated::Date {},
        DataType::Time => Generated::Time {},
        DataType::Timestamp => Generated::Timestamp {},
    }
}
