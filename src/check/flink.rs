//! What would stop a Flink job, or let its state grow without an end.

use indexmap::IndexSet;

use super::Context;
use crate::aws::limits::flink::SINK_RECORD_BYTES;
use crate::diagnostics::{Code, Diagnostic, suggest};
use crate::pipeline::Analytics;
use crate::source::Span;
use crate::spec::{AnalyticsRuntime, ByteSize};
use crate::sql::{self, CostlySearch, Query};

pub(super) fn check(context: &mut Context) {
    let (Some(analytics), Some(query)) = (&context.pipeline.analytics, context.query) else { return };
    keys(context, analytics, query);
    if analytics.runtime.value != AnalyticsRuntime::Flink {
        return;
    }
    query.costly_searches().iter().for_each(|search| context.report(costly(search)));
    large_rows(context, query);
    let ttl = &analytics.flink.state_ttl;
    if ttl.written && query.endless_states(&|_| None).is_empty() {
        context.report(Diagnostic::warning(
            Code::StateTtl,
            ttl.span,
            "nothing in the SQL is remembered without an end, so the time-to-live ends nothing",
            "remove `state_ttl`; windows, joins and RANGE drop their state without it",
        ));
    }
}

/// Java goes back and tries again, and calls itself for each pass of a group.
fn costly(search: &CostlySearch) -> Diagnostic {
    match search.longest {
        None => Diagnostic::error(
            Code::HopelessSearch,
            search.span,
            "one record could keep this search busy for hours: it can divide the same characters among its repetitions in \
             twice as many ways with each of them",
            "repeat each part of the text in one place, as in `[ab]+` for `(a|b+)+`; or give the text a length of up to 20, as \
             in CAST(x AS VARCHAR(20)); the Lambda runs any expression in time",
        ),
        Some(longest) => Diagnostic::warning(
            Code::LongSearch,
            search.span,
            format!(
                "Flink does not search a string of more than {} characters here, and returns NULL: the search could take \
                 long, or overflow the stack",
                grouped(longest)
            ),
            format!(
                "give the text a length, as in CAST(x AS VARCHAR({longest})); or begin the expression with `^`, and let no two \
                 repetitions match the same characters"
            ),
        ),
    }
}

/// A number up to a million with its thousands marked.
fn grouped(number: u32) -> String {
    if number < 1_000 { number.to_string() } else { format!("{},{:03}", number / 1_000, number % 1_000) }
}

/// The sink takes no row of more than 1 MiB, whatever the streams take and however long a list of texts becomes.
fn large_rows(context: &mut Context, query: &Query) {
    let Some(stream) = &context.pipeline.stream else { return };
    let size = &stream.max_record_size;
    let large: Vec<&sql::Stream> =
        query.outputs().filter(|output| sql::row_may_be_too_large(output)).collect();
    if size.value <= SINK_RECORD_BYTES {
        return large_lists(context, query, &large);
    }
    for output in large {
        context.report(
            Diagnostic::warning(
                Code::LargeRow,
                size.span,
                format!(
                    "a record of up to {} may become a row of `{}` of more than 1 MiB, which Flink cannot write and leaves out",
                    ByteSize(size.value),
                    output.name
                ),
                "give the long texts a length, as in VARCHAR(65535), or keep them in S3 and send their key",
            )
            .related(output.span, "the output"),
        );
    }
}

/// Each list of texts without a length, with the outputs that it leads to.
fn large_lists(context: &mut Context, query: &Query, outputs: &[&sql::Stream]) {
    let mut lists: Vec<(Span, Vec<String>)> = Vec::new();
    for output in outputs {
        let Some(list) = sql::unbounded_list(query, output) else { continue };
        let name = format!("`{}`", output.name);
        match lists.iter_mut().find(|(other, _)| *other == list) {
            Some((_, names)) => names.push(name),
            None => lists.push((list, vec![name])),
        }
    }
    for (list, names) in lists {
        context.report(Diagnostic::warning(
            Code::LargeRow,
            list,
            format!(
                "LISTAGG may make a row of {} of more than 1 MiB, which Flink cannot write and leaves out",
                names.join(", ")
            ),
            "give the text a length: CAST(LISTAGG(..) AS VARCHAR(65535))",
        ));
    }
}

/// Keys that are counted are columns of the SQL.
fn keys(context: &mut Context, analytics: &Analytics, query: &Query) {
    let ids = query.stream_ids().map(|id| query.stream(id));
    // Streams have columns in common.
    let columns: IndexSet<&str> =
        ids.flat_map(|stream| &stream.columns).map(|column| column.name.as_str()).collect();
    for (key, count) in &analytics.keys {
        for column in key.iter().filter(|column| !columns.contains(column.as_str())) {
            context.report(Diagnostic::error(
                Code::UnknownColumn,
                count.span,
                format!("no stream of the SQL has a column `{column}`"),
                suggest::instead(column, columns.iter().copied()),
            ));
        }
    }
}
