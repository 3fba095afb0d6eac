//! The built program, between a stand-in for Lambda's runtime API and one for the service: what goes over
//! the wire is what AWS documents, and CloudFormation gets its answer in every case.

use std::{
    collections::VecDeque,
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use axum::{
    Json, Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
    routing::{any, get, post, put},
};
use serde_json::{Value, json};
use tokio::{net::TcpListener, sync::mpsc};

struct Double {
    event: Mutex<Option<Value>>,
    deadline: SystemTime,
    statuses: Mutex<VecDeque<&'static str>>,
    log: [&'static str; 2],
    /// Those of ListApplicationOperations.
    operations: Vec<Value>,
    calls: Mutex<Vec<(String, Value)>>,
    puts: Mutex<u32>,
    answers: mpsc::UnboundedSender<(HeaderMap, Value)>,
}

impl Double {
    /// Each status once, the last for ever.
    fn status(&self) -> &'static str {
        let mut statuses = self.statuses.lock().expect("not poisoned");
        if statuses.len() > 1 { statuses.pop_front().expect("there are two") } else { statuses[0] }
    }
}

async fn service(State(double): State<Arc<Double>>, headers: HeaderMap, body: Bytes) -> Response {
    let target = headers["x-amz-target"].to_str().expect("text");
    let body: Value = serde_json::from_slice(&body).expect("JSON");
    if let Some(call) = target.strip_prefix("Logs_20140328.") {
        assert_eq!((call, &body["logGroupName"]), ("FilterLogEvents", &json!("logs")));
        double.calls.lock().expect("not poisoned").push((call.to_owned(), body.clone()));
        // A page without events, and another one.
        return Json(match body["nextToken"].as_str() {
            None => json!({"events": [], "nextToken": "2"}),
            Some(_) => json!({"events": double.log.map(|line| json!({"timestamp": 1, "message": line}))}),
        })
        .into_response();
    }
    let call = target.strip_prefix("KinesisAnalytics_20180523.").expect("the service's prefix").to_owned();
    assert_eq!(body["ApplicationName"], "app-1");
    double.calls.lock().expect("not poisoned").push((call.clone(), body.clone()));
    let error = |code: &str| {
        (StatusCode::BAD_REQUEST, Json(json!({"__type": code, "message": "as the test wants"})))
            .into_response()
    };
    match call.as_str() {
        "DescribeApplication" => match double.status() {
            "missing" => error("ResourceNotFoundException"),
            "denied" => error("AccessDeniedException"),
            status => Json(json!({"ApplicationDetail": {
                "ApplicationARN": "arn:aws:kinesisanalytics:us-east-1:111122223333:application/app-1",
                "ApplicationName": "app-1",
                "RuntimeEnvironment": "FLINK-1_20",
                "ApplicationStatus": status,
                "ApplicationVersionId": 1,
                "ApplicationConfigurationDescription": {"ApplicationCodeConfigurationDescription": {
                    "CodeContentType": "ZIPFILE",
                    "CodeContentDescription": {"S3ApplicationCodeLocationDescription": {
                        "BucketARN": "arn:aws:s3:::artifacts",
                        "FileKey": "k",
                    }},
                }},
            }}))
            .into_response(),
        },
        "StartApplication" => Json(json!({"OperationId": "op-7"})).into_response(),
        "StopApplication" => Json(json!({})).into_response(),
        // One a page.
        "ListApplicationOperations" => {
            let page: usize = body["NextToken"].as_str().map_or(0, |token| token.parse().expect("a number"));
            let listed: Vec<_> = double.operations.get(page).into_iter().collect();
            let mut reply = json!({"ApplicationOperationInfoList": listed});
            if page + 1 < double.operations.len() {
                reply["NextToken"] = json!((page + 1).to_string());
            }
            Json(reply).into_response()
        }
        "DescribeApplicationOperation" if double.status() == "RUNNING" => {
            let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_secs();
            Json(json!({"ApplicationOperationInfoDetails": {
                "Operation": "StartApplication",
                "StartTime": now,
                "EndTime": now,
                "OperationStatus": "SUCCESSFUL",
            }}))
            .into_response()
        }
        "DescribeApplicationOperation" => Json(json!({"ApplicationOperationInfoDetails": {
            "Operation": "StartApplication",
            "StartTime": 1_779_000_000.0,
            "EndTime": 1_779_000_060.0,
            "OperationStatus": "FAILED",
            "OperationFailureDetails": {"ErrorInfo": {"ErrorString": "Column 'agee' not found in any table"}},
        }}))
        .into_response(),
        other => panic!("unexpected call {other}"),
    }
}

/// The first attempt fails, as S3 does now and then.
async fn answer(State(double): State<Arc<Double>>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let mut puts = double.puts.lock().expect("not poisoned");
    *puts += 1;
    if *puts == 1 {
        return StatusCode::SERVICE_UNAVAILABLE;
    }
    let body = serde_json::from_slice(&body).expect("JSON");
    double.answers.send((headers, body)).expect("the test listens");
    StatusCode::OK
}

async fn next(State(double): State<Arc<Double>>) -> Response {
    let event = double.event.lock().expect("not poisoned").take();
    let Some(event) = event else { std::future::pending().await };
    let deadline = double.deadline.duration_since(UNIX_EPOCH).expect("after 1970").as_millis().to_string();
    let headers = [
        ("lambda-runtime-aws-request-id", "invocation-1".to_owned()),
        ("lambda-runtime-deadline-ms", deadline),
    ];
    (headers, Json(event)).into_response()
}

struct Killed(Child);

impl Drop for Killed {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

struct Seen {
    answer: Value,
    headers: HeaderMap,
    calls: Vec<(String, Value)>,
}

impl Seen {
    /// The calls that are more than a look.
    fn asked(&self) -> Vec<&str> {
        let calls = self.calls.iter().map(|(call, _)| call.as_str());
        calls.filter(|call| call.starts_with("Start") || call.starts_with("Stop")).collect()
    }
}

async fn run(request: &str, properties: Value, statuses: &[&'static str], seconds: u64) -> Seen {
    run_after(Vec::new(), request, properties, statuses, seconds).await
}

/// As `run`, after these operations.
async fn run_after(
    operations: Vec<Value>,
    request: &str,
    properties: Value,
    statuses: &[&'static str],
    seconds: u64,
) -> Seen {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let event = json!({
        "RequestType": request,
        // A name, so that the resolver has its part.
        "ResponseURL": format!("http://localhost:{port}/answer?X-Amz-Signature=secret"),
        "StackId": "arn:aws:cloudformation:us-east-1:111122223333:stack/s/0",
        "RequestId": "request-1",
        "LogicalResourceId": "Starter",
        "PhysicalResourceId": "app-1",
        "ResourceType": "AWS::CloudFormation::CustomResource",
        "ResourceProperties": properties,
    });
    let (answers, mut answered) = mpsc::unbounded_channel();
    let double = Arc::new(Double {
        event: Mutex::new(Some(event)),
        deadline: SystemTime::now() + Duration::from_secs(seconds),
        statuses: Mutex::new(statuses.iter().copied().collect()),
        log: [
            r#"{"logger": "o.a.f.ExecutionGraph", "message": "Job a (5e8f) switched from state CREATED to RUNNING."}"#,
            r#"{"logger": "o.a.f.ExecutionGraph", "message": "Source: s (1/1) (5e8f) switched from INITIALIZING to RUNNING."}"#,
        ],
        operations,
        calls: Mutex::default(),
        puts: Mutex::default(),
        answers,
    });
    let router = Router::new()
        .route("/", post(service))
        .route("/answer", put(answer))
        .route("/2018-06-01/runtime/invocation/next", get(next))
        .fallback(any(|| async { StatusCode::ACCEPTED }))
        .with_state(double.clone());
    tokio::spawn(async move { axum::serve(listener, router).await });

    let child = Command::new(env!("CARGO_BIN_EXE_pipec-flink-starter"))
        .env_clear()
        .envs([
            ("AWS_LAMBDA_RUNTIME_API", format!("127.0.0.1:{port}")),
            ("AWS_ENDPOINT_URL", format!("http://localhost:{port}")),
        ])
        .envs([
            ("AWS_LAMBDA_FUNCTION_NAME", "starter"),
            ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128"),
            ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"),
            ("AWS_REGION", "us-east-1"),
            ("AWS_ACCESS_KEY_ID", "test"),
            ("AWS_SECRET_ACCESS_KEY", "test"),
        ])
        .stdout(Stdio::null())
        .spawn()
        .expect("the program starts");
    let _child = Killed(child);
    let (headers, answer) = tokio::time::timeout(Duration::from_secs(60), answered.recv())
        .await
        .expect("an answer in time")
        .expect("the double lives");
    let calls = double.calls.lock().expect("not poisoned").clone();
    Seen { answer, headers, calls }
}

fn properties() -> Value {
    json!({"ServiceToken": "arn", "ApplicationName": "app-1", "CodeKey": "k", "LogGroup": "logs",
        "AllowNonRestoredState": "true"})
}

#[tokio::test]
async fn a_create_starts_and_waits() {
    let seen = run("Create", properties(), &["READY", "STARTING", "RUNNING"], 120).await;
    assert_eq!(seen.answer["Status"], "SUCCESS", "{}", seen.answer);
    assert_eq!(seen.answer["PhysicalResourceId"], "app-1");
    assert_eq!(seen.answer["RequestId"], "request-1");
    assert_eq!(seen.answer["Data"]["ApplicationStatus"], "RUNNING");
    // The URL is signed for a request without one.
    assert!(!seen.headers.contains_key("content-type"));
    assert!(seen.headers.contains_key("content-length"));
    assert_eq!(seen.asked(), ["StartApplication"]);
    // Both pages of the log, since the start and with a filter.
    let read: Vec<&Value> =
        seen.calls.iter().filter(|(call, _)| call == "FilterLogEvents").map(|(_, body)| body).collect();
    assert_eq!(read.len(), 2);
    assert!(
        read[0]["startTime"].is_i64()
            && read[0]["filterPattern"].as_str().is_some_and(|p| p.contains("to RUNNING"))
    );
    let start = &seen.calls[1].1;
    assert_eq!(start["RunConfiguration"]["FlinkRunConfiguration"]["AllowNonRestoredState"], true);
}

#[tokio::test]
async fn an_application_that_does_not_come_up_says_why() {
    let seen = run("Create", properties(), &["READY", "STARTING", "READY"], 120).await;
    assert_eq!(seen.answer["Status"], "FAILED");
    let reason = seen.answer["Reason"].as_str().expect("a reason");
    assert!(reason.ends_with("StartApplication FAILED: Column 'agee' not found in any table"), "{reason}");
    assert!(seen.calls.iter().any(|(_, body)| body["OperationId"] == "op-7"));
}

#[tokio::test]
async fn an_update_leaves_a_running_application_alone() {
    let seen = run("Update", properties(), &["UPDATING", "RUNNING"], 120).await;
    assert_eq!(seen.answer["Status"], "SUCCESS");
    assert!(seen.asked().is_empty() && seen.calls.len() > 1);
}

/// An operation that began so many seconds ago.
fn operation(kind: &str, status: &str, seconds_ago: u64) -> Value {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_secs();
    let began = now - seconds_ago;
    json!({"Operation": kind, "OperationId": format!("op-{kind}-{seconds_ago}"), "OperationStatus": status,
        "StartTime": began, "EndTime": began + 1})
}

#[tokio::test]
async fn the_newest_operation_may_be_on_any_page() {
    let operations = vec![
        operation("UpdateApplication", "SUCCESSFUL", 7200),
        operation("UpdateApplication", "FAILED", 120),
        operation("RollbackApplication", "SUCCESSFUL", 60),
    ];
    let seen = run_after(operations, "Update", properties(), &["RUNNING"], 120).await;
    assert_eq!(seen.answer["Status"], "FAILED", "{}", seen.answer);
    assert!(
        seen.answer["Reason"]
            .as_str()
            .is_some_and(|reason| reason.contains("its last update was rolled back"))
    );
}

#[tokio::test]
async fn an_old_failure_is_no_cause() {
    let operations = || vec![operation("UpdateApplication", "FAILED", 30 * 24 * 3600)];
    let other_code = || {
        let mut properties = properties();
        properties["CodeKey"] = json!("other");
        properties
    };
    let reason = |seen: Seen| seen.answer["Reason"].as_str().expect("a reason").to_owned();
    let old = reason(run_after(operations(), "Update", other_code(), &["READY"], 120).await);
    assert!(old.contains("its code is k, not other") && !old.contains("agee"), "{old}");
    let recent = [operations(), vec![operation("UpdateApplication", "FAILED", 60)]].concat();
    let recent = reason(run_after(recent, "Update", other_code(), &["READY"], 120).await);
    assert!(recent.contains("Column 'agee' not found"), "{recent}");
}

#[tokio::test]
async fn a_delete_stops() {
    let seen = run("Delete", properties(), &["RUNNING", "STOPPING", "READY"], 120).await;
    assert_eq!(seen.answer["Status"], "SUCCESS");
    assert_eq!(seen.calls[1], ("StopApplication".to_owned(), json!({"ApplicationName": "app-1"})));
}

#[tokio::test]
async fn a_delete_of_a_missing_application_is_done() {
    let seen = run("Delete", properties(), &["missing"], 120).await;
    assert_eq!(seen.answer["Status"], "SUCCESS");
    assert!(seen.asked().is_empty() && seen.calls.len() == 1);
}

#[tokio::test]
async fn a_missing_permission_is_named() {
    // Less time than a permission may take.
    let seen = run("Create", properties(), &["denied"], 14).await;
    assert_eq!(seen.answer["Status"], "FAILED");
    let reason = seen.answer["Reason"].as_str().expect("a reason");
    assert!(reason.contains("DescribeApplication: AccessDeniedException"), "{reason}");
    let late = run("Update", properties(), &["denied", "RUNNING"], 120).await;
    assert_eq!(late.answer["Status"], "SUCCESS", "{}", late.answer);
}

#[tokio::test]
async fn a_malformed_request_is_answered() {
    let seen = run("Create", json!({"ServiceToken": "arn"}), &["READY"], 120).await;
    assert_eq!(seen.answer["Status"], "FAILED");
    assert!(seen.calls.is_empty());
}

#[tokio::test]
async fn an_answer_comes_before_lambda_ends_the_function() {
    let began = SystemTime::now();
    let seen = run("Create", properties(), &["STARTING"], 14).await;
    assert!(began.elapsed().expect("time goes on") < Duration::from_secs(13));
    assert_eq!(seen.answer["Status"], "FAILED");
    let reason = seen.answer["Reason"].as_str().expect("a reason");
    assert!(reason.contains("still STARTING after"), "{reason}");
}
