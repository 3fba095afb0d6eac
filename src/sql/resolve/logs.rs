//! The log parsers, which make several columns of one text: `REGEX_LOG_PARSE(..) AS r` gives `r.COLUMN1`, `r.COLUMN2`
//! and so on. Each becomes a column of its own, called `r.COLUMN1`.

use sqlparser::ast;

use super::super::data_type::DataType;
use super::super::expr::{Expr, ExprKind, Function, Literal};
use super::super::name::{Name, bad_name, folded_text};
use super::expr::Resolver;
use super::functions::{regexp_extract, varying};
use super::operand::{Operand, convert, cover};
use super::select::Item;
use super::signatures::form;
use crate::diagnostics::{Code, Diagnostic};
use crate::source::Span;

/// The Apache formats that have a name.
const FORMATS: &[(&str, &str)] = &[
    ("COMMON", "%h %l %u %t \"%r\" %>s %b"),
    ("COMMON WITH VHOST", "%v %h %l %u %t \"%r\" %>s %b"),
    ("NCSA EXTENDED", "%h %l %u %t \"%r\" %>s %b \"%{Referer}i\" \"%{User-agent}i\""),
    ("COMBINED", "%h %l %u %t \"%r\" %>s %b \"%{Referer}i\" \"%{User-agent}i\""),
    ("REFERER", "%{Referer}i -> %U"),
    ("AGENT", "%{User-agent}i"),
];

impl Resolver<'_, '_> {
    /// The columns of a log parser, if an item of SELECT is one.
    pub(super) fn log_columns(&mut self, item: &ast::SelectItem) -> Option<Option<Vec<Item>>> {
        let (expr, alias) = match item {
            ast::SelectItem::ExprWithAlias { expr, alias } => (expr, Some(alias)),
            ast::SelectItem::UnnamedExpr(expr) => (expr, None),
            _ => return None,
        };
        let ast::Expr::Function(call) = expr else { return None };
        let function = call.name.to_string().to_uppercase();
        if !["REGEX_LOG_PARSE", "VARIABLE_COLUMN_LOG_PARSE", "W3C_LOG_PARSE"].contains(&function.as_str()) {
            return None;
        }
        let [ast::ObjectNamePart::Identifier(ident)] = call.name.0.as_slice() else { return None };
        let name = self.name(ident).upper();
        Some(match alias {
            Some(alias) => self.new_name(alias).and_then(|alias| self.log_parser(call, &name, &alias)),
            None => {
                let help = format!("write {}", form(&function));
                self.refuse(Some(name.span), &format!("`{function}` without a name"), &help)
            }
        })
    }

    fn log_parser(&mut self, call: &ast::Function, name: &Name, alias: &Name) -> Option<Vec<Item>> {
        let arguments = self.arguments(call, name.span, &name.text)?;
        let columns = match (name.text.as_str(), arguments.as_slice()) {
            ("REGEX_LOG_PARSE", [text, expression]) => self.regex_columns(text, expression, None, name),
            ("REGEX_LOG_PARSE", [text, expression, columns]) => {
                self.regex_columns(text, expression, Some(columns), name)
            }
            ("VARIABLE_COLUMN_LOG_PARSE", [text, columns, separator]) => {
                self.separated_columns(text, columns, separator, name)
            }
            ("VARIABLE_COLUMN_LOG_PARSE", [_, _, _, ..]) => {
                let help = "remove them: REGEX_LOG_PARSE reads strings with quotes";
                self.refuse(
                    Some(name.span),
                    "an escape or quote character of `VARIABLE_COLUMN_LOG_PARSE`",
                    help,
                )
            }
            ("W3C_LOG_PARSE", [text, format]) => self.apache_columns(text, format, name),
            _ => {
                let message = format!("`{}` does not take {} arguments", name.text, arguments.len());
                self.mismatch(name.span, message, format!("write {}", form(&name.text)))
            }
        }?;
        let item = |(column, value): (String, Expr)| Item {
            name: Some(Name { text: format!("{}.{column}", alias.text), quoted: true, span: alias.span }),
            value: Operand::Typed(value),
        };
        Some(columns.into_iter().map(item).collect())
    }

    fn regex_columns(
        &mut self,
        text: &ast::Expr,
        expression: &ast::Expr,
        columns: Option<&ast::Expr>,
        name: &Name,
    ) -> Option<Vec<(String, Expr)>> {
        let before = *self.values;
        let text = self.text_operand(text, &name.text);
        let expression = self.expression(expression, &name.text);
        let (text, (expression, count)) = (text?, expression?);
        self.repeated(before, count)?;
        if count == 0 {
            let help = "put parentheses around each part that becomes a column: '([0-9]+) (.*)'".into();
            return self.mismatch(expression.span, "this regular expression has no groups".into(), help);
        }
        let columns = match columns {
            Some(columns) => self.column_list(columns, name)?,
            None => (1..=count).map(|at| (format!("COLUMN{at}"), DataType::Varchar(Some(1024)))).collect(),
        };
        if columns.len() != count {
            let message = format!("this expression has {count} groups for {} columns", columns.len());
            return self.mismatch(expression.span, message, "write one group for each column".into());
        }
        Some(self.extracted(&text, &expression, columns))
    }

    /// One column for each group.
    fn extracted(
        &self,
        text: &Expr,
        expression: &Expr,
        columns: Vec<(String, DataType)>,
    ) -> Vec<(String, Expr)> {
        let mut group = 0;
        let mut extract = |(name, data_type): (String, DataType)| {
            group += 1;
            let part = regexp_extract(text.clone(), expression.clone(), group);
            (name, converted(part, data_type))
        };
        columns.into_iter().map(&mut extract).collect()
    }

    fn separated_columns(
        &mut self,
        text: &ast::Expr,
        columns: &ast::Expr,
        separator: &ast::Expr,
        name: &Name,
    ) -> Option<Vec<(String, Expr)>> {
        let before = *self.values;
        let text = self.text_operand(text, &name.text);
        let separator = self.constant_text(separator, &name.text);
        let (text, separator) = (text?, separator?);
        let once = *self.values - before;
        let columns = self.column_list(columns, name)?;
        self.count(once.saturating_mul(columns.len()))?;
        let mut index = -1;
        let mut split = |(column, data_type): (String, DataType)| {
            index += 1;
            let span = text.span;
            let kind = ExprKind::Literal(Literal::Integer(index));
            let index = Expr { kind, data_type: DataType::Integer, span };
            let arguments = vec![text.clone(), separator.clone(), index];
            let kind = ExprKind::Call { function: Function::SplitIndex, arguments };
            let part = Expr { kind, data_type: varying(text.data_type), span };
            (column, converted(part, data_type))
        };
        Some(columns.into_iter().map(&mut split).collect())
    }

    fn apache_columns(
        &mut self,
        text: &ast::Expr,
        format: &ast::Expr,
        name: &Name,
    ) -> Option<Vec<(String, Expr)>> {
        let before = *self.values;
        let text = self.text_operand(text, &name.text);
        let format = self.constant_text(format, &name.text);
        let (text, format) = (text?, format?);
        let ExprKind::Literal(Literal::Text(written)) = &format.kind else { return None };
        let named = FORMATS.iter().find(|(known, _)| known.eq_ignore_ascii_case(written.trim()));
        let (expression, count) = apache(named.map_or(written.as_str(), |(_, format)| format));
        if count == 0 {
            let help = "write 'COMMON', 'COMBINED', or a format such as '%h %t \"%r\" %>s'".into();
            return self.mismatch(format.span, "this format has no fields".into(), help);
        }
        self.count_text(&expression)?;
        self.repeated(before, count)?;
        let length = u32::try_from(expression.chars().count()).ok();
        let kind = ExprKind::Literal(Literal::Text(expression));
        let expression = Expr { kind, data_type: DataType::Varchar(length), span: format.span };
        let columns = (1..=count).map(|at| (format!("COLUMN{at}"), DataType::Varchar(Some(1024)))).collect();
        Some(self.extracted(&text, &expression, columns))
    }

    /// `'first VARCHAR(16), age INTEGER'`, or `'first TYPE VARCHAR(16), age TYPE INTEGER'`.
    fn column_list(&mut self, columns: &ast::Expr, name: &Name) -> Option<Vec<(String, DataType)>> {
        let list = self.constant_text(columns, &name.text)?;
        let ExprKind::Literal(Literal::Text(text)) = &list.kind else { return None };
        let mut columns = Vec::new();
        for column in split_columns(text) {
            let (name, data_type) =
                column.trim().split_once(char::is_whitespace).unwrap_or((column.trim(), ""));
            let name = match name.strip_prefix('"').and_then(|name| name.strip_suffix('"')) {
                Some(quoted) => quoted.to_owned(),
                None => folded_text(name, false, self.text),
            };
            if let Some((message, help)) = bad_name(&name) {
                return self.fault(Diagnostic::error(Code::SqlSyntax, list.span, message, help));
            }
            let data_type = described(data_type);
            match data_type.trim().parse::<DataType>() {
                Ok(data_type) => columns.push((name, data_type)),
                Err(error) => return self.mismatch(list.span, error.message, error.help),
            }
        }
        Some(columns)
    }
}

/// The type in `TYPE VARCHAR(8) NOT NULL`, the old dialect's form, and in `VARCHAR(8)`.
fn described(text: &str) -> &str {
    let mut rest = text.trim();
    let first = rest.split_whitespace().next().unwrap_or_default();
    if first.eq_ignore_ascii_case("TYPE") {
        rest = rest[first.len()..].trim();
    }
    // A field that is missing is NULL, as everywhere.
    let upper = rest.to_ascii_uppercase();
    let words: Vec<&str> = upper.split_whitespace().collect();
    if let [.., "NOT", "NULL"] = words.as_slice() {
        rest = rest[..upper.rfind("NOT").unwrap_or(rest.len())].trim();
    }
    if rest.is_empty() { "VARCHAR(1024)" } else { rest }
}

/// A text as a column's type; NULL where it does not convert.
fn converted(part: Expr, data_type: DataType) -> Expr {
    if part.data_type == data_type {
        return part;
    }
    let span: Span = part.span;
    match data_type {
        // A length is cut by a cast, also where the text is known to be longer.
        DataType::Varchar(_) | DataType::Char(_) => convert(part, data_type),
        _ => Expr {
            kind: ExprKind::Cast { operand: Box::new(part), written: true },
            data_type,
            span: cover(span, span),
        },
    }
}

/// The parts between commas that are not in parentheses.
fn split_columns(text: &str) -> Vec<&str> {
    let mut depth = 0_usize;
    text.split(|character| {
        match character {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        character == ',' && depth == 0
    })
    .collect()
}

/// A format of Apache's logs as a regular expression, and the number of its groups. A field in double quotes goes up to
/// the closing one, the time is in brackets, every other field ends at a space.
fn apache(format: &str) -> (String, usize) {
    let mut expression = String::from("^");
    let mut count = 0;
    let mut rest = format;
    while let Some(character) = rest.chars().next() {
        let field = rest.strip_prefix('%').and_then(|field| {
            let field = field.trim_start_matches(['>', '<']);
            let behind = match field.strip_prefix('{') {
                Some(name) => name.split_once('}')?.1,
                None => field,
            };
            let letter = behind.chars().next().filter(char::is_ascii_alphabetic)?;
            Some((letter, &behind[1..]))
        });
        match field {
            Some((letter, behind)) => {
                let quoted = expression.ends_with('"') && behind.starts_with('"');
                expression.push_str(match letter {
                    _ if quoted => "([^\"]*)",
                    't' => r"(\[[^\]]*\])",
                    _ => r"(\S+)",
                });
                count += 1;
                rest = behind;
            }
            None => {
                if r"\.+*?()[]{}|^$".contains(character) {
                    expression.push('\\');
                }
                expression.push(character);
                rest = &rest[character.len_utf8()..];
            }
        }
    }
    (expression, count)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_become_expressions() {
        let (expression, count) = apache("%h %t \"%r\" %>s \"%{Referer}i\"");
        assert_eq!(expression, r#"^(\S+) (\[[^\]]*\]) "([^"]*)" (\S+) "([^"]*)""#);
        assert_eq!(count, 5);
        assert_eq!(apache("100% a."), (r"^100% a\.".into(), 0));
    }
}
