//! `RANDOM_CUT_FOREST` of Kinesis Data Analytics for SQL: what its arguments may be. SQL reference, pages
//! sqlrf-random-cut-forest and sqlrf-random-cut-forest-with-explanation, last published version (a copy read in
//! 2026-11).

use super::Bounds;

/// `numberOfTrees`.
pub const TREES: Bounds<u32> = Bounds::new(1, 1_000);
/// `numberOfTrees` where it is left out.
pub const TREES_DEFAULT: u32 = 100;
/// `subSampleSize`, rows that a tree holds; it must be less than `timeDecay`.
pub const SAMPLE: Bounds<u32> = Bounds::new(10, 1_000);
/// `subSampleSize` where it is left out.
pub const SAMPLE_DEFAULT: u32 = 256;
/// `timeDecay`, rows.
pub const DECAY: Bounds<u32> = Bounds::new(1, 2_147_483_647);
/// `timeDecay` where it is left out.
pub const DECAY_DEFAULT: u32 = 100_000;
/// `shingleSize`, rows.
pub const SHINGLE: Bounds<u32> = Bounds::new(1, 30);
/// `shingleSize` where it is left out.
pub const SHINGLE_DEFAULT: u32 = 1;
/// Numeric columns of the rows that are scored.
pub const COLUMNS: Bounds<usize> = Bounds::new(1, 30);

/// What a row takes beside the trees, microseconds of one core: 15 of Flink, 16 of Python, and the pipe between Python and
/// `pipec-forest`. Processor time of each process for 200,000 rows of one column, PyFlink 2.2.1 and Python 3.11, 2026-11-30.
pub const ROW_US: f64 = 40.0;
/// What a tree takes of a row while the forest learns, microseconds of one core. Measured with `pipec-forest`, 100 trees
/// of 256 points, 2026-11-30; once it has learned, it takes a quarter less.
pub const TREE_US: f64 = 0.5;
/// What a tree takes for each number of a point, microseconds. Same measurement, 1 to 72 numbers.
pub const TREE_NUMBER_US: f64 = 0.05;
/// How much longer parts of the score for each column take. Same measurement.
pub const ATTRIBUTION_FACTOR: f64 = 1.6;
/// Points of all trees that stay in the processor's cache. Beyond, a tree takes longer by the power of `CACHE_EXPONENT`,
/// at most `CACHE_FACTOR_MAX` times. Same measurement, 25,600 to 1,000,000 points.
pub const CACHED_POINTS: f64 = 25_600.0;
/// See [`CACHED_POINTS`].
pub const CACHE_EXPONENT: f64 = 0.8;
/// See [`CACHED_POINTS`].
pub const CACHE_FACTOR_MAX: f64 = 8.0;
/// Bytes of a point of a tree, and of each of its numbers. Measured as resident memory, 2026-11-30.
pub const POINT_BYTES: u64 = 46;
/// See [`POINT_BYTES`].
pub const POINT_NUMBER_BYTES: u64 = 8;
/// Bytes of a forest without points. Same measurement.
pub const PROGRAM_BYTES: u64 = 2 * super::MIB;
/// The most memory that a forest may take, bytes: a quarter of a KPU's, which Flink, Python and other forests share.
pub const MEMORY_MAX: u64 = super::flink::KPU_MEMORY_BYTES / 4;
/// The longest number of an explanation, characters: a score is at most log2(1 + `SAMPLE.max`), with four decimals.
pub const NUMBER_CHARS: usize = "9.9999".len() + 1;
