//! The typed query as a record program's: what `runtime/core` runs on one record at a time.
//!
//! The same meaning as the Flink printer's, and as exhaustive: anyone who adds a kind of expression or a function
//! decides here whether the transform can run it, and else says so with a [`StateNeed`].

use pipec_core::query as program;
use pipec_core::{TimePart, parse_date, parse_time, parse_timestamp};

use super::data_type::DataType;
use super::epoch::EpochUnit;
use super::expr::{
    Arithmetic, ColumnRef, Comparison, Expr, ExprKind, Function, Literal, PatternPart, Side, TimeField,
};
use super::interval::Interval;
use super::java_regex::{self, Translated};
use super::query::{Column, FromClause, Insert, Query, RecordFormat, Role, Select, StateNeed, StreamId};

type Printed<T> = Result<T, StateNeed>;

/// Arrays and objects of JSON within one another that an expression may take. The function reads its program with
/// `serde_json`, which goes 127 deep; up to six of them stand around an expression, and two come with the cast to its
/// column's type.
const MAX_LEVELS: usize = 127 - 6 - 2;

/// The query of a record program whose rows are those of one output; what only other outputs need is left out.
///
/// # Errors
/// The first part of the query that a record alone does not decide.
pub fn print_program(query: &Query, output: StreamId) -> Result<program::Query, StateNeed> {
    query.stateless()?;
    if let Some(errors) = query.errors {
        return Err(StateNeed { what: "an error stream", span: query.stream(errors).span });
    }
    let needed = needed(query, output);
    let is_table = |id: &StreamId| matches!(query.stream(*id).role, Role::Reference(_));
    let tables: Vec<StreamId> = query.stream_ids().filter(|id| needed[id.0]).filter(is_table).collect();
    let streams = query.stream_ids().skip(1).map(|id| {
        let stream = query.stream(id);
        let keys = || stream.columns.iter().map(|column| column.name.clone()).collect();
        program::Stream {
            types: stream.columns.iter().map(|column| data_type(column.data_type)).collect(),
            keys: (id == output).then(keys),
        }
    });
    let inserts = query.inserts.iter().filter(|insert| needed[insert.into.0]);
    Ok(program::Query {
        format: match query.format {
            RecordFormat::Json => program::Format::Json,
            RecordFormat::Csv { delimiter } => program::Format::Csv(delimiter),
        },
        columns: query.input.iter().map(|column| self::column(column, query.format)).collect(),
        array: array(query),
        tables: tables.iter().filter_map(|id| table(query, *id)).collect(),
        streams: streams.collect(),
        inserts: inserts.map(|insert| self::insert(query, &tables, insert)).collect::<Printed<_>>()?,
    })
}

/// The first part of the query that only Flink can run.
pub fn needs_flink(query: &Query) -> Option<StateNeed> {
    let mut outputs = query.stream_ids().filter(|id| query.stream(*id).role == Role::Output);
    outputs.find_map(|output| print_program(query, output).err())
}

fn column(column: &Column, format: RecordFormat) -> program::Column {
    let path = match (format, column.path.elements()) {
        (RecordFormat::Json, Some((_, element))) => element.to_vec(),
        (RecordFormat::Json, None) => column.path.segments().to_vec(),
        (RecordFormat::Csv { .. }, _) => Vec::new(),
    };
    program::Column { path, data_type: column_type(column.data_type, column.epoch) }
}

/// The type of a column for the record program.
pub fn column_type(of: DataType, epoch: Option<EpochUnit>) -> program::DataType {
    epoch.map_or(data_type(of), program::DataType::Epoch)
}

/// The array that columns are in; there is one at most.
fn array(query: &Query) -> Option<program::Array> {
    let in_array = || query.input.iter().enumerate().filter(|_| query.format == RecordFormat::Json);
    let path = in_array().find_map(|(_, column)| column.path.elements())?.0.to_vec();
    let columns = in_array().filter(|(_, column)| column.path.elements().is_some()).map(|(at, _)| at);
    Some(program::Array { path, columns: columns.collect() })
}

/// A reference table.
fn table(query: &Query, id: StreamId) -> Option<program::Table> {
    let stream = query.stream(id);
    let Role::Reference(at) = stream.role else { return None };
    Some(program::Table {
        types: stream.columns.iter().map(|column| data_type(column.data_type)).collect(),
        rows: query.references[at].iter().map(|row| row.iter().map(literal).collect()).collect(),
    })
}

/// Which streams and reference tables lead to an output; a stream is fed by earlier ones only.
pub(super) fn needed(query: &Query, output: StreamId) -> Vec<bool> {
    let ids: Vec<StreamId> = query.stream_ids().collect();
    let mut needed = vec![false; ids.len()];
    needed[output.0] = true;
    for id in ids.into_iter().rev().filter(|id| id.0 <= output.0) {
        if needed[id.0] {
            for from in query.inserts_into(id).flat_map(|insert| insert.select.from.streams()) {
                needed[from.0] = true;
            }
        }
    }
    needed
}

fn insert(query: &Query, tables: &[StreamId], insert: &Insert) -> Printed<program::Insert> {
    let Select { from, filter, group: _, over: _, forest: _, items, span: _ } = &insert.select;
    let mut relations = Relations { query, tables, starts: Vec::new(), width: 0, lookups: Vec::new() };
    let from = relations.read(from)?;
    let into = query.stream(insert.into);
    Ok(program::Insert {
        from: from.0,
        into: insert.into.0,
        filter: filter.as_ref().map(|filter| relations.expr(filter)).transpose()?,
        items: items
            .iter()
            .enumerate()
            .map(|(at, item)| Ok(value(item, relations.expr(item)?, into.columns[at].data_type)))
            .collect::<Printed<_>>()?,
        lookups: relations.lookups,
    })
}

/// The stream that a SELECT reads and the tables that it looks its rows up in, whose columns make one row.
struct Relations<'a> {
    query: &'a Query,
    /// The tables of the program.
    tables: &'a [StreamId],
    /// For each relation, the place of its first column.
    starts: Vec<usize>,
    /// How many columns they have together.
    width: usize,
    lookups: Vec<program::Lookup>,
}

impl Relations<'_> {
    fn read(&mut self, from: &FromClause) -> Printed<StreamId> {
        let (stream, relation) = match from {
            FromClause::Stream { stream, name: _, window: _, span: _ } => (*stream, *stream),
            FromClause::Lookup { left, table, key: (key, value), outer, span } => {
                let stream = self.read(left)?;
                let Some(at) = self.tables.iter().position(|id| id == table) else {
                    return Err(StateNeed { what: "this table", span: *span });
                };
                let known = self.query.stream(*table).columns[*key].data_type;
                // Texts are compared as they are, whatever their lengths.
                let converted = value.data_type != known && value.data_type.text_length().is_none();
                self.lookups.push(program::Lookup {
                    table: at,
                    key: *key,
                    cast: converted.then(|| data_type(value.data_type)),
                    value: self.expr(value)?,
                    outer: *outer,
                });
                (stream, *table)
            }
            FromClause::Join { span, .. } => return Err(StateNeed { what: "a join", span: *span }),
        };
        self.starts.push(self.width);
        self.width += self.query.stream(relation).columns.len();
        Ok(stream)
    }

    /// A whole expression.
    fn expr(&self, expr: &Expr) -> Printed<program::Expr> {
        let printed = self.part(expr)?;
        let json = serde_json::to_value(&printed).unwrap_or_default();
        if levels(&json) > MAX_LEVELS {
            let what = "an expression nested this deeply (a SELECT in FROM can compute a part of it)";
            return Err(StateNeed { what, span: expr.span });
        }
        Ok(printed)
    }

    fn part(&self, expr: &Expr) -> Printed<program::Expr> {
        use program::Expr as To;
        let of = |operand: &Expr| self.part(operand).map(Box::new);
        let pair = |left: &Expr, right: &Expr| Ok(Box::new((self.part(left)?, self.part(right)?)));
        let list = |list: &[Expr]| list.iter().map(|part| self.part(part)).collect::<Printed<Vec<_>>>();
        let not = |negated: bool, truth: To| if negated { To::Not(Box::new(truth)) } else { truth };
        Ok(match &expr.kind {
            // The relations' columns are counted through.
            ExprKind::Column(ColumnRef { relation, column }) => To::Column(self.starts[*relation] + column),
            ExprKind::Literal(literal) => self::literal(literal),
            ExprKind::Cast { operand, written: _ } => To::Cast(data_type(expr.data_type), of(operand)?),
            ExprKind::Negate(operand) => To::Negate(data_type(expr.data_type), of(operand)?),
            ExprKind::Arithmetic { operator, left, right } => {
                To::Arithmetic(arithmetic(*operator), data_type(expr.data_type), pair(left, right)?)
            }
            ExprKind::Concat(parts) => To::Concat(list(parts)?),
            ExprKind::Compare { operator, left, right } => {
                To::Compare(comparison(*operator), pair(left, right)?)
            }
            ExprKind::And(parts) => To::And(list(parts)?),
            ExprKind::Or(parts) => To::Or(list(parts)?),
            ExprKind::Not(operand) => To::Not(of(operand)?),
            ExprKind::IsNull { operand, negated } => not(*negated, To::IsNull(of(operand)?)),
            ExprKind::In { operand, list: items, negated } => {
                not(*negated, To::In(of(operand)?, list(items)?))
            }
            ExprKind::Between { operand, low, high, negated } => {
                let three = (self.part(operand)?, self.part(low)?, self.part(high)?);
                not(*negated, To::Between(Box::new(three)))
            }
            ExprKind::Like { operand, pattern, negated } => {
                not(*negated, To::Like(of(operand)?, pattern.parts.iter().map(part).collect()))
            }
            ExprKind::Case { branches, otherwise } => {
                let branches = branches.iter().map(|(a, b)| Ok((self.part(a)?, self.part(b)?)));
                let otherwise = otherwise.as_ref().map_or(Ok(To::Null), |value| self.part(value))?;
                To::Case(branches.collect::<Printed<_>>()?, Box::new(otherwise))
            }
            ExprKind::Coalesce(values) => To::Coalesce(list(values)?),
            ExprKind::NullIf { value, unwanted } => To::NullIf(pair(value, unwanted)?),
            ExprKind::Call { function, arguments } => return self.call(*function, arguments, expr),
            ExprKind::Shift { operand, by: Interval::Milliseconds(ms) } => To::Later(*ms, of(operand)?),
            ExprKind::Shift { operand, by: Interval::Months(months) } => {
                To::MonthsLater(*months, of(operand)?)
            }
            // Without a window, the time of a row is when it is looked at.
            ExprKind::Rowtime { .. } => To::Now,
            ExprKind::Window(_) => return Err(StateNeed { what: "a window", span: expr.span }),
            ExprKind::Anomaly(_) => {
                return Err(StateNeed { what: "a random cut forest", span: expr.span });
            }
            ExprKind::Aggregate { .. } => return Err(StateNeed { what: "an aggregate", span: expr.span }),
        })
    }

    /// A function of its arguments.
    fn call(&self, function: Function, arguments: &[Expr], whole: &Expr) -> Printed<program::Expr> {
        use program::Expr as To;
        let of = |at: usize| self.part(&arguments[at]).map(Box::new);
        let function = match function {
            Function::Upper => program::Function::Upper,
            Function::Lower => program::Function::Lower,
            Function::InitCap => program::Function::InitCap,
            Function::CharLength => program::Function::CharLength,
            Function::Substring => program::Function::Substring,
            Function::Trim(Side::Leading) => program::Function::TrimLeading,
            Function::Trim(Side::Trailing) => program::Function::TrimTrailing,
            Function::Trim(Side::Both) => program::Function::TrimBoth,
            Function::Position => program::Function::Position,
            Function::Overlay => program::Function::Overlay,
            Function::Replace => program::Function::Replace,
            Function::SplitIndex => program::Function::SplitIndex,
            Function::LeftPad => program::Function::LeftPad,
            Function::RightPad => program::Function::RightPad,
            Function::Abs => return Ok(To::Absolute(data_type(whole.data_type), of(0)?)),
            Function::Ceil => program::Function::Ceil,
            Function::Floor => program::Function::Floor,
            Function::SquareRoot => program::Function::SquareRoot,
            Function::Ln => program::Function::Ln,
            Function::Log10 => program::Function::Log10,
            Function::Extract(field) => program::Function::Extract(time_field(field)),
            Function::FloorTo(field) => program::Function::FloorTo(time_field(field)),
            Function::CeilTo(field) => program::Function::CeilTo(time_field(field)),
            // Flink's FLOOR, which is also right before 1970.
            Function::Step(ms) => match TimeField::of_length(ms) {
                Some(field) => program::Function::FloorTo(time_field(field)),
                None => program::Function::Step(ms),
            },
            Function::TimestampDiff(field) => program::Function::Between(time_field(field)),
            Function::UnixTimestamp => program::Function::Milliseconds,
            Function::FromUnixTimestamp => program::Function::FromMilliseconds,
            Function::FromEpoch(unit) => return Ok(To::Cast(program::DataType::Epoch(unit), of(0)?)),
            Function::Now => return Ok(To::Now),
            Function::Builtin(builtin) => {
                let Some(scalar) = builtin.scalar else {
                    return Err(StateNeed { what: builtin.name, span: whole.span });
                };
                let list = arguments.iter().map(|part| self.part(part)).collect::<Printed<_>>()?;
                return Ok(To::Scalar(scalar, list));
            }
            Function::RegexpReplace => {
                let Translated { expression, .. } = java_regex::translated(constant(&arguments[1]))
                    .map_err(|what| StateNeed { what, span: arguments[1].span })?;
                let pair = Box::new((self.part(&arguments[0])?, self.part(&arguments[2])?));
                return Ok(To::ReplaceMatches(pair, expression));
            }
            Function::RegexpExtract => {
                let Translated { expression, groups } = java_regex::translated(constant(&arguments[1]))
                    .map_err(|what| StateNeed { what, span: arguments[1].span })?;
                let group = match &arguments[2].kind {
                    ExprKind::Literal(Literal::Integer(group)) => usize::try_from(*group).ok(),
                    _ => None,
                };
                return Ok(match group.and_then(|group| groups.get(group)) {
                    Some(group) => To::Extract(of(0)?, expression, *group),
                    None => To::Null,
                });
            }
            Function::SimilarTo => {
                let escape = arguments.get(2).and_then(|escape| constant(escape).chars().next());
                let expression = java_regex::similar(constant(&arguments[1]), escape)
                    .map_err(|what| StateNeed { what, span: arguments[1].span })?;
                return Ok(To::Matches(of(0)?, expression));
            }
            Function::FormatTimestamp => {
                return Ok(To::FormatTime(of(0)?, time_pattern(constant(&arguments[1]))));
            }
            Function::ParseTimestamp => {
                return Ok(To::ParseTime(of(0)?, time_pattern(constant(&arguments[1]))));
            }
        };
        Ok(To::Call(function, arguments.iter().map(|part| self.part(part)).collect::<Printed<_>>()?))
    }
}

/// How many arrays and objects are open at once, at most.
fn levels(json: &serde_json::Value) -> usize {
    match json {
        serde_json::Value::Array(items) => 1 + items.iter().map(levels).max().unwrap_or(0),
        serde_json::Value::Object(members) => 1 + members.values().map(levels).max().unwrap_or(0),
        _ => 0,
    }
}

/// The expression as the type of a stream's column. Only a text can be of another length than that; what is longer is
/// cut.
fn value(item: &Expr, printed: program::Expr, target: DataType) -> program::Expr {
    let is_exact =
        matches!(item.kind, ExprKind::Column(_) | ExprKind::Cast { .. }) && item.data_type == target;
    let limited = matches!(target.text_length(), Some(Some(_)));
    if limited && !is_exact { program::Expr::Cast(data_type(target), Box::new(printed)) } else { printed }
}

/// A constant. The resolver takes only those that there are, so NULL stands for none of them.
fn literal(literal: &Literal) -> program::Expr {
    use program::Expr as To;
    match literal {
        Literal::Null => To::Null,
        Literal::Boolean(truth) => To::Boolean(*truth),
        Literal::Integer(number) => To::Integer(*number),
        Literal::Decimal(digits) => digits.parse().map_or(To::Null, To::Decimal),
        Literal::Double(number) => To::Double(*number),
        Literal::Text(text) => To::Text(text.clone()),
        Literal::Date(text) => parse_date(text).map_or(To::Null, To::Date),
        Literal::Time(text) => parse_time(text).map_or(To::Null, To::Time),
        Literal::Timestamp(text) => parse_timestamp(text).map_or(To::Null, To::Timestamp),
    }
}

fn data_type(data_type: DataType) -> program::DataType {
    use program::DataType as To;
    match data_type {
        DataType::Boolean => To::Boolean,
        DataType::TinyInt => To::TinyInt,
        DataType::SmallInt => To::SmallInt,
        DataType::Integer => To::Integer,
        DataType::BigInt => To::BigInt,
        DataType::Decimal { precision, scale } => To::Decimal(precision, scale),
        DataType::Real => To::Real,
        DataType::Double => To::Double,
        DataType::Char(length) => To::Char(length),
        DataType::Varchar(Some(length)) => To::Varchar(length),
        DataType::Varchar(None) => To::Text,
        DataType::Date => To::Date,
        DataType::Time => To::Time,
        DataType::Timestamp => To::Timestamp,
    }
}

fn arithmetic(operator: Arithmetic) -> program::Arithmetic {
    match operator {
        Arithmetic::Add => program::Arithmetic::Add,
        Arithmetic::Subtract => program::Arithmetic::Subtract,
        Arithmetic::Multiply => program::Arithmetic::Multiply,
        Arithmetic::Divide => program::Arithmetic::Divide,
        Arithmetic::Modulo => program::Arithmetic::Modulo,
    }
}

fn comparison(operator: Comparison) -> program::Comparison {
    match operator {
        Comparison::Equal => program::Comparison::Equal,
        Comparison::NotEqual => program::Comparison::NotEqual,
        Comparison::Less => program::Comparison::Less,
        Comparison::LessOrEqual => program::Comparison::LessOrEqual,
        Comparison::Greater => program::Comparison::Greater,
        Comparison::GreaterOrEqual => program::Comparison::GreaterOrEqual,
    }
}

fn part(part: &PatternPart) -> program::Part {
    match part {
        PatternPart::Text(text) => program::Part::Text(text.clone()),
        PatternPart::One => program::Part::One,
        PatternPart::Any => program::Part::Any,
    }
}

/// The text of an argument that the resolver takes as a constant only.
fn constant(argument: &Expr) -> &str {
    match &argument.kind {
        ExprKind::Literal(Literal::Text(text)) => text,
        _ => "",
    }
}

/// A pattern of times, whose letters and quotes the resolver has checked.
fn time_pattern(pattern: &str) -> Vec<TimePart> {
    let mut parts = Vec::new();
    let mut text = String::new();
    let mut quoted = false;
    let mut characters = pattern.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            // Two of them are one, within quotes and outside.
            '\'' if characters.next_if_eq(&'\'').is_some() => text.push('\''),
            '\'' => quoted = !quoted,
            letter if !quoted && letter.is_ascii_alphabetic() => {
                let mut count = 1;
                while characters.next_if_eq(&letter).is_some() {
                    count += 1;
                }
                if !text.is_empty() {
                    parts.push(TimePart::Text(std::mem::take(&mut text)));
                }
                parts.push(TimePart::Field(letter, count));
            }
            other => text.push(other),
        }
    }
    if !text.is_empty() {
        parts.push(TimePart::Text(text));
    }
    parts
}

fn time_field(field: TimeField) -> program::TimeField {
    match field {
        TimeField::Year => program::TimeField::Year,
        TimeField::Quarter => program::TimeField::Quarter,
        TimeField::Month => program::TimeField::Month,
        TimeField::Week => program::TimeField::Week,
        TimeField::Day => program::TimeField::Day,
        TimeField::Hour => program::TimeField::Hour,
        TimeField::Minute => program::TimeField::Minute,
        TimeField::Second => program::TimeField::Second,
        TimeField::DayOfWeek => program::TimeField::DayOfWeek,
        TimeField::DayOfYear => program::TimeField::DayOfYear,
    }
}
