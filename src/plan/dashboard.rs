//! The dashboard: one row for each part of the pipeline in the order of the data, with three widgets: what flows, how
//! late it is, what fails. Lines across show what is declared, what the shards carry, and where alarms ring.

use serde::Serialize;
use serde_json::{Value as Json, json};

use super::alarms::AlarmPlan;
use super::consumers::registered_name;
use super::destination;
use super::function::FunctionPlan;
use super::resources::Resource;
use super::sources::{self, Site};
use super::value::{Value, literal};
use super::{DeliveryPlan, Plan, StreamPlan, TransformPlan};
use crate::aws::destinations::Watched;
use crate::aws::limits::kinesis::{SHARD_WRITE_BYTES_PER_S, SHARD_WRITE_RECORDS_PER_S};
use crate::aws::metrics::{
    AUTO_SCALING, EC2, FIREHOSE, FLINK, JobMetrics, KINESIS, KINESIS_CONSUMER, LAMBDA, MetricName,
    PIPEC_PRODUCER, PIPEC_TRANSFORM, SQS, of_job,
};
use crate::capacity::bytes_per_second;
use crate::check::Checked;
use crate::graph::{INPUT_STREAM, Node, NodeKind};
use crate::spec::AlarmKey;

/// Part of the spec that the dashboard comes from, a JSON pointer.
pub(super) const SPEC: &str = "/dashboard";
/// Logical id.
const LOGICAL_ID: &str = "Dashboard";
/// Seconds of a value in a widget: every metric has one at least as often.
const PERIOD: u64 = 60;
/// Columns of CloudWatch's grid. CloudWatch API reference, "Dashboard body structure and syntax", 2026-11.
const COLUMNS: u64 = 24;
/// Alarms of one alarm widget. The same page.
const WIDGET_ALARMS_MAX: usize = 100;
/// Columns and rows of a graph: three of them are side by side.
const WIDTH: u64 = COLUMNS / 3;
const HEIGHT: u64 = 6;
/// Alarms side by side in an alarm widget, and the rows of the grid that a row of them takes.
const ALARMS_PER_ROW: u64 = 4;
/// Colors of CloudWatch's palette: what is declared, where an alarm rings, what a limit is.
const DECLARED: &str = "#2ca02c";
const ALARM: &str = "#ff7f0e";
const LIMIT: &str = "#d62728";

/// The dashboard.
#[derive(Clone, Debug, Serialize)]
pub struct DashboardPlan {
    /// Name. Dashboards are global in an account, so the region is a part of it.
    pub name: Value,
    /// Body, JSON with `${..}` for `Fn::Sub`: one widget a line.
    pub body: String,
    /// Metrics that it shows.
    pub metrics: usize,
}

impl DashboardPlan {
    /// Its resource.
    pub(super) fn resource(&self) -> Resource {
        Resource {
            logical_id: LOGICAL_ID.into(),
            resource_type: "AWS::CloudWatch::Dashboard",
            spec: SPEC.into(),
        }
    }
}

/// A line of a graph.
pub(super) struct Series {
    metric: MetricName,
    statistic: &'static str,
    label: &'static str,
    /// The value of the dimension, for `Fn::Sub`, where it is not the subject's name.
    of: Option<String>,
    /// The values of its other dimensions, for `Fn::Sub`.
    further: Vec<String>,
    /// Per second, where the metric is a count of its period.
    per_second: bool,
    right: bool,
}

/// A line across a graph.
struct Across {
    label: String,
    value: f64,
    color: &'static str,
}

/// A graph.
pub(super) struct Graph {
    title: String,
    unit: &'static str,
    series: Vec<Series>,
    across: Vec<Across>,
}

/// What a part of the pipeline shows: what flows, how late it is, what fails.
struct Row<'a> {
    words: String,
    /// Logical id, whose alarms are drawn.
    logical_id: &'a str,
    /// Its name, for `Fn::Sub`.
    name: String,
    graphs: [Graph; 3],
}

pub(super) fn series(metric: MetricName, statistic: &'static str, label: &'static str) -> Series {
    Series { metric, statistic, label, of: None, further: Vec::new(), per_second: false, right: false }
}

pub(super) fn rate(metric: MetricName, label: &'static str) -> Series {
    Series { per_second: true, ..series(metric, "Sum", label) }
}

fn right(series: Series) -> Series {
    Series { right: true, ..series }
}

pub(super) fn graph(title: &str, unit: &'static str, series: Vec<Series>) -> Graph {
    Graph { title: title.to_owned(), unit, series, across: Vec::new() }
}

impl Graph {
    /// The same, of metrics with these values of their other dimensions.
    pub(super) fn and(mut self, further: &[String]) -> Self {
        self.series.iter_mut().for_each(|series| series.further = further.to_vec());
        self
    }
}

/// Plans the dashboard of a plan that is complete but for it.
pub(super) fn plan(plan: &Plan, checked: &Checked) -> Option<DashboardPlan> {
    let pipeline = checked.pipeline();
    if !pipeline.dashboard {
        return None;
    }
    let command = &pipeline.command;
    let mut widgets = Widgets { list: Vec::new(), y: 0, metrics: 0 };
    let description = plan.description.replace(['\r', '\n'], " ");
    widgets.text(
        &format!(
            "## {}\n{}\n\nEach row is a part of the pipeline, in the order of the data: **load**, **delay**, \
             **failures**. `pipec status {command}` prints the same data; `pipec logs {command}` prints the causes.",
            plan.name,
            literal(&description)
        ),
        3,
    );
    if let Some(alarms) = plan.alarms.as_ref().filter(|alarms| !alarms.alarms.is_empty()) {
        for part in alarms.alarms.chunks(WIDGET_ALARMS_MAX) {
            widgets.alarms(part);
        }
    }
    for row in plan.graph.all().iter().filter_map(|node| row(plan, checked, node)) {
        widgets.row(plan, &row);
    }
    Some(DashboardPlan {
        name: Value::sub("${AWS::StackName}-${AWS::Region}"),
        metrics: widgets.metrics,
        body: widgets.body(),
    })
}

/// What a node shows; `None` for what has no metrics, or belongs to another row.
fn row<'a>(plan: &'a Plan, checked: &Checked, node: &'a Node) -> Option<Row<'a>> {
    if node.kind == NodeKind::Transform && node.logical_id.is_none() {
        return row_of_own_transform(plan, node);
    }
    let existing = plan.stream.as_ref().filter(|stream| stream.existing && node.kind == NodeKind::Stream);
    let logical_id = node.logical_id.as_deref().or(existing.map(|_| INPUT_STREAM))?;
    let name = existing.map_or_else(|| format!("${{{logical_id}}}"), |stream| stream.name.in_sub());
    let output = node.name.as_deref().unwrap_or_default();
    let (words, name, graphs) = match node.kind {
        NodeKind::Producer => ("Producer".to_owned(), name, producer(plan)),
        NodeKind::Stream => ("Input stream".into(), name, stream(plan.stream_of(logical_id)?)),
        NodeKind::DeliveredStream => ("Output stream".into(), name, stream(plan.stream_of(logical_id)?)),
        NodeKind::OutputStream => (format!("Stream of {output}"), name, stream(plan.stream_of(logical_id)?)),
        NodeKind::Analytics => ("Flink".into(), name, application(plan)?),
        NodeKind::Transform => {
            let (delivery, transform) = plan.transform_of(logical_id)?;
            (titled("Transform", delivery), name, of_transform(transform))
        }
        NodeKind::Delivery => {
            let of = plan.delivery_of(logical_id)?;
            let direct = of.direct.is_some();
            let transforms = of.transform.is_some() || of.own_transform.is_some();
            (
                titled("Delivery", of),
                name,
                delivery(destination::watched(of), transforms, direct, destination::graphed(of)),
            )
        }
        NodeKind::ErrorDelivery => (
            "Delivery of error records".into(),
            name,
            delivery(destination::watched_of_errors(), false, false, Vec::new()),
        ),
        NodeKind::Function => {
            let of = plan.function_of(logical_id)?;
            let name = literal(of.function_name()?);
            (format!("Function of {}", of.name), name, function(of))
        }
        NodeKind::Source => {
            let source = checked.pipeline().source(output)?;
            let site = Site { pipeline: checked.pipeline(), source };
            let (name, graphs) = sources::kind(source).graphs(&site)?;
            (format!("Source {output}"), name, graphs)
        }
        NodeKind::FanOut => {
            // A function has a row of its own.
            let consumer = checked.pipeline().consumer(output)?;
            consumer.reader()?;
            let stream = plan.stream.as_ref()?.name.in_sub();
            let graphs = registered().map(|graph| graph.and(std::slice::from_ref(&stream)));
            (format!("Consumer {output}"), registered_name(output), graphs)
        }
        // In the row of its function, or of its source.
        NodeKind::FailureQueue | NodeKind::SourceFailures => return None,
        // It runs during deployments alone.
        NodeKind::Starter
        | NodeKind::Network
        | NodeKind::Bucket(_)
        | NodeKind::Table
        | NodeKind::Destination
        | NodeKind::Upstream
        | NodeKind::Reader
        | NodeKind::Artifacts
        | NodeKind::Logs
        | NodeKind::SessionManager => return None,
    };
    Some(Row { words, logical_id, name, graphs })
}

/// The row of a function of the user's that transforms records. The metrics are found by its name.
fn row_of_own_transform<'a>(plan: &'a Plan, node: &Node) -> Option<Row<'a>> {
    const CALLS: MetricName = LAMBDA.metric("Invocations");
    const DURATION: MetricName = LAMBDA.metric("Duration");
    let delivery = plan.deliveries.iter().find(|delivery| delivery.name == node.name)?;
    let name = delivery.own_transform.as_ref()?.name();
    let graphs = [
        graph("calls", "per second", vec![rate(CALLS, "calls")]),
        graph("duration of a call", "milliseconds", vec![series(DURATION, "p90", "duration, 90 %")]),
        graph("failures", "count", failed_calls()),
    ];
    let words = titled("Function of the delivery", delivery);
    Some(Row { words, logical_id: &delivery.logical_id, name: literal(name), graphs })
}

fn failed_calls() -> Vec<Series> {
    const ERRORS: MetricName = LAMBDA.metric("Errors");
    const THROTTLES: MetricName = LAMBDA.metric("Throttles");
    vec![series(ERRORS, "Sum", "failed calls"), series(THROTTLES, "Sum", "throttled calls")]
}

fn stream(stream: &StreamPlan) -> [Graph; 3] {
    const RECORDS: MetricName = KINESIS.metric("IncomingRecords");
    const BYTES: MetricName = KINESIS.metric("IncomingBytes");
    const AGE: MetricName = KINESIS.metric("GetRecords.IteratorAgeMilliseconds");
    const WRITES: MetricName = KINESIS.metric("WriteProvisionedThroughputExceeded");
    const READS: MetricName = KINESIS.metric("ReadProvisionedThroughputExceeded");
    let load = &stream.load;
    let bytes = bytes_per_second(load.records_per_second, load.record_bytes) as f64;
    let declared = |what: &str, value| Across { label: format!("declared {what}"), value, color: DECLARED };
    let mut flow = graph(
        "records and bytes in",
        "per second",
        vec![rate(RECORDS, "records"), right(rate(BYTES, "bytes"))],
    );
    // Of the rows of windows, those of a minute at the end of one.
    let records = (stream.peak_over(60.0) * 100.0).round() / 100.0;
    flow.across.push(declared("records", records));
    if let Some(shards) = stream.shards {
        // Whichever of the two limits of the shards such records meet first, in records.
        let by_bytes = (shards * SHARD_WRITE_BYTES_PER_S) as f64 / (bytes / load.records_per_second).max(1.0);
        let limit = ((shards * SHARD_WRITE_RECORDS_PER_S) as f64).min(by_bytes).floor();
        let label = format!("limit of {shards} {}", if shards == 1 { "shard" } else { "shards" });
        flow.across.push(Across { label, value: limit, color: LIMIT });
    }
    [
        flow,
        graph("iterator age", "milliseconds", vec![series(AGE, "Maximum", "oldest unread record")]),
        graph("throttled", "count", vec![series(WRITES, "Sum", "records"), series(READS, "Sum", "reads")]),
    ]
}

fn producer(plan: &Plan) -> [Graph; 3] {
    const SENT: MetricName = PIPEC_PRODUCER.metric("RecordsSent");
    const RETRIED: MetricName = PIPEC_PRODUCER.metric("RecordsRetried");
    const FAILED: MetricName = PIPEC_PRODUCER.metric("RecordsFailed");
    const CPU: MetricName = EC2.metric("CPUUtilization");
    const IN_SERVICE: MetricName = AUTO_SCALING.metric("GroupInServiceInstances");
    const STATUS: MetricName = EC2.metric("StatusCheckFailed");
    // The producer's metrics have the name of the stream that it writes to.
    let target = plan.intake_name();
    let to_stream = |series: Series| Series { of: Some(target.clone()), ..series };
    let mut flow = graph("records sent", "per second", vec![to_stream(rate(SENT, "records"))]);
    if let Some(producer) = &plan.producer {
        let value = producer.records_per_second;
        flow.across.push(Across { label: "declared".into(), value, color: DECLARED });
    }
    let mut failing = vec![
        to_stream(series(FAILED, "Sum", "records discarded")),
        to_stream(series(RETRIED, "Sum", "records retried")),
        series(STATUS, "Maximum", "status checks failed"),
    ];
    // The group has the metric where alarms make it collect some.
    if plan.alarms.is_some() {
        failing.push(right(series(IN_SERVICE, "Average", "instances in service")));
    }
    [
        flow,
        graph("processor", "percent", vec![series(CPU, "Average", "processor")]),
        graph("failures", "count", failing),
    ]
}

fn application(plan: &Plan) -> Option<[Graph; 3]> {
    const OUT: MetricName = FLINK.metric("numRecordsOutPerSecond");
    const LATE: MetricName = FLINK.metric("numLateRecordsDropped");
    const CHECKPOINT: MetricName = FLINK.metric("lastCheckpointDuration");
    const BACKPRESSURE: MetricName = FLINK.metric("backPressuredTimeMsPerSecond");
    const FAILED: MetricName = FLINK.metric("numberOfFailedCheckpoints");
    const CPU: MetricName = FLINK.metric("cpuUtilization");
    const HEAP: MetricName = FLINK.metric("heapMemoryUtilization");
    let JobMetrics { down, restarts, .. } = of_job(&plan.analytics.as_ref()?.runtime_environment);
    Some([
        graph(
            "rows and processor",
            "per second",
            vec![
                series(OUT, "Average", "rows between operators"),
                right(series(CPU, "Maximum", "processor, percent")),
                right(series(HEAP, "Maximum", "heap, percent")),
            ],
        ),
        graph(
            "checkpoints and waiting",
            "milliseconds",
            vec![
                series(CHECKPOINT, "Maximum", "last checkpoint"),
                right(series(BACKPRESSURE, "Maximum", "waiting per second")),
            ],
        ),
        graph(
            "job",
            "count",
            vec![
                series(restarts, "Maximum", "restarts since the start"),
                series(FAILED, "Maximum", "failed checkpoints since the start"),
                series(LATE, "Maximum", "late records since the start"),
                right(series(down, "Maximum", "time down, milliseconds")),
            ],
        ),
    ])
}

/// The title of a row: with the name of its delivery, if there are several.
fn titled(what: &str, delivery: &DeliveryPlan) -> String {
    delivery.name.as_ref().map_or_else(|| what.to_owned(), |name| format!("{what} {name}"))
}

fn of_transform(transform: &TransformPlan) -> [Graph; 3] {
    const RECORDS: MetricName = PIPEC_TRANSFORM.metric("Records");
    const DROPPED: MetricName = PIPEC_TRANSFORM.metric("Dropped");
    const INVALID: MetricName = PIPEC_TRANSFORM.metric("InvalidValues");
    const FAILED: MetricName = PIPEC_TRANSFORM.metric("ProcessingFailed");
    const DURATION: MetricName = LAMBDA.metric("Duration");
    let mut flow = vec![rate(RECORDS, "records")];
    let mut failing = failed_calls();
    failing.push(series(FAILED, "Sum", "failed records"));
    if transform.runs_query {
        flow.push(rate(DROPPED, "records dropped by the query"));
        failing.push(series(INVALID, "Sum", "invalid values"));
    }
    let mut slow =
        graph("duration of a call", "milliseconds", vec![series(DURATION, "p90", "duration, 90 %")]);
    let timeout = transform.timeout as f64 * 1e3;
    slow.across.push(Across { label: "timeout".into(), value: timeout, color: LIMIT });
    [graph("records", "per second", flow), slow, graph("failures", "count", failing)]
}

fn function(of: &FunctionPlan) -> [Graph; 3] {
    const CALLS: MetricName = LAMBDA.metric("Invocations");
    const AGE: MetricName = LAMBDA.metric("IteratorAge");
    const MESSAGES: MetricName = SQS.metric("ApproximateNumberOfMessagesVisible");
    let mut failing = failed_calls();
    failing.push(Series {
        of: Some(format!("${{{}.QueueName}}", of.queue())),
        ..series(MESSAGES, "Maximum", "failed batches in the queue")
    });
    let oldest = if of.one == "row" { "oldest row of a batch" } else { "oldest record of a batch" };
    [
        graph("calls", "per second", vec![rate(CALLS, "calls")]),
        graph(&format!("age of the {}s", of.one), "milliseconds", vec![series(AGE, "Maximum", oldest)]),
        graph("failures", "count", failing),
    ]
}

/// What Kinesis pushes to a registered consumer.
fn registered() -> [Graph; 3] {
    const RECORDS: MetricName = KINESIS_CONSUMER.metric("SubscribeToShardEvent.Records");
    const BEHIND: MetricName = KINESIS_CONSUMER.metric("SubscribeToShardEvent.MillisBehindLatest");
    const REFUSED: MetricName = KINESIS_CONSUMER.metric("SubscribeToShard.RateExceeded");
    [
        graph("records", "per second", vec![rate(RECORDS, "pushed")]),
        graph("behind the stream", "milliseconds", vec![series(BEHIND, "Maximum", "oldest record pushed")]),
        graph("failures", "count", vec![series(REFUSED, "Sum", "subscriptions beyond the limit")]),
    ]
}

fn delivery(to: &Watched, transforms: bool, direct: bool, more: Vec<Series>) -> [Graph; 3] {
    const READ: MetricName = FIREHOSE.metric("DataReadFromKinesisStream.Records");
    const INCOMING: MetricName = FIREHOSE.metric("IncomingRecords");
    const REJECTED: MetricName = FIREHOSE.metric("ThrottledRecords");
    const BEHIND: MetricName = FIREHOSE.metric("KinesisMillisBehindLatest");
    const PROCESSING: MetricName = FIREHOSE.metric("ExecuteProcessing.Success");
    const THROTTLED: MetricName = FIREHOSE.metric("ThrottledGetRecords");
    let success = series(to.success.metric, to.success.statistic, to.success.words);
    let mut failing = vec![if to.success.is_share { success } else { right(success) }];
    if transforms {
        failing.push(series(PROCESSING, "Average", "calls of the transform that succeed, share"));
    }
    let (read, throttled) = if direct {
        (rate(INCOMING, "put"), series(REJECTED, "Sum", "rejected records"))
    } else {
        (rate(READ, "read"), series(THROTTLED, "Sum", "throttled reads"))
    };
    failing.push(right(throttled));
    failing.extend(more.into_iter().map(right));
    let mut fresh = vec![series(to.freshness, "Maximum", "oldest record not delivered")];
    if !direct {
        fresh.push(right(series(BEHIND, "Maximum", "milliseconds behind the latest record")));
    }
    [
        graph(
            if direct { "records put and delivered" } else { "records read and delivered" },
            "per second",
            vec![read, rate(to.records, "delivered")],
        ),
        graph("data freshness", "seconds", fresh),
        graph("success", "share", failing),
    ]
}

/// Widgets from top to bottom.
struct Widgets {
    list: Vec<Json>,
    y: u64,
    metrics: usize,
}

impl Widgets {
    fn add(&mut self, kind: &str, (x, width, height): (u64, u64, u64), properties: &Json) {
        self.list.push(json!({
            "type": kind, "x": x, "y": self.y, "width": width, "height": height, "properties": properties,
        }));
    }

    fn text(&mut self, markdown: &str, height: u64) {
        self.add("text", (0, COLUMNS, height), &json!({ "markdown": markdown }));
        self.y += height;
    }

    fn alarms(&mut self, alarms: &[AlarmPlan]) {
        let arns: Vec<String> = alarms.iter().map(|alarm| format!("${{{}.Arn}}", alarm.logical_id)).collect();
        let height = 1 + (alarms.len() as u64).div_ceil(ALARMS_PER_ROW);
        let properties = json!({ "title": "Alarms", "alarms": arns });
        self.add("alarm", (0, COLUMNS, height), &properties);
        self.y += height;
    }

    fn row(&mut self, plan: &Plan, row: &Row) {
        for (at, graph) in row.graphs.iter().enumerate() {
            let mut ids = 0;
            let metrics: Vec<Json> =
                graph.series.iter().flat_map(|series| lines(series, &row.name, &mut ids)).collect();
            self.metrics += graph.series.len();
            let mut across: Vec<Json> = graph.across.iter().map(drawn).collect();
            across.extend(thresholds(plan, row.logical_id, graph).iter().map(drawn));
            let mut properties = json!({
                "title": literal(&format!("{}: {}", row.words, graph.title)),
                "view": "timeSeries",
                "region": "${AWS::Region}",
                "period": PERIOD,
                "metrics": metrics,
                "yAxis": { "left": { "min": 0, "label": graph.unit, "showUnits": false }, "right": { "min": 0, "showUnits": false } },
            });
            if !across.is_empty() {
                properties["annotations"] = json!({ "horizontal": across });
            }
            self.add("metric", (at as u64 * WIDTH, WIDTH, HEIGHT), &properties);
        }
        self.y += HEIGHT;
    }

    /// One widget a line, so that a change of one is a change of one line.
    fn body(&self) -> String {
        let lines: Vec<String> = self.list.iter().map(ToString::to_string).collect();
        format!("{{\"start\": \"-PT3H\", \"widgets\": [\n{}\n]}}", lines.join(",\n"))
    }
}

/// A metric of a graph: itself, or hidden with an expression that makes it a rate.
fn lines(series: &Series, name: &str, ids: &mut usize) -> Vec<Json> {
    let of = series.of.as_deref().unwrap_or(name);
    let MetricName { namespace, dimension, further, name } = series.metric;
    let further = further.iter().zip(&series.further).flat_map(|(name, of)| [*name, of]);
    let metric = |options: Json| -> Json {
        let texts = [namespace, name, dimension, of].into_iter().chain(further.clone());
        texts.map(Json::from).chain([options]).collect()
    };
    let axis = if series.right { "right" } else { "left" };
    if series.per_second {
        *ids += 1;
        let id = format!("m{ids}");
        let hidden = metric(json!({ "id": id, "stat": series.statistic, "visible": false }));
        let rate = json!([{
            "expression": format!("{id}/PERIOD({id})"), "id": format!("r{ids}"), "label": series.label, "yAxis": axis,
        }]);
        vec![hidden, rate]
    } else {
        vec![metric(json!({ "stat": series.statistic, "label": series.label, "yAxis": axis }))]
    }
}

fn drawn(across: &Across) -> Json {
    // A whole number without its fraction.
    let value = if across.value.fract() == 0.0 { json!(across.value as i64) } else { json!(across.value) };
    json!({ "label": across.label, "value": value, "color": across.color })
}

/// Where the alarms on the metrics of a graph ring. Those on a rate are left out, since the graph shows the counter, and
/// so is half of a retention period, beside which nothing else could be seen.
fn thresholds(plan: &Plan, subject: &str, graph: &Graph) -> Vec<Across> {
    let Some(alarms) = &plan.alarms else { return Vec::new() };
    let shown = |alarm: &&AlarmPlan| {
        alarm.expression.is_none()
            && alarm.query.is_none()
            && alarm.threshold > 0.0
            && !matches!(alarm.key, AlarmKey::DeclaredRate | AlarmKey::NoData | AlarmKey::ExpiringRecords)
            && alarm.metrics.iter().all(|metric| {
                graph.series.iter().any(|series| {
                    !series.right
                        && series.statistic == metric.statistic
                        && series.metric.name == metric.name
                        && series.metric.namespace == metric.namespace
                })
            })
    };
    let across = |alarm: &AlarmPlan| Across {
        label: format!("alarm {}", alarm.key.name()),
        value: alarm.threshold,
        color: ALARM,
    };
    alarms.of(subject).filter(shown).map(across).collect()
}
