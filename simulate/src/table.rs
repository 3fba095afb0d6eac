//! A CSV file with a header as lines of JSON: what a pipeline of JSON records gets from it.

use std::io::{self, BufRead, Read};

use csv::StringRecord;
use serde_json::{Map, Value};

use pipec_compiler::sql::{Column, DataType};

/// The rows of a table, each a JSON object in a line.
pub struct Rows<R> {
    reader: csv::Reader<R>,
    /// The path of each field, and whether its values are numbers or booleans.
    fields: Vec<(Vec<String>, Kind)>,
    row: StringRecord,
    line: Vec<u8>,
    read: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Text,
    Number,
    Boolean,
}

impl<R: Read> Rows<R> {
    /// The rows behind a header. A field goes to the path of the column of its name; any other field to a key of its name.
    ///
    /// # Errors
    /// Why the header cannot be read, in a sentence.
    pub fn new<'c>(reader: R, columns: &(impl Iterator<Item = &'c Column> + Clone)) -> Result<Self, String> {
        let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(reader);
        let header = reader.headers().map_err(|error| format!("the header cannot be read: {error}"))?;
        let field = |name: &str| {
            let mut columns = columns.clone();
            match columns.find(|column| column.name.eq_ignore_ascii_case(name)) {
                Some(column) if column.path.elements().is_none() => {
                    (column.path.segments().to_vec(), kind(column.data_type))
                }
                _ => (vec![name.to_owned()], Kind::Text),
            }
        };
        let fields = header.iter().map(field).collect();
        Ok(Self { reader, fields, row: StringRecord::new(), line: Vec::new(), read: 0 })
    }

    fn fill(&mut self) -> io::Result<()> {
        self.line.clear();
        self.read = 0;
        if !self.reader.read_record(&mut self.row).map_err(io::Error::other)? {
            return Ok(());
        }
        let mut object = Map::new();
        for ((path, kind), text) in self.fields.iter().zip(&self.row) {
            put(&mut object, path, value(text, *kind));
        }
        serde_json::to_writer(&mut self.line, &object)?;
        self.line.push(b'\n');
        Ok(())
    }
}

fn kind(data_type: DataType) -> Kind {
    match data_type {
        DataType::Boolean => Kind::Boolean,
        DataType::TinyInt | DataType::SmallInt | DataType::Integer | DataType::BigInt => Kind::Number,
        DataType::Decimal { .. } | DataType::Real | DataType::Double => Kind::Number,
        DataType::Varchar(_) | DataType::Char(_) => Kind::Text,
        DataType::Date | DataType::Time | DataType::Timestamp => Kind::Text,
    }
}

/// The value of a field. What is not a number stays a text, which the SQL then counts as an invalid value.
fn value(text: &str, kind: Kind) -> Value {
    let parsed = || serde_json::from_str::<Value>(text.trim()).ok();
    match kind {
        Kind::Number => parsed().filter(Value::is_number).unwrap_or_else(|| text_or_null(text)),
        Kind::Boolean => {
            let lower = text.trim().to_ascii_lowercase();
            lower.parse::<bool>().map_or_else(|_| text_or_null(text), Value::Bool)
        }
        Kind::Text => Value::from(text),
    }
}

fn text_or_null(text: &str) -> Value {
    if text.is_empty() { Value::Null } else { Value::from(text) }
}

fn put(object: &mut Map<String, Value>, path: &[String], value: Value) {
    let Some((name, rest)) = path.split_first() else { return };
    if rest.is_empty() {
        object.insert(name.clone(), value);
        return;
    }
    let inner = object.entry(name).or_insert_with(|| Value::Object(Map::new()));
    if let Value::Object(inner) = inner {
        put(inner, rest, value);
    }
}

impl<R: Read> Read for Rows<R> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        let mut from = self.fill_buf()?;
        let read = from.read(to)?;
        self.consume(read);
        Ok(read)
    }
}

impl<R: Read> BufRead for Rows<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.read == self.line.len() {
            self.fill()?;
        }
        Ok(&self.line[self.read..])
    }

    fn consume(&mut self, read: usize) {
        self.read += read;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pipec_compiler::plan::fixture::planned;

    #[test]
    fn rows_become_objects_with_the_types_of_the_columns() {
        let spec = "name: orders\nstream: { record_size: 1 KiB, records_per_second: 10 }\ndelivery: { s3: {} }\n\
            records: { format: json, columns: { id: { type: INTEGER }, who: { type: VARCHAR(9), path: $.user.name }, ok: { type: BOOLEAN } } }\n";
        let (_, checked) = planned(spec);
        let columns = &checked.pipeline().records.as_ref().expect("records").columns;
        let table = "ID,who,ok,more\n1,\"a, b\",TRUE,x\nx,,,\n7\n";
        let mut lines = String::new();
        Rows::new(table.as_bytes(), &columns.iter())
            .expect("a header")
            .read_to_string(&mut lines)
            .expect("lines");
        assert_eq!(
            lines,
            "{\"id\":1,\"user\":{\"name\":\"a, b\"},\"ok\":true,\"more\":\"x\"}\n\
             {\"id\":\"x\",\"user\":{\"name\":\"\"},\"ok\":null,\"more\":\"\"}\n{\"id\":7}\n"
        );
    }
}
