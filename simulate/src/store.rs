//! Where the objects are written: below a folder, in memory, or nowhere.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fs::{self, OpenOptions};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::rc::Rc;

use md5::{Digest as _, Md5};
use pipec_compiler::hex::hex;

/// The file that identifies the folder of a simulation: the names of the buckets in it, one per line.
pub const MARK: &str = ".pipec-simulate";
/// Bytes of a name that file systems accept. POSIX, `NAME_MAX` of Linux, macOS and Windows.
const NAME_BYTES_MAX: usize = 255;

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

    /// Begins an object. One of many is open only while it is written: a process has few file descriptors.
    ///
    /// # Errors
    /// As the file system gives them.
    pub fn create(&mut self, bucket: &str, key: &str, is_one_of_many: bool) -> io::Result<File> {
        Ok(match self {
            Self::Folder(folder) => {
                let path = path(folder, bucket, key);
                // Before the folder is made: an interrupted run leaves nothing without its mark.
                if !folder.join(bucket).exists() {
                    mark(folder, bucket)?;
                }
                if let Some(parent) = path.parent() {
                    fs::create_dir_all(parent)?;
                }
                let file = fs::File::create(&path)?;
                if is_one_of_many { File::Closed { path, at: 0 } } else { File::Disk(file) }
            }
            Self::Memory(objects) => {
                let content = Vec::new();
                File::Memory { name: format!("{bucket}/{key}"), at: 0, content, objects: Rc::clone(objects) }
            }
            Self::Nowhere => File::Nowhere { at: 0, size: 0 },
        })
    }
}

/// Adds a bucket to the mark of a folder.
fn mark(folder: &Path, bucket: &str) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    let mut file = OpenOptions::new().append(true).create(true).open(folder.join(MARK))?;
    file.write_all(format!("{bucket}\n").as_bytes())
}

/// The file of an object. A part of a key that would leave the folder is percent-encoded, and so is NUL; a part that is too long
/// for a file system is cut, with a hash of the whole.
pub fn path(folder: &Path, bucket: &str, key: &str) -> PathBuf {
    let mut path = folder.join(bucket);
    for part in key.split('/') {
        path.push(match part {
            "" => "%".to_owned(),
            "." => "%2E".to_owned(),
            ".." => "%2E%2E".to_owned(),
            part => short(part.replace('\0', "%00")),
        });
    }
    path
}

/// A name that is not too long for a file.
fn short(name: String) -> String {
    if name.len() <= NAME_BYTES_MAX {
        return name;
    }
    let hash = hex(Md5::digest(name.as_bytes()));
    let end = name.floor_char_boundary(NAME_BYTES_MAX - hash.len() - 1);
    format!("{}-{hash}", &name[..end])
}

/// An object that is written.
#[derive(Debug)]
pub enum File {
    /// On the disk.
    Disk(fs::File),
    /// On the disk, opened for each write.
    Closed {
        /// The file.
        path: PathBuf,
        /// Where the next byte goes.
        at: u64,
    },
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
            Self::Closed { path, .. } => Ok(fs::metadata(path)?.len()),
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
            Self::Closed { path, at } => {
                let mut file = OpenOptions::new().write(true).open(path)?;
                file.seek(SeekFrom::Start(*at))?;
                let written = file.write(bytes)?;
                *at += written as u64;
                Ok(written)
            }
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
            Self::Closed { .. } | Self::Memory { .. } | Self::Nowhere { .. } => Ok(()),
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
            Self::Closed { path, at } => {
                *at = moved(*at, fs::metadata(path)?.len())?;
                Ok(*at)
            }
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

    #[test]
    fn every_key_has_a_file() {
        let folder = tempfile::tempdir().expect("a folder");
        let long = "\u{e4}".repeat(200);
        let mut paths = Vec::new();
        for key in ["a\0b".to_owned(), format!("{long}1/x"), format!("{long}2/x")] {
            let mut store = Store::Folder(folder.path().to_owned());
            store.create("bucket", &key, false).expect("a file").finish().expect("a file");
            paths.push(path(folder.path(), "bucket", &key));
        }
        assert!(paths.iter().all(|path| path.is_file()), "{paths:?}");
        assert_ne!(paths[1], paths[2]);
        assert!(paths[0].ends_with("a%00b"));
    }

    #[test]
    fn a_bucket_is_marked_when_its_folder_is_made() {
        let folder = tempfile::tempdir().expect("a folder");
        fs::create_dir(folder.path().join("mine")).expect("a folder");
        let mut store = Store::Folder(folder.path().to_owned());
        for (bucket, key) in [("first", "a"), ("mine", "a"), ("first", "b"), ("second", "a")] {
            store.create(bucket, key, false).expect("a file");
        }
        assert_eq!(fs::read_to_string(folder.path().join(MARK)).expect("the mark"), "first\nsecond\n");
    }

    #[test]
    fn a_file_that_is_opened_for_each_write_is_the_same() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut store = Store::Folder(folder.path().to_owned());
        for is_one_of_many in [false, true] {
            let mut file = store.create("bucket", "a", is_one_of_many).expect("a file");
            file.write_all(b"abcdef").expect("written");
            file.seek(SeekFrom::Start(2)).expect("moved");
            file.write_all(b"XY").expect("written");
            file.seek(SeekFrom::End(-1)).expect("moved");
            file.write_all(b"Z!").expect("written");
            assert_eq!(file.finish().expect("a size"), 7);
            assert_eq!(fs::read(folder.path().join("bucket/a")).expect("a file"), b"abXYeZ!");
        }
    }
}
