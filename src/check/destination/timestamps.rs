//! Letters of timestamp patterns that are rarely what is meant.

use super::prefix::TIMESTAMP;
use crate::diagnostics::{Code, Diagnostic, suggest};
use crate::pipeline::{PrefixPart as Part, Setting};

/// Equal letters in a row, outside of quotes.
struct Run {
    letter: char,
    /// How many.
    length: usize,
    /// Offset of the first in the prefix.
    at: usize,
}

/// A letter, what it is, the usual one, and what that is.
struct Doubt(char, &'static str, char, &'static str);

/// The letters of all timestamp expressions of a prefix. A pattern with a fault has been reported.
fn runs(parts: &[Part]) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    let mut at = 0;
    for part in parts {
        let expression = match part {
            Part::Text(text) => {
                at += text.len();
                continue;
            }
            Part::Expression(expression) => expression,
        };
        let start = at + 2;
        at = start + expression.len() + 1;
        let Some(pattern) = expression.strip_prefix(TIMESTAMP) else { continue };
        let mut quoted = false;
        let mut before = None;
        for (offset, letter) in pattern.char_indices() {
            quoted ^= letter == '\'';
            let is_letter = !quoted && letter.is_ascii_alphabetic();
            match runs.last_mut() {
                Some(run) if is_letter && before == Some(letter) => run.length += 1,
                _ if is_letter => runs.push(Run { letter, length: 1, at: start + TIMESTAMP.len() + offset }),
                _ => {}
            }
            before = Some(letter).filter(|_| is_letter);
        }
    }
    runs
}

/// What is probably not meant by a run, in view of all the others: people write each part of a time in an expression of
/// its own.
fn doubt(runs: &[Run], index: usize) -> Option<Doubt> {
    let run = &runs[index];
    let has = |letters: &str| runs.iter().any(|run| letters.contains(run.letter));
    let (before, after) = (&runs[..index], &runs[index + 1..]);
    let any = |runs: &[Run], letters: &str| runs.iter().any(|run| letters.contains(run.letter));
    match run.letter {
        'Y' if !has("w") => Some(Doubt(
            'Y',
            "the year of the week, another year in the last days of December",
            'y',
            "the year",
        )),
        // A day of the year has three digits.
        'D' if has("ML") || run.length == 2 => {
            Some(Doubt('D', "the day of the year", 'd', "the day of the month"))
        }
        'm' if any(before, "HhKk") => None,
        'm' if !has("ML") && (any(after, "dDHhKk") || !has("HhKk")) => {
            Some(Doubt('m', "the minute", 'M', "the month"))
        }
        'm' if !has("HhKk") => Some(Doubt('m', "the minute", 'H', "the hour of the day")),
        'M' if any(before, "ML") && any(before, "HhKk") => Some(Doubt('M', "the month", 'm', "the minute")),
        'h' | 'K' if !has("aB") => {
            Some(Doubt(run.letter, "the hour of a half day", 'H', "the hour of the day"))
        }
        'k' => Some(Doubt('k', "the hour from 1 to 24", 'H', "the hour of the day")),
        'S' if any(before, "m") && !has("s") => {
            Some(Doubt('S', "the fraction of a second", 's', "the second"))
        }
        _ => None,
    }
}

/// All doubtful letters of a prefix in one finding, with the prefix to write.
pub(super) fn doubts(key: &str, setting: &Setting<String>, parts: &[Part]) -> Option<Diagnostic> {
    let runs = runs(parts);
    let mut corrected = setting.value.clone();
    let (mut are, mut meant) = (Vec::new(), Vec::new());
    for (index, run) in runs.iter().enumerate() {
        let Some(Doubt(letter, means, usual, usually)) = doubt(&runs, index) else { continue };
        corrected.replace_range(run.at..run.at + run.length, &usual.to_string().repeat(run.length));
        let text = format!("`{letter}` is {means}");
        if !are.contains(&text) {
            are.push(text);
            meant.push(usually);
        }
    }
    if are.is_empty() {
        return None;
    }
    Some(Diagnostic::warning(
        Code::TimestampPattern,
        setting.span,
        format!("in the timestamps of this prefix, {}", suggest::all_of(&are)),
        format!("write `{key}: \"{corrected}\"` if you mean {}", suggest::all_of(&meant)),
    ))
}
