//! The built program between stand-ins for an HTTP API, for Kinesis and for systemd.

use std::{
    collections::HashMap,
    io::{BufRead as _, BufReader},
    os::unix::net::UnixDatagram,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{
        Arc, Mutex,
        atomic::{AtomicU32, Ordering::SeqCst},
    },
    time::Duration,
};

use axum::{
    Json, Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use serde_json::{Value, json};
use tokio::net::TcpListener;

const PAGE: u32 = 40;

#[derive(Default)]
struct Double {
    pages: AtomicU32,
    puts: AtomicU32,
    /// How often each record was accepted.
    accepted: Mutex<HashMap<String, u32>>,
    /// Refuses all, as a role without rights does.
    denies: bool,
}

async fn api(State(double): State<Arc<Double>>, headers: HeaderMap) -> Response {
    assert_eq!(headers["accept"], "application/json");
    let page = double.pages.fetch_add(1, SeqCst);
    if page == 1 {
        return (StatusCode::TOO_MANY_REQUESTS, [("retry-after", "1")]).into_response();
    }
    let records: Vec<_> = (0..PAGE).map(|n| json!({"id": format!("{page}-{n}"), "text": "a\nb é"})).collect();
    serde_json::to_string_pretty(&json!({"results": records})).expect("JSON").into_response()
}

async fn kinesis(State(double): State<Arc<Double>>, headers: HeaderMap, body: Bytes) -> Response {
    assert_eq!(headers["x-amz-target"], "Kinesis_20131202.PutRecords");
    let body: Value = serde_json::from_slice(&body).expect("JSON");
    assert_eq!(body["StreamName"], "users");
    let put = double.puts.fetch_add(1, SeqCst);
    let error = |code: &str| (StatusCode::BAD_REQUEST, Json(json!({"__type": code, "message": "no"})));
    if double.denies {
        return error("AccessDeniedException").into_response();
    }
    if put == 0 {
        return error("ResourceNotFoundException").into_response();
    }
    let records = body["Records"].as_array().expect("records");
    let results: Vec<_> = records
        .iter()
        .enumerate()
        .map(|(n, record)| {
            if (n as u32 + put).is_multiple_of(3) {
                return json!({"ErrorCode": "ProvisionedThroughputExceededException", "ErrorMessage": "slow"});
            }
            let key = record["PartitionKey"].as_str().expect("a key").to_owned();
            *double.accepted.lock().expect("not poisoned").entry(key).or_default() += 1;
            json!({"SequenceNumber": "1", "ShardId": "shardId-000000000000"})
        })
        .collect();
    let failed = results.iter().filter(|result| result["ErrorCode"].is_string()).count();
    Json(json!({"FailedRecordCount": failed, "Records": results})).into_response()
}

struct World {
    double: Arc<Double>,
    port: u16,
    folder: PathBuf,
}

impl World {
    async fn new(name: &str, denies: bool) -> Self {
        let double = Arc::new(Double { denies, ..Double::default() });
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let router =
            Router::new().route("/api", get(api)).route("/", post(kinesis)).with_state(double.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        std::fs::create_dir_all(&folder).expect("a folder");
        let config = json!({
            "stream": "users",
            "region": "us-east-1",
            "records_per_second": 100.0,
            "max_record_size": 1_048_576,
            "partition_key": {"path": "$.id"},
            "source": {"http": {
                "url": format!("http://localhost:{port}/api"),
                "records": "$.results",
                "headers": {"accept": "application/json"},
            }},
        });
        std::fs::write(folder.join("config.json"), config.to_string()).expect("the file is written");
        Self { double, port, folder }
    }

    fn start(&self, arguments: &[&str]) -> Child {
        Command::new(env!("CARGO_BIN_EXE_pipec-producer"))
            .env_clear()
            .env("AWS_ENDPOINT_URL", format!("http://localhost:{}", self.port))
            .env("NOTIFY_SOCKET", self.folder.join("notify"))
            .envs([("AWS_ACCESS_KEY_ID", "test"), ("AWS_SECRET_ACCESS_KEY", "test")])
            .arg("--config")
            .arg(self.folder.join("config.json"))
            .args(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts")
    }
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    tokio::task::spawn_blocking(work).await.expect("it does not panic")
}

#[tokio::test]
async fn sends_each_record_once_in_spite_of_partial_failures() {
    let world = World::new("sends", false).await;
    let socket_path = world.folder.join("notify");
    let _ = std::fs::remove_file(&socket_path);
    let socket = UnixDatagram::bind(socket_path).expect("a socket");
    socket.set_read_timeout(Some(Duration::from_secs(30))).expect("a timeout");

    let child = world.start(&[]);
    let messages = blocking(move || {
        let mut messages = Vec::new();
        let mut buffer = [0; 4096];
        while !messages.last().is_some_and(|message: &String| message.contains("READY=1")) {
            let size = socket.recv(&mut buffer).expect("a message in time");
            messages.push(String::from_utf8_lossy(&buffer[..size]).into_owned());
        }
        messages
    })
    .await;
    assert!(messages[0].contains("ResourceNotFoundException"), "{messages:?}");
    assert!(!world.double.accepted.lock().expect("not poisoned").is_empty(), "ready before the first record");

    tokio::time::sleep(Duration::from_secs(2)).await;
    let id = child.id();
    let status = Command::new("sh").args(["-c", &format!("kill -TERM {id}")]).status().expect("a shell");
    assert!(status.success());
    let output = blocking(move || child.wait_with_output().expect("it ends")).await;
    assert_eq!(output.status.code(), Some(0));

    let lines: Vec<Value> = output
        .stdout
        .lines()
        .map(|line| serde_json::from_str(&line.expect("text")).expect("each line is JSON"))
        .collect();
    let last = lines.iter().find(|line| line["message"] == "in all").expect("the last counts");
    let accepted = world.double.accepted.lock().expect("not poisoned");
    assert_eq!(last["RecordsSent"], accepted.values().sum::<u32>());
    assert!(last["RecordsRetried"].as_u64() > Some(0), "{last}");
    assert_eq!(last["RecordsFailed"], 0);
    // The first page goes round, since the second comes late; each round has each record once.
    let first_page: Vec<_> = (0..PAGE).map(|n| accepted[&format!("0-{n}")]).collect();
    let (least, most) = (first_page.iter().min(), first_page.iter().max());
    assert!(most.zip(least).is_some_and(|(most, least)| most - least <= 1), "{first_page:?}");
}

#[tokio::test]
async fn ends_with_the_cause_when_it_may_not_send() {
    let world = World::new("denied", true).await;
    let child = world.start(&["--start-deadline", "2"]);
    let output = blocking(move || child.wait_with_output().expect("it ends")).await;
    assert_eq!(output.status.code(), Some(1));
    let log = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(log.contains("nothing could be sent within 2 s") && log.contains("AccessDenied"), "{log}");
}

#[tokio::test]
async fn a_dry_run_prints_records_and_needs_no_stream() {
    let world = World::new("dry", true).await;
    let mut child = world.start(&["--dry-run"]);
    let stdout = child.stdout.take().expect("it is piped");
    let lines: Vec<String> =
        blocking(move || BufReader::new(stdout).lines().take(45).map(|line| line.expect("text")).collect())
            .await;
    // Its reader is gone, so it ends by itself.
    let status = blocking(move || child.wait().expect("it ends")).await;
    assert_eq!(status.code(), Some(0));
    assert_eq!(lines[1], "{\"id\":\"0-1\",\"text\":\"a\\nb é\"}");
    assert_eq!(lines[PAGE as usize], lines[0]);
    assert_eq!(world.double.puts.load(SeqCst), 0);
}

#[tokio::test]
async fn refuses_a_wrong_configuration() {
    let world = World::new("wrong", true).await;
    std::fs::write(world.folder.join("config.json"), "{\"strem\":\"users\"}").expect("the file is written");
    let child = world.start(&[]);
    let output = blocking(move || child.wait_with_output().expect("it ends")).await;
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stdout).contains("unknown field `strem`"));
}
