//! Streams that the spec names: any of them can be an output, also one that is read, and any output can be left out.

use super::super::expr::{ColumnRef, Expr, ExprKind};
use super::super::query::{FromClause, Insert, Role, Select, StreamId};
use super::super::{OutputName, Place};
use super::streams::{READ, Streams, output};

/// Makes outputs of the streams that are named, and leaves out those that are not wanted, with all that only they read.
/// Gives the names of these.
pub(super) fn named(streams: &mut Streams, inserts: &mut Vec<Insert>, wanted: &[OutputName]) -> Vec<String> {
    let place = |name: &str| wanted.iter().find(|output| output.name == name).map(|output| output.place);
    let reads = |insert: &mut Insert| {
        let mut read = Vec::new();
        insert.select.from.visit_streams(&mut |stream, _| read.push(*stream));
        read
    };
    let mut left_out: Vec<StreamId> = Vec::new();
    // What only reads for a stream that is left out goes with it.
    loop {
        let read: Vec<StreamId> = inserts.iter_mut().flat_map(&reads).collect();
        let fed: Vec<StreamId> = inserts.iter().map(|insert| insert.into).collect();
        let unread = |id: StreamId| fed.contains(&id) && !read.contains(&id);
        let next = streams.ids().find(|id| {
            let name = &streams.get(*id).name;
            let was_read =
                left_out.iter().any(|out| streams.fed_by.get(out).is_some_and(|fed| fed.contains(id)));
            let is_named = matches!(place(name), Some(Place::Somewhere));
            unread(*id) && (place(name) == Some(Place::Nowhere) || was_read && !is_named)
        });
        let Some(next) = next else { break };
        let feeds: Vec<StreamId> =
            inserts.iter_mut().filter(|insert| insert.into == next).flat_map(&reads).collect();
        streams.fed_by.insert(next, feeds);
        inserts.retain(|insert| insert.into != next);
        left_out.push(next);
    }
    let names = left_out.iter().map(|id| streams.get(*id).name.clone()).collect();
    let read: Vec<StreamId> = inserts.iter_mut().flat_map(&reads).collect();
    let both: Vec<StreamId> = streams
        .ids()
        .filter(|id| {
            let stream = streams.get(*id);
            let is_named = place(&stream.name) == Some(Place::Somewhere);
            is_named && stream.role == Role::Output && read.contains(id) && !left_out.contains(id)
        })
        .collect();
    for id in both {
        inserts.push(copied(streams, id));
    }
    streams.leave_out(left_out);
    names
}

/// A stream that is read keeps its rows under another name, and an output of its own name gets a copy.
fn copied(streams: &mut Streams, id: StreamId) -> Insert {
    let stream = streams.get(id).clone();
    let (span, name) = (stream.span, format!("{READ}{}", stream.name));
    streams.rename(id, name.clone());
    let items = stream.columns.iter().enumerate().map(|(column, found)| Expr {
        kind: ExprKind::Column(ColumnRef { relation: 0, column }),
        data_type: found.data_type,
        span: found.span,
    });
    let from = FromClause::Stream { stream: id, name, window: None, span };
    let items = items.collect();
    let select = Select { from, filter: None, group: None, over: None, forest: None, items, span };
    let into = streams.add(output(stream.name, stream.columns, span));
    Insert { into, select, span }
}
