//! From the bytes of an event to the bytes of the reply, beside a copy of the same bytes.

#![allow(missing_docs, reason = "criterion's macros make undocumented items")]

use std::hint::black_box;

use base64_simd::STANDARD;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use pipec_core::RecordProgram;
use pipec_transform::{batch, event::Event};
use serde_json::json;

const RECORDS: usize = 500;
const RECORD_BYTES: usize = 1024;

/// An event as Firehose sends it for a Kinesis stream.
fn event() -> String {
    let records: Vec<_> = (0..RECORDS)
        .map(|n| {
            // Not all of the same length, so that every kind of padding is there.
            let payload: Vec<u8> =
                (0..RECORD_BYTES + n % 3).map(|at| b"{\"user_id\": 42}"[at % 15]).collect();
            json!({
                "recordId": format!("49590338271490256608559692538361571095921575989136588898{n:020}"),
                "approximateArrivalTimestamp": 1_779_000_000_000_u64 + n as u64,
                "kinesisRecordMetadata": {
                    "sequenceNumber": format!("49590338271490256608559692540925702759324208523137515{n:03}"),
                    "subsequenceNumber": 0,
                    "partitionKey": format!("4d1ad2b9-24f8-4b9d-a088-76e9947c{n:04}"),
                    "shardId": "shardId-000000000000",
                    "approximateArrivalTimestamp": 1_779_000_000_000_u64 + n as u64,
                },
                "data": STANDARD.encode_to_string(payload),
            })
        })
        .collect();
    json!({
        "invocationId": "5f6a3f0a-6b1d-4d40-9a3c-2f6f3b0f6a11",
        "sourceKinesisStreamArn": "arn:aws:kinesis:us-east-1:111122223333:stream/user-data",
        "deliveryStreamArn": "arn:aws:firehose:us-east-1:111122223333:deliverystream/user-data",
        "region": "us-east-1",
        "records": records,
    })
    .to_string()
}

fn transform(criterion: &mut Criterion) {
    let json = event();
    let json = json.as_bytes();
    let program = RecordProgram::appending("\n");
    let mut group = criterion.benchmark_group("500 records of 1 KB");
    group.throughput(Throughput::Bytes(json.len() as u64));
    group.bench_function("newline", |bencher| {
        bencher.iter(|| batch::transform(&program, &Event::from_json(black_box(json)).expect("an event")));
    });
    group.bench_function("reading the event", |bencher| {
        bencher.iter(|| Event::from_json(black_box(json)).expect("an event").records.len());
    });
    group.bench_function("reading the event by serde", |bencher| {
        bencher.iter(|| Event::of_any_shape(black_box(json)).expect("an event").records.len());
    });
    let mut copy = vec![0; json.len()];
    group.bench_function("a copy of the event", |bencher| {
        bencher.iter(|| black_box(&mut copy).copy_from_slice(black_box(json)));
    });
    group.finish();
}

criterion_group!(benches, transform);
criterion_main!(benches);
