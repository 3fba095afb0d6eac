//! Tests as runs.

use std::path::{Path, PathBuf};

use pipec_compiler::Stack;

use super::{Given, Outcome, Test};
use crate::arrivals::Arrivals;
use crate::source::{self, Pace};
use crate::store::Store;
use crate::{START, Settings, Simulation};

/// A test whose records have arrived. Jobs of several tests can run on one Flink before the tests end.
#[derive(Debug)]
pub struct Prepared<'p> {
    simulation: Simulation<'p>,
    arrivals: Arrivals,
    job: Option<PathBuf>,
}

/// Lets the records of a test arrive; its files lie in a folder.
///
/// # Errors
/// Why they do not, in a sentence.
pub fn prepare<'p>(stack: &'p Stack, test: &Test, folder: &Path) -> Result<Prepared<'p>, String> {
    let given = &test.given;
    let mut arrivals = arrivals(stack, given, folder)?;
    let settings =
        Settings { into: given.into.clone(), keeps_contents: true, ..Settings::new(Store::Nowhere) };
    let mut simulation = Simulation::new(stack, &settings)?;
    simulation.feed(&mut arrivals)?;
    let job = simulation.job()?;
    Ok(Prepared { simulation, arrivals, job })
}

/// The records of a test, as they arrive.
///
/// # Errors
/// Why they do not, in a sentence.
pub(super) fn arrivals(stack: &Stack, given: &Given, folder: &Path) -> Result<Arrivals, String> {
    let pace = Pace { start: START, at: given.at.clone(), ..Pace::default() };
    match &given.file {
        Some(file) => source::from_file(stack, &folder.join(file), &pace),
        None => source::from_list(stack, given.records.clone(), &pace),
    }
}

impl Prepared<'_> {
    /// The job that Flink has to run first.
    pub fn job(&self) -> Option<&Path> {
        self.job.as_deref()
    }

    /// Ends the test.
    ///
    /// # Errors
    /// Why it has no outcome, in a sentence.
    pub fn finish(self) -> Result<Outcome, String> {
        self.simulation.finish(&self.arrivals, "the test").map(|trace| Outcome::of(&trace))
    }
}
