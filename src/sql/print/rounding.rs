//! Numbers that are rounded before they become whole, as in the old dialect.

use super::super::builtin::{ROUND, ROUND_OF_DECIMAL};
use super::super::data_type::{DataType, MAX_PRECISION};
use super::super::expr::{Expr, ExprKind, Function, Literal};
use super::arithmetic::MOST_REPEATED;
use super::quote;

/// What an expression rounds to a number without a fraction.
pub(super) fn rounded(expr: &Expr) -> Option<&Expr> {
    let ExprKind::Call { function: Function::Builtin(builtin), arguments } = &expr.kind else { return None };
    let is_round = std::ptr::eq(*builtin, &ROUND) || std::ptr::eq(*builtin, &ROUND_OF_DECIMAL);
    match arguments.as_slice() {
        [number, Expr { kind: ExprKind::Literal(Literal::Integer(0)), .. }] if is_round => Some(number),
        _ => None,
    }
}

/// A number as a whole one of another type, rounded half away from zero; NULL where that does not hold it. What it is
/// rounded to is written once.
pub(super) fn whole(text: &str, from: DataType, to: DataType) -> String {
    let (low, high) = to.integer_range().unwrap_or_default();
    if text.len() > MOST_REPEATED {
        let exact = DataType::Decimal { precision: MAX_PRECISION, scale: 0 };
        let exact = format!("TRY_CAST({text} AS {})", quote::data_type(exact));
        return format!("TRY_CAST(CAST({exact} AS STRING) AS {})", quote::data_type(to));
    }
    let fits = match (from.is_approximate(), to) {
        // Numbers of that size have no fraction.
        (true, DataType::BigInt) => {
            format!("{text} >= -9.223372036854775808E18 AND {text} < 9.223372036854775808E18")
        }
        (true, _) => format!("{text} > {low}.5E0 AND {text} < {high}.5E0"),
        (false, DataType::BigInt) => format!(
            "{text} > CAST('{low}.5' AS DECIMAL(20, 1)) AND {text} < CAST('{high}.5' AS DECIMAL(20, 1))"
        ),
        (false, _) => format!("{text} > {low}.5 AND {text} < {high}.5"),
    };
    let null = quote::literal(&Literal::Null, to);
    format!("IF({fits}, CAST(ROUND({text}, 0) AS {}), {null})", quote::data_type(to))
}
