//! Texts: counted, cut and compared by characters, as Flink does.

use std::borrow::Cow;

use crate::budget::{Exceeded, fits};
use crate::query::{Function, Part};

/// Where a character starts, counted from 0; the end of the text where there are not as many.
fn place(text: &str, character: usize) -> usize {
    text.char_indices().nth(character).map_or(text.len(), |(at, _)| at)
}

/// A part of a text without a copy of it.
pub(crate) fn part(text: Cow<'_, str>, from: usize, to: usize) -> Cow<'_, str> {
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

/// A part from a character, the first being 1. Places before the first count and hold nothing; a length below 0 gives
/// NULL.
pub(crate) fn substring(text: Cow<'_, str>, start: i64, length: Option<i64>) -> Option<Cow<'_, str>> {
    let length = length.unwrap_or(i64::MAX);
    if length < 0 {
        return None;
    }
    let first = start.max(1);
    let count = start.saturating_add(length).saturating_sub(first).max(0);
    let from = place(&text, usize::try_from(first - 1).ok()?);
    let to = from + place(&text[from..], usize::try_from(count).ok()?);
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

/// The first letter of every word in upper case, the others in lower case. Words end at blanks, and letters are those
/// from A to Z.
pub(crate) fn words_capitalized(text: &str) -> String {
    let mut inside = false;
    let letter = |character: char| {
        let written = match inside {
            true => character.to_ascii_lowercase(),
            false => character.to_ascii_uppercase(),
        };
        inside = character != ' ';
        written
    };
    text.chars().map(letter).collect()
}

/// The place of the first character of a part, counted from 1; 0 where it is not in the text.
pub(crate) fn position(part: &str, text: &str) -> i64 {
    let found = text.find(part).map_or(0, |at| text[..at].chars().count() + 1);
    i64::try_from(found).unwrap_or(i64::MAX)
}

/// Java's units of a text: most characters are one, those beyond 16 bits two.
fn units(text: &str) -> Vec<u16> {
    text.encode_utf16().collect()
}

/// The text of Java's units; half of a character is a question mark.
fn of_units(units: impl IntoIterator<Item = u16>) -> Result<String, Exceeded> {
    let mut text = String::new();
    for unit in char::decode_utf16(units) {
        text.push(unit.unwrap_or('?'));
        fits(text.len())?;
    }
    Ok(text)
}

/// A text with another over it, counted in Java's units. What is behind it stays only where a part of it is covered, and
/// a start outside of the text leaves that as it is.
pub(crate) fn overlay<'a>(
    text: Cow<'a, str>,
    other: &str,
    start: i64,
    length: Option<i64>,
) -> Result<Cow<'a, str>, Exceeded> {
    let (all, over) = (units(&text), units(other));
    let Some(before) = usize::try_from(start).ok().and_then(|start| start.checked_sub(1)) else {
        return Ok(text);
    };
    if before >= all.len() {
        return Ok(text);
    }
    let length = length.map_or(over.len(), |length| usize::try_from(length).unwrap_or(0));
    let behind = before.saturating_add(length);
    let behind = if length > 0 && behind < all.len() { &all[behind..] } else { &[] };
    of_units(all[..before].iter().chain(&over).chain(behind).copied()).map(Cow::Owned)
}

/// Every occurrence replaced. Nothing occurs before and behind every one of Java's units.
pub(crate) fn replace<'a>(text: Cow<'a, str>, what: &str, by: &str) -> Result<Cow<'a, str>, Exceeded> {
    if !what.is_empty() {
        let count = text.matches(what).count();
        if count == 0 {
            return Ok(text);
        }
        fits((text.len() - count * what.len()).saturating_add(count.saturating_mul(by.len())))?;
        return Ok(text.replace(what, by).into());
    }
    let by = units(by);
    let behind_each =
        units(&text).into_iter().flat_map(|unit| std::iter::once(unit).chain(by.iter().copied()));
    of_units(by.iter().copied().chain(behind_each)).map(Cow::Owned)
}

/// A field between separators, counted from 0. Fields are separated by white space where the separator is nothing, and
/// an empty text has none.
pub(crate) fn field<'a>(text: Cow<'a, str>, separator: &str, index: usize) -> Option<Cow<'a, str>> {
    if text.is_empty() {
        return None;
    }
    let found = match separator {
        "" => text.split(is_white_space).nth(index),
        _ => text.split(separator).nth(index),
    }?;
    let from = found.as_ptr() as usize - text.as_ptr() as usize;
    let to = from + found.len();
    Some(part(text, from, to))
}

/// What Java takes for white space: no-break spaces are none.
fn is_white_space(character: char) -> bool {
    matches!(character, '\t'..='\r' | '\u{1c}'..='\u{1f}')
        || character.is_whitespace() && !matches!(character, '\u{85}' | '\u{a0}' | '\u{2007}' | '\u{202f}')
}

/// A text of exactly so many of Java's units, cut at its end. There is something to fill it with.
pub(crate) fn padded(text: &str, length: usize, by: &str, left: bool) -> Result<String, Exceeded> {
    let (text, by) = (units(text), units(by));
    let kept = &text[..length.min(text.len())];
    let filling = by.iter().cycle().take(length - kept.len()).copied();
    if left {
        of_units(filling.chain(kept.iter().copied()))
    } else {
        of_units(kept.iter().copied().chain(filling))
    }
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
