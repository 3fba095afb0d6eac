//! Expressions evaluated over a row.

use std::borrow::Cow;
use std::cmp::Ordering;

use crate::budget::{Budget, Exceeded, fits};
use crate::calendar;
use crate::cast::cast;
use crate::json::Raw;
use crate::pattern;
use crate::query::{Arithmetic, Column, Comparison, DataType, Expr};
use crate::text;
use crate::value::{Numbers, Value};

/// A row of a stream, looked at some time.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Row<'r> {
    pub(crate) values: Values<'r>,
    /// Milliseconds since 1970.
    pub(crate) now: i64,
    /// What is left for the record that the row is made of.
    pub(crate) budget: &'r Budget,
}

/// What a row has in its columns.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Values<'r> {
    /// A record: its values are read where they are needed.
    Input { columns: &'r [Column], found: &'r [Raw<'r>], numbers: Numbers },
    /// A record of fields, which are read as well where they are needed.
    Fields { columns: &'r [Column], found: &'r [Option<Cow<'r, str>>] },
    /// A row of an inner stream.
    Inner(&'r [Value<'r>]),
    /// A row of so many columns with one of a table behind it.
    Joined { left: &'r Row<'r>, width: usize, right: &'r [Value<'r>] },
}

impl<'r> Row<'r> {
    #[inline]
    fn column(self, at: usize) -> Value<'r> {
        match self.values {
            Values::Input { columns, found, numbers } => {
                let value = numbers.column(found[at], columns[at].data_type);
                if value.is_null() && !matches!(found[at], Raw::Absent | Raw::Null) {
                    self.budget.unfit(at);
                }
                value
            }
            Values::Inner(values) => values[at].borrowed(),
            Values::Fields { .. } | Values::Joined { .. } => self.other_column(at),
        }
    }

    /// Apart from the others, which are read faster without it.
    #[inline(never)]
    fn other_column(self, at: usize) -> Value<'r> {
        match self.values {
            Values::Fields { columns, found } => match &found[at] {
                Some(text) => {
                    let value = cast(Value::Text(Cow::Borrowed(text)), columns[at].data_type);
                    // An empty field is NULL.
                    if value.is_null() && !text.is_empty() {
                        self.budget.unfit(at);
                    }
                    value
                }
                None => Value::Null,
            },
            Values::Joined { left, width, right } => match at.checked_sub(width) {
                None => left.column(at),
                Some(at) => right[at].borrowed(),
            },
            Values::Input { .. } | Values::Inner(_) => self.column(at),
        }
    }

    /// Whether a condition is true, false or neither.
    pub(crate) fn truth(self, expr: &'r Expr) -> Option<bool> {
        match expr {
            Expr::And(list) => self.all(list, true),
            Expr::Or(list) => self.all(list, false),
            Expr::Not(operand) => self.truth(operand).map(|truth| !truth),
            Expr::IsNull(operand) => Some(self.value(operand).is_null()),
            Expr::Compare(comparison, pair) => {
                compare(*comparison, &self.value(&pair.0), &self.value(&pair.1))
            }
            Expr::Between(three) => {
                let value = self.value(&three.0);
                let low = compare(Comparison::GreaterOrEqual, &value, &self.value(&three.1));
                let high = compare(Comparison::LessOrEqual, &value, &self.value(&three.2));
                both(low, high)
            }
            Expr::In(operand, list) => {
                let value = self.value(operand);
                let mut found = Some(false);
                for item in list {
                    match compare(Comparison::Equal, &value, &self.value(item)) {
                        Some(true) => return Some(true),
                        Some(false) => {}
                        None => found = None,
                    }
                }
                found
            }
            Expr::Like(operand, pattern) => match self.value(operand) {
                Value::Text(text) => Some(text::like(&text, pattern)),
                _ => None,
            },
            Expr::Matches(operand, expression) => match self.value(operand) {
                Value::Text(text) => self.budget.kept(expression.matches(&text, self.budget)),
                _ => None,
            },
            other => self.value(other).truth(),
        }
    }

    /// For AND whether all are true, for OR whether all are false, as the truth of the whole.
    fn all(self, list: &'r [Expr], wanted: bool) -> Option<bool> {
        let mut result = Some(wanted);
        for expr in list {
            match self.truth(expr) {
                Some(truth) if truth != wanted => return Some(truth),
                Some(_) => {}
                None => result = None,
            }
        }
        result
    }

    /// The value of an expression.
    pub(crate) fn value(self, expr: &'r Expr) -> Value<'r> {
        match expr {
            Expr::Column(at) => self.column(*at),
            Expr::Null => Value::Null,
            Expr::Boolean(truth) => Value::Boolean(*truth),
            Expr::Integer(number) => Value::Integer(*number),
            Expr::Decimal(number) => Value::Decimal(*number),
            Expr::Double(number) => Value::Double(*number),
            Expr::Text(text) => Value::Text(text.into()),
            Expr::Date(days) => Value::Date(*days),
            Expr::Time(ms) => Value::Time(*ms),
            Expr::Timestamp(ms) => Value::Timestamp(*ms),
            Expr::Cast(to, operand) => cast(self.value(operand), *to),
            Expr::Negate(data_type, _) if is_whole(*data_type) => {
                self.sum(expr).map_or(Value::Null, |number| within(number, *data_type))
            }
            Expr::Negate(DataType::Double, operand) if matches!(**operand, Expr::Arithmetic(..)) => {
                self.binary(expr).map_or(Value::Null, Value::Double)
            }
            Expr::Negate(data_type, operand) => match self.value(operand) {
                Value::Integer(number) => within(-i128::from(number), *data_type),
                Value::Decimal(number) => Value::Decimal(number.negated()),
                Value::Real(number) => Value::Real(-number),
                Value::Double(number) => Value::Double(-number),
                _ => Value::Null,
            },
            Expr::Absolute(data_type, operand) => match self.value(operand) {
                Value::Integer(number) => within(i128::from(number).abs(), *data_type),
                Value::Decimal(number) => Value::Decimal(number.absolute()),
                Value::Real(number) => Value::Real(number.abs()),
                Value::Double(number) => Value::Double(number.abs()),
                _ => Value::Null,
            },
            Expr::Now => Value::Timestamp(self.now),
            Expr::Later(ms, operand) => self.shifted(operand, |time| time.wrapping_add(*ms)),
            Expr::MonthsLater(months, operand) => {
                self.shifted(operand, |time| calendar::months_later(time, *months))
            }
            Expr::Arithmetic(_, DataType::Double, _) => self.binary(expr).map_or(Value::Null, Value::Double),
            Expr::Arithmetic(operator, data_type, _) if is_whole(*data_type) && operator.is_sum() => {
                self.sum(expr).map_or(Value::Null, |number| within(number, *data_type))
            }
            Expr::Arithmetic(operator, data_type, pair) => {
                arithmetic(*operator, *data_type, self.value(&pair.0), self.value(&pair.1))
            }
            Expr::Concat(list) => self.concat(list).map_or(Value::Null, |text| self.made(text)),
            Expr::And(_)
            | Expr::Or(_)
            | Expr::Not(_)
            | Expr::IsNull(_)
            | Expr::Compare(..)
            | Expr::Between(_)
            | Expr::In(..)
            | Expr::Like(..)
            | Expr::Matches(..) => self.truth(expr).into(),
            Expr::Case(branches, otherwise) => {
                let found = branches.iter().find(|(condition, _)| self.truth(condition) == Some(true));
                self.value(found.map_or(otherwise, |(_, value)| value))
            }
            Expr::Coalesce(list) => {
                let mut values = list.iter().map(|expr| self.value(expr));
                values.find(|value| !value.is_null()).unwrap_or(Value::Null)
            }
            Expr::NullIf(pair) => {
                let value = self.value(&pair.0);
                match value.compare(&self.value(&pair.1)) {
                    Some(Ordering::Equal) => Value::Null,
                    _ => value,
                }
            }
            Expr::Extract(operand, expression, group) => match self.value(operand) {
                Value::Text(text) => match self.budget.kept(expression.group(&text, *group, self.budget)) {
                    Some(Some((from, to))) => Value::Text(text::part(text, from, to)),
                    _ => Value::Null,
                },
                _ => Value::Null,
            },
            Expr::ReplaceMatches(pair, expression) => match (self.value(&pair.0), self.value(&pair.1)) {
                (Value::Text(text), Value::Text(by)) => self.made(expression.replace(text, &by, self.budget)),
                _ => Value::Null,
            },
            Expr::FormatTime(operand, parts) => match self.value(operand) {
                Value::Timestamp(ms) => Value::Text(pattern::format(ms, parts).into()),
                _ => Value::Null,
            },
            Expr::ParseTime(operand, parts) => match self.value(operand) {
                Value::Text(text) => pattern::parse(&text, parts).map_or(Value::Null, Value::Timestamp),
                _ => Value::Null,
            },
            Expr::Call(function, arguments) => self.call(*function, arguments),
            Expr::Scalar(function, arguments) => self.scalar(*function, arguments),
        }
    }

    /// A sum, a difference or a product of whole numbers with all that is computed together with it, of up to 38 digits.
    fn sum(self, expr: &'r Expr) -> Option<i128> {
        let result = match expr {
            Expr::Arithmetic(operator, data_type, pair) if is_whole(*data_type) && operator.is_sum() => {
                let (left, right) = (self.sum(&pair.0)?, self.sum(&pair.1)?);
                match operator {
                    Arithmetic::Add => left.checked_add(right),
                    Arithmetic::Subtract => left.checked_sub(right),
                    _ => left.checked_mul(right),
                }?
            }
            Expr::Negate(data_type, operand) if is_whole(*data_type) => -self.sum(operand)?,
            other => match self.value(other) {
                Value::Integer(number) => number.into(),
                _ => return None,
            },
        };
        (result.unsigned_abs() < MOST_DIGITS).then_some(result)
    }

    /// Floating point arithmetic with all that is computed together with it; none where the result is not finite.
    fn binary(self, expr: &'r Expr) -> Option<f64> {
        self.unbounded(expr).filter(|number| number.is_finite())
    }

    fn unbounded(self, expr: &'r Expr) -> Option<f64> {
        match expr {
            Expr::Arithmetic(operator, DataType::Double, pair) => {
                let (left, right) = (self.unbounded(&pair.0)?, self.unbounded(&pair.1)?);
                match operator {
                    Arithmetic::Add => Some(left + right),
                    Arithmetic::Subtract => Some(left - right),
                    Arithmetic::Multiply => Some(left * right),
                    Arithmetic::Divide => (right != 0.0).then(|| left / right),
                    Arithmetic::Modulo => None,
                }
            }
            Expr::Negate(DataType::Double, operand) => self.unbounded(operand).map(|number| -number),
            other => match self.value(other) {
                Value::Double(number) => Some(number),
                _ => None,
            },
        }
    }

    fn shifted(self, operand: &'r Expr, shift: impl FnOnce(i64) -> i64) -> Value<'r> {
        match self.value(operand) {
            Value::Timestamp(ms) => Value::Timestamp(shift(ms)),
            _ => Value::Null,
        }
    }

    fn concat(self, list: &'r [Expr]) -> Option<Result<Cow<'r, str>, Exceeded>> {
        let mut all = String::new();
        for expr in list {
            let Value::Text(text) = self.value(expr) else { return None };
            if let Err(exceeded) = fits(all.len() + text.len()) {
                return Some(Err(exceeded));
            }
            all.push_str(&text);
        }
        Some(Ok(all.into()))
    }
}

fn both(left: Option<bool>, right: Option<bool>) -> Option<bool> {
    match (left, right) {
        (Some(false), _) | (_, Some(false)) => Some(false),
        (Some(true), Some(true)) => Some(true),
        _ => None,
    }
}

fn compare(comparison: Comparison, left: &Value, right: &Value) -> Option<bool> {
    if left.is_null() || right.is_null() {
        return None;
    }
    // Without an order, as NaN, two values only differ.
    let order = left.compare(right);
    Some(match comparison {
        Comparison::Equal => order == Some(Ordering::Equal),
        Comparison::NotEqual => order != Some(Ordering::Equal),
        Comparison::Less => order == Some(Ordering::Less),
        Comparison::LessOrEqual => matches!(order, Some(Ordering::Less | Ordering::Equal)),
        Comparison::Greater => order == Some(Ordering::Greater),
        Comparison::GreaterOrEqual => matches!(order, Some(Ordering::Greater | Ordering::Equal)),
    })
}

/// More than 38 digits.
const MOST_DIGITS: u128 = 10_u128.pow(38);

fn is_whole(data_type: DataType) -> bool {
    data_type.range().is_some()
}

/// A whole number, if its type holds it.
fn within<'v>(number: i128, data_type: DataType) -> Value<'v> {
    let number = i64::try_from(number).ok();
    number.filter(|number| data_type.range().is_some_and(|range| range.contains(number))).into()
}

/// What is left of arithmetic: of exact numbers, and what parts two whole ones.
fn arithmetic<'v>(operator: Arithmetic, data_type: DataType, left: Value, right: Value) -> Value<'v> {
    match (left, right) {
        (Value::Integer(a), Value::Integer(b)) => {
            let result = match operator {
                Arithmetic::Divide => i128::from(a).checked_div(b.into()),
                Arithmetic::Modulo => i128::from(a).checked_rem(b.into()),
                _ => None,
            };
            result.map_or(Value::Null, |result| within(result, data_type))
        }
        (Value::Decimal(a), Value::Decimal(b)) => {
            let DataType::Decimal(precision, scale) = data_type else { return Value::Null };
            match operator {
                Arithmetic::Add => a.add(b, precision, scale),
                Arithmetic::Subtract => a.add(b.negated(), precision, scale),
                Arithmetic::Multiply => a.multiply(b, precision, scale),
                Arithmetic::Divide => a.divide(b, precision, scale),
                Arithmetic::Modulo => a.remainder(b, precision, scale),
            }
            .into()
        }
        _ => Value::Null,
    }
}
