//! HTTP endpoints.

use core::net::{Ipv4Addr, Ipv6Addr};

use fluent_uri::Uri;

use super::super::Context;
use crate::aws::destinations::http_limits as limits;
use crate::diagnostics::{Code, Diagnostic, secrets};
use crate::pipeline::{Http, Service, Setting};
use crate::source::Span;

const EXAMPLE: &str = "https://firehose.example.com/v1/events";
/// Ends of names that resolve within a network only.
const PRIVATE_ENDS: [&str; 5] = [".internal", ".local", ".lan", ".localdomain", ".corp"];

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
    let text = url.value.as_str();
    let mut found = Vec::new();
    let mut fault = |code, message: String, help: String| {
        found.push(Diagnostic::error(code, url.span, message, help));
    };
    let shown = secrets::masked(text);
    let length = text.chars().count();
    if length > limits::URL_CHARS_MAX {
        let message =
            format!("the address has {length} characters; Firehose accepts {}", limits::URL_CHARS_MAX);
        fault(Code::EndpointUrl, message, format!("shorten it to {} characters", limits::URL_CHARS_MAX));
        return found;
    }
    if text.contains("{{resolve:") {
        let message =
            "CloudFormation would write the stored value into the stack, where many can read it".to_owned();
        fault(
            Code::EndpointUrl,
            message,
            "store the key in a secret, and write `secret` with its ARN".to_owned(),
        );
        return found;
    }
    let Ok(uri) = Uri::parse(text) else {
        let help = match Uri::parse(format!("https://{text}").as_str()) {
            Ok(_) if !text.contains("//") && text.contains('.') => format!("write `url: https://{shown}`"),
            _ => format!("write an address such as `{EXAMPLE}`"),
        };
        fault(Code::EndpointUrl, format!("`{shown}` is not an address"), help);
        return found;
    };
    let scheme = uri.scheme().as_str();
    if !scheme.eq_ignore_ascii_case("https") {
        let help = match shown.strip_prefix("http://") {
            Some(rest) => format!(
                "write `url: https://{rest}`, with a certificate of a public authority at the endpoint"
            ),
            None => format!("write an address such as `{EXAMPLE}`"),
        };
        fault(Code::EndpointUrl, format!("Firehose sends over https, not `{scheme}`"), help);
        return found;
    }
    let Some(authority) = uri.authority().filter(|authority| !authority.host().is_empty()) else {
        fault(
            Code::EndpointUrl,
            format!("`{shown}` names no host"),
            format!("write an address such as `{EXAMPLE}`"),
        );
        return found;
    };
    if let Some(port) = authority.port().filter(|port| !matches!(port.as_str().parse(), Ok(limits::PORT))) {
        let message = format!("Firehose sends to port {} only, not to `{}`", limits::PORT, port.as_str());
        let help = "write the address without its port, and have the endpoint listen at 443, for example behind a load balancer";
        fault(Code::EndpointUrl, message, help.to_owned());
    }
    if is_private(authority.host()) {
        let message =
            format!("Firehose sends over the internet, and `{}` is not a public host", authority.host());
        let help = "name a public address of the endpoint; AWS has no private path to an HTTP endpoint";
        fault(Code::EndpointUrl, message, help.to_owned());
    }
    if uri.fragment().is_some() {
        let help = "remove the part from `#` on".to_owned();
        fault(Code::EndpointUrl, "a fragment (`#..`) is never sent".to_owned(), help);
    }
    let in_url = "store the key in a secret, and write `secret` with its ARN: Firehose sends it as \
                  `X-Amz-Firehose-Access-Key`; the template is read by many";
    if authority.userinfo().is_some() {
        fault(
            Code::SecretInSpec,
            "the address contains a user name or password".to_owned(),
            in_url.to_owned(),
        );
    }
    let parameters = uri.query().map(|query| query.as_str().split('&')).into_iter().flatten();
    for name in parameters.filter_map(|parameter| parameter.split('=').next()) {
        if secrets::is_secret(name) {
            let message = format!("the parameter `{name}` of the address looks like a secret");
            fault(Code::SecretInSpec, message, in_url.to_owned());
        }
    }
    found
}

/// Whether a host is one that the internet does not reach.
pub(super) fn is_private(host: &str) -> bool {
    let host = host.to_ascii_lowercase();
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    if let Ok(address) = bare.parse::<Ipv4Addr>() {
        let shared = address.octets()[0] == 100 && (64..128).contains(&address.octets()[1]);
        return address.is_private()
            || address.is_loopback()
            || address.is_link_local()
            || address.is_unspecified()
            || shared;
    }
    if let Ok(address) = bare.parse::<Ipv6Addr>() {
        return address.is_loopback() || address.is_unique_local() || address.is_unicast_link_local();
    }
    host == "localhost" || !host.contains('.') || PRIVATE_ENDS.iter().any(|end| host.ends_with(end))
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
        let resolves = attribute.value.value.contains("{{resolve:");
        if secrets::is_secret(&attribute.name) || resolves {
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

#[cfg(test)]
mod tests {
    use super::is_private;

    #[test]
    fn hosts_that_the_internet_does_not_reach() {
        for host in [
            "10.1.2.3",
            "192.168.0.1",
            "127.0.0.1",
            "100.64.0.1",
            "[::1]",
            "[fd00::1]",
            "localhost",
            "collector",
            "a.internal",
        ] {
            assert!(is_private(host), "{host}");
        }
        for host in ["203.0.113.9", "100.63.0.1", "example.com", "[2001:db8::1]", "internal.example.com"] {
            assert!(!is_private(host), "{host}");
        }
    }
}
