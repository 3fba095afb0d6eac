//! Splunk.

use serde::Serialize;

use super::DestinationPlan;
use super::service::{Kind, Site};
use crate::pipeline::Splunk;
use crate::spec::Duration;

/// What the template needs of Splunk.
#[derive(Clone, Debug, Serialize)]
pub struct SplunkPlan {
    /// Its address.
    pub endpoint: String,
    /// Firehose's word for the form of the records.
    pub endpoint_type: &'static str,
    /// Seconds that Firehose waits for an acknowledgement.
    pub ack_timeout: u64,
}

fn endpoint_type(splunk: &Splunk) -> &'static str {
    if splunk.events.value { "Event" } else { "Raw" }
}

impl Kind for Splunk {
    fn values(&self, _site: &Site) -> DestinationPlan {
        DestinationPlan::Splunk(SplunkPlan {
            endpoint: self.endpoint.value.clone(),
            endpoint_type: endpoint_type(self),
            ack_timeout: self.ack_timeout.value,
        })
    }

    fn name(&self) -> &'static str {
        "Splunk"
    }

    fn url(&self) -> &str {
        &self.endpoint.value
    }

    fn data_transfer(&self) -> &'static str {
        "the events leave AWS unless Splunk runs in the same region; whether it does is not known"
    }

    fn address(&self) -> String {
        format!(
            "{}, {} events, acknowledged within {}",
            self.endpoint.value,
            endpoint_type(self).to_ascii_lowercase(),
            Duration(self.ack_timeout.value)
        )
    }

    fn facts(&self, _site: &Site) -> Vec<(&'static str, String)> {
        vec![("endpoint", self.endpoint.value.clone()), ("type", endpoint_type(self).to_ascii_lowercase())]
    }

    fn other_side(&self, site: &Site) -> Vec<String> {
        let region = &site.pipeline.region.value;
        let endpoint = self.endpoint.value.trim_end_matches('/');
        let (path, body) = match self.events.value {
            true => ("event", "{\"event\": \"trial\"}"),
            false => ("raw", "trial"),
        };
        let channel = "00000000-0000-0000-0000-000000000000";
        vec![
            "the token has indexer acknowledgement, in inputs.conf:".to_owned(),
            "  [http://firehose]".to_owned(),
            "  token = TOKEN".to_owned(),
            "  useACK = 1".to_owned(),
            "  disabled = 0".to_owned(),
            "in Splunk Cloud, the address is that of the HTTP inputs for Firehose, http-inputs-firehose-NAME.splunkcloud.com".to_owned(),
            "a load balancer in front of several indexers has sticky sessions, since the acknowledgement is with the indexer that \
             accepted the events"
                .to_owned(),
            format!(
                "the address is public, with a certificate of a public authority; its firewall allows the address ranges of Firehose in \
                 {region}, which the Data Firehose developer guide lists: \"Controlling access\", \"Access to Splunk in VPC\""
            ),
            "to try it (the response has an `ackId`):".to_owned(),
            format!(
                "  curl -sS '{endpoint}/services/collector/{path}?channel={channel}' -H \"Authorization: Splunk $TOKEN\" -d '{body}'"
            ),
        ]
    }
}
