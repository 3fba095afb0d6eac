//! The SELECTs of a query without state, each as programs of its own: which of them made a row of a record, and which left it out.

use pipec_core::query as program;

use super::expr::ExprKind;
use super::program::{needed, print_program};
use super::query::{Insert, Query, Role, Select, StateNeed, StreamId};
use crate::source::Span;

/// One SELECT on the way to an output. Its programs print the rows of the stream that it fills, as far as they are its own.
#[derive(Clone, Debug)]
pub struct Step {
    /// Where the SELECT is written.
    pub select: Span,
    /// The conditions that a row must meet, each with a row for each one that has its partners and meets it.
    pub conditions: Vec<(Span, program::Query)>,
    /// The joins that leave out a row without a partner.
    pub joins: Vec<Span>,
    /// Whether its rows leave the SQL.
    pub is_last: bool,
    /// A row for each row that it reads.
    pub read: program::Query,
    /// A row for each one that has its partners.
    pub joined: program::Query,
    /// Its rows.
    pub made: program::Query,
}

/// The SELECTs that lead to an output, in the order in which they run.
///
/// # Errors
/// The first part of the query that a record alone does not decide.
pub fn print_steps(query: &Query, output: StreamId) -> Result<Vec<Step>, StateNeed> {
    let needed = needed(query, output);
    let steps = query.inserts.iter().enumerate().filter(|(_, insert)| needed[insert.into.0]);
    let mut steps: Vec<(StreamId, Step)> =
        steps.map(|(at, insert)| Ok((insert.into, step(query, at, insert)?))).collect::<Result<_, _>>()?;
    steps.sort_by_key(|(into, _)| *into);
    Ok(steps.into_iter().map(|(_, step)| step).collect())
}

fn step(query: &Query, at: usize, insert: &Insert) -> Result<Step, StateNeed> {
    let print = |changed: Insert| print_program(&alone(query, at, changed), insert.into);
    let filtered = |filter| Insert { select: Select { filter, ..insert.select.clone() }, ..insert.clone() };
    let conditions = match insert.select.filter.as_ref().map(|filter| (&filter.kind, filter)) {
        None => Vec::new(),
        Some((ExprKind::And(parts), _)) => parts.iter().collect(),
        Some((_, filter)) => vec![filter],
    };
    let conditions = conditions.into_iter().map(|one| Ok((one.span, print(filtered(Some(one.clone())))?)));
    let joined = filtered(None);
    let mut read = joined.clone();
    read.select.from = read.select.from.with_outer_lookups();
    Ok(Step {
        select: insert.select.span,
        conditions: conditions.collect::<Result<_, _>>()?,
        joins: insert.select.from.inner_lookups(),
        is_last: query.stream(insert.into).role == Role::Output,
        read: print(read)?,
        joined: print(joined)?,
        made: print(insert.clone())?,
    })
}

/// The query with one insert changed, and without the other ones into its stream.
fn alone(query: &Query, at: usize, changed: Insert) -> Query {
    let mut query = query.clone();
    let into = changed.into;
    query.inserts[at] = changed;
    let mut number = 0;
    query.inserts.retain(|insert| {
        number += 1;
        number - 1 == at || insert.into != into
    });
    query
}
