//! S3 prefixes and the expressions in them: rules that live in Firehose's API only.

use super::super::Context;
use super::{prefix_text, timestamps};
use crate::aws::limits::firehose;
use crate::diagnostics::{Code, Diagnostic, suggest};
use crate::pipeline::{
    Delivery, Destination, KEY_NAMESPACES, PrefixPart as Part, Purpose, S3Location, Setting, Sink, Table,
    split_prefix,
};
use crate::resolve::default_error_prefix;

/// What a prefix may be filled with, and where. Firehose guide, "Custom prefixes for S3 objects".
const RANDOM_STRING: &str = "firehose:random-string";
const ERROR_TYPE: &str = "firehose:error-output-type";
pub(super) const TIMESTAMP: &str = "timestamp:";
/// Longest text that stands for the error's type (`AmazonOpenSearchService-failed`).
const ERROR_TYPE_CHARS: usize = 30;

pub(super) fn check(context: &mut Context, delivery: &Delivery, location: &S3Location) {
    let mut found = Vec::new();
    let prefix = parts(&location.prefix, &mut found);
    let error_prefix = parts(&location.error_prefix, &mut found);
    let has_expression =
        |parts: &Option<Vec<Part>>| parts.iter().flatten().any(|part| matches!(part, Part::Expression(_)));
    if let Some(parts) = &prefix {
        let is_data = delivery.destination.sink(Purpose::Destination).and_then(Sink::location);
        let partitioned = is_data.is_some_and(|data| data.spec == location.spec)
            && matches!(&delivery.destination, Destination::S3(s3) if !s3.partitions.is_empty());
        expressions(parts, &location.prefix, Of::Data { partitioned }, &mut found);
        length(parts, &location.prefix, &mut found);
    }
    if let Some(parts) = &error_prefix {
        expressions(parts, &location.error_prefix, Of::Errors, &mut found);
        length(parts, &location.error_prefix, &mut found);
    }
    if has_expression(&prefix) && location.error_prefix.written && location.error_prefix.value.is_empty() {
        found.push(Diagnostic::error(
            Code::ErrorPrefixMissing,
            location.error_prefix.span,
            "a prefix with an expression needs an error prefix",
            format!(
                "write `error_prefix: \"{}\"`, or remove the key, which means the same",
                default_error_prefix(
                    &context.pipeline.name.value,
                    delivery.name.as_deref(),
                    location.bucket.is_some()
                )
            ),
        ));
    }
    let names_type = error_prefix.iter().flatten().any(|part| *part == Part::Expression(ERROR_TYPE));
    // An expression that it cannot have is reported already.
    let is_faulty = found.iter().any(|one| one.span == location.error_prefix.span);
    if has_expression(&error_prefix) && !names_type && !is_faulty {
        found.push(Diagnostic::error(
            Code::ErrorPrefixType,
            location.error_prefix.span,
            format!("an error prefix with an expression must contain `!{{{ERROR_TYPE}}}`"),
            {
                let own = &location.error_prefix.value;
                let slash = if own.ends_with('/') { "" } else { "/" };
                format!("write `error_prefix: \"{own}{slash}!{{{ERROR_TYPE}}}/\"`")
            },
        ));
    }
    for (key, setting, parts) in
        [("prefix", &location.prefix, &prefix), ("error_prefix", &location.error_prefix, &error_prefix)]
    {
        let Some(parts) = parts.as_ref().filter(|_| setting.written) else { continue };
        if let Some(diagnostic) = prefix_text::check(key, setting, parts, &context.pipeline.region.value) {
            found.push(diagnostic);
            continue;
        }
        found.extend(timestamps::doubts(key, setting, parts));
        // A slash can also be the last letter of a pattern: `!{timestamp:yyyy/MM/}`.
        let ends_well =
            setting.value.is_empty() || setting.value.ends_with('/') || setting.value.ends_with("/}");
        // What an error alone may have is refused already.
        if !ends_well && (key != "prefix" || !setting.value.contains(ERROR_TYPE)) {
            found.push(Diagnostic::warning(
                Code::PrefixSlash,
                setting.span,
                "a prefix that does not end in `/` becomes part of the first folder's or object's name",
                format!("write `{key}: \"{}/\"`", setting.value),
            ));
        }
    }
    let has_table = delivery.destination.table().is_some_and(Table::is_own);
    if let (Some(prefix), Some(errors)) = (&prefix, &error_prefix) {
        found.extend(errors_among_data(location, prefix, errors, has_table));
    }
    found.into_iter().for_each(|diagnostic| context.report(diagnostic));
}

fn parts<'a>(setting: &'a Setting<String>, found: &mut Vec<Diagnostic>) -> Option<Vec<Part<'a>>> {
    match split_prefix(&setting.value) {
        Ok(parts) => Some(parts),
        Err(fault) => {
            found.push(Diagnostic::error(
                Code::PrefixExpression,
                setting.span,
                fault,
                "write an expression as in `!{timestamp:yyyy/MM/dd}/`",
            ));
            None
        }
    }
}

/// Which prefix is looked at.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Of {
    /// That of the data.
    Data {
        /// Whether records are stored by partition keys.
        partitioned: bool,
    },
    /// That of failed records.
    Errors,
}

fn expressions(parts: &[Part], setting: &Setting<String>, of: Of, found: &mut Vec<Diagnostic>) {
    let error_prefix = of == Of::Errors;
    let known = [RANDOM_STRING, ERROR_TYPE, "timestamp:yyyy/MM/dd"];
    for part in parts {
        let Part::Expression(expression) = part else { continue };
        let shown = format!("`!{{{expression}}}`");
        let (code, message, help) = if let Some(pattern) = expression.strip_prefix(TIMESTAMP) {
            match pattern_fault(pattern) {
                Some(fault) => (
                    Code::PrefixExpression,
                    format!("{shown}: {fault}"),
                    "write a pattern such as `!{timestamp:yyyy/MM/dd/HH}`, and text in it in single quotes: \
                     `!{timestamp:'year='yyyy}`"
                        .into(),
                ),
                None => continue,
            }
        } else if *expression == RANDOM_STRING {
            continue;
        } else if *expression == ERROR_TYPE {
            if error_prefix {
                continue;
            }
            (
                Code::PrefixNamespace,
                format!("{shown} is allowed in `error_prefix` only"),
                match without_error_type(&setting.value) {
                    without if without.is_empty() => "remove `prefix`".into(),
                    without => format!("write `prefix: \"{without}\"`"),
                },
            )
        } else if KEY_NAMESPACES.iter().any(|namespace| expression.starts_with(namespace)) {
            if of == (Of::Data { partitioned: true }) {
                continue;
            }
            (
                Code::PrefixNamespace,
                match error_prefix {
                    true => format!("{shown} is allowed in `prefix` only"),
                    false => format!("{shown} needs dynamic partitioning, which this delivery does not have"),
                },
                match error_prefix {
                    true => "use `!{timestamp:..}` or `!{firehose:random-string}`".into(),
                    false => {
                        let key = expression.split_once(':').map_or("", |(_, key)| key);
                        format!("add `partition_by: {{{key}: COLUMN}}`, or use `!{{timestamp:..}}`")
                    }
                },
            )
        } else {
            let plain = expression.split_whitespace().collect::<String>();
            let spelled = match plain.split_once(':') {
                Some((namespace, rest)) => format!("{}:{rest}", namespace.to_ascii_lowercase()),
                None => plain,
            };
            let pattern = spelled.strip_prefix(TIMESTAMP).filter(|pattern| pattern_fault(pattern).is_none());
            let help = match suggest::nearest(expression, known) {
                _ if pattern.is_some() || [RANDOM_STRING, ERROR_TYPE].contains(&spelled.as_str()) => {
                    format!("write `!{{{spelled}}}`")
                }
                Some(nearest) => format!("did you mean `!{{{nearest}}}`?"),
                None => "write `!{timestamp:yyyy/MM/dd}` or `!{firehose:random-string}`".into(),
            };
            (Code::PrefixExpression, format!("{shown} is not an expression of Firehose"), help)
        };
        found.push(Diagnostic::error(code, setting.span, message, help));
    }
}

/// What is wrong with a timestamp pattern: Java's `DateTimeFormatter` letters, literal text in single quotes.
fn pattern_fault(pattern: &str) -> Option<String> {
    const LETTERS: &str = "GuyDMLdQqYwWEecFaBhKkHmsSAnNVvzOXxZ";
    if pattern.is_empty() {
        return Some("the pattern is empty".into());
    }
    let mut quoted = false;
    for c in pattern.chars() {
        match c {
            '\'' => quoted = !quoted,
            _ if quoted => {}
            c if c.is_ascii_alphabetic() && !LETTERS.contains(c) => {
                return Some(format!("`{c}` is not a letter of a date pattern"));
            }
            '{' | '[' | ']' | '#' => return Some(format!("`{c}` is not allowed in a date pattern")),
            _ => {}
        }
    }
    quoted.then(|| "a single quote is not closed".into())
}

/// Failed records below the folder of the data, where every reader of the folder finds them.
fn errors_among_data(
    location: &S3Location,
    prefix: &[Part],
    errors: &[Part],
    has_table: bool,
) -> Option<Diagnostic> {
    let fixed = |parts: &[Part]| match parts.first() {
        Some(Part::Text(text)) => (*text).to_owned(),
        _ => String::new(),
    };
    let fixed_prefix = fixed(prefix);
    let folder = &fixed_prefix[..fixed_prefix.rfind('/').map_or(0, |slash| slash + 1)];
    // With a table of the stack, this is an error: see `table`.
    if has_table || folder.is_empty() || !fixed(errors).starts_with(folder) {
        return None;
    }
    let setting = if location.error_prefix.written { &location.error_prefix } else { &location.prefix };
    let elsewhere = match folder.trim_end_matches('/').rsplit('/').next().unwrap_or_default() {
        "errors" => "failed".to_owned(),
        name => format!("errors/{name}"),
    };
    Some(
        Diagnostic::warning(
            Code::ErrorsAmongData,
            setting.span,
            format!(
                "failed records are written to `{}`, below the data in `{folder}`, where readers of the data find them",
                location.error_prefix.value
            ),
            format!("write `error_prefix: \"{elsewhere}/!{{{ERROR_TYPE}}}/\"`"),
        )
        .related(location.prefix.span, "the data"),
    )
    .map(|mut diagnostic| {
        diagnostic.related.retain(|label| label.span != diagnostic.span);
        diagnostic
    })
}

fn length(parts: &[Part], setting: &Setting<String>, found: &mut Vec<Diagnostic>) {
    let raw = setting.value.chars().count() as u64;
    let evaluated: usize = parts
        .iter()
        .map(|part| match part {
            Part::Text(text) => text.chars().count(),
            Part::Expression(expression) => match expression.strip_prefix(TIMESTAMP) {
                Some(pattern) => pattern.chars().filter(|c| *c != '\'').count(),
                None if *expression == ERROR_TYPE => ERROR_TYPE_CHARS,
                None => firehose::RANDOM_STRING_CHARS as usize,
            },
        })
        .sum();
    let (have, max, what) = if raw > firehose::PREFIX_RAW_CHARS_MAX {
        (raw, firehose::PREFIX_RAW_CHARS_MAX, "as it is written")
    } else if evaluated as u64 > firehose::PREFIX_EVALUATED_CHARS_MAX {
        (evaluated as u64, firehose::PREFIX_EVALUATED_CHARS_MAX, "with its expressions filled in")
    } else {
        return;
    };
    found.push(Diagnostic::error(
        Code::PrefixLength,
        setting.span,
        format!("the prefix has {have} characters {what}; Firehose accepts {max}"),
        format!("shorten it by {} characters", have - max),
    ));
}

/// A prefix without the error type, and without the slash after it.
fn without_error_type(prefix: &str) -> String {
    let expression = format!("!{{{ERROR_TYPE}}}");
    prefix.replace(&format!("{expression}/"), "").replace(&expression, "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_are_java_date_patterns() {
        assert_eq!(pattern_fault("yyyy/MM/dd'T'HH"), None);
        assert!(pattern_fault("'year'=yyyy/mont").is_some());
        assert!(pattern_fault("'open").is_some());
    }
}
