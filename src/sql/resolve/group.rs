//! GROUP BY: which of its keys is the window, and what a group's row may hold.

use sqlparser::ast;

use super::super::expr::{Aggregate, Expr, ExprKind, WindowBound};
use super::super::query::{FromClause, Group, Meaning, TimeAttribute, Window, WindowKind};
use super::expr::Resolver;
use super::functions::expressions;
use super::operand::cover;
use super::scope::quoted;
use super::select::Item;
use super::window::Time;
use crate::diagnostics::{Code, Diagnostic};
use crate::source::Span;

/// The window of a GROUP BY.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Bucket {
    pub(super) time: TimeAttribute,
    /// The length of tumbling windows.
    pub(super) size_ms: Option<i64>,
}

impl Bucket {
    pub(super) fn of(window: &Window) -> Self {
        let size_ms = match window.kind {
            WindowKind::Tumble { size_ms } => Some(size_ms),
            _ => None,
        };
        Self { time: window.time, size_ms }
    }
}

/// One key of a GROUP BY.
pub(super) enum Key {
    /// A value, as one key.
    Value(Expr),
    /// A time cut into steps: the time, the length, and the key as a value.
    Step(Time, i64, Expr),
    /// A column of the window's table function.
    Bound,
    /// A window of Flink's older form that is no tumbling one.
    Window(Window),
    /// A window that starts with the first row of its partition.
    Stagger(Vec<Key>, i64, Span),
}

impl Resolver<'_, '_> {
    /// The keys. The window, if there is one, goes to the stream that is read.
    pub(super) fn group_by(
        &mut self,
        group_by: &ast::GroupByExpr,
        from: &mut FromClause,
    ) -> Option<Option<Group>> {
        let ast::GroupByExpr::Expressions(expressions, modifiers) = group_by else {
            return self.refuse(None, "`GROUP BY ALL`", "name the columns");
        };
        if !modifiers.is_empty() {
            return self.refuse(
                None,
                "this form of GROUP BY",
                "name the columns, and write one query for each grouping",
            );
        }
        if expressions.is_empty() {
            return Some(None);
        }
        let keys: Vec<Option<Key>> = expressions.iter().map(|expr| self.key(expr)).collect();
        let keys: Vec<Key> = keys.into_iter().collect::<Option<_>>()?;
        let span = keys.iter().map(|key| key.span(self.span)).reduce(cover).unwrap_or(self.span);
        let keys = match from.window() {
            Some(window) => {
                let window = window.clone();
                self.table_function_keys(keys, &window, from, span)?
            }
            None => self.window_keys(keys, from, span)?,
        };
        Some(Some(Group { keys, having: None, span }))
    }

    fn key(&mut self, expr: &ast::Expr) -> Option<Key> {
        use sqlparser::ast::Spanned;
        if let ast::Expr::Value(value) = expr
            && let ast::Value::Number(place, _) = &value.value
            && let Some(item) = self.here.aliases.at(place).filter(|_| self.text.is_plain)
        {
            return self.key(&item);
        }
        if let ast::Expr::Value(value) = expr {
            let span = self.text.locate(value.span);
            return self.refuse(span, "a column by its position", "name it");
        }
        if let ast::Expr::Function(call) = expr
            && call.name.to_string().eq_ignore_ascii_case("STAGGER")
        {
            let span = self.text.locate(expr.span()).unwrap_or(self.span);
            return self.stagger(call, span);
        }
        if let ast::Expr::Function(call) = expr {
            let span = self.text.locate(expr.span()).unwrap_or(self.span);
            if let Some(key) = self.group_window(call, span) {
                return key;
            }
        }
        let value = self.typed(expr)?;
        if let ExprKind::Window(_) = value.kind {
            return Some(Key::Bound);
        }
        if let Some((time, ms)) = self.step_of(&value) {
            return Some(Key::Step(time, ms, value));
        }
        if let ExprKind::Rowtime { .. } = value.kind {
            let help = "group by a window: STEP(ROWTIME BY INTERVAL '1' MINUTE)";
            return self.refuse(Some(value.span), "GROUP BY ROWTIME itself", help);
        }
        Some(Key::Value(value))
    }

    /// `STEP(time BY ..)` or `FLOOR(time TO unit)` of a time that rows are ordered by.
    pub(super) fn step_of(&self, value: &Expr) -> Option<(Time, i64)> {
        use super::super::expr::Function;
        let ExprKind::Call { function, arguments } = &value.kind else { return None };
        let ms = match function {
            Function::Step(ms) => *ms,
            Function::FloorTo(field) => field.milliseconds()?,
            _ => return None,
        };
        Some((self.time_of(&arguments[0])?, ms))
    }

    /// Whether a value cuts a time that rows are ordered by into units whose length differs, or that do not start where
    /// windows of their length do.
    fn is_long_unit(&self, value: &Expr) -> bool {
        use super::super::expr::Function;
        match &value.kind {
            ExprKind::Call { function: Function::FloorTo(field), arguments } => {
                field.milliseconds().is_none() && self.time_of(&arguments[0]).is_some()
            }
            _ => false,
        }
    }

    /// The column of a step that could be a window, if its column were a time that rows are ordered by.
    fn stepped_column(&self, value: &Expr) -> Option<(String, Span)> {
        use super::super::expr::Function;
        let ExprKind::Call { function: Function::Step(_) | Function::FloorTo(_), arguments } = &value.kind
        else {
            return None;
        };
        let ExprKind::Column(column) = arguments[0].kind else { return None };
        let name = &self.here.scope.relations[column.relation].columns[column.column].name;
        Some((name.clone(), arguments[0].span))
    }

    fn stagger(&mut self, call: &ast::Function, span: Span) -> Option<Key> {
        let ast::FunctionArguments::List(list) = &call.args else { return None };
        let help = "write WINDOWED BY STAGGER (PARTITION BY \"column\" RANGE INTERVAL '1' MINUTE)";
        match expressions(list).as_deref() {
            Some([keys @ .., ast::Expr::Interval(interval)]) if !keys.is_empty() => {
                let ms = self.milliseconds(interval, span)?;
                let keys: Vec<Option<Key>> = keys.iter().map(|key| self.key(key)).collect();
                Some(Key::Stagger(keys.into_iter().collect::<Option<_>>()?, ms, span))
            }
            _ => self.refuse(Some(span), "this form of STAGGER", help),
        }
    }

    /// The keys in addition to `window_start` and `window_end`.
    fn table_function_keys(
        &mut self,
        keys: Vec<Key>,
        window: &Window,
        from: &mut FromClause,
        span: Span,
    ) -> Option<Vec<Expr>> {
        let mut bounded = false;
        let mut values = Vec::new();
        for key in keys {
            match key {
                Key::Bound => bounded = true,
                Key::Value(value) | Key::Step(_, _, value) => values.push(value),
                Key::Stagger(_, _, span) | Key::Window(Window { span, .. }) => {
                    return self.refuse(Some(span), "a second window in one SELECT", "remove one of them");
                }
            }
        }
        if !bounded {
            let message = "this GROUP BY does not name its window";
            let help = "write GROUP BY window_start, window_end and the columns";
            return self.fault(Diagnostic::error(Code::MissingWindow, span, message, help));
        }
        self.here.bucket = Some(Bucket::of(window));
        if let (FromClause::Stream { window: Some(window), .. }, WindowKind::Session { gap_ms, .. }) =
            (&mut *from, &window.kind)
        {
            let grouped = self.columns(&values)?;
            let declared = match &window.kind {
                WindowKind::Session { partition, .. } => partition.clone(),
                _ => Vec::new(),
            };
            let missing = declared.iter().find(|column| !grouped.contains(column));
            let other = grouped.iter().find(|column| !declared.contains(column) && !declared.is_empty());
            if let Some(&column) = missing.or(other) {
                let name = &self.here.scope.relations[0].columns[column].name;
                let message =
                    format!("`{name}` is not both in PARTITION BY and in GROUP BY of these sessions");
                let help = "group by the columns of PARTITION BY, window_start and window_end".into();
                return self.mismatch(span, message, help);
            }
            let partition = if declared.is_empty() { grouped } else { declared };
            window.kind = WindowKind::Session { partition, gap_ms: *gap_ms };
        }
        Some(values)
    }

    /// The columns that a session is kept apart by.
    fn columns(&mut self, keys: &[Expr]) -> Option<Vec<usize>> {
        let mut columns = Vec::new();
        for key in keys {
            match key.kind {
                // Flink takes each once.
                ExprKind::Column(column) if columns.contains(&column.column) => {}
                ExprKind::Column(column) if column.relation == 0 => columns.push(column.column),
                _ => {
                    let help = "compute it in a SELECT in FROM, and group by its column";
                    return self.refuse(Some(key.span), "a session grouped by a computed value", help);
                }
            }
        }
        Some(columns)
    }

    /// The keys in addition to the window, which is the step of ROWTIME, else that of the event time.
    fn window_keys(&mut self, keys: Vec<Key>, from: &mut FromClause, span: Span) -> Option<Vec<Expr>> {
        let mut steps: Vec<(TimeAttribute, i64)> = Vec::new();
        for key in &keys {
            if let Key::Step(time, ms, _) = key {
                steps.push((time.attribute, *ms));
            }
        }
        let chosen = [TimeAttribute::Rowtime, TimeAttribute::EventTime]
            .into_iter()
            .find_map(|time| steps.iter().find(|step| step.0 == time).copied());
        let mut values = Vec::new();
        let mut stagger = None;
        let mut written: Option<Window> = None;
        for key in keys {
            match key {
                Key::Step(time, ms, value) if Some((time.attribute, ms)) == chosen => {
                    self.cut_by_its_time(from, time.relation, value.span)?;
                    if let Some(inner) = time.step_ms
                        && ms % inner != 0
                    {
                        let message =
                            "the length of these windows is not a multiple of the inner windows' length"
                                .into();
                        let help = "write a multiple of the inner length".into();
                        return self.mismatch(value.span, message, help);
                    }
                }
                Key::Step(time, _, value) if Some(time.attribute) == chosen.map(|chosen| chosen.0) => {
                    return self.refuse(
                        Some(value.span),
                        "a second window in one SELECT",
                        "keep the shorter one",
                    );
                }
                Key::Value(value) | Key::Step(_, _, value) => values.push(value),
                Key::Stagger(keys, ms, span) => stagger = Some((keys, ms, span)),
                Key::Window(window) => written = Some(window),
                Key::Bound => {}
            }
        }
        let built = if let Some((keys, ms, span)) = stagger {
            if !values.is_empty() || chosen.is_some() {
                return self.refuse(
                    Some(span),
                    "STAGGER with other keys",
                    "write all of them in its PARTITION BY",
                );
            }
            self.stagger_window(keys, ms, span, &mut values, from)?
        } else if let Some(window) = written {
            if chosen.is_some() {
                return self.refuse(Some(window.span), "a second window in one SELECT", "keep one of them");
            }
            window
        } else if let Some((time, size_ms)) = chosen {
            Window { time, kind: WindowKind::Tumble { size_ms }, span }
        } else if let Some(unit) = values.iter().find(|value| self.is_long_unit(value)) {
            let help = "write windows of days: FLOOR(ROWTIME TO DAY), or STEP(ROWTIME BY INTERVAL '7' DAY)";
            return self.refuse(Some(unit.span), "a window of weeks, months or years", help);
        } else if let Some((name, span)) = values.iter().find_map(|value| self.stepped_column(value)) {
            return self.no_time(span, &name);
        } else if let Some((time, size_ms)) = self.inner_window(from) {
            self.approximate(
                span,
                "this GROUP BY has no window and uses the windows of the rows that it reads: a group that spans several windows has several rows",
                "no action is needed if each group is within one window; otherwise add a longer window: STEP(ROWTIME BY ..)",
            );
            Window { time, kind: WindowKind::Tumble { size_ms }, span }
        } else {
            let message = "this GROUP BY has no window: its state would keep every group forever";
            let help = format!("add a window to GROUP BY: {}", self.example_step());
            return self.fault(Diagnostic::error(Code::MissingWindow, span, message, help));
        };
        let built = self.of_a_length_in_flink(built)?;
        self.here.bucket = Some(Bucket::of(&built));
        let first = &self.here.scope.relations[0];
        if first.windowed && built.time == TimeAttribute::Rowtime {
            self.approximate(
                built.span,
                "rows of a window are counted in the outer window that contains them; Kinesis Data Analytics counted those at its end in the next one",
                "no action is needed if each outer window should contain the inner windows of its own time",
            );
        }
        self.here.window = Some(built);
        Some(values)
    }

    /// The window of which the rows come that an old application groups by what it says to grow, MONOTONIC.
    fn inner_window(&self, from: &FromClause) -> Option<(TimeAttribute, i64)> {
        let relation = from.timekeeper().filter(|_| !self.text.is_plain)?;
        let relation = &self.here.scope.relations[relation];
        relation.columns.iter().find_map(|column| match column.meaning {
            Meaning::WindowStart { of, size_ms: Some(size) } if relation.times.contains(&of) => {
                Some((of, size))
            }
            _ => None,
        })
    }

    /// STAGGER, which by an event time is a tumbling window.
    fn stagger_window(
        &mut self,
        keys: Vec<Key>,
        ms: i64,
        span: Span,
        values: &mut Vec<Expr>,
        from: &FromClause,
    ) -> Option<Window> {
        let mut event = None;
        for key in keys {
            match key {
                Key::Value(value) => values.push(value),
                // The step of a time among the partition's columns makes windows of that time.
                Key::Step(time, ms, _) if time.attribute == TimeAttribute::EventTime => {
                    event = Some((time, ms));
                }
                Key::Step(_, _, value) => values.push(value),
                Key::Bound | Key::Stagger(..) | Key::Window(_) => {
                    return self.refuse(Some(span), "this form of STAGGER", "write columns in PARTITION BY");
                }
            }
        }
        if let Some((_, size_ms)) = event {
            self.approximate(
                span,
                "a STAGGER window over event time closes after the lateness of records.event_time, not a fixed time after its first row",
                "set lateness to the RANGE of this window",
            );
            return Some(Window {
                time: TimeAttribute::EventTime,
                kind: WindowKind::Tumble { size_ms },
                span,
            });
        }
        let timed =
            |relation: usize| self.here.scope.relations[relation].times.contains(&TimeAttribute::Rowtime);
        if !from.timekeeper().is_some_and(timed) {
            let help = "write GROUP BY with a window over their own time";
            return self.refuse(Some(span), "STAGGER of rows without ROWTIME", help);
        }
        Some(self.staggered(values, ms, span))
    }

    /// A step of the time of the rows that are read, to put it into a message.
    pub(super) fn example_step(&self) -> String {
        let relations = &self.here.scope.relations;
        let only = relations.len() == 1;
        let time = relations.first().and_then(|relation| {
            let column = relation.columns.iter().find(|column| column.meaning == Meaning::EventTime)?;
            relation.times.contains(&TimeAttribute::EventTime).then(|| quoted(&column.name))
        });
        match (time, relations.first()) {
            (Some(time), _) if only => format!("STEP({time} BY INTERVAL '1' MINUTE)"),
            (Some(time), Some(relation)) => {
                format!("STEP({}.{time} BY INTERVAL '1' MINUTE)", quoted(&relation.name))
            }
            _ => "STEP(ROWTIME BY INTERVAL '1' MINUTE)".into(),
        }
    }

    /// Holds what a group gives against its keys.
    pub(super) fn finish_group(
        &mut self,
        group: Option<Group>,
        having: Option<Expr>,
        items: &[Item],
        from: &FromClause,
    ) -> Option<Option<Group>> {
        let Some(group) = group else {
            return match (self.here.aggregate, having) {
                (None, None) => Some(None),
                (Some(span), _) => {
                    let message = "this aggregate has no window: it would never be complete";
                    let help = match from.window() {
                        Some(_) => "write GROUP BY window_start, window_end".into(),
                        None => format!(
                            "write GROUP BY {}, or OVER (RANGE INTERVAL '1' MINUTE PRECEDING)",
                            self.example_step()
                        ),
                    };
                    self.fault(Diagnostic::error(Code::MissingWindow, span, message, help))
                }
                (None, Some(having)) => {
                    self.refuse(Some(having.span), "HAVING without GROUP BY", "write the condition in WHERE")
                }
            };
        };
        if let Some(over) = self.here.overs.first() {
            let help = "aggregate in a SELECT in FROM, and write OVER in the outer SELECT";
            return self.refuse(Some(over.span), "OVER with GROUP BY", help);
        }
        let mut fine = true;
        // What `*` stands for is all at one place, and one fault.
        let mut wildcard: Option<Span> = None;
        for (at, item) in items.iter().enumerate() {
            let super::operand::Operand::Typed(value) = &item.value else { continue };
            let beside = [at.wrapping_sub(1), at + 1].map(|at| items.get(at));
            let is_column = matches!(value.kind, ExprKind::Column(_));
            let is_of_wildcard =
                is_column && beside.iter().flatten().any(|other| other.value.span() == value.span);
            if !is_of_wildcard {
                fine &= self.is_of_group(value, &group.keys);
            } else if wildcard != Some(value.span) {
                let is_of_group = self.wildcard_of_group(value, &group.keys);
                wildcard = (!is_of_group).then_some(value.span);
                fine &= is_of_group;
            }
        }
        if let Some(having) = &having {
            fine &= self.is_of_group(having, &group.keys);
        }
        fine.then_some(Some(Group { having, ..group }))
    }

    /// Aggregates that Flink does not put together from parts of a window, where windows share such parts.
    pub(super) fn merged_aggregates(
        &mut self,
        from: &FromClause,
        group: Option<&Group>,
        items: &[Item],
    ) -> Option<()> {
        let window = from.window().or(self.here.window.as_ref());
        let is_hop = window.is_some_and(|window| matches!(window.kind, WindowKind::Hop { .. }));
        let Some(group) = group.filter(|_| is_hop) else { return Some(()) };
        // Flink puts such a window together from its parts, the last part first.
        let is_refused = |expr: &Expr| match expr.kind {
            ExprKind::Aggregate { function, distinct, .. } => match function {
                Aggregate::FirstValue
                | Aggregate::LastValue
                | Aggregate::FirstPresent
                | Aggregate::LastPresent => true,
                Aggregate::Sum
                | Aggregate::StddevPop
                | Aggregate::StddevSamp
                | Aggregate::VarPop
                | Aggregate::VarSamp => distinct,
                _ => false,
            },
            _ => false,
        };
        let values = items.iter().filter_map(|item| match &item.value {
            super::operand::Operand::Typed(value) => Some(value),
            super::operand::Operand::Null(_) => None,
        });
        let found = values.chain(&group.having).find(|value| value.any(&is_refused));
        let Some(span) = found.map(|value| value.span) else { return Some(()) };
        let help = "write it over TUMBLE, or COUNT(DISTINCT x), AVG(DISTINCT x), MIN or MAX";
        self.refuse(Some(span), "this aggregate of the rows of HOP", help)
    }

    /// The same for a column that `*` stands for.
    fn wildcard_of_group(&mut self, value: &Expr, keys: &[Expr]) -> bool {
        if keys.iter().any(|key| key.same(value)) {
            return true;
        }
        let message = "`*` includes columns that are neither grouped nor aggregated";
        let help = "name the columns of GROUP BY, and aggregates of the others, as in MAX(x)";
        self.fault::<()>(Diagnostic::error(Code::TypeMismatch, value.span, message, help));
        false
    }

    /// Whether a value is one of the whole group; reported if not.
    fn is_of_group(&mut self, value: &Expr, keys: &[Expr]) -> bool {
        // A text that is called by a longer type is still the same text.
        let is_text = value.data_type.text_length().is_some();
        let is_key = |key: &Expr| {
            key.same(value) || is_text && key.same(&Expr { data_type: key.data_type, ..value.clone() })
        };
        if keys.iter().any(is_key) {
            return true;
        }
        match &value.kind {
            ExprKind::Aggregate { .. }
            | ExprKind::Literal(_)
            | ExprKind::Window(_)
            | ExprKind::Anomaly(_) => true,
            ExprKind::Column(column) => {
                let name = &self.here.scope.relations[column.relation].columns[column.column].name;
                let message = format!("`{name}` is neither grouped nor aggregated");
                let help = format!("add \"{name}\" to GROUP BY, or write MAX(\"{name}\")");
                self.fault::<()>(Diagnostic::error(Code::TypeMismatch, value.span, message, help));
                false
            }
            ExprKind::Rowtime { .. } => {
                let message = "ROWTIME is neither grouped nor aggregated";
                self.fault::<()>(Diagnostic::error(
                    Code::TypeMismatch,
                    value.span,
                    message,
                    "write MAX(ROWTIME)",
                ));
                false
            }
            _ => {
                let mut operands = Vec::new();
                value.operands(&mut |operand| operands.push(operand));
                let ungrouped =
                    operands.into_iter().filter(|operand| !self.is_of_group(operand, keys)).count();
                ungrouped == 0
            }
        }
    }

    /// The start of the window, if a step of a time in the items is the one of GROUP BY.
    pub(super) fn window_start(&self, time: &Expr, ms: Option<i64>) -> Option<ExprKind> {
        let bucket = self.here.bucket.filter(|_| self.here.grouped && !self.here.in_aggregate)?;
        let time = self.time_of(time)?;
        let matches = bucket.time == time.attribute && ms.is_some() && bucket.size_ms == ms;
        matches.then_some(ExprKind::Window(WindowBound::Start))
    }

    /// Whether a value of the whole group is asked for where a row's own was named.
    pub(super) fn is_group_item(&self) -> bool {
        self.here.grouped && self.here.bucket.is_some() && !self.here.in_aggregate
    }
}

impl Key {
    fn span(&self, otherwise: Span) -> Span {
        match self {
            Self::Value(value) | Self::Step(_, _, value) => value.span,
            Self::Stagger(_, _, span) | Self::Window(Window { span, .. }) => *span,
            Self::Bound => otherwise,
        }
    }
}

/// Whether an aggregate looks at rows before this one and not at a group.
pub(super) fn needs_over(function: Aggregate) -> bool {
    matches!(function, Aggregate::Lag | Aggregate::RowNumber)
}
