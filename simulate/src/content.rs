//! Records and objects as text.

use std::io::{self, Cursor, Read};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use flate2::read::MultiGzDecoder;

use pipec_compiler::aws::destinations::explained;
use pipec_compiler::terminal::is_printable;
use serde_json::Value;

/// Largest content that is read, packed or unpacked, bytes. Firehose collects at most 128 MB for an object.
pub const CONTENT_MAX: u64 = 256 << 20;
/// What gzip begins with. RFC 1952.
pub(super) const GZIP: [u8; 2] = [0x1f, 0x8b];
/// What stands in front of a record that is no text.
pub const BINARY: &str = "base64:";

/// A record as a line, or as the lines that it holds. Gzip is unpacked; what is no text, or would be obeyed by a
/// terminal, is base64.
pub fn text(data: &[u8]) -> String {
    let unpacked = data.starts_with(&GZIP).then(|| bounded(MultiGzDecoder::new(data)).ok()).flatten();
    let plain = readable(unpacked.as_deref().unwrap_or(data));
    match plain {
        Some(text) => format!("{text}\n"),
        None => format!("{BINARY}{}\n", BASE64_STANDARD.encode(data)),
    }
}

/// A line of Firehose's about a record that failed, with the record as text and the meaning of the error code. Any other line as
/// it is.
pub fn failure(line: &[u8]) -> String {
    let Ok(Value::Object(mut fields)) = serde_json::from_slice(line) else { return text(line) };
    let raw = fields.get("rawData").and_then(Value::as_str).and_then(|raw| BASE64_STANDARD.decode(raw).ok());
    let Some(record) = raw else { return text(line) };
    let of = |name: &str, last: &str| {
        fields.get(name).or_else(|| fields.get(last)).and_then(Value::as_str).unwrap_or_default().to_owned()
    };
    let (code, message) = (of("errorCode", "lastErrorCode"), of("errorMessage", "lastErrorMessage"));
    fields.remove("rawData");
    if let Some(known) = explained(&code, &message) {
        fields.insert("help".into(), format!("{}: {}", known.cause, known.help).into());
    }
    fields.insert("record".into(), text(&record).trim_end_matches('\n').into());
    text(Value::Object(fields).to_string().as_bytes())
}

fn readable(bytes: &[u8]) -> Option<&str> {
    let text = std::str::from_utf8(bytes).ok()?.trim_end_matches(['\n', '\r']);
    is_printable(text).then_some(text)
}

/// What is in an object, or why it cannot be read.
pub type Unpacked = Result<Vec<u8>, String>;

/// What is in an object, with Firehose's word for its compression. Objects from before a change of the spec are told
/// by what they begin with.
///
/// # Errors
/// Why it cannot be read, without any of it.
pub fn unpack(bytes: Vec<u8>, compression: &str) -> Unpacked {
    let unpacked = if bytes.starts_with(&GZIP) {
        bounded(MultiGzDecoder::new(bytes.as_slice()))
    } else if bytes.starts_with(b"PK\x03\x04") {
        unzip(&bytes)
    } else if bytes.starts_with(b"\xff\x06\x00\x00sNaPpY") {
        bounded(snap::read::FrameDecoder::new(bytes.as_slice()))
    } else if compression == "HADOOP_SNAPPY" {
        hadoop_snappy(&bytes)
    } else {
        return Ok(bytes);
    };
    unpacked.map_err(|error| format!("it cannot be unpacked: {error}"))
}

/// The format of an object that is no text, by what it begins with. Apache Parquet and Apache ORC, file format.
pub fn columnar(content: &[u8]) -> Option<&'static str> {
    let formats = [(b"PAR1".as_slice(), "Parquet"), (b"ORC", "ORC")];
    formats.into_iter().find(|(magic, _)| content.starts_with(magic)).map(|(_, format)| format)
}

fn bounded(reader: impl Read) -> io::Result<Vec<u8>> {
    let mut content = Vec::new();
    reader.take(CONTENT_MAX + 1).read_to_end(&mut content)?;
    if content.len() as u64 > CONTENT_MAX { Err(too_large()) } else { Ok(content) }
}

fn too_large() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("it contains more than {} MiB", CONTENT_MAX >> 20))
}

fn unzip(bytes: &[u8]) -> io::Result<Vec<u8>> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes))?;
    let mut content = Vec::new();
    for index in 0..archive.len() {
        content.extend(bounded(archive.by_index(index)?)?);
        if content.len() as u64 > CONTENT_MAX {
            return Err(too_large());
        }
    }
    Ok(content)
}

/// Blocks of a length unpacked (4 bytes, big endian), and in each chunks of a length packed and Snappy's raw form.
/// Hadoop, `BlockCompressorStream`.
fn hadoop_snappy(bytes: &[u8]) -> io::Result<Vec<u8>> {
    let broken = || io::Error::new(io::ErrorKind::InvalidData, "it is not Hadoop-framed Snappy");
    let length = |rest: &mut &[u8]| -> io::Result<usize> {
        let (length, behind) = rest.split_first_chunk::<4>().ok_or_else(broken)?;
        *rest = behind;
        Ok(u32::from_be_bytes(*length) as usize)
    };
    let (mut rest, mut content) = (bytes, Vec::new());
    while !rest.is_empty() {
        let end = content.len() + length(&mut rest)?;
        if end as u64 > CONTENT_MAX {
            return Err(too_large());
        }
        while content.len() < end {
            let packed = length(&mut rest)?;
            let (chunk, behind) = rest.split_at_checked(packed).ok_or_else(broken)?;
            rest = behind;
            if snap::raw::decompress_len(chunk).map_err(|_| broken())? > end - content.len() {
                return Err(broken());
            }
            let unpacked = snap::raw::Decoder::new().decompress_vec(chunk).map_err(|_| broken())?;
            if unpacked.is_empty() {
                return Err(broken());
            }
            content.extend(unpacked);
        }
    }
    Ok(content)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;
    use proptest::prelude::*;

    use super::*;

    fn gzip(content: &[u8]) -> Vec<u8> {
        let mut packer = GzEncoder::new(Vec::new(), Compression::default());
        packer.write_all(content).expect("memory takes it");
        packer.finish().expect("memory takes it")
    }

    fn hadoop(content: &[u8]) -> Vec<u8> {
        let mut packed = Vec::new();
        for block in content.chunks(10) {
            packed.extend((block.len() as u32).to_be_bytes());
            for chunk in block.chunks(4) {
                let chunk = snap::raw::Encoder::new().compress_vec(chunk).expect("small enough");
                packed.extend((chunk.len() as u32).to_be_bytes());
                packed.extend(chunk);
            }
        }
        packed
    }

    #[test]
    fn text_is_itself_and_the_rest_is_marked() {
        assert_eq!(text(b"{\"a\": 1}"), "{\"a\": 1}\n");
        assert_eq!(text(b"{\"a\": 1}\n"), "{\"a\": 1}\n");
        assert_eq!(text(&gzip(b"{\"a\": 1}")), "{\"a\": 1}\n");
        assert_eq!(text(&[0xff, 0x00]), "base64:/wA=\n");
        assert_eq!(text(b"\x1b[2J"), "base64:G1sySg==\n");
        assert_eq!(text("\u{9b}2J".as_bytes()), "base64:wpsySg==\n");
        assert_eq!(text(b"real\rfake"), "base64:cmVhbA1mYWtl\n");
        assert_eq!(text(b"a,b\r\nc,d\r\n"), "a,b\r\nc,d\n");
    }

    #[test]
    fn a_content_that_would_fill_the_memory_is_refused() {
        let bomb = gzip(&vec![0; CONTENT_MAX as usize + 1]);
        assert_eq!(unpack(bomb, "GZIP"), Err("it cannot be unpacked: it contains more than 256 MiB".into()));
        let promise = [0xff, 0xff, 0xff, 0xff, 0, 0, 0, 1, 0];
        assert!(unpack(promise.to_vec(), "HADOOP_SNAPPY").is_err());
        // A chunk of more than its block has left.
        let chunk = snap::raw::Encoder::new().compress_vec(&[0; 10]).expect("small enough");
        let block = [&1_u32.to_be_bytes()[..], &(chunk.len() as u32).to_be_bytes(), &chunk].concat();
        assert!(unpack(block, "HADOOP_SNAPPY").is_err());
    }

    #[test]
    fn columnar_formats_are_told_by_what_they_begin_with() {
        assert_eq!(columnar(b"PAR1\x15\x00"), Some("Parquet"));
        assert_eq!(columnar(b"ORC\x11"), Some("ORC"));
        assert_eq!(columnar(b"{\"id\": 1}"), None);
    }

    #[test]
    fn what_is_not_packed_is_not_copied() {
        let content = b"{\"a\": 1}".to_vec();
        let place = content.as_ptr();
        assert_eq!(unpack(content, "UNCOMPRESSED").map(|content| content.as_ptr()), Ok(place));
    }

    proptest! {
        #[test]
        fn what_firehose_packs_is_unpacked(content in proptest::collection::vec(b'a'..=b'z', 0..200)) {
            let mut framed = snap::write::FrameEncoder::new(Vec::new());
            framed.write_all(&content).expect("memory takes it");
            let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
            archive.start_file("orders", zip::write::SimpleFileOptions::default()).expect("a file");
            archive.write_all(&content).expect("memory takes it");
            let zipped = archive.finish().expect("an archive").into_inner();
            prop_assert_eq!(unpack(content.clone(), "UNCOMPRESSED"), Ok(content.clone()));
            prop_assert_eq!(unpack(gzip(&content), "GZIP"), Ok(content.clone()));
            prop_assert_eq!(unpack(zipped, "ZIP"), Ok(content.clone()));
            prop_assert_eq!(unpack(hadoop(&content), "HADOOP_SNAPPY"), Ok(content.clone()));
            if !content.is_empty() {
                let framed = framed.into_inner().expect("memory takes it");
                prop_assert_eq!(unpack(framed, "Snappy"), Ok(content.clone()));
            }
        }

        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..64)) {
            for compression in ["GZIP", "HADOOP_SNAPPY"] {
                let _ = unpack(bytes.clone(), compression);
            }
            let _ = text(&bytes);
        }
    }
}
