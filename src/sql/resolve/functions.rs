//! Functions: UPPER, LOWER, TRIM, CHAR_LENGTH, SUBSTRING, MOD, and the forms COALESCE and NULLIF.

use sqlparser::ast;

use super::super::data_type::{DataType, Family};
use super::super::expr::{Expr, ExprKind, Function, Literal, Side};
use super::super::refuse::{function as refused_function, refusal};
use super::expr::{Resolver, typed};
use super::operand::{Operand, common, cover};
use super::operators::common_text;
use crate::diagnostics::{Code, Diagnostic, suggest};
use crate::source::Span;

const NAMES: &[&str] = &[
    "UPPER",
    "LOWER",
    "TRIM",
    "CHAR_LENGTH",
    "CHARACTER_LENGTH",
    "SUBSTRING",
    "MOD",
    "COALESCE",
    "NULLIF",
    "CAST",
];

impl Resolver<'_, '_> {
    pub(super) fn function(&mut self, call: &ast::Function) -> Option<Operand> {
        let Some([ast::ObjectNamePart::Identifier(ident)]) =
            call.name.0.get(..).filter(|parts| parts.len() == 1)
        else {
            let help = "write the function's name alone";
            return self.refuse(None, "a function of a schema", help);
        };
        let name = self.name(ident);
        if let Some(help) = refused_function(&name.text) {
            return self.fault(refusal(name.span, &format!("`{}`", name.text), help));
        }
        if !NAMES.contains(&name.text.as_str()) {
            let help = suggest::instead(&name.text, NAMES.iter().copied());
            let message = format!("`{}` is not a function that is known here", name.text);
            return self.fault(Diagnostic::error(Code::UnknownFunction, name.span, message, help));
        }
        let arguments = self.arguments(call, name.span, &name.text)?;
        match (name.text.as_str(), arguments.as_slice()) {
            ("UPPER", [text]) => self.text_function(Function::Upper, text, name.span),
            ("LOWER", [text]) => self.text_function(Function::Lower, text, name.span),
            ("CHAR_LENGTH" | "CHARACTER_LENGTH", [text]) => {
                let text = self.text_operand(text, &name.text)?;
                let span = cover(name.span, text.span);
                let kind = ExprKind::Call { function: Function::CharLength, arguments: vec![text] };
                Some(typed(kind, DataType::Integer, span))
            }
            ("SUBSTRING", [text, start]) => self.substring(text, Some(start), None),
            ("SUBSTRING", [text, start, length]) => self.substring(text, Some(start), Some(length)),
            ("TRIM", [text]) => self.trim(None, None, text, false),
            ("MOD", [left, right]) => self.binary(left, &ast::BinaryOperator::Modulo, right),
            ("COALESCE", [_, ..]) => {
                let operands = self.operands(arguments.iter().copied())?;
                let values = self.unify(operands, "COALESCE")?;
                let data_type = common_text(&values)?;
                let span = values.iter().map(|value| value.span).fold(name.span, cover);
                Some(typed(ExprKind::Coalesce(values), data_type, span))
            }
            ("NULLIF", [value, unwanted]) => self.null_if(value, unwanted, name.span),
            (function, given) => {
                let (form, count) = (form(function), given.len());
                let message = format!("`{function}` does not take {count} argument{}", plural(count));
                self.mismatch(name.span, message, format!("write {form}"))
            }
        }
    }

    /// The arguments of a plain call. What an aggregate or a window would have behind them is refused.
    fn arguments<'e>(
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
            ast::FunctionArguments::List(list) if plain => list,
            _ => {
                let help = format!("write {}", form(name));
                return self.refuse(Some(span), &format!("this form of `{name}`"), &help);
            }
        };
        let arguments: Option<Vec<&ast::Expr>> = list
            .args
            .iter()
            .map(|argument| match argument {
                ast::FunctionArg::Unnamed(ast::FunctionArgExpr::Expr(expr)) => Some(expr),
                _ => None,
            })
            .collect();
        match arguments {
            Some(arguments) if list.duplicate_treatment.is_none() && list.clauses.is_empty() => {
                Some(arguments)
            }
            _ => {
                let help = format!("write {}", form(name));
                self.refuse(Some(span), &format!("this form of `{name}`"), &help)
            }
        }
    }

    fn text_function(&mut self, function: Function, text: &ast::Expr, span: Span) -> Option<Operand> {
        let user = if function == Function::Upper { "UPPER" } else { "LOWER" };
        let text = self.text_operand(text, user)?;
        let (span, data_type) = (cover(span, text.span), varying(text.data_type));
        Some(typed(ExprKind::Call { function, arguments: vec![text] }, data_type, span))
    }

    fn null_if(&mut self, value: &ast::Expr, unwanted: &ast::Expr, span: Span) -> Option<Operand> {
        let value = self.typed(value);
        let unwanted = self.typed(unwanted);
        let (value, unwanted) = (value?, unwanted?);
        let span = [value.span, unwanted.span].into_iter().fold(span, cover);
        let operands = vec![Operand::Typed(value.clone()), Operand::Typed(unwanted.clone())];
        if common(&operands).is_err() {
            return self.unify(operands, "NULLIF").map(|_| Operand::Null(span));
        }
        let data_type = value.data_type;
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
            let message = "SUBSTRING does not say where to start".into();
            return self.mismatch(span, message, format!("write {}", form("SUBSTRING")));
        };
        let start = self.whole_number(start, 1, "the start of SUBSTRING");
        let length = match length {
            Some(length) => self.whole_number(length, 0, "the length of SUBSTRING").map(Some),
            None => Some(None),
        };
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
    fn whole_number(&mut self, expr: &ast::Expr, least: i64, what: &str) -> Option<Expr> {
        let number = self.of_family(expr, Family::Number, DataType::Integer, what)?;
        let fits = number.data_type.is_integer() && number.data_type != DataType::BigInt;
        match &number.kind {
            ExprKind::Literal(Literal::Integer(value)) if *value < least => {
                let help = format!("write {least} or more; the first character is 1");
                self.mismatch(number.span, format!("{what} is below {least}"), help)
            }
            _ if fits => Some(Operand::Typed(number).into_type(DataType::Integer)),
            _ => {
                let message = format!("{what} is a whole number, this is {}", number.data_type);
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

/// A text of at most as many characters.
fn varying(data_type: DataType) -> DataType {
    DataType::Varchar(data_type.text_length().flatten())
}

fn plural(count: usize) -> &'static str {
    if count == 1 { "" } else { "s" }
}

/// How a function is called.
fn form(name: &str) -> &'static str {
    match name {
        "UPPER" => "UPPER(x)",
        "LOWER" => "LOWER(x)",
        "CHAR_LENGTH" | "CHARACTER_LENGTH" => "CHAR_LENGTH(x)",
        "SUBSTRING" => "SUBSTRING(x FROM 1 FOR 3)",
        "MOD" => "MOD(a, b)",
        "COALESCE" => "COALESCE(a, b)",
        "NULLIF" => "NULLIF(a, b)",
        "TRIM" => "TRIM(x)",
        _ => "CAST(x AS INTEGER)",
    }
}
