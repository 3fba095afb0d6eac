//! The Flink connector: where its jar is looked for, and that it is the one that was used before.
//!
//! Order: a jar that the user names, pipec's cache, the local Maven repository. A Maven repository over HTTPS comes
//! last, and only the command line can ask for it: the compiler touches no network. The SHA-256 of the first jar used
//! is recorded in `pipec.lock` beside the spec, and every later one is held against it. The digest is part of the Flink
//! zip's key, so another jar gives another key.

use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::aws::flink::Maven;
use crate::hex::hex;
use crate::plan::ConnectorDigests;
use crate::world::World;

/// Name of the lock file.
pub const LOCK_FILE: &str = "pipec.lock";

/// Where jars are looked for.
#[derive(Clone, Debug, Default)]
pub struct Places {
    /// A jar that the user names; it must be there.
    pub named: Option<PathBuf>,
    /// pipec's own cache.
    pub cache: Option<PathBuf>,
    /// The local Maven repository.
    pub maven: Option<PathBuf>,
}

/// A jar with its digest.
#[derive(Clone, Debug)]
pub struct Jar {
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Hexadecimal SHA-256.
    pub sha256: String,
}

impl Jar {
    /// A jar from bytes.
    ///
    /// # Errors
    /// Where they are no zip file, which a jar is.
    pub fn new(bytes: Vec<u8>) -> Result<Self, &'static str> {
        if !bytes.starts_with(b"PK") {
            return Err("not a jar: a jar is a zip file");
        }
        let sha256 = hex(Sha256::digest(&bytes));
        Ok(Self { bytes, sha256 })
    }
}

/// `pipec.lock`: what a spec's builds have used, so that the next ones use the same.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lock {
    /// Version of the file's form.
    version: u32,
    /// SHA-256 by Maven coordinates.
    connectors: ConnectorDigests,
}

impl Lock {
    /// The lock of a spec.
    ///
    /// # Errors
    /// Where the file is there and cannot be read; a missing one is an empty lock.
    pub fn read(world: &dyn World, path: &Path) -> Result<Self, String> {
        match world.read(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                Ok(Self { version: 1, ..Self::default() })
            }
            Err(error) => Err(format!("`{}`: {error}", path.display())),
            Ok(bytes) => {
                serde_json::from_slice(&bytes).map_err(|error| format!("`{}`: {error}", path.display()))
            }
        }
    }

    /// SHA-256 by Maven coordinates.
    pub fn connectors(&self) -> &ConnectorDigests {
        &self.connectors
    }

    /// The SHA-256 that a connector's jar must have, where it was used before.
    pub fn digest(&self, connector: &Maven) -> Option<&str> {
        self.connectors.get(&connector.to_string()).map(String::as_str)
    }

    /// Holds a jar against the lock; `true` where it is new and the lock now holds it.
    ///
    /// # Errors
    /// Where another jar was used before.
    pub fn verify(&mut self, connector: &Maven, jar: &Jar) -> Result<bool, String> {
        let coordinates = connector.to_string();
        match self.connectors.get(&coordinates) {
            Some(known) if *known == jar.sha256 => Ok(false),
            Some(known) => Err(format!(
                "the connector {coordinates} has the SHA-256 {}, and {LOCK_FILE} records {known}; if the new jar is \
                 the right one, remove the line from {LOCK_FILE}",
                jar.sha256
            )),
            None => {
                self.connectors.insert(coordinates, jar.sha256.clone());
                Ok(true)
            }
        }
    }

    /// The file's text.
    pub fn text(&self) -> String {
        let mut text = serde_json::to_string_pretty(self).unwrap_or_default();
        text.push('\n');
        text
    }
}

/// The connector's jar, from the first place that has it.
///
/// # Errors
/// Where the named jar, or one that was found, cannot be read or is none.
pub fn find(world: &dyn World, places: &Places, connector: &Maven) -> Result<Option<Jar>, String> {
    if let Some(path) = &places.named {
        return read(world, path).map(Some);
    }
    let candidates = [
        places.cache.as_ref().map(|folder| folder.join(connector.jar())),
        places.maven.as_ref().map(|folder| folder.join(connector.path())),
    ];
    for path in candidates.into_iter().flatten() {
        if world.size(&path).is_ok() {
            return read(world, &path).map(Some);
        }
    }
    Ok(None)
}

fn read(world: &dyn World, path: &Path) -> Result<Jar, String> {
    let bytes = world.read(path).map_err(|error| format!("`{}`: {error}", path.display()))?;
    Jar::new(bytes).map_err(|problem| format!("`{}`: {problem}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aws::flink::runtime;

    #[test]
    fn a_changed_jar_is_refused() {
        let connector = runtime("FLINK-2_2").unwrap().kinesis_sql_connector.unwrap();
        let first = Jar::new(b"PK one".to_vec()).unwrap();
        let other = Jar::new(b"PK two".to_vec()).unwrap();
        let mut lock = Lock { version: 1, ..Lock::default() };
        assert_eq!(lock.verify(&connector, &first), Ok(true));
        assert_eq!(lock.verify(&connector, &first), Ok(false));
        assert!(lock.verify(&connector, &other).is_err());
        let again: Lock = serde_json::from_str(&lock.text()).unwrap();
        assert_eq!(again, lock);
        assert!(Jar::new(b"<html>".to_vec()).is_err());
    }
}
