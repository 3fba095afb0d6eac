//! Which columns an expression can name.

use super::super::expr::{ColumnRef, WindowBound};
use super::super::name::{Meant, Name, same_letters};
use super::super::query::{StreamColumn, TimeAttribute};
use super::super::refuse::refusal;
use crate::diagnostics::{Code, Diagnostic, suggest};

/// When a record came into Kinesis, as Kinesis Data Analytics called it.
pub(super) const ARRIVAL_TIME: &str = "APPROXIMATE_ARRIVAL_TIME";
/// What else Kinesis Data Analytics knew of a record.
const METADATA: &[&str] = &["SEQUENCE_NUMBER", "SHARD_ID", "PARTITION_KEY"];

/// A relation of the FROM clause.
#[derive(Debug)]
pub(super) struct Relation {
    /// The name that columns are qualified with.
    pub(super) name: String,
    /// Other names for it: the input has two.
    pub(super) other_name: Option<&'static str>,
    /// The stream as messages call it.
    pub(super) stream: String,
    pub(super) columns: Vec<StreamColumn>,
    /// The times that its rows have.
    pub(super) times: Vec<TimeAttribute>,
    /// Whether it is the input itself.
    pub(super) is_input: bool,
    /// Whether its rows come out when a window closes.
    pub(super) windowed: bool,
    /// Whether a table function cuts it into windows, whose bounds are columns then.
    pub(super) table_function: bool,
    /// How many values each of its columns is written out as, beyond its name: a reference table's rows and key.
    pub(super) values: usize,
}

/// The relations of one FROM clause, from left to right.
#[derive(Debug, Default)]
pub(super) struct Scope {
    pub(super) relations: Vec<Relation>,
}

/// What a name stands for.
#[derive(Debug)]
pub(super) enum Named<'s> {
    Column(ColumnRef, &'s StreamColumn),
    /// `ROWTIME` of a relation, or of the joined row of several.
    Rowtime(Vec<usize>),
    /// A column of a window's table function.
    Window(WindowBound),
}

impl Scope {
    /// The relation that a qualifier names.
    pub(super) fn relation(&self, qualifier: &Name) -> Result<usize, Diagnostic> {
        let names = self.relations.iter().map(|relation| relation.name.as_str());
        let others = || {
            self.relations
                .iter()
                .position(|relation| relation.other_name.is_some_and(|other| qualifier.means(other)))
        };
        match qualifier.among(names) {
            Meant::One(at) => Ok(at),
            Meant::Either(a, b) => Err(either(qualifier, a, b)),
            Meant::None => others().ok_or_else(|| {
                let names: Vec<String> =
                    self.relations.iter().map(|relation| quoted(&relation.name)).collect();
                Diagnostic::error(
                    Code::UnknownTable,
                    qualifier.span,
                    format!("`{}` is not read by this query", qualifier.text),
                    format!("this query reads {}", suggest::all_of(&names)),
                )
            }),
        }
    }

    /// What a name, perhaps with a qualifier, stands for.
    pub(super) fn find(&self, qualifier: Option<&Name>, name: &Name) -> Result<Named<'_>, Diagnostic> {
        let relations = match qualifier {
            Some(qualifier) => {
                let relation = self.relation(qualifier)?;
                relation..relation + 1
            }
            None => 0..self.relations.len(),
        };
        if let Some(found) = self.column(relations.clone(), name, &|column| column == name.text)? {
            return Ok(found);
        }
        let windowed = relations.clone().any(|relation| self.relations[relation].table_function);
        let upper = name.text.to_uppercase();
        match upper.as_str() {
            "WINDOW_START" if windowed => return Ok(Named::Window(WindowBound::Start)),
            "WINDOW_END" if windowed => return Ok(Named::Window(WindowBound::End)),
            "WINDOW_TIME" if windowed => return Ok(Named::Window(WindowBound::Last)),
            _ => {}
        }
        let is_arrival =
            name.is_word(ARRIVAL_TIME) && self.relations[relations.clone()].iter().any(|r| r.is_input);
        if is_arrival || name.is_word("ROWTIME") {
            let word = if is_arrival { ARRIVAL_TIME } else { "ROWTIME" };
            if let Some(found) = self.column(relations.clone(), name, &|column| column == word)? {
                return Ok(found);
            }
            // Reference tables have no times at all.
            let timed: Vec<usize> =
                relations.clone().filter(|&at| !self.relations[at].times.is_empty()).collect();
            let has_rowtime = |at: usize| self.relations[at].times.contains(&TimeAttribute::Rowtime);
            return match timed.as_slice() {
                [_, ..] if timed.iter().all(|at| has_rowtime(*at)) => Ok(Named::Rowtime(timed)),
                [first, second, ..] => Err(self.ambiguous(name, [*first, *second])),
                _ => Err(Diagnostic::error(
                    Code::UnknownColumn,
                    name.span,
                    "these rows have no ROWTIME, since their windows are over another time",
                    "name the column that contains their time",
                )),
            };
        }
        let all = self.columns_of(relations.clone()).map(|(_, column)| column.name.as_str());
        match name.among(all) {
            Meant::Either(a, b) => Err(either(name, a, b)),
            Meant::One(_) => match self.column(relations.clone(), name, &|column| name.means(column))? {
                Some(found) => Ok(found),
                None => Err(self.unknown(relations, name)),
            },
            Meant::None => Err(self.unknown(relations, name)),
        }
    }

    fn columns_of(
        &self,
        relations: std::ops::Range<usize>,
    ) -> impl Iterator<Item = (ColumnRef, &StreamColumn)> {
        relations.flat_map(|relation| {
            let columns = self.relations[relation].columns.iter().enumerate();
            columns.map(move |(column, found)| (ColumnRef { relation, column }, found))
        })
    }

    /// The only column of some relations whose name is right.
    fn column(
        &self,
        relations: std::ops::Range<usize>,
        name: &Name,
        is_right: &dyn Fn(&str) -> bool,
    ) -> Result<Option<Named<'_>>, Diagnostic> {
        let mut found = self.columns_of(relations).filter(|(_, column)| is_right(&column.name));
        let Some((column, stream_column)) = found.next() else { return Ok(None) };
        match found.next() {
            Some((other, _)) if other.relation != column.relation => {
                Err(self.ambiguous(name, [column.relation, other.relation]))
            }
            _ => Ok(Some(Named::Column(column, stream_column))),
        }
    }

    /// Whether a log parser made columns under a name.
    pub(super) fn has_record(&self, record: &Name) -> bool {
        let is_field = |name: &str| name.split_once('.').is_some_and(|(start, _)| record.means(start));
        self.relations.iter().any(|relation| relation.columns.iter().any(|column| is_field(&column.name)))
    }

    fn ambiguous(&self, name: &Name, relations: [usize; 2]) -> Diagnostic {
        let [a, b] = relations.map(|relation| &self.relations[relation].name);
        let shown = if name.quoted { quoted(&name.text) } else { name.text.clone() };
        Diagnostic::error(
            Code::AmbiguousName,
            name.span,
            format!("`{}` is ambiguous: `{a}` and `{b}` have it", name.text),
            format!("write {}.{shown} or {}.{shown}", quoted(a), quoted(b)),
        )
    }

    fn unknown(&self, relations: std::ops::Range<usize>, name: &Name) -> Diagnostic {
        let relations = &self.relations[relations];
        if name.is_word(ARRIVAL_TIME) {
            let help = "select ROWTIME from the input in a column of its own";
            return refusal(name.span, &format!("`{ARRIVAL_TIME}` of rows other than the input's"), help);
        }
        if METADATA.iter().any(|word| name.is_word(word)) {
            let help = "Flink's connector and Firehose do not provide Kinesis metadata: have the sender write the value into the record, and declare a column for it";
            return refusal(name.span, &format!("`{}`", name.text), help);
        }
        if ["WINDOW_START", "WINDOW_END", "WINDOW_TIME"]
            .iter()
            .any(|word| name.text.eq_ignore_ascii_case(word))
        {
            let stream = relations.first().map_or("stream".into(), |relation| quoted(&relation.stream));
            let message =
                format!("`{}` is a column of TUMBLE, HOP, CUMULATE and SESSION in FROM only", name.text);
            let help = format!(
                "write FROM TABLE(TUMBLE(TABLE {stream}, DESCRIPTOR(ROWTIME), INTERVAL '1' MINUTE)); with a window in GROUP BY, \
                 TUMBLE_START(..) or TUMBLE_END(..)"
            );
            return Diagnostic::error(Code::MissingWindow, name.span, message, help);
        }
        let columns: Vec<&str> = relations
            .iter()
            .flat_map(|relation| relation.columns.iter().map(|column| column.name.as_str()))
            .collect();
        let from = relations.first().map_or("the input", |relation| relation.stream.as_str());
        let message = format!("`{}` is not a column of `{from}`", name.text);
        let help = match same_but_case(name, columns.iter().copied()) {
            Some(help) => help,
            None => match suggest::nearest(&name.text, columns.iter().copied()) {
                // Far from the column, it is most likely a text.
                Some(near) if name.quoted && is_far(&name.text, near) => {
                    let text = name.text.replace('\'', "''");
                    format!("did you mean {}? A string is in single quotes: '{text}'", quoted(near))
                }
                Some(near) => format!("did you mean {}?", quoted(near)),
                None => {
                    let names: Vec<String> = columns.iter().copied().map(quoted).collect();
                    let columns = format!("its columns are {}", suggest::all_of(&names));
                    if name.quoted && !name.text.is_empty() {
                        let text = name.text.replace('\'', "''");
                        format!("{columns}; a string is in single quotes: '{text}'")
                    } else {
                        columns
                    }
                }
            },
        };
        let unknown = Diagnostic::error(Code::UnknownColumn, name.span, message, help);
        let defined = relations
            .iter()
            .flat_map(|relation| &relation.columns)
            .find(|column| same_letters(&column.name, &name.text));
        match defined {
            Some(column) => unknown.related(column.span, "declared here"),
            None => unknown,
        }
    }
}

/// Whether at least half of the letters of one of two names would have to be typed again.
fn is_far(name: &str, near: &str) -> bool {
    let steps = strsim::osa_distance(&name.to_lowercase(), &near.to_lowercase());
    2 * steps >= name.chars().count().max(near.chars().count())
}

/// How a name is written so that it is meant as it is.
pub(super) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// What to write when a name is right but for its case.
pub(super) fn same_but_case<'a>(name: &Name, names: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let meant = names.into_iter().find(|candidate| same_letters(candidate, &name.text))?;
    Some(format!("write {}: names in double quotes are case-sensitive", quoted(meant)))
}

/// A name that could be two, which differ in case only.
pub(super) fn either(name: &Name, a: &str, b: &str) -> Diagnostic {
    Diagnostic::error(
        Code::AmbiguousName,
        name.span,
        format!("`{}` is ambiguous: `{a}` or `{b}`", name.text),
        format!("write it as it is spelled: {} or {}", quoted(a), quoted(b)),
    )
}
