//! Which columns an expression can name.

use super::super::expr::{ColumnRef, WindowBound};
use super::super::parse::Name;
use super::super::query::{StreamColumn, TimeAttribute};
use super::super::refuse::refusal;
use crate::diagnostics::{Code, Diagnostic, suggest};

/// When a record came into Kinesis, as the old service called it.
pub(super) const ARRIVAL_TIME: &str = "APPROXIMATE_ARRIVAL_TIME";
/// What else the old service knew of a record.
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
        let is_meant = |relation: &Relation| {
            relation.name == qualifier.text || relation.other_name == Some(qualifier.text.as_str())
        };
        self.relations.iter().position(is_meant).ok_or_else(|| {
            let names: Vec<String> = self.relations.iter().map(|relation| quoted(&relation.name)).collect();
            Diagnostic::error(
                Code::UnknownTable,
                qualifier.span,
                format!("`{}` is not read by this query", qualifier.text),
                format!("this query reads {}", suggest::all_of(&names)),
            )
        })
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
        let mut found = relations.clone().flat_map(|relation| {
            let columns = self.relations[relation].columns.iter().enumerate();
            let named = columns.filter(|(_, found)| found.name == name.text);
            named.map(move |(column, found)| (ColumnRef { relation, column }, found))
        });
        if let Some((column, stream_column)) = found.next() {
            return match found.next() {
                Some((other, _)) if other.relation != column.relation => {
                    Err(self.ambiguous(name, [column.relation, other.relation]))
                }
                _ => Ok(Named::Column(column, stream_column)),
            };
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
            name.text == ARRIVAL_TIME && self.relations[relations.clone()].iter().any(|r| r.is_input);
        if name.text == "ROWTIME" || is_arrival {
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
                    "these rows have no ROWTIME: they come from windows over another time",
                    "name the column that holds their time",
                )),
            };
        }
        Err(self.unknown(relations, name))
    }

    /// Whether a log parser made columns under a name.
    pub(super) fn has_record(&self, record: &str) -> bool {
        let is_field = |name: &str| name.strip_prefix(record).is_some_and(|rest| rest.starts_with('.'));
        self.relations.iter().any(|relation| relation.columns.iter().any(|column| is_field(&column.name)))
    }

    fn ambiguous(&self, name: &Name, relations: [usize; 2]) -> Diagnostic {
        let [a, b] = relations.map(|relation| &self.relations[relation].name);
        let shown = if name.quoted { quoted(&name.text) } else { name.text.clone() };
        Diagnostic::error(
            Code::AmbiguousName,
            name.span,
            format!("`{}` could be that of `{a}` or of `{b}`", name.text),
            format!("write {}.{shown} or {}.{shown}", quoted(a), quoted(b)),
        )
    }

    fn unknown(&self, relations: std::ops::Range<usize>, name: &Name) -> Diagnostic {
        let relations = &self.relations[relations];
        if name.text == ARRIVAL_TIME {
            let help = "take ROWTIME along from the input, in a column of its own";
            return refusal(name.span, &format!("`{ARRIVAL_TIME}` of rows that are not the input's"), help);
        }
        if METADATA.contains(&name.text.as_str()) {
            let help = "Flink's connector reads none of Kinesis' metadata, and Firehose hands none over: let the sender write it \
                        into the record, and give it a column";
            return refusal(name.span, &format!("`{}`", name.text), help);
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
                Some(near) => format!("did you mean {}?", quoted(near)),
                None => {
                    let quoted: Vec<String> = columns.iter().copied().map(quoted).collect();
                    format!("its columns are {}", suggest::all_of(&quoted))
                }
            },
        };
        let unknown = Diagnostic::error(Code::UnknownColumn, name.span, message, help);
        let defined = relations
            .iter()
            .flat_map(|relation| &relation.columns)
            .find(|column| column.name.to_lowercase() == name.text.to_lowercase());
        match defined {
            Some(column) => unknown.related(column.span, "declared here"),
            None => unknown,
        }
    }
}

/// How a name is written so that it is meant as it is.
pub(super) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// What to write when a name is right but for its case.
pub(super) fn same_but_case<'a>(name: &Name, names: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let lower = name.text.to_lowercase();
    let meant = names.into_iter().find(|candidate| candidate.to_lowercase() == lower)?;
    Some(if name.quoted {
        format!("write {}: in double quotes, case counts", quoted(meant))
    } else {
        format!("write it in double quotes: {}; without them a name is read in upper case", quoted(meant))
    })
}
