//! The lines of a bill: what of each part is billed, and how much of it a month.

use std::borrow::Cow;

use super::{Cost, CostLine, LeftOut, total};
use crate::amount::amount;
use crate::aws::instance_types::Architecture;
use crate::aws::limits::billing::{self, HOURS_PER_MONTH, SECONDS_PER_MONTH};
use crate::aws::limits::{GIB, MIB, firehose, flink, kinesis, lambda};
use crate::aws::offers;
use crate::aws::prices::{self, INSTANCE_HOUR, Item, Price};
use crate::graph::NodeKind;
use crate::plan::{
    AlarmsPlan, AnalyticsPlan, Carries, ConsumerPlan, DashboardPlan, DeliveryPlan, DestinationPlan, Plan,
    ProducerPlan, Reads, StreamPlan, TransformPlan, alarms, dashboard,
};
use crate::price_list::Prices;

/// Milliseconds of one whole vCPU that the transform takes for a MiB of records. Assumed: appending alone took
/// `runtime/transform` 0.4 ms (records of 2 KB) to 2.8 ms (of 100 B) on an x86_64 machine in 2026-11; the rest is
/// room for Lambda's own handling of a request and its answer.
const ASSUMED_TRANSFORM_MS_PER_MIB: f64 = 20.0;
/// Milliseconds that an invocation takes whatever it carries. Assumed, for the runtime interface.
const ASSUMED_INVOCATION_MS: f64 = 5.0;

/// What `runtime/producer` publishes, once for all instances.
const PRODUCER_METRICS: &[&str] = &["RecordsSent", "RecordsRetried", "RecordsFailed", "BytesSent"];
/// What `runtime/transform` publishes.
const TRANSFORM_METRICS: &[&str] = &["Records", "ProcessingFailed"];
/// The same of a program that can drop records.
const QUERY_METRICS: &[&str] = &["Records", "Dropped", "ProcessingFailed", "InvalidValues"];

/// The records that Firehose takes in.
#[derive(Clone, Copy)]
pub(in crate::plan) struct Delivered {
    /// How many per second, on average.
    pub per_second: f64,
    /// Bytes of one.
    pub bytes: u64,
    /// What they are: records of the stream, or rows of the query.
    word: &'static str,
}

impl Delivered {
    pub(super) fn of(plan: &Plan, delivery: &DeliveryPlan) -> Self {
        let bytes = delivery.record_bytes;
        let average = |stream: Option<&StreamPlan>| stream.map_or(0.0, |stream| stream.load.average);
        match &delivery.reads {
            Reads::Rows(stream) => Self { per_second: average(plan.stream_of(stream)), bytes, word: "rows" },
            Reads::Stream => Self { per_second: average(plan.stream.as_ref()), bytes, word: "records" },
            Reads::Direct(per_second) => Self { per_second: *per_second, bytes, word: "records" },
        }
    }

    fn bytes_per_second(self) -> f64 {
        self.per_second * self.bytes as f64
    }

    /// Batches a second of a buffer that is passed on when it is full or its time is over: never more than one a
    /// record, and without a time never more than Firehose reads.
    pub fn batches_per_second(self, buffer_bytes: f64, interval: u64) -> f64 {
        let full = self.bytes_per_second() / buffer_bytes;
        let timed = 1.0 / interval.max(kinesis::FIREHOSE_GET_RECORDS_PER_S) as f64;
        full.max(timed).min(self.per_second)
    }
}

/// Lines as they are written.
pub(in crate::plan) struct Bill<'a> {
    region: &'a str,
    prices: Prices<'a>,
    /// The part of the pipeline whose lines follow.
    part: Option<NodeKind>,
    pub(super) lines: Vec<CostLine>,
    /// Months of the prices used.
    months: Vec<Cow<'static, str>>,
}

impl<'a> Bill<'a> {
    /// A bill without lines.
    pub(super) fn new(region: &'a str, prices: Prices<'a>) -> Self {
        Self { region, prices, part: None, lines: Vec::new(), months: Vec::new() }
    }

    /// The lines of a part follow.
    pub fn of(&mut self, part: NodeKind) -> &mut Self {
        self.part = Some(part);
        self
    }

    /// What watches the pipeline follows.
    pub(super) fn watching(&mut self) -> &mut Self {
        self.part = None;
        self
    }

    /// Adds a line; its unit and its price are those of the item.
    pub fn add(
        &mut self,
        spec: impl Into<Cow<'static, str>>,
        name: impl Into<String>,
        item: Item,
        quantity: f64,
        note: String,
    ) {
        let price = self.prices.price(item, self.region);
        let offer = offers::listing(item).map(|listed| listed.offer);
        self.priced(spec, name.into(), price, (prices::unit(item), offer), quantity, note);
    }

    fn priced(
        &mut self,
        spec: impl Into<Cow<'static, str>>,
        item: String,
        price: Option<Price>,
        (unit, offer): (&'static str, Option<&'static str>),
        quantity: f64,
        mut note: String,
    ) {
        if let Some(price) = &price {
            self.months.push(price.as_of.clone());
            if price.tiers.first().is_some_and(|first| quantity > first.up_to) {
                note.push_str("; the price falls in steps");
            }
        }
        self.lines.push(CostLine {
            item,
            part: self.part,
            spec: spec.into(),
            quantity: rounded(quantity, 1e6),
            unit,
            // Ten decimals hold every list price; more would be noise of binary fractions.
            unit_price: price.as_ref().map(|price| rounded(price.usd, 1e10)),
            monthly_usd: price.as_ref().map(|price| rounded(price.cost(quantity), 100.0)),
            offer,
            note,
            sure: price.is_some_and(|price| price.sure),
        });
    }

    /// Marks the last line as one whose quantity is assumed.
    pub fn unsure(&mut self) {
        if let Some(line) = self.lines.last_mut() {
            line.sure = false;
        }
    }

    pub(super) fn close(mut self, basis: &'static str, left_out: Vec<LeftOut>) -> Cost {
        self.months.sort_unstable();
        let prices_as_of = match (self.months.first(), self.months.last()) {
            (Some(first), Some(last)) if first == last => Some(first.to_string()),
            (Some(first), Some(last)) => Some(format!("{first} to {last}")),
            _ => None,
        };
        Cost {
            monthly_usd: total(&self.lines),
            complete: self.lines.iter().all(|line| line.monthly_usd.is_some()),
            region: self.region.to_owned(),
            prices_as_of,
            basis,
            lines: self.lines,
            left_out,
        }
    }

    pub(super) fn producer(&mut self, producer: &ProducerPlan) {
        let (count, spec) = (producer.count, "/producer");
        let hours = hours(count);
        let each = format!("{count} x {HOURS_PER_MONTH} h");
        let name = producer.instance_type;
        let price = self.prices.ec2_hour(name, self.region);
        let unit = (INSTANCE_HOUR, Some(offers::EC2));
        self.priced(spec, format!("EC2: {name}"), price, unit, hours, each.clone());
        let volumes = count as f64 * producer.volume_gib as f64;
        self.add(
            spec,
            "EC2: gp3 volumes",
            Item::EbsGp3GbMonth,
            volumes,
            format!("{count} x {} GiB", producer.volume_gib),
        );
        if producer.network.public_address {
            self.add(spec, "EC2: public IPv4", Item::PublicIpv4Hour, hours, each);
        }
        self.metrics(spec, PRODUCER_METRICS);
    }

    fn metrics(&mut self, spec: &str, names: &[&str]) {
        let (item, quantity) = (Item::CustomMetricMonth, names.len() as f64);
        self.add(spec.to_owned(), "CloudWatch: metrics", item, quantity, names.join(", "));
    }

    pub(super) fn stream(&mut self, stream: &StreamPlan) {
        let (load, spec, id) = (&stream.load, &stream.spec, &stream.logical_id);
        let records = load.average * SECONDS_PER_MONTH as f64;
        let (one, most) = match stream.carries {
            Carries::Rows if stream.rows_counted => ("row", ""),
            Carries::Rows => ("record", ", if each becomes a row"),
            Carries::Records => ("record", ""),
        };
        let bytes = load.record_bytes;
        match stream.shards {
            Some(shards) => {
                let note = format!("{shards} x {HOURS_PER_MONTH} h");
                self.add(spec.clone(), format!("{id}: shards"), Item::KinesisShardHour, hours(shards), note);
                let units = billing::put_payload_units(bytes);
                let note = format!("{units} per {one} of {} B{most}", amount(bytes as f64));
                self.add(
                    spec.clone(),
                    format!("{id}: PUT payload units"),
                    Item::KinesisPutUnitsMillion,
                    records * units as f64 / 1e6,
                    note,
                );
            }
            None => {
                let note = format!("{HOURS_PER_MONTH} h");
                self.add(
                    spec.clone(),
                    format!("{id}: on demand"),
                    Item::KinesisOnDemandStreamHour,
                    hours(1),
                    note,
                );
                let billed = billing::rounded_up(bytes, billing::ON_DEMAND_RECORD_BYTES);
                let consumers = match load.consumers {
                    1 => "1 consumer".to_owned(),
                    several => format!("{several} consumers"),
                };
                self.add(
                    spec.clone(),
                    format!("{id}: data in"),
                    Item::KinesisOnDemandInGb,
                    gigabytes(records * billed as f64),
                    format!("{} B billed as {} B{most}", amount(bytes as f64), amount(billed as f64)),
                );
                self.add(
                    spec.clone(),
                    format!("{id}: data out"),
                    Item::KinesisOnDemandOutGb,
                    gigabytes(records * bytes as f64 * load.consumers as f64),
                    format!("{} B x {consumers} of the stack{most}", amount(bytes as f64)),
                );
            }
        }
        self.retention(stream);
    }

    /// What is kept over a day, and over a week, costs extra.
    fn retention(&mut self, stream: &StreamPlan) {
        let (spec, id, time) = (&stream.spec, &stream.logical_id, stream.retention_hours);
        let (day, week) = (kinesis::RETENTION_HOURS_DEFAULT, kinesis::RETENTION_HOURS_EXTENDED_MAX);
        let per_hour = stream.load.average * stream.load.record_bytes as f64 * 3_600.0;
        if time <= day {
            return;
        }
        let name = format!("{id}: retention over {day} h");
        match stream.shards {
            Some(shards) => self.add(
                spec.clone(),
                name,
                Item::KinesisExtendedRetentionShardHour,
                hours(shards),
                format!("{shards} x {HOURS_PER_MONTH} h"),
            ),
            None => {
                let kept = time.min(week) - day;
                self.add(
                    spec.clone(),
                    name,
                    Item::KinesisOnDemandExtendedRetentionGbMonth,
                    gigabytes(per_hour * kept as f64),
                    format!("the data of {kept} h"),
                );
            }
        }
        if time > week {
            let kept = time - week;
            self.add(
                spec.clone(),
                format!("{id}: retention over 7 d"),
                Item::KinesisLongTermRetentionGbMonth,
                gigabytes(per_hour * kept as f64),
                format!("the data of {kept} h, once that much has accumulated"),
            );
        }
    }

    /// Enhanced fan-out of a registered consumer.
    pub(super) fn fan_out(&mut self, consumer: &ConsumerPlan, stream: &StreamPlan) {
        let (load, spec, name) = (&stream.load, &consumer.spec, &consumer.name);
        let read = gigabytes(load.average * load.record_bytes as f64 * SECONDS_PER_MONTH as f64);
        let item = match stream.shards {
            Some(shards) => {
                self.add(
                    spec.clone(),
                    format!("{name}: fan-out per shard"),
                    Item::KinesisEfoConsumerShardHour,
                    hours(shards),
                    format!("{shards} x {HOURS_PER_MONTH} h"),
                );
                Item::KinesisEfoGb
            }
            None => Item::KinesisOnDemandEfoGb,
        };
        let note = format!("{} B per record", amount(load.record_bytes as f64));
        self.add(spec.clone(), format!("{name}: fan-out data"), item, read, note);
    }

    pub(super) fn analytics(&mut self, analytics: &AnalyticsPlan) {
        let spec = "/analytics";
        let own = analytics.billed_kpus.saturating_sub(flink::KPU_ORCHESTRATION);
        let more = if analytics.auto_scaling { "; more while auto scaling adds KPUs" } else { "" };
        self.add(
            spec,
            "Flink: KPUs",
            Item::FlinkKpuHour,
            hours(analytics.billed_kpus),
            format!(
                "({own} + {} for orchestration) x {HOURS_PER_MONTH} h{more}; a start is billed for {} minutes at least",
                flink::KPU_ORCHESTRATION,
                flink::START_BILLED_S_MIN / 60
            ),
        );
        let per_kpu = flink::KPU_STORAGE_BYTES as f64 / GIB as f64;
        self.add(
            spec,
            "Flink: running storage",
            Item::FlinkRunningStorageGbMonth,
            own as f64 * per_kpu,
            format!("{own} x {per_kpu} GB"),
        );
    }

    pub(super) fn transform(&mut self, transform: &TransformPlan, delivered: Delivered) {
        let spec = &transform.settings;
        let mib: f64 = transform.buffer_size.parse().unwrap_or(firehose::LAMBDA_BUFFER_MIB_DEFAULT);
        let calls = delivered.batches_per_second(mib * MIB as f64, transform.buffer_interval);
        let calls_a_month = calls * SECONDS_PER_MONTH as f64;
        let size = &transform.buffer_size;
        self.add(
            spec.clone(),
            "Lambda: requests",
            Item::LambdaRequestsMillion,
            calls_a_month / 1e6,
            format!("{size} MiB or {} s per call", transform.buffer_interval),
        );
        let share = (transform.memory as f64 / lambda::MEMORY_MIB_PER_VCPU as f64).min(1.0);
        let carried = if calls > 0.0 { delivered.bytes_per_second() / calls / MIB as f64 } else { 0.0 };
        let ms = ASSUMED_INVOCATION_MS + carried * ASSUMED_TRANSFORM_MS_PER_MIB / share;
        let item = if transform.architecture == Architecture::Arm64.name() {
            Item::LambdaGbSecondArm
        } else {
            Item::LambdaGbSecondX86
        };
        let gb = transform.memory as f64 * MIB as f64 / GIB as f64;
        self.add(
            spec.clone(),
            "Lambda: duration",
            item,
            calls_a_month * ms / 1e3 * gb,
            format!(
                "{} ms per call x {} MiB; assumed {ASSUMED_INVOCATION_MS} ms + \
                 {ASSUMED_TRANSFORM_MS_PER_MIB} ms of a vCPU per MiB",
                amount(ms.round()),
                transform.memory
            ),
        );
        self.unsure();
        self.metrics(spec, if transform.runs_query { QUERY_METRICS } else { TRANSFORM_METRICS });
    }

    /// An alarm is billed by the metrics that it reads. CloudWatch's pricing page, 2026-11: the first 10 alarm metrics of
    /// an account are free, which other stacks may have used up.
    pub(super) fn alarms(&mut self, alarms: &AlarmsPlan) {
        let (count, metrics) = (alarms.alarms.len(), alarms.metrics());
        self.add(
            alarms::SPEC,
            "CloudWatch: alarms",
            Item::AlarmMonth,
            metrics as f64,
            format!("{count} alarms on {metrics} metrics; the account's first 10 are free"),
        );
    }

    /// CloudWatch's pricing page, 2026-11: the first three dashboards of an account are free, with up to 50 metrics each.
    pub(super) fn dashboard(&mut self, dashboard: &DashboardPlan) {
        let note = format!("{} metrics; the account's first 3 with up to 50 are free", dashboard.metrics);
        self.add(dashboard::SPEC, "CloudWatch: dashboard", Item::DashboardMonth, 1.0, note);
    }

    pub(super) fn delivery(&mut self, delivery: &DeliveryPlan, delivered: Delivered) {
        let Delivered { per_second, bytes, word } = delivered;
        let (item, billed) = match (&delivery.destination, &delivery.direct) {
            (DestinationPlan::Iceberg(_), None) => (Item::FirehoseIcebergGb, bytes),
            (DestinationPlan::Iceberg(_), Some(_)) => (Item::FirehoseIcebergDirectGb, bytes),
            (DestinationPlan::Snowflake(_), _) => (Item::FirehoseSnowflakeGb, bytes),
            _ => (Item::FirehoseIngestGb, billing::rounded_up(bytes, billing::FIREHOSE_RECORD_BYTES)),
        };
        self.add(
            delivery.spec.clone(),
            "Firehose: data in",
            item,
            gigabytes(per_second * SECONDS_PER_MONTH as f64 * billed as f64),
            format!("{word} of {} B billed as {} B", amount(bytes as f64), amount(billed as f64)),
        );
    }
}

/// The hours of a month that so many of a kind run.
fn hours(count: u64) -> f64 {
    count as f64 * HOURS_PER_MONTH as f64
}

/// Bytes as the gigabytes of the bill.
pub(in crate::plan) fn gigabytes(bytes: f64) -> f64 {
    bytes / GIB as f64
}

fn rounded(value: f64, scale: f64) -> f64 {
    (value * scale).round() / scale
}
