//! What a record costs inside of the process, before AWS's client gets it. `scripts/compare_producer.py` measures
//! the whole.

#![allow(missing_docs, reason = "criterion's macros make undocumented items")]

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use pipec_producer::{
    batch::MAX_RECORDS,
    config::{Config, PartitionKey, Source as From},
    kinesis,
    outbox::Outbox,
    record::{Page, Record, key_of},
    source::{Source, generator::Generator},
    stats::Stats,
};
use serde_json::{json, value::RawValue};

fn generator(key: &serde_json::Value) -> Generator {
    let fields = json!([
        {"path": "$.id", "value": {"text": {"max_length": 32}}},
        {"path": "$.name.first", "value": {"text": {"max_length": 16}}},
        {"path": "$.name.last", "value": {"text": {"max_length": 16}}},
        {"path": "$.dob.age", "value": {"integer": {"min": 18, "max": 99}}},
        {"path": "$.location.latitude", "value": {"number": {}}},
        {"path": "$.at", "value": {"timestamp": {}}},
    ]);
    let config = json!({
        "stream": "s", "region": "us-east-1", "records_per_second": 1, "partition_key": key,
        "source": {"generator": {"seed": 7, "record_size": 1024, "fields": fields}},
    });
    let config = Config::from_json(config.to_string().as_bytes()).expect("a configuration");
    let From::Generator(source) = config.source else { unreachable!() };
    Generator::new(&source, "i-1", config.target.partition_key().cloned(), config.max_record_size)
        .expect("a generator")
}

fn records(key: &serde_json::Value) -> Vec<Record> {
    let (mut generator, stats) = (generator(key), Stats::default());
    (0..MAX_RECORDS).map(|_| generator.next(&stats).expect("no error").expect("a record")).collect()
}

fn producer(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("500 records of 1 KiB");
    group.throughput(Throughput::Elements(MAX_RECORDS as u64));
    let stats = Stats::default();
    for (name, key) in [("random key", json!({"random": {}})), ("key by path", json!({"path": "$.id"}))] {
        let mut generator = generator(&key);
        group.bench_function(format!("generate, {name}"), |bencher| {
            bencher.iter(|| {
                for _ in 0..MAX_RECORDS {
                    black_box(generator.next(&stats).expect("no error"));
                }
            });
        });
        let records = records(&key);
        let mut outbox = Outbox::new(1e6, kinesis::MAX_BYTES);
        group.bench_function(format!("order and batch, {name}"), |bencher| {
            bencher.iter(|| {
                records.iter().cloned().for_each(|record| outbox.push(record));
                while let Some((batch, receipt)) = outbox.batch() {
                    outbox.sent(&receipt);
                    black_box(batch);
                }
            });
        });
    }
    let records = records(&json!({"random": {}}));
    let lines: Vec<_> =
        records.iter().map(|record| std::str::from_utf8(&record.data).expect("text")).collect();
    let keys: PartitionKey = serde_json::from_value(json!({"path": "$.name.last"})).expect("a key");
    group.bench_function("key by path", |bencher| {
        bencher.iter(|| {
            for line in &lines {
                black_box(key_of(serde_json::from_str::<&RawValue>(line).ok(), &keys));
            }
        });
    });
    let answer = format!("{{\"results\":[{}]}}", lines.join(",\n"));
    let results = pipec_path::parse("$.results").expect("a path");
    group.bench_function("read a page", |bencher| {
        bencher.iter(|| Page::read(black_box(answer.as_bytes()), &results, Some(&keys), 1_048_576));
    });
    group.finish();
}

criterion_group!(benches, producer);
criterion_main!(benches);
