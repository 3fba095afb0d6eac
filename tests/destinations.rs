//! The page "Which destination": its figures are those that pipec computes.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::Path;

use pipec_compiler::compare::{Comparison, Figures, KINDS, Kind, Outcome, compare, kind_of, text};
use pipec_compiler::spec::Duration;
use pipec_compiler::world::World;

use crate::support::programs;

/// The load of the page.
const SPEC: &str = "name: orders
region: us-east-1
stream: {record_size: 1 KiB, records_per_second: 100}
records: {format: json, columns: {id: {type: BIGINT}, country: {type: VARCHAR(2)}}}
delivery: {s3: {}}
";

struct Text(String);

impl World for Text {
    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        match path.file_name().is_some_and(|name| name == "spec.yaml") {
            true => Ok(self.0.clone().into_bytes()),
            false => Err(io::Error::from(io::ErrorKind::NotFound)),
        }
    }

    fn size(&self, path: &Path) -> io::Result<u64> {
        self.read(path).map(|bytes| bytes.len() as u64)
    }
}

fn compared(spec: &str, kinds: &[&'static Kind]) -> Comparison {
    let world = Text(spec.to_owned());
    let found = compare(&world, &programs(), Path::new("spec.yaml"), None, kinds, &|_| None);
    found.unwrap_or_else(|(_, found)| panic!("{found:#?}"))
}

fn figures<'c>(comparison: &'c Comparison, name: &str) -> &'c Figures {
    let column = comparison.columns.iter().find(|column| !column.is_own && column.name == name).expect(name);
    match &column.result {
        Outcome::Possible(figures) => figures,
        Outcome::Refused { message, .. } => panic!("{name}: {message}"),
    }
}

/// The table of the page: for each row its cells by the kinds of its head.
fn table() -> BTreeMap<String, BTreeMap<String, String>> {
    let page = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/destinations.md"))
        .expect("the page");
    let rows = page
        .lines()
        .skip_while(|line| !line.starts_with("| | `s3` |"))
        .take_while(|line| line.starts_with('|'));
    let cells = |row: &str| -> Vec<String> {
        row.trim_matches('|').split('|').map(|cell| cell.trim().trim_matches('`').to_owned()).collect()
    };
    let rows: Vec<Vec<String>> = rows.map(cells).collect();
    let of = |row: &Vec<String>| rows[0].iter().cloned().zip(row.iter().cloned()).skip(1).collect();
    rows[2..].iter().map(|row| (row[0].clone(), of(row))).collect()
}

#[test]
fn the_figures_of_the_page_are_those_of_a_plan() {
    let table = table();
    let all: Vec<&Kind> = KINDS.iter().collect();
    let comparison = compared(SPEC, &all);
    let mut wrong = Vec::new();
    for kind in table["latency"].keys() {
        let figures = figures(&comparison, kind);
        let mut holds = |row: &str, part: String| {
            let cell = &table[row][kind];
            if !cell.contains(&part) {
                wrong.push(format!("{kind}, {row}: `{cell}` has no `{part}`"));
            }
        };
        let ((least, most), (small, large)) = (figures.interval_seconds, figures.size_mib);
        holds("latency", format!("{least} s to {most} s"));
        holds("latency", format!("default {} s", figures.interval));
        holds("buffer", format!("{small} MiB to {large} MiB; default {} MiB", figures.buffer_mib));
        match figures.retry_seconds {
            Some((default, most)) => {
                holds("retries", format!("up to {}", Duration(most)));
                holds("retries", format!("default {}", Duration(default)));
            }
            None => holds("retries", "24 h".to_owned()),
        }
        holds("USD per GB", format!("{:.3}", figures.usd_per_gigabyte.expect("a price")));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let columns: Vec<&str> = table["latency"].keys().map(String::as_str).collect();
    let known = KINDS.iter().filter(|kind| !["parquet", "orc"].contains(&kind.name));
    assert!(
        known.into_iter().all(|kind| columns.contains(&kind.name)),
        "a kind is not on the page: {columns:?}"
    );
}

#[test]
fn what_a_spec_lacks_is_a_placeholder() {
    let kinds = ["iceberg", "http", "parquet"].map(|name| kind_of(name).expect("a kind"));
    let own = SPEC.replace("s3: {}", "http: {url: 'https://shop.example.com/in'}");
    let comparison = compared(&own, &kinds);
    let names = |name: &str| -> Vec<&str> {
        figures(&comparison, name).placeholders.iter().map(|(place, _)| place.as_str()).collect()
    };
    assert_eq!(
        names("iceberg"),
        ["iceberg.s3_tables.bucket", "iceberg.s3_tables.namespace", "iceberg.s3_tables.table"]
    );
    assert_eq!(names("http"), [""; 0], "the spec has one");
    assert_eq!(names("parquet").len(), 3);
    let printed = text(&comparison);
    assert!(
        printed.contains("http (the spec)") && printed.contains("https://shop.example.com/in"),
        "{printed}"
    );
    assert!(printed.contains("placeholder: `iceberg.s3_tables.table` is `your_table`"), "{printed}");
    assert!(printed.contains("s3tablescatalog"), "what the other side has to do: {printed}");
}

#[test]
fn what_is_not_possible_is_told_with_its_reason() {
    let own = SPEC
        .replace("us-east-1", "mx-central-1")
        .replace("delivery: {s3: {}}", "deliveries: {lake: {s3: {}}, raw: {s3: {}}}");
    let comparison = compared(&own, &["iceberg", "orc"].map(|name| kind_of(name).expect("a kind")));
    assert_eq!(comparison.delivery.as_deref(), Some("lake"));
    let Outcome::Refused { code, message, .. } = &comparison.columns[1].result else {
        panic!("{comparison:?}")
    };
    assert_eq!(
        (code.as_str(), message.as_str()),
        ("PIPE1792", "Firehose writes no tables of Iceberg in mx-central-1")
    );
    let printed = text(&comparison);
    assert!(printed.contains("not possible: PIPE1792: "), "{printed}");
    assert!(figures(&comparison, "orc").buffer_mib > 0, "the other kind is possible there");
}

#[test]
fn every_kind_compiles_with_its_placeholders() {
    let all: Vec<&Kind> = KINDS.iter().collect();
    let comparison = compared(SPEC, &all);
    assert_eq!(comparison.columns.len(), KINDS.len() + 1);
    for kind in KINDS {
        let figures = figures(&comparison, kind.name);
        assert!(
            figures.placeholders.iter().all(|(_, value)| !value.is_empty()),
            "{:?}",
            figures.placeholders
        );
        assert!(
            figures.pipeline_usd.expect("a price") > figures.delivery_usd.expect("a price"),
            "{}",
            kind.name
        );
    }
}

/// The spec's own destination among the others has the same figures.
#[test]
fn the_own_kind_keeps_what_stands_next_to_the_destination() {
    let own = SPEC.replace("s3: {}", "buffer: {size: 64 MiB, interval: 900 s}, s3: {}");
    let comparison =
        compared(&own, &["s3", "parquet", "snowflake"].map(|name| kind_of(name).expect("a kind")));
    let Outcome::Possible(first) = &comparison.columns[0].result else { panic!("{comparison:?}") };
    let same = figures(&comparison, "s3");
    assert_eq!((same.interval, same.buffer_mib, same.delivery_usd), (900, 64, first.delivery_usd));
    assert_eq!(figures(&comparison, "snowflake").interval, 0, "another kind has its own default");
    let transfer: Vec<usize> =
        ["s3", "snowflake"].map(|name| figures(&comparison, name).not_included.len()).into();
    assert_eq!(transfer, [1, 1]);
}

/// Each destination of a spec can be compared.
#[test]
fn every_destination_is_a_kind() {
    let schema: serde_json::Value =
        serde_json::from_str(include_str!("../schema/pipeline.schema.json")).expect("JSON");
    let one_of = schema["$defs"]["Delivery"]["oneOf"].as_array().expect("destinations");
    let keys: Vec<&str> = one_of.iter().filter_map(|one| one["required"][0].as_str()).collect();
    assert!(keys.len() >= 10, "{keys:?}");
    let missing: Vec<&&str> = keys.iter().filter(|key| kind_of(key).is_none()).collect();
    assert!(missing.is_empty(), "{missing:?}");
}
