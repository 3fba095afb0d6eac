//! `pipec-forest`: a random cut forest between standard input and standard output. Started by `pipec_forest.py`.

use std::io::{self, Write};
use std::process::ExitCode;

use pipec_forest::{Forest, serve};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let run = || -> Result<(), String> {
        let parameters = serve::parameters(&arguments)?;
        let mut forest = Forest::new(parameters)?;
        let (input, output) = (io::stdin().lock(), io::BufWriter::new(io::stdout().lock()));
        serve::serve(&mut forest, parameters.columns, input, output).map_err(|error| error.to_string())
    };
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            // The other side sees the end of the pipe; this is for the log.
            let _ = writeln!(io::stderr(), "pipec-forest: {problem}");
            ExitCode::FAILURE
        }
    }
}
