//! Look-ups in reference tables: a join ON one key that is unique there.

use super::super::data_type::Family;
use super::super::expr::{ColumnRef, Comparison, Expr, ExprKind, Literal};
use super::super::query::{FromClause, JoinKind, Role, StreamId};
use super::expr::Resolver;
use crate::diagnostics::{Code, Diagnostic};
use crate::source::Span;

const FORM: &str = "write JOIN \"Table\" AS t ON t.\"key\" = s.\"column\", and other conditions in WHERE";

impl Resolver<'_, '_> {
    /// A join with a reference table.
    pub(super) fn lookup(
        &mut self,
        left: FromClause,
        table: StreamId,
        kind: JoinKind,
        condition: &Expr,
        relation: usize,
        span: Span,
    ) -> Option<FromClause> {
        let outer = match kind {
            JoinKind::Inner => false,
            JoinKind::Left => true,
            JoinKind::Right | JoinKind::Full => {
                let help = "write LEFT JOIN: rows of the table without a match are never written";
                return self.refuse(Some(span), "this join with a reference table", help);
            }
        };
        let is_key = |expr: &Expr| key_column(expr).filter(|column| column.relation == relation);
        let reads_table = |expr: &Expr| {
            expr.any(&|part| matches!(part.kind, ExprKind::Column(column) if column.relation == relation))
        };
        let key = match &condition.kind {
            ExprKind::Compare { operator: Comparison::Equal, left, right } => {
                match (is_key(left), is_key(right)) {
                    (Some(column), None) if !reads_table(right) => Some((column, right.as_ref().clone())),
                    (None, Some(column)) if !reads_table(left) => Some((column, left.as_ref().clone())),
                    _ => None,
                }
            }
            _ => None,
        };
        let Some((column, value)) = key else {
            return self.refuse(Some(condition.span), "this condition of a reference table", FORM);
        };
        let stream = self.streams.get(table);
        let Role::Reference(at) = stream.role else { return None };
        let found = &stream.columns[column.column];
        let is_key =
            found.data_type.is_integer() || matches!(found.data_type.family(), Family::Text | Family::Time);
        if !is_key {
            let what = format!("a key of a reference table that is {}", found.data_type);
            let help = "join ON a string, a whole number or a time";
            return self.refuse(Some(condition.span), &what, help);
        }
        let mut keys: Vec<&Literal> = self.streams.rows(at).iter().map(|row| &row[column.column]).collect();
        keys.retain(|key| **key != Literal::Null);
        let twice = keys.iter().enumerate().find(|(at, key)| keys[..*at].contains(key));
        if let Some((_, key)) = twice {
            let message = format!("`{}` of `{}` contains {} twice", found.name, stream.name, key.shown());
            let help = "join ON a column whose values are unique, or remove one of the rows";
            let fault = Diagnostic::error(Code::ReferenceTable, condition.span, message, help);
            return self.fault(fault.related(found.span, "declared here"));
        }
        // A row without a partner has NULLs, so its time comes from the left.
        self.here.scope.relations[relation].times.clear();
        Some(FromClause::Lookup { left: Box::new(left), table, key: (column.column, value), outer, span })
    }
}

/// The column that an expression is, perhaps converted to compare with a wider type.
fn key_column(expr: &Expr) -> Option<ColumnRef> {
    match &expr.kind {
        ExprKind::Column(column) => Some(*column),
        ExprKind::Cast { operand, written: false } => key_column(operand),
        _ => None,
    }
}

impl Literal {
    /// The constant as a message shows it.
    fn shown(&self) -> String {
        match self {
            Self::Null => "NULL".into(),
            Self::Boolean(truth) => truth.to_string(),
            Self::Integer(value) => value.to_string(),
            Self::Double(value) => value.to_string(),
            Self::Decimal(text)
            | Self::Text(text)
            | Self::Date(text)
            | Self::Time(text)
            | Self::Timestamp(text) => {
                format!("`{}`", text.chars().take(40).collect::<String>())
            }
        }
    }
}
