//! What a plan costs a month: an estimate with its arithmetic, made of prices that carry their date.
//!
//! The load counts as the average that the spec declares, or as if the peak lasted all month. Every line is rounded to cents and the sum is that of
//! the rounded lines, so people can add them up. An unknown price makes a line without a sum, never one of zero.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::collections::BTreeSet;

use serde::Serialize;

use super::destination;
use super::{
    AlarmsPlan, AnalyticsPlan, Carries, ConsumerPlan, DashboardPlan, DeliveryPlan, Plan, ProducerPlan, Reads,
    StreamPlan, TransformPlan,
};
use crate::aws::instance_types::Architecture;
use crate::aws::limits::billing::{self, HOURS_PER_MONTH, SECONDS_PER_MONTH};
use crate::aws::limits::{GIB, MIB, firehose, flink, kinesis, lambda};
use crate::aws::offers;
use crate::aws::prices::{self, INSTANCE_HOUR, Item, Price};
use crate::graph::NodeKind;
use crate::price_list::Prices;

/// What an estimate supposes.
const BASIS_PEAK: &str = "730 hours per month at the declared peak load, no free tier";
/// The same where the spec declares an average load.
const BASIS_AVERAGE: &str =
    "730 hours per month at the declared average load, capacity for the peak, no free tier";
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

/// What a plan costs a month.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Cost {
    /// US dollars, the sum of all lines with a price.
    pub monthly_usd: f64,
    /// Whether every line has a price.
    pub complete: bool,
    /// The region whose prices count.
    pub region: String,
    /// Month or span of months of the prices; `None` where no price is known.
    pub prices_as_of: Option<String>,
    /// What the estimate supposes.
    pub basis: &'static str,
    /// What is billed, in the order of the data.
    pub lines: Vec<CostLine>,
    /// What is billed as well, and why it is not estimated.
    pub left_out: Vec<LeftOut>,
}

/// One thing that is billed.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CostLine {
    /// What.
    pub item: String,
    /// The part of the pipeline that causes it; `None` of what watches the pipeline.
    #[serde(skip)]
    pub part: Option<NodeKind>,
    /// The service's offer in AWS's price list, where it is listed.
    #[serde(skip)]
    pub offer: Option<&'static str>,
    /// JSON pointer to its place in the spec.
    pub spec: Cow<'static, str>,
    /// How much of it a month.
    pub quantity: f64,
    /// The unit of the quantity.
    pub unit: &'static str,
    /// US dollars a unit, of the first step where the price falls with the quantity; `None` where it is unknown.
    pub unit_price: Option<f64>,
    /// US dollars per month; `None` where the price is unknown.
    pub monthly_usd: Option<f64>,
    /// The arithmetic.
    pub note: String,
    /// Whether a source other than memory supports the price, and no assumption the quantity.
    pub sure: bool,
}

/// Something that is billed and not estimated.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LeftOut {
    /// What.
    pub item: &'static str,
    /// Why.
    pub because: &'static str,
}

impl Cost {
    /// US dollars per month by what is billed; items without a known price are missing.
    pub fn by_item(&self) -> BTreeMap<String, f64> {
        let mut cents: BTreeMap<String, f64> = BTreeMap::new();
        for line in &self.lines {
            if let Some(usd) = line.monthly_usd {
                *cents.entry(line.item.clone()).or_default() += (usd * 100.0).round();
            }
        }
        cents.into_iter().map(|(item, cents)| (item, cents / 100.0)).collect()
    }
}

/// Estimates a plan.
pub fn estimate(plan: &Plan, prices: Prices) -> Cost {
    let mut bill = Bill {
        region: &plan.region,
        prices,
        part: Some(NodeKind::Producer),
        lines: Vec::new(),
        months: Vec::new(),
    };
    if let Some(producer) = &plan.producer {
        bill.producer(producer);
    }
    for source in &plan.sources {
        let bill = bill.of(NodeKind::Source);
        for charge in &source.charges {
            bill.add(source.spec.clone(), charge.name, charge.item, charge.quantity, charge.note.clone());
        }
    }
    if let Some(stream) = plan.stream.as_ref().filter(|stream| !stream.existing) {
        bill.of(NodeKind::Stream).stream(stream);
    }
    for consumer in plan.consumers.iter().filter(|consumer| consumer.registered.is_some()) {
        if let Some(stream) = &plan.stream {
            bill.of(NodeKind::FanOut).fan_out(consumer, stream);
        }
    }
    if let Some(analytics) = &plan.analytics {
        bill.of(NodeKind::Analytics).analytics(analytics);
    }
    if let Some(stream) = &plan.output_stream {
        bill.of(NodeKind::DeliveredStream).stream(stream);
    }
    for output in &plan.outputs {
        bill.of(NodeKind::OutputStream).stream(&output.stream);
    }
    for delivery in &plan.deliveries {
        let delivered = Delivered::of(plan, delivery);
        let first = bill.lines.len();
        if let Some(transform) = &delivery.transform {
            bill.of(NodeKind::Transform).transform(transform, delivery, delivered);
        }
        bill.of(NodeKind::Delivery).delivery(delivery, delivered);
        destination::cost(bill.of(NodeKind::Destination), plan, delivery, delivered);
        if let Some(name) = &delivery.name {
            for line in &mut bill.lines[first..] {
                line.item = format!("{name}: {}", line.item);
            }
        }
    }
    if let Some(alarms) = &plan.alarms {
        bill.watching().alarms(alarms);
    }
    if let Some(dashboard) = &plan.dashboard {
        bill.watching().dashboard(dashboard);
    }
    let basis = if plan.has_average { BASIS_AVERAGE } else { BASIS_PEAK };
    bill.close(basis, left_out(plan))
}

/// The records that Firehose takes in.
#[derive(Clone, Copy)]
pub(super) struct Delivered {
    /// How many per second, on average.
    pub per_second: f64,
    /// Bytes of one.
    pub bytes: u64,
    /// What they are: records of the stream, or rows of the query.
    word: &'static str,
}

impl Delivered {
    fn of(plan: &Plan, delivery: &DeliveryPlan) -> Self {
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
pub(super) struct Bill<'a> {
    region: &'a str,
    prices: Prices<'a>,
    /// The part of the pipeline whose lines follow.
    part: Option<NodeKind>,
    lines: Vec<CostLine>,
    /// Months of the prices used.
    months: Vec<Cow<'static, str>>,
}

impl Bill<'_> {
    fn of(&mut self, part: NodeKind) -> &mut Self {
        self.part = Some(part);
        self
    }

    /// What watches the pipeline follows.
    fn watching(&mut self) -> &mut Self {
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

    fn close(mut self, basis: &'static str, left_out: Vec<LeftOut>) -> Cost {
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

    fn producer(&mut self, producer: &ProducerPlan) {
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

    fn stream(&mut self, stream: &StreamPlan) {
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
    fn fan_out(&mut self, consumer: &ConsumerPlan, stream: &StreamPlan) {
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

    fn analytics(&mut self, analytics: &AnalyticsPlan) {
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

    fn transform(&mut self, transform: &TransformPlan, delivery: &DeliveryPlan, delivered: Delivered) {
        let spec = transform.bill_spec(delivery);
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
        self.metrics(&spec, if transform.runs_query { QUERY_METRICS } else { TRANSFORM_METRICS });
    }

    /// An alarm is billed by the metrics that it reads. CloudWatch's pricing page, 2026-11: the first 10 alarm metrics of
    /// an account are free, which other stacks may have used up.
    fn alarms(&mut self, alarms: &AlarmsPlan) {
        let (count, metrics) = (alarms.alarms.len(), alarms.metrics());
        self.add(
            super::alarms::SPEC,
            "CloudWatch: alarms",
            Item::AlarmMonth,
            metrics as f64,
            format!("{count} alarms on {metrics} metrics; the account's first 10 are free"),
        );
    }

    /// CloudWatch's pricing page, 2026-11: the first three dashboards of an account are free, with up to 50 metrics each.
    fn dashboard(&mut self, dashboard: &DashboardPlan) {
        let note = format!("{} metrics; the account's first 3 with up to 50 are free", dashboard.metrics);
        self.add(super::dashboard::SPEC, "CloudWatch: dashboard", Item::DashboardMonth, 1.0, note);
    }

    fn delivery(&mut self, delivery: &DeliveryPlan, delivered: Delivered) {
        let Delivered { per_second, bytes, word } = delivered;
        let billed = billing::rounded_up(bytes, billing::FIREHOSE_RECORD_BYTES);
        self.add(
            delivery.spec.clone(),
            "Firehose: data in",
            Item::FirehoseIngestGb,
            gigabytes(per_second * SECONDS_PER_MONTH as f64 * billed as f64),
            format!("{word} of {} B billed as {} B", amount(bytes as f64), amount(billed as f64)),
        );
    }
}

/// What is billed as well, and why no line says how much.
fn left_out(plan: &Plan) -> Vec<LeftOut> {
    let mut left_out =
        vec![LeftOut { item: "CloudWatch Logs", because: "the volume depends on faults and connections" }];
    let mut leave = |when: bool, item, because| {
        if when {
            left_out.push(LeftOut { item, because });
        }
    };
    let stream_key = plan.stream.as_ref().map(|stream| stream.key.starts_with("arn:"));
    let of_delivery = |delivery: &DeliveryPlan| {
        let held = delivery.direct.as_ref().is_some_and(|direct| direct.key.is_some());
        held || delivery.locations.values().any(|at| at.key.is_some())
    };
    let own_key = stream_key == Some(true) || plan.deliveries.iter().any(of_delivery);
    leave(
        own_key,
        "KMS",
        "the number of calls depends on how long services cache data keys; the key itself does not belong to the stack",
    );
    let managed_key = stream_key == Some(false);
    leave(
        managed_key,
        "KMS: calls on aws/kinesis",
        "the key is free and calls on it are not; their number depends on the producers, consumers and shards",
    );
    let credits = plan.producer.as_ref().is_some_and(|producer| producer.burstable);
    leave(
        credits,
        "EC2: surplus CPU credits",
        "a burstable instance is billed for CPU above its baseline over 24 hours; the producer stays below it",
    );
    let snapshots = plan.analytics.as_ref().is_some_and(|analytics| analytics.snapshots);
    leave(snapshots, "Flink snapshots", "their size depends on the query's state");
    leave(plan.analytics.is_some(), "the starter's Lambda", "it runs only when the stack changes");
    leave(plan.error_delivery.is_some(), "Firehose: error records", "the number of error records is unknown");
    leave(
        plan.producer.is_some(),
        "Systems Manager",
        "sessions are opened by people and do not depend on the load",
    );
    let topic = plan.alarms.as_ref().is_some_and(|alarms| alarms.topic.is_some());
    leave(
        topic,
        "SNS",
        "the number of messages depends on faults; the first 1,000 e-mails per month are free",
    );
    let network = plan.producer.as_ref().is_some_and(|producer| producer.network.vpc.is_some());
    leave(network, "NAT gateways and endpoints", "the network does not belong to the stack");
    for because in plan.deliveries.iter().map(destination::data_transfer).collect::<BTreeSet<_>>() {
        leave(true, "data transfer", because);
    }
    let own = plan.deliveries.iter().any(|delivery| delivery.own_transform.is_some());
    leave(
        own,
        "Lambda: your transform",
        "it does not belong to the stack; the memory and the duration of its calls are not known",
    );
    let existing = plan.stream.as_ref().is_some_and(|stream| stream.existing);
    leave(existing, "the existing stream", "it does not belong to the stack");
    let called = plan.consumers.iter().any(|consumer| consumer.function.is_some());
    leave(called, "the functions of consumers", "they do not belong to the stack");
    left_out
}

/// The sum of the lines with a price: in whole cents, so that no order of adding shows.
pub(super) fn total<'a>(lines: impl IntoIterator<Item = &'a CostLine>) -> f64 {
    let cents: f64 =
        lines.into_iter().filter_map(|line| line.monthly_usd).map(|usd| (usd * 100.0).round()).sum();
    cents / 100.0
}

/// The hours of a month that so many of a kind run.
fn hours(count: u64) -> f64 {
    count as f64 * HOURS_PER_MONTH as f64
}

/// Bytes as the gigabytes of the bill.
pub(super) fn gigabytes(bytes: f64) -> f64 {
    bytes / GIB as f64
}

fn rounded(value: f64, scale: f64) -> f64 {
    (value * scale).round() / scale
}

/// A number for people: thousands grouped, no more decimals than tell something.
pub fn amount(value: f64) -> String {
    let decimals = match value.abs() {
        size if size >= 1_000.0 => 0,
        size if size >= 1.0 => 2,
        _ => 6,
    };
    let (whole, fraction) = grouped(value, decimals);
    let fraction = fraction.trim_end_matches('0');
    if fraction.is_empty() { whole } else { format!("{whole}.{fraction}") }
}

/// Dollars for people: thousands grouped, with cents.
pub fn dollars(usd: f64) -> String {
    let (whole, cents) = grouped(usd, 2);
    format!("{whole}.{cents}")
}

/// A difference in dollars for people, with its sign.
pub fn dollars_more(usd: f64) -> String {
    match dollars(usd).as_str() {
        "0.00" | "-0.00" => "0.00".to_owned(),
        text if text.starts_with('-') => text.to_owned(),
        text => format!("+{text}"),
    }
}

/// The whole part of a number with its thousands grouped, and its decimals.
fn grouped(value: f64, decimals: usize) -> (String, String) {
    let text = format!("{value:.decimals$}");
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let (sign, digits) = whole.strip_prefix('-').map_or(("", whole), |digits| ("-", digits));
    let mut grouped = String::from(sign);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    (grouped, fraction.to_owned())
}

#[cfg(test)]
mod tests;
