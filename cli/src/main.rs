//! The pipec command: arguments in, exit code out.

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    ExitCode::from(pipec::cli::run(pipec::cli::Command::parse()))
}
