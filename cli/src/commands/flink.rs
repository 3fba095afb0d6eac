//! `pipec flink`

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use clap::{Args, Subcommand};

use super::connectors::cache;
use super::output::{Exit, note, print, shown};
use pipec_simulate::flink::{PIP_PACKAGE, find, folder_in_cache};
use pipec_simulate::version::{FLINK_MEGABYTES, FLINK_VERSION};

/// Install Flink for `pipec simulate`, or show which one it uses
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  pipec flink install    into pipec's cache, with Python's pip\n  pipec flink show       the Flink that pipec simulate uses"
)]
pub(super) struct Flink {
    #[command(subcommand)]
    verb: FlinkVerb,
}

#[derive(Debug, Subcommand)]
enum FlinkVerb {
    /// Install Flink into pipec's cache, with Python's pip; needs Python 3 and, to run, Java 17
    Install,
    /// Show the Flink that `pipec simulate` uses
    Show,
}

impl Flink {
    pub(super) fn run(self) -> Result<(), Exit> {
        let cache =
            cache().ok_or_else(|| Exit::usage("there is no home folder for pipec's cache: set HOME"))?;
        match self.verb {
            FlinkVerb::Install => install(&cache),
            FlinkVerb::Show => {
                let flink = find(None, Some(&cache)).map_err(|problem| Exit::usage(&problem))?;
                print(&format!("Flink {} in {}\n", flink.version, shown(&flink.lib)))
            }
        }
    }
}

fn install(cache: &Path) -> Result<(), Exit> {
    let folder = folder_in_cache(cache);
    if folder.join("pyflink/lib").is_dir() {
        note(&format!("Flink {FLINK_VERSION} is in {} already", shown(&folder)));
        return Ok(());
    }
    let (fetched, installed) = FLINK_MEGABYTES;
    note(&format!(
        "installing {PIP_PACKAGE} {FLINK_VERSION} into {}: {fetched} MB to fetch, {installed} MB on the disk",
        shown(&folder)
    ));
    let refused =
        |error: std::io::Error| Exit::usage(&format!("`{}` cannot be written: {error}", shown(cache)));
    fs::create_dir_all(cache).map_err(refused)?;
    // Complete or absent: the folder gets its name at the end.
    let stage = tempfile::Builder::new().prefix(".flink-").tempdir_in(cache).map_err(refused)?;
    let (venv, files) = (stage.path().join("venv"), stage.path().join("files"));
    command(
        Command::new("python3").args(["-m", "venv"]).arg(&venv),
        "a virtual environment cannot be created",
    )?;
    let pip = venv.join(if cfg!(windows) { "Scripts/python" } else { "bin/python" });
    command(
        Command::new(pip)
            .args([
                "-m",
                "pip",
                "install",
                "--no-deps",
                "--no-compile",
                "--disable-pip-version-check",
                "--target",
            ])
            .arg(&files)
            .arg(format!("{PIP_PACKAGE}=={FLINK_VERSION}")),
        "pip cannot install Flink",
    )?;
    fs::rename(&files, &folder).map_err(refused)?;
    let flink = find(Some(&folder), None).map_err(|problem| Exit::usage(&problem))?;
    note(&format!("installed Flink {} in {}", flink.version, shown(&folder)));
    Ok(())
}

/// Runs a command whose output goes to stderr.
fn command(command: &mut Command, fault: &str) -> Result<(), Exit> {
    let status = command.stdin(Stdio::null()).stdout(std::io::stderr()).status();
    match status {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(Exit::usage(&format!("{fault} ({status})"))),
        Err(error) => Err(Exit::usage(&format!("{fault}: {error}; Python 3 is needed"))),
    }
}
