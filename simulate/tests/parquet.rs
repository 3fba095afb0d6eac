//! Objects in Parquet: the columns of the table, the values of the records, and no more memory than a row group.

use std::collections::BTreeMap;
use std::path::Path;

use bytes::Bytes;
use parquet::basic::Compression;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::schema::printer::print_schema;
use pipec_compiler::{Select, Stack};
use pipec_simulate::source::{Pace, from_list};
use pipec_simulate::store::{Objects, Store};
use pipec_simulate::testing::{prepare, read};
use pipec_simulate::trace::Trace;
use pipec_simulate::{START, Settings, Simulation};
use serde_json::{Value, json};

#[allow(dead_code, reason = "the module is that of the compiler's tests, which use all of it")]
#[path = "../../tests/support/mod.rs"]
mod support;

use support::{Files, programs};

/// All types, an object of two fields, and two partition keys, of which one is a column.
const COLUMNS: &str = "id: {type: BIGINT}, country: {type: VARCHAR(2)}, SMALL: {type: TINYINT}, short: {type: SMALLINT}, items: {type: INTEGER}, \
    weight: {type: REAL}, ratio: {type: DOUBLE}, total: {type: \"DECIMAL(12, 2)\"}, gift: {type: BOOLEAN}, due: {type: DATE}, \
    placed_at: {type: TIMESTAMP}, city: {type: VARCHAR(64), path: $.address.city}, zip: {type: INTEGER, path: $.address.zip}, \
    \"user-id\": {type: VARCHAR(8)}";
const PARTITIONS: &str = "partition_by: {country: {column: country, values: [DE, FR]}}, ";

fn spec(columns: &str, s3: &str) -> String {
    format!(
        "name: orders\nstream: {{record_size: 1 KiB, records_per_second: 10}}\nrecords: {{format: json, columns: {{{columns}}}}}\n\
         delivery: {{s3: {{{s3}table: {{database: shop, name: orders, since: 2026-01-01}}}}}}\naccept: [{{code: PIPE1717, reason: UTC}}]\n"
    )
}

fn stack(spec: &str) -> Stack {
    let world = Files([("orders.yaml".into(), spec.as_bytes().to_vec())].into());
    let compilation = pipec_compiler::compile(&world, &programs(), Path::new("orders.yaml"), Select::Spec);
    let found: Vec<String> = compilation.diagnostics.iter().map(|one| one.message.clone()).collect();
    compilation.pipeline().unwrap_or_else(|| panic!("{found:?}"))
}

fn run(stack: &Stack, records: impl IntoIterator<Item = Vec<u8>>) -> (Trace, Objects) {
    let records = records.into_iter().map(|data| (data, Some(START))).collect();
    let mut arrivals =
        from_list(stack, records, &Pace { start: START, ..Pace::default() }).expect("arrivals");
    let store = Store::memory();
    let mut simulation = Simulation::new(stack, &Settings::new(store.clone())).expect("it runs");
    simulation.feed(&mut arrivals).expect("the records");
    (simulation.finish(&arrivals, "a list").expect("a trace"), store.objects())
}

/// The files in Parquet by the folders of their keys.
fn files(objects: &Objects) -> BTreeMap<String, SerializedFileReader<Bytes>> {
    let parquet = objects.iter().filter(|(name, _)| name.ends_with(".parquet"));
    let one = |(name, bytes): (&String, &Vec<u8>)| {
        let folder = name.rsplit_once('/').expect("a folder").0.to_owned();
        (folder, SerializedFileReader::new(Bytes::from(bytes.clone())).expect("Parquet"))
    };
    parquet.map(one).collect()
}

fn rows(file: &SerializedFileReader<Bytes>) -> Vec<String> {
    file.get_row_iter(None).expect("rows").map(|row| row.expect("a row").to_string()).collect()
}

/// The documents of failed records: code, message and record.
fn failures(objects: &Objects) -> Vec<[String; 3]> {
    let failed = objects.iter().filter(|(name, _)| name.contains("format-conversion-failed"));
    let lines = failed.flat_map(|(_, bytes)| {
        String::from_utf8(bytes.clone()).expect("text").lines().map(str::to_owned).collect::<Vec<_>>()
    });
    lines
        .map(|line| {
            let document: Value = serde_json::from_str(&line).expect("JSON");
            ["lastErrorCode", "lastErrorMessage", "rawData"]
                .map(|key| document[key].as_str().expect(key).to_owned())
        })
        .collect()
}

#[test]
fn a_file_has_the_columns_of_the_table_and_the_values_of_the_records() {
    let stack = stack(&spec(COLUMNS, &format!("format: parquet, {PARTITIONS}")));
    let full = json!({
        "id": i64::MAX, "country": "DE", "SMALL": -128, "short": "32767", "items": 3, "weight": 0.5, "ratio": "0.1", "total": "12.345",
        "gift": "TRUE", "due": "2026-1-31", "placed_at": "2026-01-05T01:00:00.25Z", "address": {"City": "K\u{f6}ln", "zip": 50667},
        "USER-ID": 7, "more": [1],
    });
    let mut bad = full.clone();
    bad["total"] = json!("12,5");
    let records = [
        full.to_string(),
        json!({"country": "FR", "id": null, "address": {}}).to_string(),
        json!({"country": "FR", "ID": 2, "address": null, "placed_at": 1_767_574_800, "total": 7})
            .to_string(),
        bad.to_string(),
        // Two rows of one record.
        format!("{}\n{}\n", json!({"country": "FR", "id": 3}), json!({"country": "FR", "id": 4})),
    ];
    let (trace, objects) = run(&stack, records.map(String::into_bytes));
    let files = files(&objects);
    let folders: Vec<&String> = files.keys().collect();
    let bucket = "orders-deliverybucket";
    assert_eq!(folders.len(), 2, "{folders:?}");
    let file = |country: &str| {
        let of_country =
            |(name, _): &(&String, _)| name.ends_with(&format!("/country={country}/2026/01/01/00"));
        files.iter().find(of_country).unwrap_or_else(|| panic!("{bucket} {folders:?}")).1
    };
    let mut schema = Vec::new();
    print_schema(&mut schema, file("DE").metadata().file_metadata().schema());
    assert_eq!(
        String::from_utf8(schema).expect("text"),
        "message hive_schema {\n  OPTIONAL INT64 id;\n  OPTIONAL INT32 small (INTEGER(8,true));\n  OPTIONAL INT32 short (INTEGER(16,true));\n  \
         OPTIONAL INT32 items;\n  OPTIONAL FLOAT weight;\n  OPTIONAL DOUBLE ratio;\n  OPTIONAL FIXED_LEN_BYTE_ARRAY (6) total (DECIMAL(12,2));\n  \
         OPTIONAL BOOLEAN gift;\n  OPTIONAL INT32 due (DATE);\n  OPTIONAL INT96 placed_at;\n  OPTIONAL group address {\n    \
         OPTIONAL BYTE_ARRAY city (STRING);\n    OPTIONAL INT32 zip;\n  }\n  OPTIONAL BYTE_ARRAY user_id (STRING);\n}\n"
    );
    assert_eq!(
        rows(file("DE")),
        [
            "{id: 9223372036854775807, small: -128, short: 32767, items: 3, weight: 0.5, ratio: 0.1, total: 12.35, gift: true, \
          due: 2026-01-31, placed_at: 2026-01-05 01:00:00.250 +00:00, address: {city: \"K\u{f6}ln\", zip: 50667}, user_id: \"7\"}"
        ]
    );
    let nulls = |id: &str, total: &str, at: &str, address: &str| {
        format!(
            "{{id: {id}, small: null, short: null, items: null, weight: null, ratio: null, total: {total}, gift: null, due: null, \
             placed_at: {at}, address: {address}, user_id: null}}"
        )
    };
    assert_eq!(
        rows(file("FR")),
        [
            nulls("null", "null", "null", "{city: null, zip: null}"),
            nulls("2", "7.00", "2026-01-05 01:00:00.000 +00:00", "null"),
            nulls("3", "null", "null", "null"),
            nulls("4", "null", "null", "null"),
        ]
    );
    let [[code, message, _]] = failures(&objects).try_into().expect("one failure");
    assert_eq!(code, "DataFormatConversion.MalformedData");
    assert_eq!(message, "Data does not match the schema. For input string: \"12,5\"");
    let delivery = &trace.deliveries[0];
    assert_eq!((delivery.records_out, delivery.failed, delivery.objects), (4, 1, 2));
    assert_eq!(delivery.failures[0].reason, "a value does not fit column `total` (decimal(12,2))");
    let sizes: u64 = objects
        .iter()
        .filter(|(name, _)| name.ends_with(".parquet"))
        .map(|(_, bytes)| bytes.len() as u64)
        .sum();
    assert_eq!(delivery.object_bytes, sizes);
    assert!(trace.notes.is_empty(), "{:?}", trace.notes);
}

#[test]
fn the_compression_is_the_planned_one() {
    for (setting, expected) in [
        ("", Compression::SNAPPY),
        ("compression: snappy, ", Compression::SNAPPY),
        ("compression: gzip, ", Compression::GZIP(Default::default())),
        ("compression: none, ", Compression::UNCOMPRESSED),
        ("file_extension: .pq, ", Compression::SNAPPY),
    ] {
        let stack = stack(&spec("id: {type: INTEGER}", &format!("format: parquet, {setting}")));
        let (_, objects) = run(&stack, [b"{\"ID\":5}".to_vec()]);
        let (name, bytes) = objects.first_key_value().expect("an object");
        let extension = if setting.contains(".pq") { ".pq" } else { ".parquet" };
        assert!(name.ends_with(extension), "{name}");
        let file = SerializedFileReader::new(Bytes::from(bytes.clone())).expect("Parquet");
        assert_eq!(file.metadata().row_group(0).column(0).compression(), expected, "{setting}");
        assert_eq!(rows(&file), ["{id: 5}"]);
    }
}

#[test]
fn rows_are_written_before_they_fill_the_memory() {
    let stack = stack(&spec(
        "id: {type: INTEGER}, part: {type: INTEGER}, text: {type: VARCHAR}",
        "format: parquet, partition_by: {part: {column: part, count: 6}}, ",
    ));
    // The last partition has more than a row group; all others together have more than may wait.
    let count = |part: usize| if part == 5 { 10_000 } else { 5_000 };
    let text = "x".repeat(2_000);
    let records = (0..10_000).flat_map(|id| {
        let parts = (0..6).filter(move |part| id < count(*part));
        let text = &text;
        parts.map(move |part| format!("{{\"id\":{id},\"part\":{part},\"text\":\"{text}\"}}").into_bytes())
    });
    let (trace, objects) = run(&stack, records);
    assert_eq!(trace.deliveries[0].failed, 0);
    let files = files(&objects);
    assert_eq!(files.len(), 6);
    let mut groups = 0;
    for (folder, file) in &files {
        let metadata = file.metadata();
        let part: usize =
            folder.split("part=").nth(1).and_then(|rest| rest[..1].parse().ok()).expect("a part");
        assert_eq!(metadata.file_metadata().num_rows(), count(part) as i64, "{folder}");
        groups += metadata.num_row_groups();
        for group in metadata.row_groups() {
            assert!(group.total_byte_size() < 17 << 20, "{folder}: {}", group.total_byte_size());
        }
        let ids: Vec<i32> = file
            .get_row_iter(None)
            .expect("rows")
            .map(|row| parquet::record::RowAccessor::get_int(&row.expect("a row"), 0).expect("an id"))
            .collect();
        assert_eq!(ids, (0..count(part)).collect::<Vec<_>>());
    }
    assert!(groups > 7, "{groups} row groups");
}

#[test]
fn nothing_that_is_converted_is_no_object() {
    let stack = stack(&spec("id: {type: INTEGER}", "format: parquet, "));
    assert_eq!(run(&stack, []).1, Objects::new());
    let (trace, objects) =
        run(&stack, [&b"[]"[..], b"  ", b"{", b"{\"id\":\"\"}", b"\xff"].map(<[u8]>::to_vec));
    assert_eq!(objects.len(), 1);
    assert_eq!((trace.deliveries[0].records_out, trace.deliveries[0].failed), (0, 5));
    let codes: Vec<String> = failures(&objects).into_iter().map(|[code, ..]| code).collect();
    let code = |code: &str| format!("DataFormatConversion.{code}");
    assert_eq!(
        codes,
        ["MalformedData", "MalformedData", "ParseError", "MalformedData", "ParseError"].map(code)
    );
}

#[test]
fn what_is_not_written_is_json_lines_with_a_note() {
    let orc = stack(&spec("id: {type: INTEGER}", "format: orc, "));
    let (trace, objects) = run(&orc, [b"{\"id\":1}".to_vec(), b"{\"id\":\"x\"}".to_vec()]);
    let (name, bytes) = objects.iter().find(|(name, _)| name.ends_with(".orc.jsonl")).expect("an object");
    assert_eq!(bytes, b"{\"id\":1}", "{name}");
    // The values are compared with the columns all the same.
    assert_eq!(failures(&objects).len(), 1);
    assert_eq!(
        trace.notes,
        [
            "delivery: the objects are ORC in AWS, and JSON lines here, since nothing here writes ORC; their names end in `.jsonl`"
        ]
    );
    let existing = spec("id: {type: INTEGER}", "format: parquet, ")
        .replace("{database: shop, name: orders, since: 2026-01-01}", "{existing: shop.orders}");
    let (trace, objects) = run(&stack(&existing), [b"{\"id\":\"x\"}".to_vec()]);
    let (name, bytes) = objects.first_key_value().expect("an object");
    assert!(name.ends_with(".parquet.jsonl"), "{name}");
    assert_eq!(bytes, b"{\"id\":\"x\"}");
    assert!(
        trace.notes[0].contains("since the columns of an existing table are known in AWS alone"),
        "{:?}",
        trace.notes
    );
}

/// What a unit test compares is what goes into the file.
#[test]
fn a_unit_test_compares_the_converted_rows_as_json() {
    let stack = stack(&spec(COLUMNS, &format!("format: parquet, {PARTITIONS}")));
    let tests = "tests:\n  - name: rows\n    given:\n      - {id: 1, country: DE, total: 12.5}\n      - {id: 2, country: FR, total: many}\n      \
        - {id: 3}\n    expect:\n      rows:\n        - {id: 1, country: DE, total: 12.50}\n      failed: 2\n      \
        objects:\n        - {key: orders/country=DE/*, records: 1}\n        - errors/*\n        - errors/*\n";
    let tests = read(tests).unwrap_or_else(|problem| panic!("{problem:?}"));
    let prepared = prepare(&stack, &tests[0], Path::new(".")).expect("it runs");
    let outcome = prepared.finish().expect("an outcome");
    assert_eq!(outcome.differences(&tests[0].expect), Vec::<String>::new());
}
