//! The content of objects, compressed as Firehose does.

use std::io::{self, BufWriter, Write};

use flate2::GzBuilder;
use flate2::write::GzEncoder;
use snap::write::FrameEncoder;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::store::{File, Store};

/// Bytes that are compressed at once. Hadoop, `io.compression.codec.snappy.buffersize`.
const HADOOP_BLOCK: usize = 256 * 1024;
/// Bytes that are collected for a write.
const BUFFER: usize = 256 * 1024;
/// The same for one of many objects, such as those of partitions.
const SMALL_BUFFER: usize = 8 * 1024;

/// A writer of one object.
pub enum Packer {
    /// As it is.
    Plain(BufWriter<File>),
    /// gzip.
    Gzip(Box<GzEncoder<BufWriter<File>>>),
    /// ZIP of one file.
    Zip(Box<ZipWriter<BufWriter<File>>>),
    /// Snappy in frames.
    Snappy(Box<FrameEncoder<BufWriter<File>>>),
    /// Snappy in Hadoop's blocks.
    Hadoop(BufWriter<File>, Vec<u8>),
}

impl Packer {
    /// Begins an object, with Firehose's word for the compression. One of many takes less memory and no file descriptor.
    ///
    /// # Errors
    /// As the store gives them.
    pub fn create(
        store: &mut Store,
        (bucket, key): (&str, &str),
        compression: &str,
        is_one_of_many: bool,
    ) -> io::Result<Self> {
        let buffer = if is_one_of_many { SMALL_BUFFER } else { BUFFER };
        let file = BufWriter::with_capacity(buffer, store.create(bucket, key, is_one_of_many)?);
        Ok(match compression {
            // The fastest level; which one Firehose uses is not documented. No time, so that the bytes are the same each time.
            "GZIP" => {
                Self::Gzip(Box::new(GzBuilder::new().mtime(0).write(file, flate2::Compression::fast())))
            }
            "ZIP" => {
                let mut archive = ZipWriter::new(file);
                let name = key.rsplit('/').next().unwrap_or(key);
                let name = name.strip_suffix(".zip").unwrap_or(name);
                let options = SimpleFileOptions::default().last_modified_time(zip::DateTime::default());
                archive.start_file(name, options)?;
                Self::Zip(Box::new(archive))
            }
            "Snappy" => Self::Snappy(Box::new(FrameEncoder::new(file))),
            "HADOOP_SNAPPY" => Self::Hadoop(file, Vec::with_capacity(HADOOP_BLOCK)),
            _ => Self::Plain(file),
        })
    }

    /// Appends to the content.
    ///
    /// # Errors
    /// As the store gives them.
    pub fn write(&mut self, content: &[u8]) -> io::Result<()> {
        match self {
            Self::Plain(file) => file.write_all(content),
            Self::Gzip(file) => file.write_all(content),
            Self::Zip(file) => file.write_all(content),
            Self::Snappy(file) => file.write_all(content),
            Self::Hadoop(file, block) => {
                let mut rest = content;
                while !rest.is_empty() {
                    let (part, behind) = rest.split_at(rest.len().min(HADOOP_BLOCK - block.len()));
                    block.extend_from_slice(part);
                    rest = behind;
                    if block.len() == HADOOP_BLOCK {
                        hadoop_block(file, block)?;
                    }
                }
                Ok(())
            }
        }
    }

    /// Ends the object, and gives its size in bytes.
    ///
    /// # Errors
    /// As the store gives them.
    pub fn finish(self) -> io::Result<u64> {
        let file = match self {
            Self::Plain(file) => file,
            Self::Gzip(file) => file.finish()?,
            Self::Zip(file) => file.finish()?,
            Self::Snappy(file) => file.into_inner().map_err(snap::write::IntoInnerError::into_error)?,
            Self::Hadoop(mut file, mut block) => {
                if !block.is_empty() {
                    hadoop_block(&mut file, &mut block)?;
                }
                file
            }
        };
        file.into_inner().map_err(io::IntoInnerError::into_error)?.finish()
    }
}

/// A block: its length (4 bytes, big endian), and one chunk with its length packed. Hadoop, `BlockCompressorStream`.
fn hadoop_block(file: &mut impl Write, block: &mut Vec<u8>) -> io::Result<()> {
    let packed = snap::raw::Encoder::new().compress_vec(block).map_err(io::Error::other)?;
    for length in [block.len(), packed.len()] {
        let length = u32::try_from(length).map_err(io::Error::other)?;
        file.write_all(&length.to_be_bytes())?;
    }
    block.clear();
    file.write_all(&packed)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::content::unpack;
    use super::*;

    proptest! {
        // Larger than a block, and so few of them.
        #![proptest_config(ProptestConfig::with_cases(8))]

        #[test]
        fn tail_reads_what_is_packed(pieces in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..300_000), 0..4)) {
            for compression in ["UNCOMPRESSED", "GZIP", "ZIP", "Snappy", "HADOOP_SNAPPY"] {
                let mut store = Store::memory();
                let mut packer = Packer::create(&mut store, ("bucket", "a/key"), compression, false).expect("memory");
                for piece in &pieces {
                    packer.write(piece).expect("memory");
                }
                let size = packer.finish().expect("memory");
                let objects = store.objects();
                let (_, bytes) = objects.first_key_value().expect("an object");
                prop_assert_eq!(bytes.len() as u64, size);
                let content = pieces.concat();
                // What is not compressed is not unpacked, whatever it begins with.
                let unpacked = if compression == "UNCOMPRESSED" { Ok(bytes.clone()) } else { unpack(bytes.clone(), compression) };
                prop_assert_eq!(unpacked, Ok(content));
            }
        }
    }
}
