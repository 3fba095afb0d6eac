//! Names for the columns of what FROM reads, `AS l(r)`, and how far back a SELECT in FROM is looked at.

use sqlparser::ast;

use super::expr::Resolver;
use super::operand::cover;
use crate::source::Span;

impl Resolver<'_, '_> {
    /// The SELECT with the names of a list after it. A log parser needs one before it makes columns.
    pub(super) fn with_names(&mut self, query: &ast::Query, alias: Option<&ast::TableAlias>) -> ast::Query {
        let mut query = query.clone();
        let columns = alias.map_or(&[][..], |alias| &alias.columns);
        if let ast::SetExpr::Select(select) = query.body.as_mut()
            && select.projection.len() == columns.len()
        {
            for (item, column) in select.projection.iter_mut().zip(columns) {
                if let ast::SelectItem::UnnamedExpr(expr @ ast::Expr::Function(_)) = item {
                    let alias = column.name.clone();
                    *item = ast::SelectItem::ExprWithAlias { expr: expr.clone(), alias };
                }
            }
        }
        query
    }

    /// Gives the columns of the newest relation the names of a list after its own.
    pub(super) fn rename_columns(&mut self, alias: Option<&ast::TableAlias>, span: Span) -> Option<()> {
        let Some(alias) = alias.filter(|alias| !alias.columns.is_empty()) else { return Some(()) };
        let names: Vec<_> = alias.columns.iter().map(|column| self.new_name(&column.name)).collect();
        let names = names.into_iter().collect::<Option<Vec<_>>>()?;
        let span = names.iter().map(|name| name.span).fold(span, cover);
        let typed = alias.columns.iter().any(|column| column.data_type.is_some());
        let Some(relation) = self.here.scope.relations.last_mut() else { return Some(()) };
        // What a log parser made has a name in front of each column.
        let records: Vec<String> = relation
            .columns
            .iter()
            .map(|column| column.name.split_once('.').map_or(&*column.name, |(record, _)| record).to_owned())
            .collect();
        let mut distinct = records.clone();
        distinct.dedup();
        if distinct.len() != names.len() || typed {
            let (given, wanted) = (names.len(), distinct.len());
            let message = format!("this list names {given} columns, but there are {wanted}");
            return self.mismatch(span, message, "name each column once, in their order".into());
        }
        for (column, record) in relation.columns.iter_mut().zip(records) {
            let at = distinct.iter().position(|known| *known == record).unwrap_or(0);
            column.name = format!("{}{}", names[at].text, &column.name[record.len()..]);
        }
        Some(())
    }

    /// The milliseconds of an OVER after a SELECT in FROM.
    pub(super) fn bound_of(&mut self, sample: &ast::TableSampleKind) -> Option<i64> {
        let sample = match sample {
            ast::TableSampleKind::AfterTableAlias(sample) => sample,
            ast::TableSampleKind::BeforeTableAlias(sample) => sample,
        };
        match sample.quantity.as_ref().map(|quantity| &quantity.value) {
            Some(ast::Expr::Interval(interval)) => self.milliseconds_from(0, interval, self.span),
            _ => self.refuse(None, "`TABLESAMPLE`", "remove it: a stream has no total size to sample from"),
        }
    }
}
