//! Secrets in a spec are not repeated on a console or in a log: each of their bytes is shown as `*`, so that all places
//! remain where they are.
//!
//! Any finding can be on the line of a secret or print its value, so all sources and all messages are masked.

use std::borrow::Cow;
use std::ops::Range;

use super::{Diagnostic, secret_places};
use crate::source::Sources;

/// Words in a header's or a query parameter's name that give a secret away.
const SECRET_WORDS: [&str; 11] = [
    "authorization",
    "cookie",
    "token",
    "secret",
    "password",
    "passwd",
    "passphrase",
    "apikey",
    "privatekey",
    "signature",
    "credential",
];
/// Shorter values are masked in a message only if they are alone between the backticks, bytes: they could be
/// any word or number of it.
const LEAST_BYTES: usize = 4;
/// The same for a part of a value, which is a word such as `Bearer`.
const LEAST_BYTES_OF_PART: usize = 6;

/// Whether a header or a query parameter of this name carries a secret.
pub fn is_secret(name: &str) -> bool {
    let plain: String = name.to_ascii_lowercase().chars().filter(char::is_ascii_alphanumeric).collect();
    plain == "key" || SECRET_WORDS.iter().any(|word| plain.contains(word))
}

/// A text without the user names, passwords and secret parameters of its URLs: `https://**:***@example.com/?token=***`.
pub fn masked(text: &str) -> Cow<'_, str> {
    with_stars(text, &secret_places::of_urls(text))
}

/// A source as it may be shown beside any finding.
pub(super) fn source(text: &str) -> Cow<'_, str> {
    with_stars(text, &ranges(text))
}

fn ranges(text: &str) -> Vec<Range<usize>> {
    let mut ranges = secret_places::of_urls(text);
    ranges.extend(secret_places::of_headers(text));
    ranges.extend(secret_places::of_keys(text));
    ranges
}

/// The values of the secrets in all sources, for what is printed without its source.
pub(super) struct Secrets<'a> {
    values: Vec<Cow<'a, str>>,
}

impl<'a> Secrets<'a> {
    /// Those of the sources of a compilation.
    pub(super) fn of(sources: &'a Sources) -> Self {
        let mut values = Vec::new();
        for file in sources.files() {
            let text = file.text();
            ranges(text).into_iter().for_each(|range| collect(&text[range], &mut values));
        }
        // The whole before its parts.
        values.sort_by_key(|value| std::cmp::Reverse(value.len()));
        values.dedup();
        Self { values }
    }

    /// A finding whose words repeat none of them.
    pub(super) fn masked(&self, diagnostic: &Diagnostic) -> Diagnostic {
        let mut shown = diagnostic.clone();
        let related = shown.related.iter_mut().map(|label| &mut label.text);
        for text in [&mut shown.message, &mut shown.help, &mut shown.label].into_iter().chain(related) {
            if let Cow::Owned(masked) = with_stars(text, &self.in_text(text)) {
                *text = masked;
            }
        }
        shown
    }

    /// Where they are in a text.
    fn in_text(&self, text: &str) -> Vec<Range<usize>> {
        let mut ranges = secret_places::of_urls(text);
        for value in &self.values {
            let value = value.as_ref();
            for (at, _) in text.match_indices(value) {
                let (before, after) = (&text[..at], &text[at + value.len()..]);
                let is_alone = match value.len() < LEAST_BYTES {
                    true => before.ends_with('`') && after.starts_with('`'),
                    false => {
                        !before.ends_with(char::is_alphanumeric) && !after.starts_with(char::is_alphanumeric)
                    }
                };
                if is_alone {
                    ranges.push(at..at + value.len());
                }
            }
        }
        ranges
    }
}

/// A value as a message can repeat it: whole, a line of it, or a word.
fn collect<'a>(written: &'a str, values: &mut Vec<Cow<'a, str>>) {
    let around = |c: char| c.is_whitespace() || "\"'{}[],".contains(c);
    for line in written.lines() {
        let plain = line.split(" #").next().unwrap_or_default();
        for value in [line.trim_matches(around), plain.trim_matches(around), line.trim()] {
            if !value.is_empty() {
                values.push(value.into());
                values.extend(value.contains("''").then(|| value.replace("''", "'").into()));
                values.extend(
                    value.contains('\\').then(|| value.replace("\\\"", "\"").replace("\\\\", "\\").into()),
                );
            }
        }
        let words = line.split(around).filter(|word| word.len() >= LEAST_BYTES_OF_PART);
        values.extend(words.map(Cow::from));
    }
}

/// The text with a star for each byte of the letters and digits in some ranges.
fn with_stars<'a>(text: &'a str, ranges: &[Range<usize>]) -> Cow<'a, str> {
    if ranges.iter().all(Range::is_empty) {
        return Cow::Borrowed(text);
    }
    let is_secret = |at: usize| ranges.iter().any(|range| range.contains(&at));
    let mut shown = String::with_capacity(text.len());
    for (at, c) in text.char_indices() {
        match c {
            c if is_secret(at) && !c.is_whitespace() && !":\"'}{,".contains(c) => {
                shown.extend(std::iter::repeat_n('*', c.len_utf8()));
            }
            c => shown.push(c),
        }
    }
    Cow::Owned(shown)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_of_urls_are_masked_and_places_remain() {
        for (text, shown) in [
            (
                "url: https://me:s3cret@example.com:99999/x?a=b",
                "url: https://**:******@example.com:99999/x?a=b",
            ),
            ("https://a@b https://c:d@e", "https://*@b https://*:*@e"),
            ("https://example.com/a@b", "https://example.com/a@b"),
            ("https://j\u{fc}rgen:x@example.com", "https://*******:*@example.com"),
            ("{url: https://a.b/?n=1&api-key=c&d=e}", "{url: https://a.b/?n=1&api-key=*&d=e}"),
            ("`https://a.b/?token=c d` is not a URL", "`https://a.b/?token=* *` is not a URL"),
            ("\"https://a.b/?key=it's\", x: y", "\"https://a.b/?key=**'*\", x: y"),
            ("SELECT a = b, key = 'c'", "SELECT a = b, key = 'c'"),
        ] {
            assert_eq!(masked(text), shown);
            assert_eq!(masked(text).len(), text.len());
        }
    }

    #[test]
    fn private_keys_are_masked_under_any_name() {
        let key = "Ab1/".repeat(60);
        let stars = "*".repeat(key.len());
        assert_eq!(source(&format!("link: {key} # a")), format!("link: {stars} # a"));
        let pem = "a: |\n  -----BEGIN PRIVATE KEY-----\n  Ab1\n  -----END PRIVATE KEY-----\nb: c";
        assert!(!source(pem).contains("Ab1") && source(pem).ends_with("\nb: c"), "{}", source(pem));
        for plain in ["a".repeat(300), "----".repeat(60), "/a/B/1".repeat(10)] {
            assert_eq!(source(&plain), plain);
        }
    }

    #[test]
    fn secrets_of_headers_are_masked_in_any_style() {
        for (text, shown) in [
            ("headers:\n  X-Token: a b # c\n  accept: d", "headers:\n  X-Token: * * * *\n  accept: d"),
            (
                "{headers: {Authorization: a b, accept: c}, d: e}",
                "{headers: {Authorization: * *, accept: c}, d: e}",
            ),
            ("{headers: {Cookie: a, b}, c: d}", "{headers: {Cookie: *, *}, c: d}"),
            ("{\"Cookie\":\"a\",\"b\":\"c\"}", "{\"Cookie\":\"*\",\"b\":\"c\"}"),
            ("headers: {key: a}", "headers: {key: *}"),
            ("headers:\n  - \"Cookie: a\"\n  - b", "headers:\n  - \"Cookie: *\"\n  - b"),
            ("header:\n  Cookie: |\n    a\n    b\n  c: d", "header:\n  Cookie: *\n    *\n    *\n  c: d"),
            ("x: &c abc\nheaders: {Cookie: *c}", "x: &c ***\nheaders: {Cookie: **}"),
            ("columns:\n  key: INTEGER\n  token: INTEGER", "columns:\n  key: INTEGER\n  token: INTEGER"),
            ("columns: {token: INTEGER}\ntoken: a", "columns: {token: INTEGER}\ntoken: *"),
            ("kms: arn:aws:secretsmanager:us-east-1", "kms: arn:aws:secretsmanager:us-east-1"),
            ("tags:\n  - {Key: a, Value: b}", "tags:\n  - {Key: a, Value: b}"),
            ("http: {secret: \"arn:aws:a\", name: b}", "http: {secret: \"arn:aws:a\", name: b}"),
            ("http:\n  secret: arn:aws:a\n  name: b", "http:\n  secret: arn:aws:a\n  name: b"),
            ("http:\n  secret: a-value\n  name: b", "http:\n  secret: *******\n  name: b"),
            ("private_key: a/b+c=\nname: b", "private_key: ******\nname: b"),
            ("{key_passphrase: a, name: b}", "{key_passphrase: *, name: b}"),
        ] {
            assert_eq!(source(text), shown);
            assert_eq!(source(text).len(), text.len());
        }
    }
}
