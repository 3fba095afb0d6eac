//! The file of records that Flink reads in place of a stream, as `ArrivalsTableFactory` of runtime/flink/local expects it: a time
//! in milliseconds since 1970 (8 bytes), a length (4 bytes, both big endian), the record.

use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::path::Path;

/// Bytes that are collected for a write.
const BUFFER: usize = 256 * 1024;

/// Writes records.
#[derive(Debug)]
pub struct ArrivalsFile(BufWriter<File>);

impl ArrivalsFile {
    /// An empty file.
    ///
    /// # Errors
    /// As the file system gives them.
    pub fn create(path: &Path) -> io::Result<Self> {
        Ok(Self(BufWriter::with_capacity(BUFFER, File::create(path)?)))
    }

    /// Appends a record.
    ///
    /// # Errors
    /// As the file system gives them.
    pub fn add(&mut self, at: i64, record: &[u8]) -> io::Result<()> {
        let length = u32::try_from(record.len()).map_err(io::Error::other)?;
        self.0.write_all(&at.to_be_bytes())?;
        self.0.write_all(&length.to_be_bytes())?;
        self.0.write_all(record)
    }

    /// Ends the file.
    ///
    /// # Errors
    /// As the file system gives them.
    pub fn finish(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// The rows that Flink wrote, in the same form: the watermark at which each came, and the row.
pub fn rows(path: &Path, mut each: impl FnMut(i64, &[u8]) -> io::Result<()>) -> io::Result<()> {
    let file = match File::open(path) {
        // An output without rows has no file.
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        file => file?,
    };
    let mut file = BufReader::with_capacity(BUFFER, file);
    let (mut time, mut length, mut row) = ([0; 8], [0; 4], Vec::new());
    loop {
        match file.read_exact(&mut time) {
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(()),
            read => read?,
        }
        file.read_exact(&mut length)?;
        row.resize(u32::from_be_bytes(length) as usize, 0);
        file.read_exact(&mut row)?;
        each(i64::from_be_bytes(time), &row)?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("arrivals");
        let records: [(i64, &[u8]); 3] = [(5, b"a"), (-1, b""), (7, b"\n\xff")];
        let mut file = ArrivalsFile::create(&path).expect("a file");
        records.iter().for_each(|(at, record)| file.add(*at, record).expect("a record"));
        file.finish().expect("the end");
        let mut read = Vec::new();
        rows(&path, |at, row| {
            read.push((at, row.to_vec()));
            Ok(())
        })
        .expect("rows");
        assert_eq!(read, records.map(|(at, record)| (at, record.to_vec())));
        rows(&folder.path().join("none"), |_, _| panic!("no rows")).expect("no rows");
    }
}
