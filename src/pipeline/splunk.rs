//! Splunk as a destination.

use super::Setting;

/// Splunk's HTTP Event Collector.
#[derive(Clone, Debug)]
pub struct Splunk {
    /// Its address.
    pub endpoint: Setting<String>,
    /// Whether records are objects of Splunk; else each line is an event.
    pub events: Setting<bool>,
    /// Seconds that Firehose waits for an acknowledgement.
    pub ack_timeout: Setting<u64>,
}
