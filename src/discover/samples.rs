//! Sample records out of a file, in the ways that records are kept.

use std::borrow::Cow;
use std::io::Read;

use csv::{ReaderBuilder, StringRecord};
use flate2::read::MultiGzDecoder;
use serde_json::{Map, Value};

use super::infer::is_writable;
use crate::sql::RecordFormat;

/// Most records that are looked at; a type that is not settled by then is not settled by more.
const SAMPLES_MAX: usize = 10_000;
/// Most bytes of a file once it is unpacked.
const BYTES_MAX: u64 = 64 << 20;

/// What may stand between two fields of CSV; the first that fits is taken.
const DELIMITERS: [u8; 4] = *b",;\t|";

/// Records, as objects whatever their format is.
#[derive(Clone, Debug, PartialEq)]
pub struct Samples {
    /// How they are written.
    pub format: RecordFormat,
    /// Each with its fields.
    pub records: Vec<Value>,
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

/// The records of a file: JSON objects, one per line, or concatenated as Firehose writes them, or one array of
/// them; or lines of CSV, with a line of names or without. Gzip-compressed or not.
///
/// # Errors
/// When it holds no record, or something that is none.
pub fn read(bytes: &[u8]) -> Result<Samples, NoSamples> {
    let bytes = unpacked(bytes)?;
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
    match bytes.trim_ascii_start().first() {
        Some(b'{' | b'[') => Ok(Samples { format: RecordFormat::Json, records: json(bytes)? }),
        Some(_) => comma_separated(bytes),
        None => Err(none("the file contains no records", "use a file of JSON objects, one per line")),
    }
}

fn json(bytes: &[u8]) -> Result<Vec<Value>, NoSamples> {
    let mut records = Vec::new();
    let values = serde_json::Deserializer::from_slice(bytes).into_iter::<Value>();
    for value in values {
        match value {
            Ok(Value::Array(items)) if records.is_empty() => records.extend(items),
            Ok(value) => records.push(value),
            Err(error) if error.is_eof() && !records.is_empty() => break,
            Err(error) => {
                return Err(none(
                    format!("record {} is not JSON: {error}", records.len() + 1),
                    "use a file of JSON objects, one per line",
                ));
            }
        }
        if records.len() >= SAMPLES_MAX {
            break;
        }
    }
    if let Some(at) = records.iter().position(|record| !record.is_object()) {
        return Err(none(
            format!("record {} is not a JSON object", at + 1),
            "use a file of JSON objects, one per line; of an answer that holds them, cut the list out",
        ));
    }
    if records.is_empty() {
        return Err(none("the file contains no records", "use a file of JSON objects, one per line"));
    }
    records.truncate(SAMPLES_MAX);
    Ok(records)
}

fn comma_separated(bytes: &[u8]) -> Result<Samples, NoSamples> {
    let lines = DELIMITERS.into_iter().find_map(|delimiter| {
        let mut reader = ReaderBuilder::new().delimiter(delimiter).has_headers(false).from_reader(bytes);
        let lines: Vec<StringRecord> = reader.records().take(SAMPLES_MAX).collect::<Result<_, _>>().ok()?;
        // Lines of different lengths are an error of the reader; one field a line is no CSV.
        lines.first().is_some_and(|line| line.len() > 1).then_some((delimiter, lines))
    });
    let Some((delimiter, lines)) = lines else {
        return Err(none(
            "the lines are neither JSON objects nor CSV of one number of fields",
            "use a file of JSON objects, one per line, or of CSV",
        ));
    };
    // A line of names is one where no field is a number, above one where some are.
    let text = |line: &StringRecord| line.iter().all(|field| field_value(field).is_string());
    let named = text(&lines[0]) && lines.iter().skip(1).any(|line| !text(line));
    let mut names: Vec<String> = Vec::new();
    for (at, name) in lines[0].iter().enumerate() {
        // Fields are told apart by their place alone, so each has a column, whatever it is called.
        let is_taken = |name: &str| names.iter().any(|taken| taken == name);
        let mut own = if named && is_writable(name) && !is_taken(name) {
            name.to_owned()
        } else {
            format!("column{}", at + 1)
        };
        while is_taken(&own) {
            own.push('_');
        }
        names.push(own);
    }
    let record = |line: &StringRecord| {
        let fields = names.iter().cloned().zip(line.iter().map(field_value));
        Value::Object(fields.collect::<Map<String, Value>>())
    };
    Ok(Samples {
        format: RecordFormat::Csv { delimiter: delimiter.into() },
        records: lines.iter().skip(usize::from(named)).map(record).collect(),
    })
}

/// A field as what it looks like. Digits behind a zero are no number: `01234` is a postcode.
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

fn unpacked(bytes: &[u8]) -> Result<Cow<'_, [u8]>, NoSamples> {
    if !bytes.starts_with(&[0x1f, 0x8b]) {
        return Ok(Cow::Borrowed(bytes));
    }
    let mut text = Vec::new();
    match MultiGzDecoder::new(bytes).take(BYTES_MAX).read_to_end(&mut text) {
        Ok(_) => Ok(Cow::Owned(text)),
        Err(_) => {
            Err(none("the file starts like gzip, but is not valid gzip", "use the file as it was written"))
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    fn count(bytes: &[u8]) -> Result<usize, NoSamples> {
        read(bytes).map(|samples| samples.records.len())
    }

    #[test]
    fn csv_has_names_or_numbers_and_a_delimiter() {
        let samples = read(b"ticker|price|code\nAXN|12.5|007\nBOLT||12\n").unwrap();
        assert_eq!(samples.format, RecordFormat::Csv { delimiter: '|' });
        assert_eq!(samples.records[0].to_string(), r#"{"ticker":"AXN","price":12.5,"code":"007"}"#);
        assert_eq!(samples.records[1].to_string(), r#"{"ticker":"BOLT","price":null,"code":12}"#);
        let samples = read(b"AXN,12\r\nBOLT,-3\r\n").unwrap();
        assert_eq!(samples.records[1].to_string(), r#"{"column1":"BOLT","column2":-3}"#);
        let samples = read(b"id,id,a${x},name\n1,2,3,Ada\n").unwrap();
        assert_eq!(samples.records[0].to_string(), r#"{"id":1,"column2":2,"column3":3,"name":"Ada"}"#);
        assert!(read(b"one\ntwo\n").is_err());
        assert!(read(b"a,b\n1,2,3\n").is_err());
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
}
