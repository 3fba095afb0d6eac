//! `pipec completions` and `pipec man`

use std::path::PathBuf;

use clap::{Args, CommandFactory};
use clap_complete::Shell;

use super::Command;
use super::output::{Exit, note, print, write};

/// Print a shell's completions
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  pipec completions bash > /etc/bash_completion.d/pipec\n  pipec completions fish \
                        > ~/.config/fish/completions/pipec.fish"
)]
pub(super) struct Completions {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

impl Completions {
    pub(super) fn run(self) -> Result<(), Exit> {
        let mut text = Vec::new();
        clap_complete::generate(self.shell, &mut Command::command(), "pipec", &mut text);
        print(&String::from_utf8_lossy(&text))
    }
}

/// Print the manual
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  pipec man | man -l -\n  pipec man --out ~/.local/share/man/man1")]
pub(super) struct Man {
    /// Write a page for each command into a folder instead
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

impl Man {
    pub(super) fn run(self) -> Result<(), Exit> {
        let mut command = Command::command();
        command.build();
        let Some(folder) = self.out else {
            return print(&page(command)?);
        };
        let verbs: Vec<clap::Command> = command.get_subcommands().cloned().collect();
        for command in std::iter::once(command).chain(verbs) {
            let name = command.get_display_name().unwrap_or(command.get_name()).to_owned();
            write(&folder.join(format!("{name}.1")), page(command)?.as_bytes())?;
        }
        note(&format!("wrote the manual to {}", folder.display()));
        Ok(())
    }
}

/// A page in roff, in that version's words and without a date, so that the same pipec gives the same bytes.
fn page(command: clap::Command) -> Result<String, Exit> {
    let mut text = Vec::new();
    clap_mangen::Man::new(command)
        .render(&mut text)
        .map_err(|error| Exit::usage(&format!("the manual cannot be built: {error}")))?;
    Ok(String::from_utf8_lossy(&text).into_owned())
}
