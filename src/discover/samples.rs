//! Sample records out of a file, in the ways that JSON records are kept.

use std::borrow::Cow;
use std::io::Read;

use flate2::read::MultiGzDecoder;
use serde_json::Value;

/// Most records that are looked at; a type that is not settled by then is not settled by more.
const SAMPLES_MAX: usize = 10_000;
/// Most bytes of a file once it is unpacked.
const BYTES_MAX: u64 = 64 << 20;

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

/// The records of a file: one JSON object a line, or one behind the other as Firehose writes them, or one array of
/// them; gzip-compressed or not.
///
/// # Errors
/// When it holds no record, or something that is none.
pub fn read(bytes: &[u8]) -> Result<Vec<Value>, NoSamples> {
    let bytes = unpacked(bytes)?;
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
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
                    "give a file of JSON objects, one a line",
                ));
            }
        }
        if records.len() >= SAMPLES_MAX {
            break;
        }
    }
    if let Some(at) = records.iter().position(|record| !record.is_object()) {
        return Err(none(
            format!("record {} is no JSON object", at + 1),
            "give a file of JSON objects, one a line; of an answer that holds them, cut the list out",
        ));
    }
    if records.is_empty() {
        return Err(none("the file holds no record", "give a file of JSON objects, one a line"));
    }
    records.truncate(SAMPLES_MAX);
    Ok(records)
}

fn unpacked(bytes: &[u8]) -> Result<Cow<'_, [u8]>, NoSamples> {
    if !bytes.starts_with(&[0x1f, 0x8b]) {
        return Ok(Cow::Borrowed(bytes));
    }
    let mut text = Vec::new();
    match MultiGzDecoder::new(bytes).take(BYTES_MAX).read_to_end(&mut text) {
        Ok(_) => Ok(Cow::Owned(text)),
        Err(_) => Err(none("the file begins like gzip and is none", "give the file as it was written")),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    #[test]
    fn records_are_kept_in_several_ways() {
        for text in [
            "{\"a\":1}\n{\"a\":2}\n",
            "{\"a\":1}{\"a\":2}",
            "[{\"a\":1},\n {\"a\":2}]",
            "\u{feff}{\"a\":1}\r\n{\"a\":2}",
        ] {
            assert_eq!(read(text.as_bytes()).map(|records| records.len()), Ok(2), "{text}");
            let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
            packed.write_all(text.as_bytes()).unwrap();
            assert_eq!(read(&packed.finish().unwrap()).map(|records| records.len()), Ok(2), "{text}");
        }
    }

    #[test]
    fn a_sample_that_was_cut_off_is_one_less() {
        assert_eq!(read(b"{\"a\":1}\n{\"a\":").map(|records| records.len()), Ok(1));
    }

    #[test]
    fn what_is_no_record_is_told_with_its_number() {
        let message = |text: &str| read(text.as_bytes()).unwrap_err().message;
        assert_eq!(message(""), "the file holds no record");
        assert_eq!(message("[]"), "the file holds no record");
        assert_eq!(message("{\"a\":1}\n7\n"), "record 2 is no JSON object");
        assert!(message("{\"a\":1}\nname,age\n").starts_with("record 2 is not JSON"));
    }
}
