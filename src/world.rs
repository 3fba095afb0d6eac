//! The compiler's only door to the outside. Everything from `parse` to `artifacts` reads through it, so a
//! compilation can be repeated, tested without a disk, and trusted not to touch a network.

use std::io::{self, Read as _};
use std::path::Path;

/// What the compiler may ask of its surroundings.
pub trait World: Sync {
    /// The bytes of a file.
    ///
    /// # Errors
    /// As the file system gives them.
    fn read(&self, path: &Path) -> io::Result<Vec<u8>>;

    /// The size of a file in bytes, so that one too large is never read.
    ///
    /// # Errors
    /// As the file system gives them.
    fn size(&self, path: &Path) -> io::Result<u64>;

    /// Names of the files in a folder, for a file that is not there; none where that cannot be known.
    fn names(&self, _folder: &Path) -> Vec<String> {
        Vec::new()
    }

    /// Whether a file lies in a folder or below it once links are followed. Without links, its path decides.
    fn is_within(&self, path: &Path, folder: &Path) -> bool {
        path.starts_with(folder)
    }
}

/// The disk.
#[derive(Clone, Copy, Debug, Default)]
pub struct Disk;

/// Most names that are compared with the one of a file that is not there.
const NAMES_MAX: usize = 1_000;
/// More than any caller takes; a device has no end.
const READ_BYTES_MAX: u64 = 256 << 20;

impl World for Disk {
    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        std::fs::File::open(path)?.take(READ_BYTES_MAX).read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    fn size(&self, path: &Path) -> io::Result<u64> {
        let metadata = std::fs::metadata(path)?;
        if metadata.is_dir() {
            return Err(io::Error::from(io::ErrorKind::IsADirectory));
        }
        Ok(metadata.len())
    }

    fn names(&self, folder: &Path) -> Vec<String> {
        let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
        let files = entries.filter(|entry| entry.file_type().is_ok_and(|kind| !kind.is_dir()));
        let mut names: Vec<String> =
            files.take(NAMES_MAX).filter_map(|entry| entry.file_name().into_string().ok()).collect();
        names.sort();
        names
    }

    fn is_within(&self, path: &Path, folder: &Path) -> bool {
        // The folder of a name alone is the working directory.
        let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        let real = (std::fs::canonicalize(path), std::fs::canonicalize(folder));
        matches!(real, (Ok(path), Ok(folder)) if path.starts_with(&folder))
    }
}
