//! Where the producer's records come from: a web API, a file, or the columns.

use std::collections::HashMap;

use fluent_uri::Uri;

use super::Context;
use crate::aws::limits::kinesis;
use crate::capacity;
use crate::diagnostics::{Code, Diagnostic, secrets, suggest};
use crate::instances::instances;
use crate::pipeline::{
    FileSource, GeneratorSource, HttpSource, PartitionKey, Pipeline, Producer, ProducerSource,
};
use crate::producer_config;
use crate::resolve::invalid_path;
use crate::source::Span;
use crate::spec::ByteSize;
use crate::sql::RecordFormat;

/// Headers that belong to the connection and not to the request.
const FRAMING: [&str; 6] = ["host", "content-length", "connection", "transfer-encoding", "upgrade", "te"];

pub(super) fn check(context: &mut Context) {
    let Some(producer) = &context.pipeline.producer else { return };
    let mut found = Vec::new();
    match &producer.source {
        ProducerSource::Http(source) => {
            json_only(context.pipeline, &mut found);
            url(source, &mut found);
            headers(source, &mut found);
            pages(source, &mut found);
        }
        ProducerSource::File(source) => {
            lines(context.pipeline, producer, source, &mut found);
            shared(context.pipeline, producer, source, &mut found);
        }
        ProducerSource::Generator(source) => columns(context.pipeline, producer, source, &mut found),
    }
    found.into_iter().for_each(|diagnostic| context.report(diagnostic));
}

fn url(source: &HttpSource, found: &mut Vec<Diagnostic>) {
    let (text, span) = (source.url.value.as_str(), source.url.span);
    let shown = secrets::masked(text);
    let mut invalid = |message: String| {
        let schemed = format!("https://{text}");
        let help = if !text.contains([':', '@']) && Uri::parse(schemed.as_str()).is_ok_and(has_host) {
            format!("write `url: {schemed}`")
        } else {
            "write an address such as `https://api.example.com/records?count=500`".into()
        };
        found.push(Diagnostic::error(Code::InvalidUrl, span, message, help));
    };
    let uri = match Uri::parse(text) {
        Ok(uri) => uri,
        Err(_) => return invalid(format!("`{shown}` is not a URL")),
    };
    let scheme = uri.scheme().as_str().to_ascii_lowercase();
    let host = uri.authority().map(|authority| authority.host()).unwrap_or_default();
    if !matches!(scheme.as_str(), "http" | "https") {
        return invalid(format!("the producer fetches over https, not `{scheme}`"));
    }
    if host.is_empty() {
        return invalid(format!("`{shown}` names no host"));
    }
    if host.starts_with('[') {
        return invalid("the stack's own network has no IPv6".into());
    }
    if uri.authority().is_some_and(|authority| !matches!(authority.port_to_u16(), Ok(None | Some(1..)))) {
        return invalid("a port is a number from 1 to 65535".into());
    }
    if uri.fragment().is_some() {
        return invalid("a fragment (`#..`) is never sent".into());
    }
    if uri.authority().and_then(|authority| authority.userinfo()).is_some() {
        found.push(secret(span, "the URL contains a user name or password".into()));
    }
    let query = uri.query().map(ToString::to_string).unwrap_or_default();
    for parameter in
        query.split('&').filter_map(|pair| pair.split_once('=')).filter(|pair| !pair.1.is_empty())
    {
        if secrets::is_secret(parameter.0) {
            found.push(secret(span, format!("the URL's parameter `{}` looks like a secret", parameter.0)));
        }
    }
    if scheme == "http" {
        found.push(Diagnostic::warning(
            Code::PlainHttp,
            span,
            "records are fetched without encryption, so anyone on the network path can change them",
            format!("write `{}` if the server offers it", text.replacen("http:", "https:", 1)),
        ));
    }
}

fn has_host(uri: Uri<&str>) -> bool {
    uri.authority().is_some_and(|authority| !authority.host().is_empty())
}

fn secret(span: Span, message: String) -> Diagnostic {
    Diagnostic::error(
        Code::SecretInSpec,
        span,
        message,
        "remove it: many people can read the spec, the template and the user data; use a source that needs no secret, \
         or a proxy that adds it",
    )
}

fn headers(source: &HttpSource, found: &mut Vec<Diagnostic>) {
    for (name, value, span) in &source.headers {
        let token = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
        if name.is_empty() || !name.chars().all(token) {
            found.push(Diagnostic::error(
                Code::InvalidFormat,
                *span,
                format!("`{name}` is not the name of an HTTP header"),
                "write a name such as `accept-language`",
            ));
        } else if value.chars().any(|c| c.is_control() || !c.is_ascii()) {
            found.push(Diagnostic::error(
                Code::InvalidFormat,
                *span,
                format!("the value of `{name}` cannot be sent in an HTTP header"),
                "use printable ASCII characters on one line",
            ));
        } else if FRAMING.contains(&name.to_ascii_lowercase().as_str()) {
            found.push(Diagnostic::error(
                Code::InvalidFormat,
                *span,
                format!("the producer sets `{name}` itself"),
                "remove it",
            ));
        } else if secrets::is_secret(name) {
            found.push(secret(*span, format!("the header `{name}` contains a secret")));
        }
    }
}

/// A page of a web API is JSON, and so are its records.
fn json_only(pipeline: &Pipeline, found: &mut Vec<Diagnostic>) {
    if let Some(records) = pipeline.records.as_ref().filter(|records| records.format != RecordFormat::Json) {
        found.push(Diagnostic::error(
            Code::ConflictingKeys,
            records.span,
            "the records of a web API are JSON, but these columns are for CSV",
            "write `format: json`, or send records of a file",
        ));
    }
}

fn pages(source: &HttpSource, found: &mut Vec<Diagnostic>) {
    let records = &source.records;
    if let Err(error) = &records.value.path {
        found.push(invalid_path(&records.value.text, error, records.span));
    }
}

/// Every line must be a record that the stream takes, and all of them within the load that the shards are made for.
fn lines(pipeline: &Pipeline, producer: &Producer, source: &FileSource, found: &mut Vec<Diagnostic>) {
    let Some(content) = &source.content else { return };
    let (intake, name) = (&pipeline.intake, &source.path.value);
    let mut refuse = |message: String, help: String| {
        found.push(Diagnostic::error(Code::RecordsFile, source.path.span, message, help));
    };
    let key = pipeline.partition_key_bytes();
    let most = pipeline.record_bytes_max().saturating_sub(key);
    let format = pipeline.records.as_ref().map(|records| records.format);
    let reads_json =
        format == Some(RecordFormat::Json) || matches!(producer.partition_key.value, PartitionKey::Field(_));
    let (mut records, mut bytes) = (0_u64, 0_u64);
    let (mut too_long, mut not_json) = (None, None);
    let mut keys = Keys::of(producer);
    for (line, text) in content.split(|byte| *byte == b'\n').enumerate() {
        let text = text.trim_ascii();
        if text.is_empty() {
            continue;
        }
        records += 1;
        bytes += text.len() as u64;
        if text.len() as u64 > most {
            too_long.get_or_insert((line + 1, text.len()));
        } else if reads_json && not_json.is_none() {
            keys.count(text);
            not_json = match serde_json::from_slice::<serde::de::IgnoredAny>(text) {
                // serde_json's words end in the place within the line.
                Err(error) => Some((line + 1, error.to_string().replace("line 1 column", "column"))),
                Ok(_) if !text.starts_with(b"{") => Some((line + 1, "it is a single value".into())),
                Ok(_) => None,
            };
        }
    }
    if records == 0 {
        refuse(format!("`{name}` contains no records"), "write one record per line".into());
        return;
    }
    if let Some((line, size)) = too_long {
        let max = pipeline.record_bytes_max();
        let (message, help) = match pipeline.stream {
            Some(_) => (
                format!("with its partition key of {key} B, a record of this stream has {max} B at most"),
                "make the line shorter, or raise `stream.max_record_size`",
            ),
            None => (format!("Firehose accepts at most {max} B"), "make the line shorter"),
        };
        refuse(format!("line {line} of `{name}` has {size} B; {message}"), help.into());
    }
    if let Some((line, error)) = not_json {
        refuse(
            format!("line {line} of `{name}` is not a JSON object: {error}"),
            "write one JSON object per line".into(),
        );
    }
    found.extend(keys.one_for_too_many(producer, name, records));
    let average = bytes.div_ceil(records);
    let sent = capacity::bytes_per_second(producer.records_per_second.value, average);
    let declared = capacity::bytes_per_second(intake.records_per_second.value, intake.record_size.value);
    if sent > declared {
        let (declared_for, place) = pipeline.declared_in();
        found.push(
            Diagnostic::error(
                Code::ProducerRate,
                source.path.span,
                format!(
                    "the records of `{name}` have {average} B on average, which makes {} per second; {declared_for} is declared for {}",
                    ByteSize(sent), ByteSize(declared)
                ),
                format!("write `record_size: {average} B` in `{place}`, or send less"),
            )
            .related(intake.record_size.span, "the declared size"),
        );
    }
}

/// Most different partition keys of a file that are counted; with more, none has a large share.
const KEYS_COUNTED_MAX: usize = 4_096;

/// How often each partition key occurs in a file, where it is a field.
struct Keys {
    path: Option<pipec_path::Path>,
    counts: HashMap<String, u64>,
}

impl Keys {
    fn of(producer: &Producer) -> Self {
        let path = match &producer.partition_key.value {
            PartitionKey::Field(field) => field.path.clone().ok(),
            PartitionKey::Random => None,
        };
        Self { path, counts: HashMap::new() }
    }

    fn count(&mut self, line: &[u8]) {
        let Some(path) = &self.path else { return };
        if self.counts.len() >= KEYS_COUNTED_MAX {
            return;
        }
        let Ok(record) = serde_json::from_slice::<serde_json::Value>(line) else { return };
        let value = path.steps().iter().try_fold(&record, |value, step| match step {
            pipec_path::Step::Key(key) => value.get(key),
            pipec_path::Step::Index(index) => value.get(*index),
        });
        let Some(value) = value else { return };
        *self.counts.entry(value.to_string()).or_default() += 1;
    }

    /// A key with more of the records than one shard accepts.
    fn one_for_too_many(&self, producer: &Producer, name: &str, records: u64) -> Option<Diagnostic> {
        let PartitionKey::Field(field) = &producer.partition_key.value else { return None };
        if self.counts.len() >= KEYS_COUNTED_MAX || records < 2 {
            return None;
        }
        let (value, count) = self.counts.iter().max_by_key(|(value, count)| (**count, (*value).clone()))?;
        let rate = producer.records_per_second.value * *count as f64 / records as f64;
        let everywhere = *count == records;
        if !everywhere && rate <= kinesis::SHARD_WRITE_RECORDS_PER_S as f64 {
            return None;
        }
        let message = match everywhere {
            true => format!(
                "all {records} lines of `{name}` have the same `{}`, so all records go to one shard",
                field.text
            ),
            false => format!(
                "{count} of {records} lines of `{name}` have {value} as `{}`: {rate:.0} records per second for one shard, \
                 which accepts {}",
                field.text,
                kinesis::SHARD_WRITE_RECORDS_PER_S
            ),
        };
        Some(Diagnostic::warning(
            Code::ConstantPartitionKey,
            producer.partition_key.span,
            message,
            "write `partition_key: random`, or the path of a field with many values",
        ))
    }
}

/// Instances do not divide a file among them.
fn shared(pipeline: &Pipeline, producer: &Producer, source: &FileSource, found: &mut Vec<Diagnostic>) {
    let Some(need) = instances(pipeline).filter(|need| need.count > 1) else { return };
    let (span, help) = match &producer.instances {
        Some(instances) => (instances.span, "write `instances: 1`"),
        None => (
            source.path.span,
            "write `instances: 1` and a larger `instance_type`, or send fewer records per second",
        ),
    };
    found.push(Diagnostic::error(
        Code::SharedFile,
        span,
        format!("each of the {} instances would send the whole file", need.count),
        help,
    ));
}

/// A generated record is one JSON object with a value for every column.
fn columns(pipeline: &Pipeline, producer: &Producer, source: &GeneratorSource, found: &mut Vec<Diagnostic>) {
    let mut refuse = |span: Span, message: String, help: String| {
        found.push(Diagnostic::error(Code::GeneratedRecords, span, message, help));
    };
    let Some(records) = &pipeline.records else {
        return refuse(
            source.span,
            "there are no columns to generate records from".into(),
            "add `records:` with `format: json` and `columns:`, each with its `type` and `path`".into(),
        );
    };
    if records.format != RecordFormat::Json {
        refuse(
            source.span,
            "generated records are JSON objects, but these columns are for CSV".into(),
            "write `format: json` in `records`, or send records of a file".into(),
        );
    }
    if let Some(column) = records.columns.iter().find(|column| column.path.elements().is_some()) {
        refuse(
            column.span,
            format!("`{}` is in an array, and the generator does not generate arrays", column.path),
            "remove the column, or send records of a file".into(),
        );
    }
    for (at, column) in records.columns.iter().enumerate() {
        let path = column.path.segments();
        let inside = |other: &&crate::sql::Column| {
            let other = other.path.segments();
            other.len() < path.len() && path.starts_with(other)
        };
        let outer = records.columns.iter().enumerate().find(|(other, column)| *other != at && inside(column));
        if let Some((_, outer)) = outer {
            refuse(
                column.span,
                format!("`{}` is inside `{}`, which has its own value", column.path, outer.path),
                "give one of the two another path, or send records of a file".into(),
            );
        }
    }
    let declared = &pipeline.intake.record_size;
    let (declared_for, place) = pipeline.declared_in();
    // Not where the columns themselves do not make a record.
    let least = producer_config::least_generated_bytes(pipeline);
    if found.is_empty() && records.complete && least > declared.value {
        found.push(
            Diagnostic::error(
                Code::GeneratedRecords,
                source.span,
                format!(
                    "a record of these columns has {least} B or more; {declared_for} is declared for {}",
                    ByteSize(declared.value)
                ),
                format!(
                    "write `record_size: {}` in `{place}`, or declare fewer columns",
                    ByteSize(least.next_power_of_two())
                ),
            )
            .related(declared.span, "the declared size"),
        );
    }
    let mut refuse = |span: Span, message: String, help: String| {
        found.push(Diagnostic::error(Code::GeneratedRecords, span, message, help));
    };
    if let PartitionKey::Field(field) = &producer.partition_key.value
        && let Ok(path) = &field.path
        && !records
            .columns
            .iter()
            .any(|column| crate::sql::Path::try_from(path).is_ok_and(|path| column.path == path))
        && records.complete
    {
        let paths: Vec<String> = records.columns.iter().map(|column| column.path.to_string()).collect();
        refuse(
            producer.partition_key.span,
            format!("no column has the path `{path}`, so no generated record has this key"),
            suggest::instead(&field.text, paths.iter().map(String::as_str)),
        );
    }
}
