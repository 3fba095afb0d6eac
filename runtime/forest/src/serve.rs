//! The forest behind a pipe: rows in, scores out, as `runtime/flink/pipec_forest.py` writes and reads them.
//!
//! All numbers are floating point numbers of 64 bits, the least significant byte first. A row is one number for each
//! column. Its answer is the score, or NaN for a row that has none; with attributions, the high parts of all columns
//! and then the low ones follow. Each row is answered at once.

use std::io::{self, BufRead, BufReader, Read, Write};

use crate::{Forest, Parameters};

/// What the program writes before anything else, for the other side to know that it runs.
pub const GREETING: &[u8; 8] = b"PIPECRF1";

/// The parameters in the order of the program's arguments: columns, trees, sample, decay, shingle, and 1 for
/// attributions, else 0.
///
/// # Errors
/// Where there are others, or one that is no number.
pub fn parameters(arguments: &[String]) -> Result<Parameters, String> {
    let numbers: Result<Vec<usize>, _> = arguments.iter().map(|argument| argument.parse()).collect();
    match numbers.as_deref() {
        Ok(&[columns, trees, sample, decay, shingle, attribution @ (0 | 1)]) => {
            Ok(Parameters { columns, trees, sample, decay, shingle, attribution: attribution == 1 })
        }
        _ => Err("pipec-forest takes six numbers: columns, trees, sample, decay, shingle, and 0 or 1".into()),
    }
}

/// Answers rows until there are no more.
///
/// # Errors
/// Where the pipe breaks, ends within a row, or the forest fails.
pub fn serve(
    forest: &mut Forest,
    columns: usize,
    input: impl Read,
    mut output: impl Write,
) -> io::Result<()> {
    output.write_all(GREETING)?;
    output.flush()?;
    let mut input = BufReader::new(input);
    let mut bytes = vec![0_u8; columns * 8];
    let mut row = vec![0.0; columns];
    let mut answer = Vec::new();
    while !input.fill_buf()?.is_empty() {
        input.read_exact(&mut bytes)?;
        for (number, bytes) in row.iter_mut().zip(bytes.chunks_exact(8)) {
            *number = f64::from_le_bytes(bytes.try_into().unwrap_or_default());
        }
        let anomaly = forest.score(&row).map_err(io::Error::other)?;
        answer.clear();
        match anomaly {
            Some(anomaly) => {
                let numbers = [&[anomaly.score], anomaly.high.as_slice(), anomaly.low.as_slice()].concat();
                answer.extend(numbers.iter().flat_map(|number| number.to_le_bytes()));
            }
            None => {
                let numbers = 1 + 2 * columns * usize::from(forest.parameters.attribution);
                answer.extend(std::iter::repeat_n(f64::NAN.to_le_bytes(), numbers).flatten());
            }
        }
        output.write_all(&answer)?;
        output.flush()?;
    }
    Ok(())
}
