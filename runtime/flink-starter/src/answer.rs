//! The answer to CloudFormation.

use std::time::Duration;

use aws_smithy_http_client::Connector;
use aws_smithy_runtime_api::{
    client::{http::HttpConnector as _, orchestrator::HttpRequest},
    http::StatusCode,
};
use aws_smithy_types::body::SdkBody;
use backon::{ExponentialBuilder, Retryable};
use pipec_net::dns::Resolver;
use serde_json::json;

use crate::event::ReplyTo;

/// Largest answer, in bytes. Source: CloudFormation User Guide, "Custom resource response objects".
const LIMIT: usize = 4096;
const CONNECT: Duration = Duration::from_secs(2);
const READ: Duration = Duration::from_secs(3);

/// What is answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// SUCCESS, with the application's status as the attribute `ApplicationStatus`.
    Success(String),
    /// FAILED, for this reason.
    Failed(String),
}

/// The answer as JSON, of at most 4,096 bytes.
#[must_use]
pub fn body(reply_to: &ReplyTo, verdict: &Verdict) -> String {
    let (status, reason, data) = match verdict {
        Verdict::Success(status) => ("SUCCESS", "", json!({"ApplicationStatus": status})),
        Verdict::Failed(reason) => ("FAILED", reason.as_str(), json!({})),
    };
    let write = |reason: &str| {
        json!({
            "Status": status,
            "Reason": reason,
            "PhysicalResourceId": reply_to.physical_resource_id,
            "StackId": reply_to.stack_id,
            "RequestId": reply_to.request_id,
            "LogicalResourceId": reply_to.logical_resource_id,
            "Data": data,
        })
        .to_string()
    };
    let room = LIMIT.saturating_sub(write("").len());
    write(&shortened(reason, room))
}

/// `text` in at most `room` bytes of JSON string. What is cut is the middle: a Java exception names what
/// failed at its start, and the root cause at its end.
fn shortened(text: &str, room: usize) -> String {
    const GAP: &str = " ... ";
    let size = |c: char| match c {
        '"' | '\\' | '\n' | '\r' | '\t' | '\u{8}' | '\u{c}' => 2,
        c if c < ' ' => 6,
        c => c.len_utf8(),
    };
    if text.chars().map(size).sum::<usize>() <= room {
        return text.to_owned();
    }
    let room = room.saturating_sub(GAP.len());
    let fitting = |room: usize| {
        let mut used = 0;
        move |c: &char| {
            used += size(*c);
            used <= room
        }
    };
    let head: String = text.chars().take_while(fitting(room / 3)).collect();
    let tail: Vec<char> = text.chars().rev().take_while(fitting(room - room / 3)).collect();
    head + GAP + &tail.into_iter().rev().collect::<String>()
}

/// The answer did not arrive.
#[derive(Debug, thiserror::Error)]
pub enum SendError {
    /// CloudFormation's URL refuses it; asking again would not help.
    #[error("the response URL returned {0}")]
    Refused(u16),
    /// No or no good answer.
    #[error("{0}")]
    Failed(String),
}

/// Puts the answer to the response URL, again and again while that may help.
///
/// # Errors
/// When the URL refuses it; the text never holds the URL, which is a secret.
pub async fn send(resolver: &Resolver, url: &str, body: &str) -> Result<(), SendError> {
    let connector = pipec_net::http::connector(resolver.clone(), CONNECT, READ);
    let policy = ExponentialBuilder::default()
        .with_min_delay(Duration::from_millis(200))
        .with_max_delay(Duration::from_secs(2))
        .without_max_times()
        .with_jitter();
    (|| put(&connector, url, body))
        .retry(policy)
        .when(|error| matches!(error, SendError::Failed(_)))
        .notify(|error, _| tracing::warn!(%error, "the response did not arrive; retrying"))
        .await
}

async fn put(connector: &Connector, url: &str, body: &str) -> Result<(), SendError> {
    let failed = |error: &dyn std::fmt::Display| SendError::Failed(error.to_string());
    // No Content-Type: the URL is signed for a request without one.
    let mut request = HttpRequest::new(SdkBody::from(body));
    request.set_method("PUT").map_err(|error| failed(&error))?;
    request.set_uri(url).map_err(|_| SendError::Failed("the response URL is not a URL".to_owned()))?;
    request.headers_mut().insert("content-length", body.len().to_string());
    let response = connector.call(request).await.map_err(|error| failed(&error))?;
    match response.status() {
        status if status.is_success() => Ok(()),
        status if status.is_client_error() && !retryable(status) => Err(SendError::Refused(status.as_u16())),
        status => Err(failed(&format_args!("the response URL returned {}", status.as_u16()))),
    }
}

fn retryable(status: StatusCode) -> bool {
    [408, 429].contains(&status.as_u16())
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    fn reply_to() -> ReplyTo {
        ReplyTo {
            url: "https://x.invalid/".to_owned(),
            stack_id: "arn:aws:cloudformation:us-east-1:111122223333:stack/s/0".to_owned(),
            request_id: "r".to_owned(),
            logical_resource_id: "Starter".to_owned(),
            physical_resource_id: "app".to_owned(),
        }
    }

    #[test]
    fn says_what_cloudformation_wants_to_hear() {
        let body = body(&reply_to(), &Verdict::Success("RUNNING".to_owned()));
        let body: Value = serde_json::from_str(&body).expect("JSON");
        assert_eq!(body["Status"], "SUCCESS");
        assert_eq!(body["PhysicalResourceId"], "app");
        assert_eq!(body["RequestId"], "r");
        assert_eq!(body["LogicalResourceId"], "Starter");
        assert_eq!(body["Data"]["ApplicationStatus"], "RUNNING");
        assert!(body["StackId"].as_str().is_some_and(|id| id.ends_with("stack/s/0")));
    }

    #[test]
    fn keeps_both_ends_of_a_long_reason_within_the_limit() {
        for filling in ["x", "\"", "\n", "\u{1}", "é", "😀"] {
            let reason = format!("HEAD {} Caused by: ROOT", filling.repeat(9_000));
            let body = body(&reply_to(), &Verdict::Failed(reason));
            assert!(body.len() <= LIMIT && body.len() > LIMIT - 20, "{filling:?}: {}", body.len());
            let body: Value = serde_json::from_str(&body).expect("JSON");
            let reason = body["Reason"].as_str().expect("a reason");
            assert!(reason.starts_with("HEAD") && reason.ends_with("ROOT"), "{reason}");
        }
    }

    #[test]
    fn leaves_a_short_reason_alone() {
        assert_eq!(shortened("a\n\"b\"", 8), "a\n\"b\"");
    }
}
