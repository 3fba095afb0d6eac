//! A place in S3.

use super::{Encryption, Setting};
use crate::source::Span;
use crate::spec::Compression;

/// A place in S3.
#[derive(Clone, Debug)]
pub struct S3Location {
    /// Its place in the spec, a JSON pointer.
    pub spec: String,
    /// Place of its key.
    pub span: Span,
    /// What its logical ids end in.
    pub suffix: String,
    /// An existing bucket.
    pub bucket: Option<Setting<String>>,
    /// What keys begin with.
    pub prefix: Setting<String>,
    /// The same for what could not be processed.
    pub error_prefix: Setting<String>,
    /// How objects are compressed.
    pub compression: Compression,
    /// What names end in.
    pub file_extension: Option<Setting<String>>,
    /// Time zone of timestamp expressions.
    pub time_zone: Option<Setting<String>>,
    /// At rest.
    pub encryption: Setting<Encryption>,
    /// Seconds until objects of the stack's own bucket expire.
    pub expire_after: Option<Setting<u64>>,
}

/// The part of a prefix in front of its first expression.
pub fn literal_head(prefix: &str) -> &str {
    prefix.split("!{").next().unwrap_or_default()
}
