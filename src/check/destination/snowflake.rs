//! Snowflake.

use fluent_uri::Uri;

use super::super::Context;
use crate::aws::destinations::snowflake_limits as limits;
use crate::aws::regions;
use crate::diagnostics::{Code, Diagnostic, secrets};
use crate::pipeline::{Setting, Snowflake};

const EXAMPLE: &str = "https://xy12345.us-east-1.snowflakecomputing.com";

pub(super) fn check(context: &mut Context, snowflake: &Snowflake) {
    let region = &context.pipeline.region.value;
    let mut found = Vec::new();
    match host(&snowflake.account_url) {
        Ok(host) => found.extend(private(&host, snowflake, region)),
        Err(fault) => found.push(*fault),
    }
    found.extend(names(snowflake));
    found.extend(columns(snowflake));
    found.extend(link(snowflake, region));
    found.into_iter().for_each(|fault| context.report(fault));
}

/// The host of an account's address.
fn host(url: &Setting<String>) -> Result<String, Box<Diagnostic>> {
    let text = url.value.as_str();
    let shown = secrets::masked(text);
    let fault = |message: String, help: String| {
        Box::new(Diagnostic::error(Code::SnowflakeUrl, url.span, message, help))
    };
    let example = || format!("write an address such as `{EXAMPLE}`");
    let whole = if text.contains("//") { text.to_owned() } else { format!("https://{text}") };
    let Ok(uri) = Uri::parse(whole.as_str()) else {
        return Err(fault(format!("`{shown}` is not an address"), example()));
    };
    let Some(authority) = uri.authority() else {
        return Err(fault(format!("`{shown}` names no host"), example()));
    };
    let host = authority.host().to_ascii_lowercase();
    if authority.userinfo().is_some() {
        let help = format!("write `account_url: https://{host}`; `secret` has the user and its key");
        let message = "the address contains a user name or password";
        return Err(Box::new(Diagnostic::error(Code::SecretInSpec, url.span, message, help)));
    }
    if !host.ends_with(limits::DOMAIN) || host.len() == limits::DOMAIN.len() {
        let message = format!("Firehose accepts hosts that end in `{}`, not `{host}`", limits::DOMAIN);
        return Err(fault(message, example()));
    }
    let is_bare = matches!(uri.path().as_str(), "" | "/")
        && !text.ends_with('/')
        && uri.query().is_none()
        && uri.fragment().is_none()
        && authority.port().is_none();
    if !is_bare || uri.scheme().as_str() != "https" {
        let message = "Firehose accepts the address of an account with `https`, without a port and a path";
        return Err(fault(message.to_owned(), format!("write `account_url: https://{host}`")));
    }
    if !limits::ACCOUNT_URL_CHARS.contains(&text.len()) {
        let (min, max) = (limits::ACCOUNT_URL_CHARS.start(), limits::ACCOUNT_URL_CHARS.end());
        return Err(fault(format!("the address has {min} to {max} characters"), example()));
    }
    Ok(host)
}

/// A host that fits the way to it.
fn private(host: &str, snowflake: &Snowflake, region: &str) -> Option<Diagnostic> {
    let url = &snowflake.account_url;
    let fault =
        |message: String, help: String| Some(Diagnostic::error(Code::SnowflakeLink, url.span, message, help));
    let Some(link) = &snowflake.private_link else {
        return host.contains(limits::PRIVATE).then(|| {
            let help = "add `private_link` with the `privatelink-vpce-id` of `SELECT SYSTEM$GET_PRIVATELINK_CONFIG()`; or write the \
                        public address";
            let message = "the internet does not reach an address with `privatelink`";
            Diagnostic::error(Code::SnowflakeLink, url.span, message, help)
        });
    };
    let of = host.split('.').find(|label| regions::region(label).is_some());
    match of {
        None => fault(
            "over a private link, Firehose needs the account locator and the region in the address".into(),
            format!("write an address such as `https://xy12345.{region}{}`", limits::DOMAIN),
        ),
        Some(of) if of != region => fault(
            format!("the account is in {of} and the pipeline in {region}; a private link is within a region"),
            "remove `private_link`, or deploy the pipeline in the region of the account".into(),
        ),
        Some(_) => None,
    }
    .map(|fault| fault.related(link.span, "the private link"))
}

/// The ID of a private link of the region: `com.amazonaws.vpce.REGION.vpce-svc-` and 17 characters.
fn link(snowflake: &Snowflake, region: &str) -> Option<Diagnostic> {
    let link = snowflake.private_link.as_ref()?;
    let error = |message: String| {
        let help = format!(
            "write the `privatelink-vpce-id` of `SELECT SYSTEM$GET_PRIVATELINK_CONFIG()`, such as \
             `com.amazonaws.vpce.{region}.vpce-svc-0123456789abcdef0`"
        );
        Some(Diagnostic::error(Code::SnowflakeLink, link.span, message, help))
    };
    let parts: Vec<&str> = link.value.split('.').collect();
    let plain =
        |part: &&str| !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c));
    let [before @ .., "vpce", of, service] = parts.as_slice() else {
        return error(format!("`{}` is not the ID of a private link", link.value));
    };
    let id = service.strip_prefix("vpce-svc-").unwrap_or_default();
    let is_id = (2..=3).contains(&before.len())
        && before.iter().all(plain)
        && id.len() == limits::SERVICE_CHARS
        && id.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
        && limits::PRIVATE_LINK_CHARS.contains(&link.value.len());
    if !is_id {
        return error(format!("`{}` is not the ID of a private link", link.value));
    }
    if *of == region {
        return None;
    }
    error(format!("the private link is in {of} and the pipeline in {region}"))
}

fn names(snowflake: &Snowflake) -> Vec<Diagnostic> {
    let all = [Some(&snowflake.database), Some(&snowflake.schema), Some(&snowflake.table)];
    let more = [&snowflake.role, &snowflake.content_column, &snowflake.metadata_column];
    let all = all.into_iter().chain(more.map(Option::as_ref)).flatten();
    let (min, max) = (limits::NAME_CHARS.start(), limits::NAME_CHARS.end());
    let fault = |name: &Setting<String>| {
        let length = name.value.chars().count();
        if !limits::NAME_CHARS.contains(&length) {
            let message = format!("a name has {min} to {max} characters, not {length}");
            let help = if length == 0 { "write a name" } else { "write the name as Snowflake stores it" };
            return Some(Diagnostic::error(Code::SnowflakeName, name.span, message, help));
        }
        let inner = name.value.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
        let message = "Firehose takes the name as it is stored, without quotes";
        inner.map(|inner| {
            Diagnostic::error(Code::SnowflakeName, name.span, message, format!("write `{inner}`"))
        })
    };
    all.filter_map(fault).collect()
}

/// The column of metadata without that of the record, or both in one.
fn columns(snowflake: &Snowflake) -> Option<Diagnostic> {
    let metadata = snowflake.metadata_column.as_ref()?;
    match &snowflake.content_column {
        None => {
            let message = "`metadata_column` is next to a column with the whole record, and there is none";
            let help = "add `content_column: RECORD`, or remove `metadata_column`";
            Some(Diagnostic::error(Code::SnowflakeColumn, metadata.span, message, help))
        }
        Some(content) if content.value == metadata.value => {
            let message = "`content_column` and `metadata_column` are the same column";
            let help = "write another name, such as `metadata_column: RECORD_METADATA`";
            Some(
                Diagnostic::error(Code::SnowflakeColumn, metadata.span, message, help)
                    .related(content.span, "the other one"),
            )
        }
        Some(_) => None,
    }
}
