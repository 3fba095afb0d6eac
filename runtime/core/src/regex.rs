//! Regular expressions. The compiler writes those of Java as this crate reads them, where both mean the same.

use std::borrow::Cow;
use std::sync::OnceLock;

use regex_lite::{Captures, Regex};
use serde::{Deserialize, Serialize};

use crate::budget::{Budget, Exceeded, fits};

/// Bytes in which the next match of a text is looked for first.
const WINDOW: usize = 16;

/// A regular expression as a program holds it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Written {
    /// What stands between the places at which the text has to end, be it before its last line break. Between two
    /// pieces there is an empty group of its own, which is counted. No class holds `[` or `]`, other than escaped.
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
    /// What the first one becomes where a text is only the start of one; none where that would be too large.
    partial: OnceLock<Option<Regex>>,
}

/// A text is no regular expression, or one that is too large.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is not a regular expression")]
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
        Ok(Self { written, prepared: [first, one, two], partial: OnceLock::new() })
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
    pub(crate) fn matches(&self, text: &str, budget: &Budget) -> Result<bool, Exceeded> {
        budget.search(text.len())?;
        Ok(self.prepared(text).is_match(text))
    }

    /// Where a group of the first match stands; 0 is the match itself.
    pub(crate) fn group(
        &self,
        text: &str,
        group: usize,
        budget: &Budget,
    ) -> Result<Option<(usize, usize)>, Exceeded> {
        budget.search(text.len())?;
        let Some(captures) = self.prepared(text).captures(text) else { return Ok(None) };
        Ok(match group {
            0 => self.bounds(&captures),
            _ => captures.get(group).map(|found| (found.start(), found.end())),
        })
    }

    /// Where the next match stands.
    ///
    /// A search may look at all of the text to find a short match, and whether it did, it does not say. So it is given a
    /// part of the text, and more only where that could change the result: what it takes is then known, and linear in
    /// the text's length for all matches together, unless an expression looks far ahead of many of them.
    fn next(&self, text: &str, mut from: usize, budget: &Budget) -> Result<Option<(usize, usize)>, Exceeded> {
        let mut width = WINDOW;
        while text.len() - from > width
            && let Some(partial) = self.partial()
        {
            let end = text.floor_char_boundary(from + width);
            budget.search(end - from)?;
            match partial.find_at(&text[..end], from) {
                // No text behind this part makes another match of it.
                Some(found) if found.end() < end => return Ok(Some((found.start(), found.end()))),
                // It may go on.
                Some(found) => {
                    from = found.start();
                    width = WINDOW.max(2 * (end - from));
                }
                None => (from, width) = (end, WINDOW),
            }
        }
        budget.search(text.len() - from)?;
        Ok(self.prepared(text).captures_at(text, from).and_then(|captures| self.bounds(&captures)))
    }

    fn partial(&self) -> Option<&Regex> {
        let end = r"()(?:\r\n|[\n\r\x{85}\x{2028}\x{2029}])?\z";
        let prepare = || Regex::new(&partial(&self.written.pieces.join(end))).ok();
        self.partial.get_or_init(prepare).as_ref()
    }

    /// The text with every match replaced.
    pub(crate) fn replace<'a>(
        &self,
        text: Cow<'a, str>,
        by: &str,
        budget: &Budget,
    ) -> Result<Cow<'a, str>, Exceeded> {
        let (mut written, mut copied, mut from) = (String::new(), 0, 0);
        while let Some((start, end)) = self.next(&text, from, budget)? {
            fits(written.len() + start - copied + by.len())?;
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
            return Ok(text);
        }
        fits(written.len() + text.len() - copied)?;
        written.push_str(&text[copied..]);
        Ok(written.into())
    }
}

/// An expression whose matches at the end of a text are also those that only more of the text would make one: wherever
/// it takes a character, the text may end instead. A match that ends earlier is one of the whole text, and none that
/// would be preferred to it has been under way at the end.
fn partial(expression: &str) -> String {
    let mut written = String::new();
    let mut rest = expression;
    while let Some(first) = rest.chars().next() {
        let up_to = |end: char| rest.find(end).map_or(rest.len(), |at| at + end.len_utf8());
        let after = |at: usize| rest[at..].chars().next().map_or(at, |next| at + next.len_utf8());
        let (length, takes_one) = match first {
            '\\' => match rest[1..].chars().next() {
                Some('A' | 'z' | 'b' | 'B') => (2, false),
                Some('x' | 'u' | 'U') if rest[2..].starts_with('{') => (up_to('}'), true),
                _ => (after(1), true),
            },
            '[' => (up_to(']'), true),
            // The name, the flags or nothing of a group.
            '(' if rest.starts_with("(?P<") || rest.starts_with("(?<") => (up_to('>'), false),
            '(' if rest.starts_with("(?") => (rest.find([':', ')']).map_or(rest.len(), |at| at + 1), false),
            '{' => (up_to('}'), false),
            '(' | ')' | '|' | '*' | '+' | '?' | '^' | '$' => (1, false),
            other => (other.len_utf8(), true),
        };
        let (part, behind) = rest.split_at(length);
        if takes_one {
            written.extend(["(?:", part, r"|\z)"]);
        } else {
            written.push_str(part);
        }
        rest = behind;
    }
    written
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn expression(pieces: &[&str], ends: &[usize]) -> Expression {
        let pieces = pieces.iter().map(|piece| (*piece).to_owned()).collect();
        Expression::try_from(Written { pieces, ends: ends.to_vec() }).expect("an expression")
    }

    /// Every match, each looked for in the whole text.
    fn replaced(expression: &Expression, text: &str) -> String {
        let (mut written, mut copied, mut from) = (String::new(), 0, 0);
        let regex = expression.prepared(text);
        while let Some(captures) = regex.captures_at(text, from) {
            let (start, end) = expression.bounds(&captures).expect("a match");
            written.extend([&text[copied..start], "-"]);
            copied = end;
            from = end;
            if start == end {
                match text[end..].chars().next() {
                    Some(next) => from += next.len_utf8(),
                    None => break,
                }
            }
        }
        written + &text[copied..]
    }

    /// As the compiler writes them.
    fn pattern() -> impl Strategy<Value = String> {
        let atom = prop::sample::select(vec![
            "a",
            "b",
            r"\x{E9}",
            "[ab]",
            r"[^a\x{20}]",
            "(?s:.)",
            r"[^\n\r\x{85}\x{2028}\x{2029}]",
            r"\x0D",
            r"\A",
        ]);
        atom.prop_map(String::from).prop_recursive(4, 24, 3, |inner| {
            let quantifier =
                prop::sample::select(vec!["*", "+", "?", "{2}", "{1,3}", "{2,}", "*?", "+?", "??"]);
            prop_oneof![
                prop::collection::vec(inner.clone(), 2..4).prop_map(|parts| parts.concat()),
                prop::collection::vec(inner.clone(), 2..4)
                    .prop_map(|parts| format!("(?:{})", parts.join("|"))),
                (inner, quantifier).prop_map(|(inner, quantifier)| format!("(?:{inner}){quantifier}")),
            ]
        })
    }

    proptest! {
        #[test]
        fn a_part_of_a_text_decides_as_the_whole(
            pattern in pattern(), ending: bool, text in "[abé \r\n]{0,40}((ab|b |a\r\n){0,60}|a{0,120})[b\r\n]{0,2}"
        ) {
            let expression = match ending {
                true => expression(&[&pattern, ""], &[1]),
                false => expression(&[&pattern], &[]),
            };
            let made = expression.replace(text.as_str().into(), "-", &Budget::default());
            prop_assert_eq!(made, Ok(replaced(&expression, &text).into()));
        }
    }

    #[test]
    fn going_through_a_large_text_is_no_more_than_a_record_may_take() {
        for (pattern, unit) in [
            (r"[\x20]+", "word  and word "),
            ("[^a-z]", ".,;"),
            (r"<[^>]*>", "<a href=\"x\">link</a>"),
            (r"[^\n]*", "a line\n"),
            ("x*", "y"),
            (r"\A[\x20]+|[\x20]+", "a "),
        ] {
            let text = unit.repeat((1 << 20) / unit.len());
            let made = expression(&[pattern], &[]).replace(text.into(), "", &Budget::default());
            assert!(made.is_ok(), "{pattern}");
        }
    }

    #[test]
    fn looking_far_ahead_of_every_match_is_more() {
        for pattern in ["a((?s:.)*b)?", "(?:a|c)*b|a"] {
            let budget = Budget::default();
            // Most of it is gone, since the search for it all is slow.
            budget.search(60 << 20).expect("it is there");
            let text = "ac".repeat(1 << 13);
            assert_eq!(expression(&[pattern], &[]).replace(text.into(), "-", &budget), Err(Exceeded));
        }
    }
}
