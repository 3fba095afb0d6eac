//! The Lambda function behind Firehose's record transform (`provided.al2023`).
//!
//! Reads `transform.json`, a [`RecordProgram`], from `$LAMBDA_TASK_ROOT` when it starts. Logs one JSON line
//! an invocation, with counts and never with the content of a record.

mod runtime_api;

use std::{env, fs, path::PathBuf, process::ExitCode, time::Instant};

use lambda_runtime_api_client::BoxError;
use pipec_core::RecordProgram;
use pipec_transform::{batch, event::Event, report::Report};
use runtime_api::{FunctionError, RuntimeApi};

const PROGRAM_FILE: &str = "transform.json";
/// Where Lambda unpacks a function's zip, should the variable be missing.
const DEFAULT_TASK_ROOT: &str = "/var/task";

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    pipec_log::start();
    match run().await {
        Ok(code) => code,
        Err(error) => {
            tracing::error!(error, "the Lambda runtime API failed");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<ExitCode, BoxError> {
    let api = RuntimeApi::from_env()?;
    let program = match read_program() {
        Ok(program) => program,
        Err(message) => {
            tracing::error!("{message}");
            let error_type = "Runtime.InvalidRecordProgram";
            api.init_error(FunctionError { error_type, error_message: message }).await?;
            return Ok(ExitCode::FAILURE);
        }
    };
    let function_name = env::var("AWS_LAMBDA_FUNCTION_NAME").unwrap_or_default();
    let mut event = Vec::new();
    loop {
        let invocation = api.next(&mut event).await?;
        let answer = answer(&program, &event, &invocation.request_id, &function_name);
        if let Err(error) = api.answer(&invocation, answer).await {
            // Lambda has told the caller, and says with the next call whether it goes on.
            tracing::error!(request_id = invocation.request_id, error, "the response was lost");
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

fn answer(
    program: &RecordProgram,
    json: &[u8],
    request_id: &str,
    function_name: &str,
) -> Result<Vec<u8>, FunctionError> {
    let started = Instant::now();
    let event = Event::from_json(json).map_err(|error| {
        tracing::error!(request_id, %error, "event refused");
        FunctionError { error_type: "InvalidEvent", error_message: error.to_string() }
    })?;
    let (reply, counts) = batch::transform(program, &event);
    let report = Report {
        request_id,
        invocation_id: event.invocation_id.as_deref(),
        counts: &counts,
        bytes_in: json.len(),
        bytes_out: reply.len(),
        micros: started.elapsed().as_micros(),
    };
    if let Err(error) = report.write(function_name, program.has_query()) {
        // The records matter more than their count.
        tracing::error!(request_id, %error, "the counters cannot be logged");
    }
    Ok(reply)
}
