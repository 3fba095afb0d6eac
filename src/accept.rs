//! `accept`: warnings and advice that are known and accepted. An entry silences them at their place, and is
//! checked itself. No entry silences an error.
//!
//! A compilation does not know the date, so it cannot tell that the time of an entry is over; [`overdue`] does, for a
//! caller who has a clock.

use crate::diagnostics::{Code, Diagnostic, Severity};
use crate::parse::{Document, Places, step};
use crate::source::{Sources, Span};
use crate::spec;
use crate::spec::schema::ENVIRONMENTS;

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

/// The entries of a pipeline; and what is wrong with them.
pub fn read(
    entries: &[spec::Accept],
    places: &Places,
    document: &Document,
    sources: &Sources,
) -> (Vec<Accepted>, Vec<Diagnostic>) {
    let mut found = Vec::new();
    let mut accepted = Vec::new();
    for (index, entry) in entries.iter().enumerate() {
        match read_one(index, entry, places, document, sources) {
            Ok(entry) => accepted.extend(entry),
            Err(diagnostic) => found.push(*diagnostic),
        }
    }
    (accepted, found)
}

/// An entry; `None` if only another pipeline with this entry has its key, so that it can match nothing in this one.
fn read_one(
    index: usize,
    entry: &spec::Accept,
    places: &Places,
    document: &Document,
    sources: &Sources,
) -> Result<Option<Accepted>, Box<Diagnostic>> {
    let place = |key: &str| places.value(&pointer_of(index, key));
    let span = place("code");
    let Some(code) = Code::find(&entry.code).filter(|code| !OWN.contains(code)) else {
        return Err(Box::new(Diagnostic::error(
            Code::AcceptedCode,
            span,
            format!("`{}` is not a code that can be accepted", entry.code),
            "write the code of a warning or of advice, as `pipec check` prints it: `code: PIPE1001`",
        )));
    };
    if let Some(until) = entry.until.as_deref().filter(|until| pipec_core::parse_date(until).is_none()) {
        return Err(Box::new(Diagnostic::error(
            Code::InvalidFormat,
            place("until"),
            format!("`{until}` is not a day of the calendar"),
            "write year, month and day, as in `until: 2027-06-30`",
        )));
    }
    let mut at = None;
    if let Some(key) = entry.at.as_deref() {
        if let Some(help) = entry_of_environment(entry, key, document, sources) {
            return Err(Box::new(Diagnostic::error(
                Code::AcceptedCode,
                place("at"),
                format!("`at` cannot name `{ENVIRONMENTS}` or a key under it"),
                help,
            )));
        }
        let pointer = to_pointer(key);
        if !places.is_written(&pointer) {
            let has_entry = |other: &Places| {
                let codes = (0..).map(|index| pointer_of(index, "code"));
                let mut codes = codes.take_while(|code| other.is_written(code));
                codes.any(|code| other.value(&code) == span)
            };
            let all = document.all_places(sources);
            if all.iter().any(|other| other.is_written(&pointer) && has_entry(other)) {
                return Ok(None);
            }
            return Err(Box::new(Diagnostic::error(
                Code::AcceptedCode,
                place("at"),
                format!("the spec has no `{key}`"),
                "write a key of this spec with dots, as in `at: stream.record_size`, or remove `at`",
            )));
        }
        let (key, value) = (places.key(&pointer), places.value(&pointer));
        at = Some(Span { start: key.start.min(value.start), end: key.end.max(value.end), ..value });
    }
    let until = entry.until.clone().map(|until| (until, place("until")));
    Ok(Some(Accepted { code, span, at, until, silenced: Vec::new() }))
}

/// Where a key of an entry is.
fn pointer_of(index: usize, key: &str) -> String {
    format!("/accept/{index}/{key}")
}

/// The pointer of a key that is written with dots.
fn to_pointer(key: &str) -> String {
    key.split('.').map(|name| format!("/{}", step(name))).collect()
}

/// What to write instead of an entry whose key is an environment, or a key of one; `None` for other entries.
fn entry_of_environment(
    entry: &spec::Accept,
    key: &str,
    document: &Document,
    sources: &Sources,
) -> Option<String> {
    let mut names = key.splitn(3, '.');
    if names.next() != Some(ENVIRONMENTS) {
        return None;
    }
    let (name, rest) = (names.next(), names.next());
    // The spec's own places come first.
    let environments = document.environments().iter().zip(document.all_places(sources).into_iter().skip(1));
    let (environment, places) =
        environments.into_iter().find(|(environment, _)| name.is_none_or(|name| environment.name == name))?;
    // A key that the environment removes is no place in it.
    let rest = rest.filter(|rest| places.is_written(&to_pointer(rest)));
    let quoted = |text: &str| serde_json::Value::from(text).to_string();
    let at = rest.map(|rest| format!(", at: {rest}")).unwrap_or_default();
    let until = entry.until.as_ref().map(|until| format!(", until: {until}")).unwrap_or_default();
    Some(format!(
        "write it into the environment, whose list replaces the spec's: `{ENVIRONMENTS}: {{{}: {{accept: [{{code: {}{at}, reason: {}{until}}}]}}}}`",
        environment.name,
        entry.code,
        quoted(&entry.reason),
    ))
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

    fn is_over(&self, today: &str) -> bool {
        self.until.as_ref().is_some_and(|(until, _)| until.as_str() < today)
    }
}

/// Takes what is accepted out of the findings of a pipeline. Every entry that matches a finding has silenced it, so that
/// one whose time is over does not hide another.
pub fn apply(accepted: &mut [Accepted], found: &mut Vec<Diagnostic>) {
    let mut refused = Vec::new();
    found.retain(|diagnostic| {
        let mut is_silenced = false;
        for entry in accepted.iter_mut().filter(|entry| entry.matches(diagnostic)) {
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
            } else {
                entry.silenced.push(diagnostic.clone());
                is_silenced = true;
            }
        }
        !is_silenced
    });
    found.append(&mut refused);
}

/// Entries that have silenced nothing in any pipeline. The same entry is in several, where environments inherit it.
pub fn absent<'a>(accepted: &(impl Iterator<Item = &'a Accepted> + Clone)) -> Vec<Diagnostic> {
    let is_used = |entry: &Accepted| {
        accepted.clone().any(|other| other.span == entry.span && !other.silenced.is_empty())
    };
    let unused = accepted.clone().filter(|entry| !is_used(entry));
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

/// The findings of a pipeline that none of its entries accepts any longer on a day, as `2026-11-30`.
pub fn returned(accepted: &[Accepted], today: &str) -> Vec<Diagnostic> {
    let (over, valid): (Vec<_>, Vec<_>) = accepted.iter().partition(|entry| entry.is_over(today));
    let is_accepted = |one: &Diagnostic| valid.iter().any(|entry| entry.silenced.contains(one));
    let mut found: Vec<Diagnostic> = Vec::new();
    for one in over.iter().flat_map(|entry| &entry.silenced) {
        if !is_accepted(one) && !found.contains(one) {
            found.push(one.clone());
        }
    }
    found
}

/// The entries of all pipelines that no longer hold on a day, as `2026-11-30`, each once. One that has silenced nothing
/// is [`absent`] and no more.
pub fn overdue<'a>(pipelines: impl Iterator<Item = &'a [Accepted]>, today: &str) -> Vec<Diagnostic> {
    let mut over: Vec<(&Accepted, bool)> = Vec::new();
    for accepted in pipelines {
        let returned = returned(accepted, today);
        for entry in accepted.iter().filter(|entry| entry.is_over(today) && !entry.silenced.is_empty()) {
            let returns = entry.silenced.iter().any(|one| returned.contains(one));
            match over.iter_mut().find(|(other, _)| other.span == entry.span) {
                Some((_, any)) => *any |= returns,
                None => over.push((entry, returns)),
            }
        }
    }
    let warnings = over.into_iter().filter_map(|(entry, returns)| {
        let (until, span) = entry.until.as_ref()?;
        Some(Diagnostic::warning(
            Code::AcceptedUntil,
            *span,
            format!("{} was accepted until {until}", entry.code),
            if returns {
                "remove the entry and fix the finding, or confirm it with a later date"
            } else {
                "remove the entry, since another one accepts the finding"
            },
        ))
    });
    warnings.collect()
}
