//! SQL with state on a real Flink on this machine: the generated SQL, with files in place of its streams.

mod arrivals_file;
mod engine;
mod find;
mod job;

pub use engine::Engine;
pub use find::{Flink, PIP_PACKAGE, find, folder_in_cache};
pub use job::{Job, Row};
