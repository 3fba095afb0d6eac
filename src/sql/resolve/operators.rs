//! Operators: arithmetic, comparison, AND/OR/NOT, `||`, IN, BETWEEN, LIKE, IS NULL, CASE.

use sqlparser::ast;

use super::super::data_type::{DataType, Family};
use super::super::expr::{Arithmetic, Comparison, Expr, ExprKind, Literal, Pattern, PatternPart};
use super::super::interval::Interval;
use super::expr::{Resolver, typed};
use super::operand::{Operand, cover, limited};
use crate::source::Span;

/// A chain of one operator as the list of its operands, from left to right. The tree leans to the left and can be
/// as deep as a statement is long, so it is walked, not climbed.
fn chain<'e>(left: &'e ast::Expr, op: &ast::BinaryOperator, right: &'e ast::Expr) -> Vec<&'e ast::Expr> {
    let mut operands = vec![right];
    let mut rest = left;
    while let ast::Expr::BinaryOp { left, op: inner, right } = rest {
        if inner != op {
            break;
        }
        operands.push(right);
        rest = left;
    }
    operands.push(rest);
    operands.reverse();
    operands
}

impl Resolver<'_, '_> {
    pub(super) fn binary(
        &mut self,
        left: &ast::Expr,
        op: &ast::BinaryOperator,
        right: &ast::Expr,
    ) -> Option<Operand> {
        use ast::BinaryOperator as Op;
        if let Some(shifted) = self.shift(left, op, right) {
            return shifted;
        }
        match op {
            Op::And | Op::Or => self.logic(left, op, right),
            Op::StringConcat => self.concat(left, op, right),
            Op::Eq => self.compare(left, Comparison::Equal, right),
            Op::NotEq => self.compare(left, Comparison::NotEqual, right),
            Op::Lt => self.compare(left, Comparison::Less, right),
            Op::LtEq => self.compare(left, Comparison::LessOrEqual, right),
            Op::Gt => self.compare(left, Comparison::Greater, right),
            Op::GtEq => self.compare(left, Comparison::GreaterOrEqual, right),
            Op::Plus => self.arithmetic(left, Arithmetic::Add, right),
            Op::Minus => self.arithmetic(left, Arithmetic::Subtract, right),
            Op::Multiply => self.arithmetic(left, Arithmetic::Multiply, right),
            Op::Divide => self.arithmetic(left, Arithmetic::Divide, right),
            Op::Modulo => self.arithmetic(left, Arithmetic::Modulo, right),
            other => {
                use sqlparser::ast::Spanned;
                let what = format!("the operator `{other}`");
                let span = self.text.locate(left.span().union(&right.span()));
                let help = match other {
                    Op::Arrow | Op::LongArrow | Op::HashArrow | Op::HashLongArrow => {
                        "declare a column for the value, with its path: $.a.b; or write JSON_VALUE(x, '$.a.b')"
                    }
                    Op::PGRegexMatch => "write REGEXP(x, '[0-9]+')",
                    Op::PGRegexNotMatch => "write NOT REGEXP(x, '[0-9]+')",
                    Op::PGRegexIMatch | Op::PGRegexNotIMatch => "write REGEXP(UPPER(x), '[A-Z]+')",
                    _ => "write it with AND, OR, comparisons, arithmetic and ||",
                };
                self.refuse(span, &what, help)
            }
        }
    }

    fn logic(&mut self, left: &ast::Expr, op: &ast::BinaryOperator, right: &ast::Expr) -> Option<Operand> {
        let user = if *op == ast::BinaryOperator::And { "AND" } else { "OR" };
        let resolved: Vec<Option<Expr>> =
            chain(left, op, right).into_iter().map(|operand| self.condition(operand, user)).collect();
        let operands: Vec<Expr> = resolved.into_iter().collect::<Option<_>>()?;
        let span = span_of(&operands, self.span);
        let kind = if user == "AND" { ExprKind::And(operands) } else { ExprKind::Or(operands) };
        Some(typed(kind, DataType::Boolean, span))
    }

    fn concat(&mut self, left: &ast::Expr, op: &ast::BinaryOperator, right: &ast::Expr) -> Option<Operand> {
        let resolved: Vec<Option<Expr>> =
            chain(left, op, right).into_iter().map(|operand| self.text_operand(operand, "`||`")).collect();
        let operands: Vec<Expr> = resolved.into_iter().collect::<Option<_>>()?;
        let length = operands.iter().try_fold(0_u32, |sum, operand| {
            sum.checked_add(operand.data_type.text_length().flatten()?).filter(|sum| *sum <= 65_535)
        });
        let span = span_of(&operands, self.span);
        Some(typed(ExprKind::Concat(operands), DataType::Varchar(length), span))
    }

    pub(super) fn compare(
        &mut self,
        left: &ast::Expr,
        operator: Comparison,
        right: &ast::Expr,
    ) -> Option<Operand> {
        if let Some(compared) = self.compare_lengths(left, operator, right) {
            return compared;
        }
        let operands = self.operands([left, right])?;
        if operands.iter().any(|operand| matches!(operand, Operand::Null(_))) {
            let span = operands.iter().map(Operand::span).reduce(cover).unwrap_or(self.span);
            return self.mismatch(
                span,
                "a comparison with NULL is never true".into(),
                "write IS NULL or IS NOT NULL".into(),
            );
        }
        let operands = self.comparable(operands, "a comparison")?;
        let span = span_of(&operands, self.span);
        let [left, right] = <[Expr; 2]>::try_from(operands).ok()?.map(Box::new);
        Some(typed(ExprKind::Compare { operator, left, right }, DataType::Boolean, span))
    }

    /// `(a - b) SECOND > INTERVAL '5' SECOND`, in milliseconds; `None` if it is no such comparison.
    fn compare_lengths(
        &mut self,
        left: &ast::Expr,
        operator: Comparison,
        right: &ast::Expr,
    ) -> Option<Option<Operand>> {
        let (length, interval, is_left) = match (left, right) {
            (length, ast::Expr::Interval(interval)) => (length, interval, true),
            (ast::Expr::Interval(interval), length) => (length, interval, false),
            _ => return None,
        };
        let Some(Interval::Milliseconds(ms)) = Interval::read(interval) else { return None };
        let length = self.length_of_time(length)?;
        Some(length.map(|length| {
            let span = length.span();
            let length = Box::new(length.into_type(DataType::BigInt));
            let kind = ExprKind::Literal(Literal::Integer(ms));
            let ms = Box::new(Expr { kind, data_type: DataType::BigInt, span });
            let (left, right) = if is_left { (length, ms) } else { (ms, length) };
            typed(ExprKind::Compare { operator, left, right }, DataType::Boolean, span)
        }))
    }

    fn arithmetic(&mut self, left: &ast::Expr, operator: Arithmetic, right: &ast::Expr) -> Option<Operand> {
        let user = "arithmetic";
        let before = *self.values;
        let left = self.operand(left);
        let between = *self.values;
        // A chain of texts with `+` between them is one fault, not one of each text.
        let right = match &left {
            Some(first) if operator == Arithmetic::Add && is_text(first) => {
                let message = "`+` adds numbers, but this is a string".into();
                return self.mismatch(
                    first.span(),
                    message,
                    "write || between strings: a || b; or convert it: CAST(x AS INTEGER)".into(),
                );
            }
            _ => self.operand(right),
        };
        let left = left.and_then(|left| self.in_family(left, Family::Number, DataType::Integer, user));
        let right = match (left.is_some(), right) {
            (false, Some(right)) if is_text(&right) => None,
            (_, right) => {
                right.and_then(|right| self.in_family(right, Family::Number, DataType::Integer, user))
            }
        };
        let (left, right) = (left?, right?);
        // A result is looked at first, whether its type holds it. What is arithmetic itself was counted with its operands.
        let (first, second) = (between - before, *self.values - between);
        for (operand, values) in [(&left, first), (&right, second)] {
            if !matches!(operand.kind, ExprKind::Arithmetic { .. } | ExprKind::Negate(_)) {
                self.count(values.saturating_mul(2))?;
            }
        }
        let span = cover(left.span, right.span);
        let approximate = left.data_type.is_approximate() || right.data_type.is_approximate();
        if operator == Arithmetic::Modulo && approximate {
            let message = "a remainder needs whole or exact numbers".into();
            return self.mismatch(span, message, "convert them: CAST(x AS BIGINT)".into());
        }
        let (operands, result) = arithmetic_types(operator, left.data_type, right.data_type);
        // Decimals of different scale are what the operator works on; everything else gets one type first.
        let (left, right) = match operands {
            Some(target) => (Operand::Typed(left).into_type(target), Operand::Typed(right).into_type(target)),
            None => (decimal(left), decimal(right)),
        };
        let kind = ExprKind::Arithmetic { operator, left: Box::new(left), right: Box::new(right) };
        Some(typed(kind, result, span))
    }

    pub(super) fn unary(&mut self, op: ast::UnaryOperator, expr: &ast::Expr) -> Option<Operand> {
        match op {
            ast::UnaryOperator::Not => {
                let operand = self.condition(expr, "NOT")?;
                let span = operand.span;
                Some(typed(ExprKind::Not(Box::new(operand)), DataType::Boolean, span))
            }
            ast::UnaryOperator::Plus => {
                self.of_family(expr, Family::Number, DataType::Integer, "+").map(Operand::Typed)
            }
            ast::UnaryOperator::Minus => self.negate(expr),
            other => {
                let what = format!("the operator `{other}`");
                self.refuse(None, &what, "write it with NOT, - and comparisons")
            }
        }
    }

    fn negate(&mut self, expr: &ast::Expr) -> Option<Operand> {
        // The smallest whole number of 64 bits is written with a sign in front of a larger one.
        if let ast::Expr::Value(value) = expr
            && let ast::Value::Number(digits, _) = &value.value
            && digits.bytes().all(|byte| byte.is_ascii_digit())
            && let Ok(number) = format!("-{digits}").parse::<i64>()
        {
            let data_type = if i32::try_from(number).is_ok() { DataType::Integer } else { DataType::BigInt };
            let span = self.text.locate(value.span).unwrap_or(self.span);
            return Some(typed(ExprKind::Literal(Literal::Integer(number)), data_type, span));
        }
        let operand = self.of_family(expr, Family::Number, DataType::Integer, "-")?;
        let (span, data_type) = (operand.span, operand.data_type);
        let kind = match operand.kind {
            ExprKind::Literal(Literal::Decimal(digits)) => {
                let digits = digits.strip_prefix('-').map_or(format!("-{digits}"), Into::into);
                ExprKind::Literal(Literal::Decimal(digits))
            }
            ExprKind::Literal(Literal::Double(value)) => ExprKind::Literal(Literal::Double(-value)),
            kind => ExprKind::Negate(Box::new(Expr { kind, data_type, span })),
        };
        Some(typed(kind, data_type, span))
    }

    pub(super) fn is_null(&mut self, operand: &ast::Expr, negated: bool) -> Option<Operand> {
        let operand = Box::new(self.typed(operand)?);
        let span = operand.span;
        Some(typed(ExprKind::IsNull { operand, negated }, DataType::Boolean, span))
    }

    pub(super) fn in_list(
        &mut self,
        operand: &ast::Expr,
        list: &[ast::Expr],
        negated: bool,
    ) -> Option<Operand> {
        let operands = self.operands(std::iter::once(operand).chain(list))?;
        let mut list = self.comparable(operands, "IN")?;
        let span = span_of(&list, self.span);
        let operand = Box::new(list.remove(0));
        Some(typed(ExprKind::In { operand, list, negated }, DataType::Boolean, span))
    }

    pub(super) fn between(
        &mut self,
        operand: &ast::Expr,
        low: &ast::Expr,
        high: &ast::Expr,
        negated: bool,
    ) -> Option<Operand> {
        let operands = self.operands([operand, low, high])?;
        let operands = self.comparable(operands, "BETWEEN")?;
        let span = span_of(&operands, self.span);
        let [operand, low, high] = <[Expr; 3]>::try_from(operands).ok()?.map(Box::new);
        Some(typed(ExprKind::Between { operand, low, high, negated }, DataType::Boolean, span))
    }

    pub(super) fn like(
        &mut self,
        operand: &ast::Expr,
        pattern: &ast::Expr,
        escape: Option<&ast::Expr>,
        negated: bool,
    ) -> Option<Operand> {
        let operand = self.text_operand(operand, "LIKE");
        let pattern = self.text_operand(pattern, "LIKE");
        let escape = match escape {
            Some(escape) => Some(self.text_operand(escape, "ESCAPE")?),
            None => None,
        };
        let (operand, pattern) = (operand?, pattern?);
        let ExprKind::Literal(Literal::Text(text)) = &pattern.kind else {
            let help = "write the pattern as a string: LIKE 'A%'";
            return self.refuse(Some(pattern.span), "a pattern that is not constant", help);
        };
        let escape = match escape.map(|escape| (escape.span, escape.kind)) {
            None => None,
            Some((span, ExprKind::Literal(Literal::Text(text)))) => {
                let mut characters = text.chars();
                match (characters.next(), characters.next()) {
                    (Some(character), None) => Some(character),
                    _ => return self.bad_escape(span),
                }
            }
            Some((span, _)) => return self.bad_escape(span),
        };
        let Some(parsed) = pattern_of(text, escape) else {
            return self.mismatch(
                pattern.span,
                "the escape character of this pattern is not followed by `%`, `_` or itself".into(),
                "write it before a literal `%` or `_`: LIKE '10!%' ESCAPE '!'".into(),
            );
        };
        let span = cover(operand.span, pattern.span);
        let kind = ExprKind::Like { operand: Box::new(operand), pattern: parsed, negated };
        Some(typed(kind, DataType::Boolean, span))
    }

    fn bad_escape<T>(&mut self, span: Span) -> Option<T> {
        self.mismatch(span, "ESCAPE takes one character".into(), "write ESCAPE '!', for example".into())
    }

    pub(super) fn case(
        &mut self,
        span: Span,
        operand: Option<&ast::Expr>,
        branches: &[ast::CaseWhen],
        otherwise: Option<&ast::Expr>,
    ) -> Option<Operand> {
        let conditions: Vec<Option<Expr>> = branches
            .iter()
            .map(|branch| match operand {
                None => self.condition(&branch.condition, "WHEN"),
                Some(operand) => {
                    let compared = self.compare(operand, Comparison::Equal, &branch.condition)?;
                    Some(compared.into_type(DataType::Boolean))
                }
            })
            .collect();
        let values = self.operands(branches.iter().map(|branch| &branch.result).chain(otherwise));
        let conditions: Vec<Expr> = conditions.into_iter().collect::<Option<_>>()?;
        let mut values = self.unify(values?, "CASE")?;
        let data_type = common_text(&values)?;
        let otherwise = otherwise.and_then(|_| values.pop()).map(Box::new);
        let branches = conditions.into_iter().zip(values).collect();
        Some(typed(ExprKind::Case { branches, otherwise }, data_type, span))
    }
}

/// The type of values that [`Resolver::unify`] gave one type, texts of different lengths the longest.
pub(super) fn common_text(values: &[Expr]) -> Option<DataType> {
    let operands: Vec<Operand> = values.iter().cloned().map(Operand::Typed).collect();
    super::operand::common(&operands).ok()
}

fn is_text(operand: &Operand) -> bool {
    operand.data_type().is_some_and(|data_type| data_type.family() == Family::Text)
}

fn span_of(operands: &[Expr], otherwise: Span) -> Span {
    operands.iter().map(|operand| operand.span).reduce(cover).unwrap_or(otherwise)
}

/// A whole number as an exact one, for exact arithmetic.
fn decimal(expr: Expr) -> Expr {
    match (expr.data_type.is_integer(), expr.data_type.digits()) {
        (true, Some((precision, scale))) => {
            Operand::Typed(expr).into_type(DataType::Decimal { precision, scale })
        }
        _ => expr,
    }
}

/// What the operands become first, if not exact numbers of their own digits, and the type of the result. The
/// digits of exact results are Flink's.
fn arithmetic_types(operator: Arithmetic, a: DataType, b: DataType) -> (Option<DataType>, DataType) {
    if a.is_approximate() || b.is_approximate() {
        return (Some(DataType::Double), DataType::Double);
    }
    if a.is_integer() && b.is_integer() {
        // Small numbers would overflow too early: nothing is computed in less than 32 bits.
        let big = a == DataType::BigInt || b == DataType::BigInt;
        let result = if big { DataType::BigInt } else { DataType::Integer };
        return (Some(result), result);
    }
    let wide = |digits: Option<(u8, u8)>| {
        digits.map_or((10, 0), |(all, behind)| (u32::from(all), u32::from(behind)))
    };
    let ((p1, s1), (p2, s2)) = (wide(a.digits()), wide(b.digits()));
    let result = match operator {
        Arithmetic::Add | Arithmetic::Subtract => {
            let scale = s1.max(s2);
            limited((p1 - s1).max(p2 - s2) + scale + 1, scale)
        }
        Arithmetic::Multiply => limited(p1 + p2 + 1, s1 + s2),
        Arithmetic::Divide => {
            let scale = (s1 + p2 + 1).max(6);
            limited(p1 - s1 + s2 + scale, scale)
        }
        // Flink gives a remainder the type of the divisor, so both get one type that has all their digits.
        Arithmetic::Modulo => {
            let scale = s1.max(s2);
            let both = limited((p1 - s1).max(p2 - s2) + scale, scale);
            return (Some(both), both);
        }
    };
    (None, result)
}

/// Takes a pattern apart; `None` when an escape character escapes nothing.
fn pattern_of(text: &str, escape: Option<char>) -> Option<Pattern> {
    let mut parts: Vec<PatternPart> = Vec::new();
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        let part = match character {
            _ if Some(character) == escape => {
                let escaped = characters.next().filter(|c| matches!(c, '%' | '_') || Some(*c) == escape)?;
                PatternPart::Text(escaped.into())
            }
            '%' => PatternPart::Any,
            '_' => PatternPart::One,
            other => PatternPart::Text(other.into()),
        };
        match (parts.last_mut(), part) {
            (Some(PatternPart::Text(before)), PatternPart::Text(more)) => before.push_str(&more),
            (_, part) => parts.push(part),
        }
    }
    Some(Pattern { parts })
}
