//! Reads Splunk.

use super::super::Resolver;
use super::super::delivery::Site;
use super::Read;
use crate::aws::destinations::splunk_limits::ACK_TIMEOUT_S_DEFAULT;
use crate::pipeline::{ServiceKind, Splunk};
use crate::spec;
use crate::spec::destinations::SplunkType;

/// The one key of a secret for Splunk. Firehose guide, "Secret format", 2026-11.
const SECRET: &[&str] = &["hec_token"];

impl Resolver<'_> {
    /// Splunk, if a delivery has it.
    pub(super) fn splunk(&mut self, delivery: &mut spec::Delivery, site: &Site) -> Option<Read> {
        let splunk = delivery.splunk.take()?;
        let at = format!("{}/splunk", site.at);
        let secret = self.secret(&at, Some(splunk.secret), splunk.secret_kms_key, SECRET);
        let collector = Splunk {
            endpoint: self.written(&format!("{at}/endpoint"), splunk.endpoint),
            events: self.or(&format!("{at}/type"), splunk.kind.map(|kind| kind == SplunkType::Event), false),
            ack_timeout: self.or(
                &format!("{at}/ack_timeout"),
                splunk.ack_timeout.map(|time| time.0),
                ACK_TIMEOUT_S_DEFAULT,
            ),
        };
        Some(Read::new("splunk", ServiceKind::Splunk(collector), secret))
    }
}
