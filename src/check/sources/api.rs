//! Rules of HTTP endpoints.

use super::{Rules, Site, json_path};
use crate::aws::limits::{Bounds, api_gateway};
use crate::diagnostics::{Code, Diagnostic};
use crate::pipeline::{Api, Setting};

/// Paths that API Gateway answers itself. API Gateway developer guide, "Important notes", 2026-11.
const RESERVED: [&str; 2] = ["ping", "sping"];

impl Rules for Api {
    fn check(&self, site: &Site, found: &mut Vec<Diagnostic>) {
        found.extend(path(&self.path));
        for (at, one) in self.cors.iter().enumerate() {
            found.extend(origin(one).or_else(|| {
                let other =
                    self.cors[..at].iter().find(|other| other.value == one.value || other.value == "*")?;
                let message = format!("the origin `{}` is already allowed", one.value);
                Some(
                    Diagnostic::error(Code::ApiOrigin, one.span, message, "remove it")
                        .related(other.span, "by this one"),
                )
            }));
        }
        found.extend(within(
            self.requests_per_second.as_ref(),
            "requests_per_second",
            api_gateway::REQUESTS_PER_S,
        ));
        found.extend(within(self.burst.as_ref(), "burst", api_gateway::BURST));
        if let Some(key) = &self.partition_key {
            found.extend(site.stream_only("partition_key", Some(key.span)).or_else(|| field(key)));
        }
    }
}

fn within(value: Option<&Setting<u64>>, key: &str, bounds: Bounds<u64>) -> Option<Diagnostic> {
    let value = value.filter(|value| !bounds.contains(value.value))?;
    Some(Diagnostic::error(
        Code::OutOfRange,
        value.span,
        format!("API Gateway accepts {bounds} for `{key}`"),
        format!("write `{key}: {}`", value.value.clamp(bounds.min, bounds.max)),
    ))
}

fn path(path: &Setting<String>) -> Option<Diagnostic> {
    let text = path.value.as_str();
    let error =
        |message: String, help: String| Some(Diagnostic::error(Code::ApiPath, path.span, message, help));
    if let Some(rest) = text.strip_prefix("http").filter(|rest| rest.contains("://")) {
        let own =
            rest.split("://").nth(1).and_then(|rest| rest.split_once('/')).map_or("events", |(_, path)| path);
        return error(
            "the host is API Gateway's, so write only the path".into(),
            format!("write `path: /{}`", own.trim_matches('/')),
        );
    }
    let parts: Vec<&str> = text.split('/').filter(|part| !part.is_empty()).collect();
    if parts.iter().any(|part| part.contains(['{', ':'])) {
        return error(
            "the path has no parameters: each request becomes one record, its body".into(),
            "send the value in the body, and write `path: /events`".into(),
        );
    }
    let is_part = |part: &&str| part.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b));
    if !parts.iter().all(is_part) {
        return error(
            format!("`{text}` is not a path of letters, digits, `.`, `_` and `-`"),
            "write `path: /events`".into(),
        );
    }
    let plain = format!("/{}", parts.join("/"));
    if text != plain {
        return error(
            format!("`{text}` is not a path that starts with `/`, with a name after each `/`"),
            format!("write `path: {plain}`"),
        );
    }
    if let Some(first) = parts.first().filter(|first| RESERVED.contains(first)) {
        return error(format!("API Gateway itself responds to `/{first}`"), "write `path: /events`".into());
    }
    None
}

fn origin(origin: &Setting<String>) -> Option<Diagnostic> {
    let text = origin.value.as_str();
    if text == "*" {
        return None;
    }
    let error =
        |message: String, help: String| Some(Diagnostic::error(Code::ApiOrigin, origin.span, message, help));
    let (scheme, rest) = text.split_once("://").unwrap_or(("", text));
    let host = rest.split('/').next().unwrap_or_default();
    if host.contains('*') {
        return error(
            format!("`{text}` has a wildcard: an origin is exact, or `*` alone"),
            "list each origin, as in `https://shop.example.com`".into(),
        );
    }
    let is_host = !host.is_empty() && host.bytes().all(|b| b.is_ascii_alphanumeric() || b".-:".contains(&b));
    if !is_host {
        return error(
            format!("`{text}` is not an origin"),
            "write one such as `https://shop.example.com`".into(),
        );
    }
    let scheme = if scheme.is_empty() { "https" } else { scheme };
    let plain = format!("{scheme}://{}", host.to_ascii_lowercase());
    if !["http", "https"].contains(&scheme) || text != plain {
        let right = if scheme == "http" { plain } else { format!("https://{}", host.to_ascii_lowercase()) };
        return error(
            format!("`{text}` is not an origin: a scheme and a host in lower case, without a path"),
            format!("write `{right}`"),
        );
    }
    None
}

/// A path of a body has names alone: a key must be one value.
fn field(key: &Setting<String>) -> Option<Diagnostic> {
    let text = &key.value;
    let message = match json_path::fault(text) {
        Some(message) => message,
        None if text.len() > 1 && !text.contains(['[', '*']) => return None,
        None => format!("`{text}` is not a single field of the body"),
    };
    let steps = text.trim_start_matches(['$', '.', '/']).replace('/', ".");
    let plain =
        !steps.is_empty() && !steps.contains(['[', '*']) && json_path::fault(&format!("$.{steps}")).is_none();
    let help = match plain {
        true => format!("write `partition_key: $.{steps}`"),
        false => "write a path such as `partition_key: $.customer_id`".into(),
    };
    Some(Diagnostic::error(Code::SourcePath, key.span, message, help))
}
