//! The pipec command: arguments in, exit code out.

mod cloud;
mod commands;
mod deploy;
mod review;
mod watch;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    ExitCode::from(commands::run(commands::Command::parse()))
}
