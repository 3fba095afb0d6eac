use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::time::Duration;

use pipec_simulate::content::{self, CONTENT_MAX};

use super::*;
use crate::cloud::call_error::{CallError, CallErrorKind};
use crate::cloud::client::Call;
use crate::cloud::observer::{
    Alarm, AlarmState, LogPage, LogRequest, MetricQuery, Object, Observer, Point, Position, RecordPage,
    Shard, StreamRecord,
};
use crate::cloud::stop::Step;
use pipec_compiler::pipeline::Purpose;
use pipec_compiler::plan::S3LocationPlan;
use pipec_compiler::plan::fixture::planned;
use pipec_compiler::plan::value::Value;

const BEGIN: i64 = 1_795_473_000_000; // 2026-11-23T22:30:00Z

fn error(code: &str) -> CallError {
    CallError {
        action: "kinesis:GetRecords",
        kind: CallErrorKind::Refused,
        code: Some(code.into()),
        message: String::new(),
    }
}

/// A stream and a bucket in memory. A call takes 10 ms; an iterator is the shard and how many records it is past.
#[derive(Default)]
struct World {
    clock: Cell<i64>,
    /// Time at which an interrupt comes.
    end: i64,
    shards: Vec<(Shard, Vec<(i64, &'static str)>)>,
    /// When shards are split that are open at first; what they become is not there before.
    closes: BTreeMap<&'static str, i64>,
    /// Faults of the next calls of `GetRecords`.
    faults: RefCell<Vec<&'static str>>,
    calls: RefCell<BTreeMap<String, Vec<i64>>>,
    objects: BTreeMap<String, (i64, Vec<u8>)>,
    /// Bytes of objects whose size is not that of their content.
    large: BTreeMap<&'static str, u64>,
    listed: RefCell<Vec<String>>,
}

impl World {
    fn new() -> Self {
        Self { clock: Cell::new(BEGIN), end: BEGIN + 60_000, ..Self::default() }
    }

    fn shard(mut self, id: &str, parents: &[&str], open: bool, records: &[(i64, &'static str)]) -> Self {
        let parents = parents.iter().map(|&parent| parent.to_owned()).collect();
        self.shards.push((Shard { id: id.into(), parents, open }, records.to_vec()));
        self
    }

    /// Whether a shard takes records by now.
    fn open(&self, id: &str) -> bool {
        let closed = self.closes.get(id).is_some_and(|at| BEGIN + at <= self.clock.get());
        self.shards.iter().any(|(shard, _)| shard.id == id && shard.open && !closed)
    }

    fn object(mut self, key: &str, after: i64, content: &[u8]) -> Self {
        self.objects.insert(key.into(), (BEGIN + after, content.to_vec()));
        self
    }

    /// What a shard holds by now.
    fn there(&self, shard: &str) -> Vec<(i64, &'static str)> {
        let (_, records) =
            self.shards.iter().find(|(one, _)| one.id == shard).expect("a shard that is there");
        records.iter().filter(|(at, _)| BEGIN + at <= self.clock.get()).copied().collect()
    }
}

impl Observer for World {
    fn now(&self) -> i64 {
        self.clock.get()
    }

    fn pause(&self, time: Duration) -> Call<()> {
        self.clock.set(self.clock.get() + i64::try_from(time.as_millis()).expect("a short time"));
        if self.clock.get() >= self.end {
            return Err(CallError { kind: CallErrorKind::Interrupted, ..error("") });
        }
        Ok(())
    }

    fn shards(&self, _: &str) -> Call<Vec<Shard>> {
        let there = self.shards.iter().filter(|(shard, _)| !shard.parents.iter().any(|id| self.open(id)));
        Ok(there.map(|(shard, _)| Shard { open: self.open(&shard.id), ..shard.clone() }).collect())
    }

    fn shard_iterator(&self, _: &str, shard: &str, position: &Position) -> Call<String> {
        let there = self.there(shard);
        let past = match position {
            Position::Latest => there.len(),
            Position::Oldest => 0,
            Position::At(time) => there.iter().filter(|(at, _)| BEGIN + at < *time).count(),
            Position::After(sequence) => sequence.parse::<usize>().expect("ours") + 1,
        };
        Ok(format!("{shard} {past}"))
    }

    fn records(&self, iterator: &str) -> Call<RecordPage> {
        self.clock.set(self.clock.get() + 10);
        let (shard, past) = iterator.split_once(' ').expect("ours");
        self.calls.borrow_mut().entry(shard.into()).or_default().push(self.clock.get());
        if let Some(fault) = self.faults.borrow_mut().pop() {
            return Err(error(fault));
        }
        let past: usize = past.parse().expect("ours");
        let there = self.there(shard);
        let record = |(sequence, (_, data)): (usize, &(i64, &str))| StreamRecord {
            sequence: sequence.to_string(),
            data: data.as_bytes().to_vec(),
        };
        let records: Vec<_> = there.iter().enumerate().skip(past).take(2).map(record).collect();
        let end = past + records.len();
        let left = end < there.len();
        let behind = there.get(end).map_or(0, |(at, _)| self.clock.get() - BEGIN - at);
        Ok(RecordPage {
            records,
            next: (self.open(shard) || left).then(|| format!("{shard} {end}")),
            behind: Some(behind),
        })
    }

    fn objects(&self, _: &str, prefix: &str) -> Call<Vec<Object>> {
        self.listed.borrow_mut().push(prefix.to_owned());
        let there =
            self.objects.iter().filter(|(key, (at, _))| key.starts_with(prefix) && *at <= self.clock.get());
        let object = |(key, (at, content)): (&String, &(i64, Vec<u8>))| {
            let bytes = self.large.get(key.as_str()).copied().unwrap_or(content.len() as u64);
            Object { key: key.clone(), at: *at, bytes }
        };
        Ok(there.map(object).collect())
    }

    fn read_object(&self, _: &str, key: &str) -> Call<Option<Vec<u8>>> {
        Ok(self.objects.get(key).map(|(_, content)| content.clone()))
    }

    fn metrics(&self, _: &[MetricQuery], _: i64, _: i64) -> Call<Vec<Vec<Point>>> {
        unreachable!("tail asks for no metrics")
    }
    fn alarms(&self, _: &[String]) -> Call<Vec<AlarmState>> {
        unreachable!("and at no states of alarms")
    }
    fn ringing_alarms(&self) -> Call<Vec<Alarm>> {
        unreachable!("nor for alarms")
    }
    fn log_events(&self, _: &LogRequest) -> Call<LogPage> {
        unreachable!("nor for logs")
    }
}

fn read(world: &World, start: Start, follow: bool) -> (Vec<String>, Step<()>) {
    let mut told = Vec::new();
    let end = records(world, "orders", start, follow, &mut |data| {
        told.push(String::from_utf8(data.to_vec()).expect("text"));
        true
    });
    (told, end)
}

/// A split, then a merge of what it made: 0 into 1 and 2, and those into 3.
fn resharded() -> World {
    World::new()
        .shard("3", &["1", "2"], true, &[(-10, "f")])
        .shard("0", &["gone"], false, &[(-900, "a"), (-800, "b"), (-700, "c")])
        .shard("1", &["0"], false, &[(-600, "d")])
        .shard("2", &["0"], false, &[(-500, "e1"), (-400, "e2"), (-300, "e3")])
}

#[test]
fn children_come_behind_their_parents() {
    let (told, end) = read(&resharded(), Start::Oldest, false);
    assert_eq!(end, Ok(()));
    assert_eq!(told[..3], ["a", "b", "c"]);
    assert_eq!(told.last().map(String::as_str), Some("f"));
    let mut all = told.clone();
    all.sort();
    assert_eq!(all, ["a", "b", "c", "d", "e1", "e2", "e3", "f"]);
}

#[test]
fn a_merged_shard_waits_for_parents_that_are_not_read_yet() {
    // C is split into B and D; A, which ends long before, and B are merged to E.
    let world = World::new()
        .shard("A", &[], false, &[(-900, "a")])
        .shard("C", &[], false, &[(-900, "c1"), (-850, "c2"), (-800, "c3"), (-750, "c4")])
        .shard("B", &["C"], false, &[(-600, "b1"), (-500, "b2"), (-400, "b3")])
        .shard("D", &["C"], true, &[(-600, "d")])
        .shard("E", &["A", "B"], true, &[(-10, "e")]);
    for start in [Start::Oldest, Start::Since(BEGIN - 2_000)] {
        let (told, end) = read(&world, start, false);
        assert_eq!((told.len(), end), (10, Ok(())));
        assert_eq!(told.last().map(String::as_str), Some("e"));
    }
}

#[test]
fn from_now_on_closed_shards_count_as_read() {
    // A is merged, while it is followed, with one that ended before.
    let mut world = World::new()
        .shard("gone", &[], false, &[(-900, "old")])
        .shard("A", &["gone"], true, &[(5_000, "a")])
        .shard("B", &["A", "gone"], true, &[(6_000, "b")]);
    world.closes.insert("A", 5_500);
    assert_eq!(read(&world, Start::Now, true).0, ["a", "b"]);
}

#[test]
fn a_time_in_the_past_is_found_across_shards() {
    let (mut told, end) = read(&resharded(), Start::Since(BEGIN - 450), false);
    told.sort();
    assert_eq!((told, end), (vec!["e2".to_owned(), "e3".to_owned(), "f".to_owned()], Ok(())));
}

#[test]
fn from_now_on_is_what_comes_from_now_on() {
    let world = World::new().shard("0", &[], true, &[(-10, "old"), (5_000, "new"), (7_000, "newer")]);
    assert_eq!(read(&world, Start::Now, true).0, ["new", "newer"]);
    assert_eq!(read(&World { clock: Cell::new(BEGIN), ..world }, Start::Now, false).0, Vec::<String>::new());
}

#[test]
fn what_is_there_has_an_end_while_more_comes() {
    // Something new at every look, at the two shards in turn.
    let live = |first: i64| (0..100).map(|index| (first + index * 600, "r")).collect::<Vec<_>>();
    let world = World::new().shard("0", &[], true, &live(-1_000)).shard("1", &[], true, &live(-700));
    let (told, end) = read(&world, Start::Oldest, false);
    assert_eq!(end, Ok(()));
    assert!((4..10).contains(&told.len()), "{}", told.len());
}

#[test]
fn what_is_there_has_an_end_while_more_comes_than_can_be_read() {
    let live: Vec<(i64, &str)> = (-20..1_000).map(|index| (index * 100, "r")).collect();
    let (told, end) = read(&World::new().shard("0", &[], true, &live), Start::Oldest, false);
    assert_eq!(end, Ok(()));
    assert!((20..30).contains(&told.len()), "{}", told.len());
}

#[test]
fn a_shard_is_asked_less_often_than_its_limit() {
    let many: Vec<(i64, &str)> = (0..40).map(|index| (index - 100, "r")).collect();
    let world = World::new().shard("0", &[], true, &many).shard("1", &[], true, &many);
    let (told, _) = read(&world, Start::Oldest, true);
    assert_eq!(told.len(), 80);
    for calls in world.calls.borrow().values() {
        assert!(calls.windows(5).all(|calls| calls[4] - calls[0] >= 1_000), "{calls:?}");
    }
}

#[test]
fn no_fault_on_the_way_loses_or_doubles_a_record() {
    for fault in ["ProvisionedThroughputExceededException", "ExpiredIteratorException"] {
        let world =
            World::new().shard("0", &[], true, &[(10, "a"), (2_000, "b"), (4_000, "c"), (6_000, "d")]);
        world.faults.borrow_mut().extend([fault; 3]);
        assert_eq!(read(&world, Start::Now, true).0, ["a", "b", "c", "d"], "{fault}");
    }
}

#[test]
fn a_refusal_that_does_not_pass_ends_it() {
    let world = World::new().shard("0", &[], true, &[]);
    world.faults.borrow_mut().push("AccessDeniedException");
    assert!(read(&world, Start::Now, true).1.is_err());
    let world = World::new().shard("0", &[], true, &[]);
    world.faults.borrow_mut().extend(["ProvisionedThroughputExceededException"; 6]);
    assert!(read(&world, Start::Now, true).1.is_err());
}

fn location(prefix: &str) -> S3LocationPlan {
    S3LocationPlan {
        purpose: Purpose::Destination,
        spec: "/delivery/s3".into(),
        logical_id: None,
        output: ("BucketName".into(), ""),
        bucket_arn: Value::text("arn"),
        bucket_name: Value::text("b"),
        buffer_size: 1,
        buffer_interval: 60,
        prefix: prefix.into(),
        error_prefix: "raw/failed/!{firehose:error-output-type}/".into(),
        error_rows_prefix: "errors/query/".into(),
        compression: "UNCOMPRESSED",
        file_extension: None,
        time_zone: None,
        key: None,
    }
}

fn found(world: &World, start: Start, follow: bool) -> Vec<String> {
    let location = location("raw/");
    let mut told = Vec::new();
    let _ = objects(
        world,
        Place { bucket: "b", location: &location, failures: false },
        start,
        follow,
        &mut |_, content| {
            told.push(content.map_or_else(|error| error, |bytes| String::from_utf8(bytes).expect("text")));
            true
        },
    );
    told
}

#[test]
fn no_object_is_lost_while_those_before_are_told() {
    let world = World { end: BEGIN + 12 * 3_600_000, ..World::new() }
        .object("raw/2026/11/23/22/a", 1_000, b"slow to tell")
        .object("raw/2026/11/23/23/b", 3_600_000, b"meanwhile")
        .object("raw/2026/11/24/07/c", 9 * 3_600_000, b"after");
    let location = location("raw/");
    let mut told = Vec::new();
    let _ = objects(
        &world,
        Place { bucket: "b", location: &location, failures: false },
        Start::Now,
        true,
        &mut |key, _| {
            if told.is_empty() {
                world.clock.set(world.clock.get() + 8 * 3_600_000);
            }
            told.push(key.to_owned());
            true
        },
    );
    assert_eq!(told, ["raw/2026/11/23/22/a", "raw/2026/11/23/23/b", "raw/2026/11/24/07/c"]);
    // What lies behind the last look is not listed for ever.
    let listed = world.listed.borrow();
    assert!(listed.iter().rev().take(20).all(|prefix| prefix.starts_with("raw/2026/11/24/")), "{listed:?}");
}

#[test]
fn what_was_there_before_a_long_sleep_is_not_new() {
    const WEEKS: i64 = 14 * 24 * 3_600_000;
    let world = World { end: BEGIN + WEEKS + 60_000, ..World::new() }
        .object("raw/2026/11/01/01/old", -22 * 24 * 3_600_000, b"old")
        .object("raw/2026/11/23/22/a", 1_000, b"before")
        .object("raw/2026/12/01/01/b", 8 * 24 * 3_600_000, b"asleep");
    let location = location("raw/");
    let mut told = Vec::new();
    let _ = objects(
        &world,
        Place { bucket: "b", location: &location, failures: false },
        Start::Now,
        true,
        &mut |key, _| {
            if told.is_empty() {
                world.clock.set(world.clock.get() + WEEKS);
            }
            told.push(key.to_owned());
            true
        },
    );
    assert_eq!(told, ["raw/2026/11/23/22/a", "raw/2026/12/01/01/b"]);
}

#[test]
fn a_long_time_is_one_listing() {
    let world = bucket();
    assert_eq!(found(&world, Start::Since(0), false), ["yesterday", "a minute ago"]);
    assert_eq!(*world.listed.borrow(), ["raw/"]);
}

#[test]
fn an_object_that_would_fill_the_memory_is_not_read() {
    let mut world = bucket();
    world.large.insert("raw/2026/11/23/22/a", CONTENT_MAX + 1);
    assert_eq!(found(&world, Start::Oldest, false), ["yesterday", "it has over 256 MiB"]);
    world.large.insert("raw/2026/11/23/22/a", CONTENT_MAX);
    assert_eq!(found(&world, Start::Oldest, false), ["yesterday", "a minute ago"]);
}

fn bucket() -> World {
    World::new()
        .object("raw/2026/11/22/01/x", -80_000_000, b"yesterday")
        .object("raw/2026/11/23/22/a", -60_000, b"a minute ago")
        .object("raw/2026/11/23/22/b", 8_000, b"new")
        .object("raw/2026/11/23/22/c", 9_000, b"\x1f\x8bbroken")
        .object("raw/2026/11/23/22/d", 30_000, b"newer")
        .object("raw/failed/2026/11/23/22/e", 30_000, b"failed")
}

#[test]
fn each_object_is_told_once() {
    let broken = "it cannot be unpacked: ";
    let told = found(&bucket(), Start::Now, true);
    assert_eq!((told[0].as_str(), told[2].as_str(), told.len()), ("new", "newer", 3));
    assert!(told[1].starts_with(broken), "{told:?}");
    assert_eq!(found(&bucket(), Start::Since(BEGIN - 120_000), true)[0], "a minute ago");
    assert_eq!(found(&bucket(), Start::Oldest, false), ["yesterday", "a minute ago"]);
}

#[test]
fn only_the_places_of_the_last_hours_are_listed() {
    let world = bucket();
    found(&world, Start::Now, true);
    let listed = world.listed.borrow();
    assert!(listed.iter().all(|prefix| prefix.starts_with("raw/2026/11/23/")), "{listed:?}");
    assert_eq!(listed.first().map(String::as_str), Some("raw/2026/11/23/19/"));
}

#[test]
fn what_is_read_has_a_name_of_pipecs_and_one_of_the_sql() {
    let sql = |statements: &str| {
        format!(
            "name: orders\nstream: {{ record_size: 1 KiB, records_per_second: 10 }}\ndelivery: {{ s3: {{}} }}\n\
             records: {{ format: json, columns: {{ AGE: {{ type: INTEGER }} }} }}\n\
             analytics:\n  runtime: flink\n  outputs: {{ Rows: delivery, bucket: {{ stream: {{}} }} }}\n  \
             sql: |\n{statements}"
        )
    };
    let stream = |name: &str| {
        format!(
            "    CREATE STREAM \"{name}\" (AGE INTEGER);\n    \
             CREATE PUMP \"{name} pump\" AS INSERT INTO \"{name}\" SELECT STREAM AGE FROM SOURCE_SQL_STREAM_001;\n"
        )
    };
    let (plan, _) = planned(&sql(&(stream("Rows") + &stream("bucket"))));
    let find = |name: &str| Target::find(&plan.graph, name);
    let is_stream = |logical_id: &str| Ok(Target::Stream(logical_id.into()));
    assert_eq!(find("input"), is_stream("Stream"));
    assert_eq!(find("output"), is_stream("OutputStream"));
    assert_eq!(find("rows"), is_stream("OutputStream"));
    // The destination before an output of that name, which another spelling still finds.
    assert_eq!(find("bucket"), Ok(Target::Bucket(None, Purpose::Destination)));
    let names = ["input", "output", "failed", "bucket", "Rows", "bucket"].map(str::to_owned);
    assert_eq!(find("other"), Err(names.to_vec()));
    let (plan, _) = planned(
        "name: orders\nstream: { record_size: 1 KiB, records_per_second: 10 }\n\
                             delivery: { s3: { bucket: taken } }\n",
    );
    assert_eq!(Target::find(&plan.graph, "Bucket"), Ok(Target::Bucket(None, Purpose::Destination)));
}

#[test]
fn what_failed_has_a_name_for_each_delivery() {
    let (plan, _) = planned(
        "name: orders\nstream: { record_size: 1 KiB, records_per_second: 10 }\ndeliveries:\n  lake: { s3: {} }\n  vendor: { http: { \
         url: 'https://example.com' } }\n",
    );
    let find = |name: &str| Target::find(&plan.graph, name);
    assert_eq!(find("lake"), Ok(Target::Bucket(Some("lake".into()), Purpose::Destination)));
    assert_eq!(find("vendor-backup"), Ok(Target::Bucket(Some("vendor".into()), Purpose::Backup)));
    for name in ["lake", "vendor"] {
        assert_eq!(find(&format!("{name}-failed")), Ok(Target::Failures(Some(name.into()))));
    }
    let failures = plan.deliveries.iter().map(|delivery| delivery.failures().map(|at| at.purpose));
    assert_eq!(failures.collect::<Vec<_>>(), [Some(Purpose::Destination), Some(Purpose::Backup)]);
}

#[test]
fn what_failed_is_read_alone() {
    let world = bucket().object("errors/query/x", 1_000, b"a fault of the query");
    let mut location = location("raw/");
    let read = |location: &S3LocationPlan| {
        let mut told = Vec::new();
        let place = Place { bucket: "b", location, failures: true };
        let _ = objects(&world, place, Start::Oldest, false, &mut |key, _| {
            told.push(key.to_owned());
            true
        });
        told
    };
    assert!(read(&location).is_empty(), "it comes later");
    world.clock.set(world.clock.get() + 60_000);
    assert_eq!(read(&location), ["raw/failed/2026/11/23/22/e"]);
    location.error_prefix = "errors/!{firehose:error-output-type}/".into();
    assert!(read(&location).is_empty());
}

#[test]
fn a_failure_shows_its_record_and_what_to_do() {
    let line = r#"{"attemptsMade":3,"errorCode":"HttpEndpoint.RequestTimeout","errorMessage":"no response","rawData":"eyJhIjoxfQo="}"#;
    let shown: serde_json::Value = serde_json::from_str(&content::failure(line.as_bytes())).expect("JSON");
    assert_eq!(shown["record"], "{\"a\":1}");
    assert_eq!(shown["attemptsMade"], 3);
    assert!(shown["help"].as_str().is_some_and(|help| help.contains("within 3 minutes")), "{shown}");
    assert!(shown.get("rawData").is_none());
    assert_eq!(content::failure(b"a line"), "a line\n");
    assert_eq!(content::failure(br#"{"rawData":1}"#), "{\"rawData\":1}\n");
}

#[test]
fn of_a_bucket_that_a_destination_loads_from_failures_are_in_folders_of_firehose() {
    let world = World { end: BEGIN + 3_600_000, ..World::new() }
        .object("2026/11/23/22/a", 1_000, b"a record")
        .object("manifests/2026/11/23/22/a", 2_000, b"{}")
        .object("errors/manifests/2026/11/23/22/a", 3_000, b"{\"entries\":[]}")
        .object("processing-failed/2026/11/23/22/a", 4_000, b"{}")
        .object("errors/query/2026/11/23/22/a", 5_000, b"a fault of the query");
    world.clock.set(world.clock.get() + 60_000);
    let location = S3LocationPlan { purpose: Purpose::Staging, error_prefix: String::new(), ..location("") };
    let read = |failures: bool| {
        let mut told = Vec::new();
        let place = Place { bucket: "b", location: &location, failures };
        let _ = objects(&world, place, Start::Oldest, false, &mut |key, _| {
            told.push(key.to_owned());
            true
        });
        told
    };
    assert_eq!(read(false), ["2026/11/23/22/a"]);
    assert_eq!(read(true), ["errors/manifests/2026/11/23/22/a", "processing-failed/2026/11/23/22/a"]);
}
