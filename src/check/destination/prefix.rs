//! S3 prefixes and the expressions in them: rules that live in Firehose's API only.

use super::super::Context;
use crate::aws::limits::firehose;
use crate::diagnostics::{Code, Diagnostic, suggest};
use crate::resolve::default_error_prefix;
use crate::resolve::pipeline::{S3Location, Setting};

/// What a prefix may be filled with, and where. Firehose guide, "Custom prefixes for S3 objects".
const RANDOM_STRING: &str = "firehose:random-string";
const ERROR_TYPE: &str = "firehose:error-output-type";
const TIMESTAMP: &str = "timestamp:";
const PARTITION_KEYS: [&str; 2] = ["partitionKeyFromQuery:", "partitionKeyFromLambda:"];
/// Longest text that stands for the error's type (`AmazonOpenSearchService-failed`).
const ERROR_TYPE_CHARS: usize = 30;

/// A part of a prefix.
#[derive(Debug, PartialEq, Eq)]
enum Part<'a> {
    Text(&'a str),
    Expression(&'a str),
}

/// A prefix in parts; what is wrong with it otherwise.
fn split(prefix: &str) -> Result<Vec<Part<'_>>, String> {
    let mut parts = Vec::new();
    let mut rest = prefix;
    while let Some(at) = rest.find("!{") {
        if at > 0 {
            parts.push(Part::Text(&rest[..at]));
        }
        let inner = &rest[at + 2..];
        let end = inner.find('}').ok_or("an expression `!{` is not closed by `}`")?;
        parts.push(Part::Expression(&inner[..end]));
        rest = &inner[end + 1..];
    }
    if !rest.is_empty() {
        parts.push(Part::Text(rest));
    }
    Ok(parts)
}

pub(super) fn check(context: &mut Context, location: &S3Location) {
    let mut found = Vec::new();
    let prefix = parts(&location.prefix, &mut found);
    let error_prefix = parts(&location.error_prefix, &mut found);
    let has_expression =
        |parts: &Option<Vec<Part>>| parts.iter().flatten().any(|part| matches!(part, Part::Expression(_)));
    if let Some(parts) = &prefix {
        expressions(parts, &location.prefix, false, &mut found);
        length(parts, &location.prefix, &mut found);
    }
    if let Some(parts) = &error_prefix {
        expressions(parts, &location.error_prefix, true, &mut found);
        length(parts, &location.error_prefix, &mut found);
    }
    if has_expression(&prefix) && location.error_prefix.written && location.error_prefix.value.is_empty() {
        found.push(Diagnostic::error(
            Code::ErrorPrefixMissing,
            location.error_prefix.span,
            "a prefix with an expression needs an error prefix",
            format!(
                "write `error_prefix: \"{}\"`, or remove the key, which means the same",
                default_error_prefix(&context.pipeline.name.value, location.bucket.is_some())
            ),
        ));
    }
    let names_type = error_prefix.iter().flatten().any(|part| *part == Part::Expression(ERROR_TYPE));
    if has_expression(&error_prefix) && !names_type {
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
    for (setting, parts) in [(&location.prefix, &prefix), (&location.error_prefix, &error_prefix)] {
        if setting.written && parts.is_some() && !setting.value.is_empty() && !setting.value.ends_with('/') {
            found.push(Diagnostic::warning(
                Code::PrefixSlash,
                setting.span,
                "a prefix that does not end in `/` becomes part of the first folder's or object's name",
                format!("write `{}/`", setting.value),
            ));
        }
    }
    found.into_iter().for_each(|diagnostic| context.report(diagnostic));
}

fn parts<'a>(setting: &'a Setting<String>, found: &mut Vec<Diagnostic>) -> Option<Vec<Part<'a>>> {
    match split(&setting.value) {
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

fn expressions(parts: &[Part], setting: &Setting<String>, error_prefix: bool, found: &mut Vec<Diagnostic>) {
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
                None => {
                    found.extend(pattern_doubt(pattern).map(|(letter, means, meant)| {
                        Diagnostic::warning(
                            Code::TimestampPattern,
                            setting.span,
                            format!("{shown}: `{letter}` is {means}"),
                            format!("write `{meant}` if you mean {}", usual(meant)),
                        )
                    }));
                    continue;
                }
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
                match setting.value.replace(&format!("!{{{ERROR_TYPE}}}/"), "") {
                    without if without.is_empty() => "remove `prefix`".into(),
                    without => format!("write `prefix: {without}`"),
                },
            )
        } else if PARTITION_KEYS.iter().any(|namespace| expression.starts_with(namespace)) {
            (
                Code::PrefixNamespace,
                format!("{shown} needs dynamic partitioning, which this delivery does not have"),
                "use `!{timestamp:..}` or `!{firehose:random-string}`".into(),
            )
        } else {
            let help = match suggest::nearest(expression, known) {
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

/// A letter that is rarely the one that is meant, what it is, and the usual one.
fn pattern_doubt(pattern: &str) -> Option<(char, &'static str, char)> {
    // Every other piece stands outside of quotes.
    let letters: String = pattern.split('\'').step_by(2).collect();
    let has = |wanted: &str| letters.contains(|c| wanted.contains(c));
    if has("Y") && !has("w") {
        Some(('Y', "the year of the week, another year in the last days of December", 'y'))
    } else if has("D") && has("ML") {
        Some(('D', "the day of the year", 'd'))
    } else if has("m") && !has("HhKk") {
        Some(('m', "the minute", 'M'))
    } else if has("h") && !has("aB") {
        Some(('h', "the hour of a half day", 'H'))
    } else {
        None
    }
}

/// What people mean by a letter.
fn usual(letter: char) -> &'static str {
    match letter {
        'y' => "the year",
        'd' => "the day of the month",
        'M' => "the month",
        _ => "the hour of the day",
    }
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
        format!("the prefix has {have} characters {what}; Firehose takes {max}"),
        format!("shorten it by {} characters", have - max),
    ));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefixes_split() {
        assert_eq!(
            split("a/!{timestamp:yyyy}/b"),
            Ok(vec![Part::Text("a/"), Part::Expression("timestamp:yyyy"), Part::Text("/b")])
        );
        assert!(split("a/!{timestamp").is_err());
    }

    #[test]
    fn patterns_are_java_date_patterns() {
        assert_eq!(pattern_fault("yyyy/MM/dd'T'HH"), None);
        assert!(pattern_fault("'year'=yyyy/mont").is_some());
        assert!(pattern_fault("'open").is_some());
    }
}
