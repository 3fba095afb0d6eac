//! From the syntax tree of an expression to a typed one. Every fault is reported where it is; the operands next to it
//! are looked at nevertheless.

use sqlparser::ast;

use super::super::data_type::{DataType, Family};
use super::super::expr::{Expr, ExprKind, Literal, WindowBound};
use super::super::name::{Name, bad_name, folded_text};
use super::super::print::TIME_TEXT_COPIES;
use super::super::query::Meaning;
use super::super::refuse::refusal;
use super::super::scan::Text;
use super::conversion;
use super::operand::{Mismatch, Operand, common, convert, cover};
use super::scope::{ARRIVAL_TIME, Named};
use super::select::Here;
use super::streams::Streams;
use super::truth::Truth;
use crate::diagnostics::{Code, Diagnostic};
use crate::source::Span;

/// Deeper than any person writes, and shallow enough for the smallest stack.
const MAX_DEPTH: usize = 64;
/// More faults of one query than anyone reads.
const MAX_FAULTS: usize = 100;
/// Values of the generated SQL, all statements together. One that is written out several times counts as often, so
/// that what doubles with each level ends here. A text of the largest size that repeats nothing has a quarter of them.
const MAX_VALUES: usize = 200_000;
/// Bytes of a text that count as one value.
const BYTES_OF_A_VALUE: usize = 16;

/// Resolves the expressions of one SELECT.
pub(super) struct Resolver<'a, 'd> {
    pub(super) text: &'a Text<'a>,
    pub(super) streams: &'d mut Streams,
    /// The SELECT that is read.
    pub(super) here: Here,
    /// The SELECT, for what has no place of its own.
    pub(super) span: Span,
    pub(super) diagnostics: &'d mut Vec<Diagnostic>,
    /// Whether a clause of this statement was refused, so that nothing of it needs to be refused again.
    pub(super) refused: bool,
    pub(super) depth: usize,
    /// How many faults were reported.
    pub(super) faults: usize,
    /// How many values the statements have so far, as [`MAX_VALUES`] counts them.
    pub(super) values: &'d mut usize,
}

impl Resolver<'_, '_> {
    /// Reports a fault. `None` is "reported".
    pub(super) fn fault<T>(&mut self, fault: Diagnostic) -> Option<T> {
        self.faults += 1;
        self.diagnostics.push(fault);
        None
    }

    /// Refuses what the tokens did not betray.
    pub(super) fn refuse<T>(&mut self, span: Option<Span>, what: &str, help: &str) -> Option<T> {
        if !self.refused {
            self.diagnostics.push(refusal(span.unwrap_or(self.span), what, help));
        }
        None
    }

    /// Warns of what is close to the result of Kinesis Data Analytics, and not the same.
    pub(super) fn approximate(&mut self, span: Span, message: &str, help: &str) {
        self.diagnostics.push(Diagnostic::warning(Code::ApproximateSql, span, message, help));
    }

    pub(super) fn mismatch<T>(&mut self, span: Span, message: String, help: String) -> Option<T> {
        self.fault(Diagnostic::error(Code::TypeMismatch, span, message, help))
    }

    pub(super) fn name(&self, ident: &ast::Ident) -> Name {
        let quoted = ident.quote_style.is_some();
        Name {
            text: folded_text(&ident.value, quoted, self.text),
            quoted,
            span: self.text.locate(ident.span).unwrap_or(self.span),
        }
    }

    /// A name that something gets here, which is held to what names may be: it is in the generated SQL.
    pub(super) fn new_name(&mut self, ident: &ast::Ident) -> Option<Name> {
        let name = self.name(ident);
        match bad_name(&name.text) {
            None => Some(name),
            Some((message, help)) => self.fault(Diagnostic::error(Code::SqlSyntax, name.span, message, help)),
        }
    }

    /// An expression whose type its neighbours may decide.
    pub(super) fn operand(&mut self, expr: &ast::Expr) -> Option<Operand> {
        if self.faults >= MAX_FAULTS {
            return None;
        }
        self.count(1)?;
        self.depth += 1;
        let resolved = if self.depth > MAX_DEPTH {
            let help = "remove parentheses, or split the query with an intermediate stream";
            self.fault(Diagnostic::error(
                Code::UnsupportedSql,
                self.span,
                "this query is nested too deeply",
                help,
            ))
        } else {
            self.operand_here(expr)
        };
        self.depth -= 1;
        resolved
    }

    /// Counts values before they are made. Too many are reported once.
    pub(super) fn count(&mut self, more: usize) -> Option<()> {
        let before = *self.values;
        *self.values = before.saturating_add(more);
        match *self.values {
            0..=MAX_VALUES => Some(()),
            _ if before > MAX_VALUES => None,
            _ => {
                let message = "this SQL repeats the same expressions too often";
                let help = "put the operands of CASE, of functions or of keys into a SELECT in FROM";
                self.fault(Diagnostic::error(Code::UnsupportedSql, self.span, message, help))
            }
        }
    }

    /// Counts a text by its size.
    pub(super) fn count_text(&mut self, text: &str) -> Option<()> {
        self.count(text.len() / BYTES_OF_A_VALUE)
    }

    /// Counts what has been resolved since there were `before` values for the other times that it is written out.
    pub(super) fn repeated(&mut self, before: usize, times: usize) -> Option<()> {
        let once = self.values.saturating_sub(before);
        self.count(once.saturating_mul(times.saturating_sub(1)))
    }

    fn operand_here(&mut self, expr: &ast::Expr) -> Option<Operand> {
        match expr {
            ast::Expr::Nested(inner) => self.operand(inner),
            ast::Expr::Identifier(ident) => self.column(None, ident),
            ast::Expr::CompoundIdentifier(parts) => match parts.as_slice() {
                [qualifier, column] => self.column(Some(qualifier), column),
                [qualifier, record, column] => self.field_of_record(Some(qualifier), record, column),
                _ => self.refuse(
                    parts.first().and_then(|part| self.text.locate(part.span)),
                    "a name of more than three parts",
                    "write \"stream\".\"column\", or the column alone",
                ),
            },
            ast::Expr::Value(value) => self.value(value),
            ast::Expr::TypedString(typed) => self.typed_string(typed),
            ast::Expr::BinaryOp { left, op, right } => self.binary(left, op, right),
            ast::Expr::UnaryOp { op, expr } => self.unary(*op, expr),
            ast::Expr::IsNull(operand) => self.is_null(operand, false),
            ast::Expr::IsNotNull(operand) => self.is_null(operand, true),
            ast::Expr::InList { expr, list, negated } => self.in_list(expr, list, *negated),
            ast::Expr::Between { expr, negated, low, high } => self.between(expr, low, high, *negated),
            ast::Expr::Like { negated, any: false, expr, pattern, escape_char } => {
                self.like(expr, pattern, escape_char.as_deref(), *negated)
            }
            ast::Expr::Case { case_token, end_token, operand, conditions, else_result } => {
                let span = self.text.locate(case_token.0.span).zip(self.text.locate(end_token.0.span));
                let span = span.map_or(self.span, |(first, last)| cover(first, last));
                self.case(span, operand.as_deref(), conditions, else_result.as_deref())
            }
            ast::Expr::Cast {
                kind: ast::CastKind::Cast | ast::CastKind::TryCast,
                expr,
                data_type,
                format: None,
            } => self.cast(expr, data_type),
            ast::Expr::Function(function) => self.function(function),
            ast::Expr::Floor { expr, field } => self.floor(expr, field, false),
            ast::Expr::Ceil { expr, field } => self.floor(expr, field, true),
            ast::Expr::Extract { field, syntax: ast::ExtractSyntax::From, expr } => self.extract(field, expr),
            ast::Expr::Position { expr, r#in } => self.position(expr, r#in),
            ast::Expr::Overlay { expr, overlay_what, overlay_from, overlay_for } => {
                self.overlay(expr, overlay_what, overlay_from, overlay_for.as_deref())
            }
            ast::Expr::SimilarTo { negated, expr, pattern, escape_char } => {
                self.similar(expr, pattern, escape_char.as_deref(), *negated)
            }
            ast::Expr::IsTrue(operand) => self.is_truth(operand, Truth { of: true, is: true }),
            ast::Expr::IsNotTrue(operand) => self.is_truth(operand, Truth { of: true, is: false }),
            ast::Expr::IsFalse(operand) => self.is_truth(operand, Truth { of: false, is: true }),
            ast::Expr::IsNotFalse(operand) => self.is_truth(operand, Truth { of: false, is: false }),
            ast::Expr::IsUnknown(operand) => self.is_unknown(operand, false),
            ast::Expr::IsNotUnknown(operand) => self.is_unknown(operand, true),
            ast::Expr::IsDistinctFrom(left, right) => self.distinct_from(left, right, true),
            ast::Expr::IsNotDistinctFrom(left, right) => self.distinct_from(left, right, false),
            ast::Expr::Substring { expr, substring_from, substring_for, .. } => {
                self.substring(expr, substring_from.as_deref(), substring_for.as_deref())
            }
            ast::Expr::Trim { trim_where, trim_what, expr, trim_characters } => {
                self.trim(*trim_where, trim_what.as_deref(), expr, trim_characters.is_some())
            }
            other => self.other(other),
        }
    }

    /// What the parser knows and nobody translates.
    fn other(&mut self, expr: &ast::Expr) -> Option<Operand> {
        use sqlparser::ast::Spanned;
        let (what, help) = match expr {
            ast::Expr::ILike { .. } => ("`ILIKE`", "write UPPER(x) LIKE 'PATTERN'"),
            ast::Expr::RLike { .. } => ("`RLIKE`", "write LIKE, or several of them with OR"),
            ast::Expr::Cast { kind: ast::CastKind::DoubleColon, .. } => (
                "the conversion `::`",
                "write CAST(x AS INTEGER): a value that cannot be converted becomes NULL",
            ),
            ast::Expr::Cast { .. } => {
                ("this kind of cast", "write CAST(x AS type): a value that cannot be converted becomes NULL")
            }
            ast::Expr::CompoundFieldAccess { .. } => (
                "access to an array element",
                "declare a column for the element, with a path such as $.items[0:].price, or write JSON_VALUE(x, '$[0]')",
            ),
            ast::Expr::AtTimeZone { .. } => {
                ("`AT TIME ZONE`", "times are in UTC: convert them in the program that reads the output")
            }
            ast::Expr::Interval(_) => ("`INTERVAL` here", "add it to a time: x + INTERVAL '1' MINUTE"),
            ast::Expr::Subquery(_) | ast::Expr::InSubquery { .. } | ast::Expr::Exists { .. } => (
                "a SELECT in an expression",
                "join the streams within time bounds; for the values of a small file, declare it in analytics.reference_tables",
            ),
            ast::Expr::Collate { .. } => {
                ("`COLLATE`", "strings are compared byte by byte; to ignore case, write UPPER(x)")
            }
            ast::Expr::Tuple(_) => ("a list of values", "write one value for each column"),
            ast::Expr::Array(_) | ast::Expr::Map(_) | ast::Expr::Struct { .. } => {
                ("a nested value", "write one value for each column; names are in double quotes")
            }
            _ => ("this expression", "write it with operators, CASE, CAST, COALESCE and string functions"),
        };
        // The library's own search for a place goes down the whole tree, which is no deeper than we came.
        let span = self.text.locate(expr.span());
        self.refuse(span, what, help)
    }

    fn column(&mut self, qualifier: Option<&ast::Ident>, column: &ast::Ident) -> Option<Operand> {
        let record = qualifier.map(|ident| self.name(ident));
        if let Some(record) = record.filter(|record| self.here.scope.relation(record).is_err())
            && let Some(ident) = qualifier
            && self.here.scope.has_record(&record)
        {
            return self.field_of_record(None, ident, column);
        }
        let qualifier = qualifier.map(|ident| self.name(ident));
        let name = self.name(column);
        if !name.quoted && qualifier.is_none() {
            let known = self.here.scope.find(None, &name).is_ok() || self.here.aliases.has(&name);
            let upper = name.text.to_uppercase();
            if !known && upper == "CURRENT_ROW_TIMESTAMP" {
                return self.row_time(name.span);
            }
            if let Some(help) = super::super::refuse::function(&upper).filter(|_| !known) {
                return self.fault(refusal(name.span, &format!("`{upper}`"), help));
            }
        }
        self.named(qualifier.as_ref(), &name)
    }

    /// `t.r."COLUMN1"`: a column of what a log parser made.
    fn field_of_record(
        &mut self,
        qualifier: Option<&ast::Ident>,
        record: &ast::Ident,
        column: &ast::Ident,
    ) -> Option<Operand> {
        let qualifier = qualifier.map(|ident| self.name(ident));
        let (record, column) = (self.name(record), self.name(column));
        let text = format!("{}.{}", record.text, column.text);
        let quoted = record.quoted && column.quoted;
        let name = Name { text, quoted, span: cover(record.span, column.span) };
        self.named(qualifier.as_ref(), &name)
    }

    pub(super) fn named(&mut self, qualifier: Option<&Name>, name: &Name) -> Option<Operand> {
        let span = qualifier.map_or(name.span, |qualifier| cover(qualifier.span, name.span));
        match self.here.scope.find(qualifier, name) {
            // As ROWTIME itself, where a SELECT within FROM handed it on by its name.
            Ok(Named::Column(_, found))
                if found.meaning == Meaning::Rowtime && found.name == "ROWTIME" && self.is_group_item() =>
            {
                Some(typed(ExprKind::Window(WindowBound::End), DataType::Timestamp, span))
            }
            Ok(Named::Column(column, found)) => {
                let found = typed(ExprKind::Column(column), found.data_type, span);
                self.count(self.here.scope.relations[column.relation].values)?;
                Some(found)
            }
            // The row of a group comes when its window ends.
            Ok(Named::Rowtime(_)) if self.is_group_item() => {
                Some(typed(ExprKind::Window(WindowBound::End), DataType::Timestamp, span))
            }
            Ok(Named::Rowtime(relations)) => {
                if name.is_word(ARRIVAL_TIME) {
                    self.arrival_time(span);
                }
                self.latest(&relations, span).map(Operand::Typed)
            }
            Ok(Named::Window(bound)) => Some(typed(ExprKind::Window(bound), DataType::Timestamp, span)),
            Err(fault)
                if qualifier.is_none()
                    && (fault.code == Code::UnknownColumn || self.here.aliases.has(name)) =>
            {
                self.named_value(name, fault)
            }
            // That the window is missing is one fault, however often its columns are named.
            Err(fault) if fault.code == Code::MissingWindow => {
                let is_first = !std::mem::replace(&mut self.here.lacks_window, true);
                if is_first { self.fault(fault) } else { None }
            }
            Err(fault) => self.fault(fault),
        }
    }

    /// Says once in a query that the time of arrival is not Kinesis' own.
    fn arrival_time(&mut self, span: Span) {
        let message = "APPROXIMATE_ARRIVAL_TIME is ROWTIME here: the time when the record was read, shortly after it arrived";
        if !self.diagnostics.iter().any(|known| known.message == message) {
            let help = "no action is needed while the pipeline keeps up; for the time of the event itself, have the sender write it into the record";
            self.approximate(span, message, help);
        }
    }

    /// An expression with a type of its own.
    pub(super) fn typed(&mut self, expr: &ast::Expr) -> Option<Expr> {
        match self.operand(expr)? {
            Operand::Typed(expr) => Some(expr),
            Operand::Null(span) => self.mismatch(
                span,
                "this NULL has no type".into(),
                "write a type: CAST(NULL AS VARCHAR(16)), for example".into(),
            ),
        }
    }

    /// An expression of a family of types; NULL becomes one of `otherwise`.
    pub(super) fn of_family(
        &mut self,
        expr: &ast::Expr,
        family: Family,
        otherwise: DataType,
        user: &str,
    ) -> Option<Expr> {
        let operand = self.operand(expr)?;
        self.in_family(operand, family, otherwise, user)
    }

    /// The same of an operand that has been read.
    pub(super) fn in_family(
        &mut self,
        operand: Operand,
        family: Family,
        otherwise: DataType,
        user: &str,
    ) -> Option<Expr> {
        let operand = match operand {
            Operand::Typed(operand) if family == Family::Time => Operand::Typed(self.as_event_time(operand)),
            operand => operand,
        };
        match operand.data_type() {
            Some(data_type) if data_type.family() != family => {
                let (needs, help) = wanted(family, data_type);
                self.mismatch(operand.span(), format!("{user} takes {needs}, but this is {data_type}"), help)
            }
            Some(data_type) => Some(operand.into_type(data_type)),
            None => Some(operand.into_type(otherwise)),
        }
    }

    /// What can be true.
    pub(super) fn condition(&mut self, expr: &ast::Expr, user: &str) -> Option<Expr> {
        self.of_family(expr, Family::Boolean, DataType::Boolean, user)
    }

    /// Text.
    pub(super) fn text_operand(&mut self, expr: &ast::Expr, user: &str) -> Option<Expr> {
        self.of_family(expr, Family::Text, DataType::Varchar(Some(1)), user)
    }

    /// All operands as their common type.
    pub(super) fn unify(&mut self, operands: Vec<Operand>, user: &str) -> Option<Vec<Expr>> {
        match common(&operands) {
            Ok(target) => Some(operands.into_iter().map(|operand| operand.into_type(target)).collect()),
            Err(mismatch) => {
                let span = operands.iter().map(Operand::span).reduce(cover).unwrap_or(self.span);
                self.not_common(&mismatch, &operands, span, user)
            }
        }
    }

    /// Operands of a comparison as their common type.
    pub(super) fn comparable(&mut self, operands: Vec<Operand>, user: &str) -> Option<Vec<Expr>> {
        self.unify(operands, user).map(conversion::without_blanks)
    }

    fn not_common<T>(
        &mut self,
        mismatch: &Mismatch,
        operands: &[Operand],
        span: Span,
        user: &str,
    ) -> Option<T> {
        match mismatch {
            Mismatch::OnlyNull => self.mismatch(
                span,
                format!("{user} has only NULL operands, so it has no type"),
                "write a type for one of them: CAST(NULL AS VARCHAR(16)), for example".into(),
            ),
            Mismatch::Types(a, b) => {
                let help = advice(operands, *a, *b);
                self.mismatch(span, format!("{user} cannot combine {a} and {b}"), help)
            }
        }
    }

    /// Operands that are to be compared with the first.
    pub(super) fn operands<'e>(
        &mut self,
        expressions: impl IntoIterator<Item = &'e ast::Expr>,
    ) -> Option<Vec<Operand>> {
        let resolved: Vec<Option<Operand>> = expressions.into_iter().map(|expr| self.operand(expr)).collect();
        resolved.into_iter().collect()
    }

    /// Whether the dialect rounds a number that becomes a whole one.
    pub(super) fn rounds(&self, number: &Expr, target: DataType) -> bool {
        !self.text.is_plain && conversion::rounds(number, target)
    }

    fn cast(&mut self, expr: &ast::Expr, data_type: &ast::DataType) -> Option<Operand> {
        let before = *self.values;
        let operand = self.operand(expr);
        let target: DataType = match data_type.to_string().parse() {
            Ok(target) => target,
            Err(error) => {
                let error: super::super::data_type::TypeError = error;
                let span = operand.as_ref().map_or(self.span, Operand::span);
                return self.mismatch(span, error.message, error.help);
            }
        };
        let operand = match operand? {
            Operand::Null(span) => return Some(typed(ExprKind::Literal(Literal::Null), target, span)),
            Operand::Typed(operand) => operand,
        };
        if operand.data_type == target {
            return Some(Operand::Typed(operand));
        }
        if let Some(help) = no_cast(operand.data_type, target) {
            let message = format!("{} cannot be converted to {target}", operand.data_type);
            return self.mismatch(operand.span, message, help.into());
        }
        if operand.data_type.family() == Family::Text && target == DataType::Timestamp {
            self.repeated(before, TIME_TEXT_COPIES)?;
        }
        let span = operand.span;
        if !self.text.is_plain && conversion::may_not_fit(operand.data_type, target) {
            self.repeated(before, conversion::MEASURED_COPIES)?;
            return Some(Operand::Typed(conversion::measured(operand, target)));
        }
        let is_number = target.family() == Family::Number && operand.data_type.family() != Family::Time;
        let rounds = self.rounds(&operand, target);
        if is_number && !target.holds(operand.data_type) {
            // It is looked at first, whether it fits.
            self.repeated(before, 3)?;
        }
        let operand = if rounds { conversion::rounded(operand) } else { operand };
        let converted = convert(operand, target);
        Some(match converted.kind {
            ExprKind::Cast { operand, .. } => typed(ExprKind::Cast { operand, written: true }, target, span),
            // A constant has become one of the target type; a text that fits is only called by it.
            kind => typed(kind, target, span),
        })
    }
}

/// An operand with a type.
pub(super) fn typed(kind: ExprKind, data_type: DataType, span: Span) -> Operand {
    Operand::Typed(Expr { kind, data_type, span })
}

/// Why there is no cast between two types, as what to do instead.
pub(super) fn no_cast(from: DataType, to: DataType) -> Option<&'static str> {
    match (from.family(), to.family()) {
        (a, b) if a == b && a != Family::Time => None,
        (Family::Text, _) | (_, Family::Text) => None,
        (Family::Time, Family::Time) => match (from, to) {
            (DataType::Time, _) | (DataType::Date, DataType::Time) => {
                Some("use the day of a TIMESTAMP column")
            }
            _ => None,
        },
        (Family::Boolean, Family::Number) => Some("write CASE WHEN x THEN 1 ELSE 0 END"),
        (Family::Number, Family::Boolean) => Some("write x <> 0"),
        _ => Some("convert it to VARCHAR"),
    }
}

/// A family in words, and how to come there from a type.
fn wanted(family: Family, from: DataType) -> (&'static str, String) {
    match (family, from.family()) {
        (Family::Boolean, Family::Number) => ("a condition", "compare it: x <> 0".into()),
        (Family::Boolean, _) => ("a condition", "compare it with a value, or write IS NOT NULL".into()),
        (Family::Number, Family::Text) => {
            ("numbers", "convert it: CAST(x AS INTEGER); to concatenate strings, write ||".into())
        }
        (Family::Number, Family::Time) => {
            ("numbers", "write x + INTERVAL '1' DAY, or TIMESTAMPDIFF(SECOND, a, b)".into())
        }
        (Family::Number, _) => ("numbers", "use a column of numbers".into()),
        (Family::Text, _) => ("text", "convert it: CAST(x AS VARCHAR(16))".into()),
        (Family::Time, _) => ("a time", "convert it: CAST(x AS TIMESTAMP)".into()),
    }
}

/// How two operands could come together.
fn advice(operands: &[Operand], a: DataType, b: DataType) -> String {
    let number = if a.family() == Family::Number { a } else { b };
    let constant = operands.iter().find_map(|operand| match operand {
        Operand::Typed(Expr { kind: ExprKind::Literal(Literal::Text(text)), .. }) => Some(text.as_str()),
        _ => None,
    });
    match ((a.family(), b.family()), constant) {
        ((Family::Number, Family::Text) | (Family::Text, Family::Number), Some(text))
            if text.trim().parse::<f64>().is_ok_and(f64::is_finite) =>
        {
            format!("write the number without quotes: {}", text.trim())
        }
        ((Family::Number, Family::Text) | (Family::Text, Family::Number), Some(_)) => {
            "write a number, or use a VARCHAR column".into()
        }
        ((Family::Number, Family::Text) | (Family::Text, Family::Number), None) => {
            let written = operands.iter().find_map(|operand| match operand {
                Operand::Typed(Expr { kind: ExprKind::Literal(Literal::Integer(value)), .. }) => Some(value),
                _ => None,
            });
            match written {
                Some(value) => format!("write '{value}', or convert the string: CAST(x AS {number})"),
                None => format!("convert the string: CAST(x AS {number})"),
            }
        }
        ((Family::Boolean, Family::Text) | (Family::Text, Family::Boolean), Some(text))
            if Literal::read(text, DataType::Boolean).is_some() =>
        {
            format!("write the Boolean without quotes: {}", text.to_uppercase())
        }
        ((Family::Boolean, Family::Number) | (Family::Number, Family::Boolean), _) => {
            "compare the Boolean with TRUE or FALSE, or the number with 0: x <> 0".into()
        }
        ((Family::Time, Family::Text) | (Family::Text, Family::Time), Some(text)) => {
            let time = if a.family() == Family::Time { a } else { b };
            match super::literal::time_as_written(text, time) {
                Some(written) => format!("write {time} before the string: {time} '{written}'"),
                None => format!("write it like {}", super::literal::time_form(time)),
            }
        }
        ((Family::Time, Family::Time), _) => "convert one: CAST(x AS TIMESTAMP), or CAST(x AS DATE)".into(),
        _ if no_cast(b, a).is_none() => format!("convert one of them, for example CAST(x AS {a})"),
        _ if no_cast(a, b).is_none() => format!("convert one of them, for example CAST(x AS {b})"),
        _ => "neither can be converted to the other: use values of one type".into(),
    }
}
