//! HTTP endpoints.

use serde::Serialize;

use super::DestinationPlan;
use super::service::{Kind, Site};
use crate::aws::destinations::http_limits::RESPONSE_S;
use crate::pipeline::{Http, Vendor};
use crate::spec::Duration;

/// What the template needs of an HTTP endpoint.
#[derive(Clone, Debug, Serialize)]
pub struct HttpPlan {
    /// Its address.
    pub url: String,
    /// Its name in the console.
    pub name: String,
    /// Firehose's word for the compression of a request.
    pub encoding: &'static str,
    /// What is sent with each request: names and values.
    pub attributes: Vec<(String, String)>,
}

fn encoding(http: &Http) -> &'static str {
    if http.gzip { "GZIP" } else { "NONE" }
}

impl Kind for Http {
    fn values(&self, _site: &Site) -> DestinationPlan {
        let attributes = self.attributes.iter();
        DestinationPlan::Http(HttpPlan {
            url: self.url.value.clone(),
            name: self.name.value.clone(),
            encoding: encoding(self),
            attributes: attributes.map(|one| (one.name.clone(), one.value.value.clone())).collect(),
        })
    }

    fn name(&self) -> &'static str {
        match self.vendor {
            Vendor::Other => "HTTP endpoint",
            Vendor::Datadog => "Datadog",
            Vendor::NewRelic => "New Relic",
        }
    }

    fn url(&self) -> &str {
        &self.url.value
    }

    fn data_transfer(&self) -> &'static str {
        "the requests leave AWS, compressed unless the spec says otherwise; their size is not known"
    }

    fn address(&self) -> String {
        format!("{}, {}", self.url.value, encoding(self))
    }

    fn facts(&self, _site: &Site) -> Vec<(&'static str, String)> {
        vec![("url", self.url.value.clone()), ("encoding", encoding(self).to_owned())]
    }

    fn other_side(&self, site: &Site) -> Vec<String> {
        if self.vendor != Vendor::Other {
            return Vec::new();
        }
        let mut lines = vec![
            format!(
                "the endpoint acknowledges each request within {} by 200, `Content-Type: application/json` and \
                 {{\"requestId\": that of the request, \"timestamp\": milliseconds}}; anything else is sent again, but 413, which \
                 Firehose drops",
                Duration(RESPONSE_S)
            ),
            "it is public at port 443, with a certificate of a public authority; to try it (the same ID must come back):".to_owned(),
        ];
        let key = match site.service.secret {
            Some(_) => " -H \"X-Amz-Firehose-Access-Key: $KEY\"",
            None => "",
        };
        lines.push(format!(
            "  curl -sS '{}' -H 'Content-Type: application/json' -H 'X-Amz-Firehose-Protocol-Version: 1.0' -H \
             'X-Amz-Firehose-Request-Id: trial'{key} -d '{{\"requestId\":\"trial\",\"timestamp\":0,\"records\":[{{\"data\":\"e30=\"}}]}}'",
            self.url.value.replace('\'', "%27")
        ));
        lines
    }
}
