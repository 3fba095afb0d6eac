//! `deploy`: a compiled stack into an account, and every state in between. Steps that can be run again: each one asks
//! AWS what is there, and does what is missing.

pub mod application;
pub mod application_stop;
pub mod artifact_bucket;
pub mod change_set;
pub mod changes;
pub mod deployment;
pub mod destroy;
pub mod existing;
mod failure;
pub mod follow;
pub mod job_log;
mod large_template;
pub mod positions;
mod registered;
pub mod report;
mod settle;
pub mod shard_steps;
pub mod upload;
