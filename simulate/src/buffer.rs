//! Firehose's buffer in front of S3: by size and time, as `BufferingHints` set it.

use std::io;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;

use super::Settings;
use super::bulk;
use super::compress::Packer;
use super::conversion::{Cell, Format, ParquetFile};
use super::object_key::{Keys, Kind};
use super::store::Store;
use super::trace::{Delay, ObjectTrace};
use pipec_compiler::aws::limits::MIB;
use pipec_compiler::aws::limits::firehose::ZERO_BUFFERING_S_MAX;
use pipec_compiler::plan::S3LocationPlan;

/// Milliseconds until a buffer is written that waits for so many seconds.
pub fn interval_ms(seconds: u64) -> i64 {
    let seconds = if seconds == 0 { ZERO_BUFFERING_S_MAX } else { seconds };
    i64::try_from(seconds.saturating_mul(1000)).unwrap_or(i64::MAX)
}

/// A place in S3 with its buffers: one for each kind of content, and for each partition.
#[derive(Debug)]
pub struct Place {
    bucket: String,
    keys: Keys,
    compression: &'static str,
    size_max: u64,
    interval_ms: i64,
    store: Store,
    /// How a request is written, if the place is not a bucket.
    form: Option<Form>,
    /// How the objects are written, if they are Parquet.
    parquet: Option<Format>,
    /// Bytes in memory of rows that are in no row group yet.
    unwritten: usize,
    /// Partitions that Firehose fills at a time.
    partitions_max: usize,
    open: Vec<Open>,
    written: Written,
}

/// How a request is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Form {
    /// Firehose's requests to HTTP endpoints: JSON with a list of records in base64. Firehose guide, "Understand HTTP endpoint
    /// delivery request and response specifications", 2026-11.
    Http,
    /// Bulk requests of OpenSearch: a line of JSON with the index, and a line with the document.
    Bulk {
        /// Name of the index, without its period.
        index: String,
        /// Firehose's word for the period of an index.
        rotation: &'static str,
        /// Whether Firehose sets the IDs of documents.
        ids: bool,
    },
    /// The records as they are.
    Plain,
    /// Each record on a line of its own: a row to insert.
    Lines,
}

/// The objects of a place so far.
#[derive(Clone, Debug, Default)]
pub struct Written {
    /// Objects, the first ones.
    pub objects: Vec<ObjectTrace>,
    /// How many objects of data, and of failed records.
    pub counts: (u64, u64),
    /// Records in them.
    pub records: (u64, u64),
    /// Bytes of them, compressed.
    pub bytes: (u64, u64),
    /// How long records were under way.
    pub delay: Option<Delay>,
}

/// What the names of objects in Parquet end in. Data Firehose developer guide, "Configure Amazon S3 object name format", 2026-11.
pub const PARQUET: &str = ".parquet";
/// Bytes in memory of the rows of a row group. One of Firehose has what is in its buffer; more of them keep the memory small.
const ROW_GROUP_BYTES: usize = 16 * 1024 * 1024;
/// Bytes in memory of all rows of a place that are in no row group yet.
const UNWRITTEN_MAX: usize = 48 * 1024 * 1024;

/// Objects that a trace names one by one.
const OBJECTS_LISTED_MAX: usize = 1_000;

struct Open {
    kind: Kind,
    /// The partition keys, as JSON.
    keys: Vec<u8>,
    key: String,
    packer: Packer,
    /// The rows, if the objects are Parquet.
    rows: Option<Box<ParquetFile>>,
    /// Bytes before compression.
    bytes: u64,
    records: u64,
    /// When the oldest record arrived, and when the first one came into the buffer, milliseconds since 1970.
    oldest: i64,
    opened: i64,
    delay: Delay,
}

impl std::fmt::Debug for Open {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        f.debug_struct("Open").field("key", &self.key).field("records", &self.records).finish_non_exhaustive()
    }
}

impl Place {
    /// A place with empty buffers.
    ///
    /// # Errors
    /// What cannot be evaluated here, in a sentence.
    pub fn new(
        location: &S3LocationPlan,
        bucket: String,
        stream: &str,
        seed: u64,
        store: Store,
    ) -> Result<Self, String> {
        Ok(Self {
            bucket,
            keys: Keys::new(location, stream, seed)?,
            compression: location.compression,
            size_max: location.buffer_size.saturating_mul(MIB),
            interval_ms: interval_ms(location.buffer_interval),
            store,
            form: None,
            parquet: None,
            unwritten: 0,
            partitions_max: usize::MAX,
            open: Vec::new(),
            written: Written::default(),
        })
    }

    /// Requests to a destination that is not a bucket, each a file in a folder.
    ///
    /// # Errors
    /// A fault of pipec, in a sentence.
    pub fn of_requests(
        folder: &str,
        stream: &str,
        form: Form,
        (size_mib, interval_s): (u64, u64),
        settings: &Settings,
    ) -> Result<Self, String> {
        let extension = match &form {
            Form::Http => ".json",
            Form::Bulk { .. } => ".ndjson",
            Form::Plain => ".txt",
            Form::Lines => ".jsonl",
        };
        Ok(Self {
            bucket: folder.to_owned(),
            keys: Keys::of_requests(stream, extension, settings.seed)?,
            compression: "UNCOMPRESSED",
            size_max: size_mib.saturating_mul(MIB),
            interval_ms: interval_ms(interval_s),
            store: settings.store.clone(),
            form: Some(form),
            parquet: None,
            unwritten: 0,
            partitions_max: usize::MAX,
            open: Vec::new(),
            written: Written::default(),
        })
    }

    /// The place of objects in Parquet.
    #[must_use]
    pub fn parquet(self, format: Format) -> Self {
        Self {
            keys: self.keys.in_format(PARQUET),
            parquet: Some(format),
            compression: "UNCOMPRESSED",
            ..self
        }
    }

    /// The place of objects that AWS converts to another format: names end as there, and in `.jsonl`.
    #[must_use]
    pub fn json_lines(self, extension: &str) -> Self {
        let keys = self.keys.in_format(extension).as_json_lines();
        Self { keys, compression: "UNCOMPRESSED", ..self }
    }

    /// The place with a quota of active partitions.
    #[must_use]
    pub fn partitioned(self, partitions_max: u64) -> Self {
        Self { partitions_max: usize::try_from(partitions_max).unwrap_or(usize::MAX), ..self }
    }

    /// Whether a record of these partition keys has a buffer, or may have one. A partition is active from its first record until its
    /// object is written. Data Firehose developer guide, "Buffer data for dynamic partitioning", 2026-11.
    pub fn accepts(&self, keys: &[u8]) -> bool {
        let active = self.open.iter().filter(|open| open.kind == Kind::Data);
        keys.is_empty()
            || self.open.len() < self.partitions_max
            || active.clone().any(|open| open.keys == keys)
            || active.count() < self.partitions_max
    }

    /// Puts the content of a record into the buffer of its kind and of its partition keys: it arrived at one time, and comes into the buffer at another.
    ///
    /// # Errors
    /// As the store gives them.
    pub fn add(&mut self, kind: Kind, keys: &[u8], content: &[u8], arrived: i64, now: i64) -> io::Result<()> {
        let at = self.open_at(kind, keys, arrived, now)?;
        let open = &mut self.open[at];
        match &self.form {
            Some(Form::Http) if kind == Kind::Data => {
                let id = open.key.rsplit('/').next().unwrap_or_default().trim_end_matches(".json");
                let before = match open.records {
                    0 => format!("{{\"requestId\":\"{id}\",\"timestamp\":{now},\"records\":["),
                    _ => ",".into(),
                };
                let record = BASE64_STANDARD.encode(content);
                open.packer.write(format!("{before}{{\"data\":\"{record}\"}}").as_bytes())?;
            }
            Some(Form::Bulk { index, rotation, ids }) if kind == Kind::Data => {
                let request = open.key.rsplit('/').next().unwrap_or_default().trim_end_matches(".ndjson");
                let id = ids.then(|| format!("{request}.{}", open.records));
                let index = bulk::index(index, rotation, arrived);
                open.packer.write(bulk::action(&index, id.as_deref()).as_bytes())?;
                open.packer.write(content)?;
                open.packer.write(b"\n")?;
            }
            Some(Form::Lines) if kind == Kind::Data => {
                open.packer.write(content)?;
                open.packer.write(b"\n")?;
            }
            Some(_) | None => open.packer.write(content)?,
        }
        self.added(at, content.len() as u64, arrived, now)
    }

    /// Puts the rows of a record of so many bytes into the buffer of its partition keys, as [`Place::add`] does; where the objects
    /// are Parquet.
    ///
    /// # Errors
    /// As the store gives them.
    pub fn add_rows(
        &mut self,
        keys: &[u8],
        cells: impl Iterator<Item = Cell>,
        bytes: usize,
        arrived: i64,
        now: i64,
    ) -> io::Result<()> {
        let at = self.open_at(Kind::Data, keys, arrived, now)?;
        let open = &mut self.open[at];
        if let Some(rows) = &mut open.rows {
            let before = rows.buffered();
            rows.add(cells);
            self.unwritten += rows.buffered() - before;
            if rows.buffered() >= ROW_GROUP_BYTES {
                self.write_rows(at)?;
            }
        }
        if self.unwritten > UNWRITTEN_MAX {
            let buffered = |at: &usize| self.open[*at].rows.as_ref().map_or(0, |rows| rows.buffered());
            if let Some(largest) = (0..self.open.len()).max_by_key(buffered) {
                self.write_rows(largest)?;
            }
        }
        self.added(at, bytes as u64, arrived, now)
    }

    /// Writes the rows of a buffer that are in memory.
    fn write_rows(&mut self, at: usize) -> io::Result<()> {
        let open = &mut self.open[at];
        if let Some(rows) = &mut open.rows {
            self.unwritten -= rows.buffered();
            rows.write_rows(&mut open.packer)?;
        }
        Ok(())
    }

    /// Position of the buffer of a kind and of partition keys, which is opened if there is none.
    fn open_at(&mut self, kind: Kind, keys: &[u8], arrived: i64, now: i64) -> io::Result<usize> {
        if let Some(at) = self.open.iter().position(|open| open.kind == kind && open.keys == keys) {
            return Ok(at);
        }
        let key = self.keys.next(kind, keys, arrived);
        // Firehose writes the documents of failed records as they are.
        let compression = if kind == Kind::Data { self.compression } else { "UNCOMPRESSED" };
        let packer = Packer::create(&mut self.store, (&self.bucket, &key), compression, !keys.is_empty())?;
        let format = self.parquet.as_ref().filter(|_| kind == Kind::Data);
        self.open.push(Open {
            kind,
            keys: keys.to_vec(),
            key,
            packer,
            rows: format.map(ParquetFile::new).transpose()?.map(Box::new),
            bytes: 0,
            records: 0,
            oldest: arrived,
            opened: now,
            delay: Delay::default(),
        });
        Ok(self.open.len() - 1)
    }

    /// A record is in a buffer, which is written when it is full.
    fn added(&mut self, at: usize, bytes: u64, arrived: i64, now: i64) -> io::Result<()> {
        let open = &mut self.open[at];
        open.bytes += bytes;
        open.records += 1;
        open.delay.arrived(arrived);
        if open.bytes >= self.size_max {
            let open = self.open.swap_remove(at);
            self.close(open, now)?;
        }
        Ok(())
    }

    /// Writes what has waited long enough at a time.
    ///
    /// # Errors
    /// As the store gives them.
    pub fn tick(&mut self, now: i64) -> io::Result<()> {
        while let Some(at) =
            self.open.iter().position(|open| now >= open.opened.saturating_add(self.interval_ms))
        {
            let open = self.open.swap_remove(at);
            let due = open.opened.saturating_add(self.interval_ms);
            self.close(open, due)?;
        }
        Ok(())
    }

    /// Writes what is left, when its time comes.
    ///
    /// # Errors
    /// As the store gives them.
    pub fn finish(&mut self) -> io::Result<Written> {
        self.tick(i64::MAX)?;
        Ok(std::mem::take(&mut self.written))
    }

    fn close(&mut self, mut open: Open, now: i64) -> io::Result<()> {
        if self.form == Some(Form::Http) && open.kind == Kind::Data {
            open.packer.write(b"]}")?;
        }
        if let Some(rows) = open.rows {
            self.unwritten -= rows.buffered();
            rows.finish(&mut open.packer)?;
        }
        let size = open.packer.finish()?;
        let written = &mut self.written;
        let (count, records, bytes) = match open.kind {
            Kind::Data => (&mut written.counts.0, &mut written.records.0, &mut written.bytes.0),
            Kind::Failed(_) => (&mut written.counts.1, &mut written.records.1, &mut written.bytes.1),
        };
        *count += 1;
        *records += open.records;
        *bytes += size;
        if open.kind == Kind::Data {
            written.delay.get_or_insert_default().merge(&open.delay.written(now));
        }
        if written.objects.len() < OBJECTS_LISTED_MAX {
            written.objects.push(ObjectTrace {
                bucket: self.bucket.clone(),
                key: open.key,
                failed: open.kind != Kind::Data,
                records: open.records,
                bytes: size,
                oldest_record: super::trace::time_text(open.oldest),
                written: super::trace::time_text(now),
            });
        }
        Ok(())
    }
}
