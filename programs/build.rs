//! Builds the programs that run in AWS and packs them for embedding.
//!
//! They are static (`crt-static`), so that Amazon Linux runs them whatever this machine's C library is. Where
//! `PIPEC_RUNTIME_DIR` names a folder with `<architecture>/<program>`, those programs are taken instead, and nothing is
//! built; that is also how arm64 programs get in.

use std::env;
use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use pipec_program_inputs::{PROFILE, STATIC, TARGET, TOGETHER, digest, inputs};

#[path = "../src/pack.rs"]
mod pack;

/// Program, and whether it is packed for a zip: a Lambda function's, or a Flink application's.
const PROGRAMS: [(&str, &str, bool); 4] = [
    ("transform", "Transform", true),
    ("flink-starter", "FlinkStarter", true),
    ("producer", "Producer", false),
    ("forest", "Forest", true),
];
const ARCHITECTURES: [(&str, &str); 2] = [("x86_64", "X86_64"), ("arm64", "Arm64")];
const PREBUILT: &str = "PIPEC_RUNTIME_DIR";

type Result<T> = std::result::Result<T, Box<dyn Error>>;

fn main() -> Result<()> {
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?).join("..").canonicalize()?;
    let out = PathBuf::from(env::var("OUT_DIR")?);
    println!("cargo::rerun-if-env-changed={PREBUILT}");
    for path in ["build.rs", "../src/pack.rs", "../Cargo.toml", "../Cargo.lock", "../runtime"] {
        println!("cargo::rerun-if-changed={path}");
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
            let inputs = if architecture == "x86_64" { inputs(&root, name)? } else { digest(&executable) };
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
