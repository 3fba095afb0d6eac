//! `cloud`: AWS as pipec sees it. What it asks and orders, as traits with their answers in plain types; the SDK behind them;
//! the states and faults of a stack in words.

pub mod call_error;
pub mod catalogue;
pub mod cause;
pub mod client;
pub mod deployed;
pub mod interrupt;
pub mod kinds;
pub mod observer;
pub mod owner;
pub mod sdk;
pub mod stack_state;
pub mod stop;
pub mod unique_name;
