//! Conditions as Flink SQL writes them, and what its planner must not make of them.

use super::super::data_type::{DataType, Family};
use super::super::expr::{Comparison, Expr, ExprKind, Literal, Pattern, PatternPart};
use super::cast::cast;
use super::expr::{Binding, Expressions, is_constant, is_of_row};
use super::{opaque, quote};

/// How long a part of a condition may be.
const MOST_OF_A_CONDITION: usize = 250;

impl Expressions<'_> {
    /// A condition, each part of a top-level AND or OR on a line of its own.
    pub(super) fn condition(&self, expr: &Expr) -> String {
        match &expr.kind {
            ExprKind::And(parts) => self.parts(parts),
            ExprKind::Or(parts) => self.computed(self.list(parts, "\n  OR ", Binding::And), expr),
            _ => self.computed(self.print(expr), expr),
        }
    }

    /// The text of a condition, or the column that has its value where it is long: Flink simplifies conditions again
    /// and again, as long as that changes them, and turns some into one another forever (2.2.1, 2026-11).
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

    /// A condition as one of those of a FULL JOIN. Flink leaves out the bounds of time where it finds that the others
    /// are never true together, and remembers all rows.
    pub(super) fn part_of_full_join(&self, expr: &Expr) -> String {
        let is_column = |expr: &Expr| matches!(expr.kind, ExprKind::Column(_));
        match &expr.kind {
            ExprKind::Compare { operator: Comparison::Equal, left, right }
                if is_column(left) && is_column(right) =>
            {
                self.part_of_and(expr)
            }
            _ => opaque::condition(&self.print(expr)),
        }
    }

    /// A condition as one of those of another join. Of a column that equals a constant, Flink takes the constant for the
    /// column, and fails where that may be NULL and the column may not.
    pub(super) fn part_of_join(&self, expr: &Expr) -> String {
        match &expr.kind {
            ExprKind::Compare { operator: Comparison::Equal, left, right }
                if is_constant(left) != is_constant(right)
                    && [left, right].into_iter().any(|side| may_be_null(side)) =>
            {
                let side = |side: &Expr| {
                    if may_be_null(side) {
                        opaque::constant(&self.print(side), side.data_type)
                    } else {
                        self.bound(side, Binding::Add)
                    }
                };
                format!("{} = {}", side(left), side(right))
            }
            _ => self.part_of_and(expr),
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

    /// A side of a comparison. Of a CASE that is compared with constants, Flink makes conditions; where those are two
    /// on one number, it turns them into one another forever.
    pub(super) fn compared(&self, side: &Expr, other: &Expr) -> String {
        let text = self.bound(side, Binding::Add);
        let is_number = side.data_type.family() == Family::Number;
        if is_number && matches!(side.kind, ExprKind::Case { .. }) && is_constant(other) {
            format!("IF(TRUE, {text}, {})", quote::literal(&Literal::Null, side.data_type))
        } else {
            text
        }
    }

    /// What is searched for in the list of IN. Flink makes all of the list values of its type, so that it has to be the
    /// one that is compared by: a whole number would cut those after the decimal point, and a CHAR(2) a text of three
    /// letters.
    pub(super) fn searched_for(&self, expr: &Expr) -> String {
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
}

/// Whether an expression is a constant that may be NULL. What is computed may be, as far as its type goes.
fn may_be_null(expr: &Expr) -> bool {
    let is_value = matches!(&expr.kind, ExprKind::Literal(literal) if *literal != Literal::Null);
    is_constant(expr) && !is_value
}

/// Whether a condition, or a part of it that has to hold, is the same for all rows.
pub(super) fn has_constant_part(condition: &Expr) -> bool {
    match &condition.kind {
        ExprKind::And(parts) => parts.iter().any(has_constant_part),
        _ => is_constant(condition),
    }
}

/// Whether an expression is written as the number 0.
pub(super) fn is_zero(expr: &Expr) -> bool {
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
/// compared with, and looks for a number by its bits. It leaves out a sum with 0, and a CASE that has 0 for what equals
/// 0.
pub(super) fn one_zero(number: &str) -> String {
    format!("CASE WHEN ABS({number}) = 0E0 THEN 0E0 ELSE {number} END")
}

pub(super) fn comparison(operator: Comparison) -> &'static str {
    match operator {
        Comparison::Equal => "=",
        Comparison::NotEqual => "<>",
        Comparison::Less => "<",
        Comparison::LessOrEqual => "<=",
        Comparison::Greater => ">",
        Comparison::GreaterOrEqual => ">=",
    }
}

/// The pattern, with an escape character that it does not hold where one is needed.
pub(super) fn pattern(pattern: &Pattern) -> String {
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
