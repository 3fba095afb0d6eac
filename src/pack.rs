//! How a program is packed: the same in the build script, which packs what pipec carries, and at run time for programs
//! that a user gives. Byte-identical for the same input: no times, no owners, one compressor pinned in the lock file.

use std::io::{self, Cursor, Write};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

/// Name of the executable in a Lambda zip of a custom runtime.
pub const BOOTSTRAP: &str = "bootstrap";

/// Options of an entry: the epoch of zip files as its time.
pub fn options(executable: bool, method: CompressionMethod) -> SimpleFileOptions {
    SimpleFileOptions::default()
        .compression_method(method)
        .compression_level((method == CompressionMethod::Deflated).then_some(9))
        .last_modified_time(DateTime::default())
        .unix_permissions(if executable { 0o755 } else { 0o644 })
}

/// A Lambda zip that holds an executable.
///
/// # Errors
/// As the zip writer gives them; none for input that fits memory.
pub fn function(executable: &[u8]) -> io::Result<Vec<u8>> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    zip.start_file(BOOTSTRAP, options(true, CompressionMethod::Deflated))?;
    zip.write_all(executable)?;
    Ok(zip.finish()?.into_inner())
}

/// Content, gzip-compressed.
///
/// # Errors
/// None for input that fits memory.
pub fn gzip(content: &[u8]) -> io::Result<Vec<u8>> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(content)?;
    encoder.finish()
}
