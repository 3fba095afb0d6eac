//! One request from reading to answering.

use std::time::{Duration, SystemTime};

use aws_sdk_cloudwatchlogs::Client as Logs;
use aws_sdk_kinesisanalyticsv2::Client;
use pipec_net::{
    aws::{self, Credentials, Patience},
    dns::Resolver,
    http,
};
use serde_json::Value;
use tokio::time::Instant;

use crate::{
    answer::{self, SendError, Verdict},
    drive::{End, drive},
    event::{self, NobodyAsked, Order, Unusable},
    panic,
    service::Aws,
};

/// Kept back before Lambda's own deadline, so that the answer still gets out.
const RESERVE: Duration = Duration::from_secs(10);
/// Longest time for the answer and its repetitions, and what of Lambda's time it leaves for the program's end.
const ANSWERING: Duration = Duration::from_secs(60);
const LAST_MOMENT: Duration = Duration::from_secs(1);
const PATIENCE: Patience =
    Patience { attempts: 3, connect: Duration::from_secs(3), attempt: Duration::from_secs(10) };

/// Why there was no answer. Lambda calls again after it, since CloudFormation calls asynchronously.
#[derive(Debug, thiserror::Error)]
pub enum HandlerError {
    /// Not a request of CloudFormation.
    #[error(transparent)]
    NobodyAsked(#[from] NobodyAsked),
    /// The names of hosts cannot be resolved.
    #[error("cannot set up name resolution: {0}")]
    Resolver(String),
    /// The answer did not arrive.
    #[error("cannot respond to CloudFormation: {0}")]
    Send(#[from] SendError),
    /// The answer did not arrive in time.
    #[error("cannot respond to CloudFormation in time")]
    SendTimeout,
}

/// Handles one event; `deadline` is Lambda's own.
///
/// # Errors
/// When CloudFormation got no answer. A failure of the application is an answer.
pub async fn handle(event: &Value, deadline: SystemTime) -> Result<(), HandlerError> {
    let request = event::read(event)?;
    panic::watch(&request.reply_to);
    let resolver = Resolver::from_system().map_err(|error| HandlerError::Resolver(error.to_string()))?;
    let verdict = match &request.order {
        Ok(order) => {
            tracing::info!(request = ?order.request, application = order.application, "request");
            carry_out(&resolver, order, work_until(deadline)).await
        }
        Err(Unusable::Malformed(reason)) => Verdict::Failed(reason.clone()),
        Err(Unusable::NothingToDelete(reason)) => {
            tracing::warn!(reason, "the application was never started, so it need not be stopped");
            Verdict::Success("missing".to_owned())
        }
    };
    match &verdict {
        Verdict::Success(status) => tracing::info!(status, "answering SUCCESS"),
        Verdict::Failed(reason) => tracing::error!(reason, "answering FAILED"),
    }
    let body = answer::body(&request.reply_to, &verdict);
    let answering = left(deadline).saturating_sub(LAST_MOMENT).min(ANSWERING);
    tokio::time::timeout(answering, answer::send(&resolver, &request.reply_to.url, &body))
        .await
        .map_err(|_| HandlerError::SendTimeout)??;
    panic::answered();
    Ok(())
}

/// Ten seconds before the deadline, or half of the time where the function has hardly more.
fn work_until(deadline: SystemTime) -> Instant {
    let left = left(deadline);
    Instant::now() + left.saturating_sub(RESERVE).max(left / 2)
}

fn left(deadline: SystemTime) -> Duration {
    deadline.duration_since(SystemTime::now()).unwrap_or_default()
}

async fn carry_out(resolver: &Resolver, order: &Order, deadline: Instant) -> Verdict {
    let config = aws::config(http::client(resolver.clone()), None, Credentials::Environment, PATIENCE).await;
    let application = Aws::new(Client::new(&config), Logs::new(&config), order.application.clone());
    match drive(&application, order, deadline).await {
        End::Reached(status) => Verdict::Success(status.name().to_owned()),
        End::Failed(reason) => Verdict::Failed(reason),
    }
}
