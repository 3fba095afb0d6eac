//! The reference query from JSON bytes to JSON bytes, on one core: `cargo bench -p pipec-core`.
//!
//! The records are of the shape and size that the lab's random users have, about 1 KB; two thirds pass the filter.

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use pipec_core::query::{Column, Comparison, DataType, Expr, Insert, Query, Stream};
use pipec_core::{Outcome, RecordProgram};

const RECORDS: usize = 500;

/// The reference query: six columns of the users of at least 21 years.
fn program() -> RecordProgram {
    let column =
        |path: &str, data_type| Column { path: path.split('.').map(Into::into).collect(), data_type };
    let columns = vec![
        column("name.first", DataType::Varchar(16)),
        column("name.last", DataType::Varchar(16)),
        column("dob.age", DataType::Integer),
        column("gender", DataType::Varchar(16)),
        column("location.coordinates.latitude", DataType::Double),
        column("location.coordinates.longitude", DataType::Double),
    ];
    let keys = ["FIRST", "LAST", "AGE", "GENDER", "LATITUDE", "LONGITUDE"].map(String::from).to_vec();
    let stream = Stream { types: columns.iter().map(|column| column.data_type).collect(), keys: Some(keys) };
    let filter = Expr::Compare(Comparison::GreaterOrEqual, Box::new((Expr::Column(2), Expr::Integer(21))));
    let insert = Insert {
        from: 0,
        into: 1,
        lookups: vec![],
        filter: Some(filter),
        items: (0..columns.len()).map(Expr::Column).collect(),
    };
    let query = Query { columns, streams: vec![stream], inserts: vec![insert], ..Query::default() };
    RecordProgram::querying(query, "\n").expect("the query holds together")
}

/// Users made up by counting: no two records are alike, and every run has the same.
fn records() -> Vec<Vec<u8>> {
    let pick = |list: &'static [&'static str], n: usize| list[n % list.len()];
    (0..RECORDS)
        .map(|n| {
            let first = pick(&["Ada", "José", "Wolfgang", "Mia", "Zoë", "Christopher", "Li"], n);
            let last = pick(&["Lovelace", "Núñez", "O'Brien", "van der Berg", "Ng", "Featherstonehaugh"], n / 3);
            let city = pick(&["Oslo", "São Paulo", "Newcastle upon Tyne", "Bern", "Kuala Lumpur"], n / 2);
            let (age, seed) = (12 + n * 7 % 27, n * 2_654_435_761 % 4_294_967_296);
            format!(
                r#"{{"gender":"{}","name":{{"title":"{}","first":"{first}","last":"{last}"}},"location":{{"street":{{"number":{},"name":"{}"}},"city":"{city}","state":"{}","country":"{}","postcode":{},"coordinates":{{"latitude":"{}.{:04}","longitude":"-{}.{:04}"}},"timezone":{{"offset":"+{}:30","description":"Bombay, Calcutta, Madras, New Delhi"}}}},"email":"{}.{n}@example.com","dob":{{"date":"19{:02}-08-14T07:{:02}:12.345Z","age":{age}}},"login":{{"uuid":"{seed:08x}-4b5a-4f5e-9f3e-1d0c{seed:08x}","username":"organicmeercat{n}","password":"{}","salt":"w9hQ{seed:x}","md5":"0b7bb1f0a1cf{seed:08x}d8a9c1be63cd","sha1":"cc61d9b1d2bc1b9d{seed:08x}6c1e6dd1c8f1d9a0"}},"registered":{{"date":"2016-03-0{}T23:04:00.{:03}Z","age":{}}},"phone":"0{:09}","cell":"0{:09}-{n}","id":{{"name":"NINO","value":"{seed:x} {n}"}},"picture":{{"large":"https://randomuser.me/api/portraits/men/{n}.jpg","medium":"https://randomuser.me/api/portraits/med/men/{n}.jpg","thumbnail":"https://randomuser.me/api/portraits/thumb/men/{n}.jpg"}},"nat":"{}"}}"#,
                pick(&["female", "male"], n),
                pick(&["Ms", "Mr", "Mrs", "Miss"], n),
                n * 13 % 9000,
                pick(&["Green Lane", "Calle de Arganzuela", "Bahnhofstraße", "Rue Barrier"], n),
                pick(&["Viken", "Paraná", "County Durham"], n),
                pick(&["Norway", "Brazil", "United Kingdom"], n),
                10_000 + n * 7 % 89_999,
                n % 90,
                seed % 10_000,
                n % 180,
                seed / 7 % 10_000,
                n % 9 + 1,
                first.to_lowercase(),
                99 - age,
                n % 60,
                pick(&["hunter", "sesame", "swordfish"], n),
                n % 9 + 1,
                seed % 1000,
                n % 20,
                seed % 1_000_000_000,
                seed / 3 % 1_000_000_000,
                pick(&["NO", "BR", "GB", "CH"], n),
            )
            .into_bytes()
        })
        .collect()
}

fn reference_query(criterion: &mut Criterion) {
    let (program, records) = (program(), records());
    let bytes: usize = records.iter().map(Vec::len).sum();
    let passed = records.iter().filter(|record| matches!(program.apply(record), Outcome::Ok(_))).count();
    let mut group =
        criterion.benchmark_group(format!("{RECORDS} records of {} bytes, {passed} pass", bytes / RECORDS));
    group.throughput(Throughput::Elements(RECORDS as u64));
    group.bench_function("reference query", |bencher| {
        bencher.iter(|| {
            for record in &records {
                black_box(program.apply(black_box(record)));
            }
        });
    });
    group.finish();
}

criterion_group!(benches, reference_query);
criterion_main!(benches);
