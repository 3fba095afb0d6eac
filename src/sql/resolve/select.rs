//! From a parsed SELECT to its relations, its conditions and its items. Every clause of the syntax tree is named
//! here, so that a new one of the parser's cannot slip through.

use std::collections::HashMap;

use sqlparser::ast::{self, SetExpr};

use super::super::data_type::DataType;
use super::super::expr::{Aggregate, ColumnRef, Comparison, Expr, ExprKind, Function, Literal, WindowBound};
use super::super::name::Name;
use super::super::query::{FromClause, Group, Meaning, Over, Select, StreamId, TimeAttribute, Window};
use super::aliases::Aliases;
use super::expr::Resolver;
use super::group::Bucket;
use super::group_windows::GroupWindow;
use super::nest::Unfinished;
use super::operand::Operand;
use super::scope::Scope;
use super::stagger::Stagger;
use crate::diagnostics::{Code, Diagnostic};
use crate::source::Span;

/// What a SELECT gives, before it is known where that goes.
#[derive(Debug)]
pub(super) struct Selected {
    /// The SELECT without its items.
    pub(super) select: Select,
    pub(super) items: Vec<Item>,
    /// The times that its rows have.
    pub(super) times: Vec<TimeAttribute>,
    /// Whether its rows come out when a window closes.
    pub(super) windowed: bool,
    /// The window of its GROUP BY.
    pub(super) bucket: Option<Bucket>,
    /// What columns of its relations stand for, after its conditions.
    pub(super) scope: Scope,
}

/// One value of a row.
#[derive(Debug)]
pub(super) struct Item {
    /// The name it has, or gets with AS.
    pub(super) name: Option<Name>,
    pub(super) value: Operand,
}

/// What is known of the SELECT that is being resolved.
#[derive(Debug, Default)]
pub(super) struct Here {
    pub(super) scope: Scope,
    /// The windows of its WINDOW clause.
    pub(super) named_windows: HashMap<String, ast::WindowSpec>,
    /// The window of its GROUP BY.
    pub(super) bucket: Option<Bucket>,
    /// Whether items are read, which are values of a group if there is GROUP BY.
    pub(super) grouped: bool,
    /// Whether the arguments of an aggregate are read.
    pub(super) in_aggregate: bool,
    /// Whether a key of its GROUP BY in addition to the window holds `ROWTIME`.
    pub(super) grouped_by_rowtime: bool,
    /// The window of its GROUP BY, where that is one of Flink's older ones.
    pub(super) group_window: Option<GroupWindow>,
    /// What its values are called, for clauses that may name them.
    pub(super) aliases: Aliases,
    /// Its OVER clauses.
    pub(super) overs: Vec<Over>,
    /// The window of its GROUP BY, unless a table function in FROM makes it.
    pub(super) window: Option<Window>,
    /// What the window is made of if it is a STAGGER.
    pub(super) stagger: Option<Stagger>,
    /// The first aggregate without OVER.
    pub(super) aggregate: Option<Span>,
    /// Whether it was reported that a window's columns are named without one.
    pub(super) lacks_window: bool,
}

const GENERAL_HELP: &str = "a query has the form SELECT \"column\", .. FROM \"stream\" WHERE condition";

impl Resolver<'_, '_> {
    /// The SELECTs of a query, whose rows all go to one place.
    pub(super) fn query(&mut self, query: &ast::Query) -> Option<Vec<Selected>> {
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
        let plain = limit_clause.is_none()
            && fetch.is_none()
            && locks.is_empty()
            && for_clause.is_none()
            && settings.is_none()
            && format_clause.is_none()
            && pipe_operators.is_empty();
        if !plain {
            self.refuse::<()>(None, "a clause of this query", GENERAL_HELP);
        }
        if let Some(order_by) = order_by {
            use sqlparser::ast::Spanned;
            let span = self.text.locate(order_by.span()).unwrap_or(self.span);
            self.approximate(
                span,
                "rows are not sorted: ORDER BY is ignored",
                "remove it, and sort in the program that reads the output",
            );
        }
        let selected = match with {
            Some(with) => {
                let hidden = self.with(with)?;
                let selected = self.body(body);
                self.streams.uncover(hidden);
                selected
            }
            None => self.body(body),
        };
        let mut selected = selected.filter(|_| plain)?;
        match order_by {
            Some(order_by) => self.order_by(order_by, &mut selected).map(|()| selected),
            None => Some(selected),
        }
    }

    /// Reads what rows would be sorted by, though nothing comes of it: a name that is wrong there is reported as it is
    /// elsewhere. Names of values, and their numbers, are what they say.
    fn order_by(&mut self, order_by: &ast::OrderBy, selected: &mut [Selected]) -> Option<()> {
        let ast::OrderByKind::Expressions(expressions) = &order_by.kind else { return Some(()) };
        let first = selected.first_mut()?;
        let is_value = |resolver: &Self, expr: &ast::Expr| match expr {
            ast::Expr::Identifier(ident) => {
                let name = resolver.name(ident);
                first.items.iter().any(|item| item.name.as_ref().is_some_and(|item| name.means(&item.text)))
            }
            ast::Expr::Value(value) => match &value.value {
                ast::Value::Number(digits, _) => {
                    digits.parse().is_ok_and(|number: usize| (1..=first.items.len()).contains(&number))
                }
                _ => false,
            },
            _ => false,
        };
        let others: Vec<&ast::Expr> = expressions
            .iter()
            .map(|expression| &expression.expr)
            .filter(|expr| !is_value(self, expr))
            .collect();
        let here = Here {
            scope: std::mem::take(&mut first.scope),
            bucket: first.bucket,
            grouped: true,
            ..Here::default()
        };
        let outer = std::mem::replace(&mut self.here, here);
        let resolved: Vec<Option<Operand>> = others.into_iter().map(|expr| self.operand(expr)).collect();
        first.scope = std::mem::replace(&mut self.here, outer).scope;
        resolved.into_iter().collect::<Option<Vec<_>>>().map(|_| ())
    }

    /// `WITH name AS (SELECT ..)`: streams that only this query knows, by names that hide others. Gives what they hide.
    fn with(&mut self, with: &ast::With) -> Option<Vec<(String, Option<StreamId>)>> {
        if with.recursive {
            let help = "write each step as a separate stream";
            return self.refuse(None, "`WITH RECURSIVE`", help);
        }
        let mut hidden = Vec::new();
        for table in &with.cte_tables {
            let name = self.alias(&table.alias);
            let id = self.subquery(&table.query);
            match (name, id) {
                (Some(name), Some(id)) => hidden.push((name.text.clone(), self.streams.cover(name.text, id))),
                _ => {
                    self.streams.uncover(hidden);
                    return None;
                }
            }
        }
        Some(hidden)
    }

    fn body(&mut self, body: &SetExpr) -> Option<Vec<Selected>> {
        match body {
            SetExpr::Select(select) => self.select(select).map(|selected| vec![selected]),
            SetExpr::Query(inner) => self.query(inner),
            SetExpr::SetOperation {
                left,
                op: ast::SetOperator::Union,
                set_quantifier: ast::SetQuantifier::All,
                right,
            } => {
                let (left, right) = (self.body(left), self.body(right));
                let (mut all, right) = (left?, right?);
                all.extend(right);
                Some(all)
            }
            SetExpr::SetOperation { op: ast::SetOperator::Union, .. } => {
                let help = "write UNION ALL, and drop duplicates in the program that reads the output";
                self.refuse(None, "`UNION` without ALL", help)
            }
            _ => self.refuse(None, "this form of query", GENERAL_HELP),
        }
    }

    fn select(&mut self, select: &ast::Select) -> Option<Selected> {
        let outer = std::mem::take(&mut self.here);
        let selected = self.select_here(select);
        self.here = outer;
        selected
    }

    fn select_here(&mut self, select: &ast::Select) -> Option<Selected> {
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
        let plain = optimizer_hints.is_empty()
            && matches!(distinct, None | Some(ast::Distinct::Distinct))
            && select_modifiers.is_none()
            && top.is_none()
            && exclude.is_none()
            && into.is_none()
            && lateral_views.is_empty()
            && prewhere.is_none()
            && connect_by.is_empty()
            && cluster_by.is_empty()
            && distribute_by.is_empty()
            && sort_by.is_empty()
            && qualify.is_none()
            && value_table_mode.is_none()
            && *flavor == ast::SelectFlavor::Standard;
        if !plain {
            self.refuse::<()>(None, "a clause of this SELECT", GENERAL_HELP);
        }
        self.here.aliases = Aliases::of(projection, self.text, self.span);
        let (mut from, filter) = self.from(from, selection.as_ref())?;
        self.named_windows(named_window);
        self.here.aliases.usable = true;
        let group = self.group_by(group_by, &mut from);
        self.here.aliases.usable = false;
        self.here.grouped = true;
        let keys = group.iter().flatten().flat_map(|group| &group.keys);
        self.here.grouped_by_rowtime = keys.into_iter().any(|key| self.holds_rowtime(key));
        let items: Vec<Option<Vec<Item>>> = projection.iter().map(|item| self.item(item)).collect();
        self.here.aliases.usable = true;
        let having = match having {
            Some(condition) => self.condition(condition, "HAVING").map(Some),
            None => Some(None),
        };
        let complete = items.iter().all(Option::is_some);
        let mut items: Vec<Item> = items.into_iter().flatten().flatten().collect();
        // What is wrong with the groups is said in addition to what is wrong with a value.
        let group = self.finish_group(group?, having.clone().flatten(), &items, &from);
        let (filter, _) = (filter?, having?);
        self.bounded_ranks(filter.as_ref())?;
        let mut group = group.filter(|_| complete)?;
        self.merged_aggregates(&from, group.as_ref(), &items)?;
        let is_distinct = distinct.is_some();
        if is_distinct {
            if let Some(group) = &group {
                let help = "remove DISTINCT: each group gives one row";
                return self.refuse(Some(group.span), "DISTINCT with GROUP BY", help);
            }
            let (equal, window) = self.distinct(&mut items, &from)?;
            self.here.window = Some(window);
            group = Some(equal);
        }
        let window = self.here.window.take();
        let overs = std::mem::take(&mut self.here.overs);
        let mut unfinished = Unfinished { from, filter, group, overs, items, window };
        let over = self.one_window_each(&mut unfinished)?;
        let Unfinished { from, filter, group, items, .. } = unfinished;
        let (times, windowed) = self.times(&from, group.as_ref());
        // Rows that are only freed of equal ones are of their own time.
        let windowed = windowed && !is_distinct;
        let select = Select { from, filter, group, over, forest: None, items: Vec::new(), span: self.span };
        let scope = std::mem::take(&mut self.here.scope);
        let bucket = self.here.bucket.take();
        Some(Selected { select, items, times, windowed, bucket, scope }).filter(|_| plain)
    }

    /// The times of the rows, and whether they come from a window.
    pub(super) fn times(&self, from: &FromClause, group: Option<&Group>) -> (Vec<TimeAttribute>, bool) {
        match (group, &self.here.bucket, from.timekeeper()) {
            (Some(_), Some(bucket), _) => (vec![bucket.time], true),
            (_, _, Some(relation)) => {
                let relation = &self.here.scope.relations[relation];
                (relation.times.clone(), relation.windowed)
            }
            _ => (Vec::new(), false),
        }
    }

    /// A number by ROW_NUMBER has no end, unless WHERE gives it one; after that it is a value like others.
    fn bounded_ranks(&mut self, filter: Option<&Expr>) -> Option<()> {
        let parts: Vec<&Expr> = match filter.map(|filter| (&filter.kind, filter)) {
            Some((ExprKind::And(parts), _)) => parts.iter().collect(),
            Some((_, filter)) => vec![filter],
            None => Vec::new(),
        };
        let bounded: Vec<ColumnRef> = parts.into_iter().filter_map(upper_bound).collect();
        let mut unbounded = None;
        for (relation, found) in self.here.scope.relations.iter_mut().enumerate() {
            for (column, found) in found.columns.iter_mut().enumerate() {
                if found.meaning == Meaning::Rank {
                    if bounded.contains(&ColumnRef { relation, column }) {
                        found.meaning = Meaning::Value;
                    } else {
                        unbounded = Some(found.clone());
                    }
                }
            }
        }
        match unbounded {
            None => Some(()),
            Some(column) => {
                let message = format!("`{}` numbers rows without a limit", column.name);
                let help = format!("keep the first few of each window: WHERE \"{}\" <= 10", column.name);
                let fault = Diagnostic::error(Code::UnsupportedSql, self.span, message, help);
                self.fault(fault.related(column.span, "numbered here"))
            }
        }
    }

    fn item(&mut self, item: &ast::SelectItem) -> Option<Vec<Item>> {
        if let Some(columns) = self.log_columns(item) {
            return columns;
        }
        match item {
            ast::SelectItem::UnnamedExpr(expr) => {
                let value = self.operand(expr)?;
                let mut name = match expr {
                    ast::Expr::Identifier(ident) => Some(self.name(ident)),
                    ast::Expr::CompoundIdentifier(parts) => parts.last().map(|ident| self.name(ident)),
                    _ => None,
                };
                // In plain SQL a column that is selected as it is keeps its own spelling.
                if let (Some(name), Operand::Typed(Expr { kind: ExprKind::Column(column), .. })) =
                    (&mut name, &value)
                    && self.text.is_plain
                {
                    let found = &self.here.scope.relations[column.relation].columns[column.column];
                    if name.means(&found.name) {
                        name.text.clone_from(&found.name);
                    }
                }
                Some(vec![Item { name, value }])
            }
            ast::SelectItem::ExprWithAlias { expr, alias } => {
                let value = self.operand(expr);
                let name = self.new_name(alias)?;
                Some(vec![Item { name: Some(name), value: value? }])
            }
            ast::SelectItem::Wildcard(options) => {
                let span = self.text.locate(options.wildcard_token.0.span).unwrap_or(self.span);
                self.plain_wildcard(options, span)?;
                let relations = 0..self.here.scope.relations.len();
                let columns: Option<Vec<Vec<Item>>> =
                    relations.map(|relation| self.all_columns(relation, span)).collect();
                Some(columns?.into_iter().flatten().collect())
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
                match self.here.scope.relation(&qualifier) {
                    Ok(relation) => self.all_columns(relation, qualifier.span),
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

    fn all_columns(&mut self, relation: usize, span: Span) -> Option<Vec<Item>> {
        let found = &self.here.scope.relations[relation];
        self.count(found.columns.len().saturating_mul(found.values + 1))?;
        let item = |name: &str, kind, data_type| {
            let name = Name { text: name.into(), quoted: true, span };
            Item { name: Some(name), value: Operand::Typed(Expr { kind, data_type, span }) }
        };
        let found = &self.here.scope.relations[relation];
        let columns = found.columns.iter().enumerate().map(|(column, found)| {
            item(&found.name, ExprKind::Column(ColumnRef { relation, column }), found.data_type)
        });
        let bounds = match self.text.is_plain {
            true => [("window_start", WindowBound::Start), ("window_end", WindowBound::End)],
            false => [("WINDOW_START", WindowBound::Start), ("WINDOW_END", WindowBound::End)],
        };
        let bounds = bounds.iter().filter(|_| found.table_function);
        let bounds = bounds.map(|(name, bound)| item(name, ExprKind::Window(*bound), DataType::Timestamp));
        Some(columns.chain(bounds).collect())
    }
}

/// The column that a condition keeps from growing.
pub fn upper_bound(condition: &Expr) -> Option<ColumnRef> {
    let column = |expr: &Expr| match expr.kind {
        ExprKind::Column(column) => Some(column),
        ExprKind::Cast { ref operand, .. } => match operand.kind {
            ExprKind::Column(column) => Some(column),
            _ => None,
        },
        _ => None,
    };
    // Flink refuses a bound that leaves no row, and the first is number 1.
    let number = |expr: &Expr, least: i64| matches!(expr.kind, ExprKind::Literal(Literal::Integer(value)) if value >= least);
    let upper = |operator: Comparison, operand: &Expr, bound: &Expr| match operator {
        Comparison::Less if number(bound, 2) => column(operand),
        Comparison::LessOrEqual | Comparison::Equal if number(bound, 1) => column(operand),
        _ => None,
    };
    match &condition.kind {
        ExprKind::Compare { operator, left, right } => upper(*operator, left, right).or_else(|| {
            let turned = match operator {
                Comparison::Greater => Comparison::Less,
                Comparison::GreaterOrEqual => Comparison::LessOrEqual,
                Comparison::Equal => Comparison::Equal,
                _ => return None,
            };
            upper(turned, right, left)
        }),
        ExprKind::Between { operand, high, negated: false, .. } => {
            upper(Comparison::LessOrEqual, operand, high)
        }
        _ => None,
    }
}

/// What the values of an item stand for.
pub(super) fn meaning(value: &Expr, selected: &Selected) -> Meaning {
    let window = selected.select.from.window();
    match &value.kind {
        ExprKind::Window(bound) => match (window, bound) {
            (Some(window), WindowBound::Start) => Meaning::WindowStart {
                of: window.time,
                size_ms: selected.bucket.as_ref().and_then(|bucket| bucket.size_ms),
            },
            (Some(window), _) => Meaning::WindowEnd { of: window.time },
            (None, _) => Meaning::Value,
        },
        ExprKind::Aggregate { function: Aggregate::RowNumber, .. } => Meaning::Rank,
        ExprKind::Rowtime { relation }
            if selected.select.group.is_none() && selected.select.from.timekeeper() == Some(*relation) =>
        {
            Meaning::Rowtime
        }
        ExprKind::Case { .. }
            if selected.select.group.is_none()
                && selected.select.from.timekeeper().is_some()
                && super::latest::of_joined_rows(value).is_some() =>
        {
            Meaning::Rowtime
        }
        ExprKind::Column(column)
            if selected.select.group.is_none()
                && selected.select.from.timekeeper() == Some(column.relation) =>
        {
            selected.scope.relations[column.relation].columns[column.column].meaning
        }
        // The event time, of a column of numbers.
        ExprKind::Call { function: Function::FromEpoch(_), arguments } => meaning(&arguments[0], selected),
        _ => Meaning::Value,
    }
}
