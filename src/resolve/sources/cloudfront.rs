//! Real-time logs of CloudFront.

use super::super::Resolver;
use crate::pipeline::CloudFront;
use crate::spec::sources as spec;

/// Percent of the requests that are logged by default.
const DEFAULT_SAMPLING: u64 = 100;

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
