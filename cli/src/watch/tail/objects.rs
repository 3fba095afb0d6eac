//! Reads the objects that Firehose writes, as they come.

use std::collections::BTreeSet;
use std::time::Duration;

use super::{Start, prefixes};
use crate::cloud::observer::Observer;
use crate::cloud::stop::Step;
use pipec_compiler::aws::destinations::MANIFESTS;
use pipec_compiler::pipeline::Purpose;
use pipec_compiler::plan::{S3LocationPlan, literal_head};
use pipec_simulate::content::{CONTENT_MAX, Unpacked, unpack};

/// Between two looks; a listing costs 0.005 USD per thousand.
const PAUSE: Duration = Duration::from_secs(5);
/// How long Firehose may hold a record, by whose time an object's key is made, milliseconds.
const HELD: i64 = 3 * HOUR;
/// The longest time whose places are listed one by one, milliseconds. A week has up to 168 of them; a longer time is
/// found sooner in the list of all objects, of which a call gives 1,000.
const LISTED_MAX: i64 = 7 * 24 * HOUR;
const HOUR: i64 = 3_600_000;

/// Where Firehose writes.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// Bucket.
    pub bucket: &'a str,
    /// Its prefixes and its compression.
    pub location: &'a S3LocationPlan,
    /// Whether the objects with what failed are read; else all others.
    pub failures: bool,
}

/// Reads objects until `tell` takes no more, or, where nothing is waited for, those that are there. `tell` is given a
/// key and what is in the object, or why that cannot be read.
///
/// # Errors
/// As AWS gives them, and where the user interrupts.
pub fn objects(
    observer: &dyn Observer,
    place: Place,
    start: Start,
    follow: bool,
    tell: &mut dyn FnMut(&str, Unpacked) -> bool,
) -> Step<()> {
    let location = place.location;
    let expressions = if place.failures { location.error_prefixes() } else { vec![location.prefix.as_str()] };
    let mut seen: Option<BTreeSet<String>> = None;
    // What is told takes its time, in which Firehose writes on: a look begins where the last one was.
    let mut from = match start {
        Start::Now => observer.now(),
        Start::Since(time) => time,
        Start::Oldest => i64::MIN,
    };
    loop {
        let now = observer.now();
        let listed_of = |expression: &&str| {
            if now.saturating_sub(from) > LISTED_MAX {
                BTreeSet::from([literal_head(expression).to_owned()])
            } else {
                prefixes::between(expression, location.time_zone.is_some(), from - HELD, now)
            }
        };
        let listed: BTreeSet<String> = expressions.iter().flat_map(listed_of).collect();
        let written = from.saturating_sub(HELD);
        from = now;
        let mut found = Vec::new();
        for prefix in &listed {
            found.extend(observer.objects(place.bucket, prefix)?);
        }
        // Faults of the query are rows, which have a prefix of their own.
        found.retain(|object| match place.failures {
            true => !below(&location.error_rows_prefix, &object.key),
            false => !failed(location, &object.key),
        });
        let keys = found.iter().map(|object| object.key.clone()).collect();
        found.retain(|object| match (&seen, start) {
            // The keys of the last look are not those of all objects, which a look after a long time lists.
            (Some(seen), _) => !seen.contains(&object.key) && object.at >= written,
            (None, Start::Since(time)) => object.at >= time,
            (None, Start::Oldest) => true,
            // What is there already, whatever the clocks say.
            (None, Start::Now) => false,
        });
        seen = Some(keys);
        found.sort_by(|a, b| (a.at, &a.key).cmp(&(b.at, &b.key)));
        for object in found {
            let content = if object.bytes > CONTENT_MAX {
                Err(format!("it has over {} MiB", CONTENT_MAX >> 20))
            } else {
                let Some(bytes) = observer.read_object(place.bucket, &object.key)? else { continue };
                unpack(bytes, location.compression)
            };
            if !tell(&object.key, content) {
                return Ok(());
            }
        }
        if !follow {
            return Ok(());
        }
        observer.pause(PAUSE)?;
    }
}

/// Whether a key is below a prefix; nothing is below none.
fn below(prefix: &str, key: &str) -> bool {
    !prefix.is_empty() && key.starts_with(prefix)
}

/// Whether a key is below the error prefix, or that of the query's faults, where it lies within the prefix.
fn failed(location: &S3LocationPlan, key: &str) -> bool {
    let good = literal_head(&location.prefix);
    let below = |bad: &str| bad.len() > good.len() && bad.starts_with(good) && key.starts_with(bad);
    let is_bad = location.error_prefixes().iter().any(|prefix| below(literal_head(prefix)));
    // What COPY reads besides the records.
    let is_manifest = location.purpose == Purpose::Staging && below(MANIFESTS);
    is_bad || is_manifest || below(&location.error_rows_prefix)
}
