//! pipec in a folder of its own, and a server that responds to it.

pub mod place;
pub mod server;
