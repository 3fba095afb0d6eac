//! Windows: the table functions TUMBLE, HOP, SESSION and CUMULATE, and the table functions of the old dialect.

use std::borrow::Cow;

use sqlparser::ast;

use super::super::data_type::DataType;
use super::super::epoch::EpochUnit;
use super::super::expr::{Arithmetic, ColumnRef, Expr, ExprKind, Function, Literal};
use super::super::interval::{Interval, MAX_CONSTANT_MS, instead};
use super::super::name::Name;
use super::super::query::{FromClause, Meaning, Select, StreamId, TimeAttribute, Window, WindowKind};
use super::expr::Resolver;
use super::from::Leaf;
use super::operand::Operand;
use super::scope::Named;
use super::select::{Item, Selected};
use crate::diagnostics::{Code, Diagnostic, suggest};
use crate::source::Span;

const NAMES: &[&str] =
    &["TUMBLE", "HOP", "SESSION", "CUMULATE", "TOP_K_ITEMS_TUMBLING", "COUNT_DISTINCT_ITEMS_TUMBLING"];

/// A time that an expression names.
#[derive(Clone, Copy, Debug)]
pub(super) struct Time {
    pub(super) relation: usize,
    pub(super) attribute: TimeAttribute,
    /// Whether the value is that time, and not the start or the end of a window around it.
    pub(super) exact: bool,
    /// The length of the window that it is the start of.
    pub(super) step_ms: Option<i64>,
}

impl Resolver<'_, '_> {
    /// The time of a relation that an expression stands for.
    pub(super) fn time_of(&self, expr: &Expr) -> Option<Time> {
        let (relation, attribute, exact, step_ms) = match &expr.kind {
            ExprKind::Rowtime { relation } => (*relation, TimeAttribute::Rowtime, true, None),
            ExprKind::Column(ColumnRef { relation, column }) => {
                let meaning = self.here.scope.relations[*relation].columns[*column].meaning;
                match meaning {
                    // Of a column of numbers, `FromEpoch` makes the time.
                    Meaning::EventTime if expr.data_type == DataType::Timestamp => {
                        (*relation, TimeAttribute::EventTime, true, None)
                    }
                    Meaning::Rowtime => (*relation, TimeAttribute::Rowtime, true, None),
                    Meaning::WindowStart { of, size_ms: Some(size) } => (*relation, of, false, Some(size)),
                    Meaning::WindowEnd { of } => (*relation, of, false, None),
                    _ => return None,
                }
            }
            ExprKind::Case { .. } => {
                (super::latest::of_joined_rows(expr)?, TimeAttribute::Rowtime, false, None)
            }
            ExprKind::Call { function: Function::FromEpoch(_), arguments } => {
                (self.counted_event_time(&arguments[0])?.relation, TimeAttribute::EventTime, true, None)
            }
            _ => return None,
        };
        let has = self.here.scope.relations[relation].times.contains(&attribute);
        has.then_some(Time { relation, attribute, exact, step_ms })
    }

    /// The column that an expression is, if that counts the event time from 1970.
    pub(super) fn counted_event_time(&self, expr: &Expr) -> Option<ColumnRef> {
        let ExprKind::Column(column) = expr.kind else { return None };
        let meaning = self.here.scope.relations[column.relation].columns[column.column].meaning;
        let counts = expr.data_type != DataType::Timestamp && meaning == Meaning::EventTime;
        counts.then_some(column)
    }

    /// A column of numbers that is the event time, as a time; any other expression as it is.
    pub(super) fn as_event_time(&self, expr: Expr) -> Expr {
        match (self.counted_event_time(&expr), self.streams.event_unit) {
            (Some(_), Some(unit)) => {
                let span = expr.span;
                let kind = ExprKind::Call { function: Function::FromEpoch(unit), arguments: vec![expr] };
                Expr { kind, data_type: DataType::Timestamp, span }
            }
            _ => expr,
        }
    }

    /// Milliseconds since 1970 that are made of the event time's column, as that column.
    pub(super) fn milliseconds_of_event_time(&self, milliseconds: &Expr) -> Option<Expr> {
        let unit = self.streams.event_unit?;
        let plain = |expr: &Expr| -> Expr {
            let mut expr = expr;
            while let ExprKind::Cast { operand, .. } = &expr.kind {
                expr = operand;
            }
            expr.clone()
        };
        let milliseconds = plain(milliseconds);
        let column = match (&milliseconds.kind, unit) {
            (ExprKind::Column(_), EpochUnit::Milliseconds) => milliseconds,
            (ExprKind::Arithmetic { operator, left, right }, unit) => {
                let factor = |expr: &Expr| match plain(expr).kind {
                    ExprKind::Literal(Literal::Integer(factor)) => Some(factor),
                    _ => None,
                };
                match (operator, unit.per_millisecond(), factor(left), factor(right)) {
                    (Arithmetic::Multiply, None, _, Some(1000)) => plain(left),
                    (Arithmetic::Multiply, None, Some(1000), _) => plain(right),
                    (Arithmetic::Divide, Some(units), _, Some(factor)) if factor == units => plain(left),
                    _ => return None,
                }
            }
            _ => return None,
        };
        self.counted_event_time(&column).map(|_| column)
    }

    /// Whether an expression holds the `ROWTIME` of a row.
    pub(super) fn holds_rowtime(&self, expr: &Expr) -> bool {
        let is_rowtime = |time: Time| time.exact && time.attribute == TimeAttribute::Rowtime;
        expr.any(&|part| self.time_of(part).is_some_and(is_rowtime))
    }

    /// The length of a constant interval above 0.
    pub(super) fn milliseconds(&mut self, interval: &ast::Interval, otherwise: Span) -> Option<i64> {
        self.milliseconds_from(1, interval, otherwise)
    }

    /// The same, of at least so many milliseconds: 0 or 1.
    pub(super) fn milliseconds_from(
        &mut self,
        least: i64,
        interval: &ast::Interval,
        otherwise: Span,
    ) -> Option<i64> {
        let span = self.place_of_interval(interval, otherwise);
        match Interval::read(interval) {
            Some(Interval::Milliseconds(ms)) if ms > 0 => Some(ms),
            Some(Interval::Milliseconds(0)) if least == 0 => Some(0),
            Some(Interval::Months(_)) => {
                let help = "write it in days, hours, minutes or seconds: INTERVAL '30' DAY";
                self.refuse(Some(span), "a window of calendar months", help)
            }
            Some(Interval::Milliseconds(_)) => self.mismatch(
                span,
                "this is not a length of time above 0".into(),
                "write INTERVAL '1' MINUTE, for example".into(),
            ),
            None => self.mismatch(span, "this interval cannot be read".into(), instead(interval)),
        }
    }

    /// Where the value of an interval stands.
    pub(super) fn place_of_interval(&self, interval: &ast::Interval, otherwise: Span) -> Span {
        use sqlparser::ast::Spanned;
        self.text.locate(interval.value.span()).unwrap_or(otherwise)
    }

    /// `TABLE(TUMBLE(TABLE s, DESCRIPTOR(time), INTERVAL ..))` and its like.
    pub(super) fn table_function(
        &mut self,
        name: &Name,
        arguments: &[ast::FunctionArg],
        alias: Option<&ast::TableAlias>,
    ) -> Option<Leaf> {
        let known = || NAMES.iter().copied().chain(super::forest::NAMES);
        if !known().any(|known| known == name.text) {
            if let Some(help) = super::super::refuse::function(&name.text) {
                return self.fault(super::super::refuse::refusal(
                    name.span,
                    &format!("`{}`", name.text),
                    help,
                ));
            }
            let message = format!("`{}` is not a known table function", name.text);
            let help = suggest::instead(&name.text, known());
            return self.fault(Diagnostic::error(Code::UnknownFunction, name.span, message, help));
        }
        let Some(arguments) = in_order(&name.text, arguments) else { return self.bad_window(name) };
        match (name.text.as_str(), arguments.as_slice()) {
            ("TOP_K_ITEMS_TUMBLING", [rows, column, count, seconds]) => {
                let id = self.top_k(name, rows, column, count, seconds)?;
                self.leaf(name, id, alias)
            }
            ("COUNT_DISTINCT_ITEMS_TUMBLING", [rows, column, seconds]) => {
                let id = self.count_distinct(name, rows, column, seconds)?;
                self.leaf(name, id, alias)
            }
            ("RANDOM_CUT_FOREST" | "RANDOM_CUT_FOREST_WITH_EXPLANATION", [rows, arguments @ ..]) => {
                let id = self.forest(name, rows, arguments)?;
                self.leaf(name, id, alias)
            }
            ("SESSION", [table, ast::Expr::Function(partition), descriptor, gap])
                if partition.name.to_string() == "PIPEC_PARTITION" =>
            {
                let mut leaf = self.windowed(name, table, descriptor, &[*gap], alias)?;
                let columns = self.session_partition(partition, name)?;
                if let FromClause::Stream {
                    window: Some(Window { kind: WindowKind::Session { partition, .. }, .. }),
                    ..
                } = &mut leaf.from
                {
                    *partition = columns;
                }
                Some(leaf)
            }
            ("TUMBLE" | "HOP" | "SESSION" | "CUMULATE", [table, descriptor, lengths @ ..]) => {
                self.windowed(name, table, descriptor, lengths, alias)
            }
            _ => self.bad_window(name),
        }
    }

    pub(super) fn bad_window<T>(&mut self, name: &Name) -> Option<T> {
        let message = format!("`{}` does not take these arguments", name.text);
        let help = format!("write {}", form(&name.text));
        self.mismatch(name.span, message, help)
    }

    fn leaf(&mut self, name: &Name, id: StreamId, alias: Option<&ast::TableAlias>) -> Option<Leaf> {
        let name = match alias {
            Some(alias) => self.alias(alias)?,
            None => Name { quoted: true, ..name.clone() },
        };
        let (span, called) = (name.span, name.text.clone());
        self.push(name, None, id, false)?;
        Some(Leaf {
            from: FromClause::Stream { stream: id, name: called, window: None, span },
            windows: Vec::new(),
        })
    }

    /// The stream that an argument names, or the SELECT that it is.
    pub(super) fn argument_stream(
        &mut self,
        argument: &ast::Expr,
        function: &Name,
    ) -> Option<(StreamId, Name)> {
        match argument {
            ast::Expr::Identifier(ident) => {
                let name = self.name(ident);
                let id = self.find_stream(&name)?;
                Some((id, Name { text: self.streams.get(id).name.clone(), quoted: true, span: name.span }))
            }
            ast::Expr::Subquery(query) => {
                let id = self.subquery(query)?;
                Some((
                    id,
                    Name { text: self.streams.get(id).name.clone(), quoted: true, span: function.span },
                ))
            }
            ast::Expr::Nested(inner) => self.argument_stream(inner, function),
            _ => self.bad_window(function),
        }
    }

    fn windowed(
        &mut self,
        function: &Name,
        table: &ast::Expr,
        descriptor: &ast::Expr,
        lengths: &[&ast::Expr],
        alias: Option<&ast::TableAlias>,
    ) -> Option<Leaf> {
        let (stream, own) = self.argument_stream(table, function)?;
        let name = match alias {
            Some(alias) => self.alias(alias)?,
            None => Name { text: own.text, ..own },
        };
        let span = own.span;
        let short = (alias.is_none() && stream == StreamId::INPUT).then_some(super::streams::SHORT_NAME);
        let called = name.text.clone();
        self.push(name, short, stream, true)?;
        let relation = self.here.scope.relations.len() - 1;
        let time = self.descriptor(descriptor, relation, function)?;
        let mut ms = Vec::new();
        for length in lengths {
            match length {
                ast::Expr::Interval(interval) => ms.push(self.milliseconds(interval, function.span)?),
                _ => return self.bad_window(function),
            }
        }
        let kind = match (function.text.as_str(), ms.as_slice()) {
            ("TUMBLE", [size]) => WindowKind::Tumble { size_ms: *size },
            ("HOP", [slide, size]) if size % slide == 0 => WindowKind::hop(*slide, *size),
            ("CUMULATE", [step, size]) if size % step == 0 => {
                WindowKind::Cumulate { step_ms: *step, size_ms: *size }
            }
            ("HOP" | "CUMULATE", [..]) if ms.len() == 2 => {
                return self.mismatch(
                    function.span,
                    format!("the second length of {} is not a multiple of the first", function.text),
                    format!("write {}", form(&function.text)),
                );
            }
            ("SESSION", [gap]) => WindowKind::Session { partition: Vec::new(), gap_ms: *gap },
            _ => return self.bad_window(function),
        };
        let window = Some(self.of_a_length_in_flink(Window { time, kind, span: function.span })?);
        Some(Leaf { from: FromClause::Stream { stream, name: called, window, span }, windows: Vec::new() })
    }

    /// The window, unless it is longer than Flink's constants are.
    pub(super) fn of_a_length_in_flink(&mut self, window: Window) -> Option<Window> {
        let longest = match window.kind {
            WindowKind::Tumble { size_ms }
            | WindowKind::Hop { size_ms, .. }
            | WindowKind::Cumulate { size_ms, .. } => size_ms,
            WindowKind::Session { gap_ms, .. } => gap_ms,
        };
        if longest <= MAX_CONSTANT_MS {
            return Some(window);
        }
        let help = "write INTERVAL '999' DAY or less";
        self.refuse(Some(window.span), "a window of 1,000 days or more", help)
    }

    /// The columns of `PARTITION BY` after the table of a SESSION, which is read last.
    fn session_partition(&mut self, partition: &ast::Function, name: &Name) -> Option<Vec<usize>> {
        let ast::FunctionArguments::List(list) = &partition.args else { return self.bad_window(name) };
        let Some(keys) = super::functions::expressions(list) else { return self.bad_window(name) };
        let relation = self.here.scope.relations.len() - 1;
        let mut columns = Vec::new();
        for key in keys {
            let key = self.typed(key)?;
            match key.kind {
                ExprKind::Column(column) if columns.contains(&column.column) => {}
                ExprKind::Column(column) if column.relation == relation => columns.push(column.column),
                _ => {
                    let help = "compute it in a SELECT in FROM, and name its column";
                    return self.refuse(Some(key.span), "a session partitioned by a computed value", help);
                }
            }
        }
        Some(columns)
    }

    /// `DESCRIPTOR(time)`
    fn descriptor(&mut self, expr: &ast::Expr, relation: usize, function: &Name) -> Option<TimeAttribute> {
        let argument = match expr {
            ast::Expr::Function(call) if call.name.to_string().eq_ignore_ascii_case("DESCRIPTOR") => {
                match &call.args {
                    ast::FunctionArguments::List(list) => match list.args.as_slice() {
                        [
                            ast::FunctionArg::Unnamed(ast::FunctionArgExpr::Expr(ast::Expr::Identifier(
                                ident,
                            ))),
                        ] => Some(ident),
                        _ => None,
                    },
                    _ => None,
                }
            }
            _ => None,
        };
        let Some(ident) = argument else { return self.bad_window(function) };
        let name = self.name(ident);
        let qualifier =
            Name { text: self.here.scope.relations[relation].name.clone(), quoted: true, span: name.span };
        let found = match self.here.scope.find(Some(&qualifier), &name) {
            Ok(Named::Rowtime(_)) => Operand::Typed(Expr {
                kind: ExprKind::Rowtime { relation },
                data_type: DataType::Timestamp,
                span: name.span,
            }),
            Ok(Named::Column(column, found)) => Operand::Typed(Expr {
                kind: ExprKind::Column(column),
                data_type: found.data_type,
                span: name.span,
            }),
            Ok(Named::Window(_)) => return self.bad_window(function),
            Err(fault) => return self.fault(fault),
        };
        let Operand::Typed(found) = found else { return None };
        let found = self.as_event_time(found);
        match self.time_of(&found) {
            Some(time) => Some(time.attribute),
            None => self.no_time(found.span, &name.text),
        }
    }

    /// A column that no window can be cut from.
    pub(super) fn no_time<T>(&mut self, span: Span, name: &str) -> Option<T> {
        let message = format!("`{name}` is not a time attribute");
        let help = match name.eq_ignore_ascii_case("ROWTIME") {
            // The column hides the time of reading.
            true => "this column hides the time at which a record is read: rename it in records.columns; or declare it: \
                     records.event_time: {column: ROWTIME, lateness: 5 s}"
                .into(),
            false => format!(
                "name ROWTIME; or declare the column in the spec: records.event_time: {{column: {name}, lateness: 5 s}}"
            ),
        };
        self.fault(Diagnostic::error(Code::MissingWindow, span, message, help))
    }

    /// A SELECT that the user did not write, as a stream.
    pub(super) fn synthetic(&mut self, select: Select, items: Vec<(&str, Expr)>) -> Option<StreamId> {
        let span = select.span;
        let outer = std::mem::take(&mut self.here);
        let stream = select.from.streams()[0];
        let own = Name { text: self.streams.get(stream).name.clone(), quoted: true, span };
        let pushed = self.push(own, None, stream, false);
        let bucket = select.group.as_ref().and_then(|_| select.from.window()).map(super::group::Bucket::of);
        let relation = &self.here.scope.relations;
        let (times, windowed) = match &bucket {
            Some(bucket) => (vec![bucket.time], true),
            None => relation.first().map_or((Vec::new(), false), |r| (r.times.clone(), r.windowed)),
        };
        let here = std::mem::replace(&mut self.here, outer);
        pushed?;
        let items = items
            .into_iter()
            .map(|(name, value)| Item {
                name: Some(Name { text: name.into(), quoted: true, span }),
                value: Operand::Typed(value),
            })
            .collect();
        self.anonymous(vec![Selected { select, items, times, windowed, bucket, scope: here.scope }])
    }
}

/// The arguments of a table function by their places; a window's may have names, as in `SIZE => INTERVAL '1' MINUTE`.
fn in_order<'e>(function: &str, arguments: &'e [ast::FunctionArg]) -> Option<Vec<&'e ast::Expr>> {
    let names: &[&str] = match function {
        "TUMBLE" => &["DATA", "TIMECOL", "SIZE"],
        "HOP" => &["DATA", "TIMECOL", "SLIDE", "SIZE"],
        "CUMULATE" => &["DATA", "TIMECOL", "STEP", "SIZE"],
        "SESSION" => &["DATA", "TIMECOL", "GAP"],
        _ => &[],
    };
    let is_named = |argument: &ast::FunctionArg| matches!(argument, ast::FunctionArg::Named { .. });
    if !arguments.iter().any(is_named) {
        let expression = |argument: &'e ast::FunctionArg| match argument {
            ast::FunctionArg::Unnamed(ast::FunctionArgExpr::Expr(expr)) => Some(expr),
            _ => None,
        };
        return arguments.iter().map(expression).collect();
    }
    if arguments.len() != names.len() {
        return None;
    }
    let of_name = |wanted: &&str| {
        arguments.iter().find_map(|argument| match argument {
            ast::FunctionArg::Named { name, arg: ast::FunctionArgExpr::Expr(expr), .. }
                if name.value.eq_ignore_ascii_case(wanted) =>
            {
                Some(expr)
            }
            _ => None,
        })
    };
    names.iter().map(of_name).collect()
}

/// All rows of a stream.
pub(super) fn whole(stream: StreamId, span: Span) -> FromClause {
    FromClause::Stream { stream, name: String::new(), window: None, span }
}

pub(super) fn plain(from: FromClause, span: Span) -> Select {
    Select { from, filter: None, group: None, over: None, forest: None, items: Vec::new(), span }
}

/// How a table function is called.
fn form(name: &str) -> Cow<'static, str> {
    if super::forest::NAMES.contains(&name) {
        return super::forest::form(name).into();
    }
    Cow::Borrowed(match name {
        "TUMBLE" => "TABLE(TUMBLE(TABLE stream, DESCRIPTOR(ROWTIME), INTERVAL '1' MINUTE))",
        "HOP" => {
            "TABLE(HOP(TABLE stream, DESCRIPTOR(ROWTIME), INTERVAL '10' SECOND, INTERVAL '1' MINUTE)): the slide, then \
                  the length"
        }
        "CUMULATE" => {
            "TABLE(CUMULATE(TABLE stream, DESCRIPTOR(ROWTIME), INTERVAL '1' MINUTE, INTERVAL '1' HOUR)): the step, then the \
             length"
        }
        "SESSION" => "TABLE(SESSION(TABLE stream PARTITION BY k, DESCRIPTOR(ROWTIME), INTERVAL '1' MINUTE))",
        "TOP_K_ITEMS_TUMBLING" => {
            "TABLE(TOP_K_ITEMS_TUMBLING(CURSOR(SELECT STREAM * FROM \"SOURCE_SQL_STREAM_001\"), 'column', 10, 60))"
        }
        _ => {
            "TABLE(COUNT_DISTINCT_ITEMS_TUMBLING(CURSOR(SELECT STREAM * FROM \"SOURCE_SQL_STREAM_001\"), 'column', 60))"
        }
    })
}
