//! HTTP endpoints.

use super::super::Context;
use super::endpoint::Endpoint;
use crate::aws::destinations::http_limits as limits;
use crate::diagnostics::{Code, Diagnostic, secrets};
use crate::pipeline::{Http, Service, Setting};
use crate::source::Span;

const EXAMPLE: &str = "https://firehose.example.com/v1/events";

pub(super) fn check(context: &mut Context, service: &Service, http: &Http) {
    let mut found = Vec::new();
    if http.url.written {
        found.extend(url(&http.url));
    }
    found.extend(attributes(service, http));
    found.into_iter().for_each(|fault| context.report(fault));
}

/// An address that Firehose reaches: over HTTPS, at its one port, from the internet.
fn url(url: &Setting<String>) -> Vec<Diagnostic> {
    let endpoint = Endpoint {
        address: url,
        key: "url",
        example: EXAMPLE,
        listener: "endpoint",
        service: "an HTTP endpoint",
        port: Some(limits::PORT),
    };
    let length = url.value.chars().count();
    if length > limits::URL_CHARS_MAX {
        let message =
            format!("the address has {length} characters; Firehose accepts {}", limits::URL_CHARS_MAX);
        return vec![endpoint.fault(message, format!("shorten it to {} characters", limits::URL_CHARS_MAX))];
    }
    let (uri, authority) = match endpoint.read() {
        Ok(parts) => parts,
        Err(fault) => return vec![fault],
    };
    let mut found = Vec::new();
    match authority.port() {
        Some(port) if port.as_str().is_empty() => {
            let message = "the address has a `:` without a port".to_owned();
            let help = format!("remove the `:` after `{}`", authority.host());
            found.push(endpoint.fault(message, help));
        }
        Some(port) if !endpoint.has_port(&authority) => {
            let message = format!("Firehose sends to port {} only, not to `{}`", limits::PORT, port.as_str());
            let help = "write the address without its port, and have the endpoint listen at 443, for example behind a load balancer";
            found.push(endpoint.fault(message, help));
        }
        _ => {}
    }
    found.extend(endpoint.private(authority.host()));
    if uri.fragment().is_some() {
        let message = "a fragment (`#..`) is never sent".to_owned();
        found.push(endpoint.fault(message, "remove the part from `#` on"));
    }
    let in_url = "store the key in a secret, and write `secret` with its ARN: Firehose sends it as \
                  `X-Amz-Firehose-Access-Key`; the template is read by many";
    found.extend(endpoint.user(&authority, in_url));
    let parameters = uri.query().map(|query| query.as_str().split('&')).into_iter().flatten();
    for name in parameters.filter_map(|parameter| parameter.split('=').next()) {
        if secrets::is_secret(name) {
            let message = format!("the parameter `{name}` of the address looks like a secret");
            found.push(Diagnostic::error(Code::SecretInSpec, url.span, message, in_url));
        }
    }
    found
}

fn attributes(service: &Service, http: &Http) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let mut fault = |span: Span, code, message: String, help: String| {
        found.push(Diagnostic::error(code, span, message, help));
    };
    if let Some(first) = http.attributes.get(limits::ATTRIBUTES_MAX) {
        let (have, max) = (http.attributes.len(), limits::ATTRIBUTES_MAX);
        let message = format!("there are {have} attributes; Firehose accepts {max}");
        fault(first.span, Code::EndpointAttribute, message, format!("remove {} of them", have - max));
    }
    for attribute in &http.attributes {
        let (name, value) = (attribute.name.chars().count(), attribute.value.value.chars().count());
        if !(1..=limits::ATTRIBUTE_NAME_CHARS_MAX).contains(&name) {
            let message = format!(
                "an attribute's name has 1 to {} characters, not {name}",
                limits::ATTRIBUTE_NAME_CHARS_MAX
            );
            let help = if name == 0 { "write a name, as in `env: prod`" } else { "shorten the name" };
            fault(attribute.span, Code::EndpointAttribute, message, help.to_owned());
        }
        if value > limits::ATTRIBUTE_VALUE_CHARS_MAX {
            let max = limits::ATTRIBUTE_VALUE_CHARS_MAX;
            let message = format!("an attribute's value has at most {max} characters, not {value}");
            fault(
                attribute.value.span,
                Code::EndpointAttribute,
                message,
                format!("shorten it to {max} characters"),
            );
        }
        if secrets::is_secret(&attribute.name) {
            let message = format!(
                "the attribute `{}` looks like a secret, and the template is read by many",
                attribute.name
            );
            let help = match service.secret {
                Some(_) => "remove it: the key of `secret` is sent as `X-Amz-Firehose-Access-Key`",
                None => {
                    "remove it, and write `secret` with the ARN of a secret: its key is sent as `X-Amz-Firehose-Access-Key`"
                }
            };
            fault(attribute.span, Code::SecretInSpec, message, help.to_owned());
        }
    }
    found
}
