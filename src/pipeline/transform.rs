//! The transform of a delivery.

use super::Setting;
use crate::aws::instance_types::Architecture;
use crate::source::Span;
use crate::spec::Unpack;

/// The Lambda transform.
#[derive(Clone, Debug)]
pub struct Transform {
    /// Its place in the spec, a JSON pointer: that of the SQL or the destination, if it is there only for that.
    pub spec: String,
    /// Place of its key.
    pub span: Span,
    /// Whether the user wrote it; else it is there for the SQL or the destination.
    pub written: bool,
    /// A function of the user's, in place of pipec's.
    pub own: Option<OwnTransform>,
    /// What records are unpacked from, before anything else.
    pub unpack: Option<Setting<Unpack>>,
    /// What is put behind each record.
    pub append: Setting<String>,
    /// Seconds.
    pub timeout: Setting<u64>,
    /// Bytes.
    pub memory: Setting<u64>,
    /// Processor.
    pub architecture: Setting<Architecture>,
    /// Bytes that Firehose collects for one call.
    pub buffer_size: Setting<u64>,
    /// Seconds that Firehose collects for one call.
    pub buffer_interval: Setting<u64>,
    /// Repetitions of a failed call.
    pub retries: Setting<u64>,
}

/// A function of the user's that transforms records.
#[derive(Clone, Debug)]
pub struct OwnTransform {
    /// Place of its key.
    pub span: Span,
    /// ARN.
    pub function: Setting<String>,
    /// Name of its role.
    pub role: Option<Setting<String>>,
}
