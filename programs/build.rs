//! Builds the programs that run in AWS and packs them for embedding.
//!
//! They are static (`crt-static`), so that Amazon Linux runs them whatever this machine's C library is. Where
//! `PIPEC_RUNTIME_DIR` names a folder with `<architecture>/<program>`, those programs are taken instead, and nothing is
//! built; that is also how arm64 programs get in.

use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use sha2::{Digest, Sha256};

#[path = "src/pack.rs"]
mod pack;
#[path = "src/runtime/tokens.rs"]
mod tokens;

/// Program, and whether it is packed for a zip: a Lambda function's, or a Flink application's.
const PROGRAMS: [(&str, &str, bool); 4] = [
    ("transform", "Transform", true),
    ("flink-starter", "FlinkStarter", true),
    ("producer", "Producer", false),
    ("forest", "Forest", true),
];
/// What is compiled together shares the features of its dependencies. The transform needs a tenth of those that AWS's
/// clients need, and would be a quarter larger beside them. With what a program changes of the profile: all of the
/// forest is built for speed, and the profile itself is part of every program's hash.
const TOGETHER: [(&[&str], Option<&str>); 3] =
    [(&["transform"], None), (&["flink-starter", "producer"], None), (&["forest"], Some("opt-level=3"))];
const ARCHITECTURES: [(&str, &str); 2] = [("x86_64", "X86_64"), ("arm64", "Arm64")];
const TARGET: &str = "x86_64-unknown-linux-gnu";
const STATIC: &str = "-Ctarget-feature=+crt-static";
const PREBUILT: &str = "PIPEC_RUNTIME_DIR";
const PROFILE: &str = "runtime";

type Result<T> = std::result::Result<T, Box<dyn Error>>;

fn main() -> Result<()> {
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?);
    let out = PathBuf::from(env::var("OUT_DIR")?);
    println!("cargo::rerun-if-env-changed={PREBUILT}");
    for path in ["build.rs", "src/pack.rs", "src/runtime/tokens.rs", "Cargo.toml", "Cargo.lock", "runtime"] {
        println!("cargo::rerun-if-changed={path}");
    }
    // A run of a few milliseconds spends a fifth of them on 117,000 relocations if it may lie at any address.
    if env::var("CARGO_CFG_TARGET_OS")? == "linux" && env::var("CARGO_CFG_TARGET_ENV")? == "gnu" {
        println!("cargo::rustc-link-arg-bins=-no-pie");
    }
    let prebuilt = env::var_os(PREBUILT).map(PathBuf::from);
    let built = match &prebuilt {
        Some(_) => None,
        None => Some(build(&root, &target_dir(&out))?),
    };
    let mut table = String::from("[\n");
    for (architecture, variant) in ARCHITECTURES {
        for (name, program, zipped) in PROGRAMS {
            let path = match (&prebuilt, &built) {
                (Some(folder), _) => folder.join(architecture).join(name),
                (None, Some(folder)) if architecture == "x86_64" => folder.join(format!("pipec-{name}")),
                _ => continue,
            };
            if prebuilt.is_some() && !path.exists() && architecture != "x86_64" {
                continue;
            }
            let executable = fs::read(&path).map_err(|error| format!("{}: {error}", path.display()))?;
            let inputs = if architecture == "x86_64" {
                inputs(&root, name)?
            } else {
                hex(Sha256::digest(&executable))
            };
            let packed = if zipped { pack::function(&executable)? } else { pack::gzip(&executable)? };
            let file = out.join(format!("{name}-{architecture}"));
            fs::write(&file, packed)?;
            writeln!(
                table,
                "    Build {{ program: Program::{program}, architecture: Architecture::{variant}, inputs: \
                 Cow::Borrowed({inputs:?}), packed: Cow::Borrowed(include_bytes!({file:?})) }},"
            )?;
        }
    }
    table.push(']');
    fs::write(out.join("programs.rs"), table)?;
    Ok(())
}

/// Compiles all programs.
fn build(root: &Path, target_dir: &Path) -> Result<PathBuf> {
    for (names, setting) in TOGETHER {
        compile(names, setting, root, target_dir)?;
    }
    Ok(target_dir.join(TARGET).join(PROFILE))
}

/// Compiles programs with a cargo of its own, which must not see the settings of this one.
fn compile(names: &[&str], setting: Option<&str>, root: &Path, target_dir: &Path) -> Result<()> {
    let mut command = Command::new(env::var_os("CARGO").ok_or("cargo is not known")?);
    for (name, _) in env::vars_os() {
        let text = name.to_string_lossy();
        let inherited =
            ["CARGO_FEATURE_", "CARGO_CFG_", "CARGO_PROFILE_", "CARGO_BUILD_", "CARGO_TARGET_", "DEP_"];
        let exact = [
            "RUSTFLAGS",
            "CARGO_ENCODED_RUSTFLAGS",
            "RUSTC_WRAPPER",
            "RUSTC_WORKSPACE_WRAPPER",
            "CARGO_MAKEFLAGS",
        ];
        if inherited.iter().any(|prefix| text.starts_with(prefix)) || exact.contains(&text.as_ref()) {
            command.env_remove(&name);
        }
    }
    // Paths of the building machine do not belong into a program.
    let home = env::var("CARGO_HOME").or_else(|_| env::var("HOME").map(|home| format!("{home}/.cargo")))?;
    let flags = [
        STATIC.to_owned(),
        format!("--remap-path-prefix={}=pipec", root.display()),
        format!("--remap-path-prefix={home}=cargo"),
    ];
    command
        .current_dir(root)
        .args(["build", "--quiet", "--locked", "--profile", PROFILE, "--target", TARGET, "--target-dir"])
        .arg(target_dir)
        .arg("--config")
        .arg(format!("target.{TARGET}.rustflags={flags:?}"));
    if let Some(setting) = setting {
        command.arg("--config").arg(format!("profile.{PROFILE}.{setting}"));
    }
    for name in names {
        command.args(["-p", &format!("pipec-{name}")]);
    }
    if !command.status()?.success() {
        return Err(format!(
            "the programs that run in AWS could not be built for {TARGET}; build them elsewhere and name their folder \
             in {PREBUILT}"
        )
        .into());
    }
    Ok(())
}

/// A folder that debug and release builds share, below the target folder, which cargo marks with a tag.
fn target_dir(out: &Path) -> PathBuf {
    let target = out.ancestors().find(|folder| folder.join("CACHEDIR.TAG").exists()).unwrap_or(out);
    target.join("aws-runtime")
}

/// A hash over what a program is made from: its sources and those of the workspace members that it uses, without
/// comments and tests, its locked dependencies and the profile. Not over the executable, so that every compiler gives
/// the same keys.
fn inputs(root: &Path, name: &str) -> Result<String> {
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

fn hex(bytes: impl AsRef<[u8]>) -> String {
    bytes.as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}
