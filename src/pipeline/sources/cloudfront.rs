//! Real-time logs of CloudFront.

use crate::pipeline::Setting;

/// Real-time logs of CloudFront.
#[derive(Clone, Debug)]
pub struct CloudFront {
    /// Fields of a line.
    pub fields: Vec<Setting<String>>,
    /// Percent of the requests that are logged.
    pub sampling: Setting<u64>,
    /// ID of the distribution, if the user writes it.
    pub distribution: Option<Setting<String>>,
}
