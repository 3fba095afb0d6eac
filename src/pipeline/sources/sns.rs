//! SNS.

use crate::pipeline::{Pattern, Setting};
pub use crate::spec::sources::FilterScope;

/// A subscription to an SNS topic.
#[derive(Clone, Debug)]
pub struct Sns {
    /// ARN of the topic.
    pub topic: Setting<String>,
    /// Filter policy, if not all messages are sent.
    pub filter: Option<Pattern>,
    /// What it reads.
    pub filter_scope: Setting<FilterScope>,
    /// Whether a record is the message alone.
    pub raw: Setting<bool>,
}
