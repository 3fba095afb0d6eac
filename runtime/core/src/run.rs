//! A query run on one record.

use std::borrow::Cow;

use crate::budget::{Budget, MAX_BYTES};
use crate::csv;
use crate::eval::{Row, Values};
use crate::json::{self, Keys, Raw};
use crate::lookup::{self, Index};
use crate::partition::Partitioner;
use crate::program::{Applied, Outcome};
use crate::query::{Array, DataType, Format, Insert, Query};
use crate::unpack::{self, Packet, Unpacked};
use crate::value::{Numbers, Value};

/// The most rows that one record may become, those of inner streams included; a query in which each of many streams
/// feeds the next one twice would never end.
pub const MAX_ROWS: usize = 100_000;

/// A query, prepared.
#[derive(Clone, Debug)]
pub(crate) struct Runner {
    /// Where the columns lie in a JSON record, and behind them the array whose elements become rows.
    keys: Keys,
    /// Where the columns lie in an element of that array.
    element: Keys,
    numbers: Numbers,
    /// For each stream, the inserts that read it.
    readers: Vec<Vec<usize>>,
    /// For each stream that leaves the query, what stands before each value, and behind the last.
    frames: Vec<Option<Frame>>,
    /// The rows of each table.
    tables: Vec<Vec<Vec<Value<'static>>>>,
    /// For each insert, what its look-ups find their rows by.
    indexes: Vec<Vec<Index>>,
    /// For each table, what a row has in its columns that has no partner.
    without: Vec<Vec<Value<'static>>>,
    /// What finds the partition keys of the rows that leave the query.
    partitioner: Option<Partitioner>,
}

#[derive(Clone, Debug)]
struct Frame {
    before: Vec<Vec<u8>>,
    behind: Vec<u8>,
}

impl Frame {
    fn new(keys: &[String], append: &str) -> Self {
        let mut before = Vec::new();
        for (at, key) in keys.iter().enumerate() {
            let mut text = vec![if at == 0 { b'{' } else { b',' }];
            json::write_text(key, &mut text);
            text.push(b':');
            before.push(text);
        }
        let open = if keys.is_empty() { "{" } else { "" };
        Self { before, behind: [open, "}", append].concat().into_bytes() }
    }
}

enum Failed {
    /// The record is not what the query reads, or its rows grew beyond a limit.
    Record,
    /// A partition key of a row has no value, or two rows have different ones.
    Key,
}

impl From<json::Malformed> for Failed {
    fn from(_: json::Malformed) -> Self {
        Self::Record
    }
}

impl From<csv::Malformed> for Failed {
    fn from(_: csv::Malformed) -> Self {
        Self::Record
    }
}

struct Output<'q> {
    runner: &'q Runner,
    query: &'q Query,
    /// Milliseconds since 1970.
    now: i64,
    budget: &'q Budget,
    bytes: Vec<u8>,
    rows: usize,
    /// The partition keys of the rows, as JSON.
    partition_keys: Vec<u8>,
}

impl Runner {
    /// Prepares a query whose invariants hold.
    pub(crate) fn new(query: &Query, append: &str, partitioner: Option<Partitioner>) -> Self {
        let (mut keys, mut element) = (Keys::default(), Keys::default());
        for (at, column) in query.columns.iter().enumerate() {
            let inside = query.array.as_ref().is_some_and(|array| array.columns.contains(&at));
            (if inside { &mut element } else { &mut keys }).add(&column.path, at);
        }
        if let Some(array) = &query.array {
            keys.add(&array.path, query.columns.len());
        }
        let mut readers = vec![Vec::new(); query.streams.len() + 1];
        for (at, insert) in query.inserts.iter().enumerate() {
            readers[insert.from].push(at);
        }
        let frame = |keys: &Option<Vec<String>>| keys.as_ref().map(|keys| Frame::new(keys, append));
        let exact = query.columns.iter().any(|column| matches!(column.data_type, DataType::Decimal(..)));
        let indexes = |insert: &Insert| {
            insert.lookups.iter().map(|lookup| Index::new(query, lookup)).collect::<Vec<_>>()
        };
        Self {
            keys,
            element,
            numbers: Numbers { exact },
            readers,
            frames: query.streams.iter().map(|stream| frame(&stream.keys)).collect(),
            tables: query.tables.iter().map(lookup::rows).collect(),
            indexes: query.inserts.iter().map(indexes).collect(),
            without: query.tables.iter().map(|table| vec![Value::Null; table.types.len()]).collect(),
            partitioner,
        }
    }

    /// What becomes of a record that is looked at so many milliseconds after 1970.
    pub(crate) fn run<'a>(&self, query: &Query, record: &'a [u8], now: i64) -> Applied<'a> {
        self.fed(query, now, |output| match query.format {
            Format::Json => output.json(record),
            Format::Csv(delimiter) => output.csv(record, delimiter),
        })
    }

    /// What becomes of the log events of a record, each of which is read as a record.
    pub(crate) fn run_packet(&self, query: &Query, packet: &Packet, now: i64) -> Applied<'static> {
        let fields = self.keys.reads(unpack::FIELDS).then_some(self.numbers.exact);
        self.fed(query, now, |output| packet.each(fields, |event| output.object(&json::text(event))))
    }

    fn fed(
        &self,
        query: &Query,
        now: i64,
        feed: impl FnOnce(&mut Output) -> Result<(), Failed>,
    ) -> Applied<'static> {
        let budget = Budget::default();
        let mut output = Output {
            runner: self,
            query,
            now,
            budget: &budget,
            bytes: Vec::new(),
            rows: 0,
            partition_keys: Vec::new(),
        };
        let fed = feed(&mut output);
        let lacks_key = matches!(fed, Err(Failed::Key));
        let partition_keys = output.partition_keys;
        let outcome = match fed {
            Err(Failed::Record | Failed::Key) => Outcome::ProcessingFailed,
            Ok(()) if budget.is_exceeded() => Outcome::ProcessingFailed,
            Ok(()) if output.bytes.is_empty() => Outcome::Dropped,
            Ok(()) => Outcome::Ok(Cow::Owned(output.bytes)),
        };
        let (invalid_values, unpacked) = (budget.invalid_values(), Unpacked::default());
        Applied { outcome, invalid_values, unpacked, partition_keys, lacks_key }
    }
}

impl<'q> Output<'q> {
    fn row<'r>(&self, values: Values<'r>) -> Row<'r>
    where
        'q: 'r,
    {
        Row { values, now: self.now, budget: self.budget }
    }

    /// An object is a record; of an array, each object in it is one.
    fn json(&mut self, record: &[u8]) -> Result<(), Failed> {
        let text = json::text(record);
        match json::records(&text, self.runner.numbers.exact)? {
            None => self.object(&text),
            Some(records) if records.is_empty() => Err(Failed::Record),
            Some(records) => records.into_iter().try_for_each(|record| self.object(record)),
        }
    }

    fn object(&mut self, record: &str) -> Result<(), Failed> {
        let (runner, query): (&'q Runner, &'q Query) = (self.runner, self.query);
        let columns = &query.columns;
        let mut found = vec![Raw::Absent; columns.len() + usize::from(query.array.is_some())];
        json::read(record, &runner.keys, runner.numbers.exact, &mut found)?;
        match &query.array {
            Some(array) => self.elements(array, &mut found),
            None => self.feed(0, self.row(Values::Input { columns, found: &found, numbers: runner.numbers })),
        }
    }

    /// A row for each object in an array, which stands behind the values of the columns, and one without any.
    fn elements(&mut self, array: &Array, found: &mut [Raw]) -> Result<(), Failed> {
        let (columns, numbers) = (&self.query.columns, self.runner.numbers);
        let elements = match found.last() {
            Some(Raw::Container(text)) => json::objects(text),
            _ => Vec::new(),
        };
        if elements.is_empty() {
            return self.feed(0, self.row(Values::Input { columns, found, numbers }));
        }
        for element in elements {
            for column in &array.columns {
                found[*column] = Raw::Absent;
            }
            json::read(element, &self.runner.element, numbers.exact, found)?;
            self.feed(0, self.row(Values::Input { columns, found, numbers }))?;
        }
        Ok(())
    }

    fn csv(&mut self, record: &[u8], delimiter: char) -> Result<(), Failed> {
        let columns = &self.query.columns;
        let mut found = vec![None; columns.len()];
        if csv::read(record, delimiter, &mut found)? {
            self.budget.ignore_lines();
        }
        self.feed(0, self.row(Values::Fields { columns, found: &found }))
    }

    /// Gives a row to all that read its stream.
    fn feed(&mut self, stream: usize, row: Row) -> Result<(), Failed> {
        let (runner, query): (&'q Runner, &'q Query) = (self.runner, self.query);
        for &at in &runner.readers[stream] {
            let insert = &query.inserts[at];
            if insert.lookups.is_empty() {
                self.insert(insert, row)?;
            } else {
                self.look_up(at, 0, query.width(stream).unwrap_or_default(), row)?;
            }
        }
        Ok(())
    }

    /// Gives a row of so many columns its partners, from one look-up of an insert on.
    fn look_up(&mut self, insert: usize, next: usize, width: usize, row: Row) -> Result<(), Failed> {
        let (runner, at): (&'q Runner, &'q Insert) = (self.runner, &self.query.inserts[insert]);
        let Some(lookup) = at.lookups.get(next) else { return self.insert(at, row) };
        let found = runner.indexes[insert][next].find(&row.value(&lookup.value));
        let right = match found {
            Some(found) => &runner.tables[lookup.table][found],
            None if lookup.outer => &runner.without[lookup.table],
            None => return Ok(()),
        };
        self.look_up(
            insert,
            next + 1,
            width + right.len(),
            Row { values: Values::Joined { left: &row, width, right }, ..row },
        )
    }

    /// Puts a row into a stream, if it passes.
    fn insert(&mut self, insert: &'q Insert, row: Row) -> Result<(), Failed> {
        if insert.filter.as_ref().is_some_and(|filter| row.truth(filter) != Some(true)) {
            return Ok(());
        }
        self.rows += 1;
        if self.rows > MAX_ROWS || self.budget.is_exceeded() {
            return Err(Failed::Record);
        }
        match &self.runner.frames[insert.into - 1] {
            Some(frame) => self.write(frame, insert, row),
            None => {
                let values = inner(insert, row)?;
                self.feed(insert.into, Row { values: Values::Inner(&values), ..row })
            }
        }
    }

    fn write(&mut self, frame: &Frame, insert: &Insert, row: Row) -> Result<(), Failed> {
        if self.bytes.is_empty() {
            self.bytes.reserve(256);
        }
        let partitioner = self.runner.partitioner.as_ref();
        let mut keys = partitioner.map(Partitioner::start);
        for (at, (before, item)) in frame.before.iter().zip(&insert.items).enumerate() {
            self.bytes.extend_from_slice(before);
            let value = row.value(item);
            value.write(&mut self.bytes);
            if self.bytes.len() > MAX_BYTES {
                return Err(Failed::Record);
            }
            if let (Some(partitioner), Some(keys)) = (partitioner, &mut keys) {
                partitioner.note(at, &value, keys);
            }
        }
        self.bytes.extend_from_slice(&frame.behind);
        if let (Some(partitioner), Some(keys)) = (partitioner, keys) {
            let keys = partitioner.finish(&keys).ok_or(Failed::Key)?;
            // Firehose stores all rows of a record together.
            if !self.partition_keys.is_empty() && self.partition_keys != keys {
                return Err(Failed::Key);
            }
            self.partition_keys = keys;
        }
        Ok(())
    }
}

/// The values of a row of an inner stream. The texts that were made for it, other than those of the record, are held to
/// the same size together.
fn inner<'r>(insert: &'r Insert, row: Row<'r>) -> Result<Vec<Value<'r>>, Failed> {
    let mut made = 0;
    let mut values = Vec::with_capacity(insert.items.len());
    for item in &insert.items {
        let value = row.value(item);
        if let Value::Text(Cow::Owned(text)) = &value {
            made += text.len();
        }
        if made > MAX_BYTES {
            return Err(Failed::Record);
        }
        values.push(value);
    }
    Ok(values)
}
