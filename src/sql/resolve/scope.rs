//! Which columns an expression can name.

use super::super::expr::ColumnRef;
use super::super::parse::Name;
use super::super::query::{Stream, StreamColumn};
use super::super::refuse::refusal;
use crate::diagnostics::{Code, Diagnostic, suggest};

/// A relation of the FROM clause.
#[derive(Debug)]
pub(super) struct Relation {
    /// The name that columns are qualified with.
    pub(super) name: String,
    /// Other names for it: the input has two.
    pub(super) other_name: Option<&'static str>,
    pub(super) stream: Stream,
}

/// The relations of one FROM clause, from left to right.
#[derive(Debug)]
pub(super) struct Scope {
    pub(super) relations: Vec<Relation>,
}

/// Columns that every stream of the old service had.
const TIMES: &[&str] = &["ROWTIME", "APPROXIMATE_ARRIVAL_TIME", "PROCTIME", "EVENT_TIMESTAMP"];

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

    /// The column that a name, perhaps with a qualifier, stands for.
    pub(super) fn column(
        &self,
        qualifier: Option<&Name>,
        name: &Name,
    ) -> Result<(ColumnRef, &StreamColumn), Diagnostic> {
        let relations = match qualifier {
            Some(qualifier) => {
                let relation = self.relation(qualifier)?;
                relation..relation + 1
            }
            None => 0..self.relations.len(),
        };
        let mut columns = relations.clone().flat_map(|relation| {
            let columns = self.relations[relation].stream.columns.iter().enumerate();
            columns.map(move |(column, found)| (ColumnRef { relation, column }, found))
        });
        columns.find(|(_, column)| column.name == name.text).ok_or_else(|| self.unknown(relations, name))
    }

    fn unknown(&self, relations: std::ops::Range<usize>, name: &Name) -> Diagnostic {
        if !name.quoted && TIMES.contains(&name.text.as_str()) {
            let help = "use a column that holds a time; Firehose adds the time of arrival to the names of its \
                        objects";
            return refusal(name.span, &format!("`{}`", name.text), help);
        }
        let relations = &self.relations[relations];
        let columns: Vec<&str> = relations
            .iter()
            .flat_map(|relation| relation.stream.columns.iter().map(|column| column.name.as_str()))
            .collect();
        let from = relations.first().map_or("the input", |relation| relation.stream.name.as_str());
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
            .flat_map(|relation| &relation.stream.columns)
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
