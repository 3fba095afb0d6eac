//! OpenSearch.

use fluent_uri::Uri;

use super::super::Context;
use super::super::arn_region::{self, Named};
use super::documents;
use crate::aws::destinations::opensearch_limits::ENDPOINT_CHARS_MAX;
use crate::diagnostics::{Code, Diagnostic, secrets};
use crate::pipeline::{Delivery, OpenSearch, Setting};

const EXAMPLE: &str = "https://search-shop-abc123.us-east-1.es.amazonaws.com";

pub(super) fn check(context: &mut Context, delivery: &Delivery, search: &OpenSearch) {
    let own = &context.pipeline.region;
    let domain = (search.domain.value.as_str(), search.domain.span);
    let named = Named { the: "the domain", a: "a domain" };
    let mut found: Vec<Diagnostic> =
        arn_region::check(Code::SearchDomain, domain, named, own).into_iter().collect();
    found.extend(documents::index(&search.index));
    found.extend(
        search.endpoint.iter().filter_map(|address| endpoint(address, "endpoint", EXAMPLE, ENDPOINT_CHARS_MAX)),
    );
    found.extend(search.network.iter().flat_map(documents::network));
    found.extend(documents::check(context, delivery, "OpenSearch"));
    found.into_iter().for_each(|fault| context.report(fault));
}

/// An address: `https` and a host.
pub(super) fn endpoint(
    endpoint: &Setting<String>,
    key: &str,
    example: &str,
    chars_max: usize,
) -> Option<Diagnostic> {
    let text = endpoint.value.as_str();
    let shown = secrets::masked(text);
    let fault = |message: String, help: String| {
        Some(Diagnostic::error(Code::EndpointUrl, endpoint.span, message, help))
    };
    let write = |host: &str| format!("write `{key}: https://{host}`");
    let length = text.chars().count();
    if length > chars_max {
        return fault(
            format!("the address has {length} characters; Firehose accepts {chars_max}"),
            format!("write an address such as `{example}`"),
        );
    }
    let Some(uri) = Uri::parse(text).ok().filter(|_| text.contains("//")) else {
        let is_host =
            text.contains('.') && !text.contains('/') && Uri::parse(format!("https://{text}").as_str()).is_ok();
        let help = if is_host { write(&shown) } else { format!("write an address such as `{example}`") };
        return fault(format!("`{shown}` is not an address"), help);
    };
    let host = uri.authority().map_or("", |authority| authority.host());
    if host.is_empty() {
        return fault(format!("`{shown}` names no host"), format!("write an address such as `{example}`"));
    }
    let scheme = uri.scheme().as_str();
    if !scheme.eq_ignore_ascii_case("https") {
        return fault(format!("Firehose sends over https, not `{scheme}`"), write(host));
    }
    let has_more = uri.authority().is_some_and(|authority| authority.as_str() != host)
        || !uri.path().as_str().is_empty()
        || uri.query().is_some()
        || uri.fragment().is_some();
    has_more
        .then(|| fault("Firehose accepts the address without a user, a port or a path".into(), write(host)))
        .flatten()
}
