//! pipec: a compiler for streaming-data pipelines on AWS.
//!
//! `parse -> resolve -> check -> plan -> render -> artifacts`, each phase a function from one type to the next.

pub mod aws;
pub mod diagnostics;
pub mod parse;
pub mod resolve;
pub mod source;
pub mod spec;
pub mod world;
