//! Where the values of a SELECT go: each into a column of its stream, as that column's type.

use super::super::data_type::{DataType, Family};
use super::super::expr::{Aggregate, Expr, ExprKind, Literal};
use super::super::name::{Meant, Name};
use super::super::query::{Meaning, Stream, StreamColumn};
use super::conversion;
use super::expr::{Resolver, no_cast};
use super::operand::{Operand, convert};
use super::scope::{either, quoted, same_but_case};
use super::select::Item;
use crate::diagnostics::{Code, Diagnostic, suggest};
use crate::source::Span;

impl Resolver<'_, '_> {
    /// The columns of a stream that nothing but its first INSERT declares.
    pub(super) fn declared_by(
        &mut self,
        items: &[Item],
        names: Option<&[Name]>,
        anonymous: bool,
    ) -> Option<Vec<StreamColumn>> {
        if let Some(names) = names
            && names.len() != items.len()
        {
            return self.count_fault(
                items.len(),
                names.iter().map(|name| name.text.as_str()).collect(),
                None,
            );
        }
        let mut columns: Vec<Option<StreamColumn>> = Vec::new();
        for (at, item) in items.iter().enumerate() {
            let name = names.map_or(item.name.as_ref(), |names| names.get(at));
            let span = name.map_or(item.value.span(), |name| name.span);
            columns.push(match (name, item.value.data_type()) {
                // As Kinesis Data Analytics called what has no name.
                (None, Some(data_type)) if anonymous => Some(StreamColumn {
                    name: format!("EXPR${at}"),
                    data_type,
                    meaning: Meaning::Value,
                    span,
                }),
                (None, _) => self.fault(Diagnostic::error(
                    Code::OutputColumns,
                    span,
                    "this value has no name to be its key in the output",
                    "write AS and a name after it: AS \"name\"",
                )),
                (_, None) => self.mismatch(
                    span,
                    "this NULL has no type".into(),
                    "write a type: CAST(NULL AS VARCHAR(16)), for example".into(),
                ),
                (Some(name), Some(data_type)) => {
                    Some(StreamColumn { name: name.text.clone(), data_type, meaning: Meaning::Value, span })
                }
            });
        }
        let mut columns: Vec<StreamColumn> = columns.into_iter().collect::<Option<_>>()?;
        if anonymous {
            number_columns_of_all(&mut columns);
        }
        for (at, column) in columns.iter().enumerate() {
            if let Some(first) = columns[..at].iter().find(|first| first.name == column.name) {
                return self.fault(
                    Diagnostic::error(
                        Code::DuplicateName,
                        column.span,
                        format!("two values are named `{}`", column.name),
                        "rename one of them with AS",
                    )
                    .related(first.span, "the first one"),
                );
            }
        }
        Some(columns)
    }

    /// One value for each column of the stream, in their order.
    pub(super) fn fit(
        &mut self,
        items: Vec<Item>,
        stream: &Stream,
        names: Option<&[Name]>,
    ) -> Option<Vec<Expr>> {
        let targets = match names {
            None => (0..stream.columns.len()).collect(),
            Some(names) => self.targets(names, stream)?,
        };
        if targets.len() != items.len() {
            let wanted = targets.into_iter().map(|at| stream.columns[at].name.as_str()).collect();
            return self.count_fault(items.len(), wanted, Some(stream).filter(|_| names.is_none()));
        }
        let mut values: Vec<Option<Expr>> = vec![None; stream.columns.len()];
        let mut fits = true;
        for (item, target) in items.into_iter().zip(targets) {
            let value = self.assign(item.value, &stream.columns[target]);
            fits &= value.is_some();
            values[target] = value;
        }
        let missing = |column: &StreamColumn| Expr {
            kind: ExprKind::Literal(Literal::Null),
            data_type: column.data_type,
            span: self.span,
        };
        let values = values.into_iter().zip(&stream.columns);
        fits.then(|| values.map(|(value, column)| value.unwrap_or_else(|| missing(column))).collect())
    }

    /// Which columns the list after INSERT INTO names.
    fn targets(&mut self, names: &[Name], stream: &Stream) -> Option<Vec<usize>> {
        let mut targets = Vec::new();
        let mut known = true;
        for name in names {
            let columns = stream.columns.iter().map(|column| column.name.as_str());
            match name.among(columns.clone()) {
                Meant::One(at) if targets.contains(&at) => {
                    known = false;
                    self.diagnostics.push(Diagnostic::error(
                        Code::DuplicateName,
                        name.span,
                        format!("`{}` is named twice", name.text),
                        "name each column once",
                    ));
                }
                Meant::One(at) => targets.push(at),
                Meant::Either(a, b) => {
                    known = false;
                    self.diagnostics.push(either(name, a, b));
                }
                Meant::None => {
                    known = false;
                    let help = same_but_case(name, columns.clone())
                        .unwrap_or_else(|| suggest::instead(&name.text, columns));
                    let message = format!("`{}` is not a column of `{}`", name.text, stream.name);
                    let unknown = Diagnostic::error(Code::UnknownColumn, name.span, message, help);
                    self.diagnostics.push(unknown.related(stream.span, "declared here"));
                }
            }
        }
        known.then_some(targets)
    }

    /// Not as many values as columns: of a declared stream, or of the list after INSERT INTO.
    fn count_fault<T>(&mut self, given: usize, wanted: Vec<&str>, stream: Option<&Stream>) -> Option<T> {
        let names: Vec<String> = wanted.into_iter().map(quoted).collect();
        let each = if names.len() == 1 { "one value" } else { "one value each" };
        let help = format!("select {each} for {}", suggest::all_of(&names));
        let values = if given == 1 { "value" } else { "values" };
        let columns = if names.len() == 1 { "column" } else { "columns" };
        let (count, verb) = (names.len(), if stream.is_some() { "has" } else { "names" });
        let of = stream.map_or("INSERT INTO".into(), |stream| format!("`{}`", stream.name));
        let message = format!("{of} {verb} {count} {columns}, but this SELECT returns {given} {values}");
        let fault = Diagnostic::error(Code::OutputColumns, self.span, message, help);
        self.fault(match stream {
            Some(stream) => fault.related(stream.span, "declared here"),
            None => fault,
        })
    }

    /// The value as the type of its column.
    fn assign(&mut self, value: Operand, column: &StreamColumn) -> Option<Expr> {
        let expr = match value {
            Operand::Null(_) => return Some(value.into_type(column.data_type)),
            Operand::Typed(expr) => expr,
        };
        let (from, to) = (expr.data_type, column.data_type);
        let same_kind = from.family() == to.family() && no_cast(from, to).is_none();
        if !same_kind && from != to {
            let help = match no_cast(from, to) {
                None => {
                    format!("convert it: CAST(.. AS {to}), or declare {} as {from}", quoted(&column.name))
                }
                Some(help) => help.into(),
            };
            let message = format!("`{}` is {to}, but this value is {from}", column.name);
            let fault = Diagnostic::error(Code::TypeMismatch, expr.span, message, help);
            return self.fault(fault.related(column.span, "declared here"));
        }
        let span = expr.span;
        let meant = is_meant(&expr, to);
        let rounds = self.rounds(&expr, to);
        let expr = if rounds { conversion::rounded(expr) } else { expr };
        let converted = convert(expr, to);
        if !meant && matches!(converted.kind, ExprKind::Cast { written: false, .. }) && !to.holds(from) {
            self.diagnostics.push(lossy(span, from, column, rounds));
        }
        Some(converted)
    }
}

/// Columns of `*` that two streams have by one name: the later ones get a number, as Kinesis Data Analytics gave them.
fn number_columns_of_all(columns: &mut [StreamColumn]) {
    for at in 0..columns.len() {
        let (before, rest) = columns.split_at_mut(at);
        let column = &mut rest[0];
        let is_of_all = before.iter().any(|other| other.name == column.name && other.span == column.span);
        let name = |number: usize| format!("{}{number}", column.name);
        let free = || (0..).map(name).find(|name| before.iter().all(|other| other.name != *name));
        if let Some(free) = free().filter(|_| is_of_all) {
            column.name = free;
        }
    }
}

/// Whether a narrow column is what everybody declares: a count as INTEGER, a sum as its summands' type.
fn is_meant(expr: &Expr, to: DataType) -> bool {
    let ExprKind::Aggregate { function, arguments, .. } = &expr.kind else { return false };
    let summand = arguments.first().map(|argument| match &argument.kind {
        ExprKind::Cast { operand, written: false } => operand.data_type,
        _ => argument.data_type,
    });
    match function {
        Aggregate::Count => to.holds(DataType::Integer),
        Aggregate::Sum => summand.is_some_and(|summand| to.holds(summand)),
        _ => false,
    }
}

fn lossy(span: Span, from: DataType, column: &StreamColumn, rounds: bool) -> Diagnostic {
    let to = column.data_type;
    let what = match (from.family(), to) {
        (Family::Text, _) => match to.text_length() {
            Some(Some(length)) => format!("is truncated to {length} characters"),
            _ => "is truncated".into(),
        },
        (Family::Time, _) => "loses its time of day".into(),
        (_, DataType::Real | DataType::Double) => "is rounded".into(),
        (_, to) if to.is_integer() && from.digits().is_some_and(|(_, scale)| scale == 0) => {
            "becomes NULL when it is too large".into()
        }
        (_, to) if to.is_integer() && rounds => "is rounded, and becomes NULL when it is too large".into(),
        (_, to) if to.is_integer() => "loses its fraction, and becomes NULL when it is too large".into(),
        _ => match (from.digits(), to.digits()) {
            (Some((_, from)), Some((_, to))) if from <= to => "becomes NULL when it is too large".into(),
            (Some((from_all, from)), Some((all, to))) if from_all - from <= all - to => "is rounded".into(),
            _ => "is rounded, and becomes NULL when it is too large".into(),
        },
    };
    let message = format!("this {from} {what} in `{}`, which is {to}", column.name);
    let help =
        format!("declare {} as {from}; or write CAST(.. AS {to}) if this is intended", quoted(&column.name));
    Diagnostic::warning(Code::LossyCast, span, message, help).related(column.span, "declared here")
}
