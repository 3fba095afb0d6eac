//! The files of a run that starts again when one of them changes.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;

use pipec_compiler::world::{Disk, World};

/// When a file was changed, and its size in bytes; `None` if it is not there.
type State = Option<(SystemTime, u64)>;

/// The disk, with the state of each file before it was read for the first time.
#[derive(Debug, Default)]
pub(super) struct WatchedDisk {
    files: Mutex<BTreeMap<PathBuf, State>>,
}

impl WatchedDisk {
    /// Notes the state of a file that is about to be read.
    pub(super) fn watch(&self, path: &Path) {
        let mut files = self.files.lock().unwrap_or_else(PoisonError::into_inner);
        files.entry(path.to_owned()).or_insert_with(|| state(path));
    }

    /// Whether a file is no longer as it was before it was read.
    pub(super) fn is_changed(&self) -> bool {
        let files = self.files.lock().unwrap_or_else(PoisonError::into_inner);
        files.iter().any(|(path, before)| state(path) != *before)
    }
}

fn state(path: &Path) -> State {
    let metadata = std::fs::metadata(path).ok()?;
    Some((metadata.modified().ok()?, metadata.len()))
}

impl World for WatchedDisk {
    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        self.watch(path);
        Disk.read(path)
    }

    fn size(&self, path: &Path) -> io::Result<u64> {
        self.watch(path);
        Disk.size(path)
    }

    fn names(&self, folder: &Path) -> Vec<String> {
        Disk.names(folder)
    }

    fn is_within(&self, path: &Path, folder: &Path) -> bool {
        Disk.is_within(path, folder)
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn a_change_after_the_first_look_is_seen() {
        let folder = tempfile::tempdir().expect("a folder");
        let [first, second, missing] = ["first", "second", "missing"].map(|name| folder.path().join(name));
        fs::write(&first, "a").expect("a file");
        fs::write(&second, "a").expect("a file");
        let disk = WatchedDisk::default();
        assert_eq!(disk.read(&first).expect("a file"), b"a");
        assert!(disk.size(&missing).is_err());
        fs::write(&second, "ab").expect("a file");
        assert!(!disk.is_changed(), "nothing has read the second");
        fs::write(&first, "ab").expect("a file");
        assert_eq!(disk.read(&first).expect("a file"), b"ab");
        assert!(disk.is_changed(), "it changed between two reads");

        let disk = WatchedDisk::default();
        assert!(disk.size(&missing).is_err());
        assert!(!disk.is_changed());
        fs::write(&missing, "").expect("a file");
        assert!(disk.is_changed(), "it is there now");
    }
}
