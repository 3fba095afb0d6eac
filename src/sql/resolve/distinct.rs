//! SELECT DISTINCT: of equal rows of a window one, as GROUP BY all columns gives it.

use super::super::data_type::DataType;
use super::super::expr::{Expr, ExprKind, WindowBound};
use super::super::query::{FromClause, Group, TimeAttribute, Window, WindowKind};
use super::expr::Resolver;
use super::group::Bucket;
use super::operand::Operand;
use super::select::Item;
use crate::diagnostics::{Code, Diagnostic};

impl Resolver<'_, '_> {
    /// The groups of equal rows, and the window that their columns name.
    pub(super) fn distinct(&mut self, items: &mut [Item], from: &FromClause) -> Option<(Group, Window)> {
        let span = self.span;
        if let Some(over) = self.here.overs.first() {
            let help = "write OVER in a SELECT in FROM, and DISTINCT in the outer SELECT";
            return self.refuse(Some(over.span), "DISTINCT with OVER", help);
        }
        if from.window().is_some() {
            let help = "write GROUP BY window_start, window_end and the columns";
            return self.refuse(Some(span), "DISTINCT on a window's table function", help);
        }
        let steps = items.iter().filter_map(|item| match &item.value {
            Operand::Typed(value) => self.window_of(value),
            Operand::Null(_) => None,
        });
        let Some((time, size_ms)) = steps.min_by_key(|(time, _)| *time) else {
            let message = "DISTINCT has no window: its state would keep every row forever";
            let help = format!("add a window of time to the columns: {} AS \"since\"", self.example_step());
            return self.fault(Diagnostic::error(Code::MissingWindow, span, message, help));
        };
        let mut keys: Vec<Expr> = Vec::new();
        for item in items {
            let Operand::Typed(value) = &mut item.value else { continue };
            let bound = if self.window_of(value) == Some((time, size_ms)) {
                Some(WindowBound::Start)
            } else if self.time_of(value).is_some_and(|found| found.exact && found.attribute == time) {
                // The time of a row does not make it another row.
                self.approximate(
                    value.span,
                    "the time of a DISTINCT row is the last instant of its window",
                    "no action is needed if the time is not read, or if it is only used for windows",
                );
                Some(WindowBound::Last)
            } else {
                None
            };
            match bound {
                Some(bound) => {
                    value.kind = ExprKind::Window(bound);
                    value.data_type = DataType::Timestamp;
                }
                None if matches!(value.kind, ExprKind::Literal(_)) => {}
                None => {
                    if !keys.iter().any(|key| key.same(value)) {
                        keys.push(value.clone());
                    }
                }
            }
        }
        let window =
            self.of_a_length_in_flink(Window { time, kind: WindowKind::Tumble { size_ms }, span })?;
        self.here.bucket = Some(Bucket::of(&window));
        Some((Group { keys, having: None, span }, window))
    }

    /// The window that a value is the start of.
    fn window_of(&self, value: &Expr) -> Option<(TimeAttribute, i64)> {
        match self.step_of(value) {
            Some((time, ms)) => Some((time.attribute, ms)),
            None => self.time_of(value).and_then(|time| Some((time.attribute, time.step_ms?))),
        }
    }
}
