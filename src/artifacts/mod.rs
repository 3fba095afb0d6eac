//! Artifacts.
pub mod pack;
