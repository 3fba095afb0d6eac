//! A random cut forest as Kinesis Data Analytics for SQL had it: it scores a row, and then learns it.
//!
//! The forest is AWS's own algorithm in its Rust port, the crate `krcflib`. What is around it here are the rules of the
//! old service, and what keeps a row that the forest cannot hold away from it: one number that is none would make the
//! forest useless for good.

pub mod serve;

use rcflib::rcf::{RCF, RCFBuilder, RCFOptionsBuilder};

/// The largest number that a forest takes, of either sign. It adds up the differences of such numbers in all dimensions of
/// a point, 900 at most, in 32 bits, and that sum must have a value.
pub const LARGEST: f64 = 1e35;

/// What all random numbers follow from: the same rows get the same scores.
const SEED: u64 = 0x0070_6970_6563;

/// How a forest is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parameters {
    /// Numbers of a row.
    pub columns: usize,
    /// Trees.
    pub trees: usize,
    /// Points that each tree holds. So many points score 0, since there is too little to compare them with.
    pub sample: usize,
    /// About how many rows a point stays in a sample.
    pub decay: usize,
    /// Rows that make up one point.
    pub shingle: usize,
    /// Whether the parts that columns have in the score are wanted.
    pub attribution: bool,
}

/// What a forest says of a row.
#[derive(Clone, Debug, PartialEq)]
pub struct Anomaly {
    /// 0 or more; about 1 is usual, and 0 comes from a forest that still learns.
    pub score: f64,
    /// The part of each column in the score because its value is higher than usual; empty if it is not wanted. All parts
    /// of both kinds add up to the score.
    pub high: Vec<f64>,
    /// The same because its value is lower.
    pub low: Vec<f64>,
}

/// A forest with what it has learned.
pub struct Forest {
    parameters: Parameters,
    forest: Box<dyn RCF + Sync + Send>,
    row: Vec<f32>,
}

impl Forest {
    /// A forest that has learned nothing.
    ///
    /// # Errors
    /// Where a parameter is 0.
    pub fn new(parameters: Parameters) -> Result<Self, String> {
        if parameters.decay == 0 {
            return Err("the decay is 0 rows".into());
        }
        let mut builder = RCFBuilder::new(parameters.columns, parameters.shingle);
        builder
            .number_of_trees(parameters.trees)
            .tree_capacity(parameters.sample)
            .output_after(parameters.sample)
            .time_decay(1.0 / parameters.decay as f64)
            .random_seed(SEED)
            .parallel_enabled(false)
            .internal_shingling(true);
        let forest = builder.build_default().map_err(|error| format!("{error:?}"))?;
        Ok(Self { parameters, forest, row: Vec::with_capacity(parameters.columns) })
    }

    /// Scores a row and learns it. `None` for a row that holds what is no number or too large a one; the forest does not
    /// see such a row at all.
    ///
    /// # Errors
    /// As the forest gives them; it should not be used any more then.
    pub fn score(&mut self, row: &[f64]) -> Result<Option<Anomaly>, String> {
        if row.len() != self.parameters.columns {
            return Err(format!("a row of {} numbers instead of {}", row.len(), self.parameters.columns));
        }
        if row.iter().any(|number| !number.is_finite() || number.abs() > LARGEST) {
            return Ok(None);
        }
        self.row.clear();
        self.row.extend(row.iter().map(|number| *number as f32));
        let fault = |error| format!("{error:?}");
        let anomaly = if self.parameters.attribution {
            let parts = self.forest.attribution(&self.row).map_err(fault)?;
            let columns = self.parameters.columns;
            let of = |parts: &[f64]| -> Vec<f64> {
                (0..columns).map(|column| parts.iter().skip(column).step_by(columns).sum()).collect()
            };
            let (high, low) = (of(&parts.high), of(&parts.low));
            Anomaly { score: high.iter().chain(&low).sum(), high, low }
        } else {
            let score = self.forest.score(&self.row).map_err(fault)?;
            Anomaly { score, high: Vec::new(), low: Vec::new() }
        };
        self.forest.update(&self.row, 0).map_err(fault)?;
        Ok(Some(anomaly))
    }
}
