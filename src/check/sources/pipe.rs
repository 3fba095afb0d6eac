//! Rules of EventBridge pipes: SQS queues and the streams of DynamoDB tables.

use super::arn::{self, Wanted};
use super::event::{self, Event};
use super::event_path::{self, Use};
use super::{Rules, Site};
use crate::aws::limits::{Bounds, pipes};
use crate::aws::regions;
use crate::diagnostics::{Code, Diagnostic};
use crate::pipeline::{DynamoDb, Setting, SourceKind, Sqs, Target};

/// Characters of a queue's name. SQS developer guide, quotas, 2026-11.
const QUEUE_NAME_CHARS: Bounds<usize> = Bounds::new(1, 80);

const QUEUE: Wanted = Wanted {
    service: "sqs",
    what: "a queue",
    example: "arn:aws:sqs:REGION:111122223333:orders",
    is_resource: |name| {
        let plain = name.strip_suffix(".fifo").unwrap_or(name);
        QUEUE_NAME_CHARS.contains(name.len())
            && !plain.is_empty()
            && plain.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
    },
};

const KEY: Wanted = Wanted {
    service: "kms",
    what: "the queue's key",
    example: "arn:aws:kms:REGION:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab",
    is_resource: |resource| resource.strip_prefix("key/").is_some_and(|id| !id.is_empty()),
};

const TABLE_STREAM: Wanted = Wanted {
    service: "dynamodb",
    what: "a table's stream",
    example: "arn:aws:dynamodb:REGION:111122223333:table/orders/stream/2026-11-30T00:00:00.000",
    is_resource: |resource| {
        let parts: Vec<&str> = resource.split('/').collect();
        matches!(parts.as_slice(), ["table", name, "stream", label] if !name.is_empty() && !label.is_empty())
    },
};

impl Rules for Sqs {
    fn check(&self, site: &Site, found: &mut Vec<Diagnostic>) {
        match arn_of_url(&self.queue) {
            Some(arn) => found.push(Diagnostic::error(
                Code::SourceArn,
                self.queue.span,
                "a queue is given by its ARN, not by its URL",
                format!("write `queue: {arn}`"),
            )),
            None => found.extend(arn::check(&self.queue, site.region(), "queue", &QUEUE)),
        }
        found.extend(self.kms_key.as_ref().and_then(|key| arn::check(key, site.region(), "kms_key", &KEY)));
        let max = if self.is_fifo() { pipes::SQS_BATCH_WITHOUT_WINDOW } else { pipes::BATCH.max };
        let what = if self.is_fifo() { "a batch of a FIFO queue" } else { "a batch" };
        found.extend(batch(&self.batch_size, max, (what, "messages")));
        key(self.partition_key.as_ref(), &event::MESSAGE, site, found);
        found.extend(of_fifo(self).filter(|_| site.target == Target::Stream));
        found.extend(read_twice(&self.queue, site));
    }
}

impl Rules for DynamoDb {
    fn check(&self, site: &Site, found: &mut Vec<Diagnostic>) {
        match table_of(&self.stream) {
            Some(table) => found.push(Diagnostic::error(
                Code::SourceArn,
                self.stream.span,
                format!("`{}` is the ARN of a table, not of its stream", self.stream.value),
                format!(
                    "write the table's LatestStreamArn, which `aws dynamodb describe-table --table-name {table}` \
                     prints if the table has a stream"
                ),
            )),
            None => found.extend(arn::check(&self.stream, site.region(), "stream", &TABLE_STREAM)),
        }
        found.extend(batch(&self.batch_size, pipes::BATCH.max, ("a batch", "changes")));
        key(self.partition_key.as_ref(), &event::CHANGE, site, found);
        found.extend(too_many_readers(&self.stream, site));
    }
}

/// The ARN of the queue whose URL is written.
fn arn_of_url(queue: &Setting<String>) -> Option<String> {
    let (host, path) = queue.value.strip_prefix("https://sqs.")?.split_once('/')?;
    let (region, _) = host.split_once('.')?;
    let (account, name) = path.split_once('/')?;
    let partition = regions::region(region)?.partition.id();
    Some(format!("arn:{partition}:sqs:{region}:{account}:{name}"))
}

/// The name of the table whose own ARN is written.
fn table_of(stream: &Setting<String>) -> Option<&str> {
    let ["arn", _, "dynamodb", _, _, resource] = stream.value.splitn(6, ':').collect::<Vec<_>>()[..] else {
        return None;
    };
    resource.strip_prefix("table/").filter(|name| !name.is_empty() && !name.contains('/'))
}

fn batch(size: &Setting<u64>, max: u64, (what, of): (&str, &str)) -> Option<Diagnostic> {
    let bounds = Bounds::new(pipes::BATCH.min, max);
    if bounds.contains(size.value) {
        return None;
    }
    let nearest = size.value.clamp(bounds.min, bounds.max);
    Some(Diagnostic::error(
        Code::OutOfRange,
        size.span,
        format!("{what} has {bounds} {of}"),
        format!("write `batch_size: {nearest}`"),
    ))
}

fn key(path: Option<&Setting<String>>, event: &Event, site: &Site, found: &mut Vec<Diagnostic>) {
    let Some(path) = path else { return };
    // Without a stream there is no key, whatever its path.
    match site.stream_only("partition_key", Some(path.span)) {
        Some(fault) => found.push(fault),
        None => found.extend(event_path::check(path, event, Use::PartitionKey)),
    }
}

/// What only messages of a FIFO queue have. SQS API reference, `ReceiveMessage`, 2026-11.
fn of_fifo(queue: &Sqs) -> Option<Diagnostic> {
    let path = queue.partition_key.as_ref().filter(|_| !queue.is_fifo())?;
    let field = path.value.strip_prefix("$.attributes.")?;
    ["SequenceNumber", "MessageDeduplicationId"].contains(&field).then(|| {
        Diagnostic::error(
            Code::EventField,
            path.span,
            format!("only messages of a FIFO queue have `{field}`"),
            "write `partition_key: $.messageId`, or a field of a JSON body, as in `$.body.id`",
        )
        .related(queue.queue.span, "a standard queue")
    })
}

/// Two readers of a queue share its messages.
fn read_twice(queue: &Setting<String>, site: &Site) -> Option<Diagnostic> {
    let first = site.context.pipeline.sources.iter().find_map(|source| match &source.kind {
        SourceKind::Sqs(other) if other.queue.value == queue.value => Some(&other.queue),
        _ => None,
    })?;
    if first.span == queue.span {
        return None;
    }
    Some(
        Diagnostic::error(
            Code::SourceReadTwice,
            queue.span,
            "two sources read the same queue, so each receives only some of its messages",
            "remove one of them",
        )
        .related(first.span, "the other one"),
    )
}

/// A shard of a table's stream has few readers.
fn too_many_readers(stream: &Setting<String>, site: &Site) -> Option<Diagnostic> {
    let mut same = site.context.pipeline.sources.iter().filter_map(|source| match &source.kind {
        SourceKind::DynamoDb(other) if other.stream.value == stream.value => Some(&other.stream),
        _ => None,
    });
    let at = same.clone().position(|other| other.span == stream.span)?;
    let first = same.next()?;
    if at < pipes::TABLE_STREAM_READERS_MAX {
        return None;
    }
    Some(
        Diagnostic::error(
            Code::SourceReadTwice,
            stream.span,
            format!("a table's stream supports at most {} readers", pipes::TABLE_STREAM_READERS_MAX),
            "remove this source",
        )
        .related(first.span, "the first one"),
    )
}
