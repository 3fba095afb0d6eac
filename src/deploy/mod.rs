//! `deploy`: a compiled stack into an account, and every state in between. Steps that can be run again: each one asks
//! AWS what is there, and does what is missing.

pub mod call_error;
pub mod client;
pub mod interrupt;
pub mod sdk;
pub mod stack_status;
