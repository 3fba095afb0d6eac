//! What tests need.

use crate::source::{Sources, Span};

/// A place in a file.
pub fn span() -> Span {
    let mut sources = Sources::default();
    let file = sources.add("test", "text".to_owned());
    sources.file(file).span(0..1)
}
