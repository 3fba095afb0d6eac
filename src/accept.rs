//! `accept`: warnings and advice that somebody has read and decided about. An entry silences them at their place, and is
//! checked itself. No entry silences an error.
//!
//! A compilation does not know the date, so it cannot tell that the time of an entry is over; [`overdue`] does, for a
//! caller who has a clock.

use crate::diagnostics::{Code, Diagnostic, Severity};
use crate::parse::{Places, step};
use crate::source::Span;
use crate::spec;

/// Codes about `accept` itself, which no entry can silence.
const OWN: [Code; 3] = [Code::AcceptedCode, Code::AcceptedAbsent, Code::AcceptedUntil];

/// An entry of `accept`, and what it has silenced.
#[derive(Clone, Debug)]
pub struct Accepted {
    /// The code.
    pub code: Code,
    /// Where the code is written.
    pub span: Span,
    /// What it silences: findings here, or everywhere.
    pub at: Option<Span>,
    /// The last day on which it holds, as `2027-06-30`, and where that is written.
    pub until: Option<(String, Span)>,
    /// The findings that it has silenced.
    pub silenced: Vec<Diagnostic>,
}

/// The entries of a spec; and what is wrong with them.
pub fn read(entries: &[spec::Accept], places: &Places) -> (Vec<Accepted>, Vec<Diagnostic>) {
    let mut found = Vec::new();
    let mut accepted = Vec::new();
    for (index, entry) in entries.iter().enumerate() {
        let place = |key: &str| places.value(&format!("/accept/{index}/{key}"));
        let span = place("code");
        let Some(code) = Code::find(&entry.code).filter(|code| !OWN.contains(code)) else {
            found.push(Diagnostic::error(
                Code::AcceptedCode,
                span,
                format!("`{}` is not a code that can be accepted", entry.code),
                "write the code of a warning or of advice, as `pipec check` prints it: `code: PIPE1001`",
            ));
            continue;
        };
        let pointer = entry.at.as_deref().map(|at| {
            let steps = at.split('.').map(|name| format!("/{}", step(name)));
            steps.collect::<String>()
        });
        if let Some(pointer) = pointer.as_ref().filter(|pointer| !places.is_written(pointer)) {
            found.push(Diagnostic::error(
                Code::AcceptedCode,
                place("at"),
                format!("the spec has no `{}`", pointer.trim_start_matches('/').replace('/', ".")),
                "write a key of this spec with dots, as in `at: stream.record_size`, or remove `at`",
            ));
            continue;
        }
        if let Some(until) = entry.until.as_deref().filter(|until| !is_date(until)) {
            found.push(Diagnostic::error(
                Code::InvalidFormat,
                place("until"),
                format!("`{until}` is not a day of the calendar"),
                "write year, month and day, as in `until: 2027-06-30`",
            ));
            continue;
        }
        accepted.push(Accepted {
            code,
            span,
            at: pointer.map(|pointer| {
                let (key, value) = (places.key(&pointer), places.value(&pointer));
                Span { start: key.start.min(value.start), end: key.end.max(value.end), ..value }
            }),
            until: entry.until.clone().map(|until| (until, place("until"))),
            silenced: Vec::new(),
        });
    }
    (accepted, found)
}

/// Whether a text of the form `2027-06-30` is a day.
fn is_date(text: &str) -> bool {
    let number =
        |range: std::ops::Range<usize>| text.get(range).and_then(|digits| digits.parse::<u32>().ok());
    let (Some(year), Some(month), Some(day)) = (number(0..4), number(5..7), number(8..10)) else {
        return false;
    };
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let days = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        _ => 0,
    };
    (1..=days).contains(&day)
}

impl Accepted {
    fn matches(&self, diagnostic: &Diagnostic) -> bool {
        let here = |at: Span| {
            // What lies in another file is of the key that names the file.
            let named = diagnostic.related.iter().map(|label| label.span);
            named
                .chain([diagnostic.span])
                .any(|span| span.file == at.file && at.start <= span.start && span.end <= at.end)
        };
        self.code == diagnostic.code && self.at.is_none_or(here)
    }
}

/// Takes what is accepted out of the findings of a pipeline.
pub fn apply(accepted: &mut [Accepted], found: &mut Vec<Diagnostic>) {
    let mut refused = Vec::new();
    found.retain(|diagnostic| {
        let Some(entry) = accepted.iter_mut().find(|entry| entry.matches(diagnostic)) else { return true };
        if diagnostic.severity == Severity::Error {
            refused.push(
                Diagnostic::error(
                    Code::AcceptedCode,
                    entry.span,
                    format!("{} is an error here, which cannot be accepted", entry.code),
                    "remove the entry, and fix the error",
                )
                .related(diagnostic.span, "the error"),
            );
            return true;
        }
        entry.silenced.push(diagnostic.clone());
        false
    });
    found.append(&mut refused);
}

/// Entries that have silenced nothing in any pipeline. The same entry is in several, where environments inherit it.
pub fn absent(accepted: &[Accepted]) -> Vec<Diagnostic> {
    let is_used = |entry: &Accepted| {
        accepted.iter().any(|other| other.span == entry.span && !other.silenced.is_empty())
    };
    let unused = accepted.iter().filter(|entry| !is_used(entry));
    let mut found: Vec<Diagnostic> = unused
        .map(|entry| {
            Diagnostic::warning(
                Code::AcceptedAbsent,
                entry.span,
                match entry.at {
                    None => format!("{} does not occur in this spec", entry.code),
                    Some(_) => format!("{} does not occur at this key", entry.code),
                },
                "remove the entry",
            )
        })
        .collect();
    found.dedup();
    found
}

/// What is no longer accepted on a day, as `2026-11-30`: the entries, and the findings that they have silenced.
pub fn overdue(accepted: &[Accepted], today: &str) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for entry in accepted {
        let Some((until, span)) = entry.until.as_ref().filter(|(until, _)| until.as_str() < today) else {
            continue;
        };
        found.extend(entry.silenced.iter().cloned());
        found.push(Diagnostic::warning(
            Code::AcceptedUntil,
            *span,
            format!("{} was accepted until {until}", entry.code),
            "remove the entry and fix the finding, or decide again and write a later day",
        ));
    }
    found
}
