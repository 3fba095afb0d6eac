//! Splunk.

use fluent_uri::Uri;

use super::super::Context;
use super::http::is_private;
use crate::aws::destinations::splunk_limits::ACK_TIMEOUT_S;
use crate::diagnostics::{Code, Diagnostic, secrets};
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
fn endpoint(endpoint: &Setting<String>) -> Option<Diagnostic> {
    let text = endpoint.value.as_str();
    let fault = |message: String, help: String| {
        Some(Diagnostic::error(Code::EndpointUrl, endpoint.span, message, help))
    };
    let shown = secrets::masked(text);
    let example = || format!("write an address such as `{EXAMPLE}`");
    // Without a scheme, the host before the port would be read as one.
    let Some(uri) = Uri::parse(text).ok().filter(|_| text.contains("//")) else {
        let is_host = !text.contains("//")
            && text.contains('.')
            && Uri::parse(format!("https://{text}").as_str()).is_ok();
        let help = if is_host { format!("write `endpoint: https://{shown}`") } else { example() };
        return fault(format!("`{shown}` is not an address"), help);
    };
    let scheme = uri.scheme().as_str();
    let authority = uri.authority().filter(|authority| !authority.host().is_empty());
    if !scheme.eq_ignore_ascii_case("https") {
        let help = match shown.strip_prefix("http://") {
            Some(rest) => format!(
                "write `endpoint: https://{rest}`, with a certificate of a public authority at the collector"
            ),
            None => example(),
        };
        return fault(format!("Firehose sends over https, not `{scheme}`"), help);
    }
    let Some(authority) = authority else { return fault(format!("`{shown}` names no host"), example()) };
    let host = authority.host();
    if authority.userinfo().is_some() {
        let help = format!("write `endpoint: https://{host}:8088`, without them; `secret` has the token");
        return Some(Diagnostic::error(
            Code::SecretInSpec,
            endpoint.span,
            "the address contains a user name or password",
            help,
        ));
    }
    let port = authority.port().filter(|port| !port.as_str().is_empty()).map_or("", |port| port.as_str());
    if !matches!(uri.path().as_str(), "" | "/")
        || uri.query().is_some()
        || uri.fragment().is_some()
        || text.ends_with('/')
    {
        let help = format!(
            "write `endpoint: https://{host}:{}`; Firehose appends the path",
            if port.is_empty() { "8088" } else { port }
        );
        return fault("Firehose accepts an address of Splunk without a path only".to_owned(), help);
    }
    if port.is_empty() {
        let help = format!(
            "write `endpoint: https://{host}:8088` with the port of the collector; in Splunk Cloud, `https://{host}:443`"
        );
        return fault("Firehose accepts an address of Splunk with its port only".to_owned(), help);
    }
    if is_private(host) {
        let help = "name a public address of the collector; AWS has no private path to Splunk".to_owned();
        return fault(format!("Firehose sends over the internet, and `{host}` is not a public host"), help);
    }
    None
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
