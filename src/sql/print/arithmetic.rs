//! Arithmetic as Flink SQL writes it. Flink's own wraps around, or gives an infinity; here, a result that its type does
//! not hold is NULL.
//!
//! Sums, differences and products of whole numbers within one another are computed exactly, in a type that holds them,
//! and held against the type of the result once.

use super::super::data_type::{DataType, MAX_PRECISION};
use super::super::expr::{Arithmetic, Expr, ExprKind, Function, Literal};
use super::expr::{Binding, Expressions, binding, is_not_zero};
use super::quote;

/// The longest text that is written out several times, so that a condition can look at it first.
pub(super) const MOST_REPEATED: usize = 600;

/// The largest DOUBLE.
const LARGEST_DOUBLE: &str = "1.7976931348623157E308";
/// What is the largest REAL, or less, once it is read as a DOUBLE.
const LARGEST_REAL: &str = "3.4028235E38";

/// The whole numbers that an expression can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Range {
    low: i128,
    high: i128,
}

impl Range {
    /// Beyond any type, and small enough to be added.
    const MOST: i128 = 1 << 125;

    fn new(low: i128, high: i128) -> Self {
        Self { low: low.max(-Self::MOST), high: high.min(Self::MOST) }
    }

    fn of_type(data_type: DataType) -> Self {
        let (low, high) = data_type.integer_range().unwrap_or((i64::MIN, i64::MAX));
        Self::new(low.into(), high.into())
    }

    fn holds(self, other: Self) -> bool {
        self.low <= other.low && self.high >= other.high
    }

    fn around(self, other: Self) -> Self {
        Self::new(self.low.min(other.low), self.high.max(other.high))
    }

    fn plus(self, other: Self) -> Self {
        Self::new(self.low + other.low, self.high + other.high)
    }

    fn negated(self) -> Self {
        Self::new(-self.high, -self.low)
    }

    fn times(self, other: Self) -> Self {
        let product = |a: i128, b: i128| {
            let most = if (a < 0) == (b < 0) { Self::MOST } else { -Self::MOST };
            a.checked_mul(b).unwrap_or(most)
        };
        let corners = [
            product(self.low, other.low),
            product(self.low, other.high),
            product(self.high, other.low),
            product(self.high, other.high),
        ];
        Self::new(corners.into_iter().min().unwrap_or(0), corners.into_iter().max().unwrap_or(0))
    }

    /// What an expression of whole numbers can be.
    fn of(expr: &Expr) -> Self {
        let own = Self::of_type(expr.data_type);
        let range = match &expr.kind {
            ExprKind::Literal(Literal::Integer(value)) => Self::new((*value).into(), (*value).into()),
            ExprKind::Cast { operand, .. } if operand.data_type.is_integer() => Self::of(operand),
            ExprKind::Negate(operand) => return Self::of(operand).negated(),
            ExprKind::Arithmetic { operator, left, right } => {
                let (a, b) = (Self::of(left), Self::of(right));
                match operator {
                    Arithmetic::Add => return a.plus(b),
                    Arithmetic::Subtract => return a.plus(b.negated()),
                    Arithmetic::Multiply => return a.times(b),
                    Arithmetic::Divide => a.around(a.negated()),
                    Arithmetic::Modulo => {
                        let most = b.low.abs().max(b.high.abs());
                        Self::new(-most, most)
                    }
                }
            }
            ExprKind::Case { branches, otherwise } => {
                let values = branches.iter().map(|(_, value)| value).chain(otherwise.as_deref());
                values.map(Self::of).reduce(Self::around).unwrap_or(own)
            }
            ExprKind::Coalesce(list) => list.iter().map(Self::of).reduce(Self::around).unwrap_or(own),
            ExprKind::Call { function: Function::CharLength | Function::Position, .. } => {
                Self::new(0, i32::MAX.into())
            }
            ExprKind::Call { function: Function::Extract(_), .. } => Self::of_type(DataType::Integer),
            // All years that Flink counts are within.
            ExprKind::Call { function: Function::UnixTimestamp, .. } => Self::new(-(1 << 61), 1 << 61),
            _ => own,
        };
        Self::new(range.low.max(own.low), range.high.min(own.high))
    }
}

/// Whether an expression is computed together with the one around it.
fn is_sum(expr: &Expr) -> bool {
    let is_it = match &expr.kind {
        ExprKind::Negate(_) => true,
        ExprKind::Arithmetic { operator, .. } => {
            matches!(operator, Arithmetic::Add | Arithmetic::Subtract | Arithmetic::Multiply)
        }
        _ => false,
    };
    is_it && expr.data_type.is_integer()
}

/// How a sum, a difference or a product of whole numbers is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    /// As it is: nothing in it is beyond its type.
    Plain,
    /// In a wider type.
    Wide(DataType),
}

fn form(expr: &Expr) -> Form {
    fn reach(expr: &Expr) -> Range {
        let mut all = Range::of(expr);
        if is_sum(expr) {
            expr.operands(&mut |operand| all = all.around(reach(operand)));
        }
        all
    }
    let all = reach(expr);
    if Range::of_type(expr.data_type).holds(all) {
        Form::Plain
    } else if Range::of_type(DataType::BigInt).holds(all) {
        Form::Wide(DataType::BigInt)
    } else {
        Form::Wide(DataType::Decimal { precision: MAX_PRECISION, scale: 0 })
    }
}

/// Whether an expression of floating point numbers is computed together with the one around it.
fn is_binary(expr: &Expr) -> bool {
    expr.data_type == DataType::Double
        && matches!(expr.kind, ExprKind::Arithmetic { .. } | ExprKind::Negate(_))
}

/// Whether floating point arithmetic can go beyond the largest number.
fn may_be_infinite(expr: &Expr) -> bool {
    matches!(expr.kind, ExprKind::Arithmetic { .. } | ExprKind::Negate(_)) && digits_before_point(expr) > 308
}

/// How many digits a number has before its point, at most.
fn digits_before_point(expr: &Expr) -> i64 {
    const MOST: i64 = 309;
    match &expr.kind {
        ExprKind::Literal(Literal::Double(value)) => value.abs().log10().floor().max(-400.0) as i64 + 1,
        ExprKind::Negate(operand) => digits_before_point(operand),
        ExprKind::Cast { operand, .. } if operand.data_type.is_integer() => 19,
        ExprKind::Cast { operand, .. } if matches!(operand.data_type, DataType::Decimal { .. }) => 38,
        ExprKind::Cast { operand, .. } if operand.data_type == DataType::Real => 39,
        ExprKind::Arithmetic { operator, left, right } if is_binary(expr) => {
            let (a, b) = (digits_before_point(left), digits_before_point(right));
            match operator {
                Arithmetic::Multiply => a + b,
                Arithmetic::Divide => match &right.kind {
                    ExprKind::Literal(Literal::Double(value)) if *value != 0.0 => a - b + 1,
                    ExprKind::Cast { operand, .. } if operand.data_type.is_integer() => a,
                    _ => a.max(MOST) + 400,
                },
                _ => a.max(b) + 1,
            }
        }
        _ => MOST,
    }
}

/// A number where that is finite, else NULL.
pub(super) fn finite(text: &str, data_type: DataType) -> String {
    let most = if data_type == DataType::Real { LARGEST_REAL } else { LARGEST_DOUBLE };
    format!("CASE WHEN ABS({text}) <= {most} THEN {text} END")
}

/// A number as one of another type where it is known to fit, else NULL.
///
/// Of a CASE instead that is compared with constants, Flink makes two conditions on one number, and turns them into one
/// another forever (2.2.1, 2026-11).
fn if_fits(fits: &str, text: &str, to: DataType) -> String {
    let (target, null) = (quote::data_type(to), quote::literal(&Literal::Null, to));
    format!("IF({fits}, CAST({text} AS {target}), {null})")
}

/// A whole number in a type that may not hold it.
fn narrowed(text: &str, to: DataType) -> String {
    let range = Range::of_type(to);
    if text.len() > MOST_REPEATED {
        return format!("TRY_CAST(CAST({text} AS STRING) AS {})", quote::data_type(to));
    }
    if_fits(&format!("{text} BETWEEN {} AND {}", range.low, range.high), text, to)
}

/// How tightly arithmetic holds together; `None` where it is not written another way.
pub(super) fn checked_binding(expr: &Expr) -> Option<Binding> {
    let is_checked = match &expr.kind {
        _ if is_sum(expr) => form(expr) != Form::Plain,
        ExprKind::Arithmetic { operator: Arithmetic::Divide, left, right } if expr.data_type.is_integer() => {
            may_wrap(left, right)
        }
        _ => is_binary(expr) && may_be_infinite(expr),
    };
    is_checked.then_some(Binding::Atom)
}

/// Whether a quotient may be beyond the type of both: only of the least number and -1.
fn may_wrap(left: &Expr, right: &Expr) -> bool {
    let least = Range::of_type(left.data_type).low;
    let divisor = Range::of(right);
    Range::of(left).low <= least && divisor.low <= -1 && divisor.high >= -1
}

impl Expressions<'_> {
    /// Arithmetic of an expression's own type.
    pub(super) fn arithmetic(&self, expr: &Expr) -> String {
        if is_sum(expr) {
            return self.sum(expr);
        }
        if is_binary(expr) && may_be_infinite(expr) {
            return finite(&self.binary(expr), DataType::Double);
        }
        match &expr.kind {
            ExprKind::Arithmetic { operator, left, right } => {
                self.operation(*operator, left, right, expr.data_type, &|part| self.print(part))
            }
            ExprKind::Negate(operand) => format!("-{}", self.bound(operand, Binding::Atom)),
            _ => self.print(expr),
        }
    }

    /// Floating point arithmetic with all that is computed together with it.
    fn binary(&self, expr: &Expr) -> String {
        let inner = |part: &Expr| if is_binary(part) { self.binary(part) } else { self.print(part) };
        match &expr.kind {
            ExprKind::Arithmetic { operator, left, right } => {
                self.operation(*operator, left, right, expr.data_type, &inner)
            }
            ExprKind::Negate(operand) => format!("-{}", within(operand, Binding::Atom, &inner)),
            _ => self.print(expr),
        }
    }

    /// A sum, a difference or a product of whole numbers.
    fn sum(&self, expr: &Expr) -> String {
        let to = expr.data_type;
        let wide = match form(expr) {
            Form::Plain => return self.plain(expr),
            Form::Wide(wide) => wide,
        };
        // The one number that is added says how far the other may go.
        let added = match &expr.kind {
            ExprKind::Arithmetic { operator: Arithmetic::Add, left, right } => {
                constant(right).map(|by| (left, by)).or_else(|| constant(left).map(|by| (right, by)))
            }
            ExprKind::Arithmetic { operator: Arithmetic::Subtract, left, right } => {
                constant(right).map(|by| (left, -by))
            }
            _ => None,
        };
        let is_written = |by: i128| i64::try_from(by.abs()).is_ok();
        if let Some((value, by)) = added.filter(|(value, by)| !is_sum(value) && is_written(*by)) {
            let (text, range) = (self.bound(value, Binding::Add), Range::of_type(to));
            let fits = if by > 0 {
                format!("{text} <= {}", range.high - by)
            } else {
                format!("{text} >= {}", range.low - by)
            };
            if text.len() <= MOST_REPEATED {
                let sign = if by < 0 { '-' } else { '+' };
                return format!("CASE WHEN {fits} THEN {text} {sign} {} END", by.abs());
            }
        }
        narrowed(&self.wide(expr, wide), to)
    }

    /// A sum of whole numbers that stays within its type.
    fn plain(&self, expr: &Expr) -> String {
        // Numbers that are written down are of 32 bits for Flink, and so would be what they make together.
        let mut is_written = expr.data_type == DataType::BigInt;
        expr.operands(&mut |part| is_written &= self::is_written(part));
        let inner = |part: &Expr| match constant(part) {
            Some(value) if is_written => format!("CAST({value} AS BIGINT)"),
            _ if is_sum(part) => self.plain(part),
            _ => self.print(part),
        };
        match &expr.kind {
            ExprKind::Arithmetic { operator, left, right } => {
                self.operation(*operator, left, right, expr.data_type, &inner)
            }
            ExprKind::Negate(operand) => format!("-{}", within(operand, Binding::Atom, &inner)),
            _ => self.print(expr),
        }
    }

    /// A sum of whole numbers in a type that holds all of it.
    fn wide(&self, expr: &Expr, wide: DataType) -> String {
        let leaf = |part: &Expr| {
            let digits = part.data_type.digits().map_or(19, |(digits, _)| digits);
            let to = match wide {
                DataType::BigInt => DataType::BigInt,
                _ => DataType::Decimal { precision: digits, scale: 0 },
            };
            if part.data_type == to {
                return self.print(part);
            }
            format!("CAST({} AS {})", self.print(part), quote::data_type(to))
        };
        // A number that is written down takes the type of the other.
        let inner = |part: &Expr, alone: bool| match constant(part) {
            Some(value) if !alone && value >= 0 => value.to_string(),
            _ if is_sum(part) => self.wide(part, wide),
            _ => leaf(part),
        };
        let operand = |part: &Expr, least: Binding, alone: bool| {
            let text = inner(part, alone);
            let is_open = is_sum(part) && raw_binding(part) < least;
            if is_open { format!("({text})") } else { text }
        };
        match &expr.kind {
            ExprKind::Arithmetic { operator, left, right } => {
                let alone = constant(right).is_some();
                let (sign, first, second) = match operator {
                    Arithmetic::Add => ('+', Binding::Add, Binding::Multiply),
                    Arithmetic::Subtract => ('-', Binding::Add, Binding::Multiply),
                    _ => ('*', Binding::Multiply, Binding::Sign),
                };
                format!("{} {sign} {}", operand(left, first, alone), operand(right, second, false))
            }
            ExprKind::Negate(part) => format!("-{}", operand(part, Binding::Atom, true)),
            _ => leaf(expr),
        }
    }

    fn operation(
        &self,
        operator: Arithmetic,
        left: &Expr,
        right: &Expr,
        to: DataType,
        inner: &dyn Fn(&Expr) -> String,
    ) -> String {
        let bound = |part: &Expr, least: Binding| within(part, least, inner);
        match operator {
            Arithmetic::Add => format!("{} + {}", bound(left, Binding::Add), bound(right, Binding::Multiply)),
            Arithmetic::Subtract => {
                format!("{} - {}", bound(left, Binding::Add), bound(right, Binding::Multiply))
            }
            Arithmetic::Multiply => {
                format!("{} * {}", bound(left, Binding::Multiply), bound(right, Binding::Sign))
            }
            Arithmetic::Divide if is_not_zero(right) && !(to.is_integer() && may_wrap(left, right)) => {
                format!("{} / {}", bound(left, Binding::Multiply), bound(right, Binding::Sign))
            }
            // Flink's planner fails over a constant that is a division by what is computed, and makes constants of
            // columns that a condition says the value of. A function stands around it, one that the planner does not
            // see through.
            Arithmetic::Divide => {
                let (dividend, divisor) = (bound(left, Binding::Multiply), inner(right));
                let null = quote::literal(&Literal::Null, to);
                let quotient = format!("{dividend} / NULLIF({divisor}, 0)");
                match to.integer_range() {
                    Some((least, _)) if may_wrap(left, right) => {
                        let least = quote::literal(&Literal::Integer(least), to);
                        let (dividend, divisor) = (bound(left, Binding::Add), bound(right, Binding::Add));
                        format!("IF({dividend} = {least} AND {divisor} = -1, {null}, {quotient})")
                    }
                    _ => format!("IF(TRUE, {quotient}, {null})"),
                }
            }
            // The result has the type of the divisor, so a constant says which it is.
            Arithmetic::Modulo => {
                let divisor = format!("CAST({} AS {})", inner(right), quote::data_type(right.data_type));
                let divisor = if is_not_zero(right) { divisor } else { format!("NULLIF({divisor}, 0)") };
                format!("MOD({}, {divisor})", inner(left))
            }
        }
    }

    /// The number without its sign. That of the least whole number is none of its type.
    pub(super) fn absolute(&self, number: &Expr) -> String {
        let text = self.print(number);
        match number.data_type.integer_range() {
            Some((least, _)) if Range::of(number).low <= least.into() => {
                let compared = self.bound(number, Binding::Add);
                let least = quote::literal(&Literal::Integer(least), number.data_type);
                format!("CASE WHEN {compared} <> {least} THEN ABS({text}) END")
            }
            _ => format!("ABS({text})"),
        }
    }
}

/// Whether a whole number of 64 bits can be one of 32 bits only.
pub(super) fn is_small(expr: &Expr) -> bool {
    expr.data_type.is_integer() && Range::of_type(DataType::Integer).holds(Range::of(expr))
}

/// A number as a whole one of another type, of which it loses its fraction; NULL where that does not hold it.
pub(super) fn whole(text: &str, from: DataType, to: DataType) -> String {
    let (target, range) = (quote::data_type(to), Range::of_type(to));
    if from.is_integer() {
        return narrowed(text, to);
    }
    if text.len() > MOST_REPEATED {
        // A number with few digits after its point loses them when the text of it is read.
        let exact = DataType::Decimal { precision: MAX_PRECISION, scale: 9 };
        let exact = if from.is_approximate() {
            format!("TRY_CAST({text} AS {})", quote::data_type(exact))
        } else {
            text.into()
        };
        return format!("TRY_CAST(CAST({exact} AS STRING) AS {target})");
    }
    let (least, most) = (range.low - 1, range.high + 1);
    let fits = match (from.is_approximate(), to) {
        // The numbers next to these have no binary form of their own.
        (true, DataType::BigInt) => {
            format!("{text} >= -9.223372036854775808E18 AND {text} < 9.223372036854775808E18")
        }
        (true, _) => format!("{text} > {least}E0 AND {text} < {most}E0"),
        // A constant of 20 digits is none for Flink.
        (false, DataType::BigInt) => format!(
            "{text} > CAST('{least}' AS DECIMAL(19, 0)) AND {text} < CAST('{most}' AS DECIMAL(19, 0))"
        ),
        (false, _) => format!("{text} > {least} AND {text} < {most}"),
    };
    if_fits(&fits, text, to)
}

fn constant(expr: &Expr) -> Option<i128> {
    match &expr.kind {
        ExprKind::Literal(Literal::Integer(value)) => Some((*value).into()),
        _ => None,
    }
}

/// Whether nothing but numbers is in it.
fn is_written(expr: &Expr) -> bool {
    let mut all = constant(expr).is_some() || is_sum(expr);
    expr.operands(&mut |part| all &= is_written(part));
    all
}

fn within(part: &Expr, least: Binding, inner: &dyn Fn(&Expr) -> String) -> String {
    let text = inner(part);
    let own = if is_sum(part) || is_binary(part) { raw_binding(part) } else { binding(part) };
    if own < least { format!("({text})") } else { text }
}

/// How tightly arithmetic holds together where it is written as it is.
fn raw_binding(expr: &Expr) -> Binding {
    match &expr.kind {
        ExprKind::Arithmetic { operator, right, .. } => match operator {
            Arithmetic::Add | Arithmetic::Subtract => Binding::Add,
            Arithmetic::Divide if !is_not_zero(right) => Binding::Atom,
            Arithmetic::Multiply | Arithmetic::Divide => Binding::Multiply,
            Arithmetic::Modulo => Binding::Atom,
        },
        _ => Binding::Sign,
    }
}
