//! `watch`: a deployed pipeline as it runs: metrics, log lines, records, objects. Only reads.

pub mod logs;
pub mod status;
pub mod tail;
