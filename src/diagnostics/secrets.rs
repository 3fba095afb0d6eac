//! Secrets in a spec are not repeated on a console or in a log: each of their bytes is shown as `*`, so that all places
//! remain where they are.

use std::borrow::Cow;
use std::ops::Range;

use super::{Code, Diagnostic};

/// A text without the user names and passwords of its URLs: `https://**:********@example.com`.
pub fn masked(text: &str) -> Cow<'_, str> {
    let mut ranges = Vec::new();
    let mut from = 0;
    while let Some(at) = text[from..].find("://").map(|at| from + at + 3) {
        let end = text[at..].find(|c: char| c.is_whitespace() || "/?#\"'<>,}".contains(c));
        let end = end.map_or(text.len(), |end| at + end);
        if let Some(user) = text[at..end].rfind('@') {
            ranges.push(at..at + user);
        }
        from = at;
    }
    with_stars(text, &ranges)
}

/// The source as it may be shown beside a finding. Of a finding about a secret, its values are not.
pub(super) fn source<'a>(text: &'a str, diagnostic: &Diagnostic) -> Cow<'a, str> {
    if diagnostic.code != Code::SecretInSpec {
        return masked(text);
    }
    let span = diagnostic.span.range();
    let end = text[span.end..].find('\n').map_or(text.len(), |newline| span.end + newline);
    let mut ranges = Vec::new();
    // Behind the key of a header, or behind the `=` of each parameter of a URL.
    if text[span.end..end].trim_start_matches(['"', '\'']).starts_with(':') {
        ranges.push(span.end..end);
    }
    let mut from = span.start;
    while let Some(at) = text[from..span.end].find('=').map(|at| from + at + 1) {
        let value = text[at..span.end].find(['&', '#', '"', '\'']).map_or(span.end, |length| at + length);
        let name = text[from..at - 1].rsplit(['?', '&']).next().unwrap_or_default();
        if diagnostic.message.contains(&format!("`{name}`")) {
            ranges.push(at..value);
        }
        from = value.max(at);
    }
    match with_stars(text, &ranges) {
        Cow::Borrowed(text) => masked(text),
        Cow::Owned(text) => Cow::Owned(masked(&text).into_owned()),
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
    fn passwords_are_masked_and_places_remain() {
        for (text, shown) in [
            (
                "url: https://me:s3cret@example.com:99999/x?a=b",
                "url: https://**:******@example.com:99999/x?a=b",
            ),
            ("https://a@b https://c:d@e", "https://*@b https://*:*@e"),
            ("https://example.com/a@b", "https://example.com/a@b"),
            ("https://j\u{fc}rgen:x@example.com", "https://*******:*@example.com"),
        ] {
            assert_eq!(masked(text), shown);
            assert_eq!(masked(text).len(), text.len());
        }
    }
}
