//! pipec: a compiler for streaming-data pipelines on AWS.
//!
//! `parse -> resolve -> check -> plan -> render -> artifacts`, each phase a function from one type to the next.

pub mod diagnostics;
pub mod source;
pub mod sql;
pub mod world;
