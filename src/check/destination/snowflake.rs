//! Snowflake.

use fluent_uri::Uri;

use super::super::Context;
use super::documents;
use crate::aws::destinations::snowflake_limits as limits;
use crate::aws::regions;
use crate::diagnostics::{Code, Diagnostic, secrets, suggest};
use crate::pipeline::{Delivery, Setting, Snowflake};
use crate::table::fields::{NoFields, delivered_fields};
use crate::table::snowflake::{snowflake_column, snowflake_columns};

const EXAMPLE: &str = "https://xy12345.us-east-1.snowflakecomputing.com";

pub(super) fn check(context: &mut Context, delivery: &Delivery, snowflake: &Snowflake) {
    let region = &context.pipeline.region.value;
    let mut found = Vec::new();
    match host(&snowflake.account_url) {
        Ok(host) => found.extend(private(&host, snowflake, region)),
        Err(fault) => found.push(*fault),
    }
    found.extend(names(snowflake));
    found.extend(columns(snowflake));
    found.extend(link(snowflake, region));
    match delivered_fields(context.pipeline, context.query, delivery) {
        Err(NoFields::Csv) => found.push(documents::lines_of_csv(context, delivery, "Snowflake")),
        Ok(known) if snowflake.content_column.is_none() => {
            found.extend(snowflake_columns(&known).err().map(|same| {
                let message = format!(
                    "two keys are the column `{}` of Snowflake, which reads keys in upper case",
                    same.name
                );
                Diagnostic::error(Code::SnowflakeColumn, same.span, message, "rename one of them")
                    .related(same.other, "the other one")
                    .related(delivery.span, "the delivery")
            }));
        }
        _ => {}
    }
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
    // A long text is perhaps a private key.
    let unlike = || match link.value.len() > *limits::PRIVATE_LINK_CHARS.end() {
        true => "this is not the ID of a private link".to_owned(),
        false => format!("`{}` is not the ID of a private link", link.value),
    };
    let parts: Vec<&str> = link.value.split('.').collect();
    let plain =
        |part: &&str| !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c));
    let [before @ .., "vpce", of, service] = parts.as_slice() else {
        return error(unlike());
    };
    let id = service.strip_prefix("vpce-svc-").unwrap_or_default();
    let is_id = (2..=3).contains(&before.len())
        && before.iter().all(plain)
        && id.len() == limits::SERVICE_CHARS
        && id.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
        && limits::PRIVATE_LINK_CHARS.contains(&link.value.len());
    if !is_id {
        return error(unlike());
    }
    if *of == region {
        return None;
    }
    error(format!("the private link is in {of} and the pipeline in {region}"))
}

fn names(snowflake: &Snowflake) -> Vec<Diagnostic> {
    let more = [
        ("role", &snowflake.role),
        ("content_column", &snowflake.content_column),
        ("metadata_column", &snowflake.metadata_column),
    ];
    let more = more.into_iter().filter_map(|(key, name)| Some((key, name.as_ref()?)));
    let all = [("database", &snowflake.database), ("schema", &snowflake.schema), ("table", &snowflake.table)];
    all.into_iter().chain(more).filter_map(|(key, name)| one_name(key, name, snowflake)).collect()
}

fn one_name(key: &str, name: &Setting<String>, snowflake: &Snowflake) -> Option<Diagnostic> {
    let text = name.value.as_str();
    let error = |message: String, help: String| {
        Some(Diagnostic::error(Code::SnowflakeName, name.span, message, help))
    };
    let length = text.chars().count();
    if !limits::NAME_CHARS.contains(&length) {
        let (min, max) = (limits::NAME_CHARS.start(), limits::NAME_CHARS.end());
        let help = if length == 0 { "write a name" } else { "write the name as Snowflake stores it" };
        return error(format!("a name has {min} to {max} characters, not {length}"), help.into());
    }
    if text.contains(char::is_control) {
        let plain = text.replace(char::is_control, "");
        return error("a name has no line breaks".into(), format!("write `{key}: {plain}`"));
    }
    if let Some(inner) = text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
        let message = "Firehose reads the name as it is stored, without quotes";
        return error(message.into(), format!("write `{inner}`"));
    }
    // Snowpipe Streaming reads names of columns as SQL does.
    if key.ends_with("_column") {
        return None;
    }
    if key == "role" && text.starts_with("arn:") {
        let message = "`role` is a role of Snowflake, not of IAM".to_owned();
        return error(
            message,
            "write its name, as in `role: FIREHOSE`; the stack has Firehose's role of IAM".into(),
        );
    }
    if text.contains('.') {
        return error(format!("`{text}` is several names"), parts(key, text, snowflake));
    }
    text.contains(char::is_lowercase).then(|| {
        let message =
            format!("`{text}` has lower-case letters, which Snowflake stores only of names in quotes");
        let help = format!("write `{key}: {}`, unless the name was created in quotes", text.to_uppercase());
        Diagnostic::warning(Code::SnowflakeName, name.span, message, help)
    })
}

/// Where the parts of a name with dots belong, as far as they are not there.
fn parts(key: &str, text: &str, snowflake: &Snowflake) -> String {
    let parts: Vec<&str> = text.split('.').collect();
    let keys: &[&str] = match (key, parts.len()) {
        ("table", 2) => &["schema", "table"],
        ("schema", 2) | ("database", 2) => &["database", "schema"],
        ("table" | "database", 3) => &["database", "schema", "table"],
        _ => return format!("write one name, as in `{key}: ORDERS`"),
    };
    let is_there = |of: &str, part: &str| match of {
        "database" => snowflake.database.value == part,
        "schema" => snowflake.schema.value == part,
        _ => snowflake.table.value == part,
    };
    let lacking = keys.iter().zip(&parts).filter(|(of, part)| !is_there(of, part));
    let lacking: Vec<String> = lacking.map(|(of, part)| format!("`{of}: {part}`")).collect();
    format!("write {}", suggest::all_of(&lacking))
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
        Some(content) if snowflake_column(&content.value) == snowflake_column(&metadata.value) => {
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
