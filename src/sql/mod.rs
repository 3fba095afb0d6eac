//! SQL: parsed, resolved against the input's columns, type-checked, and printed: for Flink, or as a record program.
//!
//! `text -> scan (tokens) -> parse (statements) -> resolve (typed query) -> print`. What the text says is kept as
//! a typed [`Query`]; every back end starts from that, none from the text.

mod data_type;
mod expr;
mod parse;
mod path;
mod print;
mod program;
mod query;
mod refuse;
mod resolve;
mod scan;

pub use data_type::{DataType, Family, TypeError};
pub use expr::{
    Arithmetic, ColumnRef, Comparison, Expr, ExprKind, Function, Literal, Pattern, PatternPart, Side,
};
pub use path::{MAX_DEPTH as MAX_PATH_DEPTH, Path, PathError, parse_path};
pub use print::print_flink;
pub use program::print_program;
pub use query::{Column, FromClause, Insert, Query, Role, Select, StateNeed, Stream, StreamColumn, StreamId};

use crate::diagnostics::{self, Code, Diagnostic};
use crate::source::Excerpt;

/// What the SQL reads.
#[derive(Clone, Copy, Debug)]
pub struct Input<'a> {
    /// The columns of the input stream, which is called `SOURCE_SQL_STREAM_001` or `stream`.
    pub columns: &'a [Column],
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

/// As much as the old service took.
const MAX_BYTES: usize = 100_000;
/// Virtual memory; only what is used of it is ever taken.
const STACK_BYTES: usize = 64 << 20;

fn analyze_here(text: &Excerpt, input: &Input) -> (Option<Query>, Vec<Diagnostic>) {
    if text.text().len() > MAX_BYTES {
        let message = format!("the SQL is longer than {} KB", MAX_BYTES / 1000);
        let help = "split it into several pipelines";
        return (None, vec![Diagnostic::error(Code::UnsupportedSql, text.whole(), message, help)]);
    }
    let text = scan::Text::new(text);
    let mut diagnostics = Vec::new();
    let query = match scan::scan(&text) {
        Ok(tokens) => {
            let statements = parse::parse(&tokens, &text, &mut diagnostics);
            resolve::resolve(statements, input.columns, &text, &mut diagnostics)
        }
        Err(fault) => {
            diagnostics.push(fault);
            None
        }
    };
    diagnostics::sort(&mut diagnostics);
    (query.filter(|_| !diagnostics::has_errors(&diagnostics)), diagnostics)
}
