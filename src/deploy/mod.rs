//! `deploy`: a compiled stack into an account, and every state in between. Steps that can be run again: each one asks
//! AWS what is there, and does what is missing.

pub mod artifact_bucket;
pub mod call_error;
pub mod catalogue;
pub mod cause;
pub mod change_set;
pub mod changes;
pub mod client;
pub mod deployed;
pub mod destroy;
pub mod failure;
pub mod follow;
pub mod interrupt;
pub mod kinds;
mod large_template;
pub mod logs;
pub mod observer;
pub mod pipeline;
pub mod report;
pub mod sdk;
mod settle;
pub mod shard_steps;
pub mod stack_status;
pub mod status;
pub mod stop;
pub mod tail;
pub mod upload;
