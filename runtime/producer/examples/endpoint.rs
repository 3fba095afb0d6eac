//! A Kinesis endpoint that accepts everything and keeps nothing, for `scripts/compare_producer.py`: what is
//! measured against it is the producer.
//!
//!     endpoint [LATENCY_MS]
//!
//! Prints its port. `GET /` answers how many records and calls came so far.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::Duration,
};

use axum::{
    Json, Router,
    body::Bytes,
    extract::{DefaultBodyLimit, State},
    http::{HeaderMap, header::CONTENT_TYPE},
    response::IntoResponse,
    routing::get,
};
use memchr::memmem;
use serde_json::json;
use tokio::{net::TcpListener, time::sleep};

/// What Kinesis answers for one record; its numbers are this long.
const RESULT: &str = r#"{"SequenceNumber":"49671246667567228643283430150187087032206582658200502274","ShardId":"shardId-000000000000"}"#;

#[derive(Default)]
struct Counts {
    records: AtomicU64,
    calls: AtomicU64,
    latency: Duration,
}

async fn put(State(counts): State<Arc<Counts>>, headers: HeaderMap, body: Bytes) -> impl IntoResponse {
    let one = headers["x-amz-target"] == "Kinesis_20131202.PutRecord";
    // The data are base64, so the name of the key cannot be in them.
    let records = memmem::find_iter(&body, b"\"PartitionKey\"").count();
    counts.records.fetch_add(records as u64, Relaxed);
    counts.calls.fetch_add(1, Relaxed);
    if !counts.latency.is_zero() {
        sleep(counts.latency).await;
    }
    let answer = if one {
        RESULT.to_owned()
    } else {
        let results = vec![RESULT; records].join(",");
        format!(r#"{{"FailedRecordCount":0,"Records":[{results}]}}"#)
    };
    ([(CONTENT_TYPE, "application/x-amz-json-1.1")], answer)
}

async fn counts(State(counts): State<Arc<Counts>>) -> impl IntoResponse {
    Json(json!({"records": counts.records.load(Relaxed), "calls": counts.calls.load(Relaxed)}))
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let latency = std::env::args().nth(1).map_or(Ok(0), |text| text.parse())?;
    let counts = Arc::new(Counts { latency: Duration::from_millis(latency), ..Counts::default() });
    let router = Router::new()
        .route("/", get(self::counts).post(put))
        .layer(DefaultBodyLimit::disable())
        .with_state(counts);
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    #[allow(clippy::print_stdout, reason = "who started it needs the port")]
    {
        println!("{}", listener.local_addr()?.port());
    }
    axum::serve(listener, router).await?;
    Ok(())
}
