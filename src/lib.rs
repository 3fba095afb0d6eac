//! pipec: a compiler for streaming-data pipelines on AWS.

pub mod aws;
