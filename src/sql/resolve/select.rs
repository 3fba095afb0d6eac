//! From a parsed SELECT to its relation, its condition and its items. Every clause of the syntax tree is named
//! here, so that a new one of the parser's cannot slip through.

use sqlparser::ast::{self, SetExpr};

use super::super::data_type::DataType;
use super::super::expr::{ColumnRef, Expr, ExprKind};
use super::super::parse::{Name, bad_name};
use super::super::query::FromClause;
use super::expr::Resolver;
use super::operand::Operand;
use super::scope::Relation;
use super::streams::Streams;
use crate::diagnostics::{Code, Diagnostic};
use crate::source::Span;

/// What a SELECT gives, before it is known where that goes.
#[derive(Debug)]
pub(super) struct Selected {
    pub(super) from: FromClause,
    pub(super) filter: Option<Expr>,
    pub(super) items: Vec<Item>,
}

/// One value of a row.
#[derive(Debug)]
pub(super) struct Item {
    /// The name it has, or gets with AS.
    pub(super) name: Option<Name>,
    pub(super) value: Operand,
}

const GENERAL_HELP: &str = "a query has the form SELECT \"column\", .. FROM \"stream\" WHERE condition";

impl Resolver<'_, '_> {
    /// The SELECT of a query that is nothing else.
    pub(super) fn query(&mut self, query: &ast::Query, streams: &Streams) -> Option<Selected> {
        let ast::Query {
            with,
            body,
            order_by,
            limit_clause,
            fetch,
            locks,
            for_clause,
            settings,
            format_clause,
            pipe_operators,
        } = query;
        let plain = with.is_none()
            && order_by.is_none()
            && limit_clause.is_none()
            && fetch.is_none()
            && locks.is_empty()
            && for_clause.is_none()
            && settings.is_none()
            && format_clause.is_none()
            && pipe_operators.is_empty();
        if !plain {
            self.refuse::<()>(None, "a clause of this query", GENERAL_HELP);
        }
        let selected = match body.as_ref() {
            SetExpr::Select(select) => self.select(select, streams),
            SetExpr::Query(inner) if plain => self.query(inner, streams),
            _ => self.refuse(None, "this form of query", GENERAL_HELP),
        };
        selected.filter(|_| plain)
    }

    fn select(&mut self, select: &ast::Select, streams: &Streams) -> Option<Selected> {
        let ast::Select {
            select_token: _,
            optimizer_hints,
            distinct,
            select_modifiers,
            top,
            top_before_distinct: _,
            projection,
            exclude,
            into,
            from,
            lateral_views,
            prewhere,
            selection,
            connect_by,
            group_by,
            cluster_by,
            distribute_by,
            sort_by,
            having,
            named_window,
            qualify,
            window_before_qualify: _,
            value_table_mode,
            flavor,
        } = select;
        let no_group = matches!(group_by, ast::GroupByExpr::Expressions(columns, with) if columns.is_empty() && with.is_empty());
        let plain = optimizer_hints.is_empty()
            && distinct.is_none()
            && select_modifiers.is_none()
            && top.is_none()
            && exclude.is_none()
            && into.is_none()
            && lateral_views.is_empty()
            && prewhere.is_none()
            && connect_by.is_empty()
            && no_group
            && cluster_by.is_empty()
            && distribute_by.is_empty()
            && sort_by.is_empty()
            && having.is_none()
            && named_window.is_empty()
            && qualify.is_none()
            && value_table_mode.is_none()
            && *flavor == ast::SelectFlavor::Standard;
        if !plain {
            self.refuse::<()>(None, "a clause of this SELECT", GENERAL_HELP);
        }
        let from = self.from(from, streams)?;
        let filter = match selection {
            Some(condition) => self.condition(condition, "WHERE").map(Some),
            None => Some(None),
        };
        let items: Vec<Option<Vec<Item>>> = projection.iter().map(|item| self.item(item)).collect();
        let items: Option<Vec<Vec<Item>>> = items.into_iter().collect();
        Some(Selected { from, filter: filter?, items: items?.into_iter().flatten().collect() })
            .filter(|_| plain)
    }

    fn from(&mut self, from: &[ast::TableWithJoins], streams: &Streams) -> Option<FromClause> {
        let table = match from {
            [] => {
                return self.fault(Diagnostic::error(
                    Code::SqlSyntax,
                    self.span,
                    "this SELECT reads nothing",
                    "write FROM \"SOURCE_SQL_STREAM_001\", the input",
                ));
            }
            [only] if only.joins.is_empty() => &only.relation,
            _ => {
                let help = "read one stream; the values of a small table can be written as a CASE expression";
                return self.refuse(None, "a join", help);
            }
        };
        let ast::TableFactor::Table {
            name,
            alias,
            args: None,
            with_hints,
            version: None,
            with_ordinality: false,
            partitions,
            json_path: None,
            sample: None,
            index_hints,
        } = table
        else {
            return self.refuse(None, "this form of FROM", "write FROM and the name of a stream");
        };
        if !(with_hints.is_empty() && partitions.is_empty() && index_hints.is_empty()) {
            return self.refuse(None, "this form of FROM", "write FROM and the name of a stream");
        }
        let [ast::ObjectNamePart::Identifier(ident)] = name.0.as_slice() else {
            let help = "write the stream's name alone: all streams of the SQL are in one place";
            return self.refuse(None, "a name of several parts", help);
        };
        let name = self.name(ident);
        let id = match streams.find(&name) {
            Ok(id) => id,
            Err(fault) => {
                self.diagnostics.extend(fault);
                return None;
            }
        };
        let alias = match alias {
            None => None,
            Some(ast::TableAlias { explicit: _, name, columns, at: None }) if columns.is_empty() => {
                Some(self.name(name))
            }
            Some(_) => {
                return self.refuse(None, "an alias with columns", "rename the columns in SELECT with AS");
            }
        };
        let stream = streams.get(id);
        let other_name = (alias.is_none() && id == super::super::query::StreamId::INPUT)
            .then_some(super::streams::SHORT_NAME);
        let qualifier = alias.map_or_else(|| stream.name.clone(), |alias| alias.text);
        self.scope.relations.push(Relation { name: qualifier, other_name, stream: stream.clone() });
        Some(FromClause::Stream { stream: id, span: name.span })
    }

    fn item(&mut self, item: &ast::SelectItem) -> Option<Vec<Item>> {
        match item {
            ast::SelectItem::UnnamedExpr(expr) => {
                let value = self.operand(expr)?;
                let name = match expr {
                    ast::Expr::Identifier(ident) => Some(self.name(ident)),
                    ast::Expr::CompoundIdentifier(parts) => parts.last().map(|ident| self.name(ident)),
                    _ => None,
                };
                Some(vec![Item { name, value }])
            }
            ast::SelectItem::ExprWithAlias { expr, alias } => {
                let value = self.operand(expr);
                let name = self.name(alias);
                if let Some((message, help)) = bad_name(&name.text) {
                    return self.fault(Diagnostic::error(Code::SqlSyntax, name.span, message, help));
                }
                Some(vec![Item { name: Some(name), value: value? }])
            }
            ast::SelectItem::Wildcard(options) => {
                let span = self.text.locate(options.wildcard_token.0.span).unwrap_or(self.span);
                self.plain_wildcard(options, span)?;
                let relations = 0..self.scope.relations.len();
                Some(relations.flat_map(|relation| self.all_columns(relation, span)).collect())
            }
            ast::SelectItem::QualifiedWildcard(
                ast::SelectItemQualifiedWildcardKind::ObjectName(name),
                options,
            ) => {
                let [ast::ObjectNamePart::Identifier(ident)] = name.0.as_slice() else {
                    return self.refuse(None, "a name of several parts", "write \"stream\".*");
                };
                let qualifier = self.name(ident);
                self.plain_wildcard(options, qualifier.span)?;
                match self.scope.relation(&qualifier) {
                    Ok(relation) => Some(self.all_columns(relation, qualifier.span)),
                    Err(fault) => self.fault(fault),
                }
            }
            ast::SelectItem::QualifiedWildcard(..) | ast::SelectItem::ExprWithAliases { .. } => {
                self.refuse(None, "this form of SELECT", GENERAL_HELP)
            }
        }
    }

    fn plain_wildcard(&mut self, options: &ast::WildcardAdditionalOptions, span: Span) -> Option<()> {
        let ast::WildcardAdditionalOptions {
            wildcard_token: _,
            opt_ilike,
            opt_exclude,
            opt_except,
            opt_replace,
            opt_rename,
            opt_alias,
        } = options;
        let plain = opt_ilike.is_none()
            && opt_exclude.is_none()
            && opt_except.is_none()
            && opt_replace.is_none()
            && opt_rename.is_none()
            && opt_alias.is_none();
        if plain { Some(()) } else { self.refuse(Some(span), "this form of `*`", "name the columns") }
    }

    fn all_columns(&self, relation: usize, span: Span) -> Vec<Item> {
        let column = |(column, found): (usize, &super::super::query::StreamColumn)| {
            let data_type: DataType = found.data_type;
            let kind = ExprKind::Column(ColumnRef { relation, column });
            let name = Name { text: found.name.clone(), quoted: true, span };
            Item { name: Some(name), value: Operand::Typed(Expr { kind, data_type, span }) }
        };
        self.scope.relations[relation].stream.columns.iter().enumerate().map(column).collect()
    }
}
