//! What all destinations have that are not S3: a secret, retries, a bucket beside them, the form of a record.

use super::super::{Context, arn_region};
use super::s3;
use crate::aws::destinations::Rows;
use crate::aws::regions;
use crate::diagnostics::{Code, Diagnostic};
use crate::pipeline::{Delivery, Pipeline, Secret, Service, ServiceKind, Setting};
use crate::source::Span;
use crate::spec::Duration;
use crate::sql;

pub(super) fn check(context: &mut Context, delivery: &Delivery, service: &Service) {
    let pipeline = context.pipeline;
    let mut found = Vec::new();
    if let Some(secret) = &service.secret {
        found.extend(arn(secret, pipeline));
    }
    found.extend(retry(delivery, service));
    found.extend(prefix(service));
    found.extend(separator(delivery));
    found.extend(unpacks(delivery));
    found.extend(rows(context, delivery));
    found.extend(keys(context, delivery));
    found.into_iter().for_each(|fault| context.report(fault));
    delivery.destination.locations().for_each(|location| s3::check(context, delivery, location));
}

/// Characters that Secrets Manager adds to the name of a secret: a hyphen and six others. Secrets Manager user guide, "What's in a
/// secret", 2026-11.
const SUFFIX_CHARS: usize = 7;

/// The full ARN of a secret of the pipeline's region. A value is not repeated.
fn arn(secret: &Secret, pipeline: &Pipeline) -> Option<Diagnostic> {
    let (arn, region) = (&secret.arn, &pipeline.region.value);
    let parts: Vec<&str> = arn.value.splitn(7, ':').collect();
    let is_account = |account: &str| account.len() == 12 && account.bytes().all(|b| b.is_ascii_digit());
    let ["arn", partition, "secretsmanager", of, account, "secret", name] = parts.as_slice() else {
        return Some(no_arn(secret, region));
    };
    let plain = |c: char| c.is_ascii_alphanumeric() || "/_+=.@!-".contains(c);
    if !partition.starts_with("aws") || !is_account(account) || name.is_empty() || !name.chars().all(plain) {
        return Some(no_arn(secret, region));
    }
    if *of == region
        && let Some(fault) =
            arn_region::partition(Code::SecretArn, (&arn.value, arn.span), "the secret", &pipeline.region)
    {
        return Some(fault);
    }
    if *of != region {
        let message = format!(
            "the secret is in {of} and the pipeline in {region}; Firehose reads secrets of its own region"
        );
        // A secret has replicas within its own partition only.
        let partition = |region: &str| regions::region(region).map(|region| region.partition);
        let help = match partition(of) {
            Some(own) if Some(own) == partition(region) => format!(
                "name a secret of {region}: `aws secretsmanager replicate-secret-to-regions --region {of} --secret-id {} \
                 --add-replica-regions Region={region}` makes one",
                arn.value
            ),
            _ => format!("name a secret of {region}"),
        };
        return Some(Diagnostic::error(Code::SecretRegion, arn.span, message, help));
    }
    let is_whole = name.len() > SUFFIX_CHARS
        && name.is_char_boundary(name.len() - SUFFIX_CHARS)
        && name[name.len() - SUFFIX_CHARS..].starts_with('-')
        && name[name.len() - SUFFIX_CHARS + 1..].bytes().all(|b| b.is_ascii_alphanumeric());
    if is_whole {
        return None;
    }
    let message = "the ARN of the secret lacks the hyphen and six characters at its end, so a permission would not match it";
    let help = format!(
        "write the whole ARN; `aws secretsmanager describe-secret --region {region} --secret-id {name} --query ARN --output text` \
         prints it"
    );
    Some(Diagnostic::error(Code::SecretArn, arn.span, message, help))
}

/// Perhaps the secret itself, so that the text is not shown.
fn no_arn(secret: &Secret, region: &str) -> Diagnostic {
    let fields: Vec<String> = secret.fields.iter().map(|field| format!("\"{field}\": \"..\"")).collect();
    let help = format!(
        "store the value in a file `secret.json` as `{{{}}}`, run `aws secretsmanager create-secret --region {region} --name NAME \
         --secret-string file://secret.json --query ARN --output text`, and write the ARN that it prints",
        fields.join(", ")
    );
    let message = "`secret` is the ARN of a secret in Secrets Manager, never its value";
    Diagnostic::error(Code::SecretArn, secret.arn.span, message, help)
}

/// Texts that CloudFormation replaces with a stored value, which the stack would show.
pub(super) fn replaced(service: &Service) -> Vec<Diagnostic> {
    let texts = service.kind.texts().into_iter().filter(|(text, _)| text.contains("{{resolve:"));
    let help = match (&service.secret, &service.kind) {
        (Some(_), _) => {
            "write the value itself; a password or a key belongs in the secret that `secret` names"
        }
        (None, ServiceKind::Http(_)) => {
            "write the value itself; store a key in a secret, and write `secret` with its ARN"
        }
        (None, _) => "write the value itself",
    };
    let fault = |(_, span): (&str, Span)| {
        let message = "CloudFormation would replace `{{resolve:..}}` with the stored value, and the stack would show it";
        Diagnostic::error(Code::SecretInSpec, span, message, help)
    };
    texts.map(fault).collect()
}

fn retry(delivery: &Delivery, service: &Service) -> Option<Diagnostic> {
    let bounds = delivery.destination.capabilities().fallback.as_ref()?.retry_s;
    let retry: &Setting<u64> = &service.retry;
    if bounds.contains(retry.value) {
        return None;
    }
    let message = format!(
        "Firehose retries for {} to {}, not {}",
        Duration(bounds.min),
        Duration(bounds.max),
        Duration(retry.value)
    );
    let help = format!("write `retry: {}`", Duration(bounds.max));
    Some(Diagnostic::error(Code::RetryDuration, retry.span, message, help))
}

/// Without all records, nothing has the prefix.
fn prefix(service: &Service) -> Option<Diagnostic> {
    let backup = &service.backup;
    let prefix = &backup.location.prefix;
    (prefix.written && !backup.all.value && service.staging.is_none()).then(|| {
        let message =
            "`prefix` is for all records, and the backup has only those that did not reach the destination";
        let help = "remove `prefix`, or write `records: all`; `error_prefix` is for records that failed";
        Diagnostic::error(Code::DestinationKey, prefix.span, message, help)
    })
}

/// A newline, or any other text, that the destination would take as a part of the record.
fn separator(delivery: &Delivery) -> Option<Diagnostic> {
    let capabilities = delivery.destination.capabilities();
    if !capabilities.separator.is_empty() {
        return None;
    }
    if delivery.newline.written {
        let message =
            format!("Firehose sends each record to {} by itself, with nothing after it", capabilities.words);
        return Some(Diagnostic::error(
            Code::SeparatorUnwanted,
            delivery.newline.span,
            message,
            "remove `newline`",
        ));
    }
    let append = &delivery.transform.as_ref()?.append;
    let is_one = capabilities.rows == Rows::One;
    (is_one && append.written && !append.value.is_empty()).then(|| {
        let message = format!(
            "{} accepts each record by itself, and the text would be a part of it",
            capabilities.words
        );
        Diagnostic::error(Code::SeparatorUnwanted, append.span, message, "remove `append`")
    })
}

/// Log events that would be several rows of a record.
fn unpacks(delivery: &Delivery) -> Option<Diagnostic> {
    let capabilities = delivery.destination.capabilities();
    let unpack = delivery.transform.as_ref()?.unpack.as_ref()?;
    let help = match capabilities.reads_log_envelopes {
        true => {
            format!("remove `unpack`: {} reads the records of CloudWatch Logs itself", capabilities.words)
        }
        false => {
            "deliver the log events to `s3`; if the records are no log events, remove `unpack`".to_owned()
        }
    };
    (capabilities.rows == Rows::One).then(|| {
        let message = format!(
            "{} accepts one row per record, and a record of CloudWatch Logs becomes many",
            capabilities.words
        );
        Diagnostic::error(Code::OneRowPerRecord, unpack.span, message, help)
    })
}

/// SQL in the transform that can make several rows of a record. Rows of Flink are records of their own.
fn rows(context: &Context, delivery: &Delivery) -> Option<Diagnostic> {
    let (pipeline, capabilities) = (context.pipeline, delivery.destination.capabilities());
    let takes_one = capabilities.rows == Rows::One;
    let query = context.query.filter(|_| takes_one && pipeline.runs_query(delivery))?;
    let output = pipeline.output(delivery, query)?;
    if query.makes_one_row(output) {
        return None;
    }
    let rate = query.row_rate(output, 1.0, &|_| None);
    let analytics = pipeline.analytics.as_ref()?;
    let message = match rate.open.first() {
        Some(open) => format!("{} accepts one row per record, and this is {}", capabilities.words, open.what),
        None => format!(
            "{} accepts one row per record, and the SQL makes up to {} of one",
            capabilities.words, rate.per_second
        ),
    };
    let help = match pipeline.stream {
        Some(_) => {
            "write `runtime: flink`, where each row is a record of its own; or have the SQL make one row of a record"
        }
        None => {
            "add a `stream` and write `runtime: flink`, where each row is a record of its own; or have the SQL make one row \
                 of a record"
        }
    };
    let fault = Diagnostic::error(Code::OneRowPerRecord, analytics.span, message, help);
    let fault = rate.open.iter().take(1).fold(fault, |fault, open| fault.related(open.span, "the rows"));
    Some(fault.related(delivery.span, "the delivery"))
}

/// Keys of rows that differ in their case alone, where the destination has lower case.
fn keys(context: &Context, delivery: &Delivery) -> Vec<Diagnostic> {
    let capabilities = delivery.destination.capabilities();
    let query = context.query.filter(|_| capabilities.form.lower_case_keys);
    let Some(output) = query.and_then(|query| context.pipeline.output(delivery, query)) else {
        return Vec::new();
    };
    let names: Vec<String> = output.columns.iter().map(|column| sql::lower_case(&column.name)).collect();
    let again =
        (1..names.len()).filter_map(|at| Some((at, names[..at].iter().position(|n| *n == names[at])?)));
    let fault = |(at, first): (usize, usize)| {
        let (name, other) = (&output.columns[at].name, &output.columns[first].name);
        let message = format!(
            "`{name}` and `{other}` are both `{}` in {}, whose columns are in lower case",
            names[at], capabilities.words
        );
        Diagnostic::error(
            Code::TableColumn,
            output.columns[at].span,
            message,
            "rename one of them in the SQL",
        )
        .related(output.columns[first].span, "the other one")
        .related(delivery.span, "the delivery")
    };
    again.map(fault).collect()
}
