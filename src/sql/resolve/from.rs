//! FROM: streams, SELECTs within it, joins within bounds of time, look-ups in reference tables.

use sqlparser::ast;

use super::super::data_type::DataType;
use super::super::expr::{ColumnRef, Comparison, Expr, ExprKind};
use super::super::interval::Interval;
use super::super::name::Name;
use super::super::query::{FromClause, JoinKind, Meaning, Role, StreamId, TimeAttribute, TimeBounds};
use super::expr::Resolver;
use super::operand::cover;
use super::scope::{Relation, quoted};
use crate::diagnostics::{Code, Diagnostic};
use crate::source::Span;

const FORM: &str = "write FROM and the name of a stream, or a SELECT in parentheses followed by a name";
const WITHIN: &str = "write a time range: JOIN \"other\" OVER (RANGE INTERVAL '1' MINUTE PRECEDING) AS b ON ..; or bounds in \
                      ON: b.ROWTIME BETWEEN a.ROWTIME - INTERVAL '1' MINUTE AND a.ROWTIME";

/// The most milliseconds that bounds of a join add to a time; all years that Flink counts are within.
const MAX_SHIFT_MS: u64 = 1 << 60;

/// A part of a FROM clause, and how far back the rows of its relations are looked at.
pub(super) struct Leaf {
    pub(super) from: FromClause,
    /// The relations that have an OVER of their own, with its milliseconds.
    pub(super) windows: Vec<(usize, i64)>,
}

impl Resolver<'_, '_> {
    /// What a SELECT reads, and what WHERE asks of it beyond that.
    pub(super) fn from(
        &mut self,
        from: &[ast::TableWithJoins],
        selection: Option<&ast::Expr>,
    ) -> Option<(FromClause, Option<Option<Expr>>)> {
        let tables = match from {
            [] => {
                return self.fault(Diagnostic::error(
                    Code::SqlSyntax,
                    self.span,
                    "this SELECT has no FROM",
                    "write FROM \"SOURCE_SQL_STREAM_001\", the input",
                ));
            }
            [only] => only,
            [first, others @ ..] => return self.streams_of_list(first, others, selection),
        };
        let left = self.table(tables)?;
        let filter = match selection {
            Some(condition) => self.condition(condition, "WHERE").map(Some),
            None => Some(None),
        };
        Some((left.from, filter))
    }

    /// A stream with what is joined to it.
    pub(super) fn table(&mut self, tables: &ast::TableWithJoins) -> Option<Leaf> {
        let mut left = self.relation(&tables.relation)?;
        if let (FromClause::Stream { stream, span, .. }, Role::Reference(_)) =
            (&left.from, self.role(&left.from))
        {
            let message = format!("`{}` is a reference table, not a stream", self.streams.get(*stream).name);
            let help = "write FROM and a stream first, then JOIN the table ON its key";
            return self.fault(Diagnostic::error(Code::UnsupportedSql, *span, message, help));
        }
        for join in &tables.joins {
            left = self.join(left, join)?;
        }
        Some(left)
    }

    fn role(&self, from: &FromClause) -> Role {
        let first: StreamId = from.streams()[0];
        self.streams.get(first).role
    }

    pub(super) fn relation(&mut self, factor: &ast::TableFactor) -> Option<Leaf> {
        match factor {
            ast::TableFactor::Table {
                name,
                alias,
                args,
                with_hints,
                version: None,
                with_ordinality: false,
                partitions,
                json_path: None,
                sample: None,
                index_hints,
            } if with_hints.is_empty() && partitions.is_empty() && index_hints.is_empty() => {
                let [ast::ObjectNamePart::Identifier(ident)] = name.0.as_slice() else {
                    let help = "write the stream's name alone: streams have no schema";
                    return self.refuse(None, "a name of several parts", help);
                };
                let name = self.name(ident);
                let Some(args) = args else { return self.stream(&name, alias.as_ref(), None) };
                match args.args.as_slice() {
                    [
                        ast::FunctionArg::Unnamed(ast::FunctionArgExpr::Expr(ast::Expr::Interval(interval))),
                    ] => {
                        let back = self.milliseconds_from(0, interval, name.span)?;
                        self.stream(&name, alias.as_ref(), Some(back))
                    }
                    arguments => self.table_function(&name.upper(), arguments, alias.as_ref()),
                }
            }
            ast::TableFactor::TableFunction { expr: ast::Expr::Function(call), alias } => {
                let ([ast::ObjectNamePart::Identifier(ident)], ast::FunctionArguments::List(list)) =
                    (call.name.0.as_slice(), &call.args)
                else {
                    return self.refuse(None, "this form of FROM", FORM);
                };
                let name = self.name(ident).upper();
                self.table_function(&name, &list.args, alias.as_ref())
            }
            ast::TableFactor::Derived { lateral: false, subquery, alias, sample } => {
                let back_ms = match sample {
                    Some(sample) => Some(self.bound_of(sample)?),
                    None => None,
                };
                let query = self.with_names(subquery, alias.as_ref());
                let id = self.subquery(&query)?;
                let name = match alias {
                    Some(alias) => self.new_name(&alias.name)?,
                    None => Name { text: self.streams.get(id).name.clone(), quoted: true, span: self.span },
                };
                let (span, called) = (name.span, name.text.clone());
                let relation = self.here.scope.relations.len();
                self.push(name, None, id, false)?;
                self.rename_columns(alias.as_ref(), span)?;
                let from = FromClause::Stream { stream: id, name: called, window: None, span };
                let windows = back_ms.map(|ms| (relation, ms)).into_iter().collect();
                Some(Leaf { from, windows })
            }
            ast::TableFactor::NestedJoin { table_with_joins, alias: None }
                if table_with_joins.joins.is_empty() =>
            {
                self.relation(&table_with_joins.relation)
            }
            _ => self.refuse(None, "this form of FROM", FORM),
        }
    }

    /// The name after AS.
    pub(super) fn alias(&mut self, alias: &ast::TableAlias) -> Option<Name> {
        match alias {
            ast::TableAlias { explicit: _, name, columns, at: None } if columns.is_empty() => {
                self.new_name(name)
            }
            _ => self.refuse(None, "an alias with columns", "rename the columns in SELECT with AS"),
        }
    }

    /// The stream of a name, reported if there is none.
    pub(super) fn find_stream(&mut self, name: &Name) -> Option<StreamId> {
        match self.streams.find(name) {
            Ok(id) => Some(id),
            Err(fault) => {
                self.faults += 1;
                self.diagnostics.extend(fault);
                None
            }
        }
    }

    fn stream(&mut self, name: &Name, alias: Option<&ast::TableAlias>, back_ms: Option<i64>) -> Option<Leaf> {
        let id = self.find_stream(name)?;
        let renamed = alias;
        let alias = match alias {
            Some(alias) => Some(self.new_name(&alias.name)?),
            None => None,
        };
        let short = alias.is_none() && id == StreamId::INPUT;
        // A SELECT in WITH is called by its name there, the input by the one of its names that is written.
        let stream = &self.streams.get(id).name;
        let is_written =
            super::streams::is_generated(stream) || self.streams.input.number(&name.text).is_some();
        let text = if is_written { &name.text } else { stream };
        let own = Name { text: text.clone(), quoted: true, span: name.span };
        let called = alias.unwrap_or(own);
        let from =
            FromClause::Stream { stream: id, name: called.text.clone(), window: None, span: name.span };
        let relation = self.here.scope.relations.len();
        self.push(called, short.then_some(super::streams::SHORT_NAME), id, false)?;
        self.rename_columns(renamed, name.span)?;
        Some(Leaf { from, windows: back_ms.map(|ms| (relation, ms)).into_iter().collect() })
    }

    /// Takes a stream into the scope.
    pub(super) fn push(
        &mut self,
        name: Name,
        other_name: Option<&'static str>,
        id: StreamId,
        table_function: bool,
    ) -> Option<()> {
        if self.here.scope.relations.iter().any(|relation| relation.name == name.text) {
            let message = format!("`{}` is read twice under the same name", name.text);
            let help = format!("give each a different name: {} AS b", quoted(&name.text));
            return self.fault(Diagnostic::error(Code::DuplicateName, name.span, message, help));
        }
        let stream = self.streams.get(id);
        let flow = self.streams.flow(id);
        // What the user did not name is called as the SELECT calls it.
        let generated = super::streams::is_generated(&stream.name);
        let shown = if generated { name.text.clone() } else { stream.name.clone() };
        self.here.scope.relations.push(Relation {
            name: name.text,
            other_name,
            stream: shown,
            columns: stream.columns.clone(),
            times: flow.times.clone(),
            windowed: flow.windowed,
            is_input: id == StreamId::INPUT,
            table_function,
            values: 0,
        });
        Some(())
    }

    fn join(&mut self, left: Leaf, join: &ast::Join) -> Option<Leaf> {
        let first_right = self.here.scope.relations.len();
        let right = self.relation(&join.relation)?;
        let span = match &right.from {
            FromClause::Stream { span, .. } => *span,
            _ => self.span,
        };
        let (kind, constraint) = match &join.join_operator {
            ast::JoinOperator::Join(on) | ast::JoinOperator::Inner(on) => (JoinKind::Inner, on),
            ast::JoinOperator::Left(on) | ast::JoinOperator::LeftOuter(on) => (JoinKind::Left, on),
            ast::JoinOperator::Right(on) | ast::JoinOperator::RightOuter(on) => (JoinKind::Right, on),
            ast::JoinOperator::FullOuter(on) => (JoinKind::Full, on),
            _ => return self.refuse(Some(span), "this kind of join", "write JOIN .. ON, or LEFT JOIN .. ON"),
        };
        let ast::JoinConstraint::On(condition) = constraint else {
            return self.refuse(Some(span), "a join without ON", "write ON and the condition");
        };
        let before = *self.values;
        let condition = self.condition(condition, "ON")?;
        if condition.any(&|part| matches!(part.kind, ExprKind::Aggregate { .. } | ExprKind::Window(_))) {
            let help = "compute it in a SELECT in FROM";
            return self.refuse(Some(condition.span), "an aggregate in ON", help);
        }
        let key_values = *self.values - before;
        self.joined_by(left, right, kind, condition, first_right, key_values)
    }

    /// Two parts as one, where a condition holds that was written out as so many values.
    pub(super) fn joined_by(
        &mut self,
        left: Leaf,
        right: Leaf,
        kind: JoinKind,
        condition: Expr,
        first_right: usize,
        key_values: usize,
    ) -> Option<Leaf> {
        let span = match &right.from {
            FromClause::Stream { span, .. } => *span,
            _ => self.span,
        };
        if let (FromClause::Stream { stream, .. }, Role::Reference(at)) =
            (&right.from, self.role(&right.from))
        {
            let from = self.lookup(left.from, *stream, kind, &condition, first_right, span)?;
            // Each of its columns becomes the rows, and the key: once to test whether it is there, once to look it up.
            // Of many rows, the key also precedes each text of them.
            let rows = self.streams.rows(at).len();
            let places = 2 + rows / super::super::print::ROWS_OF_TEXT;
            let values = rows.saturating_add(key_values.saturating_mul(places));
            self.here.scope.relations[first_right].values = values;
            self.count(values)?;
            return Some(Leaf { from, windows: left.windows });
        }
        if matches!(kind, JoinKind::Right | JoinKind::Full)
            && let Some(table) = left.from.lookup_of_all_rows()
        {
            // It would look at the rows of the join, and drop those without a partner or find one for them.
            let help = "put the lookup in a SELECT in FROM: FROM (SELECT .. JOIN \"Table\" AS t ON ..) AS a RIGHT JOIN ..";
            return self.refuse(Some(table), "JOIN with a reference table before RIGHT or FULL JOIN", help);
        }
        let is_windowed = |from: &FromClause| matches!(from, FromClause::Stream { window: Some(_), .. });
        if is_windowed(&left.from) || is_windowed(&right.from) {
            let help = "aggregate each in its own SELECT, and join the results";
            return self.refuse(Some(span), "a join of windows", help);
        }
        let (bounds, rest) = self.bounds(&left, &right, condition, first_right, span)?;
        let windows = [left.windows, right.windows].concat();
        let (left, right) = (Box::new(left.from), Box::new(right.from));
        Some(Leaf { from: FromClause::Join { left, right, kind, bounds, on: rest, span }, windows })
    }

    /// How far apart the rows of a join may be, and what else is asked of them. Flink joins by the times of two relations;
    /// those of the others become conditions.
    fn bounds(
        &mut self,
        left: &Leaf,
        right: &Leaf,
        condition: Expr,
        first_right: usize,
        span: Span,
    ) -> Option<(TimeBounds, Option<Expr>)> {
        let mut pairs: Vec<Pair> = Vec::new();
        let condition_span = condition.span;
        let parts = match condition.kind {
            ExprKind::And(parts) => parts,
            _ => vec![condition],
        };
        let mut rest = Vec::new();
        for part in parts {
            let limits = self.limits(&part, first_right);
            if limits.is_empty() {
                rest.push(part);
            }
            for limit in limits {
                let (low, high) = if limit.upper { (None, Some(limit.ms)) } else { (Some(limit.ms), None) };
                narrow(&mut pairs, limit.first, limit.second, low, high);
            }
        }
        self.windows(left, right, first_right, span, &mut pairs)?;
        if pairs.iter().any(|pair| pair.first.1 != pair.second.1) {
            let help = "compare ROWTIME with ROWTIME, or the columns that contain the event time";
            return self.refuse(Some(condition_span), "a join of ROWTIME with an event time", help);
        }
        if pairs.is_empty()
            && !self.text.is_plain
            && let Some(first) = left.from.timekeeper()
            && [first, first_right].into_iter().all(|relation| self.has_rowtime(relation))
        {
            let has_key = rest.iter().any(|part| !matches!(part.kind, ExprKind::Literal(_)));
            self.same_time(span, has_key);
            let time = |relation| (relation, TimeAttribute::Rowtime);
            narrow(&mut pairs, time(first), time(first_right), Some(0), Some(0));
        }
        // What a join may have filled with NULLs is not a time to join by.
        let nullable = left.from.nullable();
        let joins = |pair: &Pair| {
            let is_there = nullable.get(pair.first.0).is_none_or(|nullable| !nullable);
            is_there && pair.low.is_some() && pair.high.is_some()
        };
        let kept = left.from.timekeeper();
        let main = pairs
            .iter()
            .position(|pair| joins(pair) && Some(pair.first.0) == kept)
            .or_else(|| pairs.iter().position(joins));
        let Some((main, low_ms, high_ms)) =
            main.map(|at| pairs.remove(at)).and_then(|main| Some((main, main.low?, main.high?)))
        else {
            let message = "this join has no time bounds: its state would keep every row forever";
            return self.fault(Diagnostic::error(Code::MissingWindow, span, message, WITHIN));
        };
        let is_empty = |pair: &Pair| pair.low.zip(pair.high).is_some_and(|(low, high)| low > high);
        if low_ms > high_ms || pairs.iter().any(is_empty) {
            let message = "these time bounds exclude every row".into();
            return self.mismatch(condition_span, message, WITHIN.into());
        }
        for pair in pairs {
            let may_be_null = nullable.get(pair.first.0).is_some_and(|nullable| *nullable);
            rest.extend(self.as_conditions(&pair, may_be_null, span)?);
        }
        let on = match rest.len() {
            0 => None,
            1 => rest.pop(),
            _ => Some(Expr { span: part_span(&rest, condition_span), ..and(rest) }),
        };
        Some((TimeBounds { first: main.first, second: main.second, low_ms, high_ms }, on))
    }

    /// The bounds that the OVER of each side makes: a row is found for as long as its own window holds it, whichever
    /// of all relations has the newest. A relation without OVER has its newest row only, unless ON says more.
    fn windows(
        &mut self,
        left: &Leaf,
        right: &Leaf,
        first_right: usize,
        span: Span,
        pairs: &mut Vec<Pair>,
    ) -> Option<()> {
        let of = |leaf: &Leaf, relation: usize| {
            leaf.windows.iter().find(|(windowed, _)| *windowed == relation).map(|(_, ms)| *ms)
        };
        let is_bounded = !pairs.is_empty();
        let otherwise = (!is_bounded).then_some(0);
        let back = of(right, first_right);
        let streams = left.from.streams();
        for (relation, stream) in streams.into_iter().enumerate() {
            let window = of(left, relation);
            let is_table = matches!(self.streams.get(stream).role, Role::Reference(_));
            if is_table || window.is_none() && back.is_none() {
                continue;
            }
            let has_time =
                |relation: usize| self.here.scope.relations[relation].times.contains(&TimeAttribute::Rowtime);
            if !has_time(relation) || !has_time(first_right) {
                let help = "name the columns that contain their times: b.\"time\" BETWEEN a.\"time\" - INTERVAL '1' MINUTE \
                            AND a.\"time\"";
                return self.refuse(Some(span), "OVER on rows without ROWTIME", help);
            }
            let (low, high) = (back.map(|ms| -ms).or(otherwise), window.or(otherwise));
            let time = |relation| (relation, TimeAttribute::Rowtime);
            narrow(pairs, time(relation), time(first_right), low, high);
        }
        Some(())
    }

    /// Bounds as conditions; what has no partner on the left has no time to be compared.
    fn as_conditions(&self, pair: &Pair, may_be_null: bool, span: Span) -> Option<Vec<Expr>> {
        let of = |kind: ExprKind, data_type: DataType| Expr { kind, data_type, span };
        let time = |(relation, time): (usize, TimeAttribute)| {
            let kind = match time {
                TimeAttribute::Rowtime => ExprKind::Rowtime { relation },
                TimeAttribute::EventTime => {
                    let columns = &self.here.scope.relations[relation].columns;
                    let column = columns.iter().position(|column| column.meaning == Meaning::EventTime)?;
                    ExprKind::Column(ColumnRef { relation, column })
                }
            };
            Some(of(kind, DataType::Timestamp))
        };
        let (first, second) = (time(pair.first)?, time(pair.second)?);
        let limit = |operator: Comparison, ms: i64| {
            let operand = Box::new(first.clone());
            let shifted = ExprKind::Shift { operand, by: Interval::Milliseconds(ms) };
            let right = Box::new(if ms == 0 { first.clone() } else { of(shifted, DataType::Timestamp) });
            let kind = ExprKind::Compare { operator, left: Box::new(second.clone()), right };
            of(kind, DataType::Boolean)
        };
        let low = pair.low.map(|ms| limit(Comparison::GreaterOrEqual, ms));
        let high = pair.high.map(|ms| limit(Comparison::LessOrEqual, ms));
        let limits: Vec<Expr> = low.into_iter().chain(high).collect();
        if !may_be_null {
            return Some(limits);
        }
        let kind = ExprKind::IsNull { operand: Box::new(first.clone()), negated: false };
        let either = vec![of(kind, DataType::Boolean), Expr { span, ..and(limits) }];
        Some(vec![of(ExprKind::Or(either), DataType::Boolean)])
    }

    /// What a condition says of the difference of two times, one of each side; nothing if it is another condition.
    fn limits(&self, condition: &Expr, first_right: usize) -> Vec<Limit> {
        let limit = |a: &Expr, operator: Comparison, b: &Expr| -> Vec<Limit> {
            let (Some((a, a_ms)), Some((b, b_ms))) = (self.instant(a), self.instant(b)) else {
                return Vec::new();
            };
            if (a.0 < first_right) == (b.0 < first_right) {
                return Vec::new();
            }
            // a - b compared with ms, as a difference "second - first".
            let ms = b_ms - a_ms;
            let (first, second, ms, turned) = if a.0 > b.0 { (b, a, ms, false) } else { (a, b, -ms, true) };
            let make = |upper: bool, ms: i64| Limit { first, second, upper, ms };
            match (operator, turned) {
                (Comparison::Equal, _) => vec![make(true, ms), make(false, ms)],
                (Comparison::LessOrEqual, false) | (Comparison::GreaterOrEqual, true) => vec![make(true, ms)],
                (Comparison::Less, false) | (Comparison::Greater, true) => vec![make(true, ms - 1)],
                (Comparison::GreaterOrEqual, false) | (Comparison::LessOrEqual, true) => {
                    vec![make(false, ms)]
                }
                (Comparison::Greater, false) | (Comparison::Less, true) => vec![make(false, ms + 1)],
                (Comparison::NotEqual, _) => Vec::new(),
            }
        };
        match &condition.kind {
            ExprKind::Compare { operator, left, right } => limit(left, *operator, right),
            ExprKind::Between { operand, low, high, negated: false } => {
                let low = limit(operand, Comparison::GreaterOrEqual, low);
                let high = limit(operand, Comparison::LessOrEqual, high);
                if low.is_empty() || high.is_empty() { Vec::new() } else { [low, high].concat() }
            }
            _ => Vec::new(),
        }
    }

    /// A time of a relation, and how many milliseconds are added to it.
    fn instant(&self, expr: &Expr) -> Option<((usize, TimeAttribute), i64)> {
        match &expr.kind {
            ExprKind::Shift { operand, by: Interval::Milliseconds(ms) } => {
                let (time, before) = self.instant(operand)?;
                // The difference of two such sums is a number as well.
                let sum = before.checked_add(*ms).filter(|sum| sum.unsigned_abs() < MAX_SHIFT_MS)?;
                Some((time, sum))
            }
            _ => {
                self.time_of(expr).filter(|time| time.exact).map(|time| ((time.relation, time.attribute), 0))
            }
        }
    }

    /// A SELECT within FROM, as a stream of its own.
    pub(super) fn subquery(&mut self, query: &ast::Query) -> Option<StreamId> {
        let selected = self.query(query)?;
        self.anonymous(selected)
    }
}

/// What is known of `second - first`, in milliseconds.
#[derive(Clone, Copy)]
struct Pair {
    first: (usize, TimeAttribute),
    second: (usize, TimeAttribute),
    low: Option<i64>,
    high: Option<i64>,
}

/// Adds bounds of two times to those that are there.
fn narrow(
    pairs: &mut Vec<Pair>,
    first: (usize, TimeAttribute),
    second: (usize, TimeAttribute),
    low: Option<i64>,
    high: Option<i64>,
) {
    let both = |a: Option<i64>, b: Option<i64>, of: fn(i64, i64) -> i64| match (a, b) {
        (Some(a), Some(b)) => Some(of(a, b)),
        (a, b) => a.or(b),
    };
    match pairs.iter_mut().find(|pair| (pair.first, pair.second) == (first, second)) {
        Some(pair) => {
            pair.low = both(pair.low, low, i64::max);
            pair.high = both(pair.high, high, i64::min);
        }
        None => pairs.push(Pair { first, second, low, high }),
    }
}

#[derive(Clone)]
struct Limit {
    first: (usize, TimeAttribute),
    second: (usize, TimeAttribute),
    upper: bool,
    ms: i64,
}

fn part_span(parts: &[Expr], otherwise: Span) -> Span {
    parts.iter().map(|part| part.span).reduce(cover).unwrap_or(otherwise)
}

/// Several conditions as one.
pub(super) fn and(parts: Vec<Expr>) -> Expr {
    let span = parts.iter().map(|part| part.span).reduce(cover);
    let data_type = DataType::Boolean;
    let span = span.unwrap_or(parts[0].span);
    Expr { kind: ExprKind::And(parts), data_type, span }
}
