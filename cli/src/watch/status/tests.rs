use std::time::Duration;

use super::metrics::parts;
use super::*;
use crate::cloud::client::{Application, ApplicationOperation};
use crate::cloud::client::{Call, Identity, Stack, StackEvent, StackReader, StackResource};
use crate::cloud::observer::{
    Alarm, AlarmState, LogPage, LogRequest, MetricQuery, Object, Position, RecordPage, Shard,
};
use crate::cloud::stack_state::StackStatus;
use pipec_compiler::plan::fixture::{flink_spec, planned, spec, with_flink};

/// 2026-11-23T13:00:00Z
const NOW: i64 = 1_795_438_800;

/// A region with fixed answers: metric name of a resource, seconds ago, value.
#[derive(Default)]
struct Region {
    metrics: Vec<(&'static str, &'static str, i64, f64)>,
    alarms: Vec<Alarm>,
    states: Vec<AlarmState>,
    events: Vec<StackEvent>,
    application: Option<&'static str>,
    /// Whether CloudWatch refuses.
    refuses_metrics: bool,
}

impl Observer for Region {
    fn now(&self) -> i64 {
        NOW * 1_000
    }
    fn metrics(&self, queries: &[MetricQuery], from: i64, to: i64) -> Call<Vec<Vec<Point>>> {
        if self.refuses_metrics {
            let (action, code) = ("cloudwatch:GetMetricData", Some("AccessDenied".into()));
            let kind = CallErrorKind::Denied;
            let message = "not authorized".into();
            return Err(crate::cloud::call_error::CallError { action, kind, code, message });
        }
        let points = |query: &MetricQuery| {
            let of = |(resource, name, _, _): &&(&str, &str, i64, f64)| {
                *resource == query.dimension.1 && *name == query.name
            };
            let mut points: Vec<Point> = self
                .metrics
                .iter()
                .filter(of)
                .map(|(_, _, ago, value)| Point { at: NOW - ago, value: *value })
                .filter(|point| (from..to).contains(&point.at))
                .collect();
            points.sort_by_key(|point| point.at);
            points
        };
        Ok(queries.iter().map(points).collect())
    }
    fn alarms(&self, names: &[String]) -> Call<Vec<AlarmState>> {
        Ok(self.states.iter().filter(|state| names.contains(&state.name)).cloned().collect())
    }
    fn ringing_alarms(&self) -> Call<Vec<Alarm>> {
        Ok(self.alarms.clone())
    }
    fn pause(&self, _: Duration) -> Call<()> {
        unreachable!("a status waits for nothing")
    }
    fn log_events(&self, _: &LogRequest) -> Call<LogPage> {
        unreachable!("and reads no logs")
    }
    fn shards(&self, _: &str) -> Call<Vec<Shard>> {
        unreachable!("and no records")
    }
    fn shard_iterator(&self, _: &str, _: &str, _: &Position) -> Call<String> {
        unreachable!("and no records")
    }
    fn records(&self, _: &str) -> Call<RecordPage> {
        unreachable!("and no records")
    }
    fn objects(&self, _: &str, _: &str) -> Call<Vec<Object>> {
        unreachable!("and no objects")
    }
    fn read_object(&self, _: &str, _: &str) -> Call<Option<Vec<u8>>> {
        unreachable!("and no objects")
    }
}

impl StackReader for Region {
    fn region(&self) -> &str {
        "us-east-1"
    }
    fn events(&self, _: &str, _: Option<&str>) -> Call<Vec<StackEvent>> {
        Ok(self.events.clone())
    }
    fn stream_consumers(&self, _: &str) -> Call<Vec<String>> {
        unreachable!("nothing is deleted")
    }
    fn application(&self, _: &str) -> Call<Option<Application>> {
        let application =
            |status: &str| Application { status: status.to_owned(), code_key: None, version: 1 };
        Ok(self.application.map(application))
    }
    fn application_operation(&self, _: &str, _: &str) -> Call<Option<ApplicationOperation>> {
        unreachable!("it asks for no operation")
    }
    fn identity(&self) -> Call<Identity> {
        unreachable!("whose it is does not matter")
    }
    fn stack(&self, _: &str) -> Call<Option<Stack>> {
        unreachable!("it is given the stack")
    }
    fn stacks(&self) -> Call<Vec<Stack>> {
        unreachable!("and looks at no other")
    }
    fn deleted_stack(&self, _: &str) -> Call<Option<String>> {
        unreachable!("and looks at no other")
    }
    fn resources(&self, _: &str) -> Call<Vec<StackResource>> {
        unreachable!("it is given the resources")
    }
    fn template(&self, _: &str) -> Call<String> {
        unreachable!("and the plan")
    }
    fn newest_event(&self, _: &str) -> Call<Option<String>> {
        unreachable!("it looks at all events")
    }
}

/// A stack with every resource of the plan, called like its logical id in lower case; queues have addresses.
fn deployed(plan: &Plan, status: &str) -> Deployed {
    let resource = |resource: &pipec_compiler::plan::Resource| {
        let name = resource.logical_id.to_lowercase();
        let queue = resource.resource_type == "AWS::SQS::Queue";
        StackResource {
            logical_id: resource.logical_id.to_string(),
            physical_id: Some(if queue { format!("https://sqs.example/1/{name}") } else { name }),
            resource_type: resource.resource_type.to_owned(),
            status: "CREATE_COMPLETE".into(),
        }
    };
    Deployed {
        stack: Stack {
            id: "arn".into(),
            name: plan.name.clone(),
            status: StackStatus::new(status),
            status_reason: None,
            tags: Vec::new(),
            parameters: Vec::new(),
            outputs: Vec::new(),
        },
        resources: plan.resources.iter().map(resource).collect(),
    }
}

fn of(region: &Region, plan: &Plan, stack: &str) -> Status {
    let watched = Watched { plan, deployed: &deployed(plan, stack), spec: "o.yaml --env prod" };
    status(region, region, &watched).expect("a status")
}

/// The lines without those of the resources.
fn lines(status: &Status) -> String {
    let text = text(status, "o.yaml --env prod");
    text.split("\nresources\n").next().expect("a first part").trim_end().to_owned()
}

#[test]
fn a_quiet_pipeline_has_no_data_and_no_fault() {
    let (plan, _) = planned(&spec("record_size: 1 KiB, records_per_second: 1000", ""));
    let status = of(&Region::default(), &plan, "CREATE_COMPLETE");
    assert!(status.parts.iter().all(|part| part.findings.is_empty()));
    assert!(status.parts.iter().flat_map(|part| part.readings.values()).all(Option::is_none));
    insta::assert_snapshot!(lines(&status), @r#"
    stack orders in us-east-1: CREATE_COMPLETE

    stream stream
      records in             no data, declared 1,000
      bytes in               no data, declared 1,060,000
      records throttled      no data
      reads throttled        no data
      iterator age           no data

    delivery delivery
      last delivery          no data
      records delivered      no data
      put success rate       no data
      data freshness         no data
    "#);
}

#[test]
fn what_is_observed_stands_beside_what_is_declared() {
    let (plan, _) = planned(&spec("record_size: 1 KiB, records_per_second: 1000", "transform: {}\n"));
    let region = Region {
        metrics: vec![
            ("stream", "IncomingRecords", 3_000, 74_400.0),
            ("stream", "IncomingRecords", 600, 60_000.0),
            ("stream", "IncomingRecords", 7_000, 600_000.0),
            ("stream", "IncomingBytes", 3_000, 30_000_000.0),
            ("stream", "WriteProvisionedThroughputExceeded", 3_000, 0.0),
            ("stream", "GetRecords.IteratorAgeMilliseconds", 600, 250.0),
            ("delivery", "DeliveryToS3.Records", 14_400, 500.0),
            ("delivery", "DeliveryToS3.Records", 600, 0.0),
            ("delivery", "DeliveryToS3.DataFreshness", 600, 1_200.0),
            ("delivery", "DeliveryToS3.Success", 600, 0.5),
            ("transform", "Invocations", 600, 12.0),
            ("transform", "Errors", 600, 3.0),
            ("transform", "Records", 600, 6_000.0),
            ("transform", "ProcessingFailed", 600, 2.0),
        ],
        alarms: vec![
            Alarm {
                name: "orders-throttled".into(),
                reason: "over 0".into(),
                dimensions: vec!["stream".into()],
            },
            Alarm { name: "someone-elses".into(), reason: "over 0".into(), dimensions: vec!["other".into()] },
        ],
        ..Region::default()
    };
    insta::assert_snapshot!(lines(&of(&region, &plan, "UPDATE_COMPLETE")), @r#"
    stack orders in us-east-1: UPDATE_COMPLETE

    stream stream
      records in             1,240/s at peak in the last hour, declared 1,000
      bytes in               500,000 B/s at peak in the last hour, declared 1,060,000
      records throttled      0 in the last hour
      reads throttled        no data
      iterator age           250 ms at most in the last hour
    ! 1,240 records/s at peak, declared 1,000: over what it is sized for, within the headroom of its shards; raise `stream.records_per_second`

    transform transform
      calls                  12 in the last hour
      errors                 3 in the last hour
      throttles              no data
      records                6,000 in the last hour
      records dropped        no data
      values that do not fit no data
      records failed         2 in the last hour
    ! invocations of the transform failed: `pipec logs o.yaml --env prod transform` shows why
    ! records could not be processed; they are stored unchanged under the error prefix

    delivery delivery
      last delivery          2026-11-23T09:00:00Z, 4 h 0 min ago
      records delivered      0 in the last hour
      put success rate       50 % at least in the last hour
      data freshness         20 min at most in the last hour
    ! Firehose retains records longer than its buffer interval of 300 s: `pipec logs o.yaml --env prod delivery` shows why
    ! Firehose cannot write to the bucket: `pipec logs o.yaml --env prod delivery` shows why

    alarms in ALARM state
    ! orders-throttled (Stream): over 0
    "#);
}

#[test]
fn flink_shows_its_restarts_by_the_name_of_its_version() {
    let (mut plan, _) = with_flink("record_size: 1 KiB, records_per_second: 100", 100);
    for (runtime, restarts) in [("FLINK-1_20", "fullRestarts"), ("FLINK-2_2", "numRestarts")] {
        plan.analytics.as_mut().expect("an application").runtime_environment = runtime.into();
        let region = Region {
            metrics: vec![("analytics", restarts, 3_900, 4.0), ("analytics", restarts, 300, 7.0)],
            application: Some("RUNNING"),
            ..Region::default()
        };
        let status = of(&region, &plan, "CREATE_COMPLETE");
        let part = status.parts.iter().find(|part| part.part == "analytics").expect("the application");
        assert_eq!(part.reading("restarts"), Some(3.0), "{runtime}");
        assert_eq!(part.findings.len(), 1);
    }
}

#[test]
fn reads_of_flink_may_be_throttled_but_not_late() {
    let (plan, _) = with_flink("record_size: 1 KiB, records_per_second: 100", 100);
    let throttled = "ReadProvisionedThroughputExceeded";
    let mut region = Region {
        metrics: vec![("stream", throttled, 300, 7.0), ("outputstream", throttled, 300, 7.0)],
        application: Some("RUNNING"),
        ..Region::default()
    };
    let findings = |region: &Region| -> Vec<(String, String)> {
        let parts = of(region, &plan, "CREATE_COMPLETE").parts.into_iter();
        parts
            .flat_map(|part| part.findings.into_iter().map(move |words| (part.part.clone(), words)))
            .collect()
    };
    let found = findings(&region);
    // Firehose reads the other one.
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].0 == "output stream" && found[0].1.contains("throttled"), "{found:?}");
    region.metrics = vec![("stream", "GetRecords.IteratorAgeMilliseconds", 300, 660_000.0)];
    assert_eq!(findings(&region)[0].1.split(':').next(), Some("records are read 11 min late"));
}

#[test]
fn what_cannot_be_read_is_named_and_the_rest_is_there() {
    let (plan, _) = with_flink("record_size: 1 KiB, records_per_second: 100", 100);
    let region = Region { refuses_metrics: true, application: Some("READY"), ..Region::default() };
    let status = of(&region, &plan, "CREATE_COMPLETE");
    let text = text(&status, "o.yaml");
    assert!(
        text.contains("! the metrics: cloudwatch:GetMetricData: AccessDenied: not authorized\n"),
        "{text}"
    );
    assert!(text.contains("the application is READY") && text.contains("\nresources\n"), "{text}");
    assert_eq!(status.unread.len(), 1);
}

#[test]
fn what_is_wrong_comes_with_a_command_to_type() {
    let (plan, _) = planned(&flink_spec("record_size: 1 KiB, records_per_second: 100"));
    let kinds = parts(&plan, &deployed(&plan, "CREATE_COMPLETE"));
    let faults = kinds.into_iter().flat_map(|(kind, _)| kind.metrics).filter(|metric| metric.fault);
    for metric in faults {
        let words = fault_words(metric.key, "o.yaml");
        assert!(words != "something is wrong" && !words.contains("SPEC"), "{}: {words}", metric.key);
    }
    assert!(fault_words("restarts", "o.yaml").contains("`pipec logs o.yaml flink`"));
}

#[test]
fn every_shape_names_its_parts() {
    let outputs = "records: { format: json, columns: { AGE: { type: INTEGER } } }\n\
         analytics:\n  runtime: flink\n  sql: |\n    CREATE STREAM A (AGE INTEGER);\n    INSERT INTO A SELECT AGE FROM stream;\n\
         \x20   CREATE STREAM B (AGE INTEGER);\n    INSERT INTO B SELECT AGE FROM stream;\n  outputs:\n    A: delivery\n\
         \x20   B: { lambda: { function: 'arn:aws:lambda:us-east-1:111122223333:function:f', role: r } }\n";
    let stream = "record_size: 1 KiB, records_per_second: 100";
    let parts = |spec: &str| {
        let (plan, _) = planned(spec);
        let region = Region {
            metrics: vec![("outputfailuresb", "ApproximateNumberOfMessagesVisible", 50_000, 3.0)],
            alarms: vec![Alarm {
                name: "batches".into(),
                reason: "over 0".into(),
                dimensions: vec!["outputfailuresb".into()],
            }],
            application: Some("STARTING"),
            ..Region::default()
        };
        let status = of(&region, &plan, "CREATE_COMPLETE");
        // A queue has its name in CloudWatch, and its address in the stack.
        let of_queue =
            plan.resources.iter().filter(|resource| resource.logical_id == "OutputFailuresB").count();
        assert_eq!(status.alarms.len(), of_queue);
        status.parts
    };
    let names = |spec: &str| parts(spec).into_iter().map(|part| part.part).collect::<Vec<_>>();
    assert_eq!(names(&spec(stream, "")), ["stream", "delivery"]);
    assert_eq!(names(&flink_spec(stream)), ["stream", "analytics", "output stream", "transform", "delivery"]);
    let with_outputs = parts(&spec(stream, outputs));
    let names: Vec<&str> = with_outputs.iter().map(|part| part.part.as_str()).collect();
    assert_eq!(names, ["stream", "analytics", "output stream", "stream of B", "failures of B", "delivery"]);
    let failures = &with_outputs[4];
    assert_eq!((failures.reading("messages"), failures.findings.len()), (Some(3.0), 1));
    assert!(with_outputs[1].findings[0].contains("STARTING"));
}

#[test]
fn a_failed_update_says_its_first_cause() {
    let event = |logical_id: &str, status: &str, reason: &str, of_stack| StackEvent {
        id: format!("{logical_id}{status}"),
        logical_id: logical_id.into(),
        physical_id: None,
        resource_type: "AWS::Kinesis::Stream".into(),
        status: status.into(),
        reason: Some(reason.into()),
        at: NOW,
        of_stack,
    };
    let region = Region {
        events: vec![
            event("orders", "UPDATE_ROLLBACK_COMPLETE", "", true),
            event("Delivery", "UPDATE_FAILED", "Resource update cancelled", false),
            event("Stream", "UPDATE_FAILED", "shard limit \u{1b}[2Jexceeded", false),
            event("orders", "UPDATE_IN_PROGRESS", "User Initiated", true),
        ],
        ..Region::default()
    };
    let (plan, _) = planned(&spec("record_size: 1 KiB, records_per_second: 100", ""));
    let status = of(&region, &plan, "UPDATE_ROLLBACK_COMPLETE");
    assert!(lines(&status).contains("failed: shard limit \u{fffd}[2Jexceeded\n"));
    assert_eq!(
        status.stack.failure.map(|failure| failure.reason).as_deref(),
        Some("shard limit \u{1b}[2Jexceeded")
    );
    let moving = of(&region, &plan, "UPDATE_IN_PROGRESS");
    assert_eq!(moving.stack.doing, Some("updating"));
    assert!(lines(&moving).contains("\n  updating; `pipec deploy o.yaml --env prod` follows it"));
    let going = of(&region, &plan, "DELETE_IN_PROGRESS");
    assert!(lines(&going).contains("\n  deleting; `pipec destroy o.yaml --env prod` follows it"));
}

#[test]
fn the_json_has_null_for_no_data() {
    let (plan, _) = planned(&spec("record_size: 1 KiB, records_per_second: 100", ""));
    let region = Region { metrics: vec![("stream", "IncomingRecords", 600, 60.0)], ..Region::default() };
    let json = serde_json::json!(of(&region, &plan, "CREATE_COMPLETE"));
    insta::assert_snapshot!(format!("{:#}", json["parts"][0]), @r#"
    {
      "part": "stream",
      "logical_id": "Stream",
      "resource": "stream",
      "declared": {
        "records_per_second": 100.0,
        "bytes_per_second": 106000,
        "shards": 1
      },
      "readings": {
        "records_per_second": 1.0,
        "bytes_per_second": null,
        "records_throttled": null,
        "reads_throttled": null,
        "iterator_age_ms": null
      },
      "findings": []
    }
    "#);
    let keys: Vec<&String> = json.as_object().expect("an object").keys().collect();
    assert_eq!(keys, ["at", "stack", "parts", "own_alarms", "alarms", "unread", "resources"]);
}

#[test]
fn each_alarm_of_the_stack_has_its_state() {
    let (plan, _) = planned(&spec(
        "record_size: 1 KiB, records_per_second: 100",
        "alarms: {off: [freshness, write_failures]}\n",
    ));
    let state = |name: &str, state: &str| AlarmState {
        name: name.into(),
        state: state.into(),
        since: Some(NOW - 60),
        reason: "Threshold Crossed: 3 out of the last 5 datapoints".into(),
    };
    let region = Region {
        states: vec![
            state("streamwritethrottledalarm", "ALARM"),
            state("streamiteratoragealarm", "OK"),
            state("streamdeclaredratealarm", "INSUFFICIENT_DATA"),
            state("of-somebody-else", "ALARM"),
        ],
        // CloudWatch lists the stack's own among all that ring.
        alarms: vec![
            Alarm {
                name: "streamwritethrottledalarm".into(),
                reason: String::new(),
                dimensions: vec!["stream".into()],
            },
            Alarm {
                name: "of-the-team".into(),
                reason: "5 over 0".into(),
                dimensions: vec!["stream".into()],
            },
        ],
        ..Region::default()
    };
    let status = of(&region, &plan, "CREATE_COMPLETE");
    let text = lines(&status);
    insta::assert_snapshot!(text.split_once("\nalarms: ").expect("alarms").1, @"
    1 ALARM, 1 OK, 1 no data, 2 unknown
    ! write_throttled of Stream since 2026-11-23T12:59:00Z: Threshold Crossed: 3 out of the last 5 datapoints
      Writes to the input stream are throttled: its shard is full. `pipec status spec.yaml` shows the load next to the declared one.
      Stream                     iterator_age           OK
      Stream                     expiring_records       unknown
      Stream                     declared_rate          no data
      Delivery                   read_throttled         unknown

    other alarms in ALARM state
    ! of-the-team (Stream): 5 over 0
    ");
    assert!(status.own_alarms[0].description.contains("`pipec status spec.yaml`"));
    // Before the update that creates them.
    let mut before = deployed(&plan, "CREATE_COMPLETE");
    before.resources.retain(|resource| resource.resource_type != "AWS::CloudWatch::Alarm");
    let watched = Watched { plan: &plan, deployed: &before, spec: "o.yaml" };
    let status = super::status(&region, &region, &watched).expect("a status");
    assert!(super::text(&status, "o.yaml").contains("\nalarms: 5 not deployed\n"));
}
