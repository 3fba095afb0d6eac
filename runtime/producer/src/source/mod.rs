//! Where records come from. An API is fetched here; the other sources are shared with the compiler.

pub mod http;

pub use pipec_records::source::{Source, SourceError, file, generator, pages};
