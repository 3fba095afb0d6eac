//! Splunk.

use super::super::Context;
use super::endpoint::Endpoint;
use crate::aws::destinations::splunk_limits::ACK_TIMEOUT_S;
use crate::diagnostics::{Code, Diagnostic};
use crate::pipeline::{Delivery, Setting, Splunk};
use crate::spec::Duration;

const EXAMPLE: &str = "https://http-inputs-firehose-example.splunkcloud.com:443";
/// The key of Splunk's objects. Splunk, "Format events for HTTP Event Collector", 2026-11.
const EVENT: &str = "event";

pub(super) fn check(context: &mut Context, delivery: &Delivery, splunk: &Splunk) {
    let found =
        [endpoint(&splunk.endpoint), ack_timeout(&splunk.ack_timeout), events(context, delivery, splunk)];
    found.into_iter().flatten().for_each(|fault| context.report(fault));
}

/// Scheme, host and port of a collector that Firehose reaches over the internet.
fn endpoint(address: &Setting<String>) -> Option<Diagnostic> {
    let endpoint = Endpoint {
        address,
        key: "endpoint",
        example: EXAMPLE,
        listener: "collector",
        service: "Splunk",
        port: None,
    };
    let (uri, authority) = match endpoint.read() {
        Ok(parts) => parts,
        Err(fault) => return Some(fault),
    };
    let host = authority.host();
    let without = format!("write `endpoint: https://{host}:8088`, without them; `secret` has the token");
    if let Some(fault) = endpoint.user(&authority, without) {
        return Some(fault);
    }
    let port = authority.port().filter(|port| !port.as_str().is_empty()).map_or("", |port| port.as_str());
    if !matches!(uri.path().as_str(), "" | "/")
        || uri.query().is_some()
        || uri.fragment().is_some()
        || address.value.ends_with('/')
    {
        let help = format!(
            "write `endpoint: https://{host}:{}`; Firehose appends the path",
            if port.is_empty() { "8088" } else { port }
        );
        return Some(
            endpoint.fault("Firehose accepts an address of Splunk without a path only".to_owned(), help),
        );
    }
    if port.is_empty() {
        let help = format!(
            "write `endpoint: https://{host}:8088` with the port of the collector; in Splunk Cloud, `https://{host}:443`"
        );
        return Some(
            endpoint.fault("Firehose accepts an address of Splunk with its port only".to_owned(), help),
        );
    }
    endpoint.private(host)
}

fn ack_timeout(timeout: &Setting<u64>) -> Option<Diagnostic> {
    if ACK_TIMEOUT_S.contains(timeout.value) {
        return None;
    }
    let (min, max) = (Duration(ACK_TIMEOUT_S.min), Duration(ACK_TIMEOUT_S.max));
    let message =
        format!("Firehose waits for an acknowledgement for {min} to {max}, not {}", Duration(timeout.value));
    let help = format!("write `ack_timeout: {}`", if timeout.value < ACK_TIMEOUT_S.min { min } else { max });
    Some(Diagnostic::error(Code::AckTimeout, timeout.span, message, help))
}

/// Rows that are to be objects of Splunk, and have no event.
fn events(context: &Context, delivery: &Delivery, splunk: &Splunk) -> Option<Diagnostic> {
    let pipeline = context.pipeline;
    let query = context.query.filter(|_| splunk.events.value)?;
    let output = pipeline.output(delivery, query)?;
    if output.columns.iter().any(|column| column.name == EVENT) {
        return None;
    }
    let message = "with `type: event`, Splunk accepts objects with the key `event` only, and the SQL gives no such column";
    let help =
        "write `type: raw`, which makes an event of each line; or name a column `\"event\"` in the SQL";
    let analytics = pipeline.analytics.as_ref()?;
    Some(
        Diagnostic::error(Code::EventMissing, splunk.events.span, message, help)
            .related(analytics.span, "the SQL"),
    )
}
