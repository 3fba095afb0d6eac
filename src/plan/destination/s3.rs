//! S3: objects, their format, their partitions, and the table over them.

use serde::Serialize;

use super::super::alarms::{Compare, MINUTE, Rule, Span};
use super::super::cost::{Bill, Delivered, gigabytes};
use super::super::dashboard::{Series, series};
use super::super::table::{self, TablePlan};
use super::super::value::Value;
use super::super::{DeliveryPlan, Plan, S3LocationPlan};
use super::Shown;
use crate::aws::limits::MIB;
use crate::aws::limits::billing::{self, SECONDS_PER_MONTH};
use crate::aws::metrics::{FIREHOSE, MetricName};
use crate::aws::prices::Item;
use crate::check::Checked;
use crate::graph::NodeKind;
use crate::pipeline::{Delivery, KeysFrom, Purpose, S3};
use crate::spec::{AlarmKey, Compression, ObjectFormat};
use crate::table::active_partitions::active_partitions;
use crate::table::fields::fields;
use crate::table::partition_keys;

pub(super) const DATA_TRANSFER: &str =
    "none between these services in a region; readers of the bucket are outside this stack";

/// Records that could not be converted.
const CONVERSION_FAILURES: MetricName = FIREHOSE.metric("FailedConversion.Records");
/// Partitions that Firehose fills at the time.
const PARTITIONS: MetricName = FIREHOSE.metric("PartitionCount");
/// 1 while more partitions would be filled than Firehose allows.
const PARTITIONS_EXCEEDED: MetricName = FIREHOSE.metric("PartitionCountExceeded");
/// Seconds that Firehose repeats the delivery to a partition. Its default; Firehose guide, "Dynamic partitioning", 2026-11.
const PARTITION_RETRY_S: u64 = 300;

/// What the template needs of a delivery to S3, besides its places.
#[derive(Clone, Debug, Serialize)]
pub struct S3Plan {
    /// The conversion to Parquet or ORC.
    pub conversion: Option<ConversionPlan>,
    /// Dynamic partitioning.
    pub partitioning: Option<PartitioningPlan>,
    /// The table over the objects, if the stack creates it.
    pub table: Option<TablePlan>,
    /// The permissions of Lake Formation on the table.
    pub lake_formation: Option<LakeFormationPlan>,
}

/// A conversion to Parquet or ORC.
#[derive(Clone, Debug, Serialize)]
pub struct ConversionPlan {
    /// Place of the table in the spec, a JSON pointer.
    #[serde(skip)]
    pub table_spec: String,
    /// Name of the database.
    pub database: Value,
    /// Name of the table.
    pub table: Value,
    /// The format in a sentence.
    #[serde(skip)]
    pub words: &'static str,
    /// Firehose's name for what writes the format.
    pub serializer: &'static str,
    /// Its word for the compression.
    pub compression: &'static str,
    /// Columns whose keys in the JSON have other letters.
    pub mappings: Vec<(String, String)>,
}

/// Dynamic partitioning.
#[derive(Clone, Debug, Serialize)]
pub struct PartitioningPlan {
    /// Its keys.
    #[serde(skip)]
    pub keys: Vec<String>,
    /// The expression that finds the keys, if Firehose does; else the transform returns them.
    pub jq: Option<String>,
    /// The engine that runs it.
    pub engine: &'static str,
    /// Seconds that Firehose repeats the delivery to a partition.
    pub retry: u64,
    /// Partitions that are filled within a buffer interval, as far as they are known.
    #[serde(skip)]
    pub active: u64,
}

/// Permissions of Lake Formation.
#[derive(Clone, Debug, Serialize)]
pub struct LakeFormationPlan {
    /// Logical id.
    pub logical_id: String,
    /// Place of the table in the spec, a JSON pointer.
    pub spec: String,
    /// Name of the database.
    pub database: Value,
    /// Name of the table.
    pub table: Value,
}

/// Plans a delivery to S3.
pub(super) fn plan(checked: &Checked, delivery: &Delivery, s3: &S3) -> S3Plan {
    let pipeline = checked.pipeline();
    let fields = fields(pipeline, checked.query(), delivery).ok();
    let table = table::plan(checked, delivery, s3);
    let mappings = table.as_ref().map(|table| table.mappings.clone()).unwrap_or_default();
    let names = s3.table.as_ref().map(|of| (of, table::references(of)));
    S3Plan {
        conversion: names.as_ref().filter(|_| s3.format.value.is_columnar()).map(
            |(of, (database, table))| ConversionPlan {
                table_spec: of.spec.clone(),
                database: database.clone(),
                table: table.clone(),
                words: s3.format.value.words(),
                serializer: if s3.format.value == ObjectFormat::Orc { "OrcSerDe" } else { "ParquetSerDe" },
                compression: column_compression(s3.format.value, s3.compression.value),
                mappings: mappings.clone(),
            },
        ),
        partitioning: (!s3.partitions.is_empty()).then(|| PartitioningPlan {
            keys: s3.partitions.iter().map(|partition| partition.key.clone()).collect(),
            active: fields.as_ref().map_or(1, |fields| active_partitions(pipeline, delivery, s3, fields).0),
            jq: fields
                .filter(|_| s3.keys_from == KeysFrom::Firehose)
                .and_then(|fields| partition_keys::jq(&s3.partitions, &fields)),
            engine: partition_keys::JQ_ENGINE,
            retry: PARTITION_RETRY_S,
        }),
        table,
        lake_formation: names.and_then(|(of, (database, table))| {
            let logical_id = table::permissions_id(of)?;
            Some(LakeFormationPlan { logical_id, spec: of.spec.clone(), database, table })
        }),
    }
}

/// Firehose's word for the compression within a format. API ParquetSerDe, OrcSerDe, 2026-11.
fn column_compression(format: ObjectFormat, compression: Compression) -> &'static str {
    match (format, compression) {
        (ObjectFormat::Orc, Compression::Gzip) => "ZLIB",
        (ObjectFormat::Orc, Compression::None) => "NONE",
        (_, Compression::Gzip) => "GZIP",
        (_, Compression::None) => "UNCOMPRESSED",
        _ => "SNAPPY",
    }
}

/// The place of the objects.
fn location(delivery: &DeliveryPlan) -> Option<&S3LocationPlan> {
    delivery.location(Purpose::Destination)
}

/// What Firehose does with the records, which it bills itself, and the objects of a month.
pub(super) fn cost(
    bill: &mut Bill,
    plan: &Plan,
    (delivery, s3): (&DeliveryPlan, &S3Plan),
    delivered: Delivered,
) {
    bill.of(NodeKind::Delivery);
    let rounded = billing::rounded_up(delivered.bytes, billing::FIREHOSE_RECORD_BYTES);
    let records = delivered.per_second * SECONDS_PER_MONTH as f64;
    if let (Some(conversion), Some(location)) = (&s3.conversion, location(delivery)) {
        bill.add(
            location.spec.clone(),
            format!("Firehose: conversion to {}", conversion.words),
            Item::FirehoseConversionGb,
            gigabytes(records * rounded as f64),
            format!("{} B per record, rounded up to 5 KB", delivered.bytes),
        );
    }
    let partitions = s3.partitioning.as_ref();
    if let (Some(partitioning), Some(location)) = (partitions, location(delivery)) {
        bill.add(
            location.spec.clone(),
            "Firehose: partitioned data",
            Item::FirehosePartitioningGb,
            gigabytes(records * delivered.bytes as f64),
            "of the delivered volume".into(),
        );
        let objects = partitioned_objects(
            delivered,
            (delivery.buffer_size * MIB, delivery.buffer_interval),
            partitioning.active,
        );
        bill.add(
            location.spec.clone(),
            "Firehose: partitioned objects",
            Item::FirehosePartitioningObjectsThousand,
            objects * SECONDS_PER_MONTH as f64 / 1e3,
            match partitioning.active {
                1 => "one partition per buffer; each further one is another object".into(),
                active => format!("up to {active} partitions per buffer, each with an object"),
            },
        );
        bill.unsure();
        if partitioning.jq.is_some() {
            // AWS gives no figure of records per hour.
            bill.add(
                location.spec.clone(),
                "Firehose: jq",
                Item::FirehosePartitioningJqHour,
                records * JQ_SECONDS_PER_RECORD / 3_600.0,
                format!("assumed: {} us per record", JQ_SECONDS_PER_RECORD * 1e6),
            );
            bill.unsure();
        }
    }
    bill.of(NodeKind::Destination);
    for location in delivery.locations.values() {
        let of_records = location.purpose == Purpose::Destination;
        let partitions = partitions.filter(|_| of_records).map(|partitioning| partitioning.active);
        stored(bill, plan, location, delivered, (of_records && s3.conversion.is_some(), partitions));
    }
}

/// Objects per second of a buffer (bytes and seconds) for each of some partitions: never more than one per record.
fn partitioned_objects(delivered: Delivered, (bytes, interval): (u64, u64), partitions: u64) -> f64 {
    let one = delivered.batches_per_second(bytes as f64, interval);
    let each = partitions as f64 / interval.max(1) as f64;
    if partitions > 1 { one.max(each).min(delivered.per_second) } else { one }
}

/// The objects of a month in a place: with dynamic partitioning, of so many partitions, which is an estimate.
pub(super) fn stored(
    bill: &mut Bill,
    plan: &Plan,
    location: &S3LocationPlan,
    delivered: Delivered,
    (is_converted, partitions): (bool, Option<u64>),
) {
    let is_compressed = is_converted || location.compression != "UNCOMPRESSED";
    let (size, interval) = (location.buffer_size, location.buffer_interval);
    let what = match location.purpose {
        Purpose::Destination => "",
        Purpose::Staging => " for loading",
        Purpose::Backup => " of the backup",
    };
    let own = plan.buckets.iter().find(|bucket| Some(&bucket.logical_id) == location.logical_id.as_ref());
    let until = own.and_then(|bucket| bucket.expire_days).map(|days| format!(", for {days} d"));
    let form = if is_compressed { "before compression" } else { "uncompressed" };
    let objects = partitioned_objects(delivered, (size * MIB, interval), partitions.unwrap_or(1));
    bill.add(
        location.spec.clone(),
        format!("S3: objects written{what}"),
        Item::S3PutThousand,
        objects * SECONDS_PER_MONTH as f64 / 1e3,
        format!("{size} MiB or {interval} s per object"),
    );
    if partitions.is_some() {
        bill.unsure();
    }
    bill.add(
        location.spec.clone(),
        format!("S3: objects of a month{what}"),
        Item::S3StorageGbMonth,
        gigabytes(delivered.per_second * SECONDS_PER_MONTH as f64 * delivered.bytes as f64),
        format!("{form}; each month adds the same amount{}", until.unwrap_or_default()),
    );
    if is_compressed {
        bill.unsure();
    }
}

/// Seconds that jq takes for a record. Assumed: AWS publishes no figure.
const JQ_SECONDS_PER_RECORD: f64 = 20e-6;

impl S3Plan {
    /// The destination as it is reported.
    pub(super) fn shown(&self, delivery: &DeliveryPlan) -> Shown {
        let Some(location) = location(delivery) else {
            return Shown {
                line: String::new(),
                facts: Vec::new(),
                notes: Vec::new(),
                other_side: Vec::new(),
            };
        };
        let form = match &self.conversion {
            Some(conversion) => format!("{}, {}", conversion.words, conversion.compression),
            None => location.compression.to_owned(),
        };
        let mut facts = vec![
            ("bucket", location.bucket_name.shown()),
            ("prefix", location.prefix.clone()),
            ("error_prefix", location.error_prefix.clone()),
            ("compression", location.compression.to_owned()),
        ];
        let mut notes = Vec::new();
        if let Some(conversion) = &self.conversion {
            facts.push(("format", conversion.words.to_owned()));
            facts.push(("format_compression", conversion.compression.to_owned()));
        }
        if let Some(partitioning) = &self.partitioning {
            let keys = partitioning.keys.join(", ");
            let by = match &partitioning.jq {
                Some(jq) => format!("Firehose by jq: {jq}"),
                None => "the transform".into(),
            };
            facts.push(("partition_keys", keys.clone()));
            notes.push(format!("partition keys {keys}, found by {by}"));
        }
        if let Some(table) = &self.table {
            let name = format!("{}.{}", table.database_name, table.name);
            facts.push(("table", name.clone()));
            facts.push(("first_query", table.first_query.clone()));
            notes.push(format!("table {name}; first query in Athena: {}", table.first_query));
        }
        if let Some(backup) = delivery.location(Purpose::Backup) {
            facts.push(("backup", backup.address()));
            notes.push(format!("raw records -> {}, {}", backup.address(), backup.compression));
        }
        Shown { line: format!("{}, {form}", location.address()), facts, notes, other_side: Vec::new() }
    }

    /// What the dashboard shows of conversion and partitions.
    pub(super) fn graphed(&self) -> Vec<Series> {
        let conversion = self.conversion.as_ref();
        let conversion = conversion.map(|_| series(CONVERSION_FAILURES, "Sum", "records not converted"));
        let partitions = self.partitioning.as_ref();
        let partitions = partitions.map(|_| series(PARTITIONS, "Maximum", "partitions filled"));
        conversion.into_iter().chain(partitions).collect()
    }

    /// Alarms on conversion and partitions.
    pub(super) fn alarms(&self, logs: &str) -> Vec<Rule> {
        let conversion = self.conversion.as_ref().map(|conversion| {
            Rule::happened(
                AlarmKey::ConversionFailures,
                CONVERSION_FAILURES,
                format!(
                    "Records do not fit the columns of the table, and are not converted to {}: they are under the error \
                     prefix, with the reason. {logs} shows it as well.",
                    conversion.words
                ),
            )
        });
        let partitions = self.partitioning.as_ref().map(|_| {
            Rule::new(
                AlarmKey::PartitionsExceeded,
                (PARTITIONS_EXCEEDED, "Maximum"),
                Span(MINUTE, 1, 1),
                Compare::AtLeast,
                1.0,
                "The records have more partitions at a time than Firehose fills; those of further partitions are under the \
                 error prefix. Request a higher quota of active partitions, or partition by fewer values."
                    .to_owned(),
            )
        });
        conversion.into_iter().chain(partitions).collect()
    }
}
