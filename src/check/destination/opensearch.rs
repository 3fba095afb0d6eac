//! OpenSearch.

use fluent_uri::Uri;

use super::super::Context;
use super::super::arn_region::{self, Named};
use super::documents;
use super::endpoint::{Endpoint, is_private};
use crate::aws::destinations::opensearch_limits::ENDPOINT_CHARS_MAX;
use crate::aws::regions;
use crate::diagnostics::{Code, Diagnostic};
use crate::pipeline::{Delivery, OpenSearch, Setting};

const EXAMPLE: &str = "https://search-shop-abc123.us-east-1.es.amazonaws.com";

pub(super) fn check(context: &mut Context, delivery: &Delivery, search: &OpenSearch) {
    let own = &context.pipeline.region;
    let domain = (search.domain.value.as_str(), search.domain.span);
    let named = Named { the: "the domain", a: "a domain" };
    let mut found = Vec::from_iter(arn_region::check(Code::SearchDomain, domain, named, own));
    found.extend(documents::index(&search.index, true));
    found.extend(search.endpoint.iter().filter_map(endpoint));
    found.extend(search.endpoint.iter().filter_map(|address| elsewhere(address, own)));
    found.extend(search.network.iter().flat_map(documents::network));
    found.extend(documents::check(context, delivery, "OpenSearch"));
    found.into_iter().for_each(|fault| context.report(fault));
}

/// The host of an address with another scheme, or with none.
fn host_of(text: &str) -> Option<String> {
    let rest = text.strip_prefix("http://").or_else(|| (!text.contains("//")).then_some(text))?;
    let whole = format!("https://{rest}");
    let uri = Uri::parse(whole.as_str()).ok()?;
    Some(uri.authority()?.host().to_owned()).filter(|host| !is_private(host))
}

/// The address of a domain: scheme and host.
fn endpoint(address: &Setting<String>) -> Option<Diagnostic> {
    let endpoint = Endpoint {
        address,
        key: "endpoint",
        example: EXAMPLE,
        listener: "domain",
        service: "a domain by its address",
        port: None,
    };
    let length = address.value.chars().count();
    if length > ENDPOINT_CHARS_MAX {
        let message = format!("the address has {length} characters; Firehose accepts {ENDPOINT_CHARS_MAX}");
        return Some(endpoint.fault(message, format!("write an address such as `{EXAMPLE}`")));
    }
    let (uri, authority) = match endpoint.read() {
        Ok(read) => read,
        Err(mut fault) => {
            if let Some(host) = host_of(&address.value) {
                fault.help = format!("write `endpoint: https://{host}`");
            }
            return Some(fault);
        }
    };
    let host = authority.host();
    let is_bare = authority.as_str() == host
        && uri.path().as_str().is_empty()
        && uri.query().is_none()
        && uri.fragment().is_none();
    let message = "Firehose accepts the address of a domain without a user, a port or a path".to_owned();
    // A domain within a VPC has an address of AWS, too.
    let private = endpoint.private(host);
    private
        .or_else(|| (!is_bare).then(|| endpoint.fault(message, format!("write `endpoint: https://{host}`"))))
}

/// The address of a domain in another region: AWS writes the region into its hosts.
fn elsewhere(address: &Setting<String>, own: &Setting<String>) -> Option<Diagnostic> {
    let before = address.value.strip_suffix(".es.amazonaws.com")?;
    let (_, region) = before.rsplit_once('.')?;
    if region == own.value || regions::region(region).is_none() {
        return None;
    }
    let message = format!("the endpoint is in {region}, and the stack in {}", own.value);
    let help =
        format!("write the endpoint of the domain in {}; or `region: {region}`, if that is meant", own.value);
    let fault = Diagnostic::error(Code::SearchDomain, address.span, message, help);
    Some(if own.written { fault.related(own.span, "the region") } else { fault })
}
