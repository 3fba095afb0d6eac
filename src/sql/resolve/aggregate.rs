//! Aggregates: their names, and what each takes and gives.

use sqlparser::ast;

use super::super::data_type::{DataType, Family};
use super::super::expr::{Aggregate, Expr, ExprKind, Literal};
use super::super::name::Name;
use super::expr::Resolver;
use super::group::needs_over;
use super::operand::{Operand, cover};
use super::over::Behind;

/// What a name of an aggregate means.
pub(super) fn named(name: &str) -> Option<Aggregate> {
    Some(match name {
        "COUNT" => Aggregate::Count,
        "SUM" => Aggregate::Sum,
        "AVG" => Aggregate::Avg,
        "MIN" => Aggregate::Min,
        "MAX" => Aggregate::Max,
        "STDDEV_POP" => Aggregate::StddevPop,
        "STDDEV_SAMP" | "STDDEV" => Aggregate::StddevSamp,
        "VAR_POP" => Aggregate::VarPop,
        "VAR_SAMP" | "VARIANCE" => Aggregate::VarSamp,
        "FIRST_VALUE" => Aggregate::FirstValue,
        "LAST_VALUE" => Aggregate::LastValue,
        "LAG" => Aggregate::Lag,
        "ROW_NUMBER" => Aggregate::RowNumber,
        "LISTAGG" => Aggregate::ListAgg,
        "PERCENTILE" => Aggregate::Percentile,
        _ => return None,
    })
}

/// Names of aggregates, for suggestions.
pub(super) const NAMES: &[&str] = &[
    "COUNT",
    "SUM",
    "AVG",
    "MIN",
    "MAX",
    "STDDEV_POP",
    "STDDEV_SAMP",
    "VAR_POP",
    "VAR_SAMP",
    "FIRST_VALUE",
    "LAST_VALUE",
    "LAG",
    "ROW_NUMBER",
    "LISTAGG",
    "PERCENTILE",
];

impl Resolver<'_, '_> {
    pub(super) fn aggregate(
        &mut self,
        function: Aggregate,
        call: &ast::Function,
        name: &Name,
    ) -> Option<Operand> {
        if let Some(condition) = &call.filter
            && let Some(filtered) = filtered(function, call, condition)
        {
            return self.aggregate(function, &filtered, name);
        }
        let ast::FunctionArguments::List(list) = &call.args else { return self.bad_aggregate(name) };
        let plain = !call.uses_odbc_syntax
            && matches!(call.parameters, ast::FunctionArguments::None)
            && call.within_group.is_empty()
            && call.filter.is_none();
        if !plain {
            return self.bad_aggregate(name);
        }
        let function = self.with_nulls(function, call, list, name)?;
        if self.here.in_aggregate {
            let help = "compute the inner one in a SELECT in FROM";
            return self.refuse(Some(name.span), "an aggregate within an aggregate", help);
        }
        if !self.here.grouped {
            let help = "write the condition in HAVING, or in the WHERE of an outer SELECT";
            return self.refuse(Some(name.span), &format!("`{}` here", name.text), help);
        }
        let distinct = matches!(list.duplicate_treatment, Some(ast::DuplicateTreatment::Distinct));
        self.here.in_aggregate = true;
        let before = *self.values;
        let arguments = self.aggregate_arguments(function, &list.args, name);
        self.here.in_aggregate = false;
        self.repeated(before, times_written(function))?;
        let (arguments, data_type) = arguments?;
        let span = arguments.iter().map(|argument| argument.span).fold(name.span, cover);
        let of = |arguments, over| {
            let kind = ExprKind::Aggregate { function, distinct, arguments, over };
            Expr { kind, data_type, span }
        };
        Some(Operand::Typed(match &call.over {
            Some(_) if matches!(function, Aggregate::ListAgg | Aggregate::Percentile) => {
                let help = "group by a window: GROUP BY STEP(ROWTIME BY INTERVAL '1' MINUTE)";
                return self.refuse(Some(name.span), &format!("`{}` with OVER", name.text), help);
            }
            Some(window) => {
                let (over, behind) =
                    self.over(window, function, rows_back(function, &arguments), distinct, name)?;
                let value = of(arguments, over);
                match behind {
                    Some(behind) => self.rows_before(value, behind),
                    None => value,
                }
            }
            None if needs_over(function) => {
                let message = format!("`{}` needs OVER", name.text);
                return self.mismatch(name.span, message, format!("write {}", form(&name.text)));
            }
            None => {
                self.here.aggregate.get_or_insert(name.span);
                of(arguments, 0)
            }
        }))
    }

    /// The value that an aggregate of a window had some rows before: that of a frame that ends before the row.
    fn rows_before(&mut self, value: Expr, Behind { rows, over }: Behind) -> Expr {
        let (data_type, span) = (value.data_type, value.span);
        let is_count = matches!(value.kind, ExprKind::Aggregate { function: Aggregate::Count, .. });
        let number =
            |number, data_type| Expr { kind: ExprKind::Literal(Literal::Integer(number)), data_type, span };
        let arguments = vec![value, number(rows, DataType::Integer)];
        let kind = ExprKind::Aggregate { function: Aggregate::Lag, distinct: false, arguments, over };
        let before = Expr { kind, data_type, span };
        let otherwise = number(0, data_type);
        if is_count {
            Expr { kind: ExprKind::Coalesce(vec![before, otherwise]), data_type, span }
        } else {
            before
        }
    }

    /// The function that IGNORE NULLS makes of one that looks at NULLs; RESPECT NULLS is what it does anyway.
    fn with_nulls(
        &mut self,
        function: Aggregate,
        call: &ast::Function,
        list: &ast::FunctionArgumentList,
        name: &Name,
    ) -> Option<Aggregate> {
        let treatments = call.null_treatment.iter().copied();
        let mut found = None;
        for clause in &list.clauses {
            match clause {
                ast::FunctionArgumentClause::IgnoreOrRespectNulls(treatment) => found = Some(*treatment),
                _ => return self.bad_aggregate(name),
            }
        }
        match (treatments.last().or(found), function) {
            (None, function) => Some(function),
            (
                Some(ast::NullTreatment::RespectNulls),
                Aggregate::FirstValue | Aggregate::LastValue | Aggregate::Lag,
            ) => Some(function),
            (Some(ast::NullTreatment::IgnoreNulls), Aggregate::FirstValue) => Some(Aggregate::FirstPresent),
            (Some(ast::NullTreatment::IgnoreNulls), Aggregate::LastValue) => Some(Aggregate::LastPresent),
            (Some(ast::NullTreatment::IgnoreNulls), Aggregate::Lag) => {
                let help = "drop the NULLs in a SELECT in FROM: FROM (SELECT .. WHERE x IS NOT NULL) AS t";
                self.refuse(Some(name.span), "`LAG` with IGNORE NULLS", help)
            }
            (Some(treatment), _) => {
                let what = format!("{treatment} of `{}`", name.text);
                let help = format!("remove it: {} always ignores NULLs", name.text);
                self.refuse(Some(name.span), &what, &help)
            }
        }
    }

    fn bad_aggregate<T>(&mut self, name: &Name) -> Option<T> {
        let help = format!("write {}", form(&name.text));
        self.refuse(Some(name.span), &format!("this form of `{}`", name.text), &help)
    }

    /// The arguments as the function takes them, and the type of what it gives.
    fn aggregate_arguments(
        &mut self,
        function: Aggregate,
        arguments: &[ast::FunctionArg],
        name: &Name,
    ) -> Option<(Vec<Expr>, DataType)> {
        use ast::FunctionArgExpr as Argument;
        let arguments: Option<Vec<&Argument>> = arguments
            .iter()
            .map(|argument| match argument {
                ast::FunctionArg::Unnamed(argument) => Some(argument),
                _ => None,
            })
            .collect();
        match (function, arguments.as_deref()) {
            (Aggregate::Count, Some([Argument::Wildcard])) | (Aggregate::RowNumber, Some([])) => {
                Some((Vec::new(), DataType::BigInt))
            }
            (Aggregate::Count, Some([Argument::Expr(value)])) => {
                Some((vec![self.typed(value)?], DataType::BigInt))
            }
            (Aggregate::Lag, Some([Argument::Expr(value), rest @ ..])) if rest.len() <= 2 => {
                self.lag(value, rest, name)
            }
            (Aggregate::ListAgg, Some([Argument::Expr(text), rest @ ..])) if rest.len() <= 1 => {
                self.list(text, rest.first().copied(), name)
            }
            (Aggregate::Percentile, Some([Argument::Expr(value), Argument::Expr(part)])) => {
                self.percentile(value, part, name)
            }
            (Aggregate::RowNumber | Aggregate::Lag, _) => self.bad_aggregate(name),
            (Aggregate::ListAgg | Aggregate::Percentile, _) => self.bad_aggregate(name),
            (_, Some([Argument::Expr(value)])) => {
                let value = self.typed(value)?;
                self.aggregate_argument(function, value, name)
            }
            _ => {
                let message = format!("`{}` takes one value", name.text);
                self.mismatch(name.span, message, format!("write {}", form(&name.text)))
            }
        }
    }

    fn aggregate_argument(
        &mut self,
        function: Aggregate,
        value: Expr,
        name: &Name,
    ) -> Option<(Vec<Expr>, DataType)> {
        let from = value.data_type;
        let numbers = !matches!(
            function,
            Aggregate::Min
                | Aggregate::Max
                | Aggregate::FirstValue
                | Aggregate::LastValue
                | Aggregate::FirstPresent
                | Aggregate::LastPresent
        );
        if numbers && from.family() != Family::Number {
            let message = format!("{} takes numbers, but this is {from}", name.text);
            let help =
                super::expr::no_cast(from, DataType::Double).unwrap_or("convert it: CAST(x AS DOUBLE)");
            return self.mismatch(value.span, message, help.into());
        }
        if from == DataType::Boolean && matches!(function, Aggregate::Min | Aggregate::Max) {
            let message = format!("{} takes sortable values, but this is BOOLEAN", name.text);
            return self.mismatch(value.span, message, "write CASE WHEN x THEN 1 ELSE 0 END".into());
        }
        let (argument, result) = match (function, from) {
            (Aggregate::Sum, _) if from.is_integer() => (DataType::BigInt, DataType::BigInt),
            (Aggregate::Sum, DataType::Decimal { scale, .. }) => {
                (from, DataType::Decimal { precision: super::super::data_type::MAX_PRECISION, scale })
            }
            (Aggregate::Avg, DataType::Decimal { scale, .. }) => {
                let precision = super::super::data_type::MAX_PRECISION;
                (from, DataType::Decimal { precision, scale: scale.max(6) })
            }
            _ if numbers => (DataType::Double, DataType::Double),
            _ => (from, from),
        };
        Some((vec![Operand::Typed(value).into_type(argument)], result))
    }

    /// `LISTAGG(text [, separator])`
    fn list(
        &mut self,
        text: &ast::Expr,
        separator: Option<&ast::FunctionArgExpr>,
        name: &Name,
    ) -> Option<(Vec<Expr>, DataType)> {
        let mut arguments = vec![self.text_operand(text, &name.text)?];
        match separator {
            None => {}
            Some(ast::FunctionArgExpr::Expr(separator)) => {
                arguments.push(self.constant_text(separator, &name.text)?);
            }
            Some(_) => return self.bad_aggregate(name),
        }
        Some((arguments, DataType::Varchar(None)))
    }

    /// `PERCENTILE(value, part)`, the part from 0 to 1.
    fn percentile(
        &mut self,
        value: &ast::Expr,
        part: &ast::Expr,
        name: &Name,
    ) -> Option<(Vec<Expr>, DataType)> {
        let value = self.of_family(value, Family::Number, DataType::Double, &name.text)?;
        let value = Operand::Typed(value).into_type(DataType::Double);
        let part = self.typed(part)?;
        let span = part.span;
        let part = Operand::Typed(part).into_type(DataType::Double);
        match part.kind {
            ExprKind::Literal(Literal::Double(number)) if (0.0..=1.0).contains(&number) => {
                Some((vec![value, part], DataType::Double))
            }
            _ => {
                let message = "PERCENTILE takes a constant from 0 to 1 after the value".into();
                self.mismatch(span, message, "write PERCENTILE(x, 0.95)".into())
            }
        }
    }

    /// `LAG(value [, rows before [, otherwise]])`
    fn lag(
        &mut self,
        value: &ast::Expr,
        rest: &[&ast::FunctionArgExpr],
        name: &Name,
    ) -> Option<(Vec<Expr>, DataType)> {
        let value = self.typed(value)?;
        let data_type = value.data_type;
        let mut rest = rest.iter().filter_map(|argument| match argument {
            ast::FunctionArgExpr::Expr(expr) => Some(expr),
            _ => None,
        });
        let one = Expr {
            kind: ExprKind::Literal(Literal::Integer(1)),
            data_type: DataType::Integer,
            span: name.span,
        };
        let before = match rest.next() {
            Some(before) => self.typed(before)?,
            None => one,
        };
        if !matches!(before.kind, ExprKind::Literal(Literal::Integer(1..=10_000))) {
            let message = "the offset of LAG is not a constant".into();
            return self.mismatch(before.span, message, "write LAG(x, 1)".into());
        }
        let mut arguments = vec![value, before];
        if let Some(otherwise) = rest.next() {
            let otherwise = self.operand(otherwise)?;
            let unified = self.unify(vec![Operand::Typed(arguments[0].clone()), otherwise], "LAG")?;
            arguments[0] = unified[0].clone();
            arguments.push(unified[1].clone());
            let data_type = super::operators::common_text(&unified)?;
            return Some((arguments, data_type));
        }
        Some((arguments, data_type))
    }
}

/// How many times Flink's SQL has the argument of an aggregate, at most.
fn times_written(function: Aggregate) -> usize {
    match function {
        Aggregate::Sum | Aggregate::Avg => 16,
        Aggregate::StddevPop | Aggregate::StddevSamp | Aggregate::VarPop | Aggregate::VarSamp => 100,
        _ => 1,
    }
}

/// An aggregate with FILTER as one of a CASE: what the condition leaves out is NULL, which no aggregate of these counts.
fn filtered(function: Aggregate, call: &ast::Function, condition: &ast::Expr) -> Option<ast::Function> {
    if needs_over(function) {
        return None;
    }
    let mut call = call.clone();
    call.filter = None;
    let ast::FunctionArguments::List(list) = &mut call.args else { return None };
    let ast::FunctionArg::Unnamed(argument) = list.args.first_mut()? else { return None };
    let result = match argument {
        ast::FunctionArgExpr::Expr(value) => value.clone(),
        ast::FunctionArgExpr::Wildcard => ast::Expr::Value(ast::Value::Number("1".into(), false).into()),
        _ => return None,
    };
    let branch = ast::CaseWhen { condition: condition.clone(), result };
    *argument = ast::FunctionArgExpr::Expr(ast::Expr::Case {
        case_token: ast::helpers::attached_token::AttachedToken::empty(),
        end_token: ast::helpers::attached_token::AttachedToken::empty(),
        operand: None,
        conditions: vec![branch],
        else_result: None,
    });
    Some(call)
}

/// Names of aggregates, and how they are called.
pub(in super::super) fn forms() -> impl Iterator<Item = (&'static str, String)> {
    NAMES.iter().map(|name| (*name, form(name)))
}

/// How an aggregate is called.
pub(super) fn form(name: &str) -> String {
    match name {
        "LISTAGG" => "LISTAGG(x, ',')".into(),
        "PERCENTILE" => "PERCENTILE(x, 0.95)".into(),
        "COUNT" => "COUNT(*), COUNT(x) or COUNT(DISTINCT x)".into(),
        "LAG" => "LAG(x, 1) OVER (PARTITION BY \"column\" ORDER BY ROWTIME)".into(),
        "ROW_NUMBER" => {
            "ROW_NUMBER() OVER (PARTITION BY window_start, window_end ORDER BY \"count\" DESC)".into()
        }
        _ => format!("{name}(x)"),
    }
}

/// How many rows LAG goes back; nothing of another function. LAGs that go back by different numbers are apart, since Flink's
/// own takes rows of one time together, and what stands for it looks at a frame.
fn rows_back(function: Aggregate, arguments: &[Expr]) -> u64 {
    match (function, arguments.get(1).map(|rows| &rows.kind)) {
        (Aggregate::Lag, Some(ExprKind::Literal(Literal::Integer(rows)))) => rows.unsigned_abs(),
        _ => 0,
    }
}
