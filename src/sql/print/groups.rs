//! Conditions on groups, and what Flink knows of a group before it has its rows.

use super::super::expr::{Aggregate, Expr, ExprKind, Literal};
use super::expr::{Binding, Expressions, is_constant};
use super::rank::parts_of;
use super::{Printer, opaque, window};

impl Printer<'_> {
    /// Whether an item, or the condition on groups, is an aggregate.
    pub(super) fn aggregates(&self) -> bool {
        self.insert.select.expressions().into_iter().any(|expr| expr.any(&is_aggregate))
    }

    /// Whether Flink must compute a group before it knows a value of the group. An aggregate of a key is the key to it.
    pub(super) fn holds_aggregate(&self, expr: &Expr) -> bool {
        let keys = self.insert.select.group.as_ref().map_or(&[][..], |group| &group.keys);
        let is_known = |argument: &Expr| {
            is_constant(argument) || keys.iter().any(|key| window::same_value(key, argument))
        };
        expr.any(&|part| match &part.kind {
            ExprKind::Aggregate { arguments, .. } => arguments.is_empty() || !arguments.iter().all(is_known),
            _ => false,
        })
    }

    /// A condition on groups. What Flink knows without their rows it would decide, or, of windows by the clock and of
    /// sessions, move to between the window and its groups. All of that is in one condition: several on one count,
    /// Flink turns into one another forever.
    pub(super) fn having(&self, condition: &Expr, expressions: &Expressions) -> String {
        let is_true = |part: &Expr| matches!(part.kind, ExprKind::Literal(Literal::Boolean(true)));
        let is_known = |part: &&Expr| {
            !is_true(part) && (is_constant(part) || self.hides_keys() && !self.holds_aggregate(part))
        };
        let (known, open): (Vec<&Expr>, Vec<&Expr>) = parts_of(condition).into_iter().partition(is_known);
        let known = match known.as_slice() {
            [] => return expressions.condition(condition),
            [only] => expressions.print(only),
            several => {
                let parts: Vec<String> =
                    several.iter().map(|part| expressions.bound(part, Binding::Not)).collect();
                parts.join(" AND ")
            }
        };
        let rows = expressions.aggregate(Aggregate::Count, false, &[]);
        let mut parts: Vec<String> = open.into_iter().map(|part| expressions.part_of_and(part)).collect();
        parts.push(opaque::condition_of_group(&rows, &known));
        parts.join("\n  AND ")
    }
}

fn is_aggregate(expr: &Expr) -> bool {
    matches!(expr.kind, ExprKind::Aggregate { .. })
}
