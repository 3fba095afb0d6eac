//! The Lambda function behind the custom resource (`provided.al2023`).

use std::process::ExitCode;

use lambda_runtime::{Diagnostic, LambdaEvent, service_fn};
use pipec_flink_starter::{handler, panic};
use serde_json::Value;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    pipec_net::log::start();
    panic::install();
    let answered = lambda_runtime::run(service_fn(async |event: LambdaEvent<Value>| {
        handler::handle(&event.payload, event.context.deadline()).await.map_err(|error| {
            tracing::error!(%error, "no answer");
            Diagnostic { error_type: "NoAnswer".to_owned(), error_message: error.to_string() }
        })
    }))
    .await;
    match answered {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(%error, "the Lambda runtime API failed");
            ExitCode::FAILURE
        }
    }
}
