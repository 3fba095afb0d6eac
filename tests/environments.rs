//! The law of environments: a spec with a part laid over it is the spec that one would have written by hand.

use std::collections::HashMap;
use std::path::Path;

use crate::support::{Files, programs};
use pipec_compiler::diagnostics::{Code, Diagnostic, has_errors};
use pipec_compiler::{Compilation, Select};
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use serde_json::{Map, Value, json};

/// What every spec of these tests has.
fn least() -> Value {
    json!({
        "name": "orders",
        "stream": {"record_size": "1 KiB", "records_per_second": 100},
        "records": {"format": "json", "columns": {"id": {"type": "BIGINT"}, "city": {"type": "VARCHAR(16)"}}},
        "delivery": {"s3": {}},
    })
}

/// Settings that go with each other, each a part of a spec.
fn settings() -> Vec<Value> {
    let key = "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
    let columns: Value =
        (0..40).map(|at| (format!("c{at}"), json!({"type": "INTEGER"}))).collect::<Map<_, _>>().into();
    vec![
        json!({"description": "Orders"}),
        json!({"description": "Orders of the shops"}),
        json!({"stream": {"records_per_second": 4500}}),
        json!({"stream": {"record_size": "3 KiB"}}),
        json!({"stream": {"capacity": "on_demand"}}),
        json!({"stream": {"capacity": "provisioned"}}),
        json!({"stream": {"capacity": {"shards": 40}}}),
        json!({"stream": {"capacity": {"shards": 41}}}),
        json!({"stream": {"encryption": {"kms_key": key}}}),
        json!({"stream": {"encryption": "aws_managed", "retention": "48 h"}}),
        json!({"producer": {"http": {"url": "https://example.com/a", "headers": {"accept": "text/plain", "x-shop": "1"}}, "records_per_second": 2}}),
        json!({"producer": {"http": {"url": "https://example.com/b", "headers": {"accept": "application/json"}}, "records_per_second": 3}}),
        json!({"producer": {"file": {"path": "orders.jsonl"}, "records_per_second": 2, "instances": 1}}),
        json!({"producer": {"generate": {"seed": 7}, "records_per_second": 2}}),
        json!({"producer": {"records_per_second": 2, "generate": {}, "network": {"vpc": "vpc-0123456789abcdef0", "subnets": ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"]}}}),
        json!({"producer": {"records_per_second": 2, "http": {"url": "https://example.com/c"}, "network": {"vpc": "vpc-0123456789abcdef0", "subnets": ["subnet-0123456789abcdef2"]}}}),
        json!({"records": {"columns": {"total": {"type": "DOUBLE", "path": "$.sum.total"}}}}),
        json!({"records": {"columns": columns}}),
        json!({"analytics": {"sql": "SELECT \"id\" FROM stream"}}),
        json!({"analytics": {"runtime": "flink", "sql": "SELECT \"city\" FROM stream", "outputs": {"OUTPUT": {"stream": {"retention": "48 h"}}}}}),
        json!({"analytics": {"runtime": "flink", "sql": "SELECT \"id\" FROM stream", "outputs": {"OUTPUT": "delivery"}, "flink": {"parallelism": 2}}}),
        json!({"transform": {"append": "\n", "buffer": {"size": "1 MiB"}}}),
        json!({"transform": {"buffer": {"interval": "30 s"}, "memory": "512 MiB"}}),
        json!({"delivery": {"buffer": {"size": "64 MiB", "interval": "300 s"}}}),
        json!({"delivery": {"s3": {"prefix": "orders/", "compression": "gzip"}}}),
        json!({"delivery": {"s3": {"expire_after": "30 d", "prefix": "all/"}}}),
        json!({"logs": {"retention": "30 d"}}),
        json!({"tags": {"team": "shop", "stage": "dev"}}),
        json!({"tags": {"team": "data"}}),
    ]
}

fn object(value: &Value) -> Option<&Map<String, Value>> {
    value.as_object()
}

/// What a person does by hand: goes through the part, takes the rest from the base, and gives the producer and an
/// output one source and one target, the part's.
fn by_hand(base: &Value, part: &Value) -> Value {
    let (Some(below), Some(above)) = (object(base), object(part)) else { return part.clone() };
    let mut merged: Map<String, Value> = Map::new();
    for (key, value) in below {
        match above.get(key) {
            Some(Value::Null) => {}
            Some(over) => drop(merged.insert(key.clone(), by_hand(value, over))),
            None => drop(merged.insert(key.clone(), value.clone())),
        }
    }
    for (key, value) in above {
        if !below.contains_key(key) {
            merged.insert(key.clone(), value.clone());
        }
    }
    for choice in [&["http", "file", "generate"][..], &["stream", "lambda"]] {
        // At the top level, `stream` is no target.
        let is_choice = !merged.contains_key("name");
        let chosen: Vec<&str> = choice
            .iter()
            .copied()
            .filter(|key| above.get(*key).is_some_and(|value| !value.is_null()))
            .collect();
        if is_choice && !chosen.is_empty() {
            merged.retain(|key, _| !choice.contains(&key.as_str()) || chosen.contains(&key.as_str()));
        }
    }
    merged.into()
}

fn all_together(least: Value, settings: &[Value]) -> Value {
    settings.iter().fold(least, |spec, setting| by_hand(&spec, setting))
}

/// Pointers of all keys of a spec.
fn pointers(value: &Value, pointer: &str, found: &mut Vec<String>) {
    for (key, child) in object(value).into_iter().flatten() {
        let pointer = format!("{pointer}/{}", key.replace('/', "~1"));
        pointers(child, &pointer, found);
        found.push(pointer);
    }
}

/// The part with `null` at a pointer of the base.
fn without(mut part: Value, pointer: &str) -> Value {
    let mut at = &mut part;
    let steps: Vec<String> = pointer.split('/').skip(1).map(|step| step.replace("~1", "/")).collect();
    let Some((last, holders)) = steps.split_last() else { return part };
    for step in holders {
        if at.get(step).is_none_or(|value| !value.is_object()) {
            at[step] = json!({});
        }
        at = &mut at[step];
    }
    at[last] = Value::Null;
    part
}

fn compile(spec: &Value, environment: Option<&str>) -> Compilation {
    // YAML holds JSON.
    let world = Files(HashMap::from([
        ("spec.yaml".into(), spec.to_string().into_bytes()),
        ("orders.jsonl".into(), b"{\"id\": 1}\n".to_vec()),
    ]));
    pipec_compiler::compile(&world, &programs(), Path::new("spec.yaml"), environment.into())
}

/// What can be said about two texts of one pipeline: the templates, and the findings without their places.
fn said(compilation: &Compilation) -> (Option<&str>, Vec<String>) {
    // Whether columns are read is decided over all pipelines of a spec.
    let found = compilation.diagnostics.iter().filter(|found| found.code != Code::RecordsUnused);
    // Where a missing load is to be written depends on where the rest is.
    let message = |found: &Diagnostic| match found.code {
        Code::DirectPut => String::new(),
        _ => found.message.clone(),
    };
    let mut found: Vec<String> = found.map(|found| format!("{}: {}", found.code, message(found))).collect();
    found.sort();
    found.dedup();
    (compilation.pipelines.first().map(|stack| stack.template.as_str()), found)
}

fn some_settings() -> impl Strategy<Value = Vec<Value>> {
    let all = settings();
    let count = all.len();
    subsequence(all, 0..=count / 2).prop_shuffle()
}

/// The first block of YAML behind a line of a document.
fn example(document: &str, behind: &str) -> String {
    let (_, rest) = document.split_once(behind).expect("the line");
    let (_, rest) = rest.split_once("```yaml\n").expect("a block");
    rest.split_once("```").expect("its end").0.to_owned()
}

#[test]
fn the_examples_of_the_documents_compile() {
    let producer = "producer: {generate: {}, records_per_second: 2}\n";
    let spec = format!(
        "{}{producer}",
        "name: orders\nstream: {record_size: 1 KiB, records_per_second: 100}\nrecords: {format: json, columns: {id: {type: BIGINT}}}\ndelivery: {s3: {}}\n"
    );
    for (document, behind, names) in [
        (
            include_str!("../docs/spec.md"),
            "\n## `environments`",
            &["orders", "orders-dev", "shop-orders"][..],
        ),
        (include_str!("../README.md"), "several environments", &["orders", "orders-prod"]),
    ] {
        let spec = format!("{spec}{}", example(document, behind));
        let world = Files(HashMap::from([("spec.yaml".into(), spec.clone().into_bytes())]));
        let compiled = pipec_compiler::compile(&world, &programs(), Path::new("spec.yaml"), Select::All);
        let found: Vec<&str> = compiled.pipelines.iter().map(|stack| stack.plan.name.as_str()).collect();
        assert_eq!(found, names, "{spec}{:?}", compiled.diagnostics);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 128, ..ProptestConfig::default() })]

    #[test]
    fn an_environment_is_the_spec_written_out(
        base in some_settings(),
        part in some_settings(),
        removed in proptest::option::of(any::<proptest::sample::Index>()),
        name in select(vec![None, Some("shop-orders")]),
    ) {
        let base = all_together(least(), &base);
        let mut part = part.iter().fold(json!({}), |all, setting| by_hand(&all, setting));
        if let Some(index) = removed {
            let mut there = Vec::new();
            pointers(&base, "", &mut there);
            // A name that is removed is missing by another rule.
            there.retain(|pointer| pointer != "/name");
            part = without(part, index.get::<String>(&there));
        }
        if let Some(name) = name {
            part["name"] = name.into();
        }
        let mut written_out = by_hand(&base, &part);
        if name.is_none() {
            written_out["name"] = "orders-prod".into();
        }
        let mut spec = base.clone();
        spec["environments"] = json!({"dev": {}, "prod": part});

        let compiled = compile(&spec, Some("prod"));
        let expected = compile(&written_out, None);
        let faulty_base = has_errors(&compile(&base, None).diagnostics);
        let (template, found) = said(&compiled);
        let (expected_template, expected_found) = said(&expected);
        prop_assert_eq!(template, expected_template, "{:#}\n{:?}\n{:?}", spec, found, expected_found);
        prop_assert_eq!(&found, &expected_found, "{:#}", spec);

        // What all environments are told together is what each is told alone.
        let world = Files(HashMap::from([
            ("spec.yaml".into(), spec.to_string().into_bytes()),
            ("orders.jsonl".into(), b"{\"id\": 1}\n".to_vec()),
        ]));
        let all = pipec_compiler::compile(&world, &programs(), Path::new("spec.yaml"), Select::All);
        let sound = usize::from(!faulty_base) * 2 + usize::from(template.is_some());
        prop_assert_eq!(all.pipelines.len(), sound, "{:#}\n{:?}", spec, all.diagnostics);
        for found in &compiled.diagnostics {
            let told = all.diagnostics.iter().filter(|told| {
                told.code == found.code
                    && told.span == found.span
                    && told.label == found.label
                    && told.help == found.help
                    && told.related.starts_with(&found.related)
                    && told.message.ends_with(&found.message)
            });
            prop_assert_eq!(told.count(), 1, "{:?}\n{:?}", found, all.diagnostics);
        }
    }

    #[test]
    fn an_environment_can_remove_what_an_entry_accepts(
        base in some_settings(),
        key in any::<proptest::sample::Index>(),
        removed in any::<proptest::sample::Index>(),
    ) {
        let mut spec = all_together(least(), &base);
        let mut there = Vec::new();
        pointers(&spec, "", &mut there);
        there.retain(|pointer| pointer != "/name" && !pointer.contains('.'));
        let key = key.get::<String>(&there);
        let at = key[1..].replace('/', ".");
        let part = without(json!({}), removed.get::<String>(&there));
        // There are no alarms: the entry matches no finding, and is no fault in any pipeline.
        spec["accept"] = json!([{"code": "PIPE1306", "at": at, "reason": "known"}]);
        spec["environments"] = json!({"prod": part});
        for environment in [None, Some("prod")] {
            let found = compile(&spec, environment).diagnostics;
            let wrong = found.iter().any(|one| one.code == Code::AcceptedCode);
            prop_assert!(!wrong, "{:#}\n{:?}", spec, found);
        }
        // A key that no pipeline has is one.
        spec["accept"][0]["at"] = format!("{at}.nowhere").into();
        let found = compile(&spec, Some("prod")).diagnostics;
        let refused = found.iter().any(|one| one.code == Code::AcceptedCode);
        // A part that leaves no spec is reported as that alone.
        prop_assert!(refused || has_errors(&found), "{:#}\n{:?}", spec, found);
    }
}

/// Columns that one pipeline reads are not reported as unused in another, which has no reader.
#[test]
fn columns_are_unused_if_no_pipeline_reads_them() {
    let unused = |mut spec: Value, part: Value| {
        spec["environments"] = json!({"dev": part});
        let world = Files(HashMap::from([("spec.yaml".into(), spec.to_string().into_bytes())]));
        let found =
            pipec_compiler::compile(&world, &programs(), Path::new("spec.yaml"), Select::All).diagnostics;
        found.iter().filter(|one| one.code == Code::RecordsUnused).count()
    };
    let mut read = least();
    read["producer"] = json!({"generate": {}, "records_per_second": 2});
    assert_eq!(unused(read.clone(), json!({"producer": null})), 0);
    assert_eq!(unused(least(), json!({"producer": read["producer"]})), 0);
    assert_eq!(unused(least(), json!({"description": "Nothing reads them"})), 1);
}
