use std::cell::RefCell;

use super::*;
use crate::cloud::call_error::{CallError, CallErrorKind};
use crate::cloud::client::{Call, Stack, StackResource};
use crate::cloud::observer::{
    Alarm, AlarmState, LogPage, MetricQuery, Object, Point, Position, RecordPage, Shard,
};
use crate::cloud::stack_state::StackStatus;
use crate::cloud::stop::Stop;
use pipec_compiler::plan::fixture::{planned, spec};

/// Two groups whose events come a page of one event at a time; each pause lets a second pass and the late ones come in.
struct Groups {
    events: RefCell<Vec<(&'static str, i64, &'static str)>>,
    late: RefCell<Vec<(&'static str, i64, &'static str)>>,
    pauses: RefCell<u32>,
    pauses_max: u32,
}

impl Observer for Groups {
    fn now(&self) -> i64 {
        100_000 + i64::from(*self.pauses.borrow()) * 1_000
    }

    fn pause(&self, _: Duration) -> Call<()> {
        *self.pauses.borrow_mut() += 1;
        if *self.pauses.borrow() > self.pauses_max {
            return Err(CallError {
                action: "wait",
                kind: CallErrorKind::Interrupted,
                code: None,
                message: String::new(),
            });
        }
        self.events.borrow_mut().append(&mut self.late.borrow_mut());
        Ok(())
    }

    fn log_events(&self, request: &LogRequest) -> Call<LogPage> {
        let mut events: Vec<LogEvent> = self
            .events
            .borrow()
            .iter()
            .filter(|(group, at, _)| *group == request.group && (request.from..=request.to).contains(at))
            .map(|(group, at, message)| LogEvent {
                id: format!("{group}{at}{message}"),
                stream: "one".into(),
                at: *at,
                message: (*message).into(),
            })
            .collect();
        events.sort_by_key(|event| event.at);
        let page: usize = request.token.map_or(0, |token| token.parse().expect("a token of ours"));
        let more = page + 1 < events.len();
        Ok(LogPage {
            events: events.into_iter().skip(page).take(1).collect(),
            token: more.then(|| (page + 1).to_string()),
        })
    }

    fn metrics(&self, _: &[MetricQuery], _: i64, _: i64) -> Call<Vec<Vec<Point>>> {
        unreachable!("logs ask for no metrics")
    }
    fn alarms(&self, _: &[String]) -> Call<Vec<AlarmState>> {
        unreachable!("and at no states of alarms")
    }
    fn ringing_alarms(&self) -> Call<Vec<Alarm>> {
        unreachable!("nor for alarms")
    }
    fn shards(&self, _: &str) -> Call<Vec<Shard>> {
        unreachable!("nor for shards")
    }
    fn shard_iterator(&self, _: &str, _: &str, _: &Position) -> Call<String> {
        unreachable!("nor for shards")
    }
    fn records(&self, _: &str) -> Call<RecordPage> {
        unreachable!("nor for records")
    }
    fn objects(&self, _: &str, _: &str) -> Call<Vec<Object>> {
        unreachable!("nor for objects")
    }
    fn read_object(&self, _: &str, _: &str) -> Call<Option<Vec<u8>>> {
        unreachable!("nor for objects")
    }
}

fn groups() -> Groups {
    Groups {
        events: RefCell::new(vec![
            ("t", 1_000, "too old"),
            ("t", 50_000, "a"),
            ("d", 50_500, "b"),
            ("t", 51_000, "c"),
            ("d", 99_000, "e"),
        ]),
        late: RefCell::new(vec![("t", 98_000, "d, late"), ("t", 100_500, "f")]),
        pauses: RefCell::new(0),
        pauses_max: 2,
    }
}

fn deployed() -> Deployed {
    let group = |logical_id: &str, name: &str| StackResource {
        logical_id: logical_id.into(),
        physical_id: Some(name.into()),
        resource_type: "AWS::Logs::LogGroup".into(),
        status: "CREATE_COMPLETE".into(),
    };
    Deployed {
        stack: Stack {
            id: "orders".into(),
            name: "orders".into(),
            status: StackStatus::new("CREATE_COMPLETE"),
            status_reason: None,
            tags: Vec::new(),
            parameters: Vec::new(),
            outputs: Vec::new(),
        },
        resources: vec![group("TransformLogs", "t"), group("DeliveryLogs", "d")],
    }
}

fn graph() -> Graph {
    planned(&spec("record_size: 1 KiB, records_per_second: 10", "transform: {}\n")).0.graph
}

fn told(follow: bool, filter: Option<&str>) -> (Vec<String>, Step<()>) {
    let mut told = Vec::new();
    let graph = graph();
    let options = Options { graph: &graph, programs: &Program::ALL, since: 40_000, follow, filter };
    let end = logs(&groups(), &deployed(), &options, &mut |logged| {
        told.push(logged.event.message.clone());
        true
    });
    (told, end)
}

#[test]
fn groups_are_merged_by_time_page_by_page() {
    assert_eq!(told(false, None), (["a", "b", "c", "e"].map(String::from).to_vec(), Ok(())));
}

#[test]
fn followed_logs_miss_nothing_late_and_tell_nothing_twice() {
    let (lines, end) = told(true, None);
    assert_eq!(lines, ["a", "b", "c", "e", "d, late", "f"]);
    assert!(matches!(end, Err(Stop::Interrupted(_))));
}

#[test]
fn what_is_late_by_minutes_is_told_once() {
    let groups =
        Groups { late: RefCell::new(vec![("t", 2_000, "minutes late")]), pauses_max: 60, ..groups() };
    let mut told = Vec::new();
    let graph = graph();
    let options =
        Options { graph: &graph, programs: &Program::ALL, since: 1_500, follow: true, filter: None };
    let _ = logs(&groups, &deployed(), &options, &mut |logged| {
        told.push(logged.event.message.clone());
        true
    });
    assert_eq!(told, ["a", "b", "c", "e", "minutes late"]);
}

#[test]
fn a_filter_is_a_text() {
    assert_eq!(told(true, Some("late")).0, ["d, late"]);
}

fn shown(program: Program, message: &str) -> String {
    let event =
        LogEvent { id: "1".into(), stream: "s".into(), at: 1_795_000_000_123, message: message.into() };
    text(&Logged { program, group: "g".into(), event })
}

#[test]
fn each_program_has_its_form() {
    let lines = [
        (
            Program::Transform,
            r#"{"timestamp":"x","level":"INFO","message":"batch transformed","request_id":"r","records":3,"_aws":{"a":1},"FunctionName":"f"}"#,
        ),
        (Program::Transform, "REPORT RequestId: r\tDuration: 1.2 ms\n"),
        (
            Program::Flink,
            r#"{"applicationARN":"arn","message":"switched from RUNNING to FAILED","messageType":"WARN","throwableInformation":"java.lang.RuntimeException: no\n\tat a.b(C.java:1)\nCaused by: java.io.IOException: deep\n\tat d.e(F.java:2)"}"#,
        ),
        (
            Program::Flink,
            r#"{"message":"failed","messageType":"ERROR","throwableInformation":["a.B: in lines","\tat c.d(E.java)"]}"#,
        ),
        (
            Program::Delivery,
            r#"{"deliveryStreamARN":"arn","destination":"arn:aws:s3:::b","deliveryStreamVersionId":1,"message":"Access was denied.","errorCode":"S3.AccessDenied"}"#,
        ),
        (Program::Delivery, r#"{"somethingElse":1}"#),
        (Program::Producer, "\u{1b}[31mred\u{7}"),
    ];
    let text: Vec<String> = lines.iter().map(|(program, message)| shown(*program, message)).collect();
    insta::assert_snapshot!(text.join("\n"), @r#"
    2026-11-18T11:06:40.123Z transform INFO  batch transformed request_id=r records=3
    2026-11-18T11:06:40.123Z transform REPORT RequestId: r	Duration: 1.2 ms
    2026-11-18T11:06:40.123Z flink     WARN  switched from RUNNING to FAILED: java.lang.RuntimeException: no
        Caused by: java.io.IOException: deep
    2026-11-18T11:06:40.123Z flink     ERROR failed: a.B: in lines
    2026-11-18T11:06:40.123Z delivery  ERROR S3.AccessDenied: Access was denied. (arn:aws:s3:::b)
        Firehose may not write to the bucket: look for statements of the bucket's policy that deny it; the stack's role allows it
    2026-11-18T11:06:40.123Z delivery  {"somethingElse":1}
    2026-11-18T11:06:40.123Z producer  �[31mred�
    "#);
}
