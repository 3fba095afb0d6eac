//! Reads all shards of a stream, and those that they are split into or merged to.

use std::collections::BTreeSet;
use std::time::Duration;

use super::Start;
use crate::cloud::call_error::CallError;
use crate::cloud::observer::{Observer, Position, RecordPage, Shard};
use crate::cloud::stop::Step;

/// Between two looks at a shard that has more. All consumers of a shard share five calls and 2 MiB per second, and Firehose
/// and Flink need most of them. Kinesis Data Streams developer guide, "Quotas and limits", 2026-11.
const PAUSE_BEHIND: i64 = 500;
/// The same for a shard that has no more.
const PAUSE_CAUGHT_UP: i64 = 1_000;
/// After a shard refused a call.
const PAUSE_REFUSED: i64 = 2_000;
/// Calls in a row that may fail; each is tried for a minute by the SDK.
const FAILED_MAX: u32 = 5;

/// A shard that is read.
struct Reader {
    shard: String,
    /// Where it goes on without its iterator, which lives for five minutes.
    position: Position,
    iterator: Option<String>,
    /// When it is looked at next, milliseconds since 1970.
    due: i64,
    /// Whether all that was there at the begin has been read. What comes later is new, and may come faster than it can
    /// be read.
    caught_up: bool,
    failed: u32,
}

impl Reader {
    fn new(shard: String, position: Position, due: i64) -> Self {
        Self { shard, position, iterator: None, due, caught_up: false, failed: 0 }
    }

    /// The next records; `None` where it is to be tried again.
    fn look(&mut self, observer: &dyn Observer, stream: &str) -> Result<Option<RecordPage>, CallError> {
        let iterator = match self.iterator.take() {
            Some(iterator) => iterator,
            None => observer.shard_iterator(stream, &self.shard, &self.position)?,
        };
        match observer.records(&iterator) {
            Ok(page) => {
                self.failed = 0;
                Ok(Some(page))
            }
            Err(error) if error.code.as_deref() == Some("ExpiredIteratorException") => Ok(None),
            Err(error) if self.failed < FAILED_MAX && passes(&error) => {
                self.failed += 1;
                self.iterator = Some(iterator);
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }
}

fn passes(error: &CallError) -> bool {
    error.passes() || error.code.as_deref() == Some("ProvisionedThroughputExceededException")
}

/// Reads records until `tell` takes no more, or, where nothing is waited for, until there are none left. A shard's
/// records come in their order, a shard's behind those of the shards that it was made of.
///
/// # Errors
/// As AWS gives them, and where the user interrupts.
pub fn records(
    observer: &dyn Observer,
    stream: &str,
    start: Start,
    follow: bool,
    tell: &mut dyn FnMut(&[u8]) -> bool,
) -> Step<()> {
    let begin = observer.now();
    let listed = observer.shards(stream)?;
    let first = |shard: &&Shard| match start {
        Start::Now => shard.open,
        Start::Since(_) | Start::Oldest => !listed.iter().any(|other| shard.parents.contains(&other.id)),
    };
    let position = match start {
        Start::Now => Position::Latest,
        Start::Since(time) => Position::At(time),
        Start::Oldest => Position::Oldest,
    };
    let mut readers: Vec<Reader> = Vec::new();
    for shard in listed.iter().filter(first) {
        let mut reader = Reader::new(shard.id.clone(), position.clone(), begin);
        if start == Start::Now {
            // All at once: what comes while the first ones are read is new as well.
            reader.iterator = Some(observer.shard_iterator(stream, &shard.id, &position)?);
            reader.position = Position::At(begin);
        }
        readers.push(reader);
    }
    // What a shard is made of ends before it begins, but maybe before the time that is asked for as well.
    let position = if start == Start::Now { Position::Oldest } else { position };
    let mut begun: BTreeSet<String> = readers.iter().map(|reader| reader.shard.clone()).collect();
    let mut ended = BTreeSet::new();
    if start == Start::Now {
        ended.extend(listed.iter().filter(|shard| !shard.open).map(|shard| shard.id.clone()));
    }
    while let Some(next) = (0..readers.len()).min_by_key(|index| readers[*index].due) {
        let reader = &mut readers[next];
        if let Ok(early) = u64::try_from(reader.due - observer.now())
            && early > 0
        {
            observer.pause(Duration::from_millis(early))?;
        }
        let Some(page) = reader.look(observer, stream)? else {
            reader.due = observer.now() + PAUSE_REFUSED;
            continue;
        };
        for record in &page.records {
            reader.position = Position::After(record.sequence.clone());
            if !tell(&record.data) {
                return Ok(());
            }
        }
        let now = observer.now();
        reader.caught_up |=
            page.behind.is_some_and(|behind| behind == 0 || now.saturating_sub(behind) >= begin);
        reader.due = now + if page.behind == Some(0) { PAUSE_CAUGHT_UP } else { PAUSE_BEHIND };
        reader.iterator = page.next;
        if reader.iterator.is_none() {
            let last = readers.swap_remove(next).shard;
            ended.insert(last.clone());
            for child in children(&observer.shards(stream)?, &last, &ended) {
                if begun.insert(child.clone()) {
                    readers.push(Reader::new(child, position.clone(), observer.now()));
                }
            }
        }
        if !follow && readers.iter().all(|reader| reader.caught_up) {
            return Ok(());
        }
    }
    Ok(())
}

/// What the shard that ended last was split into or merged to, as soon as its other parents that are still there have
/// ended as well.
fn children(listed: &[Shard], last: &str, ended: &BTreeSet<String>) -> Vec<String> {
    let of_last = listed.iter().filter(|shard| shard.parents.iter().any(|parent| parent == last));
    let waits = |parent: &String| listed.iter().any(|shard| shard.id == *parent) && !ended.contains(parent);
    of_last.filter(|shard| !shard.parents.iter().any(waits)).map(|shard| shard.id.clone()).collect()
}
