//! Sample records out of a file, in the ways that records are kept. They are read one after the other: a file of any form
//! takes the memory of its largest record.

use std::fmt;
use std::io::{self, BufRead, BufReader, Read};

use csv::{ReaderBuilder, StringRecord};
use flate2::read::MultiGzDecoder;
use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use super::infer::{Discovery, Inference, is_writable};
use crate::sql::RecordFormat;

/// Records that are kept, to be shown next to what becomes of them.
const SHOWN_MAX: usize = 3;
/// Most bytes that are read, once they are unpacked.
pub const BYTES_MAX: u64 = 1 << 30;

/// What may be between two fields of CSV; the first that fits is taken.
const DELIMITERS: [u8; 4] = *b",;\t|";
/// Lines of CSV from which the delimiter is found.
const DELIMITER_LINES: usize = 100;

/// What sample records say.
#[derive(Clone, Debug, PartialEq)]
pub struct Samples {
    /// The columns.
    pub discovery: Discovery,
    /// How many records there are.
    pub count: usize,
    /// The first of them, as objects whatever their format is.
    pub first: Vec<Value>,
    /// Whether there was more than is read.
    pub is_cut: bool,
}

/// Why there are no samples.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoSamples {
    /// One terse sentence, without a full stop.
    pub message: String,
    /// What to do.
    pub help: &'static str,
}

fn none(message: impl Into<String>, help: &'static str) -> NoSamples {
    NoSamples { message: message.into(), help }
}

fn empty() -> NoSamples {
    none("the file contains no records", JSON_HELP)
}

fn failed(error: &io::Error) -> NoSamples {
    none(format!("it cannot be read: {error}"), "use the file as it was written")
}

const JSON_HELP: &str = "use a file of JSON objects, one per line";

/// The records of a file: JSON objects, one per line, or concatenated as Firehose writes them, or one array of
/// them; or lines of CSV, with a line of names or without. Gzip-compressed or not.
///
/// # Errors
/// When it holds no record, or something that is none.
pub fn read(file: impl Read) -> Result<Samples, NoSamples> {
    let mut file = BufReader::new(file);
    let start = file.fill_buf().map_err(|error| failed(&error))?;
    if start.starts_with(&[0x1f, 0x8b]) {
        return plain(MultiGzDecoder::new(file)).map_err(|none| match none.message.as_str() {
            message
                if message.contains("deflate") || message.contains("gzip") || message.contains("corrupt") =>
            {
                self::none(
                    "the file starts like gzip, but is not valid gzip",
                    "use the file as it was written",
                )
            }
            _ => none,
        });
    }
    plain(file)
}

fn plain(file: impl Read) -> Result<Samples, NoSamples> {
    let mut file = BufReader::new(file.take(BYTES_MAX));
    let start = file.fill_buf().map_err(|error| failed(&error))?;
    if start.starts_with(b"\xef\xbb\xbf") {
        file.consume(3);
    }
    loop {
        let buffer = file.fill_buf().map_err(|error| failed(&error))?;
        let blank = buffer.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
        match (blank, buffer.get(blank)) {
            (0, None) => return Err(empty()),
            (_, None) => file.consume(blank),
            (_, Some(b'{' | b'[')) => return json(file),
            (_, Some(_)) => {
                file.consume(blank);
                return comma_separated(file);
            }
        }
    }
}

fn json(mut file: BufReader<io::Take<impl Read>>) -> Result<Samples, NoSamples> {
    let mut records = Records::default();
    let mut values = serde_json::Deserializer::from_reader(&mut file);
    let mut read = 0;
    while records.fault.is_none() {
        match OneOrMany(&mut records).deserialize(&mut values) {
            Ok(()) => read += 1,
            // The end, or a last record that was cut off.
            Err(error) if error.is_eof() && read.max(records.count) > 0 => break,
            Err(_) if records.fault.is_some() => break,
            Err(error) => {
                return Err(none(format!("record {} is not JSON: {error}", records.count + 1), JSON_HELP));
            }
        }
    }
    if let Some(at) = records.fault {
        return Err(none(
            format!("record {at} is not a JSON object"),
            "use a file of JSON objects, one per line; of a response that contains them, keep the list alone",
        ));
    }
    if records.count == 0 {
        return Err(empty());
    }
    drop(values);
    Ok(Samples {
        discovery: records.inference.finish(RecordFormat::Json),
        count: records.count,
        first: records.first,
        is_cut: file.get_ref().limit() == 0,
    })
}

/// The records so far.
#[derive(Default)]
struct Records {
    inference: Inference,
    count: usize,
    first: Vec<Value>,
    /// Which one is not an object.
    fault: Option<usize>,
}

impl Records {
    fn add(&mut self, record: Value) {
        match &record {
            Value::Object(entries) => {
                self.inference.add(entries);
                self.count += 1;
                if self.first.len() < SHOWN_MAX {
                    self.first.push(record);
                }
            }
            _ => self.fault = self.fault.or(Some(self.count + 1)),
        }
    }
}

/// A record, or an array of them, which never is in memory as a whole.
struct OneOrMany<'r>(&'r mut Records);

impl<'de> DeserializeSeed<'de> for OneOrMany<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for OneOrMany<'_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter.write_str("a JSON object")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        while let Some(item) = items.next_element::<Value>()? {
            self.0.add(item);
            if self.0.fault.is_some() {
                return Err(serde::de::Error::custom("not an object"));
            }
        }
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<(), A::Error> {
        let mut record = Map::new();
        while let Some((key, value)) = entries.next_entry::<String, Value>()? {
            record.insert(key, value);
        }
        self.0.add(Value::Object(record));
        Ok(())
    }

    fn visit_bool<E>(self, value: bool) -> Result<(), E> {
        self.0.add(value.into());
        Ok(())
    }

    fn visit_i64<E>(self, value: i64) -> Result<(), E> {
        self.0.add(value.into());
        Ok(())
    }

    fn visit_u64<E>(self, value: u64) -> Result<(), E> {
        self.0.add(value.into());
        Ok(())
    }

    fn visit_f64<E>(self, value: f64) -> Result<(), E> {
        self.0.add(value.into());
        Ok(())
    }

    fn visit_str<E>(self, value: &str) -> Result<(), E> {
        self.0.add(value.into());
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        self.0.add(Value::Null);
        Ok(())
    }
}

/// The first lines of a file and the delimiter that makes as many fields of each; one field a line is not CSV.
fn delimiter(start: &[u8]) -> Option<u8> {
    DELIMITERS.into_iter().find(|delimiter| {
        let mut reader = ReaderBuilder::new().delimiter(*delimiter).has_headers(false).from_reader(start);
        let lines: Result<Vec<StringRecord>, _> = reader.records().take(DELIMITER_LINES).collect();
        // Lines of different lengths are an error of the reader.
        lines.is_ok_and(|lines| lines.first().is_some_and(|line| line.len() > 1))
    })
}

fn comma_separated(mut file: BufReader<io::Take<impl Read>>) -> Result<Samples, NoSamples> {
    let neither = || {
        none(
            "the lines are neither JSON objects nor CSV of one number of fields",
            "use a file of JSON objects, one per line, or of CSV",
        )
    };
    let mut start = Vec::new();
    for _ in 0..DELIMITER_LINES {
        if file.read_until(b'\n', &mut start).map_err(|error| failed(&error))? == 0 {
            break;
        }
    }
    let delimiter = delimiter(&start).ok_or_else(neither)?;
    let all = start.chain(&mut file);
    let mut reader = ReaderBuilder::new().delimiter(delimiter).has_headers(false).from_reader(all);
    let mut lines = reader.records();
    let first = lines.next().and_then(Result::ok).ok_or_else(neither)?;
    let names = names(&first);
    let numbers: Vec<String> = (1..=first.len()).map(|at| format!("column{at}")).collect();
    // A line of names is one where no field is a number, above one where some are. Until that is known, the fields have
    // numbers for names.
    let is_text = |line: &StringRecord| line.iter().all(|field| field_value(field).is_string());
    let mut named = false;
    let mut others = Records::default();
    let record = |line: &StringRecord| {
        let fields = numbers.iter().cloned().zip(line.iter().map(field_value));
        Value::Object(fields.collect::<Map<String, Value>>())
    };
    for line in lines {
        let line = line.map_err(|error| match error.position() {
            Some(position) => none(
                format!("line {} has a different number of fields, or is not UTF-8", position.line()),
                "use lines with the same fields",
            ),
            None => neither(),
        })?;
        named |= !is_text(&line);
        others.add(record(&line));
    }
    named &= is_text(&first);
    if !named {
        others.inference.add(record(&first).as_object().unwrap_or(&Map::new()));
        others.first.insert(0, record(&first));
        others.first.truncate(SHOWN_MAX);
        others.count += 1;
    }
    let format = RecordFormat::Csv { delimiter: delimiter.into() };
    let mut discovery = others.inference.finish(format);
    let mut shown = others.first;
    if named {
        discovery.rename(&numbers, &names);
        for record in shown.iter_mut().filter_map(Value::as_object_mut) {
            *record = names
                .iter()
                .cloned()
                .zip(std::mem::take(record).into_iter().map(|(_, value)| value))
                .collect();
        }
    }
    Ok(Samples { discovery, count: others.count, first: shown, is_cut: file.get_ref().limit() == 0 })
}

/// Names of columns out of a line. Fields are identified by their position alone, so each has a column, whatever it is
/// called.
fn names(line: &StringRecord) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for (at, name) in line.iter().enumerate() {
        let is_taken = |name: &str| names.iter().any(|taken| taken == name);
        let mut own =
            if is_writable(name) && !is_taken(name) { name.to_owned() } else { format!("column{}", at + 1) };
        while is_taken(&own) {
            own.push('_');
        }
        names.push(own);
    }
    names
}

/// A field as what it looks like. Digits after a zero are no number: `01234` is a postcode.
fn field_value(field: &str) -> Value {
    let digits = field.strip_prefix('-').unwrap_or(field);
    let plain = !(digits.len() > 1 && digits.starts_with('0') && !digits.starts_with("0."));
    let point = digits.split_once('.');
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    match field {
        "" => Value::Null,
        "true" | "TRUE" => Value::from(true),
        "false" | "FALSE" => Value::from(false),
        _ if plain && is_digits(digits) => field.parse::<i64>().map_or(Value::from(field), Value::from),
        _ if plain && point.is_some_and(|(whole, behind)| is_digits(whole) && is_digits(behind)) => {
            field.parse::<f64>().map_or(Value::from(field), Value::from)
        }
        _ => Value::from(field),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    fn count(bytes: &[u8]) -> Result<usize, NoSamples> {
        read(bytes).map(|samples| samples.count)
    }

    #[test]
    fn csv_has_names_or_numbers_and_a_delimiter() {
        let samples = read(&b"ticker|price|code\nAXN|12.5|007\nBOLT||12\n"[..]).unwrap();
        assert_eq!(samples.discovery.format, RecordFormat::Csv { delimiter: '|' });
        assert_eq!(samples.first[0].to_string(), r#"{"ticker":"AXN","price":12.5,"code":"007"}"#);
        assert_eq!(samples.first[1].to_string(), r#"{"ticker":"BOLT","price":null,"code":12}"#);
        let samples = read(&b"AXN,12\r\nBOLT,-3\r\n"[..]).unwrap();
        assert_eq!(samples.first[1].to_string(), r#"{"column1":"BOLT","column2":-3}"#);
        let samples = read(&b"id,id,a${x},name\n1,2,3,Ada\n"[..]).unwrap();
        assert_eq!(samples.first[0].to_string(), r#"{"id":1,"column2":2,"column3":3,"name":"Ada"}"#);
        assert!(read(&b"one\ntwo\n"[..]).is_err());
        assert!(read(&b"a,b\n1,2,3\n"[..]).is_err());
    }

    #[test]
    fn records_are_kept_in_several_ways() {
        for text in [
            "{\"a\":1}\n{\"a\":2}\n",
            "{\"a\":1}{\"a\":2}",
            "[{\"a\":1},\n {\"a\":2}]",
            "\u{feff}{\"a\":1}\r\n{\"a\":2}",
        ] {
            assert_eq!(count(text.as_bytes()), Ok(2), "{text}");
            let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
            packed.write_all(text.as_bytes()).unwrap();
            assert_eq!(count(&packed.finish().unwrap()), Ok(2), "{text}");
        }
    }

    #[test]
    fn a_sample_that_was_cut_off_is_one_less() {
        assert_eq!(count(b"{\"a\":1}\n{\"a\":"), Ok(1));
    }

    #[test]
    fn what_is_no_record_is_told_with_its_number() {
        let message = |text: &str| read(text.as_bytes()).unwrap_err().message;
        assert_eq!(message(""), "the file contains no records");
        assert_eq!(message("[]"), "the file contains no records");
        assert_eq!(message("{\"a\":1}\n7\n"), "record 2 is not a JSON object");
        assert!(message("{\"a\":1}\nname,age\n").starts_with("record 2 is not JSON"));
        assert!(message("hello\n").starts_with("the lines are neither"));
    }

    #[test]
    fn all_records_count() {
        let mut text = String::from("[");
        for n in 0..30_000 {
            text += &format!("{{\"id\": {n}}},\n");
        }
        text += "{\"id\": \"the last is a text\"}]";
        let samples = read(text.as_bytes()).unwrap();
        assert_eq!((samples.count, samples.first.len()), (30_001, 3));
        assert_eq!(samples.discovery.columns[0].data_type.to_string(), "VARCHAR(32)");
        assert_eq!(read(&b"[{\"a\": 1}, [2]]"[..]).unwrap_err().message, "record 2 is not a JSON object");
    }
}
