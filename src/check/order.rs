//! Queries that follow the records of a key one by one, of a stream whose shards mix them.

use super::{Context, stream};
use crate::diagnostics::{Code, Diagnostic};
use crate::pipeline::{PartitionKey, PathText, Pipeline};
use crate::source::Span;
use crate::spec::AnalyticsRuntime;
use crate::sql::{Aggregate, Expr, ExprKind, Frame, Insert, Order, Path, Query, StreamId, TimeAttribute};

pub(super) fn check(context: &mut Context) {
    let pipeline = context.pipeline;
    let (Some(_), Some(query)) = (pipeline.analytics_on(AnalyticsRuntime::Flink), context.query) else {
        return;
    };
    let shards = stream::count(context);
    if shards < 2 {
        return;
    }
    let shards = (shards, stream::need(context).bare == 1);
    let found: Vec<Diagnostic> =
        query.inserts.iter().filter_map(|insert| mixed(pipeline, query, insert, shards)).collect();
    found.into_iter().for_each(|diagnostic| context.report(diagnostic));
}

/// The part of a SELECT whose rows depend on the order in which records come, and the keys that it keeps apart.
fn ordered(insert: &Insert) -> Option<(&'static str, Span, &[Expr])> {
    let select = &insert.select;
    let all = || select.items.iter().chain(&select.filter).chain(select.group.iter().flat_map(|g| &g.having));
    let function = |wanted: &[Aggregate]| {
        let is_wanted = |part: &Expr| match &part.kind {
            ExprKind::Aggregate { function, .. } => wanted.contains(function),
            _ => false,
        };
        all().find(|expr| expr.any(&is_wanted)).map(|expr| expr.span)
    };
    let firsts = [Aggregate::FirstValue, Aggregate::LastValue];
    if let Some(over) = &select.over {
        // By the event time, Flink sorts them.
        let (Order::Time(TimeAttribute::Rowtime), keys) = (&over.order, over.partition.as_slice()) else {
            return None;
        };
        if let Some(span) = function(&[Aggregate::Lag]) {
            return Some(("LAG", span, keys));
        }
        if matches!(over.frame, Frame::Rows(_) | Frame::UnboundedRows) {
            return Some(("ROWS", over.span, keys));
        }
        return function(&firsts).map(|span| ("FIRST_VALUE or LAST_VALUE", span, keys));
    }
    let group = select.group.as_ref()?;
    function(&firsts).map(|span| ("FIRST_VALUE or LAST_VALUE", span, group.keys.as_slice()))
}

fn mixed(
    pipeline: &Pipeline,
    query: &Query,
    insert: &Insert,
    (shards, one_is_enough): (u64, bool),
) -> Option<Diagnostic> {
    let (what, span, keys) = ordered(insert)?;
    let streams = insert.select.from.streams();
    let paths: Vec<&Path> = keys.iter().filter_map(|key| origin(query, &streams, key)).collect();
    let column = |field: &PathText| field.path.as_ref().ok().and_then(|path| Path::try_from(path).ok());
    let own = |key: &PartitionKey| match key {
        PartitionKey::Field(field) => column(field),
        PartitionKey::Random => None,
    };
    let produced = pipeline.producer.as_ref().and_then(|producer| own(&producer.partition_key.value));
    let declared = pipeline
        .stream
        .as_ref()
        .and_then(|stream| stream.partition_key.as_ref())
        .and_then(|key| column(&key.value));
    // What the stack's producer does is known; of others it is what the user says.
    let known = if pipeline.producer.is_some() { produced } else { declared };
    if known.is_some_and(|known| paths.contains(&&known)) {
        return None;
    }
    let message =
        format!("{what} depends on the order of records, but {shards} shards are read in no fixed order");
    let mut help = match (paths.first(), pipeline.producer.is_some()) {
        (Some(path), true) => {
            format!("write `partition_key: {path}` in `producer`: records of one key are then in one shard")
        }
        (Some(path), false) => format!(
            "send records with the partition key from `{path}`, and write `partition_key: {path}` in `stream`"
        ),
        (None, _) => {
            "group by a column of the records, and send them with its values as partition keys".into()
        }
    };
    if one_is_enough {
        help.push_str("; or write `capacity: {shards: 1}` in `stream`");
    }
    Some(Diagnostic::warning(Code::OrderAcrossShards, span, message, help))
}

/// The path in the record that a key's value comes from as it is.
fn origin<'q>(query: &'q Query, streams: &[StreamId], key: &Expr) -> Option<&'q Path> {
    let ExprKind::Column(column) = &key.kind else { return None };
    let stream = *streams.get(column.relation)?;
    if stream == StreamId::INPUT {
        return Some(&query.input[column.column].path);
    }
    // Of several that feed the stream, all must agree.
    let mut found = None;
    for insert in query.inserts_into(stream) {
        let path = origin(query, &insert.select.from.streams(), insert.select.items.get(column.column)?)?;
        if found.is_some_and(|found| found != path) {
            return None;
        }
        found = Some(path);
    }
    found
}
