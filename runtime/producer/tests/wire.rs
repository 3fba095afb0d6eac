//! The built program between stand-ins for an HTTP API, for Kinesis, for Firehose and for systemd.

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
    routing::{get, post, put},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
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
    /// Refuses every call with the record of this key, and quotes the key.
    never: Option<&'static str>,
    /// What the log stream was given, from when it was made.
    log: Mutex<Option<Vec<String>>>,
    /// Refuses the log.
    denies_log: bool,
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

/// The metadata service of an instance.
async fn instance(headers: HeaderMap) -> &'static str {
    assert_eq!(headers["x-aws-ec2-metadata-token"], "token");
    "i-0123"
}

async fn token() -> impl IntoResponse {
    ([("x-aws-ec2-metadata-token-ttl-seconds", "21600")], "token")
}

fn logs(double: &Double, target: &str, body: &Value) -> Response {
    assert_eq!((&body["logGroupName"], &body["logStreamName"]), (&json!("/pipec/x"), &json!("i-0123")));
    let error = |code: &str| {
        (StatusCode::BAD_REQUEST, Json(json!({"__type": code, "message": "no"}))).into_response()
    };
    let mut log = double.log.lock().expect("not poisoned");
    match (target, log.as_mut()) {
        _ if double.denies_log => error("AccessDeniedException"),
        ("CreateLogStream", None) => {
            *log = Some(Vec::new());
            Json(json!({})).into_response()
        }
        ("PutLogEvents", Some(lines)) => {
            let events = body["logEvents"].as_array().expect("events");
            lines.extend(events.iter().map(|event| event["message"].as_str().expect("a text").to_owned()));
            Json(json!({})).into_response()
        }
        ("PutLogEvents", None) => error("ResourceNotFoundException"),
        _ => error("ResourceAlreadyExistsException"),
    }
}

async fn aws(State(double): State<Arc<Double>>, headers: HeaderMap, body: Bytes) -> Response {
    let body: Value = serde_json::from_slice(&body).expect("JSON");
    let target = headers["x-amz-target"].to_str().expect("a text");
    if let Some(target) = target.strip_prefix("Logs_20140328.") {
        return logs(&double, target, &body);
    }
    // The services differ in names alone; Firehose has no keys.
    let [stream, failures, entries, slow] = match target {
        "Kinesis_20131202.PutRecords" => {
            ["StreamName", "FailedRecordCount", "Records", "ProvisionedThroughputExceededException"]
        }
        "Firehose_20150804.PutRecordBatch" => {
            ["DeliveryStreamName", "FailedPutCount", "RequestResponses", "ServiceUnavailableException"]
        }
        _ => panic!("{target}"),
    };
    let signed = headers["authorization"].to_str().expect("a text");
    let service = if stream == "StreamName" { "kinesis" } else { "firehose" };
    assert!(signed.contains(&format!("/us-east-1/{service}/aws4_request")), "{signed}");
    assert_eq!(body[stream], "users");
    let id = |record: &Value| {
        let data = STANDARD.decode(record["Data"].as_str().expect("data")).expect("base64");
        let data: Value = serde_json::from_slice(&data).expect("JSON");
        let id = data["id"].as_str().expect("an id").to_owned();
        assert_eq!(record["PartitionKey"].as_str(), (service == "kinesis").then_some(id.as_str()));
        id
    };
    let put = double.puts.fetch_add(1, SeqCst);
    let error = |code: &str| (StatusCode::BAD_REQUEST, Json(json!({"__type": code, "message": "no"})));
    if double.denies {
        return error("AccessDeniedException").into_response();
    }
    if put == 0 {
        return error("ResourceNotFoundException").into_response();
    }
    let records = body["Records"].as_array().expect("records");
    if let Some(key) = double.never
        && records.iter().any(|record| id(record) == key)
    {
        let message =
            format!("Value '{key}' at 'records.1.member.partitionKey' failed to satisfy constraint");
        let body = json!({"__type": "ValidationException", "message": message});
        return (StatusCode::BAD_REQUEST, Json(body)).into_response();
    }
    let results: Vec<_> = records
        .iter()
        .enumerate()
        .map(|(n, record)| {
            if (n as u32 + put).is_multiple_of(3) {
                return json!({"ErrorCode": slow, "ErrorMessage": "slow"});
            }
            *double.accepted.lock().expect("not poisoned").entry(id(record)).or_default() += 1;
            json!({"SequenceNumber": "1", "ShardId": "shardId-000000000000", "RecordId": "r"})
        })
        .collect();
    let failed = results.iter().filter(|result| result["ErrorCode"].is_string()).count();
    Json(json!({failures: failed, entries: results})).into_response()
}

struct World {
    double: Arc<Double>,
    port: u16,
    folder: PathBuf,
}

impl World {
    async fn new(name: &str, denies: bool) -> Self {
        Self::with(name, Double { denies, ..Double::default() }).await
    }

    async fn with(name: &str, double: Double) -> Self {
        let double = Arc::new(double);
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let router = Router::new()
            .route("/api", get(api))
            .route("/", post(aws))
            .route("/latest/api/token", put(token))
            .route("/latest/meta-data/instance-id", get(instance))
            .with_state(double.clone());
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

    /// Changes keys of the configuration.
    fn configure(&self, keys: &Value) {
        let path = self.folder.join("config.json");
        let mut config: Value =
            serde_json::from_slice(&std::fs::read(&path).expect("it is there")).expect("JSON");
        for (key, value) in keys.as_object().expect("an object") {
            config[key] = value.clone();
        }
        std::fs::write(path, config.to_string()).expect("the file is written");
    }

    /// Makes Firehose the target.
    fn direct(&self) {
        let path = self.folder.join("config.json");
        let mut config: Value =
            serde_json::from_slice(&std::fs::read(&path).expect("it is there")).expect("JSON");
        let keys = config.as_object_mut().expect("an object");
        for key in ["stream", "partition_key", "max_record_size"] {
            keys.remove(key);
        }
        // AWS_ENDPOINT_URL goes first.
        config["delivery"] = json!({"name": "users", "endpoint": "https://firehose.us-east-1.invalid"});
        std::fs::write(path, config.to_string()).expect("the file is written");
    }

    /// A file of records as the source.
    fn records(&self, lines: &[u8]) -> Value {
        let path = self.folder.join("records.jsonl");
        std::fs::write(&path, lines).expect("the file is written");
        json!({"file": {"path": path, "repeat": false}})
    }

    fn start(&self, arguments: &[&str]) -> Child {
        Command::new(env!("CARGO_BIN_EXE_pipec-producer"))
            .env_clear()
            .env("AWS_ENDPOINT_URL", format!("http://localhost:{}", self.port))
            .env("AWS_EC2_METADATA_SERVICE_ENDPOINT", format!("http://localhost:{}", self.port))
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
    sends_each_record_once(&World::new("sends", false).await).await;
}

#[tokio::test]
async fn sends_each_record_once_into_firehose() {
    let world = World::new("sends-direct", false).await;
    world.direct();
    sends_each_record_once(&world).await;
}

async fn sends_each_record_once(world: &World) {
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
    for name in ["denied", "denied-direct"] {
        let world = World::new(name, true).await;
        if name == "denied-direct" {
            world.direct();
        }
        let child = world.start(&["--start-deadline", "2"]);
        let output = blocking(move || child.wait_with_output().expect("it ends")).await;
        assert_eq!(output.status.code(), Some(1));
        let log = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(log.contains("nothing could be sent within 2 s") && log.contains("AccessDenied"), "{log}");
    }
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

fn log(output: &std::process::Output) -> Vec<Value> {
    let lines = output.stdout.lines().map(|line| line.expect("text"));
    lines.map(|line| serde_json::from_str(&line).expect("each line is JSON")).collect()
}

#[tokio::test]
async fn a_file_ends_when_all_of_it_is_sent() {
    let world = World::new("file", false).await;
    let mut lines = String::new();
    for n in 0..90 {
        lines.push_str(&format!("{{\"id\": \"{n}\"}}\n"));
    }
    lines.push_str(&format!("{{\"id\": \"large\", \"text\": \"{}\"}}\n\n", "x".repeat(1000)));
    world.configure(&json!({"source": world.records(lines.as_bytes()), "max_record_size": 1000}));
    let child = world.start(&[]);
    let output = blocking(move || child.wait_with_output().expect("it ends")).await;
    assert_eq!(output.status.code(), Some(0));
    let lines = log(&output);
    assert!(
        lines
            .iter()
            .any(|line| line["message"] == "all records of the source that the stream accepts have been sent"),
        "{lines:?}"
    );
    let all = lines.iter().find(|line| line["message"] == "in all").expect("the last counts");
    assert_eq!((&all["RecordsSent"], &all["RecordsTooLarge"]), (&json!(90), &json!(1)));
    let accepted = world.double.accepted.lock().expect("not poisoned");
    assert_eq!(accepted.len(), 90);
    assert!(accepted.values().all(|times| *times == 1));
}

#[tokio::test]
async fn a_record_that_is_never_taken_is_told_and_not_quoted() {
    let never = "a-key-that-tells-something";
    for name in ["never", "never-direct"] {
        let world = World::with(name, Double { never: Some(never), ..Double::default() }).await;
        if name == "never-direct" {
            world.direct();
        }
        let lines = format!("{{\"id\": \"1\"}}\n{{\"id\": \"{never}\"}}\n{{\"id\": \"3\"}}\n");
        world.configure(&json!({"source": world.records(lines.as_bytes())}));
        let child = world.start(&[]);
        let output = blocking(move || child.wait_with_output().expect("it ends")).await;
        assert_eq!(output.status.code(), Some(3));
        let text = String::from_utf8_lossy(&output.stdout);
        assert!(!text.contains(never), "{text}");
        let lines = log(&output);
        let last = lines.last().expect("a line")["message"].as_str().unwrap_or_default();
        assert!(last.contains("rejected 1 of its records"), "{last}");
        let all = lines.iter().find(|line| line["message"] == "in all").expect("the last counts");
        assert_eq!((&all["RecordsSent"], &all["RecordsFailed"]), (&json!(2), &json!(1)));
    }
}

#[tokio::test]
async fn a_file_without_records_is_a_failure() {
    let world = World::new("no-records", false).await;
    for (source, says) in [
        (world.records(b"\n\n"), "the file contains no record that can be sent"),
        (json!({"file": {"path": "/not/there", "repeat": true}}), "cannot read the file of records"),
    ] {
        world.configure(&json!({"source": source}));
        let child = world.start(&[]);
        let output = blocking(move || child.wait_with_output().expect("it ends")).await;
        assert_eq!(output.status.code(), Some(1));
        let lines = log(&output);
        let last = lines.last().expect("a line");
        assert_eq!(last["level"], "ERROR");
        assert!(last["message"].as_str().is_some_and(|text| text.contains(says)), "{last}");
    }
}

#[tokio::test]
async fn a_generator_is_its_instances_own() {
    let world = World::new("generator", true).await;
    let fields = json!([{"path": "$.id", "value": {"text": {"max_length": 20}}}]);
    world.configure(&json!({"source": {"generator": {"seed": 7, "record_size": 100, "fields": fields}}}));
    let mut records = Vec::new();
    for instance in ["i-1", "i-1", "i-2"] {
        let mut child = world.start(&["--dry-run", "--instance", instance]);
        let stdout = child.stdout.take().expect("it is piped");
        let lines: Vec<String> = blocking(move || {
            BufReader::new(stdout).lines().take(5).map(|line| line.expect("text")).collect()
        })
        .await;
        blocking(move || child.wait().expect("it ends")).await;
        assert!(lines.iter().all(|line| line.len() == 100), "{lines:?}");
        records.push(lines);
    }
    assert_eq!(records[0], records[1]);
    assert_ne!(records[0], records[2]);
}

#[tokio::test]
async fn publishes_its_log_under_the_name_of_its_instance() {
    for denies_log in [false, true] {
        let name = if denies_log { "log-denied" } else { "log" };
        let world = World::with(name, Double { denies_log, ..Double::default() }).await;
        let lines: String = (0..40).map(|n| format!("{{\"id\": \"{n}\"}}\n")).collect();
        let source = world.records(lines.as_bytes());
        world.configure(&json!({"source": source, "log": {"group": "/pipec/x"}}));
        let child = world.start(&[]);
        let output = blocking(move || child.wait_with_output().expect("it ends")).await;
        // With or without its log, it does what it is for.
        assert_eq!(output.status.code(), Some(0));
        let lines = log(&output);
        let about = "the log cannot be published; the complete log is on this instance";
        let warned = lines.iter().filter(|line| line["message"] == about).count();
        assert_eq!(warned, usize::from(denies_log));
        let published = world.double.log.lock().expect("not poisoned").take();
        if denies_log {
            assert_eq!(published, None);
            continue;
        }
        let published = published.expect("the log stream");
        let published: Vec<Value> =
            published.iter().map(|line| serde_json::from_str(line).expect("each line is JSON")).collect();
        assert_eq!(published, lines);
        let metrics = published.iter().find(|line| line["_aws"].is_object()).expect("a line of metrics");
        assert_eq!((&metrics["Stream"], &metrics["RecordsSent"]), (&json!("users"), &json!(40)));
    }
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
