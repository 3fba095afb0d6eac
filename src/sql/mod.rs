//! SQL: parsed, resolved against the input's columns, type-checked, and printed: for Flink, or as a record program.
//!
//! `text -> scan (tokens) -> parse (statements) -> resolve (typed query) -> print`. What the text says is kept as
//! a typed [`Query`]; every back end starts from that, none from the text.

mod builtin;
pub mod catalog;
mod columns_read;
mod data_type;
mod dialect;
mod epoch;
mod errors;
mod expr;
mod forest;
mod from;
mod interval;
mod java_regex;
mod name;
mod parse;
mod path;
mod print;
mod program;
mod query;
mod refuse;
mod regex_cost;
mod resolve;
mod row_form;
mod rows;
mod scan;
mod similar;
mod source_readers;
mod state;
mod steps;
mod syntax;
mod work;

pub use data_type::{DataType, Family, TypeError};
pub use epoch::EpochUnit;
pub use errors::ERROR_STREAM;
pub use expr::{
    Aggregate, Arithmetic, ColumnRef, Comparison, Expr, ExprKind, Function, Literal, Pattern, PatternPart,
    Side, TimeField, WindowBound,
};
pub use forest::{Anomaly, Explanation, Forest, ForestFunction};
pub use interval::Interval;
pub use path::{Path, parse_column_path, parse_path};
pub use print::{print_flink, row_may_be_too_large, unbounded_list, unplannable};
pub use program::{column_type, needs_flink, print_program};
pub use query::{
    Clock, Column, EventTime, Frame, FromClause, Group, Insert, JoinKind, Meaning, Order, Over, Query,
    RecordFormat, Role, Select, Start, StateNeed, Stream, StreamColumn, StreamId, TimeAttribute, TimeBounds,
    Window, WindowKind,
};
pub use regex_cost::CostlySearch;
pub use row_form::{formed, lower_case, rows_as_they_are};
pub use rows::{KeyCount, OpenPlace, RowRate, WindowRows};
pub use source_readers::{PositionMatch, SourceReaders};
pub use state::EndlessState;
pub use steps::{Step, print_steps};
pub use work::{Keys, Operator, OperatorKind};

use crate::diagnostics::{self, Code, Diagnostic};
use crate::source::Excerpt;

/// What the SQL reads.
#[derive(Clone, Copy, Debug, Default)]
pub struct Input<'a> {
    /// How the records are written.
    pub format: RecordFormat,
    /// The columns of the input stream, which is called `SOURCE_SQL_STREAM_001` or `stream`, or by its own name.
    pub columns: &'a [Column],
    /// Which of them says when something happened.
    pub event_time: Option<EventTime>,
    /// Tables in addition to the stream, with their rows.
    pub references: &'a [Reference],
    /// Where an output of faults is asked for.
    pub errors: Option<crate::source::Span>,
    /// The prefix of the input's name: with `TILL`, it is called `TILL_001` too.
    pub name: Option<&'a str>,
    /// The streams that the spec says something of.
    pub outputs: &'a [OutputName],
}

/// A stream of the SQL that the spec names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutputName {
    /// Its name.
    pub name: String,
    /// Where its rows go.
    pub place: Place,
}

/// Where the rows of a stream go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Out of the SQL, whether something reads it or not.
    Somewhere,
    /// Nowhere.
    Nowhere,
}

/// A table that is read when the pipeline is compiled.
#[derive(Clone, Debug, PartialEq)]
pub struct Reference {
    /// Its name, always as if quoted.
    pub name: String,
    /// Its columns: name, type, and where they are declared.
    pub columns: Vec<(String, DataType, crate::source::Span)>,
    /// Its rows, each with a constant of its type, or NULL, for each column.
    pub rows: Vec<Vec<Literal>>,
    /// Where it is declared.
    pub span: crate::source::Span,
}

/// Parses, resolves and type-checks a text. Reports everything that is wrong with it; there is a query exactly
/// when none of that is an error.
pub fn analyze(text: &Excerpt, input: &Input) -> (Option<Query>, Vec<Diagnostic>) {
    // The parser goes down as many as 50 levels and takes up to 100 KB for one where it is not optimized, which is
    // more than a thread has by default.
    let on_large_stack = std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(STACK_BYTES);
        thread.spawn_scoped(scope, || analyze_here(text, input)).ok()?.join().ok()
    });
    on_large_stack.unwrap_or_else(|| analyze_here(text, input))
}

/// As much as Kinesis Data Analytics took.
const MAX_BYTES: usize = 100_000;
/// Virtual memory; only what is used of it is ever taken.
const STACK_BYTES: usize = 64 << 20;

fn analyze_here(text: &Excerpt, input: &Input) -> (Option<Query>, Vec<Diagnostic>) {
    if text.text().len() > MAX_BYTES {
        let message = format!("the SQL is longer than {} KB", MAX_BYTES / 1000);
        let help = "split it into several pipelines";
        return (None, vec![Diagnostic::error(Code::UnsupportedSql, text.whole(), message, help)]);
    }
    let mut text = scan::Text::new(text);
    let mut diagnostics = Vec::new();
    let query = match scan::scan(&text) {
        Ok(tokens) => {
            text.is_plain = parse::is_plain(&tokens);
            let statements = parse::parse(&tokens, &text, &mut diagnostics);
            resolve::resolve(statements, input, &text, &mut diagnostics)
        }
        Err(fault) => {
            diagnostics.push(fault);
            None
        }
    };
    let mut query = query;
    if let (Some(query), Some(span)) = (&mut query, input.errors)
        && let Err(fault) = query.add_errors(span)
    {
        diagnostics.push(*fault);
    }
    diagnostics::sort(&mut diagnostics);
    (query.filter(|_| !diagnostics::has_errors(&diagnostics)), diagnostics)
}
