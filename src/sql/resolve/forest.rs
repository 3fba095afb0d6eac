//! `TABLE(RANDOM_CUT_FOREST(CURSOR(SELECT ..), numberOfTrees, subSampleSize, timeDecay, shingleSize))` and
//! `RANDOM_CUT_FOREST_WITH_EXPLANATION`, with `withDirectionality` at the end.

use sqlparser::ast::{self, Spanned};

use super::super::data_type::{DataType, Family};
use super::super::expr::{ColumnRef, Expr, ExprKind};
use super::super::forest::{Anomaly, Explanation, Forest};
use super::super::name::Name;
use super::super::query::{Select, StreamId};
use super::expr::Resolver;
use super::scope::quoted;
use super::window::{plain, whole};
use crate::aws::limits::random_cut_forest as limits;
use crate::aws::limits::{Bounds, MIB};
use crate::diagnostics::{Code, Diagnostic, suggest};
use crate::source::Span;

/// The table functions that are forests.
pub(super) const NAMES: [&str; 2] = ["RANDOM_CUT_FOREST", WITH_EXPLANATION];
const WITH_EXPLANATION: &str = "RANDOM_CUT_FOREST_WITH_EXPLANATION";

/// How a forest is called.
pub(super) fn form(name: &str) -> String {
    let direction = if name == WITH_EXPLANATION { ", true" } else { "" };
    format!(
        "TABLE({name}(CURSOR(SELECT STREAM \"column\" FROM \"SOURCE_SQL_STREAM_001\"), {}, {}, {}, {}{direction}))",
        limits::TREES_DEFAULT,
        limits::SAMPLE_DEFAULT,
        limits::DECAY_DEFAULT,
        limits::SHINGLE_DEFAULT
    )
}

/// An argument: its name, its range and what it is where it is left out.
type Parameter = (&'static str, Bounds<u32>, u32);

const PARAMETERS: [Parameter; 4] = [
    ("numberOfTrees", limits::TREES, limits::TREES_DEFAULT),
    ("subSampleSize", limits::SAMPLE, limits::SAMPLE_DEFAULT),
    ("timeDecay", limits::DECAY, limits::DECAY_DEFAULT),
    ("shingleSize", limits::SHINGLE, limits::SHINGLE_DEFAULT),
];

impl Resolver<'_, '_> {
    /// The rows of a CURSOR with their scores, as a stream.
    pub(super) fn forest(
        &mut self,
        function: &Name,
        rows: &ast::Expr,
        arguments: &[&ast::Expr],
    ) -> Option<StreamId> {
        let with_explanation = function.text == WITH_EXPLANATION;
        let (numbers, rest) = arguments.split_at(arguments.len().min(PARAMETERS.len()));
        let direction = match rest {
            [] => Some(false),
            [argument] if with_explanation => self.truth(argument, function),
            _ => return self.bad_window(function),
        };
        let mut rows = rows;
        while let ast::Expr::Nested(inner) = rows {
            rows = inner;
        }
        let ast::Expr::Subquery(cursor) = rows else { return self.bad_window(function) };
        let stream = self.subquery(cursor);
        let given: Vec<Option<u32>> = PARAMETERS
            .iter()
            .enumerate()
            .map(|(at, parameter)| match numbers.get(at) {
                Some(argument) => self.number_within(argument, parameter, function),
                None => Some(parameter.2),
            })
            .collect();
        let [trees, sample, decay, shingle] = given.as_slice() else { return None };
        let (trees, sample, decay, shingle) = ((*trees)?, (*sample)?, (*decay)?, (*shingle)?);
        if sample >= decay {
            let message = format!("subSampleSize, {sample}, is not less than timeDecay, {decay}");
            let help = format!("write a larger timeDecay, {} for example", limits::DECAY_DEFAULT);
            let span = numbers.get(2).or(numbers.get(1)).map_or(function.span, |at| self.place(at, function));
            return self.fault(Diagnostic::error(Code::ForestArguments, span, message, help));
        }
        let (stream, direction) = (stream?, direction?);
        let columns = self.columns_of_forest(stream, function)?;
        let explanation = with_explanation.then_some(if direction {
            Explanation::Direction
        } else {
            Explanation::Attribution
        });
        let span = function.span;
        let forest = Forest { columns, trees, sample, decay, shingle, explanation, span };
        if forest.memory_bytes() > limits::MEMORY_MAX {
            let mib = |bytes: u64| bytes.div_ceil(MIB);
            let message = format!(
                "this forest would need about {} MiB; the limit is {}",
                mib(forest.memory_bytes()),
                mib(limits::MEMORY_MAX)
            );
            let help = "write a smaller numberOfTrees, subSampleSize or shingleSize, or select fewer numeric columns";
            return self.fault(Diagnostic::error(Code::ForestArguments, span, message, help));
        }
        self.approximate(
            span,
            &format!(
                "{} returns scores on the scale of Kinesis Data Analytics, but not the same digits, and it learns from scratch at each start of the application: 0 for the first {sample} rows",
                function.text
            ),
            "no action is needed: thresholds such as ANOMALY_SCORE > 3 keep their meaning, and rows are delayed by up to 0.1 s",
        );
        let rows = &self.streams.get(stream).columns;
        let names: Vec<&str> = forest.columns.iter().map(|at| rows[*at].name.as_str()).collect();
        let passed = self.streams.get(stream).columns.iter().enumerate().map(|(column, found)| {
            let kind = ExprKind::Column(ColumnRef { relation: 0, column });
            (found.name.clone(), Expr { kind, data_type: found.data_type, span })
        });
        let added = forest.gives().iter().map(|anomaly| {
            let data_type = match (anomaly, explanation) {
                (Anomaly::Explanation, Some(explanation)) => explanation.data_type(&names),
                _ => DataType::Double,
            };
            let expr = Expr { kind: ExprKind::Anomaly(*anomaly), data_type, span };
            (anomaly.name().to_owned(), expr)
        });
        let items: Vec<(String, Expr)> = passed.chain(added).collect();
        self.count(items.len())?;
        let items = items.iter().map(|(name, value)| (name.as_str(), value.clone())).collect();
        let select = Select { forest: Some(forest), ..plain(whole(stream, span), span) };
        self.synthetic(select, items)
    }

    fn place(&self, argument: &ast::Expr, function: &Name) -> Span {
        self.text.locate(argument.span()).unwrap_or(function.span)
    }

    fn number_within(
        &mut self,
        argument: &ast::Expr,
        (name, bounds, default): &Parameter,
        function: &Name,
    ) -> Option<u32> {
        let number = match argument {
            ast::Expr::Value(value) => match &value.value {
                ast::Value::Number(digits, _) => {
                    digits.parse().ok().filter(|number| bounds.contains(*number))
                }
                _ => None,
            },
            _ => None,
        };
        if number.is_some() {
            return number;
        }
        let message = format!("{name} is not a whole number from {bounds}");
        let help = format!("write it as a constant: {default}, for example");
        let span = self.place(argument, function);
        self.fault(Diagnostic::error(Code::ForestArguments, span, message, help))
    }

    fn truth(&mut self, argument: &ast::Expr, function: &Name) -> Option<bool> {
        if let ast::Expr::Value(value) = argument
            && let ast::Value::Boolean(truth) = value.value
        {
            return Some(truth);
        }
        let span = self.place(argument, function);
        let (message, help) = ("withDirectionality is neither true nor false", "write true or false");
        self.fault(Diagnostic::error(Code::ForestArguments, span, message, help))
    }

    /// The numeric columns of a stream.
    fn columns_of_forest(&mut self, stream: StreamId, function: &Name) -> Option<Vec<usize>> {
        let columns = self.streams.get(stream).columns.clone();
        let gives: &[Anomaly] = &[Anomaly::Score, Anomaly::Explanation];
        let mut faults = Vec::new();
        for column in &columns {
            let name = quoted(&column.name);
            if gives.iter().any(|anomaly| anomaly.name() == column.name) {
                let message = format!("{} adds a column named `{}`", function.text, column.name);
                let help = "rename it in the CURSOR: AS \"EARLIER_SCORE\"";
                faults.push(Diagnostic::error(Code::ForestArguments, column.span, message, help));
            }
            if let DataType::Decimal { .. } = column.data_type {
                let message =
                    format!("`{}` is a DECIMAL, which {} does not accept", column.name, function.text);
                let help = format!("write CAST({name} AS DOUBLE) AS {name} in the CURSOR");
                faults.push(Diagnostic::error(Code::ForestArguments, column.span, message, help));
            }
        }
        if !faults.is_empty() {
            self.faults += faults.len();
            self.diagnostics.extend(faults);
            return None;
        }
        let is_number = |at: &usize| columns[*at].data_type.family() == Family::Number;
        let numbers: Vec<usize> = (0..columns.len()).filter(is_number).collect();
        if limits::COLUMNS.contains(numbers.len()) {
            return Some(numbers);
        }
        let help = match numbers.as_slice() {
            [] => {
                let names: Vec<String> = columns.iter().map(|column| quoted(&column.name)).collect();
                format!(
                    "select one in the CURSOR, which has {}; convert a string with CAST(x AS DOUBLE)",
                    suggest::all_of(&names)
                )
            }
            _ => "select fewer of them in the CURSOR".into(),
        };
        let message = format!(
            "{} takes {} numeric columns, and the CURSOR has {}",
            function.text,
            limits::COLUMNS,
            numbers.len()
        );
        self.fault(Diagnostic::error(Code::ForestArguments, function.span, message, help))
    }
}
