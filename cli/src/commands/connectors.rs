//! Where the jar of a Flink connector comes from, and what it must be.

use std::env;
use std::path::{Path, PathBuf};

use clap::Args;

use super::fetch;
use super::output::write;
use pipec_compiler::artifacts::connector::{self, Jar, LOCK_FILE, Lock, Places};
use pipec_compiler::aws::flink::Maven;
use pipec_compiler::world::Disk;

/// A folder that a variable names, or one below the home folder.
fn home(variable: &str, below: &str) -> Option<PathBuf> {
    env::var_os(variable).map(PathBuf::from).or_else(|| env::home_dir().map(|home| home.join(below)))
}

/// pipec's folder for what it has fetched.
pub(super) fn cache() -> Option<PathBuf> {
    home("XDG_CACHE_HOME", ".cache").map(|folder| folder.join("pipec"))
}

/// Where connectors come from.
#[derive(Clone, Debug, Args)]
pub(super) struct ConnectorArgs {
    /// Jar of the Flink connector
    #[arg(long, value_name = "FILE")]
    connector_jar: Option<PathBuf>,
    /// Base address of the Maven repository
    #[arg(long, value_name = "URL", env = "PIPEC_MAVEN_REPOSITORY", default_value = fetch::MAVEN_CENTRAL)]
    maven_repository: String,
    /// SHA-256 that a fetched connector must have, where neither `pipec.lock` nor the repository has it
    #[arg(long, value_name = "HEX", value_parser = sha256)]
    connector_sha256: Option<String>,
}

/// A digest as `sha256sum` writes it.
fn sha256(text: &str) -> Result<String, String> {
    const DIGITS: usize = 64;
    let is_digest = text.len() == DIGITS && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_digest.then(|| text.to_lowercase()).ok_or_else(|| format!("a SHA-256 has {DIGITS} hexadecimal digits"))
}

impl ConnectorArgs {
    fn places(&self) -> Places {
        Places {
            named: self.connector_jar.clone(),
            cache: cache(),
            maven: home("MAVEN_REPO_LOCAL", ".m2/repository"),
        }
    }

    /// The jar, where it is on this machine.
    pub(super) fn find(&self, connector: &Maven) -> Result<Option<Jar>, String> {
        connector::find(&Disk, &self.places(), connector)
    }

    /// The jar from the Maven repository, kept in the cache; it must be the one of the spec's lock, where that has one.
    pub(super) fn fetch(&self, spec: &Path, connector: &Maven) -> Result<Jar, String> {
        let lock = lock(spec)?;
        let known = lock.digest(connector).or(self.connector_sha256.as_deref());
        fetch::connector(&self.maven_repository, connector, known, self.places().cache.as_deref())
    }
}

fn lock(spec: &Path) -> Result<Lock, String> {
    Lock::read(&Disk, &spec.with_file_name(LOCK_FILE))
}

/// Holds a jar against the lock beside a spec, and writes nothing; whether the lock has none yet.
pub(super) fn check(spec: &Path, connector: &Maven, jar: &Jar) -> Result<bool, String> {
    lock(spec)?.verify(connector, jar)
}

/// Holds a jar against the lock beside a spec, which takes it in at first use; whether it did.
pub(super) fn verify(spec: &Path, connector: &Maven, jar: &Jar) -> Result<bool, String> {
    let path = spec.with_file_name(LOCK_FILE);
    let mut lock = Lock::read(&Disk, &path)?;
    let is_new = lock.verify(connector, jar)?;
    if is_new {
        write(&path, lock.text().as_bytes()).map_err(|_| "the lock cannot be written".to_owned())?;
    }
    Ok(is_new)
}
