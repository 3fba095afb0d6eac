//! The records that arrive, and when.

use std::io::{BufRead, BufReader, Cursor};
use std::ops::RangeInclusive;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use pipec_path::Path;
use pipec_records::config::PartitionKey;
use pipec_records::path;
use pipec_records::record::{Page, Record};
use pipec_records::source::Source as _;
use pipec_records::source::generator::Generator;
use pipec_records::source::lines::Lines;
use pipec_records::stats::Stats;
use serde_json::value::RawValue;

use super::content::BINARY;

/// Text that is read line by line.
pub type Reader = Box<dyn BufRead>;

/// The times that have a text with four digits of the year, milliseconds since 1970: 0001-01-01T00:00:00Z to 9999-12-31T23:59:59.999Z.
const TIMES: RangeInclusive<i64> = -62_135_596_800_000..=253_402_300_799_999;

/// A time, milliseconds since 1970, within the years 1 to 9999.
pub fn clamped(millis: i64) -> i64 {
    millis.clamp(*TIMES.start(), *TIMES.end())
}

/// A time at which a run may start: in the years 1970 to 9999.
pub fn start_time(text: &str) -> Option<i64> {
    parse(text).filter(|time| (0..=*TIMES.end()).contains(time))
}

/// Where records come from.
pub enum Feed {
    /// Lines of a file, which are records or the base64 of records.
    Lines(Lines<Reader>),
    /// Lines of a file that is read again and again.
    Repeated(Arc<[u8]>, Lines<Reader>),
    /// The generator.
    Generator(Box<Generator>),
    /// Records with their times, milliseconds since 1970.
    Listed(std::vec::IntoIter<(Vec<u8>, Option<i64>)>),
    /// Records of a page, again and again.
    Page(Page, usize),
}

impl Feed {
    /// Lines of a file, whose records may have so many bytes.
    pub(super) fn lines(reader: Reader, max_record_size: usize) -> Self {
        // Base64 has four characters for three bytes. The records themselves are measured when they are decoded.
        let max = BINARY.len().saturating_add(max_record_size.div_ceil(3).saturating_mul(4));
        Self::Lines(Lines::new(reader, None, max))
    }

    /// Whether it has records as long as they are read.
    pub(super) fn is_endless(&self) -> bool {
        match self {
            Self::Repeated(..) | Self::Generator(_) | Self::Page(..) => true,
            Self::Lines(_) | Self::Listed(_) => false,
        }
    }
}

/// When records arrive.
#[derive(Clone, Debug)]
pub struct Clock {
    /// When the first one does, milliseconds since 1970.
    pub start: i64,
    /// How many arrive in a second.
    pub records_per_second: f64,
    /// The value that says when a record arrives, if one does.
    pub at: Option<TimeField>,
}

/// The place of a time in a record.
#[derive(Clone, Debug)]
pub enum TimeField {
    /// In JSON.
    Path(Path),
    /// A field of CSV, counted from 0, and what is between two.
    Field(usize, u8),
}

/// A record that arrives.
#[derive(Debug)]
pub struct Arrival {
    /// The record.
    pub record: Record,
    /// When, milliseconds since 1970.
    pub at: i64,
}

/// Records in the order of their arrival.
pub struct Arrivals {
    feed: Feed,
    clock: Clock,
    key: Option<PartitionKey>,
    max_record_size: usize,
    /// Records at most.
    limit: Option<u64>,
    /// Milliseconds since the first record at most.
    within: Option<i64>,
    /// What was counted.
    pub stats: Stats,
    /// Records so far.
    pub count: u64,
    /// Records without a time of their own.
    pub without_time: u64,
    first: Option<i64>,
    last: i64,
}

impl std::fmt::Debug for Arrivals {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        f.debug_struct("Arrivals")
            .field("clock", &self.clock)
            .field("count", &self.count)
            .finish_non_exhaustive()
    }
}

impl Arrivals {
    /// Records of a feed by a clock, with the partition key that the pipeline takes.
    pub fn new(feed: Feed, clock: Clock, key: Option<PartitionKey>, max_record_size: usize) -> Self {
        let last = if clock.at.is_some() { i64::MIN } else { clock.start };
        Self {
            feed,
            clock,
            key,
            max_record_size,
            limit: None,
            within: None,
            stats: Stats::default(),
            count: 0,
            without_time: 0,
            first: None,
            last,
        }
    }

    /// Ends after so many records, or so many milliseconds.
    #[must_use]
    pub fn within(self, limit: Option<u64>, within: Option<i64>) -> Self {
        Self { limit, within, ..self }
    }

    /// The times of the first and the last record, milliseconds since 1970.
    pub fn span(&self) -> Option<(i64, i64)> {
        Some((self.first?, self.last))
    }

    /// The next record.
    ///
    /// # Errors
    /// Why there is none, in a sentence.
    pub fn arrive(&mut self) -> Result<Option<Arrival>, String> {
        if self.limit.is_some_and(|limit| self.count >= limit) {
            return Ok(None);
        }
        let due = self
            .clock
            .start
            .saturating_add((self.count as f64 * 1000.0 / self.clock.records_per_second) as i64);
        // A source that never ends would never end if its records had no times, or the same ones again and again.
        let by_rate = self.clock.at.is_none() || self.feed.is_endless();
        if by_rate && self.within.is_some_and(|within| due.saturating_sub(self.clock.start) >= within) {
            return Ok(None);
        }
        let Some((record, listed)) = self.read(clamped(due))? else { return Ok(None) };
        let own = listed.or_else(|| self.clock.at.as_ref().and_then(|field| field.read(&record.data)));
        let has_own = self.clock.at.is_some() || matches!(self.feed, Feed::Listed(_));
        self.without_time += u64::from(self.clock.at.is_some() && own.is_none());
        // A record arrives after those before it.
        let at = match own {
            Some(own) => clamped(own).max(self.last),
            None if has_own && self.last > i64::MIN => self.last,
            None => clamped(due),
        };
        if self.within.is_some_and(|within| at.saturating_sub(*self.first.get_or_insert(at)) >= within) {
            return Ok(None);
        }
        self.first.get_or_insert(at);
        self.last = at;
        self.count += 1;
        Ok(Some(Arrival { record, at }))
    }

    fn read(&mut self, due: i64) -> Result<Option<(Record, Option<i64>)>, String> {
        let unreadable = |error: std::io::Error| format!("the input cannot be read: {error}");
        match &mut self.feed {
            Feed::Lines(lines) => {
                while let Some(line) = lines.next(&self.stats).map_err(unreadable)? {
                    let data = decoded(line.data).ok_or_else(|| {
                        format!("line {}: it begins with `{BINARY}` and is not base64", lines.line())
                    })?;
                    let record = Record::of(data, self.key.as_ref(), &self.stats);
                    if record.size() <= self.max_record_size {
                        return Ok(Some((record, None)));
                    }
                    self.stats.too_large(1);
                }
                Ok(None)
            }
            Feed::Repeated(content, lines) => {
                if let Some(record) = lines.next(&self.stats).map_err(unreadable)? {
                    return Ok(Some((record, None)));
                }
                if lines.given() == 0 {
                    return Ok(None);
                }
                let again: Reader = Box::new(BufReader::new(Cursor::new(Arc::clone(content))));
                *lines = Lines::new(again, self.key.clone(), self.max_record_size);
                let record = lines.next(&self.stats).map_err(unreadable)?;
                Ok(record.map(|record| (record, None)))
            }
            Feed::Generator(generator) => {
                let now = u64::try_from(due).unwrap_or(0);
                generator.set_clock(SystemTime::UNIX_EPOCH + Duration::from_millis(now));
                let record = generator.next(&self.stats).map_err(|error| error.to_string())?;
                Ok(record.map(|record| (record, None)))
            }
            Feed::Listed(records) => {
                for (data, at) in records.by_ref() {
                    let record = Record::of(data, self.key.as_ref(), &self.stats);
                    if record.size() <= self.max_record_size {
                        return Ok(Some((record, at)));
                    }
                    self.stats.too_large(1);
                }
                Ok(None)
            }
            Feed::Page(page, next) => {
                if *next == 0 {
                    // Each request returns them again.
                    self.stats.too_large(page.too_large);
                }
                let record = page.records.get(*next).cloned();
                *next = (*next + 1) % page.records.len().max(1);
                let is_keyed = matches!(self.key, Some(PartitionKey::Path(_)));
                let lacks = is_keyed && record.as_ref().is_some_and(|record| record.order().is_none());
                self.stats.without_key(usize::from(lacks));
                Ok(record.map(|record| (record, None)))
            }
        }
    }
}

/// A line that `pipec tail` prints for a record that is not text is that record; `None` if it is not base64.
fn decoded(line: Bytes) -> Option<Bytes> {
    match line.strip_prefix(BINARY.as_bytes()) {
        Some(base64) => BASE64_STANDARD.decode(base64).ok().map(Bytes::from),
        None => Some(line),
    }
}

impl TimeField {
    /// The time in a record, milliseconds since 1970.
    fn read(&self, data: &[u8]) -> Option<i64> {
        match self {
            Self::Path(path) => {
                let json: &RawValue = serde_json::from_slice(data).ok()?;
                let value = path::find(path, json)?.get();
                match value.strip_prefix('"') {
                    Some(_) => time(&serde_json::from_str::<String>(value).ok()?),
                    None => time(value),
                }
            }
            Self::Field(at, delimiter) => {
                let mut reader =
                    csv::ReaderBuilder::new().has_headers(false).delimiter(*delimiter).from_reader(data);
                let line = reader.byte_records().next()?.ok()?;
                time(std::str::from_utf8(line.get(*at)?).ok()?)
            }
        }
    }
}

/// A time as text: in a usual form, or as a number of seconds, milliseconds, microseconds or nanoseconds since 1970, by
/// its size. One outside the years 1 to 9999 is the nearest within.
pub fn time(text: &str) -> Option<i64> {
    parse(text).map(clamped)
}

fn parse(text: &str) -> Option<i64> {
    let text = text.trim();
    if let Ok(number) = text.parse::<f64>() {
        let size = number.abs();
        // Seconds until the year 5138, and so on.
        let millis = match size {
            _ if size < 1e11 => number * 1e3,
            _ if size < 1e14 => number,
            _ if size < 1e17 => number / 1e3,
            _ if size.is_finite() => number / 1e6,
            _ => return None,
        };
        return Some(millis as i64);
    }
    if let Ok(time) = text.parse::<jiff::Timestamp>() {
        return Some(time.as_millisecond());
    }
    pipec_core::parse_timestamp(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_in_the_usual_forms() {
        let time_ms = 1_767_323_045_000;
        for text in [
            "2026-01-02T03:04:05Z",
            "2026-01-02 03:04:05",
            "2026-01-02T04:04:05+01:00",
            "1767323045",
            "1767323045000",
            "1767323045000000",
            "1767323045000000000",
        ] {
            assert_eq!(time(text), Some(time_ms), "{text}");
        }
        assert_eq!(time("yesterday"), None);
    }

    #[test]
    fn every_time_has_a_text() {
        use crate::trace::time_text;

        assert_eq!(time("1e30").map(time_text).as_deref(), Some("9999-12-31T23:59:59.999Z"));
        assert_eq!(time("-1e30").map(time_text).as_deref(), Some("0001-01-01T00:00:00.000Z"));
        assert_eq!(
            time("-009998-01-01T00:00:00Z").map(time_text).as_deref(),
            Some("0001-01-01T00:00:00.000Z")
        );
        assert_eq!(time_text(i64::MAX), "9999-12-31T23:59:59.999Z");
        for text in ["1e30", "-1", "1969-12-31T23:59:59Z", "-009998-01-01T00:00:00Z"] {
            assert_eq!(start_time(text), None, "{text}");
        }
        assert_eq!(start_time("9999-12-31T23:59:59.999Z"), Some(253_402_300_799_999));
        let reader: Reader = Box::new("a\nb\n".as_bytes());
        let clock = Clock { start: 0, records_per_second: 1e-300, at: None };
        let slow = Arrivals::new(Feed::lines(reader, 100), clock, None, 100);
        assert_eq!(times(slow), [0, 253_402_300_799_999]);
    }

    fn arrivals(text: &'static str, at: Option<TimeField>) -> Arrivals {
        let reader: Reader = Box::new(text.as_bytes());
        let clock = Clock { start: 1000, records_per_second: 2.0, at };
        Arrivals::new(Feed::lines(reader, 100), clock, None, 100)
    }

    fn times(mut arrivals: Arrivals) -> Vec<i64> {
        std::iter::from_fn(|| arrivals.arrive().expect("text").map(|arrival| arrival.at)).collect()
    }

    #[test]
    fn records_arrive_by_the_rate_or_by_their_time() {
        assert_eq!(times(arrivals("a\nb\n\nc\n", None)), [1000, 1500, 2000]);
        assert_eq!(times(arrivals("a\nb\nc\n", None).within(None, Some(1000))), [1000, 1500]);
        assert_eq!(times(arrivals("a\nb\nc\n", None).within(Some(1), None)), [1000]);
        let path = || Some(TimeField::Path(pipec_path::parse("$.t").expect("a path")));
        let text = "{\"t\":5}\n{\"t\":\"1970-01-01T00:00:04Z\"}\n{}\n{\"t\":9}\n";
        assert_eq!(times(arrivals(text, path())), [5000, 5000, 5000, 9000]);
        assert_eq!(times(arrivals(text, path()).within(None, Some(1000))), [5000, 5000, 5000]);
        let field = Some(TimeField::Field(1, b';'));
        assert_eq!(times(arrivals("a;5\n\"b;c\";6\n", field)), [5000, 6000]);
    }

    #[test]
    fn an_endless_source_ends_whatever_its_records_are() {
        let content: Arc<[u8]> = Arc::from(&b"{\"t\":5}\n{}\n"[..]);
        let reader: Reader = Box::new(Cursor::new(Arc::clone(&content)));
        let at = Some(TimeField::Path(pipec_path::parse("$.t").expect("a path")));
        let clock = Clock { start: 0, records_per_second: 2.0, at };
        let feed = Feed::Repeated(content, Lines::new(reader, None, 100));
        let arrivals = Arrivals::new(feed, clock, None, 100).within(None, Some(3_000));
        assert_eq!(times(arrivals), [5000; 6]);
    }

    #[test]
    fn what_tail_prints_is_read_again() {
        let mut arrivals = arrivals("base64:/wA=\n", None);
        let arrival = arrivals.arrive().expect("base64").expect("a record");
        assert_eq!(&arrival.record.data[..], [0xff, 0x00]);
        let mut broken = self::arrivals("a\n\nbase64:/\n", None);
        assert!(broken.arrive().is_ok());
        let problem = broken.arrive().expect_err("no base64");
        assert_eq!(problem, "line 3: it begins with `base64:` and is not base64");
    }

    #[test]
    fn base64_is_measured_and_counted_when_it_is_decoded() {
        let key = Some(PartitionKey::Path(pipec_path::parse("$.k").expect("a path")));
        let fits = format!("{{\"k\":\"x\",\"t\":\"{}\"}}", "a".repeat(80));
        let line = |data: &[u8]| format!("{BINARY}{}\n", BASE64_STANDARD.encode(data));
        let text = line(fits.as_bytes()) + &line(&[b'x'; 101]) + &line(b"\xff");
        let reader: Reader = Box::new(Cursor::new(text.into_bytes()));
        let clock = Clock { start: 0, records_per_second: 1.0, at: None };
        let mut arrivals = Arrivals::new(Feed::lines(reader, 101), clock, key, 101);
        assert_eq!(arrivals.arrive().expect("base64").expect("a record").record.data, fits);
        assert_eq!(arrivals.arrive().expect("base64").expect("a record").record.data, b"\xff"[..]);
        assert!(arrivals.arrive().expect("the end").is_none());
        let stats = arrivals.stats.now();
        assert_eq!((stats.records_too_large, stats.records_without_key), (1, 2));
    }

    #[test]
    fn what_a_page_leaves_out_is_counted() {
        let key = PartitionKey::Path(pipec_path::parse("$.k").expect("a path"));
        let answer = format!("[{{\"k\":\"a\"}},{{}},\"{}\"]", "x".repeat(100));
        let root = pipec_path::parse("$").expect("a path");
        let page = Page::read(answer.as_bytes(), &root, Some(&key), 50).expect("a page");
        let clock = Clock { start: 0, records_per_second: 1.0, at: None };
        let feed = Feed::Page(page, 0);
        let mut arrivals = Arrivals::new(feed, clock, Some(key), 50).within(Some(4), None);
        while arrivals.arrive().expect("a record").is_some() {}
        let stats = arrivals.stats.now();
        assert_eq!((stats.records_too_large, stats.records_without_key), (2, 2));
    }
}
