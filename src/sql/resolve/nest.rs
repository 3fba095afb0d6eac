//! SELECTs in SELECTs that the user did not write: Flink has one window in each.

use std::collections::HashSet;

use super::super::expr::{ColumnRef, Expr, ExprKind};
use super::super::name::Name;
use super::super::query::{FromClause, Group, Order, Over, Select, Window, WindowKind};
use super::expr::Resolver;
use super::operand::Operand;
use super::select::{Item, Selected};
use crate::diagnostics::{Code, Diagnostic};
use crate::source::Span;

/// A SELECT whose parts are resolved, on the way to one that a back end can take.
pub(super) struct Unfinished {
    pub(super) from: FromClause,
    pub(super) filter: Option<Expr>,
    pub(super) group: Option<Group>,
    /// Its OVER clauses; aggregates name theirs by its number.
    pub(super) overs: Vec<Over>,
    pub(super) items: Vec<Item>,
    /// The window of its GROUP BY, unless a table function in FROM makes it.
    pub(super) window: Option<Window>,
}

impl Unfinished {
    /// The expressions that follow FROM and WHERE.
    fn expressions_mut(&mut self) -> Vec<&mut Expr> {
        let mut all: Vec<&mut Expr> = Vec::new();
        for item in &mut self.items {
            if let Operand::Typed(value) = &mut item.value {
                all.push(value);
            }
        }
        if let Some(group) = &mut self.group {
            all.extend(group.keys.iter_mut().chain(&mut group.having));
        }
        for over in &mut self.overs {
            all.extend(&mut over.partition);
            if let Order::Values(values) = &mut over.order {
                all.extend(values.iter_mut().map(|(value, _)| value));
            }
        }
        all
    }

    fn expressions(&self) -> Vec<&Expr> {
        let mut all: Vec<&Expr> = Vec::new();
        for item in &self.items {
            if let Operand::Typed(value) = &item.value {
                all.push(value);
            }
        }
        if let Some(group) = &self.group {
            all.extend(group.keys.iter().chain(&group.having));
        }
        for over in &self.overs {
            all.extend(&over.partition);
            if let Order::Values(values) = &over.order {
                all.extend(values.iter().map(|(value, _)| value));
            }
        }
        all
    }
}

impl Resolver<'_, '_> {
    /// Takes the SELECT apart until each part has one window, over one stream. Gives its only OVER clause.
    pub(super) fn one_window_each(&mut self, select: &mut Unfinished) -> Option<Option<Over>> {
        let over = self.one_over(select)?;
        let Some(window) = select.window.take() else { return Some(over) };
        let mut window = window;
        if let FromClause::Join { .. } = leftmost(&mut select.from) {
            self.nest(select, None, Vec::new())?;
        }
        if let WindowKind::Session { gap_ms, .. } = window.kind {
            window.kind = self.session(select, gap_ms)?;
        }
        if let FromClause::Stream { window: place, .. } = leftmost(&mut select.from) {
            *place = Some(window);
        }
        Some(over)
    }

    /// One SELECT for each OVER clause but the last, the later ones around the earlier.
    fn one_over(&mut self, select: &mut Unfinished) -> Option<Option<Over>> {
        let Some(first) = select.overs.first() else { return Some(None) };
        let span = first.span;
        if select.from.window().is_some() {
            let help = "aggregate with GROUP BY window_start, window_end";
            return self.refuse(Some(span), "OVER on a window's table function", help);
        }
        let is_rank = |over: &Over| matches!(over.order, Order::Values(_));
        if select.overs.len() > 1 && select.overs.iter().any(is_rank) {
            let help = "number the rows in a SELECT in FROM";
            return self.refuse(Some(span), "`ROW_NUMBER` with another window", help);
        }
        if let FromClause::Join { .. } = leftmost(&mut select.from) {
            if select.from.timekeeper() != Some(0) {
                let help = "join in a SELECT in FROM, as in FROM (SELECT .. JOIN ..) AS j, and write OVER in the outer SELECT";
                return self.refuse(Some(span), "OVER on a RIGHT or FULL JOIN", help);
            }
            self.nest(select, None, Vec::new())?;
        }
        let mut open: Vec<usize> = (0..select.overs.len()).collect();
        while open.len() > 1 {
            // One that looks at no value of another.
            let at = open.iter().position(|over| {
                let all = aggregates(select, *over);
                all.iter().all(|aggregate| {
                    let mut is_plain = true;
                    aggregate.operands(&mut |operand| is_plain &= !operand.any(&is_aggregate));
                    is_plain
                })
            })?;
            let over = open.remove(at);
            let values = aggregates(select, over);
            let clause = select.overs[over].clone();
            self.nest(select, Some(clause), values)?;
        }
        for expr in select.expressions_mut() {
            of_the_only_window(expr);
        }
        Some(Some(select.overs.swap_remove(open[0])))
    }

    /// Puts FROM, WHERE and some values into a SELECT of its own, which becomes what the SELECT reads.
    pub(super) fn nest(
        &mut self,
        select: &mut Unfinished,
        over: Option<Over>,
        values: Vec<Expr>,
    ) -> Option<()> {
        let span = self.span;
        let mut inner = values;
        let own = inner.len();
        let timekeeper = select.from.timekeeper();
        // Of a single stream all columns, of others those that are read.
        if let FromClause::Stream { .. } = select.from {
            let columns = self.here.scope.relations[0].columns.iter().enumerate();
            inner.extend(columns.map(|(column, found)| Expr {
                kind: ExprKind::Column(ColumnRef { relation: 0, column }),
                data_type: found.data_type,
                span,
            }));
        }
        for expr in select.expressions() {
            leaves(expr, own, timekeeper, &mut inner);
        }
        self.count(inner.len())?;
        let mut names: HashSet<String> = HashSet::new();
        let items = inner.iter().map(|value| {
            let mut name = match value.kind {
                ExprKind::Column(ColumnRef { relation, column }) => {
                    self.here.scope.relations[relation].columns[column].name.clone()
                }
                ExprKind::Rowtime { .. } => "pipec_time".into(),
                _ => "pipec_result".into(),
            };
            let plain = name.clone();
            let mut number = 1;
            while names.contains(&name) {
                number += 1;
                name = format!("{plain}_{number}");
            }
            names.insert(name.clone());
            let mut value = value.clone();
            of_the_only_window(&mut value);
            Item { name: Some(Name { text: name, quoted: true, span }), value: Operand::Typed(value) }
        });
        let items: Vec<Item> = items.collect();
        let (times, windowed) = self.times(&select.from, None);
        let first = &self.here.scope.relations[0];
        let (name, other_name) = (first.name.clone(), first.other_name);
        let placeholder =
            FromClause::Stream { stream: select.from.streams()[0], name: String::new(), window: None, span };
        let from = std::mem::replace(&mut select.from, placeholder);
        let is_over = over.is_some();
        let plain = Select {
            from,
            filter: select.filter.take(),
            group: None,
            over,
            forest: None,
            items: Vec::new(),
            span,
        };
        let scope = std::mem::take(&mut self.here.scope);
        let selected = Selected { select: plain, items, times, windowed, bucket: None, scope };
        let id = self.anonymous(vec![selected])?;
        self.push(Name { text: name.clone(), quoted: true, span }, other_name, id, false)?;
        select.from = FromClause::Stream { stream: id, name, window: None, span };
        for expr in select.expressions_mut() {
            move_to(expr, &inner, own, is_over, timekeeper);
        }
        Some(())
    }

    /// Reads a stream that the user did not name, all of it.
    pub(super) fn rows_of(&mut self, id: super::super::query::StreamId, span: Span) -> Option<Selected> {
        let outer = std::mem::take(&mut self.here);
        let name = self.streams.get(id).name.clone();
        let pushed = self.push(Name { text: name.clone(), quoted: true, span }, None, id, false);
        let here = std::mem::replace(&mut self.here, outer);
        pushed?;
        let relation = &here.scope.relations[0];
        let items = relation.columns.iter().enumerate().map(|(column, found)| Item {
            name: Some(Name { text: found.name.clone(), quoted: true, span }),
            value: Operand::Typed(Expr {
                kind: ExprKind::Column(ColumnRef { relation: 0, column }),
                data_type: found.data_type,
                span,
            }),
        });
        let items = items.collect();
        let (times, windowed) = (relation.times.clone(), relation.windowed);
        let from = FromClause::Stream { stream: id, name, window: None, span };
        let select =
            Select { from, filter: None, group: None, over: None, forest: None, items: Vec::new(), span };
        Some(Selected { select, items, times, windowed, bucket: None, scope: here.scope })
    }

    /// GROUP BY cuts a join by the time that its rows keep.
    pub(super) fn cut_by_its_time(&mut self, from: &FromClause, relation: usize, span: Span) -> Option<()> {
        match from.timekeeper() {
            Some(kept) if kept == relation => Some(()),
            _ => {
                let help =
                    "use the time of the side whose rows are all kept: the first one of a JOIN or LEFT JOIN";
                let message = "the rows of this join do not keep this time";
                let fault = Diagnostic::error(Code::MissingWindow, span, message, help);
                self.fault(fault)
            }
        }
    }
}

fn is_aggregate(expr: &Expr) -> bool {
    matches!(expr.kind, ExprKind::Aggregate { .. })
}

/// The different aggregates of an OVER clause.
fn aggregates(select: &Unfinished, over: usize) -> Vec<Expr> {
    fn add(expr: &Expr, wanted: usize, found: &mut Vec<Expr>) {
        if let ExprKind::Aggregate { over, .. } = expr.kind
            && over == wanted
            && !found.iter().any(|known| known.same(expr))
        {
            found.push(expr.clone());
        }
        expr.operands(&mut |operand| add(operand, wanted, found));
    }
    let mut found = Vec::new();
    for expr in select.expressions() {
        add(expr, over, &mut found);
    }
    found
}

/// Makes the only OVER clause that of all aggregates.
fn of_the_only_window(expr: &mut Expr) {
    if let ExprKind::Aggregate { over, .. } = &mut expr.kind {
        *over = 0;
    }
    expr.operands_mut(&mut of_the_only_window);
}

/// Adds the columns, and the times that a SELECT around does not have of itself, that an expression reads outside the
/// first `own` values.
fn leaves(expr: &Expr, own: usize, timekeeper: Option<usize>, inner: &mut Vec<Expr>) {
    if inner[..own].iter().any(|value| value.same(expr)) {
        return;
    }
    match expr.kind {
        ExprKind::Rowtime { relation } if Some(relation) == timekeeper => {}
        ExprKind::Column(_) | ExprKind::Rowtime { .. } => {
            if !inner.iter().any(|known| known.same(expr)) {
                inner.push(expr.clone());
            }
        }
        _ => expr.operands(&mut |operand| leaves(operand, own, timekeeper, inner)),
    }
}

/// Makes columns of what the SELECT inside computes.
fn move_to(expr: &mut Expr, inner: &[Expr], own: usize, is_over: bool, timekeeper: Option<usize>) {
    let is_kept = matches!(expr.kind, ExprKind::Rowtime { relation } if Some(relation) == timekeeper);
    let known = inner.iter().position(|value| value.same(expr));
    match known {
        // The time that rows keep is not the value that it had.
        Some(column) if !is_kept || column < own && !is_over => {
            expr.kind = ExprKind::Column(ColumnRef { relation: 0, column });
        }
        _ if is_kept => expr.kind = ExprKind::Rowtime { relation: 0 },
        _ => expr.operands_mut(&mut |operand| move_to(operand, inner, own, is_over, timekeeper)),
    }
}

/// The stream of a chain of look-ups, or a join.
pub(super) fn leftmost(from: &mut FromClause) -> &mut FromClause {
    match from {
        FromClause::Lookup { left, .. } => leftmost(left),
        other => other,
    }
}
