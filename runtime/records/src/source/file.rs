//! Records from a file, one a line.

use std::{
    fs,
    io::{self, BufReader, Seek as _},
    path::Path,
};

use super::{Source, SourceError, lines::Lines};
use crate::{
    config::{FileSource, PartitionKey},
    record::Record,
    stats::Stats,
};

/// What is read at a time, in bytes. A read from a local disk is short, so it is not left to a thread.
const READ: usize = 256 * 1024;

/// A file of records. Holds one line at a time, and no more of a line than the stream takes.
#[derive(Debug)]
pub struct File {
    lines: Lines<BufReader<fs::File>>,
    repeat: bool,
}

impl File {
    /// Opens the file.
    ///
    /// # Errors
    /// When it is not there, not to be read, or not a plain file.
    pub fn open(config: &FileSource, key: Option<PartitionKey>, max_record_size: usize) -> io::Result<Self> {
        let file = open(&config.path)?;
        let lines = Lines::new(BufReader::with_capacity(READ, file), key, max_record_size);
        Ok(Self { lines, repeat: config.repeat })
    }

    /// At the end of the file: whether to go on from its start.
    fn again(&mut self) -> Result<bool, SourceError> {
        if self.lines.given() == 0 {
            // To read it over and over would never end.
            return Err(SourceError::Empty { too_large: self.lines.too_large() });
        }
        if self.repeat {
            self.lines.rewind(BufReader::rewind)?;
        }
        Ok(self.repeat)
    }
}

/// A pipe or a device could block for ever, and cannot be read twice.
fn open(path: &Path) -> io::Result<fs::File> {
    if !fs::metadata(path)?.is_file() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is not a regular file"));
    }
    fs::File::open(path)
}

impl Source for File {
    async fn ready(&mut self) -> Result<(), SourceError> {
        Ok(())
    }

    fn next(&mut self, stats: &Stats) -> Result<Option<Record>, SourceError> {
        loop {
            if let Some(record) = self.lines.next(stats)? {
                return Ok(Some(record));
            }
            if !self.again()? {
                return Ok(None);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    /// A file source over this text, of a file that is gone when it is dropped.
    fn file(name: &str, text: &[u8], repeat: bool, key: &str, max: usize) -> File {
        let path = std::env::temp_dir().join(format!("pipec-{}-{name}", std::process::id()));
        fs::write(&path, text).expect("it is written");
        let key = serde_json::from_str(key).expect("a key");
        let file = File::open(&FileSource { path: path.clone(), repeat }, key, max).expect("it opens");
        fs::remove_file(path).expect("it was there");
        file
    }

    fn texts(file: &mut File, stats: &Stats, records: usize) -> Vec<String> {
        (0..records)
            .map_while(|_| file.next(stats).expect("no error"))
            .map(|record| String::from_utf8_lossy(&record.data).into_owned())
            .collect()
    }

    const RANDOM: &str = r#"{"random":{}}"#;

    #[test]
    fn gives_lines_as_they_are() {
        let text = b"{\"a\": 1}\n\n  \t\nnot JSON\r\n\xff\n last";
        let stats = Stats::default();
        let mut file = file("lines", text, false, RANDOM, 100);
        assert_eq!(texts(&mut file, &stats, 9), ["{\"a\": 1}", "not JSON", "\u{fffd}", " last"]);
        assert!(file.next(&stats).expect("the end stays").is_none());
    }

    #[test]
    fn goes_round() {
        let stats = Stats::default();
        let mut file = file("round", b"a\nb\n", true, RANDOM, 100);
        assert_eq!(texts(&mut file, &stats, 5), ["a", "b", "a", "b", "a"]);
    }

    #[test]
    fn counts_what_is_too_large() {
        let stats = Stats::default();
        // 16 bytes are the random key.
        let mut text = b"abc\nabcd\nabcde\n".to_vec();
        text.extend(vec![b'x'; 3 * READ]);
        text.extend(b"\nend\r\n");
        let mut file = file("large", &text, false, RANDOM, 20);
        assert_eq!(texts(&mut file, &stats, 9), ["abc", "abcd", "end"]);
        assert_eq!(stats.now().records_too_large, 2);
    }

    #[test]
    fn takes_keys_from_lines_that_have_them() {
        let stats = Stats::default();
        let text = b"{\"k\":\"a\"}\nnone\n{\"k\":7}\n{}\n";
        let mut file = file("keys", text, false, r#"{"path":"$.k"}"#, 100);
        let mut keys = Vec::new();
        while let Some(record) = file.next(&stats).expect("no error") {
            keys.push(record.order().map(|_| record.partition_key()));
        }
        assert_eq!(keys, [Some("a".to_owned()), None, Some("7".to_owned()), None]);
        assert_eq!(stats.now().records_without_key, 2);
    }

    #[test]
    fn a_file_without_records_is_an_error() {
        for (name, text) in [("empty", &b""[..]), ("blank", b"\n\n \n"), ("all-large", b"0123456789\n")] {
            for repeat in [true, false] {
                let error = file(name, text, repeat, RANDOM, 20).next(&Stats::default()).expect_err(name);
                assert!(matches!(error, SourceError::Empty { .. }), "{error}");
            }
        }
    }

    #[test]
    fn refuses_what_is_no_file() {
        for path in ["/dev/null", "/tmp", "/does/not/exist"] {
            let config = FileSource { path: PathBuf::from(path), repeat: true };
            File::open(&config, Some(PartitionKey::Random {}), 100).expect_err(path);
        }
    }
}
