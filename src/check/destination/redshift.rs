//! Redshift.

use super::super::Context;
use crate::aws::destinations::{
    COPY_OPTIONS, CopyFault, CopyKind, WrittenOption, copy_value, read_copy_options, redshift_endpoint,
    redshift_identifier, redshift_limits as limits, serverless_usd,
};
use crate::aws::regions;
use crate::diagnostics::{Code, Diagnostic, suggest};
use crate::pipeline::literal_head;
use crate::pipeline::{Delivery, Records, Redshift, RedshiftHost, Service, Setting};
use crate::source::Span;
use crate::spec::Duration;
use crate::sql::{DataType, RecordFormat};
use crate::table::fields::{Fields, NoFields, delivered_fields};
use crate::table::redshift::{redshift_columns, time_format};

const EXAMPLE: &str = "analytics.cabc1234wxyz.us-east-1.redshift.amazonaws.com:5439";

pub(super) fn check(context: &mut Context, delivery: &Delivery, service: &Service, redshift: &Redshift) {
    let mut found = Vec::new();
    found.extend(host(&redshift.host, &redshift.database));
    found.extend(names(redshift));
    let known = delivered_fields(context.pipeline, context.query, delivery);
    let records = context.pipeline.records.as_ref();
    found.extend(options(delivery, redshift, known.as_ref(), records));
    if let Ok(known) = &known {
        found.extend(same_columns(known));
        found.extend(columns(redshift, known));
    }
    found.extend(awake(delivery, redshift));
    found.extend(backup(service));
    found.into_iter().for_each(|fault| context.report(fault));
}

/// A name that Firehose connects to.
fn host(host: &RedshiftHost, database: &Setting<String>) -> Option<Diagnostic> {
    let setting = host.setting();
    let fault = |message: String, help: String| {
        Some(Diagnostic::error(Code::RedshiftEndpoint, setting.span, message, help))
    };
    let text = setting.value.as_str();
    match host {
        RedshiftHost::Workgroup(_) => {
            let characters = text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
            if characters && limits::WORKGROUP_CHARS.contains(&text.len()) {
                return None;
            }
            if text.contains(".redshift") {
                let (host, _) = bare(text);
                let help = match redshift_endpoint(host) {
                    Some(_) => format!("write `endpoint: {host}` instead of it"),
                    None => {
                        format!("write the name of the workgroup, or `endpoint: {EXAMPLE}` with its endpoint")
                    }
                };
                return fault("`workgroup` is a name".into(), help);
            }
            let (min, max) = (limits::WORKGROUP_CHARS.start(), limits::WORKGROUP_CHARS.end());
            fault(
                format!("`{text}` is not the name of a workgroup"),
                format!("write its name: {min} to {max} lower-case letters, digits and hyphens"),
            )
        }
        RedshiftHost::Endpoint(_) if redshift_endpoint(text).is_some() => {
            let region = redshift_endpoint(text).map(|endpoint| endpoint.region)?;
            if regions::region(region).is_some() {
                return None;
            }
            let help = match suggest::nearest(region, regions::names()) {
                Some(near) => format!("write `endpoint: {}`", text.replacen(region, near, 1)),
                None => "write the endpoint with the region of the cluster or the workgroup".to_owned(),
            };
            fault(format!("`{region}` in the endpoint is not a region"), help)
        }
        RedshiftHost::Endpoint(_) => {
            let (bare, path) = bare(text);
            if bare != text && redshift_endpoint(bare).is_some() {
                let help = match path.is_empty() || path == database.value {
                    true => format!("write `endpoint: {bare}`; Firehose adds the rest"),
                    false => format!("write `endpoint: {bare}`, and the name of the database in `database`"),
                };
                return fault("`endpoint` is a host and a port".into(), help);
            }
            fault(
                format!("`{text}` is not a host of Redshift, and Firehose connects to no other name"),
                format!(
                    "write the endpoint as Redshift names it, such as `{EXAMPLE}`; your own domain name or a proxy cannot be used"
                ),
            )
        }
    }
}

/// A host and a port without the scheme in front of them, and the path behind.
fn bare(text: &str) -> (&str, &str) {
    let rest =
        text.trim_start_matches("jdbc:").trim_start_matches("redshift:").trim_start_matches("postgresql:");
    let rest = rest.trim_start_matches("https:").trim_start_matches("//");
    rest.split_once('/').unwrap_or((rest, ""))
}

/// A name without quotes.
fn is_plain(name: &str) -> bool {
    let mut characters = name.chars();
    characters.next().is_some_and(|first| first == '_' || first.is_alphabetic())
        && characters.all(|c| c.is_alphanumeric() || "_$".contains(c))
        && name.len() <= limits::NAME_BYTES_MAX
}

fn names(redshift: &Redshift) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let mut fault = |span: Span, message: String, help: &str| {
        found.push(Diagnostic::error(Code::RedshiftName, span, message, help.to_owned()));
    };
    let max = limits::NAME_BYTES_MAX;
    let database = &redshift.database;
    let allowed = |c: char| c.is_ascii_alphanumeric() || "_$-".contains(c);
    if database.value.is_empty() || database.value.len() > max || !database.value.chars().all(allowed) {
        let message = format!("Firehose accepts no database of the name `{}`", database.value);
        fault(database.span, message, "write a name of letters, digits, `_`, `$` and `-`, up to 127 of them");
    }
    let table = &redshift.table;
    let parts: Vec<&str> = table.value.split('.').collect();
    if parts.len() > 2 || !parts.iter().all(|part| is_plain(part)) {
        let help = match parts.as_slice() {
            [first, schema, name] if *first == database.value => {
                &format!("write `table: {schema}.{name}`; `database` names the database")
            }
            _ => {
                "write NAME or SCHEMA.NAME, of letters, digits, `_` and `$`, each up to 127 bytes and without quotes"
            }
        };
        fault(table.span, format!("`{}` is not the name of a table", table.value), help);
    }
    // A plain name that SQL needs in quotes is a reserved word.
    let is_reserved =
        |part: &&&str| part.is_ascii() && is_plain(part) && redshift_identifier(part).starts_with('"');
    if let Some(word) = parts.iter().find(is_reserved).filter(|_| parts.len() <= 2) {
        let better: Vec<String> = parts
            .iter()
            .map(|part| if is_reserved(&part) { format!("{part}_data") } else { (*part).to_owned() })
            .collect();
        let help = format!("create it under another name, such as `table: {}`", better.join("."));
        fault(
            table.span,
            format!("`{word}` is a reserved word of Redshift, which COPY accepts only in quotes"),
            &help,
        );
    }
    let Some(columns) = &redshift.columns else { return found };
    if columns.value.is_empty() {
        fault(columns.span, "COPY needs a column to load".into(), "remove `columns`, or name one");
    }
    for (at, name) in columns.value.iter().enumerate() {
        if name.is_empty() || name.len() > max || name.contains(',') {
            let message = format!("`{name}` is not the name of a column");
            fault(columns.span, message, "write one name per item, up to 127 bytes and without quotes");
        }
        if columns.value[..at].iter().any(|other| other.to_lowercase() == name.to_lowercase()) {
            fault(columns.span, format!("the column `{name}` is listed twice"), "remove one of them");
        }
    }
    let length: usize = columns.value.iter().map(|name| name.len() + 2).sum();
    if length > limits::COPY_CHARS_MAX {
        let message =
            format!("the columns have {length} characters; Firehose accepts {}", limits::COPY_CHARS_MAX);
        fault(columns.span, message, "remove `columns`, and create the table with these columns alone");
    }
    found
}

/// The options as COPY reads them, with what pipec adds.
fn options(
    delivery: &Delivery,
    redshift: &Redshift,
    known: Result<&Fields, &NoFields>,
    records: Option<&Records>,
) -> Vec<Diagnostic> {
    let written = redshift.copy_options.as_ref();
    let span = written.map_or(redshift.table.span, |options| options.span);
    let error = |message: String, help: String| Diagnostic::error(Code::CopyOption, span, message, help);
    let text = written.map_or("", |options| options.value.as_str());
    // pipec's own options need some room.
    const OWN: usize = 100;
    if text.len() + OWN > limits::COPY_CHARS_MAX {
        let (length, max) = (text.len(), limits::COPY_CHARS_MAX - OWN);
        let message =
            format!("the options have {length} characters; Firehose accepts {max} besides pipec's own");
        return vec![error(message, "remove some of them".into())];
    }
    let options = match read_copy_options(text) {
        Ok(options) => options,
        Err(fault) => return vec![unreadable(fault, error)],
    };
    let mut found: Vec<Diagnostic> = options.iter().filter_map(|one| not_ours(one, &error)).collect();
    found.extend(together(&options, &error));
    let format = options.iter().find(|one| one.option.kind == CopyKind::Format).map(|one| one.option.words);
    let is_json = matches!(format, None | Some("JSON"));
    match known {
        Err(NoFields::Csv) => {
            found.extend(
                records.map(|records| csv(records, redshift, &options, is_json, &error)).unwrap_or_default(),
            );
        }
        Ok(_) if !is_json => {
            let message =
                format!("the records are JSON, and `{}` is another format", format.unwrap_or_default());
            found.push(error(
                message,
                format!(
                    "remove `{}`: without a format, pipec writes `JSON 'auto ignorecase'`",
                    format.unwrap_or_default()
                ),
            ));
        }
        _ => {}
    }
    found.extend(json(delivery, &options, known.ok(), span));
    found.extend(known.ok().and_then(|known| times(known, &options, &error)));
    found
}

/// Lines of CSV, which COPY splits at its delimiter and loads in the order of the columns.
fn csv(
    records: &Records,
    redshift: &Redshift,
    options: &[WrittenOption],
    is_json: bool,
    error: &impl Fn(String, String) -> Diagnostic,
) -> Vec<Diagnostic> {
    let RecordFormat::Csv { delimiter } = records.format else { return Vec::new() };
    let shown = match delimiter {
        '\t' => "\\t".to_owned(),
        '\'' => "\'\'".to_owned(),
        other => other.to_string(),
    };
    let wanted = if delimiter == ',' { "CSV".to_owned() } else { format!("CSV DELIMITER '{shown}'") };
    let help = || format!("write `{wanted}` in `copy_options`");
    let mut found = Vec::new();
    if copy_value(options, "CSV").is_none() {
        let how = if is_json { "as JSON" } else { "without regard to quotes" };
        let message = format!("the records are lines of CSV, and COPY would read them {how}");
        found.push(error(message, help()));
    } else {
        let read = copy_value(options, "DELIMITER").flatten().unwrap_or(",");
        if read != delimiter.to_string() && !(delimiter == '\t' && read == "\\t") {
            let message = format!(
                "the fields of the records are separated by `{shown}`, and COPY splits them at `{read}`"
            );
            found.push(error(message, help()));
        }
    }
    let names: Vec<&str> = records.columns.iter().map(|column| column.name.as_str()).collect();
    let lower = |name: &str| name.to_lowercase();
    if let Some(columns) = redshift.columns.as_ref().filter(|_| records.complete)
        && !columns.value.iter().map(|name| lower(name)).eq(names.iter().map(|name| lower(name)))
    {
        let message = format!("COPY loads the fields of CSV in their order, which is `{}`", names.join(", "));
        let help = format!("write `columns: [{}]`, or remove it", names.join(", "));
        found.push(Diagnostic::error(Code::RedshiftColumn, columns.span, message, help));
    }
    found
}

/// Times that COPY does not read with its `TIMEFORMAT`.
fn times(
    known: &Fields,
    options: &[WrittenOption],
    error: &impl Fn(String, String) -> Diagnostic,
) -> Option<Diagnostic> {
    let value = copy_value(options, "TIMEFORMAT")??;
    let time = known.list.iter().find(|field| field.data_type == DataType::Timestamp)?;
    let wanted = time_format(known);
    let is_number = |format: &str| format.to_ascii_lowercase().starts_with("epoch");
    let fits = value.eq_ignore_ascii_case(wanted) || !(is_number(value) || is_number(wanted));
    (!fits).then(|| {
        let message = format!("COPY would not read the time `{}` with `TIMEFORMAT '{value}'`", time.name);
        error(message, format!("remove `TIMEFORMAT`: pipec writes `TIMEFORMAT '{wanted}'`"))
            .related(time.span, "the time")
    })
}

fn unreadable(fault: CopyFault, error: impl Fn(String, String) -> Diagnostic) -> Diagnostic {
    match fault {
        CopyFault::Unknown(word) => {
            let known = COPY_OPTIONS.iter().map(|option| option.words);
            let help = match suggest::nearest(&word.to_ascii_uppercase(), known) {
                Some(near) => format!("did you mean `{near}`?"),
                None => {
                    "see COPY in the Redshift database developer guide; strings are in single quotes".into()
                }
            };
            error(format!("COPY has no option `{word}`"), help)
        }
        CopyFault::Open => error(
            "a string of the options has no closing quote".into(),
            "add the single quote at its end".into(),
        ),
        CopyFault::Value(words, need) => error(
            format!("`{words}` has another value than COPY accepts"),
            format!("write `{words}` and {need}"),
        ),
    }
}

/// An option that pipec or Firehose writes, or that cannot be.
fn not_ours(one: &WrittenOption, error: &impl Fn(String, String) -> Diagnostic) -> Option<Diagnostic> {
    let words = one.option.words;
    match one.option.kind {
        CopyKind::Managed(reason) => {
            Some(error(format!("`{words}` cannot be set: {reason}"), format!("remove `{words}`")))
        }
        CopyKind::Impossible(reason) => {
            Some(error(format!("`{words}` cannot be used: {reason}"), format!("remove `{words}`")))
        }
        CopyKind::Format | CopyKind::Load => None,
    }
}

/// Options that are there twice or exclude each other.
fn together(options: &[WrittenOption], error: &impl Fn(String, String) -> Diagnostic) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let has_format = options.iter().any(|one| one.option.kind == CopyKind::Format);
    // Without a format, pipec's is there.
    let json = COPY_OPTIONS.iter().find(|option| option.words == "JSON" && !has_format);
    for (at, one) in options.iter().enumerate() {
        let words = one.option.words;
        if options[..at].iter().any(|other| other.option.words == words) {
            found.push(error(format!("`{words}` is written twice"), "remove one of them".into()));
        }
    }
    if copy_value(options, "QUOTE").is_some() && copy_value(options, "CSV").is_none() {
        found.push(error("`QUOTE` is an option of `CSV` alone".into(), "remove `QUOTE`".into()));
    }
    for option in options.iter().map(|one| one.option).chain(json) {
        let other = options.iter().find(|other| option.not_with.contains(&other.option.words));
        if let Some(other) = other.map(|other| other.option.words) {
            let message = format!("`{}` and `{other}` exclude each other", option.words);
            found.push(error(message, format!("remove `{other}`")));
        }
    }
    found
}

/// What `JSON` finds by its argument.
fn json(
    delivery: &Delivery,
    options: &[WrittenOption],
    known: Option<&Fields>,
    span: Span,
) -> Option<Diagnostic> {
    let value = copy_value(options, "JSON")?.unwrap_or_default();
    let ignorecase = "write `JSON 'auto ignorecase'`, or remove it: without a format, pipec writes that";
    if value.starts_with("s3://") {
        let message = "COPY may read the staging bucket alone, so that it cannot read the file of JSON paths";
        return Some(Diagnostic::error(Code::CopyOption, span, message, ignorecase));
    }
    if value.eq_ignore_ascii_case("noshred") {
        let message =
            "with `JSON 'noshred'`, COPY loads each record into a single column, not into those of the table";
        return Some(Diagnostic::error(Code::CopyOption, span, message, ignorecase));
    }
    if !["auto", "auto ignorecase"].contains(&value.to_ascii_lowercase().as_str()) {
        let message = format!("`JSON '{value}'` is not an option of COPY");
        return Some(Diagnostic::error(Code::CopyOption, span, message, ignorecase));
    }
    let known = known.filter(|_| value.eq_ignore_ascii_case("auto"))?;
    // Keys of SQL rows are written in lower case.
    let is_lowered = known.of_rows && delivery.destination.capabilities().form.lower_case_keys;
    let upper = known.list.iter().filter(|_| !is_lowered).find_map(|field| {
        let key = field.path.first()?;
        (*key != key.to_lowercase()).then_some((key, field.span))
    });
    let (key, at) = upper?;
    let message = format!(
        "`JSON 'auto'` compares keys with column names in lower case, so that `{key}` would be NULL in each row, without an error"
    );
    Some(Diagnostic::error(Code::CopyCase, span, message, ignorecase).related(at, "the key"))
}

/// Keys that differ in case alone.
fn same_columns(known: &Fields) -> Option<Diagnostic> {
    // Rows of SQL have a rule of all such destinations.
    let same = redshift_columns(known).err().filter(|_| !known.of_rows)?;
    let message =
        format!("two keys are the column `{}` of Redshift, whose names have no upper case", same.name);
    Some(
        Diagnostic::error(Code::RedshiftColumn, same.span, message, "rename one of them")
            .related(same.other, "the other one"),
    )
}

/// Columns that nothing is loaded into.
fn columns(redshift: &Redshift, known: &Fields) -> Vec<Diagnostic> {
    let Some(columns) = &redshift.columns else { return Vec::new() };
    let keys: Vec<String> =
        known.list.iter().filter_map(|field| field.path.first()).map(|key| key.to_lowercase()).collect();
    let lacks = columns.value.iter().filter(|name| !keys.contains(&name.to_lowercase()));
    let fault = |name: &String| {
        let message =
            format!("no field of the records is `{name}`, so that the column would be NULL in each row");
        let help = match suggest::nearest(&name.to_lowercase(), keys.iter().map(String::as_str)) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "remove it: columns that COPY does not load have their default".into(),
        };
        Diagnostic::error(Code::RedshiftColumn, columns.span, message, help)
    };
    lacks.map(fault).collect()
}

/// Prefixes that Firehose accepts for other destinations only.
fn backup(service: &Service) -> Vec<Diagnostic> {
    let location = &service.backup.location;
    let fault = |setting: &Setting<String>, message: &str, help: String| {
        Diagnostic::error(Code::DestinationKey, setting.span, message, help)
    };
    let expression = (location.prefix.written && location.prefix.value.contains("!{")).then(|| {
        let head = literal_head(&location.prefix.value);
        let help = if head.is_empty() { "remove `prefix`".into() } else { format!("write `prefix: {head}`") };
        fault(&location.prefix, "with Redshift, Firehose accepts no expressions in prefixes", help)
    });
    let errors = location.error_prefix.written.then(|| {
        let message = "with Redshift, Firehose accepts no error prefix: what fails is in the staging bucket";
        fault(&location.error_prefix, message, "remove `error_prefix`".into())
    });
    expression.into_iter().chain(errors).collect()
}

/// A workgroup that never rests.
fn awake(delivery: &Delivery, redshift: &Redshift) -> Option<Diagnostic> {
    let interval = &delivery.buffer_interval;
    let short = interval.value < limits::SERVERLESS_INTERVAL_S;
    (short && interval.written && redshift.host.is_serverless()).then(|| {
        let (least, most) = (serverless_usd(interval.value), serverless_usd(900));
        let message = format!(
            "a load every {} keeps the workgroup awake: about {least:.0} USD per month at its smallest size",
            Duration(interval.value)
        );
        let help = format!("write `interval: 15 min` if rows may arrive that late: about {most:.0} USD");
        Diagnostic::warning(Code::RedshiftAwake, interval.span, message, help)
    })
}
