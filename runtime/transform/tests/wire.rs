//! The built program under a stand-in for Lambda's runtime API.

use std::{
    collections::VecDeque,
    io::Write,
    path::Path,
    process::{Command, Stdio},
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{
    Router,
    extract::{Path as Segments, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use serde_json::Value;
use tokio::{net::TcpListener, sync::mpsc};

struct Api {
    events: Mutex<VecDeque<&'static str>>,
    answers: mpsc::UnboundedSender<(String, String)>,
}

async fn next(State(api): State<Arc<Api>>) -> Response {
    let event = api.events.lock().expect("not poisoned").pop_front();
    let Some(event) = event else { std::future::pending().await };
    let headers =
        [("lambda-runtime-aws-request-id", "invocation-1"), ("lambda-runtime-invocation-id", "wire-1")];
    (headers, event).into_response()
}

async fn answer(
    State(api): State<Arc<Api>>,
    Segments(kind): Segments<String>,
    headers: HeaderMap,
    body: String,
) -> StatusCode {
    assert_eq!(headers["lambda-runtime-invocation-id"], "wire-1");
    let status =
        if body.contains("TOO_LARGE") { StatusCode::PAYLOAD_TOO_LARGE } else { StatusCode::ACCEPTED };
    api.answers.send((kind, body)).expect("the test listens");
    status
}

async fn init_error(State(api): State<Arc<Api>>, headers: HeaderMap, body: String) -> StatusCode {
    assert!(headers.contains_key("lambda-runtime-function-error-type"));
    api.answers.send(("init".to_owned(), body)).expect("the test listens");
    StatusCode::ACCEPTED
}

/// What the runtime API is told, and what the program logs.
async fn run(
    folder: &str,
    program: Option<&str>,
    events: &[&'static str],
) -> (Vec<(String, Value)>, Vec<Value>, Option<i32>) {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(folder);
    std::fs::create_dir_all(&folder).expect("a folder");
    if let Some(program) = program {
        std::fs::write(folder.join("transform.json"), program).expect("the file is written");
    }
    let (answers, mut answered) = mpsc::unbounded_channel();
    let api = Arc::new(Api { events: Mutex::new(events.iter().copied().collect()), answers });
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let router = Router::new()
        .route("/2018-06-01/runtime/invocation/next", get(next))
        .route("/2018-06-01/runtime/invocation/invocation-1/{kind}", post(answer))
        .route("/2018-06-01/runtime/init/error", post(init_error))
        .with_state(api);
    tokio::spawn(async move { axum::serve(listener, router).await });
    let mut child = Command::new(env!("CARGO_BIN_EXE_pipec-transform"))
        .env_clear()
        .env("AWS_LAMBDA_RUNTIME_API", format!("127.0.0.1:{port}"))
        .env("LAMBDA_TASK_ROOT", &folder)
        .envs([("AWS_LAMBDA_FUNCTION_NAME", "transform"), ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST")])
        .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128")
        .stdout(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut told = Vec::new();
    while told.len() < events.len().max(1) {
        let (kind, body) = tokio::time::timeout(Duration::from_secs(30), answered.recv())
            .await
            .expect("an answer in time")
            .expect("the stand-in lives");
        told.push((kind, serde_json::from_str(&body).expect("JSON")));
    }
    if !events.is_empty() {
        child.kill().expect("it runs");
    }
    let output = tokio::task::spawn_blocking(move || child.wait_with_output().expect("it ends"))
        .await
        .expect("it does not panic");
    let log = String::from_utf8(output.stdout).expect("text");
    let log = log.lines().map(|line| serde_json::from_str(line).expect("each line is JSON")).collect();
    (told, log, output.status.code())
}

#[tokio::test]
async fn answers_batches_and_outlives_bad_events() {
    let events = [
        r#"{"invocationId":"i-1","records":[{"recordId":"1","data":"dXNlcg=="},{"recordId":"2","data":"U0VDUkVU%"}]}"#,
        r#"{"records":"U0VDUkVU"}"#,
        r#"{"invocationId":"i-3","records":[]}"#,
    ];
    let (told, log, _) = run("answers", Some(r#"{"version":3,"append":"\n"}"#), &events).await;
    let kinds: Vec<_> = told.iter().map(|(kind, _)| kind.as_str()).collect();
    assert_eq!(kinds, ["response", "error", "response"]);
    assert_eq!(told[0].1["records"][0]["data"], "dXNlcgo=");
    assert_eq!(told[0].1["records"][1]["result"], "ProcessingFailed");
    assert_eq!(told[1].1["errorType"], "InvalidEvent");
    assert_eq!(told[2].1, serde_json::json!({"records": []}));

    let levels: Vec<_> = log.iter().filter_map(|line| line["level"].as_str()).collect();
    assert_eq!(levels, ["WARN", "ERROR", "INFO"], "{log:?}");
    assert!(log.iter().all(|line| line["request_id"] == "invocation-1"), "{log:?}");
    assert_eq!((&log[0]["ok"], &log[0]["not_base64"]), (&1.into(), &1.into()));
    assert_eq!(log[2]["invocation_id"], "i-3");
    let text = format!("{told:?}{log:?}");
    assert!(!text.contains("U0VDUkVU") && !text.contains("SECRET"), "{text}");
}

fn gzip(text: &str) -> String {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(text.as_bytes()).expect("memory");
    base64_simd::STANDARD.encode_to_string(encoder.finish().expect("memory"))
}

#[tokio::test]
async fn unpacks_log_events() {
    let data = gzip(
        r#"{"messageType":"DATA_MESSAGE","owner":"1","logGroup":"/app","logStream":"a","subscriptionFilters":["f"],
        "logEvents":[{"id":"1","timestamp":5,"message":"one"},{"id":"2","timestamp":6,"message":"two\n"}]}"#,
    );
    let control = gzip(r#"{"messageType":"CONTROL_MESSAGE","owner":"CloudwatchLogs","logEvents":[]}"#);
    let event = serde_json::json!({"invocationId": "i-1", "records": [
        {"recordId": "1", "data": data},
        {"recordId": "2", "data": control},
        {"recordId": "3", "data": gzip("no packet")},
        {"recordId": "4", "data": "dXNlcg=="},
    ]});
    let program = r#"{"version":3,"append":"\n","unpack":"cloudwatch_logs"}"#;
    let (told, log, _) = run("unpacks", Some(program), &[event.to_string().leak()]).await;
    let answers = told[0].1["records"].as_array().expect("a list");
    let results: Vec<_> = answers.iter().map(|answer| answer["result"].as_str().expect("a result")).collect();
    assert_eq!(results, ["Ok", "Dropped", "ProcessingFailed", "Ok"]);
    let lines =
        base64_simd::STANDARD.decode_to_vec(answers[0]["data"].as_str().expect("data")).expect("base64");
    assert_eq!(
        String::from_utf8(lines).expect("text"),
        concat!(
            r#"{"id":"1","timestamp":5,"message":"one","logGroup":"/app","logStream":"a","owner":"1"}"#,
            "\n",
            r#"{"id":"2","timestamp":6,"message":"two\n","logGroup":"/app","logStream":"a","owner":"1"}"#,
            "\n"
        )
    );
    assert_eq!(answers[3]["data"], "dXNlcgo=");
    assert_eq!((&log[0]["log_events"], &log[0]["control_messages"]), (&2.into(), &1.into()));
    assert_eq!((&log[0]["Dropped"], &log[0]["ProcessingFailed"]), (&1.into(), &1.into()));
    // What a program without a query never counts is no metric.
    let metrics = log[0]["_aws"]["CloudWatchMetrics"][0]["Metrics"].as_array().expect("a list");
    assert_eq!(metrics.len(), 2, "{metrics:?}");
}

#[tokio::test]
async fn says_why_it_does_not_start() {
    for (folder, program, expected) in [
        ("missing", None, "cannot read"),
        ("newer", Some(r#"{"version":9,"append":"\n","query":{}}"#), "version 9"),
        ("broken", Some("{"), "cannot use"),
    ] {
        let (told, log, code) = run(folder, program, &[]).await;
        assert_eq!(told[0].0, "init");
        let message = told[0].1["errorMessage"].as_str().expect("a message");
        assert!(message.contains(expected) && message.contains("transform.json"), "{message}");
        assert_eq!(log[0]["message"], message);
        assert_eq!(code, Some(1));
    }
}

#[tokio::test]
async fn goes_on_after_an_answer_that_lambda_refuses() {
    let events = [r#"{"records":[{"recordId":"TOO_LARGE"}]}"#, r#"{"records":[]}"#];
    let (told, log, _) = run("refused", Some(r#"{"version":3,"append":"\n"}"#), &events).await;
    assert_eq!(told[1].1, serde_json::json!({"records": []}));
    assert_eq!((&log[1]["level"], &log[1]["request_id"]), (&"ERROR".into(), &"invocation-1".into()));
    assert!(log[1]["error"].as_str().is_some_and(|error| error.contains("413")), "{log:?}");
}

#[test]
fn ends_outside_of_lambda() {
    for address in [None, Some(""), Some("/x"), Some("http://127.0.0.1:1")] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_pipec-transform"));
        let address = address.map(|address| ("AWS_LAMBDA_RUNTIME_API", address));
        let output = command.env_clear().envs(address).output().expect("it runs");
        assert_eq!(output.status.code(), Some(1), "{output:?}");
        assert!(
            String::from_utf8_lossy(&output.stdout).contains("the Lambda runtime API failed"),
            "{output:?}"
        );
        assert!(output.stderr.is_empty(), "{output:?}");
    }
}
