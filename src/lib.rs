//! pipec: a compiler for streaming-data pipelines on AWS.
//!
//! `parse -> resolve -> check -> plan -> render -> artifacts`, each phase a function from one type to the next.

pub mod aws;
pub mod capacity;
pub mod check;
pub mod diagnostics;
pub mod graph;
pub mod parse;
pub mod plan;
pub mod resolve;
pub mod runtime;
pub mod source;
pub mod spec;
pub mod sql;
pub mod world;
