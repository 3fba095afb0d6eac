//! The Lambda function behind Firehose's record transform (`provided.al2023`).
//!
//! Reads `transform.json`, a [`RecordProgram`], from `$LAMBDA_TASK_ROOT` when it starts. Logs one JSON line
//! an invocation, with counts and never with the content of a record.

use std::{env, fs, path::PathBuf, process::ExitCode, time::Instant};

use lambda_runtime::{Diagnostic, LambdaEvent, service_fn};
use pipec_core::RecordProgram;
use pipec_transform::{batch, event::Event};
use serde_json::value::RawValue;

const PROGRAM_FILE: &str = "transform.json";
/// Where Lambda unpacks a function's zip, should the variable be missing.
const DEFAULT_TASK_ROOT: &str = "/var/task";

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    tracing_subscriber::fmt()
        .json()
        .flatten_event(true)
        .with_current_span(false)
        .with_span_list(false)
        .with_target(false)
        .with_max_level(tracing::Level::INFO)
        .init();

    let program = match read_program() {
        Ok(program) => program,
        Err(message) => {
            tracing::error!("{message}");
            report_init_error(message).await;
            return ExitCode::FAILURE;
        }
    };
    let handler = service_fn(async |event: LambdaEvent<Box<RawValue>>| handle(&program, &event));
    match lambda_runtime::run(handler).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(%error, "the Lambda runtime API failed");
            ExitCode::FAILURE
        }
    }
}

fn read_program() -> Result<RecordProgram, String> {
    let root =
        env::var_os("LAMBDA_TASK_ROOT").map_or_else(|| PathBuf::from(DEFAULT_TASK_ROOT), PathBuf::from);
    let path = root.join(PROGRAM_FILE);
    let json = fs::read(&path).map_err(|error| format!("cannot read {}: {error}", path.display()))?;
    RecordProgram::from_json(&json).map_err(|error| format!("cannot use {}: {error}", path.display()))
}

/// Tells Lambda why the function does not start, so that the caller sees the reason and not just an exit
/// code. Should that fail, the log and the exit code still say it.
async fn report_init_error(message: String) {
    let body = serde_json::json!({"errorType": "Runtime.InvalidRecordProgram", "errorMessage": message});
    let sent = async {
        let client = lambda_runtime_api_client::Client::builder().build()?;
        let request = http::Request::post("/2018-06-01/runtime/init/error")
            .header("lambda-runtime-function-error-type", "Runtime.InvalidRecordProgram")
            .body(body.to_string().into())?;
        client.call(request).await
    };
    if let Err(error) = sent.await {
        tracing::error!(%error, "cannot report the error to Lambda");
    }
}

fn handle(program: &RecordProgram, event: &LambdaEvent<Box<RawValue>>) -> Result<Box<RawValue>, Diagnostic> {
    let started = Instant::now();
    let json = event.payload.get();
    let request = &event.context.request_id;
    let event = Event::from_json(json).map_err(|error| {
        tracing::error!(request_id = request, %error, "event refused");
        Diagnostic { error_type: "InvalidEvent".to_owned(), error_message: error.to_string() }
    })?;
    let (reply, counts) = batch::transform(program, &event);
    let failed = counts.failed();
    macro_rules! report {
        ($level:ident, $message:literal) => {
            tracing::$level!(
                request_id = request,
                invocation_id = event.invocation_id.as_deref().unwrap_or_default(),
                records = counts.records,
                ok = counts.ok,
                dropped = counts.dropped,
                processing_failed = failed,
                not_base64 = counts.not_base64,
                not_applicable = counts.not_applicable,
                reply_full = counts.reply_full,
                bytes_in = json.len(),
                bytes_out = reply.len(),
                micros = u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX),
                $message
            )
        };
    }
    if failed == 0 {
        report!(info, "batch transformed");
    } else {
        report!(warn, "batch transformed; some records go to the error prefix");
    }
    RawValue::from_string(reply).map_err(|_| Diagnostic {
        error_type: "InvalidReply".to_owned(),
        error_message: "the reply is not JSON; this is a fault of the function".to_owned(),
    })
}
