//! The text of a prefix outside of its expressions.

use crate::diagnostics::{Code, Diagnostic, Severity};
use crate::pipeline::{PrefixPart as Part, Setting};

/// Namespaces that Firehose evaluates after `!{`, and that are often written without the `!`.
const NAMESPACES: [&str; 4] =
    ["timestamp:", "firehose:", "partitionKeyFromQuery:", "partitionKeyFromLambda:"];
/// Parts of a time as `strftime` writes them, and their patterns.
const STRFTIME: [(&str, &str); 7] =
    [("%Y", "yyyy"), ("%m", "MM"), ("%d", "dd"), ("%H", "HH"), ("%M", "mm"), ("%S", "ss"), ("%j", "DDD")];
/// Parts of a time that are written as the names of folders, and their patterns.
const BARE: [(&str, &str); 8] = [
    ("yyyy", "yyyy"),
    ("YYYY", "yyyy"),
    ("MM", "MM"),
    ("mm", "MM"),
    ("dd", "dd"),
    ("DD", "dd"),
    ("HH", "HH"),
    ("hh", "HH"),
];

/// What is wrong with the text of a prefix: one finding, with the prefix to write.
pub(super) fn check(
    key: &str,
    setting: &Setting<String>,
    parts: &[Part],
    region: &str,
) -> Option<Diagnostic> {
    let text = setting.value.as_str();
    let write = |prefix: &str| match prefix {
        "" => format!("remove `{key}`"),
        prefix => format!("write `{key}: \"{prefix}\"`"),
    };
    let report = |severity, code, message: String, help: String| {
        let mut diagnostic = Diagnostic::error(code, setting.span, message, help);
        diagnostic.severity = severity;
        Some(diagnostic)
    };
    if let Some(address) = text.strip_prefix("s3://").or_else(|| text.strip_prefix("s3a://")) {
        let (bucket, path) = address.split_once('/').unwrap_or((address, ""));
        let help = match path {
            "" => format!("write `bucket: {bucket}`, and remove `{key}`"),
            path => format!("write `bucket: {bucket}` and `{key}: \"{path}\"`"),
        };
        let message = "a prefix is the path within the bucket; the bucket has a key of its own";
        return report(Severity::Error, Code::PrefixPath, message.into(), help);
    }
    if text.contains("{{resolve:") {
        let message = "CloudFormation would replace `{{resolve:..}}` with a stored value";
        let help = "write the names of the folders themselves, as in `readings/`".to_owned();
        return report(Severity::Error, Code::PrefixPlaceholder, message.into(), help);
    }
    let texts =
        || parts.iter().filter_map(|part| if let Part::Text(text) = part { Some(*text) } else { None });
    let unevaluated =
        NAMESPACES.iter().find(|namespace| texts().any(|text| text.contains(&format!("{{{namespace}"))));
    if let Some(namespace) = unevaluated {
        let open = format!("!{{{namespace}");
        let corrected = edited(parts, |text| {
            let text = text.replace(&format!("${{{namespace}"), &open);
            text.replace(&format!("{{{namespace}"), &open).replace(&format!("!{open}"), &open)
        });
        let message = format!("`{{{namespace}..}}` is not evaluated without `!` before it");
        return report(Severity::Error, Code::PrefixPlaceholder, message, write(&corrected));
    }
    if let Some(variable) = texts().find_map(variable) {
        let message = format!("`{variable}` is not replaced; objects would have it in their names");
        let value = match variable {
            "${AWS::Region}" => Some(region),
            _ => None,
        };
        let help = match value {
            Some(value) => write(&text.replace(variable, value)),
            None => {
                "write the value itself; a value that differs between environments belongs to `environments`"
                    .into()
            }
        };
        return report(Severity::Error, Code::PrefixPlaceholder, message, help);
    }
    if let Some((directive, _)) =
        STRFTIME.iter().find(|(directive, _)| texts().any(|text| text.contains(directive)))
    {
        let corrected = edited(parts, |text| {
            STRFTIME.iter().fold(text.to_owned(), |text, (directive, pattern)| {
                text.replace(directive, &format!("!{{timestamp:{pattern}}}"))
            })
        });
        let message = format!("`{directive}` is not evaluated; Firehose's expressions are those of Java");
        return report(Severity::Warning, Code::PrefixPlaceholder, message, write(&corrected));
    }
    let bare = edited(parts, with_expressions);
    if bare != text && texts().any(|text| text.contains("yyyy") || text.contains("YYYY")) {
        let message = "date patterns outside `!{timestamp:..}` become literal folder names";
        return report(Severity::Warning, Code::PrefixPlaceholder, message.into(), write(&bare));
    }
    path(text).and_then(|(message, corrected)| {
        report(Severity::Warning, Code::PrefixPath, message.into(), write(&corrected))
    })
}

/// The first `${..}` of a text.
fn variable(text: &str) -> Option<&str> {
    let start = text.find("${")?;
    let end = text[start..].find('}')?;
    Some(&text[start..=start + end])
}

/// The prefix with its texts edited and its expressions as they are.
fn edited(parts: &[Part], edit: impl Fn(&str) -> String) -> String {
    parts
        .iter()
        .map(|part| match part {
            Part::Text(text) => edit(text),
            Part::Expression(expression) => format!("!{{{expression}}}"),
        })
        .collect()
}

/// A text with the parts of a time among its folders as expressions: `year=yyyy/{MM}/`.
fn with_expressions(text: &str) -> String {
    let folders = text.split('/').map(|folder| {
        let (name, value) = folder.split_once('=').map_or(("", folder), |(name, value)| (name, value));
        let part = value.strip_prefix('{').and_then(|inner| inner.strip_suffix('}')).unwrap_or(value);
        match BARE.iter().find(|(bare, _)| *bare == part) {
            Some((_, pattern)) if name.is_empty() => format!("!{{timestamp:{pattern}}}"),
            Some((_, pattern)) => format!("{name}=!{{timestamp:{pattern}}}"),
            None => folder.to_owned(),
        }
    });
    folders.collect::<Vec<_>>().join("/")
}

/// What is wrong with a path of folders, and the path to write.
fn path(text: &str) -> Option<(&'static str, String)> {
    let mut corrected = text.to_owned();
    let mut message = None;
    // Within an expression, a slash belongs to its pattern, and two of them are an empty folder as well.
    if corrected.contains('\\') {
        message = Some("folders of a prefix are separated by `/`; S3 takes `\\` for a letter");
        corrected = corrected.replace('\\', "/");
    }
    if corrected.split('/').any(|folder| folder == "." || folder == "..") {
        message = message.or(Some("`.` and `..` are names of folders in S3, which many tools cannot open"));
        corrected = corrected
            .split('/')
            .filter(|folder| !matches!(*folder, "." | ".."))
            .collect::<Vec<_>>()
            .join("/");
    }
    if corrected.starts_with('/') {
        message = message.or(Some("a prefix that begins with `/` has a first folder without a name"));
        corrected = corrected.trim_start_matches('/').to_owned();
    }
    if corrected.contains("//") {
        message = message.or(Some("`//` makes a folder without a name"));
        while corrected.contains("//") {
            corrected = corrected.replace("//", "/");
        }
    }
    message.map(|message| (message, corrected))
}
