//! Regular expressions. The compiler writes those of Java as this crate reads them, where both mean the same.

use std::borrow::Cow;

use regex_lite::{Captures, Regex};
use serde::{Deserialize, Serialize};

/// A regular expression as a program holds it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Written {
    /// What stands between the places at which the text has to end, be it before its last line break. Between two
    /// pieces there is an empty group of its own, which is counted.
    pub pieces: Vec<String>,
    /// The numbers of those groups.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ends: Vec<usize>,
}

/// A regular expression, prepared.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Written")]
pub struct Expression {
    written: Written,
    /// For a text without a line break at its end, with one, and with one of two characters.
    prepared: [Regex; 3],
}

/// A text is no regular expression, or one that is too large.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is no regular expression")]
pub struct ExpressionError;

impl TryFrom<Written> for Expression {
    type Error = ExpressionError;

    fn try_from(written: Written) -> Result<Self, ExpressionError> {
        let ends = [r"()\z", r"()(?:[\n\r\x{85}\x{2028}\x{2029}])?\z", r"()(?:\r\n)?\z"];
        let prepare = |end: &str| Regex::new(&written.pieces.join(end)).map_err(|_| ExpressionError);
        let first = prepare(ends[0])?;
        let (one, two) = match written.ends.as_slice() {
            [] => (first.clone(), first.clone()),
            _ => (prepare(ends[1])?, prepare(ends[2])?),
        };
        Ok(Self { written, prepared: [first, one, two] })
    }
}

impl From<Expression> for Written {
    fn from(expression: Expression) -> Self {
        expression.written
    }
}

impl PartialEq for Expression {
    fn eq(&self, other: &Self) -> bool {
        self.written == other.written
    }
}

impl Expression {
    fn prepared(&self, text: &str) -> &Regex {
        let [plain, one, two] = &self.prepared;
        if text.ends_with("\r\n") {
            two
        } else if text.ends_with(['\n', '\r', '\u{85}', '\u{2028}', '\u{2029}']) {
            one
        } else {
            plain
        }
    }

    /// Where a match starts and ends; the line break behind it is none of it.
    fn bounds(&self, captures: &Captures) -> Option<(usize, usize)> {
        let whole = captures.get(0)?;
        let end = self.written.ends.iter().find_map(|&end| captures.get(end));
        Some((whole.start(), end.map_or(whole.end(), |end| end.start())))
    }

    /// Whether the text has a match.
    pub(crate) fn matches(&self, text: &str) -> bool {
        self.prepared(text).is_match(text)
    }

    /// Where a group of the first match stands; 0 is the match itself.
    pub(crate) fn group(&self, text: &str, group: usize) -> Option<(usize, usize)> {
        let captures = self.prepared(text).captures(text)?;
        match group {
            0 => self.bounds(&captures),
            _ => captures.get(group).map(|found| (found.start(), found.end())),
        }
    }

    /// The text with every match replaced.
    pub(crate) fn replace<'a>(&self, text: Cow<'a, str>, by: &str) -> Cow<'a, str> {
        let regex = self.prepared(&text);
        let (mut written, mut copied, mut from) = (String::new(), 0, 0);
        while let Some((start, end)) =
            regex.captures_at(&text, from).and_then(|captures| self.bounds(&captures))
        {
            written.push_str(&text[copied..start]);
            written.push_str(by);
            copied = end;
            // Behind a match of nothing the search goes on one character later.
            from = match text[end..].chars().next() {
                Some(character) if start == end => end + character.len_utf8(),
                None if start == end => break,
                _ => end,
            };
        }
        if copied == 0 && written.is_empty() {
            return text;
        }
        written.push_str(&text[copied..]);
        written.into()
    }
}
