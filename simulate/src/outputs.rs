//! The streams of the SQL's rows.

use std::io;

use super::Settings;
use super::compress::Packer;
use super::sql::Sql;
use super::store::Store;
use super::trace::RowsTrace;
use pipec_compiler::Stack;
use pipec_compiler::sql::ERROR_STREAM;

/// The folder, in the place of a bucket, of rows that no delivery reads.
pub const STREAMS: &str = "streams";

/// The outputs of the SQL.
#[derive(Debug)]
pub struct Outputs(Vec<Output>);

struct Output {
    name: String,
    rows: u64,
    /// Rows of a record, as they are planned.
    planned: Option<f64>,
    /// Where rows go that no delivery reads.
    file: Option<Rows>,
    /// The rows, if they are kept.
    contents: Option<Vec<Vec<u8>>>,
}

enum Rows {
    /// Without rows yet.
    Empty(Store),
    /// With some.
    Written(Box<Packer>),
}

impl std::fmt::Debug for Output {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        f.debug_struct("Output").field("name", &self.name).field("rows", &self.rows).finish_non_exhaustive()
    }
}

impl Outputs {
    /// Outputs of these names. Rows of those that nothing reads here are written into a file of their own.
    pub(super) fn new(
        stack: &Stack,
        names: Vec<String>,
        is_read: impl Fn(&str) -> bool,
        settings: &Settings,
    ) -> Self {
        let output = |name: String| Output {
            rows: 0,
            planned: planned(stack, &name),
            file: (!is_read(&name)).then(|| Rows::Empty(settings.store.clone())),
            contents: settings.keeps_contents.then(Vec::new),
            name,
        };
        Self(names.into_iter().map(output).collect())
    }

    /// The name of an output.
    pub(super) fn name(&self, number: usize) -> &str {
        self.0.get(number).map_or("", |output| &output.name)
    }

    /// A row comes in.
    pub(super) fn add(&mut self, number: usize, row: &[u8]) -> io::Result<()> {
        let Some(output) = self.0.get_mut(number) else { return Ok(()) };
        output.rows += 1;
        if let Some(contents) = &mut output.contents {
            contents.push(row.to_vec());
        }
        if let Some(Rows::Empty(store)) = &mut output.file {
            let key = format!("{}.jsonl", output.name);
            output.file =
                Some(Rows::Written(Box::new(Packer::create(store, (STREAMS, &key), "UNCOMPRESSED", false)?)));
        }
        if let Some(Rows::Written(file)) = &mut output.file {
            file.write(row)?;
            file.write(b"\n")?;
        }
        Ok(())
    }

    /// Ends the files, and reports what came of so many records.
    /// The version is that of the Flink that ran the SQL, if it did.
    pub(super) fn finish(
        self,
        sql: Option<&Sql>,
        flink: Option<&str>,
        records: u64,
    ) -> io::Result<Vec<RowsTrace>> {
        let one = |(number, output): (usize, Output)| {
            if let Some(Rows::Written(file)) = output.file {
                file.finish()?;
            }
            let program = match sql {
                Some(Sql::InProcess(programs)) => programs.get(number),
                Some(Sql::Flink(_)) | None => None,
            };
            Ok(RowsTrace {
                runs_on: match program {
                    Some(_) => "record program".into(),
                    None => flink.map_or_else(|| "Flink".into(), |version| format!("Flink {version}")),
                },
                records_in: records,
                rows: output.rows,
                dropped: program.map(|program| program.dropped),
                skipped: program.map(|program| program.skipped),
                invalid_values: program.map(|program| program.invalid_values),
                rows_per_record: if records == 0 { 0.0 } else { output.rows as f64 / records as f64 },
                planned: output.planned,
                contents: output.contents.unwrap_or_default(),
                output: output.name,
            })
        };
        self.0.into_iter().enumerate().map(one).collect()
    }
}

/// Rows of an output that a record becomes, as its stream is planned for.
fn planned(stack: &Stack, output: &str) -> Option<f64> {
    if output == ERROR_STREAM {
        return None;
    }
    let (plan, pipeline) = (&stack.plan, stack.checked.pipeline());
    let named = plan.outputs.iter().find(|one| one.name == output).map(|one| &one.stream);
    let stream = named.or(plan.output_stream.as_ref())?;
    Some(stream.load.records_per_second / pipeline.intake.records_per_second.value)
}
