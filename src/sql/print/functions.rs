//! Calls of functions as Flink SQL writes them.

use super::super::expr::{Expr, ExprKind, Function, Literal, Side};
use super::expr::{Binding, Expressions, binding};

impl Expressions<'_> {
    /// A call, of which `expr` is the whole.
    pub(super) fn function(&self, expr: &Expr, function: Function, arguments: &[Expr]) -> String {
        match function {
            Function::Upper => self.call("UPPER", arguments),
            Function::Lower => self.call("LOWER", arguments),
            Function::InitCap => self.capitalized(&arguments[0]),
            Function::CharLength => self.call("CHAR_LENGTH", arguments),
            Function::Substring => self.substring(arguments),
            Function::Trim(side) => {
                let arguments: Vec<String> = arguments.iter().rev().map(|part| self.print(part)).collect();
                format!("TRIM({} {})", self::side(side), arguments.join(" FROM "))
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
                let (text, by) = self.replaced(expr, Some(&arguments[1]));
                format!("REPLACE({text}, {}, {by})", self.print(&arguments[1]))
            }
            Function::RegexpReplace => {
                let (text, by) = self.replaced(expr, None);
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
            other => self.time_function(other, arguments).unwrap_or_default(),
        }
    }

    /// A part of a text, whose places before the first character count and hold nothing. Flink counts from the end
    /// there.
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

    /// Words end at spaces. Flink begins one after every character that is neither a letter nor a digit, so a digit
    /// follows each of them meanwhile.
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
}

fn side(side: Side) -> &'static str {
    match side {
        Side::Leading => "LEADING",
        Side::Trailing => "TRAILING",
        Side::Both => "BOTH",
    }
}
