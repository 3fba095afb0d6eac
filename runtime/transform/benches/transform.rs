//! From the bytes of an event to the bytes of the reply, beside a copy of the same bytes.

#![allow(missing_docs, reason = "criterion's macros make undocumented items")]

use std::hint::black_box;
use std::io::Write;

use base64_simd::STANDARD;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use flate2::{Compression, write::GzEncoder};
use pipec_core::query::{Column, DataType, Expr, Insert, Query, Stream};
use pipec_core::{Partition, PartitionKey, RecordProgram, TimePart, Unpack};
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

/// An event with packets of CloudWatch Logs: 20 of 100 log events each.
fn packets() -> String {
    let records: Vec<_> = (0..20)
        .map(|packet| {
            let events: Vec<serde_json::Value> = (0..100_usize)
                .map(|n| {
                    let message = format!(
                        r#"{{"level":"{}","request":"{:08x}","path":"/orders/{}","ms":{}}}"#,
                        ["INFO", "WARN", "ERROR"][n % 3],
                        (packet * 100 + n) as u32 * 2_654_435_761_u32 % 4_294_967_291,
                        n * 37 % 1000,
                        n * 13 % 500
                    );
                    json!({"id": format!("3195310660696{packet:02}{n:03}"), "timestamp": 1_790_000_000_000_u64, "message": message})
                })
                .collect();
            let packet = json!({
                "messageType": "DATA_MESSAGE", "owner": "111122223333", "logGroup": "/aws/lambda/orders",
                "logStream": "2026/11/30/[$LATEST]abc", "subscriptionFilters": ["all"], "logEvents": events,
            });
            let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
            encoder.write_all(packet.to_string().as_bytes()).expect("memory");
            let data = STANDARD.encode_to_string(encoder.finish().expect("memory"));
            json!({"recordId": format!("{n:056}", n = events.len()), "data": data})
        })
        .collect();
    json!({"invocationId": "5f6a3f0a", "records": records}).to_string()
}

fn unpack(criterion: &mut Criterion) {
    let json = packets();
    let json = json.as_bytes();
    let program = RecordProgram::appending("\n").unpacking(Some(Unpack::CloudwatchLogs));
    let mut group = criterion.benchmark_group("20 packets of 100 log events");
    group.throughput(Throughput::Elements(2000));
    group.bench_function("unpack", |bencher| {
        bencher.iter(|| batch::transform(&program, &Event::from_json(black_box(json)).expect("an event")));
    });
    group.finish();
}

/// An event with orders of about 1 KB.
fn orders() -> String {
    let records: Vec<_> = (0..RECORDS)
        .map(|n| {
            let country = ["DE", "FR", "IT"][n % 3];
            let order = json!({
                "id": n, "placed_at": format!("2026-11-{:02} 12:{:02}:15.250", 1 + n % 30, n % 60), "state": "paid",
                "address": {"country": country, "city": "K\u{f6}ln", "street": "x".repeat(40)},
                "amount": 12.5 + n as f64, "note": "y".repeat(720), "items": [{"id": 1}, {"id": 2}],
            });
            json!({"recordId": format!("{n:056}"), "data": STANDARD.encode_to_string(order.to_string())})
        })
        .collect();
    json!({"invocationId": "5f6a3f0a", "records": records}).to_string()
}

/// A day of a column.
fn by_day(name: &str, column: usize) -> PartitionKey {
    let field = |letter, count| TimePart::Field(letter, count);
    let dash = || TimePart::Text("-".into());
    let day = vec![field('y', 4), dash(), field('M', 2), dash(), field('d', 2)];
    PartitionKey { name: name.into(), column, time: Some(day) }
}

/// What partition keys cost, of a query and of a program that only appends.
fn partition(criterion: &mut Criterion) {
    let json = orders();
    let json = json.as_bytes();
    let column = |path: &[&str], data_type| Column {
        path: path.iter().map(|&key| key.to_owned()).collect(),
        data_type,
    };
    let columns = vec![
        column(&["id"], DataType::BigInt),
        column(&["address", "country"], DataType::Varchar(2)),
        column(&["amount"], DataType::Double),
        column(&["placed_at"], DataType::Timestamp),
    ];
    let stream = Stream {
        types: columns.iter().map(|column| column.data_type).collect(),
        keys: Some(["id", "country", "amount", "placed_at"].map(str::to_owned).to_vec()),
    };
    let items = (0..columns.len()).map(Expr::Column).collect();
    let insert = Insert { from: 0, into: 1, lookups: vec![], filter: None, items };
    let query =
        Query { columns: columns.clone(), streams: vec![stream], inserts: vec![insert], ..Query::default() };
    let country = |column| PartitionKey { name: "country".into(), column, time: None };
    let of_rows = Partition { columns: vec![], keys: vec![country(1), by_day("day", 3)] };
    let of_records = Partition {
        columns: vec![columns[1].clone(), columns[3].clone()],
        keys: vec![country(0), by_day("day", 1)],
    };
    let sql = || RecordProgram::querying(query.clone(), "\n").expect("a query");
    let newline = || RecordProgram::appending("\n");
    let keyed = |program: RecordProgram, keys| program.partitioning(Some(keys)).expect("keys with columns");
    let mut group = criterion.benchmark_group("500 orders of 1 KB");
    group.throughput(Throughput::Elements(RECORDS as u64));
    for (name, program) in [
        ("SQL", sql()),
        ("SQL with two partition keys", keyed(sql(), of_rows)),
        ("newline", newline()),
        ("newline with two partition keys", keyed(newline(), of_records)),
    ] {
        group.bench_function(name, |bencher| {
            bencher
                .iter(|| batch::transform(&program, &Event::from_json(black_box(json)).expect("an event")));
        });
    }
    group.finish();
}

criterion_group!(benches, transform, unpack, partition);
criterion_main!(benches);
