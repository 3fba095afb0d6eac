//! Times: STEP, FLOOR and CEIL to a unit, EXTRACT, intervals, conversions to text and back.

use sqlparser::ast;

use super::super::data_type::{DataType, Family};
use super::super::expr::{Arithmetic, Expr, ExprKind, Function, Literal, TimeField};
use super::super::interval::{self, DAY, Interval};
use super::super::name::Name;
use super::super::print::TIME_TEXT_COPIES;
use super::expr::{Resolver, typed};
use super::operand::{Operand, cover};
use crate::diagnostics::{Code, Diagnostic};
use crate::source::Span;

impl TimeField {
    /// The length of a unit that is always as long.
    pub(in super::super) fn milliseconds(self) -> Option<i64> {
        match self {
            Self::Day => Some(DAY),
            Self::Hour => Some(DAY / 24),
            Self::Minute => Some(60_000),
            Self::Second => Some(1000),
            _ => None,
        }
    }

    /// The unit that is always so many milliseconds long.
    pub(in super::super) fn of_length(ms: i64) -> Option<Self> {
        let units = [Self::Second, Self::Minute, Self::Hour, Self::Day];
        units.into_iter().find(|unit| unit.milliseconds() == Some(ms))
    }
}

/// A field by its name in SQL.
fn field(name: &str) -> Option<TimeField> {
    Some(match name {
        "YEAR" => TimeField::Year,
        "QUARTER" => TimeField::Quarter,
        "MONTH" => TimeField::Month,
        "WEEK" => TimeField::Week,
        "DAY" => TimeField::Day,
        "HOUR" => TimeField::Hour,
        "MINUTE" => TimeField::Minute,
        "SECOND" => TimeField::Second,
        "DOW" | "DAYOFWEEK" => TimeField::DayOfWeek,
        "DOY" | "DAYOFYEAR" => TimeField::DayOfYear,
        _ => return None,
    })
}

/// Letters that mean the same wherever Java reads or writes a time, and how many of them may occur in a row: Java's
/// `DateTimeFormatterBuilder.appendPattern`.
const PATTERN_LETTERS: &[(char, usize)] = &[
    ('y', 19),
    ('M', 5),
    ('d', 2),
    ('H', 2),
    ('h', 2),
    ('m', 2),
    ('s', 2),
    ('S', 9),
    ('a', 1),
    ('E', 5),
    ('D', 3),
    ('Q', 5),
];

/// What is wrong with a pattern, and what to write: Java stops the job at the first row that it is used for.
fn pattern_fault(pattern: &str) -> Option<(String, &'static str)> {
    let mut quoted = false;
    let mut characters = pattern.chars().peekable();
    while let Some(character) = characters.next() {
        if character == '\'' {
            quoted = !quoted;
        }
        if quoted {
            continue;
        }
        if "{}[]#".contains(character) {
            let message = format!("`{character}` is not a literal character in a pattern");
            return Some((message, "write it between quotes: ''[''"));
        } else if character.is_ascii_alphabetic() {
            let Some((_, most)) = PATTERN_LETTERS.iter().find(|(letter, _)| *letter == character) else {
                let message = format!("the pattern letter `{character}` has no equivalent");
                let help = "write yyyy MM dd HH hh mm ss SSS a, and other letters between quotes: ''T''";
                return Some((message, help));
            };
            let mut count = 1;
            while characters.next_if_eq(&character).is_some() {
                count += 1;
            }
            if count > *most {
                let message = format!("`{character}` occurs {count} times in a pattern; it may occur {most}");
                return Some((message, "write yyyy MM dd HH hh mm ss SSS a"));
            }
        }
    }
    quoted
        .then(|| ("a quote in this pattern is not closed".into(), "write ''T'', and '''' for a quote itself"))
}

/// Whether an expression is a number made into a time, as that of the event may be.
fn is_to_timestamp(expr: &ast::Expr) -> bool {
    matches!(expr, ast::Expr::Function(call) if call.name.to_string().eq_ignore_ascii_case("TO_TIMESTAMP"))
}

impl Resolver<'_, '_> {
    fn field(&mut self, name: &str, span: Span, user: &str) -> Option<TimeField> {
        match field(&name.to_uppercase()) {
            Some(field) => Some(field),
            None => {
                let message = format!("{user} does not support `{name}`");
                self.mismatch(span, message, "write YEAR, MONTH, DAY, HOUR, MINUTE or SECOND".into())
            }
        }
    }

    /// An expression that is a TIMESTAMP, or a DATE as one.
    pub(super) fn time_operand(&mut self, expr: &ast::Expr, user: &str) -> Option<Expr> {
        // Where groups differ by the time of their rows, that is meant, and not the end of the window.
        let before = self.here.in_aggregate;
        self.here.in_aggregate |= self.here.grouped_by_rowtime;
        let value = self.of_family(expr, Family::Time, DataType::Timestamp, user);
        self.here.in_aggregate = before;
        let value = value?;
        if value.data_type == DataType::Time {
            let message = format!("{user} takes a TIMESTAMP, but this is TIME");
            return self.mismatch(value.span, message, "use a column that also contains the date".into());
        }
        Some(Operand::Typed(value).into_type(DataType::Timestamp))
    }

    /// The time of the row that a name stands for, also where a group is described: cut into steps, it may be the window.
    fn own_time(&mut self, expr: &ast::Expr, user: &str) -> Option<Option<Expr>> {
        let mut name = expr;
        while let Some(inner) = as_it_is(name) {
            name = inner;
        }
        let is_name = matches!(name, ast::Expr::Identifier(_) | ast::Expr::CompoundIdentifier(_))
            || self.streams.event_unit.is_some() && is_to_timestamp(name);
        if !is_name || !self.is_group_item() {
            return Some(None);
        }
        let before = std::mem::replace(&mut self.here.in_aggregate, true);
        let value = self.of_family(expr, Family::Time, DataType::Timestamp, user);
        self.here.in_aggregate = before;
        value.map(Some)
    }

    /// `STEP(x BY y)`, of times and of numbers.
    pub(super) fn step(&mut self, value: &ast::Expr, by: &ast::Expr, name: &Name) -> Option<Operand> {
        let ast::Expr::Interval(interval) = by else {
            // The last multiple of a number: (x / n) * n.
            let quotient = self.of_family(value, Family::Number, DataType::Integer, "STEP")?;
            if !quotient.data_type.is_integer() {
                let message =
                    format!("STEP takes whole numbers or times, but this is {}", quotient.data_type);
                return self.mismatch(quotient.span, message, "convert it: CAST(x AS BIGINT)".into());
            }
            let part = |left: ast::Expr, op| ast::Expr::BinaryOp {
                left: Box::new(left),
                op,
                right: Box::new(ast::Expr::Nested(Box::new(by.clone()))),
            };
            let quotient = part(ast::Expr::Nested(Box::new(value.clone())), ast::BinaryOperator::Divide);
            return self.binary(&quotient, &ast::BinaryOperator::Multiply, by);
        };
        let ms = self.milliseconds(interval, name.span);
        let own = self.own_time(value, "STEP")?;
        if let Some(own) = own
            && let Some(start) = self.window_start(&own, ms)
        {
            return Some(typed(start, DataType::Timestamp, cover(name.span, own.span)));
        }
        let before = *self.values;
        let time = self.time_operand(value, "STEP");
        let (ms, time) = (ms?, time?);
        self.repeated(before, 2)?;
        let span = cover(name.span, time.span);
        let kind = ExprKind::Call { function: Function::Step(ms), arguments: vec![time] };
        Some(typed(kind, DataType::Timestamp, span))
    }

    /// `FLOOR(x TO unit)` and `CEIL(x TO unit)`, or of a number.
    pub(super) fn floor(&mut self, expr: &ast::Expr, kind: &ast::CeilFloorKind, up: bool) -> Option<Operand> {
        let user = if up { "CEIL" } else { "FLOOR" };
        match kind {
            ast::CeilFloorKind::DateTimeField(ast::DateTimeField::NoDateTime) => {
                let number = self.of_family(expr, Family::Number, DataType::Integer, user)?;
                let data_type = match number.data_type {
                    DataType::Decimal { precision, .. } => DataType::Decimal { precision, scale: 0 },
                    other => other,
                };
                let (span, function) = (number.span, if up { Function::Ceil } else { Function::Floor });
                if number.data_type.is_integer() {
                    return Some(Operand::Typed(number));
                }
                Some(typed(ExprKind::Call { function, arguments: vec![number] }, data_type, span))
            }
            ast::CeilFloorKind::DateTimeField(unit) => {
                let own = self.own_time(expr, user)?;
                let time = self.time_operand(expr, user)?;
                let field = self.field(&unit.to_string(), time.span, user)?;
                if matches!(field, TimeField::DayOfWeek | TimeField::DayOfYear) {
                    let message = format!("{user} does not support the unit `{}`", field.name());
                    return self.mismatch(time.span, message, "write DAY".into());
                }
                if !up
                    && let Some(own) = own
                    && let Some(start) = self.window_start(&own, field.milliseconds())
                {
                    let span = time.span;
                    return Some(typed(start, DataType::Timestamp, span));
                }
                let function = if up { Function::CeilTo(field) } else { Function::FloorTo(field) };
                let span = time.span;
                Some(typed(ExprKind::Call { function, arguments: vec![time] }, DataType::Timestamp, span))
            }
            ast::CeilFloorKind::Scale(_) => self.refuse(
                None,
                &format!("`{user}` to a number of digits"),
                "write CAST(x AS DECIMAL(10, 2))",
            ),
        }
    }

    pub(super) fn extract(&mut self, unit: &ast::DateTimeField, expr: &ast::Expr) -> Option<Operand> {
        let time = self.time_operand(expr, "EXTRACT")?;
        let span = time.span;
        if matches!(unit, ast::DateTimeField::Epoch) {
            let help = "write UNIX_TIMESTAMP(x) / 1000".into();
            return self.mismatch(span, "EXTRACT does not support `EPOCH`".into(), help);
        }
        let field = self.field(&unit.to_string(), span, "EXTRACT")?;
        let kind = ExprKind::Call { function: Function::Extract(field), arguments: vec![time] };
        Some(typed(kind, DataType::BigInt, span))
    }

    /// A time plus or minus an interval, if one of both is written.
    pub(super) fn shift(
        &mut self,
        left: &ast::Expr,
        operator: &ast::BinaryOperator,
        right: &ast::Expr,
    ) -> Option<Option<Operand>> {
        let (time, interval, sign) = match (left, operator, right) {
            (time, ast::BinaryOperator::Plus, ast::Expr::Interval(interval)) => (time, interval, 1),
            (time, ast::BinaryOperator::Minus, ast::Expr::Interval(interval)) => (time, interval, -1),
            (ast::Expr::Interval(interval), ast::BinaryOperator::Plus, time) => (time, interval, 1),
            _ => return None,
        };
        Some(self.shifted(time, interval, sign))
    }

    fn shifted(&mut self, time: &ast::Expr, interval: &ast::Interval, sign: i32) -> Option<Operand> {
        let operand = self.of_family(time, Family::Time, DataType::Timestamp, "arithmetic with INTERVAL")?;
        let by = match Interval::read(interval) {
            Some(Interval::Milliseconds(ms)) => Interval::Milliseconds(ms * i64::from(sign)),
            Some(Interval::Months(months)) => Interval::Months(months * sign),
            None => {
                let span = self.place_of_interval(interval, operand.span);
                return self.mismatch(
                    span,
                    "this interval cannot be read".into(),
                    interval::instead(interval),
                );
            }
        };
        if operand.data_type == DataType::Time {
            let message = "an interval is added to a TIMESTAMP, but this is TIME".into();
            return self.mismatch(operand.span, message, "use a column that also contains the date".into());
        }
        let span = operand.span;
        let operand = Box::new(Operand::Typed(operand).into_type(DataType::Timestamp));
        Some(typed(ExprKind::Shift { operand, by }, DataType::Timestamp, span))
    }

    /// Functions of times by their names; `None` if it is none of them.
    pub(super) fn time_function(&mut self, name: &Name, arguments: &[&ast::Expr]) -> Option<Option<Operand>> {
        Some(match (name.text.as_str(), arguments) {
            ("CURRENT_TIMESTAMP" | "LOCALTIMESTAMP" | "NOW", []) => Some(now(name.span)),
            ("CURRENT_DATE", []) => Some(Operand::Typed(cast(now(name.span), DataType::Date))),
            ("CURRENT_TIME" | "LOCALTIME", []) => Some(Operand::Typed(cast(now(name.span), DataType::Time))),
            ("STEP", [value, by]) => self.step(value, by, name),
            ("UNIX_TIMESTAMP", [time]) => self.unix_timestamp(time, name.span),
            ("TO_TIMESTAMP", [value]) => self.timestamp_of(value, name.span),
            ("TO_TIMESTAMP", [text, pattern]) | ("CHAR_TO_TIMESTAMP", [pattern, text]) => {
                self.parse_time(text, pattern, name)
            }
            ("CHAR_TO_DATE", [pattern, text]) => {
                let time = self.parse_time(text, pattern, name);
                time.map(|time| Operand::Typed(cast(time, DataType::Date)))
            }
            ("CHAR_TO_TIME", [pattern, text]) => {
                let time = self.parse_time(text, pattern, name);
                time.map(|time| Operand::Typed(cast(time, DataType::Time)))
            }
            ("TIME_TO_CHAR", [pattern, time]) => self.format_clock(time, pattern, name),
            ("DATE_FORMAT", [time, pattern]) | ("TIMESTAMP_TO_CHAR" | "DATE_TO_CHAR", [pattern, time]) => {
                self.format_time(time, pattern, name)
            }
            ("TSDIFF", [later, earlier]) => self.apart(later, earlier, name),
            ("TIMESTAMPDIFF", [unit, from, to]) => self.difference(unit, from, to, name),
            ("TIMESTAMPADD", [unit, count, time]) => self.add(unit, count, time, name),
            _ => return None,
        })
    }

    /// `TSDIFF(a, b)`: the milliseconds of `a - b`, of two times or of two numbers of milliseconds.
    fn apart(&mut self, later: &ast::Expr, earlier: &ast::Expr, name: &Name) -> Option<Operand> {
        let before = *self.values;
        let (later, earlier) = (self.milliseconds_of(later, name), self.milliseconds_of(earlier, name));
        let (left, right) = (Box::new(later?), Box::new(earlier?));
        // Both once for the seconds and once for the milliseconds, and the result to see whether it fits.
        self.repeated(before, 6)?;
        let span = cover(name.span, cover(left.span, right.span));
        let kind = ExprKind::Arithmetic { operator: Arithmetic::Subtract, left, right };
        Some(typed(kind, DataType::BigInt, span))
    }

    /// Milliseconds since 1970: a whole number, or those of a time.
    fn milliseconds_of(&mut self, expr: &ast::Expr, name: &Name) -> Option<Expr> {
        let value = self.typed(expr)?;
        match value.data_type {
            DataType::Timestamp | DataType::Date => {
                let span = value.span;
                let arguments = vec![Operand::Typed(value).into_type(DataType::Timestamp)];
                let kind = ExprKind::Call { function: Function::UnixTimestamp, arguments };
                Some(Expr { kind, data_type: DataType::BigInt, span })
            }
            other if other.is_integer() => Some(Operand::Typed(value).into_type(DataType::BigInt)),
            other => {
                let message =
                    format!("{} takes two times or their milliseconds, but this is {other}", name.text);
                self.mismatch(value.span, message, "convert it: CAST(x AS TIMESTAMP)".into())
            }
        }
    }

    fn unix_timestamp(&mut self, time: &ast::Expr, span: Span) -> Option<Operand> {
        let before = *self.values;
        let time = self.time_operand(time, "UNIX_TIMESTAMP")?;
        // Once for the seconds, once for the milliseconds.
        self.repeated(before, 2)?;
        let span = cover(span, time.span);
        let kind = ExprKind::Call { function: Function::UnixTimestamp, arguments: vec![time] };
        Some(typed(kind, DataType::BigInt, span))
    }

    /// Of a number of milliseconds, or of a text.
    fn timestamp_of(&mut self, value: &ast::Expr, span: Span) -> Option<Operand> {
        let before = *self.values;
        let value = self.typed(value)?;
        let span = cover(span, value.span);
        match value.data_type.family() {
            Family::Text => {
                self.repeated(before, TIME_TEXT_COPIES)?;
                Some(Operand::Typed(cast(Operand::Typed(value), DataType::Timestamp)))
            }
            Family::Number if let Some(column) = self.milliseconds_of_event_time(&value) => {
                Some(Operand::Typed(Expr { span, ..self.as_event_time(column) }))
            }
            Family::Number if value.data_type.is_integer() => {
                let arguments = vec![Operand::Typed(value).into_type(DataType::BigInt)];
                let kind = ExprKind::Call { function: Function::FromUnixTimestamp, arguments };
                Some(typed(kind, DataType::Timestamp, span))
            }
            _ => {
                let message =
                    format!("TO_TIMESTAMP takes milliseconds or a string, but this is {}", value.data_type);
                self.mismatch(value.span, message, "convert it: CAST(x AS BIGINT)".into())
            }
        }
    }

    /// A constant pattern of letters that mean the same in all of Java's formatters.
    fn pattern(&mut self, pattern: &ast::Expr, name: &Name) -> Option<Expr> {
        let pattern = self.text_operand(pattern, &name.text)?;
        let ExprKind::Literal(Literal::Text(text)) = &pattern.kind else {
            let help = "write it as a string: 'yyyy-MM-dd HH:mm:ss'".into();
            return self.mismatch(pattern.span, "this pattern is not a constant".into(), help);
        };
        // What is computed in addition to the formatter is held against the rest of the pattern there.
        if !super::pattern::is_old(text) {
            self.plain_pattern(text, pattern.span)?;
        }
        Some(pattern)
    }

    /// Reports what Flink's formatter would not take.
    pub(super) fn plain_pattern(&mut self, pattern: &str, span: Span) -> Option<()> {
        match pattern_fault(pattern) {
            Some((message, help)) => self.mismatch(span, message, help.into()),
            None => Some(()),
        }
    }

    pub(super) fn parse_time(
        &mut self,
        text: &ast::Expr,
        pattern: &ast::Expr,
        name: &Name,
    ) -> Option<Operand> {
        let text = self.text_operand(text, &name.text);
        let pattern = self.pattern(pattern, name);
        let (text, pattern) = (text?, pattern?);
        let span = cover(name.span, cover(text.span, pattern.span));
        if let Some(old) = old_pattern(&pattern) {
            return self.parse_old(&text, old, pattern.span).map(Operand::Typed);
        }
        let kind = ExprKind::Call { function: Function::ParseTimestamp, arguments: vec![text, pattern] };
        Some(typed(kind, DataType::Timestamp, span))
    }

    fn format_time(&mut self, time: &ast::Expr, pattern: &ast::Expr, name: &Name) -> Option<Operand> {
        let time = self.time_operand(time, &name.text);
        let pattern = self.pattern(pattern, name);
        let (time, pattern) = (time?, pattern?);
        let span = cover(name.span, cover(time.span, pattern.span));
        if let Some(old) = old_pattern(&pattern) {
            return self.format_old(&time, old, pattern.span).map(Operand::Typed);
        }
        let kind = ExprKind::Call { function: Function::FormatTimestamp, arguments: vec![time, pattern] };
        Some(typed(kind, DataType::Varchar(None), span))
    }

    /// `TIME_TO_CHAR(pattern, time)`: as a time of the day on which time begins.
    fn format_clock(&mut self, time: &ast::Expr, pattern: &ast::Expr, name: &Name) -> Option<Operand> {
        let time = self.of_family(time, Family::Time, DataType::Time, &name.text);
        let pattern = self.pattern(pattern, name);
        let (time, pattern) = (time?, pattern?);
        let span = cover(name.span, cover(time.span, pattern.span));
        let time = match time.data_type {
            DataType::Time => {
                let day = Literal::Text("1970-01-01 ".into());
                let day = Expr { kind: ExprKind::Literal(day), data_type: DataType::Varchar(Some(11)), span };
                let clock = cast(Operand::Typed(time), DataType::Varchar(Some(8)));
                let kind = ExprKind::Concat(vec![day, clock]);
                let text = Expr { kind, data_type: DataType::Varchar(Some(19)), span };
                cast(Operand::Typed(text), DataType::Timestamp)
            }
            _ => Operand::Typed(time).into_type(DataType::Timestamp),
        };
        let kind = ExprKind::Call { function: Function::FormatTimestamp, arguments: vec![time, pattern] };
        Some(typed(kind, DataType::Varchar(None), span))
    }

    /// `(a - b) SECOND` in addition to an interval: both in milliseconds. `None` if it is none.
    pub(super) fn length_of_time(&mut self, expr: &ast::Expr) -> Option<Option<Operand>> {
        let mut inner = expr;
        while let ast::Expr::Nested(nested) = inner {
            inner = nested;
        }
        let ast::Expr::Function(call) = inner else { return None };
        let ([ast::ObjectNamePart::Identifier(ident)], ast::FunctionArguments::List(list)) =
            (call.name.0.as_slice(), &call.args)
        else {
            return None;
        };
        let name = self.name(ident);
        if name.text != "TIMESTAMPDIFF" {
            return None;
        }
        let arguments = super::functions::expressions(list)?;
        let [_, from, to] = arguments.as_slice() else { return None };
        let (to, from) = (self.unix_timestamp(to, name.span), self.unix_timestamp(from, name.span));
        Some(to.zip(from).map(|(to, from)| {
            let [left, right] = [to, from].map(|time| Box::new(time.into_type(DataType::BigInt)));
            let span = cover(left.span, right.span);
            let operator = Arithmetic::Subtract;
            typed(ExprKind::Arithmetic { operator, left, right }, DataType::BigInt, span)
        }))
    }

    /// The unit that an argument names.
    fn unit(&mut self, unit: &ast::Expr, name: &Name) -> Option<TimeField> {
        let unit = match unit {
            ast::Expr::Identifier(ident) => self.name(ident).upper(),
            _ => {
                let message = format!("the first argument of {} is a unit", name.text);
                return self.mismatch(name.span, message, format!("write {}(SECOND, ..)", name.text));
            }
        };
        let text = unit.text.strip_prefix("SQL_TSI_").unwrap_or(&unit.text);
        if let Some((_, last)) = text.split_once("_TO_") {
            let help = format!("write one unit, as in (a - b) {last}, or compare it with an INTERVAL");
            return self.refuse(Some(unit.span), "a difference of several units as a number", &help);
        }
        self.field(text, unit.span, &name.text)
    }

    fn difference(
        &mut self,
        unit: &ast::Expr,
        from: &ast::Expr,
        to: &ast::Expr,
        name: &Name,
    ) -> Option<Operand> {
        let unit = self.unit(unit, name);
        let before = *self.values;
        let (from, to) = (self.time_operand(from, &name.text), self.time_operand(to, &name.text));
        // Twice to see whether the result fits.
        self.repeated(before, 3)?;
        let (unit, from, to) = (unit?, from?, to?);
        if matches!(unit, TimeField::DayOfWeek | TimeField::DayOfYear) {
            let message = format!("{} does not support the unit `{}`", name.text, unit.name());
            return self.mismatch(name.span, message, "write DAY".into());
        }
        let span = cover(name.span, cover(from.span, to.span));
        let kind = ExprKind::Call { function: Function::TimestampDiff(unit), arguments: vec![from, to] };
        Some(typed(kind, DataType::Integer, span))
    }

    fn add(&mut self, unit: &ast::Expr, count: &ast::Expr, time: &ast::Expr, name: &Name) -> Option<Operand> {
        let unit = self.unit(unit, name)?;
        let count = self.typed(count)?;
        let operand = self.time_operand(time, &name.text)?;
        let ExprKind::Literal(Literal::Integer(count)) = count.kind else {
            let help = "write a number: TIMESTAMPADD(MINUTE, 5, x)".into();
            return self.mismatch(count.span, "TIMESTAMPADD takes a constant number".into(), help);
        };
        // As far as an interval goes that is written as one.
        let units = |each: i64| count.checked_mul(each).and_then(interval::count);
        let months = |each| i32::try_from(units(each)?).ok().map(Interval::Months);
        let by = match unit {
            TimeField::Year => months(12),
            TimeField::Quarter => months(3),
            TimeField::Month => months(1),
            TimeField::Week => units(7).and_then(|days| days.checked_mul(DAY)).map(Interval::Milliseconds),
            unit => unit
                .milliseconds()
                .zip(units(1))
                .and_then(|(ms, count)| count.checked_mul(ms))
                .map(Interval::Milliseconds),
        };
        let Some(by) = by else {
            let message = format!("{} cannot add this", name.text);
            return self.fault(Diagnostic::error(
                Code::TypeMismatch,
                name.span,
                message,
                "write x + INTERVAL '1' DAY",
            ));
        };
        let span = cover(name.span, operand.span);
        Some(typed(ExprKind::Shift { operand: Box::new(operand), by }, DataType::Timestamp, span))
    }
}

/// A pattern with letters that are computed.
fn old_pattern(pattern: &Expr) -> Option<&str> {
    match &pattern.kind {
        ExprKind::Literal(Literal::Text(text)) if super::pattern::is_old(text) => Some(text),
        _ => None,
    }
}

/// What an expression hands on as the time that it is.
fn as_it_is(expr: &ast::Expr) -> Option<&ast::Expr> {
    match expr {
        ast::Expr::Nested(inner) | ast::Expr::Cast { expr: inner, .. } => Some(inner),
        ast::Expr::Function(call) if call.name.to_string().eq_ignore_ascii_case("MONOTONIC") => {
            match &call.args {
                ast::FunctionArguments::List(list) => match super::functions::expressions(list)?.as_slice() {
                    [only] => Some(only),
                    _ => None,
                },
                _ => None,
            }
        }
        _ => None,
    }
}

pub(super) fn now(span: Span) -> Operand {
    let kind = ExprKind::Call { function: Function::Now, arguments: Vec::new() };
    typed(kind, DataType::Timestamp, span)
}

/// The operand as another type, as if the user had converted it.
fn cast(operand: Operand, data_type: DataType) -> Expr {
    let span = operand.span();
    let operand = Box::new(match operand {
        Operand::Typed(expr) => expr,
        null => null.into_type(DataType::Timestamp),
    });
    Expr { kind: ExprKind::Cast { operand, written: true }, data_type, span }
}
