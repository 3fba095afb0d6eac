//! Pipelines on this machine: every record is accounted for, the bytes are those of the transform, and the objects are where
//! Firehose would write them.

use std::collections::HashMap;
use std::path::Path;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use pipec_compiler::plan::Content;
use pipec_compiler::world::Disk;
use pipec_compiler::{Select, Stack};
use pipec_core::RecordProgram;
use pipec_simulate::source::{Pace, from_file, from_list};
use pipec_simulate::store::{Objects, Store};
use pipec_simulate::trace::Trace;
use pipec_simulate::{START, Settings, Simulation};
use pipec_transform::batch;
use pipec_transform::event::Event;
use proptest::prelude::*;
use serde_json::{Value, json};

#[allow(dead_code, reason = "the module is that of the compiler's tests, which use all of it")]
#[path = "../../tests/support/mod.rs"]
mod support;

use support::{Files, programs};

const SQL: &str = "CREATE OR REPLACE STREAM \"OUT\" (\"id\" INTEGER, \"total\" DOUBLE);\n\
    CREATE OR REPLACE PUMP \"P\" AS INSERT INTO \"OUT\" SELECT STREAM \"id\", \"total\" FROM \"SOURCE_SQL_STREAM_001\" WHERE \"total\" > 10;\n";

/// A pipeline whose SQL runs in the transform.
fn spec(delivery: &str, transform: &str) -> String {
    format!(
        "name: orders\nstream: {{ record_size: 1 KiB, records_per_second: 10, partition_key: $.id }}\n\
         records: {{ format: json, columns: {{ id: {{ type: INTEGER }}, total: {{ type: DOUBLE }} }} }}\n\
         analytics: {{ runtime: lambda, sql: orders.sql }}\ntransform: {{ {transform} }}\ndelivery: {{ {delivery} }}\n"
    )
}

fn stack(spec: &str) -> Stack {
    let files = [("orders.yaml", spec), ("orders.sql", SQL)];
    let world = Files(HashMap::from(files.map(|(name, text)| (name.into(), text.as_bytes().to_vec()))));
    let compilation = pipec_compiler::compile(&world, &programs(), Path::new("orders.yaml"), Select::Spec);
    let found: Vec<String> = compilation.diagnostics.iter().map(|one| one.message.clone()).collect();
    compilation.pipeline().unwrap_or_else(|| panic!("{found:?}"))
}

fn pace() -> Pace {
    Pace { start: START, ..Pace::default() }
}

/// Records that arrive at times in milliseconds after the start.
fn run(stack: &Stack, records: Vec<(Vec<u8>, i64)>, show: usize) -> (Trace, Objects) {
    let records = records.into_iter().map(|(data, at)| (data, Some(START + at))).collect();
    let mut arrivals = from_list(stack, records, &pace()).expect("arrivals");
    let store = Store::memory();
    let settings = Settings { seed: 1, show, ..Settings::new(store.clone()) };
    let mut simulation = Simulation::new(stack, &settings).expect("it runs");
    simulation.feed(&mut arrivals).expect("the records");
    (simulation.finish(&arrivals, "a list").expect("a trace"), store.objects())
}

/// The content of all objects of data, or of all others, in the order of their times.
fn content(objects: &Objects, failed: bool) -> Vec<u8> {
    let all = objects.iter().filter(|(name, _)| name.contains("processing-failed") == failed);
    all.flat_map(|(_, bytes)| bytes.clone()).collect()
}

/// Every record went somewhere, and is where the trace says.
fn accounted(trace: &Trace, objects: &Objects, records: u64) -> Result<(), TestCaseError> {
    prop_assert_eq!(trace.source.records_in, records);
    prop_assert_eq!(trace.source.records_in, trace.source.records_out + trace.source.too_large);
    for delivery in &trace.deliveries {
        prop_assert_eq!(delivery.records_in, trace.source.records_out);
        prop_assert_eq!(delivery.records_in, delivery.records_out + delivery.dropped + delivery.failed);
        let failed = content(objects, true);
        prop_assert_eq!(failed.iter().filter(|byte| **byte == b'\n').count() as u64, delivery.failed);
        prop_assert_eq!(delivery.objects + delivery.error_objects, objects.len() as u64);
        let transform = delivery.transform.as_ref().expect("a transform");
        let rows = content(objects, false).iter().filter(|byte| **byte == b'\n').count() as u64;
        prop_assert_eq!(rows, transform.rows);
    }
    let in_shards: u64 =
        trace.stream.iter().flat_map(|stream| &stream.shards).map(|shard| shard.records).sum();
    prop_assert_eq!(in_shards, trace.source.records_out);
    Ok(())
}

/// What the function returns for batches of records, by its own code: the rows, and the failed records.
fn replies(stack: &Stack, batches: &[Vec<Vec<u8>>]) -> (Vec<u8>, Vec<Vec<u8>>) {
    let transform = stack.plan.transforms().next().expect("a transform");
    let Content::Function { files, .. } = &transform.artifact.content else { panic!("a function") };
    let program = RecordProgram::from_json(files[0].1.as_bytes()).expect("a program");
    let (mut rows, mut failed) = (Vec::new(), Vec::new());
    for records in batches {
        let entry = |(id, data): (usize, &Vec<u8>)| json!({"recordId": format!("{id:056}"), "data": BASE64_STANDARD.encode(data)});
        let event = json!({"records": records.iter().enumerate().map(entry).collect::<Vec<_>>()}).to_string();
        let (reply, _) = batch::transform(&program, &Event::from_json(event.as_bytes()).expect("an event"));
        let reply: Value = serde_json::from_slice(&reply).expect("JSON");
        for (answer, record) in reply["records"].as_array().expect("answers").iter().zip(records) {
            match answer["result"].as_str().expect("a result") {
                "Ok" => rows
                    .extend(BASE64_STANDARD.decode(answer["data"].as_str().expect("data")).expect("base64")),
                "Dropped" => {}
                _ => failed.push(record.clone()),
            }
        }
    }
    (rows, failed)
}

/// Records, some of which are not what the SQL reads.
fn record() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        (any::<i32>(), any::<f32>())
            .prop_map(|(id, total)| format!("{{\"id\":{id},\"total\":{total}}}").into_bytes()),
        "\\{\"id\":[0-9]{1,12},\"total\":\"?[0-9]{0,3}\"?\\}?".prop_map(String::into_bytes),
        prop::collection::vec(any::<u8>(), 0..60),
        (1_usize..60_000).prop_map(|size| format!(
            "{{\"id\":7,\"total\":11,\"text\":\"{}\"}}",
            "x".repeat(size)
        )
        .into_bytes()),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn the_objects_are_what_the_function_returns(records in prop::collection::vec(record(), 0..60)) {
        // 0.2 MiB, the least that Firehose collects for a call.
        let stack = stack(&spec("s3: {}", "buffer: { size: 256 KiB, interval: 60 s }"));
        let (trace, objects) = run(&stack, records.iter().map(|record| (record.clone(), 0)).collect(), 0);
        accounted(&trace, &objects, records.len() as u64)?;
        let mut batches = vec![Vec::new()];
        let mut bytes = 0;
        for record in &records {
            bytes += record.len();
            batches.last_mut().expect("a batch").push(record.clone());
            if bytes >= 256 * 1024 {
                batches.push(Vec::new());
                bytes = 0;
            }
        }
        let (rows, failed) = replies(&stack, &batches);
        prop_assert_eq!(content(&objects, false), rows);
        let raw = |line: &[u8]| {
            let document: Value = serde_json::from_slice(line).expect("JSON");
            BASE64_STANDARD.decode(document["rawData"].as_str().expect("data")).expect("base64")
        };
        let documents = content(&objects, true);
        let lines = documents.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
        prop_assert_eq!(lines.map(raw).collect::<Vec<_>>(), failed);
    }

    /// Whatever a file holds, each of its lines is a record that is accounted for.
    #[test]
    fn every_line_of_a_file_is_accounted_for(
        bytes in prop::collection::vec(prop_oneof![Just(b'\n'), Just(b'{'), Just(b'"'), any::<u8>()], 0..4000),
        packed: bool,
    ) {
        let stack = stack(&spec("s3: { compression: gzip }", "append: \"\\n\""));
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("records.jsonl");
        // What begins like gzip is taken for it.
        prop_assume!(!bytes.starts_with(&[0x1f, 0x8b]) && !bytes.starts_with(b"base64:"));
        let content = if packed { gzip(&bytes) } else { bytes.clone() };
        std::fs::write(&path, content).expect("a file");
        let mut arrivals = from_file(&stack, &path, &pace()).expect("arrivals");
        let settings = Settings { show: 3, ..Settings::new(Store::Nowhere) };
        let mut simulation = Simulation::new(&stack, &settings).expect("it runs");
        simulation.feed(&mut arrivals).expect("the records");
        let trace = simulation.finish(&arrivals, "a file").expect("a trace");
        let lines = bytes.split(|byte| *byte == b'\n').filter(|line| !line.trim_ascii().is_empty()).count();
        prop_assert_eq!(trace.source.records_in, lines as u64);
        let delivery = &trace.deliveries[0];
        prop_assert_eq!(delivery.records_in, delivery.records_out + delivery.dropped + delivery.failed);
    }
}

fn gzip(content: &[u8]) -> Vec<u8> {
    use std::io::Write as _;
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    packer.write_all(content).expect("memory");
    packer.finish().expect("memory")
}

#[test]
fn a_record_that_is_too_large_is_counted_and_not_sent() {
    let stack = stack(&spec("s3: {}", "append: \"\\n\""));
    let large = vec![b'x'; 1024 * 1024 + 1];
    let (trace, objects) = run(&stack, vec![(large, 0), (b"{\"id\":1,\"total\":11}".to_vec(), 1)], 0);
    assert_eq!((trace.source.records_in, trace.source.too_large), (2, 1));
    accounted(&trace, &objects, 2).expect("each record");
}

#[test]
fn buffers_are_written_by_size_and_by_time() {
    let stack = stack(&spec(
        "buffer: { size: 1 MiB, interval: 60 s }, s3: { prefix: 'a/!{timestamp:HH-mm-ss}/' }",
        "buffer: { interval: 10 s }",
    ));
    let order =
        |text: usize| format!("{{\"id\":1,\"total\":11,\"text\":\"{}\"}}", "x".repeat(text)).into_bytes();
    // Two in one call; one after the buffer's interval.
    let records = vec![(order(1), 0), (order(1), 9_000), (order(1), 75_000)];
    let (trace, objects) = run(&stack, records, 0);
    let names: Vec<&str> = objects.keys().map(|name| &name[..name.len() - 36]).collect();
    assert_eq!(
        names,
        [
            "orders-bucket/a/00-00-00/orders-Delivery-1-2026-01-01-00-00-00-",
            "orders-bucket/a/00-01-15/orders-Delivery-1-2026-01-01-00-01-15-",
        ]
    );
    let rows: Vec<usize> =
        objects.values().map(|bytes| bytes.iter().filter(|byte| **byte == b'\n').count()).collect();
    assert_eq!(rows, [2, 1]);
    // The call comes 10 s after its first record, and the object 60 s later.
    let delay = trace.deliveries[0].delay.as_ref().expect("a record");
    assert_eq!((delay.shortest, delay.average, delay.longest), (61_000, 67_000, 70_000));
}

#[test]
fn what_becomes_of_the_first_records_is_shown() {
    let stack = stack(&spec("s3: {}", "append: \"\\n\""));
    let records = ["{\"id\":1,\"total\":11}", "{\"id\":2,\"total\":9}", "no JSON", "{\"id\":3,\"total\":12}"];
    let records = records.map(|record| (record.as_bytes().to_vec(), 0));
    let (trace, _) = run(&stack, records.to_vec(), 3);
    let fates: Vec<_> =
        trace.shown.iter().map(|shown| (shown.fates[0].result, shown.fates[0].content.as_deref())).collect();
    assert_eq!(
        fates,
        [("delivered", Some("{\"id\":1,\"total\":11.0}")), ("dropped", None), ("failed", None)]
    );
    assert_eq!(trace.deliveries[0].transform.as_ref().map(|transform| transform.not_applicable), Some(1));
}

#[test]
fn a_failed_record_is_written_as_firehose_does() {
    let stack = stack(&spec("s3: {}", "buffer: { interval: 10 s }"));
    let (_, objects) = run(&stack, vec![(b"no JSON".to_vec(), 0)], 0);
    let (name, bytes) = objects.first_key_value().expect("an object");
    assert!(name.starts_with("orders-bucket/errors/processing-failed/"), "{name}");
    let arn = "arn:aws:lambda:us-east-1:000000000000:function:orders-Transform";
    let expected = format!(
        "{{\"rawData\":\"bm8gSlNPTg==\",\"errorCode\":\"Lambda.ProcessingFailedStatus\",\"errorMessage\":\"ProcessingFailed status set for record\",\
         \"attemptsMade\":1,\"arrivalTimestamp\":{START},\"attemptEndingTimestamp\":{},\"lambdaARN\":\"{arn}\"}}\n",
        START + 10_000
    );
    assert_eq!(String::from_utf8_lossy(bytes), expected);
}

#[test]
fn deliveries_without_sql_get_what_firehose_itself_makes() {
    let spec = "name: raw\ndeliveries:\n  all: { record_size: 1 KiB, records_per_second: 10, newline: append, s3: {} }\n  \
        other: { record_size: 1 KiB, records_per_second: 10, newline: none, s3: {} }\n";
    let stack = stack(spec);
    let (trace, objects) = run(&stack, vec![(b"a".to_vec(), 0), (b"b\n".to_vec(), 0)], 0);
    assert_eq!(objects.values().collect::<Vec<_>>(), [b"a\nb\n\n"]);
    assert!(trace.stream.is_none());
    assert_eq!(trace.notes, ["delivery other: nothing is put into it; use `--into other`"]);
}

#[test]
fn partitions_have_folders_and_objects_of_their_own() {
    let spec = "name: orders\nstream: { record_size: 1 KiB, records_per_second: 10 }\n\
        records: { format: json, columns: { id: { type: INTEGER }, country: { type: VARCHAR(2) } } }\ntransform: { append: \"\\n\" }\n\
        delivery: { buffer: { size: 64 MiB, interval: 60 s }, s3: { prefix: a/, partition_by: { country: { column: country } } } }\n";
    let stack = stack(spec);
    let records = [
        "{\"id\":1,\"country\":\"DE\"}",
        "{\"id\":2,\"country\":\"FR\"}",
        "{\"id\":3}",
        "{\"id\":4,\"country\":\"DE\"}",
    ];
    let (trace, objects) = run(&stack, records.map(|record| (record.as_bytes().to_vec(), 0)).to_vec(), 0);
    let of = |folder: &str| {
        let found = objects.iter().filter(|(name, _)| name.contains(folder));
        found.map(|(_, bytes)| String::from_utf8_lossy(bytes).into_owned()).collect::<Vec<_>>()
    };
    assert_eq!(of("/country=DE/"), ["{\"id\":1,\"country\":\"DE\"}\n{\"id\":4,\"country\":\"DE\"}\n"]);
    assert_eq!(of("/country=FR/"), ["{\"id\":2,\"country\":\"FR\"}\n"]);
    assert_eq!(of("/processing-failed/").len(), 1, "{:?}", objects.keys());
    assert_eq!(trace.deliveries[0].failed, 1);
}

/// The documents under a part of the error prefix, as code, message and record.
fn documents(objects: &Objects, part: &str, names: [&str; 2]) -> Vec<(String, String, String)> {
    let of_part = objects.iter().filter(|(name, _)| name.contains(&format!("/{part}/")));
    let text = of_part.map(|(_, bytes)| String::from_utf8_lossy(bytes).into_owned()).collect::<String>();
    let document = |line: &str| {
        let document: Value = serde_json::from_str(line).expect("JSON");
        assert!(document.get("lambdaARN").is_none(), "{line}");
        let [code, message, data] =
            [names[0], names[1], "rawData"].map(|name| document[name].as_str().expect(name).to_owned());
        (code, message, String::from_utf8(BASE64_STANDARD.decode(data).expect("base64")).expect("text"))
    };
    text.lines().map(document).collect()
}

#[test]
fn failures_of_firehoses_own_partitions_have_its_codes_and_are_counted() {
    let spec = "name: orders\nstream: { record_size: 1 KiB, records_per_second: 10 }\n\
        records: { format: json, columns: { country: { type: VARCHAR(2) } } }\n\
        delivery: { buffer: { size: 64 MiB, interval: 60 s }, s3: { prefix: a/, partition_quota: 2, \
        partition_by: { country: { column: country } } } }\n";
    let stack = stack(spec);
    let of = |country: &str| format!("{{\"country\":\"{country}\"}}");
    let records = [
        (of("DE"), 0),
        (of("FR"), 0),
        (of("IT"), 0),
        (of("DE"), 1),
        ("{\"id\":3}".to_owned(), 1),
        ("no JSON".to_owned(), 1),
        (of("IT"), 61_000),
    ];
    let records = records.map(|(record, at)| (record.into_bytes(), at)).to_vec();
    let (trace, objects) = run(&stack, records, 0);
    let code = "DynamicPartitioning.MetadataExtractionFailed";
    let mut found = documents(&objects, "processing-failed", ["errorCode", "errorMessage"]);
    found.sort();
    assert_eq!(
        found,
        [
            (code.to_owned(), "Non JSON record provided".to_owned(), "no JSON".to_owned()),
            (
                code.to_owned(),
                "partitionKeys values must not be null or empty".to_owned(),
                "{\"id\":3}".to_owned()
            ),
        ]
    );
    let exceeded = documents(&objects, "activePartitionExceeded", ["errorCode", "errorMessage"]);
    assert_eq!(exceeded.iter().map(|(.., data)| data.clone()).collect::<Vec<_>>(), [of("IT")]);
    let written =
        |country: &str| objects.keys().filter(|name| name.contains(&format!("country={country}/"))).count();
    assert_eq!((written("DE"), written("FR"), written("IT")), (1, 1, 1), "{:?}", objects.keys());
    let delivery = &trace.deliveries[0];
    assert_eq!((delivery.records_out, delivery.failed), (4, 3));
    let reasons: Vec<_> = delivery.failures.iter().map(|one| (one.reason.as_ref(), one.records)).collect();
    assert_eq!(
        reasons,
        [
            ("more partitions at a time than `partition_quota`", 1),
            ("a partition key has no value", 1),
            ("not JSON, and so without partition keys", 1),
        ]
    );
    let text = pipec_simulate::trace_text::text(&trace);
    assert!(text.contains("1 failed: more partitions at a time than `partition_quota`"), "{text}");
}

/// More partitions than a process may have files open.
#[test]
fn two_thousand_partitions_are_filled_at_a_time() {
    let spec = "name: orders\nstream: { record_size: 1 KiB, records_per_second: 10 }\n\
        records: { format: json, columns: { id: { type: INTEGER } } }\n\
        delivery: { buffer: { size: 64 MiB, interval: 60 s }, s3: { prefix: a/, partition_quota: 2500, \
        partition_by: { id: { column: id } } } }\n";
    let stack = stack(spec);
    let folder = tempfile::tempdir().expect("a folder");
    let records = (0..2_000).map(|id| (format!("{{\"id\":{id}}}").into_bytes(), Some(START))).collect();
    let mut arrivals = from_list(&stack, records, &pace()).expect("arrivals");
    let settings = Settings::new(Store::Folder(folder.path().to_owned()));
    let mut simulation = Simulation::new(&stack, &settings).expect("it runs");
    simulation.feed(&mut arrivals).expect("the records");
    let open = std::fs::read_dir("/proc/self/fd").map_or(0, Iterator::count);
    assert!(open < 200, "{open} files are open");
    let trace = simulation.finish(&arrivals, "a list").expect("a trace");
    assert_eq!((trace.deliveries[0].objects, trace.deliveries[0].failed), (2_000, 0));
}

#[test]
fn failures_of_the_conversion_have_names_of_their_own() {
    let spec = "name: orders\nstream: { record_size: 1 KiB, records_per_second: 10 }\n\
        records: { format: json, columns: { id: { type: INTEGER } } }\n\
        delivery: { s3: { format: parquet, table: { database: shop, name: orders, since: 2026-01-01 } } }\n";
    let (trace, objects) = run(&stack(spec), vec![(b"no JSON".to_vec(), 0)], 0);
    let found = documents(&objects, "format-conversion-failed", ["lastErrorCode", "lastErrorMessage"]);
    let one = |text: &str| text.to_owned();
    let expected =
        (one("DataFormatConversion.ParseError"), one("Encountered malformed JSON."), one("no JSON"));
    assert_eq!(found, [expected]);
    assert_eq!(trace.deliveries[0].failures.len(), 1);
    // Nothing was delivered, and so nothing has a delay.
    assert!(trace.deliveries[0].delay.is_none());
    let json = serde_json::to_value(&trace).expect("JSON");
    assert!(json["deliveries"][0]["delay"].is_null());
}

#[test]
fn the_delivery_to_write_to_is_one_of_the_spec() {
    let problem = |spec: &str, into: &str| {
        let settings = Settings { into: Some(into.to_owned()), ..Settings::new(Store::Nowhere) };
        Simulation::new(&stack(spec), &settings).map(drop).expect_err("no such delivery")
    };
    let raw = "name: raw\ndeliveries:\n  all: { record_size: 1 KiB, records_per_second: 10, s3: {} }\n  \
        other: { record_size: 1 KiB, records_per_second: 10, s3: {} }\n";
    assert_eq!(problem(raw, "othr"), "there is no delivery `othr`; did you mean `other`?");
    assert_eq!(problem(raw, "x"), "there is no delivery `x`; there are: all, other");
    let streamed = spec("s3: {}", "append: \"\\n\"");
    assert!(problem(&streamed, "x").contains("leave out the delivery to write to"));
}

#[test]
fn requests_are_those_of_firehose() {
    let spec = "name: orders\nstream: { record_size: 1 KiB, records_per_second: 10 }\n\
        delivery: { http: { url: 'https://example.com/orders' } }\n";
    let stack = stack(spec);
    let (trace, objects) = run(&stack, vec![(b"a".to_vec(), 0), (b"b".to_vec(), 1)], 0);
    let (name, bytes) = objects.first_key_value().expect("a request");
    assert!(name.starts_with("requests/orders-"), "{name}");
    let request: Value = serde_json::from_slice(bytes).expect("JSON");
    assert_eq!(request["records"], json!([{"data": "YQ=="}, {"data": "Yg=="}]));
    assert!(request["requestId"].as_str().is_some_and(|id| name.contains(id)));
    assert!(request["timestamp"].is_number());
    assert_eq!(trace.notes.len(), 1);
    let text = pipec_simulate::trace_text::text(&trace);
    assert!(text.contains("1 request, ") && text.contains("a record is delivered after"), "{text}");
    assert!(!text.contains("object") && !text.contains("in S3"), "{text}");
}

/// Whatever an example has, it runs here; what needs Flink has a job for it.
#[test]
fn the_examples_run() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples");
    let mut count = 0;
    for entry in std::fs::read_dir(folder).expect("the examples") {
        let path = entry.expect("an example").path();
        if path.extension().is_none_or(|extension| extension != "yaml") {
            continue;
        }
        let compilation = pipec_compiler::compile(&Disk, &programs(), &path, Select::Spec);
        let stack = compilation.pipeline().unwrap_or_else(|| panic!("{}", path.display()));
        let records = vec![(b"{}".to_vec(), None), (b"no JSON".to_vec(), None)];
        let mut arrivals = from_list(&stack, records, &pace()).expect("arrivals");
        let simulation = Simulation::new(&stack, &Settings::new(Store::memory()));
        let mut simulation = simulation.unwrap_or_else(|problem| panic!("{}: {problem}", path.display()));
        simulation.feed(&mut arrivals).expect("the records");
        if simulation.needs_flink() {
            assert!(simulation.job().expect("a job").is_some());
        } else {
            let trace = simulation.finish(&arrivals, "records").expect("a trace");
            assert_eq!(trace.source.records_in, 2, "{}", path.display());
        }
        count += 1;
    }
    assert!(count > 15, "{count}");
}
