//! Expressions as Flink SQL writes them.

use std::cell::RefCell;

use super::super::data_type::DataType;
use super::super::expr::{Arithmetic, ColumnRef, Comparison, Expr, ExprKind, Function, Literal, WindowBound};
use super::super::forest::Anomaly;
use super::window::{Rows, same_value};
use super::{arithmetic, cast, conditions, forest, opaque, quote, rounding, time};

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

/// What is in the parentheses of OVER.
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

/// What a SELECT within this one computes: its keys, and the aggregates in the order in which they were first met.
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
    /// Names for what is in a SELECT of its own.
    pub(super) apart: Option<Apart<'a>>,
    /// Whether Flink must not see that a condition is the same for all rows: it would leave out what is after it, and
    /// then miss the windows and the bounds of time there.
    pub(super) hides: bool,
    /// A condition that no row meets, and that Flink does not know; `None` of groups.
    pub(super) never: Option<&'a dyn Fn() -> String>,
    /// Whether Flink must not know what literals are: it computes what is constant, fails over a DATE of the year 0, or
    /// beyond 9999, and keeps the digits of a REAL, which are another number as a DOUBLE.
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

    /// An expression as an operand of any operator.
    pub(super) fn atom(&self, expr: &Expr) -> String {
        self.bound(expr, Binding::Atom)
    }

    /// An expression as an operand of a comparison.
    pub(super) fn operand(&self, expr: &Expr) -> String {
        self.bound(expr, Binding::Add)
    }

    /// The expression, or the column of a SELECT inside that has its value: what is written several times stays short,
    /// so that a text does not grow by as much with each expression around it.
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
        let is_misread = matches!(expr.data_type, DataType::Date | DataType::Real);
        if is_misread && !is_written && !self.hides_literals && is_constant(expr) {
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
                cast::cast(&text, operand.data_type, expr.data_type)
            }
            ExprKind::Negate(_) | ExprKind::Arithmetic { .. } => self.arithmetic(expr),
            ExprKind::Concat(list) => self.list(list, " || ", Binding::Atom),
            ExprKind::Compare { operator, left, right } => {
                let equality = matches!(operator, Comparison::Equal | Comparison::NotEqual);
                let side = |side: &Expr, other: &Expr| {
                    let text = self.compared(side, other);
                    let finds_zero =
                        equality && side.data_type.is_approximate() && conditions::is_zero(other);
                    if finds_zero { format!("ABS({text})") } else { text }
                };
                format!("{} {} {}", side(left, right), conditions::comparison(*operator), side(right, left))
            }
            ExprKind::And(list) => self.list(list, " AND ", Binding::Not),
            ExprKind::Or(list) => self.list(list, " OR ", Binding::And),
            ExprKind::Not(operand) => format!("NOT {}", self.bound(operand, Binding::Atom)),
            ExprKind::IsNull { operand, negated } => {
                format!("{} IS {}NULL", self.bound(operand, Binding::Atom), not(*negated))
            }
            ExprKind::In { operand, list, negated } => {
                let finds_zero = operand.data_type.is_approximate() && list.iter().any(conditions::is_zero);
                let operand = match operand.kind {
                    ExprKind::Case { .. } => self.compared(operand, &list[0]),
                    _ => self.searched_for(operand),
                };
                let operand = if finds_zero { conditions::one_zero(&operand) } else { operand };
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
                format!("{operand} {}LIKE {}", not(*negated), conditions::pattern(pattern))
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
                // Flink fails where it finds that a constant is no NULL, and leaves out what follows it. A condition
                // that is the same for all rows makes one of what it chooses from.
                let is_chosen = |part: &Expr| part.data_type == DataType::Boolean && is_constant(part);
                let part = |part: &Expr| match part.kind {
                    ExprKind::Literal(_) => self.print(part),
                    _ if is_constant(part) || part.any(&is_chosen) => {
                        opaque::constant(&self.print(part), part.data_type)
                    }
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
            ExprKind::Call { function, arguments } => self.function(expr, *function, arguments),
        }
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

    pub(super) fn list(&self, list: &[Expr], between: &str, least: Binding) -> String {
        list.iter().map(|part| self.bound(part, least)).collect::<Vec<_>>().join(between)
    }

    pub(super) fn call(&self, name: &str, arguments: &[Expr]) -> String {
        let arguments: Vec<String> = arguments.iter().map(|argument| self.print(argument)).collect();
        format!("{name}({})", arguments.join(", "))
    }
}

/// Whether a value is of one row, as it is in FROM.
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

pub(super) fn is_not_zero(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Literal(Literal::Integer(value)) => *value != 0,
        ExprKind::Literal(Literal::Double(value)) => *value != 0.0,
        ExprKind::Literal(Literal::Decimal(digits)) => digits.contains(|c: char| matches!(c, '1'..='9')),
        _ => false,
    }
}

fn not(negated: bool) -> &'static str {
    if negated { "NOT " } else { "" }
}
