//! The old dialect's table functions of frequent and of different items: `TOP_K_ITEMS_TUMBLING` and
//! `COUNT_DISTINCT_ITEMS_TUMBLING`.

use sqlparser::ast;

use super::super::data_type::DataType;
use super::super::expr::{Aggregate, ColumnRef, Comparison, Expr, ExprKind, Literal, WindowBound};
use super::super::name::{Meant, Name};
use super::super::query::{
    Frame, FromClause, Group, Order, Over, Select, StreamId, TimeAttribute, Window, WindowKind,
};
use super::expr::Resolver;
use super::window::{plain, whole};
use crate::diagnostics::{Code, Diagnostic, suggest};
use crate::source::Span;

impl Resolver<'_, '_> {
    /// A constant in an argument of an old table function.
    fn constant_count(&mut self, expr: &ast::Expr, what: &str) -> Option<i64> {
        let value = self.typed(expr)?;
        match value.kind {
            ExprKind::Literal(Literal::Integer(count)) if (1..=1_000_000).contains(&count) => Some(count),
            _ => self.mismatch(
                value.span,
                format!("{what} is not a constant above 0"),
                "write a number: 10".into(),
            ),
        }
    }

    /// The rows of an argument, cut into tumbling windows of ROWTIME, and the column that a text names.
    fn items_of(
        &mut self,
        function: &Name,
        rows: &ast::Expr,
        column: &ast::Expr,
        seconds: &ast::Expr,
    ) -> Option<(FromClause, ColumnRef, DataType)> {
        let (stream, own) = self.argument_stream(rows, function)?;
        let seconds = self.constant_count(seconds, "the length of the window, in seconds,")?;
        let text = self.typed(column)?;
        let ExprKind::Literal(Literal::Text(column)) = &text.kind else {
            let help = "write the column's name as a string: 'TICKER'".into();
            return self.mismatch(text.span, "the column is not a constant string".into(), help);
        };
        let outer = std::mem::take(&mut self.here);
        let name = own.text.clone();
        let pushed = self.push(own, None, stream, false);
        let here = std::mem::replace(&mut self.here, outer);
        pushed?;
        let relation = &here.scope.relations[0];
        let columns = relation.columns.iter().map(|found| found.name.as_str());
        // Kinesis Data Analytics folded the name as it folded every other.
        let named = |wanted: &str| columns.clone().position(|found| found == wanted);
        let unquoted = column.trim_matches('"');
        let meant = Name { text: unquoted.into(), quoted: false, span: text.span };
        let only = match meant.among(columns.clone()) {
            Meant::One(at) => Some(at),
            _ => None,
        };
        let Some(at) = named(unquoted).or_else(|| named(&unquoted.to_uppercase())).or(only) else {
            let names: Vec<&str> = relation.columns.iter().map(|found| found.name.as_str()).collect();
            let message = format!("`{unquoted}` is not a column of `{}`", relation.stream);
            let help = suggest::instead(unquoted, names.iter().copied());
            return self.fault(Diagnostic::error(Code::UnknownColumn, text.span, message, help));
        };
        let data_type = relation.columns[at].data_type;
        if !relation.times.contains(&TimeAttribute::Rowtime) {
            let help = "write TUMBLE over their own time, COUNT and GROUP BY";
            return self.refuse(
                Some(function.span),
                &format!("`{}` of rows without ROWTIME", function.text),
                help,
            );
        }
        let window = Window {
            time: TimeAttribute::Rowtime,
            kind: WindowKind::Tumble { size_ms: seconds * 1000 },
            span: function.span,
        };
        let from = FromClause::Stream { stream, name, window: Some(window), span: function.span };
        Some((from, ColumnRef { relation: 0, column: at }, data_type))
    }

    /// `COUNT_DISTINCT_ITEMS_TUMBLING(CURSOR(..), 'column', seconds)`: one row a window, `NUMBER_OF_DISTINCT_ITEMS`.
    pub(super) fn count_distinct(
        &mut self,
        function: &Name,
        rows: &ast::Expr,
        column: &ast::Expr,
        seconds: &ast::Expr,
    ) -> Option<StreamId> {
        let (from, column, data_type) = self.items_of(function, rows, column, seconds)?;
        self.approximate(
            function.span,
            "COUNT_DISTINCT_ITEMS_TUMBLING is exact here, and was approximate in Kinesis Data Analytics",
            "no action is needed; the state grows with the number of different items in a window",
        );
        let span = function.span;
        let value = Expr { kind: ExprKind::Column(column), data_type, span };
        let count = count(vec![value], true, span);
        let select = grouped(from, Vec::new(), span);
        self.synthetic(select, vec![("NUMBER_OF_DISTINCT_ITEMS", count)])
    }

    /// `TOP_K_ITEMS_TUMBLING(CURSOR(..), 'column', k, seconds)`: `ITEM` and `ITEM_COUNT` of the most frequent ones.
    pub(super) fn top_k(
        &mut self,
        function: &Name,
        rows: &ast::Expr,
        column: &ast::Expr,
        k: &ast::Expr,
        seconds: &ast::Expr,
    ) -> Option<StreamId> {
        let k = self.constant_count(k, "the number of items")?;
        let (from, column, data_type) = self.items_of(function, rows, column, seconds)?;
        self.approximate(
            function.span,
            "TOP_K_ITEMS_TUMBLING is exact here, and was approximate in Kinesis Data Analytics",
            "no action is needed; the state grows with the number of different items in a window",
        );
        let span = function.span;
        let item = Expr { kind: ExprKind::Column(column), data_type, span };
        let bound = |bound| Expr { kind: ExprKind::Window(bound), data_type: DataType::Timestamp, span };
        let select = grouped(from, vec![item.clone()], span);
        let counted = self.synthetic(
            select,
            vec![
                ("WINDOW_START", bound(WindowBound::Start)),
                ("WINDOW_END", bound(WindowBound::End)),
                ("ITEM", item.clone()),
                ("ITEM_COUNT", count(Vec::new(), false, span)),
            ],
        )?;
        let column = |column, data_type| Expr {
            kind: ExprKind::Column(ColumnRef { relation: 0, column }),
            data_type,
            span,
        };
        let times = [column(0, DataType::Timestamp), column(1, DataType::Timestamp)];
        let (item, number) = (column(2, data_type), column(3, DataType::BigInt));
        let over = Over {
            partition: times.to_vec(),
            order: Order::Values(vec![(number.clone(), true), (item.clone(), false)]),
            frame: Frame::None,
            span,
        };
        let rank = Expr {
            kind: ExprKind::Aggregate {
                function: Aggregate::RowNumber,
                distinct: false,
                arguments: Vec::new(),
                over: 0,
            },
            data_type: DataType::BigInt,
            span,
        };
        let ranked = Select { over: Some(over), ..plain(whole(counted, span), span) };
        let ranked = self.synthetic(ranked, vec![("ITEM", item), ("ITEM_COUNT", number), ("RANK", rank)])?;
        let rank = column(2, DataType::BigInt);
        let most = Expr { kind: ExprKind::Literal(Literal::Integer(k)), data_type: DataType::BigInt, span };
        let kind = ExprKind::Compare {
            operator: Comparison::LessOrEqual,
            left: Box::new(rank),
            right: Box::new(most),
        };
        let filter = Some(Expr { kind, data_type: DataType::Boolean, span });
        let top = Select { filter, ..plain(whole(ranked, span), span) };
        self.synthetic(top, vec![("ITEM", column(0, data_type)), ("ITEM_COUNT", column(1, DataType::BigInt))])
    }
}

fn grouped(from: FromClause, keys: Vec<Expr>, span: Span) -> Select {
    Select { group: Some(Group { keys, having: None, span }), ..plain(from, span) }
}

fn count(arguments: Vec<Expr>, distinct: bool, span: Span) -> Expr {
    let kind = ExprKind::Aggregate { function: Aggregate::Count, distinct, arguments, over: 0 };
    Expr { kind, data_type: DataType::BigInt, span }
}
