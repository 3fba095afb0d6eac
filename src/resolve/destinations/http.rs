//! Reads HTTP endpoints.

use indexmap::IndexMap;

use super::super::Resolver;
use super::super::delivery::Site;
use super::Read;
use crate::aws::destinations::{NEW_RELIC_EU, NEW_RELIC_US, datadog_url};
use crate::parse::step;
use crate::pipeline::{Attribute, Http, ServiceKind, Vendor};
use crate::spec;
use crate::spec::destinations::{DatadogSite, NewRelicRegion, RequestCompression};

/// The one key of a secret for an HTTP endpoint. Firehose guide, "Secret format", 2026-11.
const SECRET: &[&str] = &["api_key"];

impl Resolver<'_> {
    /// The HTTP endpoint of a delivery, if it has one.
    pub(super) fn http_endpoint(&mut self, delivery: &mut spec::Delivery, site: &Site) -> Option<Read> {
        if let Some(http) = delivery.http.take() {
            let at = format!("{}/http", site.at);
            let secret = self.secret(&at, http.secret, http.secret_kms_key, SECRET);
            let endpoint = Http {
                vendor: Vendor::Other,
                url: self.written(&format!("{at}/url"), http.url),
                name: self.or(&format!("{at}/name"), http.name, site.pipeline.to_owned()),
                gzip: http.compression != Some(RequestCompression::None),
                attributes: self.attributes(&at, http.attributes),
            };
            return Some(Read::new("http", ServiceKind::Http(endpoint), secret));
        }
        if let Some(datadog) = delivery.datadog.take() {
            let at = format!("{}/datadog", site.at);
            let secret = self.secret(&at, Some(datadog.secret), datadog.secret_kms_key, SECRET);
            let domain = match datadog.site.unwrap_or(DatadogSite::Us1) {
                DatadogSite::Us1 => "datadoghq.com",
                DatadogSite::Us3 => "us3.datadoghq.com",
                DatadogSite::Us5 => "us5.datadoghq.com",
                DatadogSite::Eu => "datadoghq.eu",
                DatadogSite::Ap1 => "ap1.datadoghq.com",
                DatadogSite::UsGov => "ddog-gov.com",
            };
            let endpoint = Http {
                vendor: Vendor::Datadog,
                url: self.or(&at, None, datadog_url(domain)),
                name: self.or(&format!("{at}/name"), None, "Datadog".into()),
                gzip: true,
                attributes: self.attributes(&at, datadog.attributes),
            };
            return Some(Read::new("datadog", ServiceKind::Http(endpoint), secret));
        }
        let new_relic = delivery.new_relic.take()?;
        let at = format!("{}/new_relic", site.at);
        let secret = self.secret(&at, Some(new_relic.secret), new_relic.secret_kms_key, SECRET);
        let url = match new_relic.region.unwrap_or(NewRelicRegion::Us) {
            NewRelicRegion::Us => NEW_RELIC_US,
            NewRelicRegion::Eu => NEW_RELIC_EU,
        };
        let endpoint = Http {
            vendor: Vendor::NewRelic,
            url: self.or(&at, None, url.to_owned()),
            name: self.or(&format!("{at}/name"), None, "New Relic".into()),
            gzip: true,
            attributes: self.attributes(&at, new_relic.attributes),
        };
        Some(Read::new("new_relic", ServiceKind::Http(endpoint), secret))
    }

    fn attributes(&self, at: &str, attributes: Option<IndexMap<String, String>>) -> Vec<Attribute> {
        let of = |(name, value): (String, String)| {
            let place = format!("{at}/attributes/{}", step(&name));
            Attribute { span: self.key(&place), value: self.written(&place, value), name }
        };
        attributes.into_iter().flatten().map(of).collect()
    }
}
