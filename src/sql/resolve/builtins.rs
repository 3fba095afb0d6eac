//! Functions as people from Flink, Postgres and Spark call them: those of the table of functions, and other names and
//! forms of what the old dialect has.

use sqlparser::ast;

use super::super::builtin::{
    Builtin, GREATEST, Gives, HEX, HEX_OF_TEXT, LEAST, LOG, ROUND, ROUND_OF_DECIMAL, TRUNCATE,
    TRUNCATE_OF_DECIMAL, Takes, builtin,
};
use super::super::data_type::{DataType, Family, MAX_PRECISION};
use super::super::expr::{Arithmetic, Comparison, Expr, ExprKind, Function, Literal, TimeField};
use super::super::name::Name;
use super::expr::{Resolver, typed};
use super::functions::{regexp_extract, varying};
use super::operand::{Operand, convert, cover};
use super::operators::common_text;
use super::signatures::SIGNATURES;
use crate::diagnostics::suggest;
use crate::source::Span;

/// Digits after the point that ROUND and TRUNCATE take; a DOUBLE has no more of them that matter.
const PLACES: std::ops::RangeInclusive<i64> = -30..=30;

/// What PARSE_URL takes; Flink gives NULL for anything else.
const URL_PARTS: &[&str] = &["HOST", "PATH", "QUERY", "REF", "PROTOCOL", "FILE", "AUTHORITY", "USERINFO"];

impl Resolver<'_, '_> {
    /// A function by its name in upper case; `None` if it is none of these, or is called in another way.
    pub(super) fn builtin(&mut self, name: &Name, arguments: &[&ast::Expr]) -> Option<Option<Operand>> {
        let span = name.span;
        Some(match (name.text.as_str(), arguments) {
            ("PI", []) => Some(double(std::f64::consts::PI, span)),
            ("E", []) => Some(double(std::f64::consts::E, span)),
            ("IF" | "IIF", [condition, then, otherwise]) => self.if_else(condition, then, otherwise, name),
            ("IFNULL" | "NVL", [a, b]) => self.coalesce(&[a, b], name),
            ("CONCAT", [_, ..]) => self.joined(arguments, name),
            ("GREATEST", [_, ..]) => self.extreme(&GREATEST, arguments, name),
            ("LEAST", [_, ..]) => self.extreme(&LEAST, arguments, name),
            ("ELT", [at, values @ ..]) if !values.is_empty() => self.elt(at, values, name),
            ("ROUND", [number]) => self.at_place(number, None, name, [&ROUND, &ROUND_OF_DECIMAL]),
            ("ROUND", [number, places]) => {
                self.at_place(number, Some(places), name, [&ROUND, &ROUND_OF_DECIMAL])
            }
            ("TRUNCATE" | "TRUNC", [number]) => {
                self.at_place(number, None, name, [&TRUNCATE, &TRUNCATE_OF_DECIMAL])
            }
            ("TRUNCATE" | "TRUNC", [number, places]) => {
                self.at_place(number, Some(places), name, [&TRUNCATE, &TRUNCATE_OF_DECIMAL])
            }
            ("SIGN", [number]) => self.sign(number, name),
            ("LOG", [number]) => {
                let number = self.double_operand(number, name)?;
                let span = cover(span, number.span);
                let kind = ExprKind::Call { function: Function::Ln, arguments: vec![number] };
                Some(typed(kind, DataType::Double, span))
            }
            ("LOG", [base, number]) => {
                let before = *self.values;
                let arguments = [self.double_operand(base, name)?, self.double_operand(number, name)?];
                self.call_builtin(&LOG, arguments.into(), before, span)
            }
            ("HEX", [value]) => self.hex(value, name),
            ("LENGTH" | "LEN", [text]) => self.of_signature("CHAR_LENGTH", text, name),
            ("UCASE", [text]) => self.of_signature("UPPER", text, name),
            ("LCASE", [text]) => self.of_signature("LOWER", text, name),
            ("LTRIM", [text]) => self.trim(Some(ast::TrimWhereField::Leading), None, text, false),
            ("RTRIM", [text]) => self.trim(Some(ast::TrimWhereField::Trailing), None, text, false),
            ("BTRIM", [text]) => self.trim(Some(ast::TrimWhereField::Both), None, text, false),
            ("LTRIM", [text, what]) => self.trim(Some(ast::TrimWhereField::Leading), Some(what), text, false),
            ("RTRIM", [text, what]) => {
                self.trim(Some(ast::TrimWhereField::Trailing), Some(what), text, false)
            }
            ("BTRIM", [text, what]) => self.trim(Some(ast::TrimWhereField::Both), Some(what), text, false),
            ("SUBSTR", [text, start]) => self.substring(text, Some(start), None),
            ("SUBSTR", [text, start, length]) => self.substring(text, Some(start), Some(length)),
            ("INSTR", [text, part]) | ("LOCATE", [part, text]) => self.position(part, text),
            ("STARTSWITH", [text, part]) => self.at_end(text, part, "LEFT", name),
            ("ENDSWITH", [text, part]) => self.at_end(text, part, "RIGHT", name),
            ("REGEXP", [text, expression]) => self.regexp(text, expression, name),
            ("REGEXP_SUBSTR", [text, expression]) => {
                let text = self.text_operand(text, &name.text)?;
                let (expression, _) = self.expression(expression, &name.text)?;
                Some(Operand::Typed(regexp_extract(text, expression, 0)))
            }
            ("SHA2", [text, bits]) => self.sha2(text, bits, name),
            ("TO_DATE", [text]) => {
                let text = self.text_operand(text, &name.text)?;
                Some(cast_to(Operand::Typed(text), DataType::Date))
            }
            ("TO_DATE", [text, pattern]) => {
                let time = self.parse_time(text, pattern, name)?;
                Some(cast_to(time, DataType::Date))
            }
            ("TO_TIMESTAMP_LTZ", [number]) => self.since_1970(number, 1),
            ("TO_TIMESTAMP_LTZ", [number, precision]) => self.since_1970_in(number, precision, name),
            ("FROM_UNIXTIME", [seconds]) => {
                let time = self.since_1970(seconds, 1000)?;
                let Operand::Typed(time) = time else { return Some(None) };
                let pattern = Literal::Text("yyyy-MM-dd HH:mm:ss".into());
                let data_type = DataType::Varchar(Some(19));
                let pattern = Expr { kind: ExprKind::Literal(pattern), data_type, span };
                let kind =
                    ExprKind::Call { function: Function::FormatTimestamp, arguments: vec![time, pattern] };
                Some(typed(kind, DataType::Varchar(None), span))
            }
            ("YEAR" | "QUARTER" | "MONTH" | "WEEK" | "HOUR" | "MINUTE" | "SECOND", [time])
            | ("DAYOFYEAR" | "DAYOFMONTH" | "DAYOFWEEK", [time]) => self.part_of_time(time, name),
            _ => {
                let builtin = builtin(&name.text)?;
                let fits = match builtin.more {
                    true => arguments.len() + 1 >= builtin.takes.len(),
                    false => arguments.len() == builtin.takes.len(),
                };
                if !fits {
                    return None;
                }
                self.of_table(builtin, arguments, span)
            }
        })
    }

    /// Another name of a function of the old dialect.
    fn of_signature(&mut self, meant: &str, argument: &ast::Expr, name: &Name) -> Option<Operand> {
        let signature = SIGNATURES.iter().find(|signature| signature.name == meant)?;
        self.call(signature, &[argument], name.span)
    }

    fn of_table(
        &mut self,
        builtin: &'static Builtin,
        arguments: &[&ast::Expr],
        span: Span,
    ) -> Option<Operand> {
        let before = *self.values;
        let last = builtin.takes.last().copied();
        let takes = builtin.takes.iter().copied().chain(std::iter::repeat_with(|| last).flatten());
        let resolved: Vec<Option<Expr>> = arguments
            .iter()
            .zip(takes)
            .map(|(argument, takes)| self.argument(argument, takes, builtin))
            .collect();
        let arguments = resolved.into_iter().collect::<Option<_>>()?;
        self.call_builtin(builtin, arguments, before, span)
    }

    fn argument(&mut self, argument: &ast::Expr, takes: Takes, builtin: &Builtin) -> Option<Expr> {
        let name = builtin.name;
        match takes {
            Takes::Text => self.text_operand(argument, name),
            Takes::Double => {
                let number = self.of_family(argument, Family::Number, DataType::Double, name)?;
                Some(convert(number, DataType::Double))
            }
            Takes::Integer => self.whole_number(argument, i64::MIN, &format!("the number of {name}")),
            Takes::BigInt => {
                let number = self.of_family(argument, Family::Number, DataType::BigInt, name)?;
                if number.data_type.is_integer() {
                    return Some(convert(number, DataType::BigInt));
                }
                let message = format!("{name} takes a whole number, but this is {}", number.data_type);
                self.mismatch(number.span, message, "convert it: CAST(x AS BIGINT)".into())
            }
            Takes::Count => {
                let value = self.constant_number(argument, &format!("the number of {name}"))?;
                let span = self.text_span(argument);
                let kind = ExprKind::Literal(Literal::Integer(value));
                Some(Expr { kind, data_type: DataType::Integer, span })
            }
            Takes::UrlPart => {
                let part = self.constant_text(argument, name)?;
                let ExprKind::Literal(Literal::Text(text)) = &part.kind else { return None };
                if URL_PARTS.contains(&text.as_str()) {
                    return Some(part);
                }
                let message = format!("a URL has no component `{text}`");
                self.mismatch(
                    part.span,
                    message,
                    format!("write {}", suggest::one_of(URL_PARTS.iter().copied())),
                )
            }
            Takes::JsonPath => {
                let path = self.constant_text(argument, name)?;
                let ExprKind::Literal(Literal::Text(text)) = &path.kind else { return None };
                let plain =
                    text.strip_prefix("lax ").or_else(|| text.strip_prefix("strict ")).unwrap_or(text);
                if plain.starts_with('$') {
                    return Some(path);
                }
                let message = format!("the path of {name} does not start with `$`");
                self.mismatch(path.span, message, format!("write {}", builtin.form))
            }
        }
    }

    /// A call of a function of the table, whose values count as often as Flink's form writes them out.
    fn call_builtin(
        &mut self,
        builtin: &'static Builtin,
        arguments: Vec<Expr>,
        before: usize,
        span: Span,
    ) -> Option<Operand> {
        self.repeated(before, builtin.times())?;
        let data_type = match builtin.gives {
            Gives::Part => varying(arguments[0].data_type),
            Gives::Text => DataType::Varchar(None),
            Gives::Integer => DataType::Integer,
            Gives::Double => DataType::Double,
            Gives::Boolean => DataType::Boolean,
        };
        let span = arguments.iter().map(|argument| argument.span).fold(span, cover);
        Some(typed(ExprKind::Call { function: Function::Builtin(builtin), arguments }, data_type, span))
    }

    fn double_operand(&mut self, number: &ast::Expr, name: &Name) -> Option<Expr> {
        let number = self.of_family(number, Family::Number, DataType::Double, &name.text)?;
        Some(convert(number, DataType::Double))
    }

    fn text_span(&self, expr: &ast::Expr) -> Span {
        use sqlparser::ast::Spanned;
        self.text.locate(expr.span()).unwrap_or(self.span)
    }

    /// `IF(condition, then, otherwise)`
    fn if_else(
        &mut self,
        condition: &ast::Expr,
        then: &ast::Expr,
        otherwise: &ast::Expr,
        name: &Name,
    ) -> Option<Operand> {
        let condition = self.condition(condition, &name.text);
        let values = self.operands([then, otherwise]);
        let (condition, values) = (condition?, values?);
        let mut values = self.unify(values, &name.text)?;
        let data_type = common_text(&values)?;
        let span = values.iter().map(|value| value.span).fold(name.span, cover);
        let otherwise = values.pop().map(Box::new);
        let branches = vec![(condition, values.pop()?)];
        Some(typed(ExprKind::Case { branches, otherwise }, data_type, span))
    }

    fn coalesce(&mut self, arguments: &[&ast::Expr], name: &Name) -> Option<Operand> {
        let operands = self.operands(arguments.iter().copied())?;
        let values = self.unify(operands, &name.text)?;
        let data_type = common_text(&values)?;
        let span = values.iter().map(|value| value.span).fold(name.span, cover);
        Some(typed(ExprKind::Coalesce(values), data_type, span))
    }

    /// `CONCAT(a, b)`: texts one after the other, NULL where one is NULL.
    fn joined(&mut self, arguments: &[&ast::Expr], name: &Name) -> Option<Operand> {
        let texts: Vec<Option<Expr>> =
            arguments.iter().map(|argument| self.text_operand(argument, &name.text)).collect();
        let mut texts: Vec<Expr> = texts.into_iter().collect::<Option<_>>()?;
        let span = texts.iter().map(|text| text.span).fold(name.span, cover);
        if texts.len() == 1 {
            return texts.pop().map(Operand::Typed);
        }
        Some(typed(ExprKind::Concat(texts), DataType::Varchar(None), span))
    }

    /// `GREATEST(a, b, ..)` and `LEAST(a, b, ..)`
    fn extreme(
        &mut self,
        builtin: &'static Builtin,
        arguments: &[&ast::Expr],
        name: &Name,
    ) -> Option<Operand> {
        let operands = self.operands(arguments.iter().copied())?;
        let values = self.unify(operands, &name.text)?;
        let mut data_type = common_text(&values)?;
        let span = values.iter().map(|value| value.span).fold(name.span, cover);
        if data_type == DataType::Boolean {
            let message = format!("{} takes sortable values, but this is BOOLEAN", name.text);
            return self.mismatch(span, message, "write AND, or OR".into());
        }
        if data_type.text_length().is_some() {
            data_type = varying(data_type);
        }
        Some(typed(
            ExprKind::Call { function: Function::Builtin(builtin), arguments: values },
            data_type,
            span,
        ))
    }

    /// `ELT(n, a, b, ..)`: the n-th of the texts, NULL where there is none.
    fn elt(&mut self, at: &ast::Expr, values: &[&ast::Expr], name: &Name) -> Option<Operand> {
        let before = *self.values;
        let at = self.whole_number(at, i64::MIN, "the number of ELT")?;
        self.repeated(before, values.len())?;
        let operands = self.operands(values.iter().copied())?;
        let values = self.unify(operands, &name.text)?;
        let data_type = common_text(&values)?;
        let span = values.iter().map(|value| value.span).fold(name.span, cover);
        let branches = values.into_iter().zip(1..).map(|(value, number)| {
            let number = Expr {
                kind: ExprKind::Literal(Literal::Integer(number)),
                data_type: DataType::Integer,
                span: at.span,
            };
            (compare(Comparison::Equal, at.clone(), number), value)
        });
        Some(typed(ExprKind::Case { branches: branches.collect(), otherwise: None }, data_type, span))
    }

    /// ROUND and TRUNCATE: of a DOUBLE, a DECIMAL, or a whole number.
    fn at_place(
        &mut self,
        number: &ast::Expr,
        places: Option<&ast::Expr>,
        name: &Name,
        [of_double, of_decimal]: [&'static Builtin; 2],
    ) -> Option<Operand> {
        let before = *self.values;
        let number = self.of_family(number, Family::Number, DataType::Double, &name.text)?;
        let (count, place_span) = match places {
            None => (0, name.span),
            Some(places) => {
                let places = self.typed(places)?;
                match places.kind {
                    ExprKind::Literal(Literal::Integer(count)) if PLACES.contains(&count) => {
                        (count, places.span)
                    }
                    _ => {
                        let message =
                            format!("the digits of {} are not a constant from -30 to 30", name.text);
                        let help = format!("write a number: {}(x, 2)", name.text);
                        return self.mismatch(places.span, message, help);
                    }
                }
            }
        };
        let span = cover(name.span, cover(number.span, place_span));
        let own_type = number.data_type;
        let kind = ExprKind::Literal(Literal::Integer(count));
        let places = Expr { kind, data_type: DataType::Integer, span: place_span };
        let (number, builtin, data_type) = match own_type {
            _ if own_type.is_integer() && count >= 0 => return Some(Operand::Typed(Expr { span, ..number })),
            // Flink's own would wrap around at the largest numbers.
            _ if own_type.is_integer() => {
                let exact = DataType::Decimal { precision: 19, scale: 0 };
                (cast_expr(number, exact), of_decimal, DataType::Decimal { precision: 20, scale: 0 })
            }
            DataType::Decimal { scale, .. } if count >= i64::from(scale) => {
                return Some(Operand::Typed(Expr { span, ..number }));
            }
            DataType::Decimal { precision, scale } => {
                let kept = u8::try_from(count.max(0)).unwrap_or(0);
                let precision = (precision - scale + kept + 1).min(MAX_PRECISION);
                (number, of_decimal, DataType::Decimal { precision, scale: kept })
            }
            _ => (convert(number, DataType::Double), of_double, DataType::Double),
        };
        self.repeated(before, builtin.times())?;
        let arguments = vec![number, places];
        let rounded =
            typed(ExprKind::Call { function: Function::Builtin(builtin), arguments }, data_type, span);
        Some(if own_type.is_integer() { cast_to(rounded, own_type) } else { rounded })
    }

    /// `SIGN(x)`: 1, 0 or -1 as INTEGER; NULL of what is not a number.
    fn sign(&mut self, number: &ast::Expr, name: &Name) -> Option<Operand> {
        let before = *self.values;
        let number = self.of_family(number, Family::Number, DataType::Integer, &name.text)?;
        self.repeated(before, 3)?;
        let span = cover(name.span, number.span);
        let integer = |value, data_type| {
            let kind = ExprKind::Literal(Literal::Integer(value));
            convert(Expr { kind, data_type: DataType::Integer, span }, data_type)
        };
        let signs = [(Comparison::Greater, 1), (Comparison::Less, -1), (Comparison::Equal, 0)];
        let branches = signs.map(|(comparison, value)| {
            let zero = integer(0, number.data_type);
            (compare(comparison, number.clone(), zero), integer(value, DataType::Integer))
        });
        Some(typed(ExprKind::Case { branches: branches.into(), otherwise: None }, DataType::Integer, span))
    }

    fn hex(&mut self, value: &ast::Expr, name: &Name) -> Option<Operand> {
        let before = *self.values;
        let value = self.typed(value)?;
        let builtin = match value.data_type.family() {
            Family::Text => &HEX_OF_TEXT,
            Family::Number if value.data_type.is_integer() => &HEX,
            _ => {
                let message =
                    format!("HEX takes a string or a whole number, but this is {}", value.data_type);
                return self.mismatch(value.span, message, "convert it: CAST(x AS BIGINT)".into());
            }
        };
        let value = if builtin == &HEX_OF_TEXT { value } else { convert(value, DataType::BigInt) };
        self.call_builtin(builtin, vec![value], before, name.span)
    }

    /// Whether a text starts, or ends, with another.
    fn at_end(&mut self, text: &ast::Expr, part: &ast::Expr, side: &str, name: &Name) -> Option<Operand> {
        let text = self.text_operand(text, &name.text);
        let before = *self.values;
        let part = self.text_operand(part, &name.text);
        self.repeated(before, 2)?;
        let (text, part) = (text?, part?);
        let span = cover(name.span, cover(text.span, part.span));
        let length = ExprKind::Call { function: Function::CharLength, arguments: vec![part.clone()] };
        let length = Expr { kind: length, data_type: DataType::Integer, span };
        let data_type = varying(text.data_type);
        let kind =
            ExprKind::Call { function: Function::Builtin(builtin(side)?), arguments: vec![text, length] };
        let equal = compare(Comparison::Equal, Expr { kind, data_type, span }, part);
        Some(Operand::Typed(Expr { span, ..equal }))
    }

    /// `REGEXP(text, expression)`: whether the text has a match.
    fn regexp(&mut self, text: &ast::Expr, expression: &ast::Expr, name: &Name) -> Option<Operand> {
        let before = *self.values;
        let text = self.text_operand(text, &name.text)?;
        self.repeated(before, 2)?;
        let (expression, _) = self.expression(expression, &name.text)?;
        let span = cover(name.span, cover(text.span, expression.span));
        let is_there = |operand: Expr| Expr {
            kind: ExprKind::IsNull { operand: Box::new(operand), negated: true },
            data_type: DataType::Boolean,
            span,
        };
        let branch = (is_there(text.clone()), is_there(regexp_extract(text, expression, 0)));
        Some(typed(ExprKind::Case { branches: vec![branch], otherwise: None }, DataType::Boolean, span))
    }

    /// `SHA2(text, bits)`
    fn sha2(&mut self, text: &ast::Expr, bits: &ast::Expr, name: &Name) -> Option<Operand> {
        let length = self.constant_number(bits, "the length of SHA2")?;
        match builtin(&format!("SHA{length}")).filter(|_| length > 1) {
            Some(builtin) => self.of_table(builtin, &[text], name.span),
            None => {
                let message = format!("SHA2 does not support a hash of {length} bits");
                self.mismatch(self.text_span(bits), message, "write 224, 256, 384 or 512".into())
            }
        }
    }

    /// A time from a number of units of so many milliseconds since 1970.
    fn since_1970(&mut self, number: &ast::Expr, unit: i64) -> Option<Operand> {
        let number = self.operand(number)?;
        let number = number.into_type_or(DataType::BigInt);
        if !number.data_type.is_integer() {
            let message = format!("this takes a whole number, but this is {}", number.data_type);
            return self.mismatch(number.span, message, "convert it: CAST(x AS BIGINT)".into());
        }
        let span = number.span;
        let milliseconds = match unit {
            1 => convert(number, DataType::BigInt),
            _ => {
                // Flink multiplies constants as numbers of 32 bits, and these become larger: the cast is written out.
                let left = Box::new(cast_expr(number, DataType::BigInt));
                let factor = ExprKind::Literal(Literal::Integer(unit));
                let right = Box::new(Expr { kind: factor, data_type: DataType::BigInt, span });
                let kind = ExprKind::Arithmetic { operator: Arithmetic::Multiply, left, right };
                Expr { kind, data_type: DataType::BigInt, span }
            }
        };
        let kind = ExprKind::Call { function: Function::FromUnixTimestamp, arguments: vec![milliseconds] };
        Some(typed(kind, DataType::Timestamp, span))
    }

    /// `TO_TIMESTAMP_LTZ(number, precision)`: seconds with 0, milliseconds with 3.
    fn since_1970_in(&mut self, number: &ast::Expr, precision: &ast::Expr, name: &Name) -> Option<Operand> {
        match self.constant_number(precision, "the precision of TO_TIMESTAMP_LTZ")? {
            0 => self.since_1970(number, 1000),
            3 => self.since_1970(number, 1),
            other => {
                let message = format!("TO_TIMESTAMP_LTZ does not support precision {other}");
                self.mismatch(name.span, message, "write 0 for seconds, 3 for milliseconds".into())
            }
        }
    }

    fn part_of_time(&mut self, time: &ast::Expr, name: &Name) -> Option<Operand> {
        let field = match name.text.as_str() {
            "YEAR" => TimeField::Year,
            "QUARTER" => TimeField::Quarter,
            "MONTH" => TimeField::Month,
            "WEEK" => TimeField::Week,
            "HOUR" => TimeField::Hour,
            "MINUTE" => TimeField::Minute,
            "SECOND" => TimeField::Second,
            "DAYOFYEAR" => TimeField::DayOfYear,
            "DAYOFWEEK" => TimeField::DayOfWeek,
            _ => TimeField::Day,
        };
        let time = self.time_operand(time, &name.text)?;
        let span = cover(name.span, time.span);
        let kind = ExprKind::Call { function: Function::Extract(field), arguments: vec![time] };
        Some(typed(kind, DataType::BigInt, span))
    }
}

fn double(value: f64, span: Span) -> Operand {
    typed(ExprKind::Literal(Literal::Double(value)), DataType::Double, span)
}

fn compare(operator: Comparison, left: Expr, right: Expr) -> Expr {
    let span = cover(left.span, right.span);
    let kind = ExprKind::Compare { operator, left: Box::new(left), right: Box::new(right) };
    Expr { kind, data_type: DataType::Boolean, span }
}

fn cast_expr(operand: Expr, data_type: DataType) -> Expr {
    let span = operand.span;
    Expr { kind: ExprKind::Cast { operand: Box::new(operand), written: true }, data_type, span }
}

fn cast_to(operand: Operand, data_type: DataType) -> Operand {
    let expr = operand.into_type_or(data_type);
    if expr.data_type == data_type {
        Operand::Typed(expr)
    } else {
        Operand::Typed(cast_expr(expr, data_type))
    }
}
