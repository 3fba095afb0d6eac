//! Real-time logs of CloudFront.

use super::super::Resolver;
use super::super::pipeline::Setting;
use crate::spec::sources as spec;

/// Percent of the requests that are logged by default.
const DEFAULT_SAMPLING: u64 = 100;

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

impl Resolver<'_> {
    pub(super) fn cloudfront(&self, at: &str, logs: spec::CloudFront) -> CloudFront {
        let sampling = logs.sampling.map(|sampling| sampling.0);
        CloudFront {
            fields: self.texts(&format!("{at}/fields"), logs.fields),
            sampling: self.or(&format!("{at}/sampling"), sampling, DEFAULT_SAMPLING),
            distribution: self.optional(&format!("{at}/distribution"), logs.distribution),
        }
    }
}
