//! Texts: counted, cut and compared by characters, as Flink does.

use std::borrow::Cow;

use crate::query::{Function, Part};

/// Where a character starts, counted from 0; the end of the text where there are not as many.
fn place(text: &str, character: usize) -> usize {
    text.char_indices().nth(character).map_or(text.len(), |(at, _)| at)
}

/// A part of a text without a copy of it.
fn part(text: Cow<'_, str>, from: usize, to: usize) -> Cow<'_, str> {
    match text {
        Cow::Borrowed(text) => text.get(from..to).unwrap_or_default().into(),
        Cow::Owned(mut text) => {
            text.truncate(to);
            text.drain(..from.min(to));
            text.into()
        }
    }
}

/// At most so many characters.
pub(crate) fn cut(text: Cow<'_, str>, length: usize) -> Cow<'_, str> {
    if text.len() <= length {
        return text;
    }
    let end = place(&text, length);
    part(text, 0, end)
}

/// Exactly so many characters, with blanks at the end where they are too few.
pub(crate) fn filled(text: Cow<'_, str>, length: usize) -> Cow<'_, str> {
    let count = text.chars().count();
    if count >= length {
        return cut(text, length);
    }
    let mut text = text.into_owned();
    text.extend(std::iter::repeat_n(' ', length - count));
    text.into()
}

/// A part from a character, the first being 1. A start of 0 is 1, a negative one counts from the end; a length below
/// 0 gives NULL.
pub(crate) fn substring(text: Cow<'_, str>, start: i64, length: Option<i64>) -> Option<Cow<'_, str>> {
    let length = usize::try_from(length.unwrap_or(i64::MAX)).ok()?;
    let skipped = match start {
        0 => 0,
        1.. => usize::try_from(start - 1).ok()?,
        _ => match text.chars().count().checked_sub(usize::try_from(start.unsigned_abs()).ok()?) {
            Some(skipped) => skipped,
            None => return Some("".into()),
        },
    };
    let from = place(&text, skipped);
    let to = from + place(&text[from..], length);
    Some(part(text, from, to))
}

/// Without a character at an end.
pub(crate) fn trim<'a>(text: Cow<'a, str>, side: Function, character: &str) -> Cow<'a, str> {
    let Some(character) = character.chars().next() else { return text };
    let start = match side {
        Function::TrimTrailing => 0,
        _ => text.len() - text.trim_start_matches(character).len(),
    };
    let end = match side {
        Function::TrimLeading => text.len(),
        _ => start + text[start..].trim_end_matches(character).len(),
    };
    part(text, start, end)
}

/// Whether a text has the form of a pattern. It goes back to the last `%` only, so the time is bounded by the product
/// of both lengths.
pub(crate) fn like(text: &str, pattern: &[Part]) -> bool {
    let (mut rest, mut parts) = (text, pattern);
    let mut again: Option<(&str, &[Part])> = None;
    loop {
        let next = match parts.split_first() {
            None if rest.is_empty() => return true,
            None => None,
            Some((Part::Any, after)) => {
                again = Some((rest, after));
                parts = after;
                continue;
            }
            Some((Part::Text(wanted), after)) => rest.strip_prefix(wanted.as_str()).map(|rest| (rest, after)),
            Some((Part::One, after)) => {
                let mut characters = rest.chars();
                let one = characters.next().filter(|c| !is_line_break(*c));
                one.map(|_| (characters.as_str(), after))
            }
        };
        match (next, again) {
            (Some(next), _) => (rest, parts) = next,
            (None, Some((from, after))) => {
                // The `%` takes one character more.
                let mut characters = from.chars();
                if characters.next().is_none() {
                    return false;
                }
                again = Some((characters.as_str(), after));
                (rest, parts) = (characters.as_str(), after);
            }
            (None, None) => return false,
        }
    }
}

/// What Java's regular expressions take for the end of a line.
fn is_line_break(character: char) -> bool {
    matches!(character, '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}')
}
