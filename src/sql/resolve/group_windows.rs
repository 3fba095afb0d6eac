//! Flink's older windows, which are in GROUP BY: `TUMBLE(time, length)`, `HOP(time, slide, length)`, `SESSION(time,
//! gap)`, and their bounds, `TUMBLE_START(..)`. Each becomes the window of a table function.

use sqlparser::ast;

use super::super::data_type::DataType;
use super::super::expr::{Expr, ExprKind, Function, WindowBound};
use super::super::name::Name;
use super::super::query::{Window, WindowKind};
use super::expr::{Resolver, typed};
use super::functions::expressions;
use super::group::Key;
use super::operand::{Operand, cover};
use crate::diagnostics::{Code, Diagnostic};
use crate::source::Span;

const WINDOWS: &[&str] = &["TUMBLE", "HOP", "SESSION"];

/// A window of GROUP BY as it is written, to hold its bounds against it.
#[derive(Debug)]
pub(super) struct GroupWindow {
    name: String,
    arguments: String,
}

impl Resolver<'_, '_> {
    /// A key of GROUP BY that is a window.
    pub(super) fn group_window(&mut self, call: &ast::Function, span: Span) -> Option<Option<Key>> {
        let name = call.name.to_string().to_uppercase();
        if !WINDOWS.contains(&name.as_str()) {
            return None;
        }
        Some(self.group_window_key(call, &name, span))
    }

    fn group_window_key(&mut self, call: &ast::Function, name: &str, span: Span) -> Option<Key> {
        let arguments = match &call.args {
            ast::FunctionArguments::List(list) => expressions(list).unwrap_or_default(),
            _ => Vec::new(),
        };
        let [time, lengths @ ..] = arguments.as_slice() else { return self.bad_group_window(name, span) };
        if matches!(time, ast::Expr::Interval(_)) {
            return self.bad_group_window(name, span);
        }
        let mut ms = Vec::new();
        for length in lengths {
            match length {
                ast::Expr::Interval(interval) => ms.push(self.milliseconds(interval, span)?),
                _ => return self.bad_group_window(name, span),
            }
        }
        let value = self.typed(time)?;
        let Some(found) = self.time_of(&value) else {
            let shown = match &value.kind {
                ExprKind::Column(column) => {
                    self.here.scope.relations[column.relation].columns[column.column].name.clone()
                }
                _ => "this".into(),
            };
            return self.no_time(value.span, &shown);
        };
        if self.here.group_window.is_some() {
            return self.refuse(Some(span), "a second window in one SELECT", "keep one of them");
        }
        self.here.group_window = Some(GroupWindow { name: name.into(), arguments: shown(&arguments) });
        let time_span = value.span;
        match (name, ms.as_slice()) {
            ("TUMBLE", [size]) => {
                let span = cover(span, time_span);
                let kind = ExprKind::Call { function: Function::Step(*size), arguments: vec![value] };
                Some(Key::Step(found, *size, Expr { kind, data_type: DataType::Timestamp, span }))
            }
            ("HOP", [slide, size]) if size % slide == 0 && found.exact => {
                let kind = WindowKind::hop(*slide, *size);
                Some(Key::Window(Window { time: found.attribute, kind, span }))
            }
            ("HOP", [_, _]) if found.exact => self.mismatch(
                span,
                "the second length of HOP is not a multiple of the first".into(),
                format!("write {}", form(name)),
            ),
            ("SESSION", [gap]) if found.exact => {
                let kind = WindowKind::Session { partition: Vec::new(), gap_ms: *gap };
                Some(Key::Window(Window { time: found.attribute, kind, span }))
            }
            _ => self.bad_group_window(name, span),
        }
    }

    fn bad_group_window<T>(&mut self, name: &str, span: Span) -> Option<T> {
        let message = format!("`{name}` does not take these arguments");
        self.mismatch(span, message, format!("write {}", form(name)))
    }

    /// `TUMBLE_START(time, length)` and its like: a bound of the window of GROUP BY.
    pub(super) fn group_window_bound(
        &mut self,
        call: &ast::Function,
        name: &Name,
    ) -> Option<Option<Operand>> {
        let (window, bound) = name.text.split_once('_')?;
        if !WINDOWS.contains(&window) {
            return None;
        }
        let bound = match bound {
            "START" => WindowBound::Start,
            "END" => WindowBound::End,
            "ROWTIME" | "PROCTIME" => WindowBound::Last,
            _ => return None,
        };
        let arguments = match &call.args {
            ast::FunctionArguments::List(list) => expressions(list).unwrap_or_default(),
            _ => Vec::new(),
        };
        let written = self.here.group_window.as_ref().filter(|_| self.here.grouped);
        Some(match written {
            Some(known)
                if known.name == window && known.arguments.eq_ignore_ascii_case(&shown(&arguments)) =>
            {
                Some(typed(ExprKind::Window(bound), DataType::Timestamp, name.span))
            }
            Some(known) => {
                let message = format!("`{}` does not belong to the window of this GROUP BY", name.text);
                let (_, end) = name.text.split_once('_').unwrap_or_default();
                let help = format!("write {}_{end}({})", known.name, known.arguments);
                self.mismatch(name.span, message, help)
            }
            None => {
                let message = format!("`{}` has no window: GROUP BY names none", name.text);
                let help = format!(
                    "write GROUP BY {}; with a table function, window_start and window_end",
                    form(window)
                );
                self.fault(Diagnostic::error(Code::MissingWindow, name.span, message, help))
            }
        })
    }
}

/// Arguments as they are compared: case and spaces do not count.
fn shown(arguments: &[&ast::Expr]) -> String {
    arguments.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

/// How a window is written in GROUP BY.
fn form(name: &str) -> &'static str {
    match name {
        "TUMBLE" => "TUMBLE(ROWTIME, INTERVAL '1' MINUTE)",
        "HOP" => "HOP(ROWTIME, INTERVAL '10' SECOND, INTERVAL '1' MINUTE): first the slide, then the length",
        _ => "SESSION(ROWTIME, INTERVAL '1' MINUTE)",
    }
}
