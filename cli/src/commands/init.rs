//! `pipec init`

use std::path::PathBuf;

use clap::Args;

use super::output::{Exit, note, shown, typed, write};

/// The spec that `init` writes. A test builds it.
const SPEC: &str = include_str!("init.yaml");
/// Its unit test.
const TESTS: &str = include_str!("init.test.yaml");

/// Write a commented spec that builds, and a unit test of it
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  pipec init pipeline.yaml && pipec build pipeline.yaml")]
pub(super) struct Init {
    /// Path of the new spec
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
        let tests = self.path.with_extension("test.yaml");
        // Tests that are there are of the user's own.
        let also = if tests.exists() {
            String::new()
        } else {
            write(&tests, TESTS.as_bytes())?;
            format!(" and {}", shown(&tests))
        };
        let typed = typed(&self.path);
        note(&format!(
            "wrote {}{also}; next: pipec test {typed}, and pipec build {typed}",
            shown(&self.path)
        ));
        Ok(())
    }
}
