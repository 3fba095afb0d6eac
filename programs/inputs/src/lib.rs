//! Hashes what the programs that run in AWS are built from, without building them. The keys of their artifacts are made of
//! these hashes, so a test of the compiler knows them without a build.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

mod tokens;

/// What is compiled together shares the features of its dependencies. The transform needs a tenth of those that AWS's
/// clients need, and would be a quarter larger beside them. With what a program changes of the profile: all of the
/// forest is built for speed, and the profile itself is part of every program's hash.
pub const TOGETHER: [(&[&str], Option<&str>); 3] =
    [(&["transform"], None), (&["flink-starter", "producer"], None), (&["forest"], Some("opt-level=3"))];
/// The platform that programs are built for.
pub const TARGET: &str = "x86_64-unknown-linux-gnu";
/// The compiler's option that links the C library into a program.
pub const STATIC: &str = "-Ctarget-feature=+crt-static";
/// The profile that programs are built with.
pub const PROFILE: &str = "runtime";

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// A hash over what a program is made from: its sources and those of the workspace members that it uses, without
/// comments and tests, its locked dependencies and the profile. Not over the executable, so that every compiler gives
/// the same keys.
///
/// # Errors
/// If a source, a manifest or the lock file below `root` cannot be read, or does not have the program.
pub fn inputs(root: &Path, name: &str) -> Result<String> {
    let lock = table(&root.join("Cargo.lock"))?;
    let manifest = table(&root.join("Cargo.toml"))?;
    let profile = manifest.get("profile").and_then(|profiles| profiles.get(PROFILE)).ok_or("no profile")?;
    let mut hash = Sha256::new();
    // All that decides about the bytes, the compiler aside.
    hash.update(profile.to_string());
    hash.update(format!("{TARGET} {STATIC}\n"));
    for (_, setting) in TOGETHER.iter().filter(|(names, _)| names.contains(&name)) {
        hash.update(setting.unwrap_or_default());
    }
    tokens::hash(&fs::read_to_string(root.join("src/pack.rs"))?, &mut hash);
    for (package, version, source) in dependencies(root, &lock, &format!("pipec-{name}"))? {
        hash.update(format!("{package} {version} {source}\n"));
        if let Some(folder) = member(root, &package, &source) {
            hash.update(compiled(&folder)?.to_string());
            let mut files = Vec::new();
            collect(&folder.join("src"), &mut files)?;
            files.sort();
            for file in files {
                let path = file.strip_prefix(root)?.to_string_lossy().replace('\\', "/");
                hash.update(format!("{path}\n"));
                match file.extension().is_some_and(|extension| extension == "rs") {
                    true => tokens::hash(&fs::read_to_string(&file)?, &mut hash),
                    false => hash.update(fs::read(&file)?),
                }
            }
        }
    }
    Ok(hex(hash.finalize()))
}

fn table(path: &Path) -> Result<toml::Table> {
    Ok(fs::read_to_string(path)?.parse()?)
}

/// The folder of a package that is a member of the workspace.
fn member(root: &Path, package: &str, source: &str) -> Option<PathBuf> {
    let name = package.strip_prefix("pipec-").filter(|_| source.is_empty())?;
    Some(root.join("runtime").join(name))
}

/// What a member's manifest says about the program: nothing about its tests and lints.
fn compiled(folder: &Path) -> Result<toml::Table> {
    let mut manifest = table(&folder.join("Cargo.toml"))?;
    manifest.retain(|key, _| !["dev-dependencies", "lints", "bench", "example", "test"].contains(&key));
    Ok(manifest)
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() { collect(&path, files)? } else { files.push(path) }
    }
    Ok(())
}

/// A package and all that it needs: name, version, checksum (empty for a workspace member), sorted.
fn dependencies(
    root: &Path,
    lock: &toml::Table,
    program: &str,
) -> Result<BTreeSet<(String, String, String)>> {
    let packages = lock.get("package").and_then(toml::Value::as_array).ok_or("no packages in Cargo.lock")?;
    let text = |package: &toml::Value, key: &str| {
        package.get(key).and_then(toml::Value::as_str).unwrap_or_default().to_owned()
    };
    let mut by_name: BTreeMap<String, Vec<&toml::Value>> = BTreeMap::new();
    for package in packages {
        by_name.entry(text(package, "name")).or_default().push(package);
    }
    let mut found = BTreeSet::new();
    let mut open = vec![program.to_owned()];
    while let Some(dependency) = open.pop() {
        // "name", or "name version" where the lock file holds several.
        let mut words = dependency.split(' ');
        let (name, version) = (words.next().unwrap_or_default(), words.next());
        let candidates = by_name.get(name).ok_or_else(|| format!("{name} is not in Cargo.lock"))?;
        for package in candidates
            .iter()
            .filter(|package| version.is_none_or(|version| text(package, "version") == version))
        {
            let (name, checksum) = (text(package, "name"), text(package, "checksum"));
            // The lock file does not part what a member's tests need from what the member needs.
            let manifest = member(root, &name, &checksum).map(|folder| compiled(&folder)).transpose()?;
            let own = manifest.as_ref().map(|manifest| manifest.get("dependencies"));
            let is_needed = |dependency: &str| {
                let name = dependency.split(' ').next().unwrap_or_default();
                own.is_none_or(|own| own.is_some_and(|own| own.get(name).is_some()))
            };
            if found.insert((name, text(package, "version"), checksum)) {
                let needs = package.get("dependencies").and_then(toml::Value::as_array).into_iter().flatten();
                let needs = needs.filter_map(toml::Value::as_str).filter(|dependency| is_needed(dependency));
                open.extend(needs.map(str::to_owned));
            }
        }
    }
    Ok(found)
}

/// The SHA-256 of bytes, in hexadecimal digits.
pub fn digest(bytes: &[u8]) -> String {
    hex(Sha256::digest(bytes))
}

fn hex(bytes: impl AsRef<[u8]>) -> String {
    bytes.as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}
