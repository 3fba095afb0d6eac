//! Functions of their arguments alone, and the forms COALESCE and NULLIF.

use sqlparser::ast;

use super::super::builtin::{BUILTINS, TYPED};
use super::super::data_type::{DataType, Family};
use super::super::expr::{Arithmetic, Comparison, Expr, ExprKind, Function, Literal, Side};
use super::super::name::Name;
use super::super::refuse::{function as refused_function, refusal};
use super::super::similar;
use super::aggregate;
use super::conversion;
use super::expr::{Resolver, typed};
use super::operand::{Operand, common, cover};
use super::operators::common_text;
use super::regex::{groups, similar_fault};
use super::signatures::{FORMS, Gives, SIGNATURES, Signature, Takes, form};
use crate::diagnostics::{Code, Diagnostic, suggest};
use crate::source::Span;

impl Resolver<'_, '_> {
    pub(super) fn function(&mut self, call: &ast::Function) -> Option<Operand> {
        let Some([ast::ObjectNamePart::Identifier(ident)]) =
            call.name.0.get(..).filter(|parts| parts.len() == 1)
        else {
            let help = "write the function's name alone";
            return self.refuse(None, "a function with a schema", help);
        };
        let name = self.name(ident).upper();
        if let Some(aggregate) = aggregate::named(&name.text) {
            return self.aggregate(aggregate, call, &name);
        }
        if matches!(name.text.as_str(), "EVERY" | "ANY" | "SOME") {
            return self.truth_of_all(call, &name);
        }
        if let Some(bound) = self.group_window_bound(call, &name) {
            return bound;
        }
        if let Some(help) = refused_function(&name.text) {
            return self.fault(refusal(name.span, &format!("`{}`", name.text), help));
        }
        if super::forest::NAMES.contains(&name.text.as_str()) {
            let help = format!("write it in FROM: {}", super::forest::form(&name.text));
            return self.refuse(Some(name.span), &format!("`{}` outside FROM", name.text), &help);
        }
        if matches!(name.text.as_str(), "TUMBLE" | "HOP" | "SESSION" | "CUMULATE") {
            let what = format!("`{}` here", name.text);
            let help = "write it in GROUP BY, or in FROM: FROM TABLE(TUMBLE(TABLE s, DESCRIPTOR(ROWTIME), INTERVAL '1' MINUTE))";
            return self.refuse(Some(name.span), &what, help);
        }
        let signature = SIGNATURES.iter().find(|signature| signature.name == name.text);
        if signature.is_none() && !names().any(|known| known == name.text) {
            let help = unknown(&name.text);
            let message = format!("`{}` is not a known function", name.text);
            return self.fault(Diagnostic::error(Code::UnknownFunction, name.span, message, help));
        }
        let arguments = self.arguments(call, name.span, &name.text)?;
        if let Some(signature) = signature.filter(|signature| signature.takes.len() == arguments.len()) {
            return self.call(signature, &arguments, name.span);
        }
        if let Some(operand) = self.time_function(&name, &arguments) {
            return operand;
        }
        if let Some(operand) = self.builtin(&name, &arguments) {
            return operand;
        }
        match (name.text.as_str(), arguments.as_slice()) {
            ("SUBSTRING", [text, start]) => self.substring(text, Some(start), None),
            ("SUBSTRING", [text, start, length]) => self.substring(text, Some(start), Some(length)),
            ("TRIM", [text]) => self.trim(None, None, text, false),
            ("MOD", [left, right]) => self.binary(left, &ast::BinaryOperator::Modulo, right),
            ("ABS", [number]) => {
                let before = *self.values;
                let number = self.of_family(number, Family::Number, DataType::Integer, "ABS")?;
                self.repeated(before, 2)?;
                let (span, data_type) = (cover(name.span, number.span), number.data_type);
                let kind = ExprKind::Call { function: Function::Abs, arguments: vec![number] };
                Some(typed(kind, data_type, span))
            }
            ("COALESCE", [_, ..]) => {
                let operands = self.operands(arguments.iter().copied())?;
                let values = self.unify(operands, "COALESCE")?;
                let data_type = common_text(&values)?;
                let span = values.iter().map(|value| value.span).fold(name.span, cover);
                Some(typed(ExprKind::Coalesce(values), data_type, span))
            }
            ("NULLIF", [value, unwanted]) => self.null_if(value, unwanted, name.span),
            // It says of a value that it never becomes less, which windows over a time do not need.
            ("MONOTONIC", [value]) => self.operand(value),
            ("POSITION", [part, text, start]) => self.position_from(part, text, start),
            ("CURRENT_ROW_TIMESTAMP", []) => self.row_time(name.span),
            ("REGEX_REPLACE", [text, expression, by, start, occurrence]) => {
                self.regex_replace([text, expression, by], [start, occurrence], name.span)
            }
            ("REGEXP_EXTRACT", [text, expression]) => {
                let text = self.text_operand(text, &name.text)?;
                let (expression, _) = self.expression(expression, &name.text)?;
                Some(Operand::Typed(regexp_extract(text, expression, 0)))
            }
            ("REGEXP_EXTRACT", [text, expression, group]) => {
                let text = self.text_operand(text, &name.text)?;
                let (expression, groups) = self.expression(expression, &name.text)?;
                let group = self.constant_number(group, "the group of REGEXP_EXTRACT")?;
                if usize::try_from(group).is_ok_and(|group| group > groups) {
                    let message = format!("this expression has no group {group}; it has {groups}");
                    let help = "put parentheses around the part to extract".into();
                    return self.mismatch(expression.span, message, help);
                }
                Some(Operand::Typed(regexp_extract(text, expression, group)))
            }
            ("REGEX_LOG_PARSE" | "VARIABLE_COLUMN_LOG_PARSE" | "W3C_LOG_PARSE", _) => {
                let what = format!("`{}` here", name.text);
                self.refuse(Some(name.span), &what, &format!("write {}", form(&name.text)))
            }
            (function, given) => {
                let (form, count) = (form(function), given.len());
                let message = format!("`{function}` does not take {count} argument{}", plural(count));
                self.mismatch(name.span, message, format!("write {form}"))
            }
        }
    }

    /// A call of a function with a fixed list of arguments.
    pub(super) fn call(
        &mut self,
        signature: &Signature,
        arguments: &[&ast::Expr],
        span: Span,
    ) -> Option<Operand> {
        let before = *self.values;
        let resolved: Vec<Option<Expr>> = arguments
            .iter()
            .zip(signature.takes)
            .map(|(argument, takes)| match takes {
                Takes::Text => self.text_operand(argument, signature.name),
                Takes::Expression => {
                    self.expression(argument, signature.name).map(|(expression, _)| expression)
                }
                Takes::Double => {
                    let number =
                        self.of_family(argument, Family::Number, DataType::Double, signature.name)?;
                    Some(Operand::Typed(number).into_type(DataType::Double))
                }
                Takes::Index => self.whole_number(argument, 0, &format!("the index of {}", signature.name)),
                Takes::Length => {
                    let length =
                        self.constant_number(argument, &format!("the length of {}", signature.name))?;
                    let span = self.span;
                    let kind = ExprKind::Literal(Literal::Integer(length));
                    Some(Expr { kind, data_type: DataType::Integer, span })
                }
            })
            .collect();
        let arguments: Vec<Expr> = resolved.into_iter().collect::<Option<_>>()?;
        if matches!(signature.function, Function::SquareRoot | Function::Ln | Function::Log10) {
            // Once for the test whether there is a value, once for that.
            self.repeated(before, 2)?;
        }
        let data_type = match signature.gives {
            Gives::Part => varying(arguments[0].data_type),
            Gives::Text => DataType::Varchar(None),
            Gives::Integer => DataType::Integer,
            Gives::Double => DataType::Double,
        };
        let span = arguments.iter().map(|argument| argument.span).fold(span, cover);
        Some(typed(ExprKind::Call { function: signature.function, arguments }, data_type, span))
    }

    /// A text that is known when the pipeline is compiled.
    pub(super) fn constant_text(&mut self, expr: &ast::Expr, user: &str) -> Option<Expr> {
        let text = self.text_operand(expr, user)?;
        if matches!(text.kind, ExprKind::Literal(Literal::Text(_))) {
            return Some(text);
        }
        let message = format!("{user} takes a constant here");
        self.mismatch(text.span, message, "write it as a string in single quotes".into())
    }

    /// A constant regular expression, and how many groups it has.
    pub(super) fn expression(&mut self, expr: &ast::Expr, user: &str) -> Option<(Expr, usize)> {
        let expression = self.constant_text(expr, user)?;
        let ExprKind::Literal(Literal::Text(text)) = &expression.kind else { return None };
        match groups(text) {
            Ok(count) => Some((expression, count)),
            Err(fault) => {
                let message = format!("this regular expression cannot be read: {fault}");
                let help = "write a backslash before a literal character".into();
                self.mismatch(expression.span, message, help)
            }
        }
    }

    /// A whole number of a text's size that is known when the pipeline is compiled.
    pub(super) fn constant_number(&mut self, expr: &ast::Expr, what: &str) -> Option<i64> {
        let number = self.typed(expr)?;
        match number.kind {
            ExprKind::Literal(Literal::Integer(value @ 0..=65_535)) => Some(value),
            _ => {
                let message = format!("{what} is not a constant from 0 to 65,535");
                self.mismatch(number.span, message, "write a number".into())
            }
        }
    }

    /// `REGEX_REPLACE(text, expression, by, 1, 0)`: from the first character, every occurrence.
    fn regex_replace(
        &mut self,
        arguments: [&ast::Expr; 3],
        [start, occurrence]: [&ast::Expr; 2],
        span: Span,
    ) -> Option<Operand> {
        let start = self.constant_number(start, "the start of REGEX_REPLACE")?;
        let occurrence = self.constant_number(occurrence, "the occurrence of REGEX_REPLACE")?;
        if (start, occurrence) != (1, 0) {
            let help = "write REGEX_REPLACE(x, expression, by, 1, 0), which replaces every match";
            return self.refuse(Some(span), "a start or an occurrence of `REGEX_REPLACE`", help);
        }
        let signature = SIGNATURES.iter().find(|signature| signature.function == Function::RegexpReplace)?;
        self.call(signature, &arguments, span)
    }

    /// `POSITION(part IN text)`
    pub(super) fn position(&mut self, part: &ast::Expr, text: &ast::Expr) -> Option<Operand> {
        let (part, text) = (self.text_operand(part, "POSITION"), self.text_operand(text, "POSITION"));
        let (part, text) = (part?, text?);
        let span = cover(part.span, text.span);
        let kind = ExprKind::Call { function: Function::Position, arguments: vec![part, text] };
        Some(typed(kind, DataType::Integer, span))
    }

    /// `POSITION(part IN text FROM start)`: counted from the start of the text nevertheless.
    fn position_from(&mut self, part: &ast::Expr, text: &ast::Expr, start: &ast::Expr) -> Option<Operand> {
        let before = *self.values;
        let (part, text) = (self.text_operand(part, "POSITION"), self.text_operand(text, "POSITION"));
        let start = self.constant_number(start, "the start of POSITION")?;
        let (part, text) = (part?, text?);
        // Once for the test whether it is there, once for the place.
        self.repeated(before, 2)?;
        let span = cover(part.span, text.span);
        if start == 0 {
            let help = "write 1 or more; the first character is 1".into();
            return self.mismatch(span, "the start of POSITION is below 1".into(), help);
        }
        let integer = |kind| Expr { kind, data_type: DataType::Integer, span };
        let number = |value| integer(ExprKind::Literal(Literal::Integer(value)));
        let data_type = varying(text.data_type);
        let kind = ExprKind::Call { function: Function::Substring, arguments: vec![text, number(start)] };
        let arguments = vec![part, Expr { kind, data_type, span }];
        let found = integer(ExprKind::Call { function: Function::Position, arguments });
        let boxed = |expr: &Expr| Box::new(expr.clone());
        let kind = ExprKind::Compare {
            operator: Comparison::Equal,
            left: boxed(&found),
            right: Box::new(number(0)),
        };
        let missing = Expr { kind, data_type: DataType::Boolean, span };
        let place = integer(ExprKind::Arithmetic {
            operator: Arithmetic::Add,
            left: Box::new(found),
            right: Box::new(number(start - 1)),
        });
        let kind = ExprKind::Case { branches: vec![(missing, number(0))], otherwise: Some(Box::new(place)) };
        Some(typed(kind, DataType::Integer, span))
    }

    /// `CURRENT_ROW_TIMESTAMP`: the time of the row, else of the machine.
    pub(super) fn row_time(&mut self, span: Span) -> Option<Operand> {
        let name = Name { text: "ROWTIME".into(), quoted: false, span };
        match self.here.scope.find(None, &name) {
            Ok(_) => self.named(None, &name),
            Err(_) => Some(super::time::now(span)),
        }
    }

    /// `OVERLAY(text PLACING other FROM start [FOR length])`
    pub(super) fn overlay(
        &mut self,
        text: &ast::Expr,
        other: &ast::Expr,
        start: &ast::Expr,
        length: Option<&ast::Expr>,
    ) -> Option<Operand> {
        let text = self.text_operand(text, "OVERLAY")?;
        let other = self.text_operand(other, "OVERLAY")?;
        let start = self.whole_number(start, 1, "the start of OVERLAY")?;
        let length = match length {
            Some(length) => Some(self.whole_number(length, 0, "the length of OVERLAY")?),
            None => None,
        };
        let arguments: Vec<Expr> = [text, other, start].into_iter().chain(length).collect();
        let span = arguments.iter().map(|argument| argument.span).reduce(cover).unwrap_or(self.span);
        let kind = ExprKind::Call { function: Function::Overlay, arguments };
        Some(typed(kind, DataType::Varchar(None), span))
    }

    /// `text SIMILAR TO pattern`
    pub(super) fn similar(
        &mut self,
        text: &ast::Expr,
        pattern: &ast::Expr,
        escape: Option<&ast::Expr>,
        negated: bool,
    ) -> Option<Operand> {
        let text = self.text_operand(text, "SIMILAR TO");
        let pattern = self.constant_text(pattern, "SIMILAR TO");
        let (text, pattern) = (text?, pattern?);
        let escape = match escape {
            Some(escape) => Some(self.escape_of(escape)?),
            None => None,
        };
        let (character, escape) = escape.unzip();
        if let ExprKind::Literal(Literal::Text(written)) = &pattern.kind
            && let Some(fault) = similar_fault(written, character)
        {
            let message = format!("this pattern of SIMILAR TO cannot be read: {fault}");
            let help =
                "write REGEXP_EXTRACT(x, '^..$', 0) IS NOT NULL, where a backslash escapes a character"
                    .into();
            return self.mismatch(pattern.span, message, help);
        }
        let span = cover(text.span, pattern.span);
        let arguments = [text, pattern].into_iter().chain(escape).collect();
        let kind = ExprKind::Call { function: Function::SimilarTo, arguments };
        let similar = Expr { kind, data_type: DataType::Boolean, span };
        let kind = if negated { ExprKind::Not(Box::new(similar)) } else { similar.kind };
        Some(typed(kind, DataType::Boolean, span))
    }

    /// The character after ESCAPE of a SIMILAR TO.
    fn escape_of(&mut self, escape: &ast::Expr) -> Option<(char, Expr)> {
        let escape = self.constant_text(escape, "ESCAPE")?;
        let ExprKind::Literal(Literal::Text(text)) = &escape.kind else { return None };
        let mut characters = text.chars();
        let character =
            characters.next().filter(|first| characters.next().is_none() && similar::can_escape(*first));
        let Some(character) = character else {
            let message = "ESCAPE of SIMILAR TO takes one character that has no meaning in a pattern";
            return self.mismatch(escape.span, message.into(), "write ESCAPE '!', for example".into());
        };
        Some((character, escape))
    }

    /// The arguments of a plain call. What an aggregate or a window would have after them is refused.
    pub(super) fn arguments<'e>(
        &mut self,
        call: &'e ast::Function,
        span: Span,
        name: &str,
    ) -> Option<Vec<&'e ast::Expr>> {
        let ast::Function {
            name: _,
            uses_odbc_syntax,
            parameters,
            args,
            within_group,
            filter,
            null_treatment,
            over,
        } = call;
        let plain = !uses_odbc_syntax
            && matches!(parameters, ast::FunctionArguments::None)
            && within_group.is_empty()
            && filter.is_none()
            && null_treatment.is_none()
            && over.is_none();
        let list = match args {
            ast::FunctionArguments::None if plain => return Some(Vec::new()),
            ast::FunctionArguments::List(list) if plain => list,
            _ => {
                let help = format!("write {}", form(name));
                return self.refuse(Some(span), &format!("this form of `{name}`"), &help);
            }
        };
        match expressions(list) {
            Some(arguments) if list.duplicate_treatment.is_none() && list.clauses.is_empty() => {
                Some(arguments)
            }
            _ => {
                let help = format!("write {}", form(name));
                self.refuse(Some(span), &format!("this form of `{name}`"), &help)
            }
        }
    }

    fn null_if(&mut self, value: &ast::Expr, unwanted: &ast::Expr, span: Span) -> Option<Operand> {
        let before = *self.values;
        let value = self.typed(value);
        let unwanted = self.typed(unwanted);
        let (value, unwanted) = (value?, unwanted?);
        let span = [value.span, unwanted.span].into_iter().fold(span, cover);
        let operands = vec![Operand::Typed(value.clone()), Operand::Typed(unwanted.clone())];
        if common(&operands).is_err() {
            return self.unify(operands, "NULLIF").map(|_| Operand::Null(span));
        }
        let data_type = value.data_type;
        if matches!(data_type, DataType::Char(_)) {
            self.repeated(before, 2)?;
            let compared = conversion::without_blanks(vec![value.clone(), unwanted]);
            let [left, right] = <[Expr; 2]>::try_from(compared).ok()?.map(Box::new);
            let kind = ExprKind::Compare { operator: Comparison::Equal, left, right };
            let equal = Expr { kind, data_type: DataType::Boolean, span };
            let null = Expr { kind: ExprKind::Literal(Literal::Null), data_type, span };
            let kind = ExprKind::Case { branches: vec![(equal, null)], otherwise: Some(Box::new(value)) };
            return Some(typed(kind, data_type, span));
        }
        Some(typed(
            ExprKind::NullIf { value: Box::new(value), unwanted: Box::new(unwanted) },
            data_type,
            span,
        ))
    }

    pub(super) fn substring(
        &mut self,
        text: &ast::Expr,
        start: Option<&ast::Expr>,
        length: Option<&ast::Expr>,
    ) -> Option<Operand> {
        let text = self.text_operand(text, "SUBSTRING");
        let Some(start) = start else {
            let span = text.map_or(self.span, |text| text.span);
            let message = "SUBSTRING has no start position".into();
            return self.mismatch(span, message, format!("write {}", form("SUBSTRING")));
        };
        let before = *self.values;
        let start = self.whole_number(start, i64::MIN, "the start of SUBSTRING");
        let length = match length {
            Some(length) => self.whole_number(length, 0, "the length of SUBSTRING").map(Some),
            None => Some(None),
        };
        // Both to see where the part begins and ends.
        self.repeated(before, 4)?;
        let (text, start, length) = (text?, start?, length?);
        let mut data_type = varying(text.data_type);
        if let Some(Expr { kind: ExprKind::Literal(Literal::Integer(length)), .. }) = &length
            && let Ok(length) = u32::try_from(*length)
        {
            let most = data_type.text_length().flatten().unwrap_or(length).min(length);
            data_type = DataType::Varchar(Some(most.max(1)));
        }
        let arguments: Vec<Expr> = [text, start].into_iter().chain(length).collect();
        let span = arguments.iter().map(|argument| argument.span).reduce(cover).unwrap_or(self.span);
        Some(typed(ExprKind::Call { function: Function::Substring, arguments }, data_type, span))
    }

    /// A whole number of 32 bits; a constant must not be below `least`.
    pub(super) fn whole_number(&mut self, expr: &ast::Expr, least: i64, what: &str) -> Option<Expr> {
        let number = self.of_family(expr, Family::Number, DataType::Integer, what)?;
        let fits = number.data_type.is_integer() && number.data_type != DataType::BigInt;
        match &number.kind {
            ExprKind::Literal(Literal::Integer(value)) if *value < least => {
                let help = format!("write {least} or more; the first character is 1");
                self.mismatch(number.span, format!("{what} is below {least}"), help)
            }
            _ if fits => Some(Operand::Typed(number).into_type(DataType::Integer)),
            _ => {
                let message = format!("{what} is a whole number, but this is {}", number.data_type);
                self.mismatch(number.span, message, "convert it: CAST(x AS INTEGER)".into())
            }
        }
    }

    pub(super) fn trim(
        &mut self,
        side: Option<ast::TrimWhereField>,
        what: Option<&ast::Expr>,
        text: &ast::Expr,
        more: bool,
    ) -> Option<Operand> {
        let text = self.text_operand(text, "TRIM");
        let what = match what {
            Some(what) => Some(self.text_operand(what, "TRIM")?),
            None => None,
        };
        let text = text?;
        let single = what.as_ref().is_none_or(
            |what| matches!(&what.kind, ExprKind::Literal(Literal::Text(text)) if text.chars().count() == 1),
        );
        if more || !single {
            let span = what.map_or(text.span, |what| what.span);
            return self.mismatch(
                span,
                "TRIM takes one constant character".into(),
                "write TRIM(BOTH '-' FROM x)".into(),
            );
        }
        let side = match side {
            None | Some(ast::TrimWhereField::Both) => Side::Both,
            Some(ast::TrimWhereField::Leading) => Side::Leading,
            Some(ast::TrimWhereField::Trailing) => Side::Trailing,
        };
        let (span, data_type) = (text.span, varying(text.data_type));
        let blank = Expr {
            kind: ExprKind::Literal(Literal::Text(" ".into())),
            data_type: DataType::Varchar(Some(1)),
            span,
        };
        let arguments = vec![text, what.unwrap_or(blank)];
        Some(typed(ExprKind::Call { function: Function::Trim(side), arguments }, data_type, span))
    }
}

/// The names of all functions, in upper case.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    let fixed = SIGNATURES.iter().map(|signature| signature.name);
    let builtins = BUILTINS.iter().chain(TYPED).map(|builtin| builtin.name);
    fixed.chain(FORMS.iter().map(|(form, _)| *form)).chain(builtins).chain(aggregate::NAMES.iter().copied())
}

/// What to write instead of a function that is not there: those of a similar name, and how they are called.
fn unknown(name: &str) -> String {
    let near = suggest::nearest_few(name, names(), 2);
    let form = |name: &&str| match aggregate::NAMES.contains(name) {
        true => aggregate::form(name),
        false => form(name).to_owned(),
    };
    match near.iter().map(form).collect::<Vec<_>>().as_slice() {
        [] => "`pipec explain functions` lists the functions".into(),
        [only] => format!("did you mean {only}?"),
        [first, others @ ..] => format!("did you mean {first}, or {}?", others.join(", ")),
    }
}

/// A text of at most as many characters.
pub(super) fn varying(data_type: DataType) -> DataType {
    DataType::Varchar(data_type.text_length().flatten())
}

fn plural(count: usize) -> &'static str {
    if count == 1 { "" } else { "s" }
}

/// A group of the first match of a regular expression.
pub(super) fn regexp_extract(text: Expr, expression: Expr, group: i64) -> Expr {
    let (span, data_type) = (text.span, varying(text.data_type));
    let group = Expr { kind: ExprKind::Literal(Literal::Integer(group)), data_type: DataType::Integer, span };
    let arguments = vec![text, expression, group];
    Expr { kind: ExprKind::Call { function: Function::RegexpExtract, arguments }, data_type, span }
}

/// The arguments where each is an expression without a name.
pub(super) fn expressions(list: &ast::FunctionArgumentList) -> Option<Vec<&ast::Expr>> {
    let expressions = list.args.iter().map(|argument| match argument {
        ast::FunctionArg::Unnamed(ast::FunctionArgExpr::Expr(expr)) => Some(expr),
        _ => None,
    });
    expressions.collect()
}
