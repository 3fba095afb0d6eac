//! Expressions as Flink SQL writes them.

use std::cell::RefCell;

use super::super::data_type::{DataType, Family, MAX_PRECISION};
use super::super::expr::{
    Arithmetic, ColumnRef, Comparison, Expr, ExprKind, Function, Literal, Pattern, PatternPart, Side,
    WindowBound,
};
use super::super::forest::Anomaly;
use super::window::{Rows, same_value};
use super::{arithmetic, forest, opaque, quote, rounding, time, time_texts};

/// How tightly an expression holds together; what binds less tightly than its place asks for gets parentheses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Binding {
    Or,
    And,
    Not,
    Compare,
    Add,
    Multiply,
    Sign,
    Atom,
}

/// What stands in the parentheses of OVER.
pub(super) struct OverText {
    /// PARTITION BY and ORDER BY.
    pub(super) stem: String,
    /// Which of the rows; empty where the function says so.
    pub(super) frame: String,
    /// Whether the frame counts rows and ends with the row itself.
    pub(super) by_rows: bool,
    /// How many rows back LAG goes, where the time that sorts them is kept with the rows.
    pub(super) kept_lag: Option<u64>,
}

/// What a SELECT inside of this one computes: its keys, and the aggregates in the order in which they were first met.
#[derive(Clone, Copy)]
pub(super) struct Apart<'a> {
    pub(super) keys: &'a [Expr],
    pub(super) calls: &'a RefCell<Vec<String>>,
}

impl Apart<'_> {
    /// The column that a key of the SELECT inside is in.
    pub(super) fn key(at: usize) -> String {
        format!("`pipec_key_{}`", at + 1)
    }

    /// The column that an aggregate is in.
    pub(super) fn call(at: usize) -> String {
        format!("`pipec_sum_{}`", at + 1)
    }

    /// The column of an aggregate, which is new if it was not met before.
    pub(super) fn named(&self, call: String) -> String {
        let mut calls = self.calls.borrow_mut();
        let at = calls.iter().position(|known| *known == call).unwrap_or_else(|| {
            calls.push(call);
            calls.len() - 1
        });
        Self::call(at)
    }
}

/// How long the text of a value may be where there may be several copies of it.
const MOST_IN_PLACE: usize = 2000;
/// How long a part of a condition may be.
const MOST_OF_A_CONDITION: usize = 250;

/// Prints expressions over the columns that `column` names.
#[derive(Clone, Copy)]
pub(super) struct Expressions<'a> {
    pub(super) column: &'a dyn Fn(ColumnRef) -> String,
    /// `ROWTIME` of a relation, as a plain TIMESTAMP(3).
    pub(super) rowtime: &'a dyn Fn(usize) -> String,
    /// What the aggregates look at where they have OVER.
    pub(super) over: Option<&'a OverText>,
    /// Whether the window is put together from others, as sessions and growing windows are.
    pub(super) merges: bool,
    /// Whether windows overlap: Flink then has no sum of different values.
    pub(super) overlaps: bool,
    /// Names for what stands in a SELECT of its own.
    pub(super) apart: Option<Apart<'a>>,
    /// Whether Flink must not see that a condition is the same for all rows: it would leave out what is behind it, and then
    /// miss the windows and the bounds of time there.
    pub(super) hides: bool,
    /// A condition that no row meets, and that Flink does not know; `None` of groups.
    pub(super) never: Option<&'a dyn Fn() -> String>,
    /// Whether Flink must not know what literals are: it computes what is constant, and fails over a DATE of the year 0, or
    /// beyond 9999.
    pub(super) hides_literals: bool,
    /// Columns of which Flink may find that they are constants.
    pub(super) narrowed: &'a dyn Fn(ColumnRef) -> bool,
    /// The SELECT inside that values of a row become columns of where their text is long.
    pub(super) shared: Option<&'a RefCell<Rows>>,
    /// What is a column already, and its name.
    pub(super) computed: &'a [(&'a Expr, String)],
    /// Columns that arguments of aggregates become, where nothing may be computed between a window and its groups.
    pub(super) arguments: Option<&'a RefCell<Rows>>,
}

impl Expressions<'_> {
    /// The expression as the type of a stream's column. Flink derives types of its own; the cast makes them ours.
    pub(super) fn value(&self, expr: &Expr, target: DataType) -> String {
        let text = self.print(expr);
        let is_exact = match &expr.kind {
            ExprKind::Column(_)
            | ExprKind::Cast { .. }
            | ExprKind::Literal(Literal::Null)
            | ExprKind::Rowtime { .. }
            | ExprKind::Window(_)
            | ExprKind::Anomaly(Anomaly::Score) => true,
            _ => target == DataType::Boolean,
        };
        if is_exact && expr.data_type == target {
            return text;
        }
        match target.text_length() {
            Some(Some(length)) if may_grow(expr) => {
                format!("CAST(SUBSTRING({text}, 1, {length}) AS {})", quote::data_type(target))
            }
            _ => format!("CAST({text} AS {})", quote::data_type(target)),
        }
    }

    /// A condition, each part of a top-level AND or OR on a line of its own.
    pub(super) fn condition(&self, expr: &Expr) -> String {
        match &expr.kind {
            ExprKind::And(parts) => self.parts(parts),
            ExprKind::Or(parts) => self.computed(self.list(parts, "\n  OR ", Binding::And), expr),
            _ => self.computed(self.print(expr), expr),
        }
    }

    /// The text of a condition, or the column that has its value where it is long: Flink simplifies conditions again and again,
    /// as long as that changes them, and turns some into one another for ever (2.2.1, 2026-11).
    pub(super) fn computed(&self, text: String, value: &Expr) -> String {
        let is_long = text.len() > MOST_OF_A_CONDITION && !is_constant(value) && is_of_row(value);
        match self.shared {
            Some(rows) if is_long => rows.borrow_mut().value(opaque::value(&text)),
            _ => self.hidden(text, value),
        }
    }

    /// A condition as one of several that must hold.
    pub(super) fn part_of_and(&self, expr: &Expr) -> String {
        match &expr.kind {
            ExprKind::And(parts) => self.parts(parts),
            _ => self.computed(self.bound(expr, Binding::Not), expr),
        }
    }

    /// A condition as one of those of a FULL JOIN. Flink leaves out the bounds of time where it finds that the others are never
    /// true together, and remembers all rows.
    pub(super) fn part_of_full_join(&self, expr: &Expr) -> String {
        let is_column = |expr: &Expr| matches!(expr.kind, ExprKind::Column(_));
        match &expr.kind {
            ExprKind::And(parts) => {
                let parts: Vec<String> = parts.iter().map(|part| self.part_of_full_join(part)).collect();
                parts.join("\n  AND ")
            }
            ExprKind::Compare { operator: Comparison::Equal, left, right }
                if is_column(left) && is_column(right) =>
            {
                self.part_of_and(expr)
            }
            _ => opaque::condition(&self.print(expr)),
        }
    }

    fn parts(&self, parts: &[Expr]) -> String {
        let parts: Vec<String> = parts.iter().map(|part| self.part_of_and(part)).collect();
        parts.join("\n  AND ")
    }

    /// The text of a condition that rests on a value, perhaps hidden from Flink.
    pub(super) fn hidden(&self, text: String, value: &Expr) -> String {
        let is_true = matches!(value.kind, ExprKind::Literal(Literal::Boolean(true)));
        if !self.hides || is_true || !is_constant(value) {
            return text;
        }
        match self.never {
            Some(never) => opaque::condition_unless(&never(), &text),
            None => text,
        }
    }

    /// An expression as an operand of any operator.
    pub(super) fn atom(&self, expr: &Expr) -> String {
        self.bound(expr, Binding::Atom)
    }

    /// An expression as an operand of a comparison.
    pub(super) fn operand(&self, expr: &Expr) -> String {
        self.bound(expr, Binding::Add)
    }

    /// A side of a comparison. Of a CASE that is compared with constants, Flink makes conditions; where those are two on one
    /// number, it turns them into one another for ever.
    fn compared(&self, side: &Expr, other: &Expr) -> String {
        let text = self.bound(side, Binding::Add);
        let is_number = side.data_type.family() == Family::Number;
        if is_number && matches!(side.kind, ExprKind::Case { .. }) && is_constant(other) {
            format!("IF(TRUE, {text}, {})", quote::literal(&Literal::Null, side.data_type))
        } else {
            text
        }
    }

    /// What is searched for in the list of IN. Flink makes all of the list values of its type, so that it has to be the one
    /// that is compared by: a whole number would cut those behind the point, and a CHAR(2) a text of three letters.
    fn searched_for(&self, expr: &Expr) -> String {
        let is_literal = matches!(expr.kind, ExprKind::Literal(_));
        match expr.data_type {
            DataType::Char(_) => cast(&self.print(expr), expr.data_type, DataType::Varchar(None)),
            DataType::Varchar(_) if is_literal => {
                cast(&self.print(expr), expr.data_type, DataType::Varchar(None))
            }
            number if is_literal && number.family() == Family::Number => {
                format!("CAST({} AS {})", self.print(expr), quote::data_type(number))
            }
            _ => self.bound(expr, Binding::Add),
        }
    }

    /// The expression, or the column of a SELECT inside that has its value: what is written several times stays short, so that
    /// a text does not grow by as much with each expression around it.
    pub(super) fn print(&self, expr: &Expr) -> String {
        let text = self.in_place(expr);
        match self.shared {
            Some(rows) if text.len() > MOST_IN_PLACE && is_of_row(expr) => rows.borrow_mut().value(text),
            _ => text,
        }
    }

    fn in_place(&self, expr: &Expr) -> String {
        let key = self.apart.and_then(|apart| apart.keys.iter().position(|key| same_value(key, expr)));
        if let Some(key) = key {
            return Apart::key(key);
        }
        if let Some(name) = self.column_of(expr) {
            return name.to_owned();
        }
        let is_written = matches!(expr.kind, ExprKind::Literal(_));
        if expr.data_type == DataType::Date && !is_written && !self.hides_literals && is_constant(expr) {
            return Expressions { hides_literals: true, ..*self }.print(expr);
        }
        let is_narrowed = |part: &Expr| match part.kind {
            ExprKind::Column(column) => (self.narrowed)(column),
            _ => false,
        };
        if expr.data_type == DataType::Date
            && !matches!(expr.kind, ExprKind::Column(_))
            && expr.any(&is_narrowed)
        {
            // What is hidden of a constant, for the same reason.
            let column = |column: ColumnRef| {
                let text = (self.column)(column);
                if (self.narrowed)(column) { opaque::value(&text) } else { text }
            };
            return Expressions { column: &column, narrowed: &|_| false, ..*self }.in_place(expr);
        }
        match &expr.kind {
            ExprKind::Column(column) => (self.column)(*column),
            ExprKind::Literal(literal) if self.hides_literals && *literal != Literal::Null => {
                opaque::value(&quote::literal(literal, expr.data_type))
            }
            ExprKind::Literal(literal) => quote::literal(literal, expr.data_type),
            ExprKind::Rowtime { relation } => (self.rowtime)(*relation),
            ExprKind::Window(WindowBound::Start) => "`window_start`".into(),
            ExprKind::Window(WindowBound::End) => "`window_end`".into(),
            ExprKind::Window(WindowBound::Last) => "CAST(`window_time` AS TIMESTAMP(3))".into(),
            ExprKind::Anomaly(anomaly) => forest::column(*anomaly).into(),
            ExprKind::Aggregate { function, distinct, arguments, over: _ } => {
                self.aggregate(*function, *distinct, arguments)
            }
            ExprKind::Shift { operand, by } => time::shifted(&self.bound(operand, Binding::Add), *by),
            ExprKind::Cast { operand, .. } => {
                // `TO` would go with an interval before it.
                let is_shift = matches!(operand.kind, ExprKind::Shift { .. });
                if let Some(number) = rounding::rounded(operand).filter(|_| expr.data_type.is_integer()) {
                    let text = self.bound(number, Binding::Or);
                    return rounding::whole(&text, number.data_type, expr.data_type);
                }
                let text = self.bound(operand, if is_shift { Binding::Atom } else { Binding::Or });
                cast(&text, operand.data_type, expr.data_type)
            }
            ExprKind::Negate(_) | ExprKind::Arithmetic { .. } => self.arithmetic(expr),
            ExprKind::Concat(list) => self.list(list, " || ", Binding::Atom),
            ExprKind::Compare { operator, left, right } => {
                let equality = matches!(operator, Comparison::Equal | Comparison::NotEqual);
                let side = |side: &Expr, other: &Expr| {
                    let text = self.compared(side, other);
                    let finds_zero = equality && side.data_type.is_approximate() && is_zero(other);
                    if finds_zero { format!("ABS({text})") } else { text }
                };
                format!("{} {} {}", side(left, right), comparison(*operator), side(right, left))
            }
            ExprKind::And(list) => self.list(list, " AND ", Binding::Not),
            ExprKind::Or(list) => self.list(list, " OR ", Binding::And),
            ExprKind::Not(operand) => format!("NOT {}", self.bound(operand, Binding::Atom)),
            ExprKind::IsNull { operand, negated } => {
                format!("{} IS {}NULL", self.bound(operand, Binding::Atom), not(*negated))
            }
            ExprKind::In { operand, list, negated } => {
                let finds_zero = operand.data_type.is_approximate() && list.iter().any(is_zero);
                let operand = match operand.kind {
                    ExprKind::Case { .. } => self.compared(operand, &list[0]),
                    _ => self.searched_for(operand),
                };
                let operand = if finds_zero { one_zero(&operand) } else { operand };
                let list: Vec<String> = list.iter().map(|item| self.print(item)).collect();
                format!("{operand} {}IN ({})", not(*negated), list.join(", "))
            }
            ExprKind::Between { operand, low, high, negated } => {
                let operand = self.compared(operand, low);
                let [low, high] = [low, high].map(|part| self.bound(part, Binding::Add));
                format!("{operand} {}BETWEEN {low} AND {high}", not(*negated))
            }
            ExprKind::Like { operand, pattern, negated } => {
                let operand = self.searched(expr).unwrap_or_else(|| self.bound(operand, Binding::Add));
                format!("{operand} {}LIKE {}", not(*negated), self::pattern(pattern))
            }
            ExprKind::Case { branches, otherwise } => {
                let mut text = String::from("CASE");
                for (condition, value) in branches {
                    text.push_str(&format!(" WHEN {} THEN {}", self.print(condition), self.print(value)));
                }
                if let Some(otherwise) = otherwise {
                    text.push_str(&format!(" ELSE {}", self.print(otherwise)));
                }
                text + " END"
            }
            ExprKind::Coalesce(list) => {
                // Flink fails where it finds that a constant is no NULL, and leaves out what stands behind it.
                let part = |part: &Expr| match part.kind {
                    ExprKind::Literal(_) => self.print(part),
                    _ if is_constant(part) => opaque::constant(&self.print(part), part.data_type),
                    _ => self.print(part),
                };
                format!("COALESCE({})", list.iter().map(part).collect::<Vec<_>>().join(", "))
            }
            // Flink compares a REAL with a DOUBLE as two of the first.
            ExprKind::NullIf { value, unwanted }
                if (value.data_type, unwanted.data_type) == (DataType::Real, DataType::Double) =>
            {
                let (value, unwanted) = (self.print(value), self.operand(unwanted));
                format!(
                    "CASE WHEN CAST({value} AS DOUBLE) = {unwanted} THEN CAST(NULL AS FLOAT) ELSE {value} END"
                )
            }
            ExprKind::NullIf { value, unwanted } => {
                format!("NULLIF({}, {})", self.print(value), self.print(unwanted))
            }
            ExprKind::Call { function, arguments } => match function {
                Function::Upper => self.call("UPPER", arguments),
                Function::Lower => self.call("LOWER", arguments),
                Function::InitCap => self.capitalized(&arguments[0]),
                Function::CharLength => self.call("CHAR_LENGTH", arguments),
                Function::Substring => self.substring(arguments),
                Function::Trim(side) => {
                    let arguments: Vec<String> =
                        arguments.iter().rev().map(|part| self.print(part)).collect();
                    format!("TRIM({} {})", self::side(*side), arguments.join(" FROM "))
                }
                Function::Position => {
                    // Before IN, Flink's parser knows no operators and no parentheses.
                    if binding(&arguments[0]) < Binding::Atom {
                        return self.call("LOCATE", arguments);
                    }
                    let text = self.bound(&arguments[1], Binding::Atom);
                    format!("POSITION({} IN {text})", self.print(&arguments[0]))
                }
                Function::Overlay => {
                    let parts: Vec<String> = arguments.iter().map(|part| self.print(part)).collect();
                    let length = parts.get(3).map_or(String::new(), |length| format!(" FOR {length}"));
                    format!("OVERLAY({} PLACING {} FROM {}{length})", parts[0], parts[1], parts[2])
                }
                Function::Replace => {
                    let [text, what] = [0, 1].map(|at| self.print(&arguments[at]));
                    let by = self.replacement(&arguments[0], Some(&arguments[1]), &arguments[2]);
                    format!("REPLACE({text}, {what}, {by})")
                }
                Function::RegexpReplace => {
                    let text = self.searched(expr).unwrap_or_else(|| self.print(&arguments[0]));
                    let by = self.replacement(&arguments[0], None, &arguments[2]);
                    format!("REGEXP_REPLACE({text}, {}, {by})", self.print(&arguments[1]))
                }
                Function::SimilarTo => {
                    let text = self.searched(expr).unwrap_or_else(|| self.bound(&arguments[0], Binding::Add));
                    let escape = arguments.get(2).map(|escape| format!(" ESCAPE {}", self.print(escape)));
                    format!("{text} SIMILAR TO {}{}", self.print(&arguments[1]), escape.unwrap_or_default())
                }
                Function::RegexpExtract => {
                    let text = self.searched(expr).unwrap_or_else(|| self.print(&arguments[0]));
                    format!(
                        "REGEXP_EXTRACT({text}, {}, {})",
                        self.print(&arguments[1]),
                        self.print(&arguments[2])
                    )
                }
                Function::SplitIndex => self.call("SPLIT_INDEX", arguments),
                Function::LeftPad => self.padded("LPAD", arguments),
                Function::RightPad => self.padded("RPAD", arguments),
                Function::Abs => self.absolute(&arguments[0]),
                Function::Ceil => self.call("CEIL", arguments),
                Function::Floor => self.call("FLOOR", arguments),
                // Flink gives NaN and infinities, which JSON does not have.
                Function::SquareRoot => self.defined("SQRT", ">= 0", &arguments[0]),
                Function::Ln => self.defined("LN", "> 0", &arguments[0]),
                Function::Log10 => self.defined("LOG10", "> 0", &arguments[0]),
                Function::Builtin(builtin) => {
                    let bound = |argument| self.bound(argument, Binding::Add);
                    builtin.print(&arguments.iter().map(bound).collect::<Vec<_>>())
                }
                other => self.time_function(*other, arguments).unwrap_or_default(),
            },
        }
    }

    /// A part of a text, whose places before the first character count and hold nothing. Flink counts from the end there.
    fn substring(&self, arguments: &[Expr]) -> String {
        let text = self.print(&arguments[0]);
        let (start, length) = (&arguments[1], arguments.get(2));
        let [from, count] = [Some(start), length].map(|number| number.map(|number| self.operand(number)));
        let (from, count) = (from.unwrap_or_default(), count.as_deref());
        let whole = |number: &Expr| match number.kind {
            ExprKind::Literal(Literal::Integer(value)) => Some(value),
            _ => None,
        };
        match (whole(start), length.map(|length| (whole(length), count.unwrap_or_default()))) {
            (Some(1..), None) => format!("SUBSTRING({text}, {from})"),
            (Some(1..), Some((_, count))) => format!("SUBSTRING({text}, {from}, {count})"),
            (Some(_), None) => format!("SUBSTRING({text}, 1)"),
            (Some(start), Some((Some(length), _))) => {
                format!("SUBSTRING({text}, 1, {})", start.saturating_add(length).saturating_sub(1).max(0))
            }
            (Some(start), Some((None, count))) => {
                let before = 1_i64.saturating_sub(start);
                let rest =
                    format!("WHEN {count} > {before} THEN {count} - {before} WHEN {count} >= 0 THEN 0");
                format!("SUBSTRING({text}, 1, CASE {rest} END)")
            }
            (None, length) => {
                let first = format!("CASE WHEN {from} < 1 THEN 1 ELSE {from} END");
                let Some((length, count)) = length else { return format!("SUBSTRING({text}, {first})") };
                let counted = if length.is_some() { String::new() } else { format!("{count} >= 0 AND ") };
                let none =
                    if length.is_some() { "ELSE 0".into() } else { format!("WHEN {count} >= 0 THEN 0") };
                format!(
                    "SUBSTRING({text}, {first}, CASE WHEN {from} >= 1 THEN {count} \
                     WHEN {counted}{from} > 1 - {count} THEN {from} + {count} - 1 {none} END)"
                )
            }
        }
    }

    /// Words end at blanks. Flink begins one behind every character that is neither a letter nor a digit, so a digit stands
    /// behind each of them meanwhile.
    fn capitalized(&self, text: &Expr) -> String {
        let (behind, digit) = ("(?<=[^A-Za-z0-9 ])", "0");
        let marked = format!("REGEXP_REPLACE({}, '{behind}', '{digit}')", self.print(text));
        format!("REGEXP_REPLACE(INITCAP({marked}), '{behind}{digit}', '')")
    }

    /// A text filled up, of which nothing is left where there is nothing to fill it with. Flink believes that it cannot
    /// be NULL where its arguments cannot.
    fn padded(&self, name: &str, arguments: &[Expr]) -> String {
        let [text, length, filling] = [0, 1, 2].map(|at| self.print(&arguments[at]));
        match &arguments[2].kind {
            ExprKind::Literal(Literal::Text(constant)) if !constant.is_empty() => {
                format!("{name}({text}, {length}, {filling})")
            }
            _ => format!("{name}({text}, {length}, NULLIF({filling}, ''))"),
        }
    }

    /// A function that has a value for some numbers only.
    fn defined(&self, name: &str, condition: &str, number: &Expr) -> String {
        let text = self.bound(number, Binding::Add);
        format!("CASE WHEN {text} {condition} THEN {name}({text}) END")
    }

    /// The name of a value that is a column already.
    fn column_of(&self, expr: &Expr) -> Option<&str> {
        let found = self.computed.iter().find(|(value, _)| same_value(value, expr));
        found.map(|(_, name)| name.as_str())
    }

    pub(super) fn bound(&self, expr: &Expr, least: Binding) -> String {
        let text = self.print(expr);
        if self.column_of(expr).is_none() && binding(expr) < least { format!("({text})") } else { text }
    }

    fn list(&self, list: &[Expr], between: &str, least: Binding) -> String {
        list.iter().map(|part| self.bound(part, least)).collect::<Vec<_>>().join(between)
    }

    pub(super) fn call(&self, name: &str, arguments: &[Expr]) -> String {
        let arguments: Vec<String> = arguments.iter().map(|argument| self.print(argument)).collect();
        format!("{name}({})", arguments.join(", "))
    }
}

/// Whether a condition, or a part of it that has to hold, is the same for all rows.
pub(super) fn has_constant_part(condition: &Expr) -> bool {
    match &condition.kind {
        ExprKind::And(parts) => parts.iter().any(has_constant_part),
        _ => is_constant(condition),
    }
}

/// Whether a value is of one row, as it stands in FROM.
pub(super) fn is_of_row(expr: &Expr) -> bool {
    !expr.any(&|part| {
        matches!(part.kind, ExprKind::Window(_) | ExprKind::Anomaly(_) | ExprKind::Aggregate { .. })
    })
}

/// Whether a value is the same for all rows.
pub(super) fn is_constant(expr: &Expr) -> bool {
    !expr.any(&|part| {
        matches!(
            part.kind,
            ExprKind::Column(_)
                | ExprKind::Rowtime { .. }
                | ExprKind::Window(_)
                | ExprKind::Anomaly(_)
                | ExprKind::Aggregate { .. }
        )
    })
}

/// Whether a text can be longer than its type says. Flink's UPPER keeps the type, makes two letters of an `ß`, and
/// drops a cast to the type that it believes to be there.
fn may_grow(expr: &Expr) -> bool {
    let mut grows = matches!(
        &expr.kind,
        ExprKind::Call {
            function: Function::Upper | Function::Lower | Function::InitCap | Function::Overlay,
            ..
        }
    );
    expr.operands(&mut |operand| grows |= may_grow(operand));
    grows
}

pub(super) fn binding(expr: &Expr) -> Binding {
    if let Some(binding) = arithmetic::checked_binding(expr) {
        return binding;
    }
    match &expr.kind {
        ExprKind::Or(_) => Binding::Or,
        ExprKind::And(_) => Binding::And,
        ExprKind::Not(_) => Binding::Not,
        ExprKind::Compare { .. }
        | ExprKind::IsNull { .. }
        | ExprKind::In { .. }
        | ExprKind::Between { .. }
        | ExprKind::Like { .. } => Binding::Compare,
        ExprKind::Call { function: Function::SimilarTo, .. } => Binding::Compare,
        ExprKind::Concat(_) | ExprKind::Shift { .. } => Binding::Add,
        ExprKind::Arithmetic { operator: Arithmetic::Add | Arithmetic::Subtract, .. } => Binding::Add,
        ExprKind::Arithmetic { operator: Arithmetic::Divide, right, .. } if !is_not_zero(right) => {
            Binding::Atom
        }
        ExprKind::Arithmetic { operator: Arithmetic::Multiply | Arithmetic::Divide, .. } => Binding::Multiply,
        ExprKind::Negate(_) => Binding::Sign,
        ExprKind::Literal(Literal::Integer(i64::MIN)) => Binding::Atom,
        ExprKind::Literal(Literal::Integer(value)) if *value < 0 => Binding::Sign,
        ExprKind::Literal(Literal::Double(value)) if value.is_sign_negative() => Binding::Sign,
        ExprKind::Literal(Literal::Decimal(digits)) if digits.starts_with('-') => Binding::Sign,
        ExprKind::Column(_)
        | ExprKind::Literal(_)
        | ExprKind::Rowtime { .. }
        | ExprKind::Window(_)
        | ExprKind::Anomaly(_)
        | ExprKind::Aggregate { .. }
        | ExprKind::Cast { .. }
        | ExprKind::Arithmetic { operator: Arithmetic::Modulo, .. }
        | ExprKind::Case { .. }
        | ExprKind::Coalesce(_)
        | ExprKind::NullIf { .. }
        | ExprKind::Call { .. } => Binding::Atom,
    }
}

/// A conversion that never stops the job: what cannot be converted, and what is out of range, becomes NULL.
pub(super) fn cast(operand: &str, from: DataType, to: DataType) -> String {
    let target = quote::data_type(to);
    match (from.family(), to.family()) {
        (Family::Text, Family::Text) => format!("CAST({operand} AS {target})"),
        (Family::Text, _) if to == DataType::Timestamp => time_texts::read(operand, " "),
        (Family::Text, _) => match to {
            // Flink also reads offsets and rounds up a fraction, Flink 1.20 the 40th hour too, and a result beyond 24
            // hours stops the job when it is written. `$` would let a line break behind it pass.
            DataType::Time => {
                let clock = r"^ *(2[0-3]|[01]?[0-9])(:[0-5]?[0-9](:[0-5]?[0-9]([.][0-9]*)?)?)? *\z";
                format!("TRY_CAST(SPLIT_INDEX(REGEXP_EXTRACT({operand}, '{clock}', 0), '.', 0) AS TIME)")
            }
            // Flink reads a text straight into a short decimal by a way of its own, which makes 0 of a single letter
            // and does not see that a number is too large after rounding. Into a long one it reads all of them.
            DataType::Decimal { precision, scale } if precision < MAX_PRECISION => {
                format!("TRY_CAST(TRY_CAST({operand} AS DECIMAL({MAX_PRECISION}, {scale})) AS {target})")
            }
            // Flink reads infinities, and NaN, which no number is equal to.
            DataType::Real | DataType::Double => {
                arithmetic::finite(&format!("TRY_CAST({operand} AS {target})"), to)
            }
            _ => format!("TRY_CAST({operand} AS {target})"),
        },
        (Family::Number, Family::Number) => number_cast(operand, from, to, &target),
        // Flink's own cast rounds towards 1970, so that a time before it gets the day after.
        (Family::Time, Family::Time) if to == DataType::Date => {
            format!("CAST(FLOOR({operand} TO DAY) AS DATE)")
        }
        _ => format!("CAST({operand} AS {target})"),
    }
}

fn number_cast(operand: &str, from: DataType, to: DataType, target: &str) -> String {
    match to {
        // A number that is too large for 32 bits would be an infinity.
        DataType::Real if from == DataType::Double => {
            format!("CASE WHEN ABS({operand}) < {BEYOND_REAL} THEN CAST({operand} AS FLOAT) END")
        }
        _ if to.holds(from) || to.is_approximate() => format!("CAST({operand} AS {target})"),
        DataType::Decimal { .. } => format!("TRY_CAST({operand} AS {target})"),
        // Flink's own cast to a whole number wraps around.
        _ => arithmetic::whole(operand, from, to),
    }
}

/// The least DOUBLE that is rounded to more than the largest REAL.
const BEYOND_REAL: &str = "3.4028235677973366E38";

pub(super) fn is_not_zero(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Literal(Literal::Integer(value)) => *value != 0,
        ExprKind::Literal(Literal::Double(value)) => *value != 0.0,
        ExprKind::Literal(Literal::Decimal(digits)) => digits.contains(|c: char| matches!(c, '1'..='9')),
        _ => false,
    }
}

/// Whether an expression is written as the number 0.
fn is_zero(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Literal(Literal::Integer(0)) => true,
        ExprKind::Literal(Literal::Decimal(digits)) => {
            !digits.contains(|digit: char| ('1'..='9').contains(&digit))
        }
        ExprKind::Literal(Literal::Double(number)) => *number == 0.0,
        ExprKind::Negate(operand) | ExprKind::Cast { operand, .. } => is_zero(operand),
        _ => false,
    }
}

/// A floating point number, of whose two zeros there is only one. Flink makes a set of the constants that a value is
/// compared with, and looks for a number by its bits. It leaves out a sum with 0, and a CASE that has 0 for what equals 0.
pub(super) fn one_zero(number: &str) -> String {
    format!("CASE WHEN ABS({number}) = 0E0 THEN 0E0 ELSE {number} END")
}

fn comparison(operator: Comparison) -> &'static str {
    match operator {
        Comparison::Equal => "=",
        Comparison::NotEqual => "<>",
        Comparison::Less => "<",
        Comparison::LessOrEqual => "<=",
        Comparison::Greater => ">",
        Comparison::GreaterOrEqual => ">=",
    }
}

fn side(side: Side) -> &'static str {
    match side {
        Side::Leading => "LEADING",
        Side::Trailing => "TRAILING",
        Side::Both => "BOTH",
    }
}

fn not(negated: bool) -> &'static str {
    if negated { "NOT " } else { "" }
}

/// The pattern, with an escape character that it does not hold where one is needed.
fn pattern(pattern: &Pattern) -> String {
    let holds = |c: char| {
        pattern.parts.iter().any(|part| matches!(part, PatternPart::Text(text) if text.contains(c)))
    };
    let escape = if holds('%') || holds('_') {
        let mut candidates = "!~^#|@+=".chars().chain('\u{100}'..='\u{fff}');
        candidates.find(|&candidate| !holds(candidate))
    } else {
        None
    };
    let mut written = String::new();
    for part in &pattern.parts {
        match part {
            PatternPart::One => written.push('_'),
            PatternPart::Any => written.push('%'),
            PatternPart::Text(text) => {
                for character in text.chars() {
                    if matches!(character, '%' | '_') {
                        written.extend(escape);
                    }
                    written.push(character);
                }
            }
        }
    }
    let written = quote::text(&written);
    match escape {
        Some(escape) => format!("{written} ESCAPE '{escape}'"),
        None => written,
    }
}
