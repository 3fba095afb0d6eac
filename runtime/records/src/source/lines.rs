//! Records out of anything that can be read, one a line.

use std::io::{self, BufRead};

use memchr::memchr;

use crate::{config::PartitionKey, record::Record, stats::Stats};

/// Lines as records. Holds one line at a time, and no more of a line than the stream takes.
#[derive(Debug)]
pub struct Lines<R> {
    reader: R,
    key: Option<PartitionKey>,
    max_record_size: usize,
    /// Records that this round gave, and lines that it left out.
    given: u64,
    too_large: u64,
    /// Lines that were read, also blank ones.
    line: u64,
}

/// A line without what ends it.
#[derive(Debug, PartialEq, Eq)]
enum Line {
    Text(Vec<u8>),
    TooLarge,
    End,
}

impl<R: BufRead> Lines<R> {
    /// The lines of a reader. A record with its partition key has at most so many bytes.
    pub fn new(reader: R, key: Option<PartitionKey>, max_record_size: usize) -> Self {
        Self { reader, key, max_record_size, given: 0, too_large: 0, line: 0 }
    }

    /// The next record, or `None` at the end. Blank lines are no records, and larger ones than the stream takes are counted.
    ///
    /// # Errors
    /// As the reader gives them.
    pub fn next(&mut self, stats: &Stats) -> io::Result<Option<Record>> {
        loop {
            let line = read_line(&mut self.reader, self.max_record_size)?;
            self.line += u64::from(line != Line::End);
            let line = match line {
                Line::End => return Ok(None),
                Line::Text(line) if line.trim_ascii().is_empty() => continue,
                Line::Text(line) => line,
                Line::TooLarge => {
                    self.too_large += 1;
                    stats.too_large(1);
                    continue;
                }
            };
            let record = Record::of(line, self.key.as_ref(), stats);
            if record.size() > self.max_record_size {
                self.too_large += 1;
                stats.too_large(1);
                continue;
            }
            self.given += 1;
            return Ok(Some(record));
        }
    }

    /// Records so far.
    pub fn given(&self) -> u64 {
        self.given
    }

    /// Lines so far that are larger than the stream takes.
    pub fn too_large(&self) -> u64 {
        self.too_large
    }

    /// Number of the line of the last record, from 1.
    pub fn line(&self) -> u64 {
        self.line
    }

    /// Starts again, once `rewind` has put the reader to its start.
    ///
    /// # Errors
    /// As `rewind` gives them.
    pub fn rewind(&mut self, rewind: impl FnOnce(&mut R) -> io::Result<()>) -> io::Result<()> {
        rewind(&mut self.reader)?;
        (self.given, self.too_large, self.line) = (0, 0, 0);
        Ok(())
    }
}

/// Reads up to the next `\n`, `\r\n` or the end, and holds no more than `max` bytes of it.
fn read_line(reader: &mut impl BufRead, max: usize) -> io::Result<Line> {
    let mut line = Vec::new();
    let mut too_large = false;
    loop {
        let part = match reader.fill_buf() {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            part => part?,
        };
        let end = memchr(b'\n', part);
        let text = &part[..end.unwrap_or(part.len())];
        // One more than may be sent: it can be the `\r` of the end.
        too_large |= line.len() + text.len() > max + 1;
        if too_large {
            line = Vec::new();
        } else {
            line.extend_from_slice(text);
        }
        let (used, at_end) = (text.len() + usize::from(end.is_some()), part.is_empty());
        reader.consume(used);
        if end.is_some() || at_end {
            if at_end && line.is_empty() && !too_large {
                return Ok(Line::End);
            }
            if end.is_some() && line.last() == Some(&b'\r') {
                line.pop();
            }
            return Ok(if too_large || line.len() > max { Line::TooLarge } else { Line::Text(line) });
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::BufReader;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn every_line_comes_once(
            lines in prop::collection::vec("[a-z]{1,40}", 1..40), buffer in 1_usize..64, max in 1_usize..50,
        ) {
            let text = lines.join("\n");
            let mut reader = BufReader::with_capacity(buffer, text.as_bytes());
            for line in &lines {
                let expected =
                    if line.len() > max { Line::TooLarge } else { Line::Text(line.as_bytes().to_vec()) };
                prop_assert_eq!(read_line(&mut reader, max).expect("no error"), expected);
            }
            prop_assert_eq!(read_line(&mut reader, max).expect("no error"), Line::End);
        }
    }
}
