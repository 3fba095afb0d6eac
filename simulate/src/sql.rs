//! The SQL between two streams. What needs no other record runs in process, with the record program; the rest on Flink.

use std::io;

use pipec_core::{Outcome, RecordProgram};

use super::flink::Job;
use pipec_compiler::Stack;
use pipec_compiler::spec::AnalyticsRuntime;
use pipec_compiler::sql::{Query, Role, print_program};

/// What runs the SQL.
#[derive(Debug)]
pub enum Sql {
    /// The record program, output by output.
    InProcess(Vec<Program>),
    /// Flink, when all records have arrived.
    Flink(Box<Job>),
}

/// The rows of an output, record by record.
#[derive(Debug)]
pub struct Program {
    /// The output.
    pub output: String,
    program: RecordProgram,
    /// Records without a row.
    pub dropped: u64,
    /// Records that are skipped, as Flink's format does.
    pub skipped: u64,
    /// Values that do not fit their columns, and so were NULL.
    pub invalid_values: u64,
}

/// What became of a record.
#[derive(Debug, PartialEq, Eq)]
pub enum Made<'a> {
    /// Rows, each with a newline.
    Rows(&'a [u8]),
    /// No row.
    Dropped,
    /// Not a record that the SQL reads.
    Skipped,
}

impl Sql {
    /// The SQL of a pipeline whose runtime is Flink; `None` where there is none. `on_flink` has Flink run what would run in process.
    /// A fault without a time gets that of the start, milliseconds since 1970.
    ///
    /// # Errors
    /// What does not run here, in a sentence.
    pub fn of(stack: &Stack, start: i64, on_flink: bool) -> Result<Option<Self>, String> {
        let pipeline = stack.checked.pipeline();
        let Some(analytics) = &stack.plan.analytics else { return Ok(None) };
        if pipeline.analytics_on(AnalyticsRuntime::Flink).is_none() {
            return Ok(None);
        }
        let programs = stack.checked.query().filter(|_| !on_flink).and_then(programs);
        match programs {
            Some(programs) => Ok(Some(Self::InProcess(programs))),
            None => Ok(Some(Self::Flink(Box::new(Job::new(analytics, start)?)))),
        }
    }

    /// Names of the outputs.
    pub fn outputs(&self) -> Vec<String> {
        match self {
            Self::InProcess(programs) => programs.iter().map(|program| program.output.clone()).collect(),
            Self::Flink(job) => job.outputs().to_vec(),
        }
    }

    /// A record arrives at a time, milliseconds since 1970. `each` gets what became of it in each output, by its number.
    ///
    /// # Errors
    /// As the file system and `each` give them.
    pub fn add(
        &mut self,
        at: i64,
        record: &[u8],
        mut each: impl FnMut(usize, Made) -> io::Result<()>,
    ) -> io::Result<()> {
        match self {
            Self::Flink(job) => job.add(at, record),
            Self::InProcess(programs) => {
                for (number, program) in programs.iter_mut().enumerate() {
                    let applied = program.program.apply_counting_at(record, at);
                    program.invalid_values += u64::from(applied.invalid_values);
                    match applied.outcome {
                        Outcome::Ok(rows) => each(number, Made::Rows(&rows))?,
                        Outcome::Dropped => {
                            program.dropped += 1;
                            each(number, Made::Dropped)?;
                        }
                        Outcome::ProcessingFailed => {
                            program.skipped += 1;
                            each(number, Made::Skipped)?;
                        }
                    }
                }
                Ok(())
            }
        }
    }
}

/// The programs of all outputs, if each needs one record only.
fn programs(query: &Query) -> Option<Vec<Program>> {
    let outputs = query.stream_ids().filter(|id| query.stream(*id).role == Role::Output);
    let program = |id| {
        let program = RecordProgram::querying(print_program(query, id).ok()?, "\n").ok()?;
        let output = query.stream(id).name.clone();
        Some(Program { output, program, dropped: 0, skipped: 0, invalid_values: 0 })
    };
    outputs.map(program).collect()
}
