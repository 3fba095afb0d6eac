//! `pipec explain`

use clap::Args;

use super::output::{Exit, print};
use pipec_compiler::diagnostics::Code;

/// Explain a diagnostic's code, or list the functions of the SQL
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  pipec explain PIPE0601\n  pipec explain --list\n  pipec explain functions"
)]
pub(super) struct Explain {
    /// The code, as in PIPE0601 or 601; or `functions`
    #[arg(required_unless_present = "list")]
    code: Option<String>,
    /// List all codes
    #[arg(long)]
    list: bool,
}

impl Explain {
    pub(super) fn run(self) -> Result<(), Exit> {
        let Some(name) = self.code else {
            let lines: Vec<String> =
                Code::ALL.iter().map(|code| format!("{code}  {}\n", code.title())).collect();
            return print(&lines.concat());
        };
        if name.eq_ignore_ascii_case("functions") {
            return print(&pipec_compiler::sql::catalog::text());
        }
        match Code::find(&name) {
            Some(code) => print(code.page()),
            None => Err(Exit::usage(&format!("`{name}` is not a code; `pipec explain --list` lists them"))),
        }
    }
}
