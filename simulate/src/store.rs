//! Where the objects are written: below a folder, in memory, or nowhere.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::rc::Rc;

/// Objects in memory, by bucket and key with a slash between them.
pub type Objects = BTreeMap<String, Vec<u8>>;

/// A place for objects.
#[derive(Clone, Debug)]
pub enum Store {
    /// Below a folder, `<bucket>/<key>`.
    Folder(PathBuf),
    /// In memory.
    Memory(Rc<RefCell<Objects>>),
    /// Their sizes alone.
    Nowhere,
}

impl Store {
    /// A place in memory.
    pub fn memory() -> Self {
        Self::Memory(Rc::default())
    }

    /// The objects in memory.
    pub fn objects(&self) -> Objects {
        match self {
            Self::Memory(objects) => objects.borrow().clone(),
            Self::Folder(_) | Self::Nowhere => Objects::new(),
        }
    }

    /// Begins an object.
    ///
    /// # Errors
    /// As the file system gives them.
    pub fn create(&mut self, bucket: &str, key: &str) -> io::Result<File> {
        Ok(match self {
            Self::Folder(folder) => {
                let path = path(folder, bucket, key);
                if let Some(parent) = path.parent() {
                    fs::create_dir_all(parent)?;
                }
                File::Disk(fs::File::create(path)?)
            }
            Self::Memory(objects) => {
                let content = Vec::new();
                File::Memory { name: format!("{bucket}/{key}"), at: 0, content, objects: Rc::clone(objects) }
            }
            Self::Nowhere => File::Nowhere { at: 0, size: 0 },
        })
    }
}

/// The file of an object. A part of a key that would leave the folder is percent-encoded.
pub fn path(folder: &Path, bucket: &str, key: &str) -> PathBuf {
    let mut path = folder.join(bucket);
    for part in key.split('/') {
        path.push(match part {
            "" => "%",
            "." => "%2E",
            ".." => "%2E%2E",
            part => part,
        });
    }
    path
}

/// An object that is written.
#[derive(Debug)]
pub enum File {
    /// On the disk.
    Disk(fs::File),
    /// In memory.
    Memory {
        /// Bucket and key.
        name: String,
        /// Where the next byte goes.
        at: usize,
        /// The bytes so far.
        content: Vec<u8>,
        /// Where it goes when it is complete.
        objects: Rc<RefCell<Objects>>,
    },
    /// Counted only.
    Nowhere {
        /// Where the next byte would go.
        at: u64,
        /// Bytes so far.
        size: u64,
    },
}

impl File {
    /// Ends the object, and gives its size in bytes.
    ///
    /// # Errors
    /// As the file system gives them.
    pub fn finish(self) -> io::Result<u64> {
        match self {
            Self::Disk(mut file) => file.seek(SeekFrom::End(0)),
            Self::Memory { name, content, objects, .. } => {
                let size = content.len() as u64;
                objects.borrow_mut().insert(name, content);
                Ok(size)
            }
            Self::Nowhere { size, .. } => Ok(size),
        }
    }
}

impl Write for File {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Disk(file) => file.write(bytes),
            Self::Memory { at, content, .. } => {
                let end = *at + bytes.len();
                content.resize(content.len().max(end), 0);
                content[*at..end].copy_from_slice(bytes);
                *at = end;
                Ok(bytes.len())
            }
            Self::Nowhere { at, size } => {
                *at += bytes.len() as u64;
                *size = (*size).max(*at);
                Ok(bytes.len())
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Disk(file) => file.flush(),
            Self::Memory { .. } | Self::Nowhere { .. } => Ok(()),
        }
    }
}

impl Seek for File {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let moved = |at: u64, size: u64| {
            let place = match to {
                SeekFrom::Start(place) => Some(place),
                SeekFrom::End(by) => size.checked_add_signed(by),
                SeekFrom::Current(by) => at.checked_add_signed(by),
            };
            place.ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))
        };
        match self {
            Self::Disk(file) => file.seek(to),
            Self::Memory { at, content, .. } => {
                let place = moved(*at as u64, content.len() as u64)?;
                *at = usize::try_from(place).map_err(io::Error::other)?;
                Ok(place)
            }
            Self::Nowhere { at, size } => {
                *at = moved(*at, *size)?;
                Ok(*at)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_key_leaves_the_folder() {
        let path = path(Path::new("out"), "bucket", "../../a//./b");
        assert_eq!(path, Path::new("out/bucket/%2E%2E/%2E%2E/a/%/%2E/b"));
    }
}
