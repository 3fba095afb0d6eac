//! `pipec init`

use std::path::PathBuf;

use clap::Args;

use super::output::{Exit, note, shown, typed, write};

/// The spec that `init` writes. A test builds it.
const SPEC: &str = include_str!("init.yaml");

/// Write a commented spec that builds
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  pipec init pipeline.yaml && pipec build pipeline.yaml")]
pub(super) struct Init {
    /// Where to write it
    #[arg(default_value = "pipeline.yaml", value_name = "FILE")]
    path: PathBuf,
    /// Overwrite an existing file
    #[arg(long)]
    force: bool,
}

impl Init {
    pub(super) fn run(self) -> Result<(), Exit> {
        if self.path.exists() && !self.force {
            let problem = format!("`{}` already exists; --force overwrites it", shown(&self.path));
            return Err(Exit::usage(&problem));
        }
        write(&self.path, SPEC.as_bytes())?;
        note(&format!("wrote {}; next: pipec build {}", shown(&self.path), typed(&self.path)));
        Ok(())
    }
}
