//! `RANDOM_CUT_FOREST`: the forest that scores the rows of a SELECT, and how a back end calls it.

use super::data_type::DataType;
use super::query::{Query, Select, StreamId};
use crate::aws::limits::random_cut_forest as facts;
use crate::source::Span;

/// A random cut forest: trees over samples of the rows, which score each row by how far it lies from the rows before
/// it and then learn it. There is one forest for all rows, in their order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Forest {
    /// The columns of the only relation that it looks at; all are numbers.
    pub columns: Vec<usize>,
    /// How many trees; the score is their mean.
    pub trees: u32,
    /// How many rows each tree holds. So many rows score 0 before there are scores.
    pub sample: u32,
    /// About how many rows a row stays in a sample.
    pub decay: u32,
    /// How many rows in a row are one point.
    pub shingle: u32,
    /// What is told of each column; `None` without `ANOMALY_EXPLANATION`.
    pub explanation: Option<Explanation>,
    /// The function's name.
    pub span: Span,
}

/// What an `ANOMALY_EXPLANATION` tells of each column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Explanation {
    /// Its part of the score.
    Attribution,
    /// Its part of the score, whether its value is high or low, and how clearly.
    Direction,
}

/// A column that a forest adds to a row. Both are NULL where a column of the forest holds NULL, NaN, an infinity or a
/// number beyond 1e35; such a row is not learned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Anomaly {
    /// `ANOMALY_SCORE`, 0 or more: 0 while the forest learns.
    Score,
    /// `ANOMALY_EXPLANATION`, JSON.
    Explanation,
}

impl Anomaly {
    /// The column's name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Score => "ANOMALY_SCORE",
            Self::Explanation => "ANOMALY_EXPLANATION",
        }
    }
}

impl Forest {
    /// The columns that it adds to a row.
    pub fn gives(&self) -> &'static [Anomaly] {
        match self.explanation {
            None => &[Anomaly::Score],
            Some(_) => &[Anomaly::Score, Anomaly::Explanation],
        }
    }

    /// Rows a second that one core carries, about, and at least 1.
    pub fn rows_per_second(&self) -> u64 {
        rounded((1e6 / self.microseconds()) as u64)
    }

    /// What a row takes of one core, microseconds.
    pub fn microseconds(&self) -> f64 {
        let points = f64::from(self.trees) * f64::from(self.sample);
        let beyond_cache =
            (points / facts::CACHED_POINTS).powf(facts::CACHE_EXPONENT).clamp(1.0, facts::CACHE_FACTOR_MAX);
        let attribution = if self.explanation.is_some() { facts::ATTRIBUTION_FACTOR } else { 1.0 };
        let tree = facts::TREE_US + facts::TREE_NUMBER_US * self.dimensions() as f64;
        facts::ROW_US + f64::from(self.trees) * tree * beyond_cache * attribution
    }

    /// Memory that it takes once its samples are full, bytes.
    pub fn memory_bytes(&self) -> u64 {
        let point = facts::POINT_BYTES + facts::POINT_NUMBER_BYTES * self.dimensions();
        facts::PROGRAM_BYTES + u64::from(self.trees) * u64::from(self.sample) * point
    }

    /// Numbers of one point: the columns of all rows of a shingle.
    pub fn dimensions(&self) -> u64 {
        self.columns.len() as u64 * u64::from(self.shingle)
    }
}

/// A number with the first two of its digits: more would pretend to know more.
fn rounded(number: u64) -> u64 {
    let unit = 10_u64.pow(number.max(1).ilog10().saturating_sub(1));
    (number / unit * unit).max(1)
}

impl Explanation {
    /// The type of the explanation of columns: a text as long as it can be.
    pub(super) fn data_type(self, columns: &[&str]) -> DataType {
        let number = "0".repeat(facts::NUMBER_CHARS);
        let column = match self {
            Self::Attribution => format!(r#"{{"ATTRIBUTION_SCORE":"{number}"}}"#),
            Self::Direction => {
                format!(r#"{{"DIRECTION":"HIGH","STRENGTH":"{number}","ATTRIBUTION_SCORE":"{number}"}}"#)
            }
        };
        // Quotes and backslashes are written as two; there are no control characters.
        let name = |name: &&str| {
            name.chars().map(|character| if matches!(character, '"' | '\\') { 2 } else { 1 }).sum::<usize>()
                + 2
        };
        let commas = columns.len().saturating_sub(1);
        let inner: usize = columns.iter().map(|column_name| name(column_name) + 1 + column.len()).sum();
        DataType::Varchar(u32::try_from(2 + inner + commas).ok())
    }
}

/// A forest as Flink calls it.
#[derive(Clone, Copy, Debug)]
pub struct ForestFunction<'a> {
    /// Which of the query's forests, from 1.
    pub number: usize,
    /// The forest.
    pub forest: &'a Forest,
    select: &'a Select,
    query: &'a Query,
}

impl<'a> ForestFunction<'a> {
    /// The function's name in the generated SQL.
    pub fn name(&self) -> String {
        format!("pipec_forest_{}", self.number)
    }

    /// The names of the columns that the forest looks at, as the SQL calls them.
    pub fn columns(&self) -> Vec<&'a str> {
        let rows = self.query.stream(self.input());
        self.forest.columns.iter().map(|column| rows.columns[*column].name.as_str()).collect()
    }

    /// The stream whose rows it scores.
    pub fn input(&self) -> StreamId {
        self.select.from.streams()[0]
    }

    /// Whether it is that of a SELECT.
    pub(super) fn is_of(&self, select: &Select) -> bool {
        std::ptr::eq(self.select, select)
    }
}

impl Query {
    /// All forests, in the order of their inserts.
    pub fn forests(&self) -> impl Iterator<Item = ForestFunction<'_>> {
        let with = |select: &'_ Select| select.forest.is_some();
        let selects = self.inserts.iter().map(|insert| &insert.select).filter(move |select| with(select));
        selects.enumerate().filter_map(|(at, select)| {
            let forest = select.forest.as_ref()?;
            Some(ForestFunction { number: at + 1, forest, select, query: self })
        })
    }
}
